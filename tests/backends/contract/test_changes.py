"""Rows put together from changes are the rows of the list, whatever happens in between."""

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import Registration, RunRequest
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.status import WorkflowStatus
from tests.backends.contract.places import needs
from tests.support import rows_of


class Picture:
    """The rows as somebody has them who only ever asks what changed."""

    def __init__(self, backend):
        self.backend = backend
        self.cursor = None
        self.rows = {}

    async def follow(self):
        changes = await self.backend.changes(self.cursor)
        self.cursor = changes.cursor
        if changes.whole:
            self.rows = {}
        for key in changes.gone:
            self.rows.pop(key, None)
        self.rows.update((row.key, row) for row in changes.workflows)
        return changes

    async def is_true(self):
        listed = await rows_of(self.backend)
        return self.rows == {row.key: row for row in listed}


async def test_without_a_cursor_the_whole_list_comes(backend):
    changes = await backend.changes(None)
    assert changes.whole
    assert changes.gone == ()
    assert list(changes.workflows) == await rows_of(backend)


@pytest.mark.parametrize("cursor", ["", "no such cursor", "0", "1", "2026-03-10T00:00/9", "/0"])
async def test_an_unknown_cursor_brings_the_whole_list(backend, cursor):
    changes = await backend.changes(cursor)
    assert changes.whole
    assert list(changes.workflows) == await rows_of(backend)


async def test_a_moment_later_little_has_changed(backend, clock):
    picture = Picture(backend)
    await picture.follow()
    clock.move(1)
    changes = await picture.follow()
    assert not changes.whole
    assert len(changes.workflows) < len(picture.rows)
    assert await picture.is_true()


@pytest.mark.parametrize("step", [2, 37, 600, 3_601, 50_000, 86_400 * 3])
async def test_rows_put_together_from_changes_are_those_of_the_list(backend, clock, step):
    picture = Picture(backend)
    for _ in range(8):
        await picture.follow()
        assert await picture.is_true()
        clock.move(step)


async def test_a_clock_that_was_set_back_brings_the_truth_too(backend, clock):
    picture = Picture(backend)
    await picture.follow()
    clock.move(-4_000)
    await picture.follow()
    assert await picture.is_true()


@needs(Capability.PAUSE)
async def test_a_pause_is_among_the_changes(backend, place):
    picture = Picture(backend)
    await picture.follow()
    await backend.pause(place.manual)
    changes = await picture.follow()
    assert {row.status for row in changes.workflows if row.dataset_name == place.manual} == {
        WorkflowStatus.PAUSED
    }
    assert await picture.is_true()
    await backend.unpause(place.manual)
    await picture.follow()
    assert await picture.is_true()


@needs(Capability.RUN, Capability.STOP)
async def test_a_run_is_followed_from_its_start_to_its_stop(backend, place, clock):
    picture = Picture(backend)
    await picture.follow()
    started = await backend.run(RunRequest(place.manual))
    for _ in range(4):
        clock.move(4)
        await picture.follow()
        assert await picture.is_true()
    await backend.stop((await backend.run_status(_ref(started))).ref)
    for _ in range(4):
        await picture.follow()
        assert await picture.is_true()
        clock.move(3)


@needs(Capability.REGISTER, Capability.UNREGISTER)
async def test_rows_that_come_and_go_are_told(backend):
    picture = Picture(backend)
    await picture.follow()
    before = set(picture.rows)
    await backend.register(Registration("brand.new", ScheduleConfig(cron="0 4 * * *")))
    await picture.follow()
    assert [key.name for key in set(picture.rows) - before] == ["brand.new"]
    assert await picture.is_true()
    await backend.unregister("brand.new")
    await picture.follow()
    assert set(picture.rows) == before
    assert await picture.is_true()


@pytest.mark.parametrize("step", [0, 9, 3_601])
async def test_nothing_is_lost_between_a_cursor_the_list_after_it_and_the_changes(
    backend, place, clock, step
):
    picture = Picture(backend)
    picture.cursor = await backend.cursor()
    clock.move(step)
    picture.rows = {row.key: row for row in await rows_of(backend)}
    clock.move(step)
    if Capability.PAUSE in backend.capabilities:
        await backend.pause(place.manual)
    await picture.follow()
    assert await picture.is_true()


async def test_two_who_follow_at_once_both_have_the_truth(backend, clock):
    one, other = Picture(backend), Picture(backend)
    for _ in range(3):
        await one.follow()
        assert await one.is_true()
        await other.follow()
        assert await other.is_true()
        clock.move(301)


def _ref(result):
    return RunRef(result.run_id, result.dataset_name)

"""Which moments a cursor of the demo stands for."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from dli_tui.backends.demo.actions import Action, Deed
from dli_tui.backends.demo.cast import SEEDS
from dli_tui.backends.demo.changes import STRETCH, Known, cursor, known_by
from dli_tui.backends.demo.crowd import with_crowd
from dli_tui.backends.demo.journal import FileJournal
from dli_tui.backends.demo.ledger import ledger
from dli_tui.backends.demo.world import World
from dli_tui.domain.clock import FixedClock
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.query import Registration, WorkflowQuery
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.status import SourceType
from tests.support import everything

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DONE = (Action(NOON, "me", Deed.PAUSE, "a"),)


def world(now=NOON):
    return World(ledger(SEEDS, ()), 0, now, {})


def test_a_cursor_gives_back_its_moment():
    later = world(NOON + timedelta(minutes=5))
    assert known_by(cursor(world(), DONE), later, DONE) == Known(NOON)


@pytest.mark.parametrize("done", [(), DONE])
def test_what_was_done_since_is_named(done):
    more = (*done, Action(NOON, "you", Deed.RUN, "b"), Action(NOON, "you", Deed.RUN, "c"))
    assert known_by(cursor(world(), done), world(), more) == Known(NOON, frozenset("bc"))


@pytest.mark.parametrize(
    ("now", "done"),
    [
        (NOON, ()),
        (NOON, (Action(NOON, "you", Deed.PAUSE, "a"), *DONE)),
        (NOON, (Action(NOON, "me", Deed.UNPAUSE, "a"),)),
        (NOON - timedelta(seconds=1), DONE),
        (NOON + timedelta(hours=12), DONE),
    ],
    ids=["forgotten", "done before", "something else done", "clock set back", "another day"],
)
def test_all_is_told_again_after_what_changes_more_than_time(now, done):
    assert known_by(cursor(world(), DONE), world(now), done) is None


async def test_after_a_deed_only_what_it_was_done_to_is_told(demo, clock):
    still = demo(with_crowd(3_000, 0), at=FixedClock(clock.now()))
    first = await still.changes(None)
    quiet = await still.changes(first.cursor)
    await still.register(Registration("aaa", ScheduleConfig()))
    await still.deliver("finance.cost_centers", "0 4 * * *")
    later = await still.changes(quiet.cursor)
    names = {row.dataset_name for row in later.workflows}
    assert not later.whole
    assert names - {row.dataset_name for row in quiet.workflows} == {"aaa", "finance.cost_centers"}
    assert later.gone == ()


async def test_a_row_that_came_back_in_between_is_not_gone(backend):
    await backend.register(Registration("aaa", ScheduleConfig()))
    first = await backend.changes(None)
    await backend.unregister("aaa")
    gone = await backend.changes(first.cursor)
    await backend.register(Registration("aaa", ScheduleConfig()))
    back = await backend.changes(first.cursor)
    assert gone.gone == (WorkflowKey("aaa", SourceType.MANUAL),)
    assert back.gone == ()
    assert "aaa" in {row.dataset_name for row in back.workflows}


async def test_the_loop_is_free_again_and_again_while_a_long_list_is_looked_through(demo, clock):
    backend = demo(with_crowd(20 * STRETCH, 0))
    cursor = await backend.cursor()
    turns = 0

    async def count():
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await backend.changes(cursor)
    counting.cancel()
    assert turns >= 20


async def test_a_journal_that_began_anew_is_not_taken_for_the_old_one(demo, clock, tmp_path):
    journal = FileJournal(tmp_path / "demo.jsonl")
    backend = demo(journal=journal)
    await backend.pause("orders_hourly")
    first = await backend.changes(None)
    await asyncio.to_thread(journal.reset)
    clock.move(1)
    await backend.pause("orders_returns")
    assert (await backend.changes(first.cursor)).whole


@pytest.mark.parametrize(
    "start", [datetime(2024, 1, 15, 9, 28, tzinfo=UTC), datetime(2026, 1, 1, 9, 58, tzinfo=UTC)]
)
async def test_runs_of_the_archive_are_among_the_changes(demo, clock, start):
    clock.moment = start
    backend = demo()
    changes = await backend.changes(None)
    rows = {row.key: row for row in changes.workflows}
    running = set()
    for _ in range(12):
        clock.move(45)
        changes = await backend.changes(changes.cursor)
        assert not changes.whole
        rows.update((row.key, row) for row in changes.workflows)
        listed = await everything(demo(at=FixedClock(clock.now())).workflows(WorkflowQuery()))
        assert rows == {row.key: row for row in listed}
        running.add(rows["iceberg.analytics.daily_clicks", "code"].is_running)
    assert running == {False, True}

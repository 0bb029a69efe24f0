"""Each place is looked at on its own, and what was seen of it stays until it is seen again."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from dli_tui.client import WorkflowClient
from dli_tui.domain.errors import ConfigurationError, ConnectionFailedError
from dli_tui.domain.status import RunStatus
from dli_tui.session.contexts import Contexts
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend, row, run
from tests.support_session import ManualPace, Told, looking_at

DAY = timedelta(days=1)
ROWS = [
    row("failed", last_run=run(status=RunStatus.FAILED)),
    row("timed out", last_run=run(status=RunStatus.TIMEOUT)),
    row("stopped", last_run=run(status=RunStatus.KILLED)),
    row("running", last_run=run(status=RunStatus.RUNNING, started_at=NOW)),
    row("late", next_run=NOW - timedelta(hours=2)),
]


class Places:
    """Some backends, opened one after the other; what stands for one may be an error."""

    def __init__(self, **backends):
        self.backends, self.pace, self.open = backends, ManualPace(), []
        self.contexts = Contexts(self._opened, self.pace)

    @asynccontextmanager
    async def _opened(self, name):
        if isinstance(self.backends[name], Exception):
            raise self.backends[name]
        self.open.append(name)
        try:
            self.pace.advance(0.25)
            yield WorkflowClient(self.backends[name], clock=ManualClock(NOW))
        finally:
            self.open.remove(name)

    def __getitem__(self, name):
        return self.contexts.glances[name]


async def test_what_is_wrong_at_a_place_is_counted_and_the_place_is_left():
    places = Places(shop=ScriptedBackend(ROWS))
    await places.contexts.look(["shop"])
    seen = places["shop"]
    assert (seen.workflows, seen.failed, seen.running, seen.late) == (5, 2, 1, 1)
    assert (seen.seconds, seen.as_of, seen.busy) == (0.25, places.pace.passed(), False)
    assert places.open == []


async def test_a_row_that_comes_again_with_its_last_run_is_counted_once():
    bare = [one.twin(last_run=None) for one in ROWS]
    places = Places(shop=ScriptedBackend([*bare, *ROWS]))
    await places.contexts.look(["shop"])
    seen = places["shop"]
    assert (seen.workflows, seen.failed, seen.running, seen.late) == (5, 2, 1, 1)


async def test_an_empty_place_is_one_that_answers():
    places = Places(shop=ScriptedBackend())
    await places.contexts.look(["shop"])
    assert (places["shop"].workflows, places["shop"].problem) == (0, None)
    assert places["shop"].as_of is not None


@pytest.mark.parametrize(
    "problem", [ConnectionFailedError(), ConfigurationError("no such profile")]
)
async def test_one_that_does_not_answer_keeps_no_other_from_being_seen(problem):
    places = Places(gone=problem, shop=ScriptedBackend(ROWS))
    await places.contexts.look(["gone", "shop"])
    assert (places["gone"].problem, places["gone"].as_of) == (problem, None)
    assert places["shop"].failed == 2


async def test_what_was_seen_last_stays_beside_the_problem_and_goes_with_it():
    places = Places(shop=ScriptedBackend(ROWS))
    await places.contexts.look(["shop"])
    seen, backend = places["shop"], places.backends["shop"]
    places.backends["shop"] = ConnectionFailedError()
    await places.contexts.look(["shop"])
    assert places["shop"] == seen._replace(problem=places.backends["shop"])
    places.backends["shop"] = backend
    await places.contexts.look(["shop"])
    assert places["shop"].problem is None


async def test_each_is_told_as_it_is_asked_and_as_it_has_answered():
    places = Places(one=ScriptedBackend(), two=ScriptedBackend())
    told = Told(places.contexts)
    await places.contexts.look(["one", "two"])
    assert told.count == 4


async def test_nobody_waits_any_more_and_nothing_is_left_busy():
    class Slow(ScriptedBackend):
        async def workflows(self, query):
            asked.set()
            await asyncio.Event().wait()
            yield

    asked, places = asyncio.Event(), Places(shop=Slow())
    looking = asyncio.create_task(places.contexts.look(["shop"]))
    await asked.wait()
    assert places["shop"].busy
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    assert not places["shop"].busy
    assert places.open == []


async def test_of_the_place_that_is_open_its_own_list_tells():
    places, backend = Places(), ScriptedBackend(ROWS)
    async with looking_at(backend) as here:
        await here.settle()
        asked = len(backend.arrived("workflows"))
        await places.contexts.look_at_open("shop", here.session.workflows, NOW)
        seen = places["shop"]
        assert (seen.workflows, seen.failed, seen.running, seen.late) == (5, 2, 1, 1)
        assert seen.as_of == places.pace.passed()
        assert len(backend.arrived("workflows")) <= asked + 1


async def test_of_more_than_a_stretch_all_are_counted():
    places = Places(shop=ScriptedBackend([row(f"d{n}", next_run=NOW - DAY) for n in range(250)]))
    await places.contexts.look(["shop"])
    assert (places["shop"].workflows, places["shop"].late) == (250, 250)

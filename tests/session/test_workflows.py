"""The list appears page by page, is then kept true by what moved, and survives a server's fall."""

import pytest

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.domain.page import Changes, Page
from dli_tui.domain.query import WorkflowQuery
from dli_tui.domain.status import RunStatus
from dli_tui.session.front import BEHIND_SECONDS
from dli_tui.session.workflows import LIST_SECONDS
from tests.support import ManualClock, everything
from tests.support_backends import NOW, ScriptedBackend, row, run
from tests.support_session import Told, looking_at, unopened

DOWN = ConnectionFailedError()


class Paged(ScriptedBackend):
    """One row a page; a name that is in `breaks` breaks the list off, once."""

    def __init__(self, *names, breaks=()):
        super().__init__(row(name) for name in names)
        self.order = []
        self.breaks = list(breaks)

    async def cursor(self):
        self.order.append("cursor")
        return "here"

    async def changes(self, cursor):
        self.order.append(cursor)
        return Changes("there")

    async def workflows(self, query):
        for one in self.rows:
            self.order.append(one.dataset_name)
            if one.dataset_name in self.breaks:
                self.breaks.remove(one.dataset_name)
                raise DOWN
            yield Page((one,))


def names(workflows):
    return "".join(sorted(key.name for key in workflows.rows))


async def test_each_page_is_shown_before_the_next_one_is_asked_for():
    here = unopened(Paged("a", "b", "c"))
    workflows, order = here.workflows, here.backend.order
    workflows.subscribe(lambda: order.append((names(workflows), workflows.complete)))
    assert workflows.loading
    async with here.session:
        await here.settle()
    assert order == [
        ("", False),
        "cursor",
        *("a", ("a", False), "b", ("ab", False), "c", ("abc", False)),
        ("abc", True),
    ]
    assert not workflows.loading


async def test_what_moved_since_the_first_list_is_asked_for_and_not_the_list_again():
    async with looking_at(Paged("a", "b")) as here:
        here.backend.order.clear()
        await here.pass_by(LIST_SECONDS)
        await here.pass_by(LIST_SECONDS)
        assert here.backend.order == ["here", "there"]


async def test_an_empty_list_is_complete_too():
    async with looking_at(ScriptedBackend()) as here:
        assert (here.workflows.loading, here.workflows.complete) == (False, True)


async def test_a_list_that_broke_off_shows_what_came_and_begins_anew():
    async with looking_at(Paged("a", "b", breaks=["b"])) as here:
        workflows = here.workflows
        assert (names(workflows), workflows.complete, workflows.loading) == ("a", False, False)
        assert workflows.freshness.problem is DOWN
        here.backend.rows = [row("b"), row("c")]
        await here.pass_by(2)
        assert (names(workflows), workflows.complete) == ("bc", True)
        assert workflows.freshness.problem is None


async def test_only_rows_that_differ_have_moved():
    async with looking_at(ScriptedBackend([row("a"), row("b"), row("c")])) as here:
        await here.pass_by(LIST_SECONDS)  # there was no cursor, so this is the whole list again
        version = here.workflows.taken(0).version
        before = here.workflows.rows
        here.backend.rows = [row("a"), row("b", owner="new"), row("d")]
        await here.pass_by(LIST_SECONDS)
        moved = here.workflows.taken(version)
        assert sorted(key.name for key in moved.keys) == ["b", "c", "d"]
        assert not moved.whole
        assert names(here.workflows) == "abd"
        assert "".join(sorted(key.name for key in before)) == "abc"


async def test_where_nothing_differs_the_picture_stays_the_same_one():
    async with looking_at(ScriptedBackend([row("a")])) as here:
        rows, version = here.workflows.rows, here.workflows.taken(0).version
        for _ in range(3):
            await here.pass_by(LIST_SECONDS)
        assert here.workflows.rows is rows
        assert here.workflows.taken(version) == (version, frozenset(), False)


async def test_a_server_that_falls_leaves_the_picture_and_is_found_again():
    async with looking_at(Paged("a")) as here:
        answered, told = here.workflows.freshness.as_of, Told(here.workflows)
        here.backend.changes = _failing(2, here.backend.changes)
        await here.pass_by(LIST_SECONDS)
        fresh = here.workflows.freshness
        assert (names(here.workflows), fresh.as_of, fresh.problem) == ("a", answered, DOWN)
        assert told.count
        await here.pass_by(2)
        assert here.workflows.freshness.problem is DOWN
        await here.pass_by(4)
        assert here.workflows.freshness == (here.pace.passed(), None, None, False)


def _failing(times, changes):
    left = [DOWN] * times

    async def failing(cursor):
        if left:
            raise left.pop()
        return await changes(cursor)

    return failing


async def test_behind_other_windows_it_is_asked_for_less_often():
    async with looking_at(Paged("a")) as here:
        here.backend.order.clear()
        here.session.front(is_front=False)
        await here.pass_by(LIST_SECONDS)
        assert here.backend.order == []
        await here.pass_by(BEHIND_SECONDS - LIST_SECONDS)
        assert here.backend.order == ["here"]


async def test_coming_to_the_front_asks_at_once_if_the_list_is_old():
    async with looking_at(Paged("a")) as here:
        here.backend.order.clear()
        here.session.front(is_front=False)
        await here.pass_by(LIST_SECONDS + 1)
        here.session.front(is_front=True)
        await here.settle()
        assert here.backend.order == ["here"]


async def test_while_another_page_covers_it_nothing_is_asked_but_what_somebody_wants():
    async with looking_at(Paged("a")) as here:
        here.backend.order.clear()
        here.workflows.pause()
        await here.pass_by(6 * LIST_SECONDS)
        assert here.backend.order == []
        await here.refresh(here.workflows)
        assert here.backend.order == ["here"]
        here.workflows.resume()
        await here.settle()
        assert here.backend.order == ["here"]
        here.workflows.pause()
        await here.pass_by(LIST_SECONDS)
        here.workflows.resume()
        await here.settle()
        assert here.backend.order == ["here", "there"]


async def test_a_first_list_comes_to_its_end_though_it_is_covered():
    async with looking_at(Paged("a", "b", breaks=["b"])) as here:
        here.workflows.pause()
        await here.pass_by(2)
        assert here.workflows.complete
        asked = len(here.backend.order)
        await here.pass_by(6 * LIST_SECONDS)
        assert len(here.backend.order) == asked


@pytest.mark.parametrize("step", [10, 300, 40_000])
async def test_the_picture_of_a_living_place_is_that_of_its_list(step):
    clock = ManualClock(NOW)
    backend = DemoBackend(STANDARD, clock=clock, journal=MemoryJournal(), user="me")
    async with looking_at(backend, clock=clock) as here:
        for _ in range(4):
            clock.move(step)
            here.pace.advance(LIST_SECONDS)
            await here.settle()
            listed = await everything(here.session.client.workflows(WorkflowQuery()))
            assert here.workflows.rows == {row.key: row for row in listed}


async def test_the_latest_runs_of_what_is_seen_are_fetched_and_told():
    backend = ScriptedBackend([row("d"), row("e")], [run("r2"), run("r1")])
    async with looking_at(backend) as here:
        version = here.workflows.taken(0).version
        here.workflows.want_recent(["d", "e"])
        await here.settle()
        assert [found.run_id for found in here.workflows.recent["d"]] == ["r2", "r1"]
        assert {key.name for key in here.workflows.taken(version).keys} == {"d", "e"}


async def test_a_last_run_that_moved_brings_the_runs_of_a_seen_row_anew():
    backend = ScriptedBackend([row("d", last_run=run("r1", RunStatus.RUNNING))], [run("r1")])
    async with looking_at(backend) as here:
        here.workflows.want_recent(["d"])
        await here.pass_by(LIST_SECONDS)
        assert here.asked("recent_runs") == 1
        backend.rows = [row("d", last_run=run("r1"))]
        await here.pass_by(LIST_SECONDS)
        assert here.asked("recent_runs") == 2


async def test_a_run_that_only_goes_on_brings_no_runs_anew():
    going = run("r1", RunStatus.RUNNING, reported_seconds=5.0)
    backend = ScriptedBackend([row("d", last_run=going)], [going])
    async with looking_at(backend) as here:
        here.workflows.want_recent(["d"])
        await here.pass_by(LIST_SECONDS)
        backend.rows = [row("d", last_run=going.twin(reported_seconds=15.0))]
        await here.pass_by(LIST_SECONDS)
        assert here.asked("recent_runs") == 1


async def test_an_earlier_run_that_goes_on_is_followed_to_its_end():
    last, earlier = run("r2", RunStatus.RUNNING), run("r1", RunStatus.RUNNING)
    backend = ScriptedBackend([row("d", last_run=last)], [last, earlier])
    async with looking_at(backend) as here:
        here.workflows.want_recent(["d"])
        await here.settle()
        backend.runs = [last, run("r1", RunStatus.COMPLETED)]
        await here.pass_by(LIST_SECONDS)
        assert [one.status for one in here.workflows.recent["d"]] == [
            RunStatus.RUNNING,
            RunStatus.COMPLETED,
        ]
        asked = here.asked("recent_runs")
        await here.pass_by(LIST_SECONDS)
        assert here.asked("recent_runs") == asked

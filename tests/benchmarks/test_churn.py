"""The churn backend moves what it says, no more and no less."""

from __future__ import annotations

from datetime import UTC, datetime

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.crowd import with_crowd
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.backends.port import Backend
from dli_tui.domain.clock import FixedClock
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import WorkflowQuery
from tests.benchmarks.churn import Churn, Wrapping
from tests.support import ManualClock

HOUR = datetime(2026, 11, 21, 6, 3, tzinfo=UTC)


def churning(size=400):
    # The demo's own hour stands still, so that whatever moves is the churn's.
    still = DemoBackend(with_crowd(size, 0), clock=FixedClock(HOUR), journal=MemoryJournal())
    clock = ManualClock(HOUR)
    return Churn(still, clock), clock


async def rows_of(backend):
    return {row.key: row async for page in backend.workflows(WorkflowQuery()) for row in page.items}


async def test_about_one_row_in_a_hundred_moves_each_second():
    backend, clock = churning()
    before = await rows_of(backend)
    clock.move(1)
    after = await rows_of(backend)
    moved = [key for key in before if before[key] != after[key]]
    assert 1 <= len(moved) <= 12


async def test_the_changes_are_what_differs_between_two_lists():
    backend, clock = churning()
    first = await backend.changes(None)
    before = await rows_of(backend)
    clock.move(7)
    later = await backend.changes(first.cursor)
    after = await rows_of(backend)
    known = before | {row.key: row for row in later.workflows}
    assert first.whole
    assert not later.whole
    assert known == after


async def test_the_changes_since_a_list_bring_the_next_one():
    backend, clock = churning()
    cursor = await backend.cursor()
    before = await rows_of(backend)
    clock.move(7)
    later = await backend.changes(cursor)
    assert not later.whole
    assert before | {row.key: row for row in later.workflows} == await rows_of(backend)


async def test_everything_else_is_passed_on():
    backend, _ = churning(size=50)
    result = await backend.pause("orders_daily")
    assert (await backend.workflow("orders_daily"))[0].paused_by == result.paused_by
    run = (await backend.recent_runs(["orders_daily"], 1))["orders_daily"][0]
    assert await backend.run_status(RunRef(run.run_id)) == run


def test_no_method_of_the_port_is_answered_by_the_wrapper_itself():
    own = {
        name for name in vars(Backend) if not name.startswith("_") and callable(vars(Backend)[name])
    }
    assert own <= set(vars(Wrapping))

"""What a backfill would do, and what is sent when it is wanted."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from dli_tui.client import WorkflowClient
from dli_tui.domain.backfill import SlotAction
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import DLIError, ErrorCode
from dli_tui.domain.query import BackfillScope
from dli_tui.domain.status import ResultStatus, RunStatus
from tests.support_backends import ScriptedBackend, row, run

WEEK: dict[str, Any] = {"start_date": "2026-03-01", "end_date": "2026-03-07"}


def slot(day):
    return datetime(2026, 3, day, 9, tzinfo=UTC)


RUNS = (
    run("r5", RunStatus.RUNNING, slot=slot(5)),
    run("r4", RunStatus.FAILED, slot=slot(4)),
    run("r3", RunStatus.COMPLETED, slot=slot(3)),
)


@pytest.fixture
def open_(clock):
    def opened(*rows, without=(), runs=RUNS):
        backend = ScriptedBackend(rows or [row("d")], runs, without=without)
        return backend, WorkflowClient(backend, clock=clock)

    return opened


async def refused(awaitable):
    with pytest.raises(DLIError) as caught:
        await awaitable
    return caught.value


def days(plan, *actions):
    return [one.day.day for one in plan.slots if one.action in actions]


@pytest.mark.parametrize(
    ("scope", "run_again", "left_out"),
    [
        (BackfillScope.ALL, [3, 4], [5]),
        (BackfillScope.MISSING, [], [3, 4, 5]),
        (BackfillScope.FAILED, [4], [1, 2, 3, 5, 6, 7]),
    ],
)
async def test_a_scope_says_which_slots_are_wanted(open_, scope, run_again, left_out):
    _, client = open_()
    plan = await client.plan_backfill("d", "2026-03-01", "2026-03-07", scope=scope)
    assert days(plan, SlotAction.RERUN) == run_again
    assert days(plan, SlotAction.SKIP) == left_out
    assert (plan.to_run, plan.to_skip) == (7 - len(left_out), len(left_out))


async def test_a_dry_run_counts_and_sends_nothing(open_):
    backend, client = open_()
    result = await client.backfill("d", **WEEK, dry_run=True, parameters={"a": 1})
    assert backend.sent == []
    assert result.dry_run
    assert (result.run_id, result.run_status, result.total_runs) == (None, None, 6)
    assert result.message == ("Slots: 7, 6 to run, 1 left out. No request was sent.")
    assert result.parameters == {"a": 1}
    assert result.warning == "Completed before and would run again: 1."


async def test_what_is_sent_is_what_was_planned(open_):
    backend, client = open_()
    result = await client.backfill(
        "d", **WEEK, scope=BackfillScope.MISSING, parallel=True, parameters={"a": 1}
    )
    (request,) = backend.arrived("backfill")
    assert request.slots == tuple(slot(day) for day in (1, 2, 6, 7))
    assert (request.start_date, request.end_date) == (date(2026, 3, 1), date(2026, 3, 7))
    assert request.parallel
    assert request.parameters == {"a": 1}
    assert result.message == "Backfill triggered, runs: 4"


async def test_a_backfill_goes_one_by_one_unless_asked(open_):
    backend, client = open_()
    await client.backfill("d", **WEEK)
    assert [request.parallel for request in backend.arrived("backfill")] == [False]


async def test_a_server_without_single_slots_gets_the_range_and_the_plan_says_so(open_):
    backend, client = open_(without=[Capability.BACKFILL_SLOTS])
    plan = await client.plan_backfill("d", "2026-03-01", "2026-03-07")
    assert plan.warnings[-1] == (
        "This server takes the whole range and decides itself about runs that exist."
    )
    await client.start_backfill(plan)
    (request,) = backend.arrived("backfill")
    assert request.slots is None


async def test_a_server_that_takes_ranges_is_asked_for_the_days_of_the_plan_alone(open_):
    backend, client = open_(
        row("d", cron="0 8 * * 2"), without=[Capability.BACKFILL_SLOTS], runs=()
    )
    plan = await client.plan_backfill("d", "2026-03-01", "2026-03-07")
    await client.start_backfill(plan)
    (request,) = backend.arrived("backfill")
    assert (request.start_date, request.end_date) == (date(2026, 3, 3), date(2026, 3, 3))


async def test_a_plan_says_that_days_between_its_dates_may_run_too(open_):
    _, client = open_(row("d", cron="0 8 * * 2"), without=[Capability.BACKFILL_SLOTS], runs=())
    plan = await client.plan_backfill("d", "2026-03-01", "2026-03-14")
    assert plan.warnings[-1] == (
        "It may start a run on each of the 8 days from 2026-03-03 to 2026-03-10."
    )


async def test_a_server_without_single_slots_is_asked_for_none(open_):
    backend, client = open_(without=[Capability.BACKFILL_SLOTS])
    error = await refused(client.backfill("d", **WEEK, scope=BackfillScope.MISSING))
    assert error.code is ErrorCode.WORKFLOW_EXECUTION_FAILED
    assert "leaving out single slots" in error.message
    assert backend.sent == []


async def test_all_dates_at_once_is_asked_only_where_it_is_offered(open_):
    backend, client = open_(without=[Capability.BACKFILL_PARALLEL])
    error = await refused(client.backfill("d", **WEEK, parallel=True))
    assert "--parallel" in error.hint
    assert backend.sent == []


async def test_where_nothing_is_left_to_run_nothing_is_sent(open_):
    backend, client = open_(runs=[run("r5", RunStatus.RUNNING, slot=slot(5))])
    result = await client.backfill("d", start_date="2026-03-05", end_date="2026-03-05")
    assert result.status is ResultStatus.SKIPPED
    assert "No request was sent." in (result.message or "")
    assert backend.sent == []


async def test_a_range_without_a_slot_is_refused(open_):
    backend, client = open_(row("d", cron="0 12 * * 1"))
    error = await refused(
        client.backfill("d", start_date="2026-03-03", end_date="2026-03-04", dry_run=True)
    )
    assert "no slot between 2026-03-03 and 2026-03-04" in error.message
    assert backend.sent == []


async def test_slots_are_counted_not_days(open_):
    _, client = open_(row("d", cron="0 * * * *"), runs=())
    plan = await client.plan_backfill("d", "2026-03-01", "2026-03-02")
    assert (len(plan.slots), plan.to_run) == (48, 48)


async def test_dates_are_those_of_the_schedules_zone(open_):
    _, client = open_(row("d", timezone="Asia/Seoul"), runs=())
    plan = await client.plan_backfill("d", "2026-03-01", "2026-03-01")
    assert [one.slot for one in plan.slots] == [datetime(2026, 3, 1, tzinfo=UTC)]


async def test_more_slots_than_a_plan_can_show_are_refused(open_):
    backend, client = open_(row("d", cron="* * * * *"), runs=())
    error = await refused(client.backfill("d", **WEEK | {"end_date": "2026-03-08"}))
    assert error.code is ErrorCode.CONFIG_INVALID
    assert "more than 10,000 slots" in error.message
    assert backend.sent == []


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("bad", "2026-03-07"),
        ("2026-03-01", "bad"),
        ("2026-03-07", "2026-03-01"),
        ("9999-12-01", "9999-12-31"),
        ("0001-01-01", "0001-01-02"),
        ("20260301", "2026-03-02"),
        ("2026-W10-1", "2026-03-07"),
        (None, "2026-03-07"),
    ],
)
async def test_wrong_dates_ask_nobody(open_, start, end):
    backend, client = open_()
    error = await refused(client.backfill("d", start_date=start, end_date=end))
    assert error.code is ErrorCode.CONFIG_INVALID
    assert backend.calls == []


async def test_the_plan_tells_how_long_it_takes_from_the_newest_runs(open_):
    newest = [run(f"n{day}", slot=slot(day), reported_seconds=60.0) for day in (10, 9, 8, 6, 5)]
    _, client = open_(runs=newest)
    plan = await client.plan_backfill("d", "2026-03-01", "2026-03-03")
    assert plan.estimate_seconds == 180.0


async def test_dates_of_an_unknown_schedule_are_refused_instead_of_counted_by_the_calendar(open_):
    backend, client = open_(row("d", cron=None, schedule_known=False))
    assert (await refused(client.plan_backfill("d", "2026-03-01", "2026-03-07"))).code is (
        ErrorCode.WORKFLOW_INVALID_STATE
    )
    assert backend.arrived("backfill") == []

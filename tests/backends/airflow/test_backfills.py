"""Backfills that Airflow 3 keeps going itself: foretold by its dry run, found by their runs."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dli_tui.client import WorkflowClient
from dli_tui.client.foretelling import hold_backfill
from dli_tui.domain.acting import acting_for
from dli_tui.domain.backfill import SlotAction
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import (
    AnswerLostError,
    ErrorCode,
    Unsupported,
    WorkflowExecutionError,
    WorkflowNotFoundError,
)
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillRequest, BackfillScope
from dli_tui.domain.status import RunStatus, RunType
from tests.backends.airflow.fake import NOW, FakeAirflow, opened
from tests.support import ManualClock

OWN = frozenset(
    {Capability.BACKFILL_PARALLEL, Capability.BACKFILL_FORECAST, Capability.BACKFILL_PAUSE}
)
WEEK = date(2026, 11, 2), date(2026, 11, 6)
REF = RunRef("backfill__1", "a")


def day(number):
    return datetime(2026, 11, number, tzinfo=UTC)


def daily(version=2, **more):
    airflow = FakeAirflow(version)
    airflow.dag("a", is_paused=False, **more)
    airflow.schedules("a", "0 0 * * *")
    airflow.dags["a"]["max_active_runs"] = 3
    return airflow


def client_of(backend):
    return WorkflowClient(backend, clock=ManualClock(NOW))


def asked(scope=BackfillScope.ALL, **more):
    return BackfillRequest("a", *WEEK, parallel=True, scope=scope, **more)


async def refused(awaitable, kind=WorkflowExecutionError):
    with pytest.raises(kind) as caught:
        await awaitable
    return caught.value


def had(airflow, **states):
    """Runs of the days that are named, as they ended."""
    for name, state in states.items():
        when = day(int(name.removeprefix("d")))
        airflow.run("a", f"scheduled__{when.isoformat()}", when=when, state=state)


# What is offered


@pytest.mark.parametrize(("version", "offered"), [(1, frozenset()), (2, OWN)])
async def test_the_version_that_answers_says_whether_there_are_any(version, offered):
    async with opened(daily(version)) as backend:
        assert not OWN & backend.capabilities
        await backend.cursor()
        assert OWN & backend.capabilities == offered


async def test_where_there_are_none_nothing_goes_all_at_once():
    airflow = daily(1)
    async with opened(airflow) as backend:
        await refused(backend.backfill(asked()), Unsupported)
        await refused(backend.backfill_slots(asked()), Unsupported)
        await refused(backend.pause_backfill(REF), Unsupported)
    assert not airflow.bodies("/backfills")


async def test_one_after_the_other_and_single_dates_are_not_asked_of_it():
    airflow = daily()
    async with opened(airflow) as backend:
        await refused(backend.backfill(asked()._replace(parallel=False)), Unsupported)
        await refused(backend.backfill(asked(slots=(day(2),))), Unsupported)
    assert not airflow.bodies("/backfills")


# What is asked and sent


async def test_days_are_those_of_the_workflows_zone():
    airflow = daily()
    airflow.schedules("a", "0 6 * * *", "Asia/Seoul")
    airflow.dags["a"]["max_active_runs"] = 3
    async with opened(airflow) as backend:
        await backend.backfill(asked(parameters={"x": 1}))
    (body,) = airflow.bodies("/backfills")
    assert body["from_date"] == "2026-11-02T00:00:00+09:00"
    assert body["to_date"] == "2026-11-06T23:59:59.999999+09:00"
    assert (body["dag_run_conf"], body["max_active_runs"]) == ({"x": 1}, 3)


@pytest.mark.parametrize(
    ("scope", "rule", "days"),
    [
        (BackfillScope.ALL, "completed", [2, 3, 5, 6]),
        (BackfillScope.FAILED, "failed", [3, 5, 6]),
        (BackfillScope.MISSING, "none", [5, 6]),
    ],
)
async def test_each_scope_is_a_rule_of_airflow(scope, rule, days):
    airflow = daily()
    had(airflow, d2="success", d3="failed", d4="running")
    async with opened(airflow) as backend:
        forecast = await backend.backfill_slots(asked(scope))
    body = airflow.bodies("/dry_run")[-1]
    assert body["reprocess_behavior"] == rule
    assert [slot.day for slot in forecast.slots] == days
    assert forecast.at_once == 3


# What is planned


async def test_the_plan_is_what_the_server_says():
    airflow = daily()
    had(airflow, d2="success", d3="failed")
    async with opened(airflow) as backend:
        plan = await client_of(backend).plan_backfill("a", *WEEK, parallel=True)
        assert plan.is_confirmed
        assert [slot.day for slot in plan.wanted] == [2, 3, 4, 5, 6]
        assert plan.warnings[-1] == (
            "The server keeps it going itself, at most 3 runs at a time: "
            "this program may be closed meanwhile."
        )


async def test_the_dates_are_those_that_the_server_names_on_the_days_of_its_zone():
    airflow = daily()
    airflow.schedules("a", "30 0 * * *", "Asia/Seoul")
    async with opened(airflow) as backend:
        plan = await client_of(backend).plan_backfill("a", *WEEK, parallel=True)
    assert [slot.day.day for slot in plan.slots] == [2, 3, 4, 5, 6]
    assert plan.slots[0].slot == datetime(2026, 11, 1, 15, 30, tzinfo=UTC)
    assert {slot.action for slot in plan.slots} == {SlotAction.RUN}


async def test_dates_that_it_would_run_besides_are_shown_and_never_started():
    airflow = daily()
    had(airflow, d2="success", d3="failed", d5="success")
    async with opened(airflow) as backend:
        client = client_of(backend)
        plan = await client.plan_backfill("a", *WEEK, parallel=True, scope=BackfillScope.FAILED)
        assert [slot.day.day for slot in plan.unasked] == [4, 6]
        assert "the server would also run 2 that you left out" in plan.warnings[0]
        error = await refused(client.start_backfill(plan))
    assert "one after the other" in error.hint
    assert not airflow.bodies("/backfills")


async def test_a_plan_that_the_server_has_not_confirmed_is_not_started():
    airflow = daily()
    async with opened(airflow) as backend:
        client = client_of(backend)
        plan = await client.plan_backfill("a", *WEEK, parallel=True)
        error = await refused(client.start_backfill(plan.twin(is_confirmed=False)))
    assert error.hint == "Plan it again."
    assert not airflow.bodies("/backfills")


async def test_where_nothing_would_run_the_server_is_not_asked_what_it_would_run():
    airflow = daily()
    had(airflow, **{f"d{number}": "success" for number in (2, 3, 4, 5, 6)})
    async with opened(airflow) as backend:
        client = client_of(backend)
        plan = await client.plan_backfill("a", *WEEK, parallel=True, scope=BackfillScope.MISSING)
    assert plan.to_run == 0
    assert {body["reprocess_behavior"] for body in airflow.bodies("/dry_run")} == {"completed"}


# Refusals


async def test_one_at_a_time_is_said_with_what_helps():
    async with opened(daily()) as backend:
        await backend.backfill(asked())
        error = await refused(backend.backfill(asked()))
    assert error.code is ErrorCode.WORKFLOW_INVALID_STATE
    assert "under way already" in error.message
    assert "half a minute late" in error.hint


async def test_a_workflow_without_a_schedule_is_pointed_to_another_way():
    airflow = daily()
    airflow.dags["a"] |= {"timetable_summary": None, "timetable_description": "Never"}
    async with opened(airflow) as backend:
        error = await refused(backend.backfill_slots(asked()))
    assert "no schedule" in error.message
    assert "dli-tui workflow run a" in error.hint


async def test_dates_to_come_are_refused_in_our_words():
    async with opened(daily()) as backend:
        ahead = date(2026, 12, 1)
        error = await refused(backend.backfill(asked()._replace(start_date=ahead, end_date=ahead)))
    assert (error.message, error.hint) == (
        "These dates have yet to come",
        "Choose dates up to now.",
    )


async def test_what_is_not_there_is_said():
    async with opened(daily()) as backend:
        await refused(backend.backfill_status(REF), WorkflowNotFoundError)
        await refused(backend.pause_backfill(REF), WorkflowNotFoundError)


# What becomes of it


async def begun(airflow, backend, **more):
    result = await backend.backfill(asked(**more))
    assert RunRef(result.run_id, "a") == REF
    return result


async def test_its_dates_are_the_runs_that_it_queued():
    airflow = daily()
    had(airflow, d2="success")
    async with opened(airflow) as backend:
        with acting_for("oncall"):
            result = await begun(airflow, backend, scope=BackfillScope.MISSING, parameters={"x": 1})
        found = await backend.backfill_status(REF)
    assert result.triggered_by == "oncall"
    assert [one.slot.day for one in found.dates] == [3, 4, 5, 6]
    assert {run.run_type for run in (one.run for one in found.dates)} == {RunType.BACKFILL}
    whole = found.whole
    assert (whole.status, whole.triggered_by, whole.parameters) == (
        RunStatus.PENDING,
        "admin",
        {"x": 1},
    )
    assert (found.parallel, found.by_hand, found.runs_on) == (True, False, True)


async def test_it_is_over_when_airflow_says_so():
    airflow = daily()
    async with opened(airflow) as backend:
        await begun(airflow, backend)
        for number in (2, 3, 4, 5, 6):
            state = "failed" if number == 4 else "success"
            airflow.moves(
                "a",
                f"backfill__{day(number).isoformat()}",
                state=state,
                start_date=NOW.isoformat(),
                end_date=NOW.isoformat(),
            )
        assert (await backend.run_status(REF)).status is RunStatus.RUNNING
        airflow.backfills.ends(1)
        whole = await backend.run_status(REF)
    assert (whole.status, whole.progress.failed_tasks) == (RunStatus.FAILED, 1)


async def test_a_run_of_it_says_so():
    airflow = daily()
    async with opened(airflow) as backend:
        await begun(airflow, backend)
        run = await backend.run_status(RunRef(f"backfill__{day(3).isoformat()}", "a"))
    assert run.backfill_id == "backfill__1"
    async with opened(airflow) as another:
        run = await another.run_status(RunRef(f"backfill__{day(3).isoformat()}", "a"))
    assert run.backfill_id == "backfill__1"


async def test_a_later_one_takes_over_the_dates_that_it_queued():
    airflow = daily()
    async with opened(airflow) as backend:
        await begun(airflow, backend)
        await backend.stop(REF)
        airflow.passes(minutes=1)
        later = BackfillRequest(
            "a", date(2026, 11, 5), date(2026, 11, 6), parallel=True, scope=BackfillScope.FAILED
        )
        await backend.backfill(later)
        newest, first = await backend.backfills()
    assert [one.slot.day for one in newest.dates] == [5, 6]
    assert [one.slot.day for one in first.dates] == [2, 3, 4]


async def test_holding_it_is_told_and_taken_back():
    async with opened(daily()) as backend:
        client = client_of(backend)
        await backend.backfill(asked())
        held = await hold_backfill(client, REF, is_held=True)
        assert held.message == "Backfill backfill__1 is held: no other date begins"
        assert (await backend.backfill_status(REF)).is_held
        await hold_backfill(client, REF, is_held=False)
        assert not (await backend.backfill_status(REF)).is_held


async def test_stopping_it_fails_what_waits_and_says_what_goes_on():
    airflow = daily()
    async with opened(airflow) as backend:
        await begun(airflow, backend)
        airflow.moves(
            "a", f"backfill__{day(2).isoformat()}", state="running", start_date=NOW.isoformat()
        )
        result = await client_of(backend).stop(REF, reason="wrong month")
        found = await backend.backfill_status(REF)
        error = await refused(backend.stop(REF))
    assert result.warning.startswith("Its runs under way go on to their end")
    # They failed in Airflow's words, without having begun.
    assert [one.status for one in found.dates] == [RunStatus.RUNNING, *[RunStatus.KILLED] * 4]
    assert (found.whole.status, found.is_held) == (RunStatus.STOPPING, False)
    assert error.code is ErrorCode.WORKFLOW_INVALID_STATE


async def test_a_backfill_whose_answer_was_lost_is_looked_for_and_not_sent_again():
    airflow = daily()
    airflow.is_lost = True
    async with opened(airflow) as backend:
        client = client_of(backend)
        plan = await client.plan_backfill("a", *WEEK, parallel=True)
        error = await refused(client.start_backfill(plan), AnswerLostError)
    assert "perhaps yours: backfill__1" in error.message
    assert len(airflow.bodies("/backfills")) == 1


OURS = "a_backfill_20261102_20261102_20261121T110000_abcdef"


def with_one_of_ours(airflow):
    mark = {"backfill_id": OURS, "slots": [day(2).isoformat()], "begun": NOW.isoformat()}
    airflow.run("a", f"{OURS}__1", when=NOW - timedelta(hours=1), conf={"_dli": mark})


async def test_those_that_we_keep_going_are_listed_beside_them():
    airflow = daily()
    with_one_of_ours(airflow)
    async with opened(airflow) as backend:
        await backend.backfill(asked())
        found = await backend.backfills()
    assert [one.ref.run_id for one in found] == ["backfill__1", OURS]


@pytest.mark.parametrize("version", [1, 2])
async def test_to_find_those_that_we_keep_going_costs_few_requests_however_long_the_history(
    version,
):
    airflow = FakeAirflow(version)
    airflow.dag("a", runs=950, every=timedelta(minutes=1))
    with_one_of_ours(airflow)
    async with opened(airflow) as backend:
        found = await backend.backfills()
    assert [one.ref.run_id for one in found] == [OURS]
    assert len([one for one in airflow.asked if "dagRuns" in one]) <= 3


async def test_what_is_over_and_did_not_move_is_not_asked_for_again():
    airflow = daily()
    async with opened(airflow) as backend:
        await begun(airflow, backend)
        for run_id in [key[1] for key in airflow.runs if key[1].startswith("backfill__")]:
            airflow.moves("a", run_id, state="success", end_date=airflow.now.isoformat())
        airflow.backfills.ends(1)
        first = await backend.backfills()
        del airflow.requests[:]
        again = await backend.backfills()
    assert first == again != ()
    assert len(airflow.requests) == 2


async def test_a_run_of_an_earlier_one_is_not_its_own():
    airflow = daily()
    earlier = {
        "queued_at": (NOW - timedelta(days=1)).isoformat(),
        "logical_date": day(2).isoformat(),
    }
    airflow.run("a", f"backfill__{day(2).isoformat()}", when=day(2), **earlier)
    async with opened(airflow) as backend:
        await begun(airflow, backend, scope=BackfillScope.MISSING)
        found = await backend.backfill_status(REF)
    assert [one.slot.day for one in found.dates] == [3, 4, 5, 6]

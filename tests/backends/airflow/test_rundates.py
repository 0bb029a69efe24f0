"""The dates of a DAG are the scheduler's own, with its intervals, or there are none."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dli_tui.client import WorkflowClient
from dli_tui.domain.backfill import SlotAction
from dli_tui.domain.errors import ErrorCode, WorkflowExecutionError
from dli_tui.domain.query import BackfillScope, RunRequest
from dli_tui.domain.sequence import KEY
from tests.backends.airflow.fake import NOW, FakeAirflow, opened
from tests.backends.airflow.looking import begun, listed, swept
from tests.support import ManualClock

BOTH = pytest.mark.parametrize("version", [1, 2])
DAY = timedelta(days=1)
FIRST, LAST = date(2026, 11, 10), date(2026, 11, 12)


def scheduled(version, cron="0 6 * * *", zone="Asia/Seoul", *, length="next", days=30):
    airflow = FakeAirflow(version)
    airflow.dag("a", is_paused=False)
    airflow.schedules("a", cron, zone, length=length)
    airflow.ran_by_schedule("a", *(NOW.date() - number * DAY for number in range(days)))
    return airflow


def client_of(backend):
    return WorkflowClient(backend, clock=ManualClock(NOW))


async def refusal(awaitable):
    with pytest.raises(WorkflowExecutionError) as caught:
        await awaitable
    return caught.value


@BOTH
async def test_dates_that_the_scheduler_ran_are_not_run_again(version):
    async with opened(scheduled(version)) as backend:
        plan = await client_of(backend).plan_backfill("a", FIRST, LAST, scope=BackfillScope.MISSING)
    assert (len(plan.slots), plan.to_run, plan.timezone) == (3, 0, "Asia/Seoul")
    assert {slot.run_status for slot in plan.slots} == {"COMPLETED"}


@BOTH
@pytest.mark.parametrize("length", [None, "next", timedelta(hours=6)])
async def test_a_run_that_is_missing_is_started_as_the_scheduler_would(version, length):
    airflow = scheduled(version, length=length)
    own = [key for key in airflow.runs if "2026-11-10" in key[1]]
    missing = airflow.runs.pop(own[0])
    async with opened(airflow) as backend:
        client = client_of(backend)
        plan = await client.plan_backfill("a", FIRST, LAST, scope=BackfillScope.MISSING)
        sequence = await client.sequence(plan, {"x": 1})
        await sequence._begin(0, plan.wanted[0])
    (body,) = airflow.bodies("/dags/a/dagRuns")
    for key in ("logical_date", "data_interval_start", "data_interval_end"):
        assert datetime.fromisoformat(body[key]) == datetime.fromisoformat(missing[key])
    assert KEY not in body["conf"]


@BOTH
async def test_what_the_scheduler_runs_next_is_never_planned(version):
    airflow = scheduled(version)
    today = NOW.date()
    async with opened(airflow) as backend:
        plan = await client_of(backend).plan_backfill("a", today - 2 * DAY, today + DAY)
        dag = await backend._dag("a")
    next_date = dag.next_date.logical_date
    assert next_date < NOW
    assert all(slot.slot < next_date for slot in plan.slots if slot.action is not SlotAction.SKIP)


async def test_without_dates_of_the_other_season_2x_refuses_and_says_what_helps():
    airflow = scheduled(1, zone="America/New_York", days=12)
    july = date(2026, 7, 1), date(2026, 7, 2)
    async with opened(airflow) as backend:
        error = await refusal(client_of(backend).plan_backfill("a", *july))
        plan = await client_of(backend).plan_backfill("a", *july, timezone="America/New_York")
    assert error.code is ErrorCode.WORKFLOW_INVALID_STATE
    assert "--timezone" in error.hint
    assert [slot.slot.hour for slot in plan.slots] == [10, 10]


async def test_dates_of_the_other_season_make_it_sure():
    airflow = scheduled(1, zone="America/New_York", days=12)
    airflow.ran_by_schedule("a", date(2026, 7, 4))
    async with opened(airflow) as backend:
        plan = await client_of(backend).plan_backfill("a", date(2026, 7, 1), date(2026, 7, 2))
    assert [slot.slot.hour for slot in plan.slots] == [10, 10]


@BOTH
async def test_a_tag_that_the_next_run_contradicts_is_not_believed(version):
    airflow = scheduled(version)
    airflow.dags["a"]["tags"] = [{"name": "timezone:Europe/Madrid"}]
    async with opened(airflow) as backend:
        assert (await listed(backend))["a"].timezone is None
        plan = await client_of(backend).plan_backfill("a", FIRST, LAST)
    assert plan.timezone == "Asia/Seoul"


async def test_a_zone_that_the_next_run_contradicts_is_refused():
    async with opened(scheduled(1)) as backend:
        client = client_of(backend)
        error = await refusal(client.plan_backfill("a", FIRST, LAST, timezone="Europe/Madrid"))
    assert error.code is ErrorCode.WORKFLOW_INVALID_STATE


@pytest.mark.parametrize(
    ("summary", "interval"),
    [
        ("Dataset", {"__type": "CronExpression", "value": "Dataset"}),
        ("every 4:00:00", {"__type": "TimeDelta", "days": 0, "seconds": 14_400}),
        ("30 8 * * *, 0 20 * * *", {"__type": "CronExpression", "value": "30 8 * * *, 0 20 * * *"}),
        ("@once", {"__type": "CronExpression", "value": "@once"}),
    ],
)
async def test_what_is_no_single_cron_is_told_as_airflow_calls_it_and_not_planned(
    summary, interval
):
    airflow = FakeAirflow(1)
    airflow.dag("a", is_paused=False, schedule_interval=interval, timetable_description="odd")
    async with opened(airflow) as backend:
        row = (await listed(backend))["a"]
        await refusal(client_of(backend).plan_backfill("a", FIRST, LAST))
    assert (row.cron, row.schedule_text, row.has_no_schedule) == (None, summary, False)


async def test_3x_names_the_dates_of_what_is_no_single_cron():
    airflow = scheduled(2, cron="0 20 * * *", zone="UTC", length=None)
    airflow.dags["a"]["timetable_summary"] = "30 8 * * *, 0 20 * * *"
    async with opened(airflow) as backend:
        plan = await client_of(backend).plan_backfill("a", FIRST, LAST)
    assert [slot.slot.hour for slot in plan.slots] == [20, 20, 20]
    assert plan.warnings


async def test_by_hand_only_each_day_is_a_date():
    airflow = FakeAirflow(2)
    airflow.dag("a", is_paused=False)
    async with opened(airflow) as backend:
        plan = await client_of(backend).plan_backfill("a", FIRST, LAST)
    assert [slot.slot for slot in plan.slots] == [
        datetime(2026, 11, day, tzinfo=UTC) for day in (10, 11, 12)
    ]


@BOTH
async def test_a_zone_that_the_runs_show_stands_on_the_row_after_a_while(version):
    airflow = scheduled(version, zone="Europe/Madrid", days=12)
    airflow.ran_by_schedule("a", *(NOW.date() - number * DAY for number in range(184, 190)))
    async with opened(airflow) as backend:
        cursor, before = await begun(backend)
        (row,) = (await swept(backend, cursor)).workflows
        assert (before["a"].timezone, row.timezone, row.timezone_fitted) == (
            None,
            "Europe/Madrid",
            True,
        )
        # The list alone never tells it, and doesn't take it away.
        await listed(backend)
        assert (await backend.workflow("a"))[0].timezone == "Europe/Madrid"
        # The schedule moves to another zone.
        airflow.schedules("a", "0 6 * * *", "Asia/Seoul", length="next")
        (moved,) = await backend.workflow("a")
    assert moved.timezone != "Europe/Madrid"


async def test_at_its_limit_of_active_runs_a_dag_is_not_late():
    airflow = scheduled(1)
    airflow.dags["a"]["next_dagrun_create_after"] = None
    async with opened(airflow) as backend:
        row = (await listed(backend))["a"]
    assert (row.at_run_limit, row.next_run) == (True, None)


@BOTH
async def test_a_date_whose_run_is_under_way_is_one_all_the_same(version):
    airflow = scheduled(version)
    (key,) = [key for key in airflow.runs if "2026-11-10" in key[1]]
    airflow.runs[key] |= {"run_type": "backfill", "state": "running", "end_date": None}
    slot = datetime.fromisoformat(airflow.runs[key]["logical_date"])
    async with opened(airflow) as backend:
        (row,) = await backend.workflow("a")
        found = await backend.run_dates(row, FIRST, LAST)
    assert slot in [one.logical_date for one in found.dates]


@BOTH
async def test_a_row_that_is_asked_for_has_the_run_that_was_just_started(version):
    airflow = scheduled(version)
    async with opened(airflow) as backend:
        await begun(backend)
        started = await backend.run(RunRequest("a"))
        (row,) = await backend.workflow("a")
    assert row.last_run.run_id == started.run_id

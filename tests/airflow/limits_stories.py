"""Runs that wait, for the date before or for another run, are told as they stand."""

import asyncio
import shutil
from datetime import UTC, date, datetime

import pytest

from dli_tui.domain.backfill import SlotAction
from dli_tui.domain.query import BackfillScope
from dli_tui.domain.status import RunStatus, RunType, StepStatus, WorkflowStatus
from dli_tui.insight.lateness import late_since
from tests.airflow.place import over, until
from tests.airflow.real import HERE

CHAINED, SERIAL = "after_the_last", "one_at_a_time"
FIRST, LAST = date(2026, 3, 2), date(2026, 3, 5)
STUCK = datetime(2026, 3, 6, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def limits(server, place):
    """The DAGs with limits, which come after the contract compared its lists."""
    shutil.copy(HERE / "later_dags" / "limits.py", server.dags)


@pytest.fixture
async def client(limits, client):
    await until(client, lambda rows: rows.keys() >= {CHAINED, SERIAL})
    return client


async def runs_there(rest, name):
    """The runs of a DAG by their logical dates, as the API tells them; one by hand has none."""
    rows = await rest.every(f"/dags/{name}/dagRuns", "dag_runs")
    dated = [
        row for row in rows if row["run_type"] != "manual" or "_backfill_" in row["dag_run_id"]
    ]
    found = {datetime.fromisoformat(row["logical_date"]): row for row in dated}
    assert len(found) == len(dated), "no date is run twice"
    return found


async def test_dates_that_depend_on_the_past_go_in_order_and_one_that_waits_says_so(client, rest):
    await client.unpause(CHAINED)
    plan = await client.plan_backfill(CHAINED, FIRST, LAST)
    assert [slot.date().day for slot in plan.wanted] == [2, 3, 4, 5]
    result = await client.start_backfill(plan)
    assert result.run_status is RunStatus.COMPLETED
    there = await runs_there(rest, CHAINED)
    begun = [there[slot]["start_date"] for slot in plan.wanted]
    assert begun == sorted(begun)
    # Somebody finds the last date wrong: what comes after it has to wait.
    last = there[plan.wanted[-1]]
    await rest.mark_task(CHAINED, last["dag_run_id"], "step", "failed")
    stuck = await client.plan_backfill(CHAINED, STUCK.date(), STUCK.date())
    started = asyncio.create_task(client.start_backfill(stuck))
    run = await _scheduled(rest)
    ref = client.ref(f"{CHAINED}/{run['dag_run_id']}")
    here = await client.run_now(ref)
    assert (run["state"], here.status, here.slot) == ("running", RunStatus.RUNNING, STUCK)
    (step,) = await client.steps(ref)
    assert (step.status, step.started_at) == (StepStatus.PENDING, None)
    assert (await client.get(CHAINED)).active_runs == 1
    # Its date is under way: it isn't planned again.
    again = await client.plan_backfill(CHAINED, LAST, STUCK.date(), scope=BackfillScope.MISSING)
    assert not again.wanted
    await rest.mark_task(CHAINED, last["dag_run_id"], "step", "success")
    assert (await started).run_status is RunStatus.COMPLETED
    # Unpausing it began the date of today besides.
    dates = [slot for slot in await runs_there(rest, CHAINED) if slot.month == FIRST.month]
    assert sorted(dates) == [*plan.wanted, STUCK]


async def _scheduled(rest):
    """The run of the date that waits, when the scheduler has looked at it."""
    while True:
        run = (await runs_there(rest, CHAINED)).get(STUCK)
        if run is not None and run["state"] == "running" and run["last_scheduling_decision"]:
            return run
        await asyncio.sleep(0.5)


async def test_one_run_at_a_time_is_no_late_one_and_its_date_is_under_way(client, rest):
    await client.unpause(SERIAL)
    rows = await until(client, lambda rows: rows[SERIAL].is_running)
    row = await _at_limit(client)
    there = await runs_there(rest, SERIAL)
    ((slot, run),) = there.items()
    assert (run["state"], row.last_run.run_id) == ("running", run["dag_run_id"])
    assert (row.active_runs, row.last_run.slot, row.last_run.status) == (
        1,
        slot,
        RunStatus.RUNNING,
    )
    # Dates are due for days, and yet nothing is late.
    assert late_since(row, datetime.now(UTC)) is None
    plan = await client.plan_backfill(SERIAL, slot.date(), slot.date(), scope=BackfillScope.MISSING)
    assert [(one.slot, one.action) for one in plan.slots] == [(slot, SlotAction.SKIP)]
    by_hand = client.ref((await client.run(SERIAL)).run_id)
    state = (await rest.ask("GET", f"/dags/{SERIAL}/dagRuns/{by_hand.run_id}"))["state"]
    assert (state, (await client.run_now(by_hand)).status) == ("queued", RunStatus.PENDING)
    await client.pause(SERIAL)
    for run_id in (run["dag_run_id"], by_hand.run_id):
        await client.stop(client.ref(f"{SERIAL}/{run_id}"))
        assert (await over(client, f"{SERIAL}/{run_id}")).run_status is RunStatus.KILLED
    assert (await runs_there(rest, SERIAL)).keys() == {slot}
    assert rows[SERIAL].status is WorkflowStatus.ACTIVE
    assert (await client.run_now(client.ref(f"{SERIAL}/{run['dag_run_id']}"))).run_type is (
        RunType.SCHEDULED
    )


async def _at_limit(client):
    """The row when Airflow has seen that no second run may begin."""
    while not (row := await client.get(SERIAL)).at_run_limit:
        await client.clock.sleep(0.5)
    return row

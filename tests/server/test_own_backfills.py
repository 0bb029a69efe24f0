"""Backfills that the place behind keeps going itself, through our server: told, begun, held."""

from datetime import UTC, date, datetime

from dli_tui.client import WorkflowClient
from dli_tui.client.foretelling import hold_backfill
from dli_tui.domain.capability import Capability
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillScope
from dli_tui.domain.status import RunStatus
from tests.backends.airflow.fake import NOW, FakeAirflow, opened
from tests.support import ManualClock
from tests.support_server import application, in_process

FIRST, LAST = date(2026, 11, 2), date(2026, 11, 4)


def day(number):
    return datetime(2026, 11, number, tzinfo=UTC)


async def test_a_served_airflow_foretells_begins_and_holds_them():
    airflow, clock = FakeAirflow(), ManualClock(NOW)
    airflow.dag("a", is_paused=False)
    airflow.schedules("a", "0 0 * * *")
    airflow.dags["a"]["max_active_runs"] = 3
    airflow.run("a", "scheduled__3", when=day(3))
    app = application(lambda: opened(airflow), clock)
    async with in_process(app) as backend:
        client = WorkflowClient(backend, clock=clock)
        plan = await client.plan_backfill(
            "a", FIRST, LAST, parallel=True, scope=BackfillScope.MISSING
        )
        assert Capability.BACKFILL_PAUSE in client.capabilities
        assert plan.wanted == (day(2), day(4))
        assert "at most 3 runs at a time" in plan.warnings[-1]
        result = await client.start_backfill(plan, parameters={"x": 1})
        (body,) = airflow.bodies("/backfills")
        assert (body["reprocess_behavior"], body["dag_run_conf"]) == ("none", {"x": 1})
        ref = RunRef(str(result.run_id), "a")
        await hold_backfill(client, ref, is_held=True)
        (found,) = await client.backfills()
        assert (found.is_held, found.runs_on) == (True, True)
        assert [one.slot for one in found.dates] == [day(2), day(4)]
        await client.stop(found.ref)
        ended = await client.backfill_status(found.ref)
    assert {one.status for one in ended.dates} == {RunStatus.KILLED}

"""The dates of a plan are the scheduler's own on real Airflows, and so is what a run carries."""

import asyncio
import shutil
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from dli_tui.backends.airflow.adapter import AirflowBackend
from dli_tui.client import WorkflowClient
from dli_tui.config.model import Kind, Profile
from dli_tui.domain.backfill import SlotAction
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import DLIError, ErrorCode, WorkflowPermissionError
from dli_tui.domain.query import BackfillScope
from dli_tui.domain.status import RunType, WorkflowStatus
from tests.airflow.place import opened
from tests.airflow.real import HERE, THREE, TWO
from tests.airflow.rest import add_role, add_user

SEOUL, NEW_YORK, MADRID = "Asia/Seoul", "America/New_York", "Europe/Madrid"
SCHEDULED = {
    "seoul_daily": SEOUL,
    "seoul_midnight": SEOUL,
    "ny_daily": NEW_YORK,
    "ny_autumn": NEW_YORK,
    "utc_daily": "UTC",
    "tt_trigger_seoul": SEOUL,
    "tt_trigger_interval": MADRID,
    "tt_interval_ny": NEW_YORK,
    "tt_interval_utc": "UTC",
    "weekly": MADRID,
    "preset_daily": "UTC",
}
"""DAGs of `dags/schedules.py` that catch up, and the zone in which each is read."""
_TRIES = 240
DAY = timedelta(days=1)


async def runs_of(client, name):
    """Every run of a DAG as its server tells it."""
    return await client.backend._asking.every_run(name, {"order_by": "start_date"})


@pytest.fixture(scope="module")
def caught_up(server, place):
    """The DAGs with schedules, when their scheduler has made all that is due."""

    # They come only now: the next run of some moves each time that their file is read, and the
    # stories of the contract compare lists.
    shutil.copy(HERE / "later_dags" / "schedules.py", server.dags)

    async def wait():
        async with opened(server.address) as client:
            for _ in range(_TRIES):
                known = {row.dataset_name for row in (await client.changes(None)).workflows}
                if known >= SCHEDULED.keys() | {"minutely", "behind_catchup"}:
                    break
                await asyncio.sleep(1)
            for name in SCHEDULED:
                await client.unpause(name)
            for _ in range(_TRIES):
                rows = {row.dataset_name: row for row in (await client.changes(None)).workflows}
                now = datetime.now(UTC)
                if all(_is_at_rest(rows[name], now) for name in SCHEDULED):
                    return
                await asyncio.sleep(1)
            raise AssertionError("their schedulers never came to rest")

    asyncio.run(wait())
    yield server
    # Two dozen DAGs that are read every few seconds would slow all later stories down.
    (server.dags / "schedules.py").unlink()


def _is_at_rest(row, now):
    is_due = row.next_run is None or row.next_run <= now - timedelta(minutes=2)
    return row.status is WorkflowStatus.ACTIVE and not is_due


@pytest.fixture
async def client(caught_up):
    async with opened(caught_up.address) as found:
        yield found


async def refused(awaitable):
    with pytest.raises(DLIError) as caught:
        await awaitable
    return caught.value


@pytest.mark.parametrize("name", SCHEDULED)
async def test_a_plan_has_just_the_dates_that_the_scheduler_ran(client, name):
    runs = [run for run in await runs_of(client, name) if run.run_type is RunType.SCHEDULED]
    own = sorted(run.slot for run in runs)
    first, last = own[0].date() - DAY, own[-1].date() + DAY
    plan = await client.plan_backfill(name, first, last, scope=BackfillScope.MISSING)
    told = [one for one in plan.slots if own[0] <= one.slot <= own[-1]]
    assert [one.slot for one in told] == own
    assert [one.action for one in told] == [SlotAction.SKIP] * len(own)
    # What comes after them is the scheduler's to run.
    assert not [one for one in plan.wanted if one > own[-1]]


@pytest.mark.parametrize("name", [one for one in SCHEDULED if one not in ("minutely", "weekly")])
async def test_a_run_that_is_missing_comes_back_as_the_scheduler_made_it(client, name):
    runs = sorted(
        (run for run in await runs_of(client, name) if run.run_type is RunType.SCHEDULED),
        key=lambda run: run.slot,
    )
    lost = runs[-4]
    await _deleted(client, lost)
    day = lost.slot.date()
    plan = await client.plan_backfill(name, day - DAY, day + DAY, scope=BackfillScope.MISSING)
    assert plan.wanted == (lost.slot,)
    await client.start_backfill(plan)
    now = {run.slot: run for run in await runs_of(client, name)}
    back = now[lost.slot]
    assert (back.data_interval_start, back.data_interval_end) == (
        lost.data_interval_start,
        lost.data_interval_end,
    )
    # Nothing was run under a second date.
    assert set(now) == {run.slot for run in runs} | {s for s in now if s > runs[-1].slot}
    assert back.model_dump()["parameters"] == {}


async def _deleted(client, run):
    airflow = client.backend._airflow
    root = (await airflow.found()).dialect.root
    path = f"{root}{client.backend._asking.path_of(run.ref)}"
    headers = (await airflow._sign_in.badge()).shown()
    async with httpx.AsyncClient() as http:
        reply = await http.delete(airflow.address + path, headers=headers)
    assert reply.status_code == httpx.codes.NO_CONTENT


async def test_after_a_backfill_up_to_today_the_next_scheduled_run_still_comes(client):
    await client.unpause("minutely")
    dag = await client.backend._dag("minutely")
    coming = dag.next_date.logical_date
    today = datetime.now(UTC).date()
    plan = await client.plan_backfill("minutely", today, today, scope=BackfillScope.MISSING)
    assert coming not in plan.wanted
    # It has a date each minute: the last few before the scheduler's own next one will do.
    await client.start_backfill(plan.twin(slots=plan.slots[-4:]))
    for _ in range(_TRIES):
        found = {run.slot: run for run in await runs_of(client, "minutely")}
        if coming in found:
            break
        await asyncio.sleep(1)
    assert found[coming].run_type is RunType.SCHEDULED
    await client.pause("minutely")


async def test_days_of_a_native_backfill_are_those_of_the_zone(client, version):
    if version is TWO:
        return
    day = datetime.now(UTC).date() - 5 * DAY
    plan = await client.plan_backfill("seoul_midnight", day, day, parallel=True)
    (date_of_seoul,) = plan.slots
    assert (date_of_seoul.day, date_of_seoul.slot.hour) == (day, 15)


@pytest.mark.parametrize("name", ["tt_timedelta", "tt_delta_6h", "tt_events", "asset_consumer"])
async def test_what_is_no_cron_is_told_as_airflow_calls_it(client, version, name):
    row = await client.get(name)
    assert (row.cron, row.has_no_schedule) == (None, False)
    assert row.schedule_text
    if version is TWO or name == "asset_consumer":
        error = await refused(client.plan_backfill(name, date(2026, 11, 2), date(2026, 11, 3)))
        assert error.code is ErrorCode.WORKFLOW_INVALID_STATE


async def test_what_unpausing_starts_is_told_before(client):
    row = await client.get("behind_catchup")
    assert row.next_run_when_unpaused < datetime.now(UTC) - 5 * DAY


async def test_a_trigger_that_arrives_after_our_time_limit_is_one_run(caught_up):
    late = Late()
    profile = Profile(
        name="air",
        kind=Kind.AIRFLOW,
        url=caught_up.address,
        username="admin",
        password_env="PASSWORD",
    )
    async with AirflowBackend(profile, {"PASSWORD": "admin"}, transport=late) as backend:
        client = WorkflowClient(backend)
        before = {run.run_id for run in await runs_of(client, "by_hand")}
        await client.unpause("by_hand")
        result = await client.run("by_hand")
        await late.settle()
        after = {run.run_id for run in await runs_of(client, "by_hand")}
    assert {f"by_hand/{run_id}" for run_id in after - before} == {result.run_id}


class Late(httpx.AsyncBaseTransport):
    """Passes the first trigger on only after the client has given it up."""

    def __init__(self):
        self._inner = httpx.AsyncHTTPTransport()
        self._late: asyncio.Task[None] | None = None

    async def handle_async_request(self, request):
        is_trigger = request.method == "POST" and request.url.path.endswith("/dagRuns")
        if is_trigger and self._late is None:
            self._late = asyncio.create_task(self._later(request))
            raise httpx.ReadTimeout("nothing came")
        return await self._inner.handle_async_request(request)

    async def _later(self, request):
        await asyncio.sleep(0.5)
        reply = await self._inner.handle_async_request(request)
        await reply.aread()

    async def settle(self):
        """Return when the late request was answered."""
        assert self._late is not None
        await self._late

    async def aclose(self):
        await self._inner.aclose()


def _let_tim_edit_one_dag(server):
    add_role(server, "OneDag", "can_edit", "DAG:utc_daily")
    add_user(server, "tim", "Viewer", "OneDag")


@pytest.mark.parametrize("version", [TWO], indirect=True, ids=lambda version: version.number)
async def test_a_403_on_one_dag_leaves_the_others(caught_up):
    await asyncio.to_thread(_let_tim_edit_one_dag, caught_up)
    async with opened(caught_up.address, "tim") as tim:
        with pytest.raises(WorkflowPermissionError):
            await tim.pause("seoul_daily")
        assert Capability.PAUSE in tim.capabilities
        assert (await tim.pause("utc_daily")).workflow_status is WorkflowStatus.PAUSED
        await tim.unpause("utc_daily")


@pytest.mark.parametrize("version", [THREE], indirect=True, ids=lambda version: version.number)
async def test_airflow_3_names_the_dates_of_several_crons(client):
    await client.unpause("tt_multi")
    day = datetime.now(UTC).date() - 3 * DAY
    plan = await client.plan_backfill("tt_multi", day, day)
    assert [(one.slot.hour, one.slot.minute) for one in plan.slots] == [(8, 30), (20, 0)]

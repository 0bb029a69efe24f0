"""What is done to a real Airflow, 2 and 3, and what then stands on both sides.

Run by `make test-airflow`: it installs both, so it is no part of `make test`.
"""

from contextlib import asynccontextmanager

import pytest

from dli_tui.backends.airflow.adapter import AirflowBackend
from dli_tui.client import WorkflowClient
from dli_tui.config.model import Kind, Profile
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import AuthenticationError, WorkflowPermissionError
from dli_tui.domain.ids import LogRef
from dli_tui.domain.query import HistoryQuery, WorkflowQuery
from dli_tui.domain.status import RunStatus, RunType, SourceType, StepStatus, WorkflowStatus
from dli_tui.wire.failures import Operation
from tests.airflow.real import THREE, TWO, running

SALES, RATES, SLOW, DATED = "sales.daily", "rates_failing", "slow_export", "dated"


@pytest.fixture(scope="module", params=[THREE, TWO], ids=lambda version: version.number)
def version(request):
    return request.param


@pytest.fixture(scope="module")
def address(version, tmp_path_factory):
    with running(version, tmp_path_factory.mktemp("airflow")) as found:
        yield found


@asynccontextmanager
async def opened(address, name="admin", password="admin"):
    profile = Profile(
        name="air", kind=Kind.AIRFLOW, url=address, username=name, password_env="PASSWORD"
    )
    async with AirflowBackend(profile, {"PASSWORD": password}) as backend:
        yield WorkflowClient(backend)


@pytest.fixture
async def client(address):
    async with opened(address) as found:
        await all_there(found)
        yield found


async def all_there(client):
    """Wait until every DAG was read, and let their schedules fire."""
    for _ in range(60):
        rows = {row.dataset_name: row for row in (await client.changes(None)).workflows}
        if rows.keys() >= {SALES, RATES, SLOW, DATED}:
            break
        await client.clock.sleep(2)
    for row in rows.values():
        if row.status is WorkflowStatus.PAUSED:
            await client.unpause(row.dataset_name)


async def over(client, run_id):
    """The run when it is over."""
    last = None
    async for status in client.follow(run_id):
        last = status
    return last


async def log_of(client, run_id, step):
    ref = client.ref(run_id)
    lines, cursor, complete = [], None, False
    while not complete:
        chunk = await client.logs(LogRef(ref, step.name, step.attempt), cursor)
        lines += [line.text for line in chunk.lines]
        if not chunk.lines and chunk.cursor == cursor:
            break
        cursor, complete = chunk.cursor, chunk.complete
    return lines


async def test_a_dag_is_a_workflow_as_its_tags_say(client):
    found = await client.list_workflows(WorkflowQuery())
    rows = {row.dataset_name: row for row in found.workflows}
    sales = rows[SALES]
    assert (sales.source_type, sales.cron, sales.timezone, sales.team) == (
        SourceType.MANUAL,
        "0 6 * * *",
        "Europe/Madrid",
        "finance",
    )
    assert (sales.owner, sales.airflow_dag_id) == ("data", "sales_daily")
    assert rows[RATES].source_type is SourceType.CODE
    assert rows[RATES].cron is None


async def test_a_run_with_parameters_goes_through_its_steps_and_writes_its_log(client):
    started = await client.run(SALES, parameters={"region": "EU"})
    assert started.run_id.startswith(f"{SALES}/")
    ended = await over(client, started.run_id)
    assert ended.run_status is RunStatus.COMPLETED
    assert (ended.parameters, ended.progress.completed_tasks) == ({"region": "EU"}, 3)
    steps = await client.steps(started.run_id)
    assert [step.name for step in steps] == ["extract", "work", "load"]
    assert [step.needs for step in steps] == [(), ("extract",), ("work",)]
    assert {step.status for step in steps} == {StepStatus.COMPLETED}
    lines = await log_of(client, started.run_id, steps[1])
    assert sum("at work, second" in line for line in lines) == 2


async def test_what_fails_says_which_step_and_why_and_is_tried_again(client):
    started = await client.run(RATES)
    ended = await over(client, started.run_id)
    assert (ended.run_status, ended.error_message) == (RunStatus.FAILED, "Failed: work")
    failed = (await client.steps(started.run_id))[1]
    lines = await log_of(client, started.run_id, failed)
    assert any("ValueError: no such column: amount" in line for line in lines)
    await client.retry(started.run_id)
    assert (await over(client, started.run_id)).run_status is RunStatus.FAILED
    again = (await client.steps(started.run_id))[1]
    assert again.attempt == failed.attempt + 1


async def test_a_stop_is_killed_here_and_failed_with_our_note_there(client):
    started = await client.run(SLOW)
    ref = client.ref(started.run_id)
    while (await client.run_now(ref)).status is not RunStatus.RUNNING:
        await client.clock.sleep(1)
    await client.stop(ref, reason="wrong day")
    run = await client.run_now(ref)
    assert (run.status, run.reason) == (RunStatus.KILLED, "wrong day")
    there = await client.backend._asking._get(
        Operation.STATUS, client.backend._asking.path_of(ref), {}, ref=ref
    )
    assert there["state"] == "failed"
    assert there["note"] == f"stopped by {run.stopped_by}: wrong day"


async def test_a_schedule_is_held_and_let_go_again(client):
    assert (await client.pause(SALES)).workflow_status is WorkflowStatus.PAUSED
    assert (await client.get(SALES)).status is WorkflowStatus.PAUSED
    assert (await client.unpause(SALES)).workflow_status is WorkflowStatus.ACTIVE


async def test_a_backfill_goes_date_by_date_up_to_the_first_that_fails(client):
    result = await client.backfill(DATED, start_date="2026-11-02", end_date="2026-11-04")
    assert result.run_status is RunStatus.FAILED
    query = HistoryQuery(DATED, run_type=RunType.BACKFILL)
    runs = [run async for page in client.runs(query) for run in page.items]
    assert [(run.slot.day, run.status) for run in runs] == [
        (3, RunStatus.FAILED),
        (2, RunStatus.COMPLETED),
    ]
    found = await client.backfill_status(client.ref(f"{DATED}/{result.backfill_id}"))
    assert [date.day.day for date in found.not_begun] == [4]
    assert found.is_unfinished(client.clock.now())


async def test_health_names_its_parts(client, version):
    health = await client.health()
    assert health.version == version.number
    assert {"metadatabase", "scheduler"} <= {part.name for part in health.components}


async def test_a_wrong_password_is_a_question_of_the_sign_in(address):
    async with opened(address, password="wrong") as stranger:
        with pytest.raises(AuthenticationError):
            await stranger.list_workflows(WorkflowQuery())


# On 2.x a lesser role needs a user of its own, which only its command line makes.
@pytest.mark.parametrize("version", [THREE], indirect=True, ids=lambda version: version.number)
async def test_a_viewer_looks_and_is_told_why_not_more(address):
    async with opened(address, "viewer", "viewer") as viewer:
        assert (await viewer.list_workflows(WorkflowQuery())).workflows
        with pytest.raises(WorkflowPermissionError):
            await viewer.run(SALES)
        assert Capability.RUN not in viewer.capabilities
        assert "role" in viewer.why_not(Capability.RUN)

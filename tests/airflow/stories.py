"""What is done to a real Airflow, 2 and 3, and what then stands on both sides.

Run by `make test-airflow`: it installs both, so it is no part of `make test`.
"""

import asyncio
import getpass

import pytest

from dli_tui.client import bulk
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import AuthenticationError, WorkflowPermissionError
from dli_tui.domain.ids import LogRef
from dli_tui.domain.query import HistoryQuery, WorkflowQuery
from dli_tui.domain.status import RunStatus, RunType, SourceType, StepStatus, WorkflowStatus
from tests.airflow.place import (
    DATED,
    FAILING,
    HOURLY,
    RETIRED,
    SALES,
    SLOW,
    log_of,
    opened,
    over,
)
from tests.airflow.real import THREE, TOKEN_SECONDS, TWO


async def rows_of(client):
    """The rows by their names."""
    found = await client.list_workflows(WorkflowQuery())
    return {row.dataset_name: row for row in found.workflows}


async def runs_of(client, name):
    """The runs that backfills of it have begun, by their day."""
    query = HistoryQuery(name, run_type=RunType.BACKFILL)
    runs = [run async for page in client.runs(query) for run in page.items]
    return {run.slot.day: run.status for run in runs}


async def test_a_dag_is_a_workflow_as_its_tags_say(client):
    rows = await rows_of(client)
    sales = rows[SALES]
    assert (sales.source_type, sales.cron, sales.timezone, sales.team) == (
        SourceType.MANUAL,
        "0 6 * * *",
        "Europe/Madrid",
        "finance",
    )
    assert (sales.owner, sales.airflow_dag_id) == ("finance", "sales_daily")
    assert rows[SLOW].source_type is SourceType.CODE
    assert rows[SLOW].cron is None


async def test_what_cant_be_imported_any_more_is_disabled_and_says_why(client):
    retired = await client.get(RETIRED)
    assert retired.status is WorkflowStatus.DISABLED
    assert "no module named retired" in retired.warning


async def test_a_run_with_parameters_goes_through_its_steps_and_writes_its_log(client):
    started = await client.run(SALES, parameters={"region": "EU"})
    assert started.run_id.startswith(f"{SALES}/")
    ended = await over(client, started.run_id)
    assert ended.run_status is RunStatus.COMPLETED
    assert (ended.parameters, ended.triggered_by) == ({"region": "EU"}, getpass.getuser())
    assert ended.progress.completed_tasks == 3
    steps = await client.steps(started.run_id)
    assert [step.name for step in steps] == ["extract", "work", "load"]
    assert [step.needs for step in steps] == [(), ("extract",), ("work",)]
    assert {step.status for step in steps} == {StepStatus.COMPLETED}
    lines = await log_of(client, started.run_id, steps[0])
    assert sum("at work, second" in line for line in lines) == 5


async def test_a_log_is_followed_while_it_is_written_and_each_line_comes_once(client):
    started = await client.run(SALES)
    ref = client.ref(started.run_id)
    while (await client.steps(ref))[0].status is not StepStatus.RUNNING:
        await client.clock.sleep(0.5)
    texts, cursor, complete, pieces = [], None, False, 0
    while not complete:
        chunk = await client.logs(LogRef(ref, "extract", 1), cursor)
        texts += [line.text for line in chunk.lines if "at work" in line.text]
        pieces += any("at work" in line.text for line in chunk.lines)
        cursor, complete = chunk.cursor, chunk.complete
        await client.clock.sleep(1)
    assert texts == [f"at work, second {second} of 5" for second in (1, 2, 3, 4, 5)]
    assert pieces > 1


async def test_what_fails_says_which_step_and_why_and_is_tried_again(client):
    started = await client.run(FAILING)
    ended = await over(client, started.run_id)
    assert (ended.run_status, ended.error_message) == (RunStatus.FAILED, "Failed: work")
    failed = (await client.steps(started.run_id))[1]
    lines = await log_of(client, started.run_id, failed)
    assert any("ValueError: no such column: amount" in line for line in lines)
    await client.retry(started.run_id)
    assert (await over(client, started.run_id)).run_status is RunStatus.FAILED
    again = (await client.steps(started.run_id))[1]
    assert again.attempt == failed.attempt + 1
    for attempt in (failed.attempt, again.attempt):
        lines = await log_of(client, started.run_id, again, attempt)
        assert any("ValueError: no such column: amount" in line for line in lines)


async def test_a_stop_is_killed_here_and_ended_with_our_note_there(client, version):
    started = await client.run(SLOW)
    ref = client.ref(started.run_id)
    while (await client.steps(ref))[0].status is not StepStatus.RUNNING:
        await client.clock.sleep(1)
    await client.stop(ref, reason="wrong day")
    await over(client, started.run_id)
    run = await client.run_now(ref)
    assert (run.status, run.reason) == (RunStatus.KILLED, "wrong day")
    there, _ = await client.backend._asking.reply_about(ref)
    # On a busy machine the scheduler of 2.x may make a success of it after the API said "failed".
    assert there["state"] == "failed" or (version is TWO and there["state"] == "success")
    who = getpass.getuser()
    first, when, *rest = there["note"].splitlines()
    assert (first, rest) == (f"stopped by {who}: wrong day", [f"started by {who}"])
    assert when.startswith("at 20")
    assert (run.stopped_by, run.triggered_by) == (who, who)


async def test_many_schedules_are_held_and_let_go_again(client):
    names = (SALES, HOURLY, DATED)
    for deed, status in (
        (client.pause, WorkflowStatus.PAUSED),
        (client.unpause, WorkflowStatus.ACTIVE),
    ):
        outcomes = await bulk.each(names, deed)
        assert [one.result.workflow_status for one in outcomes] == [status] * 3
        rows = await rows_of(client)
        assert {rows[name].status for name in names} == {status}


async def test_a_backfill_goes_date_by_date_up_to_the_first_that_fails(client):
    result = await client.backfill(DATED, start_date="2026-10-05", end_date="2026-10-07")
    assert result.run_status is RunStatus.FAILED
    found = await client.backfill_status(client.ref(f"{DATED}/{result.backfill_id}"))
    assert [(date.day.day, date.status) for date in found.dates] == [
        (5, RunStatus.COMPLETED),
        (6, RunStatus.FAILED),
        (7, None),
    ]
    assert found.is_unfinished(client.clock.now())


async def test_a_backfill_leaves_a_date_alone_that_has_a_run(client):
    first = await client.backfill(DATED, start_date="2026-02-11", end_date="2026-02-11")
    assert first.run_status is RunStatus.COMPLETED
    plan = await client.plan_backfill(DATED, "2026-02-10", "2026-02-12")
    assert (plan.to_run, plan.to_skip) == (2, 1)
    result = await client.start_backfill(plan)
    assert result.run_status is RunStatus.COMPLETED
    runs = await runs_of(client, DATED)
    assert {day: runs[day] for day in (10, 11, 12)} == dict.fromkeys(
        (10, 11, 12), RunStatus.COMPLETED
    )


async def test_health_names_its_parts_and_what_cant_be_imported(client, version):
    health = await client.health()
    assert health.version == version.number
    assert {"metadatabase", "scheduler"} <= {part.name for part in health.components}
    assert [one.name for one in health.import_errors] == ["retired.py"]


async def test_a_wrong_password_is_a_question_of_the_sign_in(server):
    async with opened(server.address, password="wrong") as stranger:
        with pytest.raises(AuthenticationError):
            await stranger.list_workflows(WorkflowQuery())


async def test_a_viewer_looks_and_is_told_why_not_more(place, server):
    async with opened(server.address, "viewer") as viewer:
        assert (await viewer.list_workflows(WorkflowQuery())).workflows
        with pytest.raises(WorkflowPermissionError):
            await viewer.run(SALES)
        # Roles are given DAG by DAG: another may be allowed.
        assert Capability.RUN in viewer.capabilities


# 2.x has no tokens.
@pytest.mark.parametrize("version", [THREE], indirect=True, ids=lambda version: version.number)
async def test_a_token_that_ran_out_is_had_anew(client, monkeypatch):
    source, had = client.backend._airflow._sign_in, []
    badge = source.badge

    async def counted():
        had.append(await badge())
        return had[-1]

    monkeypatch.setattr(source, "badge", counted)
    assert SALES in await rows_of(client)
    await asyncio.sleep(TOKEN_SECONDS + 1)
    assert SALES in await rows_of(client)
    assert len(had) == 2

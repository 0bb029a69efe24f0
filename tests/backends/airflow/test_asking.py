"""Histories, runs, steps and health: asked for in few requests, and told in our words."""

from datetime import date, timedelta

import pytest

from dli_tui.domain.errors import (
    ErrorCode,
    Unsupported,
    WorkflowExecutionError,
    WorkflowNotFoundError,
)
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import HistoryQuery, RunRequest, WorkflowQuery
from dli_tui.domain.status import HealthStatus, RunStatus, RunType
from tests.backends.airflow.fake import NOW, FakeAirflow, opened

BOTH = pytest.mark.parametrize("version", [1, 2])


# Histories and runs


@BOTH
async def test_a_history_is_filtered_and_paged_by_what_came_back(version):
    airflow = FakeAirflow(version)
    airflow.dag("a", runs=230, every=timedelta(hours=1))
    airflow.run("a", "stopped", state="failed", note="stopped by oncall: too slow", when=NOW)
    async with opened(airflow) as backend:

        async def ids(query):
            return [run.run_id async for page in backend.history(query) for run in page.items]

        assert len(await ids(HistoryQuery(workflow="a"))) == 231
        assert await ids(HistoryQuery(status=RunStatus.KILLED, limit=1)) == ["stopped"]
        assert await ids(HistoryQuery(status=RunStatus.FAILED)) == []
        assert len(await ids(HistoryQuery(run_type=RunType.SCHEDULED, limit=120))) == 120
        day = date(2026, 11, 20)
        assert len(await ids(HistoryQuery(workflow="a", start_date=day, end_date=day))) == 24


async def test_a_filter_that_is_ours_alone_doesnt_make_many_small_pages():
    airflow = FakeAirflow()
    airflow.dag("a")
    for number in range(90):
        airflow.run("a", f"r{number}", state="failed", when=NOW - timedelta(minutes=number))
    airflow.run(
        "a", "stopped", state="failed", note="stopped by oncall", when=NOW - timedelta(days=1)
    )
    async with opened(airflow) as backend:
        query = HistoryQuery(workflow="a", status=RunStatus.KILLED, limit=2)
        pages = [page async for page in backend.history(query)]
    assert [run.run_id for page in pages for run in page.items] == ["stopped"]
    assert len([one for one in airflow.asked if one == "GET /dags/a/dagRuns"]) == 1


@BOTH
async def test_a_run_has_its_progress_its_steps_and_why_it_failed(version):
    airflow = FakeAirflow(version)
    airflow.dag("a")
    airflow.run("a", "r+1:00/x", state="failed")
    airflow.task("a", "r+1:00/x", "load", "upstream_failed", try_number=0)
    airflow.task("a", "r+1:00/x", "extract", "failed", try_number=2, max_tries=1)
    airflow.task("a", "r+1:00/x", "group.each", "success", map_index=1)
    airflow.task("a", "r+1:00/x", "group.each", "success", map_index=0)
    async with opened(airflow) as backend:
        run = await backend.run_status(RunRef("r+1:00/x", "a"))
        asked = len(airflow.requests)
        steps = await backend.steps(run.ref)
        assert len(airflow.requests) == asked
    assert run.error_message == "Failed: extract"
    progress = run.progress
    assert (progress.total_tasks, progress.completed_tasks, progress.failed_tasks) == (4, 2, 2)
    names = [(step.name, step.map_index, step.attempt, step.group) for step in steps]
    assert names == [
        ("extract", None, 2, None),
        ("load", None, 1, None),
        ("group.each", 0, 1, "group"),
        ("group.each", 1, 1, "group"),
    ]
    assert steps[1].needs == ("extract",)


async def test_many_tasks_come_in_pages():
    airflow = FakeAirflow()
    airflow.dag("a")
    airflow.run("a", "r")
    for number in range(250):
        airflow.task("a", "r", "each", map_index=number)
    async with opened(airflow) as backend:
        assert len(await backend.steps(RunRef("r", "a"))) == 250


async def test_a_run_can_be_read_though_its_dag_is_gone():
    airflow = FakeAirflow()
    airflow.run("a", "r")
    airflow.task("a", "r", "extract")
    async with opened(airflow) as backend:
        run = await backend.run_status(RunRef("r", "a"))
    assert run.progress.total_tasks == 1


async def test_a_bare_id_of_several_dags_is_refused_and_they_are_named():
    airflow = FakeAirflow()
    for name in ("a", "b"):
        airflow.dag(name)
        airflow.run(name, "midnight")
    airflow.run("a", "mine")
    async with opened(airflow) as backend:
        assert (await backend.run_status(RunRef("mine"))).ref == RunRef("mine", "a")
        with pytest.raises(WorkflowExecutionError, match="several workflows") as caught:
            await backend.run_status(RunRef("midnight"))
        assert "a/midnight" in caught.value.hint
        assert "b/midnight" in caught.value.hint
        with pytest.raises(WorkflowNotFoundError) as missing:
            await backend.run_status(RunRef("nope"))
    assert missing.value.code is ErrorCode.WORKFLOW_NOT_FOUND


@BOTH
async def test_health_has_its_parts(version):
    async with opened(FakeAirflow(version)) as backend:
        health = await backend.health()
    assert (health.status, health.service) == (HealthStatus.HEALTHY, "Airflow")
    assert health.version.startswith("2." if version == 1 else "3.")
    names = [part.name for part in health.components]
    assert {"metadatabase", "scheduler", "default pool"} <= set(names)


async def test_health_is_told_without_what_the_role_may_not_see():
    airflow = FakeAirflow()

    def narrow(request):
        if request.url.path.endswith(("/pools", "/importErrors")):
            return airflow.problem("err_403")
        return airflow(request)

    async with opened(airflow, answer=narrow) as backend:
        health = await backend.health()
    assert (health.status, health.import_errors) == (HealthStatus.HEALTHY, ())


async def test_hostile_text_is_made_safe():
    airflow = FakeAirflow()
    evil = "\x1b]52;c;aGk=\x07\x1b[2Jboo"
    airflow.dag("a", description=evil)
    airflow.run("a", "r", state="failed", note=f"stopped by oncall: {evil}")
    async with opened(airflow) as backend:
        (page, *_) = [page async for page in backend.workflows(WorkflowQuery(limit=1))]
    (row,) = page.items
    assert row.description == "boo"
    assert row.last_run.reason == "boo"


async def test_a_dry_run_sends_nothing():
    airflow = FakeAirflow()
    async with opened(airflow) as backend:
        with pytest.raises(Unsupported):
            await backend.run(RunRequest("a", dry_run=True))
    assert airflow.requests == []

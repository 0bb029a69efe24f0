"""Histories, runs, steps and health: asked for in few requests, and told in our words."""

from datetime import date, timedelta

import pytest

from dli_tui.backends.airflow.adapter import SWEEP_SECONDS
from dli_tui.domain.errors import (
    ErrorCode,
    Unsupported,
    WorkflowExecutionError,
    WorkflowNotFoundError,
)
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import HistoryQuery, RunRequest, WorkflowQuery
from dli_tui.domain.status import HealthStatus, RunStatus, RunType
from tests.backends.airflow.fake import NOW, FakeAirflow, Passing, opened
from tests.backends.airflow.looking import swept

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
        "a", "stopped", state="failed", note="stopped by oncall: late", when=NOW - timedelta(days=1)
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
    # What came after the one that failed did not fail itself.
    assert (progress.total_tasks, progress.completed_tasks, progress.failed_tasks) == (4, 2, 1)
    names = [(step.name, step.map_index, step.attempt, step.group) for step in steps]
    assert names == [
        ("extract", None, 2, None),
        ("load", None, 1, None),
        ("group.each", 0, 1, "group"),
        ("group.each", 1, 1, "group"),
    ]
    assert steps[1].needs == ("extract",)


@BOTH
@pytest.mark.parametrize(
    ("state", "note", "done"),
    [("success", None, 2), ("running", None, 2), ("failed", None, 1), ("failed", "stopped", 1)],
)
async def test_a_skipped_task_is_done_unless_its_run_was_cut_off(version, state, note, done):
    airflow = FakeAirflow(version)
    airflow.dag("a")
    airflow.run("a", "r", state=state, note=note and f"{note} by oncall: wrong day")
    for name, stands in (("extract", "success"), ("check", "skipped"), ("load", "running")):
        airflow.task("a", "r", name, stands)
    async with opened(airflow) as backend:
        progress = (await backend.run_status(RunRef("r", "a"))).progress
    assert (progress.total_tasks, progress.completed_tasks, progress.failed_tasks) == (3, done, 0)


async def test_steps_that_came_with_the_run_are_soon_asked_for_again():
    airflow, passed = FakeAirflow(), Passing()
    airflow.dag("a")
    airflow.run("a", "r", state="running")
    airflow.task("a", "r", "load", "running")
    ref = RunRef("r", "a")

    async def seen(backend):
        return [step.raw_status or str(step.status) for step in await backend.steps(ref)]

    async with opened(airflow, passed=passed) as backend:
        await backend.run_status(ref)
        at_once = await seen(backend)
        await backend.run_status(ref)
        airflow.tasks["a", "r"][0]["state"] = "removed"
        passed.seconds += 60
        assert await seen(backend) == ["removed"] != at_once
    assert airflow.asked.count("GET /dags/a/dagRuns/r/taskInstances") == 3


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


@pytest.mark.parametrize(
    "note", ["stopped by accident", "stopped by hand\nsee the log: full", "it stopped by itself: x"]
)
async def test_a_note_of_somebodys_own_is_no_stop(note):
    airflow = FakeAirflow()
    airflow.dag("a")
    airflow.run("a", "r", state="failed", note=note)
    async with opened(airflow) as backend:
        run = await backend.run_status(RunRef("r", "a"))
    assert (run.status, run.stopped_by) == (RunStatus.FAILED, None)


async def test_who_stopped_it_may_have_a_name_with_a_colon():
    airflow = FakeAirflow()
    airflow.dag("a")
    airflow.run("a", "r", state="failed", note="stopped by urn:user:7: too slow: again")
    async with opened(airflow) as backend:
        run = await backend.run_status(RunRef("r", "a"))
    assert (run.stopped_by, run.reason) == ("urn:user:7", "too slow: again")


async def order_of(backend):
    return [step.name for step in await backend.steps(RunRef("r", "a"))]


async def test_a_new_version_of_a_dag_has_its_own_order_of_tasks():
    airflow, passed = FakeAirflow(), Passing()
    airflow.dag("a")
    airflow.run("a", "r", state="running")
    airflow.shapes["a"] = ["extract", "load"]
    for name in ("extract", "load"):
        airflow.task("a", "r", name)
    async with opened(airflow, passed=passed) as backend:
        cursor = await backend.cursor()
        assert await order_of(backend) == ["extract", "load"]
        airflow.shapes["a"] = ["check", "load", "extract"]
        airflow.task("a", "r", "check")
        assert await order_of(backend) == ["check", "load", "extract"]
        airflow.shapes["a"] = ["extract", "load", "check"]
        assert await order_of(backend) == ["check", "load", "extract"]
        passed.seconds += SWEEP_SECONDS
        await swept(backend, cursor)
        assert await order_of(backend) == ["extract", "load", "check"]


async def test_a_task_that_only_an_older_version_had_is_asked_about_once():
    airflow = FakeAirflow()
    airflow.dag("a")
    airflow.run("a", "r", state="success")
    airflow.shapes["a"] = ["extract", "load"]
    for name in ("removed_long_ago", "load"):
        airflow.task("a", "r", name)
    async with opened(airflow) as backend:
        for _ in range(3):
            assert await order_of(backend) == ["load", "removed_long_ago"]
    assert airflow.asked.count("GET /dags/a/tasks") == 1


async def test_a_bare_id_that_isnt_among_the_latest_is_asked_for_with_its_workflow():
    airflow = FakeAirflow()
    airflow.dag("a")
    async with opened(airflow) as backend:
        with pytest.raises(WorkflowNotFoundError, match="latest runs") as caught:
            await backend.run_status(RunRef("long_ago"))
    assert "WORKFLOW/long_ago" in caught.value.hint


@BOTH
async def test_health_tells_what_airflow_warns_of(version):
    airflow = FakeAirflow(version)
    told = {"warning_type": "non-existent pool", "timestamp": NOW.isoformat()}
    airflow.warnings = [{"dag_id": "a", "message": "references \x1b[2Jno pool", **told}]
    async with opened(airflow) as backend:
        (warning,) = (await backend.health()).warnings
    assert (warning.name, warning.message, warning.at) == ("a", "references no pool", NOW)


@BOTH
async def test_health_has_its_parts(version):
    async with opened(FakeAirflow(version)) as backend:
        health = await backend.health()
    # A file that can't be imported is not healthy; one was recorded of 3.x.
    wanted = HealthStatus.HEALTHY if version == 1 else HealthStatus.DEGRADED
    assert (health.status, health.service) == (wanted, "Airflow")
    assert health.version.startswith("2." if version == 1 else "3.")
    names = [part.name for part in health.components]
    assert {"metadatabase", "scheduler", "default pool"} <= set(names)


async def test_health_is_told_without_what_the_role_may_not_see():
    airflow = FakeAirflow()

    def narrow(request):
        if request.url.path.endswith(("/pools", "/importErrors", "/dagWarnings")):
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

"""What was just done is shown at once, and what is asked stays within the service's limits."""

from datetime import timedelta

from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import HistoryQuery, RunRequest, WorkflowQuery
from tests.backends.pyairtable.recorded import ROOT, execution, near, of_contract, workflow
from tests.backends.pyairtable.test_adapter import NAME, ONE, with_one
from tests.backends.pyairtable.test_careful import listed
from tests.support import everything


def busy_service(count):
    """Workflows whose executions ended long ago."""
    service = of_contract(
        {("GET", ROOT): [workflow(n, f"w{n}", total_executions=1) for n in range(1, count + 1)]}
    )
    for number in range(1, count + 1):
        service["GET", f"{ROOT}/{number}/executions"] = [execution(number, workflow_id=number)]
    return service


async def test_an_execution_started_here_is_the_last_run_at_once_and_asked_for_first():
    service = busy_service(90)
    service["POST", f"{ROOT}/77/execute"] = {"execution_id": 500}
    async with near(service) as here:
        cursor = await listed(here.backend)
        await here.backend.run(RunRequest("w77"))
        (row,) = (changes := await here.backend.changes(cursor)).workflows
        assert (row.dataset_name, row.last_run.run_id, row.is_running) == ("w77", "500", True)
        ended = [execution(500, workflow_id=77), execution(77, workflow_id=77)]
        service["GET", f"{ROOT}/77/executions"] = ended
        (row,) = (await here.backend.changes(changes.cursor)).workflows
    assert (row.last_run.run_id, row.is_running) == ("500", False)


async def test_an_execution_that_is_never_told_is_not_shown_for_ever():
    service = with_one({("POST", f"{ONE}/execute"): {"execution_id": 500}})
    async with near(service) as here:
        cursor = await listed(here.backend)
        await here.backend.run(RunRequest(NAME))
        for _ in range(7):
            cursor = (await here.backend.changes(cursor)).cursor
        (row,) = await here.backend.workflow(NAME)
    assert row.last_run.run_id != "500"


async def test_a_poll_takes_a_dozen_requests_also_where_many_run_or_are_unknown():
    service = busy_service(400)
    for number in range(1, 60):
        going = execution(number, workflow_id=number, status="running", completed_at=None)
        service["GET", f"{ROOT}/{number}/executions"] = [going]
    async with near(service) as here:
        cursor = await listed(here.backend)
        for _ in range(3):
            before = len(here.service.paths())
            cursor = (await here.backend.changes(cursor)).cursor
            assert len(here.service.paths()) - before <= 12


async def test_running_only_looks_at_every_workflow():
    service = busy_service(261)
    going = execution(900, workflow_id=260, status="running", completed_at=None)
    service["GET", f"{ROOT}/260/executions"] = [going]
    async with near(service) as here:
        found = await everything(here.backend.workflows(WorkflowQuery(running_only=True)))
    assert [row.dataset_name for row in found] == ["w260"]


async def test_the_history_of_all_is_not_asked_of_every_workflow_with_each_look():
    service = busy_service(150)
    async with near(service) as here:
        first = await everything(here.backend.history(HistoryQuery(limit=20)))
        before = len(here.service.paths())
        again = await everything(here.backend.history(HistoryQuery(limit=20)))
        assert len(here.service.paths()) - before <= 12
    assert len(first) == 20
    assert again == first


async def test_an_execution_that_is_retried_from_here_is_asked_for_first():
    service = busy_service(90)
    failed = {"id": 1, "step_name": "a", "status": "failed"}
    service["GET", f"{ROOT}/executions/50/steps"] = [failed]
    service["POST", f"{ROOT}/steps/1/retry"] = {}
    async with near(service) as here:
        cursor = await listed(here.backend)
        going = execution(50, workflow_id=50, status="running", completed_at=None)
        service["GET", f"{ROOT}/50/executions"] = [going]
        await here.backend.retry(RunRef("50", "w50"))
        changes = await here.backend.changes(cursor)
    assert [row.dataset_name for row in changes.workflows if row.is_running] == ["w50"]


async def test_a_run_that_its_schedule_starts_is_seen_by_the_poll_after_it():
    service = busy_service(90)
    hourly = {"cron_schedule": "0 * * * *", "is_scheduled": True, "total_executions": 1}
    service.answers["GET", ROOT][76] |= hourly
    async with near(service) as here:
        cursor = await listed(here.backend)
        for _ in range(2):
            # Each other one has had a turn, and the run is told a little late.
            cursor = (await here.backend.changes(cursor)).cursor
        started = here.clock.now().replace(minute=0, second=0) + timedelta(hours=1)
        here.clock.move((started - here.clock.now()).total_seconds() + 1)
        cursor = (await here.backend.changes(cursor)).cursor
        going = execution(500, workflow_id=77, status="running", completed_at=None)
        service["GET", f"{ROOT}/77/executions"] = [going | {"started_at": f"{started:%FT%TZ}"}]
        here.clock.move(10)
        changes = await here.backend.changes(cursor)
        assert [row.dataset_name for row in changes.workflows if row.is_running] == ["w77"]


async def test_a_run_that_changes_its_workflow_is_seen_as_it_begins():
    service = busy_service(90)
    async with near(service) as here:
        cursor = await listed(here.backend)
        service.answers["GET", ROOT][76] |= {"updated_at": "2026-11-21T09:41:00Z"}
        going = execution(500, workflow_id=77, status="running", completed_at=None)
        service["GET", f"{ROOT}/77/executions"] = [going]
        changes = await here.backend.changes(cursor)
        assert [row.dataset_name for row in changes.workflows if row.is_running] == ["w77"]


async def test_no_row_is_said_to_have_never_run_before_its_runs_were_asked_for():
    async with near(busy_service(3)) as here:
        pages = [page.items async for page in here.backend.workflows(WorkflowQuery())]
    assert [{row.last_run_known for row in rows} for rows in pages] == [{False}, {True}]

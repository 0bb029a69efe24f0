"""What a retry clears: told before by the very same request, and once done, once."""

import httpx
import pytest

from dli_tui.domain.errors import (
    ErrorCode,
    WorkflowExecutionError,
    WorkflowPermissionError,
)
from dli_tui.domain.status import RunStatus, StepStatus
from tests.backends.airflow.doing import BOTH, REF, on_call, with_a_dag  # noqa: F401 - a fixture
from tests.backends.airflow.fake import at, opened


@BOTH
async def test_a_retry_clears_what_failed_for_good_and_not_for_show(version):
    airflow = with_a_dag(version)
    airflow.run("a", "mine", state="failed")
    airflow.task("a", "mine", "extract", "success")
    airflow.task("a", "mine", "load", "failed")
    async with opened(airflow) as backend:
        result = await backend.retry(REF)
        steps = {step.name: step.status for step in await backend.steps(REF)}
    (body,) = airflow.bodies("/clearTaskInstances")
    assert body == {
        "dry_run": False,
        "dag_run_id": "mine",
        "only_failed": True,
        "reset_dag_runs": True,
        "include_downstream": True,
    }
    assert (result.run_status, result.message) == (RunStatus.PENDING, "1 step will run again")
    assert steps == {"extract": StepStatus.COMPLETED, "load": StepStatus.PENDING}


@BOTH
async def test_a_run_that_was_stopped_and_runs_again_may_fail_on_its_own(version):
    airflow = with_a_dag(version)
    airflow.run("a", "mine", state="running")
    airflow.task("a", "mine", "load", "failed")
    async with opened(airflow) as backend:
        await backend.stop(REF, reason="wrong day")
        airflow.passes(minutes=1)
        assert (await backend.run_status(REF)).status is RunStatus.KILLED
        await backend.retry(REF)
        airflow.moves("a", "mine", state="failed", start_date=at(airflow.now))
        run = await backend.run_status(REF)
    assert (run.status, run.reason, run.stopped_by) == (RunStatus.FAILED, None, None)


@BOTH
@pytest.mark.parametrize(
    ("steps", "code"),
    [((), ErrorCode.WORKFLOW_INVALID_STATE), (("nope",), ErrorCode.WORKFLOW_EXECUTION_FAILED)],
)
async def test_where_nothing_is_cleared_nothing_is_said_to_run_again(version, steps, code):
    airflow = with_a_dag(version)
    airflow.run("a", "mine")
    airflow.task("a", "mine", "extract")
    async with opened(airflow) as backend:
        with pytest.raises(WorkflowExecutionError) as caught:
            await backend.retry(REF, steps)
    assert caught.value.code is code


@BOTH
async def test_the_plan_of_a_retry_is_what_the_very_same_request_would_clear(version):
    airflow = with_a_dag(version)
    airflow.run("a", "mine", state="failed")
    airflow.task("a", "mine", "extract", "success")
    airflow.shapes["a"] = ["extract", "share", "load"]
    airflow.task("a", "mine", "load", "upstream_failed")
    for index, state in enumerate(["failed", "success", "failed"]):
        airflow.task("a", "mine", "share", state, map_index=index)
    async with opened(airflow) as backend:
        plan = await backend.retry_plan(REF)
        assert airflow.runs["a", "mine"]["state"] == "failed"
        result = await backend.retry(REF)
    named = [(step.name, step.map_index) for step in plan.steps]
    assert (named, plan.is_whole) == ([("share", 0), ("share", 2), ("load", None)], True)
    assert result.message == f"{len(named)} steps will run again"
    rehearsed, sent = airflow.bodies("/clearTaskInstances")
    assert rehearsed.pop("dry_run") is True
    assert sent.pop("dry_run") is False
    assert rehearsed == sent


async def test_2x_names_all_copies_of_a_task_or_none_where_it_doesnt_say_which():
    airflow = with_a_dag(1)
    airflow.run("a", "mine", state="failed")
    for index, state in enumerate(["failed", "success"]):
        airflow.task("a", "mine", "share", state, map_index=index)
    async with opened(airflow) as backend:
        every = await backend.retry_plan(REF, ["share"])
        airflow.tasks["a", "mine"].append({**airflow.tasks["a", "mine"][0], "map_index": 2})
        plan = await backend.retry_plan(REF)
    assert [step.map_index for step in every.steps] == [0, 1]
    assert [step.map_index for step in plan.steps] == [0, 2]


async def test_a_plan_may_be_asked_for_again_where_its_answer_is_lost():
    airflow = with_a_dag()
    airflow.run("a", "mine", state="failed")
    airflow.task("a", "mine", "load", "failed")
    broken = ["once"]

    def unsteady(request):
        reply = airflow(request)
        if request.url.path.endswith("/clearTaskInstances") and broken:
            broken.pop()
            raise httpx.ReadError("the cable was pulled")
        return reply

    async with opened(airflow, answer=unsteady) as backend:
        plan = await backend.retry_plan(REF)
    assert [step.name for step in plan.steps] == ["load"]
    assert len(airflow.bodies("/clearTaskInstances")) == 2
    assert airflow.tasks["a", "mine"][0]["state"] == "failed"


async def test_a_role_that_may_not_retry_is_told_so_by_the_plan_already():
    airflow = with_a_dag()
    airflow.run("a", "mine", state="failed")
    airflow.may_write = False
    async with opened(airflow) as backend:
        with pytest.raises(WorkflowPermissionError):
            await backend.retry_plan(REF)


async def test_named_steps_are_cleared_whether_they_failed_or_not():
    airflow = with_a_dag()
    airflow.run("a", "mine", state="failed")
    airflow.task("a", "mine", "extract", "success")
    async with opened(airflow) as backend:
        await backend.retry(REF, ["extract"])
    (body,) = airflow.bodies("/clearTaskInstances")
    assert (body["task_ids"], body["only_failed"]) == (["extract"], False)

"""What real Airflows refused (2.11.2 as v1, 3.3.2 as v2) says what failed, why, and what to do."""

from typing import NamedTuple

import httpx
import pytest

from dli_tui.domain.errors import ErrorCode, WorkflowExecutionError, WorkflowPermissionError
from dli_tui.domain.query import RunRequest
from dli_tui.wire.failures import Operation, failure
from tests.backends.airflow.doing import with_a_dag
from tests.backends.airflow.fake import opened, sample


class Refused(NamedTuple):
    operation: Operation
    code: ErrorCode
    says: str


_DONE = ErrorCode.WORKFLOW_EXECUTION_FAILED
_STATE = ErrorCode.WORKFLOW_INVALID_STATE
_NONE = ErrorCode.WORKFLOW_NOT_FOUND
_DENIED = ErrorCode.WORKFLOW_PERMISSION_DENIED
_RUN = "Workflow 'sales_daily' couldn't be run: "
_STOP = "Run 'r' couldn't be stopped: "
_NO_LIST = "The workflows couldn't be listed: "
_NO_URL = _NO_LIST + "Not Found: The requested URL was not found on the server"
_BACKFILL = "Workflow 'sales_daily' couldn't be backfilled"
REFUSED = {
    "v1/err_400_bad_date": Refused(Operation.RUN, _DONE, _RUN + "Bad Request: 'garbage' is not a"),
    "v1/err_400_bad_state": Refused(Operation.STOP, _DONE, _STOP + "Bad Request: 'running' is not"),
    "v1/err_400_extra_field": Refused(Operation.RUN, _DONE, _RUN + "Bad Request: {'bogus'"),
    "v1/err_400_limit": Refused(Operation.LIST, _DONE, _NO_LIST + "Bad Request: Wrong type"),
    "v1/err_401": Refused(
        Operation.GET, _DENIED, "Permission denied: workflow 'sales_daily' couldn't be read: Forb"
    ),
    "v1/err_401_noauth": Refused(
        Operation.LIST, _DENIED, "Permission denied: the workflows couldn't be listed: Forbidden"
    ),
    "v1/err_404_backfills": Refused(Operation.LIST, _DONE, _NO_URL),
    "v1/err_404_dag": Refused(Operation.GET, _NONE, "Workflow 'sales_daily' not found: DAG not f"),
    "v1/err_404_log": Refused(Operation.LOGS, _NONE, "Run 'r' not found: TaskInstance not found"),
    "v1/err_404_path": Refused(Operation.LIST, _DONE, _NO_URL),
    "v1/err_404_run": Refused(Operation.STATUS, _NONE, "Run 'r' not found: DAGRun not found: DAGR"),
    "v1/err_404_trigger": Refused(Operation.RUN, _NONE, "Workflow 'sales_daily' not found: DAG n"),
    "v1/err_409_trigger_dup": Refused(
        Operation.RUN, _DONE, _RUN + "Conflict: DAGRun with DAG ID: 'sales_daily' and DAGRun ID"
    ),
    "v1/err_409_trigger_dup_logical_date": Refused(
        Operation.RUN, _DONE, _RUN + "Conflict: DAGRun with DAG ID: 'sales_daily' and DAGRun logic"
    ),
    "v1/trigger_null_logical_date": Refused(
        Operation.RUN, _DONE, _RUN + "Incorrect datetime argument: argument 'input'"
    ),
    "v2/err_401": Refused(
        Operation.LIST,
        ErrorCode.SERVER_AUTH_FAILED,
        "The server did not accept the sign-in: Not authenticated",
    ),
    # The sign-in knows these words, and asks once more with a new token.
    "v2/err_401_bad_token": Refused(
        Operation.LIST, _DENIED, "Permission denied: the workflows couldn't be listed: Invalid JWT"
    ),
    "v2/err_403": Refused(
        Operation.PAUSE, _DENIED, "Permission denied: workflow 'sales_daily' couldn't be paused: F"
    ),
    "v2/err_404_backfill": Refused(
        Operation.BACKFILL, _NONE, "Workflow 'sales_daily' not found: Could not find dag nope"
    ),
    "v2/err_404_backfill_cancel": Refused(
        Operation.STOP, ErrorCode.WORKFLOW_EXECUTION_FAILED, "Run 'r' not found: Backfill not found"
    ),
    "v2/err_404_dag": Refused(Operation.GET, _NONE, "Workflow 'sales_daily' not found: The Dag wi"),
    "v2/err_404_dagruns": Refused(
        Operation.HISTORY, _NONE, "Workflow 'sales_daily' not found: The Dag with ID: `nope`"
    ),
    "v2/err_404_log": Refused(Operation.LOGS, _NONE, "Run 'r' not found: TaskInstance not found"),
    "v2/err_404_path": Refused(Operation.LIST, _DONE, _NO_LIST + "API route not found"),
    "v2/err_404_run": Refused(Operation.STATUS, _NONE, "Run 'r' not found: The DagRun with dag_id"),
    "v2/err_404_trigger": Refused(Operation.RUN, _NONE, "Workflow 'sales_daily' not found: Dag wi"),
    "v2/err_409_backfill": Refused(
        Operation.BACKFILL, _STATE, _BACKFILL + " in the state that it is in: There is already a r"
    ),
    "v2/err_409_backfill_completed": Refused(
        Operation.PAUSE,
        _STATE,
        "Workflow 'sales_daily' couldn't be paused in the state that it is in: Backfill is already",
    ),
    # The words are of no use; a trigger that meets another run is told in our own (test_deeds).
    "v2/err_409_trigger_dup": Refused(Operation.RUN, _DONE, _RUN + "Serious error when handling"),
    "v2/err_409_trigger_dup_logical_date": Refused(
        Operation.RUN, _DONE, _RUN + "Serious error when handling"
    ),
    "v2/err_422_backfill_list_no_dag_id": Refused(
        Operation.LIST, _DONE, _NO_LIST + "dag_id: Field required"
    ),
    "v2/err_422_bad_date": Refused(Operation.RUN, _DONE, _RUN + "logical_date: Input should be"),
    "v2/err_422_bad_state": Refused(Operation.STOP, _DONE, _STOP + "state: Input should be 'queu"),
    "v2/err_422_extra_field": Refused(Operation.RUN, _DONE, _RUN + "bogus: Extra inputs are not"),
    "v2/err_422_limit": Refused(Operation.LIST, _DONE, _NO_LIST + "limit: Input should be a valid"),
    "v2/err_422_state": Refused(
        Operation.HISTORY, _DONE, "The history couldn't be read: Invalid value for state."
    ),
    "v2/err_422_trigger_no_logical_date": Refused(
        Operation.RUN, _DONE, _RUN + "logical_date: Field required"
    ),
    "v2/err_backfill_nosched": Refused(
        Operation.BACKFILL, _DONE, _BACKFILL + ": orders has a non-periodic schedule"
    ),
    "v2/task_log_text": Refused(
        Operation.LOGS, _DONE, "The log of run 'r' couldn't be read: Only application/json or"
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_says_what_failed_and_why(name):
    told, expected = sample(name), REFUSED[name]
    # Where all of a workflow's runs are asked for, no run is named.
    run_id = "r" if expected.operation in (Operation.STATUS, Operation.LOGS, Operation.STOP) else ""
    error = failure(
        told["status"],
        told["body"],
        expected.operation,
        dataset_name="sales_daily",
        run_id=run_id,
        by_words=False,
    )
    assert error.code is expected.code
    assert error.message.startswith(expected.says)
    assert error.hint


@pytest.mark.parametrize("status", [400, 422])
@pytest.mark.parametrize(
    "words", ["param 'state' must be two letters", "'status' was paused, CODE is overridden"]
)
async def test_what_a_refusal_happens_to_say_doesnt_make_it_one_of_the_state(status, words):
    airflow = with_a_dag()

    def answer(request):
        if request.method == "POST" and request.url.path.endswith("/dagRuns"):
            return httpx.Response(status, json={"detail": words})
        return airflow(request)

    async with opened(airflow, answer=answer) as backend:
        with pytest.raises(WorkflowExecutionError) as caught:
            await backend.run(RunRequest("a"))
    assert caught.value.code is ErrorCode.WORKFLOW_EXECUTION_FAILED
    assert words in caught.value.message


async def test_who_may_not_is_told_so_whatever_the_words():
    airflow = with_a_dag()
    refusal = httpx.Response(403, json={"detail": "Role CODE is overridden"})

    def answer(request):
        return refusal if request.method == "PATCH" else airflow(request)

    async with opened(airflow, answer=answer) as backend:
        with pytest.raises(WorkflowPermissionError) as caught:
            await backend.pause("a")
    assert caught.value.code is ErrorCode.WORKFLOW_PERMISSION_DENIED

"""Every refusal becomes the error that the canon names, with the server's words."""

import pytest

from dli_tui.domain.errors import (
    AnswerLostError,
    AuthenticationError,
    DLIError,
    ServerError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowPermissionError,
    WorkflowRegistrationError,
)
from dli_tui.wire.failures import Operation, failure, message_of

_NAME = "iceberg.analytics.daily_clicks"


def _fail(status: int, body: object, operation: Operation) -> DLIError:
    return failure(status, body, operation, dataset_name=_NAME, run_id="r1")


def _says(message: str, **error: object) -> dict[str, object]:
    return {"success": False, "message": message, "error": error, "timestamp": "2026"}


_ILLEGAL = _says("Internal server error", details={"type": "IllegalStateException"})

_BODIES = [
    pytest.param({"error": {"code": "X", "message": "No disk"}}, "No disk", id="the contract"),
    pytest.param(_says("No disk", code="X"), "No disk", id="the real Basecamp"),
    pytest.param({"detail": "No disk"}, "No disk", id="detail"),
    pytest.param(
        {"detail": [{"loc": ["body", "cron", 0], "msg": "bad", "type": "t"}, {"msg": "worse"}]},
        "cron.0: bad; worse",
        id="FastAPI 422",
    ),
    pytest.param(
        {"detail": "No disk", "timestamp": "t", "path": "/p", "error_code": "X"},
        "No disk",
        id="003",
    ),
    pytest.param(
        {"title": "Not Found", "status": 404, "detail": "DAG x", "type": "about:blank"},
        "Not Found: DAG x",
        id="RFC 7807",
    ),
    pytest.param({"title": "Conflict", "detail": None}, "Conflict", id="RFC 7807 title only"),
    pytest.param({"error": "Bad Request", "path": "/p"}, "Bad Request", id="Spring's own"),
    pytest.param({"error": {"code": "X_Y"}}, "X_Y", id="a code and nothing else"),
    pytest.param({"detail": {"message": "No disk"}}, "No disk", id="detail as an object"),
    pytest.param("No\ndisk", "No disk", id="plain text"),
    pytest.param("<html><title>502 &amp; out</title>", "502 & out", id="HTML with a title"),
    pytest.param("<!DOCTYPE html><p>sorry", None, id="HTML without"),
    pytest.param("", None, id="nothing"),
    pytest.param(None, None, id="no body"),
    pytest.param({}, None, id="empty object"),
    pytest.param(5, None, id="a number"),
    pytest.param([], None, id="empty list"),
    pytest.param({"message": ["a"], "error": [], "detail": []}, None, id="wrong types"),
    pytest.param({"message": "\x1b]52;c;evil\x07red"}, "red", id="escape sequences"),
]


@pytest.mark.parametrize(("body", "message"), _BODIES)
def test_every_error_body_gives_its_sentence(body, message):
    assert message_of(body) == message


def test_a_long_sentence_is_cut():
    message = message_of("x" * 1_000_000)
    assert message is not None
    assert len(message) == 500


_STATE_OPERATIONS = ["run", "backfill", "stop", "retry", "pause", "unpause"]

_TABLE = [
    pytest.param(401, None, "list", AuthenticationError, "DLI-502", id="401"),
    pytest.param(401, None, "register", AuthenticationError, "DLI-502", id="401 on a write"),
    pytest.param(403, None, "run", WorkflowPermissionError, "DLI-803", id="403"),
    pytest.param(
        *(403, _says("overridden", code="WORKFLOW_PERMISSION_DENIED"), "unpause"),
        *(WorkflowPermissionError, "DLI-806"),
        id="BW-25",
    ),
    pytest.param(
        *(403, _says("no", code="WORKFLOW_OVERRIDDEN"), "pause"),
        *(WorkflowPermissionError, "DLI-806"),
        id="403 with a code that says overridden",
    ),
    pytest.param(
        403, {"message": "CODE"}, "unregister", WorkflowPermissionError, "DLI-803", id="BW-36"
    ),
    *(
        pytest.param(404, None, name, WorkflowNotFoundError, "DLI-800", id=f"404 {name}")
        for name in ("get", "status", "run", "backfill", "pause", "unpause", "unregister", "retry")
    ),
    pytest.param(404, None, "history", WorkflowNotFoundError, "DLI-800", id="404 history"),
    pytest.param(404, None, "stop", WorkflowExecutionError, "DLI-802", id="404 stop"),
    pytest.param(404, None, "list", WorkflowExecutionError, "DLI-802", id="404 list"),
    pytest.param(404, None, "register", WorkflowRegistrationError, "DLI-801", id="404 register"),
    pytest.param(
        *(409, _says(f"Workflow '{_NAME}' already exists", code="WORKFLOW_ALREADY_EXISTS")),
        *("register", WorkflowRegistrationError, "DLI-804"),
        id="BW-29",
    ),
    pytest.param(409, None, "register", WorkflowRegistrationError, "DLI-804", id="409 bare"),
    pytest.param(409, None, "unregister", WorkflowRegistrationError, "DLI-808", id="409 delete"),
    pytest.param(409, None, "run", WorkflowExecutionError, "DLI-802", id="409 without a word"),
    pytest.param(
        *(409, {"message": "Cannot run workflow. Current status: PAUSED"}, "run"),
        *(WorkflowExecutionError, "DLI-807"),
        id="BW-44",
    ),
    *(
        pytest.param(
            *(status, {"detail": "Wrong state"}, name, WorkflowExecutionError, "DLI-807"),
            id=f"{status} of the state on {name}",
        )
        for name in _STATE_OPERATIONS
        for status in (400, 409, 422)
    ),
    pytest.param(
        *(400, _says("No", code="WORKFLOW_INVALID_STATE"), "stop"),
        *(WorkflowExecutionError, "DLI-807"),
        id="400 with a code of the state",
    ),
    pytest.param(
        400, {"detail": "It is already stopped"}, "stop", WorkflowExecutionError, "DLI-807"
    ),
    pytest.param(
        *(409, {"detail": "Workflow is overridden by code"}, "run"),
        *(WorkflowPermissionError, "DLI-806"),
        id="409 of an overridden one",
    ),
    pytest.param(500, _ILLEGAL, "pause", WorkflowExecutionError, "DLI-807", id="BW-26"),
    pytest.param(
        *(500, _says("x", details={"type": "java.lang.IllegalStateException"}), "stop"),
        *(WorkflowExecutionError, "DLI-807"),
        id="500 with a whole class name",
    ),
    pytest.param(500, None, "list", WorkflowExecutionError, "DLI-802", id="LB-16"),
    pytest.param(404, None, "run", WorkflowNotFoundError, "DLI-800", id="LB-18"),
    pytest.param(500, None, "register", WorkflowRegistrationError, "DLI-801", id="500 register"),
    pytest.param(500, None, "unregister", WorkflowRegistrationError, "DLI-808", id="500 delete"),
    pytest.param(
        *(400, _says("Airflow connection failed", code="AIRFLOW_CONNECTION_FAILED"), "run"),
        *(WorkflowExecutionError, "DLI-802"),
        id="BW-41",
    ),
    pytest.param(
        *(400, _says("The state of Airflow is unknown", code="AIRFLOW_CONNECTION_FAILED"), "run"),
        *(WorkflowExecutionError, "DLI-802"),
        id="the state of Airflow is not the workflow's",
    ),
    pytest.param(
        *(400, {"detail": "Airflow answered with status code 400"}, "run"),
        *(WorkflowExecutionError, "DLI-802"),
        id="a status code is no state",
    ),
    pytest.param(
        *(400, {"detail": "The request could not be completed"}, "run"),
        *(WorkflowExecutionError, "DLI-802"),
        id="a request that could not be completed",
    ),
    pytest.param(
        422, {"detail": "state"}, "list", WorkflowExecutionError, "DLI-802", id="422 list"
    ),
    *(
        pytest.param(status, None, name, ServerError, "DLI-503", id=f"{status} {name}")
        for status in (429, 503)
        for name in ("list", "run", "register")
    ),
    *(
        pytest.param(status, None, name, kind, "DLI-503", id=f"{status} {name}")
        for status in (502, 504)
        for name, kind in (
            *(("list", ServerError), ("sagas", ServerError), ("run", AnswerLostError)),
            *(("register", AnswerLostError), ("start", AnswerLostError)),
        )
    ),
    pytest.param(
        *(502, {"error": {"code": "DLI-501", "message": "the place behind is away"}}, "run"),
        *(ServerError, "DLI-501"),
        id="502 in a code of ours",
    ),
    pytest.param(502, "<html>bad gateway</html>", "list", ServerError, "DLI-503", id="BW-40"),
    pytest.param(302, None, "list", ServerError, "DLI-503", id="a redirect"),
]


@pytest.mark.parametrize(("status", "body", "operation", "kind", "code"), _TABLE)
def test_the_table_of_the_canon(status, body, operation, kind, code):
    error = _fail(status, body, Operation(operation))
    assert type(error) is kind
    assert error.code.value == code
    assert error.hint


@pytest.mark.parametrize("operation", list(Operation))
@pytest.mark.parametrize("status", [401, 403, 404, 409, 418, 422, 429, 500, 501, 503])
def test_each_operation_has_a_message_and_a_hint_for_each_status(operation, status):
    for error in (failure(status, None, operation), _fail(status, "No disk", operation)):
        assert isinstance(error, DLIError)
        assert error.message[0].isupper()
        assert "''" not in error.message
        assert error.hint
    assert "No disk" in error.message


def test_the_error_knows_the_workflow_and_the_run():
    error = _fail(500, None, Operation.STOP)
    assert isinstance(error, WorkflowExecutionError)
    assert (error.dataset_name, error.run_id) == (_NAME, "r1")


_MESSAGES = [
    (404, None, "run", f"Workflow '{_NAME}' not found"),
    (404, {"detail": "Workflow not found"}, "run", f"Workflow '{_NAME}' not found"),
    (404, {"detail": "No spec"}, "run", f"Workflow '{_NAME}' not found: No spec"),
    (404, None, "stop", "Run 'r1' not found"),
    (404, {"detail": "Template not found"}, "shelve", "The template was not found"),
    (500, None, "list", "The workflows couldn't be listed (status 500, no reason given)"),
    (500, "No disk", "list", "The workflows couldn't be listed: No disk"),
    (400, "No disk", "run", f"Workflow '{_NAME}' couldn't be run: No disk"),
    (
        *(403, {"message": "CODE"}, "unregister"),
        f"Workflow '{_NAME}' couldn't be unregistered: it is managed by Code, in Git",
    ),
    (
        *(500, _ILLEGAL, "pause"),
        f"Workflow '{_NAME}' couldn't be paused in the state that it is in",
    ),
    (
        *(502, "<html>bad gateway</html>", "list"),
        "The gateway in front of the server gets no answer from it (status 502, no reason given)",
    ),
]


@pytest.mark.parametrize(("status", "body", "operation", "message"), _MESSAGES)
def test_the_message_says_what_failed_and_what_the_server_said(status, body, operation, message):
    assert _fail(status, body, Operation(operation)).message == message


@pytest.mark.parametrize(
    ("status", "body", "operation", "hint"),
    [
        (400, "It is paused", "run", f"dli-tui workflow unpause {_NAME}"),
        (400, "Invalid input for param rows", "run", "No run was started"),
        (422, "rows", "backfill", "No run was started"),
        (400, "Wrong state", "pause", f"dli-tui workflow list -d {_NAME}"),
        (400, "Wrong state", "stop", "dli-tui workflow status r1"),
        (409, None, "unregister", "--force"),
        (409, None, "register", "--force"),
        (403, None, "register", "change it in Git"),
        (500, None, "run", "may have happened"),
        (404, None, "list", "Check the URL"),
        (400, "Unknown SAGA type: nope", "start", "No saga was started"),
        (422, "event_type", "publish", "No event was published"),
        (404, "Template not found", "shelve", "dli-tui template list"),
        (422, "name", "shelve", "Nothing was changed"),
        (400, "name", "create", "No workflow was made"),
        (400, "name", "configure", "Nothing was changed"),
        (404, "Saga not found", "cancel", "dli-tui saga list"),
    ],
)
def test_the_hint_says_what_to_do_next(status, body, operation, hint):
    assert hint in _fail(status, body, Operation(operation)).hint


def test_a_name_that_holds_a_word_of_the_state_proves_nothing():
    body = {"detail": "No disk for paused.jobs"}
    error = failure(400, body, Operation.RUN, dataset_name="paused.jobs")
    assert error.code.value == "DLI-802"


def test_bw_43_the_wrong_field_is_named():
    body = _says(
        "Constraint violation",
        code="CONSTRAINT_VIOLATION",
        field="listWorkflows.limit",
        rejectedValue=0,
        details={"message": "must be greater than or equal to 1"},
    )
    message = _fail(400, body, Operation.LIST).message
    assert message.endswith("listWorkflows.limit must be greater than or equal to 1")


def test_a_name_that_a_terminal_would_obey_is_shown_safe():
    error = failure(404, None, Operation.RUN, dataset_name="a\x1b[31mb")
    assert isinstance(error, WorkflowNotFoundError)
    assert error.message == "Workflow 'ab' not found"
    assert error.dataset_name == "a\x1b[31mb"

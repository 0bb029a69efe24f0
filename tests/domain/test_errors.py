"""Every error has a code, says what happened and what to do."""

import pytest

from dli_tui.domain.errors import (
    HINTS,
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    DatasetNotFoundError,
    DLIError,
    ErrorCode,
    ServerError,
    Unsupported,
    WorkflowError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowPermissionError,
    WorkflowRegistrationError,
)

_CODES = [
    (ConfigurationError, "DLI-001"),
    (DatasetNotFoundError, "DLI-101"),
    (ConnectionFailedError, "DLI-501"),
    (AuthenticationError, "DLI-502"),
    (ServerError, "DLI-503"),
    (WorkflowNotFoundError, "DLI-800"),
    (WorkflowRegistrationError, "DLI-801"),
    (WorkflowExecutionError, "DLI-802"),
    (Unsupported, "DLI-802"),
    (WorkflowPermissionError, "DLI-803"),
]


@pytest.mark.parametrize(("kind", "code"), _CODES)
def test_each_error_has_its_code_a_message_and_a_hint(kind, code):
    error = kind()
    assert isinstance(error, DLIError)
    assert error.code.value == code
    assert error.message
    assert str(error) == f"[{code}] {error.message}"
    assert error.hint == HINTS[error.code]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CONFIG_INVALID", "DLI-001"),
        ("DATASET_NOT_FOUND", "DLI-101"),
        ("SERVER_UNREACHABLE", "DLI-501"),
        ("SERVER_AUTH_FAILED", "DLI-502"),
        ("SERVER_ERROR", "DLI-503"),
        ("WORKFLOW_NOT_FOUND", "DLI-800"),
        ("WORKFLOW_REGISTRATION_FAILED", "DLI-801"),
        ("WORKFLOW_EXECUTION_FAILED", "DLI-802"),
        ("WORKFLOW_PERMISSION_DENIED", "DLI-803"),
        ("WORKFLOW_ALREADY_EXISTS", "DLI-804"),
        ("WORKFLOW_INVALID_CRON", "DLI-805"),
        ("WORKFLOW_OVERRIDDEN", "DLI-806"),
        ("WORKFLOW_INVALID_STATE", "DLI-807"),
        ("WORKFLOW_UNREGISTER_FAILED", "DLI-808"),
    ],
)
def test_the_codes_are_those_of_the_seeds(name, value):
    assert ErrorCode[name].value == value


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_code_has_a_hint_of_what_to_do(code):
    assert HINTS[code].strip()
    assert HINTS[code].isprintable()


def test_a_workflow_that_is_not_there_is_named():
    error = WorkflowNotFoundError(dataset_name="web.clicks")
    assert str(error) == "[DLI-800] Workflow 'web.clicks' not found"


def test_a_run_that_is_not_there_is_named_before_its_workflow():
    error = WorkflowNotFoundError(dataset_name="web.clicks", run_id="r1")
    assert str(error).startswith("[DLI-800]")
    assert error.message == "Run 'r1' not found"


def test_a_spec_that_is_not_there_is_named():
    error = DatasetNotFoundError(dataset_name="web.clicks")
    assert str(error) == "[DLI-101] Dataset 'web.clicks' not found"
    assert error.hint == "Check the dataset name or project path."


def test_a_code_of_its_own_brings_the_hint_of_that_code():
    error = WorkflowRegistrationError(code=ErrorCode.WORKFLOW_ALREADY_EXISTS, dataset_name="a")
    assert str(error).startswith("[DLI-804] ")
    assert "--force" in error.hint


def test_a_hint_of_its_own_wins_even_when_it_is_empty():
    assert ConfigurationError("no", hint="Do this.").hint == "Do this."
    assert ConfigurationError("no", hint="").hint == ""


@pytest.mark.parametrize(
    ("kind", "parent"),
    [
        (ConnectionFailedError, ServerError),
        (AuthenticationError, ServerError),
        (WorkflowNotFoundError, WorkflowError),
        (WorkflowRegistrationError, WorkflowError),
        (WorkflowExecutionError, WorkflowError),
        (WorkflowPermissionError, WorkflowError),
        (Unsupported, WorkflowExecutionError),
    ],
)
def test_errors_form_the_tree_that_the_module_draws(kind, parent):
    assert issubclass(kind, parent)


def test_a_workflow_error_keeps_what_it_is_about():
    error = WorkflowExecutionError("It failed", dataset_name="web.clicks", run_id="r1")
    assert (error.dataset_name, error.run_id, error.message) == ("web.clicks", "r1", "It failed")

"""A refusal of our server is the very error that it was there, class, code, words and hint."""

import json

import pytest

from dli_tui.domain import errors
from dli_tui.domain.errors import (
    ConfigurationError,
    DLIError,
    ErrorCode,
    ServerError,
    Unsupported,
    WorkflowError,
    WorkflowPermissionError,
)
from dli_tui.server.envelope import refusal
from dli_tui.wire.failures import Operation, failure
from dli_tui.wire.ourfailures import our_failure

KINDS = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, DLIError) and kind is not DLIError
]
OF_THE_LINE = {
    *("ConnectionFailedError", "AnswerLostError", "AuthenticationError", "InternalError"),
}
"""What went wrong between the server and the place behind it; to us the server failed."""


def told(code, message="It is so", hint="Do that"):
    """What our server answers."""
    return json.loads(bytes(refusal(400, code, message, hint=hint, request_id="7").body))


@pytest.mark.parametrize("code", ErrorCode)
def test_every_code_comes_back_with_its_words_and_its_hint(code):
    error = our_failure(400, told(code), dataset_name="d", run_id="r1")
    assert error is not None
    assert (error.code, error.message, error.hint) == (code, "It is so", "Do that")
    if isinstance(error, WorkflowError):
        assert (error.dataset_name, error.run_id) == ("d", "r1")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_comes_back_as_what_it_was(kind):
    status = 501 if kind is Unsupported else 400
    error = our_failure(status, told(kind.default_code))
    assert error is not None
    if kind.__name__ in OF_THE_LINE:
        assert type(error) is ServerError
    elif kind is WorkflowError:
        assert isinstance(error, kind)
    else:
        assert type(error) is kind


def test_without_a_hint_the_code_has_its_own():
    error = our_failure(403, told(ErrorCode.WORKFLOW_OVERRIDDEN, hint=""))
    assert type(error) is WorkflowPermissionError
    assert error.hint == errors.HINTS[ErrorCode.WORKFLOW_OVERRIDDEN]


def test_what_it_says_is_shown_on_one_safe_line():
    error = our_failure(400, told(ErrorCode.CONFIG_INVALID, "a\nb\x1b[2J", "c\nd\x1b[2J"))
    assert error is not None
    assert (error.message, error.hint) == ("a b", "c d")


@pytest.mark.parametrize(
    "body",
    [
        *(None, "", "DLI-803", [], {}, {"error": "DLI-803"}, {"error": {"message": "no"}}),
        {"error": {"code": "WORKFLOW_PERMISSION_DENIED"}},
        {"error": {"code": 803}},
        {"error": {"code": "DLI-999"}},
        {"error": {"code": "dli-803"}},
    ],
)
def test_a_code_that_is_not_ours_is_left_to_the_table(body):
    assert our_failure(403, body) is None
    assert failure(403, body, Operation.RUN).code is ErrorCode.WORKFLOW_PERMISSION_DENIED


@pytest.mark.parametrize(
    ("status", "code"), [(401, ErrorCode.SERVER_AUTH_FAILED), (429, ErrorCode.SERVER_ERROR)]
)
def test_a_sign_in_and_patience_mean_the_same_whoever_asks_for_them(status, code):
    assert failure(status, told(ErrorCode.CONFIG_INVALID), Operation.RUN).code is code


def test_else_our_own_code_wins_over_the_status():
    error = failure(409, told(ErrorCode.CONFIG_INVALID), Operation.REGISTER)
    assert type(error) is ConfigurationError

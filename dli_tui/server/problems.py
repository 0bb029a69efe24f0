"""A domain error as an answer: the one table of codes and HTTP statuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dli_tui.domain.errors import DLIError, ErrorCode, Unsupported, WorkflowNotFoundError
from dli_tui.server.envelope import refusal

if TYPE_CHECKING:
    from starlette.responses import Response

_STATUSES: Final = {
    ErrorCode.CONFIG_INVALID: 422,
    ErrorCode.DATASET_NOT_FOUND: 404,
    # The server stands; what is behind it doesn't.
    ErrorCode.SERVER_UNREACHABLE: 502,
    ErrorCode.SERVER_AUTH_FAILED: 502,
    ErrorCode.SERVER_ERROR: 502,
    ErrorCode.WORKFLOW_NOT_FOUND: 404,
    ErrorCode.WORKFLOW_REGISTRATION_FAILED: 422,
    ErrorCode.WORKFLOW_EXECUTION_FAILED: 422,
    ErrorCode.WORKFLOW_PERMISSION_DENIED: 403,
    ErrorCode.WORKFLOW_ALREADY_EXISTS: 409,
    ErrorCode.WORKFLOW_INVALID_CRON: 422,
    ErrorCode.WORKFLOW_OVERRIDDEN: 403,
    ErrorCode.WORKFLOW_INVALID_STATE: 409,
    ErrorCode.WORKFLOW_UNREGISTER_FAILED: 409,
    ErrorCode.INTERNAL: 500,
}
_NOT_FOUND: Final = 404
_NOT_IMPLEMENTED: Final = 501


def status_of(problem: DLIError) -> int:
    """The HTTP status that says what a domain error says."""
    if isinstance(problem, Unsupported):
        return _NOT_IMPLEMENTED
    # What isn't there can't be stopped either; 004 gives that a code of its own.
    if isinstance(problem.__cause__, WorkflowNotFoundError):
        return _NOT_FOUND
    return _STATUSES[problem.code]


def answer_of(problem: DLIError, request_id: str = "") -> Response:
    """The answer to a request that ended so."""
    return refusal(
        status_of(problem),
        problem.code,
        problem.message,
        hint=problem.hint,
        request_id=request_id,
    )

"""A refusal in our own codes, as a server of ours says it: the very error, with its hint."""

from __future__ import annotations

from typing import Final

from dli_tui.domain.errors import (
    ConfigurationError,
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
from dli_tui.domain.text import safe_line
from dli_tui.wire.bodies import code_of, message_of
from dli_tui.wire.values import first, record, text

_KINDS: Final[dict[ErrorCode, type[DLIError]]] = {
    ErrorCode.CONFIG_INVALID: ConfigurationError,
    ErrorCode.DATASET_NOT_FOUND: DatasetNotFoundError,
    # It is the place behind the server that can't be reached, or that doesn't know the server.
    ErrorCode.SERVER_UNREACHABLE: ServerError,
    ErrorCode.SERVER_AUTH_FAILED: ServerError,
    ErrorCode.SERVER_ERROR: ServerError,
    ErrorCode.WORKFLOW_NOT_FOUND: WorkflowNotFoundError,
    ErrorCode.WORKFLOW_REGISTRATION_FAILED: WorkflowRegistrationError,
    ErrorCode.WORKFLOW_EXECUTION_FAILED: WorkflowExecutionError,
    ErrorCode.WORKFLOW_PERMISSION_DENIED: WorkflowPermissionError,
    ErrorCode.WORKFLOW_ALREADY_EXISTS: WorkflowRegistrationError,
    ErrorCode.WORKFLOW_INVALID_CRON: WorkflowRegistrationError,
    ErrorCode.WORKFLOW_OVERRIDDEN: WorkflowPermissionError,
    ErrorCode.WORKFLOW_INVALID_STATE: WorkflowExecutionError,
    ErrorCode.WORKFLOW_UNREGISTER_FAILED: WorkflowRegistrationError,
    # What broke is the server's: dli-tui here is whole.
    ErrorCode.INTERNAL: ServerError,
}
_NOT_IMPLEMENTED: Final = 501
_MAX_HINT: Final = 300


def our_failure(
    status: int, body: object, *, dataset_name: str = "", run_id: str = ""
) -> DLIError | None:
    """The error that a body names by a code of ours; None where it names none."""
    said = code_of(body)
    if said is None or said not in set(ErrorCode):
        return None
    code, message = ErrorCode(said), message_of(body) or ""
    inner = record((record(body) or {}).get("error")) or {}
    told = first(record(inner.get("details")) or {}, text, "hint")
    hint = None if told is None else safe_line(told, _MAX_HINT)
    kind = Unsupported if status == _NOT_IMPLEMENTED else _KINDS[code]
    if issubclass(kind, WorkflowError):
        return kind(message, dataset_name=dataset_name, run_id=run_id, code=code, hint=hint)
    return kind(message, code=code, hint=hint)

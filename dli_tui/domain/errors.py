"""What can go wrong, in words a person can act on.

    DLIError
    ├── ConfigurationError            DLI-001  a setting or an argument of ours is wrong
    ├── DatasetNotFoundError          DLI-101  no spec file of that name in the project
    ├── ServerError                   DLI-503  the server answered, but not usefully
    │   ├── ConnectionFailedError     DLI-501  nothing answered
    │   │   └── AnswerLostError       DLI-501  a write left, and its answer never came
    │   └── AuthenticationError       DLI-502  it does not know who we are
    ├── InternalError                 DLI-900  dli-tui itself broke: a bug
    └── WorkflowError
        ├── WorkflowNotFoundError     DLI-800
        ├── WorkflowRegistrationError DLI-801  804 exists already, 805 cron, 808 unregister
        ├── WorkflowExecutionError    DLI-802  807 wrong state for that
        │   └── Unsupported           DLI-802  this kind of server has no such thing
        └── WorkflowPermissionError   DLI-803  806 overridden by CODE

Each carries a code, a message that says what happened and a hint that says what to do.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Final, Self


class ErrorCode(StrEnum):
    """The codes of the seeds; the value is what a person sees."""

    CONFIG_INVALID = "DLI-001"
    DATASET_NOT_FOUND = "DLI-101"
    SERVER_UNREACHABLE = "DLI-501"
    SERVER_AUTH_FAILED = "DLI-502"
    SERVER_ERROR = "DLI-503"
    WORKFLOW_NOT_FOUND = "DLI-800"
    WORKFLOW_REGISTRATION_FAILED = "DLI-801"
    WORKFLOW_EXECUTION_FAILED = "DLI-802"
    WORKFLOW_PERMISSION_DENIED = "DLI-803"
    WORKFLOW_ALREADY_EXISTS = "DLI-804"
    WORKFLOW_INVALID_CRON = "DLI-805"
    WORKFLOW_OVERRIDDEN = "DLI-806"
    WORKFLOW_INVALID_STATE = "DLI-807"
    WORKFLOW_UNREGISTER_FAILED = "DLI-808"
    INTERNAL = "DLI-900"


HINTS: Final[dict[ErrorCode, str]] = {
    ErrorCode.CONFIG_INVALID: "Correct the setting and try again.",
    ErrorCode.DATASET_NOT_FOUND: "Check the dataset name or project path.",
    ErrorCode.SERVER_UNREACHABLE: "Check the URL and the network, then try again.",
    ErrorCode.SERVER_AUTH_FAILED: "Sign in again: check where this profile's token comes from.",
    ErrorCode.SERVER_ERROR: "The server has a problem. Try again in a moment.",
    ErrorCode.WORKFLOW_NOT_FOUND: "See the names with: dli-tui workflow list",
    ErrorCode.WORKFLOW_REGISTRATION_FAILED: "Nothing was registered. Correct it and try again.",
    ErrorCode.WORKFLOW_EXECUTION_FAILED: "See recent runs with: dli-tui workflow history",
    ErrorCode.WORKFLOW_PERMISSION_DENIED: "Ask an administrator of the server for that permission.",
    ErrorCode.WORKFLOW_ALREADY_EXISTS: "Use --force to overwrite the existing registration.",
    ErrorCode.WORKFLOW_INVALID_CRON: "Expected 5-field format: minute hour day month weekday",
    ErrorCode.WORKFLOW_OVERRIDDEN: "CODE is in force for this name; act on that one.",
    ErrorCode.WORKFLOW_INVALID_STATE: "See its state with: dli-tui workflow list -d NAME",
    ErrorCode.WORKFLOW_UNREGISTER_FAILED: "The workflow is still registered. Try again.",
    ErrorCode.INTERNAL: "This is a bug of dli-tui. Try again, and report it if it stays.",
}


class DLIError(Exception):
    """Anything that dli-tui tells a person went wrong."""

    default_code: ClassVar[ErrorCode] = ErrorCode.CONFIG_INVALID

    def __init__(
        self, message: str = "", *, code: ErrorCode | None = None, hint: str | None = None
    ) -> None:
        self.code = code or self.default_code
        self.message = message or self._default_message()
        self.hint = HINTS[self.code] if hint is None else hint
        super().__init__(self.message)

    def _default_message(self) -> str:
        return "Something went wrong"

    def __str__(self) -> str:
        return f"[{self.code}] {self.message}"


class ConfigurationError(DLIError):
    """A setting, a profile or an argument that we check ourselves is wrong."""


class DatasetNotFoundError(DLIError):
    """No spec file of that name lies in the local project."""

    default_code = ErrorCode.DATASET_NOT_FOUND

    def __init__(
        self,
        message: str = "",
        *,
        dataset_name: str = "",
        code: ErrorCode | None = None,
        hint: str | None = None,
    ) -> None:
        self.dataset_name = dataset_name
        super().__init__(message, code=code, hint=hint)

    def _default_message(self) -> str:
        return f"Dataset '{self.dataset_name}' not found"


class ServerError(DLIError):
    """The server answered with an error of its own, or with something unreadable."""

    default_code = ErrorCode.SERVER_ERROR

    wait_seconds: float = 0.0
    """How long the server wants to be left alone, where it says so."""

    def _default_message(self) -> str:
        return "The server failed to answer"


class ConnectionFailedError(ServerError):
    """No answer: no connection, a time-out, a line that broke."""

    default_code = ErrorCode.SERVER_UNREACHABLE

    def _default_message(self) -> str:
        return "The server can't be reached"


class AnswerLostError(ConnectionFailedError):
    """A write was sent and its answer never came: it may have happened all the same.

    Whoever fails a write in the certainty that it didn't happen raises its parent.
    """

    def _default_message(self) -> str:
        return "The request was sent, but its answer was lost"


class AuthenticationError(ServerError):
    """The server does not accept who we say we are."""

    default_code = ErrorCode.SERVER_AUTH_FAILED

    def _default_message(self) -> str:
        return "The server did not accept the sign-in"


class InternalError(DLIError):
    """dli-tui itself broke: an exception that no code expected."""

    default_code = ErrorCode.INTERNAL

    @classmethod
    def of(cls, error: BaseException) -> Self:
        """The error to show for an unexpected exception, whose own words may hold a secret."""
        return cls(f"dli-tui broke here ({type(error).__name__})")


class WorkflowError(DLIError):
    """Something about one workflow or one of its runs."""

    default_code = ErrorCode.WORKFLOW_EXECUTION_FAILED

    def __init__(
        self,
        message: str = "",
        *,
        dataset_name: str = "",
        run_id: str = "",
        code: ErrorCode | None = None,
        hint: str | None = None,
    ) -> None:
        self.dataset_name = dataset_name
        self.run_id = run_id
        super().__init__(message, code=code, hint=hint)

    def _default_message(self) -> str:
        return f"Workflow execution failed for '{self.dataset_name}'"


class WorkflowNotFoundError(WorkflowError):
    """No workflow or run of that name."""

    default_code = ErrorCode.WORKFLOW_NOT_FOUND

    def _default_message(self) -> str:
        if self.run_id:
            return f"Run '{self.run_id}' not found"
        return f"Workflow '{self.dataset_name}' not found"


class WorkflowRegistrationError(WorkflowError):
    """It could not be registered or unregistered."""

    default_code = ErrorCode.WORKFLOW_REGISTRATION_FAILED

    def _default_message(self) -> str:
        return f"Failed to register workflow for '{self.dataset_name}'"


class WorkflowExecutionError(WorkflowError):
    """An operation on a workflow or a run failed."""


class Unsupported(WorkflowExecutionError):  # noqa: N818 - the port's word for it, asked one way
    """This kind of server does not offer that at all."""


class WorkflowPermissionError(WorkflowError):
    """It may not be done: CODE owns it, the role is too low, or the profile is read-only."""

    default_code = ErrorCode.WORKFLOW_PERMISSION_DENIED

    def _default_message(self) -> str:
        return f"Permission denied for workflow '{self.dataset_name}'"

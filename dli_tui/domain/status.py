"""One word for every state, whatever a server calls it.

Four services spell the same states in a dozen ways. Each enum folds the words it knows
into ours and never fails on one it doesn't: the caller keeps the raw word and shows it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class SourceType(StrEnum):
    """Who owns the definition of a workflow."""

    MANUAL = "manual"
    CODE = "code"


class WorkflowStatus(StrEnum):
    """What the schedule of a workflow is doing."""

    ACTIVE = "active"
    PAUSED = "paused"
    OVERRIDDEN = "overridden"
    DISABLED = "disabled"

    @classmethod
    def of(cls, word: str) -> WorkflowStatus:
        """Our word for a server's; one nobody knows is disabled, so that nothing is sent to it."""
        return _WORKFLOW_WORDS.get(word.strip().casefold(), cls.DISABLED)


class RunStatus(StrEnum):
    """Where a run stands."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    STOPPING = "STOPPING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    KILLED = "KILLED"
    SKIPPED = "SKIPPED"
    TIMEOUT = "TIMEOUT"
    UNKNOWN = "UNKNOWN"

    @classmethod
    def of(cls, word: str) -> RunStatus:
        """Our word for a server's; UNKNOWN for one that nobody knows."""
        return _RUN_WORDS.get(word.strip().casefold(), cls.UNKNOWN)

    @property
    def is_running(self) -> bool:
        """Still under way: queued, running, or on its way to a stop."""
        return self in _UNDER_WAY

    @property
    def is_terminal(self) -> bool:
        """Over for good. UNKNOWN is neither running nor over."""
        return self in _OVER


class RunType(StrEnum):
    """What started a run."""

    ADHOC = "adhoc"
    SCHEDULED = "scheduled"
    BACKFILL = "backfill"
    OTHER = "other"

    @classmethod
    def of(cls, word: str) -> RunType:
        """Our word for a server's; OTHER for one that only that server knows."""
        return _RUN_TYPES.get(word.strip().casefold(), cls.OTHER)


class StepStatus(StrEnum):
    """Where one step of a run stands."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    SKIPPED = "skipped"
    RETRYING = "retrying"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, word: str | None) -> StepStatus:
        """Our word for a server's; a step without a state has not begun."""
        if word is None:
            return cls.PENDING
        return _STEP_WORDS.get(word.strip().casefold(), cls.UNKNOWN)

    @property
    def is_terminal(self) -> bool:
        """Nothing more will happen to this step unless somebody retries it."""
        return self in _STEP_OVER


class ResultStatus(StrEnum):
    """How an operation of ours ended."""

    SUCCESS = "success"
    FAILED = "failed"
    SKIPPED = "skipped"


_UNDER_WAY: Final = frozenset({RunStatus.PENDING, RunStatus.RUNNING, RunStatus.STOPPING})
_OVER: Final = frozenset(
    {
        RunStatus.COMPLETED,
        RunStatus.FAILED,
        RunStatus.KILLED,
        RunStatus.SKIPPED,
        RunStatus.TIMEOUT,
    }
)
_STEP_OVER: Final = frozenset(
    {
        StepStatus.COMPLETED,
        StepStatus.FAILED,
        StepStatus.SKIPPED,
        StepStatus.CANCELLED,
    }
)

_WORKFLOW_WORDS: Final = {str(status): status for status in WorkflowStatus} | {
    "enabled": WorkflowStatus.ACTIVE,
    "inactive": WorkflowStatus.DISABLED,
    "deleted": WorkflowStatus.DISABLED,
}

_RUN_WORDS: Final = {str(status).casefold(): status for status in RunStatus} | {
    "success": RunStatus.COMPLETED,
    "succeeded": RunStatus.COMPLETED,
    "stopped": RunStatus.KILLED,
    "cancelled": RunStatus.KILLED,
    "canceled": RunStatus.KILLED,
    "queued": RunStatus.PENDING,
    "scheduled": RunStatus.PENDING,
    "up_for_reschedule": RunStatus.PENDING,
    "up_for_retry": RunStatus.RUNNING,
    "retrying": RunStatus.RUNNING,
    "error": RunStatus.FAILED,
    "upstream_failed": RunStatus.FAILED,
    "timed_out": RunStatus.TIMEOUT,
}

_RUN_TYPES: Final = {str(kind): kind for kind in RunType} | {
    "manual": RunType.ADHOC,
    "ad_hoc": RunType.ADHOC,
    "schedule": RunType.SCHEDULED,
}

_STEP_WORDS: Final = {str(status): status for status in StepStatus} | {
    "scheduled": StepStatus.PENDING,
    "queued": StepStatus.PENDING,
    "deferred": StepStatus.PENDING,
    "up_for_reschedule": StepStatus.PENDING,
    "awaiting_input": StepStatus.PENDING,
    "restarting": StepStatus.RUNNING,
    "up_for_retry": StepStatus.RETRYING,
    "success": StepStatus.COMPLETED,
    "succeeded": StepStatus.COMPLETED,
    "error": StepStatus.FAILED,
    "upstream_failed": StepStatus.FAILED,
    "removed": StepStatus.SKIPPED,
    "canceled": StepStatus.CANCELLED,
}


class SagaStatus(StrEnum):
    """Where a saga stands."""

    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    COMPENSATING = "compensating"
    COMPENSATED = "compensated"
    FAILED = "failed"
    CANCELLED = "cancelled"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, word: str) -> SagaStatus:
        """Our word for a server's; UNKNOWN for one that nobody knows."""
        return _SAGA_WORDS.get(word.strip().casefold(), cls.UNKNOWN)

    @property
    def is_terminal(self) -> bool:
        """Nothing more will happen to it."""
        return self in _SAGAS_OVER


_SAGAS_OVER: Final = frozenset(
    {SagaStatus.COMPLETED, SagaStatus.COMPENSATED, SagaStatus.FAILED, SagaStatus.CANCELLED}
)
_SAGA_WORDS: Final = {str(status): status for status in SagaStatus} | {
    "started": SagaStatus.RUNNING,
    "in_progress": SagaStatus.RUNNING,
    "success": SagaStatus.COMPLETED,
    "rolling_back": SagaStatus.COMPENSATING,
    "canceled": SagaStatus.CANCELLED,
    "error": SagaStatus.FAILED,
    "timeout": SagaStatus.FAILED,
}


class HealthStatus(StrEnum):
    """How well a server or one of its parts is."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, word: str) -> HealthStatus:
        """Our word for a server's; UNKNOWN for one that nobody knows."""
        return _HEALTH_WORDS.get(word.strip().casefold(), cls.UNKNOWN)


_HEALTH_WORDS: Final = {str(status): status for status in HealthStatus} | {
    "ok": HealthStatus.HEALTHY,
    "up": HealthStatus.HEALTHY,
    "warning": HealthStatus.DEGRADED,
    "error": HealthStatus.UNHEALTHY,
    "down": HealthStatus.UNHEALTHY,
    "failed": HealthStatus.UNHEALTHY,
}

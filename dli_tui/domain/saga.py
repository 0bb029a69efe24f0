"""Sagas: work over several services that is undone step by step when it fails."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from pydantic import Field

from dli_tui.domain.status import StepStatus
from dli_tui.domain.value import Moment, Value


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
        return _WORDS.get(word.strip().casefold(), cls.UNKNOWN)

    @property
    def is_terminal(self) -> bool:
        """Nothing more will happen to it."""
        return self in _OVER


_OVER = frozenset(
    {SagaStatus.COMPLETED, SagaStatus.COMPENSATED, SagaStatus.FAILED, SagaStatus.CANCELLED}
)
_WORDS = {str(status): status for status in SagaStatus} | {
    "started": SagaStatus.RUNNING,
    "in_progress": SagaStatus.RUNNING,
    "success": SagaStatus.COMPLETED,
    "rolling_back": SagaStatus.COMPENSATING,
    "canceled": SagaStatus.CANCELLED,
}


class SagaStep(Value):
    """One step: the command that does it and the one that undoes it."""

    name: str = Field(description="What it is called.")
    service: str | None = Field(default=None, description="The service that does it.")
    command: str | None = Field(default=None, description="What was done.")
    compensation: str | None = Field(default=None, description="What undoes it.")
    status: StepStatus = Field(description="Where the doing stands.")
    compensation_status: StepStatus | None = Field(
        default=None, description="Where the undoing stands; none: it wasn't called for."
    )
    error_message: str | None = Field(default=None, description="Why it failed.")
    started_at: Moment | None = Field(default=None, description="When it began.")
    finished_at: Moment | None = Field(default=None, description="When it ended.")


class Saga(Value):
    """One saga and its steps."""

    saga_id: str = Field(description="The server's id.")
    saga_type: str = Field(description="What kind of work it does.")
    status: SagaStatus = Field(description="Where it stands, in our words.")
    raw_status: str | None = Field(default=None, description="The server's own word for it.")
    cancel_requested: bool = Field(default=False, description="Whether we asked it to stop.")
    correlation_id: str | None = Field(default=None, description="What ties it to a run.")
    tenant_id: str | None = Field(default=None, description="On whose behalf it works.")
    input_data: dict[str, Any] = Field(default_factory=dict, description="What it was given.")
    steps: tuple[SagaStep, ...] = Field(default=(), description="Its steps, in order.")
    error_message: str | None = Field(default=None, description="Why it failed.")
    created_at: Moment | None = Field(default=None, description="When it was asked for.")
    started_at: Moment | None = Field(default=None, description="When it began.")
    finished_at: Moment | None = Field(default=None, description="When it ended.")

"""Sagas: work over several services that is undone step by step when it fails."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from dli_tui.domain.status import SagaStatus, StepStatus
from dli_tui.domain.value import Moment, Value


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
    current_step: int | None = Field(
        default=None, description="How many steps are behind it, where that is told by itself."
    )
    total_steps: int | None = Field(
        default=None, description="How many steps it has, where they are told apart from it."
    )
    error_message: str | None = Field(default=None, description="Why it failed.")
    created_at: Moment | None = Field(default=None, description="When it was asked for.")
    started_at: Moment | None = Field(default=None, description="When it began.")
    finished_at: Moment | None = Field(default=None, description="When it ended.")

    @property
    def place(self) -> tuple[int, int] | None:
        """At which step it is, or was at its end, and how many it has."""
        total = len(self.steps) or self.total_steps
        if total is None or self.current_step is None:
            return None
        at_work = self.status is SagaStatus.RUNNING
        return min(total, self.current_step + at_work), total


class SagaType(Value):
    """A kind of saga that can be started."""

    name: str = Field(description="What it is called when it is started.")
    description: str | None = Field(default=None, description="What it does.")
    required_fields: tuple[str, ...] = Field(default=(), description="What it has to be given.")
    optional_fields: tuple[str, ...] = Field(default=(), description="What it may be given.")


class PublishedEvent(Value):
    """An event that was told."""

    event_type: str = Field(description="What happened.")
    event_id: str | None = Field(default=None, description="The server's id for it.")
    status: str | None = Field(default=None, description="The server's word for what it did.")

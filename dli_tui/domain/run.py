"""One execution of a workflow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field, computed_field, field_serializer

from dli_tui.domain.ids import RunRef
from dli_tui.domain.sequence import KEY
from dli_tui.domain.status import RunStatus, RunType, SourceType
from dli_tui.domain.value import Moment, Value

SCHEDULER = "scheduler"
_ERROR_LINE = 500


class RunProgress(Value):
    """How far a run has come, counted in steps."""

    total_tasks: int = Field(description="Steps in all.")
    completed_tasks: int = Field(default=0, description="Steps that are done.")
    failed_tasks: int = Field(default=0, description="Steps that failed.")
    current_task: str | None = Field(default=None, description="The step at work now.")


class RunFacts(Value):
    """What the row of a history and the detail of a run both say."""

    run_id: str = Field(description="The id that the server gave it.")
    dataset_name: str = Field(description="The workflow it belongs to.")
    workflow_id: str | None = Field(
        default=None, description="The server's id of that workflow, beside the name."
    )
    source_type: SourceType | None = Field(
        default=None, description="CODE or MANUAL, where it is known."
    )
    raw_status: str | None = Field(
        default=None, description="The server's own word for where it stands."
    )
    run_type: RunType = Field(default=RunType.ADHOC, description="What started it.")
    raw_run_type: str | None = Field(default=None, description="The server's own word for that.")
    slot: Moment | None = Field(
        default=None, description="The logical moment that it computes, if it has one."
    )
    data_interval_start: Moment | None = Field(
        default=None, description="Where its data interval starts, if the server tells one."
    )
    data_interval_end: Moment | None = Field(
        default=None, description="Where its data interval ends, if the server tells one."
    )
    parameters: dict[str, Any] = Field(default_factory=dict, description="What it was given.")
    triggered_by: str | None = Field(default=None, description="Who or what started it.")
    backfill_id: str | None = Field(default=None, description="The backfill it belongs to, if any.")
    created_at: Moment | None = Field(default=None, description="When it was queued.")
    started_at: Moment | None = Field(default=None, description="When its first step began.")
    finished_at: Moment | None = Field(default=None, description="When it ended.")
    updated_at: Moment | None = Field(default=None, description="When it last changed.")
    reported_seconds: float | None = Field(
        default=None, exclude=True, description="The duration, where the server gives one."
    )
    error_message: str | None = Field(default=None, description="Why it failed.")
    reason: str | None = Field(default=None, description="Why it was stopped.")
    stopped_by: str | None = Field(default=None, description="Who stopped it.")
    stopped_at: Moment | None = Field(default=None, description="When the stop was asked for.")
    logs_url: str | None = Field(default=None, description="Where its log can be read.")
    progress: RunProgress | None = Field(default=None, description="How far it has come.")
    retry_count: int = Field(default=0, description="How often it was tried again as a whole.")
    result_data: dict[str, Any] | None = Field(default=None, description="What it gave back.")
    clock_note: str | None = Field(
        default=None, description="What is wrong with the server's clock, and so with its times."
    )

    @field_serializer("parameters")
    def _own_parameters(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """The parameters that the run was given: our own mark is none of them."""
        return {key: value for key, value in parameters.items() if key != KEY}

    @property
    def place(self) -> datetime | None:
        """Where it stands in time: its slot, else when it was queued, else when it began."""
        return self.slot or self.created_at or self.started_at

    @computed_field(description="Seconds from start to end, as reported or else by the clock.")
    @property
    def duration_seconds(self) -> float | None:
        return seconds_between(self.reported_seconds, self.started_at, self.finished_at)


class WorkflowRun(RunFacts):
    """One run: what started it, where it stands, how it ended."""

    status: RunStatus = Field(description="Where it stands, in our words.")

    @property
    def ref(self) -> RunRef:
        """The address of this run."""
        return RunRef(self.run_id, self.dataset_name)

    @property
    def is_pending(self) -> bool:
        """Whether it waits for its turn."""
        return self.status is RunStatus.PENDING

    @property
    def is_running(self) -> bool:
        """Whether it is at work; also on its way to a stop."""
        return self.status.is_running and not self.is_pending

    @property
    def is_finished(self) -> bool:
        """Whether it is over for good."""
        return self.status.is_terminal

    @property
    def is_success(self) -> bool:
        """Whether it has completed."""
        return self.status is RunStatus.COMPLETED

    @property
    def error_line(self) -> str | None:
        """The first line of the error that says something."""
        if not self.error_message:
            return None
        lines = (line.strip() for line in self.error_message[: _ERROR_LINE * 8].splitlines())
        return next((line[:_ERROR_LINE] for line in lines if line), None)


def seconds_between(
    reported: float | None, started: datetime | None, finished: datetime | None
) -> float | None:
    """A duration: the server's own where it gives one, since two clocks may disagree."""
    if reported is not None:
        return reported
    if started is None or finished is None:
        return None
    return (finished - started).total_seconds()

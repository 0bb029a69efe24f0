"""One step of a run."""

from __future__ import annotations

from typing import Any

from pydantic import Field, computed_field

from dli_tui.domain.run import seconds_between
from dli_tui.domain.status import StepStatus
from dli_tui.domain.value import Moment, Value


class Step(Value):
    """One step of a run."""

    name: str = Field(description="Its name in the workflow.")
    step_id: str | None = Field(default=None, description="The server's id, where it has one.")
    order: int = Field(default=0, description="Its place among the steps.")
    type: str | None = Field(default=None, description="What kind of work it does.")
    status: StepStatus = Field(description="Where it stands, in our words.")
    raw_status: str | None = Field(default=None, description="The server's own word for it.")
    attempt: int = Field(default=1, description="Which try this is.")
    max_attempts: int | None = Field(default=None, description="How many tries it may have.")
    map_index: int | None = Field(default=None, description="Which copy of a mapped step it is.")
    group: str | None = Field(default=None, description="The group that it stands in.")
    needs: tuple[str, ...] = Field(default=(), description="The steps that must be done before.")
    queued_at: Moment | None = Field(default=None, description="When it could have begun.")
    started_at: Moment | None = Field(default=None, description="When this try began.")
    finished_at: Moment | None = Field(default=None, description="When this try ended.")
    reported_seconds: float | None = Field(
        default=None, exclude=True, description="The duration, where the server gives one."
    )
    error_message: str | None = Field(default=None, description="Why it failed.")
    input_data: dict[str, Any] | None = Field(default=None, description="What it was given.")
    output_data: dict[str, Any] | None = Field(default=None, description="What it gave back.")

    concluded: bool = Field(
        default=False,
        description="Whether it is concluded from the run's results: the server tells no steps.",
    )

    @computed_field(description="Seconds of this try, as reported or else by the clock.")
    @property
    def duration_seconds(self) -> float | None:
        return seconds_between(self.reported_seconds, self.started_at, self.finished_at)

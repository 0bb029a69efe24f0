"""What a backfill would do, slot by slot, before anything is sent."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field, computed_field

from dli_tui.domain.query import BackfillScope
from dli_tui.domain.status import RunStatus
from dli_tui.domain.value import Moment, Value


class SlotAction(StrEnum):
    """What would happen to one slot."""

    RUN = "run"
    RERUN = "rerun"
    SKIP = "skip"


class PlannedSlot(Value):
    """One slot of the range: the run that exists, and what would happen."""

    slot: Moment = Field(description="The logical moment, in UTC.")
    day: date = Field(description="The calendar date in the schedule's zone.")
    action: SlotAction = Field(description="What would happen to it.")
    run_id: str | None = Field(default=None, description="The run that exists for it, if any.")
    run_status: RunStatus | None = Field(default=None, description="Where that run stands.")
    note: str | None = Field(default=None, description="Why it is left out, if it is.")


class BackfillPlan(Value):
    """The whole plan; making one sends nothing."""

    dataset_name: str = Field(description="The workflow to run.")
    start_date: date = Field(description="The first date, included.")
    end_date: date = Field(description="The last date, included.")
    timezone: str = Field(description="The zone in which the dates are read.")
    scope: BackfillScope = Field(description="Which slots are wanted.")
    parallel: bool = Field(default=False, description="All at once, or one after the other.")
    slots: tuple[PlannedSlot, ...] = Field(description="Every slot of the range, in order.")
    estimate_seconds: float | None = Field(
        default=None, description="How long it would take, from past runs; none under five."
    )
    finishes_at: Moment | None = Field(default=None, description="When it would be done.")
    warnings: tuple[str, ...] = Field(default=(), description="What to know before starting it.")

    @computed_field(description="How many runs it would start.")
    @property
    def to_run(self) -> int:
        return len(self.wanted)

    @computed_field(description="How many slots it would leave alone.")
    @property
    def to_skip(self) -> int:
        return len(self.slots) - len(self.wanted)

    @property
    def wanted(self) -> tuple[datetime, ...]:
        """The slots that would run."""
        return tuple(slot.slot for slot in self.slots if slot.action is not SlotAction.SKIP)

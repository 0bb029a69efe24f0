"""A backfill, slot by slot: what it would do before anything is sent, and how it then goes."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field, computed_field

from dli_tui.domain.clock import GRACE
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillScope
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import RunStatus, SourceType
from dli_tui.domain.value import Moment, Value


class SlotAction(StrEnum):
    """What would happen to one slot."""

    RUN = "run"
    RERUN = "rerun"
    SKIP = "skip"


class RunDate(Value):
    """One logical date of a schedule, with the data interval that its scheduler would give it."""

    logical_date: Moment = Field(description="The logical date, in UTC.")
    data_interval_start: Moment | None = Field(
        default=None, description="Where its data interval starts, if it is known to have one."
    )
    data_interval_end: Moment | None = Field(
        default=None, description="Where its data interval ends, if it is known to have one."
    )


class RunDates(Value):
    """The logical dates of a range of days, as the scheduler of a workflow has them."""

    dates: tuple[RunDate, ...] = Field(description="The dates, in order.")
    timezone: str = Field(description="The zone in which the days are read.")
    next_date: Moment | None = Field(
        default=None,
        description="The date that the scheduler runs next; it runs this one and all later ones "
        "itself.",
    )
    warnings: tuple[str, ...] = Field(default=(), description="What to know of these dates.")
    only_all_at_once: str = Field(
        default="", description="Why single dates can't be started, if they can't."
    )


class PlannedSlot(Value):
    """One slot of the range: the run that exists, and what would happen."""

    slot: Moment = Field(description="The logical moment, in UTC.")
    day: date = Field(description="The calendar date in the schedule's zone.")
    action: SlotAction = Field(description="What would happen to it.")
    run_id: str | None = Field(default=None, description="The run that exists for it, if any.")
    run_status: RunStatus | None = Field(default=None, description="Where that run stands.")
    note: str | None = Field(default=None, description="Why it is left out, if it is.")
    data_interval_start: Moment | None = Field(
        default=None, description="Where the data interval of its run starts, if it has one."
    )
    data_interval_end: Moment | None = Field(
        default=None, description="Where the data interval of its run ends, if it has one."
    )
    unasked: bool = Field(
        default=False, description="Whether the server would run it though it was left out."
    )


class BackfillForecast(Value):
    """What a server says that it would run, before anything is started."""

    slots: tuple[Moment, ...] = Field(description="The logical moments that would run.")
    at_once: int | None = Field(
        default=None, description="How many runs it keeps under way at a time, if it says so."
    )


class BackfillPlan(Value):
    """The whole plan; making one sends nothing."""

    dataset_name: str = Field(description="The workflow to run.")
    start_date: date = Field(description="The first date, included.")
    end_date: date = Field(description="The last date, included.")
    timezone: str = Field(description="The zone in which the dates are read.")
    scope: BackfillScope = Field(description="Which slots are wanted.")
    parallel: bool = Field(default=False, description="All at once, or one after the other.")
    is_plain: bool = Field(
        default=True, exclude=True, description="Whether the range says all of it."
    )
    is_confirmed: bool = Field(
        default=False, exclude=True, description="Whether the server itself says so."
    )
    slots: tuple[PlannedSlot, ...] = Field(description="Every slot of the range, in order.")
    estimate_seconds: float | None = Field(
        default=None, description="How long it would take, from past runs; none under five."
    )
    finishes_at: Moment | None = Field(default=None, description="When it would be done.")
    only_all_at_once: str = Field(
        default="", exclude=True, description="Why its dates can't be started one by one."
    )
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

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day that has a slot; without one, those of the range."""
        days = [slot.day for slot in self.slots] or [self.start_date, self.end_date]
        return min(days), max(days)

    @property
    def intervals(self) -> dict[datetime, tuple[datetime, datetime]]:
        """The data interval of each slot that has one."""
        return {
            one.slot: (one.data_interval_start, one.data_interval_end)
            for one in self.slots
            if one.data_interval_start is not None and one.data_interval_end is not None
        }

    @property
    def unasked(self) -> tuple[PlannedSlot, ...]:
        """The slots that the server would run though they were left out."""
        return tuple(slot for slot in self.slots if slot.unasked)


class PlannedResult(WorkflowRunResult):
    """The result of a backfill of which nothing was sent, with its plan."""

    plan: BackfillPlan = Field(description="Every date, and what would happen to it.")

    @classmethod
    def of(cls, result: WorkflowRunResult, plan: BackfillPlan) -> PlannedResult:
        """The result with its plan."""
        return cls(**dict(result), plan=plan)


class BackfillDate(Value):
    """One slot of a backfill that was started."""

    slot: Moment = Field(description="The logical moment, in UTC.")
    day: date = Field(description="The calendar date in the schedule's zone.")
    run: WorkflowRun | None = Field(default=None, description="Its run, once there is one.")

    @property
    def status(self) -> RunStatus | None:
        """Where its run stands, if it has begun."""
        return self.run.status if self.run is not None else None


class Backfill(Value):
    """A backfill that was started: the whole, and each of its dates."""

    whole: WorkflowRun = Field(description="The backfill, told like a run.")
    timezone: str = Field(default="UTC", description="The zone in which its dates are read.")
    parallel: bool = Field(default=False, description="All at once, or one after the other.")
    dates: tuple[BackfillDate, ...] = Field(default=(), description="Every slot, in order.")
    by_hand: bool = Field(
        default=False, description="Whether it goes on only as long as a program of ours does."
    )
    is_held: bool = Field(default=False, description="Whether no other date of it begins.")
    runs_on: bool = Field(
        default=False, description="Whether the runs under way go on when it is stopped."
    )

    @property
    def ref(self) -> RunRef:
        """The address of the whole."""
        return self.whole.ref

    @property
    def source_type(self) -> SourceType | None:
        """The source of its workflow, where that is known."""
        return self.whole.source_type

    @property
    def failed(self) -> tuple[BackfillDate, ...]:
        """The dates whose run failed."""
        return tuple(one for one in self.dates if one.status in _BAD)

    @property
    def not_begun(self) -> tuple[BackfillDate, ...]:
        """The dates without a run."""
        return tuple(one for one in self.dates if one.run is None)

    @property
    def remaining(self) -> tuple[BackfillDate, ...]:
        """The dates that have not gone well, and that nothing works at."""
        return tuple(one for one in self.dates if one.status is None or one.status in _NOT_WELL)

    def is_unfinished(self, now: datetime) -> bool:
        """Whether nothing works at it, though some of its dates have never run."""
        known = [one.run for one in self.dates if one.run is not None]
        if len(known) == len(self.dates) or any(run.status.is_running for run in known):
            return False
        if self.whole.status is not RunStatus.PENDING:
            return self.whole.status.is_terminal
        # Whoever keeps it going begins the next date right after the last.
        ends = [run.finished_at for run in known if run.finished_at is not None]
        return not ends or now - max(ends) > GRACE


_BAD = frozenset({RunStatus.FAILED, RunStatus.TIMEOUT})
_NOT_WELL = _BAD | {RunStatus.KILLED}

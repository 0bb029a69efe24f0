"""What a screen holds of backfills: plain tuples, safe to show."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.status import RunStatus


class SlotRow(NamedTuple):
    """One slot of a plan."""

    told: str
    """Its date, with the time where a day has several."""
    exists: RunStatus | None
    action: str
    """run, rerun, skip."""
    note: str


class DayMark(NamedTuple):
    """One day of a month: what there is, and what would happen."""

    slots: int = 0
    starts: int = 0
    """How many of its slots would run."""
    worst: RunStatus | None = None
    """The worst of the runs that exist; None: none does."""
    due: bool = True
    """Whether any of its slots has come."""


class PlanSheet(NamedTuple):
    """The plan of one workflow's backfill."""

    name: str
    total: int
    """How many slots there are."""
    slots: tuple[SlotRow, ...]
    """The first of them, as many as anybody reads."""
    starts: int
    skips: int
    seconds: float | None
    finishes: datetime | None
    warnings: tuple[str, ...]
    startable: bool
    """Whether its schedule stands so that anything can be started."""


class DateRow(NamedTuple):
    """One date of a backfill that was started."""

    slot: datetime
    told: str
    status: RunStatus | None
    word: str
    ref: RunRef | None
    run: str
    """The run's id for eyes."""
    seconds: float | None
    began: datetime | None
    error: str


class BackfillSheet(NamedTuple):
    """A backfill that was started."""

    ref: RunRef
    key: WorkflowKey
    name: str
    workflow: str
    status: RunStatus
    range: str
    days: str
    """The range without the years, where a line has to do."""
    done: int
    failed: int
    not_begun: int
    total: int
    parallel: bool
    by: str
    created: datetime | None
    finished: datetime | None
    going: bool
    """Whether a run of it is under way."""
    youngest: datetime | None
    """When the run began that began last, of those under way."""
    usual: float | None
    """The seconds that its runs take, where the past tells enough."""
    error: str
    stopped: str
    """By whom it was stopped and why."""
    unfinished: bool
    zone: str
    held: bool = False
    """Whether no other date of it begins for now."""

    def likely(self, now: datetime) -> datetime | None:
        """When it will be done, where the past tells enough."""
        if self.usual is None or not self.status.is_running:
            return None
        left = self.usual if self.going else 0.0
        if self.youngest is not None:
            left = max(0.0, self.usual - (now - self.youngest).total_seconds())
        ahead = 0 if self.parallel else self.not_begun
        return now + timedelta(seconds=left + ahead * self.usual)


Marks = Mapping[date, DayMark]

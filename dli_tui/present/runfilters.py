"""Which runs of a history are wanted, as a value and in words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from dli_tui.domain.query import HistoryQuery
from dli_tui.domain.status import RunStatus, RunType, SourceType
from dli_tui.domain.text import safe_line

if TYPE_CHECKING:
    from dli_tui.domain.run import WorkflowRun

SOURCES: Final = (None, SourceType.CODE, SourceType.MANUAL)
TYPES: Final = (None, RunType.SCHEDULED, RunType.ADHOC, RunType.BACKFILL)
STATUSES: Final = (
    None,
    *(RunStatus.FAILED, RunStatus.RUNNING, RunStatus.COMPLETED, RunStatus.KILLED),
    *(RunStatus.TIMEOUT, RunStatus.PENDING, RunStatus.STOPPING, RunStatus.SKIPPED),
    RunStatus.UNKNOWN,
)
"""What one goes through, from all on; what one most likely looks for comes first."""


class HistoryFilter(NamedTuple):
    """All of it holds at once; dates are of the slot, else of the start, both included."""

    text: str = ""
    """A part of the workflow's name, in any case."""
    source: SourceType | None = None
    status: RunStatus | None = None
    run_type: RunType | None = None
    start: date | None = None
    end: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether everything fits."""
        return self == HistoryFilter()

    @property
    def needle(self) -> str:
        """The text as names are looked through for it."""
        return self.text.strip().casefold()

    def fits(self, run: WorkflowRun, day: date | None) -> bool:
        """Whether a run of that day is wanted, as far as can be told without asking."""
        return (
            self.needle in run.dataset_name.casefold()
            and self.source in (None, run.source_type)
            and self.status in (None, run.status)
            and self.run_type in (None, run.run_type)
            and self.is_of(day)
        )

    @property
    def is_dated(self) -> bool:
        """Whether only some days fit."""
        return self.start is not None or self.end is not None

    def is_of(self, day: date | None) -> bool:
        """Whether a day fits."""
        if day is None:
            return not self.is_dated
        return (self.start or day) <= day <= (self.end or day)

    def query(self, workflow: str | None, *, margin: timedelta = timedelta(0)) -> HistoryQuery:
        """What to ask a server, of one workflow or of all; no server looks for parts of names,
        and their days are those of UTC: a `margin` around them has those of any zone."""
        return HistoryQuery(
            workflow=workflow,
            source=self.source,
            status=self.status,
            run_type=self.run_type,
            start_date=self.start and self.start - margin,
            end_date=self.end and self.end + margin,
        )

    def dates(self) -> str:
        """The range in words."""
        match self.start, self.end:
            case None, None:
                return "all"
            case start, None:
                return f"since {start}"
            case None, end:
                return f"until {end}"
            case start, end:
                return str(start) if start == end else f"{start} to {end}"

    def told(self) -> str:
        """The whole filter in words."""
        parts = (
            f"'{safe_line(self.text.strip())}' in the name" if self.needle else "",
            f"source {self.source}" if self.source is not None else "",
            f"status {self.status.lower()}" if self.status is not None else "",
            f"type {self.run_type}" if self.run_type is not None else "",
            f"dates {self.dates()}" if self.is_dated else "",
        )
        return ", ".join(part for part in parts if part)

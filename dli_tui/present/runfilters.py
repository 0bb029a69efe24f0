"""Which runs of a history are wanted, as a value and in words."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from dli_tui.domain.query import HistoryQuery
from dli_tui.domain.status import RunStatus, RunType, SourceType
from dli_tui.domain.text import safe_line


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

    def query(self, workflow: str | None) -> HistoryQuery:
        """What to ask a server, of one workflow or of all; no server looks for parts of names."""
        return HistoryQuery(
            workflow=workflow,
            source=self.source,
            status=self.status,
            run_type=self.run_type,
            start_date=self.start,
            end_date=self.end,
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
            f"dates {self.dates()}" if self.start is not None or self.end is not None else "",
        )
        return ", ".join(part for part in parts if part)

"""Which log is open: that of one try of one step, picked by a person or because it says most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from dli_tui.domain.ids import LogRef, RunRef
from dli_tui.domain.status import StepStatus
from dli_tui.present.rows import StepRow

_BAD: Final = (StepStatus.FAILED, StepStatus.RETRYING)
_BEGUN: Final = (StepStatus.COMPLETED, StepStatus.RUNNING, *_BAD)


class Pick(NamedTuple):
    """A step as it was when its log was opened, and the try."""

    row: StepRow
    attempt: int

    @property
    def title(self) -> str:
        """What a person calls it."""
        of_many = "" if self.row.map_index is None else f" [{self.row.map_index}]"
        of_tries = f" try {self.attempt}" if self.row.attempt > 1 else ""
        return f"{self.row.name}{of_many}{of_tries}"

    @property
    def failed(self) -> bool:
        """Whether somebody reads it for its errors: the try failed, or was not the last."""
        return self.row.status in _BAD or self.attempt < self.row.attempt

    def ref(self, run: RunRef) -> LogRef:
        """What its log is asked for with."""
        return LogRef(run, self.row.raw, self.attempt, self.row.map_index)

    def is_of(self, row: StepRow) -> bool:
        """Whether it is the log of that step."""
        return (self.row.raw, self.row.map_index) == (row.raw, row.map_index)

    def is_same(self, other: Pick | None) -> bool:
        """Whether both are the same log."""
        return other is not None and self.is_of(other.row) and self.attempt == other.attempt


def telling(rows: Sequence[StepRow]) -> Pick | None:
    """The log that says most: of the step that failed last, else that runs, else the last one."""
    begun = [row for row in rows if row.started is not None or _has_begun(row)]
    running = [row for row in begun if row.status is StepStatus.RUNNING]
    row = next(reversed(_failed(rows) or running or begun), None)
    return None if row is None else Pick(row, row.attempt)


def last_failed(rows: Sequence[StepRow]) -> Pick | None:
    """The log of the step that failed last."""
    row = next(reversed(_failed(rows)), None)
    return None if row is None else Pick(row, row.attempt)


def retried(rows: Sequence[StepRow], row: StepRow | None) -> StepRow | None:
    """The step that a retry under the cursor means, where others failed too.

    A copy of a mapped step has no name of its own, so that it can't be meant alone.
    """
    failed = [one for one in rows if one.status is StepStatus.FAILED and one.is_reached]
    if row is None or row not in failed or row.map_index is not None:
        return None
    return row if len(failed) > 1 else None


def _failed(rows: Sequence[StepRow]) -> list[StepRow]:
    """The steps that failed of their own; what was never begun failed with them."""
    return [row for row in rows if row.status in _BAD and row.is_reached]


def _has_begun(row: StepRow) -> bool:
    """Whether it began, though nobody says when."""
    return row.concluded and row.status in _BEGUN

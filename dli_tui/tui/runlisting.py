"""A history as it is looked at: a line for each run, and one more under each that failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from dli_tui.domain.ids import RunRef
from dli_tui.present.rows import BAD, RunRow
from dli_tui.tui import late
from dli_tui.tui.widgets.runs import Line, RunError

if TYPE_CHECKING:
    from dli_tui.domain.run import WorkflowRun


class _Made(NamedTuple):
    run: WorkflowRun
    needle: str
    """What a part of the name is looked for in."""
    lines: tuple[Line, ...]


class RunListing:
    """Lines made of runs; a run that hasn't moved keeps its line, which is not painted anew."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.shown = 0
        """How many runs fit."""
        self._made: dict[RunRef, _Made] = {}
        self._taken: tuple[Sequence[WorkflowRun], str] | None = None

    def take(self, runs: Sequence[WorkflowRun], needle: str) -> bool:
        """Show those whose workflow has `needle` in its name; whether that is anything else."""
        if self._taken is not None and self._taken[0] is runs and self._taken[1] == needle:
            return False
        self._taken = (runs, needle)
        known = self._made
        made = [_kept(known.get(run.ref), run) for run in runs]
        self._made = {one.run.ref: one for one in made}
        fitting = [one for one in made if needle in one.needle] if needle else made
        self.lines = [line for one in fitting for line in one.lines]
        self.shown = len(fitting)
        return True

    def has_taken(self, runs: Sequence[WorkflowRun]) -> bool:
        """Whether these are the runs that the lines are made of."""
        return self._taken is not None and self._taken[0] is runs

    def forget(self) -> None:
        """Show nothing."""
        self.lines, self.shown, self._made, self._taken = [], 0, {}, None

    def run(self, ref: RunRef) -> WorkflowRun | None:
        """The run of a line."""
        made = self._made.get(ref)
        return made.run if made is not None else None

    def problem(self, start: int, by: int) -> int | None:
        """The next line of a run that failed, from `start` on, or back."""
        places = range(start + by, len(self.lines) if by > 0 else -1, by)
        return next((at for at in places if _is_bad(self.lines[at])), None)


def _kept(known: _Made | None, run: WorkflowRun) -> _Made:
    if known is not None and known.run is run:
        return known
    row = late.histories().run_row(run)
    lines = (row, RunError(row)) if row.error else (row,)
    return _Made(run, run.dataset_name.casefold(), lines)


def _is_bad(line: Line) -> bool:
    return isinstance(line, RunRow) and line.status in BAD

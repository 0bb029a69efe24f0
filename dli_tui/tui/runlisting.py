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
    from dli_tui.present.runfilters import HistoryFilter


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
        self.known: Sequence[WorkflowRun] = ()
        """The runs that the server last told."""
        self._made: dict[RunRef, _Made] = {}
        self._taken: tuple[Sequence[WorkflowRun], tuple[HistoryFilter, str, bool]] | None = None

    def take(self, answer: Sequence[WorkflowRun] | None, wanted: HistoryFilter, zone: str) -> bool:
        """Show the runs of an answer, or while there is none those that are known, as far as
        they fit; days are those of `zone`. Whether that is anything else than before."""
        is_told = answer is not None
        runs = self.known if answer is None else answer
        how = (wanted, zone, is_told)
        if self._taken is not None and self._taken[0] is runs and self._taken[1] == how:
            return False
        self._taken, self.known = (runs, how), runs
        before = self._made
        made = [_kept(before.get(run.ref), run) for run in runs]
        self._made = {one.run.ref: one for one in made}
        fitting = [one for one in made if _fits(one, wanted, zone, is_told=is_told)]
        self.lines = [line for one in fitting for line in one.lines]
        self.shown = len(fitting)
        return True

    def has_taken(self, answer: Sequence[WorkflowRun]) -> bool:
        """Whether this is the answer that the lines are made of."""
        return self._taken is not None and self._taken[0] is answer and self._taken[1][2]

    def forget(self) -> None:
        """Show nothing."""
        self.lines, self.shown, self.known, self._made, self._taken = [], 0, (), {}, None

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


def _fits(made: _Made, wanted: HistoryFilter, zone: str, *, is_told: bool) -> bool:
    """Whether a run fits; an answer fits already, but for what no server looks at."""
    if wanted.needle not in made.needle:
        return False
    is_dated = wanted.is_dated and not (is_told and zone == "UTC")
    day = late.histories().day_of(made.run, zone) if is_dated else None
    return wanted.is_of(day) if is_told and is_dated else is_told or wanted.fits(made.run, day)


def _is_bad(line: Line) -> bool:
    return isinstance(line, RunRow) and line.status in BAD

"""The steps of a run, each with its bar on the time axis that they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from dli_tui.domain.status import StepStatus
from dli_tui.present import gantt, words
from dli_tui.present.rows import StepRow
from dli_tui.tui.looks import STEPS, Look, Looks, Tone
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.table import Column, Table

_GANTT: Final = "gantt"
_NOT_REACHED: Final = Look("✗", "x", "not run", Tone.MUTED)
"""Failed because a step before it did: it is not what somebody has to look at."""
COLUMNS: Final = (
    Column("name", "step", 30, least=16),
    Column("state", "state", 11),
    Column("tries", "try", 4, right=True, given_up=2),
    Column("took", "took", 6, right=True),
    Column(_GANTT, "", 20, grows=True, least=12),
)

Axis = tuple[datetime, datetime] | None


class Steps(Table[StepRow]):
    """A table whose last column is a chart."""

    def __init__(
        self,
        looks: Looks,
        now: Callable[[], datetime],
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
    ) -> None:
        super().__init__(
            COLUMNS,
            self._cell,
            lambda row: (row.raw, row.map_index),
            looks,
            id=id,
            selectable=False,
        )
        self._now = now
        self._glyphs = gantt.ASCII if looks.ascii else gantt.UNICODE
        self._span: tuple[datetime | None, datetime | None] = (None, None)
        """When the run began and ended."""
        self._axis: Axis = None

    def tell(
        self, steps: Sequence[StepRow], began: datetime | None, ended: datetime | None
    ) -> None:
        """Show the steps of a run that began and ended then."""
        self._span = (began, ended)
        current = self.current
        self.load(steps, keep=None if current is None else (current.raw, current.map_index))
        self.grow()

    def grow(self) -> None:
        """Time has passed: the axis reaches until now, and the bars of what runs with it."""
        axis = gantt.axis(self.rows, *self._span, self._now())
        if axis != self._axis:
            self._axis = axis
            self._strips.clear()
            self.refresh()

    def title(self, column: Column, room: int) -> str:
        if column.id == _GANTT and self._axis is not None:
            return gantt.ruler(room, self._axis, self._glyphs)
        return column.title

    def _cell(self, row: StepRow, column: str, room: int) -> list[Piece]:
        look = STEPS[row.status]
        if row.status is StepStatus.FAILED and not row.is_reached:
            look = _NOT_REACHED
        match column:
            case "name":
                of_many = "" if row.map_index is None else f" [{row.map_index}]"
                return [Piece(f"{row.name}{of_many}")]
            case "state":
                return [Piece(f"{self._looks.glyph(look)} {row.word or look.word}", look.tone)]
            case "tries":
                # Whoever asked for it by hand goes beyond what was meant to be tried.
                of = f"/{row.attempts}" if (row.attempts or 0) >= row.attempt else ""
                again = row.attempt > 1
                return [Piece(f"{row.attempt}{of}", Tone.LATE if again else Tone.MUTED)]
            case "took":
                return [Piece(words.span(self._took(row)), Tone.MUTED)]
            case _:
                return [Piece(self._bar(row, room), look.tone)]

    def _took(self, row: StepRow) -> float | None:
        if row.seconds is not None or row.started is None or row.status.is_terminal:
            # Of a step that is over only its own duration counts, also where its end isn't told.
            return row.seconds
        return (self._now() - row.started).total_seconds()

    def _bar(self, row: StepRow, room: int) -> str:
        if self._axis is None:
            return ""
        return gantt.bar(
            room, self._axis, row.queued, row.started, row.finished, self._now(), self._glyphs
        )

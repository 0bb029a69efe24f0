"""The columns of a history, and what stands in each cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from dli_tui.domain.status import RunStatus
from dli_tui.present import words
from dli_tui.present.rows import RunRow
from dli_tui.tui.looks import RUNS, Looks, Tone
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.runs import Line, RunError
from dli_tui.tui.widgets.table import Column

_NAME: Final = Column("name", "name", 32, grows=True, least=24)
_TIMES: Final = (
    Column("status", "status", 13, least=11),
    Column("slot", "slot", 12, given_up=7),
    Column("began", "started", 12),
    Column("took", "took", 6, right=True),
    Column("kind", "type", 9, given_up=5),
)
_BY: Final = Column("by", "by", 20, least=9, given_up=6)
_RUN: Final = Column("run", "run", 44, grows=True, least=24, given_up=9)
ALL: Final = (_NAME, *_TIMES, _BY)
ONE: Final = (*_TIMES, _BY._replace(grows=True), _RUN._replace(grows=False))


class RunCells:
    """Paints the cells of runs at the hour of `now`, times told in `zone`."""

    def __init__(self, looks: Looks, now: Callable[[], datetime], zone: Callable[[], str]) -> None:
        self._looks, self._now, self._zone = looks, now, zone

    def __call__(self, line: Line, column: str, room: int) -> list[Piece]:
        """The pieces of one cell."""
        row = line.row if isinstance(line, RunError) else line
        match column:
            case "name":
                return [Piece(row.workflow)]
            case "status":
                return self._status(row, room)
            case "slot":
                return [Piece(self._moment(row.slot), Tone.MUTED)]
            case "began":
                return [Piece(self._moment(row.began))]
            case "took":
                return [self._took(row)]
            case "kind":
                return [Piece(row.kind, Tone.MUTED)]
            case "by":
                return [Piece(row.by or words.NOTHING, Tone.MUTED)]
            case _:
                return [Piece(row.name, Tone.MUTED)]

    def _status(self, row: RunRow, room: int) -> list[Piece]:
        look = RUNS[row.status]
        told = f"{self._looks.glyph(look)} {row.word or look.word}"
        if row.status is RunStatus.RUNNING and row.steps:
            whole = f"{told} {words.share(row.done, row.steps)}"
            told = whole if len(whole) <= room else told
        return [Piece(told, look.tone)]

    def _moment(self, at: datetime | None) -> str:
        return words.NOTHING if at is None else words.clock_time(at, self._zone(), self._now())

    def _took(self, row: RunRow) -> Piece:
        if row.running and row.began is not None:
            return Piece(words.span(self._now() - row.began), Tone.RUNNING)
        return Piece(words.span(row.seconds), Tone.MUTED)

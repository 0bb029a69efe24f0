"""The columns of backfills and of the dates of one, and what stands in each cell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from dli_tui.domain.status import RunStatus
from dli_tui.present import words
from dli_tui.present.backfillrows import BackfillSheet, DateRow
from dli_tui.tui.backfillhead import look_of
from dli_tui.tui.looks import RUNS, Looks, Tone
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.table import Column

COLUMNS: Final = (
    Column("date", "date", 20, least=15),
    Column("state", "state", 12),
    Column("began", "began", 13, given_up=2),
    Column("took", "took", 7, right=True),
    Column("note", "run", 24, grows=True, least=12, given_up=1),
)
BACKFILLS: Final = (
    Column("workflow", "workflow", 28, grows=True, least=16),
    Column("range", "dates", 14, given_up=2),
    Column("state", "state", 12, least=11),
    Column("done", "done", 5, right=True),
    Column("began", "began", 8, right=True, given_up=3),
    Column("by", "by", 14, given_up=4),
    Column("left", "", 26),
)


class DateCells:
    """Paints the cells of dates at the hour of `now`, in a zone."""

    def __init__(self, looks: Looks, zone: Callable[[], str], now: Callable[[], datetime]) -> None:
        self._looks = looks
        self._zone = zone
        self._now = now

    def __call__(self, row: DateRow, column: str, _room: int) -> list[Piece]:
        """The pieces of one cell."""
        look = look_of(row)
        match column:
            case "date":
                return [Piece(row.told, Tone.PLAIN if row.status is not None else Tone.MUTED)]
            case "state":
                return [Piece(f"{self._looks.glyph(look)} {row.word or look.word}", look.tone)]
            case "began":
                began = row.began
                told = "" if began is None else words.clock_time(began, self._zone(), self._now())
                return [Piece(told, Tone.MUTED)]
            case "took":
                return [self._took(row)]
            case _:
                return (
                    [Piece(row.error, Tone.FAILED)] if row.error else [Piece(row.run, Tone.MUTED)]
                )

    def _took(self, row: DateRow) -> Piece:
        if row.status is RunStatus.RUNNING and row.began is not None:
            return Piece(words.span(self._now() - row.began), Tone.RUNNING)
        return Piece("" if row.status is None else words.span(row.seconds), Tone.MUTED)


class BackfillCells:
    """Paints the cells of backfills at the hour of `now`."""

    def __init__(self, looks: Looks, now: Callable[[], datetime]) -> None:
        self._looks = looks
        self._now = now

    def __call__(self, row: BackfillSheet, column: str, _room: int) -> list[Piece]:
        """The pieces of one cell."""
        look = RUNS[row.status]
        match column:
            case "workflow":
                return [Piece(row.workflow)]
            case "range":
                return [Piece(row.days, Tone.MUTED)]
            case "state":
                return [Piece(f"{self._looks.glyph(look)} {look.word}", look.tone)]
            case "done":
                return [Piece(f"{row.done}/{row.total}")]
            case "began":
                began = "" if row.created is None else words.ago(row.created, self._now())
                return [Piece(began, Tone.MUTED)]
            case "by":
                return [Piece(row.by, Tone.MUTED)]
            case _:
                return [self._left(row)]

    def _left(self, row: BackfillSheet) -> Piece:
        if row.unfinished:
            return Piece(f"{row.not_begun:,} never ran: resume?", Tone.LATE)
        if row.failed:
            return Piece(f"{row.failed:,} failed", Tone.FAILED)
        return Piece("held", Tone.LATE) if row.held else Piece("")

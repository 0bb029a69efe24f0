"""The steps of a saga in two lanes: down the one it does them, up the other it undoes them."""

from __future__ import annotations

from typing import Final

from dli_tui.domain.status import StepStatus
from dli_tui.present import words
from dli_tui.present.besides import LaneRow
from dli_tui.tui.looks import STEPS, Looks, Tone
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.table import Column, Table

COLUMNS: Final = (
    Column("name", "step", 18, least=14, grows=True),
    Column("service", "service", 16, given_up=1),
    Column("did", "doing >>", 11),
    Column("command", "", 16, least=10, grows=True),
    Column("between", "|", 1),
    Column("undid", "<< undoing", 11),
    Column("compensation", "", 16, least=10, grows=True),
)


class Lanes(Table[LaneRow]):
    """A step a line."""

    def __init__(self, looks: Looks, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(COLUMNS, self._cell, lambda row: row.place, looks, id=id, selectable=False)

    def _cell(self, row: LaneRow, column: str, _room: int) -> list[Piece]:
        match column:
            case "name":
                return [Piece(row.name)]
            case "service":
                return [Piece(row.service or words.NOTHING, Tone.MUTED)]
            case "did":
                return [self._state(row.status)]
            case "command":
                return [Piece(row.command or words.NOTHING, Tone.MUTED)]
            case "between":
                return [Piece("|", Tone.MUTED)]
            case "undid":
                return [self._state(row.undoing)]
            case _:
                return [Piece(row.compensation or words.NOTHING, Tone.MUTED)]

    def _state(self, status: StepStatus | None) -> Piece:
        if status is None:
            return Piece(words.NOTHING, Tone.MUTED)
        look = STEPS[status]
        return Piece(f"{self._looks.glyph(look)} {look.word}", look.tone)

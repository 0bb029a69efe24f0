"""Which columns the list shows, and in which order."""

from __future__ import annotations

from typing import ClassVar, Final, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.types import CSSPathType

from dli_tui.tui import keys
from dli_tui.tui.columns import ALL, FIRST, WORKFLOWS, columns_of
from dli_tui.tui.looks import Looks, Tone
from dli_tui.tui.modals.leaving import Leaving
from dli_tui.tui.widgets.lines import Lines, Piece
from dli_tui.tui.widgets.oneline import Bit, OneLine
from dli_tui.tui.widgets.table import Column, Table, laid_out
from dli_tui.tui.widgets.toosmall import TooSmall

_COLUMNS: Final = (
    Column("shown", "", 3, sortable=False),
    Column("title", "column", 20, grows=True, sortable=False),
)
_TITLES: Final = {column.id: column.title for column in WORKFLOWS}
_KEYS: Final = (
    ("space", "show/hide"),
    ("[ ]", "move"),
    ("enter", "done"),
    ("esc", "cancel"),
)


class Line(NamedTuple):
    """One column, shown or not."""

    column: str
    shown: bool


class ColumnsScreen(Leaving[tuple[str, ...] | None]):
    """Answered with the columns to show, in their order."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["modals.tcss", "views.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [*keys.fixed(keys.Place.COLUMNS)]

    def __init__(self, shown: tuple[str, ...], looks: Looks, width: int) -> None:
        super().__init__()
        self._width = width
        """How wide the list is: columns that are shown may have no room there."""
        hidden = (column for column in ALL if column not in shown)
        self._lines = [
            *(Line(column, shown=True) for column in shown),
            *(Line(column, shown=False) for column in hidden),
        ]
        self._looks = looks

    def compose(self) -> ComposeResult:
        with Vertical(id="columns"):
            yield OneLine(id="columns-title")
            yield Table(
                _COLUMNS,
                self._painted,
                lambda line: line.column,
                self._looks,
                id="columns-table",
                selectable=False,
            )
            yield OneLine(id="columns-keys")
        yield TooSmall()

    def on_mount(self) -> None:
        self.query_one("#columns-title", OneLine).tell([Bit("Columns of the list", bold=True)])
        bits: list[Bit] = []
        for key, label in _KEYS:
            bits += [Bit(f" {key}", Tone.RUNNING, bold=True), Bit(f" {label} ", Tone.MUTED)]
        self.query_one("#columns-keys", OneLine).tell(bits)
        self.table.load(self._lines)
        self.table.focus()

    @property
    def table(self) -> Table[Line]:
        """The columns to choose from."""
        return self.query_one("#columns-table", Table)

    def _painted(self, line: Line, column: str, _room: int) -> list[Piece]:
        pieces = _paint(line, column)
        if column == "title" and line.shown and line.column not in self._with_room():
            pieces.append(Piece("  hidden: too narrow", Tone.LATE))
        return pieces

    def _with_room(self) -> set[str]:
        """The columns that the list has room for, as they are chosen now."""
        chosen = columns_of(line.column for line in self._lines if line.shown)
        return {column.id for column, _ in laid_out(chosen, self._width)}

    def action_turn(self) -> None:
        """Show the column under the cursor, or hide it."""
        at = self.table.cursor
        line = self._lines[at]
        if line.column == FIRST:
            self.app.notify("The name stays: without it nobody knows what a line is", markup=False)
            return
        self._load([*self._lines[:at], line._replace(shown=not line.shown), *self._lines[at + 1 :]])

    def action_shift(self, by: int) -> None:
        """Put the column under the cursor further to the left or the right."""
        at = self.table.cursor
        to = at + by
        if at > 0 and 0 < to < len(self._lines):
            lines = [*self._lines[:at], *self._lines[at + 1 :]]
            self._load([*lines[:to], self._lines[at], *lines[to:]])

    def _load(self, lines: list[Line]) -> None:
        current = self.table.current
        self._lines = lines
        self.table.load(lines, keep=None if current is None else current.column)
        # Which of the others have room depends on this one.
        self.table.forget_strips()

    @on(Lines.Chosen)
    def action_done(self) -> None:
        self.leave(tuple(line.column for line in self._lines if line.shown))

    def action_leave(self) -> None:
        self.leave(None)


def _paint(line: Line, column: str) -> list[Piece]:
    if column == "shown":
        return [Piece(f"[{'x' if line.shown else ' '}]", Tone.RUNNING)]
    return [Piece(_TITLES[line.column], Tone.PLAIN if line.shown else Tone.MUTED)]

"""A table of plain rows: only what is visible is drawn, however many there are."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import ClassVar, Final, Generic, NamedTuple, TypeVar

from rich.cells import cell_len
from rich.segment import Segment
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip

from dli_tui.tui.looks import Looks, Tone
from dli_tui.tui.widgets.cells import fitted
from dli_tui.tui.widgets.lines import Lines, Piece

Row = TypeVar("Row")

GAP: Final = 1
_GUTTER: Final = 2


class Column(NamedTuple):
    """One column: how wide it is, and how readily it gives way on a narrow terminal."""

    id: str
    title: str
    width: int
    right: bool = False
    grows: bool = False
    least: int = 0
    """How narrow it may become; 0: it keeps its width."""
    given_up: int = 0
    """The highest goes first where there is no room; 0: never."""
    sortable: bool = True


Painter = Callable[[Row, str, int], Iterable[Piece]]
"""The pieces of a row's cell in a column, for a width."""


class Table(Lines, Generic[Row]):
    """Rows in columns, a cursor that follows its row, and a selection."""

    head_height: ClassVar[int] = 1

    class HeadClicked(Message):
        """Somebody clicked on the title of a column."""

        def __init__(self, table: Table[Row], column: str) -> None:
            super().__init__()
            self.table = table
            self.column = column

    def __init__(
        self,
        columns: Sequence[Column],
        painter: Painter[Row],
        key: Callable[[Row], Hashable],
        looks: Looks,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        selectable: bool = True,
    ) -> None:
        super().__init__(id=id)
        self.columns = columns
        self.rows: Sequence[Row] = ()
        self.selected: frozenset[Hashable] = frozenset()
        self._sorted_by: tuple[str, bool] | None = None
        self._painter = painter
        self._key = key
        self._looks = looks
        self._selectable = selectable
        self._shown: dict[int, Row] = {}
        self._layout: tuple[int, tuple[tuple[Column, int], ...]] = (-1, ())

    def sorted_by(self, column: str | None, *, descending: bool) -> None:
        """Show over which column the rows are sorted; over none where column is None."""
        shown = None if column is None else (column, descending)
        if shown != self._sorted_by:
            self._sorted_by = shown
            self.refresh(Region(0, 0, self.size.width, self.head_height))

    # Rows

    @property
    def count(self) -> int:
        return len(self.rows)

    @property
    def current(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def load(self, rows: Sequence[Row], *, keep: Hashable | None = None) -> None:
        """Show other rows. The cursor stays with the row `keep`, where that row was on screen."""
        offset = self.cursor - self.top
        before = self.current
        old, self.rows = self.rows, rows
        where = self._where(keep)
        if len(old) != len(rows):
            self.resized()
        if where is None:
            where = max(0, min(self.cursor, len(rows) - 1))
        self._settle(where, offset, old)
        if self._key_of(before) != self._key_of(self.current):
            # Not after each poll: what is read about the current row stays where it was scrolled.
            self.post_message(self.CursorMoved(self))

    def _key_of(self, row: Row | None) -> Hashable | None:
        return None if row is None else self._key(row)

    def _where(self, key: Hashable | None) -> int | None:
        """The line of a row: where it was, else wherever it is now."""
        if key is None:
            return None
        if self.cursor < len(self.rows) and self._key(self.rows[self.cursor]) == key:
            return self.cursor
        return next((at for at, row in enumerate(self.rows) if self._key(row) == key), None)

    def _settle(self, where: int, offset: int, old: Sequence[Row]) -> None:
        top = self.top
        if where != self.cursor:
            self.set_reactive(Lines.cursor, where)
            self.scroll_lines_to(max(0, min(where - offset, self.count - self.room)))
        if self.top != top or not old:
            self.refresh()
        else:
            self.repaint_changed()

    def repaint_changed(self) -> None:
        """Paint the visible lines whose row is another than the one painted there."""
        lines = range(self.top, self.top + self.room)
        self._shown = {at: row for at, row in self._shown.items() if at in lines}
        changed = [
            index
            for index in lines
            if self._shown.get(index) is not (self.rows[index] if index < self.count else None)
        ]
        self.repaint([*changed, self.cursor])

    def select(self, keys: Iterable[Hashable]) -> None:
        """Let exactly these be selected."""
        self.selected = frozenset(keys)
        self.forget_strips()

    def repaint_words(self) -> None:
        """Paint the visible lines whose words have become others with time."""
        width = self.field.width
        stale = []
        for index in self.seen:
            slot = self._slot(index, width)
            known = self._strips.get(slot)
            if known is not None and self._drawn(index, width) != known[1]:
                stale.append(index)
        if stale:
            self._strips.clear()
            self.repaint(stale)

    # Painting

    def paint(self, index: int, width: int) -> Strip:
        row = self.rows[index]
        self._shown[index] = row
        slot = self._slot(index, width)
        known = self._strips.get(slot)
        if known is None or known[0] is not row:
            known = self._strips[slot] = (row, self._drawn(index, width))
        return known[1]

    def paint_head(self, width: int) -> Strip:
        style = self.base_style + self.head_style
        titles = [" " * _GUTTER]
        for column, room in self.layout_for(width):
            titles.append(fitted(self.title(column, room), room, right=column.right))
            titles.append(" " * GAP)
        return Strip([Segment("".join(titles), style)]).adjust_cell_length(width, style)

    def layout_for(self, width: int) -> tuple[tuple[Column, int], ...]:
        """The columns that fit on `width` cells, and how wide each is."""
        if self._layout[0] != width:
            self._layout = (width, laid_out(self.columns, width - _GUTTER))
        return self._layout[1]

    @property
    def room_for_columns(self) -> int:
        """How many cells the columns share."""
        return self.field.width - _GUTTER

    def use(self, columns: Sequence[Column]) -> None:
        """Show other columns."""
        self.columns = columns
        self._layout = (-1, ())
        self.forget_strips()

    def title(self, column: Column, room: int) -> str:
        """What stands over a column."""
        if self._sorted_by is None or self._sorted_by[0] != column.id:
            return column.title
        signs = self._looks.signs
        return f"{column.title[: room - 1]}{signs.down if self._sorted_by[1] else signs.up}"

    def _slot(self, index: int, width: int) -> tuple[object, ...]:
        row = self.rows[index]
        return id(row), index == self.cursor, self._key(row) in self.selected, width, self.has_focus

    def _drawn(self, index: int, width: int) -> Strip:
        row = self.rows[index]
        pieces = [self._gutter(index, row)]
        for column, room in self.layout_for(width):
            pieces.extend(_in_room(self._painter(row, column.id, room), room, right=column.right))
            pieces.append(Piece(" " * GAP))
        return self.strip(pieces, width, self.line_style(index))

    def _gutter(self, index: int, row: Row) -> Piece:
        signs = self._looks.signs
        cursor = signs.cursor if index == self.cursor else " "
        chosen = self._selectable and self._key(row) in self.selected
        return Piece(f"{cursor}{signs.selected if chosen else ' '}", Tone.RUNNING)

    # The mouse

    def head_clicked(self, x: int) -> None:
        left = _GUTTER
        for column, room in self.layout_for(self.field.width):
            if left <= x < left + room + GAP:
                self.post_message(self.HeadClicked(self, column.id))
                return
            left += room + GAP


def laid_out(columns: Sequence[Column], width: int) -> tuple[tuple[Column, int], ...]:
    """The columns for `width` cells: some give way, one takes what is left."""
    kept = list(columns)
    while len(kept) > 1 and sum((one.least or one.width) + GAP for one in kept) > width:
        goes = max(kept, key=lambda one: one.given_up)
        if not goes.given_up:
            break
        kept.remove(goes)
    rooms = {one.id: one.least or one.width for one in kept}
    spare = max(0, width - sum(rooms.values()) - GAP * len(kept))
    # From the left, each what it would like to have; names take what is left then.
    for one in kept:
        wanted = min(spare, one.width - rooms[one.id])
        rooms[one.id] += wanted
        spare -= wanted
    growing = [one for one in kept if one.grows]
    for one in growing:
        rooms[one.id] += spare // len(growing)
    return tuple((one, rooms[one.id]) for one in kept)


def _in_room(pieces: Iterable[Piece], room: int, *, right: bool) -> list[Piece]:
    """Pieces on exactly `room` cells."""
    whole = list(pieces)
    if len(whole) == 1:
        text, tone, bold, _ = whole[0]
        return [Piece(fitted(text, room, right=right), tone, bold)]
    done: list[Piece] = []
    for text, tone, bold, _ in whole:
        cut = fitted(text, min(room, cell_len(text)))
        done.append(Piece(cut, tone, bold))
        room -= cell_len(cut)
    if room > 0:
        blank = Piece(" " * room)
        return [blank, *done] if right else [*done, blank]
    return done

"""A log: a hundred thousand lines that are searched, filtered, wrapped and followed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import accumulate
from typing import ClassVar, Final, NamedTuple

from rich.cells import cell_len, chop_cells
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip

from dli_tui.present.rows import LogRow
from dli_tui.tui.looks import LEVELS, Tone
from dli_tui.tui.widgets.lines import Lines, Piece

_SHIFT: Final = 16
_ABOVE_ERROR: Final = 3
"""Lines of context that are left to see over the first error."""


class Level(StrEnum):
    """Which lines are shown."""

    ALL = "all lines"
    WARNINGS = "warnings and errors"
    ERRORS = "errors only"


_ADMITTED: Final = {
    Level.ALL: None,
    Level.WARNINGS: frozenset({"warning", "error", "critical"}),
    Level.ERRORS: frozenset({"error", "critical"}),
}


class Hits(NamedTuple):
    """Where a search stands."""

    needle: str
    place: int
    total: int


class LogView(Lines):
    """Rows of a log; what is on screen is all that is ever laid out."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "shift(-1)", show=False),
        Binding("right", "shift(1)", show=False),
    ]

    class Told(Message, bubble=True):
        """What the line above the log says has changed."""

    def __init__(
        self,
        stamp: Callable[[datetime], str],
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
    ) -> None:
        super().__init__(id=id)
        self.rows: list[LogRow] = []
        self.following = True
        self.level = Level.ALL
        self.wrapped = False
        self.needle = ""
        self._kept: list[int] = []
        """The rows that the level admits."""
        self._ends: list[int] = []
        """Where wrapped: how many lines there are up to and with each kept row."""
        self._hits: list[int] = []
        """The kept rows that the search finds, by their place among the kept."""
        self._left = 0
        self._stamp = stamp

    # Rows

    @property
    def count(self) -> int:
        if self.wrapped:
            return self._ends[-1] if self._ends else 0
        return len(self._kept)

    @property
    def current(self) -> LogRow | None:
        """The row under the cursor."""
        return self.rows[self._kept[self._place(self.cursor)]] if self.count else None

    def start_over(self) -> None:
        """Another log begins."""
        self.rows = []
        self._kept, self._ends, self._hits = [], [], []
        self.following, self._left = True, 0
        self.set_reactive(Lines.cursor, 0)
        self.resized()
        self.scroll_lines_to(0)
        self.forget_strips()

    def append(self, rows: Sequence[LogRow]) -> None:
        """More lines were written."""
        first = len(self.rows)
        self.rows.extend(rows)
        self._keep(range(first, len(self.rows)))
        self.resized()
        if self.following:
            self._to_end()
        self.refresh()
        self.post_message(self.Told())

    def _keep(self, indexes: range) -> None:
        admitted, place = _ADMITTED[self.level], len(self._kept)
        kept = [at for at in indexes if admitted is None or self.rows[at].level in admitted]
        self._kept.extend(kept)
        if self.wrapped:
            before = self._ends[-1] if self._ends else 0
            heights = (self._height(self.rows[at]) for at in kept)
            ends = accumulate(heights, initial=before)
            next(ends)
            self._ends.extend(ends)
        if self.needle:
            needle = self.needle
            self._hits.extend(
                place + step
                for step, at in enumerate(kept)
                if needle in self.rows[at].text.casefold()
            )

    def _lay_out(self) -> None:
        """Everything anew: the level, the width or the wrapping is another."""
        row = self._kept[self._place(self.cursor)] if self.count else 0
        self._kept, self._ends, self._hits = [], [], []
        self._keep(range(len(self.rows)))
        self.resized()
        self._strips.clear()
        self.refresh()
        if self.following:
            self._to_end()
        else:
            place = max(0, bisect_right(self._kept, row) - 1)
            self.go_to(self._line_of(place))
        self.post_message(self.Told())

    def _place(self, line: int) -> int:
        """Which of the kept rows a line belongs to."""
        return bisect_right(self._ends, line) if self.wrapped else line

    def _line_of(self, place: int) -> int:
        """The first line of a kept row."""
        if not self.wrapped:
            return place
        return self._ends[place - 1] if place else 0

    # Following

    def follow(self, *, on: bool) -> None:
        """Stay at the end as lines come, or stand still."""
        self.following = on
        if on:
            self._to_end()
        self.post_message(self.Told())

    def _to_end(self) -> None:
        self.set_reactive(Lines.cursor, max(0, self.count - 1))
        self.scroll_lines_to(max(0, self.count - self.room))

    def go_to(self, index: int) -> None:
        super().go_to(index)
        following = self.cursor >= self.count - 1
        if following != self.following:
            self.following = following
            self.post_message(self.Told())

    def to_first_error(self) -> None:
        """Show the first error, with a little of what came before it."""
        admitted = _ADMITTED[Level.ERRORS] or frozenset()
        place = next(
            (at for at, row in enumerate(self._kept) if self.rows[row].level in admitted), None
        )
        if place is not None:
            line = self._line_of(place)
            self.go_to(line)
            self.scroll_lines_to(max(0, min(line - _ABOVE_ERROR, self.count - self.room)))

    # Looks

    def show_level(self, level: Level) -> None:
        """Show only lines of some weight."""
        self.level = level
        self._lay_out()

    def wrap(self, *, on: bool) -> None:
        """Wrap long lines, or let them be cut."""
        self.wrapped, self._left = on, 0
        self._lay_out()

    def action_shift(self, by: int) -> None:
        if not self.wrapped:
            self._left = max(0, self._left + by * _SHIFT)
            self.forget_strips()

    def on_resize(self, event: events.Resize) -> None:
        if self.wrapped:
            self._lay_out()
        elif self.following:
            self._to_end()
        else:
            self.show(self.cursor)

    # Searching

    @property
    def hits(self) -> Hits:
        """Which hit the cursor is at or past, and how many there are."""
        place = bisect_right(self._hits, self._place(self.cursor)) if self.count else 0
        return Hits(self.needle, place, len(self._hits))

    def search(self, needle: str) -> None:
        """Find `needle` in any case, and go to the first hit from here on."""
        self.needle = needle.casefold()
        self._hits = []
        if self.needle:
            self._hits = [
                place
                for place, at in enumerate(self._kept)
                if self.needle in self.rows[at].text.casefold()
            ]
            here = bisect_right(self._hits, self._place(self.cursor) - 1)
            self._to_hit(here)
        self.forget_strips()
        self.post_message(self.Told())

    def hit(self, by: int) -> bool:
        """Go to the next hit, or the one before, round the end; whether there is one."""
        here = self._place(self.cursor)
        after = bisect_right(self._hits, here)
        place = after if by > 0 else bisect_right(self._hits, here - 1) - 1
        return self._to_hit(place)

    def _to_hit(self, place: int) -> bool:
        if not self._hits:
            return False
        self.go_to(self._line_of(self._hits[place % len(self._hits)]))
        self.post_message(self.Told())
        return True

    # Painting

    def paint(self, index: int, width: int) -> Strip:
        place = self._place(index)
        row = self.rows[self._kept[place]]
        slot = (index, width, index == self.cursor, self._left)
        known = self._strips.get(slot)
        if known is None or known[0] is not row:
            part = index - self._line_of(place)
            pieces = self._pieces(row, part, width)
            known = self._strips[slot] = (row, self.strip(pieces, width, self.line_style(index)))
        return known[1]

    def _pieces(self, row: LogRow, part: int, width: int) -> Iterator[Piece]:
        tone = LEVELS.get(row.level, Tone.PLAIN)
        if self.wrapped:
            parts = _wrapped(self._whole(row), width)
            yield from self._found(parts[part] if part < len(parts) else "", tone)
            return
        if row.at is not None and not self._left:
            yield Piece(self._stamp(row.at), Tone.MUTED)
        yield from self._found(row.text[self._left :], tone)

    def _found(self, text: str, tone: Tone) -> Iterator[Piece]:
        """Text with the hits of the search marked."""
        folded, start = text.casefold(), 0
        if self.needle and len(folded) == len(text):
            while (at := folded.find(self.needle, start)) >= 0:
                yield Piece(text[start:at], tone)
                start = at + len(self.needle)
                yield Piece(text[at:start], tone, hit=True)
        yield Piece(text[start:], tone)

    def _height(self, row: LogRow) -> int:
        width = self.scrollable_content_region.width
        whole = self._whole(row)
        if whole.isascii():
            return max(1, -(-len(whole) // max(1, width)))
        return len(_wrapped(whole, width))

    def _whole(self, row: LogRow) -> str:
        return row.text if row.at is None else self._stamp(row.at) + row.text


def _wrapped(text: str, width: int) -> list[str]:
    if cell_len(text) <= width:
        return [text]
    return chop_cells(text, max(2, width))

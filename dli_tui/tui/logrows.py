"""The rows of a log as they are read: which ones a level admits, how high they are, the hits.

A row is asked for by its place among the kept ones, a line by its number on the long page that
they make. Of a hundred thousand rows nothing is kept beside the rows but numbers, and while
nothing is filtered or wrapped not even those.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from rich.cells import cell_len, chop_cells, get_character_cell_size

from dli_tui.present.rows import LogRow

STAMP_WIDTH: Final = len("10:02:14 ")
_NUMBERS: Final = "I"
_LETTER_WIDTH: Final = len("W ")
LEAST_WIDTH: Final = STAMP_WIDTH + _LETTER_WIDTH + 1
"""A wrapped line has room for a stamp and for any letter."""
_JOINERS: Final = ("\u200d", "\ufe0f")
"""With these in it, a text takes other cells than its letters do one by one."""


class Level(StrEnum):
    """Which lines are shown."""

    ALL = "all lines"
    WARNINGS = "warnings and errors"
    ERRORS = "errors only"


_ERRORS: Final = frozenset({"error", "critical"})
_ADMITTED: Final = {
    Level.ALL: None,
    Level.WARNINGS: frozenset({"warning", *_ERRORS}),
    Level.ERRORS: _ERRORS,
}


class Hits(NamedTuple):
    """Where a search stands."""

    needle: str
    place: int
    total: int


class LogRows:
    """The rows, and the order in which they are read."""

    def __init__(self, *, letters: bool = False) -> None:
        self.letters = letters
        """Whether each row begins with a letter for its level, where colours can't tell it."""
        self.rows: list[LogRow] = []
        self.level = Level.ALL
        self.needle = ""
        """What is searched, its case folded."""
        self.width = 0
        """The cells of a line that long rows go on from; 0: they are cut."""
        self._cells = array(_NUMBERS)
        """How many cells each row takes with its stamp: the same at any width."""
        self._kept: range | array[int] = range(0)
        self._ends = array(_NUMBERS)
        """Where wrapped: how many lines there are up to and with each kept row."""
        self._hits = array(_NUMBERS)
        """The places of the kept rows in which the needle is."""

    # Rows and lines

    def lead_of(self, row: LogRow) -> int:
        """The cells before the text of a row: its stamp and the letter of its level."""
        return (STAMP_WIDTH if row.at is not None else 0) + (_LETTER_WIDTH if self.letters else 0)

    @property
    def kept(self) -> int:
        """How many rows the level admits."""
        return len(self._kept)

    @property
    def lines(self) -> int:
        """How many lines they take."""
        if self.width:
            return self._ends[-1] if self._ends else 0
        return len(self._kept)

    def at(self, place: int) -> LogRow:
        """A row by its place among the kept."""
        return self.rows[self._kept[place]]

    def number(self, place: int) -> int:
        """Which of all rows it is."""
        return self._kept[place]

    def place_of(self, number: int) -> int:
        """The place of a row among the kept; of the one before it where it isn't kept."""
        return max(0, bisect_right(self._kept, number) - 1)

    def place_on(self, line: int) -> int:
        """Which of the kept rows a line belongs to."""
        return bisect_right(self._ends, line) if self.width else line

    def line_of(self, place: int) -> int:
        """The first line of a kept row."""
        if not self.width:
            return place
        return self._ends[place - 1] if place else 0

    def parts(self, place: int, lead: str) -> list[str]:
        """The lines of a wrapped row, with what leads its text."""
        return _wrapped(lead + self.at(place).text, self.width)

    # What is read

    def append(self, rows: Sequence[LogRow]) -> None:
        """More were written."""
        first = len(self.rows)
        self.rows.extend(rows)
        # Measured as they come, a few at a time: all at once would be felt.
        self._cells.extend(_cells_of(row, self.lead_of(row)) for row in rows)
        self._keep(first)

    def show_level(self, level: Level) -> None:
        """Keep only rows of some weight."""
        self.level = level
        self._arrange()

    def wrap(self, width: int) -> None:
        """Let long rows go on after so many cells; 0: cut them."""
        self.width = max(width, LEAST_WIDTH) if width else 0
        self._arrange()

    def _arrange(self) -> None:
        """Work out anew what is kept, how high it is, and where the needle is."""
        self._kept, self._ends, self._hits = range(0), array(_NUMBERS), array(_NUMBERS)
        self._keep(0)

    def _keep(self, first: int) -> None:
        place, admitted = len(self._kept), _ADMITTED[self.level]
        if admitted is None:
            self._kept = range(len(self.rows))
        else:
            fresh = range(first, len(self.rows))
            kept = self._kept if isinstance(self._kept, array) else array(_NUMBERS)
            kept.extend(at for at in fresh if self.rows[at].level in admitted)
            self._kept = kept
        fresh_places = range(place, len(self._kept))
        if self.width:
            self._ends.extend(self._ending(fresh_places))
        if self.needle:
            self._hits.extend(self._found(fresh_places))

    def _ending(self, places: Iterable[int]) -> Iterator[int]:
        line = self._ends[-1] if self._ends else 0
        width, cells, kept = self.width, self._cells, self._kept
        for place in places:
            number = kept[place]
            line += 1 if cells[number] <= width else self._height(number)
            yield line

    def _height(self, number: int) -> int:
        """How many lines a row takes that is wider than one."""
        row, cells = self.rows[number], self._cells[number]
        least = -(-cells // self.width)
        if row.text.isascii():
            return least
        if _is_joined(row.text):
            return len(_wrapped(" " * self.lead_of(row) + row.text, self.width))
        # A wide letter that doesn't fit at the end of a line leaves one cell there.
        most = -(-cells // (self.width - 1))
        return least if least == most else _height_of(row, self.width, self.lead_of(row))

    # Searching

    def search(self, needle: str) -> None:
        """Find `needle` in any case."""
        folded, before = needle.casefold(), self.needle
        # Each letter more is looked for only where the letters before it were found.
        places = self._hits if before and before in folded else range(len(self._kept))
        self.needle = folded
        self._hits = array(_NUMBERS, self._found(places) if folded else ())

    def _found(self, places: Iterable[int]) -> list[int]:
        rows, kept, needle = self.rows, self._kept, self.needle
        return [place for place in places if needle in rows[kept[place]].text.casefold()]

    def hits(self, place: int) -> Hits:
        """Which hit a place is at or past, and how many there are."""
        at = bisect_right(self._hits, place) if self._kept else 0
        return Hits(self.needle, at, len(self._hits))

    def hit_from(self, place: int, by: int) -> int | None:
        """The next hit from a place on: 0 there or after it, 1 after, -1 before; round the end."""
        if not self._hits:
            return None
        at = bisect_right(self._hits, place if by > 0 else place - 1) - (by < 0)
        return self._hits[at % len(self._hits)]

    def first_error(self, since: int = 0) -> int | None:
        """The place of the first error among the rows from number `since` on."""
        numbers = (at for at in range(since, len(self.rows)) if self.rows[at].level in _ERRORS)
        number = next(numbers, None)
        return None if number is None else self.place_of(number)


class _Widths(dict[str, int]):
    """The cells of each letter, looked up once."""

    def __missing__(self, letter: str) -> int:
        self[letter] = width = get_character_cell_size(letter)
        return width


_width_of: Final = _Widths().__getitem__


def _cells_of(row: LogRow, lead: int) -> int:
    text = row.text
    if text.isascii():
        return lead + len(text)
    if _is_joined(text):
        return lead + cell_len(text)
    # Three times as fast as `cell_len`, which is felt at a hundred thousand rows.
    return lead + sum(map(_width_of, text))


def _height_of(row: LogRow, width: int, lead: int) -> int:
    """As many lines as `_wrapped` makes, without making them."""
    height, taken = 1, lead
    for cells in map(_width_of, row.text):
        taken += cells
        if taken > width:
            height += 1
            taken = cells
    return height


def _is_joined(text: str) -> bool:
    return any(joiner in text for joiner in _JOINERS)


def _wrapped(text: str, width: int) -> list[str]:
    return [text] if cell_len(text) <= width else chop_cells(text, width)

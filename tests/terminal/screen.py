"""Bytes that a program wrote → what a person sees, and when that changed.

pyte does the drawing. Around it: what it misreads is left out, the alternate screen is one
of its own, modes are remembered, and a synchronised frame (mode 2026) is seen when it is
complete and not before.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

import pyte
from pyte.screens import Char

HIDDEN_CURSOR: Final = 25
"""Listed in the modes when the cursor is hidden: the one mode that is set at the beginning."""
_ALTERNATE: Final = {47, 1047, 1049}
_FRAME: Final = 2026

_MODE = re.compile(r"\x1b\[\?([\d;]+)([hl])")
_KEYBOARD = re.compile(r"\x1b\[([<>])\d*u")
_MISREAD = re.compile(
    r"\x1b\[[<=>?][\d;:]*[ -/]*[@-~]"  # private sequences
    r"|\x1b\[[\d;:]*[ -/]+[@-~]"  # sequences with intermediate bytes
    r"|\x1b[PX^_].*?(?:\x1b\\|\x07)",  # strings that aren't for the screen
    re.DOTALL,
)
_COLONS = re.compile(r"\x1b\[[\d;:]*:[\d;:]*m")
_REPEAT = re.compile(r"([^\x00-\x1f\x7f])\x1b\[(\d+)b")
_CUT_OFF = re.compile(r"\x1b(?:[ -/]*|\[[ -?]*|[\]PX^_][^\x07\x1b]*\x1b?)\Z")

Row = tuple[Char, ...]


class Screen:
    """What is seen, as of the bytes fed so far."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.changes: list[float] = []
        """When something visible became different: a text, a colour, the cursor."""
        self.keyboard_depth = 0
        """How many sets of keyboard flags are pushed and not taken back."""
        self._set: set[int] = set()
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self._main, self._other = _page(columns, rows), _page(columns, rows)
        self._page = self._main
        self._shown: list[Row] = [self._row(y) for y in range(rows)]
        self._cursor_shown: tuple[int, int] | None = (0, 0)

    @property
    def modes(self) -> frozenset[int]:
        """The private modes that are set, and 25 when the cursor is hidden."""
        return frozenset(self._set)

    @property
    def cursor(self) -> tuple[int, int]:
        """Column and row of the cursor."""
        cursor = self._page.cursor
        return min(cursor.x, self.columns - 1), cursor.y

    def text(self) -> str:
        """The lines, without the blanks at their ends."""
        return "\n".join("".join(cell.data for cell in row).rstrip() for row in self._shown)

    def cell(self, x: int, y: int) -> Char:
        """A character with its colours (`data`, `fg`, `bg`, `bold`, `reverse`, …)."""
        return self._shown[y][x]

    def resize(self, columns: int, rows: int) -> None:
        """The window is another size now."""
        self.columns, self.rows = columns, rows
        for page in (self._main, self._other):
            page.resize(rows, columns)
        self._shown = [self._row(y) for y in range(rows)]

    def feed(self, data: bytes, moment: float) -> None:
        """Interpret what was written at `moment`."""
        text = self._rest + self._decode(data)
        cut_off = _CUT_OFF.search(text)
        self._rest = cut_off[0] if cut_off else ""
        text = text[: len(text) - len(self._rest)]
        drawn, *modes = _MODE.split(text)
        self._draw(drawn)
        for numbers, state, drawn in zip(modes[::3], modes[1::3], modes[2::3], strict=True):
            for number in filter(None, numbers.split(";")):
                self._switch(int(number), on=state == "h", moment=moment)
            self._draw(drawn)
        self._look(moment)

    def _switch(self, mode: int, *, on: bool, moment: float) -> None:
        if on != (mode == HIDDEN_CURSOR):
            self._set.add(mode)
        else:
            self._set.discard(mode)
        if mode in _ALTERNATE:
            self._page = self._other if on else self._main
            if on:
                self._page.reset()
            self._page.dirty.update(range(self.rows))
        elif mode == _FRAME:
            self._look(moment)
        else:
            (self._page.set_mode if on else self._page.reset_mode)(mode, private=True)

    def _draw(self, text: str) -> None:
        for sign in _KEYBOARD.findall(text):
            self.keyboard_depth = max(0, self.keyboard_depth + (1 if sign == ">" else -1))
        text = _COLONS.sub(_without_colons, _MISREAD.sub("", text))
        text = _REPEAT.sub(lambda match: match[1] * (int(match[2]) + 1), text)
        # A stream of its own each time: nothing is carried over, `_rest` holds what is cut off.
        pyte.Stream(self._page).feed(text)

    def _look(self, moment: float) -> None:
        """Note that something visible changed, unless a frame is still being drawn."""
        if _FRAME in self._set:
            return
        rows = {y: self._row(y) for y in self._page.dirty if y < self.rows}
        self._page.dirty.clear()
        cursor = None if HIDDEN_CURSOR in self._set else self.cursor
        changed = cursor != self._cursor_shown
        for y, row in rows.items():
            changed = changed or row != self._shown[y]
            self._shown[y] = row
        self._cursor_shown = cursor
        if changed:
            self.changes.append(moment)

    def _row(self, y: int) -> Row:
        line = self._page.buffer[y]
        return tuple(line[x] for x in range(self.columns))


def _page(columns: int, rows: int) -> pyte.Screen:
    return pyte.Screen(columns, rows)


def _without_colons(match: re.Match[str]) -> str:
    """Sub-parameters as pyte reads them: `38:2::1:2:3` is `38;2;1;2;3`."""
    return match[0].replace("::", ":").replace(":", ";")

"""A page of words to read: lines of pieces that scroll where they don't fit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Final

from rich.cells import cell_len, chop_cells
from textual import events
from textual.strip import Strip

from dli_tui.tui.widgets.lines import Lines, Piece

Text = tuple[Piece, ...]

_LEAST: Final = 8
"""Too narrow to be read wrapped."""


class Page(Lines):
    """Lines that are read, not chosen from."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._texts: Sequence[Text] = ()
        self._laid: tuple[int, list[Text]] = (-1, [])

    @property
    def count(self) -> int:
        return len(self.laid)

    @property
    def laid(self) -> list[Text]:
        """The lines as they stand on the page, long ones wrapped."""
        width = self.field.width
        if self._laid[0] != width:
            self._laid = (width, [line for text in self._texts for line in wrapped(text, width)])
        return self._laid[1]

    def needed(self, width: int) -> int:
        """How many lines it would take on `width` cells."""
        return sum(len(wrapped(text, width)) for text in self._texts)

    @property
    def words(self) -> str:
        """What stands there, for a test and for the clipboard."""
        return "\n".join("".join(piece.text for piece in text).rstrip() for text in self._texts)

    def tell(self, texts: Sequence[Text]) -> None:
        """Show this; nothing is painted where it is the same as before."""
        if texts == self._texts:
            return
        before = self.laid
        self._texts = texts
        self._laid = (-1, [])
        if len(self.laid) != len(before):
            self.resized()
        pairs = enumerate(zip_longest(before, self.laid))
        self.repaint(at for at, (old, new) in pairs if old != new)

    def _lay_out(self) -> None:
        self._laid = (-1, [])
        self.resized()

    def go_to(self, index: int) -> None:
        self.scroll_lines_to(max(0, min(index, self.count - self.room)))

    def action_move(self, by: int) -> None:
        self.go_to(self.top + by)

    def action_page(self, by: int) -> None:
        self.go_to(self.top + by * max(1, self.room - 1))

    def paint(self, index: int, width: int) -> Strip:
        return self.strip(self.laid[index], width, self.base_style)

    def on_resize(self, _event: events.Resize) -> None:
        self._lay_out()


def wrapped(text: Text, width: int) -> list[Text]:
    """A line on as many as it takes; what goes on stands under what is said, not its label."""
    *before, last = text or (Piece(""),)
    indent = sum(cell_len(piece.text) for piece in before)
    room = width - indent
    if room < _LEAST or cell_len(last.text) <= room:
        return [text]
    first, *rest = _broken(last.text, room)
    blank = Piece(" " * indent)
    lines = [(*before, last._replace(text=first))]
    return [*lines, *((blank, last._replace(text=part)) for part in rest)]


def _broken(text: str, room: int) -> list[str]:
    """Text in parts of at most `room` cells, broken at blanks where there are some."""
    parts: list[str] = []
    while cell_len(text) > room:
        part = chop_cells(text, room)[0]
        blank = part.rfind(" ")
        cut = blank + 1 if blank > len(part) // 2 else len(part)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*parts, text]

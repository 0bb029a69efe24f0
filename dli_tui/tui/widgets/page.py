"""A page of words to read: lines of pieces that scroll where they don't fit."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from textual import events
from textual.strip import Strip

from dli_tui.tui.widgets.lines import Lines, Piece, wrapped

Text = tuple[Piece, ...]


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

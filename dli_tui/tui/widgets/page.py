"""A page of words to read: lines of pieces that scroll where they don't fit."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from dli_tui.tui.widgets.lines import Lines, Piece

Text = tuple[Piece, ...]


class Page(Lines):
    """Lines that are read, not chosen from."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self._texts: Sequence[Text] = ()

    @property
    def count(self) -> int:
        return len(self._texts)

    @property
    def words(self) -> str:
        """What stands there, for a test and for the clipboard."""
        return "\n".join("".join(piece.text for piece in text).rstrip() for text in self._texts)

    def tell(self, texts: Sequence[Text]) -> None:
        """Show this; nothing is painted where it is the same as before."""
        if texts == self._texts:
            return
        self._texts = texts
        self.resized()
        self.refresh()

    def go_to(self, index: int) -> None:
        self.scroll_lines_to(max(0, min(index, self.count - self.room)))

    def action_move(self, by: int) -> None:
        self.go_to(self.top + by)

    def action_page(self, by: int) -> None:
        self.go_to(self.top + by * max(1, self.room - 1))

    def paint(self, index: int, width: int) -> Strip:
        return self.strip(self._texts[index], width, self.rich_style)

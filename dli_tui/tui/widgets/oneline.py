"""A single line with something on the left and something on the right: header, filters, keys.

Textual's Header leaks itself with every screen, and its Footer is a widget for each key; this
is one widget that watches nothing, and is painted again only when its words are others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip

from dli_tui.tui.looks import Tone
from dli_tui.tui.widgets.cells import fitted
from dli_tui.tui.widgets.toned import Toned


class Bit(NamedTuple):
    """Some words, their tone, and what a click on them does."""

    text: str
    tone: Tone = Tone.PLAIN
    bold: bool = False
    reverse: bool = False
    action: str | None = None


Bits = Sequence[Bit]


class OneLine(Toned):
    """One line; what stands on the right is never cut."""

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self.forget_styles()

    def __init__(
        self,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.forget_styles()
        self._left: Bits = ()
        self._right: Bits = ()

    @property
    def words(self) -> str:
        """What stands there, for a test and for the clipboard."""
        return "".join(bit.text for bit in (*self._left, *self._right))

    def tell(self, left: Bits, right: Bits = ()) -> None:
        """Show this; nothing is painted where it is the same as before."""
        if (tuple(left), tuple(right)) == (self._left, self._right):
            return
        self._left, self._right = tuple(left), tuple(right)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        if y > 0:
            return Strip.blank(width, self.base_style)
        segments = [Segment(text, self._style(bit)) for text, bit in self._placed(width)]
        return Strip(segments).adjust_cell_length(width, self.base_style)

    def _placed(self, width: int) -> list[tuple[str, Bit]]:
        room = width - sum(cell_len(bit.text) for bit in self._right)
        placed: list[tuple[str, Bit]] = []
        for bit in self._left:
            if room <= 0:
                break
            text = fitted(bit.text, min(room, cell_len(bit.text)))
            placed.append((text, bit))
            room -= cell_len(text)
        return [*placed, (" " * max(0, room), Bit("")), *((bit.text, bit) for bit in self._right)]

    def _style(self, bit: Bit) -> Style:
        style = self.base_style
        if bit.tone is not Tone.PLAIN:
            style += self.tone(bit.tone)
        return style + Style(bold=bit.bold or None, reverse=bit.reverse or None)

    async def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset_capture(self).x
        for text, bit in self._placed(self.size.width):
            at -= cell_len(text)
            if at < 0:
                if bit.action is not None:
                    await self.run_action(bit.action)
                return

"""One line is painted for a key: nothing that is made with Textual can answer one faster."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

_COUNTING = 1
"""The line that counts the presses."""


class OneLine(Widget, can_focus=True):
    """A screen of lines that stay, and one that counts."""

    DEFAULT_CSS = "OneLine { height: 1fr; }"
    BINDINGS: ClassVar[list[BindingType]] = [("down", "count", "Count")]

    pressed = 0

    def render_line(self, y: int) -> Strip:
        text = f"pressed {self.pressed} times" if y == _COUNTING else f"line {y}"
        return Strip([Segment(text.ljust(self.size.width), self.rich_style)], self.size.width)

    def action_count(self) -> None:
        self.pressed += 1
        self.refresh(Region(0, _COUNTING, self.size.width, 1))


class OneLineApp(App[None]):
    """Nothing else on the screen."""

    BINDINGS: ClassVar[list[BindingType]] = [("q", "quit", "Quit")]
    AUTO_FOCUS = "OneLine"

    def compose(self) -> ComposeResult:
        yield OneLine()


if __name__ == "__main__":
    OneLineApp().run()

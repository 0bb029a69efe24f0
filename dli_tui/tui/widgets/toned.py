"""Styles of tones, taken from the theme's variables rather than from component classes.

The sheets can do the same, but a component class for each tone of each widget is a hundred
nodes to style before the first paint.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.style import Style
from textual.color import Color
from textual.widget import Widget

from dli_tui.tui.breakage import Contained
from dli_tui.tui.looks import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping

BOLD: Final = Style(bold=True)
HIT: Final = Style(reverse=True)
_UNDERLINED: Final = Style(underline=True)


class Toned(Contained, Widget):
    """A widget that paints in tones."""

    _styles: dict[str, Style]

    @property
    def base_style(self) -> Style:
        """The widget's own ground and text; Textual works it out through all ancestors."""
        style = self._styles.get("")
        if style is None:
            style = self._styles[""] = self.rich_style
        return style

    def tone(self, tone: Tone) -> Style:
        """The colour of a tone in the theme of now."""
        return self._remembered(f"status-{tone}")

    @property
    def cursor_style(self) -> Style:
        """The ground of the line that the cursor is on, stronger where the keys go."""
        if not self.has_focus:
            return Style(bgcolor=self._remembered("surface").color)
        return Style(bgcolor=self._remembered("cursor-line").color, bold=True)

    @property
    def head_style(self) -> Style:
        """The line that stays at the top."""
        return self.tone(Tone.MUTED) + _UNDERLINED

    def forget_styles(self) -> None:
        """The theme is another."""
        self._styles = {}

    def _remembered(self, variable: str) -> Style:
        style = self._styles.get(variable)
        if style is None:
            style = self._styles[variable] = style_of(self.app.theme_variables, variable)
        return style


def style_of(variables: Mapping[str, str], name: str) -> Style:
    """A variable of the theme as a style; one that a theme lacks changes nothing."""
    colour = variables.get(name)
    return Style() if colour is None else Style(color=Color.parse(colour).rich_color)

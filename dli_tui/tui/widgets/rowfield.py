"""A field of a form that has many: its label beside the line to type in."""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Input

from dli_tui.domain.text import safe_line
from dli_tui.tui.looks import Tone
from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.oneline import OneLine
from dli_tui.tui.widgets.safeinput import SafeInput
from dli_tui.tui.widgets.saying import Saying

_MOST: Final = 200


class RowField(Field):
    """One line as long as nothing is to be said about it."""

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield OneLine(classes="label")
            yield self.line_to_type_in()
        yield Saying()

    def line_to_type_in(self) -> Input:
        """Where the value is typed."""
        return SafeInput(self._first, placeholder=self._hint, compact=True, select_on_focus=False)

    def underline(self, cells: tuple[int, int], problem: str) -> None:
        """Say what is wrong, and mark from which cell of the value to which it is."""
        start, end = cells
        marked = (Piece(" " * start), Piece("^" * (end - start), Tone.FAILED, bold=True))
        room = self.query_one(Input).size.width
        lines = [marked] if end <= room else []
        said = (Piece(safe_line(problem, _MOST), Tone.FAILED),)
        self.query_one(Saying).tell([*lines, said])

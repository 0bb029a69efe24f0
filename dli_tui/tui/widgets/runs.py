"""The runs of a history. Under one that failed stands why: a line that belongs to it."""

from __future__ import annotations

from typing import Final, NamedTuple

from textual.message import Message
from textual.strip import Strip

from dli_tui.present.rows import RunRow
from dli_tui.tui.looks import Tone
from dli_tui.tui.widgets.cells import fitted
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.table import Table

_INDENT: Final = 4


class RunError(NamedTuple):
    """The line under a run that failed."""

    row: RunRow


Line = RunRow | RunError


class Runs(Table[Line]):
    """A table in which some rows have a second line, which the cursor passes over."""

    class Scrolled(Message):
        """Other lines can be seen."""

        def can_replace(self, message: Message) -> bool:
            return isinstance(message, Runs.Scrolled)

    @property
    def run(self) -> RunRow | None:
        """The run under the cursor."""
        line = self.current
        return line.row if isinstance(line, RunError) else line

    def go_to(self, index: int) -> None:
        index = max(0, min(index, self.count - 1))
        if self._is_error(index):
            is_on = index > self.cursor and index + 1 < self.count
            index += 1 if is_on else -1
        super().go_to(index)

    def to_the_top(self) -> None:
        """Show other runs from the newest on."""
        self.cursor = 0
        self.is_steered = False
        self.scroll_lines_to(0)

    def show(self, index: int) -> None:
        # Why it failed is seen together with the run.
        if self._is_error(index + 1):
            super().show(index + 1)
        super().show(index)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(self.Scrolled())

    def _is_error(self, index: int) -> bool:
        return 0 <= index < self.count and isinstance(self.rows[index], RunError)

    def _drawn(self, index: int, width: int) -> Strip:
        line = self.rows[index]
        if not isinstance(line, RunError):
            return super()._drawn(index, width)
        error = fitted(line.row.error, width - _INDENT)
        pieces = (Piece(" " * _INDENT), Piece(error, Tone.FAILED))
        return self.strip(pieces, width, self.line_style(index))


def key_of(line: Line) -> object:
    """What tells a line from all others."""
    return ("error", line.row.ref) if isinstance(line, RunError) else line.ref

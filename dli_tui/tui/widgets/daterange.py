"""Two dates to type, side by side on one line."""

from __future__ import annotations

from datetime import date

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input

from dli_tui.present import dates
from dli_tui.tui.breakage import Contained
from dli_tui.tui.looks import Tone
from dli_tui.tui.widgets.oneline import Bit, OneLine
from dli_tui.tui.widgets.safeinput import SafeInput

Range = tuple[date, date]


class DateRange(Contained, Horizontal):
    """From a date to a date, both included."""

    class Typed(Message):
        """A range was typed that can be read."""

        def __init__(self, start: date, end: date) -> None:
            super().__init__()
            self.start, self.end = start, end

    class Unreadable(Message):
        """What was typed is no range."""

    def __init__(self, start: date, end: date, today: date) -> None:
        super().__init__(id="range")
        self._first = (start, end)
        self._known: Range | None = (start, end)
        """The range that was told last, or put here; None while there is none."""
        self._today = today

    def compose(self) -> ComposeResult:
        for name, value in zip(("from", "to"), self._first, strict=True):
            yield OneLine(id=f"label-{name}", classes="wide")
            yield SafeInput(str(value), id=f"date-{name}", compact=True, select_on_focus=True)
        yield OneLine(id="range-said")

    def on_mount(self) -> None:
        for name in ("from", "to"):
            self.query_one(f"#label-{name}", OneLine).tell([Bit(f"{name} ", Tone.MUTED)])

    @property
    def range(self) -> Range | None:
        """The dates as typed, or None where they make no range."""
        start, end = (dates.read(self._input(name).value, self._today) for name in ("from", "to"))
        return (start, end) if start is not None and end is not None and start <= end else None

    def put(self, start: date, end: date) -> None:
        """Show dates that were chosen elsewhere."""
        self._known = (start, end)
        with self.prevent(Input.Changed):
            for name, day in zip(("from", "to"), (start, end), strict=True):
                if dates.read(self._input(name).value, self._today) != day:
                    self._input(name).value = str(day)
        self._complain("")

    def _input(self, name: str) -> Input:
        return self.query_one(f"#date-{name}", Input)

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        found = self.range
        self._complain("" if found is not None else self._why_not())
        if found is not None and self._is_in_words():
            self._remark(f"{found[0]} to {found[1]}")
        if found == self._known:
            return
        self._known = found
        self.post_message(self.Unreadable() if found is None else self.Typed(*found))

    def _is_in_words(self) -> bool:
        return any(dates.is_word(self._input(name).value) for name in ("from", "to"))

    def _why_not(self) -> str:
        for name in ("from", "to"):
            if dates.read(self._input(name).value, self._today) is None:
                return dates.why_not(self._input(name).value)
        return "The first date is after the last"

    def _complain(self, words: str) -> None:
        self.query_one("#range-said", OneLine).tell([Bit(words, Tone.FAILED)] if words else [])

    def _remark(self, words: str) -> None:
        self.query_one("#range-said", OneLine).tell([Bit(words, Tone.MUTED)])

"""One field of a form: its label, the line to type in, and what is wrong with it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from dli_tui.tui.looks import Tone
from dli_tui.tui.widgets.oneline import Bit, OneLine


class Field(Vertical):
    """A label, a value, and the complaint about it right below."""

    def __init__(self, name: str, label: str, *, value: str = "", hint: str = "") -> None:
        super().__init__(name=name, id=f"field-{name}")
        self._label = label
        self._first = value
        self._hint = hint

    def compose(self) -> ComposeResult:
        yield OneLine(classes="label")
        yield Input(self._first, placeholder=self._hint, compact=True, select_on_focus=False)
        yield OneLine(classes="complaint")

    def on_mount(self) -> None:
        self.query_one(".label", OneLine).tell([Bit(self._label, Tone.MUTED)])
        self.query_one(".complaint", OneLine).display = False

    @property
    def value(self) -> str:
        """What was typed."""
        return self.query_one(Input).value

    @value.setter
    def value(self, value: str) -> None:
        self.query_one(Input).value = value

    def complain(self, problem: str) -> None:
        """Say what is wrong with it, or nothing."""
        line = self.query_one(".complaint", OneLine)
        line.tell([Bit(problem, Tone.FAILED)])
        line.display = bool(problem)

    def focus_input(self) -> None:
        """Go back to where the person has to type."""
        self.query_one(Input).focus()

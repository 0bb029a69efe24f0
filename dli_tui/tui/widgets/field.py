"""One field of a form: its label, the line to type in, and what is wrong with it."""

from __future__ import annotations

from typing import Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from dli_tui.domain.text import safe_line, typed
from dli_tui.tui.breakage import Contained
from dli_tui.tui.looks import Tone
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.oneline import Bit, OneLine
from dli_tui.tui.widgets.safeinput import SafeInput
from dli_tui.tui.widgets.saying import Saying

_MOST: Final = 200


class Field(Contained, Vertical):
    """A label, a value, and the complaint about it right below."""

    def __init__(self, name: str, label: str, *, value: str = "", hint: str = "") -> None:
        super().__init__(name=name, id=f"field-{name}")
        self._label = label
        self._is_in_focus = False
        self._first = typed(value)
        self._hint = hint
        self._complains = False

    def compose(self) -> ComposeResult:
        yield OneLine(classes="label")
        yield SafeInput(self._first, placeholder=self._hint, compact=True, select_on_focus=False)
        yield Saying()

    def on_mount(self) -> None:
        self.relabel(self._label)

    def relabel(self, label: str) -> None:
        """Call it something else."""
        self._label = label
        self._tell_label()

    def _tell_label(self) -> None:
        tone = Tone.PLAIN if self._is_in_focus else Tone.MUTED
        self.query_one(".label", OneLine).tell([Bit(self._label, tone, bold=self._is_in_focus)])

    def on_descendant_focus(self) -> None:
        self._is_in_focus = True
        self._tell_label()

    def on_descendant_blur(self) -> None:
        self._is_in_focus = False
        self._tell_label()

    @on(Input.Changed)
    def _corrected(self) -> None:
        """What was complained about stands there no longer; the form says if this is wrong too."""
        if self._complains:
            self.complain("")

    @property
    def value(self) -> str:
        """What was typed."""
        return self.query_one(Input).value

    @value.setter
    def value(self, value: str) -> None:
        self.query_one(Input).value = value

    @property
    def is_typed(self) -> bool:
        """Whether somebody made it another than it was."""
        return self.value != self._first

    @property
    def is_wrong(self) -> bool:
        """Whether something is complained about."""
        return self._complains

    def prefill(self, value: str) -> None:
        """Put something there, unless somebody typed in it."""
        if not self.is_typed:
            self._first = typed(value)
            self.value = self._first

    def complain(self, problem: str) -> None:
        """Say what is wrong with it, or nothing."""
        self._say(problem, Tone.FAILED)

    def remark(self, words: str) -> None:
        """Say how it was understood, or nothing."""
        self._say(words, Tone.MUTED)

    def _say(self, words: str, tone: Tone) -> None:
        shown = safe_line(words, _MOST)
        self._complains = bool(shown) and tone is Tone.FAILED
        self.query_one(Saying).tell([(Piece(shown, tone),)] if shown else [])

    def focus_input(self) -> None:
        """Go back to where the person has to type."""
        self.query_one(Input).focus()

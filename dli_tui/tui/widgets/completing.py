"""A field whose value is one of many names: a part of one is typed, the rest is taken.

The list below it shows a few that fit; nothing is put in by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final, NamedTuple

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from dli_tui.present import completing, words
from dli_tui.tui import keys
from dli_tui.tui.looks import Tone
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.page import Text
from dli_tui.tui.widgets.rowfield import RowField
from dli_tui.tui.widgets.safeinput import SafeInput
from dli_tui.tui.widgets.saying import Saying

MOST: Final = 4
"""So many names are shown: more of the letters are typed sooner than they are read."""
_NONE: Final = -1


class Choice(NamedTuple):
    """A name that can be taken, and what is to be said of it."""

    name: str
    note: str = ""


class _Line(SafeInput):
    """The keys that take a name come before those of the form."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.fixed(keys.Place.NAMES)]

    def __init__(self, field: CompletingField, value: str, hint: str) -> None:
        super().__init__(value, placeholder=hint, compact=True, select_on_focus=False)
        self._of = field

    def action_mark(self, by: int) -> None:
        self._of.mark(by)

    def action_take_or_leave(self) -> None:
        if not self._of.take():
            self.screen.focus_next()

    def action_cursor_right(self, select: bool = False) -> None:
        if select or not self.cursor_at_end or not self._of.take():
            super().action_cursor_right(select)

    async def action_submit(self) -> None:
        if not (self._of.is_marked and self._of.take()):
            await super().action_submit()

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self._of.tell_choices()


class CompletingField(RowField):
    """Down marks a name; tab or right takes it, or the first one where none is marked."""

    def __init__(
        self, name: str, label: str, *, value: str = "", hint: str = "", sign: str = ">"
    ) -> None:
        super().__init__(name, label, value=value, hint=hint)
        self._sign = sign
        self._names: Sequence[str] = ()
        self._known: frozenset[str] = frozenset()
        self._note: Callable[[str], str] = lambda _name: ""
        self._choices: Sequence[Choice] = ()
        self._marked = _NONE

    def compose(self) -> ComposeResult:
        yield from super().compose()
        yield Saying(id="choices-of-field")

    def line_to_type_in(self) -> Input:
        return _Line(self, self._first, self._hint)

    def offer(self, names: Sequence[str], note: Callable[[str], str] | None = None) -> None:
        """Let it be one of these names; `note` says something of each."""
        self._names, self._known = names, frozenset(names)
        self._note = note or self._note
        self.tell_choices()

    @property
    def is_marked(self) -> bool:
        """Whether one of the names shown is marked."""
        return self._marked != _NONE

    @property
    def is_open(self) -> bool:
        """Whether there is a name to take."""
        return bool(self._choices)

    def mark(self, by: int) -> None:
        """Mark the next name, or the one before."""
        if self._choices:
            self._marked = max(_NONE, min(self._marked + by, len(self._choices) - 1))
            self._paint()

    def take(self) -> bool:
        """Put the marked name in, or the first that fits what was typed; whether there was one."""
        if not self._choices or not (self.value.strip() or self.is_marked):
            return False
        self.value = self._choices[max(0, self._marked)].name
        line = self.query_one(Input)
        line.cursor_position = len(self.value)
        return True

    def tell_choices(self) -> None:
        """Show what fits what was typed, while it is typed."""
        if not self.is_attached:
            return
        line = self.query_one(Input)
        typed = line.value.strip()
        found: list[str] = []
        if line.has_focus and typed not in self._known:
            found = completing.fitting(typed, self._names, MOST)
        self._choices = [Choice(name, self._note(name)) for name in found]
        self._marked = _NONE
        self._paint()

    def _paint(self) -> None:
        lines = [self._line(at, choice) for at, choice in enumerate(self._choices)]
        self.query_one("#choices-of-field", Saying).tell(lines)

    def _line(self, at: int, choice: Choice) -> Text:
        here = at == self._marked
        sign = f"{self._sign} " if here else "  "
        name = Piece(f"{sign}{words.name(choice.name)}", Tone.RUNNING, bold=here)
        taken = max(0, self._marked) if self.is_marked or self.value.strip() else _NONE
        key = ("tab",) if at == taken else ()
        notes = "  ".join(note for note in (choice.note, *key) if note)
        return (name, Piece(f"  {notes}", Tone.MUTED)) if notes else (name,)

    def on_input_changed(self, _message: Input.Changed) -> None:
        self.tell_choices()

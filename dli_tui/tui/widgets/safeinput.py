"""A line to type in that shows nothing a terminal would obey, wherever its text came from.

A paste, a draft, a name that was put there by a program: Textual writes all of them to the
screen as they are. What is dropped here is nothing that anybody means, so what is sent is
what is seen.
"""

from __future__ import annotations

from typing import ClassVar, Final

from textual import events
from textual.widgets import Input

from dli_tui.domain.text import typed
from dli_tui.tui.breakage import Contained

_MOST: Final = 100_000
"""No line is meant to be longer, and a paste may be all of a log."""


class SafeInput(Contained, Input):
    """Takes a whole paste as one line, and keeps what can be read of it."""

    leaving: ClassVar[frozenset[str]] = frozenset()
    """Keys that go back to what the line belongs to: what is pressed next is meant for that."""

    def validate_value(self, value: str) -> str:
        """What may stand here; Textual asks whenever the value is another."""
        return typed(value[:_MOST])

    def replace(self, text: str, start: int, end: int) -> None:
        # Cleaned before it is counted, or the cursor would stand beyond it.
        super().replace(typed(text[:_MOST]), start, end)

    def _on_paste(self, event: events.Paste) -> None:
        # Textual keeps the first line alone, and an object of JSON often has several.
        event.prevent_default()
        event.stop()
        self.replace(event.text, *sorted(self.selection))

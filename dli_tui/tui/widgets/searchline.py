"""A line to type a search in, at the foot of what is searched."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.message import Message
from textual.widgets import Input

from dli_tui.tui.widgets.safeinput import SafeInput


class SearchLine(SafeInput):
    """Shown while somebody types; enter and escape go back to what is searched."""

    leaving: ClassVar[frozenset[str]] = frozenset({"escape", "enter"})

    class Left(Message):
        """The search is done; the keys belong to the page again."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(placeholder="search", id=id, compact=True, select_on_focus=False)
        self.display = False

    def ask(self, needle: str) -> None:
        """Let the person type; what was searched last is there, and goes when he types anew."""
        self.display = True
        with self.prevent(Input.Changed):
            self.value = needle
        self.action_select_all()
        # At once: the keys that were pressed right after this one are meant for this line.
        self.screen.set_focus(self)

    def on_key(self, event: events.Key) -> None:
        if event.key not in self.leaving:
            return
        event.stop()
        event.prevent_default()
        if event.key == "escape":
            self.value = ""
        self.display = False
        self.post_message(self.Left())

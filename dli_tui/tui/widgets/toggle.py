"""Something that is on or off, in words that need no colour."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import reactive

from dli_tui.tui.looks import Tone
from dli_tui.tui.widgets.oneline import Bit, OneLine


class Toggle(OneLine, can_focus=True):
    """Space or a click turns it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "turn", show=False)]

    on: reactive[bool] = reactive(False)  # noqa: FBT003 - a reactive's first value

    def __init__(self, name: str, label: str, *, on: bool = False, kept: bool = True) -> None:
        super().__init__(id=name)
        self.kept = kept
        """Whether a draft keeps it: what overrules a guard is turned on each time."""
        self._first = on
        self.set_reactive(Toggle.on, on)
        self.called = name
        """What a draft keeps it under."""
        self._label = label

    @property
    def is_turned(self) -> bool:
        """Whether somebody made it another than it was."""
        return self.on != self._first

    def prefill(self, *, on: bool) -> None:
        """Let it be so, unless somebody turned it."""
        if not self.is_turned:
            self._first = self.on = on

    def watch_on(self, on: bool) -> None:
        self.tell([Bit(f"[{'x' if on else ' '}] ", Tone.RUNNING, bold=on), Bit(self._label)])

    def on_mount(self) -> None:
        self.watch_on(self.on)

    def action_turn(self) -> None:
        self.on = not self.on

    async def on_click(self, event: events.Click) -> None:
        self.action_turn()

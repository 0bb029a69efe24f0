"""One of a few things, all of them in sight: the one that holds stands in brackets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive

from dli_tui.tui import keys
from dli_tui.tui.choices import following
from dli_tui.tui.looks import Tone
from dli_tui.tui.widgets.oneline import Bit, OneLine


class Options(OneLine, can_focus=True):
    """Space and the arrows go through them; a click takes one."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.fixed(keys.Place.OPTIONS)]

    chosen: reactive[str] = reactive("", init=False)

    class Changed(Message):
        """Another one holds."""

        def __init__(self, options: Options) -> None:
            super().__init__()
            self.options = options

        @property
        def control(self) -> Options:
            """The widget that changed."""
            return self.options

    def __init__(self, name: str, label: str, options: Sequence[str], chosen: str) -> None:
        super().__init__(id=name)
        self.called = name
        """What a draft keeps it under."""
        self.options = tuple(options)
        self._label = label
        self._first = chosen
        self.set_reactive(Options.chosen, chosen)

    @property
    def is_turned(self) -> bool:
        """Whether somebody took another one."""
        return self.chosen != self._first

    def on_mount(self) -> None:
        self._tell()

    def watch_chosen(self) -> None:
        self._tell()
        self.post_message(self.Changed(self))

    def action_turn(self, by: int) -> None:
        self.chosen = following(self.options, self.chosen, by)

    def _bits(self) -> list[Bit]:
        bits = [Bit(f"{self._label} " if self._label else "", Tone.MUTED)]
        for option in self.options:
            holds = option == self.chosen
            words = f"[{option}]" if holds else f" {option} "
            bits.append(Bit(words, Tone.RUNNING if holds else Tone.PLAIN, bold=holds))
        return bits

    def _tell(self) -> None:
        self.tell(self._bits())

    async def on_click(self, event: events.Click) -> None:
        at = event.get_content_offset_capture(self).x
        for bit, option in zip(self._bits(), ("", *self.options), strict=True):
            at -= cell_len(bit.text)
            if at < 0:
                self.chosen = option or self.chosen
                return

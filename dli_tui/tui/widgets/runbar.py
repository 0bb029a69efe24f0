"""The filters of a history in words, and the line to type a part of a name in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dli_tui.tui.looks import Tone
from dli_tui.tui.widgets.filterbar import FilterLine, choice
from dli_tui.tui.widgets.oneline import Bit

if TYPE_CHECKING:
    from dli_tui.present.runfilters import HistoryFilter


class RunBar(FilterLine):
    """Which runs are shown, each part clickable."""

    hint = "a part of the name"

    def tell(self, wanted: HistoryFilter, zone: str, days: str, *, of_all: bool) -> None:
        """Show the filters in force; times are told in `zone`, days are those of `days`. Of one
        workflow there is one source."""
        dates = wanted.dates() + (f" {days}" if wanted.is_dated and days != zone else "")
        source = ("source", wanted.source, "source", wanted.source is not None)
        parts = (
            *((source,) if of_all else ()),
            ("status", wanted.status and wanted.status.lower(), "status", bool(wanted.status)),
            ("type", wanted.run_type, "type", wanted.run_type is not None),
            ("slots", dates, "dates", wanted.is_dated),
        )
        bits = [
            bit
            for label, value, action, chosen in parts
            for bit in choice(label, value or "all", action, chosen=chosen)
        ]
        told = Bit(f"times in {zone} ", Tone.MUTED, action="screen.times")
        room = self.size.width - sum(len(bit.text) for bit in bits)
        self.show(wanted.text, bits, (), [told] if room > len(told.text) else [])

"""The last runs as a small chart of how long they took."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from dli_tui.present.rows import BAD, Mark

BARS: Final = "▁▂▃▄▅▆▇█"
ASCII_BARS: Final = "_.-=#"


def durations(marks: Sequence[Mark], width: int, *, ascii_only: bool = False) -> str:
    """One bar for each of the newest runs (newest last), the longest of them full height.

    Exactly `width` cells; a run of unknown duration is a blank.
    """
    if width <= 0:
        return ""
    bars = ASCII_BARS if ascii_only else BARS
    seen = marks[-width:]
    longest = max((mark.seconds for mark in seen if mark.seconds is not None), default=0.0)
    drawn = "".join(_bar(mark.seconds, longest, bars) for mark in seen)
    return drawn.rjust(width)


def counts(values: Sequence[float], width: int, *, ascii_only: bool = False) -> str:
    """One bar for each of the last values, the largest of them full height; nothing is a blank."""
    bars = ASCII_BARS if ascii_only else BARS
    seen = values[-width:] if width > 0 else ()
    largest = max(seen, default=0.0)
    return "".join(_bar(value, largest, bars) if value > 0 else " " for value in seen)


def failures(marks: Sequence[Mark]) -> int:
    """How many of the runs failed."""
    return sum(mark.status in BAD for mark in marks)


def _bar(seconds: float | None, longest: float, bars: str) -> str:
    if seconds is None:
        return " "
    if longest <= 0 or seconds <= 0:
        return bars[0]
    return bars[round(seconds / longest * (len(bars) - 1))]

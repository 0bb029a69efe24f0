"""Which names somebody may mean by a part of one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from heapq import nsmallest
from typing import Final

_BREAKS: Final = re.compile(r"[._/\- ]")


def fitting(typed: str, names: Iterable[str], most: int) -> list[str]:
    """At most so many of the names that hold what was typed, those that begin with it first.

    Of those that fit as well as each other, the order of the names decides.
    """
    part = typed.strip().casefold()
    found = (name for name in names if part in name.casefold())
    return nsmallest(most, found, key=lambda name: _rank(part, name.casefold()))


def near(typed: str, names: Sequence[str], most: int) -> list[str]:
    """Names that are much like what was typed, the nearest first."""
    folded = {name.casefold(): name for name in reversed(names)}
    return [folded[one] for one in get_close_matches(typed.strip().casefold(), folded, n=most)]


def _rank(part: str, name: str) -> int:
    """How well a part fits: it begins the name, or one of its words, or stands within."""
    if name.startswith(part):
        return 0
    return 1 if any(word.startswith(part) for word in _BREAKS.split(name)) else 2

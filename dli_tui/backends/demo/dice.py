"""Chance without state: the same numbers for the same question, cheap to ask for.

`random.Random` takes ten microseconds to seed, and a list of 100,000 rows seeds one for
each; this mixes integers in a fraction of that.
"""

from __future__ import annotations

from typing import Final
from zlib import crc32

_MASK: Final = (1 << 64) - 1
_GOLDEN: Final = 0x9E3779B97F4A7C15


def stable_hash(text: str) -> int:
    """The same number for the same text on every machine and in every process."""
    return crc32(text.encode("utf-8", "surrogatepass"))


class Dice:
    """A stream of numbers in [0, 1) that depends on `keys` alone (splitmix64)."""

    __slots__ = ("_state",)

    def __init__(self, *keys: int) -> None:
        state = 0
        for key in keys:
            state = ((state ^ key) * _GOLDEN + 0x632BE59BD9B4E019) & _MASK
        self._state = state

    def roll(self) -> float:
        """The next number in [0, 1)."""
        self._state = (self._state + _GOLDEN) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((mixed ^ (mixed >> 31)) >> 11) / (1 << 53)

    def pick(self, count: int) -> int:
        """A whole number from 0 to `count` - 1."""
        return int(self.roll() * count)

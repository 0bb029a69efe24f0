"""What is under way, so that somebody can wait until nothing is."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_TURNS: Final = 20
"""One thing brings about the next within a few turns of the loop: a timer, a wake-up, a task."""


class Activity:
    """Counts the questions under way."""

    def __init__(self) -> None:
        self._count = 0
        self._none = asyncio.Event()
        self._none.set()

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Something is under way while the block lasts."""
        self._count += 1
        self._none.clear()
        try:
            yield
        finally:
            self._count -= 1
            if not self._count:
                self._none.set()

    async def idle(self) -> None:
        """Return when nothing is under way, and nothing is about to be."""
        quiet = 0
        while quiet < _TURNS:
            if self._none.is_set():
                await asyncio.sleep(0)
                quiet += 1
            else:
                await self._none.wait()
                quiet = 0

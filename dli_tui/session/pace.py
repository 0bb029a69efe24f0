"""How fast the picture is asked for: real seconds, whatever hour a demo plays."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Pace(Protocol):
    """Seconds that pass for the person who looks, and a way to let some pass."""

    def passed(self) -> float:
        """Seconds since some moment that stays the same."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when that many seconds have passed."""
        ...


class RealPace:
    """The seconds of the machine, which nobody can set back."""

    def passed(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

"""Time is handed in: everything that needs the hour asks a Clock.

A picture, a plan or a history made at one hour is the same picture at any other, as long
as the clock says so.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

GRACE: Final = timedelta(minutes=2)
"""A scheduler takes a moment; sooner than this after its slot nobody calls a run late."""
FIRST_YEAR: Final = 1900
"""Year 1 is how some servers say "never", and it can't be shown west of Greenwich."""
LAST_YEAR: Final = 9998


class Clock(Protocol):
    """The hour, and a way to wait for a later one."""

    def now(self) -> datetime:
        """The present moment, aware and in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when `seconds` of this clock have passed."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class FixedClock:
    """One moment that never passes. Waiting on it is wrong use, so it fails at once."""

    def __init__(self, moment: datetime) -> None:
        self._moment = as_utc(moment)

    def now(self) -> datetime:
        return self._moment

    async def sleep(self, seconds: float) -> None:
        raise RuntimeError(f"waiting {seconds:g} s on a clock that stands still would never end")


class FastClock:
    """The machine's time, running `speed` times as fast from now on."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._wall = datetime.now(UTC)
        self._ticks = time.monotonic()

    def now(self) -> datetime:
        passed = (time.monotonic() - self._ticks) * self._speed
        return self._wall + timedelta(seconds=passed)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self._speed)


def as_utc(moment: datetime) -> datetime:
    """The same moment in UTC; a naive one is taken to be UTC already."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)

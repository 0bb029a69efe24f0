"""The program as it is, on a demo whose minutes pass in seconds from one fixed hour on.

    python -m tests.terminal.hurried --demo

A story of ten minutes is then told in ten seconds, with the same dates on any day, and unlike
with `--demo-speed` the journal is kept as it is kept for a person.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Final
from unittest.mock import patch

from dli_tui.__main__ import main

SPEED: Final = 100.0
BEGIN: Final = datetime(2026, 11, 18, 9, 10, tzinfo=UTC)
"""A Wednesday: the Sunday before is in the midst of the week that a planner opens on."""


class HurriedClock:
    """Time from `BEGIN` on, `SPEED` times as fast."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    def now(self) -> datetime:
        return BEGIN + timedelta(seconds=(time.monotonic() - self._started) * SPEED)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / SPEED)


if __name__ == "__main__":
    # Time is handed in by whoever puts the program together; here that is somebody in a hurry.
    with patch("dli_tui.domain.clock.SystemClock", HurriedClock):
        main()

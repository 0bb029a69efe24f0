"""How often one may ask, by the minute that has just gone by."""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from dli_tui.domain.clock import Clock

_WINDOW: Final = timedelta(minutes=1)


class Rate(StrEnum):
    """What is counted together."""

    TEMPLATES = "templates"
    CREATION = "creation"
    EXECUTION = "execution"
    MONITORING = "monitoring"


MOST: Final = {Rate.TEMPLATES: 100, Rate.CREATION: 50, Rate.EXECUTION: 200, Rate.MONITORING: 500}
"""How many there may be in a minute."""


class Rates:
    """The requests of the last minute."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asked: dict[Rate, deque[datetime]] = {rate: deque() for rate in Rate}

    def wait(self, rate: Rate) -> int:
        """Count one more; the seconds to wait where that is too many, and then it isn't counted."""
        now, asked = self._clock.now(), self._asked[rate]
        while asked and asked[0] <= now - _WINDOW:
            asked.popleft()
        if len(asked) >= MOST[rate]:
            return math.ceil((asked[0] + _WINDOW - now).total_seconds())
        asked.append(now)
        return 0

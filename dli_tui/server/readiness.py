"""Whether the server can do its work now: `/ready`, for a load balancer and for an alert.

`/health` says that the process answers; this asks each thing that a request needs. What is wrong
with one stands in the log, as everybody may ask without signing in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final

from dli_tui.backends.single_flight import SingleFlight
from dli_tui.domain.traces import masked
from dli_tui.server.lines import json_line

SECONDS: Final = 5.0
"""How long one of them may take."""
KEPT_SECONDS: Final = 2.0
"""So long an answer is given again, however often it is asked for."""
READY: Final = "ready"
FAILED: Final = "failed"

Check = Callable[[], Awaitable[object]]


class Readiness:
    """Asks all components at once, one round for all who ask."""

    def __init__(
        self,
        checks: Mapping[str, Check],
        *,
        now: Callable[[], datetime],
        ticks: Callable[[], float],
        tell: Callable[[str], None],
    ) -> None:
        self._checks = checks
        self._now, self._ticks, self._tell = now, ticks, tell
        self._round = SingleFlight(self._asked)
        self._known: dict[str, str] = {}
        self._at = float("-inf")

    @property
    def known(self) -> Mapping[str, str]:
        """How the components stood the last time."""
        return self._known

    async def now(self) -> Mapping[str, str]:
        """How each component stands: `ready` or `failed`."""
        if not 0 <= self._ticks() - self._at < KEPT_SECONDS:
            return await self._round()
        return self._known

    async def _asked(self) -> Mapping[str, str]:
        problems = await asyncio.gather(*map(_problem, self._checks.values()))
        found = {
            name: READY if problem is None else FAILED
            for name, problem in zip(self._checks, problems, strict=True)
        }
        if found != (self._known or dict.fromkeys(found, READY)):
            reasons = {
                name: masked(problem)
                for name, problem in zip(self._checks, problems, strict=True)
                if problem is not None
            }
            event = "not ready" if reasons else "ready again"
            self._tell(json_line(time=self._now().isoformat(), event=event, **reasons))
        self._known, self._at = found, self._ticks()
        return found


async def _problem(check: Check) -> str | None:
    try:
        async with asyncio.timeout(SECONDS):
            await check()
    except TimeoutError:
        return f"no answer within {SECONDS:g} s"
    except Exception as problem:  # noqa: BLE001 - whatever it is, it isn't ready
        return str(problem) or type(problem).__name__
    return None

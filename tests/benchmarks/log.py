"""How long the demo takes to make its long log, which is none of the dashboard's time."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from typing import Final

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.domain.clock import FixedClock
from dli_tui.domain.ids import LogRef, RunRef

_NAME: Final = "platform.search.reindex"
_STEP: Final = "reindex"


def seconds_to_make(hour: str) -> float:
    """Seconds for all lines of the last run before `hour`, chunk by chunk."""
    return asyncio.run(_made(datetime.fromisoformat(hour)))


async def _made(hour: datetime) -> float:
    backend = DemoBackend(STANDARD, clock=FixedClock(hour), journal=MemoryJournal())
    async with backend:
        (run,) = (await backend.recent_runs([_NAME], 1))[_NAME]
        ref = LogRef(RunRef(run.run_id), _STEP, 1, None)
        began = time.perf_counter()
        cursor, complete = None, False
        while not complete:
            chunk = await backend.logs(ref, cursor)
            cursor, complete = chunk.cursor, chunk.complete
        return time.perf_counter() - began

"""Threads for the work of one caller: a few at once, and what is more waits for its turn.

All callers share the threads of the event loop. A server whose answers take long to parse, or a
key that is held, would fill their queue, and who only signs in would wait behind. Nothing fails
at the limit: it is awaited, in the order in which it came.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Threads:
    """At most so many pieces of work in threads at once."""

    def __init__(self, most: int) -> None:
        self._turns = asyncio.Semaphore(most)

    async def run(self, work: Callable[[], T]) -> T:
        """Do it in a thread. Who stops waiting leaves it there: its turn ends with the work."""
        await self._turns.acquire()
        job = asyncio.create_task(asyncio.to_thread(work))
        job.add_done_callback(self._end)
        return await asyncio.shield(job)

    def _end(self, job: asyncio.Task[T]) -> None:
        self._turns.release()
        if not job.cancelled():
            # Read here, so that a failure after its caller left isn't reported as unread.
            job.exception()

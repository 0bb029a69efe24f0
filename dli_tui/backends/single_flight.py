"""Single flight: callers who need the same answer share one request, and its failure too.

A lock around such a request makes a queue while the server is down: each caller waits for all
timeouts of the callers before and then for one of its own. Here all of them fail together.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Calls `request` unless a call is under way already, whose result is then shared.

    Nothing is remembered once the call is over: what to keep is up to the caller. The call goes
    on as long as one caller waits for it, and is cancelled with the last of them.
    """

    def __init__(self, request: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._request = request
        self._task: asyncio.Task[T] | None = None
        self._callers = 0

    async def __call__(self) -> T:
        task = self._task
        if task is None:
            task = self._task = asyncio.create_task(self._request())
            self._callers = 0
            task.add_done_callback(self._forget)
        self._callers += 1
        try:
            return await asyncio.shield(task)
        finally:
            if self._task is task:
                self._callers -= 1
                if self._callers == 0 and not task.done():
                    # Whoever calls while the cancelled call ends needs a call that goes on.
                    self._task = None
                    task.cancel()

    def _forget(self, task: asyncio.Task[T]) -> None:
        if self._task is task:
            self._task = None
        if not task.cancelled():
            # Read here, so that a failure after the last caller left isn't reported as unread.
            task.exception()

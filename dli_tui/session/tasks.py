"""The tasks of a session: none outlives it, and none dies unheard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Crashed = Callable[[BaseException], None]


class Tasks:
    """Starts tasks, hands what they die of to `crashed`, and ends them."""

    def __init__(self, crashed: Crashed | None = None) -> None:
        self._crashed = crashed or _tell_the_loop
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A task that does `work`."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def crashed(self, error: BaseException) -> None:
        """Hand on an exception that nobody expected, where the task goes on after it."""
        self._crashed(error)

    async def end(self, task: asyncio.Task[None]) -> None:
        """Cancel one task and wait until it is over."""
        task.cancel()
        await asyncio.wait({task})

    async def close(self) -> None:
        """Cancel all tasks and wait until they are over."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self._crashed(error)


def _tell_the_loop(error: BaseException) -> None:
    asyncio.get_running_loop().call_exception_handler(
        {"message": "A task of the session failed", "exception": error}
    )

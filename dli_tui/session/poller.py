"""Asks one question again and again: never twice at once, and slower while nothing answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Final

from dli_tui.domain.errors import (
    AuthenticationError,
    DLIError,
    InternalError,
    ServerError,
    Unsupported,
    WorkflowNotFoundError,
)
from dli_tui.session.freshness import Freshness
from dli_tui.session.surroundings import Surroundings

FIRST_RETRY: Final = 2.0
SLOWEST_RETRY: Final = 60.0
LONGEST_WAIT: Final = 3600.0
"""A server that asks for more isn't believed."""
_SPREAD: Final = 0.4
"""Of many who lost the same server, not all come back in the same second."""
_FINAL: Final = (Unsupported, WorkflowNotFoundError)
"""Asked again, these would be answered the same."""

Ask = Callable[[], Awaitable[None]]
Every = Callable[[], float | None]


class Poller:
    """Calls `ask`, waits as long as `every` says, and calls it again; `tell` when that shows.

    `every` says None while there is nothing to ask. A DLI error of `ask` becomes part of the
    freshness. So does a bug, which is reported too: what is shown isn't up to date any more, and
    the next question may be answered again.
    """

    def __init__(
        self, ask: Ask, every: Every, tell: Callable[[], None], around: Surroundings
    ) -> None:
        self.freshness = Freshness()
        self._ask, self._every, self._tell = ask, every, tell
        self._around = around
        self._failures = 0
        self._paused = False
        self._waiting: list[asyncio.Future[None]] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to ask; once is enough."""
        if self._task is None:
            self._task = self._around.tasks.start(self._go_on())

    async def close(self) -> None:
        """Ask no more; what is under way is given up."""
        if self._task is not None:
            await self._around.tasks.end(self._task)

    def refresh(self) -> asyncio.Future[None]:
        """Ask at once; done when the answer, or a problem, is there.

        What is under way may be older than what somebody has just done, so its answer isn't
        waited for: one more question follows it.
        """
        answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self._task is not None and self._task.done():
            answered.set_result(None)
        else:
            self._waiting.append(answered)
            self._wake.set()
        return answered

    def pause(self) -> None:
        """Ask nothing until `resume`, unless somebody wants it."""
        self._paused = True

    def resume(self) -> None:
        """Go on: at once if what is known is older than it would be."""
        self._paused = False
        self._wake.set()

    def look_again(self) -> None:
        """What `every` says has changed."""
        self._wake.set()

    async def _go_on(self) -> None:
        try:
            while True:
                try:
                    await self._step()
                except Exception as error:  # noqa: BLE001 - a bug ends one question, not all
                    self._around.tasks.crashed(error)
                    await self._broken(error)
        finally:
            _answer(self._waiting)

    async def _step(self) -> None:
        left = self._seconds_left()
        if left is not None and left <= 0:
            with self._around.activity.under_way():
                await self._turn()
        else:
            await self._rest(left)

    async def _broken(self, error: Exception) -> None:
        """Show that the picture is no longer kept up to date, and wait before the next question."""
        self._failures += 1
        retry_at = self._around.pace.passed() + SLOWEST_RETRY
        self.freshness = Freshness(self.freshness.as_of, InternalError.of(error), retry_at)
        with suppress(Exception):
            # Whoever is told may be what broke.
            self._tell()
        await self._rest(SLOWEST_RETRY)

    def _seconds_left(self) -> float | None:
        """How long until the next question; None: until somebody wants one."""
        if self._waiting:
            return 0.0
        due = None if self._paused else self._due()
        return None if due is None else due - self._around.pace.passed()

    def _due(self) -> float | None:
        every, fresh = self._every(), self.freshness
        if every is None:
            return None
        if fresh.problem is not None:
            return fresh.retry_at
        return self._around.pace.passed() if fresh.as_of is None else fresh.as_of + every

    async def _turn(self) -> None:
        waiting, self._waiting = self._waiting, []
        try:
            self._now_is(self.freshness._replace(busy=True))
            await self._ask()
        except DLIError as error:
            self._failures += 1
            self._now_is(Freshness(self.freshness.as_of, error, self._retry_after(error)))
        else:
            self._failures = 0
            self._now_is(Freshness(self._around.pace.passed()))
        finally:
            _answer(waiting)

    def _retry_after(self, error: DLIError) -> float | None:
        if isinstance(error, _FINAL):
            return None
        seconds = min(SLOWEST_RETRY, FIRST_RETRY * 2.0 ** min(self._failures - 1, 10))
        if isinstance(error, AuthenticationError):
            seconds = SLOWEST_RETRY
        luck = _SPREAD * self._around.jitter()
        wait = min(LONGEST_WAIT, error.wait_seconds) if isinstance(error, ServerError) else 0.0
        # Never sooner than it asked for.
        seconds = max(seconds * (1 - _SPREAD / 2 + luck), wait * (1 + luck))
        return self._around.pace.passed() + seconds

    def _now_is(self, freshness: Freshness) -> None:
        self.freshness = freshness
        self._tell()

    async def _rest(self, seconds: float | None) -> None:
        """Sleep that long, or until woken."""
        tasks = self._around.tasks
        timer = None if seconds is None else tasks.start(self._ring_after(seconds))
        try:
            await self._wake.wait()
        finally:
            self._wake.clear()
            if timer is not None:
                await tasks.end(timer)

    async def _ring_after(self, seconds: float) -> None:
        await self._around.pace.sleep(seconds)
        self._wake.set()


def _answer(waiting: Iterable[asyncio.Future[None]]) -> None:
    """Whoever waits for the answer has it."""
    for answered in waiting:
        if not answered.done():
            answered.set_result(None)

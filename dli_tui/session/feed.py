"""What the feeds of single things have in common: begun, held, gone on with, ended."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import ClassVar

from dli_tui.session.freshness import Freshness
from dli_tui.session.news import News
from dli_tui.session.poller import Poller
from dli_tui.session.surroundings import Surroundings


class Feed(News, ABC):
    """One thing, followed while somebody looks at it."""

    for_eyes: ClassVar[bool] = True
    """Whether it is followed for somebody who looks, so that it slows down while nobody does."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self._front = around.front
        self._poller = Poller(self._ask, self._paced, self.tell, around)
        self._leave_front: Callable[[], None] | None = None

    @property
    def freshness(self) -> Freshness:
        """How old this is, and what keeps it from being newer."""
        return self._poller.freshness

    async def start(self) -> None:
        """Begin to follow it."""
        if self._leave_front is None:
            self._leave_front = self._front.subscribe(self._poller.look_again)
        self._poller.start()

    async def close(self) -> None:
        """Follow it no more."""
        if self._leave_front is not None:
            self._leave_front()
        await self._poller.close()

    def refresh(self) -> asyncio.Future[None]:
        """Ask at once; done when the answer, or a problem, is there."""
        return self._poller.refresh()

    def pause(self) -> None:
        """Nobody sees it: ask nothing."""
        self._poller.pause()

    def resume(self) -> None:
        """Somebody sees it again: ask at once if it is older than it would be."""
        self._poller.resume()

    def _paced(self) -> float | None:
        every = self._every()
        # What lies there already is fetched whole: nobody has to wait for it later.
        return self._front.slowed(every) if every and self.for_eyes else every

    @abstractmethod
    async def _ask(self) -> None:
        """Bring what is known up to date."""

    @abstractmethod
    def _every(self) -> float | None:
        """Seconds from one answer to the next question; None while there is nothing to ask."""

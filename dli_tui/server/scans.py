"""Long histories, page by page, without reading all that lies before a page each time.

The server behind gives runs from the newest on. So a listing is held open for whoever asked for a
page of it, and the next page goes on from there. A page that lies far from any held listing is
refused instead of being paid for by the server behind, and of one person one such search goes on at
a time.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from dli_tui.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.page import Page
    from dli_tui.domain.query import HistoryQuery
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.wire.asked import Window

MOST_SKIPPED: Final = 10_000
"""So many runs are read past at most to come to a page."""
MOST_HELD: Final = 8
MOST_OF_ONE: Final = 2
"""So many listings are held open, and of one person."""
HELD_SECONDS: Final = 120.0


class Part(NamedTuple):
    """Some runs, and how many there are in all where that is known."""

    runs: tuple[WorkflowRun, ...]
    total: int | None


class _Scan:
    """A listing that is held open, with what was read of it and not given yet."""

    def __init__(self, pages: AsyncIterator[Page[WorkflowRun]]) -> None:
        self._pages = pages
        self._waiting: list[WorkflowRun] = []
        self._total: int | None = None
        self._is_over = False
        self.position = 0
        """The place in the history of the first run that waits."""
        self.last: tuple[int, int, Part] | None = None
        """What was given last, by offset and limit: an answer may be lost on its way."""
        self.used = 0.0

    async def part(self, offset: int, limit: int) -> Part:
        """The runs from `offset` on, which lies no earlier than the position."""
        while not self._is_over and self.position + len(self._waiting) <= offset + limit:
            self._skip_to(offset)
            await self._read()
        self._skip_to(offset)
        runs = tuple(self._waiting[:limit])
        self._skip_to(offset + len(runs))
        part = Part(runs, self._total)
        self.last = offset, limit, part
        return part

    async def close(self) -> None:
        """Let go of the listing."""
        close = getattr(self._pages, "aclose", None)
        if close is not None:
            with suppress(Exception):
                await close()

    async def _read(self) -> None:
        page = await anext(self._pages, None)
        if page is None:
            self._is_over, self._total = True, self.position + len(self._waiting)
        else:
            self._waiting.extend(page.items)
            self._total = page.total

    def _skip_to(self, position: int) -> None:
        count = min(position - self.position, len(self._waiting))
        del self._waiting[:count]
        self.position += count


_Key = tuple[str, "HistoryQuery"]


class Scans:
    """The listings that are held open, each for whoever asked for it."""

    def __init__(self, client: WorkflowClient, passed: Callable[[], float]) -> None:
        self._client, self._passed = client, passed
        self._held: OrderedDict[_Scan, _Key] = OrderedDict()
        self._searching: dict[str, asyncio.Lock] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for scan in list(self._held):
            await self._drop(scan)

    def __len__(self) -> int:
        return len(self._held)

    async def part(self, sender: str, query: HistoryQuery, window: Window) -> Part:
        """The runs of `window`, for one person."""
        key, offset, limit = (sender, query), window.offset, window.limit
        latest = next((one for one, of in reversed(self._held.items()) if of == key), None)
        if offset and latest is not None and latest.last is not None:
            *given, part = latest.last
            if given == [offset, limit]:
                return part
        scan = self._nearest(key, offset) if offset else None
        if scan is not None and offset - scan.position <= MOST_SKIPPED:
            return await self._given(key, scan, offset, limit)
        if offset > MOST_SKIPPED:
            raise ConfigurationError(
                f"'offset' may be at most {MOST_SKIPPED:,} unless the page before was asked for",
                hint="Go on page by page from the newest run, or ask for fewer days.",
            )
        scan = _Scan(self._client.runs(query))
        if not offset:
            return await self._given(key, scan, offset, limit)
        lock = self._searching.setdefault(sender, asyncio.Lock())
        try:
            async with lock:
                return await self._given(key, scan, offset, limit)
        finally:
            if not lock.locked():
                self._searching.pop(sender, None)

    def _nearest(self, key: _Key, offset: int) -> _Scan | None:
        fitting = (one for one, of in self._held.items() if of == key and one.position <= offset)
        return max(fitting, key=lambda one: one.position, default=None)

    async def _given(self, key: _Key, scan: _Scan, offset: int, limit: int) -> Part:
        # While it is read it is nobody else's, and where that fails it is gone.
        self._held.pop(scan, None)
        try:
            part = await scan.part(offset, limit)
        except BaseException:
            await scan.close()
            raise
        await self._hold(key, scan)
        return part

    async def _hold(self, key: _Key, scan: _Scan) -> None:
        scan.used = now = self._passed()
        for other, of in list(self._held.items()):
            is_same = of == key and other.position == scan.position
            if is_same or not 0 <= now - other.used <= HELD_SECONDS:
                await self._drop(other)
        self._held[scan] = key
        theirs = [one for one, of in self._held.items() if of[0] == key[0]]
        for one in theirs[:-MOST_OF_ONE]:
            await self._drop(one)
        while len(self._held) > MOST_HELD:
            await self._drop(next(iter(self._held)))

    async def _drop(self, scan: _Scan) -> None:
        if self._held.pop(scan, None) is not None:
            await scan.close()

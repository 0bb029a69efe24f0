"""The runs of one workflow or of all: page by page as far as somebody reads, and kept true.

The pages are one listing that is held open and asked for more when more is wanted. What is new
meanwhile is read at its top and put before what is known, so nobody loses his place.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from operator import is_
from typing import TYPE_CHECKING, Final, cast

from dli_tui.session.feed import Feed

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.ids import RunRef
    from dli_tui.domain.page import Page
    from dli_tui.domain.query import HistoryQuery
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.session.surroundings import Surroundings

    Pages = AsyncGenerator[Page[WorkflowRun], None]

LIVE_SECONDS: Final = 3.0
"""While a run that is shown is under way."""
CALM_SECONDS: Final = 10.0
MOST_PAGES: Final = 4
"""What is newer than what is known is read so far; beyond that it is a listing of its own."""
MOST_ASKED: Final = 20
"""So many runs that are under way far below are asked for one by one."""


class HistoryFeed(Feed):
    """Runs, newest first, as far as they have been wanted."""

    def __init__(self, client: WorkflowClient, query: HistoryQuery, around: Surroundings) -> None:
        super().__init__(around)
        self.query = query
        self.runs: Sequence[WorkflowRun] = ()
        """Replaced, never changed."""
        self.total: int | None = None
        """How many there are in all, where the server tells."""
        self.loading = True
        """No page has come yet."""
        self.ended = False
        """The last page has come."""
        self._client, self._pace = client, around.pace
        self._pages: Pages | None = None
        self._wanted = 1
        self._is_live = False
        """Whether a run that is known is under way."""
        self._looked_at = 0.0
        """When the top was read last."""

    def want(self, count: int) -> None:
        """So many runs are wanted; pages are asked for until they are there."""
        if count > self._wanted:
            self._wanted = count
            self._poller.look_again()

    async def close(self) -> None:
        await super().close()
        await self._leave_pages()

    def refresh(self) -> asyncio.Future[None]:
        """Ask for what is new at once."""
        self._looked_at = float("-inf")
        return super().refresh()

    @property
    def is_behind(self) -> bool:
        """Whether more is wanted than is here."""
        return not self.ended and len(self.runs) < self._wanted

    def _every(self) -> float | None:
        if self.is_behind:
            return 0.0
        return LIVE_SECONDS if self._is_live else CALM_SECONDS

    def _paced(self) -> float | None:
        # Who reads on waits for it, wherever the terminal is.
        return 0.0 if self.is_behind else super()._paced()

    async def _ask(self) -> None:
        if self.loading or (self.is_behind and not self._is_old()):
            await self._read_on()
        else:
            await self._look_at_top()

    def _is_old(self) -> bool:
        return self._pace.passed() - self._looked_at >= CALM_SECONDS

    def _show(self, runs: Sequence[WorkflowRun]) -> None:
        """Let these be the runs; where they are the same as before, so is the object."""
        if len(runs) != len(self.runs) or not all(map(is_, runs, self.runs)):
            self.runs = runs
            self._is_live = any(run.status.is_running for run in runs)

    # Reading on

    async def _read_on(self) -> None:
        """The next page, which may bring nothing new. A listing that broke off begins anew."""
        if self.loading:
            self._looked_at = self._pace.passed()
        known = {run.ref for run in self.runs}
        # Held as long as it goes well: one that failed, or was given up, is at its end.
        pages, self._pages = self._pages or self._listing(), None
        async for page in pages:
            new = [run for run in page.items if run.ref not in known]
            self.total, self.loading = page.total, False
            self._show((*self.runs, *new))
            if page.stopped_after is not None:
                self.ended = True
                await pages.aclose()
            else:
                self._pages = pages
            return
        self.loading, self.ended = False, True

    def _listing(self) -> Pages:
        # The client's listings are generators, which can be closed.
        return cast("Pages", self._client.runs(self.query))

    async def _leave_pages(self) -> None:
        if self._pages is not None:
            pages, self._pages = self._pages, None
            await pages.aclose()

    # What is new

    async def _look_at_top(self) -> None:
        """Read from the newest run down to what is known, and take over what has changed."""
        places = {run.ref: place for place, run in enumerate(self.runs)}
        newest: dict[RunRef, WorkflowRun] = {}
        met, ended, read = -1, True, 0
        async with aclosing(self._listing()) as pages:
            async for page in pages:
                newest |= {run.ref: run for run in page.items}
                self.total = page.total
                met = max((places.get(run.ref, -1) for run in page.items), default=-1)
                read += 1
                if met >= 0 or read == MOST_PAGES:
                    ended = False
                    break
        self._looked_at = self._pace.passed()
        if not read:
            # What no page is told of is no longer there.
            self.total = None
        # Where pages came and none of what is on them is known, what is known is too old to be
        # gone on with. A place that ignores filters may have sent pages of which nothing fits.
        has_gap = met < 0 and bool(newest) and not ended
        if has_gap or ended:
            await self._leave_pages()
        below = () if has_gap or ended else self.runs[met + 1 :]
        self.ended = ended or (self.ended and not has_gap)
        same = [self._as_known(run, places) for run in newest.values()]
        kept = [run for run in below if run.ref not in newest]
        self._show((*same, *await self._renewed(kept)))

    def _as_known(self, run: WorkflowRun, places: Mapping[RunRef, int]) -> WorkflowRun:
        """The very object that is known, where nothing has changed."""
        place = places.get(run.ref)
        return run if place is None or self.runs[place] != run else self.runs[place]

    async def _renewed(self, below: Sequence[WorkflowRun]) -> Sequence[WorkflowRun]:
        """Runs further down, those that were under way as they are now."""
        moving = [run.ref for run in below if run.status.is_running][:MOST_ASKED]
        if not moving:
            return below
        from dli_tui.client.bulk import each  # noqa: PLC0415 - the client's package loads models

        outcomes = await each(moving, self._client.run_now)
        now = {one.item: one.result for one in outcomes if one.result is not None}
        return [now.get(run.ref, run) for run in below]

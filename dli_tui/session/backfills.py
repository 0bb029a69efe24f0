"""Backfills that were started: one followed date by date, and the list of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from dli_tui.domain.errors import DLIError
from dli_tui.session.feed import Feed
from dli_tui.session.runs import LAST_LOOKS, RUN_SECONDS

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.backfill import Backfill
    from dli_tui.domain.ids import RunRef
    from dli_tui.insight.durations import Durations
    from dli_tui.session.surroundings import Surroundings

LIST_SECONDS: Final = 10.0
_CALM_SECONDS: Final = 60.0
_TELLING: Final = 20


class BackfillFeed(Feed):
    """One backfill as it stands."""

    def __init__(self, client: WorkflowClient, ref: RunRef, around: Surroundings) -> None:
        super().__init__(around)
        self.ref = ref
        self.backfill: Backfill | None = None
        self.past: Durations | None = None
        """How long its runs take."""
        self._client = client
        self._looks = 0
        self._past_asked = False

    def refresh(self) -> asyncio.Future[None]:
        """Ask at once, and for its past too where that didn't come."""
        self._past_asked = self.past is not None
        return super().refresh()

    async def _ask(self) -> None:
        self.backfill = found = await self._client.backfill_status(self.ref)
        over = found.whole.status.is_terminal
        self._looks = self._looks + 1 if over else 0
        if not self._past_asked and not over:
            self._past_asked = True
            # The backfill is there already; its past may take a while.
            self.tell()
            self.past = await self._past_of(found.whole.dataset_name)

    async def _past_of(self, workflow: str) -> Durations | None:
        from dli_tui.insight.durations import durations  # noqa: PLC0415 - it loads the models

        try:
            recent = await self._client.recent_runs([workflow], _TELLING)
        except DLIError:
            # The dates are what somebody came to see; without a past there is no estimate.
            return None
        return durations(recent.get(workflow, ()))

    @property
    def ended(self) -> bool:
        """Over, and looked at once more."""
        return self._looks >= LAST_LOOKS

    def _every(self) -> float | None:
        # A retry of one of its runs may begin it again at any time, so it is never left alone.
        return LIST_SECONDS if self.ended else RUN_SECONDS


class BackfillsFeed(Feed):
    """The backfills that are under way or were lately."""

    def __init__(self, client: WorkflowClient, around: Surroundings) -> None:
        super().__init__(around)
        self.backfills: tuple[Backfill, ...] = ()
        self._client = client
        self._left: dict[RunRef, tuple[Backfill, bool]] = {}
        """What was found of each backfill, as it was then: a header asks at every letter."""

    def is_left(self, backfill: Backfill) -> bool:
        """Whether dates of it have never run, and no later backfill has taken them over."""
        known = self._left.get(backfill.ref)
        if known is None or known[0] is not backfill:
            known = self._left[backfill.ref] = (backfill, self._waits(backfill))
        return known[1]

    def _waits(self, backfill: Backfill) -> bool:
        if not backfill.is_unfinished(self._client.clock.now()):
            return False
        waiting = {one.slot for one in backfill.not_begun}
        for later in self.backfills:
            if later.ref == backfill.ref:
                break
            if later.whole.dataset_name == backfill.whole.dataset_name:
                waiting -= {one.slot for one in later.dates}
        return bool(waiting)

    async def _ask(self) -> None:
        self.backfills = await self._client.backfills()
        self._left.clear()

    def _every(self) -> float:
        return LIST_SECONDS if any(self._going()) else _CALM_SECONDS

    def _going(self) -> Iterable[bool]:
        return (one.whole.status.is_running for one in self.backfills)

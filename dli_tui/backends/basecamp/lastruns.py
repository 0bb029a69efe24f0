"""The last run of each workflow, for a server whose list doesn't tell it: made of its history.

One page of the whole history tells what has moved since the poll before. What that page can't
tell is asked for by itself, in a bounded number of requests a poll: runs under way that are older
than the page, and workflows of which no run has been seen yet.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

from dli_tui.domain.errors import DLIError, WorkflowError, WorkflowNotFoundError
from dli_tui.domain.query import HistoryQuery
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import RunStatus
from dli_tui.wire.asking import MOST_RUNS

if TYPE_CHECKING:
    from datetime import datetime

    from dli_tui.backends.basecamp.listing import Listing
    from dli_tui.backends.port import Backend
    from dli_tui.domain.ids import RunRef
    from dli_tui.domain.results import WorkflowRunResult
    from dli_tui.domain.workflow import WorkflowInfo

T = TypeVar("T")
_PAGES: Final = 6
"""So many pages of the history are read at most; what they don't tell is asked for by name."""
_BY_ID: Final = 20
_BY_NAME: Final = 200
_RUNS: Final = 10
_AT_ONCE: Final = 4
"""Parallel requests gain little and crowd out everybody else."""


class LastRuns:
    """Completes rows, and keeps what it has learnt from one poll to the next."""

    def __init__(self, backend: Backend, listing: Listing) -> None:
        self._backend, self._listing = backend, listing
        self._told = False
        self._names: set[str] = set()
        self._latest: dict[str, WorkflowRun] = {}
        self._unasked: dict[str, None] = {}
        """Names whose last run isn't known, or may be another by now, in order."""
        self._newest: frozenset[RunRef] = frozenset()
        """The newest page of the history as it was last read."""
        self._under_way: dict[RunRef, WorkflowRun] = {}
        """In the order of when each was last told of."""

    def are_told(self, rows: Collection[WorkflowInfo]) -> bool:
        """Whether the list tells last runs itself: then a row without one has never run."""
        self._told = self._told or any(row.last_run is not None for row in rows)
        return self._told

    def completed(self, rows: Sequence[WorkflowInfo]) -> tuple[WorkflowInfo, ...]:
        """The rows with their last run, and how many are under way, as far as that is known."""
        if self.are_told(rows):
            return tuple(rows)
        active = Counter(ref.workflow for ref in self._under_way)
        return tuple(
            row.twin(
                last_run=self._latest.get(row.dataset_name),
                last_run_known=self._is_known(row.dataset_name),
                active_runs=active.get(row.dataset_name, row.active_runs),
            )
            for row in rows
        )

    def _is_known(self, name: str) -> bool:
        """Whether it is known which its last run is, or that it has none."""
        return name in self._latest or (name in self._names and name not in self._unasked)

    def follow(self, started: WorkflowRunResult) -> None:
        """Know a run that was just started, whatever the history says of it yet."""
        if started.dry_run or started.run_id is None:
            return
        run = WorkflowRun(
            run_id=started.run_id,
            dataset_name=started.dataset_name,
            status=started.run_status or RunStatus.PENDING,
            parameters=started.parameters or {},
            triggered_by=started.triggered_by,
            started_at=started.started_at,
        )
        self._latest[run.dataset_name] = run
        self._note(run)

    async def refresh(self, names: Collection[str], *, whole: bool) -> None:
        """Learn what has moved in the workflows of these names; `whole`: there are no others."""
        self._know(names, whole=whole)
        try:
            told = await self._read_history()
        except WorkflowError:
            # A server that refuses the history of all has its list all the same.
            return
        overlooked = (ref for ref in self._under_way if ref not in told)
        await _each(self._follow_up, list(islice(overlooked, _BY_ID)))
        await _each(self._ask_about, list(islice(self._unasked, _BY_NAME)))

    async def refresh_one(self, name: str) -> None:
        """Learn what has moved in one workflow."""
        self._know([name], whole=False)
        await self._ask_about(name)

    def _know(self, names: Collection[str], *, whole: bool) -> None:
        self._unasked |= {name: None for name in names if name not in self._names}
        self._names |= set(names)
        if whole:
            self._names = set(names)
            self._unasked = {name: None for name in self._unasked if name in self._names}
            kept = self._latest.items()
            self._latest = {name: run for name, run in kept if name in self._names}
            for ref in [ref for ref in self._under_way if ref.workflow not in self._names]:
                del self._under_way[ref]

    async def _read_history(self) -> set[RunRef]:
        """Read from the newest run to those that were known before; the runs that were told."""
        before, self._newest = self._newest, frozenset()
        told: set[RunRef] = set()
        met, pages = False, 0
        async for page in self._listing.history(HistoryQuery(), without_gaps=True):
            self._take(page.items, {ref.workflow for ref in told})
            refs = frozenset(run.ref for run in page.items)
            told |= refs
            met = met or not before.isdisjoint(refs)
            pages += 1
            if pages == 1:
                self._newest = refs
                if len(page.items) < MOST_RUNS:
                    # That is all of the history: a workflow that isn't in it has never run.
                    self._unasked = {}
                    return told
            if met or pages == _PAGES or not (before or self._unasked):
                break
        if before and not met:
            # More began since the last poll than was read: any name may have another last run.
            self._unasked |= dict.fromkeys(self._names - {ref.workflow for ref in told})
        return told

    def _take(self, runs: Iterable[WorkflowRun], told: Collection[str | None] = ()) -> None:
        """Runs, newest first; names of which newer ones were `told` have their last run."""
        seen = set(told)
        for run in runs:
            name = run.dataset_name
            known = self._latest.get(name)
            if (
                known is None
                or known.ref == run.ref
                or (name not in seen and _is_newer(run, known))
            ):
                self._latest[name] = run
            seen.add(name)
            self._unasked.pop(name, None)
            self._note(run)

    def _note(self, run: WorkflowRun) -> None:
        self._under_way.pop(run.ref, None)
        if run.status.is_running:
            self._under_way[run.ref] = run

    async def _follow_up(self, ref: RunRef) -> None:
        """Ask for a run under way that no page told of."""
        known = self._under_way.pop(ref)
        try:
            run = await self._backend.run_status(ref)
        except WorkflowNotFoundError:
            self._unasked[known.dataset_name] = None
        except DLIError:
            # How it stood is the best that is known; others have their turn first next time.
            self._note(known)
        else:
            self._note(run)
            latest = self._latest.get(run.dataset_name)
            if latest is not None and latest.ref == ref:
                self._latest[run.dataset_name] = run

    async def _ask_about(self, name: str) -> None:
        """Ask for the last runs of one workflow."""
        try:
            async for page in self._listing.history(HistoryQuery(workflow=name, limit=_RUNS)):
                self._take(page.items)
                break
        except DLIError:
            return
        self._unasked.pop(name, None)


def _is_newer(run: WorkflowRun, known: WorkflowRun) -> bool:
    """Whether a run that is told first is newer than the one that is known; where times lack,
    the order of the server decides, but for what has just been started from here."""
    one, other = _began(run), _began(known)
    if one is None or other is None:
        return known.status.is_terminal
    return one >= other


def _began(run: WorkflowRun) -> datetime | None:
    return run.started_at or run.created_at or run.slot


async def _each(work: Callable[[T], Awaitable[None]], subjects: Iterable[T]) -> None:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(subject: T) -> None:
        async with gate:
            await work(subject)

    await asyncio.gather(*map(one, subjects))

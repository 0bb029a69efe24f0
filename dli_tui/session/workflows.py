"""The list: shown page by page as it first comes, then kept true by asking what moved."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from dli_tui.domain.page import Changes
from dli_tui.domain.query import WorkflowQuery
from dli_tui.session.freshness import Freshness
from dli_tui.session.moves import Moved, Moves
from dli_tui.session.news import News
from dli_tui.session.poller import Poller
from dli_tui.session.recents import Recents
from dli_tui.session.rows import applied, rows_of

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.ids import WorkflowKey
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import WorkflowInfo
    from dli_tui.session.recents import Mark
    from dli_tui.session.surroundings import Surroundings

LIST_SECONDS: Final = 10.0


class Workflows(News):
    """Every row as it was last answered, and the latest runs of those that are seen."""

    def __init__(self, client: WorkflowClient, around: Surroundings) -> None:
        super().__init__()
        self.rows: Mapping[WorkflowKey, WorkflowInfo] = {}
        self.loading = True
        """No page has come yet."""
        self.complete = False
        """The first listing has come to its end."""
        self._client = client
        self._cursor: str | None = None
        self._around = around
        self._covered = False
        self._moves = Moves()
        self._polls = 0
        self._unsettled: dict[str, int] = {}
        """At which poll a run that isn't the last one of a name was under way, in `recent`."""
        self._poller = Poller(self._ask, self._every, self.tell, around)
        self._recents = Recents(client, self._last_runs, self._runs_fetched, around)

    @property
    def recent(self) -> Mapping[str, tuple[WorkflowRun, ...]]:
        """By name, the latest runs, newest first; replaced, never changed."""
        return self._recents.runs

    @property
    def freshness(self) -> Freshness:
        """How old the list is, and what keeps it from being newer."""
        return self._poller.freshness

    @property
    def is_given_up(self) -> bool:
        """Whether the last answer was a problem after which nothing is asked by itself."""
        fresh = self.freshness
        return fresh.problem is not None and fresh.retry_at is None and not fresh.busy

    def start(self) -> None:
        """Begin to ask."""
        self._around.front.subscribe(self._poller.look_again)
        self._poller.start()
        self._recents.start()

    def taken(self, version: int) -> Moved:
        """What moved since `version`; the answer has the version to ask with next."""
        return self._moves.since(version)

    def refresh(self) -> asyncio.Future[None]:
        """Ask at once, once more where a question is under way; done when the answer is there."""
        return self._poller.refresh()

    def pause(self) -> None:
        """Another page covers it: ask nothing that nobody wants.

        The first listing comes to its end all the same: what is typed on other pages is looked
        up in it.
        """
        self._covered = True

    def resume(self) -> None:
        """It is seen again: ask at once if it is older than it would be."""
        self._covered = False
        self._poller.look_again()

    def want_recent(self, names: Iterable[str]) -> None:
        """These names are seen: their latest runs are wanted until others are."""
        self._recents.want(names)

    def rows_of(self, name: str) -> tuple[WorkflowInfo, ...]:
        """The rows of one name, as far as they are known, CODE first."""
        return rows_of(self.rows, name)

    def _every(self) -> float | None:
        if self._covered and self.complete:
            return None
        return self._around.front.slowed(LIST_SECONDS)

    async def _ask(self) -> None:
        if self.complete:
            await self._take(await self._client.changes(self._cursor))
        else:
            await self._list()
        self._note_unsettled()
        self._recents.look_again()

    def _note_unsettled(self) -> None:
        """Ask again for the latest runs where one of them moves that no row tells of."""
        self._polls += 1
        self._unsettled |= {
            name: self._polls
            for name, runs in self.recent.items()
            if any(run.status.is_running for run in runs[1:])
        }
        self._unsettled = {name: n for name, n in self._unsettled.items() if name in self.recent}

    async def _list(self) -> None:
        """Every page as it comes; a listing that broke off begins anew, over what it brought."""
        cursor = await self._client.cursor()
        listed: set[WorkflowKey] = set()
        async for page in self._client.workflows(WorkflowQuery()):
            listed.update(row.key for row in page.items)
            await self._show(Changes("", page.items))
            self.loading = False
            self.tell()
        await self._show(Changes("", gone=tuple(self.rows.keys() - listed)))
        self._cursor, self.loading, self.complete = cursor, False, True

    async def _take(self, changes: Changes) -> None:
        await self._show(changes)
        self._cursor = changes.cursor

    async def _show(self, changes: Changes) -> None:
        self.rows, moved = await applied(self.rows, changes)
        self._moves.note(moved)

    def _last_runs(self, name: str) -> Mark:
        """What differs once a run of that name has begun, moved on or ended."""
        told = tuple(
            None
            if (run := row.last_run) is None
            else (run.run_id, run.status, run.started_at, run.finished_at)
            for row in self.rows_of(name)
        )
        # Without a row there is nothing to ask for.
        return told and (*told, self._unsettled.get(name))

    def _runs_fetched(self, names: Iterable[str]) -> None:
        self._moves.note(row.key for name in names for row in self.rows_of(name))
        self.tell()

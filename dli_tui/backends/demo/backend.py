"""The demo behind the port: reads look at the world, writes go through the journal.

A write is decided against the world of that moment while the journal is locked, so what
two people do at once is decided one after the other, and a refusal leaves no trace.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from heapq import merge
from itertools import chain, islice
from typing import TYPE_CHECKING, Final, TypeVar

from dli_tui.backends.demo import changes, crowd, deeds, logs, portraits
from dli_tui.backends.demo.actions import Action, Deed
from dli_tui.backends.demo.journal import Journal
from dli_tui.backends.demo.ledger import Ledger, ledger
from dli_tui.backends.demo.scenario import ArchivedRun, DemoWorkflow, Scenario
from dli_tui.backends.demo.timeline import Timeline
from dli_tui.backends.demo.world import Play, World
from dli_tui.backends.port import Backend
from dli_tui.domain.acting import acting_name
from dli_tui.domain.capability import Capability
from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.domain.ids import LogRef, RunRef, WorkflowKey
from dli_tui.domain.log import LogChunk
from dli_tui.domain.page import Changes, Page
from dli_tui.domain.query import (
    BackfillRequest,
    HistoryQuery,
    Registration,
    RunRequest,
    WorkflowQuery,
)
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.rules import matches_run, matches_workflow
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import SourceType
from dli_tui.domain.step import Step
from dli_tui.domain.threads import Threads
from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo

if TYPE_CHECKING:
    from dli_tui.backends.demo.sideshow import Sideshow
    from dli_tui.domain.backfill import Backfill
    from dli_tui.domain.health import Health
    from dli_tui.domain.query import NewSaga
    from dli_tui.domain.saga import Saga, SagaType
    from dli_tui.domain.template import NewFromTemplate, Template, TemplateCategory

FIRST_PAGE = 60
PAGE = 500
STRETCH = 20
_AHEAD: Final = timedelta(days=1)
_MOST_THREADS: Final = 4
"""So many look into the journal at once; the others wait."""
T = TypeVar("T")


class DemoBackend(Backend):
    """The demo world, at the hour of `clock`, with what `journal` remembers."""

    label = "the demo"
    capabilities = frozenset(Capability) - {
        *(Capability.RETRY_PLAN, Capability.BACKFILL_FORECAST, Capability.BACKFILL_PAUSE),
        *(Capability.CONFIGURING, Capability.TEMPLATE_USAGE, Capability.TEMPLATE_EDITING),
        Capability.EVENTS,
    }

    def __init__(
        self,
        scenario: Scenario,
        *,
        clock: Clock,
        journal: Journal,
        seed: int = 0,
        user: str = "you",
        latency: float = 0.0,
    ) -> None:
        super().__init__()
        self._scenario = scenario
        self._clock = clock
        self._journal = journal
        self._seed = seed
        self._host = user
        self._latency = latency
        self._threads = Threads(_MOST_THREADS)
        self._actions: tuple[Action, ...] = ()
        self._book: Ledger = ledger(scenario, ())
        self._timelines: dict[tuple[int, int], Timeline] = {}

    # Reads

    async def workflows(self, query: WorkflowQuery) -> AsyncIterator[Page[WorkflowInfo]]:
        world = await self._world()
        rows: Iterator[WorkflowInfo] = (
            row for row in crowd.rows(world) if matches_workflow(row, query)
        )
        if query.limit is not None:
            found = [row async for page in self._pages(rows) for row in page.items]
            yield Page(tuple(found[: query.limit]), len(found))
            return
        async for page in self._pages(rows):
            yield page

    async def workflow(self, name: str) -> tuple[WorkflowInfo, ...]:
        world = await self._world()
        return tuple(portraits.row(world, workflow) for workflow in _playing(world, name))

    async def history(self, query: HistoryQuery) -> AsyncIterator[Page[WorkflowRun]]:
        world = await self._world()
        name = query.workflow
        runs = self._runs(world, name) if name is not None else await self._all_runs(world)
        total, left = self._total(world, query), query.limit
        async for page in self._pages(run if matches_run(run, query) else None for run in runs):
            items = page.items[:left]
            yield Page(items, total)
            left = None if left is None else left - len(items)
            if left == 0:
                return

    async def recent_runs(
        self, names: Sequence[str], count: int
    ) -> Mapping[str, tuple[WorkflowRun, ...]]:
        world = await self._world()
        return {name: tuple(islice(self._runs(world, name), count)) for name in names}

    async def cursor(self) -> str | None:
        return changes.cursor(await self._world(), self._actions)

    async def changes(self, cursor: str | None) -> Changes:
        world = await self._world()
        here = changes.cursor(world, self._actions)
        known = changes.known_by(cursor, world, self._actions)
        found: list[WorkflowInfo] = []
        if known is None:
            async for page in self._pages(crowd.rows(world)):
                found.extend(page.items)
            return Changes(here, tuple(found), whole=True)
        for stretch in changes.moved(world, known):
            found.extend(stretch)
            # Most of the list didn't move, but to walk past it takes time too.
            await asyncio.sleep(0)
        return Changes(here, tuple(found), changes.gone(world, known))

    async def run_status(self, ref: RunRef) -> WorkflowRun:
        world = await self._world()
        backfill = world.backfill(ref.run_id)
        if backfill is not None:
            return portraits.backfill_run(world, *backfill)
        found = deeds.require_run(world, ref)
        if isinstance(found, ArchivedRun):
            return portraits.archived_run(world, found)
        return portraits.run(world, found)

    async def backfill_status(self, ref: RunRef) -> Backfill:
        world = await self._world()
        found = world.backfill(ref.run_id)
        if found is not None and ref.workflow in (None, found[0].name):
            return portraits.backfill(world, *found)
        # What somebody keeps going date by date is known by what its runs carry.
        for kept in portraits.sequences(world):
            if ref in (kept.ref, RunRef(kept.ref.run_id)):
                return kept
        raise WorkflowNotFoundError(dataset_name=ref.workflow or "", run_id=ref.run_id)

    async def backfills(self) -> tuple[Backfill, ...]:
        world = await self._world()
        own = [portraits.backfill(world, *found) for found in world.backfills()]
        every = (*own, *portraits.sequences(world))
        return tuple(sorted(every, key=lambda one: portraits.started(one.whole), reverse=True))

    async def steps(self, ref: RunRef) -> tuple[Step, ...]:
        world = await self._world()
        if world.backfill(ref.run_id) is not None:
            return ()
        found = deeds.require_run(world, ref)
        return () if isinstance(found, ArchivedRun) else portraits.steps(world, found)

    async def logs(self, ref: LogRef, cursor: str | None = None) -> LogChunk:
        world = await self._world()
        found = deeds.require_run(world, ref.run)
        first = int(cursor) if cursor and cursor.isdecimal() else 0
        if isinstance(found, ArchivedRun):
            return LogChunk(cursor=str(first), complete=True)
        names = [step.name for step in found.workflow.pattern.steps]
        if ref.step not in names:
            raise WorkflowNotFoundError(
                f"Run '{ref.run}' has no step '{ref.step}'", hint=f"It has: {', '.join(names)}."
            )
        for one in portraits.tries(world, found, ref.step):
            if one.attempt == ref.attempt:
                error = portraits.error_of(found.workflow)
                return logs.chunk(
                    found.workflow, one, found.queued, world.now, first=first, error=error
                )
        over = portraits.run(world, found).status.is_terminal
        return LogChunk(cursor=str(first), complete=over)

    async def dataset_info(self, name: str) -> DatasetInfo | None:
        info = await super().dataset_info(name)
        registration = self._book.registrations.get(name)
        if info is None or registration is None or info.source_type is not SourceType.MANUAL:
            return info
        return info.model_copy(update={"spec": registration.details.get("yaml")})

    # Writes

    async def register(self, request: Registration) -> WorkflowInfo:
        await self._commit(lambda world: deeds.register(world, request, self._user))
        return await self._registered(request.dataset_name)

    async def unregister(self, name: str, *, force: bool = False) -> WorkflowRunResult:
        made = await self._commit(
            lambda world: deeds.unregister(world, name, self._user, force=force)
        )
        return deeds.unregistered(made[0])

    async def run(self, request: RunRequest) -> WorkflowRunResult:
        if request.dry_run:
            deeds.require_runnable(await self._world(), request.dataset_name)
            return deeds.checked(request)
        return deeds.started((await self._commit(lambda w: deeds.run(w, request, self._user)))[0])

    async def backfill(self, request: BackfillRequest) -> WorkflowRunResult:
        made = await self._commit(lambda world: deeds.backfill(world, request, self._user))
        return deeds.backfilled(made[0])

    async def stop(self, ref: RunRef, *, reason: str | None = None) -> WorkflowRunResult:
        made = await self._commit(lambda world: deeds.stop(world, ref, self._user, reason))
        return deeds.stopping(made[0])

    async def pause(self, name: str, *, reason: str | None = None) -> WorkflowRunResult:
        made = await self._commit(
            lambda world: deeds.pause(world, name, Deed.PAUSE, self._user, reason)
        )
        return deeds.paused(made[0])

    async def unpause(self, name: str, *, reason: str | None = None) -> WorkflowRunResult:
        made = await self._commit(
            lambda world: deeds.pause(world, name, Deed.UNPAUSE, self._user, reason)
        )
        return deeds.paused(made[0])

    async def retry(self, ref: RunRef, steps: Sequence[str] = ()) -> WorkflowRunResult:
        made = await self._commit(lambda world: deeds.retry(world, ref, steps, self._user))
        return deeds.retried(made[0])

    # Templates, sagas, health

    async def templates(
        self, *, category: str | None = None, search: str | None = None
    ) -> tuple[Template, ...]:
        return _beside(await self._world()).templates(category, search)

    async def template_categories(self) -> tuple[TemplateCategory, ...]:
        return _beside(await self._world()).categories()

    async def template(self, template_id: str) -> Template:
        return _beside(await self._world()).template(template_id)

    async def create_from_template(self, request: NewFromTemplate) -> WorkflowInfo:
        await self._commit(lambda world: _beside(world).create(request, self._user))
        return await self._registered(request.workflow_name)

    async def sagas(self) -> tuple[Saga, ...]:
        return _beside(await self._world()).sagas()

    async def saga(self, saga_id: str) -> Saga:
        return _beside(await self._world()).saga(saga_id)

    async def cancel_saga(self, saga_id: str) -> Saga:
        await self._commit(lambda world: _beside(world).cancel(saga_id, self._user))
        return await self.saga(saga_id)

    async def saga_types(self) -> tuple[SagaType, ...]:
        return _beside(await self._world()).saga_types()

    async def start_saga(self, request: NewSaga) -> Saga:
        made = await self._commit(lambda world: _beside(world).start(request, self._user))
        return await self.saga(made[0].name)

    async def health(self) -> Health:
        return _beside(await self._world()).health()

    # What only the demo has

    async def deliver(self, name: str, cron: str, timezone: str = "UTC") -> None:
        """What CI does after a merge: CODE takes over `name`."""
        await self._commit(lambda world: deeds.deliver(world, name, cron, timezone))

    async def withdraw(self, name: str) -> None:
        """What CI does when the spec is deleted in Git: MANUAL is in force again."""
        await self._commit(lambda world: deeds.withdraw(world, name))

    async def _registered(self, name: str) -> WorkflowInfo:
        """The row of a registration that was just taken."""
        world = await self._world()
        workflow = world.workflow(WorkflowKey(name, SourceType.MANUAL))
        if workflow is None:
            raise WorkflowNotFoundError(dataset_name=name)
        return portraits.row(world, workflow)

    @property
    def _user(self) -> str:
        """Who does what is done now: whoever a server acts for, else who opened the demo."""
        return acting_name() or self._host

    async def _world(self) -> World:
        if self._latency:
            await asyncio.sleep(self._latency)
        actions = await self._threads.run(self._journal.actions)
        return self._world_of(actions, self._clock.now())

    def _world_of(self, actions: tuple[Action, ...], now: datetime) -> World:
        visible, now = _so_far(actions, now)
        if visible != self._actions:
            self._actions = visible
            self._book = ledger(self._scenario, visible)
            self._timelines.clear()
        return World(self._book, self._seed, now, self._timelines)

    async def _commit(self, decide: Callable[[World], tuple[Action, ...]]) -> tuple[Action, ...]:
        if self._latency:
            await asyncio.sleep(self._latency)

        def against(actions: tuple[Action, ...]) -> tuple[Action, ...]:
            # While the journal is locked: whoever was faster has an earlier moment.
            visible, now = _so_far(actions, self._clock.now())
            return decide(World(ledger(self._scenario, visible), self._seed, now, {}))

        return await self._threads.run(lambda: self._journal.commit(against))

    def _runs(self, world: World, name: str) -> Iterator[WorkflowRun]:
        """The runs of one workflow, newest first."""
        return _merged(self._runs_of(world, workflow) for workflow in _playing(world, name))

    async def _all_runs(self, world: World) -> Iterator[WorkflowRun]:
        """The runs of all workflows, newest first."""
        begun: list[Iterator[WorkflowRun]] = []
        for place, alike in enumerate(crowd.alike(world)):
            runs = crowd.called(self._runs_of(world, alike[0]), alike)
            # Each of many begins with a run to be worked out: the loop goes free between them.
            begun.append(chain(tuple(islice(runs, 1)), runs))
            if place % STRETCH == 0:
                await asyncio.sleep(0)
        return _merged(begun)

    def _total(self, world: World, query: HistoryQuery) -> int | None:
        """How many runs fit, where that can be told without laying each of them out."""
        if query.workflow is None or query != HistoryQuery(query.workflow, limit=query.limit):
            return None
        return sum(
            len(list(world.plays(workflow))) + len(list(portraits.archive(world, workflow)))
            for workflow in _playing(world, query.workflow)
        )

    def _runs_of(self, world: World, workflow: DemoWorkflow) -> Iterator[WorkflowRun]:
        plays: Iterator[Play] = world.plays(workflow)
        archived = sorted(portraits.archive(world, workflow), key=portraits.started, reverse=True)
        return _merged([(portraits.run(world, play) for play in plays), iter(archived)])

    async def _pages(self, items: Iterator[T | None]) -> AsyncIterator[Page[T]]:
        """Pages of rows; the first is a screenful. None stands for a row that was passed over.
        The loop goes free between stretches of them, so that a key is answered and a screen
        painted while a long list is made."""
        page: list[T] = []
        size = FIRST_PAGE
        for place, item in enumerate(items, start=1):
            if place % STRETCH == 0:
                await asyncio.sleep(0)
            if item is None:
                continue
            page.append(item)
            if len(page) == size:
                yield Page(tuple(page))
                page, size = [], PAGE
                await asyncio.sleep(self._latency)
        if page:
            yield Page(tuple(page))
            await asyncio.sleep(self._latency)


def _so_far(actions: tuple[Action, ...], now: datetime) -> tuple[tuple[Action, ...], datetime]:
    """The actions that count, and a moment that none of them lies behind.

    Another process's clock may be a little ahead of ours, or ours was set back: time in the demo
    goes on from the last action. What lies days ahead was done by a clock that was wrong.
    """
    visible = tuple(action for action in actions if action.at <= now + _AHEAD)
    return visible, max((now, *(action.at for action in visible)))


def _merged(histories: Iterable[Iterator[WorkflowRun]]) -> Iterator[WorkflowRun]:
    """Several histories as one, newest first."""
    return merge(*histories, key=portraits.started, reverse=True)


def _playing(world: World, name: str) -> Iterator[DemoWorkflow]:
    """The rows of one name."""
    found = (world.workflow(WorkflowKey(name, source)) for source in SourceType)
    return (workflow for workflow in found if workflow)


def _beside(world: World) -> Sideshow:
    # Models that the list doesn't need, and that take milliseconds to make.
    from dli_tui.backends.demo.sideshow import Sideshow  # noqa: PLC0415

    return Sideshow(world)

"""The session: one place, looked at by one person, from the first page to the last."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from dli_tui.domain.capability import Capability
from dli_tui.domain.zones import zone_names
from dli_tui.session.activity import Activity
from dli_tui.session.backfills import BackfillFeed, BackfillsFeed
from dli_tui.session.datasets import Datasets
from dli_tui.session.definition import DefinitionFeed
from dli_tui.session.front import Front
from dli_tui.session.health import HealthFeed
from dli_tui.session.history import HistoryFeed
from dli_tui.session.logs import LogFeed
from dli_tui.session.pace import Pace, RealPace
from dli_tui.session.planning import Planning
from dli_tui.session.project import Project
from dli_tui.session.runs import RunFeed
from dli_tui.session.sagas import Cancelled, SagaFeed, SagasFeed
from dli_tui.session.sequences import Sequences
from dli_tui.session.stepbook import StepBook
from dli_tui.session.surroundings import Surroundings
from dli_tui.session.tasks import Crashed, Tasks
from dli_tui.session.templates import TemplatesFeed
from dli_tui.session.unconfirmed import UnconfirmedWrites
from dli_tui.session.usages import Usages
from dli_tui.session.watching import Watching
from dli_tui.session.workflows import Workflows

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.backfill import Backfill, BackfillPlan
    from dli_tui.domain.ids import LogRef, RunRef, WorkflowKey
    from dli_tui.domain.query import HistoryQuery
    from dli_tui.domain.results import WorkflowRunResult
    from dli_tui.domain.status import SourceType
    from dli_tui.domain.workflow import DatasetInfo


class Session:
    """The live picture of what a client sees; asks from `async with` on until its end."""

    def __init__(
        self,
        client: WorkflowClient,
        *,
        project: Path,
        pace: Pace | None = None,
        jitter: Callable[[], float] = random.random,
        crashed: Crashed | None = None,
    ) -> None:
        self.client = client
        tasks = Tasks(crashed)
        self._around = Surroundings(pace or RealPace(), jitter, Activity(), tasks, Front())
        self.pace = self._around.pace
        self.workflows = Workflows(client, self._around)
        self.watching = Watching(client, self._around)
        self.project = Project(project, self._around)
        self.cancelled_sagas = Cancelled()
        self.sequences = Sequences(client, tasks, self.pace.sleep)
        self.unconfirmed = UnconfirmedWrites(self._around)
        client.unconfirmed = self.unconfirmed
        self.usages = Usages(client, self._around)
        self.backfills = BackfillsFeed(client, self._around)
        self._unfollow_list: Callable[[], None] = lambda: None
        self._datasets = Datasets(client, self.workflows.rows_of, self._around)

    async def __aenter__(self) -> Self:
        self.workflows.start()
        await self.watching.start()
        await self.unconfirmed.start()
        self._unfollow_list = self.workflows.subscribe(self._look_further)
        return self

    def _look_further(self) -> None:
        """The list is there, which everybody waits for: now for what comes second."""
        if self.workflows.complete and Capability.BACKFILL in self.capabilities:
            self._unfollow_list()
            self._around.tasks.start(self.backfills.start())

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The feeds' tasks too: none of them outlives the session.
        await self._around.tasks.close()

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this place offers now; it may be told more, or less, by any answer."""
        return self.client.capabilities

    def why_not(self, capability: Capability) -> str:
        """Why something isn't offered here."""
        return self.client.why_not(capability)

    @property
    def read_only(self) -> bool:
        """Whether nothing may be changed from here."""
        return self.client.read_only

    def now(self) -> datetime:
        """The hour of the place: the demo has its own."""
        return self.client.clock.now()

    def front(self, is_front: bool) -> None:
        """The terminal came to the front, or went behind."""
        self._around.front.put(is_front=is_front)

    def run(self, ref: RunRef) -> RunFeed:
        """One run, to be followed once it is started."""
        return RunFeed(self.client, ref, self._zone_of, self._around)

    def log(self, ref: LogRef) -> LogFeed:
        """One log, to be followed once it is started."""
        return LogFeed(self.client, ref, self._around)

    def backfill(self, ref: RunRef) -> BackfillFeed:
        """One backfill, to be followed once it is started."""
        return BackfillFeed(self.client, ref, self._around)

    async def start_backfill(
        self, plan: BackfillPlan, parameters: Mapping[str, Any], *, dry_run: bool = False
    ) -> WorkflowRunResult:
        """Start exactly what `plan` says; where nobody else does, it is kept going from here."""
        if dry_run or plan.to_run == 0 or not self.client.keeps_going(plan):
            return await self.client.start_backfill(plan, parameters=parameters, dry_run=dry_run)
        return (await self.sequences.start(plan, parameters)).result

    def is_left(self, backfill: Backfill) -> bool:
        """Whether dates of a backfill have never run, and nobody is going to run them."""
        return not self.sequences.keeps(backfill.ref) and self.backfills.is_left(backfill)

    async def stop(self, ref: RunRef, reason: str | None) -> str | None:
        """Ask a run to stop, or a backfill that is kept going from here; what there is to know."""
        if self.sequences.keeps(ref):
            await self.sequences.stop(ref, reason)
            return None
        return (await self.client.stop(ref, reason=reason)).warning

    def planning(self, key: WorkflowKey) -> Planning:
        """The backfill of one workflow, to be planned."""
        return Planning(self.client, key, self._around)

    def history(self, query: HistoryQuery) -> HistoryFeed:
        """The runs that fit, to be followed once it is started."""
        return HistoryFeed(self.client, query, self._around)

    def stepbook(self) -> StepBook:
        """The steps of runs that are looked at side by side, once it is started."""
        return StepBook(self.client, self._around)

    def definition(self, key: WorkflowKey) -> DefinitionFeed:
        """What one workflow does, to be followed once it is started."""
        return DefinitionFeed(self.client, key, self._around)

    def templates(self) -> TemplatesFeed:
        """The templates, to be followed once it is started."""
        return TemplatesFeed(self.client, self._around)

    def sagas(self) -> SagasFeed:
        """The sagas, to be followed once it is started."""
        return SagasFeed(self.client, self.cancelled_sagas, self._around)

    def saga(self, saga_id: str) -> SagaFeed:
        """One saga, to be followed once it is started."""
        return SagaFeed(self.client, saga_id, self.cancelled_sagas, self._around)

    def health(self) -> HealthFeed:
        """How the server is doing, to be followed once it is started."""
        return HealthFeed(self.client, self._around)

    async def dataset_info(self, name: str) -> DatasetInfo | None:
        """What is known of a dataset; asked again only when its row has changed."""
        return await self._datasets.info(name)

    def known_dataset(self, name: str) -> DatasetInfo | None:
        """What is known already of a dataset."""
        return self._datasets.known(name)

    async def zones(self) -> tuple[str, ...]:
        """The name of every time zone."""
        with self._around.activity.under_way():
            return await asyncio.to_thread(zone_names)

    async def idle(self) -> None:
        """Return when nothing is asked and everything sleeps."""
        await self._around.activity.idle()

    def _zone_of(self, name: str, source: SourceType | None) -> str:
        rows = self.workflows.rows_of(name)
        row = next((row for row in rows if row.source_type is source), next(iter(rows), None))
        return row.display_zone if row is not None else "UTC"

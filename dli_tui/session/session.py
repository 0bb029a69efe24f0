"""The session: one place, looked at by one person, from the first page to the last."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from dli_tui.session.activity import Activity
from dli_tui.session.datasets import Datasets
from dli_tui.session.front import Front
from dli_tui.session.logs import LogFeed
from dli_tui.session.pace import Pace, RealPace
from dli_tui.session.runs import RunFeed
from dli_tui.session.surroundings import Surroundings
from dli_tui.session.tasks import Crashed, Tasks
from dli_tui.session.watching import Watching
from dli_tui.session.workflows import Workflows

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.capability import Capability
    from dli_tui.domain.ids import LogRef, RunRef
    from dli_tui.domain.status import SourceType
    from dli_tui.domain.workflow import DatasetInfo


class Session:
    """The live picture of what a client sees; asks from `async with` on until its end."""

    def __init__(
        self,
        client: WorkflowClient,
        *,
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
        self._datasets = Datasets(client, self.workflows.rows_of, self._around)

    async def __aenter__(self) -> Self:
        self.workflows.start()
        await self.watching.start()
        return self

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
        """What this place offers."""
        return self.client.capabilities

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

    async def dataset_info(self, name: str) -> DatasetInfo | None:
        """What is known of a dataset; asked again only when its row has changed."""
        return await self._datasets.info(name)

    def known_dataset(self, name: str) -> DatasetInfo | None:
        """What is known already of a dataset."""
        return self._datasets.known(name)

    async def idle(self) -> None:
        """Return when nothing is asked and everything sleeps."""
        await self._around.activity.idle()

    def _zone_of(self, name: str, source: SourceType | None) -> str:
        rows = self.workflows.rows_of(name)
        row = next((row for row in rows if row.source_type is source), next(iter(rows), None))
        return row.timezone if row is not None else "UTC"

"""A glance at each place that a person has: does it answer, and how is it doing there?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Final, NamedTuple

from dli_tui.domain.errors import DLIError
from dli_tui.domain.query import WorkflowQuery
from dli_tui.domain.status import RunStatus
from dli_tui.session.news import News
from dli_tui.session.pace import Pace, RealPace

if TYPE_CHECKING:
    from datetime import datetime

    from dli_tui.client import WorkflowClient
    from dli_tui.domain.ids import WorkflowKey
    from dli_tui.domain.workflow import WorkflowInfo
    from dli_tui.session.workflows import Workflows

OpenClient = Callable[[str], AbstractAsyncContextManager["WorkflowClient"]]
_STRETCH: Final = 100
"""So many rows are looked at in one go."""
_BAD = (RunStatus.FAILED, RunStatus.TIMEOUT)


class Glance(NamedTuple):
    """What a look at a place has told. Moments are seconds of the pace."""

    as_of: float | None = None
    """When it last answered, if it did."""
    seconds: float = 0.0
    """How long its first answer took."""
    workflows: int = 0
    failed: int = 0
    late: int = 0
    running: int = 0
    problem: DLIError | None = None
    """Why it didn't answer, if it didn't."""
    busy: bool = False


class Contexts(News):
    """Looks at places, each on its own, and remembers what it saw. It needs no session: a place
    that can't be opened is just where one wants to see the others."""

    def __init__(self, open_client: OpenClient, pace: Pace | None = None) -> None:
        super().__init__()
        self._open_client = open_client
        self.pace = pace or RealPace()
        self.glances: dict[str, Glance] = {}

    async def look(self, names: Iterable[str]) -> None:
        """Look at these places, a few at a time; each is told as soon as it has answered."""
        from dli_tui.client.bulk import each  # noqa: PLC0415 - the client's package loads models

        await each(names, self._look)

    async def _look(self, name: str) -> None:
        glance = self.glances.get(name, Glance())
        self._now_is(name, glance._replace(busy=True))
        try:
            glance = await self._seen(name)
        except DLIError as problem:
            glance = glance._replace(problem=problem)
        finally:
            # Also where nobody waits for the answer any more.
            self._now_is(name, glance._replace(busy=False))

    async def _seen(self, name: str) -> Glance:
        began, first = self.pace.passed(), None
        rows: dict[WorkflowKey, WorkflowInfo] = {}
        async with self._open_client(name) as client:
            async for page in client.workflows(WorkflowQuery()):
                first = self.pace.passed() if first is None else first
                rows.update((row.key, row) for row in page.items)
            now = client.clock.now()
        ended = self.pace.passed()
        told = tuple(rows.values())
        return await self._counted(told, now, ended, (ended if first is None else first) - began)

    async def look_at_open(self, name: str, workflows: Workflows, now: datetime) -> None:
        """The place that is open: its own list knows, and asks only for what has moved."""
        glance, began = self.glances.get(name, Glance()), self.pace.passed()
        self._now_is(name, glance._replace(busy=True))
        try:
            await workflows.refresh()
            ended, problem = self.pace.passed(), workflows.freshness.problem
            if problem is None:
                rows = tuple(workflows.rows.values())
                glance = await self._counted(rows, now, ended, ended - began)
            else:
                glance = glance._replace(problem=problem)
        finally:
            self._now_is(name, glance._replace(busy=False))

    async def _counted(
        self, rows: Sequence[WorkflowInfo], now: datetime, as_of: float, seconds: float
    ) -> Glance:
        from dli_tui.insight.lateness import late_since  # noqa: PLC0415 - it loads the models

        late = 0
        for start in range(0, len(rows), _STRETCH):
            late += sum(late_since(row, now) is not None for row in rows[start : start + _STRETCH])
            # Crons are slow to read: a key that comes meanwhile isn't kept waiting for all.
            await asyncio.sleep(0)
        last = [row.last_run.status for row in rows if row.last_run is not None]
        return Glance(
            as_of=as_of,
            seconds=seconds,
            workflows=len(rows),
            failed=sum(status in _BAD for status in last),
            late=late,
            running=sum(row.is_running for row in rows),
        )

    def _now_is(self, name: str, glance: Glance) -> None:
        self.glances[name] = glance
        self.tell()

"""The demo that somebody else uses too, and our own server in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import httpx

from dli_tui.backends.basecamp.adapter import BasecampBackend
from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.backends.demo.scenario import CODE, MANUAL, SYNC, DemoWorkflow, Scenario, Temper
from dli_tui.backends.port import Backend
from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.query import HistoryQuery, RunRequest
from dli_tui.domain.status import SourceType
from dli_tui.server.shelf import PATIENT
from tests.backends.http.servers import Naps
from tests.consistency.kinds import START, Kind, LosingTransport, Truth
from tests.support import ManualClock, everything, rows_of
from tests.support_server import application, profile


def _workflow(
    name: str,
    cron: str | None,
    seconds: float,
    *,
    source: SourceType = MANUAL,
    failure_rate: float = 0.0,
) -> DemoWorkflow:
    temper = Temper(failure_rate=failure_rate)
    return DemoWorkflow(name, source, cron, "t", seconds, SYNC, temper=temper, since=LATELY)


LATELY = START - timedelta(hours=1)
"""Nothing ran before: a plain server has its whole history read for backfills."""
SCENARIO = Scenario(
    (
        _workflow("a", None, 20),
        _workflow("b", "* * * * *", 15, failure_rate=0.5),
        _workflow("c", "*/5 * * * *", 250, source=CODE),
        _workflow("d", "0 * * * *", 60, failure_rate=1),
    )
)


class DemoKind(Kind):
    """A demo; the others are a demo of their own with the same journal.

    The truth is what the whole list tells whoever asks for it the first time.
    """

    def __init__(self) -> None:
        super().__init__(ManualClock(START))
        self._journal = MemoryJournal()
        self._others = self._demo("somebody")

    def _demo(self, user: str) -> DemoBackend:
        return DemoBackend(SCENARIO, clock=self.clock, journal=self._journal, user=user)

    def opened(self) -> AbstractAsyncContextManager[Backend]:
        return self._demo("me")

    async def truth(self) -> dict[WorkflowKey, Truth]:
        return {
            row.key: Truth(
                row.status,
                None if row.last_run is None else (row.last_run.run_id, row.last_run.status),
                row.is_running,
            )
            for row in await rows_of(self._demo("nobody"))
        }

    async def under_way(self) -> list[RunRef]:
        runs = await everything(self._others.history(HistoryQuery(limit=50)))
        return [run.ref for run in runs if run.status.is_running]

    async def start(self, name: str) -> None:
        await self._others.run(RunRequest(name))

    async def stop(self, ref: RunRef) -> None:
        await self._others.stop(ref)

    async def hold(self, name: str, *, is_paused: bool) -> None:
        await (self._others.pause(name) if is_paused else self._others.unpause(name))

    def may_override(self, truth: dict[WorkflowKey, Truth], name: str) -> bool:
        return WorkflowKey(name, CODE) not in truth

    async def add(self, name: str) -> None:
        """CI delivers a workflow, perhaps over a registered one."""
        await self._others.deliver(name, "*/2 * * * *")

    async def remove(self, name: str) -> None:
        if WorkflowKey(name, CODE) in await self.truth():
            await self._others.withdraw(name)
        else:
            await self._others.unregister(name, force=True)


class ServedKind(DemoKind):
    """Our own server in front of a demo that others change behind its back."""

    def __init__(self, *, extras: bool) -> None:
        super().__init__()
        self._extras = extras

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Backend]:
        app = application(
            lambda: self._demo("me"), self.clock, extras=self._extras, patience=PATIENT
        )
        self.transport = LosingTransport(httpx.ASGITransport(app))
        backend = BasecampBackend(profile(), {}, transport=self.transport, sleep=Naps())
        async with app.serving(), backend:
            yield backend

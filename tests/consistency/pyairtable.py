"""The stand-in PyAirtable service, whose world is changed directly."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx

from dli_tui.backends.port import Backend
from dli_tui.backends.pyairtable.adapter import PyAirtableBackend
from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from dli_tui.playground.records import Workflow
from dli_tui.playground.service import Playground
from tests.backends.pyairtable.recorded import profile
from tests.consistency.kinds import START, Kind, LosingTransport, Truth
from tests.support import ManualClock

_FAILS = {"name": "send", "type": "http_request", "config": {"fail": True, "takes": 5}}
_AT_TIMES = {"name": "count", "type": "http_request", "config": {"fail_every": 2, "takes": 25}}


def _waits(seconds: float) -> dict[str, Any]:
    return {"name": "wait", "type": "delay", "config": {"seconds": seconds}}


WORKFLOWS: dict[str, dict[str, Any]] = {
    "a": {"config": {"steps": [_waits(8)]}},
    "b": {"config": {"steps": [_FAILS]}, "retries": 0},
    "c": {"config": {"steps": [_waits(150)]}},
    "d": {
        "config": {"steps": [_AT_TIMES]},
        "retries": 0,
        "cron": "*/2 * * * *",
        "is_scheduled": True,
    },
}


class PyAirtableKind(Kind):
    """A service of one generation, with its orchestrator; its executions end by themselves."""

    held = frozenset({WorkflowStatus.PAUSED, WorkflowStatus.DISABLED})

    def __init__(self, generation: Any, sagas: Any) -> None:
        super().__init__(ManualClock(START))
        self._service = Playground(self.clock, generation=generation, sagas=sagas, stocked=False)
        self._world = self._service.world
        # v1 passes over a status in silence, and 003 is paused by our client in the same way.
        self._paused: dict[str, Any] = (
            {"is_enabled": False} if generation == "v1" else {"status": "paused"}
        )
        for name, made in WORKFLOWS.items():
            self._world.create(name, **made)

    def opened(self) -> AbstractAsyncContextManager[Backend]:
        self.transport = LosingTransport(httpx.ASGITransport(self._service.automation))
        return PyAirtableBackend(
            profile(),
            {"KEY": "try-me"},
            transport=self.transport,
            saga_transport=httpx.ASGITransport(self._service.orchestrator),
            clock=self.clock,
            passed=lambda: self.clock.now().timestamp(),
            sleep=self.clock.sleep,
        )

    def _workflow(self, name: str) -> Workflow:
        return next(one for one in self._world.workflows() if one.name == name)

    async def truth(self) -> dict[WorkflowKey, Truth]:
        now = self._world.now()
        found = {}
        for one in self._world.workflows():
            last = next(iter(self._world.of(one.id)), None)
            told = None if last is None else (str(last.id), RunStatus.of(last.status(now)))
            status = WorkflowStatus.of(one.status if one.is_enabled else "disabled")
            key = WorkflowKey(one.name, SourceType.MANUAL)
            found[key] = Truth(status, told, told is not None and told[1].is_running)
        return found

    async def under_way(self) -> list[RunRef]:
        now = self._world.now()
        return [
            RunRef(str(run.id), one.name)
            for one in self._world.workflows()
            for run in self._world.of(one.id)
            if now < run.course.ended
        ]

    async def start(self, name: str) -> None:
        self._world.execute(self._workflow(name).id, None)

    async def stop(self, ref: RunRef) -> None:
        self._world.stop(int(ref.run_id))

    async def hold(self, name: str, *, is_paused: bool) -> None:
        goes_on = {"status": "active", "is_enabled": True}
        self._world.update(self._workflow(name).id, **(self._paused if is_paused else goes_on))

    async def add(self, name: str) -> None:
        self._world.create(name, **WORKFLOWS["a"])

    async def remove(self, name: str) -> None:
        self._world.delete(self._workflow(name).id)

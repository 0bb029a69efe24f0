"""The fake Airflow, on which others trigger, pause and delete."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any

import httpx

from dli_tui.backends.airflow.adapter import SWEEP_SECONDS, AirflowBackend
from dli_tui.backends.port import Backend
from dli_tui.config.model import Kind as ProfileKind
from dli_tui.config.model import Profile
from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from tests.backends.airflow.fake import FakeAirflow, at
from tests.backends.http.servers import Naps
from tests.consistency.kinds import NAMES, Kind, LosingTransport, Truth
from tests.support import ManualClock

OPEN = ("queued", "running")
STATUSES = {
    "queued": RunStatus.PENDING,
    "running": RunStatus.RUNNING,
    "success": RunStatus.COMPLETED,
    "failed": RunStatus.FAILED,
}


class _Clock(ManualClock):
    """Our clock and that of the server, which go alike."""

    def __init__(self, airflow: FakeAirflow) -> None:
        super().__init__(airflow.now)
        self._airflow = airflow

    def move(self, seconds: float) -> None:
        super().move(seconds)
        self._airflow.passes(seconds=seconds)


class AirflowKind(Kind):
    """One version. Runs that moved show with the next poll, the rest with the next sweep."""

    sweep_seconds = SWEEP_SECONDS

    def __init__(self, version: int) -> None:
        self._airflow = FakeAirflow(version)
        super().__init__(_Clock(self._airflow))
        for count, name in enumerate(NAMES):
            self._airflow.dag(name, runs=count)

    def opened(self) -> AbstractAsyncContextManager[Backend]:
        self.transport = LosingTransport(httpx.MockTransport(self._airflow))
        self._backend = AirflowBackend(
            Profile(name="air", kind=ProfileKind.AIRFLOW, url="https://airflow.example.com"),
            {},
            transport=self.transport,
            clock=self.clock,
            passed=lambda: self.clock.now().timestamp(),
        )
        self._backend._airflow.http._sleep = Naps()
        return self._backend

    async def settle(self) -> None:
        if self._backend._sweeping is not None:
            await asyncio.wait([self._backend._sweeping])

    async def truth(self) -> dict[WorkflowKey, Truth]:
        found = {}
        for name, dag in self._airflow.dags.items():
            runs = [run for (owner, _), run in self._airflow.runs.items() if owner == name]
            last = None if not runs else (runs[-1]["dag_run_id"], _status(runs[-1]))
            status = WorkflowStatus.PAUSED if dag["is_paused"] else WorkflowStatus.ACTIVE
            is_running = any(run["state"] in OPEN for run in runs)
            found[WorkflowKey(name, SourceType.CODE)] = Truth(status, last, is_running)
        return found

    async def under_way(self) -> list[RunRef]:
        return [
            RunRef(run_id, name)
            for (name, run_id), run in self._airflow.runs.items()
            if run["state"] in OPEN
        ]

    async def start(self, name: str) -> None:
        run_id = f"manual__{at(self._airflow.now)}_{len(self._airflow.runs)}"
        self._airflow.run(name, run_id, state="running")
        self._airflow.moves(name, run_id)

    async def end(self, ref: RunRef, *, is_good: bool) -> None:
        begun = self._airflow.runs[ref.workflow, ref.run_id]["start_date"]
        self._airflow.moves(
            ref.workflow,
            ref.run_id,
            state="success" if is_good else "failed",
            start_date=begun or at(self._airflow.now),
            end_date=at(self._airflow.now),
        )

    async def stop(self, ref: RunRef) -> None:
        await self.end(ref, is_good=False)

    async def hold(self, name: str, *, is_paused: bool) -> None:
        self._airflow.dags[name]["is_paused"] = is_paused

    async def add(self, name: str) -> None:
        self._airflow.dag(name)

    async def remove(self, name: str) -> None:
        del self._airflow.dags[name]
        self._airflow.runs = {k: run for k, run in self._airflow.runs.items() if k[0] != name}


def _status(run: dict[str, Any]) -> RunStatus:
    """A run that our note says was stopped was killed."""
    is_stopped = run["state"] == "failed" and (run["note"] or "").startswith("stopped by ")
    return RunStatus.KILLED if is_stopped else STATUSES[run["state"]]

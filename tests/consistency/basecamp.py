"""A Basecamp server in memory that others act on too, and that knows the truth.

`tells_last_runs` as the seed has it; without, as the real server does: the list has neither last
runs nor schedules, unregistered rows stay as disabled, and stopped runs end as failed.
"""

from __future__ import annotations

import json
import re
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any

import httpx

from dli_tui.backends.basecamp.adapter import BasecampBackend
from dli_tui.backends.port import Backend
from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from tests.backends.http.servers import Naps, profile
from tests.consistency.kinds import NAMES, START, Kind, LosingTransport, Truth
from tests.support import ManualClock

LIST = "/api/v1/workflows"
_ONE_RUN = re.compile(rf"{LIST}/runs/([^/]+)(/stop)?")
_ONE_WORKFLOW = re.compile(rf"{LIST}/([^/]+)(?:/(run|pause|unpause))?")


class Server:
    """Workflows and runs, changed by requests and by whoever has it in hand."""

    def __init__(self, names: list[str], *, tells_last_runs: bool) -> None:
        self.tells_last_runs = tells_last_runs
        self.statuses = dict.fromkeys(names, "ACTIVE")
        self.runs: dict[str, dict[str, Any]] = {}
        self.now = START

    # What others do

    def start(self, name: str) -> str:
        run_id = f"{name}_{len(self.runs)}"
        self.now += timedelta(seconds=1)
        self.runs[run_id] = {
            "run_id": run_id,
            "dataset_name": name,
            "status": "RUNNING",
            "started_at": f"{self.now:%FT%TZ}",
        }
        return run_id

    def end(self, run_id: str, status: str) -> None:
        self.now += timedelta(seconds=1)
        self.runs[run_id] |= {"status": status, "ended_at": f"{self.now:%FT%TZ}"}

    def stop(self, run_id: str) -> None:
        self.end(run_id, "STOPPED" if self.tells_last_runs else "FAILED")

    def hold(self, name: str, status: str) -> None:
        self.statuses[name] = status

    def register(self, name: str) -> None:
        self.statuses.setdefault(name, "ACTIVE")

    def unregister(self, name: str) -> None:
        if self.tells_last_runs:
            del self.statuses[name]
            self.runs = {k: one for k, one in self.runs.items() if one["dataset_name"] != name}
        else:
            self.statuses[name] = "DISABLED"

    # The truth

    @property
    def under_way(self) -> list[str]:
        return [run_id for run_id, one in self.runs.items() if one["status"] == "RUNNING"]

    def last(self, name: str) -> dict[str, Any] | None:
        own = [one for one in self.runs.values() if one["dataset_name"] == name]
        return own[-1] if own else None

    # Requests

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path, query = request.url.path, request.url.params
        if path == LIST:
            return _json([self._row(name) for name in self.statuses][int(query["offset"]) :])
        if path == f"{LIST}/history":
            name = query.get("dataset_name")
            runs = [one for one in self.runs.values() if name in (None, one["dataset_name"])]
            return _json(runs[::-1][: int(query["limit"])])
        if (found := _ONE_RUN.fullmatch(path)) is not None:
            return self._run(found[1], stops=found[2] is not None)
        if (found := _ONE_WORKFLOW.fullmatch(path)) is not None and request.method == "POST":
            return self._act(found[1], found[2])
        return _json({"detail": "Not Found"}, 404)

    def _row(self, name: str) -> dict[str, Any]:
        row: dict[str, Any] = {
            "dataset_name": name,
            "source_type": "MANUAL",
            "status": self.statuses[name],
        }
        if self.tells_last_runs:
            schedule = {"cron": "0 6 * * *", "timezone": "UTC"}
            row |= {"schedule": schedule, "last_run": self.last(name)}
        return row

    def _run(self, run_id: str, *, stops: bool) -> httpx.Response:
        if run_id not in self.runs:
            return _json({"detail": "Run not found"}, 404)
        if stops:
            self.stop(run_id)
        return _json(self.runs[run_id])

    def _act(self, name: str, verb: str) -> httpx.Response:
        if verb == "run":
            return _json(self.runs[self.start(name)], 202)
        self.hold(name, "PAUSED" if verb == "pause" else "ACTIVE")
        return _json(self._row(name))


def _json(body: Any, status: int = 200) -> httpx.Response:
    return httpx.Response(status, content=json.dumps(body))


class BasecampKind(Kind):
    """The server in memory, with more runs than a page of its history holds."""

    def __init__(self, *, tells_last_runs: bool) -> None:
        super().__init__(ManualClock(START))
        self.server = Server(list(NAMES), tells_last_runs=tells_last_runs)
        # One run is older than all that the first page of the history holds.
        self.server.start("d")
        for _ in range(110):
            self.server.end(self.server.start("a"), "SUCCESS")

    def opened(self) -> AbstractAsyncContextManager[Backend]:
        self.transport = LosingTransport(httpx.MockTransport(self.server))
        return BasecampBackend(
            profile(token_env="T"), {"T": "t"}, transport=self.transport, sleep=Naps()
        )

    async def truth(self) -> dict[WorkflowKey, Truth]:
        # A list that tells the last run alone hides one that was started before it.
        going = {self.server.runs[run_id]["dataset_name"] for run_id in self.server.under_way}
        found = {}
        for name, status in self.server.statuses.items():
            run = self.server.last(name)
            last = None if run is None else (run["run_id"], RunStatus.of(run["status"]))
            is_running = None if self.server.tells_last_runs else name in going
            key = WorkflowKey(name, SourceType.MANUAL)
            found[key] = Truth(WorkflowStatus.of(status), last, is_running)
        return found

    async def under_way(self) -> list[RunRef]:
        return [RunRef(one, self.server.runs[one]["dataset_name"]) for one in self.server.under_way]

    async def start(self, name: str) -> None:
        self.server.start(name)

    async def end(self, ref: RunRef, *, is_good: bool) -> None:
        self.server.end(ref.run_id, "SUCCESS" if is_good else "FAILED")

    async def stop(self, ref: RunRef) -> None:
        self.server.stop(ref.run_id)

    async def hold(self, name: str, *, is_paused: bool) -> None:
        self.server.hold(name, "PAUSED" if is_paused else "ACTIVE")

    async def add(self, name: str) -> None:
        self.server.register(name)

    async def remove(self, name: str) -> None:
        self.server.unregister(name)

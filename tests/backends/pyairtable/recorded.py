"""What real services answered, and a service of both kinds that answers just so."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

from dli_tui.backends.pyairtable.adapter import PyAirtableBackend
from dli_tui.config.model import Kind, Profile
from tests.support import ManualClock
from tests.support_backends import NOW

SAMPLES = Path(__file__).parent / "samples"
ADDRESS = "http://127.0.0.1:8006"
SAGAS = "http://127.0.0.1:8008"
ROOT = "/api/v1/workflows"
NO_ROUTE = {"detail": "Not Found"}


class Sample(NamedTuple):
    """One exchange: what was asked, and what came."""

    method: str
    path: str
    body: object
    status: int
    answer: object


def every_sample():
    """The names of all files, as folder/name."""
    return sorted(
        str(path.relative_to(SAMPLES).with_suffix("")) for path in SAMPLES.rglob("*.json")
    )


def sample(name):
    told = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    asked, came = told["request"], told["response"]
    return Sample(asked["method"], asked["path"], asked["body"], came["status"], came["body"])


def profile(**more):
    known = {"url": ADDRESS, "saga_url": SAGAS, "api_key_env": "KEY"}
    return Profile(name="tables", kind=Kind.PYAIRTABLE, **{**known, **more})


class Turns(list[object]):
    """Answers that come one after the other; the last one stays."""


class Service:
    """Answers by a table of (method, path); what isn't in it has no route."""

    def __init__(self, answers=None):
        self.answers = dict(answers or {})
        self.asked = []

    def __setitem__(self, asked, answer):
        self.answers[asked] = answer

    def sent(self):
        """The writes that came: method, path, body."""
        return [
            (one.method, one.url.path, json.loads(one.content or b"{}"))
            for one in self.asked
            if one.method != "GET"
        ]

    def paths(self):
        """What was asked for, in order."""
        return [one.url.path for one in self.asked if one.method == "GET"]

    async def handle(self, request):
        self.asked.append(request)
        answer = self.answers.get((request.method, request.url.path))
        if isinstance(answer, Turns):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            return httpx.Response(404, json=NO_ROUTE)
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        headers = {"Retry-After": "30"} if status == 429 else {}
        return httpx.Response(status, json=body, headers=headers)


class Near(NamedTuple):
    """An adapter, and the two services in front of it."""

    backend: PyAirtableBackend
    service: Service
    sagas: Service
    clock: ManualClock


@asynccontextmanager
async def near(service=None, sagas=None, **more):
    """An adapter in front of two services that answer by their tables."""
    service, sagas = service or Service(), sagas or Service()
    clock = ManualClock(NOW)

    async def sleep(seconds):
        clock.move(seconds)

    async with PyAirtableBackend(
        profile(**more),
        {"KEY": "k"},
        transport=httpx.MockTransport(service.handle),
        saga_transport=httpx.MockTransport(sagas.handle),
        clock=clock,
        passed=lambda: clock.now().timestamp(),
        sleep=sleep,
    ) as backend:
        yield Near(backend, service, sagas, clock)


def of_contract(answers=None):
    """A service of seed 003: what tells it from the older ones is there."""
    return Service(
        {
            ("GET", ROOT): [],
            ("GET", f"{ROOT}/executions/0/steps"): (404, {"detail": "Execution not found"}),
            ("GET", "/api/v1/templates"): {"templates": [], "total": 0},
            **(answers or {}),
        }
    )


def workflow(own_id=123, name="Data Processing Workflow", **more):
    """A workflow as the contract tells it."""
    return {
        "id": own_id,
        "name": name,
        "description": "d",
        "workflow_config": {"steps": [{"name": "validate_file", "type": "file_process"}]},
        "trigger_config": {"type": "manual", "enabled": True},
        "cron_schedule": None,
        "is_scheduled": False,
        "status": "active",
        "is_enabled": True,
        "total_executions": 0,
        **more,
    }


def execution(run_id=789, **more):
    """An execution as the contract tells it."""
    return {
        "id": run_id,
        "workflow_id": 123,
        "trigger_type": "manual",
        "status": "completed",
        "execution_time_ms": 1500,
        "retry_count": 0,
        "created_at": "2025-01-08T10:00:00Z",
        "started_at": "2025-01-08T10:00:01Z",
        "completed_at": "2025-01-08T10:00:02Z",
        "result_data": {"validate_file": {"valid": True}},
        **more,
    }

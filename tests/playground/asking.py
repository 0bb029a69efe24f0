"""Asking a playground without a line between: the hour, the key, and an answer."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx

from dli_tui.playground.makes import KEY
from dli_tui.playground.service import Playground
from tests.support import ManualClock

AT = datetime(2026, 11, 20, 14, 7, 3, tzinfo=UTC)
"""A Friday."""
SIGNED = {"X-API-Key": KEY}
WORKFLOWS = "/api/v1/workflows"
TEMPLATES = "/api/v1/templates"
SAGAS = "/api/v1/sagas"


async def ask(app, method, path, body=None, *, headers=SIGNED, **more):
    """The answer of one side."""
    transport = httpx.ASGITransport(app)
    url = "http://playground.example.com"
    async with httpx.AsyncClient(transport=transport, base_url=url, headers=headers) as client:
        return await client.request(method, path, json=body, **more)


class Asked:
    """A playground, and what it tells: of its workflows, and of its sagas."""

    def __init__(self, clock=None, **options):
        self.clock = clock or ManualClock(AT)
        self.world = Playground(self.clock, **options)

    async def __call__(self, method, path, body=None, **more):
        """What the automation side answers."""
        return await ask(self.world.automation, method, path, body, **more)

    async def told(self, path, **query):
        """What it tells when all is well."""
        answer = await self("GET", path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def sagas(self, method, path, body=None, **more):
        """What the orchestrator answers."""
        return await ask(self.world.orchestrator, method, path, body, **more)

    async def made(self, *steps, name="Try it", **fields):
        """The id of a new workflow of those steps."""
        body = {"name": name, "workflow_config": {"steps": list(steps)}, **fields}
        answer = await self("POST", WORKFLOWS, body)
        assert answer.status_code == 200, answer.text
        return answer.json()["id"]

    async def executed(self, workflow, **trigger_data):
        """The id of a new execution."""
        body = {"trigger_data": trigger_data}
        answer = await self("POST", f"{WORKFLOWS}/{workflow}/execute", body)
        assert answer.status_code == 200, answer.text
        return answer.json()["execution_id"]

    async def steps(self, execution):
        """The steps of an execution."""
        return await self.told(f"{WORKFLOWS}/executions/{execution}/steps")

    async def latest(self, workflow):
        """The newest execution of a workflow."""
        return (await self.told(f"{WORKFLOWS}/{workflow}/executions", limit=1))[0]

    async def saga_of(self, execution):
        """The saga that belongs to an execution."""
        answer = await self.sagas("GET", f"{SAGAS}/")
        (found,) = [
            saga
            for saga in answer.json()["sagas"]
            if saga["correlation_id"].endswith(f"-execution-{execution}")
        ]
        return found


def step(name, kind="log", **config):
    """A step of a configuration."""
    return {"name": name, "type": kind, "config": config}

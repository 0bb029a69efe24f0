"""A plain Basecamp server as a function: it answers as it is told, and keeps what it was asked."""

import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx

from dli_tui.backends.basecamp.adapter import BasecampBackend
from dli_tui.client import WorkflowClient
from tests.backends.http.servers import Naps, profile
from tests.support import ManualClock

LIST = "/api/v1/workflows"
HISTORY = f"{LIST}/history"
BESIDE = "/api/v1/x"
CLICKS = "iceberg.analytics.daily_clicks"
NOON = datetime(2026, 1, 10, 12, tzinfo=UTC)
NOT_THERE = {"success": False, "message": "Not there", "error": {"code": "RESOURCE_NOT_FOUND"}}
ROW = {
    "dataset_name": CLICKS,
    "status": "active",
    "source_type": "MANUAL",
    "schedule": {"cron": "0 6 * * *", "timezone": "UTC"},
}


def row(name, **changes):
    """A row of the list as it is sent."""
    return {**ROW, "dataset_name": name, **changes}


def run(run_id, **changes):
    """A run of the history as it is sent."""
    return {"run_id": run_id, "dataset_name": CLICKS, "status": "SUCCESS", **changes}


class Stub:
    """Has a list, a history and whatever else it is told to answer; the rest is 404.

    An answer is JSON, a whole response, an error of the line, or a function of the request; of
    several in a list the last stays.
    """

    def __init__(self, rows=(ROW,), runs=()):
        self.requests = []
        self._answers = {}
        self.answers("GET", LIST, json_of(list(rows)))
        self.answers("GET", HISTORY, json_of(list(runs)))

    def answers(self, method, path, *replies):
        """What is said to that request, one reply after the other."""
        self._answers[method, path] = list(replies)

    def __call__(self, request):
        self.requests.append(request)
        replies = self._answers.get((request.method, request.url.path))
        if replies is None:
            return json_of(NOT_THERE, 404)
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if callable(reply):
            reply = reply(request)
        if isinstance(reply, Exception):
            raise reply
        # One response object can't be read twice.
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)

    def asked(self, method, path):
        """The requests of that sort."""
        return [one for one in self.requests if (one.method, one.url.path) == (method, path)]

    @property
    def writes(self):
        """Whatever came that isn't a question."""
        return [one for one in self.requests if one.method != "GET"]


def json_of(body, status=200, **headers):
    """A response that holds JSON."""
    return httpx.Response(status, headers=headers, json=body)


def sent(request):
    """The body of a write."""
    return json.loads(request.content)


def query_of(request):
    """What stands behind the question mark."""
    return dict(request.url.params)


def backend_of(stub, naps=None, **changes):
    """The adapter in front of a stub; its sleeps take no time."""
    return BasecampBackend(
        profile(token_env="MY_TOKEN", **changes),
        {"MY_TOKEN": "T"},
        transport=httpx.MockTransport(stub),
        sleep=naps or Naps(),
    )


@asynccontextmanager
async def client_of(stub, clock=None, **changes):
    """The client on that adapter."""
    async with backend_of(stub, **changes) as backend:
        yield WorkflowClient(backend, clock=clock or ManualClock(NOON))

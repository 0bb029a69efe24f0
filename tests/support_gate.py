"""A gate with a small app behind it, at an hour that tests move, and what it told."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import httpx
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from dli_tui.client.sent import sending
from dli_tui.domain.acting import acting_name
from dli_tui.domain.errors import DLIError
from dli_tui.server.gate import Surroundings, gated
from dli_tui.server.identity import Role, identity_of, require
from dli_tui.server.problems import answer_of
from dli_tui.server.settings import ServerSettings
from dli_tui.server.tokens import add_token

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
JSON = {"content-type": "application/json"}


class Hour:
    """A clock that stands still until a test moves it."""

    def __init__(self):
        self.passed = 0.0
        self.moved = 0.0
        """By so many seconds somebody set it forward."""

    def now(self):
        return NOON + timedelta(seconds=self.passed + self.moved)

    def ticks(self):
        return 1_000.0 + self.passed


class Inner:
    """What stands behind the gate: it says who came, and counts what is done."""

    def __init__(self):
        self.deeds = []
        self.before = None
        """Awaited in the midst of a deed."""
        self.app = Starlette(
            routes=[
                Route("/who", self.who, methods=["GET", "POST"]),
                Route("/breaks", self.breaks, methods=["GET", "POST"]),
                Route("/deeds", self.deed, methods=["POST", "DELETE"]),
                Route("/{status:int}", self.status, methods=["GET", "POST"]),
            ],
            exception_handlers={DLIError: refused},
        )

    async def who(self, request):
        who = identity_of(request.scope)
        return JSONResponse({"name": who.name, "role": who.role, "acting": acting_name()})

    async def breaks(self, request):
        raise RuntimeError(f"choked on {request.headers.get('authorization', 'nothing')}")

    async def deed(self, request):
        require(request.scope, Role.OPERATOR)
        body = await request.body()
        if self.before is not None:
            await self.before()
        sending("the place")
        self.deeds.append(body)
        if body == b'"breaks"':
            raise RuntimeError("in the midst")
        return JSONResponse({"deed": len(self.deeds)}, 202)

    async def status(self, request):
        self.deeds.append(request.path_params["status"])
        return JSONResponse({}, request.path_params["status"])


async def refused(_, problem):
    return answer_of(problem)


class Gated:
    """The gate, with what it told and what was done behind it."""

    def __init__(self, settings, **more):
        self.hour = Hour()
        self.inner = Inner()
        self.told: list[str] = []
        self.settings = settings
        around = Surroundings(
            now=self.hour.now,
            ticks=self.hour.ticks,
            new_id=lambda: f"id-{len(self.told)}",
            tell=self.told.append,
        )
        self.app = gated(self.inner.app, settings, around, **more)

    @property
    def lines(self):
        """What was told, read."""
        return [json.loads(line) for line in self.told]

    def client(self, token=None, *, base="http://127.0.0.1:8030", peer="127.0.0.1", **headers):
        """Somebody who asks."""
        known = {} if token is None else {"authorization": f"Bearer {token}"}
        transport = httpx.ASGITransport(self.app, client=(peer, 4_711))
        return httpx.AsyncClient(transport=transport, base_url=base, headers=known | headers)


def a_token(path, name="oncall@example.com", role=Role.OPERATOR, **more):
    """The text of a new token in the file at `path`."""
    return add_token(path, name, role, now=NOON, **more)[1].reveal()


def signed(tmp_path, **more):
    """The settings of a server where people sign in with the tokens of a file."""
    return ServerSettings(
        place="stage", tokens=tmp_path / "tokens.json", audit=tmp_path / "audit.jsonl", **more
    )


OPEN = ServerSettings(demo=True)
WRONG = f"dli_{'0' * 12}_{'A' * 43}"
"""What looks like a token, and is none."""


def refusal_of(answer, status):
    """The error of an answer, in the one envelope."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert list(answer.json()) == ["error"]
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "details"}
    assert error["details"]["request_id"] == answer.headers["x-request-id"]
    return error

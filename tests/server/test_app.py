"""What stands beside the endpoints: is it up, what is there, and what isn't."""

import asyncio
import re
from contextlib import asynccontextmanager

import httpx
import pytest

from dli_tui.client import WorkflowClient
from dli_tui.domain.errors import AuthenticationError, ConnectionFailedError
from dli_tui.server.app import Application
from dli_tui.server.beside import EXTRAS
from dli_tui.server.contract import CONTRACT
from dli_tui.server.gate import Surroundings
from dli_tui.server.identity import Role
from dli_tui.server.shelf import Patience
from tests.backends.contract.places import DEMO
from tests.support import ManualClock
from tests.support_gate import OPEN, a_token, refusal_of
from tests.support_server import URL, application

LIST = "/api/v1/workflows"


class Client(httpx.AsyncClient):
    """A client that knows what it asks."""

    app: Application


@asynccontextmanager
async def asking(token=None, **settings):
    clock = ManualClock(DEMO.start)
    app = application(lambda: DEMO.open(clock), clock, **settings)
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    transport = httpx.ASGITransport(app)
    async with (
        app.serving(),
        Client(transport=transport, base_url=URL, headers=headers) as client,
    ):
        client.app = app
        yield client


@pytest.fixture
async def tokens(tmp_path):
    """The settings that ask for a token, and one."""
    path = tmp_path / "tokens.json"
    return {"tokens": path}, await asyncio.to_thread(a_token, path, "vi", Role.VIEWER)


async def test_whether_it_stands_is_said_to_everybody_and_nothing_else(tokens):
    async with asking(**tokens[0]) as client:
        answer = await client.get("/health")
        assert (answer.status_code, answer.json()) == (200, {"status": "healthy"})
        assert (await client.head("/health")).status_code == 200
        for method, path in (
            *(("OPTIONS", "/health"), ("POST", "/health"), ("GET", "/health/")),
            *(("GET", "/%68ealth"), ("GET", "/openapi.json"), ("GET", LIST)),
        ):
            refusal_of(await client.request(method, path), 401)


async def test_whether_it_stands_is_asked_by_a_name_of_it(tokens):
    async with asking(**tokens[0]) as client:
        refusal_of(await client.get("/health", headers={"host": "example.com"}), 400)
        page = {"origin": "http://example.com"}
        refusal_of(await client.get("/health", headers=page), 403)


async def test_who_signed_in_may_read_what_can_be_asked(tokens):
    settings, token = tokens
    async with asking(token, **settings) as client:
        assert (await client.get("/openapi.json")).json()["openapi"] == "3.1.0"


@pytest.mark.parametrize("path", [f"{LIST}/", f"{LIST};a=b", "/health/", "/other"])
async def test_what_is_not_there_is_told_and_nobody_is_sent_elsewhere(path):
    async with asking() as client:
        answer = await client.get(path)
    refusal_of(answer, 404)
    assert "location" not in answer.headers


@pytest.mark.parametrize("path", [LIST, "/health"])
async def test_what_cannot_be_done_there_says_what_can(path):
    async with asking() as client:
        answer = await client.patch(path, json={})
    refusal_of(answer, 405)
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


async def test_how_it_signs_in_behind_is_told_in_its_log_alone(monkeypatch):
    told: list[str] = []

    @asynccontextmanager
    async def opens():
        clock = ManualClock(DEMO.start)
        async with DEMO.open(clock) as backend:
            yield WorkflowClient(backend, clock=clock)

    async def refuses(*_):
        raise AuthenticationError("The environment variable STAGE_TOKEN is not set")

    monkeypatch.setattr(WorkflowClient, "run_now", refuses)
    app = Application(opens, OPEN, surroundings=Surroundings(tell=told.append))
    transport = httpx.ASGITransport(app)
    async with app.serving(), httpx.AsyncClient(transport=transport, base_url=URL) as client:
        answer = await client.get(f"{LIST}/runs/any")
    assert refusal_of(answer, 502)["code"] == "DLI-502"
    assert "STAGE_TOKEN" not in answer.text
    assert "STAGE_TOKEN" in told[0]
    assert answer.headers["x-request-id"] in told[0]


@pytest.mark.parametrize("role", Role)
async def test_each_write_is_refused_by_its_role_before_anything_else(tmp_path, role):
    tokens = tmp_path / "tokens.json"
    token = await asyncio.to_thread(a_token, tokens, "somebody", role)
    audit = tmp_path / "audit.jsonl"
    async with asking(token, tokens=tokens, audit=audit) as client:
        for endpoint in (*CONTRACT, *EXTRAS):
            if endpoint.method == "GET":
                continue
            # Not JSON: who may do such a thing at all hears of that, and nobody else.
            path = re.sub(r"\{\w+:\w+\}", "x", endpoint.path)
            answer = await client.request(endpoint.method, path, content=b"x")
            assert answer.status_code == (415 if role.covers(endpoint.role) else 403), path


async def test_a_refused_write_makes_nobody_ask_behind_again(tmp_path):
    tokens = tmp_path / "tokens.json"
    token = await asyncio.to_thread(a_token, tokens, "somebody", Role.ADMIN)
    patience = Patience(fresh=1_000, known=2_000)
    async with asking(token, tokens=tokens, patience=patience) as client:
        assert (await client.get(LIST)).status_code == 200
        shelf = client.app._desk.shelf
        looked = shelf._looked
        assert looked is not None
        assert (await client.post(f"{LIST}/{DEMO.paused}/run", json={})).status_code == 409
        assert (await client.post(f"{LIST}/no.such/run", json={})).status_code == 404
        assert shelf._looked == looked
        assert (await client.post(f"{LIST}/{DEMO.manual}/pause", json={})).status_code == 200
        assert shelf._looked is None


async def test_whether_it_can_work_is_said_to_everybody_by_component(tokens, tmp_path):
    audit = tmp_path / "audit.jsonl"
    async with asking(**tokens[0], audit=audit) as client:
        ready = await client.get("/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "ready")
        assert set(ready.json()["components"]) == {"tokens", "audit", "answers", "upstream"}
        assert (await client.head("/ready")).status_code == 200
        refusal_of(await client.post("/ready", json={}), 401)


@pytest.mark.parametrize("broken", ["tokens", "audit", "upstream"])
async def test_what_keeps_it_from_working_is_a_503_while_it_stays_healthy(
    tokens, tmp_path, broken, monkeypatch
):
    audit = tmp_path / ("folder" if broken == "audit" else "audit.jsonl")
    if broken == "tokens":
        await asyncio.to_thread(tokens[0]["tokens"].chmod, 0o644)
    if broken == "audit":
        await asyncio.to_thread(audit.mkdir)
    if broken == "upstream":

        async def nobody(*_):
            raise ConnectionFailedError("nobody is there")

        monkeypatch.setattr(WorkflowClient, "changes", nobody)
    async with asking(**tokens[0], audit=audit) as client:
        answer = await client.get("/ready")
        assert (answer.status_code, answer.json()["status"]) == (503, "not ready")
        failed = {name for name, it in answer.json()["components"].items() if it == "failed"}
        assert failed == {broken}
        assert (await client.get("/health")).status_code == 200


async def test_metrics_are_for_whoever_signs_in_and_hold_no_names(tokens, tmp_path):
    async with asking(**tokens[0]) as client:
        refusal_of(await client.get("/metrics"), 401)
    async with asking(tokens[1], **tokens[0]) as client:
        await client.get(f"{LIST}/runs/{DEMO.completed.run_id}")
        await client.get("/ready")
        answer = await client.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'dli_tui_requests_total{method="GET",status="200"} 2\n' in answer.text
    assert 'dli_tui_ready{component="upstream"} 1\n' in answer.text
    for secret in (tokens[1], tokens[1].split("_")[1], DEMO.completed.run_id, str(tmp_path)):
        assert secret not in answer.text

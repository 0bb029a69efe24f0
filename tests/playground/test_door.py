"""What stands before every endpoint: the key, the limits, and what goes wrong on purpose."""

import socket
from contextlib import asynccontextmanager

import httpx
import pytest

from dli_tui.playground import running
from dli_tui.playground.faults import AnswerLostError
from dli_tui.playground.makes import HOST
from tests.playground.asking import SAGAS, SIGNED, TEMPLATES, WORKFLOWS, Asked, step

BEARER = {"Authorization": "Bearer try-me"}


@pytest.mark.parametrize(
    ("headers", "status", "detail"),
    [
        (BEARER, 200, None),
        (SIGNED, 200, None),
        ({"Authorization": "bearer try-me"}, 200, None),
        ({}, 401, "API key required"),
        ({"Authorization": "Basic try-me"}, 401, "API key required"),
        ({"Authorization": "Bearer wrong"}, 401, "Invalid API key"),
        ({"X-API-Key": "wrong"}, 401, "Invalid API key"),
    ],
)
async def test_003_takes_the_key_either_way(empty, headers, status, detail):
    answer = await empty("GET", WORKFLOWS, headers=headers)
    assert answer.status_code == status
    if detail is not None:
        assert (answer.json()["detail"], answer.json()["error_code"]) == (detail, "UNAUTHORIZED")


async def test_the_key_is_the_one_that_was_given():
    asked = Asked(api_key="another", stocked=False)
    assert (await asked("GET", WORKFLOWS)).status_code == 401
    assert (await asked("GET", WORKFLOWS, headers={"X-API-Key": "another"})).status_code == 200


async def test_every_request_is_noted(empty):
    await empty("GET", WORKFLOWS)
    await empty("POST", f"{TEMPLATES}/create-workflow", {}, headers={})
    await empty.sagas("GET", f"{SAGAS}/?limit=1")
    assert empty.world.requests == [
        ("GET", WORKFLOWS),
        ("POST", f"{TEMPLATES}/create-workflow"),
        ("GET", f"{SAGAS}/"),
    ]


# Limits


@pytest.mark.parametrize(
    ("most", "method", "path"),
    [
        (100, "GET", TEMPLATES),
        (50, "POST", WORKFLOWS),
        (200, "POST", f"{WORKFLOWS}/1/execute"),
        (500, "GET", WORKFLOWS),
        (500, "GET", f"{WORKFLOWS}/1/executions"),
    ],
)
async def test_so_many_a_minute_and_no_more(empty, most, method, path):
    body: dict[str, str] | None = {} if method == "POST" else None
    for _ in range(most):
        assert (await empty(method, path, body)).status_code != 429
    refused = await empty(method, path, body)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert refused.json()["error_code"] == "RATE_LIMITED"
    empty.clock.move(59)
    assert (await empty(method, path, body)).headers["retry-after"] == "1"
    empty.clock.move(1)
    assert (await empty(method, path, body)).status_code != 429


async def test_one_limit_leaves_the_others_alone(empty):
    for _ in range(101):
        refused = await empty("GET", TEMPLATES)
    assert refused.status_code == 429
    assert (await empty("GET", WORKFLOWS)).status_code == 200
    assert (await empty.sagas("GET", f"{SAGAS}/")).status_code == 200


# What goes wrong on purpose


async def test_a_failure_is_answered_as_often_as_it_was_set(empty):
    empty.world.faults.answer(503, 2, retry_after=7)
    for _ in range(2):
        answer = await empty("GET", WORKFLOWS)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
        assert answer.json() == {"detail": "Service unavailable"}
    assert (await empty("GET", WORKFLOWS)).status_code == 200


async def test_it_waits_for_the_request_that_it_fits(empty):
    empty.world.faults.answer(500, method="POST", path="/execute")
    number = await empty.made(step("a"))
    path = f"{WORKFLOWS}/{number}/execute"
    assert (await empty("POST", path, {})).status_code == 500
    assert (await empty.told(f"{WORKFLOWS}/{number}"))["total_executions"] == 0
    assert (await empty("POST", path, {})).status_code == 200


async def test_a_lost_answer_was_done(empty):
    number = await empty.made(step("a"))
    empty.world.faults.lose(method="POST")
    with pytest.raises(AnswerLostError, match="execute"):
        await empty("POST", f"{WORKFLOWS}/{number}/execute", {})
    assert (await empty.told(f"{WORKFLOWS}/{number}"))["total_executions"] == 1


@asynccontextmanager
async def listening(app):
    """The URL of a side that listens on loopback."""
    server = running._server(app)
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    with socket.socket() as line:
        line.bind((HOST, 0))
        await server.startup([line])
        try:
            yield f"http://{HOST}:{line.getsockname()[1]}"
        finally:
            server.force_exit = True
            await server.shutdown([line])


async def test_over_a_line_a_lost_answer_breaks_off(empty):
    number = await empty.made(step("a"))
    empty.world.faults.lose(method="POST")
    async with (
        listening(empty.world.automation) as url,
        httpx.AsyncClient(base_url=url, headers=SIGNED, trust_env=False) as client,
    ):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(f"{WORKFLOWS}/{number}/execute", json={})
        told = (await client.get(f"{WORKFLOWS}/{number}")).json()
    assert told["total_executions"] == 1


async def test_a_server_may_ask_it_to_start(empty):
    said: list[str] = []

    async def receive():
        return {"type": "lifespan.shutdown" if said else "lifespan.startup"}

    async def send(message):
        said.append(message["type"])

    await empty.world.automation({"type": "lifespan", "state": {}}, receive, send)
    assert said == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_a_late_answer_comes_late_by_the_clock(empty):
    before = empty.clock.now()
    empty.world.faults.delay(9)
    await empty("GET", WORKFLOWS)
    await empty("GET", WORKFLOWS)
    assert (empty.clock.now() - before).total_seconds() == 9
    empty.world.faults.slow_seconds = 2
    await empty("GET", WORKFLOWS)
    await empty.sagas("GET", f"{SAGAS}/")
    assert (empty.clock.now() - before).total_seconds() == 13


async def test_the_saga_side_can_be_down_alone(empty):
    empty.world.faults.sagas_down = True
    assert (await empty.sagas("GET", f"{SAGAS}/")).status_code == 503
    assert (await empty("GET", WORKFLOWS)).status_code == 200
    empty.world.faults.sagas_down = False
    assert (await empty.sagas("GET", f"{SAGAS}/")).status_code == 200

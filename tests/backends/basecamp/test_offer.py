"""What a server has beside the contract is asked once, and what it says then holds."""

import asyncio
from datetime import date

import httpx
import pytest

from dli_tui.backends.basecamp.offer import PLAIN
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import (
    AuthenticationError,
    ServerError,
    Unsupported,
    WorkflowExecutionError,
)
from dli_tui.domain.query import BackfillRequest, RunRequest, WorkflowQuery
from dli_tui.domain.status import HealthStatus
from tests.backends.basecamp.stub import BESIDE, CLICKS, LIST, NOON, Stub, backend_of, json_of, run
from tests.support import everything

WHAT = f"{BESIDE}/capabilities"
OFFER = {
    "label": "the control room",
    "user": "me",
    "capabilities": ["SAGAS", "RUN", "TELEPATHY"],
    "reasons": {"STOP": "your role is viewer\x1b[2J", "TELEPATHY": "not today", "PAUSE": 7},
}
SAGAS = ("GET", f"{BESIDE}/sagas")


def offering(*answers):
    stub = Stub()
    stub.answers("GET", WHAT, *answers)
    stub.answers(*SAGAS, json_of([]))
    return stub


async def test_it_is_asked_once_however_many_ask_at_once():
    stub = offering(json_of(OFFER))
    async with backend_of(stub) as backend:
        assert await asyncio.gather(*(backend.sagas() for _ in range(5))) == [()] * 5
        await backend.sagas()
    assert len(stub.asked("GET", WHAT)) == 1


async def test_what_it_says_holds():
    async with backend_of(offering(json_of(OFFER))) as backend:
        assert backend.capabilities == PLAIN
        await backend.sagas()
        assert backend.label == "the control room"
        assert backend.capabilities == {Capability.SAGAS, Capability.RUN}
        assert backend.why_not(Capability.STOP).endswith(": your role is viewer")
        assert backend.why_not(Capability.PAUSE).startswith("The control room doesn't offer ")


@pytest.mark.parametrize("status", [400, 403, 404, 405, 410, 501])
async def test_without_such_a_path_it_is_plain_and_not_asked_again(status):
    stub = offering(httpx.Response(status, text="<html>no such page</html>"))
    async with backend_of(stub) as backend:
        for _ in range(2):
            with pytest.raises(Unsupported, match="plain contract"):
                await backend.sagas()
        assert backend.capabilities == PLAIN
    assert len(stub.asked("GET", WHAT)) == 1
    assert stub.asked(*SAGAS) == []


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (httpx.Response(503), ServerError),
        (httpx.Response(500), WorkflowExecutionError),
        (httpx.ConnectError("no line"), ServerError),
        (httpx.Response(401), AuthenticationError),
        (json_of([]), ServerError),
        (json_of({"capabilities": "all"}), ServerError),
        (httpx.Response(200, text="nonsense"), ServerError),
    ],
    ids=["busy", "broken", "no line", "no sign-in", "a list", "a word", "no JSON"],
)
async def test_after_a_failure_it_is_asked_again(trouble, kind):
    stub = offering(trouble)
    async with backend_of(stub) as backend:
        with pytest.raises(kind):
            await backend.sagas()
        assert "hasn't said yet" in backend.why_not(Capability.SAGAS)
        stub.answers("GET", WHAT, json_of(OFFER))
        assert await backend.sagas() == ()


async def test_what_is_not_offered_is_not_sent():
    stub = offering(json_of({**OFFER, "capabilities": []}))
    day = date(2026, 1, 1)
    calls = (
        lambda b: b.run(RunRequest(CLICKS, slot=NOON, run_id="r")),
        lambda b: b.run(RunRequest(CLICKS, dry_run=True)),
        lambda b: b.backfill(BackfillRequest(CLICKS, day, day, slots=(NOON,))),
        lambda b: b.sagas(),
        lambda b: b.health(),
    )
    async with backend_of(stub) as backend:
        for call in calls:
            with pytest.raises(Unsupported):
                await call(backend)
    assert {one.url.path for one in stub.requests} == {WHAT}


async def test_a_dry_run_is_sent_where_the_profile_trusts_the_server():
    stub = Stub()
    answer = json_of(run(None, dry_run=True, status=None))
    stub.answers("POST", f"{LIST}/{CLICKS}/run", answer)
    async with backend_of(stub, trust_dry_run=True) as backend:
        result = await backend.run(RunRequest(CLICKS, dry_run=True))
    assert (result.dry_run, result.run_id, len(stub.writes)) == (True, None, 1)


async def test_a_list_does_not_wait_for_it():
    stub = offering(httpx.Response(503))
    async with backend_of(stub) as backend:
        pages = backend.workflows(WorkflowQuery())
        page = await anext(pages)
        assert (len(page.items), stub.asked("GET", WHAT)) == (1, [])
        await everything(pages)
        assert stub.asked("GET", WHAT)


HEALTH = ("GET", "/api/v1/health")
REPORT = {
    "status": "UP",
    "components": {
        "database": {"status": "UP"},
        "airflow": {"status": "DOWN", "details": {"error": "refused\x1b[2J"}},
    },
}


@pytest.mark.parametrize("status", [200, 503])
async def test_a_plain_server_that_tells_how_it_is_doing_is_asked(status):
    stub = Stub()
    stub.answers(*HEALTH, json_of(REPORT, status))
    async with backend_of(stub) as backend:
        await backend.met()
        assert Capability.HEALTH in backend.capabilities
        found = await backend.health()
    assert found.status is HealthStatus.DEGRADED
    assert [(one.name, one.status, one.message) for one in found.components] == [
        ("database", HealthStatus.HEALTHY, None),
        ("airflow", HealthStatus.UNHEALTHY, "refused"),
    ]


@pytest.mark.parametrize(
    "reply",
    [json_of({}), json_of([]), httpx.Response(200, text="<html>hi</html>"), json_of({}, 404)],
)
async def test_what_is_no_report_is_no_health(reply):
    stub = Stub()
    stub.answers(*HEALTH, reply)
    async with backend_of(stub) as backend:
        await backend.met()
        assert backend.capabilities == PLAIN
        with pytest.raises(Unsupported):
            await backend.health()

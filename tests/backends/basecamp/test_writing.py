"""A write leaves once; where its answer is lost, a server of ours is asked for that answer."""

import httpx
import pytest

from dli_tui.domain.errors import AnswerLostError, WorkflowExecutionError, WorkflowNotFoundError
from dli_tui.domain.query import RunRequest
from tests.backends.basecamp.stub import (
    BESIDE,
    CLICKS,
    LIST,
    Stub,
    backend_of,
    json_of,
    run,
)
from tests.backends.http.servers import Naps

WHAT = f"{BESIDE}/capabilities"
DEED = ("POST", f"{LIST}/{CLICKS}/run")
LOST = httpx.ReadError("the line broke")
STARTED = run("r1", status="PENDING")


class Keeping(Stub):
    """A server of ours that loses the answer to a write, and says what it is told of its key."""

    def __init__(self, *kept, deed=LOST):
        super().__init__()
        self.kept = list(kept)
        self.asked_for = []
        self.answers("GET", WHAT, json_of({"capabilities": ["RUN"]}))
        self.answers(*DEED, deed)

    def __call__(self, request):
        head, _, key = request.url.path.rpartition("/")
        if head == f"{BESIDE}/answers":
            self.answers("GET", request.url.path, *self.kept)
            self.kept = self.kept[1:] or self.kept
            self.asked_for.append(key)
        return super().__call__(request)


async def written(stub, naps=None):
    async with backend_of(stub, naps) as backend:
        # It is known by now what the server has.
        await backend.cursor()
        return await backend.run(RunRequest(CLICKS, {"a": 1}))


def kept(status, body):
    return json_of({"status": status, "body": body})


def under_way():
    return json_of({"error": {"code": "DLI-503", "message": "not known: under way"}}, 409)


def no_such_key():
    return json_of({"error": {"code": "DLI-800", "message": "No write came with that key"}}, 404)


def only_once(stub):
    """The one write that left; its key is the one that was asked for."""
    (sent,) = stub.writes
    assert set(stub.asked_for) == {sent.headers["Idempotency-Key"]}
    return True


@pytest.mark.parametrize(
    "trouble", [LOST, httpx.ReadTimeout("too long"), httpx.Response(504), httpx.Response(502)]
)
async def test_the_answer_that_was_kept_is_the_answer(trouble):
    stub = Keeping(kept(202, STARTED), deed=trouble)
    result = await written(stub)
    assert (result.run_id, result.run_status) == ("r1", "PENDING")
    assert only_once(stub)


async def test_a_refusal_that_was_kept_is_the_refusal():
    refusal = {"error": {"code": "DLI-807", "message": "It is paused", "details": {"hint": "Wait"}}}
    stub = Keeping(kept(409, refusal))
    with pytest.raises(WorkflowExecutionError, match="It is paused") as caught:
        await written(stub)
    assert (caught.value.code, caught.value.hint) == ("DLI-807", "Wait")
    assert only_once(stub)


async def test_what_is_under_way_is_waited_for():
    naps = Naps()
    stub = Keeping(under_way(), under_way(), kept(202, STARTED))
    assert (await written(stub, naps)).run_id == "r1"
    assert (naps.taken, len(stub.asked_for)) == ([1.0, 1.0], 3)
    assert only_once(stub)


async def test_not_for_ever():
    naps = Naps()
    stub = Keeping(under_way())
    with pytest.raises(AnswerLostError):
        await written(stub, naps)
    assert 1 < len(stub.asked_for) < 10
    assert only_once(stub)


@pytest.mark.parametrize(
    "answer",
    [
        no_such_key(),
        httpx.Response(500),
        httpx.Response(401),
        httpx.Response(200, text="nonsense"),
        json_of([]),
        json_of({"status": "fine"}),
        kept(202, 7),
        httpx.ConnectError("gone"),
    ],
    ids=["never came", "broken", "no sign-in", "no JSON", "list", "no status", "number", "gone"],
)
async def test_else_it_stays_lost_and_is_not_sent_again(answer):
    stub = Keeping(answer)
    with pytest.raises(AnswerLostError):
        await written(stub)
    assert only_once(stub)


async def test_a_plain_server_is_not_asked_for_it():
    stub = Stub()
    stub.answers(*DEED, LOST)
    with pytest.raises(AnswerLostError):
        await written(stub)
    assert [one.url.path for one in stub.requests if "/answers/" in one.url.path] == []
    assert len(stub.writes) == 1


async def test_an_answer_that_came_is_not_asked_for():
    stub = Keeping(deed=httpx.Response(404))
    with pytest.raises(WorkflowNotFoundError):
        await written(stub)
    assert (stub.asked_for, len(stub.writes)) == ([], 1)

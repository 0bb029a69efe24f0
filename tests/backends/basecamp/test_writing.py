"""A write whose answer is lost is sent again under its key, where a server of ours knows keys."""

import httpx
import pytest

from dli_tui.backends.basecamp.writing import RESENDS
from dli_tui.domain.errors import (
    AnswerLostError,
    ConnectionFailedError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
)
from dli_tui.domain.query import RunRequest
from dli_tui.domain.request_id import request_id
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


def ours(*replies):
    """A server of ours that gives these replies to one write after the other."""
    stub = Stub()
    stub.answers("GET", WHAT, json_of({"capabilities": ["RUN"]}))
    stub.answers(*DEED, *replies)
    return stub


async def written(stub, naps=None, parameters=None):
    async with backend_of(stub, naps) as backend:
        # The server has told what it offers.
        await backend.cursor()
        return await backend.run(RunRequest(CLICKS, parameters or {"a": 1}))


def keys(stub):
    return [sent.headers["Idempotency-Key"] for sent in stub.writes]


@pytest.mark.parametrize(
    "trouble", [LOST, httpx.ReadTimeout("too long"), httpx.Response(504), httpx.Response(502)]
)
async def test_a_lost_write_is_sent_again_under_the_same_key(trouble):
    stub = ours(trouble, json_of(STARTED, 202))
    result = await written(stub, Naps())
    assert (result.run_id, result.run_status) == ("r1", "PENDING")
    assert len(stub.writes) == 2
    assert len(set(keys(stub))) == 1


async def test_a_refusal_after_a_lost_answer_is_the_refusal():
    refusal = {"error": {"code": "DLI-807", "message": "It is paused", "details": {"hint": "Wait"}}}
    with pytest.raises(WorkflowExecutionError) as caught:
        await written(ours(LOST, json_of(refusal, 409)), Naps())
    assert (caught.value.code, caught.value.hint) == ("DLI-807", "Wait")


@pytest.mark.parametrize(
    "later",
    [
        LOST,
        httpx.ConnectError("gone"),
        json_of({"error": {"code": "DLI-503", "message": "how it ended isn't known"}}, 409),
    ],
    ids=["lost again", "gone", "forgotten"],
)
async def test_what_is_never_answered_stays_unconfirmed(later):
    naps, stub = Naps(), ours(LOST, later)
    with pytest.raises(AnswerLostError):
        await written(stub, naps)
    assert naps.taken == list(RESENDS[1:])
    assert len(set(keys(stub))) == 1


async def test_a_request_that_never_left_is_not_called_lost():
    stub = ours(httpx.ConnectError("refused"))
    with pytest.raises(ConnectionFailedError) as caught:
        await written(stub)
    assert not isinstance(caught.value, AnswerLostError)


async def test_another_server_may_not_know_keys_so_nothing_is_sent_again():
    stub = Stub()
    stub.answers(*DEED, LOST)
    with pytest.raises(AnswerLostError):
        await written(stub)
    assert len(stub.writes) == 1


async def test_an_answer_that_came_is_the_answer():
    stub = ours(httpx.Response(404))
    with pytest.raises(WorkflowNotFoundError):
        await written(stub)
    assert len(stub.writes) == 1


async def test_what_is_confirmed_once_has_one_key_however_often_it_is_sent():
    stub = ours(json_of(STARTED, 202))
    with request_id("wish"):
        await written(stub)
        await written(stub)
        await written(stub, parameters={"a": 2})
    await written(stub)
    first, again, other, unnamed = keys(stub)
    assert first == again
    assert len({first, other, unnamed}) == 3

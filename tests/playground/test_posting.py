"""Webhooks leave for this machine alone."""

import httpx
import pytest

from dli_tui.playground.messages import Message
from dli_tui.playground.posting import Poster

PAYLOAD = {"event_type": "workflow_completed", "execution_id": 7}


def poster(seen, status=204):
    def answer(request):
        seen.append((str(request.url), request.read()))
        if status is None:
            raise httpx.ConnectError("nobody")
        return httpx.Response(status)

    return Poster(httpx.MockTransport(answer))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/x", "http://localhost:9/x", "http://[::1]:9/x", "http://127.8.0.1/"]
)
async def test_this_machine_is_posted_to(url):
    seen: list[tuple[str, bytes]] = []
    async with poster(seen) as one:
        told = await one.posted(Message(url, PAYLOAD))
    assert told == f"workflow_completed of execution 7 to {url}: answered 204"
    assert seen == [(url, b'{"event_type":"workflow_completed","execution_id":7}')]


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/x",
        "http://192.0.2.1/",
        "http://127.0.0.1@hooks.example.com/",
        "http://127.0.0.1.example.com/",
        "http://localhost.example.com/",
        "http://[::ffff:192.0.2.1]/",
        "http://0.0.0.0/",
        "http://:x/",
        "http:///x",
    ],
)
async def test_nobody_else_is(url):
    seen: list[tuple[str, bytes]] = []
    async with poster(seen) as one:
        told = await one.posted(Message(url, PAYLOAD))
    assert told.endswith("not sent, that isn't this machine")
    assert seen == []


async def test_where_nobody_listens_that_is_said():
    async with poster([], None) as one:
        told = await one.posted(Message("http://127.0.0.1:9/", PAYLOAD))
    assert told.endswith("not delivered (ConnectError)")


async def test_an_answer_that_sends_on_is_not_followed():
    seen: list[tuple[str, bytes]] = []
    async with poster(seen, 307) as one:
        assert (await one.posted(Message("http://127.0.0.1:9/", PAYLOAD))).endswith("answered 307")
    assert len(seen) == 1

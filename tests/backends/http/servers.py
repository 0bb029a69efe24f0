"""Servers for these tests: a function that answers, and a socket that does as it is told."""

import asyncio
from contextlib import asynccontextmanager

import httpx

from dli_tui.backends.http.client import Http
from dli_tui.backends.http.exchange import Asked
from dli_tui.config.model import Kind, Profile
from dli_tui.wire.failures import Operation

URL = "https://basecamp.example.com"
LIST = Asked(Operation.LIST, "/api/v1/workflows")
RUN = Asked(
    Operation.RUN, "/api/v1/workflows/a.b.c/run", method="POST", body={}, dataset_name="a.b.c"
)
TOKEN = "hunter2-s3cr3t"
WITH_TOKEN = {"MY_TOKEN": TOKEN}


def profile(**changes):
    """A profile of such a server."""
    return Profile(**{"name": "prod", "kind": Kind.BASECAMP, "url": URL, **changes})


class Naps:
    """Sleeps that are only written down."""

    def __init__(self):
        self.taken = []

    async def __call__(self, seconds):
        self.taken.append(seconds)


class Stub:
    """Answers one reply after the other, the last for ever; keeps what it was asked."""

    def __init__(self, *replies):
        self._replies = list(replies)
        self.requests = []

    def __call__(self, request):
        self.requests.append(request)
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if isinstance(reply, Exception):
            raise reply
        # One response object can't be read twice.
        return httpx.Response(reply.status_code, headers=reply.headers, content=reply.content)


def client(answer, environment=WITH_TOKEN, *, source=None, naps=None, **changes):
    """A client whose server is a function; the sleeps take no time."""
    return Http(
        profile(**changes),
        environment,
        transport=httpx.MockTransport(answer),
        source=source,
        sleep=naps or Naps(),
        jitter=lambda: 0.5,
    )


@asynccontextmanager
async def listening(serve, *, tls=None):
    """A real server on loopback that lets `serve(reader, writer)` have each connection; its url."""
    under_way: set[asyncio.Task[None]] = set()

    async def connected(reader, writer):
        task = asyncio.current_task()
        assert task is not None
        under_way.add(task)
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client, or the test, has had enough
        finally:
            under_way.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    finally:
        server.close()
        for task in tuple(under_way):
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        await server.wait_closed()


async def request_from(reader):
    """The head and the body of one request."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        (
            int(line.split(b":")[1])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        ),
        0,
    )
    return head, await reader.readexactly(length)


class Saying:
    """A connection on which each request gets the same bytes for an answer."""

    def __init__(self, head, body=b""):
        self._answer = head + b"\r\n\r\n" + body
        self.asked = 0

    async def __call__(self, reader, writer):
        while True:
            try:
                await request_from(reader)
            except asyncio.IncompleteReadError:
                return
            self.asked += 1
            writer.write(self._answer)
            await writer.drain()

"""What a client sends beside a request: dropped, counted, and ended where it is too much."""

import asyncio

import pytest
import uvicorn
from uvicorn.server import ServerState

from dli_tui.server import protocol as module
from dli_tui.server.connections import Connections, note_sign_in
from dli_tui.server.protocol import PatientProtocol

CHUNKED = b"POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"


class Wire(asyncio.Transport):
    """The other end of a connection."""

    def __init__(self):
        super().__init__({"peername": ("192.0.2.1", 4_711), "sockname": ("127.0.0.1", 80)})
        self.sent = bytearray()
        self.is_closed = False

    def write(self, data):
        self.sent += data

    def close(self):
        self.is_closed = True

    abort = close

    def is_closing(self):
        return self.is_closed

    def pause_reading(self):
        pass

    def resume_reading(self):
        pass


class App:
    """Reads all of a request, and keeps the headers that came with it."""

    def __init__(self):
        self.headers = []
        self.bodies = []
        self.signs_in = False

    async def __call__(self, scope, receive, send):
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        if self.signs_in:
            note_sign_in(scope)
        self.bodies.append(body)
        self.headers.append(dict(scope["headers"]))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})


@pytest.fixture
def app():
    return App()


@pytest.fixture
async def connection(app):
    config = uvicorn.Config(app, lifespan="off", log_config=None, timeout_keep_alive=75)
    config.load()
    counted = Connections(ticks=asyncio.get_running_loop().time)
    one = PatientProtocol(
        config=config, server_state=ServerState(), app_state={}, connections=counted
    )
    one.connection_made(Wire())
    yield one
    one.connection_lost(None)
    assert len(counted) == 0


async def worked():
    """Let the app work on what came."""
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize("pieces", [1, 7], ids=["at once", "in pieces"])
async def test_a_trailer_is_no_header(app, connection, pieces):
    said = CHUNKED + b"2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n"
    size = len(said) // pieces + 1
    for start in range(0, len(said), size):
        connection.data_received(said[start : start + size])
        await worked()
    assert app.bodies == [b"{}"]
    assert set(app.headers[0]) == {b"host", b"transfer-encoding"}
    assert connection.transport.sent.startswith(b"HTTP/1.1 204")
    assert not connection.transport.is_closed


@pytest.mark.parametrize("line", [b"X: a\r\n", b"X" * 4_096], ids=["many", "one that never ends"])
async def test_endless_trailers_are_cut_off(connection, line):
    connection.data_received(CHUNKED + b"0\r\n")
    sent = 0
    while not connection.transport.is_closed:
        connection.data_received(line)
        sent += len(line)
        assert sent < 100_000
    assert connection.transport.sent.startswith(b"HTTP/1.1 431")
    assert connection.scope["headers"] == [
        (b"host", b"localhost"),
        (b"transfer-encoding", b"chunked"),
    ]


async def test_many_trailers_in_one_piece_are_cut_off(app, connection):
    connection.data_received(CHUNKED + b"0\r\n" + b"X: a\r\n" * 10_000 + b"\r\n")
    await worked()
    assert connection.transport.is_closed
    assert app.headers == []


async def test_trailers_after_the_answer_end_the_connection_without_another_one(connection):
    async def answers(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 401, "headers": []})
        await send({"type": "http.response.body"})

    connection.app = answers
    connection.data_received(CHUNKED)
    await worked()
    connection.data_received(b"0\r\n" + b"X: a\r\n" * 10_000)
    assert connection.transport.is_closed
    assert connection.transport.sent.count(b"HTTP/1.1 ") == 1


async def test_a_body_in_large_chunks_is_no_trailer(app, connection):
    piece = b"a" * 3_000
    connection.data_received(CHUNKED + b"%x\r\n" % (len(piece) * 20))
    for _ in range(20):
        connection.data_received(piece)
        await worked()
    connection.data_received(b"\r\n0\r\n\r\n")
    await worked()
    assert app.bodies == [piece * 20]


async def test_a_head_of_many_headers_is_refused(app, connection):
    connection.data_received(GET[:-2] + b"a: b\r\n" * module.MOST_HEADERS + b"\r\n")
    await worked()
    assert connection.transport.sent.startswith(b"HTTP/1.1 431")
    assert app.headers == []


async def test_requests_that_wait_for_one_another_are_limited(app, connection):
    connection.data_received(GET * module.MOST_PIPELINED)
    await worked()
    assert not connection.transport.is_closed
    assert len(app.headers) == module.MOST_PIPELINED
    connection.data_received(GET * 1_000)
    assert connection.transport.is_closed


async def test_a_connection_is_kept_for_longer_once_somebody_signed_in(app, connection):
    connection.data_received(GET)
    await worked()
    assert connection.timeout_keep_alive == module.HEAD_SECONDS
    app.signs_in = True
    connection.data_received(GET)
    await worked()
    assert connection.timeout_keep_alive == 75
    assert connection._counted.strangers == 0

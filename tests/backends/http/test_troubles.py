"""What goes wrong on the way, in words; and of a write, whether it has left."""

import asyncio
import errno
import gzip
import socket
import traceback

import httpx
import pytest

from dli_tui.backends.http.client import Http
from dli_tui.backends.http.exchange import decoded
from dli_tui.domain.errors import AnswerLostError, ConnectionFailedError, ErrorCode
from tests.backends.http.servers import (
    LIST,
    RUN,
    TOKEN,
    Naps,
    Saying,
    Stub,
    client,
    listening,
    profile,
    request_from,
)

SENT = "the request was sent and may have been carried out"
NOTHING_SENT = "nothing was sent"


def caused(error, cause):
    """`error` as httpcore leaves it: the cause is known by its context alone."""
    error.__context__ = cause
    return error


async def error_of(url, asking="read", **changes):
    async with Http(profile(url=url, **changes), {}, sleep=Naps()) as http:
        with pytest.raises(ConnectionFailedError) as caught:
            await getattr(http, asking)(LIST if asking == "read" else RUN, decoded)
    assert caught.value.code is ErrorCode.SERVER_UNREACHABLE
    return caught.value


async def told_of(problem, asking="read"):
    async with client(Stub(problem)) as http:
        with pytest.raises(ConnectionFailedError) as caught:
            await getattr(http, asking)(LIST if asking == "read" else RUN, decoded)
    return caught.value


def no_port():
    """A port of loopback where nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


async def reset_after_the_request(reader, writer):
    await request_from(reader)
    writer.transport.abort()


async def silent(reader, writer):
    await request_from(reader)
    await asyncio.Event().wait()


def cut_off(head, body):
    async def serve(reader, writer):
        await request_from(reader)
        writer.write(head + b"\r\n\r\n" + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return serve


async def test_a_refused_connection_names_host_and_port():
    port = no_port()
    error = await error_of(f"http://127.0.0.1:{port}")
    assert error.message == f"127.0.0.1:{port} can't be reached: it refuses the connection"


async def test_a_write_that_found_no_connection_never_left():
    error = await error_of(f"http://127.0.0.1:{no_port()}", "write")
    assert error.message.endswith(NOTHING_SENT)
    assert not isinstance(error, AnswerLostError)


@pytest.mark.parametrize(
    ("cause", "says"),
    [
        (socket.gaierror(-2, "Name or service not known"), "no host of that name is known"),
        (OSError(errno.ENETUNREACH, "x"), "there is no network to it"),
        (OSError(errno.EHOSTUNREACH, "x"), "there is no way to it"),
        (ExceptionGroup("tries", [ConnectionRefusedError()]), "it refuses the connection"),
        (OSError(errno.EPERM, "x"), "can't be reached"),
    ],
)
async def test_why_there_is_no_connection_is_said(cause, says):
    error = await told_of(caused(httpx.ConnectError("All connection attempts failed"), cause))
    assert says in error.message
    assert error.message.startswith("basecamp.example.com:443 can't be reached")


async def test_a_header_that_cant_be_written_never_leaves():
    stub = Stub(httpx.Response(200))
    async with client(stub) as http:
        with pytest.raises(ConnectionFailedError, match="can't be put into HTTP; nothing was sent"):
            await http.write(RUN._replace(headers={"Idempotency-Key": "ü"}), decoded)
    assert stub.requests == []


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (httpx.ConnectTimeout(""), "gave no connection in 5 s"),
        (httpx.ConnectError(""), "can't be reached"),
        (httpx.PoolTimeout(""), "Too many requests to basecamp.example.com:443"),
        (httpx.ProxyError("403 Forbidden"), "403 Forbidden"),
        (httpx.LocalProtocolError("Illegal header value"), "can't be put into HTTP"),
    ],
)
async def test_what_surely_never_left_says_so_of_a_write(problem, says):
    assert says in (await told_of(problem)).message
    error = await told_of(problem, "write")
    assert (type(error), error.message.endswith(NOTHING_SENT)) == (ConnectionFailedError, True)
    assert says in error.message


@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (httpx.ReadTimeout(""), "gave no complete answer in 30 s"),
        (httpx.WriteTimeout(""), "gave no complete answer in 30 s"),
        (httpx.ReadError(""), "broke the connection off"),
        (httpx.WriteError(""), "broke the connection off"),
        (httpx.RemoteProtocolError("Server disconnected"), "broke the connection off"),
        (httpx.RemoteProtocolError("illegal status line"), "gives an answer that isn't HTTP"),
    ],
)
async def test_what_may_have_left_is_a_lost_answer_of_a_write(problem, says):
    read = await told_of(problem)
    assert says in read.message
    assert (type(read), SENT in read.message) == (ConnectionFailedError, False)
    error = await told_of(problem, "write")
    assert (type(error), SENT in error.message, says in error.message) == (
        AnswerLostError,
        True,
        True,
    )
    assert error.hint == "Look whether it happened before you try again."


@pytest.mark.parametrize(
    "serve",
    [
        reset_after_the_request,
        cut_off(b"HTTP/1.1 200 OK\r\nContent-Length: 100", b'{"run_id": "r'),
        cut_off(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"5\r\n[1, 2\r\n"),
        cut_off(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip",
            gzip.compress(b"[1, 2, 3]" * 9)[:-9],
        ),
    ],
    ids=["reset", "short", "chunked", "gzip"],
)
async def test_a_line_that_breaks_after_sending(serve):
    async with listening(serve) as url:
        read, write = await error_of(url), await error_of(url, "write")
    assert "broke the connection off" in read.message
    assert (type(read), type(write)) == (ConnectionFailedError, AnswerLostError)


async def test_an_answer_that_never_comes_is_given_up():
    async with listening(silent) as url:
        error = await error_of(url, "write", timeout_seconds=0.05)
    assert isinstance(error, AnswerLostError)
    assert "gave no complete answer in 0.05 s" in error.message


async def test_a_body_in_slow_drops_is_given_up_too():
    async def dripping(reader, writer):
        await request_from(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with listening(dripping) as url:
        error = await error_of(url, timeout_seconds=0.1, connect_timeout_seconds=0.1)
    assert "gave no complete answer in 0.1 s" in error.message


async def test_bytes_that_arent_http_are_said_to_be_none():
    async with listening(Saying(b"SSH-2.0-OpenSSH_9.6\r\nhello")) as url:
        assert "gives an answer that isn't HTTP" in (await error_of(url)).message


async def test_an_error_leaves_no_secret_behind_it():
    async with client(Stub(httpx.ReadError("")), token_env="MY_TOKEN") as http:
        with pytest.raises(ConnectionFailedError) as caught:
            await http.read(LIST, decoded)
    shown = "".join(traceback.format_exception(caught.value))
    cause = caught.value.__context__
    assert isinstance(cause, httpx.ReadError)
    assert TOKEN not in shown + repr(cause) + repr(dict(cause.request.headers))

"""A line between a client and a server, which breaks as it is told.

A proxy on loopback: it reads each request, writes down what arrived, and does one of the faults
below with it. Without one, the request is passed on and its answer comes back. What is passed on
has arrived, whatever becomes of the answer: that is where a write is lost.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Protocol
from urllib.parse import urlsplit

SIGN_IN_PAGE: Final = b"<!doctype html><title>Sign in</title><input type=password>"
WEB_PAGE: Final = b"<!doctype html><title>Welcome</title><p>hello"
_READS: Final = ("GET", "HEAD")
_DROP: Final = 0.002
"""Seconds between two drops of a slow body: a piece always comes in time."""


class Named(Protocol):
    """A request before it leaves, or when it has arrived."""

    @property
    def method(self) -> str: ...

    @property
    def path(self) -> str: ...


class Request(NamedTuple):
    """What arrived at the line."""

    method: str
    path: str
    raw: bytes

    def header(self, name: str) -> str | None:
        """A header of it."""
        return _header(self.raw, name.encode())


Kind = Callable[[Named], bool]


def writes(request: Named) -> bool:
    """Requests that change something."""
    return request.method not in _READS


def anything(_: Named) -> bool:
    """All requests."""
    return True


class Answer(NamedTuple):
    """What the server said, as it came."""

    head: bytes
    body: bytes


class Exchange:
    """One request at the line, and what can be done with it."""

    def __init__(
        self,
        request: Request,
        server: str,
        writer: asyncio.StreamWriter,
        hangs: Callable[[], None] = lambda: None,
    ) -> None:
        self.request, self.ends = request, (server, writer)
        self.hangs = hangs
        """Have whoever asked wait no longer."""
        self._server, self._writer = self.ends

    async def hang(self) -> None:
        """Say nothing more, and keep the connection."""
        self.hangs()
        await asyncio.Event().wait()

    async def passed_on(self) -> Answer:
        """The server's answer, which nobody has seen yet."""
        where = urlsplit(self._server)
        reader, writer = await asyncio.open_connection(where.hostname, where.port)
        try:
            writer.write(self.request.raw)
            head = await reader.readuntil(b"\r\n\r\n")
            return Answer(head, await _body(reader, head))
        finally:
            writer.transport.abort()

    async def give(self, data: bytes) -> None:
        """Write to whoever asked."""
        self._writer.write(data)
        await self._writer.drain()

    async def say(self, status: int, body: bytes = b"", kind: str = "", **headers: Any) -> None:
        """An answer of the line's own."""
        named = {"content-length": len(body), **({"content-type": kind} if kind else {}), **headers}
        lines = "".join(f"{key.replace('_', '-')}: {value}\r\n" for key, value in named.items())
        await self.give(f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode() + body)

    def reset(self) -> None:
        """Break the connection off."""
        self._writer.transport.abort()

    def end(self) -> None:
        """Say nothing more."""
        self._writer.close()


Fault = Callable[[Exchange], Awaitable[None]]


async def well(exchange: Exchange) -> None:
    """Pass it on, and give the answer."""
    answer = await exchange.passed_on()
    await exchange.give(answer.head + answer.body)


# On the way there: the server never hears of it


async def reset_before(exchange: Exchange) -> None:
    """Break off before it is passed on."""
    exchange.reset()


async def hang_before(exchange: Exchange) -> None:
    """Never answer, and never pass it on."""
    await exchange.hang()


def says(status: int, body: bytes = b"", kind: str = "", **headers: Any) -> Fault:
    """Answer that in the server's place."""

    async def said(exchange: Exchange) -> None:
        await exchange.say(status, body, kind, **headers)

    return said


def held(reached: asyncio.Event, gate: asyncio.Event) -> Fault:
    """Say that it was reached, and pass it on when the gate opens: a line that is slow."""

    async def late(exchange: Exchange) -> None:
        reached.set()
        await gate.wait()
        await well(exchange)

    return late


# On the way back: the server has done it


async def reset_after(exchange: Exchange) -> None:
    """Break off when the server has answered."""
    await exchange.passed_on()
    exchange.reset()


async def hang_after(exchange: Exchange) -> None:
    """Keep the answer to itself."""
    await exchange.passed_on()
    await exchange.hang()


async def hang_after_headers(exchange: Exchange) -> None:
    """Give the headers, and of the body nothing."""
    await exchange.give((await exchange.passed_on()).head)
    await exchange.hang()


async def cut_off(exchange: Exchange) -> None:
    """End in the midst of the body."""
    head, body = await exchange.passed_on()
    await exchange.give(head + body[: len(body) // 2])
    exchange.end()


async def truncated(exchange: Exchange) -> None:
    """Half of the JSON, as if that were all."""
    head, body = await exchange.passed_on()
    status = int(head.split(b" ", 2)[1])
    await exchange.say(status, body[: len(body) // 2], "application/json")


async def slow_drops(exchange: Exchange) -> None:
    """A body that comes drop by drop and never ends."""
    await exchange.passed_on()
    await exchange.give(b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n[")
    exchange.hangs()
    while True:
        await exchange.give(b" ")
        await asyncio.sleep(_DROP)


def after_that(status: int, body: bytes = b"", kind: str = "") -> Fault:
    """Answer that in place of what the server said when it had done it."""

    async def said(exchange: Exchange) -> None:
        await exchange.passed_on()
        await exchange.say(status, body, kind)

    return said


@dataclass
class Line:
    """The proxy: where it is, what arrived, and what it does with what comes next."""

    server: str
    """Where it leads: the URL of the server, which may be another one later."""
    tls: ssl.SSLContext | None = None
    arrived: list[Request] = field(default_factory=list)
    port: int = 0
    _fault: Fault = well
    _once: list[tuple[Kind, Fault]] = field(default_factory=list)
    _listening: asyncio.Server | None = None
    _open: set[asyncio.Task[None]] = field(default_factory=set)
    _answering: set[asyncio.Task[None]] = field(default_factory=set)
    _limits: list[tuple[Named, asyncio.Timeout]] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where a client finds it."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def writes(self) -> list[str]:
        """What arrived that changes something."""
        return [f"{one.method} {one.path}" for one in self.arrived if writes(one)]

    def fault_of(self, request: Named) -> Fault:
        """What will be done with a request that comes next."""
        return next((fault for kind, fault in self._once if kind(request)), self._fault)

    def limit(self, request: Named) -> asyncio.Timeout:
        """A limit for that request which is over when the line hangs on it, and not before.

        So a busy machine makes nothing time out that shouldn't, and no test waits.
        """
        limit = asyncio.timeout(None)
        self._limits.append((request, limit))
        return limit

    def _give_up(self, arrived: Request) -> None:
        for request, limit in self._limits:
            is_it = request.method == arrived.method and arrived.path.endswith(request.path)
            with suppress(RuntimeError):  # it is over already
                if is_it:
                    limit.reschedule(asyncio.get_running_loop().time())

    def breaks(self, fault: Fault) -> None:
        """From now on, do this with each request."""
        self._fault = fault

    def breaks_once(self, fault: Fault, kind: Kind = anything) -> None:
        """Do this with the next request of that kind."""
        self._once.append((kind, fault))

    def heal(self) -> None:
        """From now on, be a good line; who hangs on it is let go."""
        self._fault = well
        self._once.clear()
        _end(self._answering)

    async def listen(self) -> None:
        """Take connections: on the same port as before."""
        self._listening = await asyncio.start_server(
            self._connected, "127.0.0.1", self.port, ssl=self.tls
        )
        self.port = self._listening.sockets[0].getsockname()[1]

    async def refuse(self) -> None:
        """Take none any more, and break off those that are open."""
        if self._listening is not None:
            self._listening.close()
            _end(self._open)
            await asyncio.gather(*self._open, return_exceptions=True)
            await self._listening.wait_closed()
            self._listening = None

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while not writer.is_closing():
                request = await _request(reader)
                self._answering.add(task)
                await self._answer(request, writer)
                self._answering.discard(task)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # somebody has had enough
        finally:
            self._open.discard(task)
            self._answering.discard(task)
            writer.close()

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.arrived.append(request)
        fault = self.fault_of(request)
        place = next((n for n, (kind, _) in enumerate(self._once) if kind(request)), None)
        if place is not None:
            del self._once[place]
        await fault(Exchange(request, self.server, writer, lambda: self._give_up(request)))


@asynccontextmanager
async def line_to(server: str, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Line]:
    """A good line to a server, which a test may break."""
    line = Line(server, tls)
    await line.listen()
    try:
        yield line
    finally:
        await line.refuse()


def _end(tasks: set[asyncio.Task[None]]) -> None:
    for task in tuple(tasks):
        task.cancel()


async def _request(reader: asyncio.StreamReader) -> Request:
    head = await reader.readuntil(b"\r\n\r\n")
    method, target, _ = head.split(b" ", 2)
    path = target.decode().partition("?")[0]
    return Request(method.decode(), path, head + await _body(reader, head))


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    return await reader.readexactly(int(_header(head, b"content-length") or 0))


def _header(raw: bytes, name: bytes) -> str | None:
    head = raw.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    pairs = (one.split(b":", 1) for one in head)
    found = (value for key, value in pairs if key.strip().lower() == name.lower())
    return next((value.decode().strip() for value in found), None)

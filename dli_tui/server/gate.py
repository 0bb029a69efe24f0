"""The one way in: who asks, may they, was it asked before, and what is written down of it.

Plain ASGI, as hundreds of dashboards poll through it: a read costs a look at its headers, a hash
of its token and a line for the log.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dli_tui.domain.acting import acting_for
from dli_tui.server.answering import Answering
from dli_tui.server.asked import Asked, GoneError, said_again
from dli_tui.server.connections import note_sign_in
from dli_tui.server.envelope import RefusedError, broken, ending, number
from dli_tui.server.hosts import Hosts
from dli_tui.server.identity import Identity, Role, admit
from dli_tui.server.lines import LineWriter, failure_line, json_line, told_target
from dli_tui.server.metrics import Requests
from dli_tui.server.repeats import Answers
from dli_tui.server.settings import ServerSettings
from dli_tui.server.signin import SignIn
from dli_tui.server.writes import Deed, Needs, Writes

ALIVE: Final = "/health"
READY: Final = "/ready"
_FOR_ALL: Final = frozenset({ALIVE.encode(), READY.encode()})
"""What is asked without sign-in, by whatever sends requests only to servers that can answer."""
_LOOKS: Final = frozenset({"GET", "HEAD"})
_GONE: Final = 499
"""What the log says of somebody who hung up; nobody is sent it."""


def _now() -> datetime:
    return datetime.now(UTC)


def _new_id() -> str:
    return secrets.token_hex(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the gate takes from outside: time, chance, and somewhere to tell."""

    now: Callable[[], datetime] = _now
    ticks: Callable[[], float] = time.monotonic
    new_id: Callable[[], str] = _new_id
    tell: Callable[[str], None] = field(default_factory=lambda: LineWriter(sys.stderr))


@dataclass(slots=True)
class _Note:
    """What the line about a request says of who asked."""

    request_id: str
    address: str
    who: Identity | None = None


def _for_all(_: Scope) -> Role | None:
    return Role.VIEWER


def gated(
    app: ASGIApp,
    settings: ServerSettings,
    surroundings: Surroundings | None = None,
    *,
    needs: Needs = _for_all,
) -> Gate:
    """`app` behind the gate; `needs` says which role a write takes before it is looked at."""
    return Gate(app, settings, surroundings or Surroundings(), needs)


class Gate:
    """Lets in who may, and writes down what was asked."""

    def __init__(
        self, app: ASGIApp, settings: ServerSettings, around: Surroundings, needs: Needs
    ) -> None:
        self._app = app
        self._around = around
        self._open = settings.open
        self._hosts = Hosts(settings)
        self.requests = Requests()
        self.sign_in = SignIn(settings, now=around.now, ticks=around.ticks, tell=around.tell)
        self.answers = Answers(settings.answers, around.now, around.ticks)
        self.writes = Writes(
            app,
            settings,
            self.answers,
            needs=needs,
            now=around.now,
            ticks=around.ticks,
            tell=around.tell,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _lifespan(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def ended(message: Message) -> None:
            # Whoever runs us ends the program as soon as this is said.
            if message["type"].startswith("lifespan.shutdown."):
                await asyncio.to_thread(self._close)
            await send(message)

        await self._app(scope, receive, ended)

    def _close(self) -> None:
        self.answers.close()
        if isinstance(self._around.tell, LineWriter):
            self._around.tell.close()

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = self._around.ticks()
        asked = Asked(scope)
        request_id = asked.request_id or self._around.new_id()
        answering = Answering(send, request_id)
        note = _Note(request_id, _peer(scope))
        try:
            await self._let_in(scope, receive, asked, answering, note)
        except RefusedError as refused:
            await refused.answer(request_id)(scope, receive, answering)
        except GoneError:
            answering.status = _GONE
        except asyncio.CancelledError:
            if answering.take_back():
                await ending().answer(request_id)(scope, receive, answering)
            raise
        except Exception as problem:  # noqa: BLE001 - whatever it was, nothing of it leaves
            self._around.tell(failure_line(self._around.now(), request_id, problem))
            if answering.take_back():
                await broken().answer(request_id)(scope, receive, answering)
        finally:
            await answering.let_go()
            self._line(asked, answering.status, note, began)

    async def _let_in(
        self, scope: Scope, receive: Receive, asked: Asked, send: Answering, note: _Note
    ) -> None:
        forwarded = asked.header(b"x-forwarded-for") or b""
        note.address = self._hosts.address(note.address, forwarded.decode("latin-1"))
        asked.must_be_clear()
        self._hosts.check(asked.header(b"host"), asked.header(b"origin"))
        scope.setdefault("state", {})
        number(scope, note.request_id)
        if asked.raw_path in _FOR_ALL and asked.method in _LOOKS:
            await self._app(scope, receive, send)
            return
        identity = await self.sign_in.identity(asked.header(b"authorization"), note.address)
        note.who = identity
        admit(scope, identity)
        note_sign_in(scope)
        with acting_for(None if self._open else identity.name):
            if asked.writes:
                deed = Deed(scope, receive, asked, identity, note.request_id, note.address)
                await self.writes.do(deed, send)
                return
            if asked.has_body:
                receive = said_again(await asked.body(receive), receive)
            await self._app(scope, receive, send)

    def _line(self, asked: Asked, status: int | None, note: _Note, began: float) -> None:
        seconds = self._around.ticks() - began
        self.requests.note(asked.method, status, seconds)
        self._around.tell(
            json_line(
                time=self._around.now().isoformat(),
                id=note.request_id,
                method=asked.method,
                path=told_target(asked.raw_path, asked.query),
                status=status,
                ms=round(seconds * 1000, 1),
                who=None if note.who is None else note.who.name,
                # When which token was used last: the file of tokens isn't written to for that.
                token=None if note.who is None else note.who.token_id,
                address=note.address,
            )
        )


def _peer(scope: Scope) -> str:
    """The address at the other end of the line."""
    client = scope.get("client")
    return "" if client is None else str(client[0])

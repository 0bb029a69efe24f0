"""What stands before every endpoint: who asks, how often, and what goes wrong on purpose."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any, Final, NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dli_tui.domain.clock import Clock
from dli_tui.playground.faults import AnswerLostError, Faults
from dli_tui.playground.rates import MOST, Rate, Rates
from dli_tui.playground.refusals import RefusedError, UnreadableError, refusal, unreadable

Handler = Callable[[Request], Awaitable[Response]]

_BEARER: Final = "bearer "
_NOT_FOUND: Final = 404
_STUB: Final = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-length", b"1")],
}


class Keys(NamedTuple):
    """What one signs in with."""

    key: str | None
    """None: everybody may."""
    bearer: bool = True
    """Whether `Authorization: Bearer` counts, or X-API-Key alone."""

    def check(self, request: Request) -> None:
        """Refuse whoever hasn't the key."""
        if self.key is None:
            return
        given = request.headers.get("x-api-key")
        told = request.headers.get("authorization", "")
        if given is None and self.bearer and told.lower().startswith(_BEARER):
            given = told[len(_BEARER) :]
        if given is None:
            raise RefusedError(401, "API key required", "UNAUTHORIZED")
        if given != self.key:
            raise RefusedError(401, "Invalid API key", "UNAUTHORIZED")


class Entry(NamedTuple):
    """An endpoint."""

    method: str
    path: str
    handler: Handler
    rate: Rate = Rate.MONITORING
    open: bool = False
    """Whether it needs no key."""


class Door:
    """One application: its endpoints, behind what each asks first."""

    def __init__(
        self,
        entries: Sequence[Entry],
        *,
        clock: Clock,
        keys: Keys,
        limited: bool,
        plain: bool,
        faults: Faults,
        requests: list[tuple[str, str]],
        is_down: Callable[[], bool] = lambda: False,
    ) -> None:
        self._clock, self._keys, self._plain = clock, keys, plain
        self._rates = Rates(clock) if limited else None
        self._faults, self._requests, self._is_down = faults, requests, is_down
        self._routed = Starlette(
            routes=[self._route(entry) for entry in entries],
            exception_handlers={404: _no_such_path, 405: _no_such_path},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._routed(scope, receive, send)
            return
        method, path = scope["method"], scope["path"]
        self._requests.append((method, path))
        fault = self._faults.take(method, path)
        if fault.seconds:
            await self._clock.sleep(fault.seconds)
        if self._is_down():
            await _failing(503, None)(scope, receive, send)
        elif fault.status is not None:
            await _failing(fault.status, fault.retry_after)(scope, receive, send)
        elif fault.lost:
            await self._routed(scope, receive, _unheard)
            # A body that breaks off: a server that only raised would answer 500 for it.
            await send(_STUB)
            raise AnswerLostError(f"the answer to {method} {path} was lost on purpose")
        else:
            await self._routed(scope, receive, send)

    def _route(self, entry: Entry) -> Route:
        async def answered(request: Request) -> Response:
            try:
                self._let_in(request, entry)
                return await entry.handler(request)
            except RefusedError as wrong:
                return refusal(wrong, request.url.path, self._clock, plain=self._plain)
            except UnreadableError as wrong:
                return unreadable(wrong)

        return Route(entry.path, answered, methods=[entry.method])

    def _let_in(self, request: Request, entry: Entry) -> None:
        if not entry.open:
            self._keys.check(request)
        if self._rates is not None:
            _in_time(self._rates, entry.rate)


def _in_time(rates: Rates, rate: Rate) -> None:
    wait = rates.wait(rate)
    if wait:
        raise RefusedError(
            429,
            f"Rate limit exceeded: {MOST[rate]} requests per minute",
            "RATE_LIMITED",
            {"retry-after": str(wait)},
        )


async def _no_such_path(_: Request, problem: Exception) -> Response:
    refused = problem if isinstance(problem, HTTPException) else HTTPException(_NOT_FOUND)
    return JSONResponse({"detail": refused.detail}, refused.status_code, refused.headers)


def _failing(status: int, retry_after: int | None) -> Response:
    words = {429: "Rate limit exceeded", 503: "Service unavailable"}
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    return JSONResponse({"detail": words.get(status, "Internal Server Error")}, status, headers)


async def _unheard(_: MutableMapping[str, Any]) -> None:
    """Where an answer goes that is lost."""

"""The application that is served: a table of contents."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from dli_tui.domain.errors import (
    AuthenticationError,
    ConfigurationError,
    DLIError,
    ErrorCode,
    ServerError,
)
from dli_tui.domain.text import safe_line
from dli_tui.server.beside import EXTRAS
from dli_tui.server.connections import connections_of
from dli_tui.server.contract import CONTRACT
from dli_tui.server.desk import Desk, Endpoint, told
from dli_tui.server.envelope import number_of, refusal
from dli_tui.server.gate import ALIVE, READY, Surroundings, gated
from dli_tui.server.identity import Role, require
from dli_tui.server.lease import Lease
from dli_tui.server.lines import failure_line
from dli_tui.server.metrics import (
    CONTENT_TYPE,
    Family,
    by_component,
    counter,
    gauge,
    of_the_process,
    text_of,
)
from dli_tui.server.openapi import Schema, document
from dli_tui.server.packing import Packer
from dli_tui.server.problems import answer_of
from dli_tui.server.readiness import READY as COMPONENT_READY
from dli_tui.server.readiness import Readiness
from dli_tui.server.scans import Scans
from dli_tui.server.shelf import PATIENT, Patience, Shelf
from dli_tui.server.sourcerounds import SourceRounds
from dli_tui.server.supervising import Supervisor
from dli_tui.server.writes import is_refusal
from dli_tui.wire import asked

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from dli_tui.client import WorkflowClient
    from dli_tui.server.settings import ServerSettings
    from dli_tui.server.sourcerounds import OpensNews

Opens = Callable[[], "AbstractAsyncContextManager[WorkflowClient]"]

_NOT_FOUND: Final = 404
_READS: Final = "GET"


class Application:
    """One place, served: opened when serving begins, closed when it ends."""

    def __init__(
        self,
        opens: Opens,
        settings: ServerSettings,
        *,
        surroundings: Surroundings | None = None,
        passed: Callable[[], float] = time.monotonic,
        patience: Patience = PATIENT,
        news: OpensNews | None = None,
    ) -> None:
        self._opens, self._news = opens, news
        self._passed, self._patience = passed, patience
        self._around = surroundings or Surroundings()
        self._lease = settings.lease
        self._desk: Desk | None = None
        self._packer = Packer()
        self._endpoints = (*CONTRACT, *(EXTRAS if settings.extras else ()))
        self._described: Schema | None = None
        self._routed = Starlette(
            routes=[
                Route(ALIVE, self._alive),
                Route(READY, self._ready),
                Route("/metrics", self._metrics),
                Route("/openapi.json", self._document),
                *(self._route(endpoint) for endpoint in self._endpoints),
            ],
            lifespan=lambda _: self.serving(),
            exception_handlers={404: _no_such_path, 405: _no_such_path},
        )
        # What it would send there comes from the wire: behind a proxy that does TLS, http.
        self._routed.router.redirect_slashes = False
        self._writes = tuple(
            (self._route(endpoint), endpoint.role)
            for endpoint in self._endpoints
            if endpoint.method != _READS
        )
        self._gated = gate = gated(self._routed, settings, self._around, needs=self._needs)
        around = self._around
        self._readiness = Readiness(
            {
                "tokens": gate.sign_in.check,
                "audit": gate.writes.check,
                "answers": gate.answers.check_now,
                "upstream": self._require_upstream,
            },
            now=around.now,
            ticks=around.ticks,
            tell=around.tell,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._gated(scope, receive, send)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Hold open what is behind."""
        async with (
            self._opens() as client,
            Shelf(client, self._passed, self._patience) as shelf,
            Scans(client, self._passed) as scans,
            self._supervisor(client) as supervisor,
            self._rounds(client),
        ):
            self._desk = Desk(client, shelf, supervisor, scans)
            try:
                yield
            finally:
                self._desk = None

    def _supervisor(self, client: WorkflowClient) -> Supervisor:
        now, tell = self._around.now, self._around.tell
        return Supervisor(client, Lease(self._lease, now), now=now, tell=tell)

    def _rounds(self, client: WorkflowClient) -> SourceRounds:
        now, tell = self._around.now, self._around.tell
        return SourceRounds(self._news, client.clock.sleep, now=now, tell=tell)

    def _needs(self, scope: Scope) -> Role | None:
        """The role that a write takes, found as the router finds its endpoint."""
        fitting = (role for route, role in self._writes if route.matches(scope)[0] is Match.FULL)
        return next(fitting, None)

    async def _alive(self, _: Request) -> Response:
        return told({"status": "healthy"})

    async def _ready(self, _: Request) -> Response:
        components = await self._readiness.now()
        is_ready = all(state == COMPONENT_READY for state in components.values())
        said = {"status": "ready" if is_ready else "not ready", "components": dict(components)}
        return told(said, 200 if is_ready else 503)

    async def _require_upstream(self) -> None:
        if self._desk is None:
            raise ServerError("The server behind isn't open")
        await self._desk.shelf.check()

    async def _metrics(self, request: Request) -> Response:
        own = text_of(self._families(request))
        system = await asyncio.to_thread(lambda: text_of(of_the_process()))
        return Response(
            own + system, headers={"cache-control": "no-store"}, media_type=CONTENT_TYPE
        )

    def _families(self, request: Request) -> Iterable[Family]:
        gate, connections = self._gated, connections_of(request.scope)
        yield from gate.requests.families()
        wrong, failures = gate.sign_in.wrong, gate.writes.failures
        yield counter("dli_tui_sign_ins_wrong_total", "Sign-ins that were wrong.", wrong)
        yield counter("dli_tui_audit_failures_total", "Lines that weren't written.", failures)
        if connections is not None:
            count, strangers = len(connections), connections.strangers
            yield gauge("dli_tui_connections", "Connections that are open.", count)
            yield gauge("dli_tui_connections_unsigned", "Those without a sign-in.", strangers)
            yield gauge("dli_tui_connections_max", "How many may be open.", connections.most)
            refused = connections.refused
            yield counter("dli_tui_connections_refused_total", "Those closed for room.", refused)
        if self._desk is not None:
            shelf = self._desk.shelf
            yield gauge("dli_tui_list_rows", "Rows of the list.", len(shelf))
            if shelf.age is not None:
                yield gauge("dli_tui_list_age_seconds", "How old the list is.", shelf.age)
        # As it stood when it was asked for last: a scrape asks no server behind.
        known = {name: float(it == COMPONENT_READY) for name, it in self._readiness.known.items()}
        yield by_component("dli_tui_ready", "What /ready said last.", known)

    async def _document(self, _: Request) -> Response:
        if self._described is None:
            self._described = await asyncio.to_thread(document, self._endpoints)
        return told(self._described)

    def _route(self, endpoint: Endpoint) -> Route:
        async def answer(request: Request) -> Response:
            desk = self._desk
            if desk is None:
                return refusal(503, ErrorCode.SERVER_ERROR, "The server is not ready")
            try:
                require(request.scope, endpoint.role)
                if endpoint.method != _READS:
                    await _require_known(request, endpoint)
                answered = await endpoint.handler(request, desk)
            except AuthenticationError as problem:
                answered = self._not_let_in(problem, number_of(request.scope))
            except DLIError as problem:
                answered = answer_of(problem, number_of(request.scope))
            if endpoint.method == _READS:
                return await self._packer.pack(request, answered)
            if not is_refusal(answered.status_code):
                desk.shelf.stale()
            return answered

        return Route(endpoint.path, answer, methods=[endpoint.method])

    def _not_let_in(self, problem: AuthenticationError, request_id: str) -> Response:
        """How we sign in at the place behind is for whoever runs this, not for all who ask."""
        self._around.tell(failure_line(self._around.now(), request_id, problem))
        return refusal(
            502,
            problem.code,
            "The place behind this server doesn't let it in",
            hint="Whoever runs the server finds the reason in its log, by the id of this request.",
            request_id=request_id,
        )


async def _require_known(request: Request, endpoint: Endpoint) -> None:
    """Refuse a write whose query, or a body that it doesn't take, would be read over."""
    given = [name for name, _ in request.query_params.multi_items()]
    asked.only_known(given, endpoint.filters)
    twice = next((name for name in given if given.count(name) > 1), None)
    if twice is not None:
        raise ConfigurationError(
            f"'{safe_line(twice)}' stands twice in the query", hint="Send it once."
        )
    if endpoint.takes is None:
        asked.only_known(asked.parsed_body(await request.body()), ())


async def _no_such_path(request: Request, problem: Exception) -> Response:
    """What the contract doesn't have, in its own envelope."""
    refused = problem if isinstance(problem, HTTPException) else HTTPException(_NOT_FOUND)
    return refusal(
        refused.status_code,
        ErrorCode.CONFIG_INVALID,
        f"There is no {request.method} {request.url.path} here",
        hint="See what there is: /openapi.json",
        request_id=number_of(request.scope),
        headers=refused.headers,
    )

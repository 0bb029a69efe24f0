"""A server of ours for tests: in process, or listening on loopback for as long as a block lasts."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import uvicorn

from dli_tui.backends.basecamp.adapter import BasecampBackend
from dli_tui.backends.port import Backend
from dli_tui.client import WorkflowClient
from dli_tui.config.model import Kind, Profile
from dli_tui.domain.clock import Clock
from dli_tui.server.app import Application
from dli_tui.server.gate import Surroundings
from dli_tui.server.settings import ServerSettings
from dli_tui.server.shelf import Patience

AT_ONCE = Patience(fresh=0, known=0)
"""Nobody is shown what was true a moment ago."""
URL = "http://127.0.0.1:8030"


def profile(url: str = URL, **more: Any) -> Profile:
    """A Basecamp profile without sign-in."""
    return Profile(name="here", kind=Kind.BASECAMP, url=url, **more)


def application(
    opens: Callable[[], AbstractAsyncContextManager[Backend]],
    clock: Clock,
    *,
    extras: bool = True,
    patience: Patience = AT_ONCE,
    tell: Callable[[str], None] = lambda _: None,
    read_only: bool = False,
    **settings: Any,
) -> Application:
    """What serves a backend, at the hour of `clock`; its log goes nowhere unless it is told."""

    @asynccontextmanager
    async def client() -> AsyncIterator[WorkflowClient]:
        async with opens() as backend:
            yield WorkflowClient(backend, clock=clock, read_only=read_only)

    return Application(
        client,
        ServerSettings(**{"demo": True, "extras": extras, **settings}),
        surroundings=Surroundings(now=clock.now, tell=tell),
        passed=lambda: clock.now().timestamp(),
        patience=patience,
    )


@asynccontextmanager
async def in_process(app: Application) -> AsyncIterator[Backend]:
    """The adapter in front of an app, without a line between them."""
    async with (
        app.serving(),
        BasecampBackend(profile(), {}, transport=httpx.ASGITransport(app)) as backend,
    ):
        yield backend


@asynccontextmanager
async def listening(app: Application) -> AsyncIterator[str]:
    """The URL of an app that listens on loopback."""
    config = uvicorn.Config(app, log_config=None, lifespan="off", ws="none", http="httptools")
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        async with app.serving():
            await server.startup(sockets=[line])
            try:
                yield f"http://127.0.0.1:{line.getsockname()[1]}"
            finally:
                # Who still hangs on the line is not waited for.
                server.force_exit = True
                await server.shutdown(sockets=[line])

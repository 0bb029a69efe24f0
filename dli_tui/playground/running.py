"""Both sides listening on this machine, until a signal ends them."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp

from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import ConfigurationError
from dli_tui.playground.makes import HOST, Ports
from dli_tui.playground.posting import Poster
from dli_tui.playground.service import Playground

_DRAIN_SECONDS: Final = 3
_BACKLOG: Final = 128
_INTERRUPTED: Final = 130

Say = Callable[[str], None]


def run(
    world: Playground,
    ports: Ports,
    clock: Clock,
    *,
    every: float,
    listens: Callable[[Ports], None],
    tell: Say,
) -> int:
    """Serve until a signal comes; the exit code.

    `listens` is told the ports. Webhooks are looked for whenever `every` seconds of the clock have
    passed, and `tell` is told what becomes of them.
    """
    with ExitStack() as stack:
        lines = [
            stack.enter_context(_listening(port, option))
            for port, option in ((ports.automation, "--port"), (ports.sagas, "--saga-port"))
        ]
        servers = [_server(app) for app in (world.automation, world.orchestrator)]
        # What connects from now on is kept waiting for the moment that is left.
        listens(Ports(*(line.getsockname()[1] for line in lines)))
        return asyncio.run(_serve(servers, lines, _posting(world, clock, every, tell)))


async def _serve(
    servers: list[_Server], lines: list[socket.socket], posting: Coroutine[Any, Any, None]
) -> int:
    signals: list[int] = []

    def end(number: int) -> None:
        signals.append(number)
        for server in servers:
            server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end, number)
    beside = asyncio.create_task(posting)
    try:
        await asyncio.gather(
            *(server.serve([line]) for server, line in zip(servers, lines, strict=True))
        )
    finally:
        beside.cancel()
    return _INTERRUPTED if signal.SIGINT in signals else 0


async def _posting(world: Playground, clock: Clock, every: float, tell: Say) -> None:
    """Post what becomes due, for as long as it is served."""
    async with Poster() as poster:
        while True:
            await clock.sleep(every)
            for message in world.due(clock.now()):
                tell(await poster.posted(message))


class _Server(uvicorn.Server):
    """uvicorn, which leaves signals to us: one of them ends two."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _server(app: ASGIApp) -> _Server:
    return _Server(
        uvicorn.Config(
            app,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=_DRAIN_SECONDS,
        )
    )


def _listening(port: int, option: str) -> socket.socket:
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        line.bind((HOST, port))
        line.listen(_BACKLOG)
    except OSError as problem:
        line.close()
        raise ConfigurationError(
            f"Can't listen on {HOST} port {port}: {problem.strerror}",
            hint=f"Is it running already? Choose another with {option} N, "
            f"or any free one with {option} 0.",
        ) from None
    return line

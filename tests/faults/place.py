"""A demo behind our server behind a line that breaks, and a client at the other end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

from dli_tui.backends.basecamp.adapter import BasecampBackend
from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.backends.http.exchange import Asked
from dli_tui.client import WorkflowClient
from tests.backends.contract.places import DEMO
from tests.backends.http.servers import Naps
from tests.support import ManualClock
from tests.support_faults import Line, line_to
from tests.support_server import application, listening, profile


class Counted:
    """An app, and the writes that came to it."""

    def __init__(self, app, arrived):
        self._app, self._arrived = app, arrived
        self.serving = app.serving

    async def __call__(self, scope, receive, send):
        if scope["method"] != "GET":
            self._arrived.append(f"{scope['method']} {scope['path']}")
        await self._app(scope, receive, send)


@dataclass
class Place:
    """Both ends, and the line between them."""

    line: Line
    backend: BasecampBackend
    clock: ManualClock
    naps: Naps
    journal: MemoryJournal
    writes: list[str]
    """What came to the server to change something."""
    lives: AsyncExitStack
    extras: bool
    answers: Path
    """Where the server keeps its answers."""

    @property
    def client(self) -> WorkflowClient:
        """What a person may see and do."""
        return WorkflowClient(self.backend, clock=self.clock)

    @property
    def deeds(self) -> list[str]:
        """What was done, as the demo behind the server remembers it."""
        return [action.deed for action in self.journal.actions()]

    async def restart(self) -> None:
        """Another life of the server: it remembers no cursor of the one before, but its answers."""
        await self.lives.aclose()
        self.line.server = await self.begin()

    async def begin(self) -> str:
        """Serve the demo from here on; where."""
        clock, journal = self.clock, self.journal
        app = application(
            lambda: DemoBackend(STANDARD, clock=clock, journal=journal, user="me"),
            clock,
            extras=self.extras,
            answers=self.answers,
            host_names=("basecamp.invalid",),
        )
        counted: Any = Counted(app, self.writes)
        return await self.lives.enter_async_context(listening(counted))


@asynccontextmanager
async def behind_a_line(
    *, extras=True, tls=None, url=None, opened=True, **settings
) -> AsyncIterator[Place]:
    """A place whose line is good until a test breaks it.

    The port of the line is put into `url`; where it isn't `opened`, somebody else opens the client.
    """
    clock, naps = ManualClock(DEMO.start), Naps()
    folder = await asyncio.to_thread(mkdtemp)
    answers = Path(folder) / "answers.sqlite3"
    async with line_to("", tls=tls) as line, AsyncExitStack() as ends, AsyncExitStack() as lives:
        ends.push_async_callback(asyncio.to_thread, rmtree, folder)
        here = profile((url or line.url).format(port=line.port), **settings)
        backend = BasecampBackend(here, {}, sleep=naps)
        hurry(backend, line)
        place = Place(line, backend, clock, naps, MemoryJournal(), [], lives, extras, answers)
        line.server = await place.begin()
        if opened:
            await ends.enter_async_context(backend)
        yield place


def hurry(backend: BasecampBackend, line: Line) -> None:
    """Have the client give up a request when the line hangs on it, whatever the clock says."""
    http = backend._http
    exchanged = http._exchanged
    asked: ContextVar[Asked] = ContextVar("asked")

    async def remembered(sending, *rest):
        asked.set(sending.asked)
        return await exchanged(sending, *rest)

    http._exchanged = remembered  # type: ignore[method-assign] # as a test wants it
    http._limit = lambda _seconds: line.limit(asked.get())

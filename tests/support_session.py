"""What tests of the session share: seconds that pass when the test says so."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from pathlib import Path

from dli_tui.client import WorkflowClient
from dli_tui.session.activity import Activity
from dli_tui.session.front import Front
from dli_tui.session.session import Session
from dli_tui.session.surroundings import Surroundings
from dli_tui.session.tasks import Tasks
from tests.support import ManualClock
from tests.support_backends import NOW

NO_PROJECT = Path("/no/project")


class ManualPace:
    """Seconds stand still until `advance`; whoever sleeps until then is woken."""

    def __init__(self) -> None:
        self._now = 1_000.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def passed(self) -> float:
        return self._now

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now + seconds, woken))
        await woken

    def advance(self, seconds: float) -> None:
        """Let that much pass."""
        self._now += seconds
        for due, woken in self._sleepers:
            if due <= self._now and not woken.done():
                woken.set_result(None)
        self._sleepers = [sleeper for sleeper in self._sleepers if not sleeper[1].done()]


class Pacer:
    """A session, its pace and its place, and the two steps that a test takes again and again."""

    def __init__(self, session, pace, backend, clock):
        self.session, self.pace, self.backend, self.clock = session, pace, backend, clock
        self.workflows = session.workflows

    async def settle(self):
        """Until nothing is under way."""
        await self.session.idle()

    async def pass_by(self, seconds):
        """Let time pass, for the place too, and see what comes of it."""
        self.clock.move(seconds)
        self.pace.advance(seconds)
        await self.session.idle()

    async def refresh(self, one):
        """Somebody wants it now."""
        await one.refresh()
        await self.settle()

    def asked(self, name):
        """How often the place was asked that."""
        return len(self.backend.arrived(name))


def unopened(backend, *, clock=None, **options):
    """A session that has not begun, without the luck of the jitter."""
    pace, clock = ManualPace(), clock or ManualClock(NOW)
    client = WorkflowClient(backend, clock=clock)
    options.setdefault("project", NO_PROJECT)
    session = Session(client, pace=pace, jitter=lambda: 0.5, **options)
    return Pacer(session, pace, backend, clock)


@asynccontextmanager
async def looking_at(backend, **options):
    """A session that has its first picture."""
    here = unopened(backend, **options)
    async with here.session:
        await here.settle()
        yield here


def surroundings(pace=None, crashed=None):
    """What a poller of its own needs."""
    return Surroundings(pace or ManualPace(), lambda: 0.5, Activity(), Tasks(crashed), Front())


class Told:
    """Counts the news."""

    def __init__(self, news):
        self.count = 0
        self.unsubscribe = news.subscribe(self)

    def __call__(self):
        self.count += 1

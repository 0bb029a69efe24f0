"""Places to go to, for tests of the dashboard: each a backend of its own, and no config file."""

from __future__ import annotations

from contextlib import asynccontextmanager

from dli_tui.client import WorkflowClient
from dli_tui.domain.errors import ConfigurationError
from dli_tui.session.contexts import Contexts
from dli_tui.session.session import Session
from dli_tui.tui.opening import Context, Where
from tests.support import ManualClock
from tests.support_backends import ScriptedBackend, row
from tests.support_session import NO_PROJECT, ManualPace
from tests.support_tui import HOUR, dashboard


def holding(*names):
    """A backend with workflows of these names."""
    return ScriptedBackend([row(name) for name in names])


class FakePlaces:
    """The place that the dashboard opened on, and others by name."""

    kept_in = "/home/me/config.toml"

    def __init__(self, **backends):
        self.backends = backends
        self.wheres = {name: Where(name) for name in ("demo", *backends)}
        self.pace = ManualPace()
        self.problem = None
        """What is raised in place of the contexts."""
        self.here = None
        """The dashboard, once it is there."""
        self.own = None
        """How the place is opened that it opened on."""
        self.log = []
        """What was opened and closed, in order."""
        self.complaints, self.refusals = {}, []
        self.tried, self.added = [], []

    def contexts(self):
        if self.problem is not None:
            raise self.problem
        return [
            Context(where, "demo", f"https://{name}.example.com", self._session(name))
            for name, where in self.wheres.items()
        ]

    def glances(self):
        return Contexts(self._client, self.pace)

    def problems(self, draft):
        return self.complaints

    async def test(self, draft):
        self.tried.append(draft)
        if self.refusals:
            raise self.refusals.pop(0)
        return "It answers: 3 workflows"

    def add(self, draft):
        self.added.append(draft)
        self.wheres[draft.name] = Where(draft.name)
        self.backends[draft.name] = holding("new")
        return ""

    def _backend(self, name):
        found = self.backends[name]
        if isinstance(found, Exception):
            raise found
        return found

    @asynccontextmanager
    async def _client(self, name):
        if name not in self.wheres:
            raise ConfigurationError("It isn't in the config file any more")
        backend = self.here.backend if name == "demo" else self._backend(name)
        yield WorkflowClient(backend, clock=ManualClock(HOUR))

    def _session(self, name):
        return self.own if name == "demo" else Opens(self, name)


class Opens:
    """Opens a session on a backend, and notes when; equal to another of the same place."""

    def __init__(self, places, name):
        self._places, self._name = places, name

    def __eq__(self, other):
        return isinstance(other, Opens) and other._name == self._name

    def __hash__(self):
        return hash(self._name)

    @asynccontextmanager
    async def __call__(self, crashed):
        places, name = self._places, self._name
        client = WorkflowClient(places._backend(name), clock=ManualClock(HOUR))
        live = Session(
            client, project=NO_PROJECT, pace=places.pace, jitter=lambda: 0.5, crashed=crashed
        )
        async with live:
            places.log.append(f"+{name}")
            try:
                yield live
            finally:
                places.log.append(f"-{name}")


@asynccontextmanager
async def among(places, **options):
    """A dashboard that has these places to go to."""
    async with dashboard(places=places, where=places.wheres["demo"], **options) as here:
        places.here, places.own = here, here.app.opening.session
        yield here


async def arrived(here, name):
    """Until the place of that name is open and has its first picture, or can't be opened."""
    bridge = here.app.bridge
    await here.until(
        lambda: (
            here.app.opening.where.name == name
            and (bridge.session is not None or bridge.problem is not None)
        )
    )
    await here.settle()

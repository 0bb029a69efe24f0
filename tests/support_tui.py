"""What tests of the dashboard share: one at a fixed hour, on the demo, settled."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from textual import events
from textual.keys import _character_to_key

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.client import WorkflowClient
from dli_tui.session.session import Session
from dli_tui.tui.app import Dashboard
from dli_tui.tui.opening import Opening, Where
from tests.support import ManualClock
from tests.support_session import NO_PROJECT, ManualPace

HOUR = datetime(2026, 11, 21, 6, 10, tzinfo=UTC)
SIZES = [(80, 24), (120, 36), (200, 60)]
_QUIET_TURNS = 3


class Pilot:
    """A dashboard in hand: keys go in, what is on screen comes out."""

    def __init__(self, app, pilot, clock, pace, backend):
        self.app, self.pilot, self.clock, self.pace, self.backend = (
            app,
            pilot,
            clock,
            pace,
            backend,
        )
        self.remembered = {}
        self.notes = []

    async def settle(self):
        """Until the session is idle and every message has been handled."""
        quiet = 0
        while quiet < _QUIET_TURNS:
            session = self.app.bridge.session
            if session is not None:
                await session.idle()
            busy = [worker for worker in self.app.workers if worker.group in _SHORT]
            if busy:
                await asyncio.gather(*(worker.wait() for worker in busy), return_exceptions=True)
                quiet = 0
            await self._turn()
            quiet += 1

    async def _turn(self):
        """Until every message has been handled; when the app ends, its widgets answer no more."""
        handled = asyncio.ensure_future(self.pilot.pause(0))
        while not handled.done() and not self.app._exit:  # noqa: ASYNC110 - an end rings no bell
            await asyncio.sleep(0)
        if self.app._exit:
            handled.cancel()
            await asyncio.wait([handled])
        else:
            await handled

    async def until(self, condition):
        """Until something is so; a test that waits in vain is ended by its runner."""
        while not condition():
            await self.pilot.pause(0)

    async def press(self, *keys):
        """Press keys one after the other, each with all that comes of it."""
        for key in keys:
            self.app.post_message(events.Key(key, " " if key == "space" else None))
            await self._turn()
        await self.settle()

    async def type(self, text):
        """Type letters into whatever has the focus."""
        for letter in text:
            name = _character_to_key(letter)
            self.app.post_message(events.Key(name, letter))
            await self.pilot.pause(0)
        await self.settle()

    async def resize(self, columns, rows):
        """Make the window another size."""
        await self.pilot.resize_terminal(columns, rows)
        await self.settle()

    async def pass_by(self, seconds):
        """Let time pass, here and in the demo."""
        self.clock.move(seconds)
        self.pace.advance(seconds)
        await self.settle()
        self.app._tick()
        await self.settle()

    @property
    def screen(self):
        """The screen in front."""
        return self.app.screen

    @property
    def picture(self):
        """What is on screen, a line each."""
        return "\n".join(self.lines)

    @property
    def lines(self):
        """The lines on screen."""
        height = self.app.size.height
        rendered = self.app.screen._compositor.render_strips()
        return ["".join(part.text for part in strip).rstrip() for strip in rendered[:height]]

    @property
    def sent(self):
        """The actions that the demo remembers, in order."""
        return [action.deed for action in self.backend._journal.actions()]


_SHORT = {
    "asking",
    "deeds",
    "refresh",
    "choices",
    "closing",
    "feed",
    "log-feed",
    "going",
    "switching",
    "editor",
}


@asynccontextmanager
async def dashboard(
    *,
    size=(120, 36),
    scenario=STANDARD,
    backend=None,
    read_only=False,
    hour=HOUR,
    held=False,
    refusals=(),
    project=NO_PROJECT,
    breaks=False,
    **options,
):
    """A dashboard on the demo, with its first picture on screen.

    Where it is `held`, the place never opens; `refusals` are raised when it is tried. An exception
    that the dashboard contained fails the test, unless it is about one that `breaks`.
    """
    clock, pace = ManualClock(hour), ManualPace()
    backend = backend or DemoBackend(scenario, clock=clock, journal=MemoryJournal())
    remembered: dict[str, str] = {}

    def session(crashed):
        client = WorkflowClient(backend, clock=clock, read_only=read_only)
        live = Session(client, project=project, pace=pace, jitter=lambda: 0.5, crashed=crashed)
        return _Opened(backend, live, held, refusals)

    where = options.pop("where", Where(read_only=read_only))
    opening = Opening(session=session, where=where, remember=remembered.update, **options)
    app = Dashboard(opening)
    async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
        here = Pilot(app, pilot, clock, pace, backend)
        here.remembered = remembered
        if not held and not refusals:
            await here.until(lambda: app.bridge.session is not None)
            await here.settle()
        yield here
    assert breaks == bool(app.breakage.reports), app.breakage.text


class _Opened:
    """The backend and the session over it, opened and closed together."""

    def __init__(self, backend, session, held, refusals):
        self._backend, self._session = backend, session
        self._held, self._refusals = held, refusals

    async def __aenter__(self):
        if self._refusals:
            raise self._refusals.pop(0)
        if self._held:
            await asyncio.Event().wait()
        await self._backend.__aenter__()
        return await self._session.__aenter__()

    async def __aexit__(self, *error):
        await self._session.__aexit__(*error)
        await self._backend.__aexit__(*error)

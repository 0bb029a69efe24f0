"""What the pictures of the README show: each scene opens a dashboard and plays a few keys in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx

from dli_tui.backends.demo.opening import open_demo
from dli_tui.backends.port import Backend
from dli_tui.backends.pyairtable.adapter import PyAirtableBackend
from dli_tui.config.demo import DemoOptions
from dli_tui.config.model import Kind, Profile
from dli_tui.domain.clock import FixedClock
from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillRequest
from dli_tui.playground.makes import KEY
from dli_tui.playground.service import Playground
from dli_tui.tui.opening import Context, Where
from tests.support_places import FakePlaces
from tests.support_tui import HOUR, Pilot

PROJECT: Final = Path(__file__).resolve().parent.parent / "examples" / "project"
FAILING: Final = "logistics.carriers.rates"
FLAKY: Final = "growth.funnel.signup_events"
CRAWL: Final = "platform.catalog.crawl"
RUNNING: Final = "ml.recommender.train"
SUNDAYS: Final = "orders_returns"
"""It fails on Sundays."""

VIEWS: Final = {
    "mornings": {"problems": True, "sort": "last", "columns": ["name", "last", "runs"]},
    "finance": {"text": "team:finance", "enabled": True},
}


class Scene(NamedTuple):
    """A dashboard of some size, opened in some way, and what is done in it."""

    size: tuple[int, int] = (120, 36)
    keys: tuple[str, ...] = ()
    text: str = ""
    """What is typed after the keys."""
    opening: Mapping[str, Any] = {}
    play: Callable[[Pilot], Awaitable[None]] | None = None
    """What is done where keys alone don't lead there."""
    place: Callable[[], Backend] | None = None
    """The place that is opened, where it isn't the demo."""


class Profiles(FakePlaces):
    """The profiles of somebody: two demos, a server in production, and one that is down."""

    kinds: Final = {
        "demo": Kind.DEMO,
        "rehearsal": Kind.DEMO,
        "prod": Kind.BASECAMP,
        "staging": Kind.BASECAMP,
    }
    addresses: Final = {
        "prod": "https://basecamp.example.com",
        "staging": "https://staging.example.com",
    }

    def __init__(self) -> None:
        super().__init__(rehearsal=None, prod=None, staging=None)
        self.wheres["prod"] = Where("prod", production=True)
        self.wheres["rehearsal"] = Where("rehearsal", read_only=True)

    def contexts(self) -> Sequence[Context]:
        return [
            one._replace(kind=self.kinds[one.name], address=self.addresses.get(one.name, ""))
            for one in super().contexts()
        ]

    def _backend(self, name: str) -> Backend:
        if name == "staging":
            raise ConnectionFailedError(
                "staging.example.com:443 can't be reached: it refuses the connection"
            )
        # No picture asks a server: a demo of another size stands in.
        size = 300 if name == "prod" else None
        return open_demo(DemoOptions(size=size, seed=1, at=HOUR), FixedClock(HOUR))


def _tables() -> Backend:
    """A PyAirtable service that is made up, at the hour of the pictures."""
    clock = FixedClock(HOUR)
    world = Playground(clock)
    profile = Profile(
        name="tables",
        kind=Kind.PYAIRTABLE,
        url="http://127.0.0.1:8006",
        saga_url="http://127.0.0.1:8008",
        api_key_env="KEY",
    )
    return PyAirtableBackend(
        profile,
        {"KEY": KEY},
        transport=httpx.ASGITransport(world.automation),
        saga_transport=httpx.ASGITransport(world.orchestrator),
        clock=clock,
        passed=lambda: 0.0,
    )


async def _form(here: Pilot) -> None:
    """A workflow of the second template, filled in as far as its key."""
    await here.press("3", "slash")
    await here.type("API")
    await here.press("enter", "plus")
    for text in ("Orders to the warehouse", "", "https://api.example.com/orders", "s3cret"):
        await here.type(text)
        await here.press("tab")
    await here.press("tab", "space")
    await here.pass_by(1)


async def _templates(here: Pilot) -> None:
    """A template that was looked at long enough for its use to be asked for."""
    await here.press("3")
    await here.press("end")
    await here.pass_by(2)
    await here.settle()


async def _saga(here: Pilot) -> None:
    """The newest saga that goes back."""
    await here.press("4")
    await here.settle()
    going = next(one for one in await here.backend.sagas() if one.status == "compensating")
    here.app.open_saga(going.saga_id, going.saga_id)
    await here.settle()
    await here.press("down")


async def _history(here: Pilot) -> None:
    await here.press("2")
    await here.press("down")
    await here.pass_by(1)


async def _registration(here: Pilot) -> None:
    await here.press("plus")
    here.screen.query_one("#field-dataset").value = "sales.daily_totals"
    await here.settle()
    await here.pass_by(1)


async def _planner(here: Pilot) -> None:
    """Three weeks, and of those what failed."""
    await here.press("b")
    await here.pass_by(1)
    await here.press("space", "up", "up", "left", "left", "left", "left", "left", "left", "space")
    await here.press("tab", "right")
    await here.pass_by(1)


async def _backfill(here: Pilot) -> None:
    """A fortnight at once, when one of its Sundays has failed and the last dates still run."""
    first, last = date(2026, 11, 6), date(2026, 11, 19)
    request = BackfillRequest(SUNDAYS, first, last, parallel=True)
    begun = await here.backend.backfill(request)
    here.app.open_backfill(RunRef(begun.run_id, SUNDAYS), SUNDAYS)
    await here.settle()
    await here.pass_by(52)


async def _contexts(here: Pilot) -> None:
    here.app.opening.places.here = here
    here.app.opening.places.own = here.app.opening.session
    await here.press("c")
    await here.press("down")


_THERE: Final = {"where": Where("tables")}

SCENES: Final = {
    "workflows": Scene(opening={"begin": FAILING}),
    "workflows-narrow": Scene((80, 24), opening={"begin": FAILING}),
    "workflows-light": Scene((100, 20), ("exclamation_mark",), opening={"theme": "textual-light"}),
    "workflow": Scene(keys=("enter",), opening={"begin": FLAKY}),
    "workflow-calendar": Scene(keys=("enter", "v"), opening={"begin": SUNDAYS}),
    "history": Scene(play=_history),
    "run": Scene(keys=("v",), opening={"begin": FAILING}),
    "stop": Scene((120, 30), ("s",), "wrong parameters", {"begin": RUNNING}),
    "register": Scene(opening={"project": PROJECT, "zone": "Asia/Seoul"}, play=_registration),
    "unregister": Scene((120, 30), ("D",), opening={"begin": CRAWL}),
    "backfill": Scene(opening={"begin": SUNDAYS}, play=_planner),
    "backfill-running": Scene((120, 30), play=_backfill),
    "templates": Scene((120, 30), ("3", "down")),
    "saga": Scene((120, 30), ("4", "down", "down", "enter", "down")),
    "health": Scene((120, 30), ("5",)),
    "pyairtable": Scene((120, 30), opening=_THERE, place=_tables),
    "pyairtable-run": Scene((120, 30), ("v",), opening=_THERE, place=_tables),
    "pyairtable-templates": Scene((120, 36), opening=_THERE, play=_templates, place=_tables),
    "pyairtable-form": Scene((120, 36), opening=_THERE, play=_form, place=_tables),
    "pyairtable-saga": Scene((120, 30), opening=_THERE, play=_saga, place=_tables),
    "pyairtable-health": Scene((120, 30), ("5",), opening=_THERE, place=_tables),
    "contexts": Scene(
        (120, 16), opening={"places": Profiles(), "where": Where("demo")}, play=_contexts
    ),
    "views": Scene((100, 24), ("V",), opening={"views": VIEWS}),
}

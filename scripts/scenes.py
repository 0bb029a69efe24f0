"""What the pictures of the README show: each scene opens a dashboard and plays a few keys in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final, NamedTuple

from dli_tui.backends.demo.opening import open_demo
from dli_tui.backends.port import Backend
from dli_tui.config.demo import DemoOptions
from dli_tui.config.model import Kind
from dli_tui.domain.clock import FixedClock
from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillRequest
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
    "contexts": Scene(
        (120, 16), opening={"places": Profiles(), "where": Where("demo")}, play=_contexts
    ),
    "views": Scene((100, 24), ("V",), opening={"views": VIEWS}),
}

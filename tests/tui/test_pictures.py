"""What the screens look like, as text, each with a word on what it means.

A picture that changes on purpose is written anew, all of them by one command:

    DLI_TUI_WRITE_PICTURES=1 python -m pytest tests/tui/test_pictures.py
"""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.domain.status import RunStatus
from dli_tui.tui.app import Dashboard
from dli_tui.tui.looks import Looks
from dli_tui.tui.opening import Opening, Where
from tests.support_tui import SIZES, Pilot, dashboard

FOLDER = Path(__file__).parent / "pictures"
# Files are read and written beside the tests, not in them: nothing blocks the event loop. And
# the variable is read here, for the tests' own home forgets every variable of the program's.
WRITING = "DLI_TUI_WRITE_PICTURES" in os.environ
FAILED = RunStatus.FAILED
FAILING, RUNNING = "logistics.carriers.rates", "ml.recommender.train"


def same(name, here):
    """Whether the picture is the one that is kept; kept anew where that is asked for."""
    path = FOLDER / f"{name}.txt"
    if WRITING:
        WRITTEN[path] = here.picture + "\n"
        return True
    return KEPT.get(path.name) == here.picture + "\n"


KEPT = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.txt")}
WRITTEN: dict[Path, str] = {}


@pytest.fixture(autouse=True, scope="module")
def _written():
    yield
    for path, picture in WRITTEN.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(picture, encoding="utf-8")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_the_list_opens_worst_first(size):
    async with dashboard(size=size) as here:
        assert [row.last for row in here.screen.listing.shown][:2] == [FAILED, FAILED]
        assert ("schedule" in here.picture) is (size[0] >= 100)
        assert same(f"list-{size[0]}x{size[1]}", here)


async def test_the_list_in_ascii():
    async with dashboard(size=(80, 24), looks=Looks(ascii=True)) as here:
        assert here.picture.isascii()
        assert same("list-ascii", here)


async def test_a_production_place_where_nothing_may_be_changed():
    where = Where("shop", production=True, read_only=True)
    async with dashboard(size=(80, 24), where=where, read_only=True) as here:
        assert "PROD" in here.lines[0]
        assert "READ-ONLY" in here.lines[0]
        assert same("list-production", here)


@pytest.mark.parametrize("size", [(80, 24), (120, 36)], ids=str)
async def test_a_run_that_failed_says_why(size):
    async with dashboard(size=size, begin=FAILING) as here:
        await here.press("enter")
        assert "HTTP 503" in here.picture
        assert same(f"run-{size[0]}x{size[1]}", here)


async def test_the_help_of_the_list():
    async with dashboard(size=(120, 36)) as here:
        await here.press("question_mark")
        assert "Only what failed or is late" in here.picture
        assert same("help", here)


async def test_a_question_shows_what_will_be_stopped():
    async with dashboard(size=(100, 30), begin=RUNNING) as here:
        await here.press("s")
        assert f"{RUNNING}_2026" in here.picture
        assert here.sent == []
        assert same("stop", here)


async def test_a_filter_that_nothing_fits_says_how_to_take_it_off():
    async with dashboard(size=(80, 24)) as here:
        await here.press("slash")
        await here.type("zzzz")
        assert not here.screen.listing.shown
        assert "zzzz" in here.picture
        assert same("nothing-fits", here)


async def test_a_server_that_is_gone_leaves_the_last_good_picture(monkeypatch):
    async with dashboard(size=(80, 24)) as here:

        async def gone(cursor):
            raise ConnectionFailedError("Nothing answered at https://example.com")

        monkeypatch.setattr(here.backend, "changes", gone)
        await here.press("r")
        assert "OFFLINE" in here.lines[0]
        assert FAILING in here.picture
        assert same("offline", here)


async def test_a_server_that_is_slow_is_waited_for_in_words():
    @asynccontextmanager
    async def never(_crashed):
        await asyncio.Event().wait()
        yield

    app = Dashboard(Opening(session=never))
    async with app.run_test(size=(80, 24)) as pilot:
        here = Pilot(app, pilot, None, None, None)
        app.front._tell_waiting()
        await pilot.pause(0)
        assert "Asking demo" in here.picture
        assert "loading" in here.lines[0]
        assert same("loading", here)


async def test_a_failed_row_has_the_themes_colour_of_failure():
    async with dashboard(size=(80, 24)) as here:
        wanted = here.app.get_css_variables()["status-failed"].casefold()
        table = here.screen.table
        painted = table.render_line(table.head_height)
        failed = [part.style.color for part in painted if "failed" in part.text]
        assert [colour.triplet.hex for colour in failed] == [wanted]

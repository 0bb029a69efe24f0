"""The places of a person at a glance: which answer, what is wrong there, and the way to them."""

from __future__ import annotations

import pytest

from dli_tui.domain.errors import (
    AuthenticationError,
    ConfigurationError,
    ConnectionFailedError,
    ServerError,
)
from dli_tui.domain.status import RunStatus
from dli_tui.session.contexts import Glance
from dli_tui.tui.contextcolumns import ContextCells, ContextRow
from dli_tui.tui.looks import Looks, Tone
from dli_tui.tui.opening import Context, Where
from dli_tui.tui.screens.contexts import AGAIN_SECONDS, ContextsScreen
from tests.support_backends import ScriptedBackend, row, run
from tests.support_deeds import notices
from tests.support_places import FakePlaces, Opens, among, arrived, holding
from tests.support_tui import SIZES, dashboard

HOSTILE = "\x1b]0;gone\x07[/b]\u202eprod"
BROKEN = ConfigurationError("config.toml line 3: theme must be text", hint="Correct it.")


def of(where=None, glance=None, *, here=False, changed=False):
    context = Context(where or Where("shop"), "airflow", "", Opens(None, "shop"))
    return ContextRow(context, here, changed, glance)


def cell(row, column, room=20, looks=None, passed=100.0):
    pieces = ContextCells(looks or Looks(), lambda: passed)(row, column, room)
    return "".join(piece.text for piece in pieces).rstrip()


# Cells


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (ConnectionFailedError(), "✗ unreachable"),
        (AuthenticationError(), "✗ not signed in"),
        (ServerError("broken"), "✗ server error"),
        (BROKEN, "⊘ not usable"),
    ],
)
def test_why_a_place_is_silent_has_a_word(problem, said):
    assert cell(of(glance=Glance(problem=problem)), "state") == said


def test_a_place_that_answers_tells_how_fast_and_when():
    seen = of(glance=Glance(as_of=40.0, seconds=0.1234, failed=2, workflows=1200))
    assert cell(seen, "state") == "✓ in 123 ms"
    assert cell(seen, "age") == "1m00s ago"
    assert cell(seen, "age", passed=41.0) == "now"
    assert (cell(seen, "failed"), cell(seen, "workflows"), cell(seen, "late")) == (
        *("2", "1,200", "0"),
    )


def test_nothing_is_made_up_of_a_place_that_was_never_seen():
    assert [cell(of(), column) for column in ("state", "failed", "age")] == ["◌ asking", "-", "-"]


def test_old_counts_stay_beside_a_problem():
    gone = of(glance=Glance(as_of=40.0, failed=2, problem=ConnectionFailedError()))
    assert (cell(gone, "state"), cell(gone, "failed")) == ("✗ unreachable", "2")


def test_how_careful_to_be_is_said_in_words():
    assert cell(of(Where("shop", production=True, read_only=True)), "marks") == "PROD READ-ONLY"
    assert cell(of(), "marks") == ""


def test_of_a_long_name_it_can_still_be_seen_that_we_are_here():
    long = of(Where("a-very-long-name-of-a-place"), here=True)
    assert cell(long, "name") == "a-very-long-… (here)"
    assert cell(long._replace(is_changed=True), "name").endswith("… (changed)")


def test_ascii_is_enough():
    row = of(glance=Glance(problem=ConnectionFailedError()))
    assert cell(row, "state", looks=Looks(ascii=True)) == "x unreachable"
    assert ContextCells(Looks(), lambda: 0.0)(row, "state", 20)[0].tone is Tone.FAILED


# The page


def shop():
    failed = row("orders", last_run=run(status=RunStatus.FAILED))
    return ScriptedBackend([failed, row("quiet")])


def lines_of(here, name):
    return next(line for line in here.lines if line[2:].startswith(name))


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_every_place_has_a_line_with_what_is_wrong_there(size):
    places = FakePlaces(shop=shop(), gone=ConnectionFailedError("Nothing answered"))
    async with among(places, size=size) as here:
        await here.press("c")
        assert isinstance(here.screen, ContextsScreen)
        assert "demo (here)" in here.picture
        assert lines_of(here, "shop").split()[:6] == ["shop", "demo", "✓", "in", "0", "ms"]
        assert lines_of(here, "shop").split()[6] == "1"
        assert "✗ unreachable" in lines_of(here, "gone")
        assert "3 contexts" in here.lines[0]


async def test_the_one_under_the_cursor_says_why_it_is_silent_and_what_helps():
    silent = ConnectionFailedError("Nothing answered at x", hint="Is the VPN up?")
    async with among(FakePlaces(gone=silent), size=(80, 24)) as here:
        await here.press("c")
        await here.press("down")
        assert "https://gone.example.com" in here.picture
        assert "DLI-501 Nothing answered at x" in here.picture
        assert "Is the VPN up?" in here.picture


async def test_enter_on_the_place_that_we_are_at_goes_back_to_the_list():
    places = FakePlaces(shop=shop())
    async with among(places) as here:
        await here.press("c")
        await here.press("enter")
        assert here.screen is here.app.home
        assert places.log == []


async def test_a_profile_that_has_changed_since_says_so_and_enter_opens_it_anew():
    places = FakePlaces(shop=shop())
    async with among(places) as here:
        places.own = lambda crashed: None
        await here.press("c")
        assert "demo (changed)" in here.picture
        assert "enter opens it anew" in here.picture


async def test_r_reads_the_profiles_and_asks_all_again():
    places = FakePlaces(shop=shop())
    async with among(places) as here:
        await here.press("c")
        places.wheres["late"] = Where("late")
        places.backends["late"] = holding("a")
        asked = len(places.backends["shop"].arrived("workflows"))
        await here.press("r")
        assert "late" in here.picture
        assert len(places.backends["shop"].arrived("workflows")) == asked + 1


async def test_a_profile_that_is_gone_is_gone_from_the_page():
    places = FakePlaces(shop=shop())
    async with among(places) as here:
        await here.press("c")
        await here.press("down")
        del places.wheres["shop"]
        await here.press("r")
        assert [row.context.name for row in here.screen.table.rows] == ["demo"]


async def test_a_config_file_that_broke_is_told_and_the_last_good_lines_stay():
    places = FakePlaces(shop=shop())
    async with among(places, size=(80, 24)) as here:
        await here.press("c")
        places.problem = BROKEN
        await here.press("r")
        assert "line 3: theme must be text" in here.picture
        assert "shop" in here.picture
        assert "DLI-001" in here.lines[0]
        places.problem = None
        await here.press("r")
        assert "theme must be text" not in here.picture


async def test_a_config_file_that_is_broken_from_the_begin_says_what_helps():
    places = FakePlaces(shop=shop())
    async with among(places, size=(80, 24)) as here:
        places.problem = BROKEN
        await here.press("c")
        assert "r ask again" in here.picture
        await here.press("enter", "y")
        assert isinstance(here.screen, ContextsScreen)


async def test_they_are_asked_again_now_and_then_while_somebody_looks():
    places = FakePlaces(shop=shop())
    async with among(places) as here:
        await here.press("c")
        asked = len(places.backends["shop"].arrived("workflows"))
        places.pace.advance(AGAIN_SECONDS - 1)
        here.app._tick()
        await here.settle()
        assert len(places.backends["shop"].arrived("workflows")) == asked
        places.pace.advance(2)
        here.app._tick()
        await here.settle()
        assert len(places.backends["shop"].arrived("workflows")) == asked + 1


async def test_a_hostile_name_and_reason_are_harmless():
    places = FakePlaces()
    places.wheres[HOSTILE] = Where(HOSTILE)
    places.backends[HOSTILE] = ConnectionFailedError(f"no {HOSTILE}", hint=HOSTILE)
    async with among(places) as here:
        await here.press("c")
        await here.press("down")
        assert "[/b]" in here.picture
        assert not {"\x1b", "\u202e", "\x07"} & set(here.picture)


async def test_without_places_the_page_says_so_and_nothing_can_be_added():
    async with dashboard() as here:
        await here.press("c")
        assert "no other places" in here.picture
        await here.press("a")
        assert "Profiles can't be added from here" in notices(here)


async def test_the_page_needs_no_place_that_is_open():
    places = FakePlaces(shop=shop())
    async with among(places, refusals=[ConnectionFailedError("Nothing answered")]) as here:
        await here.until(lambda: here.app.bridge.problem is not None)
        await here.press("c")
        await here.press("down")
        assert "✓ in" in lines_of(here, "shop")
        await here.press("enter")
        await arrived(here, "shop")
        assert "orders" in here.picture


async def test_its_address_is_copied():
    async with among(FakePlaces(shop=shop())) as here:
        await here.press("c")
        await here.press("down", "y")
        assert here.app.clipboard == "https://shop.example.com"


async def test_its_sheet_leaves_other_pages_as_they_are():
    async with dashboard(size=(120, 36)) as here:
        await here.press("2")
        height = here.screen.about.size.height
        await here.press("c", "2")
        assert here.screen.about.size.height == height
        assert here.screen.about.styles.border_top[0] == ""


async def test_the_place_that_is_open_is_not_opened_once_more_to_look_at_it(monkeypatch):
    places = FakePlaces(shop=shop())
    opened = []
    client = places._client

    def noted(name):
        opened.append(name)
        return client(name)

    monkeypatch.setattr(places, "_client", noted)
    async with among(places) as here:
        await here.press("c")
        assert opened == ["shop"]
        assert f" {len(here.app.listing.rows)} " in lines_of(here, "demo (here)")

"""Going to another place: nothing of the old one is left, and each keeps its own filter."""

from __future__ import annotations

import pytest

from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.domain.ids import RunRef
from dli_tui.tui import switching
from dli_tui.tui.opening import Where
from tests.support_backends import ScriptedBackend, row
from tests.support_deeds import WaitingBackend, notices, tap
from tests.support_places import FakePlaces, among, arrived, holding


async def go(here, name):
    """Choose a place among the contexts."""
    await here.press("c")
    rows = [row.context.name for row in here.screen.table.rows]
    here.screen.table.go_to(rows.index(name))
    await here.press("enter")


async def go_and_arrive(here, name):
    await go(here, name)
    await arrived(here, name)


def names(here):
    return [row.name for row in here.app.listing.shown]


async def test_the_list_is_that_of_the_new_place_and_says_so():
    places = FakePlaces(shop=holding("orders", "parcels"))
    places.wheres["shop"] = Where("shop", production=True, read_only=True)
    async with among(places) as here:
        await go_and_arrive(here, "shop")
        assert names(here) == ["orders", "parcels"]
        assert "shop  PROD   READ-ONLY" in here.lines[0]
        assert places.log == ["+shop"]


async def test_what_was_open_is_closed_before_the_next_is_opened():
    places = FakePlaces(one=holding("a"), two=holding("b"))
    async with among(places) as here:
        first = here.app.bridge.session
        await go_and_arrive(here, "one")
        await go_and_arrive(here, "two")
        assert places.log == ["+one", "-one", "+two"]
        assert here.app.bridge.session is not first
        assert names(here) == ["b"]


async def test_nothing_of_the_old_place_is_seen_while_the_new_one_is_opened():
    places = FakePlaces(shop=WaitingBackend([row("orders")]))
    async with among(places) as here:
        old = names(here)[0]
        await here.press("space")
        before = here.app.bridge.session
        context = next(one for one in places.contexts() if one.name == "shop")
        here.app.switch(context)
        await here.until(lambda: here.app.bridge.session is not before)
        assert here.app.bridge.session is None
        assert here.app.listing.rows == {}
        assert here.app.home.table.selected == frozenset()
        assert here.app.opening.where.name == "shop"
        await arrived(here, "shop")
        assert old not in here.picture
        assert "selected" not in here.lines[0]


async def test_each_place_keeps_its_own_filter():
    places = FakePlaces(shop=holding("orders", "parcels"))
    async with among(places) as here:
        await here.press("slash")
        await here.type("ml")
        await here.press("enter", "f")
        filtered, shown = here.app.listing.filter, names(here)
        await go_and_arrive(here, "shop")
        assert here.app.listing.filter.is_empty
        assert names(here) == ["orders", "parcels"]
        await here.press("slash")
        await here.type("parc")
        await here.press("enter")
        await go_and_arrive(here, "demo")
        assert (here.app.listing.filter, names(here)) == (filtered, shown)
        assert here.screen.query_one("#text").value == "ml"
        await go_and_arrive(here, "shop")
        assert names(here) == ["parcels"]
        await here.press("x")
        assert names(here) == ["orders", "parcels"]


async def test_a_place_that_can_not_be_opened_can_be_left_again():
    places = FakePlaces(gone=ConnectionFailedError("Nothing answered at gone"))
    async with among(places, size=(80, 24)) as here:
        old = names(here)
        await go_and_arrive(here, "gone")
        assert "Nothing answered at gone" in here.picture
        assert "DLI" in here.lines[0] or "OFFLINE" in here.lines[0]
        await here.press("p", "space", "enter", "down", "slash", "escape")
        await go_and_arrive(here, "demo")
        assert names(here) == old


async def test_a_place_that_comes_back_is_opened_with_r():
    places = FakePlaces(shop=ConnectionFailedError("Nothing answered"))
    async with among(places) as here:
        await go_and_arrive(here, "shop")
        places.backends["shop"] = holding("orders")
        await here.press("r")
        await here.until(lambda: here.app.bridge.session is not None)
        await here.settle()
        assert names(here) == ["orders"]


async def test_who_goes_twice_at_once_arrives_at_the_second():
    places = FakePlaces(one=holding("a"), two=holding("b"))
    async with among(places) as here:
        one, two = places.contexts()[1:]
        here.app.switch(one)
        here.app.switch(two)
        await arrived(here, "two")
        assert names(here) == ["b"]
        assert here.app.opening.where.name == "two"
        opened = [word for word in places.log if word.startswith("+")]
        closed = [word for word in places.log if word.startswith("-")]
        assert len(opened) == len(closed) + 1
        assert opened[-1] == "+two"


async def test_a_session_under_way_to_its_opening_is_given_up():
    places = FakePlaces(shop=holding("orders"))
    async with among(places, held=True) as here:
        assert here.app.bridge.session is None
        await go_and_arrive(here, "shop")
        assert names(here) == ["orders"]


async def test_pages_and_questions_of_the_old_place_are_left():
    places = FakePlaces(shop=holding("orders"))
    async with among(places) as here:
        await here.press("2")
        await here.press("question_mark")
        here.app.switch(places.contexts()[1])
        await arrived(here, "shop")
        assert here.screen is here.app.home


async def test_drafts_stay_with_their_place():
    places = FakePlaces(shop=holding("orders"))
    async with among(places) as here:
        here.app.deeds.drafts["pause x"] = {"reason": "for ann"}
        await go_and_arrive(here, "shop")
        assert here.app.deeds.drafts == {}
        await go_and_arrive(here, "demo")
        assert here.app.deeds.drafts == {"pause x": {"reason": "for ann"}}


async def test_who_leaves_runs_that_he_watched_is_told():
    places = FakePlaces(shop=holding("orders"))
    async with among(places) as here:
        here.app.bridge.session.watching.watch(RunRef("r1", "d"), "d")
        await here.settle()
        await go_and_arrive(here, "shop")
        assert "1 run of demo no longer watched" in notices(here)
        assert "watching" not in here.lines[0]


async def test_nobody_leaves_while_something_is_being_sent():
    backend = WaitingBackend([row("orders")])
    places = FakePlaces(shop=holding("b"))
    async with among(places, backend=backend) as here:
        await here.press("p")
        here.pace.advance(1)
        await tap(here, "enter")
        assert here.app.deeds.under_way
        await tap(here, "escape")
        here.app.switch(places.contexts()[1])
        await here.pilot.pause(0)
        assert any("Still sending" in note for note in notices(here))
        assert here.app.opening.where.name == "demo"
        backend.gate.set()
        await here.settle()


@pytest.mark.parametrize(("kept", "said"), [(1, "1 backfill"), (2, "2 backfills")])
async def test_nobody_leaves_a_backfill_that_only_this_program_keeps_going(kept, said, monkeypatch):
    places = FakePlaces(shop=holding("b"))
    async with among(places) as here:
        sequences = type(here.app.bridge.session.sequences)
        monkeypatch.setattr(sequences, "under_way", property(lambda _: ("x",) * kept))
        assert f"keeps {said} going here" in switching.why_stay(here.app)
        here.app.switch(places.contexts()[1])
        await here.settle()
        assert here.app.opening.where.name == "demo"


async def test_what_is_asked_for_a_row_of_the_old_place_is_not_told_in_the_new_one():
    class Slow(ScriptedBackend):
        async def dataset_info(self, name):
            raise AssertionError("asked after the place was left")

    places = FakePlaces(shop=holding("orders"))
    async with among(places, backend=Slow([row("orders", owner="old")])) as here:
        here.app.home._told = None
        here.app.home.tell_detail()
        await here.pilot.pause(0)
        await go_and_arrive(here, "shop")
        here.pace.advance(5)
        await here.settle()
        assert here.app.is_running
        assert here.app.crash is None

"""A profile is added in a form: tried first, then written, and no secret in it."""

from __future__ import annotations

import pytest

from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.tui.modals.addprofile import WAYS, AddQuestion
from dli_tui.tui.opening import Draft
from dli_tui.tui.widgets.field import Field
from tests.support_deeds import answer
from tests.support_places import FakePlaces, among, holding

TRIED = Draft("prod", {"kind": "airflow", "url": "https://a.example.com"})


async def form(here, *, name="prod", url="https://a.example.com"):
    await here.press("c")
    await here.press("a")
    assert isinstance(here.screen, AddQuestion)
    here.screen.query_one("#field-name", Field).value = name
    here.screen.query_one("#field-url", Field).value = url
    await here.settle()


async def test_enter_tries_the_connection_and_enter_again_adds_it():
    places = FakePlaces(shop=holding("a"))
    async with among(places, size=(80, 24)) as here:
        await form(here)
        assert "enter try the connection" in here.picture
        await answer(here)
        assert (places.tried, places.added) == ([TRIED], [])
        assert "It answers: 3 workflows" in here.picture
        assert "enter add it " in here.picture
        await answer(here)
        assert places.added == [TRIED]
        assert here.screen.table.current.context.name == "prod"


async def test_one_that_does_not_answer_can_be_added_all_the_same():
    places = FakePlaces()
    places.refusals = [ConnectionFailedError("Nothing answered", hint="Is the VPN up?")]
    async with among(places) as here:
        await form(here)
        await answer(here)
        assert "[DLI-501] Nothing answered" in here.picture
        assert "enter add it all the same" in here.picture
        assert places.added == []
        await answer(here)
        assert places.added == [TRIED]


async def test_what_is_changed_is_tried_again():
    places = FakePlaces()
    async with among(places) as here:
        await form(here)
        await answer(here)
        here.screen.query_one("#field-url").value = "https://b.example.com"
        await here.settle()
        assert "enter try the connection" in here.picture
        await answer(here)
        assert [draft.settings["url"][8] for draft in places.tried] == ["a", "b"]
        assert places.added == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("size", [(80, 24), (60, 16)], ids=str)
async def test_each_way_to_sign_in_shows_its_fields_and_the_keys_stay_in_sight(way, size):
    async with among(FakePlaces(), size=size) as here:
        await form(here)
        here.screen.query_one("#way").chosen = way
        await here.settle()
        shown = {one.name for one in here.screen.query("Field") if one.display}
        assert shown == {"name", "url", *WAYS[way]}
        assert "enter try" in here.picture


async def test_a_complaint_stands_at_its_field_and_nothing_is_tried():
    places = FakePlaces()
    places.complaints = {"url": "must be a URL"}
    async with among(places) as here:
        await form(here)
        await answer(here)
        assert "must be a URL" in here.picture
        assert here.screen.focused is here.screen.query_one("#field-url Input")
        assert places.tried == []


async def test_a_name_that_is_there_is_refused():
    places = FakePlaces(shop=holding("a"))
    async with among(places) as here:
        await form(here, name="shop")
        await answer(here)
        assert "is the name of another one" in here.picture
        assert places.tried == []


async def test_what_was_chosen_and_turned_is_in_the_profile_and_in_the_draft():
    places = FakePlaces()
    async with among(places) as here:
        await form(here)
        here.screen.query_one("#way").chosen = "command"
        here.screen.query_one("#field-token_command").value = "pass show 'a b'"
        here.screen.query_one("#production").on = True
        await here.settle()
        await here.press("escape")
        await here.press("a")
        await answer(here)
        settings = places.tried[0].settings
        assert settings["token_command"] == ["pass", "show", "a b"]
        assert settings["production"] is True


async def test_the_choice_that_has_the_focus_is_seen():
    async with among(FakePlaces(shop=holding("a"))) as here:
        await form(here)
        kind, way = here.screen.query_one("#kind"), here.screen.query_one("#way")
        kind.focus()
        await here.settle()
        assert kind.styles.background != way.styles.background

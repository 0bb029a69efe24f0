"""Views are taken up, saved and forgotten by key, and so are the columns chosen."""

from __future__ import annotations

from dli_tui.tui.columns import ALL
from dli_tui.tui.modals.columns import ColumnsScreen
from dli_tui.tui.modals.views import ViewsScreen
from dli_tui.tui.views import PREFIX
from tests.support_deeds import notices
from tests.support_tui import dashboard

VIEWS = {
    "bad": {"problems": True, "sort": "name", "columns": ["name", "last"]},
    "code": {"source": "code", "text": "ml", "sort": "duration", "columns": ["name", "owner"]},
}


def columns(here):
    return tuple(column.id for column in here.app.home.table.columns)


async def save_as(here, name):
    await here.press("V")
    await here.press("s")
    await here.type(name)
    await here.press("enter")


async def test_a_digit_takes_a_view_up():
    async with dashboard(views=VIEWS) as here:
        await here.press("V")
        await here.press("1")
        assert here.app.listing.filter.problems
        assert here.app.listing.order.column == "name"
        assert columns(here) == ("name", "last")
        await here.press("V")
        await here.press("9")
        assert isinstance(here.screen, ViewsScreen)


async def test_a_view_replaces_the_text_that_was_typed_before():
    async with dashboard(views=VIEWS) as here:
        await here.press("slash")
        await here.type("zzz")
        await here.press("enter")
        await here.press("V")
        await here.press("down", "enter")
        assert here.app.listing.filter.text == "ml"
        assert here.screen.query_one("#text").value == "ml"
        assert all("ml" in row.name for row in here.app.listing.shown)


async def test_a_list_may_be_sorted_by_a_column_that_is_not_shown():
    async with dashboard(views=VIEWS) as here:
        await here.press("V")
        await here.press("2")
        assert "dur" not in here.lines[2]
        assert here.app.listing.order.column == "duration"


async def test_what_is_shown_is_saved_and_remembered():
    async with dashboard() as here:
        await here.press("exclamation_mark")
        await save_as(here, "1st")
        assert "problems" in here.remembered[f"{PREFIX}1st"]
        await here.press("x")
        await here.press("V")
        assert "yours" in here.picture
        await here.press("1")
        assert here.app.listing.filter.problems


async def test_a_view_that_is_there_is_replaced_only_by_who_says_so_twice():
    async with dashboard(views=VIEWS) as here:
        await save_as(here, "bad")
        assert "A view of the config file is called that" in here.picture
        assert here.remembered == {}
        await here.press("enter")
        assert f"{PREFIX}bad" in here.remembered
        await save_as(here, "bad")
        assert "A view of yours is called that" in here.picture


async def test_forgetting_ones_own_brings_that_of_the_config_file_back():
    async with dashboard(views=VIEWS) as here:
        await save_as(here, "bad")
        await here.press("enter")
        await here.press("V")
        await here.press("x")
        assert here.remembered[f"{PREFIX}bad"] == ""
        assert "yours" not in here.picture
        await here.press("x")
        assert any("take it out there" in note for note in notices(here))


async def test_esc_leaves_the_name_first_and_then_the_views():
    async with dashboard(views=VIEWS) as here:
        await here.press("V")
        await here.press("s")
        await here.type("12")
        await here.press("escape")
        assert isinstance(here.screen, ViewsScreen)
        await here.press("escape")
        assert here.screen is here.app.home
        assert here.remembered == {}


async def test_a_view_that_makes_no_sense_is_told():
    async with dashboard(views={"odd": {"sort": "colour"}}) as here:
        assert any("Of [views]" in note and "odd: sort" in note for note in notices(here))


# Columns


async def test_a_column_is_hidden_and_moved_and_that_is_remembered():
    async with dashboard() as here:
        await here.press("C")
        await here.press("down", "space", "down", "right_square_bracket", "enter")
        assert columns(here) == ("name", "last", "status", *ALL[4:])
        assert here.remembered["columns"] == ",".join(columns(here))


async def test_the_name_stays_where_it_is():
    async with dashboard() as here:
        await here.press("C")
        await here.press("space", "right_square_bracket")
        await here.press("down", "left_square_bracket", "enter")
        assert columns(here) == ALL


async def test_esc_leaves_the_columns_as_they_were():
    async with dashboard() as here:
        await here.press("C")
        await here.press("down", "space", "escape")
        assert not isinstance(here.screen, ColumnsScreen)
        assert columns(here) == ALL


async def test_columns_are_found_again_and_the_name_has_the_room_of_those_that_are_gone():
    async with dashboard(size=(80, 24), choices={"columns": "name,last"}) as here:
        assert columns(here) == ("name", "last")
        rooms = {one.id: room for one, room in here.screen.table.layout_for(78)}
        assert rooms["last"] == 19
        assert rooms["name"] > 50


async def test_a_column_that_is_chosen_and_has_no_room_says_so():
    async with dashboard(size=(80, 24)) as here:
        shown = {one.id for one, _ in here.screen.table.layout_for(78)}
        await here.press("C")
        told = [line for line in here.lines if "[x]" in line]
        hidden = [line for line in told if "hidden: too narrow" in line]
        assert len(hidden) == len(ALL) - len(shown) > 0
        await here.press(*["down", "space"] * 3)
        fewer = [line for line in here.lines if "hidden: too narrow" in line]
        assert len(fewer) < len(hidden)

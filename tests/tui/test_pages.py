"""The pages beside the list: each is as it was left when one comes back, and asks only if seen."""

from __future__ import annotations

from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.template import Template
from tests.support_backends import ScriptedBackend, row
from tests.support_places import FakePlaces, among, arrived, holding
from tests.support_tui import dashboard
from tests.tui.test_templates_screen import Shelves


async def test_a_page_has_its_filter_its_cursor_and_its_scroll_when_one_comes_back():
    async with dashboard() as here:
        await here.press("2")
        await here.press("e")
        await here.press("pagedown", "pagedown", "down")
        page = here.screen
        told, cursor, top = page.filter, page.table.cursor, page.table.top
        assert not told.is_empty
        assert top > 0
        for keys in (["1"], ["3"], ["6", "enter"]):
            await here.press(*keys, "2")
            assert here.screen is page
            assert (page.filter, page.table.cursor, page.table.top) == (told, cursor, top)
            assert len(here.app.screen_stack) == 2


async def test_the_key_of_a_page_leads_back_to_it_from_what_was_opened_on_it():
    async with dashboard() as here:
        await here.press("2")
        page = here.screen
        await here.press("down", "enter")
        assert here.screen is not page
        await here.press("2")
        assert here.screen is page
        assert page.table.cursor == 1
        await here.press("2")
        assert here.screen is page


async def test_going_from_page_to_page_asks_nothing_for_the_list_behind():
    backend = ScriptedBackend([row("d")])
    async with dashboard(backend=backend) as here:
        await here.press("2")
        await here.pass_by(60)
        before = len(backend.arrived("workflows"))
        await here.press("6", "2", "6")
        assert len(backend.arrived("workflows")) == before
        await here.press("1")
        assert len(backend.arrived("workflows")) == before + 1


async def test_a_page_that_was_left_asks_nothing_until_it_is_seen_again():
    backend = Shelves(Template(id="1", name="one"))
    async with dashboard(backend=backend) as here:
        await here.press("3", "6")
        before = len(backend.arrived("templates"))
        await here.pass_by(300)
        assert len(backend.arrived("templates")) == before
        await here.press("3")
        assert len(backend.arrived("templates")) == before + 1


async def test_a_page_that_was_left_is_told_in_the_times_size_and_theme_of_now():
    async with dashboard(size=(120, 36)) as here:
        await here.press("2", "1", "Z")
        here.app.action_choose_theme("textual-light")
        await here.resize(200, 50)
        await here.press("2")
        assert here.screen.size.width == 200
        here.app.clear_notifications()
        await here.settle()
        kept = here.picture
        styles = here.screen.table.rich_style
        fresh = type(here.screen)()
        await here.app.push_screen(fresh)
        await here.settle()
        assert here.picture == kept
        assert fresh.table.rich_style == styles


async def test_a_page_opened_before_its_profile_is_followed_once_it_is_open():
    async with dashboard(refusals=[ConfigurationError()]) as here:
        await here.until(lambda: here.app.bridge.problem is not None)
        await here.press("2", "1", "r")
        await here.until(lambda: here.app.bridge.session is not None)
        await here.settle()
        await here.press("2")
        assert here.screen.table.count > 0


async def test_no_page_of_one_profile_is_left_after_going_to_another():
    places = FakePlaces(shop=holding("orders"))
    async with among(places) as here:
        await here.press("2")
        page = here.screen
        await here.press("c")
        names = [row.context.name for row in here.screen.table.rows]
        here.screen.table.go_to(names.index("shop"))
        await here.press("enter")
        await arrived(here, "shop")
        assert not page.is_attached
        await here.press("2")
        assert here.screen is not page

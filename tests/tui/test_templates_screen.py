"""Templates: found, read, and made into workflows."""

from __future__ import annotations

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.domain.template import Template, TemplateCategory, TemplateUsage, UsagePoint
from dli_tui.tui import pages
from dli_tui.tui.screens.templates import TemplatesScreen
from tests.support_backends import ScriptedBackend
from tests.support_deeds import notices
from tests.support_tui import SIZES, dashboard


class Shelves(ScriptedBackend):
    """The templates that a test puts there."""

    def __init__(self, *templates, **options):
        super().__init__(**options)
        self.found = templates

    async def templates(self, *, category=None, search=None):
        self._asked("templates", (category, search))
        return self.found

    async def template_categories(self):
        names = dict.fromkeys(one.category for one in self.found)
        return tuple(TemplateCategory(name=name, display_name=name) for name in names)


def names(here):
    return [row.name for row in here.screen.table.rows]


@pytest.mark.parametrize("size", SIZES)
async def test_templates_stand_shelf_by_shelf_and_can_be_read(size):
    async with dashboard(size=size) as here:
        await here.press("3")
        assert names(here) == [
            "Document Processing",
            "Custom Integration Template",
            "Simple HTTP Request",
            "Nightly Table Sync",
        ]
        assert ("31 workflows made of it" in here.picture) is (size[0] >= 100)
        await here.press("down", "enter")
        assert "12 workflows made of it" in here.picture
        assert "fill in     api_endpoint" in here.picture
        assert "            api_token" in here.picture
        assert "schedule    Mon at 09:00" in here.picture
        assert "Bearer {{api_token}}" in here.picture
        await here.press("escape")
        assert here.screen.focused is here.screen.table
        assert isinstance(here.screen, TemplatesScreen)


async def test_a_search_and_a_category_leave_what_fits_and_say_how_to_take_them_off():
    async with dashboard(size=(80, 24)) as here:
        await here.press("3")
        await here.press("slash")
        await here.type("INTEG custom")
        assert names(here) == ["Custom Integration Template"]
        assert "1 of 4" in here.lines[0]
        await here.press("enter", "f", "f")
        assert "category File Processing (1)" in here.picture
        assert "No template fits the filter" in here.picture
        assert "category File Processing (1), search INTEG custom" in here.picture
        await here.press("x")
        assert len(names(here)) == 4
        assert "category all" in here.picture


async def test_back_takes_the_filter_off_before_it_leaves():
    async with dashboard() as here:
        await here.press("3")
        await here.press("f")
        assert len(names(here)) == 2
        await here.press("escape")
        assert len(names(here)) == 4
        await here.press("escape")
        assert not isinstance(here.screen, TemplatesScreen)


async def test_the_cursor_stays_with_its_template_when_others_come():
    backend = Shelves(Template(id="2", name="b"), Template(id="3", name="c"))
    async with dashboard(backend=backend) as here:
        await here.press("3")
        await here.press("down")
        backend.found = (Template(id="1", name="a"), *backend.found)
        await here.press("r")
        assert names(here) == ["a", "b", "c"]
        assert here.screen.table.current.name == "c"


async def test_a_place_without_templates_says_so():
    async with dashboard(backend=Shelves()) as here:
        await here.press("3")
        assert "There are no templates in demo yet" in here.picture
        await here.press("plus")
        assert "no template here" in notices(here)[-1]


async def test_a_place_that_offers_none_says_so_to_whoever_comes_there_anyway():
    backend = Shelves(without=[Capability.TEMPLATES])
    async with dashboard(backend=backend) as here:
        await here.press("3")
        assert not isinstance(here.screen, TemplatesScreen), "the key is off"
        here.app.visit("templates")
        await here.settle()
        assert "The script doesn't offer templates" in here.picture
        await here.press("r")
        assert backend.arrived("templates") == []


async def test_an_error_is_told_and_the_last_good_picture_stays():
    backend = Shelves(Template(id="1", name="one"))
    backend.cues["templates"] = [ConnectionFailedError()]
    async with dashboard(backend=backend) as here:
        await here.press("3")
        assert "DLI-501" in here.picture
        assert "ask again" in here.picture
        await here.press("r")
        assert names(here) == ["one"]
        backend.cues["templates"] = [ConnectionFailedError()]
        await here.press("r")
        assert "OFFLINE" in here.lines[0]
        assert "one" in here.picture


async def test_what_helps_is_read_to_its_end_where_there_are_no_rows():
    told = "Sign in again: the key comes from the variable DLI_TUI_API_KEY of the environment."
    refused = ConnectionFailedError("no route", hint=told)
    backend = Shelves(cues={"templates": [refused] * 3})
    async with dashboard(backend=backend, size=(80, 24)) as here:
        await here.press("3")
        assert "DLI_TUI_API_KEY of the\n" in here.picture
        assert "\n  environment." in here.picture


async def test_a_covered_page_asks_nothing():
    backend = Shelves(Template(id="1", name="one"))
    async with dashboard(backend=backend) as here:
        await here.press("3")
        here.app.push_screen(pages.BESIDE["health"]())
        await here.settle()
        before = len(backend.arrived("templates"))
        await here.pass_by(300)
        assert len(backend.arrived("templates")) == before
        await here.press("escape")
        assert len(backend.arrived("templates")) == before + 1


async def test_nothing_of_a_hostile_template_is_obeyed():
    nasty = "[@click=app.quit]x[/] \x1b[2J\x1b]0;t\x07 [/nope]"
    config = {"steps": [{"name": nasty, "type": nasty, "config": {nasty: nasty}}]}
    template = Template(
        id=nasty,
        name=nasty,
        description=nasty,
        category=nasty,
        tags=(nasty,),
        version=nasty,
        template_config=config,
        default_cron_schedule=nasty,
    )
    async with dashboard(backend=Shelves(template), size=(200, 60)) as here:
        await here.press("3")
        await here.press("f")
        assert "[@click=app.quit]x[/]" in here.picture
        assert all(line.isprintable() for line in here.lines)
        await here.press("plus")
        assert "New workflow from [@click=app.quit]x[/]" in here.picture
        assert all(line.isprintable() for line in here.lines)


async def test_where_nothing_can_be_changed_no_workflow_is_made():
    async with dashboard(read_only=True) as here:
        await here.press("3")
        assert "new from it" not in here.lines[-1]
        await here.press("plus")
        assert "READ-ONLY" in notices(here)[-1]
        assert isinstance(here.screen, TemplatesScreen)


async def test_the_name_can_be_copied():
    async with dashboard() as here:
        await here.press("3")
        await here.press("y")
        assert here.app.clipboard == "Document Processing"


@pytest.mark.parametrize(
    "raw", ["t x", "t\n x", "t\x1b[201~ x", "t\x1b]52;c;eA==\x07 x", "t\u202e x", "t\ud800 x"]
)
async def test_of_a_name_nothing_is_copied_that_a_shell_or_a_terminal_obeys(raw):
    async with dashboard(backend=Shelves(Template(id="1", name=raw))) as here:
        await here.press("3", "y")
        assert here.app.clipboard.replace("  ", " ") == "t x"


USED = TemplateUsage(
    template_id="1",
    facts={"success_rate": 95.0, "last_used": "today"},
    series={"daily": (UsagePoint(label="Mon", count=1), UsagePoint(label="Tue", count=4))},
)


async def test_how_it_is_used_comes_once_the_cursor_rests_and_is_asked_once():
    backend = Shelves(Template(id="1", name="a"), Template(id="2", name="b"))
    backend.cues["template_usage"] = [USED]
    async with dashboard(backend=backend) as here:
        await here.press("3")
        assert backend.arrived("template_usage") == []
        await here.pass_by(1)
        told = here.screen.detail.words
        assert "success rate  95%" in told
        assert "daily  Mon to Tue, most 4" in told
        assert "▃█" in told
        await here.press("down", "up")
        await here.pass_by(1)
        assert backend.arrived("template_usage") == ["1"]
        assert "success rate  95%" in here.screen.detail.words


async def test_where_there_is_no_room_it_is_asked_when_a_template_is_read():
    backend = Shelves(Template(id="1", name="a"))
    backend.cues["template_usage"] = [USED]
    async with dashboard(backend=backend, size=(80, 24)) as here:
        await here.press("3")
        await here.pass_by(1)
        assert backend.arrived("template_usage") == []
        await here.press("enter")
        await here.pass_by(1)
        assert "success rate  95%" in here.picture


async def test_how_it_is_used_may_not_be_told_and_keeps_nobody_waiting():
    backend = Shelves(Template(id="1", name="a"))
    backend.cues["template_usage"] = [ConnectionFailedError()]
    async with dashboard(backend=backend) as here:
        await here.press("3")
        await here.pass_by(1)
        assert "DLI-501" in here.screen.detail.words
        assert "OFFLINE" not in here.lines[0]
        await here.press("r")
        await here.pass_by(1)
        assert "The server tells nothing of it" in here.screen.detail.words


async def test_where_it_is_not_told_how_it_is_used_nobody_asks():
    backend = Shelves(Template(id="1", name="a"), without=[Capability.TEMPLATE_USAGE])
    async with dashboard(backend=backend) as here:
        await here.press("3")
        await here.pass_by(1)
        assert backend.arrived("template_usage") == []


async def test_a_tag_leaves_those_that_are_filed_under_it():
    async with dashboard() as here:
        await here.press("3")
        await here.press("T")
        assert "tag api" in here.lines[1]
        assert names(here) == ["Custom Integration Template"]
        await here.press("escape")
        assert "tag all" in here.lines[1]
        assert len(names(here)) == 4

"""Everything is a few letters away: commands, themes, and any workflow by name."""

from __future__ import annotations

import pytest

from dli_tui.tui import keys
from dli_tui.tui.modals.palette import Palette
from dli_tui.tui.modals.question import Question
from tests.support_backends import ScriptedBackend, row
from tests.support_deeds import answer, notices
from tests.support_tui import dashboard


def offered(here):
    """What the palette offers."""
    return [choice.what for choice in here.screen.table.rows]


async def test_colon_and_ctrl_p_open_it_and_esc_leaves_it():
    async with dashboard() as here:
        for key in ("colon", "ctrl+p"):
            await here.press(key)
            assert isinstance(here.screen, Palette)
            await here.press("escape")
            assert not isinstance(here.screen, Palette)


async def test_a_command_is_found_by_its_name_and_done_on_the_screen_behind():
    async with dashboard(size=(80, 24)) as here:
        await here.press("colon")
        await here.type("paus")
        assert offered(here)[0] == "pause"
        await here.press("enter")
        assert isinstance(here.screen, Question)
        await here.press("enter")
        assert here.sent == [], "the same key, held a moment too long"
        await answer(here)
        assert here.sent == ["pause"]


async def test_any_workflow_is_found_though_a_filter_hides_it():
    async with dashboard() as here:
        await here.press("slash", *"zzz", "enter", "colon")
        await here.type("oreb")
        assert offered(here) == []
        for _ in range(4):
            await here.press("backspace")
        await here.type("ordsn")
        assert offered(here)[0] == "orders_snapshot"
        await here.press("enter")
        assert here.screen.table.current.name == "orders_snapshot"
        assert here.screen.listing.filter.is_empty


async def test_a_theme_is_worn_and_remembered():
    async with dashboard() as here:
        await here.press("colon")
        await here.type("nord")
        await here.press("enter")
        assert here.app.theme == "nord"
        assert here.remembered["theme"] == "nord"


async def test_a_click_does_it():
    async with dashboard() as here:
        await here.press("colon")
        await here.type("orders_")
        wanted = offered(here)[1]
        await here.pilot.click("#choices", offset=(4, 1))
        await here.settle()
        assert here.screen.table.current.name == wanted


async def test_arrows_move_and_names_with_markup_stay_words():
    async with dashboard(size=(80, 24)) as here:
        await here.press("colon")
        await here.type("legacy")
        assert "legacy.[bold]import[/bold]" in here.picture
        assert here.picture.replace("\n", "").isprintable()
        await here.press("down", "up", "down", "enter")
        assert here.screen.table.current.name.startswith("legacy.esc")


async def test_what_is_off_here_is_not_offered():
    async with dashboard(read_only=True) as here:
        await here.press("colon")
        assert "pause" not in offered(here)
        assert "filter" in offered(here)


async def test_a_key_of_ones_own_stands_beside_its_command():
    async with dashboard(keys={"do.pause": "H"}) as here:
        await here.press("colon")
        await here.type("paus")
        assert here.screen.table.rows[0].key == "H"


async def test_a_workflow_that_vanished_meanwhile_is_said_to_have():
    backend = ScriptedBackend([row("one"), row("two")])
    async with dashboard(backend=backend) as here:
        await here.press("colon")
        await here.type("two")
        backend.rows = [row("one")]
        await here.pass_by(60)
        here.app.listing.take(here.app.bridge.session.workflows)
        await here.press("enter")
        assert notices(here)[-1] == "two is no longer there"


async def test_enter_pressed_twice_at_once_goes_there_and_then_opens_what_is_there():
    async with dashboard() as here:
        await here.press("colon")
        await here.type("orders_daily")
        for key in ("enter", "enter"):
            here.app.simulate_key(key)
        await here.settle()
        assert here.app.is_running
        assert here.screen.scope == "history"
        assert here.app.home.table.current.name == "orders_daily"


async def test_times_are_told_where_they_are_told_now():
    async with dashboard(zone="Europe/Berlin") as here:
        await here.press("Z", "Z", "Z")
        assert notices(here)[-3:] == [
            "Times are now told in your zone (Europe/Berlin)",
            "Times are now told in UTC",
            "Times are now told in the schedule's zone",
        ]


@pytest.mark.parametrize(
    ("word", "command"),
    [
        ("trigger", "do.run"),
        ("kill", "do.stop"),
        ("create", "do.register"),
        ("new", "do.register"),
        ("dags", "go.list"),
        ("yaml", "go.inside"),
        ("timezone", "go.times"),
        ("time zone", "go.times"),
        ("logs", "go.log"),
        ("rerun", "do.retry"),
    ],
)
async def test_a_command_is_found_under_the_words_of_other_programs(word, command):
    async with dashboard() as here:
        await here.press("colon")
        await here.type(word)
        assert keys.BY_ID[command].action in [one.action for one in here.screen.table.rows]

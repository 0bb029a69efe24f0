"""Keys that come in one burst have their effect in the order in which they were pressed."""

from __future__ import annotations

import pytest
from textual import events
from textual.keys import _character_to_key
from textual.widgets import Input, TextArea

from tests.support_tui import dashboard


def burst(app, *keys):
    """All keys at once, as a macro or a slow connection delivers them; text letter by letter."""
    for key in keys:
        if key.startswith("<"):
            app.post_message(events.Key(key.strip("<>"), None))
        else:
            for letter in key:
                app.post_message(events.Key(_character_to_key(letter), letter))


@pytest.mark.parametrize(
    ("keys", "value"),
    [
        (("region=EU", "<backspace>", "<backspace>", "US"), "region=US"),
        (("abc", "<left>", "X", "<home>", "Y", "<end>", "Z"), "YabXcZ"),
        (("potato", "<ctrl+u>", "tomato", "<backspace>"), "tomat"),
    ],
)
async def test_a_correction_in_one_burst_ends_as_it_was_typed(keys, value):
    async with dashboard() as here:
        await here.press("R")
        burst(here.app, *keys)
        await here.settle()
        assert here.app.focused.value == value


async def test_letters_after_a_key_that_moves_the_focus_are_typed_into_the_next_field():
    async with dashboard() as here:
        await here.press("b")
        burst(
            here.app,
            "<shift+tab>",
            "<shift+tab>",
            "<ctrl+u>",
            "2026-11-01",
            "<tab>",
            "<ctrl+u>",
            "2026-11-02",
        )
        await here.settle()
        values = [line.value for line in here.screen.query(Input)]
        assert values[:2] == ["2026-11-01", "2026-11-02"]


async def test_the_keys_after_enter_are_meant_for_what_is_behind():
    async with dashboard() as here:
        burst(here.app, ":", "help", "<backspace>", "p", "<enter>", "<escape>", "jj")
        await here.settle()
        assert here.app.screen is here.app.home
        assert here.app.home.query_one("Table").cursor == 2


async def test_a_text_area_keeps_its_letters():
    async with dashboard() as here:
        area = TextArea()
        await here.app.home.mount(area)
        area.focus()
        burst(here.app, "quick", "<backspace>", "t")
        await here.settle()
        assert area.text == "quict"
        assert here.app.is_running


@pytest.mark.parametrize(("key", "action"), [("<enter>", "open"), ("D", "do")])
async def test_a_key_after_a_filter_is_done_to_the_row_that_was_found(key, action):
    async with dashboard() as here:
        burst(here.app, "/", "orders_snapshot", "<enter>", key)
        await here.settle()
        assert here.app.home.table.current.name == "orders_snapshot"
        meant = here.screen.crumbs[-1] if action == "open" else here.screen.plan.title
        assert "orders_snapshot" in meant


async def test_a_key_after_a_search_in_a_log_is_meant_for_the_hit():
    async with dashboard() as here:
        await here.press("v")
        await here.press("tab")
        burst(here.app, "/", "partition", "<enter>", "n")
        await here.settle()
        assert here.screen.log_view.needle == "partition"
        assert "partition" in here.screen.log_view.current.text

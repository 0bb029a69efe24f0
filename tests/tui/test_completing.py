"""A part of a name is typed, the rest is taken by a key, and nothing is put in by itself."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.widgets import Input

from dli_tui.tui.widgets.completing import CompletingField
from dli_tui.tui.widgets.saying import Saying

NAMES = ["Asia/Seoul", "Asia/Tokyo", "Europe/Rome"]


class Form(App[None]):
    CSS = "Saying { height: auto; } Horizontal, Input, OneLine { height: 1; }"

    def compose(self):
        yield CompletingField("zone", "zone")
        yield Input(id="next")

    def on_mount(self):
        self.query_one(CompletingField).offer(NAMES, lambda name: "far" if name < "B" else "")


def shown(pilot):
    """The names that can be taken."""
    return pilot.app.query_one("#choices-of-field", Saying).words.splitlines()


@pytest.fixture
async def pilot():
    async with Form().run_test(size=(60, 20)) as found:
        found.app.query_one(CompletingField).focus_input()
        await found.pause()
        yield found


@pytest.mark.parametrize("key", ["tab", "right"])
async def test_what_fits_a_part_is_shown_and_a_key_takes_the_first(pilot, key):
    await pilot.press(*"seo")
    assert shown(pilot) == ["  Asia/Seoul  far  tab"]
    await pilot.press(key)
    assert pilot.app.query_one(CompletingField).value == "Asia/Seoul"
    assert shown(pilot) == []
    assert pilot.app.focused.id != "next"


async def test_down_marks_another_and_enter_takes_it(pilot):
    await pilot.press("a", "down", "down")
    assert shown(pilot)[1] == "> Asia/Tokyo  far  tab"
    await pilot.press("enter")
    assert pilot.app.query_one(CompletingField).value == "Asia/Tokyo"


async def test_up_leaves_the_list_again(pilot):
    await pilot.press("a", "down", "up", "up")
    assert not any(line.startswith(">") for line in shown(pilot))


async def test_tab_in_an_empty_field_goes_on_and_takes_nothing(pilot):
    assert [line.split()[0] for line in shown(pilot)] == NAMES
    await pilot.press("tab")
    assert pilot.app.query_one(CompletingField).value == ""
    assert pilot.app.focused.id == "next"
    assert shown(pilot) == []


async def test_a_name_in_full_needs_no_list(pilot):
    field = pilot.app.query_one(CompletingField)
    field.value = "Europe/Rome"
    await pilot.pause()
    assert not field.is_open
    await pilot.press("tab")
    assert pilot.app.focused.id == "next"


async def test_a_hostile_name_is_shown_spelled_out(pilot):
    pilot.app.query_one(CompletingField).offer(["a\x1b[2J[/x]"])
    await pilot.press("a")
    assert shown(pilot) == [r"  a\x1b[2J[/x]  tab"]

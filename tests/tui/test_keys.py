"""Every command is said once, and no key means two things on one screen."""

from __future__ import annotations

import runpy
from collections import Counter
from pathlib import Path

import pytest

from dli_tui.tui import keys
from dli_tui.tui.keys import COMMANDS, Scope
from tests.support_tui import dashboard

WRITE_KEYS = {
    "do.run": "R",
    "do.backfill": "b",
    "do.stop": "s",
    "do.pause": "p",
    "do.unpause": "u",
    "do.register": "plus",
    "do.unregister": "D",
    "do.retry": "t",
    "do.edit": "E",
    "do.add": "A",
    "do.publish": "M",
}


@pytest.mark.parametrize("scope", keys.SCREENS)
def test_no_key_means_two_things_on_one_screen(scope):
    counted = Counter(key for one in keys.in_scope(scope) for key in one.keys.split(","))
    assert [key for key, count in counted.items() if count > 1] == []


def test_every_command_can_be_named_to_give_it_another_key():
    assert len({one.id for one in COMMANDS}) == len(COMMANDS)


def test_write_keys_have_one_meaning_on_every_screen():
    writing = {one.id: one.keys for one in COMMANDS if one.writes}
    assert writing == WRITE_KEYS
    assert {keys.BY_ID[one].scope for one in WRITE_KEYS} == {Scope.EVERYWHERE}


def test_every_command_says_what_it_does():
    assert all(one.label and one.help[0].isupper() and one.help[-1] != "." for one in COMMANDS)


@pytest.mark.parametrize(
    ("key", "spelled"), [("slash", "/"), ("escape", "esc"), ("ctrl+p", "ctrl+p")]
)
def test_a_key_is_spelled_as_a_person_calls_it(key, spelled):
    assert keys.spelled(key) == spelled


def test_the_readme_has_the_table_that_the_commands_make():
    table = runpy.run_path("scripts/keys_table.py")["table"]()
    assert table in Path("README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("keys_", "wanted"),
    [
        ((), ["enter open", "/ filter", "z detail", "R run"]),
        (("2",), ["enter open", "/ dataset", "v picture", "d dates"]),
        (("enter",), ["enter open", "v picture", "d dates"]),
        (("3",), ["enter read", "+ new from it", "/ find"]),
        (("4",), ["R start", "s cancel"]),
        (("4", "enter"), ["R start", "s cancel"]),
        (("c",), ["enter go there", "a add"]),
    ],
)
@pytest.mark.parametrize("size", [(60, 16), (80, 24)])
async def test_what_a_page_is_for_is_on_its_line_of_keys(size, keys_, wanted):
    async with dashboard(size=size) as here:
        await here.press(*keys_)
        assert [one for one in wanted if one not in here.lines[-1]] == []
        assert "? help" in here.lines[-1]


async def test_the_keys_of_the_pages_are_told_where_there_is_room_and_they_are_as_they_were():
    async with dashboard(size=(100, 30)) as here:
        assert "1-6 pages" in here.lines[-1]
    async with dashboard(size=(100, 30), keys={"go.sagas": "0"}) as here:
        assert "pages" not in here.lines[-1]

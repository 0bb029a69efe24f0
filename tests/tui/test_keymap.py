"""A key of one's own is in force, or the person is told why not; no command is lost to it."""

from __future__ import annotations

import pytest

from dli_tui.tui import keys
from dli_tui.tui.keymap import keymap
from dli_tui.tui.modals.palette import Palette
from tests.support_deeds import notices
from tests.support_tui import dashboard


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        ({"do.stpo": "x"}, "do.stpo is no command, did you mean do.stop?"),
        ({"quite.else": "x"}, "quite.else is no command"),
        ({"do.pause": " , "}, "do.pause names no key, so it stays on p"),
        ({"go.refresh": "p"}, "p is the key of do.pause, so go.refresh stays on r"),
        ({"list.running": "p"}, "p is the key of do.pause, so list.running stays on n"),
        ({"do.pause": "r"}, "r is the key of go.refresh, so do.pause stays on p"),
        ({"do.pause": "n"}, "n is the key of list.running, so do.pause stays on p"),
        ({"do.stop": "j"}, "j is for “a line down”, so do.stop stays on s"),
        ({"do.stop": "f9,tab"}, "tab is for “go to the next pane”, so do.stop stays on s"),
        ({"go.zoom": "h"}, "h is for “scroll a log to the left”, so go.zoom stays on z"),
        ({"go.zoom": "ctrl+q"}, "ctrl+q is for “quit”, so go.zoom stays on z"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_in_words(wishes, says):
    made = keymap(wishes)
    assert list(made.problems) == [says]
    assert made.given == {}


@pytest.mark.parametrize(
    "wishes",
    [
        {"do.pause": "u", "do.unpause": "p"},
        {"list.running": "N"},
        {"run.follow": "f"},
        {"list.sort": "h"},
        {"go.palette": "colon"},
        {"do.pause": "ctrl+p", "go.palette": "colon"},
    ],
)
def test_what_takes_no_key_from_anybody_is_in_force(wishes):
    made = keymap(wishes)
    assert not made.problems
    assert made.for_textual() == wishes


def test_of_two_wishes_for_one_key_the_later_is_refused():
    made = keymap({"do.pause": "f9", "do.stop": "f9"})
    assert made.spelled("do.pause") == "f9"
    assert made.spelled("do.stop") == "s"
    assert list(made.problems) == ["f9 is the key of do.pause, so do.stop stays on s"]


def test_a_key_that_is_given_back_is_not_given_twice():
    made = keymap({"do.stop": "p", "do.pause": "j"})
    assert made.given == {}
    assert len(made.problems) == 2


def test_blanks_and_signs_are_taken_as_they_are_meant():
    made = keymap({"do.pause": " H , f9", "go.help": "%"})
    assert made.keys("do.pause") == ("H", "f9")
    assert made.all_spelled("do.pause") == "H f9"
    assert made.keys("go.help") == ("percent_sign",)


@pytest.mark.parametrize("scope", keys.SCREENS)
def test_no_command_has_a_key_of_its_own_that_could_not_be_wished_for(scope):
    given = {one.id: one.keys for one in keys.in_scope(scope)}
    assert not keymap(given).problems


async def test_the_person_is_told_once_and_sees_what_is_in_force():
    wishes = {"go.refresh": "p", "do.stpo": "x", "list.filter": "F"}
    async with dashboard(keys=wishes) as here:
        (told,) = notices(here)
        assert told.splitlines() == [
            "Of [keys] in the config file:",
            "do.stpo is no command, did you mean do.stop?",
            "p is the key of do.pause, so go.refresh stays on r",
        ]
        assert "p pause" in here.lines[-1]
        assert "F filter" in here.lines[-1]
        await here.press("p")
        assert "Pause " in here.picture
        await here.press("escape")
        await here.press("F", *"zzzz", "enter")
        assert "x take all filters off" in here.picture


async def test_words_name_the_key_of_this_person():
    async with dashboard(keys={"list.clear": "X", "go.quit": "Q"}) as here:
        await here.press("ctrl+c")
        assert notices(here)[-1] == "Quit with Q"
        await here.press("slash", *"zzzz", "enter")
        assert "X take all filters off" in here.picture
        await here.press("X", "colon")
        assert isinstance(here.screen, Palette)
        await here.resize(50, 10)
        assert "quit with Q" in " ".join(here.picture.split())


async def test_one_key_of_two_stays_without_a_word():
    async with dashboard(keys={"go.palette": "colon"}) as here:
        assert notices(here) == []
        await here.press("ctrl+p")
        assert not isinstance(here.screen, Palette)

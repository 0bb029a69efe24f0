"""Help says every key of the screen in front, as this person has them, and how to read it."""

from __future__ import annotations

import pytest

from dli_tui.domain import stepkinds
from dli_tui.tui import keys
from dli_tui.tui.keymap import keymap
from dli_tui.tui.keys import Place, Scope
from dli_tui.tui.looks import RUNS, SCHEDULES, Looks
from dli_tui.tui.modals import help as help_page
from dli_tui.tui.modals.columns import ColumnsScreen
from dli_tui.tui.modals.help import HelpScreen
from dli_tui.tui.modals.palette import Palette
from dli_tui.tui.modals.question import Question
from dli_tui.tui.modals.views import ViewsScreen
from dli_tui.tui.widgets.lines import Lines
from dli_tui.tui.widgets.logview import LogView
from dli_tui.tui.widgets.month import Month
from dli_tui.tui.widgets.options import Options
from tests.support_tui import dashboard


def words(scope, *, mapped=None, looks=None):
    told = help_page.told(scope, looks or Looks(), keymap(mapped or {}), lambda _command: "")
    return ["".join(piece.text for piece in line) for line in told]


@pytest.mark.parametrize("scope", keys.SCREENS)
def test_every_command_of_the_screen_is_told_with_its_key(scope):
    told = words(scope)
    for command in keys.in_scope(scope):
        key = keys.spelled(command.keys.split(",")[0])
        assert any(line.split()[:1] == [key] and command.help in line for line in told)


def test_what_is_off_for_one_reason_says_it_once_and_how_much_it_is_of():
    off = {"run.search", "run.next", "run.previous", "do.backfill"}
    told = help_page.told(
        Scope.RUN, Looks(), keymap({}), lambda one: "it has no logs" if one.id in off else ""
    )
    said = ["".join(piece.text for piece in line).strip() for line in told]
    assert [line for line in said if "it has no logs" in line] == [
        "None of these 3: it has no logs",
        "it has no logs",
    ]


async def test_where_nothing_can_be_changed_it_says_so_of_what_would():
    async with dashboard(read_only=True) as here:
        await here.press("3", "question_mark")
        assert "None of these 4: READ-ONLY: nothing can be changed from here" in here.picture


def test_keys_of_ones_own_are_told():
    told = words(Scope.LIST, mapped={"do.pause": "H, f9"})
    assert any(line.split()[:2] == ["H", "f9"] and "Hold the schedule" in line for line in told)


@pytest.mark.parametrize("looks", [Looks(), Looks(ascii=True)])
def test_every_glyph_is_explained(looks):
    told = [line.split() for line in words(Scope.RUN, looks=looks)]
    for look in (*RUNS.values(), *SCHEDULES.values()):
        assert [looks.glyph(look), look.word] in told


async def test_it_scrolls_to_its_end_and_is_left_on_a_small_terminal():
    async with dashboard(size=(80, 24)) as here:
        await here.press("question_mark")
        assert "Help: Workflows" in here.picture
        assert "esc close" in here.picture
        await here.press("G")
        assert "owner:ann" in here.picture
        await here.press("escape")
        assert not isinstance(here.screen, HelpScreen)


async def test_esc_pressed_twice_at_once_leaves_no_more_than_the_help():
    async with dashboard() as here:
        await here.press("question_mark")
        for _ in range(3):
            here.app.simulate_key("escape")
        await here.settle()
        assert here.app.is_running
        assert len(here.app.screen_stack) == 1


PLANNING: list[Scope] = [
    one for one in keys.SCREENS if "do.backfill" in {c.id for c in keys.in_scope(one)}
]
EDITING: list[Scope] = [
    one for one in keys.SCREENS if "do.edit" in {c.id for c in keys.in_scope(one)}
]
ONLY_ON: dict[Place, list[Scope]] = {
    Place.LOG: [Scope.RUN],
    Place.VIEWS: [Scope.LIST],
    Place.COLUMNS: [Scope.LIST],
    Place.MONTH: PLANNING,
    Place.DOCUMENT: EDITING,
}
"""The keys that are of no use on other screens, and not told there."""


@pytest.mark.parametrize("scope", keys.SCREENS)
def test_what_no_one_can_change_is_told_too(scope):
    told = words(scope)
    elsewhere = {place for place, scopes in ONLY_ON.items() if scope not in scopes}
    for one in keys.FIXED:
        key = keys.spelled(one.keys.split(",")[0])
        is_told = any(line.split()[:1] == [key] and one.help in line for line in told)
        assert is_told is (one.place not in elsewhere), one


@pytest.mark.parametrize(
    ("owner", "place"),
    [
        (Lines, Place.LINES),
        (LogView, Place.LOG),
        (Question, Place.QUESTION),
        (Palette, Place.PALETTE),
        (HelpScreen, Place.HELP),
        (Options, Place.OPTIONS),
        (Month, Place.MONTH),
        (ViewsScreen, Place.VIEWS),
        (ColumnsScreen, Place.COLUMNS),
    ],
)
def test_no_widget_has_a_key_that_is_not_declared_with_the_others(owner, place):
    assert keys.fixed(place) == owner.BINDINGS
    assert {one.action for one in owner.BINDINGS} == {
        one.action for one in keys.FIXED if one.place is place and one.action
    }


@pytest.mark.parametrize("scope", keys.SCREENS)
def test_no_heading_stands_over_nothing(scope):
    lines = [line.rstrip() for line in words(scope)]
    headings = [at for at, line in enumerate(lines) if line and not line.startswith(" ")]
    assert headings
    assert all(lines[at + 1].startswith(" ") for at in headings)


@pytest.mark.parametrize(
    ("scope", "word"),
    [(Scope.SAGA, "compensating"), (Scope.SAGAS, "cancel requested"), (Scope.HEALTH, "degraded")],
)
def test_the_glyphs_of_a_screen_are_explained_there_and_only_there(scope, word):
    assert any(word in line for line in words(scope))
    assert not any(word in line for line in words(Scope.LIST))


def test_the_help_of_a_configuration_tells_what_each_kind_of_step_may_be_told():
    told = "\n".join(words(Scope.CONFIGURATION))
    for kind in stepkinds.KINDS:
        assert f"A step of type {kind.name}" in told
        assert all(setting.says in told for setting in kind.settings)
    assert "A step of type" not in "\n".join(words(Scope.RUN))

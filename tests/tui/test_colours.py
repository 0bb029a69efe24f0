"""Status colours can be read on every theme."""

from __future__ import annotations

import pytest
from textual.color import Color
from textual.theme import BUILTIN_THEMES

from dli_tui.tui.colours import READABLE, SAFE_THEME, contrast, readable, status_variables
from dli_tui.tui.looks import Tone

THEMES = [*BUILTIN_THEMES.values(), SAFE_THEME]
DRAWN = [theme for theme in THEMES if not theme.ansi]


def told(theme):
    variables = theme.to_color_system().generate()
    return variables, status_variables(variables, ansi=theme.ansi)


@pytest.mark.parametrize("theme", DRAWN, ids=lambda theme: theme.name)
@pytest.mark.parametrize("tone", Tone)
def test_every_tone_stands_out_from_whatever_it_is_drawn_on(theme, tone):
    variables, statuses = told(theme)
    colour = Color.parse(statuses[f"status-{tone}"])
    grounds = variables["background"], variables["surface"], statuses["cursor-line"]
    assert min(contrast(colour, Color.parse(ground)) for ground in grounds) >= READABLE - 0.05


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_failed_completed_and_running_look_different(theme):
    _, statuses = told(theme)
    assert len({statuses[f"status-{tone}"] for tone in ("failed", "completed", "running")}) == 3


@pytest.mark.parametrize("theme", [one for one in THEMES if one.ansi], ids=lambda theme: theme.name)
def test_a_terminal_of_sixteen_colours_gets_its_own(theme):
    _, statuses = told(theme)
    assert all(colour.startswith("ansi_") for colour in statuses.values())


def test_the_safe_theme_tells_failed_from_completed_without_red_and_green():
    _, statuses = told(SAFE_THEME)
    failed, completed = (Color.parse(statuses[f"status-{one}"]) for one in ("failed", "completed"))
    assert failed.r > failed.b
    assert completed.b > completed.r


@pytest.mark.parametrize(
    ("one", "other", "apart"), [("black", "white", 21.0), ("#777777", "white", 4.48)]
)
def test_contrast_is_reckoned_as_wcag_does(one, other, apart):
    assert contrast(Color.parse(one), Color.parse(other)) == pytest.approx(apart, abs=0.01)


def test_what_can_be_read_already_stays_as_it_is():
    white = Color.parse("white")
    assert readable(white, [Color.parse("black")]) == white

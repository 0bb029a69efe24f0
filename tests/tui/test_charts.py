"""The pictures of a history as words: readable without colour, and safe to show."""

from datetime import date

import pytest

from dli_tui.domain.ids import RunRef
from dli_tui.domain.status import RunStatus, StepStatus
from dli_tui.present import outcomes
from dli_tui.present.rows import Mark
from dli_tui.present.stepgrid import Cell, Grid
from dli_tui.tui import charts
from dli_tui.tui.looks import Looks, Tone

DONE, FAILED = RunStatus.COMPLETED, RunStatus.FAILED
PLAIN, ASCII = Looks(), Looks(ascii=True)
TODAY = date(2026, 11, 21)
MARKS = [
    Mark(RunRef(f"r{at}"), FAILED if at == 3 else DONE, seconds=10.0 + at % 4) for at in range(8)
]


def words(lines):
    return ["".join(piece.text for piece in line) for line in lines]


def calendar(looks, runs=((TODAY, FAILED), (TODAY, FAILED), (TODAY, DONE))):
    shown = outcomes.calendar(outcomes.days(runs), TODAY, None, 20)
    return charts.of_calendar(shown, "Asia/Seoul", looks)


def grid(*lines, runs=(DONE, FAILED), awaited=False):
    return Grid(runs, lines, awaited)


def test_a_trend_has_bars_the_median_and_how_each_run_went():
    told = words(charts.draw_trend(MARKS, 11.5, 40, 8, PLAIN))
    assert told[-1] == "── median 12s, of what went well lately"
    assert told[-2].strip() == "✓ ✓ ✓ ✗ ✓ ✓ ✓ ✓"
    assert any("─" in line and line.strip().startswith("12s") for line in told)
    assert len(told) <= 8


def test_a_bar_has_the_colour_of_how_its_run_went():
    lines = charts.draw_trend(MARKS, None, 40, 8, PLAIN)
    bars = [piece for line in lines for piece in line if piece.text == "█"]
    assert {piece.tone for piece in bars} == {Tone.FAILED, Tone.COMPLETED}


@pytest.mark.parametrize("width", [20, 41, 76])
def test_no_picture_is_wider_than_its_room(width):
    wide = grid(("a_step_with_a_long_name", (Cell(StepStatus.COMPLETED),) * 90), runs=(DONE,) * 90)
    trend = charts.draw_trend(MARKS * 20, 12.0, width, 10, PLAIN)
    for lines in (trend[:-1], charts.of_grid(wide, width, PLAIN)[:-1]):
        assert max(map(len, words(lines))) <= width


def test_too_few_good_runs_have_no_median():
    assert words(charts.draw_trend(MARKS, None, 40, 8, PLAIN))[-1].startswith("Too few")


def test_a_day_has_its_worst_outcome_and_how_often_and_a_legend_in_words():
    told = words(calendar(PLAIN))
    assert told[6].startswith("Sa ")
    assert told[6].rstrip().endswith("✗2")
    assert "✗ failed" in told[8]
    assert "· no run" in told[8]
    assert "✓ completed" not in told[8]
    assert "days in Asia/Seoul" in told[9]


def test_the_grid_has_a_line_a_step_and_shows_only_what_ran_and_failed_as_failed():
    cells = (Cell(StepStatus.COMPLETED), Cell(StepStatus.FAILED))
    after = (Cell(None), Cell(StepStatus.FAILED, reached=False))
    lines = charts.of_grid(grid(("load", cells), ("check", after)), 50, PLAIN)
    told = words(lines)
    assert [line.split() for line in told[:3]] == [["run", "✓✗"], ["load", "✓✗"], ["check", "··"]]
    assert told[3].endswith("· not run")


def test_where_there_is_nothing_it_says_why():
    assert words(charts.draw_trend([], None, 40, 8, PLAIN)) == ["Nothing has run yet"]
    assert words(charts.of_grid(grid(awaited=True), 40, PLAIN)) == ["Asking for the steps …"]
    assert words(charts.of_grid(grid(), 40, PLAIN)) == ["No steps are kept of these runs"]
    assert words(calendar(PLAIN, runs=()))[-1] == "Nothing has run yet"


def test_in_ascii_every_picture_is_ascii():
    cells = (Cell(StepStatus.COMPLETED), Cell(None))
    lines = [
        *charts.draw_trend(MARKS, 11.5, 40, 8, ASCII),
        *calendar(ASCII),
        *charts.of_grid(grid(("load", cells)), 40, ASCII),
    ]
    assert "\n".join(words(lines)).isascii()


def test_a_zone_or_a_reason_of_the_server_is_told_safely():
    shown = outcomes.calendar(outcomes.days([(TODAY, DONE)]), TODAY, None, 20)
    told = [*charts.of_calendar(shown, "a\x1b[2Jb", PLAIN), *charts.note("x\x1b]0;t\x07y")]
    assert "\x1b" not in "".join(words(told))


def test_a_long_name_leaves_the_key_of_the_next_picture_in_sight():
    (line,) = charts.title(charts.Picture.CALENDAR, "v", 40, "sales." * 10)
    told = "".join(piece.text for piece in line)
    assert told.endswith("  v next")
    assert len(told) == 40

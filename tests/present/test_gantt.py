"""Bars on a time axis that the steps of a run share."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dli_tui.domain.status import StepStatus
from dli_tui.present import gantt
from dli_tui.present.rows import StepRow
from tests.present.support import NOW

START = NOW - timedelta(seconds=120)
AXIS = (START, NOW)


def at(seconds):
    return None if seconds is None else START + timedelta(seconds=seconds)


def bar(queued, started, finished, width=12, *, glyphs=gantt.UNICODE, now=120):
    return gantt.bar(width, AXIS, at(queued), at(started), at(finished), at(now), glyphs)


def step(queued=None, started=None, finished=None):
    return StepRow(
        *("s", "s", StepStatus.RUNNING, "", "", 1, None),
        *(at(queued), at(started), at(finished), None, ""),
    )


@pytest.mark.parametrize(
    ("moments", "drawn", "in_ascii"),
    [
        ((0, 20, 60), "░░████      ", "..####      "),
        ((None, 20, 65), "  ████▌     ", "  #####     "),
        ((None, 22, 60), "  ████      ", "  ####      "),
        ((None, 25, 60), "  ▐███      ", "  ####      "),
        ((None, 60, 60), "      ▏     ", "      #     "),
        ((None, 120, 120), "           ▐", "           #"),
        ((None, 0, 120), "████████████", "############"),
        ((None, 90, None), "         ██►", "         ##>"),
        ((30, None, None), "   ░░░░░░░░░", "   ........."),
        ((None, None, None), "            ", "            "),
        ((None, None, 30), "   ▏        ", "   #        "),
        ((None, 60, 30), "      ▏     ", "      #     "),
        ((90, 60, 70), "      █     ", "      #     "),
        ((-60, -30, 500), "████████████", "############"),
    ],
)
def test_a_step_is_light_where_it_waited_and_full_where_it_worked(moments, drawn, in_ascii):
    assert bar(*moments) == drawn
    assert bar(*moments, glyphs=gantt.ASCII) == in_ascii


def test_the_end_is_told_to_the_eighth():
    ends = [bar(None, 0, 10 + eighth * 1.25)[1] for eighth in range(1, 9)]
    assert "".join(ends) == "▏▎▍▌▋▊▉█"


MOMENTS = st.none() | st.floats(-300, 300)


@given(MOMENTS, MOMENTS, MOMENTS, st.floats(-300, 300), st.integers(0, 60))
def test_whatever_the_clocks_say_a_bar_is_as_wide_as_asked(queued, started, finished, now, width):
    for glyphs in (gantt.UNICODE, gantt.ASCII):
        drawn = bar(queued, started, finished, width, glyphs=glyphs, now=now)
        assert len(drawn) == width
        if width and started is not None:
            assert drawn.strip(" " + glyphs.queued)


def test_the_axis_goes_from_the_first_to_the_last_moment():
    steps = [step(10, 20, 90), step(), step(30, 95, 100)]
    assert gantt.axis(steps, at(5), at(110), NOW) == (at(5), at(110))
    assert gantt.axis(steps, None, at(50), NOW) == (at(10), at(100))


def test_the_axis_ends_now_while_the_run_goes_on():
    assert gantt.axis([step(0, 10)], at(0), None, NOW) == (at(0), NOW)


def test_before_anything_began_there_is_no_axis():
    assert gantt.axis([step()], None, None, NOW) is None


def test_an_axis_is_never_without_length():
    assert gantt.axis([], at(0), at(-5), NOW) == (at(0), at(1))


@pytest.mark.parametrize(
    ("seconds", "width", "ticks"),
    [
        (120, 40, {"0s": 0, "30s": 10, "1m": 20, "1m30s": 30}),
        (8, 40, {"0s": 0, "2s": 10, "4s": 20, "6s": 30}),
        (3600, 30, {"0s": 0, "30m": 15}),
        (86_400 * 40, 40, {"0s": 0, "10d": 10, "20d": 20, "30d": 30}),
        (120, 3, {"0s": 0}),
    ],
)
def test_ticks_are_round_times_and_stand_where_they_belong(seconds, width, ticks):
    ruler = gantt.ruler(width, (START, at(seconds)))
    labels = ruler.replace("─", " ").split()
    assert {label: f" {ruler} ".index(f" {label} ") for label in labels} == ticks
    assert gantt.ruler(width, (START, at(seconds)), gantt.ASCII) == ruler.replace("─", "-")


def test_between_ticks_there_is_a_line():
    assert gantt.ruler(24, AXIS) == "0s ──────── 1m ─────────"


@given(st.floats(0, 10**8), st.integers(0, 200))
def test_a_ruler_is_as_wide_as_asked_and_begins_at_nought(seconds, width):
    ruler = gantt.ruler(width, (START, at(seconds)))
    assert len(ruler) == width
    if width >= 2:
        assert ruler.startswith("0s")

"""Bars of durations with the line of the median, on exactly the room there is."""

import pytest

from dli_tui.domain.ids import RunRef
from dli_tui.domain.status import RunStatus
from dli_tui.present import trend
from dli_tui.present.rows import Mark

DONE, FAILED = RunStatus.COMPLETED, RunStatus.FAILED
BARS = 10


def marks(*seconds, status=DONE):
    return [Mark(RunRef(f"r{at}"), status, seconds=one) for at, one in enumerate(seconds)]


def drawn(found, median=None, width=BARS + trend.LABEL_WIDTH, height=2, bars=trend.UNICODE):
    return trend.trend(found, median, width, height, bars)


def test_the_longest_run_has_the_whole_height_and_half_of_it_the_half():
    shown = drawn(marks(10, 5, 10, 5, 10, 5))
    assert shown.lines == ("█ █ █ ", "██████")


def test_few_runs_stand_apart_so_that_each_can_be_seen():
    shown = drawn(marks(10, 5))
    assert shown.step == 2
    assert shown.lines == ("█   ", "█ █ ")


def test_the_newest_runs_are_kept_where_there_is_no_room_for_all():
    shown = drawn(marks(*range(1, 31)))
    assert [mark.seconds for mark in shown.marks] == list(range(21, 31))
    assert all(len(line) == BARS for line in shown.lines)


def test_the_median_is_a_line_behind_the_bars_with_its_value_beside_it():
    shown = drawn(marks(10, 1, 10, 1, 10, 1), median=6, height=2)
    assert shown.lines[0] == "█─█─█─"
    assert [label.strip() for label in shown.labels] == ["6s", "0s"]


def test_the_longest_duration_stands_at_the_top():
    shown = drawn(marks(102, 5), height=3)
    assert [label.strip() for label in shown.labels] == ["1m42s", "", "0s"]


def test_a_run_of_unknown_duration_is_a_blank_and_one_of_no_time_is_seen():
    shown = drawn(marks(None, 0, 10, 10, 10, 10), height=1)
    assert shown.lines == (" ▁████",)


@pytest.mark.parametrize("seconds", [(), (None, None)])
def test_without_any_duration_there_is_nothing_to_draw(seconds):
    assert "".join(drawn(marks(*seconds)).lines).strip() == ""


def test_a_cell_knows_how_its_run_went():
    shown = drawn([*marks(1), *marks(2, status=FAILED)])
    assert [shown.statuses(cell) for cell in range(4)] == [DONE, None, FAILED, None]


def test_in_ascii_the_chart_is_ascii():
    shown = drawn(marks(10, 1, 6), median=5, height=3, bars=trend.ASCII)
    assert "".join((*shown.lines, *shown.labels)).isascii()
    assert shown.lines[0].startswith("#")

"""Lines of a log as rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dli_tui.domain.log import LogLine
from dli_tui.domain.text import MAX_LINE
from dli_tui.present.loglines import log_rows
from dli_tui.present.rows import LogRow
from tests.present.support import HOSTILE, NOW, is_safe


def texts(text):
    return [row.text for row in log_rows([LogLine(text=text)])]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("2026-03-10 09:41:00,1 - app - ERROR - broke", "error"),
        ("[2026-03-10] {dag.py:7} WARNING - slow", "warning"),
        ("WARN slow", "warning"),
        ("INFO: fine", "info"),
        ("TRACE x", "debug"),
        ("FATAL: gone", "error"),
        ("error: broke", "error"),
        ("[warn] slow", "warning"),
        ('{"level": "error", "event": "x"}', "error"),
        ("ts=1 level=info msg=x", "info"),
        ("Traceback (most recent call last):", "error"),
        ("ValueError: bad", "error"),
        ("pkg.mod.OddException", "error"),
        ("no ERRORS found", ""),
        ("ERROR_COUNT=0", ""),
        ("information about errors", ""),
        ("error handling is on", ""),
        ("x" * 80 + " ERROR", ""),
        ("", ""),
    ],
)
def test_a_level_is_read_from_the_start_of_a_line(text, level):
    assert [row.level for row in log_rows([LogLine(text=text)])] == [level]


@pytest.mark.parametrize(
    ("given_level", "level"),
    [("info", "info"), ("WARN", "warning"), ("critical", "error"), ("odd\x1b[1m", "")],
)
def test_a_level_that_is_given_counts(given_level, level):
    assert log_rows([LogLine(text="ERROR", level=given_level)])[0].level == level


def test_a_line_with_breaks_is_several_rows_of_one_moment():
    line = LogLine(text="one\r\n\ttwo\rERROR three\n", at=NOW)
    assert log_rows([line]) == [
        LogRow("one", "", NOW),
        LogRow("    two", "", NOW),
        LogRow("ERROR three", "error", NOW),
    ]


def test_long_lines_are_cut_only_beyond_measure():
    assert texts("x" * MAX_LINE) == ["x" * MAX_LINE]
    assert [len(text) for text in texts("x" * 9_000)] == [MAX_LINE]


def test_markup_stays_as_it_is_and_nothing_is_obeyed():
    shown = texts(HOSTILE)
    assert all(is_safe(text) for text in shown)
    assert "[bold red]d[/]" in "".join(shown)


@given(st.text(max_size=60))
def test_no_line_is_obeyed(text):
    assert all(is_safe(shown) for shown in texts(text))


def test_lines_of_one_second_share_what_says_so():
    ticks = [NOW.replace(microsecond=micro) for micro in (1, 900)]
    first, second = log_rows([LogLine(text="x", at=at) for at in ticks])
    assert first.at is second.at
    assert first.at == NOW.replace(microsecond=0)

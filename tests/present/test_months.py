"""A month is laid out in weeks that begin on Monday."""

from datetime import date

import pytest

from dli_tui.present import months


def test_weeks_begin_on_monday_and_leave_out_other_months():
    found = months.weeks(date(2026, 11, 21))
    assert found[0] == [None] * 6 + [date(2026, 11, 1)]
    assert found[-1][0] == date(2026, 11, 30)
    assert found[-1][1:] == [None] * 6


@pytest.mark.parametrize(("year", "month"), [(2026, 8), (2026, 2), (2027, 2), (2028, 2)])
def test_no_month_takes_more_lines_than_there_are(year, month):
    assert len(months.weeks(date(year, month, 1))) <= months.WEEKS


def test_a_month_is_called_by_name_and_year():
    assert months.title(date(2026, 11, 21)) == "November 2026"


def test_a_month_has_a_first_and_a_last_day():
    assert months.bounds(date(2028, 2, 5)) == (date(2028, 2, 1), date(2028, 2, 29))


@pytest.mark.parametrize(
    ("day", "by", "then"),
    [
        (date(2026, 11, 21), 1, date(2026, 12, 21)),
        (date(2026, 12, 21), 1, date(2027, 1, 21)),
        (date(2026, 1, 5), -1, date(2025, 12, 5)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 5, 31), 1, date(2026, 6, 30)),
    ],
)
def test_turning_a_page_keeps_the_day_as_far_as_the_month_has_it(day, by, then):
    assert months.turned(day, by) == then

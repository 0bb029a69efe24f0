"""A date is read as a person types it, or not at all."""

from datetime import date

import pytest

from dli_tui.present import dates

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-11-03", date(2026, 11, 3)),
        (" 2026-11-03 ", date(2026, 11, 3)),
        ("today", TODAY),
        ("Yesterday", date(2026, 11, 20)),
        ("7d", date(2026, 11, 14)),
        ("0d", TODAY),
    ],
)
def test_what_is_a_date_is_read(typed, day):
    assert dates.read(typed, TODAY) == day


@pytest.mark.parametrize(
    "typed", ["", "soon", "2026-13-01", "2026-02-30", "20261103", "d", "12345d", "0001-01-01"]
)
def test_what_is_none_is_none(typed):
    assert dates.read(typed, TODAY) is None

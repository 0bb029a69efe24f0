"""Months as weeks of days, from Monday to Sunday. Pure."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import Final

_CALENDAR: Final = calendar.Calendar()
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
WEEKS: Final = 6
"""So many lines hold any month, so that turning a page moves nothing below it."""


def weeks(of: date) -> list[list[date | None]]:
    """The month of a day, week by week; None where a day is another month's."""
    return [
        [day if day.month == of.month else None for day in week]
        for week in _CALENDAR.monthdatescalendar(of.year, of.month)
    ]


def title(of: date) -> str:
    """`November 2026`."""
    return f"{_MONTHS[of.month - 1]} {of.year}"


def bounds(of: date) -> tuple[date, date]:
    """The first and the last day of a month."""
    last = calendar.monthrange(of.year, of.month)[1]
    return of.replace(day=1), of.replace(day=last)


def turned(of: date, by: int) -> date:
    """The same day some months on, or the last one where that month is shorter."""
    months = of.year * 12 + of.month - 1 + by
    first = date(months // 12, months % 12 + 1, 1)
    return min(first + timedelta(days=of.day - 1), bounds(first)[1])

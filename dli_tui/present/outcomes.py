"""How each day went: weeks side by side, a cell a day with the worst that happened on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import zip_longest
from typing import Final, NamedTuple

from dli_tui.domain.status import RunStatus
from dli_tui.present.months import WEEKDAYS
from dli_tui.present.words import MONTHS
from dli_tui.present.worst import rank

MANY: Final = "*"
"""In place of a number over nine."""
CELL_WIDTH: Final = 3
_LABEL_WIDTH: Final = 3
_MONTH_WIDTH: Final = 3
_MOST: Final = 9
_WEEK: Final = timedelta(days=7)


class Day(NamedTuple):
    """One day: the worst of its runs, how many went like that, and how many there were."""

    worst: RunStatus
    like_it: int
    runs: int

    @property
    def number(self) -> str:
        """How many went like the worst, in a cell; one goes without saying."""
        if self.like_it == 1:
            return ""
        return str(self.like_it) if self.like_it <= _MOST else MANY


class Cell(NamedTuple):
    """One day of the calendar; `day` is None where no run was."""

    day: Day | None
    known: bool
    """Whether the runs of that day have been looked at, and it isn't still to come."""


class Calendar(NamedTuple):
    """Seven lines of weeks, the newest at the right, and the months above them."""

    months: str
    lines: tuple[tuple[Cell, ...], ...]


def days(outcomes: Iterable[tuple[date, RunStatus]]) -> dict[date, Day]:
    """The days on which something ran."""
    found: dict[date, dict[RunStatus, int]] = {}
    for day, status in outcomes:
        counts = found.setdefault(day, {})
        counts[status] = counts.get(status, 0) + 1
    return {day: _day(counts) for day, counts in found.items()}


def calendar(known: Mapping[date, Day], today: date, since: date | None, width: int) -> Calendar:
    """As many weeks up to `today` as fit; before `since` nobody has looked."""
    weeks = max(1, (width - _LABEL_WIDTH) // CELL_WIDTH)
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - _WEEK * back for back in reversed(range(weeks))]
    lines = tuple(
        tuple(_cell(known, day + timedelta(days=weekday), today, since) for day in mondays)
        for weekday in range(len(WEEKDAYS))
    )
    return Calendar(_months(mondays), lines)


def _cell(known: Mapping[date, Day], day: date, today: date, since: date | None) -> Cell:
    found = known.get(day)
    looked_at = day <= today and (since is None or day >= since)
    return Cell(found, looked_at or found is not None)


def _day(counts: Mapping[RunStatus, int]) -> Day:
    worst = min(counts, key=rank)
    return Day(worst, counts[worst], sum(counts.values()))


def _months(mondays: Sequence[date]) -> str:
    """The name of each month over its first week; one that has no room is left out."""
    months = [monday.month for monday in mondays]
    starts = [at for at, month in enumerate(months) if at == 0 or months[at - 1] != month]
    line = ""
    for start, after in zip_longest(starts, starts[1:], fillvalue=len(months) + 1):
        if (after - start) * CELL_WIDTH > _MONTH_WIDTH:
            line = line.ljust(start * CELL_WIDTH) + MONTHS[months[start] - 1]
    return " " * _LABEL_WIDTH + line

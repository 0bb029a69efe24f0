"""Which rows need a look, and in what order a list stands.

"Worst first" is the order of the morning: what failed, what is late, what runs longer than usual,
what has a failed date behind its last run, what was paused after it failed, what runs, the rest.
An order is total, so that a list never jumps without a reason: ties go by name and source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import itemgetter
from typing import Any, Final, NamedTuple

from dli_tui.domain.clock import GRACE
from dli_tui.domain.status import WorkflowStatus
from dli_tui.present import strips
from dli_tui.present.rows import BAD, Mark, WorkflowRow

FAILED: Final = 0
LATE: Final = 1
OVERDUE: Final = 2
"""A run takes longer than nineteen of twenty did."""
FAILED_BEFORE: Final = 3
"""The last run went well, but an earlier logical date failed and was not run again."""
PAUSED_FAILED: Final = 4
"""It failed and was paused then: somebody knows of it, so it stands below what is live."""
RUNNING: Final = 5
CALM: Final = 6
_ACTIVE: Final = WorkflowStatus.ACTIVE
_BIGGEST_FIRST: Final = frozenset({"last", "duration", "runs"})

Value = Callable[[WorkflowRow, datetime], Any]


class Order(NamedTuple):
    """By what a list is sorted, and whether the biggest comes first."""

    column: str
    descending: bool


WORST: Final = Order("worst", descending=False)
"""The order that a list has as long as no other is chosen."""


def severity(row: WorkflowRow, now: datetime) -> int:
    """How much a row needs a look, 0 the most.

    What is disabled or overridden isn't meant to work, so it is no problem, unless it stands still
    because its definition can't be loaded any more.
    """
    if row.unreadable or row.import_error:
        return FAILED
    if row.status is WorkflowStatus.PAUSED and row.last in BAD:
        return PAUSED_FAILED
    if row.status is _ACTIVE:
        if row.last in BAD:
            return FAILED
        if is_late(row, now):
            return LATE
        if is_overdue(row, now):
            return OVERDUE
        if row.marks and failed_before(row):
            return FAILED_BEFORE
    return RUNNING if row.running else CALM


def is_problem(row: WorkflowRow, now: datetime) -> bool:
    """Whether somebody has to look at it."""
    return severity(row, now) < RUNNING


def is_late(row: WorkflowRow, now: datetime) -> bool:
    """Whether a slot has passed and no run has come of it."""
    return row.due is not None and row.status is _ACTIVE and now - row.due > GRACE


def is_overdue(row: WorkflowRow, now: datetime) -> bool:
    """Whether the run under way takes longer than usual."""
    return row.overdue_at is not None and now > row.overdue_at


def failed_before(row: WorkflowRow) -> tuple[datetime, ...]:
    """The logical dates behind the last run that failed and were not run again, newest first."""
    newest: dict[datetime, Mark] = {}
    for mark in reversed(row.marks):
        if mark.slot is not None:
            newest.setdefault(mark.slot, mark)
    return tuple(slot for slot, mark in newest.items() if mark.status in BAD)


def natural(column: str) -> bool:
    """Whether a column is first wanted descending: newest, longest, most failures."""
    return column in _BIGGEST_FIRST


def by_name(rows: Iterable[WorkflowRow]) -> list[WorkflowRow]:
    """The rows in the order of their names."""
    return sorted(rows, key=identity)


def arranged(named: list[WorkflowRow], order: Order, now: datetime) -> list[WorkflowRow]:
    """Rows that stand in the order of their names, in another order; those without a value stand
    last in either direction."""
    if order.column == "name":
        return named[::-1] if order.descending else named
    value = _VALUES[order.column]
    # Sorting what is already in order of names keeps that order among equals, both ways.
    valued = [(found, row) for row in named if (found := value(row, now)) is not None]
    valued.sort(key=itemgetter(0), reverse=order.descending)
    done = [row for _, row in valued]
    if len(done) < len(named):
        done += [row for row in named if value(row, now) is None]
    return done


def next_turn(row: WorkflowRow, now: datetime) -> datetime | None:
    """The next moment at which time alone makes a row late, or its run longer than usual."""
    if row.status is not _ACTIVE or (row.due is None and row.overdue_at is None):
        return None
    turns = []
    if row.due is not None and row.due >= now - GRACE:
        turns.append(row.due + GRACE + datetime.resolution)
    if row.overdue_at is not None and row.overdue_at >= now:
        turns.append(row.overdue_at + datetime.resolution)
    return min(turns, default=None)


def identity(row: WorkflowRow) -> str:
    """The name in any case, then what tells apart rows whose names are the same that way."""
    return f"{row.name.casefold()}\0{row.source}\0{row.key.name}"


def _next(row: WorkflowRow, now: datetime) -> datetime | None:
    """When it should run: for a late one, when it should have."""
    if row.status is not _ACTIVE:
        return None
    return row.due if is_late(row, now) else row.next_at


def _duration(row: WorkflowRow, now: datetime) -> float | None:
    if row.running and row.began is not None:
        return (now - row.began).total_seconds()
    return row.seconds


def _failures(row: WorkflowRow, _now: datetime) -> int | None:
    return strips.failures(row.marks) if row.marks else None


def _owner(row: WorkflowRow, _now: datetime) -> str | None:
    """As the column shows them: the team, then the person."""
    return f"{row.team} {row.owner}".strip().casefold() or None


_STATUS_ORDER: Final = {status: place for place, status in enumerate(WorkflowStatus)}
_VALUES: Final[dict[str, Value]] = {
    "worst": severity,
    "source": lambda row, _now: row.source,
    "status": lambda row, _now: _STATUS_ORDER[row.status],
    "last": lambda row, _now: row.last_at,
    "next": _next,
    "duration": _duration,
    "runs": _failures,
    "owner": _owner,
}

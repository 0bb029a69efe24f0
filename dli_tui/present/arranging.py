"""Which rows need a look, and in what order a list stands.

"Worst first" is the order of the morning: what failed, what is late, what runs, the rest. An
order is total, so that a list never jumps without a reason: ties go by name and source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from operator import itemgetter
from typing import Any, Final, NamedTuple

from dli_tui.domain.clock import GRACE
from dli_tui.domain.status import WorkflowStatus
from dli_tui.present import strips
from dli_tui.present.rows import BAD, WorkflowRow

FAILED: Final = 0
LATE: Final = 1
RUNNING: Final = 2
CALM: Final = 3
_ACTIVE: Final = WorkflowStatus.ACTIVE
_WATCHED: Final = frozenset({WorkflowStatus.ACTIVE, WorkflowStatus.PAUSED})
_BIGGEST_FIRST: Final = frozenset({"last", "duration", "runs"})

Value = Callable[[WorkflowRow, datetime], Any]


class Order(NamedTuple):
    """By what a list is sorted, and whether the biggest comes first."""

    column: str
    descending: bool


def severity(row: WorkflowRow, now: datetime) -> int:
    """How much a row needs a look, 0 the most: failed or unreadable, late, running, the rest.

    What is disabled or overridden isn't meant to work, so it is never a problem.
    """
    if row.unreadable:
        return FAILED
    if row.status in _WATCHED:
        if row.last in BAD:
            return FAILED
        if is_late(row, now):
            return LATE
    return RUNNING if row.running else CALM


def is_problem(row: WorkflowRow, now: datetime) -> bool:
    """Whether somebody has to look at it."""
    return severity(row, now) < RUNNING


def is_late(row: WorkflowRow, now: datetime) -> bool:
    """Whether a slot has passed and no run has come of it."""
    return row.due is not None and row.status is _ACTIVE and now - row.due > GRACE


def natural(column: str) -> bool:
    """Whether a column is first wanted descending: newest, longest, most failures."""
    return column in _BIGGEST_FIRST


def arranged(rows: Iterable[WorkflowRow], order: Order, now: datetime) -> list[WorkflowRow]:
    """The rows in order; those without a value stand last in either direction."""
    named = sorted(rows, key=_identity)
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


def next_turn(rows: Iterable[WorkflowRow], now: datetime) -> datetime | None:
    """The next moment at which time alone makes some row late."""
    since = now - GRACE
    dues = (
        row.due
        for row in rows
        if row.due is not None and row.due >= since and row.status is _ACTIVE and not _failed(row)
    )
    due = min(dues, default=None)
    return None if due is None else due + GRACE + datetime.resolution


def _failed(row: WorkflowRow) -> bool:
    return row.last in BAD or row.unreadable != ""


def _identity(row: WorkflowRow) -> str:
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

"""Which of several runs is the worst: one ranking for calendars, planners and backfills."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from dli_tui.domain.status import RunStatus

WORST_FIRST: Final = (
    RunStatus.FAILED,
    RunStatus.TIMEOUT,
    RunStatus.KILLED,
    RunStatus.UNKNOWN,
    RunStatus.STOPPING,
    RunStatus.RUNNING,
    RunStatus.PENDING,
    None,
    RunStatus.SKIPPED,
    RunStatus.COMPLETED,
)
"""None stands for a date without a run."""
_RANK: Final = {status: rank for rank, status in enumerate(WORST_FIRST)}


def rank(status: RunStatus | None) -> int:
    """The place of a status in the ranking, 0 the worst."""
    return _RANK[status]


def worst(statuses: Iterable[RunStatus]) -> RunStatus | None:
    """The worst of some statuses; None where there are none."""
    return min(statuses, key=rank, default=None)

"""How long runs take, from those that went well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import RunStatus

ENOUGH: Final = 5
"""Under five successes any number would be a guess, so none is given."""
CONSIDERED: Final = 20
"""Older runs tell of other data and other code."""


class Durations(NamedTuple):
    """Seconds: the usual case, and what nine and nineteen of twenty stay under."""

    p50: float
    p90: float
    p95: float
    runs: int


def durations(runs: Iterable[WorkflowRun]) -> Durations | None:
    """The durations of the newest successes among `runs` (newest first), if there are enough."""
    seconds = [
        run.duration_seconds
        for run in runs
        if run.status is RunStatus.COMPLETED and run.duration_seconds is not None
    ][:CONSIDERED]
    if len(seconds) < ENOUGH:
        return None
    seconds.sort()
    return Durations(
        percentile(seconds, 0.5), percentile(seconds, 0.9), percentile(seconds, 0.95), len(seconds)
    )


def percentile(ordered: Sequence[float], share: float) -> float:
    """The value that `share` of the `ordered` ones stay under, between neighbours in proportion."""
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)

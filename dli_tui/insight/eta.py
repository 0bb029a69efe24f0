"""When a running run will be done: a range from past successes, or nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import RunStatus
from dli_tui.insight.durations import Durations


class Estimate(NamedTuple):
    """How far a run is by the clock, and when it will likely end."""

    fraction: float
    likely: datetime
    latest: datetime
    overdue: bool
    """Longer under way than nineteen of twenty were: the estimate no longer says much."""


def estimate(run: WorkflowRun, past: Durations | None, now: datetime) -> Estimate | None:
    """The estimate for a run that has begun; None where the past tells too little."""
    if past is None or run.status is not RunStatus.RUNNING or run.started_at is None:
        return None
    passed = (now - run.started_at).total_seconds()
    return Estimate(
        fraction=min(0.99, max(0.0, passed / past.p50)) if past.p50 > 0 else 0.99,
        likely=max(now, run.started_at + timedelta(seconds=past.p50)),
        latest=max(now, run.started_at + timedelta(seconds=past.p90)),
        overdue=passed > past.p95,
    )

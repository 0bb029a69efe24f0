"""Is a workflow late? When a slot has passed and no run has come of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from dli_tui.domain.clock import GRACE
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.schedule import next_fire
from dli_tui.domain.status import RunType, WorkflowStatus
from dli_tui.domain.workflow import WorkflowInfo


def late_since(row: WorkflowInfo, now: datetime, grace: timedelta = GRACE) -> datetime | None:
    """The slot for which a run should have begun by now, if one should."""
    due = due_slot(row)
    return due if due is not None and now - due > grace else None


def due_slot(row: WorkflowInfo) -> datetime | None:
    """The first slot without a run: as the server says, else after the last run's."""
    if row.status is not WorkflowStatus.ACTIVE or row.has_no_schedule or row.at_run_limit:
        return None
    if row.next_run is not None and not row.next_run_computed:
        return row.next_run
    if row.cron is None or row.timezone is None:
        return None
    last = row.last_run
    began = last and (_slot(last) or last.created_at or last.started_at)
    # A workflow that never ran may be new: nothing says that a slot of it was missed.
    return next_fire(row.cron, row.timezone, began) if began else None


def _slot(run: WorkflowRun) -> datetime | None:
    """The slot that the schedule has come to; a backfill's says nothing of that."""
    return run.slot if run.run_type is RunType.SCHEDULED else None

"""Backfills that nobody but us keeps going, put together from what their runs carry. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from dli_tui.domain.backfill import Backfill, BackfillDate
from dli_tui.domain.run import RunProgress, WorkflowRun
from dli_tui.domain.sequence import SequenceMark
from dli_tui.domain.status import RunStatus, RunType
from dli_tui.domain.zones import zone_of

_LOUDEST = (RunStatus.RUNNING, RunStatus.STOPPING, RunStatus.FAILED, RunStatus.TIMEOUT)


def sequences(runs: Iterable[WorkflowRun], zones: Mapping[str, str]) -> tuple[Backfill, ...]:
    """Every sequence that some of `runs` belong to, newest first; `zones` are by workflow."""
    found: dict[tuple[str, str], list[WorkflowRun]] = {}
    for run in runs:
        backfill_id = SequenceMark.id_of(run.parameters)
        if backfill_id is not None:
            found.setdefault((run.dataset_name, backfill_id), []).append(run)
    made = (sequence(own, zones.get(name, "UTC")) for (name, _), own in found.items())
    return tuple(sorted((one for one in made if one is not None), key=age, reverse=True))


def sequence(runs: Iterable[WorkflowRun], timezone: str) -> Backfill | None:
    """One sequence: the dates that its runs name, and the runs that there are; None where what
    they carry can't be read."""
    own = sorted(runs, key=_began)
    mark = SequenceMark.of(own[0].parameters)
    if mark is None:
        return None
    by_slot = {run.slot: run for run in own}
    zone = zone_of(timezone)
    dates = tuple(
        BackfillDate(slot=slot, day=slot.astimezone(zone).date(), run=by_slot.get(slot))
        for slot in mark.slots
    )
    whole = _whole(mark, own, dates)
    return Backfill(whole=whole, timezone=timezone, dates=dates, by_hand=True)


def _whole(
    mark: SequenceMark, runs: list[WorkflowRun], dates: tuple[BackfillDate, ...]
) -> WorkflowRun:
    status = status_of([one.run for one in dates], mark.date_count)
    bad = next((run for run in runs if run.status in (RunStatus.FAILED, RunStatus.TIMEOUT)), None)
    stopped = next((run for run in runs if run.stopped_at is not None), None)
    ends = [run.finished_at for run in runs if run.finished_at is not None]
    return WorkflowRun(
        run_id=mark.backfill_id,
        dataset_name=runs[0].dataset_name,
        source_type=runs[0].source_type,
        status=status,
        run_type=RunType.BACKFILL,
        triggered_by=mark.by or runs[0].triggered_by,
        backfill_id=mark.backfill_id,
        created_at=runs[0].created_at,
        started_at=runs[0].started_at,
        finished_at=max(ends, default=None) if status.is_terminal else None,
        error_message=bad.error_message if bad is not None else None,
        reason=stopped.reason if stopped is not None else None,
        stopped_by=stopped.stopped_by if stopped is not None else None,
        stopped_at=stopped.stopped_at if stopped is not None else None,
        progress=progress_of(dates, mark.date_count),
    )


def progress_of(dates: Sequence[BackfillDate], total: int = 0) -> RunProgress:
    """How far a backfill is, counted in its dates, of which `total` are known to be."""
    return progress_in_runs([one.run for one in dates], total)


def progress_in_runs(runs: Sequence[WorkflowRun | None], total: int = 0) -> RunProgress:
    """How far a backfill is, counted in its runs; None for one that has not begun."""
    known = [run for run in runs if run is not None]
    going = (run.run_id for run in known if run.status.is_running)
    return RunProgress(
        total_tasks=max(total, len(runs)),
        completed_tasks=sum(run.status is RunStatus.COMPLETED for run in known),
        failed_tasks=sum(run.status in (RunStatus.FAILED, RunStatus.TIMEOUT) for run in known),
        current_task=next(going, None),
    )


def status_of(runs: Sequence[WorkflowRun | None], total: int = 0) -> RunStatus:
    """Where the whole stands; with runs that wait and none under way it is pending."""
    known = {run.status for run in runs if run is not None}
    loudest = next((status for status in _LOUDEST if status in known), None)
    if loudest is not None:
        return loudest
    if RunStatus.KILLED in known:
        return RunStatus.KILLED
    whole = len(runs) >= total and all(run is not None and run.status.is_terminal for run in runs)
    return RunStatus.COMPLETED if whole else RunStatus.PENDING


def _began(run: WorkflowRun) -> float:
    at = run.created_at or run.started_at
    return at.timestamp() if at is not None else 0.0


def age(backfill: Backfill) -> float:
    """When a backfill began, to put them in order."""
    at: datetime | None = backfill.whole.created_at or backfill.whole.started_at
    return at.timestamp() if at is not None else 0.0

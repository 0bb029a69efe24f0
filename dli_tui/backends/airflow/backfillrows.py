"""Airflow's own backfills (3.x) as ours. Pure.

A run doesn't say which backfill it belongs to, so it is told by its date and by when it was
queued: one is active at a time, and each queues all of its runs as it begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from dli_tui.backends.airflow.convert import rows_of
from dli_tui.backends.sequences import progress_of
from dli_tui.domain.backfill import Backfill, BackfillDate, BackfillForecast
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.sequence import SequenceMark
from dli_tui.domain.status import RunStatus, RunType
from dli_tui.domain.zones import zone_of
from dli_tui.wire.values import count, first, flag, mapping, moment, record, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from dli_tui.domain.workflow import WorkflowInfo

_ID: Final = re.compile(r"backfill__(\d{1,18})")
_BAD: Final = frozenset({RunStatus.FAILED, RunStatus.TIMEOUT})


class Native(NamedTuple):
    """A backfill that Airflow keeps going itself."""

    number: int
    dag_id: str
    first: datetime
    last: datetime
    created_at: datetime
    completed_at: datetime | None
    is_held: bool
    conf: Mapping[str, Any]

    @property
    def run_id(self) -> str:
        """The id by which it is shown, and may be given back."""
        return f"backfill__{self.number}"

    def covers(self, run: WorkflowRun) -> bool:
        """Whether a run is of its dates, and was queued by it or later."""
        if run.slot is None or run.created_at is None:
            return False
        return self.first <= run.slot <= self.last and run.created_at >= self.created_at


def number_of(run_id: str) -> int | None:
    """The number of one of Airflow's own backfills, if an id of ours means one."""
    found = _ID.fullmatch(run_id)
    return None if found is None else int(found[1])


def native_of(value: object) -> Native | None:
    """One backfill; None where it lacks what it is told by."""
    told = record(value) or {}
    number, dag_id = first(told, count, "id"), first(told, text, "dag_id")
    start, end = first(told, moment, "from_date"), first(told, moment, "to_date")
    created = first(told, moment, "created_at")
    if number is None or dag_id is None or start is None or end is None or created is None:
        return None
    return Native(
        number=number,
        dag_id=dag_id,
        first=start,
        last=end,
        created_at=created,
        completed_at=first(told, moment, "completed_at"),
        is_held=first(told, flag, "is_paused") or False,
        conf=mapping(told.get("dag_run_conf")) or {},
    )


def natives_of(reply: object) -> tuple[Native, ...]:
    """The backfills of a list, newest first."""
    found = (native_of(row) for row in rows_of(reply, "backfills"))
    return tuple(sorted((one for one in found if one), key=lambda one: -one.number))


def forecast_of(reply: object, at_once: int) -> BackfillForecast:
    """What a dry run says that would run."""
    rows = (record(row) or {} for row in rows_of(reply, "backfills"))
    slots = (first(row, moment, "logical_date") for row in rows)
    return BackfillForecast(
        slots=tuple(sorted(slot for slot in slots if slot is not None)), at_once=at_once
    )


def owner_of(run: WorkflowRun, natives: Iterable[Native]) -> Native | None:
    """The backfill that a run belongs to, among those of its DAG, newest first."""
    is_ours = SequenceMark.id_of(run.parameters) is not None
    if run.run_type is not RunType.BACKFILL or is_ours:
        return None
    return next((one for one in natives if one.covers(run)), None)


def backfill_of(
    native: Native, runs: Iterable[WorkflowRun], natives: Sequence[Native], row: WorkflowInfo | None
) -> Backfill:
    """A backfill with those of `runs` that are its own; `natives` are all of its DAG `row`."""
    own = {run.slot: run for run in runs if owner_of(run, natives) == native}
    timezone = "UTC" if row is None else row.display_zone
    zone = zone_of(timezone)
    dates = tuple(
        BackfillDate(slot=slot, day=slot.astimezone(zone).date(), run=run)
        for slot, run in sorted((slot, run) for slot, run in own.items() if slot is not None)
    )
    return Backfill(
        whole=_whole(native, dates, row),
        timezone=timezone,
        parallel=True,
        dates=dates,
        is_held=native.is_held and native.completed_at is None,
        runs_on=True,
    )


def _whole(native: Native, dates: Sequence[BackfillDate], row: WorkflowInfo | None) -> WorkflowRun:
    runs = [one.run for one in dates if one.run is not None]
    status = _status(native, runs)
    bad = next((run for run in runs if run.status in _BAD), None)
    starts = [run.started_at for run in runs if run.started_at is not None]
    ends = [run.finished_at for run in runs if run.finished_at is not None]
    is_over = status.is_terminal
    return WorkflowRun(
        run_id=native.run_id,
        dataset_name=native.dag_id if row is None else row.dataset_name,
        workflow_id=native.dag_id,
        source_type=None if row is None else row.source_type,
        status=status,
        run_type=RunType.BACKFILL,
        parameters=dict(native.conf),
        triggered_by=next((run.triggered_by for run in runs if run.triggered_by), None),
        backfill_id=native.run_id,
        created_at=native.created_at,
        started_at=min(starts, default=None),
        # Airflow takes note of its end half a minute later.
        finished_at=max(ends, default=native.completed_at) if is_over else None,
        error_message=None if bad is None else bad.error_message,
        progress=progress_of(dates),
    )


def _status(native: Native, runs: Sequence[WorkflowRun]) -> RunStatus:
    """Where the whole stands: over when Airflow says so, unless a run was begun again since."""
    known = {run.status for run in runs}
    if native.completed_at is None:
        return RunStatus.PENDING if known <= {RunStatus.PENDING} else RunStatus.RUNNING
    if any(run.status.is_running and _is_before(run, native.completed_at) for run in runs):
        # Only one that is stopped is over before its runs are.
        return RunStatus.STOPPING
    loudest = (one for one in _LOUDEST if one in known)
    # Stopping one holds it too.
    ended = RunStatus.KILLED if native.is_held and not known else RunStatus.COMPLETED
    return next(loudest, ended)


def _is_before(run: WorkflowRun, moment: datetime) -> bool:
    return run.created_at is not None and run.created_at <= moment


_LOUDEST: Final = (
    *(RunStatus.RUNNING, RunStatus.PENDING, RunStatus.FAILED, RunStatus.TIMEOUT),
    RunStatus.KILLED,
)

"""Our words as the Basecamp contract sends them: what our server answers.

Every key and value that seed 000 names is there as it writes it, and 004's richer fields stand
beside them. What those keep apart is said outright (`raw_status` may be null), so that a reader
of ours gets back the very model; an old client reads over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dli_tui.domain.status import RunStatus, RunType, SourceType

if TYPE_CHECKING:
    from datetime import datetime

    from dli_tui.domain.backfill import Backfill
    from dli_tui.domain.ids import WorkflowKey
    from dli_tui.domain.results import WorkflowRunResult
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.step import Step
    from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo
    from dli_tui.wire.values import Row

_RUN_WORDS: Final = {RunStatus.COMPLETED: "SUCCESS", RunStatus.KILLED: "STOPPED"}
_UNREGISTERED: Final = "unregistered"


def run_word(status: RunStatus) -> str:
    """000's word for where a run stands; ours where it has none."""
    return _RUN_WORDS.get(status, status.value)


def run_told(run: WorkflowRun, *, now: datetime | None = None, whole_ids: bool = True) -> Row:
    """One run; `now` lets one under way say for how long. An id that isn't its own says whose."""
    told: dict[str, Any] = run.model_dump(mode="json", exclude_none=True)
    told["status"] = run_word(run.status)
    told["params"] = told["parameters"]
    if run.finished_at is not None:
        told["ended_at"] = told["finished_at"]
    if run.source_type is not None:
        told["source_type"] = _source_word(run.source_type)
    if run.run_type is RunType.ADHOC:
        told["run_type"] = "manual"
    if now is not None and run.started_at is not None and run.duration_seconds is None:
        told["duration_seconds"] = max(0, round((now - run.started_at).total_seconds()))
    if not whole_ids:
        told["run_id"] = f"{run.dataset_name}/{run.run_id}"
    return told | {
        "raw_status": run.raw_status,
        "raw_run_type": run.raw_run_type,
        "reported_seconds": run.reported_seconds,
    }


def workflow_told(row: WorkflowInfo, *, whole_ids: bool = True) -> Row:
    """One row of the list."""
    told: dict[str, Any] = row.model_dump(mode="json", exclude_none=True, exclude={"last_run"})
    told["source_type"] = _source_word(row.source_type)
    told["raw_status"] = row.raw_status
    if row.timezone is None:
        # Where other servers leave the zone out they mean UTC.
        told["timezone_known"] = False
    if row.schedule_known:
        told["schedule"] = {"cron": row.cron, "timezone": row.timezone}
    if not row.last_run_known:
        told["last_run_known"] = False
    if row.last_run is not None:
        told["last_run"] = run_told(row.last_run, whole_ids=whole_ids)
    return told


def registered_told(row: WorkflowInfo, warning: str | None) -> Row:
    """The answer to a registration."""
    return workflow_told(row) | ({"warning": warning} if warning else {})


def run_result_told(result: WorkflowRunResult) -> Row:
    """The answer to run, backfill and retry."""
    told = _result_told(result)
    told["params"] = told["parameters"]
    told["status"] = None if result.run_status is None else run_word(result.run_status)
    if result.dry_run:
        told["run_id"] = None
    return told


def stop_told(result: WorkflowRunResult) -> Row:
    """The answer to stop: what the system behind said, which is not yet that the run is over."""
    status = RunStatus.of(result.raw_status or RunStatus.STOPPING)
    return _result_told(result) | {"status": run_word(status), "raw_status": None}


def schedule_told(result: WorkflowRunResult) -> Row:
    """The answer to pause and unpause."""
    status = result.workflow_status
    return _result_told(result) | {"status": None if status is None else status.value}


def unregistered_told(result: WorkflowRunResult) -> Row:
    """The answer to unregister."""
    return _result_told(result) | {"status": _UNREGISTERED}


def dataset_told(info: DatasetInfo) -> Row:
    """What is known of a dataset."""
    told: Row = info.model_dump(mode="json", exclude_none=True)
    if info.source_type is not None:
        told["source_type"] = _source_word(info.source_type)
    return told


def key_told(key: WorkflowKey) -> Row:
    """The address of a row."""
    told = {"dataset_name": key.name}
    return told if key.source is None else told | {"source_type": _source_word(key.source)}


def step_told(step: Step) -> Row:
    """One step of a run."""
    told: Row = step.model_dump(mode="json", exclude_none=True)
    return told | {"reported_seconds": step.reported_seconds}


def backfill_told(backfill: Backfill, *, whole_ids: bool = True) -> Row:
    """A backfill that was started, with each of its dates."""
    told: Row = backfill.model_dump(mode="json", exclude={"whole", "dates"})
    told["whole"] = run_told(backfill.whole, whole_ids=whole_ids)
    told["dates"] = [
        one.model_dump(mode="json", exclude={"run"})
        | {"run": None if one.run is None else run_told(one.run, whole_ids=whole_ids)}
        for one in backfill.dates
    ]
    return told


def _source_word(source: SourceType) -> str:
    return source.value.upper()


def _result_told(result: WorkflowRunResult) -> Row:
    told: Row = result.model_dump(mode="json", exclude_none=True)
    told["raw_status"] = result.raw_status
    return told

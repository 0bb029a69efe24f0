"""What may be done to what: the same on every backend, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from dli_tui.domain.errors import (
    ErrorCode,
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowPermissionError,
    WorkflowRegistrationError,
)
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.query import HistoryQuery, WorkflowQuery
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from dli_tui.domain.text import as_argument
from dli_tui.domain.workflow import WorkflowInfo

_PAUSED: Final = WorkflowStatus.PAUSED
DATE_PARAMETERS: Final = ("execution_date", "date", "ds")
_CODE_HINT: Final = (
    "This dataset is managed by Code (GitOps). Change it in Git; "
    "only run, backfill, stop, retry and pause/unpause are allowed here."
)


def in_force(rows: Iterable[WorkflowInfo]) -> WorkflowInfo | None:
    """The row that a bare name means: CODE where both sources have it."""
    readable = (row for row in rows if row.unreadable is None)
    return min(readable, key=lambda row: row.source_type is not SourceType.CODE, default=None)


def pick(rows: Iterable[WorkflowInfo], key: WorkflowKey) -> WorkflowInfo:
    """The row that `key` addresses; DLI-800 when there is none."""
    fitting = [row for row in rows if key.source in (None, row.source_type)]
    found = in_force(fitting)
    if found is not None:
        return found
    if fitting:
        raise WorkflowExecutionError(
            f"The server's row of '{key.name}' can't be read: {fitting[0].unreadable}",
            dataset_name=key.name,
            hint="Nothing can be done to it from here; look at it on the server.",
        )
    raise WorkflowNotFoundError(dataset_name=key.name)


def require_in_force(row: WorkflowInfo) -> None:
    """DLI-806 for what is done to a row that CODE has overridden."""
    if row.status is WorkflowStatus.OVERRIDDEN:
        raise WorkflowPermissionError(
            f"Workflow '{row.dataset_name}' (manual) is overridden by CODE",
            code=ErrorCode.WORKFLOW_OVERRIDDEN,
            dataset_name=row.dataset_name,
        )


def require_runnable(row: WorkflowInfo) -> None:
    """Whether a run or a backfill of `row` may be started."""
    require_in_force(row)
    if row.status is not WorkflowStatus.ACTIVE:
        remedy = (
            f"Resume it first: dli-tui workflow unpause {as_argument(row.dataset_name)}"
            if is_held(row)
            else "It has to be enabled again where it is defined."
        )
        raise WorkflowExecutionError(
            f"Workflow '{row.dataset_name}' is {row.status}, so it can't be run",
            code=ErrorCode.WORKFLOW_INVALID_STATE,
            dataset_name=row.dataset_name,
            hint=remedy,
        )


def require_known_schedule(row: WorkflowInfo) -> None:
    """DLI-807 for planning dates of a workflow whose schedule the server doesn't tell."""
    if not row.schedule_known or row.schedule_text is not None:
        why = (
            f"its schedule is no cron expression: {row.schedule_text}"
            if row.schedule_known
            else "the server doesn't tell its schedule"
        )
        raise WorkflowExecutionError(
            f"The dates of '{row.dataset_name}' can't be planned: {why}",
            code=ErrorCode.WORKFLOW_INVALID_STATE,
            dataset_name=row.dataset_name,
            hint="Start single runs instead: "
            f"dli-tui workflow run {as_argument(row.dataset_name)} -p execution_date=YYYY-MM-DD",
        )


def is_held(row: WorkflowInfo) -> bool:
    """Whether a schedule is paused; also by disabling it, as PyAirtable does."""
    # Its word for that is the only sign.
    by_disabling = "paused" in (row.raw_status or "").casefold()
    return row.status is WorkflowStatus.PAUSED or (
        row.status is WorkflowStatus.DISABLED and by_disabling
    )


def require_pausable(row: WorkflowInfo) -> None:
    """Whether the schedule of `row` may be paused or resumed at all."""
    require_in_force(row)
    if row.status is WorkflowStatus.DISABLED and not is_held(row):
        raise WorkflowExecutionError(
            f"Workflow '{row.dataset_name}' is disabled, so its schedule can't be changed",
            code=ErrorCode.WORKFLOW_INVALID_STATE,
            dataset_name=row.dataset_name,
            hint="It has to be enabled again where it is defined.",
        )


def require_manual(name: str, rows: Iterable[WorkflowInfo], action: str) -> None:
    """DLI-803 for registering over, editing or unregistering what CODE owns."""
    if any(row.source_type is SourceType.CODE for row in rows):
        raise WorkflowPermissionError(
            f"Permission denied for workflow '{name}': can't {action} it, it is in Git",
            dataset_name=name,
            hint=_CODE_HINT,
        )


def require_at_rest(name: str, runs: Collection[WorkflowRun]) -> None:
    """DLI-808 for unregistering while `runs` are under way."""
    if runs:
        what = "a run of it is" if len(runs) == 1 else f"{len(runs)} runs of it are"
        raise WorkflowRegistrationError(
            f"'{name}' was not unregistered: {what} under way",
            code=ErrorCode.WORKFLOW_UNREGISTER_FAILED,
            dataset_name=name,
            hint="Stop its runs first, or use --force.",
        )


def require_free(name: str, rows: Iterable[WorkflowInfo]) -> None:
    """DLI-804 when `name` is registered already."""
    row = in_force(rows)
    if row is not None:
        raise WorkflowRegistrationError(
            f"Workflow '{name}' is already registered (cron {_cron(row)})",
            code=ErrorCode.WORKFLOW_ALREADY_EXISTS,
            dataset_name=name,
        )


def _cron(row: WorkflowInfo) -> str:
    return (row.cron or "none") if row.schedule_known else "unknown"


def require_stoppable(run: WorkflowRun) -> None:
    """DLI-807 for stopping what is over."""
    if run.status.is_terminal:
        raise WorkflowExecutionError(
            f"Run '{run.run_id}' is {run.status} already, there is nothing to stop",
            code=ErrorCode.WORKFLOW_INVALID_STATE,
            dataset_name=run.dataset_name,
            run_id=run.run_id,
            hint=f"See it with: dli-tui workflow status {as_argument(run.run_id)}",
        )


def require_retryable(run: WorkflowRun) -> None:
    """DLI-807 for retrying what has not failed."""
    if run.status not in (RunStatus.FAILED, RunStatus.TIMEOUT):
        raise WorkflowExecutionError(
            f"Run '{run.run_id}' is {run.status}, only failed runs can be retried",
            code=ErrorCode.WORKFLOW_INVALID_STATE,
            dataset_name=run.dataset_name,
            run_id=run.run_id,
            hint=f"See it with: dli-tui workflow status {as_argument(run.run_id)}",
        )


def parameter_date(parameters: Mapping[str, Any]) -> date | None:
    """The date among a run's parameters, where one can be read."""
    for name in DATE_PARAMETERS:
        value = parameters.get(name)
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        if isinstance(value, str):
            try:
                return datetime.fromisoformat(value).date()
            except ValueError:
                continue
    return None


def matches_workflow(row: WorkflowInfo, query: WorkflowQuery) -> bool:
    """Whether a row is one that was asked for; its limit is the caller's to keep."""
    return (
        (query.name is None or query.name.casefold() in row.dataset_name.casefold())
        and query.source in (None, row.source_type)
        and (query.status in (None, row.status) or (query.status is _PAUSED and is_held(row)))
        and (query.owner is None or query.owner == row.owner)
        and (query.tag is None or query.tag in row.tags)
        and (not query.running_only or row.is_running)
        and (not query.enabled_only or row.enabled)
    )


def matches_run(run: WorkflowRun, query: HistoryQuery) -> bool:
    """Whether a run is one that was asked for; its limit is the caller's to keep."""
    return (
        query.workflow in (None, run.dataset_name)
        and (query.source is None or run.source_type in (None, query.source))
        and query.status in (None, run.status)
        and query.run_type in (None, run.run_type)
        and _in_range(run, query)
    )


def _in_range(run: WorkflowRun, query: HistoryQuery) -> bool:
    if query.start_date is None and query.end_date is None:
        return True
    moment = run.slot or run.started_at or run.created_at
    if moment is None:
        return False
    day = moment.date()
    return (query.start_date or day) <= day <= (query.end_date or day)

"""Models into the rows that a screen holds.

This module loads the models, so it comes after the first paint. A list makes a row of each of
100,000 workflows, which is why `workflow_row` does nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from dli_tui.domain.cron import InvalidCronError
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.retry import RetryPlan
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.schedule import next_fires
from dli_tui.domain.status import RunStatus, StepStatus
from dli_tui.domain.step import Step
from dli_tui.domain.text import safe_line
from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo
from dli_tui.insight.durations import Durations, durations
from dli_tui.insight.eta import estimate
from dli_tui.insight.lateness import due_slot
from dli_tui.present import crons, facts, tables, words
from dli_tui.present.loglines import log_rows
from dli_tui.present.rows import (
    BAD,
    Mark,
    RunSheet,
    StepRow,
    StepSheet,
    WorkflowRow,
    WorkflowSheet,
)
from dli_tui.present.urls import web_address

__all__ = [
    "again",
    "log_rows",
    "mark",
    "run_meant",
    "run_sheet",
    "step_row",
    "step_sheet",
    "workflow_row",
    "workflow_sheet",
]

_FIRES: Final = 5
_UNDER_WAY: Final = frozenset(status for status in RunStatus if status.is_running)


def workflow_row(info: WorkflowInfo, runs: Sequence[WorkflowRun] = ()) -> WorkflowRow:
    """One line of the list; `runs` are its latest, newest first, where they are known."""
    last = info.last_run or (runs[0] if runs else None)
    meant = run_meant(info, runs)
    return WorkflowRow(
        key=WorkflowKey(info.dataset_name, info.source_type),
        name=words.name(info.dataset_name),
        source=info.source_type,
        status=info.status,
        state=_state(info),
        last_known=info.last_run_known or last is not None,
        running=info.is_running,
        next_at=info.next_run,
        computed=info.next_run_computed,
        due=due_slot(info),
        owner=_shown(info.owner),
        team=_shown(info.team),
        zone=_shown(info.display_zone),
        zone_known=info.timezone is not None,
        unreadable=_shown(info.unreadable),
        import_error=_shown(info.import_error),
        overdue_at=_overdue_at(last, runs),
        overridden_by=_shown(info.overridden_by),
        tags=tuple(_shown(tag) for tag in info.tags),
        marks=tuple(mark(run) for run in reversed(runs)),
        **({} if last is None else _of_last(last)),
        last_ref=meant.ref if meant is not None else None,
    )


def _overdue_at(last: WorkflowRun | None, runs: Sequence[WorkflowRun]) -> datetime | None:
    """When the run under way will have taken longer than usual, as far as the past tells."""
    if last is None or last.status is not RunStatus.RUNNING or last.started_at is None:
        return None
    past = durations(runs)
    return None if past is None else last.started_at + timedelta(seconds=past.p95)


def run_meant(info: WorkflowInfo, runs: Sequence[WorkflowRun]) -> WorkflowRun | None:
    """The latest run that can be asked about. Some lists tell how the last run went, but not
    which one it was; `runs` are the latest, newest first."""
    if info.last_run is not None and info.last_run.run_id:
        return info.last_run
    return next((run for run in runs[:1] if run.run_id), None)


def mark(run: WorkflowRun) -> Mark:
    """One of the last runs."""
    return Mark(run.ref, run.status, run.started_at, run.duration_seconds, run.slot)


def workflow_sheet(
    info: WorkflowInfo,
    row: WorkflowRow,
    runs: Sequence[WorkflowRun],
    dataset: DatasetInfo | None,
    now: datetime,
) -> WorkflowSheet:
    """The detail of one workflow; `runs` are its latest, newest first."""
    past = durations(runs)
    last = info.last_run or (runs[0] if runs else None)
    failed = last is not None and last.status in BAD
    return WorkflowSheet(
        row=row,
        cron=_shown(info.cron),
        schedule="" if info.cron is None else crons.words_of(info.cron),
        fires=_fires(info, now),
        marks=row.marks,
        usual_seconds=None if past is None else past.p50,
        error=_shown(last.error_line) if last is not None and failed else "",
        facts=facts.of_workflow(info, dataset),
        schedule_known=info.schedule_known,
        zone_fitted=info.timezone_fitted,
        at_run_limit=info.at_run_limit,
    )


def run_sheet(run: WorkflowRun, past: Durations | None, now: datetime, timezone: str) -> RunSheet:
    """The head of a run's page; `timezone` is that of its schedule."""
    likely = estimate(run, past, now)
    kind = tables.run_type(run.run_type, run.raw_run_type)
    progress = run.progress
    return RunSheet(
        ref=run.ref,
        name=words.name(run.run_id),
        workflow=words.name(run.dataset_name),
        key=WorkflowKey(run.dataset_name, run.source_type),
        status=run.status,
        word=_own_word(run.status, run.raw_status),
        done=progress.completed_tasks if progress else 0,
        failed=progress.failed_tasks if progress else 0,
        total=progress.total_tasks if progress else 0,
        current=_shown(progress.current_task) if progress else "",
        created=run.created_at,
        started=run.started_at,
        finished=run.finished_at,
        seconds=run.duration_seconds,
        likely=likely.likely if likely else None,
        latest=likely.latest if likely else None,
        overdue=likely.overdue if likely else False,
        past=past.runs if past else 0,
        error=_shown(run.error_line),
        url=web_address(run.logs_url),
        facts=facts.of_run(run, kind, timezone),
        is_backfill=run.backfill_id == run.run_id,
    )


def step_row(step: Step) -> StepRow:
    """One step of a run."""
    return StepRow(
        raw=step.name,
        name=words.name(step.name),
        status=step.status,
        word=_own_word(step.status, step.raw_status),
        kind=_shown(step.type),
        attempt=step.attempt,
        attempts=step.max_attempts,
        queued=step.queued_at,
        started=step.started_at,
        finished=step.finished_at,
        seconds=step.duration_seconds,
        error=_shown(step.error_message),
        map_index=step.map_index,
        concluded=step.concluded,
    )


def step_sheet(step: Step) -> StepSheet:
    """All that is known of one step."""
    return StepSheet(
        step_row(step), facts.data_lines(step.input_data), facts.data_lines(step.output_data)
    )


def again(plan: RetryPlan) -> str:
    """What a retry runs again, in words."""
    copies: dict[str, list[int | None]] = {}
    for step in plan.steps:
        copies.setdefault(step.name, []).append(step.map_index)
    names = ", ".join(_copies(words.name(name), of_it) for name, of_it in copies.items())
    if not plan.is_whole:
        return f"{names or 'its failed steps'}, and what comes after"
    if not plan.steps:
        return "nothing: the server finds no step to run again"
    return f"{words.plural(len(plan.steps), 'step')}: {names}"


_MOST_COPIES: Final = 8


def _copies(name: str, of_it: Sequence[int | None]) -> str:
    indexes = [str(one) for one in of_it if one is not None]
    if len(indexes) == len(of_it) <= _MOST_COPIES:
        return f"{name} [{', '.join(indexes)}]"
    return name if len(of_it) == 1 else f"{name} ({words.plural(len(of_it), 'time')})"


def _of_last(last: WorkflowRun) -> dict[str, Any]:
    """What its last run says of a row, by field."""
    going = last.status in _UNDER_WAY
    began = last.started_at
    ended = None if going else last.finished_at
    progress = last.progress if going else None
    return {
        "last": last.status,
        "last_word": _own_word(last.status, last.raw_status),
        "last_at": ended or began or last.created_at,
        "seconds": None if going else last.duration_seconds,
        "began": began if going else None,
        "done": progress.completed_tasks if progress else 0,
        "steps": progress.total_tasks if progress else 0,
    }


def _state(info: WorkflowInfo) -> str:
    """The status in words, worked out only where the server said something of its own."""
    raw = info.raw_status
    if info.unreadable is None and (raw is None or raw == info.status):
        return info.status
    return tables.workflow_status(info)


def _own_word(status: RunStatus | StepStatus, raw: str | None) -> str:
    """The server's own word where ours says nothing."""
    return _shown(raw) if status in (RunStatus.UNKNOWN, StepStatus.UNKNOWN) else ""


def _fires(info: WorkflowInfo, now: datetime) -> tuple[datetime, ...]:
    """When it fires next; a schedule that is held or can't be read doesn't."""
    if info.cron is None or info.timezone is None or not info.enabled:
        return ()
    try:
        return next_fires(info.cron, info.timezone, now, _FIRES)
    except (ConfigurationError, InvalidCronError):
        return ()


def _shown(raw: str | None) -> str:
    return _safe(raw) if raw else ""


@lru_cache(maxsize=4096)
def _safe(raw: str) -> str:
    return safe_line(raw)

"""Runs into the rows of a history, and into what its pictures are drawn of.

This module loads the models, so it comes after the first paint.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import RunStatus
from dli_tui.domain.step import Step
from dli_tui.domain.text import safe_line
from dli_tui.insight.durations import durations
from dli_tui.present import facts, outcomes, stepgrid, tables, words
from dli_tui.present.making import mark, step_row
from dli_tui.present.rows import BAD, Mark, RunRow, WorkflowSheet

_UNDER_WAY: Final = frozenset(status for status in RunStatus if status.is_running)


def run_row(run: WorkflowRun) -> RunRow:
    """One line of a history."""
    going = run.status in _UNDER_WAY
    progress = run.progress if going else None
    raw = run.raw_status if run.status is RunStatus.UNKNOWN else None
    return RunRow(
        ref=run.ref,
        name=words.name(run.run_id),
        key=WorkflowKey(run.dataset_name, run.source_type),
        workflow=words.name(run.dataset_name),
        status=run.status,
        word=safe_line(raw) if raw else "",
        slot=run.slot,
        began=run.started_at or run.created_at,
        seconds=None if going else run.duration_seconds,
        running=going and run.started_at is not None,
        done=progress.completed_tasks if progress else 0,
        steps=progress.total_tasks if progress else 0,
        kind=tables.run_type(run.run_type, run.raw_run_type),
        by=safe_line(run.triggered_by) if run.triggered_by else "",
        error=safe_line(run.error_line) if run.error_line and run.status in BAD else "",
    )


def with_unknown(sheet: WorkflowSheet) -> WorkflowSheet:
    """A workflow's sheet that says of what is always asked after also where nobody knows it."""
    return sheet._replace(facts=facts.with_unknown(sheet.facts))


def marks(runs: Sequence[WorkflowRun], count: int) -> tuple[Mark, ...]:
    """The newest of `runs` (newest first), the newest last."""
    return tuple(mark(run) for run in reversed(runs[:count]))


def usual_seconds(runs: Sequence[WorkflowRun]) -> float | None:
    """The median of what went well lately; None where that is too little to tell."""
    past = durations(runs)
    return None if past is None else past.p50


def days(runs: Iterable[WorkflowRun], timezone: str) -> dict[date, outcomes.Day]:
    """How each day went, days as they are in a zone."""
    return outcomes.days(
        (day, run.status) for run in runs if (day := day_of(run, timezone)) is not None
    )


def day_of(run: WorkflowRun, timezone: str) -> date | None:
    """The day that a run is of: its slot's, else that on which it started."""
    at = run.slot or run.started_at or run.created_at
    return None if at is None else words.day_of(at, timezone)


def grid(
    runs: Sequence[WorkflowRun], steps: Mapping[RunRef, Sequence[Step]], count: int
) -> stepgrid.Grid:
    """The steps of the newest of `runs` (newest first) side by side, the newest last."""
    columns = [
        stepgrid.Column(
            run.status,
            [step_row(step) for step in steps[run.ref]] if run.ref in steps else None,
        )
        for run in reversed(runs[:count])
    ]
    return stepgrid.grid(columns)

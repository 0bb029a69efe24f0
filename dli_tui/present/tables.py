"""Rows and runs as cells, and the lines under them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from dli_tui.domain.backfill import BackfillPlan, PlannedSlot
from dli_tui.domain.results import WorkflowHistoryResult, WorkflowListResult
from dli_tui.domain.rules import is_held
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import RunStatus, RunType, WorkflowStatus
from dli_tui.domain.workflow import WorkflowInfo
from dli_tui.insight.lateness import late_since
from dli_tui.present import crons, words

WORKFLOW_COLUMNS: Final = ("DATASET", "SOURCE", "STATUS", "CRON", "NEXT RUN")
RUN_COLUMNS: Final = ("RUN_ID", "STATUS", "TYPE", "STARTED", "DURATION")
PLAN_COLUMNS: Final = ("SLOT", "EXISTS", "ACTION")

Cells = tuple[str, ...]


def workflows(rows: Sequence[WorkflowInfo], now: datetime) -> list[Cells]:
    """The rows of a list as cells."""
    shown = words.names(row.dataset_name for row in rows)
    return [
        (
            shown[row.dataset_name],
            row.source_type,
            workflow_status(row),
            crons.cell(row),
            next_run(row, now),
        )
        for row in rows
    ]


def workflow_status(row: WorkflowInfo) -> str:
    """What a schedule is doing, with the server's own word where it says more."""
    if row.unreadable is not None:
        return f"unreadable: {words.word(row.unreadable)}"
    raw = row.raw_status
    if raw is None or raw.casefold() == row.status:
        return row.status
    is_paused = row.status is WorkflowStatus.DISABLED and is_held(row)
    if WorkflowStatus.of(raw) is not row.status and not is_paused:
        return row.status
    return f"{row.status} ({words.word(raw)})"


def next_run(row: WorkflowInfo, now: datetime) -> str:
    """When a workflow runs next: `~` where we worked it out, LATE where it should have come."""
    if row.status is WorkflowStatus.OVERRIDDEN:
        return f"- (by {words.word(row.overridden_by or 'code')})"
    if row.next_run is None or row.status is not WorkflowStatus.ACTIVE:
        return words.NOTHING
    mark = "~" if row.next_run_computed else ""
    late = late_since(row, now)
    behind = f" LATE {words.span(now - late)}" if late is not None else ""
    return f"{mark}{words.moment(row.next_run, row.display_zone)}{behind}"


def workflows_footer(result: WorkflowListResult) -> str:
    """How many there are, by status where they differ."""
    counts = Counter(str(row.status) for row in result.workflows)
    total = words.plural(result.total_count, "workflow")
    if result.more:
        total = total.replace(" ", "+ ", 1)
    if len(counts) < 2:  # noqa: PLR2004 - one kind needs no breakdown
        return f"Total: {total}"
    parts = ", ".join(f"{counts[status]} {status}" for status in WorkflowStatus if counts[status])
    return f"Total: {total} ({parts})"


def runs(found: Sequence[WorkflowRun]) -> list[Cells]:
    """The runs of a history as cells."""
    shown = words.names(run.run_id for run in found)
    return [
        (
            shown[run.run_id],
            run_status(run.status, run.raw_status),
            run_type(run.run_type, run.raw_run_type),
            words.moment(run.started_at, seconds=True),
            words.seconds(run.duration_seconds),
        )
        for run in found
    ]


def histories(found: Sequence[WorkflowRun]) -> tuple[Cells, list[Cells]]:
    """The runs of several workflows, with whose they are where their ids don't say so."""
    cells = runs(found)
    if all(run.dataset_name in run.run_id for run in found):
        return RUN_COLUMNS, cells
    shown = words.names(run.dataset_name for run in found)
    named = [
        (run_id, shown[run.dataset_name], *rest)
        for run, (run_id, *rest) in zip(found, cells, strict=True)
    ]
    return (RUN_COLUMNS[0], WORKFLOW_COLUMNS[0], *RUN_COLUMNS[1:]), named


def run_status(status: RunStatus, raw: str | None) -> str:
    """Where a run stands; the server's own word where ours says nothing."""
    if status is RunStatus.UNKNOWN and raw:
        return f"unknown ({words.word(raw)})"
    return status.lower()


def run_type(kind: RunType, raw: str | None) -> str:
    """What started a run; the server's own word where ours says nothing."""
    return words.word(raw) if kind is RunType.OTHER and raw else kind


def runs_footer(result: WorkflowHistoryResult) -> str:
    """How many are shown, and how many there are."""
    available = "more" if result.more else f"{result.total_count:,}"
    return f"Total: {len(result.runs):,} runs shown ({available} available)"


def plan(planned: BackfillPlan) -> list[Cells]:
    """The slots of a backfill as cells."""
    return [
        (words.moment(slot.slot, planned.timezone), _exists(slot), _action(slot))
        for slot in planned.slots
    ]


def plan_footer(planned: BackfillPlan) -> list[str]:
    """What the plan amounts to."""
    slots = words.plural(len(planned.slots), "slot")
    lines = [f"{slots}: {planned.to_run} to run, {planned.to_skip} left out"]
    if planned.estimate_seconds is not None:
        order = "all at once" if planned.parallel else "one after the other"
        lines.append(f"About {words.span(planned.estimate_seconds)}, {order}")
    return [*lines, *planned.warnings]


def _exists(slot: PlannedSlot) -> str:
    return words.NOTHING if slot.run_status is None else slot.run_status.lower()


def _action(slot: PlannedSlot) -> str:
    return f"{slot.action} ({slot.note})" if slot.note else slot.action

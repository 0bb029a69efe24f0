"""What may be done to the demo world: each deed is checked against it, then becomes actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from dli_tui.backends.demo import portraits
from dli_tui.backends.demo.actions import Action, Deed
from dli_tui.backends.demo.registered import details_of
from dli_tui.backends.demo.scenario import CODE, MANUAL, ArchivedRun, DemoWorkflow
from dli_tui.backends.demo.world import Play, World, child_id
from dli_tui.domain import cron, rules, schedule
from dli_tui.domain.errors import (
    ConfigurationError,
    ErrorCode,
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowRegistrationError,
)
from dli_tui.domain.ids import RunRef, WorkflowKey, why_not_a_name
from dli_tui.domain.query import BackfillRequest, Registration, RunRequest
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.status import ResultStatus, RunStatus, SourceType, WorkflowStatus
from dli_tui.domain.workflow import WorkflowInfo
from dli_tui.domain.zones import zone_of

CI: Final = "ci"
_ID_TIME: Final = "%Y%m%d_%H%M%S"


def require_run(world: World, ref: RunRef) -> Play | ArchivedRun:
    """The run that `ref` addresses; DLI-800 when there is none."""
    found = world.find(ref.run_id)
    name = found.workflow if isinstance(found, ArchivedRun) else found and found.workflow.name
    if found is None or ref.workflow not in (None, name):
        raise WorkflowNotFoundError(
            run_id=ref.run_id, hint="See runs with: dli-tui workflow history"
        )
    return found


def require_runnable(world: World, name: str) -> DemoWorkflow:
    """The workflow in force, if runs of it may be started."""
    workflow = _in_force(world, name)
    rules.require_runnable(portraits.row(world, workflow))
    return workflow


def register(world: World, request: Registration, user: str) -> tuple[Action, ...]:
    name, rows = request.dataset_name, _rows(world, request.dataset_name)
    wrong = why_not_a_name(name)
    if wrong is not None:
        raise WorkflowRegistrationError(f"'{name}' is not a dataset name: {wrong}")
    if request.schedule.cron is not None:
        cron.check(request.schedule.cron, dataset_name=name)
    zone_of(request.schedule.timezone)
    rules.require_manual(name, rows, "register over")
    if not request.force:
        rules.require_free(name, rows)
    return (Action(world.now, user, Deed.REGISTER, name, details=details_of(request)),)


def unregister(world: World, name: str, user: str, *, force: bool) -> tuple[Action, ...]:
    rows = _rows(world, name)
    row = rules.pick(rows, WorkflowKey(name))
    rules.require_manual(name, rows, "unregister")
    if row.is_running and not force:
        raise WorkflowRegistrationError(
            f"Runs of '{name}' are active ({row.active_runs})",
            code=ErrorCode.WORKFLOW_UNREGISTER_FAILED,
            dataset_name=name,
            hint="Stop them first, or use --force.",
        )
    return (Action(world.now, user, Deed.UNREGISTER, name),)


def run(world: World, request: RunRequest, user: str) -> tuple[Action, ...]:
    name = require_runnable(world, request.dataset_name).name
    run_id = request.run_id or world.new_id(f"{name}_{world.now:{_ID_TIME}}")
    if world.new_id(run_id) != run_id:
        raise WorkflowExecutionError(
            f"There is a run '{run_id}' already", dataset_name=name, run_id=run_id
        )
    details: dict[str, Any] = {"parameters": dict(request.parameters)}
    if request.slot is not None:
        details["slot"] = request.slot.isoformat()
    return (Action(world.now, user, Deed.RUN, name, run_id, details=details),)


def backfill(world: World, request: BackfillRequest, user: str) -> tuple[Action, ...]:
    workflow = require_runnable(world, request.dataset_name)
    slots = request.slots
    if slots is None:
        slots = schedule.slots_or_days(
            workflow.cron, workflow.timezone, request.start_date, request.end_date
        )
    if not slots:
        raise ConfigurationError(
            f"'{workflow.name}' has no slot between {request.start_date} and {request.end_date}",
            hint="Choose dates on which its schedule fires.",
        )
    wanted = f"{workflow.name}_backfill_{request.start_date:%Y%m%d}_{request.end_date:%Y%m%d}"
    details = {
        "start": request.start_date.isoformat(),
        "end": request.end_date.isoformat(),
        "slots": [slot.isoformat() for slot in slots],
        "parallel": request.parallel,
        "parameters": dict(request.parameters),
    }
    backfill_id = world.new_backfill_id(wanted, workflow.name, slots)
    return (Action(world.now, user, Deed.BACKFILL, workflow.name, backfill_id, details=details),)


def stop(world: World, ref: RunRef, user: str, reason: str | None) -> tuple[Action, ...]:
    backfill = world.backfill(ref.run_id)
    if backfill is not None:
        rules.require_stoppable(portraits.backfill_run(world, *backfill))
        under_way = [
            play.run_id
            for play in world.children(*backfill)
            if portraits.run(world, play).status.is_running
        ]
        return tuple(
            Action(world.now, user, Deed.STOP, backfill[0].name, run_id, reason)
            for run_id in (ref.run_id, *under_way)
        )
    play = require_run(world, ref)
    if isinstance(play, ArchivedRun):
        rules.require_stoppable(portraits.archived_run(world, play))
        raise WorkflowExecutionError(
            f"Run '{ref.run_id}' is of the archive, it can't be stopped", run_id=ref.run_id
        )
    rules.require_stoppable(portraits.run(world, play))
    return (Action(world.now, user, Deed.STOP, play.workflow.name, play.run_id, reason),)


def retry(world: World, ref: RunRef, steps: Sequence[str], user: str) -> tuple[Action, ...]:
    play = require_run(world, ref)
    if isinstance(play, ArchivedRun):
        raise WorkflowExecutionError(
            f"Run '{ref.run_id}' is of the archive, its steps are gone", run_id=ref.run_id
        )
    rules.require_retryable(portraits.run(world, play))
    known = [step.name for step in play.workflow.pattern.steps]
    unknown = next((step for step in steps if step not in known), None)
    if unknown is not None:
        raise WorkflowExecutionError(
            f"Run '{ref.run_id}' has no step '{unknown}'",
            run_id=ref.run_id,
            hint=f"It has: {', '.join(known)}.",
        )
    details = {"steps": list(steps)}
    return (Action(world.now, user, Deed.RETRY, play.workflow.name, play.run_id, details=details),)


def pause(world: World, name: str, deed: Deed, user: str, reason: str | None) -> tuple[Action, ...]:
    row = portraits.row(world, _in_force(world, name))
    rules.require_pausable(row)
    return (Action(world.now, user, deed, name, reason=reason),)


def deliver(world: World, name: str, expression: str, timezone: str) -> tuple[Action, ...]:
    cron.check(expression, dataset_name=name)
    zone_of(timezone)
    details = {"cron": expression, "timezone": timezone, "owner": "ci@example.com"}
    return (Action(world.now, CI, Deed.DELIVER, name, details=details),)


def withdraw(world: World, name: str) -> tuple[Action, ...]:
    if world.workflow(WorkflowKey(name, CODE)) is None:
        raise WorkflowNotFoundError(f"Workflow '{name}' is not in Git", dataset_name=name)
    return (Action(world.now, CI, Deed.WITHDRAW, name),)


# What the deeds are answered with


def checked(request: RunRequest) -> WorkflowRunResult:
    return WorkflowRunResult(
        dataset_name=request.dataset_name,
        status=ResultStatus.SUCCESS,
        dry_run=True,
        parameters=dict(request.parameters),
    )


def started(action: Action) -> WorkflowRunResult:
    return WorkflowRunResult(
        dataset_name=action.name,
        run_id=action.run_id,
        status=ResultStatus.SUCCESS,
        run_status=RunStatus.PENDING,
        parameters=action.details["parameters"],
        triggered_by=action.by,
        started_at=action.at,
    )


def backfilled(action: Action) -> WorkflowRunResult:
    details = action.details
    slots = tuple(datetime.fromisoformat(slot) for slot in details["slots"])
    return WorkflowRunResult(
        dataset_name=action.name,
        run_id=action.run_id,
        backfill_id=action.run_id,
        status=ResultStatus.SUCCESS,
        run_status=RunStatus.PENDING,
        parameters=details["parameters"],
        triggered_by=action.by,
        started_at=action.at,
        start_date=date.fromisoformat(details["start"]),
        end_date=date.fromisoformat(details["end"]),
        run_ids=tuple(child_id(action.run_id, action.name, slot) for slot in slots),
        total_runs=len(slots),
    )


def stopping(action: Action) -> WorkflowRunResult:
    return WorkflowRunResult(
        dataset_name=action.name,
        run_id=action.run_id,
        status=ResultStatus.SUCCESS,
        run_status=RunStatus.STOPPING,
        raw_status=RunStatus.STOPPING,
        reason=action.reason,
        stopped_by=action.by,
        stopped_at=action.at,
    )


def paused(action: Action) -> WorkflowRunResult:
    held = action.deed is Deed.PAUSE
    return WorkflowRunResult(
        dataset_name=action.name,
        status=ResultStatus.SUCCESS,
        workflow_status=WorkflowStatus.PAUSED if held else WorkflowStatus.ACTIVE,
        reason=action.reason,
        paused_by=action.by if held else None,
        paused_at=action.at if held else None,
    )


def retried(action: Action) -> WorkflowRunResult:
    return WorkflowRunResult(
        dataset_name=action.name,
        run_id=action.run_id,
        status=ResultStatus.SUCCESS,
        run_status=RunStatus.RUNNING,
        triggered_by=action.by,
        started_at=action.at,
    )


def unregistered(action: Action) -> WorkflowRunResult:
    return WorkflowRunResult(
        dataset_name=action.name,
        status=ResultStatus.SUCCESS,
        unregistered_by=action.by,
        unregistered_at=action.at,
        s3_path_deleted=portraits.store_path(MANUAL, action.name),
        airflow_dag_disabled=True,
    )


def _rows(world: World, name: str) -> list[WorkflowInfo]:
    playing = (world.workflow(WorkflowKey(name, source)) for source in SourceType)
    return [portraits.row(world, workflow) for workflow in playing if workflow]


def _in_force(world: World, name: str) -> DemoWorkflow:
    workflow = world.in_force(name)
    if workflow is None:
        raise WorkflowNotFoundError(dataset_name=name)
    return workflow

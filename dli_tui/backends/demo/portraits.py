"""The demo world in the words of the domain: rows, runs, steps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain, takewhile
from typing import TYPE_CHECKING, Final

from dli_tui.backends.demo.ledger import HandBackfill, RunEvent
from dli_tui.backends.demo.scenario import ERRORS, ArchivedRun, DemoWorkflow
from dli_tui.backends.demo.timeline import Timeline, Try
from dli_tui.backends.demo.world import Play, World
from dli_tui.domain.run import SCHEDULER, RunProgress, WorkflowRun
from dli_tui.domain.status import (
    RunStatus,
    RunType,
    SourceType,
    StepStatus,
    WorkflowStatus,
)
from dli_tui.domain.step import Step
from dli_tui.domain.workflow import WorkflowInfo
from dli_tui.domain.zones import zone_of

if TYPE_CHECKING:
    from dli_tui.domain.backfill import Backfill

LOG_PAGE: Final = "https://airflow.example.com/log"
_STORE: Final = "s3://data-workflows"
_NEVER_RAN: Final = {
    RunStatus.FAILED: (StepStatus.FAILED, "upstream_failed"),
    RunStatus.KILLED: (StepStatus.CANCELLED, None),
    RunStatus.STOPPING: (StepStatus.CANCELLED, None),
}


def row(world: World, workflow: DemoWorkflow) -> WorkflowInfo:
    """One row of the list."""
    runs = latest_runs(world, workflow, 1)
    pause = world.book.pause(workflow, world.now, world.now)
    status = world.status(workflow)
    held = pause if pause and pause.held and status is not WorkflowStatus.OVERRIDDEN else None
    registration = world.book.registrations.get(workflow.name)
    by_hand = workflow.source is SourceType.MANUAL and registration is not None
    return WorkflowInfo(
        dataset_name=workflow.name,
        source_type=workflow.source,
        status=status,
        cron=workflow.cron,
        timezone=workflow.timezone,
        next_run=world.next_run(workflow),
        last_run=runs[0] if runs else None,
        active_runs=_active(world, workflow),
        owner=workflow.owner or None,
        team=workflow.team or None,
        description=workflow.description or None,
        tags=workflow.tags,
        retry=workflow.retry,
        notifications=workflow.notifications,
        overridden_by="code" if status is WorkflowStatus.OVERRIDDEN else None,
        reason=held.reason if held else None,
        paused_by=held.by if held else None,
        paused_at=held.since if held else None,
        registered_by=registration.by if registration and by_hand else None,
        registered_at=registration.at if registration and by_hand else None,
        created_at=min(workflow.created, world.horizon),
        s3_path=store_path(workflow.source, workflow.name),
        airflow_dag_id=workflow.name.replace(".", "_"),
    )


def latest_runs(world: World, workflow: DemoWorkflow, count: int) -> list[WorkflowRun]:
    """The last runs of a row, newest first, those of the archive too."""
    runs: list[WorkflowRun] = []
    for play in world.plays(workflow):
        runs.append(run(world, play))
        if len(runs) == count:
            return runs
    runs.extend(archive(world, workflow))
    runs.sort(key=started, reverse=True)
    return runs[:count]


def archive(world: World, workflow: DemoWorkflow) -> Iterable[WorkflowRun]:
    """The archived runs of a row: the row in force has them."""
    if workflow is not world.in_force(workflow.name):
        return ()
    return (
        archived_run(world, archived)
        for archived in world.book.scenario.archive
        if archived.workflow == workflow.name and archived.started <= world.now
    )


def run(world: World, play: Play) -> WorkflowRun:
    """One run as it stands now."""
    line = world.timeline(play)
    moment = (world.now - play.queued).total_seconds()
    status = line.status(moment)
    begun, over = moment >= line.started, status.is_terminal
    finished = _at(play, line.finished) if over else None
    stop = _stop(world, play.run_id)
    # A run that is tried again begins again: what it waited for somebody is not its duration.
    events = world.book.events.get(play.run_id, ())
    retried = [event.at for event in events if event.steps is not None]
    progress = _progress(play.workflow, line, moment, over=over)
    return WorkflowRun(
        run_id=play.run_id,
        dataset_name=play.workflow.name,
        source_type=play.workflow.source,
        status=status,
        run_type=play.run_type,
        slot=play.slot,
        parameters=dict(play.parameters),
        triggered_by=play.by,
        backfill_id=play.backfill_id,
        created_at=play.queued,
        started_at=max([_at(play, line.started), *retried]) if begun else None,
        finished_at=finished,
        updated_at=finished or min(world.now, _at(play, max(line.started, moment))),
        error_message=error_of(play.workflow) if status is RunStatus.FAILED else None,
        reason=stop.reason if stop else None,
        stopped_by=stop.by if stop else None,
        stopped_at=stop.at if stop else None,
        logs_url=f"{LOG_PAGE}?dag_id={play.workflow.luck:08x}&run={int(play.queued.timestamp())}",
        progress=progress,
        retry_count=len(retried),
    )


def archived_run(world: World, archived: ArchivedRun) -> WorkflowRun:
    """One run of the archive; it too was running once."""
    finished = archived.started + timedelta(seconds=archived.seconds)
    over = finished <= world.now
    killed = archived.status is RunStatus.KILLED
    return WorkflowRun(
        run_id=archived.run_id,
        dataset_name=archived.workflow,
        source_type=SourceType.CODE,
        status=archived.status if over else RunStatus.RUNNING,
        run_type=archived.run_type,
        triggered_by=SCHEDULER if archived.run_type is RunType.SCHEDULED else "user@example.com",
        created_at=archived.started,
        started_at=archived.started,
        finished_at=finished if over else None,
        updated_at=finished if over else world.now,
        error_message=archived.error if over and not killed else None,
        reason=archived.error if over and killed else None,
        stopped_by="user@example.com" if over and killed else None,
        logs_url=f"{LOG_PAGE}?run={int(archived.started.timestamp())}",
    )


def backfill_run(world: World, workflow: DemoWorkflow, backfill: HandBackfill) -> WorkflowRun:
    """A backfill as a whole, addressed like a run: how many of its dates are done."""
    runs = [run(world, play) for play in world.children(workflow, backfill)]
    done = sum(one.status is RunStatus.COMPLETED for one in runs)
    bad = [one for one in runs if one.status.is_terminal and one.status is not RunStatus.COMPLETED]
    halted = world.halted_by(workflow, backfill)
    active = next((one for one in runs if one.status.is_running), None)
    stop = world.stopped(backfill.backfill_id)
    whole = done == len(backfill.slots)
    rests = bad[0].status if bad else _at_rest(whole=whole, halted=halted is not None)
    status = _as_a_whole(rests, active=active is not None, stopped=stop is not None)
    ends = [one.finished_at for one in runs if one.finished_at]
    if stop is not None:
        ends.append(stop.at)
    error = f"{bad[0].run_id}: {error_of(workflow)}" if bad else _given_up(halted)
    return WorkflowRun(
        run_id=backfill.backfill_id,
        dataset_name=workflow.name,
        source_type=workflow.source,
        status=status,
        run_type=RunType.BACKFILL,
        parameters=dict(backfill.parameters),
        triggered_by=backfill.by,
        backfill_id=backfill.backfill_id,
        created_at=backfill.at,
        started_at=runs[0].started_at if runs else None,
        finished_at=max(ends, default=world.now) if status.is_terminal else None,
        updated_at=world.now,
        error_message=error if status is RunStatus.FAILED else None,
        reason=stop.reason if stop else None,
        stopped_by=stop.by if stop else None,
        stopped_at=stop.at if stop else None,
        progress=RunProgress(
            total_tasks=len(backfill.slots),
            completed_tasks=done,
            failed_tasks=len(bad),
            current_task=active.run_id if active else None,
        ),
    )


def _as_a_whole(rests: RunStatus, *, active: bool, stopped: bool) -> RunStatus:
    """How a backfill stands that would be `rests` if none of it ran and nobody had stopped it."""
    if active:
        return RunStatus.STOPPING if stopped else RunStatus.RUNNING
    return RunStatus.KILLED if stopped else rests


def backfill(world: World, workflow: DemoWorkflow, started: HandBackfill) -> Backfill:
    """A backfill with each of its dates, those that have not begun too."""
    from dli_tui.domain.backfill import Backfill, BackfillDate  # noqa: PLC0415 - one page needs them

    runs = {play.slot: run(world, play) for play in world.children(workflow, started)}
    zone = zone_of(workflow.timezone)
    return Backfill(
        whole=backfill_run(world, workflow, started),
        timezone=workflow.timezone,
        parallel=started.parallel,
        dates=tuple(
            BackfillDate(slot=slot, day=slot.astimezone(zone).date(), run=runs.get(slot))
            for slot in started.slots
        ),
    )


def sequences(world: World) -> tuple[Backfill, ...]:
    """The backfills that somebody keeps going run by run, newest first."""
    from dli_tui.backends import sequences as found  # noqa: PLC0415 - one page needs the models

    plays = [play for play in world.by_hand() if play.backfill_id is not None]
    zones = {play.workflow.name: play.workflow.timezone for play in plays}
    return found.sequences((run(world, play) for play in plays), zones)


def _given_up(halted: str | None) -> str | None:
    """Why a backfill is over whose runs have all gone well in the end."""
    return None if halted is None else f"The dates after {halted} were given up when it failed"


def _at_rest(*, whole: bool, halted: bool) -> RunStatus:
    """Where a backfill stands of whose runs none failed and none is under way."""
    if whole:
        return RunStatus.COMPLETED
    # A retry may have gone well, but the dates after it were given up before.
    return RunStatus.FAILED if halted else RunStatus.RUNNING


def steps(world: World, play: Play) -> tuple[Step, ...]:
    """The steps of a run as they stand now."""
    line = world.timeline(play)
    moment = (world.now - play.queued).total_seconds()
    status = line.status(moment)
    return tuple(
        _step(play, line, index, moment, status)
        for index in range(len(play.workflow.pattern.steps))
    )


def tries(world: World, play: Play, step: str) -> tuple[Try, ...]:
    """The tries of one step that have begun by now."""
    line = world.timeline(play)
    moment = (world.now - play.queued).total_seconds()
    names = [plan.name for plan in play.workflow.pattern.steps]
    return tuple(one for one in line.tries if names[one.step] == step and one.start <= moment)


def started(one: WorkflowRun) -> datetime:
    """What a history is ordered by."""
    moment = one.created_at or one.started_at
    if moment is None:
        raise ValueError(f"run {one.run_id} of the demo has no time")
    return moment


def store_path(source: SourceType, name: str) -> str:
    """Where the spec of a row is said to lie."""
    return f"{_STORE}/{source}/{name}.yaml"


def error_of(workflow: DemoWorkflow) -> str:
    """What a failing run of `workflow` says."""
    return workflow.temper.error or ERRORS[workflow.luck % len(ERRORS)]


def _active(world: World, workflow: DemoWorkflow) -> int:
    """How many runs are under way: of the latest ones, and of those that were retried."""
    oldest = world.now - timedelta(seconds=world.longest(workflow))
    latest = takewhile(lambda play: play.queued >= oldest, world.plays(workflow))
    archived = sum(one.status.is_running for one in archive(world, workflow))
    return archived + sum(
        world.timeline(play).status((world.now - play.queued).total_seconds()).is_running
        for play in chain(latest, world.retried(workflow, oldest))
    )


def _step(play: Play, line: Timeline, index: int, moment: float, status: RunStatus) -> Step:
    plan = play.workflow.pattern.steps[index]
    mine = [one for one in line.tries if one.step == index]
    begun = [one for one in mine if one.start <= moment]
    state, raw = _NEVER_RAN.get(status, (StepStatus.PENDING, None))
    latest = begun[-1] if begun else None
    if latest is not None:
        state, raw = _state(latest, moment, more=len(mine) > len(begun)), None
    over = latest is not None and latest.end <= moment
    return Step(
        name=plan.name,
        step_id=f"{play.run_id}.{plan.name}",
        order=index + 1,
        type=plan.type,
        status=state,
        raw_status=raw,
        attempt=latest.attempt if latest else 1,
        max_attempts=play.workflow.retry.max_attempts,
        needs=play.workflow.pattern.needs(plan),
        queued_at=_at(play, latest.start) if latest else None,
        started_at=_at(play, latest.start) if latest else None,
        finished_at=_at(play, latest.end) if latest and over else None,
        error_message=error_of(play.workflow)
        if latest and over and latest.outcome is StepStatus.FAILED
        else None,
    )


def _state(latest: Try, moment: float, *, more: bool) -> StepStatus:
    if latest.end > moment:
        return StepStatus.RUNNING
    if latest.outcome is StepStatus.FAILED and more:
        return StepStatus.RETRYING
    return latest.outcome


def _progress(workflow: DemoWorkflow, line: Timeline, moment: float, *, over: bool) -> RunProgress:
    latest = {one.step: one for one in line.tries if one.start <= moment}
    ended = [one for one in latest.values() if one.end <= moment]
    current = next((one for one in latest.values() if one.end > moment), None)
    return RunProgress(
        total_tasks=len(workflow.pattern.steps),
        completed_tasks=sum(one.outcome is StepStatus.COMPLETED for one in ended),
        failed_tasks=sum(one.outcome is StepStatus.FAILED for one in ended),
        current_task=workflow.pattern.steps[current.step].name if current and not over else None,
    )


def _stop(world: World, run_id: str) -> RunEvent | None:
    events = world.book.events.get(run_id, ())
    return next((event for event in events if event.steps is None), None)


def _at(play: Play, seconds: float) -> datetime:
    return play.queued + timedelta(seconds=seconds)

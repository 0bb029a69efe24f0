"""What moved in the demo since a moment, without looking at everything.

A row can only have changed when one of its runs moved, when a slot passed, or when
somebody did something to it. Rows share schedules, so the schedules are asked first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from dli_tui.backends.demo import portraits, slots
from dli_tui.backends.demo.actions import Action
from dli_tui.backends.demo.crowd import Portraits
from dli_tui.backends.demo.dice import stable_hash
from dli_tui.backends.demo.scenario import DemoWorkflow
from dli_tui.backends.demo.timeline import longest
from dli_tui.backends.demo.world import World
from dli_tui.domain.clock import as_utc
from dli_tui.domain.status import RunStatus
from dli_tui.domain.workflow import WorkflowInfo


def cursor(world: World, actions: Sequence[Action]) -> str:
    """What stands for this moment, and for what had been done by then."""
    return f"{world.now.isoformat()}/{_mark(actions)}"


def moment_of(cursor: str | None, world: World, actions: Sequence[Action]) -> datetime | None:
    """The moment of a cursor; None where everything has to be told again."""
    moment, _, known = (cursor or "").partition("/")
    if known != _mark(actions):
        return None
    try:
        before = as_utc(datetime.fromisoformat(moment))
    except ValueError:
        return None
    # At midnight the horizon moves, and with it what every row says of its beginnings.
    same_day = before.date() == world.now.date()
    return before if same_day and before <= world.now else None


def moved(world: World, before: datetime) -> Iterator[WorkflowInfo]:
    """The rows that may differ from how they were `before`."""
    of_fate: dict[int, bool] = {}
    drawn = Portraits(world)
    told = world.book.touched | _of_archive(world, before)
    for workflow in world.playing():
        fate = workflow.luck
        if fate not in of_fate:
            of_fate[fate] = _may_have_moved(world, workflow, before)
        if of_fate[fate] or workflow.name in told:
            yield drawn.row(workflow)


def metrics(world: World) -> dict[str, float]:
    """The numbers of the health page, from the last day."""
    day_ago = world.now - timedelta(days=1)
    counts = dict.fromkeys(RunStatus, 0)
    total = 0
    for workflow in world.playing():
        total += 1
        for play in () if workflow.fate else world.plays(workflow):
            if play.queued < day_ago:
                break
            counts[portraits.run(world, play).status] += 1
    ended = counts[RunStatus.COMPLETED] + counts[RunStatus.FAILED]
    return {
        "total_workflows": total,
        "active_executions": counts[RunStatus.RUNNING] + counts[RunStatus.PENDING],
        "completed_executions_24h": counts[RunStatus.COMPLETED],
        "failed_executions_24h": counts[RunStatus.FAILED],
        "success_rate_24h": round(100 * counts[RunStatus.COMPLETED] / ended, 1) if ended else 100.0,
    }


def _may_have_moved(world: World, workflow: DemoWorkflow, before: datetime) -> bool:
    """Whether a slot has passed since, or one lies so near that its run may still be going."""
    if workflow.cron is None:
        return False
    reach = timedelta(seconds=workflow.temper.behind_seconds + longest(workflow))
    passed = slots.backwards(workflow.cron, workflow.timezone, world.now, before - reach)
    return next(passed, None) is not None


def _of_archive(world: World, before: datetime) -> set[str]:
    """The workflows of which a run of the archive was under way since."""
    return {
        archived.workflow
        for archived in world.book.scenario.archive
        if archived.started <= world.now
        and archived.started + timedelta(seconds=archived.seconds) >= before
    }


def _mark(actions: Sequence[Action]) -> str:
    latest = stable_hash(actions[-1].as_line()) if actions else 0
    return f"{len(actions)}-{latest:08x}"

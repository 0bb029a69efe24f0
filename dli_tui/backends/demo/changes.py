"""What moved in the demo since a moment, without looking at everything.

A row can only have changed when one of its runs moved, when a slot passed, or when
somebody did something to it. Rows share schedules, so the schedules are asked first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, NamedTuple

from dli_tui.backends.demo import portraits, slots
from dli_tui.backends.demo.actions import Action
from dli_tui.backends.demo.crowd import Portraits
from dli_tui.backends.demo.dice import stable_hash
from dli_tui.backends.demo.scenario import DemoWorkflow
from dli_tui.backends.demo.timeline import longest
from dli_tui.backends.demo.world import World
from dli_tui.domain.clock import as_utc
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.status import RunStatus, SourceType
from dli_tui.domain.workflow import WorkflowInfo

STRETCH: Final = 200
"""So many rows are looked at in a few milliseconds."""


class Known(NamedTuple):
    """What somebody has seen who comes with a cursor."""

    moment: datetime
    touched: frozenset[str] = frozenset()
    """The names that something was done to since."""


def cursor(world: World, actions: Sequence[Action]) -> str:
    """What stands for this moment, and for what had been done by then."""
    return f"{world.now.isoformat()}/{_mark(actions)}"


def known_by(cursor: str | None, world: World, actions: Sequence[Action]) -> Known | None:
    """What the holder of a cursor has seen; None where everything has to be told again."""
    moment, _, mark = (cursor or "").partition("/")
    count, _, _ = mark.partition("-")
    seen = int(count) if count.isdecimal() else 0
    if mark != _mark(actions[:seen]):
        return None
    try:
        before = as_utc(datetime.fromisoformat(moment))
    except ValueError:
        return None
    # At midnight the horizon moves, and with it what every row says of its beginnings.
    if before.date() != world.now.date() or before > world.now:
        return None
    return Known(before, frozenset(action.name for action in actions[seen:]))


def moved(world: World, known: Known) -> Iterator[tuple[WorkflowInfo, ...]]:
    """The rows that may differ from what is known, a stretch of the list at a time."""
    of_fate: dict[int, bool] = {}
    drawn = Portraits(world)
    told = world.book.touched | _of_archive(world, known.moment)

    def tells(workflow: DemoWorkflow) -> bool:
        fate = workflow.luck
        if fate not in of_fate:
            of_fate[fate] = _may_have_moved(world, workflow, known.moment)
        return of_fate[fate] or workflow.name in told

    playing = world.playing()
    while stretch := tuple(islice(playing, STRETCH)):
        yield tuple(drawn.row(workflow) for workflow in stretch if tells(workflow))


def gone(world: World, known: Known) -> tuple[WorkflowKey, ...]:
    """The rows that something was done to since, and that are no more."""
    keys = (WorkflowKey(name, source) for name in known.touched for source in SourceType)
    return tuple(key for key in keys if key in world.book.changed and not world.workflow(key))


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
    """How many actions, and which was the last: one that stands there tells those before it."""
    latest = stable_hash(actions[-1].as_line()) if actions else 0
    return f"{len(actions)}-{latest:08x}"

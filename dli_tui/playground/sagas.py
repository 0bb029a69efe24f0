"""Sagas: where one stands at a moment, those of executions like those that somebody started.

What goes forward is a course of steps. Where it fails, or somebody cancels it, what was done is
undone from there on, one step after the other, the last one first.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final, NamedTuple
from uuid import UUID, uuid5

from dli_tui.playground.course import COMPLETED, Course, Event, course_of
from dli_tui.playground.records import Execution
from dli_tui.playground.steps import Outcome, Step

COMPENSATING: Final = "compensating"
COMPENSATED: Final = "compensated"
FAILED: Final = "failed"
PENDING: Final = "pending"
RUNNING: Final = "running"
STATUSES: Final = (PENDING, RUNNING, COMPLETED, COMPENSATING, FAILED, COMPENSATED)
OPEN: Final = (PENDING, RUNNING)

KEPT: Final = timedelta(hours=6)
"""So long after its end it can still be looked at."""
OF_EXECUTIONS: Final = "workflow_execution"
TENANT: Final = "automation-services"
CORRELATION: Final = "workflow-{}-execution-{}"
_OURS: Final = UUID("7e0b5a52-9a51-4f6c-8f43-0a2f1c1d9b11")
_STEP_SECONDS: Final = 30
_UNDOES: Final = timedelta(seconds=2)
_SERVICES: Final = {
    "file_process": "file-processor",
    "notification": "notification-service",
    "data_transform": "data-service",
}
_UNDONE: Final = frozenset({"http_request", "file_process", "data_transform"})
"""The types of step that leave something behind to undo."""


_WORDS: Final = {"skipped": PENDING, "retrying": RUNNING}
"""A saga has no words for steps that are left out or tried again."""


class Pace(NamedTuple):
    """How long it waits for its turn, does a step, and undoes one."""

    waits: float = 1.0
    does: float = 3.0
    undoes: float = 2.0


USUAL: Final = Pace()


class Part(NamedTuple):
    """One step: what does it, and what undoes it."""

    name: str
    service: str
    command: Mapping[str, Any]
    compensation: Mapping[str, Any] | None = None
    timeout: int = _STEP_SECONDS
    result: Mapping[str, Any] | None = None
    """What it gives back when it is done."""


class PartStand(NamedTuple):
    """How far one step is."""

    id: str
    part: Part
    status: str
    begun: datetime | None
    ended: datetime | None
    error: str | None
    result: Mapping[str, Any] | None


class Stand(NamedTuple):
    """How far a saga is."""

    id: str
    kind: str
    status: str
    parts: tuple[PartStand, ...]
    current: int
    input_data: Mapping[str, Any]
    correlation: str
    tenant: str | None
    error: str | None
    asked: datetime
    begun: datetime | None
    ended: datetime | None
    execution_id: int | None


class Plot(NamedTuple):
    """All that a saga is told from."""

    id: str
    kind: str
    course: Course
    parts: tuple[Part, ...]
    input_data: Mapping[str, Any]
    correlation: str
    tenant: str | None
    undoes: timedelta = _UNDOES
    undone_from: datetime | None = None
    """When somebody wanted what was completed undone."""
    execution_id: int | None = None


@dataclass(frozen=True)
class Started:
    """A saga that somebody started."""

    id: str
    kind: str
    asked: datetime
    parts: tuple[Part, ...]
    input_data: Mapping[str, Any]
    correlation: str
    tenant: str | None = None
    fails_at: int | None = None
    error: str = 'Service returned 500: {"detail": "unavailable"}'
    pace: Pace = USUAL
    events: tuple[Event, ...] = ()

    @cached_property
    def plot(self) -> Plot:
        """What it is told from."""
        course = course_of(
            len(self.parts),
            self._tries,
            self.asked,
            waits=timedelta(seconds=self.pace.waits),
            events=self.events,
        )
        return Plot(
            self.id,
            self.kind,
            course,
            self.parts,
            self.input_data,
            self.correlation,
            self.tenant,
            timedelta(seconds=self.pace.undoes),
        )

    def _tries(self, place: int, _: int) -> Sequence[Outcome]:
        return (Outcome(self.pace.does, self.error if place == self.fails_at else None),)


def new_id(*words: object) -> str:
    """An id that is always the same for the same words."""
    return str(uuid5(_OURS, "/".join(map(str, words))))


def plot_of(execution: Execution) -> Plot:
    """The saga that belongs to an execution."""
    return Plot(
        id=new_id("execution", execution.id),
        kind=OF_EXECUTIONS,
        course=execution.course,
        parts=tuple(map(part_of, execution.steps, execution.gives)),
        input_data={
            "workflow_id": execution.workflow_id,
            "execution_id": execution.id,
            "workflow_config": execution.config,
            "timeout_seconds": execution.timeout,
        },
        correlation=CORRELATION.format(execution.workflow_id, execution.id),
        tenant=TENANT,
        execution_id=execution.id,
    )


def part_of(step: Step, result: Mapping[str, Any] | None = None) -> Part:
    """A step of a workflow as one of a saga."""
    undo = {"action": f"undo_{step.kind}", "data": {"step": step.name}}
    return Part(
        name=step.name,
        service=_SERVICES.get(step.kind, TENANT),
        command={"action": step.kind, "data": dict(step.config)},
        compensation=undo if step.kind in _UNDONE else None,
        result=result,
    )


def stand_of(plot: Plot, now: datetime) -> Stand:
    """Where a saga stands."""
    course, done = plot.course, plot.course.done(min(now, plot.course.ended))
    status, ended, back = _verdict(plot, done, now)
    parts = tuple(
        _part_stand(plot, place, now, back.get(place)) for place in range(len(plot.parts))
    )
    return Stand(
        id=plot.id,
        kind=plot.kind,
        status=status,
        parts=parts,
        current=len(done),
        input_data=plot.input_data,
        correlation=plot.correlation,
        tenant=plot.tenant,
        error=course.error if now >= course.ended else None,
        asked=course.asked,
        begun=course.begun if now >= course.begun else None,
        ended=ended,
        execution_id=plot.execution_id,
    )


def _verdict(
    plot: Plot, done: Sequence[int], now: datetime
) -> tuple[str, datetime | None, dict[int, str]]:
    """Its status, when it ended, and where each step stands that is being undone."""
    course = plot.course
    since = plot.undone_from or course.ended
    if now < course.ended:
        return course.status(now), None, {}
    if course.outcome == COMPLETED and plot.undone_from is None:
        return COMPLETED, course.ended, {}
    if course.error is not None and not done:
        return FAILED, course.ended, {}
    places = [n for n in reversed(done) if plot.parts[n].compensation is not None]
    through = (now - since) // plot.undoes
    back = {
        place: COMPENSATED if turn < through else COMPENSATING
        for turn, place in enumerate(places)
        if turn <= through
    }
    end = since + plot.undoes * max(1, len(places))
    return (COMPENSATED, end, back) if now >= end else (COMPENSATING, None, back)


def _part_stand(plot: Plot, place: int, now: datetime, back: str | None) -> PartStand:
    course = plot.course
    tries = [one for one in course.laps[place].tries if one.begun <= now]
    status = course.status_of(place, now)
    over = bool(tries) and status not in {RUNNING, "retrying"}
    return PartStand(
        id=new_id(plot.id, place),
        part=plot.parts[place],
        status=back or _WORDS.get(status, status),
        begun=tries[0].begun if tries else None,
        ended=tries[-1].ended if over else None,
        error=tries[-1].error if over else None,
        result=plot.parts[place].result if status == COMPLETED else None,
    )

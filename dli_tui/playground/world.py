"""The service's memory: which workflows there are, and what was executed up to now.

Nothing happens here on its own. Before anything is looked at or done, whatever was due since the
last time is written down in the order in which it was due: so it makes no difference how often
somebody looks.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from dli_tui.domain.clock import Clock
from dli_tui.domain.schedule import fires_between
from dli_tui.playground.checking import check_config, check_cron, check_limits, check_name
from dli_tui.playground.course import COMPLETED, FAILED, TIMEOUT, Again, Stop
from dli_tui.playground.makes import Generation
from dli_tui.playground.records import (
    DELETED,
    MANUAL,
    STATUSES,
    UPLOAD,
    Execution,
    Workflow,
)
from dli_tui.playground.refusals import RefusedError
from dli_tui.playground.steps import WAYS, steps_of

_FILE: Final = "upload-{:%Y%m%d-%H%M}.{}"


class Begin(NamedTuple):
    """Something that begins at a moment."""

    at: datetime
    workflow_id: int
    trigger_type: str = MANUAL
    trigger_data: Mapping[str, Any] | None = None
    cancelled_after: float | None = None
    """Seconds; for the history that a stocked world brings along."""


class Count(NamedTuple):
    """How often a workflow was executed, and how that went."""

    total: int
    successful: int
    failed: int
    last: datetime | None


class World:
    """Workflows and executions, as they stand at the hour of `clock`."""

    def __init__(self, clock: Clock, generation: Generation) -> None:
        self.clock = clock
        self.generation = generation
        self.began = clock.now()
        self._seen = self.began
        self._workflows: dict[int, Workflow] = {}
        self._executions: list[Execution] = []
        self._of: dict[int, list[int]] = {}
        """The places of each workflow's executions."""
        self._steps = 0

    def stock(self, workflows: Iterable[Workflow], since: datetime, begun: Iterable[Begin]) -> None:
        """Put in what is there from the start, with its history from `since` on."""
        for workflow in workflows:
            self._put(workflow)
        self._write_down(since, self.began, begun)

    # Time

    def now(self) -> datetime:
        """The present, with all that was due until then written down."""
        now = self.clock.now()
        if now > self._seen:
            self._write_down(self._seen, now, ())
            self._seen = now
        return now

    def _write_down(self, after: datetime, until: datetime, more: Iterable[Begin]) -> None:
        due = [*more]
        for workflow in self._workflows.values():
            for cron, called in workflow.starts:
                due += [
                    Begin(
                        at, workflow.id, called, _upload(workflow, at) if called == UPLOAD else None
                    )
                    for at in fires_between(cron, "UTC", after, until)
                ]
        for begin in sorted(due, key=lambda one: (one.at, one.workflow_id)):
            self._begin(begin)

    def _begin(self, begin: Begin) -> Execution:
        workflow, places = self._workflows[begin.workflow_id], self._of[begin.workflow_id]
        ways = WAYS[self.generation]
        execution = Execution(
            id=len(self._executions) + 1,
            workflow_id=workflow.id,
            number=len(places) + 1,
            first_step=self._steps + 1,
            asked=begin.at,
            trigger_type=begin.trigger_type,
            trigger_data=begin.trigger_data,
            config=workflow.config,
            steps=steps_of(workflow.config),
            ways=ways,
            retries=min(workflow.retries, ways.retries),
            timeout=workflow.timeout,
        )
        if begin.cancelled_after is not None:
            stopped = Stop(begin.at + timedelta(seconds=begin.cancelled_after))
            execution = replace(execution, events=(stopped,))
        self._steps += len(execution.steps)
        places.append(len(self._executions))
        self._executions.append(execution)
        return execution

    # Workflows

    def workflows(self, status: str | None = None) -> list[Workflow]:
        """All that aren't deleted, or those of a status, oldest first."""
        self.now()
        return [
            one
            for one in self._workflows.values()
            if (one.status != DELETED if status is None else one.status == status)
        ]

    def workflow(self, number: int) -> Workflow:
        """The one of that id."""
        self.now()
        found = self._workflows.get(number)
        if found is None or found.status == DELETED:
            raise RefusedError(404, "Workflow not found", "WORKFLOW_NOT_FOUND")
        return found

    def create(self, name: str, config: Mapping[str, Any], **more: Any) -> Workflow:  # noqa: ANN401 - fields of the record
        """A new workflow."""
        now = self.now()
        made = Workflow(len(self._workflows) + 1, name, config, created=now, updated=now, **more)
        self._check(made)
        self._put(made)
        return made

    def update(self, number: int, **changes: Any) -> Workflow:  # noqa: ANN401 - fields of the record
        """A workflow with other values."""
        now = self.now()
        made = replace(self.workflow(number), updated=now, **changes)
        self._check(made)
        self._workflows[number] = made
        return made

    def delete(self, number: int) -> None:
        """Out of the list with it; what it executed stays."""
        self._workflows[number] = replace(self.workflow(number), status=DELETED, updated=self.now())

    def _put(self, workflow: Workflow) -> None:
        self._workflows[workflow.id] = workflow
        self._of[workflow.id] = []

    def _check(self, made: Workflow) -> None:
        check_name(made.name)
        check_config(made.config)
        check_cron(made.cron, needed=made.is_scheduled)
        check_limits(made.timeout, made.retries)
        if made.status not in STATUSES:
            raise RefusedError(400, f"Invalid status: {made.status}", "INVALID_STATUS")
        # The services before took a name as often as somebody gave it.
        if self.generation is Generation.NEWEST and any(
            one.name == made.name and one.id != made.id for one in self.workflows()
        ):
            raise RefusedError(
                409, f"A workflow named '{made.name}' already exists", "WORKFLOW_NAME_EXISTS"
            )

    # Executions

    def execute(self, number: int, trigger_data: Mapping[str, Any] | None) -> Execution:
        """Begin an execution by hand."""
        now, workflow = self.now(), self.workflow(number)
        if not workflow.runs:
            raise RefusedError(
                400,
                f"Workflow cannot be executed (status: {workflow.status}, "
                f"enabled: {workflow.is_enabled})",
                "WORKFLOW_NOT_EXECUTABLE",
            )
        return self._begin(Begin(now, number, MANUAL, trigger_data))

    def executions(self, number: int, status: str | None = None) -> list[Execution]:
        """Those of a workflow, newest first."""
        self.workflow(number)
        found = self.of(number)
        now = self.now()
        return [one for one in found if status is None or one.status(now) == status]

    def of(self, number: int) -> list[Execution]:
        """Those of a workflow, deleted or not, newest first."""
        return [self._executions[place] for place in reversed(self._of[number])]

    def all_executions(self) -> Sequence[Execution]:
        """Every one of them, oldest first."""
        self.now()
        return self._executions

    def execution(self, number: int) -> Execution:
        """The one of that id."""
        self.now()
        if not 1 <= number <= len(self._executions):
            raise RefusedError(404, "Execution not found", "EXECUTION_NOT_FOUND")
        return self._executions[number - 1]

    def retry(self, step_id: int) -> Execution:
        """Have a failed step tried again, and what comes after it done."""
        now = self.now()
        if not 1 <= step_id <= self._steps:
            raise RefusedError(404, "Step not found", "STEP_NOT_FOUND")
        # One without steps has the number of the next one's first: the last of them is meant.
        at = bisect_right(self._executions, step_id, key=lambda one: one.first_step)
        execution = self._executions[at - 1]
        place = step_id - execution.first_step
        stands = execution.course.status_of(place, now)
        if stands != FAILED:
            raise RefusedError(
                400, f"Only failed steps can be retried (status: {stands})", "STEP_NOT_RETRYABLE"
            )
        return self._replaced(replace(execution, events=(*execution.events, Again(now, place))))

    def stop(self, number: int) -> None:
        """End an execution, unless it is over."""
        now, execution = self.now(), self.execution(number)
        if now < execution.course.ended:
            self._replaced(replace(execution, events=(*execution.events, Stop(now))))

    def _replaced(self, execution: Execution) -> Execution:
        self._executions[execution.id - 1] = execution
        return execution

    def count(self, number: int) -> Count:
        """How often a workflow was executed, and how that went."""
        now = self.now()
        found = self.of(number)
        stands = Counter(one.status(now) for one in found)
        last = max((one.course.ended for one in found if now >= one.course.ended), default=None)
        return Count(len(found), stands[COMPLETED], stands[FAILED] + stands[TIMEOUT], last)


def _upload(workflow: Workflow, at: datetime) -> dict[str, Any]:
    extension = (workflow.extensions or "pdf").partition(",")[0]
    name = _FILE.format(at, extension)
    return {"file_id": f"file_{at:%d%H%M}", "file_name": name}

"""The oldest automation service that was recorded: /workflows, without a key.

Everything is wrapped in its name, a time says no zone, a duration is in seconds, and what a step
did is told in the result or, for people, in the logs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dli_tui.domain.schedule import next_fire
from dli_tui.playground.checking import check_cron
from dli_tui.playground.course import COMPLETED, FAILED, RETRYING, RUNNING
from dli_tui.playground.door import Entry
from dli_tui.playground.moments import naive, written
from dli_tui.playground.reading import Field, body_of, number, number_in_path
from dli_tui.playground.records import SCHEDULE, STATUSES, Execution, Workflow
from dli_tui.playground.refusals import RefusedError
from dli_tui.playground.world import World

_LIST: Final = "/workflows"
_ONE: Final = _LIST + "/{workflow_id}"
_MANY: Final = 100
_RUN_STATUSES: Final = ("pending", RUNNING, COMPLETED, FAILED, "cancelled")
_FIELDS: Final = (
    Field("description", str),
    Field("triggers", list),
    Field("cron_expression", str),
    Field("is_enabled", bool),
)
_NEW: Final = (Field("name", str, needed=True), Field("config", dict, needed=True), *_FIELDS)
_CHANGED: Final = (Field("name", str), Field("config", dict), Field("status", str), *_FIELDS)


class LegacyAutomation:
    """The endpoints of a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def entries(self) -> Sequence[Entry]:
        """All of them."""
        return (
            Entry("GET", "/health", self.health),
            Entry("POST", _LIST, self.create),
            Entry("GET", _LIST, self.all),
            Entry("GET", f"{_LIST}/executions/{{execution_id}}", self.execution),
            Entry("GET", _ONE, self.one),
            Entry("PUT", _ONE, self.update),
            Entry("DELETE", _ONE, self.delete),
            Entry("POST", f"{_ONE}/trigger", self.trigger),
            Entry("GET", f"{_ONE}/executions", self.executions),
        )

    async def health(self, _: Request) -> Response:
        """Never well, as it was recorded."""
        return JSONResponse({"detail": "Service unavailable"}, 503)

    async def create(self, request: Request) -> Response:
        """A new workflow."""
        given = _recorded(await body_of(request, *_NEW))
        made = self._world.create(given.pop("name"), given.pop("config"), **given)
        told = {"message": "Workflow created successfully", "workflow": self._row(made)}
        return JSONResponse(told)

    async def all(self, request: Request) -> Response:
        """A page of the list, newest first."""
        status = _status(request, STATUSES)
        found = self._world.workflows(status)[::-1]
        start, most = number(request, "skip", 0), number(request, "limit", _MANY, least=1)
        told = [self._row(one) for one in found[start : start + most]]
        page = {"total": len(found), "skip": start, "limit": most}
        return JSONResponse({"workflows": told, **page})

    async def one(self, request: Request) -> Response:
        """One workflow."""
        return JSONResponse({"workflow": self._row(self._world.workflow(_workflow_id(request)))})

    async def update(self, request: Request) -> Response:
        """A workflow with other values; its status pauses it here."""
        given = _recorded(await body_of(request, *_CHANGED))
        status = given.get("status", STATUSES[0])
        if status not in STATUSES:
            says = f"'{status}' is not a valid WorkflowStatus"
            raise RefusedError(400, says, "INVALID_STATUS")
        self._must_be_there(request, "update")
        made = self._world.update(_workflow_id(request), **given)
        told = {"message": "Workflow updated successfully", "workflow": self._row(made)}
        return JSONResponse(told)

    async def delete(self, request: Request) -> Response:
        """Out of the list with it."""
        self._must_be_there(request, "delete")
        which = _workflow_id(request)
        self._world.delete(which)
        return JSONResponse({"message": "Workflow deleted successfully", "workflow_id": which})

    def _must_be_there(self, request: Request, deed: str) -> None:
        """What isn't there is told as if it had failed itself."""
        try:
            self._world.workflow(_workflow_id(request))
        except RefusedError as wrong:
            raise RefusedError(500, f"Failed to {deed} workflow: ", wrong.code) from None

    async def trigger(self, request: Request) -> Response:
        """Begin an execution."""
        given = await body_of(request, Field("trigger_data", dict), optional=True)
        workflow = self._world.workflow(_workflow_id(request))
        if not workflow.runs:
            says = f"Workflow {workflow.id} is not active"
            raise RefusedError(400, says, "WORKFLOW_NOT_EXECUTABLE")
        begun = self._world.execute(workflow.id, given.get("trigger_data") or {})
        told = {"message": "Workflow triggered successfully", "execution": self._run_row(begun)}
        return JSONResponse(told)

    async def executions(self, request: Request) -> Response:
        """A page of executions, newest first."""
        status, which = _status(request, _RUN_STATUSES), _workflow_id(request)
        found = self._world.executions(which, status)
        start, most = number(request, "skip", 0), number(request, "limit", _MANY, least=1)
        told = [self._run_row(one) for one in found[start : start + most]]
        page = {"workflow_id": which, "total": len(found), "skip": start, "limit": most}
        return JSONResponse({"executions": told, **page})

    async def execution(self, request: Request) -> Response:
        """One execution."""
        found = self._world.execution(number_in_path(request, "execution_id"))
        return JSONResponse({"execution": self._run_row(found)})

    def _row(self, workflow: Workflow) -> dict[str, Any]:
        count = self._world.count(workflow.id)
        coming = next_fire(workflow.cron, "UTC", self._world.now()) if workflow.runs else None
        return {
            "id": workflow.id,
            "name": workflow.name,
            "description": workflow.description,
            "config": workflow.config,
            "triggers": workflow.triggers,
            "cron_expression": workflow.cron,
            "next_run": written(naive, coming),
            "status": workflow.status,
            "is_enabled": workflow.is_enabled,
            "execution_count": count.total,
            "success_count": count.successful,
            "failure_count": count.failed,
            "last_execution_at": written(naive, count.last),
            "created_at": naive(workflow.created),
            "updated_at": naive(workflow.updated),
        }

    def _run_row(self, execution: Execution) -> dict[str, Any]:
        now, course = self._world.now(), execution.course
        over = now >= course.ended
        scheduled = execution.trigger_type == SCHEDULE
        seconds = (course.ended - course.begun).total_seconds()
        return {
            "id": execution.id,
            "workflow_id": execution.workflow_id,
            "status": execution.status(now),
            "trigger_type": "scheduled" if scheduled else execution.trigger_type,
            "trigger_data": execution.trigger_data or {},
            "triggered_file_id": None,
            "result": _result(execution, now),
            "error_message": _error(execution) if over else None,
            "logs": _logs(execution, now),
            "started_at": naive(course.begun) if now >= course.begun else None,
            "completed_at": naive(course.ended) if over else None,
            "duration": seconds if over else None,
            "created_at": naive(course.asked),
            "updated_at": naive(course.ended if over else course.asked),
        }


def _recorded(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a request under the names of our records; a cron alone schedules it here."""
    found = {key: value for key, value in given.items() if value is not None}
    if "cron_expression" in found:
        found |= {"cron": found.pop("cron_expression"), "is_scheduled": True}
        _check_cron(found["cron"])
    return found


def _check_cron(cron: str) -> None:
    try:
        check_cron(cron)
    except RefusedError as wrong:
        raise RefusedError(400, f"Invalid cron expression: {cron}", wrong.code) from None


def _status(request: Request, known: Sequence[str]) -> str | None:
    status = request.query_params.get("status")
    if status is not None and status not in known:
        raise RefusedError(400, f"Invalid status: {status}", "INVALID_STATUS")
    return status


def _result(execution: Execution, now: datetime) -> dict[str, Any]:
    """What the steps gave, once all of them did."""
    if execution.status(now) != COMPLETED:
        return {}
    results = [
        {"step": place, "name": step.name, "result": gives, "status": "success"}
        for place, (step, gives) in enumerate(
            zip(execution.steps, execution.gives, strict=True), start=1
        )
    ]
    count = len(results)
    told = {"steps_executed": count, "steps_successful": count, "steps_failed": 0}
    return {**told, "results": results}


def _failing(execution: Execution) -> int | None:
    """The place of the step that it fails of."""
    laps = execution.course.laps
    return next((n for n, lap in enumerate(laps) if lap.tries and lap.tries[-1].error), None)


def _error(execution: Execution) -> str | None:
    place, error = _failing(execution), execution.course.error
    if place is None or error is None:
        return error
    return f"Workflow stopped at step {place + 1}: {error}"


def _logs(execution: Execution, now: datetime) -> str | None:
    """What it says for people, up to now."""
    course = execution.course
    if now < course.begun:
        return None
    lines = ["Workflow execution started"]
    for place, step in enumerate(execution.steps):
        status = course.status_of(place, now)
        if status in {"pending", "skipped"}:
            break
        lines.append(f"Executing step {place + 1}: {step.name}")
        if status in {FAILED, RETRYING}:
            lines.append(f"Step {place + 1} failed: {course.laps[place].tries[-1].error}")
    status = execution.status(now)
    if status == COMPLETED:
        lines.append("Workflow execution completed successfully")
    elif status == FAILED:
        lines.append(f"Workflow execution failed: {_error(execution)}")
    return "\n".join([*lines, ""])


def _workflow_id(request: Request) -> int:
    return number_in_path(request, "workflow_id")

"""The automation service as 003 documents it: workflows, executions, their steps, its health."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dli_tui.playground import rows
from dli_tui.playground.course import FAILED, PENDING, RUNNING, TIMEOUT
from dli_tui.playground.door import Entry
from dli_tui.playground.faults import Faults
from dli_tui.playground.moments import zulu
from dli_tui.playground.rates import Rate
from dli_tui.playground.reading import Field, body_of, number, number_in_path
from dli_tui.playground.records import DELETED, STATUSES, Execution, Workflow
from dli_tui.playground.refusals import RefusedError
from dli_tui.playground.world import World

LIST: Final = "/api/v1/workflows"
ONE: Final = LIST + "/{workflow_id}"
_DAY: Final = timedelta(days=1)
_RUN_STATUSES: Final = (PENDING, RUNNING, "completed", FAILED, "cancelled", TIMEOUT)

_NAMES: Final = {
    "workflow_config": "config",
    "cron_schedule": "cron",
    "trigger_on_file_upload": "on_upload",
    "trigger_file_extensions": "extensions",
    "timeout_seconds": "timeout",
    "max_retries": "retries",
}
"""What a field of the wire is called in our records, where that is another word."""
_FIELDS: Final = (
    Field("description", str),
    Field("trigger_config", dict),
    Field("cron_schedule", str),
    Field("is_scheduled", bool),
    Field("trigger_on_file_upload", bool),
    Field("trigger_file_extensions", str),
    Field("timeout_seconds", int),
    Field("is_enabled", bool),
)
NEW: Final = (
    Field("name", str, needed=True),
    Field("workflow_config", dict, needed=True),
    *_FIELDS,
)
CHANGED: Final = (Field("name", str), Field("workflow_config", dict), *_FIELDS)
_ONLY_003: Final = (Field("max_retries", int),)
_EXECUTE: Final = (Field("trigger_data", dict),)


def recorded(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a request under the names of our records; null: not said."""
    return {_NAMES.get(key, key): value for key, value in given.items() if value is not None}


class Automation:
    """The endpoints of a world, as 003 has them."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world, self._faults = world, faults

    def entries(self) -> Sequence[Entry]:
        """All of this generation."""
        return (
            Entry("GET", "/health", self.health, open=True),
            Entry("POST", LIST, self.create, Rate.CREATION),
            Entry("GET", LIST, self.all),
            *self.of_generation(),
            Entry("GET", ONE, self.one),
            Entry("PUT", ONE, self.update),
            Entry("DELETE", ONE, self.delete),
            Entry("GET", f"{ONE}/executions", self.executions),
        )

    def of_generation(self) -> Sequence[Entry]:
        """What the generation before this one hasn't."""
        return (
            Entry("POST", f"{ONE}/execute", self.execute, Rate.EXECUTION),
            Entry("GET", f"{LIST}/executions/{{execution_id}}/steps", self.steps),
            Entry("POST", f"{LIST}/steps/{{step_id}}/retry", self.retry, Rate.EXECUTION),
        )

    async def health(self, _: Request) -> Response:
        """How it is: its parts, and the last day in numbers."""
        now = self.world.now()
        stands = Counter({"workflows": len(self.world.workflows())})
        for execution in self.world.all_executions():
            status = execution.status(now)
            if status in {PENDING, RUNNING}:
                stands["active"] += 1
            elif execution.course.ended > now - _DAY:
                stands[FAILED if status == TIMEOUT else status] += 1
        up = not self._faults.sagas_down
        return JSONResponse(rows.health_row(stands, now, zulu, sagas=up))

    async def create(self, request: Request) -> Response:
        """A new workflow."""
        given = recorded(await body_of(request, *NEW, *_ONLY_003))
        made = self.world.create(given.pop("name"), given.pop("config"), **given)
        return JSONResponse(self.row(made))

    async def all(self, request: Request) -> Response:
        """A page of the list."""
        found = self.world.workflows(self.status(request, (*STATUSES, DELETED)))
        start, most = number(request, "offset", 0), number(request, "limit", 100, least=1)
        return JSONResponse([self.row(one) for one in found[start : start + most]])

    def status(self, request: Request, known: Sequence[str]) -> str | None:
        """The status that is asked for."""
        status = request.query_params.get("status")
        if status is not None and status not in known:
            raise RefusedError(400, f"Invalid status: {status}", "INVALID_STATUS")
        return status

    async def one(self, request: Request) -> Response:
        """One workflow."""
        return JSONResponse(self.row(self.world.workflow(workflow_id(request))))

    async def update(self, request: Request) -> Response:
        """A workflow with other values."""
        given = await body_of(request, *CHANGED, *_ONLY_003, Field("status", str))
        made = self.world.update(workflow_id(request), **recorded(given))
        return JSONResponse(self.row(made))

    async def delete(self, request: Request) -> Response:
        """Out of the list with it."""
        which = workflow_id(request)
        self.world.delete(which)
        return JSONResponse({"message": "Workflow deleted successfully", "workflow_id": which})

    async def execute(self, request: Request) -> Response:
        """Begin an execution."""
        given = await body_of(request, *_EXECUTE, optional=True)
        begun = self.world.execute(workflow_id(request), given.get("trigger_data"))
        return JSONResponse(
            {
                "message": "Workflow execution started",
                "execution_id": begun.id,
                "workflow_id": begun.workflow_id,
            }
        )

    async def executions(self, request: Request) -> Response:
        """A page of executions, newest first."""
        status = self.status(request, _RUN_STATUSES)
        found = self.world.executions(workflow_id(request), status)
        start, most = number(request, "offset", 0), number(request, "limit", 50, least=1)
        return JSONResponse(self.execution_rows(found[start : start + most]))

    def execution_rows(self, found: Sequence[Execution]) -> list[rows.Row]:
        """Executions, as they are told."""
        now = self.world.now()
        return [rows.execution_row(one, now, zulu) for one in found]

    async def steps(self, request: Request) -> Response:
        """The steps of an execution."""
        found = self.world.execution(number_in_path(request, "execution_id"))
        return JSONResponse(rows.step_rows(found, self.world.now(), zulu))

    async def retry(self, request: Request) -> Response:
        """A failed step again, and what comes after it."""
        which = number_in_path(request, "step_id")
        execution = self.world.retry(which)
        return JSONResponse(
            {"message": "Step retry started", "step_id": which, "execution_id": execution.id}
        )

    def row(self, workflow: Workflow) -> rows.Row:
        """A workflow, as it is told."""
        row = rows.workflow_row(workflow, self.world.count(workflow.id), zulu)
        return row | {"timeout_seconds": workflow.timeout, "max_retries": workflow.retries}


def workflow_id(request: Request) -> int:
    """Which workflow the path names."""
    return number_in_path(request, "workflow_id")

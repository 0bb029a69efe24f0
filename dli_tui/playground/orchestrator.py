"""The saga orchestrator as 003 documents it, and as one before it was recorded ("src")."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dli_tui.playground import kinds
from dli_tui.playground.course import CANCELLED, COMPLETED, RUNNING
from dli_tui.playground.door import Entry
from dli_tui.playground.moments import naive, written, zulu
from dli_tui.playground.reading import Field, body_of, choice, number
from dli_tui.playground.refusals import RefusedError
from dli_tui.playground.saga_book import SagaBook
from dli_tui.playground.sagas import (
    COMPENSATED,
    COMPENSATING,
    STATUSES,
    PartStand,
    Stand,
    new_id,
)

_START: Final = (
    Field("saga_type", str, needed=True),
    Field("input_data", dict),
    Field("correlation_id", str),
    Field("tenant_id", str),
)
_EVENTS: Final = (
    *("user.registered", "user.authenticated", "user.profile_updated"),
    *("airtable.base_connected", "airtable.schema_updated", "airtable.data_synced"),
    *("airtable.webhook_received", "file.uploaded", "file.processed", "file.content_extracted"),
    *("workflow.started", "workflow.step_completed", "workflow.completed", "workflow.failed"),
    *("ai.conversation_started", "ai.message_processed", "ai.response_generated"),
    *("system.service_started", "system.health_check", "system.error_occurred"),
    *("saga.started", "saga.step_started", "saga.step_completed", "saga.step_failed"),
    *("saga.completed", "saga.failed", "saga.compensating", "saga.compensated"),
)
_EVENT: Final = (
    Field("event_type", str, needed=True, words=_EVENTS),
    Field("aggregate_id", str, needed=True),
    Field("aggregate_type", str, needed=True),
    Field("data", dict, needed=True),
    Field("correlation_id", str),
)
_MANY: Final = 100


class Orchestrator:
    """The endpoints, as 003 has them."""

    root = "/api/v1"
    of_executions = True
    """Whether the sagas of executions can be started from outside."""
    unknown = (400, "Unknown SAGA type: {}")
    """What is said to a kind that there isn't."""

    def __init__(self, book: SagaBook) -> None:
        self._book = book
        self._kinds = kinds.kinds(of_executions=self.of_executions)
        self._published = 0

    def entries(self) -> Sequence[Entry]:
        """All of them. A list without its slash is sent on to the one with it, with a 307."""
        sagas = f"{self.root}/sagas"
        return (
            Entry("GET", "/health", self.health, open=True),
            Entry("GET", "/health/", self.health, open=True),
            Entry("GET", f"{sagas}/", self.all),
            Entry("POST", f"{sagas}/start", self.start),
            Entry("GET", f"{sagas}/types/available", self.types),
            Entry("GET", f"{sagas}/{{saga_id}}", self.one),
            Entry("GET", f"{sagas}/{{saga_id}}/steps", self.steps),
            Entry("POST", f"{sagas}/{{saga_id}}/cancel", self.cancel),
            Entry("POST", f"{self.root}/events/publish", self.publish),
        )

    async def health(self, _: Request) -> Response:
        """How it is."""
        parts = ("saga_orchestrator", "redis", "database", "event_bus")
        return JSONResponse(
            {
                "status": "healthy",
                "version": "0.1.0",
                "timestamp": naive(self._book.world.now()),
                "components": dict.fromkeys(parts, "healthy"),
            }
        )

    async def all(self, request: Request) -> Response:
        """A page of the list, newest first."""
        status = choice(request, "status", STATUSES)
        kind = request.query_params.get("saga_type")
        found = [
            one
            for one in self._book.all()
            if status in {None, one.status} and kind in {None, one.kind}
        ]
        start, most = number(request, "offset", 0), number(request, "limit", _MANY, least=1)
        told = [self.row(one) for one in found[start : start + most]]
        return JSONResponse({"sagas": told, "total": len(found)})

    async def one(self, request: Request) -> Response:
        """One saga."""
        return JSONResponse(self.row(self._found(request)))

    async def steps(self, request: Request) -> Response:
        """The steps of one."""
        return JSONResponse([self.part_row(one) for one in self._found(request).parts])

    def _found(self, request: Request) -> Stand:
        return self._book.one(request.path_params["saga_id"])

    async def start(self, request: Request) -> Response:
        """Begin one; it goes on by itself."""
        given = await body_of(request, *_START)
        name, data = given["saga_type"], given.get("input_data") or {}
        kind = self._kinds.get(name)
        if kind is None:
            status, says = self.unknown
            raise RefusedError(status, says.format(name), "UNKNOWN_SAGA_TYPE")
        kinds.require(kind, data)
        begun = self._book.start(kind, data, given.get("correlation_id"), given.get("tenant_id"))
        says = f"SAGA {name} started successfully"
        return JSONResponse({"saga_id": begun.id, "status": "started", "message": says})

    async def cancel(self, request: Request) -> Response:
        """Have one undone. The answer says "cancelled", which no saga ever is."""
        self._book.cancel(request.path_params["saga_id"])
        return JSONResponse({"status": "cancelled", "message": "SAGA cancellation initiated"})

    async def types(self, _: Request) -> Response:
        """What can be started."""
        told = [
            {
                "name": kind.name,
                "description": kind.description,
                "required_fields": kind.needed,
                "optional_fields": kind.more,
            }
            for kind in self._kinds.values()
        ]
        return JSONResponse({"saga_types": told})

    async def publish(self, request: Request) -> Response:
        """Take an event. Nobody here listens to any."""
        await body_of(request, *_EVENT)
        self._published += 1
        return JSONResponse({"status": "published", "event_id": new_id("event", self._published)})

    def row(self, stand: Stand) -> dict[str, Any]:
        """A saga, as it is told."""
        output: dict[str, Any] = {}
        for one in stand.parts:
            output |= one.result or {}
        return {
            "id": stand.id,
            "type": stand.kind,
            "status": stand.status,
            "steps": [self.part_row(one) for one in stand.parts],
            "current_step": stand.current,
            "input_data": stand.input_data,
            "output_data": output,
            "error_message": stand.error,
            "started_at": zulu(stand.begun or stand.asked),
            "completed_at": _zulu(stand.ended),
            "correlation_id": stand.correlation,
            "tenant_id": stand.tenant,
        }

    def part_row(self, one: PartStand) -> dict[str, Any]:
        """A step, as it is told."""
        return {
            "id": one.id,
            "name": one.part.name,
            "service": one.part.service,
            "command": one.part.command,
            "compensation_command": one.part.compensation,
            "timeout_seconds": one.part.timeout,
            "retry_attempts": 3,
            "status": one.status,
            "started_at": _zulu(one.begun),
            "completed_at": _zulu(one.ended),
            "error_message": one.error,
            "result": one.result,
        }


class OlderOrchestrator(Orchestrator):
    """The endpoints as recorded: no /api/v1, and a step isn't told what became of its saga."""

    root = ""
    of_executions = False
    unknown = (500, "")

    def part_row(self, one: PartStand) -> dict[str, Any]:
        """A step, as it is told."""
        if one.status in {COMPENSATING, COMPENSATED}:
            one = one._replace(status=COMPLETED)
        elif one.status == CANCELLED:
            one = one._replace(status=RUNNING, ended=None)
        return super().part_row(one)


def _zulu(moment: datetime | None) -> str | None:
    return written(zulu, moment)

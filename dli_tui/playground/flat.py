"""A saga orchestrator of another make, as it was recorded ("flat"): /saga, and steps of one's own.

Times are UTC and don't say so, a kind is called a pattern, and to cancel is to have it compensated,
by force while it runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dli_tui.playground.course import COMPLETED
from dli_tui.playground.door import Entry
from dli_tui.playground.moments import naive, written
from dli_tui.playground.reading import Field, body_of, choice, number
from dli_tui.playground.refusals import RefusedError, UnreadableError, problem
from dli_tui.playground.saga_book import SagaBook
from dli_tui.playground.sagas import OPEN, STATUSES, Part, PartStand, Stand, new_id

_PATTERNS: Final = ("orchestration", "choreography")
_STEP: Final = ("step_id", "service_url", "action", "payload")
_START: Final = (
    Field("steps", list, needed=True),
    Field("pattern", str, words=_PATTERNS),
    Field("metadata", dict),
)
_COMPENSATE: Final = (Field("reason", str), Field("force", bool))
_ONE: Final = "/saga/{saga_id}"
_MANY: Final = 50


class FlatOrchestrator:
    """The endpoints."""

    def __init__(self, book: SagaBook) -> None:
        self._book = book
        self._received = 0

    def entries(self) -> Sequence[Entry]:
        """All of them."""
        return (
            Entry("GET", "/health/", self.health, open=True),
            Entry("GET", "/saga", self.all),
            Entry("POST", "/saga/start", self.start),
            Entry("GET", f"{_ONE}/status", self.one),
            Entry("GET", f"{_ONE}/steps", self.steps),
            Entry("POST", f"{_ONE}/compensate", self.compensate),
            Entry("POST", "/events/{event_type}", self.receive),
        )

    async def health(self, _: Request) -> Response:
        """How it is."""
        active = sum(one.status in OPEN for one in self._book.all())
        return JSONResponse(
            {
                "status": "healthy",
                "timestamp": naive(self._book.world.now()),
                "version": "1.0.0",
                "environment": "development",
                "services": {
                    "redis": "healthy",
                    "http_client": "healthy",
                    "active_sagas": str(active),
                },
            }
        )

    async def all(self, request: Request) -> Response:
        """A page of the list; its total counts what was filtered out, too."""
        status = choice(request, "status", (*STATUSES, "timeout"))
        found = self._book.all()
        start, most = number(request, "offset", 0), number(request, "limit", _MANY, least=1)
        fitting = [one for one in found if status in {None, one.status}]
        told = [_list_row(one) for one in fitting[start : start + most]]
        page = {"total": len(found), "limit": most, "offset": start}
        return JSONResponse({"sagas": told, **page})

    async def start(self, request: Request) -> Response:
        """Begin one of the steps that are given; it goes on by itself."""
        given = await body_of(request, *_START)
        steps = given["steps"]
        wrong = [one for place, step in enumerate(steps) for one in _lacks(place, step)]
        if wrong:
            raise UnreadableError(*wrong)
        failing = [n for n, step in enumerate(steps) if "fail" in str(step.get("action"))]
        begun = self._book.start_parts(
            given.get("pattern") or _PATTERNS[0],
            tuple(map(_part, steps)),
            given.get("metadata") or {},
            failing[0] if failing else None,
        )
        return JSONResponse(_row(begun))

    async def one(self, request: Request) -> Response:
        """One saga, without its steps."""
        return JSONResponse(_row(self._found(request)))

    async def steps(self, request: Request) -> Response:
        """Its steps."""
        found = self._found(request)
        return JSONResponse(
            {
                "saga_id": _spelled(found.id),
                "status": found.status,
                "current_step": found.current,
                "steps": [_step_row(one) for one in found.parts],
            }
        )

    async def compensate(self, request: Request) -> Response:
        """Have it undone. The answer says "compensated" before anything is."""
        given = await body_of(request, *_COMPENSATE, optional=True)
        found = self._found(request)
        if found.status in OPEN:
            if not given.get("force"):
                raise RefusedError(
                    400,
                    "SAGA is still running. Use force=true to interrupt and compensate",
                    "SAGA_RUNNING",
                )
            self._book.stop(found)
        elif found.status == COMPLETED:
            self._book.undo(found)
        else:
            raise RefusedError(400, f"SAGA is already {found.status}", "SAGA_NOT_CANCELLABLE")
        reason = given.get("reason") or "manual_compensation"
        told = {"saga_id": _spelled(found.id), "status": "compensated", "reason": reason}
        return JSONResponse(told)

    async def receive(self, request: Request) -> Response:
        """Take an event. Nobody here listens to any."""
        await body_of(request, optional=True)
        self._received += 1
        kind = request.path_params["event_type"]
        event = new_id("received", self._received)
        return JSONResponse({"event_id": event, "status": "received", "type": kind})

    def _found(self, request: Request) -> Stand:
        return self._book.one(request.path_params["saga_id"], _spelled)


def _spelled(saga_id: str) -> str:
    """An id, as it is written here."""
    return f"saga_{saga_id.replace('-', '')[:12]}"


def _lacks(place: int, step: object) -> list[dict[str, Any]]:
    """What is missing in a step."""
    where = ("body", "steps", place)
    if not isinstance(step, dict):
        return [problem("dict_type", where, "Input should be a valid dictionary", step)]
    return [
        problem("missing", (*where, key), "Field required", step)
        for key in _STEP
        if key not in step
    ]


def _part(step: Mapping[str, Any]) -> Part:
    undoes = step.get("compensation_action")
    undo = None if undoes is None else {"action": undoes}
    name, service = str(step.get("step_id")), str(step.get("service_url"))
    return Part(name, service, {"action": str(step.get("action"))}, undo, result={"ok": True})


def _list_row(stand: Stand) -> dict[str, Any]:
    row = _row(stand)
    return {key: value for key, value in row.items() if key not in {"started_at", "metadata"}}


def _row(stand: Stand) -> dict[str, Any]:
    return {
        "saga_id": _spelled(stand.id),
        "status": stand.status,
        "pattern": stand.kind if stand.kind in _PATTERNS else _PATTERNS[0],
        "current_step": stand.current,
        "total_steps": len(stand.parts),
        "created_at": naive(stand.asked),
        "started_at": written(naive, stand.begun),
        "completed_at": written(naive, stand.ended),
        "metadata": stand.input_data or None,
        "error": stand.error,
    }


def _step_row(one: PartStand) -> dict[str, Any]:
    return {
        "step_id": one.part.name,
        "action": one.part.command["action"],
        "status": one.status,
        "started_at": written(naive, one.begun),
        "completed_at": written(naive, one.ended),
        "result": one.result,
        "error": one.error,
    }

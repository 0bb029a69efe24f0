"""The saga orchestrator: three addresses, two vocabularies, one picture.

Sagas live under /api/v1/sagas, /sagas or /saga; their ids are `id` or `saga_id`, their kinds
`saga_type`, `type` or `pattern`. A cancel is answered as done at once, though the saga then goes
back step by step: it was asked for, no more, until a look says otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from dli_tui.backends.http.exchange import Asked, segment
from dli_tui.backends.pyairtable import sagas as told
from dli_tui.backends.pyairtable.convert import is_last
from dli_tui.backends.pyairtable.line import Line, NoSuchRouteError
from dli_tui.backends.single_flight import SingleFlight
from dli_tui.domain.errors import (
    DLIError,
    ErrorCode,
    WorkflowExecutionError,
    WorkflowNotFoundError,
)
from dli_tui.domain.health import HealthComponent
from dli_tui.domain.saga import PublishedEvent, Saga, SagaType
from dli_tui.domain.status import HealthStatus, SagaStatus
from dli_tui.wire.failures import Operation
from dli_tui.wire.health import ANSWERS as HEALTH_ANSWERS
from dli_tui.wire.health import health_of

if TYPE_CHECKING:
    from dli_tui.domain.query import NewEvent, NewSaga

_NAME: Final = "saga service"
_PAGE: Final = 100
_MOST: Final = 1_000
_NOT_FOUND: Final = frozenset({404})
_STARTING_SECONDS: Final = 120.0
"""The orchestrator was seen to run all steps before it answers a start."""


class Routes(NamedTuple):
    """Where one generation keeps its sagas."""

    root: str
    listing: str
    types: str
    publish: str

    @property
    def is_flat(self) -> bool:
        """Whether it is the one that tells steps apart from their saga."""
        return self.root == "/saga"


_KNOWN: Final = (
    Routes(
        "/api/v1/sagas",
        "/api/v1/sagas/",
        "/api/v1/sagas/types/available",
        "/api/v1/events/publish",
    ),
    Routes("/sagas", "/sagas/", "/sagas/types/available", "/events/publish"),
    Routes("/saga", "/saga", "/workflows/templates", "/events/{type}"),
)


class NoSagasError(NoSuchRouteError):
    """Nothing that answers there keeps sagas."""


class Orchestrator:
    """Questions about sagas, and their writes."""

    def __init__(self, line: Line, address: str) -> None:
        self._line, self.address = line, address
        self._found: Routes | None = None
        self._probe = SingleFlight(self._find)

    @property
    def tells_no_runs(self) -> bool:
        """Whether its sagas are known not to say which execution they belong to."""
        return self._found is not None and self._found.is_flat

    async def found(self) -> Routes:
        """Where they live; asked once. DLI-503 where nothing of the kind answers."""
        return self._found or await self._probe()

    async def _find(self) -> Routes:
        for routes in _KNOWN:
            asked = Asked(Operation.SAGAS, routes.listing, {"limit": 1})
            try:
                await self._line.ask(asked, lambda _: None)
            except NoSuchRouteError:
                continue
            self._found = routes
            return routes
        raise NoSagasError(self.address)

    async def sagas(self) -> tuple[Saga, ...]:
        """All of them, newest first, up to a thousand."""
        routes = await self.found()
        found: dict[str, Saga] = {}
        offset = 0
        while offset < _MOST:
            query = {"limit": _PAGE, "offset": offset}
            page = await self._line.read(
                Asked(Operation.SAGAS, routes.listing, query), told.page_of
            )
            fresh = {one.saga_id: one for one in page.sagas if one.saga_id not in found}
            found |= fresh
            offset += page.came
            if not fresh or is_last(page.came, _PAGE, offset, page.total):
                break
        return tuple(sorted(found.values(), key=told.age, reverse=True))

    async def saga(self, saga_id: str) -> Saga:
        """One with its steps; DLI-800 when there is none."""
        routes = await self.found()
        path = f"{routes.root}/{segment(saga_id)}"
        if routes.is_flat:
            saga = await self._one(saga_id, f"{path}/status")
            asked = Asked(Operation.SAGAS, f"{path}/steps", expected=_NOT_FOUND)
            steps = (await self._line.ask(asked, told.flat_steps)).value
            return saga if not steps else saga.twin(steps=steps)
        return await self._one(saga_id, path)

    async def _one(self, saga_id: str, path: str) -> Saga:
        asked = Asked(Operation.SAGAS, path, expected=_NOT_FOUND)
        answer = await self._line.ask(asked, told.saga_of)
        if answer.value is None:
            raise WorkflowNotFoundError(
                f"Saga '{saga_id}' not found", hint="They expire after a while."
            )
        return answer.value

    async def cancel(self, saga_id: str) -> Saga:
        """Ask it to go back. What it is then, the next look tells."""
        routes = await self.found()
        saga = await self.saga(saga_id)
        path = f"{routes.root}/{segment(saga_id)}"
        if routes.is_flat:
            body: dict[str, Any] = {"reason": "cancelled from dli-tui", "force": True}
            asked = Asked(Operation.CANCEL, f"{path}/compensate", method="POST", body=body)
        else:
            asked = Asked(Operation.CANCEL, f"{path}/cancel", method="POST", body={})
        if saga.status.is_terminal or saga.status is SagaStatus.COMPENSATING:
            raise WorkflowExecutionError(
                f"Saga '{saga_id}' is {saga.status}, it can't be cancelled",
                code=ErrorCode.WORKFLOW_INVALID_STATE,
                hint="Only a saga that is pending or running can be cancelled.",
            )
        await self._line.write(asked, lambda _: None)
        return saga.twin(cancel_requested=True)

    async def types(self) -> tuple[SagaType, ...]:
        """The kinds that it knows; none where it doesn't tell."""
        routes = await self.found()
        try:
            return await self._line.read(Asked(Operation.SAGAS, routes.types), told.types_of)
        except NoSuchRouteError:
            return ()

    async def start(self, request: NewSaga) -> Saga:
        """Start one. An answer may take as long as all of its steps."""
        routes = await self.found()
        body: dict[str, Any] = {
            "saga_type": request.saga_type,
            "input_data": dict(request.input_data),
        }
        if request.correlation_id is not None:
            body["correlation_id"] = request.correlation_id
        if request.tenant_id is not None:
            body["tenant_id"] = request.tenant_id
        path = f"{routes.root}/start"
        if routes.is_flat:
            # There a kind is a ready-made list of steps; else the steps are given.
            body = dict(request.input_data)
            if request.saga_type in {kind.name for kind in await self.types()}:
                path = f"/workflows/{segment(request.saga_type)}/start"
        asked = Asked(Operation.START, path, method="POST", body=body, seconds=_STARTING_SECONDS)
        saga_id = await self._line.write(asked, told.started_id)
        try:
            return await self.saga(saga_id)
        except DLIError:
            # It was started; how it stands is for the next look.
            return Saga(
                saga_id=saga_id,
                saga_type=request.saga_type,
                status=SagaStatus.PENDING,
                correlation_id=request.correlation_id,
                tenant_id=request.tenant_id,
                input_data=dict(request.input_data),
            )

    async def publish(self, event: NewEvent) -> PublishedEvent:
        """Tell an event."""
        routes = await self.found()
        body: dict[str, Any] = {"event_type": event.event_type, "data": dict(event.data)}
        given = {
            "aggregate_type": event.aggregate_type,
            "aggregate_id": event.aggregate_id,
            "correlation_id": event.correlation_id,
        }
        body |= {key: value for key, value in given.items() if value is not None}
        path = routes.publish
        if routes.is_flat:
            path = path.format(type=segment(event.event_type))
            body["source"] = "dli-tui"
        asked = Asked(Operation.PUBLISH, path, method="POST", body=body)

        kind = event.event_type
        return await self._line.write(asked, lambda reply: told.event_of(kind, reply))

    async def parts(self) -> tuple[HealthComponent, ...]:
        """How it is doing; that it can't be asked is an answer too."""
        asked = Asked(Operation.HEALTH, "/health/", expected=HEALTH_ANSWERS)
        try:
            told_of = await self._line.ask(asked, lambda body: body)
        except DLIError as problem:
            ill = HealthStatus.UNHEALTHY
            return (HealthComponent(name=_NAME, status=ill, message=problem.message),)
        found = health_of(told_of.status, told_of.refusal or told_of.value)
        whole = HealthComponent(name=_NAME, status=found.status, message=found.version)
        return (whole, *(one.twin(name=f"sagas: {one.name}") for one in found.components))

    async def of_run(self, run_id: str, workflow_id: str | None) -> Saga | None:
        """The saga that an execution belongs to, by its correlation id or what it was given.

        Of several the one that is still going: an execution may have more than one behind it.
        """
        found = [one for one in await self.sagas() if told.is_of(one, run_id, workflow_id)]
        going = (one for one in found if not one.status.is_terminal)
        return next(going, found[0] if found else None)

"""The two services of one profile, and what they have beside workflows: templates, sagas, health.

Sagas live on a server of their own: when that is down, everything else goes on; where there is
none, they are off with the reason.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from dli_tui.backends.http.client import Http
from dli_tui.backends.http.exchange import Asked
from dli_tui.backends.http.signin import FromProfile
from dli_tui.backends.port import Backend
from dli_tui.backends.pyairtable.budgets import Budgets
from dli_tui.backends.pyairtable.line import Line
from dli_tui.backends.pyairtable.orchestrator import NoSagasError, Orchestrator
from dli_tui.backends.pyairtable.place import Place, Routes
from dli_tui.backends.pyairtable.shelf import Shelf
from dli_tui.domain.capability import Capability
from dli_tui.domain.clock import Clock, SystemClock
from dli_tui.domain.status import HealthStatus
from dli_tui.wire import health
from dli_tui.wire.failures import Operation

if TYPE_CHECKING:
    import httpx

    from dli_tui.config.model import Profile
    from dli_tui.domain.health import Health, HealthComponent
    from dli_tui.domain.query import NewEvent, NewSaga
    from dli_tui.domain.saga import PublishedEvent, Saga, SagaType
    from dli_tui.domain.template import (
        Template,
        TemplateCategory,
        TemplateDraft,
        TemplateUsage,
    )

T = TypeVar("T")

_ALWAYS: Final = frozenset(
    {
        *(Capability.REGISTER, Capability.UNREGISTER, Capability.RUN, Capability.PAUSE),
        *(Capability.STEPS, Capability.RECENT_RUNS, Capability.CHANGES, Capability.HEALTH),
    }
)
_ILL: Final = frozenset({HealthStatus.UNHEALTHY, HealthStatus.DEGRADED})
_OF_SAGAS: Final = frozenset({Capability.SAGAS, Capability.EVENTS, Capability.STOP})
_OF_TEMPLATES: Final = frozenset(
    {Capability.TEMPLATES, Capability.TEMPLATE_USAGE, Capability.TEMPLATE_EDITING}
)
_AT_FIRST: Final = _ALWAYS | _OF_SAGAS | _OF_TEMPLATES | {Capability.CONFIGURING, Capability.RETRY}
_LACKS: Final = {
    Capability.BACKFILL: "it knows no dates to run for",
    Capability.LOGS: "a step tells its input and what it gave back instead",
}
_OLDER: Final = "this generation of the service has no such thing"


def offered_by(routes: Routes) -> frozenset[Capability]:
    """What a generation of the service offers, with an orchestrator beside it."""
    offered = _ALWAYS | _OF_SAGAS
    offered |= _OF_TEMPLATES if routes.has_templates else frozenset()
    offered |= {Capability.RETRY} if routes.has_steps else frozenset()
    return offered | ({Capability.LOGS} if routes.is_legacy else {Capability.CONFIGURING})


class ByKey(FromProfile):
    """The profile's sign-in; most generations take no other than an API key."""

    @property
    def advice(self) -> str:
        """What to do when it is refused."""
        if self._profile.api_key_env is not None:
            return super().advice
        return (
            "This service wants an API key: name its variable with api_key_env in the profile, "
            "or put it into DLI_TUI_API_KEY."
        )


class PyAirtableServices(Backend):
    """The automation service and its orchestrator."""

    label = "this PyAirtable service"

    def __init__(
        self,
        profile: Profile,
        environment: Mapping[str, str],
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        saga_transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock | None = None,
        passed: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__()
        self._clock, self._passed = clock or SystemClock(), passed
        key = ByKey(profile, environment)
        self._http = Http(profile, environment, transport=transport, source=key, sleep=sleep)
        elsewhere = replace(profile, url=profile.saga_url or profile.url)
        self._saga_http = Http(
            elsewhere, environment, transport=saga_transport, source=key, sleep=sleep
        )
        self._budgets = Budgets(passed, sleep)
        line = Line(self._http, self._budgets)
        self._place = Place(line, profile.url or "", self._meet)
        self._shelf = Shelf(line)
        self._sagas = Orchestrator(Line(self._saga_http), elsewhere.url or "")
        self._off: dict[Capability, str] = {}
        """What turned out not to be there, and why."""
        self.capabilities = _AT_FIRST

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        await self._saga_http.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._saga_http.__aexit__(None, None, None)
        await self._http.__aexit__(None, None, None)

    def why_not(self, capability: Capability) -> str:
        told = super().why_not(capability)
        reason = self._off.get(capability) or _LACKS.get(capability)
        if reason is None and capability in _AT_FIRST - _OF_SAGAS:
            reason = _OLDER
        return told if reason is None else f"{told}: {reason}"

    async def met(self) -> None:
        await self._place.found()

    def _meet(self, routes: Routes) -> None:
        """The generation is found, and with it what there is."""
        self.capabilities = offered_by(routes) - self._off.keys()

    # Templates

    async def templates(
        self, *, category: str | None = None, search: str | None = None
    ) -> tuple[Template, ...]:
        await self._need(Capability.TEMPLATES)
        return await self._shelf.templates(category, search)

    async def template_categories(self) -> tuple[TemplateCategory, ...]:
        await self._need(Capability.TEMPLATES)
        return await self._shelf.categories()

    async def template(self, template_id: str) -> Template:
        await self._need(Capability.TEMPLATES)
        return await self._shelf.template(template_id)

    async def template_usage(self, template_id: str) -> TemplateUsage:
        await self._need(Capability.TEMPLATE_USAGE)
        return await self._shelf.usage(template_id)

    async def create_template(self, draft: TemplateDraft) -> Template:
        await self._need(Capability.TEMPLATE_EDITING)
        return await self._shelf.create(draft)

    async def update_template(self, template_id: str, draft: TemplateDraft) -> Template:
        await self._need(Capability.TEMPLATE_EDITING)
        return await self._shelf.update(template_id, draft)

    async def delete_template(self, template_id: str) -> None:
        await self._need(Capability.TEMPLATE_EDITING)
        await self._shelf.delete(template_id)

    # Sagas and events

    async def sagas(self) -> tuple[Saga, ...]:
        return await self._of_sagas(self._sagas.sagas())

    async def saga(self, saga_id: str) -> Saga:
        return await self._of_sagas(self._sagas.saga(saga_id))

    async def cancel_saga(self, saga_id: str) -> Saga:
        return await self._of_sagas(self._sagas.cancel(saga_id))

    async def saga_types(self) -> tuple[SagaType, ...]:
        return await self._of_sagas(self._sagas.types())

    async def start_saga(self, request: NewSaga) -> Saga:
        return await self._of_sagas(self._sagas.start(request))

    async def publish(self, event: NewEvent) -> PublishedEvent:
        return await self._of_sagas(self._sagas.publish(event))

    async def _of_sagas(self, answer: Awaitable[T]) -> T:
        """What the orchestrator answers; what it turns out not to have is off from then on."""
        try:
            found = await answer
        except NoSagasError:
            self._off |= dict.fromkeys(
                _OF_SAGAS,
                f"no saga service answers at {self._sagas.address}; set saga_url in this profile, "
                "or give --saga-url",
            )
            self.capabilities -= _OF_SAGAS
        else:
            if self._sagas.tells_no_runs:
                self._off[Capability.STOP] = "its sagas don't say which run they belong to"
                self.capabilities -= {Capability.STOP}
            return found
        raise self._unsupported(Capability.SAGAS)

    # Health

    async def health(self) -> Health:
        """The service's own report, the orchestrator's parts below it, and what may be asked."""
        asked = Asked(Operation.HEALTH, "/health", expected=health.ANSWERS)
        told = await self._place.line.ask(asked, lambda body: body)
        found = health.health_of(told.status, told.refusal or told.value)
        sagas = await self._parts_of_sagas()
        status = found.status
        if status is HealthStatus.HEALTHY and any(one.status in _ILL for one in sagas):
            status = HealthStatus.DEGRADED
        parts = (*found.components, *sagas)
        return found.twin(status=status, components=parts, budgets=self._budgets.told(self._clock))

    async def _parts_of_sagas(self) -> Sequence[HealthComponent]:
        if not self.capabilities & _OF_SAGAS or self._sagas.address == self._place.address:
            return ()
        return await self._sagas.parts()

    async def _need(self, capability: Capability) -> None:
        """Refuse what isn't offered, once it is known what is."""
        await self._place.found()
        if capability not in self.capabilities:
            raise self._unsupported(capability)

"""What stands beside the workflows: templates, sagas, health. Loaded when it is asked for."""

from __future__ import annotations

from dli_tui.backends.demo import changes, sagas, templates
from dli_tui.backends.demo.actions import Action, Deed
from dli_tui.backends.demo.world import World
from dli_tui.domain.health import Health, HealthComponent, HealthStatus
from dli_tui.domain.query import Registration
from dli_tui.domain.saga import Saga
from dli_tui.domain.template import NewFromTemplate, Template, TemplateCategory


class Sideshow:
    """Answers about one world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def templates(self, category: str | None, search: str | None) -> tuple[Template, ...]:
        return templates.matching(category, search)

    def categories(self) -> tuple[TemplateCategory, ...]:
        return templates.categories()

    def template(self, template_id: str) -> Template:
        return templates.one(template_id)

    def registration(self, request: NewFromTemplate) -> Registration:
        return templates.registration(request)

    def sagas(self) -> tuple[Saga, ...]:
        return sagas.all_sagas(self._world.now, self._world.book.cancelled_sagas)

    def saga(self, saga_id: str) -> Saga:
        return sagas.one_saga(saga_id, self._world.now, self._world.book.cancelled_sagas)

    def cancel(self, saga_id: str, user: str) -> tuple[Action, ...]:
        """The action that cancels a saga, if it can be cancelled."""
        sagas.require_cancellable(self.saga(saga_id))
        return (Action(self._world.now, user, Deed.CANCEL_SAGA, saga_id),)

    def health(self) -> Health:
        """One component is always degraded, so that one sees what that looks like."""
        now = self._world.now
        return Health(
            status=HealthStatus.DEGRADED,
            service="dli-tui demo",
            version="1",
            timestamp=now,
            components=(
                HealthComponent(name="scheduler", status=HealthStatus.HEALTHY, heartbeat_at=now),
                HealthComponent(name="database", status=HealthStatus.HEALTHY, message="3 ms"),
                HealthComponent(name="object store", status=HealthStatus.HEALTHY),
                HealthComponent(
                    name="finance pool",
                    status=HealthStatus.DEGRADED,
                    message="all 4 slots taken, 2 runs wait",
                ),
            ),
            metrics=changes.metrics(self._world),
        )

"""What stands beside the workflows: templates, sagas, health. Loaded when it is asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from dli_tui.backends.demo import changes, deeds, sagas, templates
from dli_tui.backends.demo.actions import Action, Deed
from dli_tui.backends.demo.world import World
from dli_tui.domain.health import Health, HealthComponent, ImportFailure, RateBudget
from dli_tui.domain.query import NewSaga
from dli_tui.domain.saga import Saga, SagaType
from dli_tui.domain.status import HealthStatus
from dli_tui.domain.template import NewFromTemplate, Template, TemplateCategory

_BROKEN: Final = ImportFailure(
    name="marketing.campaigns.spend",
    message="schedule.cron: '0 6 * * * *' has 6 fields, 5 are needed",
)


class Sideshow:
    """Answers about one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._book = world.book

    def templates(self, category: str | None, search: str | None) -> tuple[Template, ...]:
        return templates.matching(category, search, self._book.template_uses)

    def categories(self) -> tuple[TemplateCategory, ...]:
        return templates.categories()

    def template(self, template_id: str) -> Template:
        return templates.one(template_id, self._book.template_uses)

    def create(self, request: NewFromTemplate, user: str) -> tuple[Action, ...]:
        """The registration of a workflow that is made from a template."""
        made = deeds.register(self._world, templates.registration(request), user)
        return tuple(
            action._replace(details={**action.details, "template": request.template_id})
            for action in made
        )

    def sagas(self) -> tuple[Saga, ...]:
        book = self._book
        return sagas.all_sagas(self._world.now, book.cancelled_sagas, book.started_sagas)

    def saga(self, saga_id: str) -> Saga:
        return sagas.one_saga(saga_id, self.sagas())

    def saga_types(self) -> tuple[SagaType, ...]:
        return sagas.types()

    def start(self, request: NewSaga, user: str) -> tuple[Action, ...]:
        """The action that starts a saga, if there is such a kind."""
        sagas.require_startable(request)
        now = self._world.now
        details = {**request._asdict(), "input_data": dict(request.input_data)}
        saga_id = sagas.new_id(now, self._book.started_sagas)
        return (Action(now, user, Deed.START_SAGA, saga_id, details=details),)

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
            import_errors=(_BROKEN.twin(at=_last_evening(now)),),
            budgets=(
                _budget("reading", 500, now, minutes=5, a_second=0.3),
                _budget("starting runs", 50, now, minutes=1, a_second=0.2),
            ),
        )


def _last_evening(now: datetime) -> datetime:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(hours=6, minutes=25)


def _budget(name: str, limit: int, now: datetime, *, minutes: int, a_second: float) -> RateBudget:
    """One that is spent evenly until it is full again, at whole minutes of the clock."""
    began = now.replace(minute=now.minute // minutes * minutes, second=0, microsecond=0)
    spent = int((now - began).total_seconds() * a_second)
    return RateBudget(
        name=name,
        limit=limit,
        remaining=limit - spent,
        resets_at=began + timedelta(minutes=minutes),
    )

"""How the server says it is doing, asked for while somebody looks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dli_tui.session.feed import Feed

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.health import Health
    from dli_tui.session.surroundings import Surroundings

HEALTH_SECONDS: Final = 10.0


class HealthFeed(Feed):
    """The last report."""

    def __init__(self, client: WorkflowClient, around: Surroundings) -> None:
        super().__init__(around)
        self.health: Health | None = None
        self._client = client

    async def _ask(self) -> None:
        self.health = await self._client.health()

    def _every(self) -> float | None:
        return HEALTH_SECONDS

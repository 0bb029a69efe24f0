"""Sagas: the list of them, and one that is followed to its end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.domain.status import SagaStatus
from dli_tui.session.feed import Feed

if TYPE_CHECKING:
    import asyncio

    from dli_tui.client import WorkflowClient
    from dli_tui.domain.saga import Saga
    from dli_tui.session.surroundings import Surroundings

SAGA_SECONDS: Final = 2.0
LIST_SECONDS: Final = 10.0
SLOWEST_SECONDS: Final = 10.0
UNKNOWN_SECONDS: Final = 60.0
"""Of a status that nobody knows, nobody can say whether it is over."""
QUIET_POLLS: Final = 5
"""After so many without a change, it is asked for half as often."""


class Cancelled:
    """The sagas that were asked from here to stop: not every server says so of them."""

    def __init__(self) -> None:
        self._ids: set[str] = set()

    def note(self, saga_id: str) -> None:
        """It has been asked to stop."""
        self._ids.add(saga_id)

    def marked(self, sagas: Iterable[Saga]) -> tuple[Saga, ...]:
        """Sagas, those that were asked to stop marked so."""
        return tuple(
            saga.twin(cancel_requested=True)
            if saga.saga_id in self._ids and not saga.cancel_requested
            else saga
            for saga in sagas
        )


class SagasFeed(Feed):
    """All sagas, newest first."""

    def __init__(self, client: WorkflowClient, cancelled: Cancelled, around: Surroundings) -> None:
        super().__init__(around)
        self.sagas: tuple[Saga, ...] = ()
        self.loading = True
        """No answer has come yet."""
        self._client, self._cancelled = client, cancelled

    async def _ask(self) -> None:
        self.sagas = self._cancelled.marked(await self._client.sagas())
        self.loading = False

    def _every(self) -> float | None:
        return LIST_SECONDS


class SagaFeed(Feed):
    """One saga as it stands."""

    def __init__(
        self, client: WorkflowClient, saga_id: str, cancelled: Cancelled, around: Surroundings
    ) -> None:
        super().__init__(around)
        self.saga_id = saga_id
        self.saga: Saga | None = None
        self.expired = False
        """Whether it was there once and isn't any more; what was seen last stays."""
        self._client, self._cancelled = client, cancelled
        self._quiet = 0

    @property
    def ended(self) -> bool:
        """Over: nothing is asked until somebody wants it."""
        return self.expired or (self.saga is not None and self.saga.status.is_terminal)

    def refresh(self) -> asyncio.Future[None]:
        """Ask at once; what was quiet may move again."""
        self._quiet = 0
        return super().refresh()

    async def _ask(self) -> None:
        try:
            found = await self._client.saga(self.saga_id)
        except WorkflowNotFoundError:
            if self.saga is None:
                raise
            self.expired = True
            return
        self.expired = False
        (saga,) = self._cancelled.marked([found])
        self._quiet = self._quiet + 1 if saga == self.saga else 0
        self.saga = saga

    def _every(self) -> float | None:
        if self.ended:
            return None
        is_unknown = self.saga is not None and self.saga.status is SagaStatus.UNKNOWN
        slowest = UNKNOWN_SECONDS if is_unknown else SLOWEST_SECONDS
        return min(slowest, SAGA_SECONDS * 2.0 ** min(self._quiet // QUIET_POLLS, 10))

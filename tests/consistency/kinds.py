"""What the consistency tests need of a kind of server: others act on it, and it knows the truth."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import NamedTuple

import httpx

from dli_tui.backends.port import Backend
from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.status import RunStatus, WorkflowStatus
from tests.support import ManualClock

START = datetime(2026, 3, 10, 9, tzinfo=UTC)
NAMES = ("a", "b", "c", "d")
"""The workflows that every kind has at the start."""


class Truth(NamedTuple):
    """A row as the server has it."""

    status: WorkflowStatus
    last: tuple[str, RunStatus] | None
    is_running: bool | None
    """Whether any run is under way; None where the list tells that of the last run alone."""


class LosingTransport(httpx.AsyncBaseTransport):
    """Does each request, and loses as many of the next answers as a test says."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.reads = self.writes = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        if self._is_lost(request):
            raise httpx.ReadError("the answer was lost", request=request)
        return answer

    def _is_lost(self, request: httpx.Request) -> bool:
        # Airflow is asked for the runs of many DAGs by a POST.
        if request.method == "GET" or request.url.path.endswith("/list"):
            self.reads, before = max(0, self.reads - 1), self.reads
        else:
            self.writes, before = max(0, self.writes - 1), self.writes
        return before > 0


class Kind(ABC):
    """One server with workflows, and what others than our client do there."""

    sweep_seconds = 0.0
    """The seconds after which pauses, new and removed workflows show, where that isn't at once."""

    held = frozenset({WorkflowStatus.PAUSED})
    """The statuses of workflows that were paused and can go on."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.transport: LosingTransport | None = None
        """The connection of our client, where there is one."""

    @abstractmethod
    def opened(self) -> AbstractAsyncContextManager[Backend]:
        """Our backend in front of it."""

    async def settle(self) -> None:  # noqa: B027 - few have work beside the polls
        """Wait for the work that goes on beside a poll."""

    def lose(self, *, reads: int = 0, writes: int = 0) -> None:
        """Lose so many of the next answers to questions, and to writes, of our client."""
        if self.transport is not None:
            self.transport.reads, self.transport.writes = reads, writes

    @abstractmethod
    async def truth(self) -> dict[WorkflowKey, Truth]:
        """All rows, as they should be shown."""

    @abstractmethod
    async def under_way(self) -> list[RunRef]:
        """The runs that haven't ended."""

    @abstractmethod
    async def start(self, name: str) -> None:
        """Somebody starts a run."""

    async def end(self, ref: RunRef, *, is_good: bool) -> None:
        """A run succeeds or fails; where runs end by themselves, let enough time pass."""
        self.clock.move(200)

    @abstractmethod
    async def stop(self, ref: RunRef) -> None:
        """Somebody stops a run."""

    @abstractmethod
    async def hold(self, name: str, *, is_paused: bool) -> None:
        """Somebody pauses a workflow or lets it go on."""

    @abstractmethod
    async def add(self, name: str) -> None:
        """A workflow of that name appears."""

    def may_override(self, truth: dict[WorkflowKey, Truth], name: str) -> bool:
        """Whether a workflow may appear although there is one of its name."""
        return False

    @abstractmethod
    async def remove(self, name: str) -> None:
        """A workflow is removed."""

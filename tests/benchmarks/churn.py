"""A backend in which something always moves: one row in a hundred, each second.

Wraps any other. Which rows have moved is a function of the clock, so the list and the
changes agree however seldom somebody asks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any, Final
from zlib import crc32

from dli_tui.backends.port import Backend
from dli_tui.domain.capability import Capability
from dli_tui.domain.clock import Clock
from dli_tui.domain.page import Changes, Page
from dli_tui.domain.query import WorkflowQuery
from dli_tui.domain.status import RunStatus
from dli_tui.domain.workflow import WorkflowInfo

EVERY: Final = 100
"""One row in so many moves each second, so each row moves once in so many seconds."""


class Wrapping(Backend):
    """Answers as the backend that it wraps."""

    def __init__(self, inner: Backend) -> None:
        super().__init__()
        self._inner = inner
        self.label = inner.label
        self.capabilities = inner.capabilities
        self.unique_run_ids = inner.unique_run_ids

    def why_not(self, capability: Capability) -> str:
        return self._inner.why_not(capability)

    def workflows(self, query: WorkflowQuery) -> AsyncIterator[Page[WorkflowInfo]]:
        return self._inner.workflows(query)

    def listed(self, name: str) -> tuple[WorkflowInfo, ...]:
        return self._inner.listed(name)

    def history(self, query: Any) -> AsyncIterator[Page[Any]]:
        return self._inner.history(query)

    async def run_status(self, ref: Any) -> Any:
        return await self._inner.run_status(ref)


def _passed_on(name: str) -> Any:
    async def method(self: Wrapping, *arguments: Any, **options: Any) -> Any:
        return await getattr(self._inner, name)(*arguments, **options)

    return method


for _name, _method in vars(Backend).items():
    wanted = iscoroutinefunction(_method) and not isasyncgenfunction(_method)
    if wanted and not _name.startswith("_") and _name not in vars(Wrapping):
        setattr(Wrapping, _name, _passed_on(_name))


class Churn(Wrapping):
    """The wrapped backend, with rows that start and finish runs without end."""

    def __init__(self, inner: Backend, clock: Clock) -> None:
        super().__init__(inner)
        self._clock = clock

    async def workflows(self, query: WorkflowQuery) -> AsyncIterator[Page[WorkflowInfo]]:
        second = self._second()
        async for page in self._inner.workflows(query):
            yield Page(tuple(_at(row, second) for row in page.items), page.total)

    async def cursor(self) -> str | None:
        second = self._second()
        inner = await self._inner.cursor()
        return None if inner is None else f"{second} {inner}"

    async def changes(self, cursor: str | None) -> Changes:
        second = self._second()
        before, _, inner_cursor = (cursor or "").partition(" ")
        inner = await self._inner.changes(inner_cursor or None)
        here = f"{second} {inner.cursor}"
        if inner.whole or not before:
            rows = tuple(_at(row, second) for row in inner.workflows)
            return Changes(here, rows, inner.gone, whole=True)
        moved = {row.key: row for row in inner.workflows}
        async for page in self._inner.workflows(WorkflowQuery()):
            moved |= {row.key: row for row in page.items if _moved(row, int(before), second)}
        return Changes(here, tuple(_at(row, second) for row in moved.values()), inner.gone)

    def _second(self) -> int:
        return int(self._clock.now().timestamp())


def _turns(row: WorkflowInfo, second: int) -> int:
    """How often a row has moved by then."""
    return (second + crc32(row.dataset_name.encode("utf-8", "surrogatepass"))) // EVERY


def _moved(row: WorkflowInfo, before: int, second: int) -> bool:
    return _turns(row, before) != _turns(row, second)


def _at(row: WorkflowInfo, second: int) -> WorkflowInfo:
    if row.last_run is None:
        return row
    running = _turns(row, second) % 2 == 0
    status = RunStatus.RUNNING if running else RunStatus.COMPLETED
    return row.twin(last_run=row.last_run.twin(status=status), active_runs=int(running))

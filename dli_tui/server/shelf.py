"""The list as it is handed out: kept true by asking what changed, encoded once for everybody.

Hundreds of dashboards ask for the same pages again and again. A row is encoded when it first is
asked for, a page when something in it has moved, and who has a page already is told just that.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple
from zlib import crc32

from dli_tui.domain.query import WorkflowQuery
from dli_tui.domain.rules import matches_workflow
from dli_tui.domain.status import SourceType
from dli_tui.wire.telling import workflow_told

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.ids import WorkflowKey
    from dli_tui.domain.workflow import WorkflowInfo
    from dli_tui.wire.asked import Window

FRESH_SECONDS: Final = 1.0
"""So old a list may be before the place behind is asked what moved."""
_MOST_PAGES: Final = 500


class Encoded(NamedTuple):
    """A page as it goes out."""

    body: bytes
    etag: str
    total: int


class Shelf:
    """Every row of one place, and the pages made of them."""

    def __init__(
        self, client: WorkflowClient, passed: Callable[[], float], fresh: float = FRESH_SECONDS
    ) -> None:
        self._client = client
        self._passed, self._fresh = passed, fresh
        self._rows: dict[WorkflowKey, WorkflowInfo] = {}
        self._encoded: dict[WorkflowKey, bytes] = {}
        self._order: tuple[WorkflowKey, ...] = ()
        self._pages: dict[tuple[WorkflowQuery, int, int], Encoded] = {}
        self._cursor: str | None = None
        self._looked: float | None = None
        self._deeds = 0
        self._gate = asyncio.Lock()

    def stale(self) -> None:
        """Something was done: who asks next sees it."""
        self._looked = None
        self._deeds += 1

    async def page(self, query: WorkflowQuery, window: Window) -> Encoded:
        """The rows of `window` among those that fit."""
        await self._look()
        place = (query, window.limit, window.offset)
        found = self._pages.get(place)
        if found is None:
            if len(self._pages) >= _MOST_PAGES:
                self._pages.clear()
            found = self._pages[place] = self._encode(query, window)
        return found

    def _encode(self, query: WorkflowQuery, window: Window) -> Encoded:
        keys = self._order
        if query != WorkflowQuery():
            rows = self._rows
            keys = tuple(key for key in keys if matches_workflow(rows[key], query))
        shown = keys[window.offset : window.offset + window.limit]
        body = b"[" + b",".join(map(self._row, shown)) + b"]"
        return Encoded(body, f'"{crc32(body):08x}-{len(body):x}"', len(keys))

    def _row(self, key: WorkflowKey) -> bytes:
        found = self._encoded.get(key)
        if found is None:
            whole = self._client.backend.unique_run_ids
            told = workflow_told(self._rows[key], whole_ids=whole)
            found = self._encoded[key] = encoded(told)
        return found

    async def _look(self) -> None:
        """Ask what moved, unless that was just done; one at a time asks for all who wait."""
        if self._is_fresh():
            return
        async with self._gate:
            if self._is_fresh():
                return
            began, deeds = self._passed(), self._deeds
            changes = await self._client.changes(self._cursor)
            if changes.whole:
                self._take({row.key: row for row in changes.workflows})
            elif changes.workflows or changes.gone:
                moved = {row.key: row for row in changes.workflows}
                gone = frozenset(changes.gone)
                kept = {key: row for key, row in self._rows.items() if key not in gone}
                self._take(kept | moved)
            self._cursor = changes.cursor
            # What was done meanwhile may have come too late for this answer.
            self._looked = began if deeds == self._deeds else None

    def _is_fresh(self) -> bool:
        # A clock that was set back says nothing of how old the list is.
        return self._looked is not None and 0 <= self._passed() - self._looked < self._fresh

    def _take(self, rows: Mapping[WorkflowKey, WorkflowInfo]) -> None:
        before, self._rows = self._rows, dict(rows)
        self._encoded = {
            key: body for key, body in self._encoded.items() if rows.get(key) is before.get(key)
        }
        self._pages.clear()
        if rows.keys() != before.keys() or not self._order:
            names = sorted(
                ((key.name, key.source is not SourceType.CODE, key) for key in rows),
                key=itemgetter(0, 1),
            )
            self._order = tuple(key for _, _, key in names)


def encoded(told: object) -> bytes:
    """JSON as compact as it gets; what isn't ASCII is escaped, so half a letter is sent, too."""
    return json.dumps(told, separators=(",", ":")).encode()

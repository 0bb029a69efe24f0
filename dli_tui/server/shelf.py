"""The list as it is handed out: kept true by asking what moved, encoded once for everybody.

Hundreds of dashboards ask for the same pages again and again. A row is encoded when it is first
asked for, a page when something in it has moved, and who has a page already is told just that.
The place behind is asked by one at a time, however many ask here; who asks while that goes on is
answered from a picture some seconds old rather than made to wait.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from hashlib import blake2b
from operator import itemgetter
from secrets import token_hex
from types import TracebackType
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from dli_tui.backends.single_flight import SingleFlight
from dli_tui.domain.errors import DLIError
from dli_tui.domain.page import Changes
from dli_tui.domain.query import WorkflowQuery
from dli_tui.domain.rules import matches_workflow
from dli_tui.domain.status import SourceType
from dli_tui.server.masking import masked_workflow
from dli_tui.session.moves import Moves
from dli_tui.wire.telling import workflow_told
from dli_tui.wire.values import count

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.ids import WorkflowKey
    from dli_tui.domain.workflow import WorkflowInfo
    from dli_tui.wire.asked import Window

_MOST_BYTES: Final = 8 * 1024 * 1024
"""So much of the pages that were asked for last is kept."""
_OF_A_PAGE: Final = 1_024
"""Bytes that a page takes beside its body."""
_LONG_STRETCH: Final = 2_000
"""So many rows are held against a filter before others get their turn."""
_STRETCH: Final = 50
"""So many rows are encoded, or compared, before others get their turn."""


class Patience(NamedTuple):
    """How old a list may be, in seconds."""

    fresh: float = 2.0
    """Up to here it is taken as it is."""
    known: float = 6.0
    """Up to here it is handed out while somebody asks for a newer one."""


PATIENT: Final = Patience()


class Encoded(NamedTuple):
    """A page as it goes out."""

    body: bytes
    etag: str
    total: int


class _Row(NamedTuple):
    """A row as it goes out, to whoever registers and to all others."""

    whole: bytes
    masked: bytes


_Place = tuple[WorkflowQuery, int, int, bool]


class _Pages:
    """The pages that were asked for last, as many as fit into so many bytes."""

    def __init__(self) -> None:
        self._pages: OrderedDict[_Place, Encoded] = OrderedDict()
        self._bytes = 0

    def get(self, place: _Place) -> Encoded | None:
        found = self._pages.get(place)
        if found is not None:
            self._pages.move_to_end(place)
        return found

    def keep(self, place: _Place, page: Encoded) -> None:
        before = self._pages.pop(place, None)
        self._bytes += _cost(page) - (0 if before is None else _cost(before))
        self._pages[place] = page
        while self._bytes > _MOST_BYTES and len(self._pages) > 1:
            self._bytes -= _cost(self._pages.popitem(last=False)[1])


def _cost(page: Encoded) -> int:
    return len(page.body) + _OF_A_PAGE


class Shelf:
    """Every row of one place, what moved lately, and the pages made of them."""

    def __init__(
        self, client: WorkflowClient, passed: Callable[[], float], patience: Patience
    ) -> None:
        self._client, self._passed, self._patience = client, passed, patience
        self._rows: Mapping[WorkflowKey, WorkflowInfo] = {}
        self._encoded: dict[WorkflowKey, _Row] = {}
        self._order: tuple[WorkflowKey, ...] = ()
        self._pages = _Pages()
        self._moves = Moves()
        # A cursor of another life of this server means nothing here.
        self._life = token_hex(4)
        self._cursor: str | None = None
        self._looked: float | None = None
        self._deeds = 0
        self._one_look = SingleFlight(self._look)
        self._looking: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])

    def stale(self) -> None:
        """Something was done: who asks next sees it."""
        self._looked = None
        self._deeds += 1

    async def page(self, query: WorkflowQuery, window: Window, *, masked: bool = False) -> Encoded:
        """The rows of `window` among those that fit; `masked`: without keys to other systems."""
        await self._be_fresh()
        place = (query, window.limit, window.offset, masked)
        pages = self._pages
        found = pages.get(place)
        if found is None:
            found = await self._encode(query, window, masked=masked)
            pages.keep(place, found)
        return found

    @property
    def age(self) -> float | None:
        """How many seconds ago the list was true; None where that isn't known."""
        age = self._age()
        return None if age == float("inf") else age

    def __len__(self) -> int:
        return len(self._rows)

    async def check(self) -> None:
        """Raise where the server behind doesn't answer, and hasn't lately."""
        await self._be_fresh()

    async def changes(self, cursor: str | None) -> Changes:
        """What moved since `cursor`; `whole` without rows where everything may have."""
        await self._be_fresh()
        life, _, version = (cursor or "").partition("-")
        seen = count(version) if life == self._life else None
        moved = self._moves.since(-1 if seen is None else seen)
        here = f"{self._life}-{moved.version}"
        if moved.whole:
            return Changes(here, whole=True)
        rows = self._rows
        return Changes(
            here,
            tuple(rows[key] for key in moved.keys if key in rows),
            tuple(key for key in moved.keys if key not in rows),
        )

    async def _encode(self, query: WorkflowQuery, window: Window, *, masked: bool) -> Encoded:
        keys, rows = self._order, self._rows
        if query != WorkflowQuery():
            keys = await self._fitting(query)
        shown = keys[window.offset : window.offset + window.limit]
        parts: list[bytes] = []
        for number, key in enumerate(shown, start=1):
            row = self._row(key, rows[key])
            parts.append(row.masked if masked else row.whole)
            if number % _STRETCH == 0:
                await asyncio.sleep(0)
        body = b"[" + b",".join(parts) + b"]"
        return Encoded(body, f'W/"{blake2b(body, digest_size=12).hexdigest()}"', len(keys))

    async def _fitting(self, query: WorkflowQuery) -> tuple[WorkflowKey, ...]:
        keys, rows = self._order, self._rows
        found: list[WorkflowKey] = []
        for start in range(0, len(keys), _LONG_STRETCH):
            some = keys[start : start + _LONG_STRETCH]
            found.extend(key for key in some if matches_workflow(rows[key], query))
            await asyncio.sleep(0)
        return tuple(found)

    def _row(self, key: WorkflowKey, row: WorkflowInfo) -> _Row:
        found = self._encoded.get(key)
        if found is None:
            whole = self._client.backend.unique_run_ids
            told = workflow_told(row, whole_ids=whole)
            hidden, body = masked_workflow(told), encoded(told)
            found = _Row(body, body if hidden is told else encoded(hidden))
            # Of a row that has moved since this page was begun nothing is kept.
            if self._rows.get(key) is row:
                self._encoded[key] = found
        return found

    async def _be_fresh(self) -> None:
        """Have a list that is new enough; where it nearly is, somebody else gets the next."""
        age = self._age()
        if age < self._patience.fresh:
            return
        if age >= self._patience.known:
            await self._look_now()
        elif self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_beside())

    async def _look_beside(self) -> None:
        try:
            await self._look_now()
        except DLIError:
            # The list grows older, and who then has to wait for a new one hears why there is none.
            return

    async def _look_now(self) -> None:
        """Have the list looked at once for all who wait, who share a failure as well.

        A look that began before something was done may not show it: then another one follows.
        """
        done = self._deeds
        while await self._one_look() < done:
            pass

    async def _look(self) -> int:
        """Ask what moved; how many actions had been done when this was asked."""
        began, deeds = self._passed(), self._deeds
        changes = await self._client.changes(self._cursor)
        await self._take(changes)
        self._cursor = changes.cursor
        # What was done meanwhile may have come too late for this answer.
        self._looked = began if deeds == self._deeds else None
        return deeds

    def _age(self) -> float:
        # A clock that was set back says nothing of how old the list is.
        age = -1.0 if self._looked is None else self._passed() - self._looked
        return age if age >= 0 else float("inf")

    async def _take(self, changes: Changes) -> None:
        before = self._rows
        told: dict[WorkflowKey, WorkflowInfo] = {}
        moved: set[WorkflowKey] = set()
        for number, row in enumerate(changes.workflows, start=1):
            told[row.key] = row
            if before.get(row.key) != row:
                moved.add(row.key)
            if number % _STRETCH == 0:
                await asyncio.sleep(0)
        gone = before.keys() - told.keys() if changes.whole else before.keys() & set(changes.gone)
        if not moved and not gone:
            return
        rows = {key: row for key, row in before.items() if key not in gone}
        self._rows = rows | {key: told[key] for key in moved}
        self._moves.note(moved | gone)
        for key in moved | gone:
            self._encoded.pop(key, None)
        # A new book, as pages of the old one may still be in the making.
        self._pages = _Pages()
        if self._rows.keys() != before.keys():
            self._order = _in_order(self._rows)


def _in_order(rows: Mapping[WorkflowKey, WorkflowInfo]) -> tuple[WorkflowKey, ...]:
    """By name; of a pair CODE comes first."""
    places = ((key.name, key.source is not SourceType.CODE, key) for key in rows)
    return tuple(key for _, _, key in sorted(places, key=itemgetter(0, 1)))


def encoded(told: object) -> bytes:
    """JSON as compact as it gets; what isn't ASCII is escaped, so half a letter is sent, too."""
    return json.dumps(told, separators=(",", ":")).encode()

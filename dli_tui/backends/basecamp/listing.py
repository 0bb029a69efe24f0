"""Lists and histories of a Basecamp server, page by page, whatever it does with our filters.

Some servers know fewer filters than others, or none; some floor an offset to a multiple of the
limit, so that stays the same from page to page; some have no offset for the history at all, and
are then asked for what lies before the oldest run that came.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from dli_tui.backends.basecamp.offer import Offers
from dli_tui.backends.basecamp.serverclock import ServerClock
from dli_tui.backends.http.client import Http
from dli_tui.backends.http.exchange import Asked, decoded
from dli_tui.domain.page import Page
from dli_tui.domain.query import HistoryQuery, WorkflowQuery
from dli_tui.domain.rules import matches_run, matches_workflow
from dli_tui.wire.asking import MOST_ROWS, MOST_RUNS, history_query, list_query
from dli_tui.wire.failures import Operation
from dli_tui.wire.runs import runs_of, tells_parameters
from dli_tui.wire.values import count
from dli_tui.wire.workflows import workflows_of

if TYPE_CHECKING:
    from dli_tui.domain.ids import WorkflowKey
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo

Item = TypeVar("Item")

LIST: Final = "/api/v1/workflows"
HISTORY: Final = "/api/v1/workflows/history"
_TOTAL: Final = "x-total-count"
_DAY: Final = timedelta(days=1)


class Listing:
    """Pages through what a server has; remembers on which page of the list a name stands."""

    def __init__(self, http: Http, clock: ServerClock, offers: Offers) -> None:
        self.told: dict[str, DatasetInfo] = {}
        """What a history said of its dataset, where it did."""
        self.parameters_told: bool | None = None
        """Whether its histories say what runs were given; None: none with a run was read yet."""
        self._http, self._clock, self._offers = http, clock, offers
        self._places: dict[str, int] = {}

    async def workflows(self, query: WorkflowQuery) -> AsyncIterator[Page[WorkflowInfo]]:
        """The rows that fit; a page is asked for when the one before has been taken."""
        size, left = _sizes(query.limit, MOST_ROWS)
        offset, exact = 0, True
        seen: set[WorkflowKey] = set()
        while True:
            page = await self._rows(query, size, offset)
            fresh = [self._clock.row(row) for row in page.items if row.key not in seen]
            seen.update(row.key for row in fresh)
            fitting = tuple(row for row in fresh if matches_workflow(row, query))[:left]
            exact = exact and len(fitting) == len(page.items)
            yield Page(fitting, page.total if exact else None)
            left = None if left is None else left - len(fitting)
            offset += size
            if left == 0 or not fresh or _is_last(page, size, offset):
                return

    async def named(self, name: str) -> tuple[WorkflowInfo, ...]:
        """The rows of one name: looked for where it stood last, else on every page."""
        offset = self._places.get(name)
        if offset is not None:
            page = await self._rows(WorkflowQuery(), MOST_ROWS, offset)
            standing = [row.dataset_name for row in page.items]
            # At the edge of a page the other row of a pair may stand on the next one.
            if name in standing and name not in (standing[0], standing[-1]):
                return tuple(
                    map(self._clock.row, (r for r in page.items if r.dataset_name == name))
                )
        return tuple(
            [
                row
                async for page in self.workflows(WorkflowQuery())
                for row in page.items
                if row.dataset_name == name
            ]
        )

    async def history(
        self, query: HistoryQuery, most: int = MOST_RUNS, *, without_gaps: bool = False
    ) -> AsyncIterator[Page[WorkflowRun]]:
        """The runs that fit, newest first; `without_gaps`: up to the first that can't be told."""
        size, left = _sizes(query.limit, most)
        asked = self._widened(query)
        until, offset, exact, by_date = asked.end_date, 0, asked == query, False
        seen: set[tuple[str, str]] = set()
        while True:
            page = await self._runs(asked._replace(end_date=until), size, offset)
            fresh = [run for run in page.items if (run.dataset_name, run.run_id) not in seen]
            seen.update((run.dataset_name, run.run_id) for run in fresh)
            true = map(self._clock.run, fresh)
            fitting = tuple(run for run in true if matches_run(run, query))[:left]
            exact = exact and not by_date and len(fitting) == len(page.items)
            yield Page(fitting, page.total if exact else None)
            left = None if left is None else left - len(fitting)
            if left == 0 or len(page.items) < size:
                return
            # Nothing new behind an offset: this server doesn't know it, so dates go on instead.
            by_date = by_date or not fresh
            if by_date:
                if without_gaps and until is not None and _oldest(page.items) == until:
                    return
                offset, until = 0, _before(page.items, until)
                if until is None or until < (asked.start_date or date.min):
                    return
            else:
                offset += size
                if page.total is not None and offset >= page.total:
                    return

    def _widened(self, query: HistoryQuery) -> HistoryQuery:
        """The dates to ask for where those of the server's clock are others."""
        if self._clock.ahead is None:
            return query
        first, last = query.start_date, query.end_date
        return query._replace(
            start_date=None if first is None else first - _DAY,
            end_date=None if last is None else last + _DAY,
        )

    async def _rows(self, query: WorkflowQuery, size: int, offset: int) -> Page[WorkflowInfo]:
        asked = Asked(Operation.LIST, LIST, list_query(query, limit=size, offset=offset))
        answer = await self._http.read(asked, lambda content: workflows_of(decoded(content)))
        if size == MOST_ROWS and query == WorkflowQuery():
            self._places.update((row.dataset_name, offset) for row in answer.value.items)
        return _counted(answer.value, answer.headers)

    async def _runs(self, query: HistoryQuery, size: int, offset: int) -> Page[WorkflowRun]:
        asked = Asked(
            Operation.HISTORY,
            HISTORY,
            history_query(query, limit=size, offset=offset),
            dataset_name=query.workflow or "",
        )

        def read(content: bytes) -> tuple[Page[WorkflowRun], DatasetInfo | None, bool]:
            reply = decoded(content)
            return *runs_of(reply, dataset_name=query.workflow), tells_parameters(reply)

        answer = await self._http.read(asked, read)
        page, info, is_told = answer.value
        if page.items:
            self.parameters_told = self.parameters_told or is_told
        if not answer.unchanged:
            await self._offers.learn_times(answer.headers, page.items)
        if query.workflow is not None and info is not None:
            self.told[query.workflow] = info
        return _counted(page, answer.headers)


def _sizes(limit: int | None, most: int) -> tuple[int, int | None]:
    """How many to ask for at once, and how many in all."""
    return most if limit is None else min(limit, most), limit


def _counted(page: Page[Item], headers: Mapping[str, str]) -> Page[Item]:
    """The page with the total that stands in the head of its answer, if one does."""
    told = headers.get(_TOTAL)
    return page if page.total is not None or told is None else page._replace(total=count(told))


def _is_last(page: Page[WorkflowInfo], size: int, offset: int) -> bool:
    return len(page.items) < size or (page.total is not None and offset >= page.total)


def _before(runs: tuple[WorkflowRun, ...], until: date | None) -> date | None:
    """The last day to ask for next: that of the oldest run, of which there may be more.

    None where that is no earlier than it was: this server doesn't read dates either.
    """
    oldest = _oldest(runs)
    if oldest is None:
        return None
    # A day with more runs than fit into a page can't be got past otherwise.
    following = oldest if oldest != until else oldest - _DAY
    return following if until is None or following < until else None


def _oldest(runs: tuple[WorkflowRun, ...]) -> date | None:
    days = [max(moments).date() for run in runs if (moments := _moments(run))]
    return min(days, default=None)


def _moments(run: WorkflowRun) -> list[datetime]:
    """Whatever the server may go by."""
    return [at for at in (run.slot, run.created_at, run.started_at) if at is not None]

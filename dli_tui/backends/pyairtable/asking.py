"""Questions about workflows and executions, in as few requests as there is to know."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Sequence,
)
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dli_tui.backends.http.exchange import Asked, segment
from dli_tui.backends.pyairtable import convert, steps
from dli_tui.backends.pyairtable.book import KEPT, Book
from dli_tui.backends.pyairtable.convert import Execution, Executions, Told
from dli_tui.backends.pyairtable.line import NoSuchRouteError
from dli_tui.backends.pyairtable.place import Place
from dli_tui.domain.errors import WorkflowError, WorkflowNotFoundError
from dli_tui.domain.ids import RunRef
from dli_tui.wire.failures import Operation

if TYPE_CHECKING:
    from dli_tui.domain.query import HistoryQuery
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.step import Step

PAGE: Final = 100
_RUNS: Final = 50
_AT_ONCE: Final = 4
"""Parallel requests gain little and crowd out everybody else."""
_MOST_AT_ONCE: Final = 200
"""Of so many workflows the last runs come with the list; of others with the polls after it."""
_A_POLL: Final = 12
"""So many requests a poll takes, those for the list included; fewer leave the rows stale."""
_IN_TURN: Final = 10
"""So many that are quiet are asked with each poll: a run that began shows in no list."""
_FEWEST: Final = 4
"""So many are asked in a poll however long the list is."""
_LOOKED_THROUGH: Final = 500
"""So many executions of one workflow are looked through for one of them."""


class Asking:
    """Reads; what is found is noted in the book."""

    def __init__(self, place: Place, book: Book) -> None:
        self._place, self._book = place, book
        self.pages = 0
        """How many requests the list took when it was read last."""
        self._has_single = True
        """Whether an execution can be asked for by its id alone."""

    # Workflows

    async def everything(self) -> list[str]:
        """The whole list; the ids of those that have run since it was read before."""
        routes = await self._place.found()
        told: dict[str, Told] = {}
        torn: list[str] = []
        offset, pages = 0, 0
        while True:
            pages += 1
            asked = Asked(Operation.LIST, routes.root, {"limit": PAGE, "offset": offset})
            if routes.is_legacy:
                asked = asked._replace(query={"limit": PAGE, "skip": offset})
            page = await self._place.line.read(asked, convert.listed)
            fresh = {one.id: one for one in page.told if one.id not in told}
            told |= fresh
            torn += page.torn
            offset += page.came
            if not fresh or convert.is_last(page.came, PAGE, offset, page.total):
                self.pages = pages
                self._book.torn = convert.unreadable_rows(torn)
                return self._book.take(told.values(), whole=True)

    async def one(self, own_id: str, address: str) -> Told:
        """One workflow, asked anew; DLI-800 where it is gone."""
        routes = await self._place.found()
        path = f"{routes.root}/{segment(own_id)}"
        try:
            asked = Asked(Operation.GET, path, dataset_name=address)
            told = await self._place.line.read(asked, convert.one_workflow)
        except WorkflowNotFoundError:
            self._book.drop(own_id)
            raise
        if told.id != own_id:
            raise convert.another("workflow")
        self._book.take([told])
        return told

    async def id_of(self, address: str) -> str:
        """The id that an address means; the list is read where nobody knows it yet."""
        if not self._book.is_whole or self._book.id_of(address) is None:
            await self.everything()
        return self._book.require_id(address)

    async def now(self, address: str) -> Told:
        """The workflow that an address means now; DLI-800 where there is none.

        What is known may be from before: one that has gone, or has another name by now, is looked
        for in the list.
        """
        own_id = await self.id_of(address)
        try:
            told = await self.one(own_id, address)
        except WorkflowNotFoundError:
            told = None
        if told is not None and self._book.means(own_id, address):
            return told
        await self.everything()
        return await self.one(self._book.require_id(address), address)

    async def id_to_change(self, address: str) -> str:
        """The id that an address means, for a write: no other than the one that was shown."""
        own_id = await self.id_of(address)
        self._book.require_shown(address, own_id)
        return own_id

    # Executions

    async def last_runs(
        self, *, whole: bool, needs_all: bool = False, strict: bool = False
    ) -> None:
        """Bring the last runs up to date after the list was read: those that may have moved, and
        a few in turn; `whole`: those of which none is known too. Where an answer `needs_all`,
        as many as the service's limits allow; where it is `strict`, one failure is its failure."""
        if whole:
            room = self._place.line.room(Operation.HISTORY) if needs_all else 0
            due = self._book.due(max(_MOST_AT_ONCE, room), moved=_MOST_AT_ONCE)
        else:
            most = max(_FEWEST, _A_POLL - self.pages)
            due = self._book.due(most, moved=_MOST_AT_ONCE, quiet=_IN_TURN)
        await self.latest(due, strict=strict)

    async def latest(self, ids: Iterable[str], *, strict: bool = False) -> None:
        """The last runs of each; where those of one alone can't be told, they stay as they were."""

        async def of(own_id: str) -> None:
            try:
                await self.latest_of(own_id)
            except WorkflowError as problem:
                self._book.asked(own_id)
                if strict and not isinstance(problem, WorkflowNotFoundError):
                    raise

        await _each(of, ids)

    async def latest_of(self, own_id: str) -> Sequence[WorkflowRun]:
        """The last runs of one."""
        page = await self.page_of(own_id, limit=KEPT)
        runs = [one.run for one in page.found]
        self._book.keep(own_id, runs)
        return runs

    async def page_of(
        self, own_id: str, *, limit: int = _RUNS, offset: int = 0, status: str | None = None
    ) -> Executions:
        """A page of the executions of a workflow, newest first."""
        routes, name = await self._place.found(), self._book.name(own_id)
        query: dict[str, str | int] = {"limit": limit, "offset": offset}
        if routes.is_legacy:
            query = {"limit": limit, "skip": offset}
        if status is not None:
            query["status"] = status
        path = f"{routes.root}/{segment(own_id)}/executions"
        asked = Asked(Operation.HISTORY, path, query, dataset_name=name)
        page = await self._place.line.read(asked, convert.executions_of(name))
        if any(one.run.dataset_name != name for one in page.found):
            # An answer that hasn't moved is remembered with the name of then.
            page = page._replace(found=tuple(_of(one, name) for one in page.found))
        self._book.own(own_id, (one.run for one in page.found))
        return page

    async def history(self, query: HistoryQuery) -> AsyncIterator[Sequence[WorkflowRun]]:
        """Runs, newest first: of one workflow, or of all merged as they come."""
        if query.workflow is not None:
            own_id = await self.id_of(query.workflow)
            async for runs in self._runs_of(own_id, query):
                # By the name that was asked for, which may be an id.
                yield [
                    run
                    if run.dataset_name == query.workflow
                    else run.twin(dataset_name=query.workflow)
                    for run in runs
                ]
            return
        await self.everything()
        is_new = any(self._book.runs(own_id) is None for own_id in self._book.ids)
        await self.last_runs(whole=is_new, strict=True)
        async for runs in self._merged(query):
            yield runs

    async def _runs_of(
        self, own_id: str, query: HistoryQuery
    ) -> AsyncGenerator[Sequence[WorkflowRun]]:
        """The pages of one workflow."""
        offset, seen = 0, set[str]()
        if query.workflow is None:
            # One request a workflow with each look would be more than the service allows.
            known = self._book.runs(own_id) or ()
            fitting = [run for run in known if query.status in (None, run.status)]
            yield fitting
            if len(known) < KEPT or _is_before(known[-1], query):
                return
            offset, seen = len(fitting), {run.run_id for run in fitting}
        while True:
            page = await self.page_of(own_id, offset=offset, status=convert.word_of(query.status))
            runs = [one.run for one in page.found if one.run.run_id not in seen]
            seen.update(run.run_id for run in runs)
            yield runs
            offset += page.came
            if not runs or convert.is_last(page.came, _RUNS, offset, page.total):
                return
            if _is_before(runs[-1], query):
                return

    async def _merged(self, query: HistoryQuery) -> AsyncIterator[Sequence[WorkflowRun]]:
        """All workflows at once: the newest of what each has next."""
        readers = {own_id: self._runs_of(own_id, query) for own_id in self._book.ids}
        waiting: list[tuple[float, str, int, Sequence[WorkflowRun]]] = []

        async def more(own_id: str) -> None:
            try:
                async for runs in readers[own_id]:
                    if runs:
                        heapq.heappush(waiting, (_age(runs[0]), own_id, 0, runs))
                        return
            except WorkflowNotFoundError:
                # It went since the list was read, and its runs with it.
                return

        try:
            await _each(more, readers)
            batch: list[WorkflowRun] = []
            while waiting:
                _, own_id, place, runs = heapq.heappop(waiting)
                batch.append(runs[place])
                if place + 1 < len(runs):
                    heapq.heappush(waiting, (_age(runs[place + 1]), own_id, place + 1, runs))
                else:
                    await more(own_id)
                if len(batch) >= _RUNS:
                    yield batch
                    batch = []
            if batch:
                yield batch
        finally:
            for reader in readers.values():
                await reader.aclose()

    async def knows(self, address: str) -> bool:
        """Whether an address means a workflow."""
        try:
            await self.id_of(address)
        except WorkflowNotFoundError:
            return False
        return True

    async def execution(self, ref: RunRef) -> Execution:
        """One execution, of the workflow that is meant; DLI-800 when there is none."""
        _require_number(ref)
        found = await self._execution(ref)
        if ref.workflow is None or ref.workflow == found.run.dataset_name:
            return found
        own_id = self.owner(found)
        if own_id is None or not self._book.means(own_id, ref.workflow):
            raise _no_such_run(ref)
        return found

    def owner(self, found: Execution) -> str | None:
        """The id of the workflow of an execution."""
        return found.run.workflow_id or self._book.owner(found.run.run_id)

    async def _execution(self, ref: RunRef) -> Execution:
        """By its id where that is possible, else among those of its workflow."""
        if self._has_single:
            try:
                found = await self._single(ref)
            except NoSuchRouteError:
                self._has_single = False
            else:
                if not self._book.is_whole:
                    await self.everything()
                own_id = self.owner(found)
                return _of(found, self._book.name(own_id)) if own_id is not None else found
        own_id = self._book.owner(ref.run_id)
        if own_id is None and ref.workflow is not None:
            own_id = await self.id_of(ref.workflow)
        if own_id is not None:
            return await self._among(own_id, ref)
        return await self._anywhere(ref)

    async def _single(self, ref: RunRef) -> Execution:
        routes = await self._place.found()
        path = f"{routes.root}/executions/{segment(ref.run_id)}"
        asked = Asked(Operation.STATUS, path, run_id=ref.run_id, dataset_name=ref.workflow or "")
        found = await self._place.line.read(asked, convert.one_execution)
        if found.run.run_id != ref.run_id:
            raise convert.another("execution")
        return found

    async def _among(self, own_id: str, ref: RunRef) -> Execution:
        """Among those of one workflow, page by page."""
        offset = 0
        while offset < _LOOKED_THROUGH:
            page = await self.page_of(own_id, offset=offset)
            found = next((one for one in page.found if one.run.run_id == ref.run_id), None)
            if found is not None:
                return found
            offset += page.came
            if convert.is_last(page.came, _RUNS, offset, page.total):
                break
        raise _no_such_run(ref)

    async def _anywhere(self, ref: RunRef) -> Execution:
        """Among the latest of all workflows."""
        await self.everything()
        await self.latest(self._book.ids)
        own_id = self._book.owner(ref.run_id)
        if own_id is None:
            raise _no_such_run(ref)
        return await self._among(own_id, ref)

    async def steps(self, ref: RunRef, execution: Execution | None = None) -> tuple[Step, ...]:
        """The steps of an execution: told, or concluded where no route tells them."""
        routes = await self._place.found()
        _require_number(ref)
        if routes.has_steps:
            path = f"{routes.root}/executions/{segment(ref.run_id)}/steps"
            asked = Asked(Operation.STEPS, path, run_id=ref.run_id, dataset_name=ref.workflow or "")
            return await self._place.line.read(asked, steps.told)
        found = execution or await self.execution(ref)
        own_id = self.owner(found)
        known = own_id is not None and own_id in self._book.ids
        config = self._book.info(own_id).workflow_config if own_id and known else None
        return steps.concluded(found, config)


def whole(ref: RunRef) -> RunRef:
    """A run as it is told apart: a person may say whose it is in front of its number."""
    workflow, slash, run_id = ref.run_id.rpartition("/")
    return RunRef(run_id, workflow) if slash and ref.workflow is None else ref


async def _each(work: Callable[[str], Awaitable[None]], ids: Iterable[str]) -> None:
    """`work` for each, a few at a time; when one fails the others are ended before that is told."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def one(own_id: str) -> None:
        async with gate:
            await work(own_id)

    tasks = [asyncio.ensure_future(one(own_id)) for own_id in ids]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _require_number(ref: RunRef) -> None:
    # The services answer something else to what is no number.
    if not _is_number(ref):
        raise _no_such_run(ref)


def _is_number(ref: RunRef) -> bool:
    """Whether it may be the id of a run: the services number them."""
    return ref.run_id.isascii() and ref.run_id.isdigit()


def _of(found: Execution, name: str) -> Execution:
    return found._replace(run=found.run.twin(dataset_name=name))


def _age(run: WorkflowRun) -> float:
    """For the newest first; what tells no time comes last."""
    return float("inf") if run.place is None else -run.place.timestamp()


def _is_before(run: WorkflowRun, query: HistoryQuery) -> bool:
    """Whether a run, and all that are older, are from before the dates that are asked for."""
    if query.start_date is None or run.place is None:
        return False
    return run.place.date() < query.start_date - timedelta(days=1)


def _no_such_run(ref: RunRef) -> WorkflowNotFoundError:
    hint = "See recent runs with: dli-tui workflow history"
    if ref.workflow is None and _is_number(ref):
        hint = f"If its workflow is still there, say whose it is: WORKFLOW/{ref.run_id}"
    return WorkflowNotFoundError(dataset_name=ref.workflow or "", run_id=ref.run_id, hint=hint)

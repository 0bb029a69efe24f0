"""Questions about workflows and executions, in as few requests as there is to know."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from dli_tui.backends.http.exchange import Asked, segment
from dli_tui.backends.pyairtable import convert, steps
from dli_tui.backends.pyairtable.book import KEPT, Book
from dli_tui.backends.pyairtable.convert import Execution, Executions, Told
from dli_tui.backends.pyairtable.line import NoSuchRouteError
from dli_tui.backends.pyairtable.place import Place
from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.wire.failures import Operation

if TYPE_CHECKING:
    from dli_tui.domain.ids import RunRef
    from dli_tui.domain.query import HistoryQuery
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.step import Step

PAGE: Final = 100
_RUNS: Final = 50
_AT_ONCE: Final = 4
"""Parallel requests gain little and crowd out everybody else."""
_LOOKED_THROUGH: Final = 500
"""So many executions of one workflow are looked through for one of them."""


class Asking:
    """Reads; what is found is noted in the book."""

    def __init__(self, place: Place, book: Book) -> None:
        self._place, self._book = place, book
        self._has_single = True
        """Whether an execution can be asked for by its id alone."""

    # Workflows

    async def everything(self) -> list[str]:
        """The whole list; the ids of those that have run since it was read before."""
        routes = await self._place.found()
        told: list[Told] = []
        offset = 0
        while True:
            asked = Asked(Operation.LIST, routes.root, {"limit": PAGE, "offset": offset})
            if routes.is_legacy:
                asked = asked._replace(query={"limit": PAGE, "skip": offset})
            page = await self._place.line.read(asked, convert.listed)
            known = {one.id for one in told}
            fresh = [one for one in page.told if one.id not in known]
            told += fresh
            offset += page.came
            if page.came < PAGE or not fresh or offset == page.total:
                return self._book.take(told, whole=True)

    async def one(self, own_id: str, address: str) -> None:
        """One workflow, asked anew; DLI-800 where it is gone."""
        routes = await self._place.found()
        path = f"{routes.root}/{segment(own_id)}"
        try:
            asked = Asked(Operation.GET, path, dataset_name=address)
            told = await self._place.line.read(asked, convert.one_workflow)
        except WorkflowNotFoundError:
            self._book.drop(own_id)
            raise
        self._book.take([told])

    async def id_of(self, address: str) -> str:
        """The id that an address means; the list is read where nobody knows it yet."""
        if not self._book.is_whole or self._book.id_of(address) is None:
            await self.everything()
        return self._book.require_id(address)

    # Executions

    async def latest(self, ids: Iterable[str]) -> None:
        """The last runs of each."""
        gate = asyncio.Semaphore(_AT_ONCE)

        async def of(own_id: str) -> None:
            async with gate:
                page = await self.page_of(own_id, limit=KEPT)
                self._book.keep(own_id, [one.run for one in page.found])

        await asyncio.gather(*(of(own_id) for own_id in ids))

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
        self._book.own(own_id, (one.run for one in page.found))
        return page

    async def history(self, query: HistoryQuery) -> AsyncIterator[Sequence[WorkflowRun]]:
        """Runs, newest first: of one workflow, or of all merged as they come."""
        if query.workflow is not None:
            own_id = await self.id_of(query.workflow)
            async for runs in self._runs_of(own_id, query):
                yield runs
            return
        await self.everything()
        async for runs in self._merged(query):
            yield runs

    async def _runs_of(
        self, own_id: str, query: HistoryQuery
    ) -> AsyncGenerator[Sequence[WorkflowRun]]:
        """The pages of one workflow."""
        offset, seen = 0, set[str]()
        while True:
            page = await self.page_of(own_id, offset=offset, status=convert.word_of(query.status))
            runs = [one.run for one in page.found if one.run.run_id not in seen]
            seen.update(run.run_id for run in runs)
            yield runs
            offset += page.came
            if page.came < _RUNS or not runs:
                return

    async def _merged(self, query: HistoryQuery) -> AsyncIterator[Sequence[WorkflowRun]]:
        """All workflows at once: the newest of what each has next."""
        readers = {own_id: self._runs_of(own_id, query) for own_id in self._book.ids}
        waiting: list[tuple[float, str, int, Sequence[WorkflowRun]]] = []
        gate = asyncio.Semaphore(_AT_ONCE)

        async def more(own_id: str) -> None:
            async with gate:
                async for runs in readers[own_id]:
                    if runs:
                        heapq.heappush(waiting, (_age(runs[0]), own_id, 0, runs))
                        return

        try:
            await asyncio.gather(*(more(own_id) for own_id in readers))
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
        # The services number them, and answer something else to what is no number.
        if not (ref.run_id.isascii() and ref.run_id.isdigit()):
            raise _no_such_run(ref)
        found = await self._execution(ref)
        if ref.workflow not in (None, found.run.dataset_name):
            raise _no_such_run(ref)
        return found

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
                own_id = found.run.workflow_id or self._book.owner(ref.run_id)
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
        return await self._place.line.read(asked, convert.one_execution)

    async def _among(self, own_id: str, ref: RunRef) -> Execution:
        """Among those of one workflow, page by page."""
        offset = 0
        while offset < _LOOKED_THROUGH:
            page = await self.page_of(own_id, offset=offset)
            found = next((one for one in page.found if one.run.run_id == ref.run_id), None)
            if found is not None:
                return found
            offset += page.came
            if page.came < _RUNS:
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
        if not (ref.run_id.isascii() and ref.run_id.isdigit()):
            raise _no_such_run(ref)
        if routes.has_steps:
            path = f"{routes.root}/executions/{segment(ref.run_id)}/steps"
            asked = Asked(Operation.STEPS, path, run_id=ref.run_id, dataset_name=ref.workflow or "")
            return await self._place.line.read(asked, steps.told)
        found = execution or await self.execution(ref)
        own_id = found.run.workflow_id or self._book.owner(ref.run_id)
        known = own_id is not None and own_id in self._book.ids
        config = self._book.info(own_id).workflow_config if own_id and known else None
        return steps.concluded(found, config)


def _of(found: Execution, name: str) -> Execution:
    return found._replace(run=found.run.twin(dataset_name=name))


def _age(run: WorkflowRun) -> float:
    """For the newest first; what tells no time comes last."""
    return float("inf") if run.place is None else -run.place.timestamp()


def _no_such_run(ref: RunRef) -> WorkflowNotFoundError:
    hint = "" if ref.workflow else f"If it is older, say whose it is: WORKFLOW/{ref.run_id}"
    return WorkflowNotFoundError(
        dataset_name=ref.workflow or "",
        run_id=ref.run_id,
        hint=hint or "See recent runs with: dli-tui workflow history",
    )

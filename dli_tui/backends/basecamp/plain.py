"""Seed 000 behind the port: the ten endpoints that every Basecamp server has, and no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from dli_tui.backends.basecamp.backfills import StartedBackfills
from dli_tui.backends.basecamp.lastruns import LastRuns
from dli_tui.backends.basecamp.listing import LIST, Listing
from dli_tui.backends.basecamp.offer import PLAIN, Offers
from dli_tui.backends.basecamp.serverclock import ServerClock
from dli_tui.backends.basecamp.stops import Stops
from dli_tui.backends.basecamp.writing import Writer
from dli_tui.backends.http.client import Http
from dli_tui.backends.http.exchange import Asked, decoded, segment
from dli_tui.backends.port import Backend
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.domain.page import Page
from dli_tui.domain.query import WorkflowQuery
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.rules import matches_workflow
from dli_tui.domain.status import ResultStatus, RunStatus
from dli_tui.wire import asking, replies
from dli_tui.wire.failures import Operation
from dli_tui.wire.runs import dataset_info_of, run_of
from dli_tui.wire.values import Row, record
from dli_tui.wire.workflows import workflow_of

if TYPE_CHECKING:
    import httpx

    from dli_tui.config.model import Profile
    from dli_tui.domain.backfill import Backfill
    from dli_tui.domain.ids import RunRef
    from dli_tui.domain.query import (
        BackfillRequest,
        HistoryQuery,
        Registration,
        RunRequest,
    )
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo

T = TypeVar("T")
DATASETS: Final = "/api/v1/datasets"
_NOT_FOUND: Final = 404
_ACTIVE: Final = "active"
_ONLY_SENT: Final = frozenset({"enabled", "force"})
"""What a registration asks for that its row doesn't say in that way."""


class PlainBasecamp(Backend):
    """A Basecamp server as seed 000 has it."""

    label = "this Basecamp server"

    def __init__(
        self,
        profile: Profile,
        environment: Mapping[str, str],
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__()
        self._http = Http(profile, environment, transport=transport, sleep=sleep)
        self._clock = ServerClock()
        self._offers = Offers(self._http, self._clock)
        self._listing = Listing(self._http, self._clock, self._offers)
        self._last_runs = LastRuns(self, self._listing)
        self._backfills = StartedBackfills(self)
        self._stops = Stops()
        self._has_looked_back = False
        self._writer = Writer(self._http, self._offers, sleep)
        self._trusted = frozenset({Capability.DRY_RUN} if profile.trust_dry_run else ())
        self.capabilities = PLAIN | self._trusted

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    def why_not(self, capability: Capability) -> str:
        reason = self._offers.why_not(capability)
        told = super().why_not(capability)
        return told if reason is None else f"{told}: {reason}"

    # Lists

    async def workflows(self, query: WorkflowQuery) -> AsyncIterator[Page[WorkflowInfo]]:
        if query.running_only and await self._has_no_last_runs():
            every = self._completed_pages(query._replace(running_only=False, limit=None))
            rows = {row.key: row async for page in every for row in page.items}
            running = [row for row in rows.values() if matches_workflow(row, query)]
            yield Page(tuple(running[: query.limit]), len(running))
        elif query == WorkflowQuery():
            async for page in self._completed_pages(query):
                yield page
        else:
            async for page in self._listing.workflows(query):
                yield page

    async def _completed_pages(self, query: WorkflowQuery) -> AsyncIterator[Page[WorkflowInfo]]:
        """Rows at once; where the list tells no last runs, these follow with the rows again."""
        rows: list[WorkflowInfo] = []
        shown: list[WorkflowInfo] = []
        total = None
        async for page in self._listing.workflows(query):
            rows += page.items
            known, total = self._last_runs.completed(page.items), page.total
            shown += known
            yield page._replace(items=known)
        if not rows:
            return
        completed = tuple(rows)
        if not self._last_runs.are_told(rows) and await self._has_no_last_runs():
            names = {row.dataset_name for row in rows}
            await self._last_runs.refresh(names, whole=query == WorkflowQuery())
            completed = self._last_runs.completed(rows)
        moved = tuple(row for row, old in zip(completed, shown, strict=True) if row != old)
        if moved:
            yield Page(moved, total)

    async def workflow(self, name: str) -> tuple[WorkflowInfo, ...]:
        rows = await self._listing.named(name)
        if self._last_runs.are_told(rows) or not await self._has_no_last_runs():
            return rows
        await self._last_runs.refresh_one(name)
        return self._last_runs.completed(rows)

    async def _has_no_last_runs(self) -> bool:
        """Whether a list that tells no last run may leave them out."""
        return True

    async def history(self, query: HistoryQuery) -> AsyncIterator[Page[WorkflowRun]]:
        async for page in self._listing.history(query, asking.MOST_RUNS):
            yield page

    async def dataset_info(self, name: str) -> DatasetInfo | None:
        told = self._listing.told.get(name)
        if told is not None:
            return told
        row, dataset = await super().dataset_info(name), await self._dataset(name)
        if row is None or dataset is None:
            return row or dataset
        return row.twin(**{key: value for key, value in dataset if not getattr(row, key)})

    async def _dataset(self, name: str) -> DatasetInfo | None:
        asked = Asked(
            Operation.DATASET,
            f"{DATASETS}/{segment(name)}",
            dataset_name=name,
            expected=frozenset({_NOT_FOUND}),
        )
        # What stands in a 404 may be anything, a web page too.
        answer = await self._http.read(asked, bytes)
        told = None if answer.status == _NOT_FOUND else decoded(answer.value)
        return dataset_info_of(told, dataset_name=name)

    # Runs

    async def run_status(self, ref: RunRef) -> WorkflowRun:
        if await self._backfills.keeps(ref, self._run_status):
            return (await self._backfills.status(ref)).whole
        return await self._run_status(ref)

    async def _run_status(self, ref: RunRef) -> WorkflowRun:
        asked = about(Operation.STATUS, ref, f"{LIST}/runs/{segment(ref.run_id)}")
        answer = await self._http.read(
            asked,
            lambda content: run_of(decoded(content), run_id=ref.run_id, dataset_name=ref.workflow),
        )
        if not answer.unchanged:
            await self._offers.learn_times(answer.headers, [answer.value])
        run = self._stops.told(self._clock.run(answer.value))
        if ref.workflow not in (None, run.dataset_name):
            raise WorkflowNotFoundError(
                run_id=ref.run_id, hint="See runs with: dli-tui workflow history"
            )
        return run

    # Writes

    async def register(self, request: Registration) -> WorkflowInfo:
        name, body = request.dataset_name, asking.registration_body(request)
        asked = posted(Operation.REGISTER, f"{LIST}/register", body, name)
        # A reply that tells less means what was asked for.
        known = {"status": _ACTIVE} | {key: body[key] for key in body.keys() - _ONLY_SENT}
        return await self._write(asked, lambda reply: workflow_of(known | (record(reply) or {})))

    async def unregister(self, name: str, *, force: bool = False) -> WorkflowRunResult:
        asked = posted(Operation.UNREGISTER, f"{LIST}/{segment(name)}", {}, name)._replace(
            method="DELETE", query={"force": "true"} if force else {}
        )
        return await self._write(asked, lambda reply: replies.unregister_reply(reply, name))

    async def run(self, request: RunRequest) -> WorkflowRunResult:
        name = request.dataset_name
        if request.dry_run:
            await self._need(Capability.DRY_RUN)
        if request.slot is not None or request.run_id is not None:
            await self._need(Capability.DATED_RUNS)
        path = f"{LIST}/{segment(name)}/run"
        asked = posted(Operation.RUN, path, asking.run_body(request), name)
        result = await self._write(
            asked, lambda reply: replies.run_reply(reply, name, dry_run=request.dry_run)
        )
        if not self._offers.is_ours:
            self._clock.began(self._writer.headers, result.started_at)
            result = self._clock.result(result)
        self._last_runs.follow(result)
        return result

    async def backfill(self, request: BackfillRequest) -> WorkflowRunResult:
        name = request.dataset_name
        if request.slots is not None and (request.parallel or not self.supervised):
            await self._need(Capability.BACKFILL_SLOTS)
        path = f"{LIST}/{segment(name)}/backfill"
        asked = posted(Operation.BACKFILL, path, asking.backfill_body(request), name)
        result = await self._write(asked, lambda reply: replies.backfill_reply(reply, name))
        if not self._offers.is_ours:
            self._backfills.remember(request, result)
        return result

    async def backfill_status(self, ref: RunRef) -> Backfill:
        if await self._backfills.keeps(ref, self._run_status):
            return await self._backfills.status(ref)
        return await super().backfill_status(ref)

    async def backfills(self) -> tuple[Backfill, ...]:
        own = await self._backfills.all(self._run_status)
        # Without parameters no history tells which of its runs belong together: one look is enough.
        if self._has_looked_back and self._listing.parameters_told is False:
            return own
        found = await super().backfills()
        self._has_looked_back = True
        return (*own, *found)

    async def stop(self, ref: RunRef, *, reason: str | None = None) -> WorkflowRunResult:
        if await self._backfills.keeps(ref, self._run_status):
            return await self._stop_all(ref, reason)
        path = f"{LIST}/runs/{segment(ref.run_id)}/stop"
        body = asking.reason_body(reason)
        asked = posted(Operation.STOP, path, body, ref.workflow or "", ref.run_id)
        result = await self._write(
            asked,
            lambda reply: replies.stop_reply(reply, ref.run_id, dataset_name=ref.workflow),
        )
        result = self._clock.result(result)
        self._stops.remember(ref.run_id, result, reason)
        return result

    async def _stop_all(self, ref: RunRef, reason: str | None) -> WorkflowRunResult:
        """Stop the runs of a backfill that was started from here, the last ones first."""
        name = ref.workflow or ""
        for run in reversed(self._backfills.open_runs(ref)):
            try:
                name = (await self.stop(run, reason=reason)).dataset_name
            except WorkflowNotFoundError:
                continue
        return WorkflowRunResult(
            dataset_name=name,
            status=ResultStatus.SUCCESS,
            run_id=ref.run_id,
            run_status=RunStatus.STOPPING,
            backfill_id=ref.run_id,
            reason=reason,
        )

    async def pause(self, name: str, *, reason: str | None = None) -> WorkflowRunResult:
        path, body = f"{LIST}/{segment(name)}/pause", asking.reason_body(reason)
        asked = posted(Operation.PAUSE, path, body, name)
        return await self._write(asked, lambda reply: replies.pause_reply(reply, name))

    async def unpause(self, name: str, *, reason: str | None = None) -> WorkflowRunResult:
        path, body = f"{LIST}/{segment(name)}/unpause", asking.reason_body(reason)
        asked = posted(Operation.UNPAUSE, path, body, name)
        return await self._write(asked, lambda reply: replies.unpause_reply(reply, name))

    async def _read(self, asked: Asked, read: Callable[[object], T]) -> T:
        """What `read` makes of the JSON that is answered."""
        return (await self._http.read(asked, lambda content: read(decoded(content)))).value

    async def _write(self, asked: Asked, read: Callable[[object], T]) -> T:
        """The same of a write."""
        return await self._writer.send(asked, lambda content: read(decoded(content)))

    async def _need(self, capability: Capability) -> None:
        """Refuse what isn't offered."""
        if capability not in self.capabilities:
            raise self._unsupported(capability)


def about(operation: Operation, ref: RunRef, path: str) -> Asked:
    """A question about one run."""
    return Asked(operation, path, dataset_name=ref.workflow or "", run_id=ref.run_id)


def posted(
    operation: Operation, path: str, body: Row, dataset_name: str = "", run_id: str = ""
) -> Asked:
    """A write."""
    return Asked(
        operation, path, method="POST", body=body, dataset_name=dataset_name, run_id=run_id
    )

"""A Basecamp server behind the port: seed 000, and where the server is ours what it has beside.

A server says once, under /api/v1/x/capabilities, what it has beyond 000. One that doesn't know
that path is taken as 000 has it: the rest is answered the longer way, or is off with a reason.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from dli_tui.backends.basecamp.offer import BESIDE
from dli_tui.backends.basecamp.plain import PlainBasecamp, about, posted
from dli_tui.backends.http.exchange import Asked, segment
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import AuthenticationError, ServerError, Unsupported
from dli_tui.domain.page import Changes, Page
from dli_tui.domain.query import WorkflowQuery
from dli_tui.wire import asking, beside, replies
from dli_tui.wire.failures import Operation
from dli_tui.wire.runs import dataset_info_of
from dli_tui.wire.workflows import workflow_of

if TYPE_CHECKING:
    from datetime import date

    from dli_tui.domain.backfill import Backfill, BackfillForecast, RunDates
    from dli_tui.domain.health import Health
    from dli_tui.domain.ids import LogRef, RunRef
    from dli_tui.domain.log import LogChunk
    from dli_tui.domain.query import BackfillRequest, HistoryQuery, NewSaga, RunRequest
    from dli_tui.domain.results import WorkflowRunResult
    from dli_tui.domain.retry import RetryPlan
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.saga import Saga, SagaType
    from dli_tui.domain.step import Step
    from dli_tui.domain.template import NewFromTemplate, Template, TemplateCategory
    from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo

T = TypeVar("T")
_LONGEST_LINE: Final = 3_000
"""Characters of names in one request: proxies refuse lines of more than 4 KB."""


class BasecampBackend(PlainBasecamp):
    """One Basecamp server, by the profile that names it."""

    async def met(self) -> None:
        await self._is_ours()

    # Lists

    async def workflow(self, name: str) -> tuple[WorkflowInfo, ...]:
        if not await self._is_ours():
            return await super().workflow(name)
        path = f"{BESIDE}/workflows/{segment(name)}"
        return await self._read(Asked(Operation.GET, path, dataset_name=name), beside.rows_of)

    async def history(self, query: HistoryQuery) -> AsyncIterator[Page[WorkflowRun]]:
        most = asking.MOST_ROWS if self._offers.is_ours else asking.MOST_RUNS
        async for page in self._listing.history(query, most):
            yield page

    async def recent_runs(
        self, names: Sequence[str], count: int
    ) -> Mapping[str, tuple[WorkflowRun, ...]]:
        if not await self._has(Capability.RECENT_RUNS):
            return await super().recent_runs(names, count)
        found: dict[str, tuple[WorkflowRun, ...]] = dict.fromkeys(names, ())
        for some in _lines(names):
            asked = Asked(Operation.HISTORY, f"{BESIDE}/runs", {"names": some, "count": count})
            found.update(await self._read(asked, beside.runs_by_name))
        return found

    async def cursor(self) -> str | None:
        if not await self._has(Capability.CHANGES):
            return None
        asked = Asked(Operation.LIST, f"{BESIDE}/changes")
        return (await self._read(asked, beside.changes_of)).cursor

    async def changes(self, cursor: str | None) -> Changes:
        if not await self._has(Capability.CHANGES):
            return await super().changes(cursor)
        query = {} if cursor is None else {"cursor": cursor}
        asked = Asked(Operation.LIST, f"{BESIDE}/changes", query)
        found = await self._read(asked, beside.changes_of)
        if not found.whole:
            return found
        # The whole list comes as it always does: in pages.
        rows = [row async for page in self.workflows(WorkflowQuery()) for row in page.items]
        return found._replace(workflows=tuple(rows))

    async def dataset_info(self, name: str) -> DatasetInfo | None:
        if not await self._has(Capability.DATASET_INFO):
            return await super().dataset_info(name)
        asked = Asked(Operation.DATASET, f"{BESIDE}/datasets/{segment(name)}", dataset_name=name)
        return await self._read(asked, lambda reply: dataset_info_of(reply, dataset_name=name))

    # Runs

    async def backfill_status(self, ref: RunRef) -> Backfill:
        if not await self._has(Capability.BACKFILL_DATES):
            return await super().backfill_status(ref)
        asked = about(Operation.STATUS, ref, f"{BESIDE}/backfills/{segment(ref.run_id)}")
        return await self._read(asked, beside.backfill_of)

    async def backfills(self) -> tuple[Backfill, ...]:
        if not await self._has(Capability.BACKFILL_DATES):
            return await super().backfills()
        asked = Asked(Operation.HISTORY, f"{BESIDE}/backfills")
        return await self._read(asked, beside.backfills_of)

    async def steps(self, ref: RunRef) -> tuple[Step, ...]:
        await self._need(Capability.STEPS)
        asked = about(Operation.STEPS, ref, f"{_beside_run(ref)}/steps")
        return (await self._http.read(asked, beside.steps_of)).value

    async def retry_plan(self, ref: RunRef, steps: Sequence[str] = ()) -> RetryPlan:
        if not await self._has(Capability.RETRY_PLAN):
            return await super().retry_plan(ref, steps)
        query = {"steps": json.dumps(list(steps))} if steps else {}
        asked = about(Operation.STEPS, ref, f"{_beside_run(ref)}/retry")._replace(query=query)
        return (await self._http.read(asked, beside.retry_plan_of)).value

    async def logs(self, ref: LogRef, cursor: str | None = None) -> LogChunk:
        await self._need(Capability.LOGS)
        query: asking.Query = {"step": ref.step, "attempt": ref.attempt}
        if ref.map_index is not None:
            query["map_index"] = ref.map_index
        if cursor is not None:
            query["cursor"] = cursor
        asked = about(Operation.LOGS, ref.run, f"{_beside_run(ref.run)}/log")
        return (await self._http.read(asked._replace(query=query), beside.log_of)).value

    async def run(self, request: RunRequest) -> WorkflowRunResult:
        if request.dry_run:
            await self._need(Capability.DRY_RUN)
        if request.slot is not None or request.run_id is not None:
            await self._need(Capability.DATED_RUNS)
        return await super().run(request)

    async def backfill(self, request: BackfillRequest) -> WorkflowRunResult:
        if not await self._has(Capability.RUN_DATES):
            # Other servers read dates in the zone of the schedule, as the contract has it.
            request = request._replace(timezone=None)
        try:
            return await super().backfill(request)
        except Unsupported:
            # It was offered: another server may stand there by now.
            self._offers.forget()
            raise

    async def backfill_slots(self, request: BackfillRequest) -> BackfillForecast:
        await self._need(Capability.BACKFILL_FORECAST)
        name = request.dataset_name
        asked = Asked(
            Operation.BACKFILL,
            f"{BESIDE}/forecasts/{segment(name)}",
            asking.forecast_query(request),
            dataset_name=name,
        )
        return (await self._http.read(asked, beside.forecast_of)).value

    async def run_dates(
        self, row: WorkflowInfo, first: date, last: date, timezone: str | None = None
    ) -> RunDates:
        if not await self._has(Capability.RUN_DATES):
            return await super().run_dates(row, first, last, timezone)
        name = row.dataset_name
        asked = Asked(
            Operation.BACKFILL,
            f"{BESIDE}/dates/{segment(name)}",
            asking.dates_query(first, last, timezone),
            dataset_name=name,
        )
        return (await self._http.read(asked, beside.run_dates_of)).value

    async def pause_backfill(self, ref: RunRef) -> WorkflowRunResult:
        return await self._held(ref, "pause")

    async def unpause_backfill(self, ref: RunRef) -> WorkflowRunResult:
        return await self._held(ref, "unpause")

    async def _held(self, ref: RunRef, verb: str) -> WorkflowRunResult:
        await self._need(Capability.BACKFILL_PAUSE)
        name = ref.workflow or ""
        path = f"{BESIDE}/backfills/{segment(ref.run_id)}/{verb}"
        asked = posted(Operation.BACKFILL, path, {}, name, ref.run_id)
        return await self._write(asked, lambda reply: replies.backfill_reply(reply, name))

    async def retry(self, ref: RunRef, steps: Sequence[str] = ()) -> WorkflowRunResult:
        await self._need(Capability.RETRY)
        path, body = f"{_beside_run(ref)}/retry", asking.retry_body(steps)
        asked = posted(Operation.RETRY, path, body, ref.workflow or "", ref.run_id)
        return await self._write(
            asked,
            lambda reply: replies.retry_reply(reply, ref.run_id, dataset_name=ref.workflow),
        )

    # Templates, sagas, health

    async def templates(
        self, *, category: str | None = None, search: str | None = None
    ) -> tuple[Template, ...]:
        given = {"category": category, "search": search}
        query = {key: value for key, value in given.items() if value is not None}
        return await self._beside(Capability.TEMPLATES, "templates", beside.templates_of, query)

    async def template_categories(self) -> tuple[TemplateCategory, ...]:
        path = "templates/categories"
        return await self._beside(Capability.TEMPLATES, path, beside.categories_of)

    async def template(self, template_id: str) -> Template:
        path = f"templates/{segment(template_id)}"
        return await self._beside(Capability.TEMPLATES, path, beside.template_of)

    async def create_from_template(self, request: NewFromTemplate) -> WorkflowInfo:
        await self._need(Capability.TEMPLATES)
        path = f"{BESIDE}/templates/{segment(request.template_id)}/workflows"
        body = asking.from_template_body(request)
        asked = posted(Operation.CREATE, path, body, request.workflow_name)
        return await self._write(asked, workflow_of)

    async def sagas(self) -> tuple[Saga, ...]:
        return await self._beside(Capability.SAGAS, "sagas", beside.sagas_of)

    async def saga(self, saga_id: str) -> Saga:
        return await self._beside(Capability.SAGAS, f"sagas/{segment(saga_id)}", beside.saga_of)

    async def cancel_saga(self, saga_id: str) -> Saga:
        await self._need(Capability.SAGAS)
        path = f"{BESIDE}/sagas/{segment(saga_id)}/cancel"
        return await self._writer.send(posted(Operation.CANCEL, path, {}), beside.saga_of)

    async def saga_types(self) -> tuple[SagaType, ...]:
        return await self._beside(Capability.SAGAS, "sagas/types", beside.saga_types_of)

    async def start_saga(self, request: NewSaga) -> Saga:
        await self._need(Capability.SAGAS)
        asked = posted(Operation.START, f"{BESIDE}/sagas", asking.saga_body(request))
        return await self._writer.send(asked, beside.saga_of)

    async def health(self) -> Health:
        if not await self._is_ours():
            found = await self._offers.health() if self._offers.has_health else None
            if found is None:
                raise self._unsupported(Capability.HEALTH)
            return found
        return await self._beside(Capability.HEALTH, "health", beside.health_of)

    async def _beside(
        self,
        capability: Capability,
        path: str,
        parse: Callable[[bytes], T],
        query: Mapping[str, Any] | None = None,
    ) -> T:
        """Something that stands beside 000, where it is offered."""
        await self._need(capability)
        asked = Asked(_OPERATIONS[capability], f"{BESIDE}/{path}", query or {})
        return (await self._http.read(asked, parse)).value

    async def _has_no_last_runs(self) -> bool:
        try:
            return not await self._is_ours()
        except AuthenticationError:
            raise
        except ServerError:
            # The list came all the same, and a history that isn't needed does no harm.
            return True

    async def _is_ours(self) -> bool:
        offer = await self._offers.found()
        if offer is None:
            if self._offers.has_health:
                self.capabilities |= {Capability.HEALTH}
            return False
        self.label, self.supervised = offer.label, offer.supervises
        self.capabilities = offer.capabilities | self._trusted
        return True

    async def _has(self, capability: Capability) -> bool:
        return await self._is_ours() and capability in self.capabilities

    async def _need(self, capability: Capability) -> None:
        await self._is_ours()
        await super()._need(capability)


_OPERATIONS: Final = {
    Capability.TEMPLATES: Operation.TEMPLATES,
    Capability.SAGAS: Operation.SAGAS,
    Capability.HEALTH: Operation.HEALTH,
}


def _beside_run(ref: RunRef) -> str:
    return f"{BESIDE}/runs/{segment(ref.run_id)}"


def _lines(names: Sequence[str]) -> Iterator[str]:
    """The names as JSON lists, each as long as fits into a request."""
    line: list[str] = []
    length = 0
    for name in names:
        own = len(segment(json.dumps(name))) + 1
        if line and length + own > _LONGEST_LINE:
            yield json.dumps(line)
            line, length = [], 0
        line.append(name)
        length += own
    if line:
        yield json.dumps(line)

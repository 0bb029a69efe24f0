"""Looking: lists, histories, runs, steps, logs, templates, sagas, health."""

from __future__ import annotations

from collections.abc import (
    AsyncIterator,
    Callable,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from dli_tui.backends.port import Backend
from dli_tui.client import checks
from dli_tui.domain import rules
from dli_tui.domain.capability import Capability
from dli_tui.domain.clock import Clock, SystemClock
from dli_tui.domain.errors import (
    AuthenticationError,
    ServerError,
    Unsupported,
    WorkflowNotFoundError,
)
from dli_tui.domain.ids import (
    LogRef,
    RunRef,
    WorkflowKey,
    why_not_a_line,
    why_not_a_name,
)
from dli_tui.domain.page import Changes, Page
from dli_tui.domain.query import BackfillChoice, BackfillScope, HistoryQuery, WorkflowQuery
from dli_tui.domain.results import (
    WorkflowHistoryResult,
    WorkflowListResult,
    WorkflowStatusResult,
)
from dli_tui.domain.schedule import next_fire
from dli_tui.domain.sequence import SequenceMark
from dli_tui.domain.status import ResultStatus, RunStatus, SourceType
from dli_tui.domain.text import as_argument
from dli_tui.domain.zones import zone_of

if TYPE_CHECKING:
    from dli_tui.client.unconfirmed import UnconfirmedListener
    from dli_tui.domain.backfill import Backfill, BackfillForecast, BackfillPlan, RunDates
    from dli_tui.domain.health import Health
    from dli_tui.domain.log import LogChunk
    from dli_tui.domain.retry import RetryPlan
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.saga import Saga, SagaType
    from dli_tui.domain.step import Step
    from dli_tui.domain.template import Template, TemplateCategory, TemplateUsage
    from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo

Item = TypeVar("Item")

POLL_SECONDS: Final = 2.0
UNKNOWN_CAP: Final = timedelta(minutes=10)
_PATIENCE: Final = 5
_TELLING: Final = 20
"""How many recent runs say how long the next one takes."""
_WHOLE_RANGE: Final = "This server takes the whole range and decides itself about runs that exist."
_KEPT_HERE: Final = (
    "This program keeps it going, one date after the other: leave it open until it is done."
)
_KEPT_THERE: Final = (
    "dli-tui serve keeps it going, one date after the other: this program may be closed meanwhile."
)


class Reader:
    """Everything that changes nothing."""

    def __init__(self, backend: Backend, *, clock: Clock | None = None) -> None:
        self.backend = backend
        self.clock: Clock = clock or SystemClock()
        self.serves = False
        """Whether this program is a server, and whoever asks sits at another."""
        self.unconfirmed: UnconfirmedListener | None = None
        """Receives the writes that end unconfirmed, where somebody checks them again."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What this place offers now beyond lists, histories and runs."""
        return self.backend.capabilities

    def why_not(self, capability: Capability) -> str:
        """Why something isn't offered here."""
        return self.backend.why_not(capability)

    def why_not_a_name(self, name: str) -> str | None:
        """What keeps `name` from being the name of a workflow of this place, if something does."""
        return why_not_a_line(name) if self.backend.any_names else why_not_a_name(name)

    # Workflows

    async def workflows(self, query: WorkflowQuery) -> AsyncIterator[Page[WorkflowInfo]]:
        """The rows that fit, page by page as they come; one that comes again is as it is then."""
        exact = True
        async for page in self.backend.workflows(query):
            rows = tuple(self._completed(row) for row in page.items)
            # Some servers ignore the filters that they don't know; then they count too many.
            fitting = tuple(row for row in rows if rules.matches_workflow(row, query))
            exact = exact and len(fitting) == len(rows)
            yield Page(fitting, page.total if exact else None)

    async def list_workflows(self, query: WorkflowQuery) -> WorkflowListResult:
        """The rows that fit, all of them or as many as the query wants."""
        wanted = query.limit
        asked = query if wanted is None else query._replace(limit=checks.limit(wanted) + 1)
        pages = self.workflows(asked)
        rows, total, more = await _gathered(pages, wanted, lambda row: row.key)
        return WorkflowListResult(
            workflows=rows, total_count=total, more=more, status=ResultStatus.SUCCESS
        )

    async def get(self, name: str) -> WorkflowInfo | None:
        """The row in force of that name, or None."""
        try:
            return await self.row(WorkflowKey(name))
        except WorkflowNotFoundError:
            return None

    async def row(self, key: WorkflowKey) -> WorkflowInfo:
        """One row; DLI-800 when there is none."""
        return self._completed(rules.pick(await self.backend.workflow(key.name), key))

    async def rows(self, name: str) -> tuple[WorkflowInfo, ...]:
        """The rows of one name: none, one, or two when CODE overrides MANUAL."""
        return tuple(map(self._completed, await self.backend.workflow(name)))

    async def recent_runs(
        self, names: Sequence[str], count: int
    ) -> Mapping[str, tuple[WorkflowRun, ...]]:
        """The last runs of many workflows at once."""
        return await self.backend.recent_runs(names, count)

    async def cursor(self) -> str | None:
        """What stands for this moment, for `changes` after a list that is asked for next."""
        return await self.backend.cursor()

    async def changes(self, cursor: str | None) -> Changes:
        """What moved since `cursor`."""
        changes = await self.backend.changes(cursor)
        return changes._replace(workflows=tuple(map(self._completed, changes.workflows)))

    async def dataset_info(self, name: str) -> DatasetInfo | None:
        """What is known of a dataset."""
        return await self.backend.dataset_info(name)

    # Runs

    async def runs(self, query: HistoryQuery) -> AsyncIterator[Page[WorkflowRun]]:
        """The runs that fit, newest first, page by page as they come."""
        exact = True
        async for page in self.backend.history(query):
            fitting = tuple(run for run in page.items if rules.matches_run(run, query))
            exact = exact and len(fitting) == len(page.items)
            yield page._replace(items=fitting, total=page.total if exact else None)

    async def history(
        self, query: HistoryQuery, *, include_dataset_info: bool = True
    ) -> WorkflowHistoryResult:
        """The runs that fit, and what is known of the dataset."""
        wanted = query.limit
        asked = query if wanted is None else query._replace(limit=checks.limit(wanted) + 1)
        stopped: list[int] = []

        async def pages() -> AsyncIterator[Page[WorkflowRun]]:
            async for page in self.runs(asked):
                if page.stopped_after is not None:
                    stopped.append(page.stopped_after)
                yield page

        runs, total, more = await _gathered(pages(), wanted, id)
        info = None
        if include_dataset_info and query.workflow is not None:
            info = await self.dataset_info(query.workflow)
        return WorkflowHistoryResult(
            runs=[self.addressed(run) for run in runs],
            total_count=total,
            more=more or bool(stopped),
            status=ResultStatus.SUCCESS,
            dataset_info=info,
            warning=f"Stopped after {stopped[0]:,} runs that don't fit; there may be older ones"
            if stopped
            else None,
        )

    async def run_now(self, run: str | RunRef) -> WorkflowRun:
        """One run as it stands, or a backfill as a whole; DLI-800 when there is none."""
        ref = self.ref(run)
        if SequenceMark.workflow_in(ref.run_id) is not None:
            # Where single runs are all that is started, none bears the id of the whole.
            return (await self.backfill_status(ref)).whole
        return await self.backend.run_status(ref)

    async def status(self, run: str | RunRef) -> WorkflowStatusResult:
        """One run in detail; DLI-800 when there is none."""
        return WorkflowStatusResult.of(self.addressed(await self.run_now(run)))

    async def follow(self, run: str | RunRef) -> AsyncIterator[WorkflowStatusResult]:
        """The run as it stands, again and again until it is over."""
        since, failures = self.clock.now(), 0
        while True:
            try:
                status = await self.status(run)
            except ServerError as error:
                failures += 1
                # A line that broke comes back; a sign-in that isn't accepted doesn't.
                if failures == _PATIENCE or isinstance(error, AuthenticationError):
                    raise
            else:
                failures = 0
                yield status
                known = status.run_status is not RunStatus.UNKNOWN
                if status.is_terminal or (not known and self.clock.now() - since > UNKNOWN_CAP):
                    return
                since = self.clock.now() if known else since
            await self.clock.sleep(POLL_SECONDS * (1 + failures))

    async def steps(self, run: str | RunRef) -> tuple[Step, ...]:
        """The steps of a run."""
        return await self.backend.steps(self.ref(run))

    async def retry_plan(self, run: str | RunRef, steps: Sequence[str] = ()) -> RetryPlan:
        """What a retry would run again."""
        return await self.backend.retry_plan(self.ref(run), steps)

    async def logs(self, ref: LogRef, cursor: str | None = None) -> LogChunk:
        """The lines of a step's log since `cursor`."""
        return await self.backend.logs(ref, cursor)

    def ref(self, run: str | RunRef) -> RunRef:
        """The address that a person means by an id: `RUN`, or `WORKFLOW/RUN` where needed."""
        if isinstance(run, RunRef):
            return run
        of_backfill = SequenceMark.workflow_in(run)
        if of_backfill is not None and "/" not in run:
            return RunRef(run, of_backfill)
        workflow, slash, run_id = run.partition("/")
        if self.backend.unique_run_ids or not slash:
            return RunRef(run)
        return RunRef(run_id, workflow)

    def addressed(self, run: WorkflowRun) -> WorkflowRun:
        """A run by the id that a person is shown, and may give back."""
        whole = self.whole_id(run.run_id, run.dataset_name)
        return run if whole == run.run_id else run.twin(run_id=whole)

    def whole_id(self, run_id: str, workflow: str) -> str:
        """An id that means one run: with its workflow, where another may have a run of that id."""
        return run_id if self.backend.unique_run_ids else str(RunRef(run_id, workflow))

    # Plans

    async def plan_backfill(
        self,
        name: str,
        start: str | date,
        end: str | date,
        *,
        scope: BackfillScope = BackfillScope.ALL,
        parallel: bool = False,
        source: SourceType | None = None,
        timezone: str | None = None,
    ) -> BackfillPlan:
        """What a backfill would do, slot by slot. Sends nothing but questions.

        `timezone` is the zone of the schedule, for a server that doesn't tell it.
        """
        first, last = checks.a_range(start, end)
        self.require_backfills(name)
        row = await self.row(WorkflowKey(name, source))
        rules.require_in_force(row)
        dates = await self.run_dates(row, first, last, timezone)
        runs = await self.runs_for(name, first, last)
        choice = BackfillChoice(first, last, scope, parallel)
        forecast = await self.forecast(row, runs, choice, dates)
        return self.planned(row, runs, choice, dates, forecast)

    async def run_dates(
        self, row: WorkflowInfo, first: date, last: date, timezone: str | None = None
    ) -> RunDates:
        """The logical dates of a workflow on these days."""
        if timezone is not None:
            zone_of(timezone)
        return await self.backend.run_dates(row, first, last, timezone)

    def require_backfills(self, name: str) -> None:
        """DLI-802 where a run can't be for a date at all."""
        if Capability.BACKFILL not in self.capabilities:
            raise Unsupported(
                self.why_not(Capability.BACKFILL),
                dataset_name=name,
                hint=f"Start a run by hand: dli-tui workflow run {as_argument(name)}",
            )

    async def forecast(
        self,
        row: WorkflowInfo,
        runs: Iterable[WorkflowRun],
        choice: BackfillChoice,
        dates: RunDates,
    ) -> BackfillForecast | None:
        """What the server says that it would run, where it keeps backfills going itself."""
        if not self.is_foretold(parallel=choice.parallel):
            return None
        from dli_tui.client import foretelling  # noqa: PLC0415 - as below

        return await foretelling.forecast(self, row, runs, choice, dates)

    def planned(
        self,
        row: WorkflowInfo,
        runs: Iterable[WorkflowRun],
        choice: BackfillChoice,
        dates: RunDates,
        forecast: BackfillForecast | None = None,
    ) -> BackfillPlan:
        """The plan of a backfill for a row whose `runs` are known, newest first."""
        from dli_tui.insight import backfill  # noqa: PLC0415 - models that only a plan needs

        reruns = choice.parallel or Capability.SECOND_RUNS in self.capabilities
        plan = backfill.plan(
            row, runs, choice, self.clock.now(), dates, forecast=forecast, reruns=reruns
        )
        said = tuple(self._about_keeping(forecast, plan))
        return plan.model_copy(update={"warnings": (*plan.warnings, *said)}) if said else plan

    def leaves_out(self, *, parallel: bool) -> bool:
        """Whether single dates of a backfill can be left out here."""
        lacks = Capability.SEQUENCES not in self.capabilities
        by_dates = not parallel and (lacks or self.backend.supervised)
        return by_dates or Capability.BACKFILL_SLOTS in self.capabilities

    def is_foretold(self, *, parallel: bool) -> bool:
        """Whether the server says itself what a backfill would run, and is believed."""
        return parallel and Capability.BACKFILL_FORECAST in self.capabilities

    def takes_ranges(self, *, parallel: bool) -> bool:
        """Whether a backfill is asked for by its first and last day alone."""
        return not self.leaves_out(parallel=parallel) and not self.is_foretold(parallel=parallel)

    def _about_keeping(
        self, forecast: BackfillForecast | None, plan: BackfillPlan
    ) -> Iterator[str]:
        """What a plan has to say of who starts its dates, and which."""
        parallel = plan.parallel
        if forecast is not None:
            from dli_tui.client import foretelling  # noqa: PLC0415 - few places foretell

            yield foretelling.kept_by_server(forecast)
        elif self.takes_ranges(parallel=parallel):
            yield _WHOLE_RANGE
            first, last = plan.days
            span = (last - first).days + 1
            if span > len({slot.day for slot in plan.slots}) > 0:
                yield f"It may start a run on each of the {span} days from {first} to {last}."
        if parallel:
            return
        lacks = Capability.SEQUENCES not in self.capabilities
        if self.backend.supervised or (lacks and self.serves):
            yield _KEPT_THERE
        elif lacks:
            yield _KEPT_HERE

    async def runs_for(self, name: str, first: date, last: date) -> list[WorkflowRun]:
        """The runs of a range, and enough of the newest ones to tell how long they take."""
        day = timedelta(days=1)
        query = HistoryQuery(workflow=name, start_date=first - day, end_date=last + day)
        runs = [run async for page in self.runs(query) for run in page.items]
        recent = (await self.recent_runs([name], _TELLING)).get(name, ())
        known = {run.run_id for run in runs}
        runs.extend(run for run in recent if run.run_id not in known)
        runs.sort(key=_newest_first, reverse=True)
        return runs

    async def backfill_status(self, ref: RunRef) -> Backfill:
        """A backfill that was started, with each of its dates."""
        return await self.backend.backfill_status(ref)

    async def backfills(self) -> tuple[Backfill, ...]:
        """The backfills that are under way or were lately, newest first."""
        return await self.backend.backfills()

    # Templates, sagas, health

    async def templates(
        self, *, category: str | None = None, search: str | None = None
    ) -> tuple[Template, ...]:
        """The templates that fit."""
        return await self.backend.templates(category=category, search=search)

    async def template_categories(self) -> tuple[TemplateCategory, ...]:
        """The shelves of templates."""
        return await self.backend.template_categories()

    async def template(self, template_id: str) -> Template:
        """One template."""
        return await self.backend.template(template_id)

    async def template_usage(self, template_id: str) -> TemplateUsage:
        """How a template is used."""
        return await self.backend.template_usage(template_id)

    async def sagas(self) -> tuple[Saga, ...]:
        """The sagas, newest first."""
        return await self.backend.sagas()

    async def saga(self, saga_id: str) -> Saga:
        """One saga with its steps."""
        return await self.backend.saga(saga_id)

    async def saga_types(self) -> tuple[SagaType, ...]:
        """The kinds of saga that can be started; none where the server doesn't tell them."""
        return await self.backend.saga_types()

    async def health(self) -> Health:
        """How the server says it is doing."""
        return await self.backend.health()

    def _completed(self, row: WorkflowInfo) -> WorkflowInfo:
        """A row with the next run that its server didn't tell worked out and marked so."""
        if row.next_run is not None or row.cron is None or not row.enabled or row.at_run_limit:
            return row
        if row.timezone is None:
            return row
        moment = next_fire(row.cron, row.timezone, self.clock.now())
        return row if moment is None else row.twin(next_run=moment, next_run_computed=True)


async def _gathered(
    pages: AsyncIterator[Page[Item]], wanted: int | None, identity: Callable[[Item], Hashable]
) -> tuple[list[Item], int, bool]:
    """Up to `wanted` items, how many there are, and whether that is only what was seen.

    What comes again is counted once, as it came last.
    """
    found: dict[Hashable, Item] = {}
    total: int | None = None
    async for page in pages:
        found.update((identity(item), item) for item in page.items)
        total = page.total
        if wanted is not None and len(found) > wanted:
            break
    shown = list(found.values())[:wanted]
    more = total is None and len(found) > len(shown)
    return shown, len(shown) if total is None else total, more


def _newest_first(run: WorkflowRun) -> datetime:
    return run.place or datetime.min.replace(tzinfo=UTC)

"""Airflow behind the port: any DAG, nothing changed on its side.

What is asked often is asked for all at once: the list in pages, the last runs of a hundred DAGs
in one request, and then one request a tick for the runs that moved. A refusal of one DAG says
nothing of others: roles are given DAG by DAG.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from secrets import token_hex
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from dli_tui.backends.airflow import runlogs, tasks
from dli_tui.backends.airflow.asking import Asking, hour_of
from dli_tui.backends.airflow.backfills import Backfills
from dli_tui.backends.airflow.book import KEPT, Book
from dli_tui.backends.airflow.deeds import Deeds
from dli_tui.backends.airflow.dialect import MOST_RUNS, STATES
from dli_tui.backends.airflow.keeping import OWN_BACKFILLS, KeepsBackfills
from dli_tui.backends.airflow.place import Airflow
from dli_tui.backends.airflow.rundates import RunDateFinder
from dli_tui.backends.http.exchange import Asked
from dli_tui.domain.capability import Capability
from dli_tui.domain.clock import Clock, SystemClock
from dli_tui.domain.errors import (
    AuthenticationError,
    ConnectionFailedError,
    ErrorCode,
    ServerError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowPermissionError,
)
from dli_tui.domain.page import Changes, Page
from dli_tui.domain.query import WorkflowQuery
from dli_tui.domain.rules import matches_run, matches_workflow
from dli_tui.insight.schedule_fit import fit
from dli_tui.wire.failures import Operation

if TYPE_CHECKING:
    import httpx

    from dli_tui.backends.airflow.convert import Dag
    from dli_tui.backends.airflow.dialect import Dialect
    from dli_tui.config.model import Profile
    from dli_tui.domain.backfill import RunDates
    from dli_tui.domain.health import Health
    from dli_tui.domain.ids import LogRef, RunRef
    from dli_tui.domain.log import LogChunk
    from dli_tui.domain.query import HistoryQuery, RunRequest
    from dli_tui.domain.results import WorkflowRunResult
    from dli_tui.domain.retry import RetryPlan
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.step import Step
    from dli_tui.domain.workflow import WorkflowInfo

Result = TypeVar("Result")

OFFERED: Final = frozenset(
    {
        Capability.RUN,
        Capability.DATED_RUNS,
        Capability.BACKFILL,
        Capability.RUN_DATES,
        Capability.STOP,
        Capability.PAUSE,
        Capability.STEPS,
        Capability.LOGS,
        Capability.RETRY,
        Capability.RETRY_PLAN,
        Capability.RECENT_RUNS,
        Capability.CHANGES,
        Capability.HEALTH,
    }
)
SWEEP_SECONDS: Final = 60.0
"""So often the whole list is looked through: pauses and new DAGs show in no run."""
_A_MOMENT: Final = 2 * SWEEP_SECONDS
"""So long a list is good enough to pause by: so a pause of many DAGs is one request each. Airflow's
own call for many takes a pattern, which may fit others as well."""
_IN_TURN: Final = 100
"""So many DAGs are asked anew with each sweep: that is one request."""
_MOST_ZONES: Final = 2_000
"""So many zones are told by one poll: each is another row, and all at once would need twice the
memory of the list."""
_FEW: Final = 5
"""Of more names that nobody knows yet, the list tells sooner than asking for each."""
MOST_SCANNED: Final = 2_000
"""So many runs in a row that don't fit end a history: it can't be asked for every filter."""
_YEAR: Final = timedelta(days=370)
_OVERLAP: Final = timedelta(seconds=30)
"""A run may be written down some time after the moment that it says."""
_FRESH: Final = 2.0
"""So many seconds the steps of a run that was looked at are good for whoever asks for them."""
_LACKS: Final = dict.fromkeys(
    (Capability.REGISTER, Capability.UNREGISTER),
    "set specs in this profile to where the specs of its DAGs are kept",
)


class AirflowBackend(KeepsBackfills):
    """One Airflow, by the profile that names it."""

    label = "this Airflow"
    unique_run_ids = False

    def __init__(
        self,
        profile: Profile,
        environment: Mapping[str, str],
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock | None = None,
        passed: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._airflow = Airflow(profile, environment, transport, self._meet_dialect)
        self._book = Book()
        self._asking = Asking(self._airflow, self._book, passed)
        self._clock, self._passed = clock or SystemClock(), passed
        self._deeds = Deeds(self._airflow, self._asking, self._clock)
        self._dates = RunDateFinder(self._airflow, self._asking, self._clock)
        self._backfills = Backfills(self._airflow, self._asking, self._book, self._dates)
        self._offered = OFFERED
        self.capabilities = OFFERED
        # A cursor of another life means nothing here.
        self._life, self._generation = token_hex(4), 0
        self._since: datetime | None = None
        self._swept, self._is_behind = 0.0, False
        self._sweeping: asyncio.Task[None] | None = None
        self._listed_at = -math.inf
        """When the list was asked for that was read to its end last."""
        self._listed: dict[str, WorkflowInfo] | None = None
        """Rows of the listing since the cursor was asked for, by DAG, until the first poll."""
        self._fitted: dict[str, str] = {}
        """Zones that were found since the last poll, by DAG."""
        self._has_zones = False
        """The zones of the first listing were looked for."""
        self._tasks: tuple[float, RunRef, tuple[Step, ...]] | None = None

    async def __aenter__(self) -> Self:
        await self._airflow.open()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.gather(self._sweeping, return_exceptions=True)
        await self._airflow.close()

    def why_not(self, capability: Capability) -> str:
        lacks = _LACKS.get(capability)
        told = super().why_not(capability)
        return told if lacks is None else f"{told}: {lacks}"

    async def met(self) -> None:
        await self._airflow.found()

    # Lists

    async def workflows(self, query: WorkflowQuery) -> AsyncIterator[Page[WorkflowInfo]]:
        offset, left, began = 0, query.limit, self._passed()
        while True:
            asked_at = self._passed()
            dags, came, total = await self._asking.dags(offset)
            self._book.take(dags, asked_at)
            ids = [dag.dag_id for dag in dags]
            if offset == 0 and query == WorkflowQuery():
                # Rows at once; their last runs follow with the same rows again.
                yield Page(tuple(map(self._book.row, ids)), total)
            await self._latest(ids)
            rows = [self._book.row(one) for one in ids]
            if self._listed is not None and query == WorkflowQuery():
                self._listed.update(zip(ids, rows, strict=True))
            fitting = [row for row in rows if matches_workflow(row, query)]
            yield Page(tuple(fitting[:left]), total if len(fitting) == came else None)
            left = None if left is None else left - len(fitting)
            offset += came
            if not came or offset >= total:
                self._listed_at = began
                return
            if left is not None and left <= 0:
                return

    async def _latest(self, dag_ids: Iterable[str]) -> None:
        """The last runs of DAGs; a list is told without them where they can't be had."""
        try:
            await self._asking.latest(dag_ids)
        except (AuthenticationError, ConnectionFailedError):
            raise
        except (ServerError, WorkflowExecutionError, WorkflowPermissionError) as problem:
            self._book.lack_runs(dag_ids, f"Its runs can't be read: {problem.message}")

    async def workflow(self, name: str) -> tuple[WorkflowInfo, ...]:
        await self._meet(name)
        dag_id = self._book.dag_id(name)
        dag = await self._asking.dag(dag_id) if dag_id in self._book.dags else None
        if dag is None:
            return ()
        # Who looks at one row may see what the list has yet to be told.
        self._book.touched.add(dag_id)
        self._book.take([dag])
        await self._latest([dag_id])
        if self._since is None:
            # Nothing polls, so that its zone would not be known otherwise.
            await self._fit_zones([dag_id])
            self._take_zones()
        return (self._book.row(dag_id),)

    def listed(self, name: str) -> tuple[WorkflowInfo, ...]:
        is_old = self._passed() - self._listed_at > _A_MOMENT
        return () if is_old else tuple(self._book.rows([self._book.dag_id(name)]))

    async def history(self, query: HistoryQuery) -> AsyncIterator[Page[WorkflowRun]]:
        if query.workflow is not None:
            await self._meet(query.workflow)
        elif not self._book.dags:
            # Their names stand in their tags.
            await self._list()
        if query.status is not None and query.status not in STATES:
            # No run of an Airflow is ever that.
            return
        left, exact, unfitting = query.limit, True, 0
        async for runs, total in self._asking.history(query, limit=query.limit):
            fitting = tuple(run for run in runs if matches_run(run, query))[:left]
            exact = exact and len(fitting) == len(runs)
            unfitting = 0 if fitting else unfitting + len(runs)
            is_enough = unfitting >= MOST_SCANNED
            yield Page(fitting, total if exact else None, unfitting if is_enough else None)
            left = None if left is None else left - len(fitting)
            if left == 0 or is_enough:
                return

    async def recent_runs(
        self, names: Sequence[str], count: int
    ) -> Mapping[str, tuple[WorkflowRun, ...]]:
        if count > KEPT:
            return await super().recent_runs(names, count)
        strangers = [name for name in names if not self._book.knows(name)]
        if len(strangers) > _FEW:
            await self._list()
        else:
            for name in strangers:
                await self._asking.find(name)
        ids = {name: self._book.dag_id(name) for name in names}
        unknown = [one for one in ids.values() if self._book.runs(one) is None]
        await self._asking.latest(unknown)
        return {name: (self._book.runs(one) or ())[:count] for name, one in ids.items()}

    async def cursor(self) -> str | None:
        await self._airflow.found()
        self._since = await self._hour()
        # The list that is asked for next is as good as a sweep.
        self._swept, self._listed = self._passed(), {}
        return self._here()

    async def changes(self, cursor: str | None) -> Changes:
        if cursor != self._here() or self._since is None:
            return await self._anew()
        since = self._since
        runs, now = await self._asking.moved(since - _OVERLAP)
        # That may not be all of them: the sweep asks for the rest.
        self._is_behind = self._is_behind or len(runs) >= MOST_RUNS
        self._book.note(runs)
        await self._sweep_beside()
        self._take_zones()
        self._since, self._generation = now or since, self._generation + 1
        moved, self._book.touched = self._book.touched, set()
        rows = list(self._book.rows(moved))
        if self._listed is not None:
            # The listing before the first poll has told these rows already.
            told, self._listed = self._listed, None
            rows = [row for row in rows if told.get(row.airflow_dag_id or "") != row]
        return Changes(self._here(), tuple(rows), self._book.taken_away())

    async def _sweep_beside(self) -> None:
        """Look through the whole list now and then, while polls go on.

        What the sweep finds the next poll tells; so does its failure.
        """
        task = self._sweeping
        if task is not None and task.done():
            self._sweeping = None
            await task
        elif (
            task is None
            and not self._has_zones
            and any(map(self._book.lacks_zone, self._book.dags))
        ):
            self._has_zones = True
            self._sweeping = asyncio.create_task(self._fit_zones(frozenset(self._book.dags)))
        elif task is None and self._passed() - self._swept >= SWEEP_SECONDS:
            self._swept = self._passed()
            self._sweeping = asyncio.create_task(self._sweep())

    async def _anew(self) -> Changes:
        """The whole list, and a cursor to go on from it."""
        await self.cursor()
        rows = [row async for page in self.workflows(WorkflowQuery()) for row in page.items]
        self._book.keep_only({str(row.airflow_dag_id) for row in rows})
        self._generation += 1
        known = {row.key: row for row in rows}
        self._book.touched.clear()
        self._book.taken_away()
        self._listed = None
        return Changes(self._here(), tuple(known.values()), whole=True)

    async def _list(self) -> set[str]:
        """Every page of the list, without runs; the ids that stand in it."""
        offset, ids, began = 0, set[str](), self._passed()
        while True:
            asked_at = self._passed()
            dags, came, total = await self._asking.dags(offset)
            self._book.take(dags, asked_at)
            ids |= {dag.dag_id for dag in dags}
            offset += came
            if not came or offset >= total:
                self._listed_at = began
                return ids

    async def _sweep(self) -> None:
        ids = await self._list()
        behind, self._is_behind = self._is_behind, False
        # Runs that were deleted there show in no list of what moved.
        anew = self._book.in_turn(ids, _IN_TURN)
        await self._latest(
            [one for one in sorted(ids) if behind or one in anew or self._book.runs(one) is None]
        )
        self._asking.forget_shapes()
        self._book.warn(await self._asking.warned())
        self._book.keep_only(ids)
        await self._fit_zones(anew)

    async def _fit_zones(self, dag_ids: Iterable[str]) -> None:
        """Work out the zones of schedules that don't tell theirs, from the dates of their runs."""
        waiting = [one for one in sorted(dag_ids) if self._book.lacks_zone(one)]
        older = await self._asking.months_ago(
            [one for one in waiting if one not in self._book.older], self._clock.now()
        )
        # Clocks that were set in between show in the first and the last of them.
        ends = {one: (*dates[:1], *dates[1:][-1:]) for one, dates in older.items()}
        self._book.older |= {one: ends.get(one, ()) for one in waiting} | self._book.older
        self._fitted |= await asyncio.to_thread(self._zones_of, waiting)

    def _take_zones(self) -> None:
        """Let some rows have the zones that were found: as a poll tells them, not in between."""
        for dag_id in list(self._fitted)[:_MOST_ZONES]:
            self._book.fit_zone(dag_id, self._fitted.pop(dag_id))
            self._book.older.pop(dag_id, None)

    def _zones_of(self, dag_ids: Iterable[str]) -> dict[str, str]:
        """The zones of these DAGs where their dates leave a single clock possible."""
        now, found = self._clock.now(), dict[str, str]()
        for dag_id in dag_ids:
            dag = self._book.dags.get(dag_id)
            if dag is None or dag.row.cron is None:
                continue
            fitted = fit(dag.row.cron, self._book.dates_of(dag_id), now)
            zone = fitted.zone(now - _YEAR, now + _YEAR) if fitted is not None else None
            if zone is not None:
                found[dag_id] = zone
        return found

    async def _hour(self) -> datetime:
        """What the server's clock shows."""
        found = await self._airflow.found()
        asked = Asked(Operation.HEALTH, f"{found.dialect.root}/version")
        answer = await self._airflow.http.read(asked, bytes)
        return hour_of(answer) or self._clock.now()

    async def _meet(self, name: str) -> None:
        """See to it that a name means its DAG, also where no list was asked for."""
        if not self._book.knows(name):
            await self._asking.find(name)

    def _here(self) -> str:
        return f"{self._life}-{self._generation}"

    # Runs

    async def run_status(self, ref: RunRef) -> WorkflowRun:
        if await self._is_own(ref):
            return (await self.backfill_status(ref)).whole
        whole = await self._whole(ref)
        run = await self._backfills.linked(await self._asking.run(whole))
        steps = await self._asking.steps(whole)
        # Whoever looks at a run asks for its steps next.
        self._tasks = self._passed(), whole, steps
        return run.twin(
            progress=tasks.progress_of(run, steps), error_message=tasks.error_of(run, steps)
        )

    async def steps(self, ref: RunRef) -> tuple[Step, ...]:
        whole = await self._whole(ref)
        known, self._tasks = self._tasks, None
        if known is not None:
            since, run, steps = known
            if run == whole and self._passed() - since < _FRESH:
                return steps
        return await self._asking.steps(whole)

    async def logs(self, ref: LogRef, cursor: str | None = None) -> LogChunk:
        whole = await self._whole(ref.run)
        return await runlogs.chunk(self._airflow, self._asking.path_of(whole), ref, cursor)

    async def _whole(self, ref: RunRef) -> RunRef:
        """A run's whole address; a bare id is looked for among the latest runs."""
        if ref.workflow is not None:
            await self._meet(ref.workflow)
            return ref
        found = await self._asking.bearing(ref.run_id)
        if not found:
            raise WorkflowNotFoundError(
                f"Run '{ref.run_id}' isn't among the latest runs",
                run_id=ref.run_id,
                hint=f"Say whose it is: WORKFLOW/{ref.run_id}",
            )
        if len(found) > 1:
            raise _several(ref.run_id, found)
        return found[0]

    # Dates

    async def run_dates(
        self, row: WorkflowInfo, first: date, last: date, timezone: str | None = None
    ) -> RunDates:
        dag = await self._dag(row.dataset_name)
        return await self._dates.find(dag, first, last, timezone)

    async def _dag(self, name: str) -> Dag:
        """A DAG as it stands now."""
        await self._meet(name)
        dag = await self._asking.dag(self._book.dag_id(name))
        if dag is None:
            raise WorkflowNotFoundError(dataset_name=name)
        return dag

    async def _as_scheduled(self, request: RunRequest) -> RunRequest:
        """A run of a date with the data interval that the scheduler would give it.

        Refused where the date is none of the schedule: it would be processed twice.
        """
        slot, name = request.slot, request.dataset_name
        if slot is None or request.interval is not None:
            return request
        dag = await self._dag(name)
        if dag.row.has_no_schedule:
            return request
        day = timedelta(days=1)
        found = await self._dates.find(dag, slot.date() - day, slot.date() + day)
        dated = next((one for one in found.dates if one.logical_date == slot), None)
        if dated is None or dated.data_interval_start is None or dated.data_interval_end is None:
            raise WorkflowExecutionError(
                f"{slot:%Y-%m-%d %H:%M} UTC is no date of the schedule of '{name}'",
                code=ErrorCode.WORKFLOW_INVALID_STATE,
                dataset_name=name,
                hint="Plan it as a backfill, which names the dates of its schedule.",
            )
        return request._replace(interval=(dated.data_interval_start, dated.data_interval_end))

    # Writes

    async def run(self, request: RunRequest) -> WorkflowRunResult:
        if request.dry_run:
            raise self._unsupported(Capability.DRY_RUN)
        await self._meet(request.dataset_name)
        dated = await self._as_scheduled(request)
        return await self._deeds.run(dated)

    async def stop(self, ref: RunRef, *, reason: str | None = None) -> WorkflowRunResult:
        if await self._is_own(ref):
            return await self.cancel_backfill(ref, reason)
        whole = await self._whole(ref)
        return await self._deeds.stop(whole, reason)

    async def pause(self, name: str, *, reason: str | None = None) -> WorkflowRunResult:
        await self._meet(name)
        return await self._deeds.pause(name, reason, is_paused=True)

    async def unpause(self, name: str, *, reason: str | None = None) -> WorkflowRunResult:
        await self._meet(name)
        return await self._deeds.pause(name, reason, is_paused=False)

    async def retry(self, ref: RunRef, steps: Sequence[str] = ()) -> WorkflowRunResult:
        whole = await self._whole(ref)
        return await self._deeds.retry(whole, steps)

    async def retry_plan(self, ref: RunRef, steps: Sequence[str] = ()) -> RetryPlan:
        whole = await self._whole(ref)
        return await self._deeds.retry_plan(whole, steps)

    async def health(self) -> Health:
        return await self._asking.health()

    def _meet_dialect(self, dialect: Dialect) -> None:
        """The version is found, and with it what more there is."""
        self._book.place_of = dialect.place_of
        self._offered = OFFERED | (OWN_BACKFILLS if dialect.keeps_backfills else frozenset())
        self.capabilities = self._offered


def _several(run_id: str, found: Sequence[RunRef]) -> WorkflowExecutionError:
    named = ", ".join(str(ref) for ref in found[:5])
    return WorkflowExecutionError(
        f"'{run_id}' is a run of several workflows", run_id=run_id, hint=f"Say which: {named}"
    )

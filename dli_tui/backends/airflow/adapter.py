"""Airflow behind the port: any DAG, nothing changed on its side.

What is asked often is asked for all at once: the list in pages, the last runs of a hundred DAGs
in one request, and then one request a tick for the runs that moved. What a role may not do is
found out by the first refusal, and off from then on.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from secrets import token_hex
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self, TypeVar

from dli_tui.backends.airflow import runlogs, tasks
from dli_tui.backends.airflow.asking import Asking, hour_of
from dli_tui.backends.airflow.backfills import Backfills
from dli_tui.backends.airflow.book import KEPT, Book
from dli_tui.backends.airflow.deeds import Deeds
from dli_tui.backends.airflow.dialect import MOST_RUNS
from dli_tui.backends.airflow.keeping import OWN_BACKFILLS, KeepsBackfills
from dli_tui.backends.airflow.place import Airflow
from dli_tui.backends.http.exchange import Asked
from dli_tui.domain.capability import Capability
from dli_tui.domain.clock import Clock, SystemClock
from dli_tui.domain.errors import (
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowPermissionError,
)
from dli_tui.domain.page import Changes, Page
from dli_tui.domain.query import WorkflowQuery
from dli_tui.domain.rules import matches_run, matches_workflow
from dli_tui.wire.failures import Operation

if TYPE_CHECKING:
    import httpx

    from dli_tui.backends.airflow.dialect import Dialect
    from dli_tui.config.model import Profile
    from dli_tui.domain.health import Health
    from dli_tui.domain.ids import LogRef, RunRef, WorkflowKey
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
_IN_TURN: Final = 100
"""So many DAGs are asked anew with each sweep: that is one request."""
_FEW: Final = 5
"""Of more names that nobody knows yet, the list tells sooner than asking for each."""
_OVERLAP: Final = timedelta(seconds=30)
"""A run may be written down some time after the moment that it says."""
_FRESH: Final = 2.0
"""So many seconds the steps of a run that was looked at are good for whoever asks for them."""
_WRITES: Final = {
    Operation.RUN: (Capability.RUN, Capability.DATED_RUNS, Capability.BACKFILL),
    Operation.BACKFILL: (
        *(Capability.BACKFILL_PARALLEL, Capability.BACKFILL_FORECAST, Capability.BACKFILL_PAUSE),
    ),
    Operation.STOP: (Capability.STOP,),
    Operation.RETRY: (Capability.RETRY, Capability.RETRY_PLAN),
    Operation.PAUSE: (Capability.PAUSE,),
    Operation.UNPAUSE: (Capability.PAUSE,),
}


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
        self._asking = Asking(self._airflow, self._book)
        self._clock, self._passed = clock or SystemClock(), passed
        self._deeds = Deeds(self._airflow, self._asking, self._clock)
        self._backfills = Backfills(self._airflow, self._asking, self._book)
        self._denied: dict[Capability, str] = {}
        self._offered = OFFERED
        self.capabilities = OFFERED
        # A cursor of another life means nothing here.
        self._life, self._generation = token_hex(4), 0
        self._since: datetime | None = None
        self._swept, self._is_behind = 0.0, False
        self._told: dict[WorkflowKey, WorkflowInfo] | None = None
        """Rows as they were last told, where a sweep broke off after some of them changed."""
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
        await self._airflow.close()

    def why_not(self, capability: Capability) -> str:
        denied = self._denied.get(capability) or _LACKS.get(capability)
        told = super().why_not(capability)
        return told if denied is None else f"{told}: {denied}"

    async def met(self) -> None:
        await self._airflow.found()

    # Lists

    async def workflows(self, query: WorkflowQuery) -> AsyncIterator[Page[WorkflowInfo]]:
        offset, left = 0, query.limit
        while True:
            dags, came, total = await self._asking.dags(offset)
            self._book.take(dags)
            ids = [dag.dag_id for dag in dags]
            if offset == 0 and query == WorkflowQuery():
                # Rows at once; their last runs follow with the same rows again.
                yield Page(tuple(map(self._book.row, ids)), total)
            await self._asking.latest(ids)
            fitting = [row for row in map(self._book.row, ids) if matches_workflow(row, query)]
            yield Page(tuple(fitting[:left]), total if len(fitting) == came else None)
            left = None if left is None else left - len(fitting)
            offset += came
            if not came or offset >= total or (left is not None and left <= 0):
                return

    async def workflow(self, name: str) -> tuple[WorkflowInfo, ...]:
        await self._meet(name)
        dag_id = self._book.dag_id(name)
        dag = await self._asking.dag(dag_id) if dag_id in self._book.dags else None
        if dag is None:
            return ()
        # Who looks at one row may see what the list has yet to be told.
        self._book.touched.add(dag_id)
        self._book.take([dag])
        await self._asking.latest([dag_id])
        return (self._book.row(dag_id),)

    async def history(self, query: HistoryQuery) -> AsyncIterator[Page[WorkflowRun]]:
        if query.workflow is not None:
            await self._meet(query.workflow)
        elif not self._book.dags:
            # Their names stand in their tags.
            await self._list()
        left, exact = query.limit, True
        async for runs, total in self._asking.history(query, limit=query.limit):
            fitting = tuple(run for run in runs if matches_run(run, query))[:left]
            exact = exact and len(fitting) == len(runs)
            yield Page(fitting, total if exact else None)
            left = None if left is None else left - len(fitting)
            if left == 0:
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
        self._swept = self._passed()
        return self._here()

    async def changes(self, cursor: str | None) -> Changes:
        if cursor != self._here() or self._since is None:
            return await self._anew()
        since = self._since
        runs, now = await self._asking.moved(since - _OVERLAP)
        # That may not be all of them: the sweep asks for the rest.
        self._is_behind = self._is_behind or len(runs) >= MOST_RUNS
        is_due = self._passed() - self._swept >= SWEEP_SECONDS
        # Most ticks are about a few: thousands of others aren't compared for them.
        touched = frozenset(self._book.touched)
        ids = None if is_due else {run.workflow_id for run in runs} | touched
        before = self._told
        if before is None:
            before = {row.key: row for row in self._book.rows(ids)}
        self._book.note(runs)
        if is_due:
            self._told = before
            await self._sweep()
            self._told = None
        self._book.touched -= touched
        self._since, self._generation = now or since, self._generation + 1
        rows = {row.key: row for row in self._book.rows(ids)}
        moved = tuple(
            row
            for key, row in rows.items()
            if before.get(key) != row or row.airflow_dag_id in touched
        )
        return Changes(self._here(), moved, tuple(key for key in before if key not in rows))

    async def _anew(self) -> Changes:
        """The whole list, and a cursor to go on from it."""
        await self.cursor()
        self._told = None
        rows = [row async for page in self.workflows(WorkflowQuery()) for row in page.items]
        self._book.keep_only({str(row.airflow_dag_id) for row in rows})
        self._generation += 1
        known = {row.key: row for row in rows}
        return Changes(self._here(), tuple(known.values()), whole=True)

    async def _list(self) -> set[str]:
        """Every page of the list, without runs; the ids that stand in it."""
        offset, ids = 0, set[str]()
        while True:
            dags, came, total = await self._asking.dags(offset)
            self._book.take(dags)
            ids |= {dag.dag_id for dag in dags}
            offset += came
            if not came or offset >= total:
                return ids

    async def _sweep(self) -> None:
        ids = await self._list()
        behind, self._is_behind = self._is_behind, False
        # Runs that were deleted there show in no list of what moved.
        anew = self._book.in_turn(ids, _IN_TURN)
        await self._asking.latest(
            one for one in sorted(ids) if behind or one in anew or self._book.runs(one) is None
        )
        self._asking.forget_shapes()
        self._book.warned = await self._asking.warned()
        self._book.keep_only(ids)
        self._swept = self._passed()

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
        return run.twin(progress=tasks.progress_of(steps), error_message=tasks.error_of(run, steps))

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

    # Writes

    async def run(self, request: RunRequest) -> WorkflowRunResult:
        if request.dry_run:
            raise self._unsupported(Capability.DRY_RUN)
        await self._meet(request.dataset_name)
        return await self._done(Operation.RUN, self._deeds.run(request))

    async def stop(self, ref: RunRef, *, reason: str | None = None) -> WorkflowRunResult:
        if await self._is_own(ref):
            return await self.cancel_backfill(ref, reason)
        whole = await self._whole(ref)
        return await self._done(Operation.STOP, self._deeds.stop(whole, reason))

    async def pause(self, name: str, *, reason: str | None = None) -> WorkflowRunResult:
        await self._meet(name)
        return await self._done(Operation.PAUSE, self._deeds.pause(name, reason, is_paused=True))

    async def unpause(self, name: str, *, reason: str | None = None) -> WorkflowRunResult:
        await self._meet(name)
        return await self._done(Operation.UNPAUSE, self._deeds.pause(name, reason, is_paused=False))

    async def retry(self, ref: RunRef, steps: Sequence[str] = ()) -> WorkflowRunResult:
        whole = await self._whole(ref)
        return await self._done(Operation.RETRY, self._deeds.retry(whole, steps))

    async def retry_plan(self, ref: RunRef, steps: Sequence[str] = ()) -> RetryPlan:
        whole = await self._whole(ref)
        return await self._done(Operation.RETRY, self._deeds.retry_plan(whole, steps))

    async def health(self) -> Health:
        return await self._asking.health()

    async def _done(self, operation: Operation, deed: Awaitable[Result]) -> Result:
        """A deed's answer; what our role may not do is off from the first refusal on."""
        try:
            return await deed
        except WorkflowPermissionError:
            reason = "your role there doesn't allow it"
            self._denied |= dict.fromkeys(_WRITES[operation], reason)
            self.capabilities = self._offered - self._denied.keys()
            raise

    def _meet_dialect(self, dialect: Dialect) -> None:
        """The version is found, and with it what more there is."""
        self._offered = OFFERED | (OWN_BACKFILLS if dialect.keeps_backfills else frozenset())
        self.capabilities = self._offered - self._denied.keys()


def _several(run_id: str, found: Sequence[RunRef]) -> WorkflowExecutionError:
    named = ", ".join(str(ref) for ref in found[:5])
    return WorkflowExecutionError(
        f"'{run_id}' is a run of several workflows", run_id=run_id, hint=f"Say which: {named}"
    )

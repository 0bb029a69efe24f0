"""The questions that an Airflow is asked, each in as few requests as it can be."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from dli_tui.backends.airflow import convert, health, tasks
from dli_tui.backends.airflow.book import KEPT, Book
from dli_tui.backends.airflow.dialect import MOST_RUNS, PAGE
from dli_tui.backends.airflow.place import Airflow
from dli_tui.backends.http.exchange import Answer, Asked, segment
from dli_tui.domain.errors import (
    AuthenticationError,
    ServerError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowPermissionError,
)
from dli_tui.domain.query import HistoryQuery
from dli_tui.wire.failures import Operation
from dli_tui.wire.values import count, first, record

if TYPE_CHECKING:
    from dli_tui.backends.airflow.convert import Dag
    from dli_tui.backends.airflow.dialect import Query
    from dli_tui.backends.airflow.tasks import Shape
    from dli_tui.domain.errors import DLIError
    from dli_tui.domain.health import Health
    from dli_tui.domain.ids import RunRef
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.step import Step
    from dli_tui.insight.schedule_fit import ScheduledDate
    from dli_tui.wire.values import Row

ALL: Final = "~"
_MOST_IDS: Final = 100
_OURS: Final = "_backfill_"
"""What the ids of our backfills' runs hold, and those of Airflow's own don't."""
_BEGUN_LAST: Final = "-id"
_SAME_LISTING: Final = 5.0
"""For so many seconds import errors are as good as asked for now."""
_ROUNDS: Final = 3
"""So often a list is asked for anew that comes in no order."""
_HALF_A_YEAR: Final = timedelta(days=182)
_FORTNIGHT: Final = timedelta(days=14)


class Asking:
    """Asks, and reads the answers into what the book knows."""

    def __init__(self, airflow: Airflow, book: Book, passed: Callable[[], float]) -> None:
        self._airflow, self._book, self._passed = airflow, book, passed
        self._errors: tuple[float, dict[str, str]] = (-math.inf, {})
        self._shapes: dict[str, tuple[Shape, frozenset[str]]] = {}
        """Of each DAG, and the tasks of runs for which it was asked."""

    async def dags(self, offset: int) -> tuple[tuple[Dag, ...], int, int]:
        """A page of the list; how many rows came, and how many there are in all."""
        dialect = (await self._airflow.found()).dialect
        query: Query = {"limit": PAGE, "offset": offset, "order_by": "dag_id"}
        query |= dialect.with_stale
        try:
            reply = await self.get(Operation.LIST, "/dags", query)
        except WorkflowPermissionError as refused:
            raise await self._explained(refused) from None
        rows = convert.rows_of(reply, "dags")
        total = first(record(reply) or {}, count, "total_entries")
        return await self._dags_of(rows), len(rows), offset + len(rows) if total is None else total

    async def _dags_of(self, rows: Iterable[object]) -> tuple[Dag, ...]:
        """Those of some rows that are DAGs; one that can't be imported with the reason."""
        dags = tuple(dag for row in rows if (dag := convert.dag_of(row)) is not None)
        if not any(dag.broken_file for dag in dags):
            return dags
        errors = await self._traces()
        return tuple(convert.explained(dag, errors) if dag.broken_file else dag for dag in dags)

    async def _traces(self) -> dict[str, str]:
        """What is wrong with files, by path; asked once for all pages of a listing."""
        at, known = self._errors
        if self._passed() - at > _SAME_LISTING:
            known = health.traces_of(await self._if_told("/importErrors", "import_errors"))
            self._errors = self._passed(), known
        return known

    async def _explained(self, refused: WorkflowPermissionError) -> DLIError:
        """2.x refuses whoever it doesn't know as it does those who may too little."""
        if (await self._airflow.found()).dialect.tells_strangers_apart:
            return refused
        return AuthenticationError(
            "Airflow refuses to show its DAGs: wrong name or password, or a role that may not",
            hint=self._airflow.advice,
        )

    async def latest(self, dag_ids: Iterable[str]) -> None:
        """The last runs of these DAGs, into the book.

        One request has the newest thousand runs of a hundred DAGs. Where a busy one takes all the
        room, the quiet ones are asked for again without it.
        """
        wanted = list(dag_ids)
        for start in range(0, len(wanted), _MOST_IDS):
            waiting = wanted[start : start + _MOST_IDS]
            while waiting:
                waiting = await self._latest_of(waiting)

    async def _latest_of(self, dag_ids: Sequence[str]) -> list[str]:
        """Ask for these; those that may have more than was seen."""
        # By their ids: one that came between two pages pushes another onto the next.
        runs: dict[str, dict[str, WorkflowRun]] = {dag_id: {} for dag_id in dag_ids}
        full: list[str] = []
        came = 0
        while not full:
            # A server may give fewer at once than it was asked for.
            rows, total = await self._batch(dag_ids, came)
            came += len(rows)
            for run in self.runs_from(rows):
                runs.setdefault(run.workflow_id or "", {}).setdefault(run.run_id, run)
            is_all = came >= total or not rows
            full = [dag_id for dag_id in dag_ids if is_all or len(runs[dag_id]) >= KEPT]
        for dag_id in full:
            self._book.set_runs(dag_id, [*runs[dag_id].values()])
        return [dag_id for dag_id in dag_ids if dag_id not in set(full)]

    async def _batch(self, dag_ids: Sequence[str], offset: int) -> tuple[list[Any], int]:
        """The newest runs of these after so many, and how many they have in all."""
        dialect = (await self._airflow.found()).dialect
        path = f"{dialect.root}/dags/{ALL}/dagRuns/list"
        body = dialect.latest(dag_ids, offset=offset)
        asked = Asked(Operation.HISTORY, path, method="POST", body=body)
        reply = (await self._airflow.read(asked)).value
        rows = convert.rows_of(reply, "dag_runs")
        total = first(record(reply) or {}, count, "total_entries")
        return rows, offset + len(rows) if total is None else total

    async def months_ago(
        self, dag_ids: Sequence[str], now: datetime
    ) -> dict[str, list[ScheduledDate]]:
        """Dates of these DAGs from the time of year in which clocks are set otherwise."""
        dialect = (await self._airflow.found()).dialect
        found: dict[str, list[ScheduledDate]] = {}
        for start in range(0, len(dag_ids), _MOST_IDS):
            some = list(dag_ids[start : start + _MOST_IDS])
            asked = Asked(
                Operation.HISTORY,
                f"{dialect.root}/dags/{ALL}/dagRuns/list",
                method="POST",
                body=dialect.between(some, now - _HALF_A_YEAR - _FORTNIGHT, now - _HALF_A_YEAR),
            )
            rows = convert.rows_of((await self._airflow.read(asked)).value, "dag_runs")
            for run in self.runs_from(rows):
                date = convert.scheduled_date(run)
                if date is not None:
                    found.setdefault(run.workflow_id or "", []).append(date)
        return found

    async def moved(self, since: datetime) -> tuple[list[WorkflowRun], datetime | None]:
        """The runs that moved since a moment of the server's clock; and what it showed then."""
        dialect = (await self._airflow.found()).dialect
        found: list[WorkflowRun] = []
        now: datetime | None = None
        offset = 0
        while True:
            query = dialect.moved(since, limit=PAGE, offset=offset)
            path = f"{dialect.root}/dags/{ALL}/dagRuns"
            asked = Asked(Operation.HISTORY, path, query)
            answer = await self._airflow.read(asked)
            if offset == 0:
                now = hour_of(answer)
            rows = convert.rows_of(answer.value, "dag_runs")
            found += self.runs_from(rows)
            offset += len(rows)
            total = first(record(answer.value) or {}, count, "total_entries") or 0
            if not rows or offset >= total or offset >= MOST_RUNS:
                return found, now

    async def history(
        self, query: HistoryQuery, *, limit: int | None
    ) -> AsyncIterator[tuple[list[WorkflowRun], int | None]]:
        """Pages of the runs that the server thinks fit, newest first, and how many they are."""
        dialect = (await self._airflow.found()).dialect
        dag_id = ALL if query.workflow is None else segment(self._book.dag_id(query.workflow))
        # What is filtered here may be rare there: small pages would be many.
        is_plain = query == HistoryQuery(workflow=query.workflow, limit=query.limit)
        size, offset = min(PAGE, limit) if limit is not None and is_plain else PAGE, 0
        interval = self._book.longest_interval(None if dag_id == ALL else dag_id)
        while True:
            asked = dialect.runs(query, limit=size, offset=offset, interval=interval)
            path = f"/dags/{dag_id}/dagRuns"
            try:
                reply = await self.get(Operation.HISTORY, path, asked, dataset_name=query.workflow)
            except WorkflowNotFoundError:
                # A DAG that isn't there has no runs; 2.x says it so.
                return
            rows = convert.rows_of(reply, "dag_runs")
            total = first(record(reply) or {}, count, "total_entries")
            yield list(self.runs_from(rows)), total
            offset += len(rows)
            if not rows or (total is not None and offset >= total):
                return

    async def marked(self) -> list[WorkflowRun]:
        """The runs with the mark of a backfill of ours that were begun last, as far as one look
        tells: their dates may be of long ago."""
        dialect = (await self._airflow.found()).dialect
        if dialect.keeps_backfills:
            query: Query = {"run_id_pattern": _OURS, "order_by": _BEGUN_LAST, "limit": PAGE}
            rows = await self.rows_of_runs(ALL, query)
        else:
            # It can't be asked for ids.
            path = f"{dialect.root}/dags/{ALL}/dagRuns/list"
            body = dialect.newest() | {"order_by": _BEGUN_LAST}
            asked = Asked(Operation.HISTORY, path, method="POST", body=body)
            rows = convert.rows_of((await self._airflow.read(asked)).value, "dag_runs")
        marked = [row for row in rows if convert.is_marked(row)]
        for dag_id in sorted({str(row["dag_id"]) for row in marked} - self._book.dags.keys()):
            await self.find(dag_id)
        return list(self.runs_from(marked))

    async def run(self, ref: RunRef) -> WorkflowRun:
        """One run."""
        return self.run_from((await self.reply_about(ref))[0], ref)

    async def reply_about(self, ref: RunRef) -> tuple[object, datetime | None]:
        """One run as Airflow tells it, and what its clock showed then."""
        answer = await self._answer(Operation.STATUS, self.path_of(ref), {}, ref=ref)
        return answer.value, hour_of(answer)

    async def steps(self, ref: RunRef) -> tuple[Step, ...]:
        """The tasks of a run, in the order in which they can run."""
        rows = await self._task_instances(ref)
        shape = await self._shape(ref, tasks.names_of(rows))
        found = (step for row in rows if (step := tasks.step_of(row, shape)) is not None)
        return tuple(sorted(found, key=lambda one: (one.order, one.name, one.map_index or 0)))

    async def _task_instances(self, ref: RunRef) -> list[Any]:
        """Each task of a run once.

        2.x pages through them in no order: where some come twice, others are missing.
        """
        path = f"{self.path_of(ref)}/taskInstances"
        found: dict[tuple[object, object], Any] = {}
        for _ in range(_ROUNDS):
            rows = await self._every(Operation.STEPS, path, "task_instances", {}, ref)
            found |= {_identity(row): row for row in rows}
            if len(found) >= len(rows):
                break
        return list(found.values())

    async def _shape(self, ref: RunRef, names: frozenset[str]) -> Shape:
        """The shape of a DAG; asked again where a run has a task that wasn't there before."""
        dag_id = self._book.dag_id(ref.workflow or "")
        shape, known = self._shapes.get(dag_id, (None, frozenset()))
        if shape is not None and names <= known:
            return shape
        try:
            reply = await self.get(Operation.STEPS, f"/dags/{segment(dag_id)}/tasks", {}, ref=ref)
        except WorkflowNotFoundError:
            # Its runs outlive a DAG.
            return tasks.shape_of(None)
        shape = tasks.shape_of(reply)
        # An older version had tasks that this one lacks: those aren't asked for each time.
        self._shapes[dag_id] = shape, known | names | shape.places.keys()
        return shape

    def forget_shapes(self) -> None:
        """A DAG may have a new version."""
        self._shapes.clear()

    async def rehearsed(self, path: str, body: Row, ref: RunRef) -> object:
        """What a request would do that is only tried, so that it may be asked again."""
        root = (await self._airflow.found()).dialect.root
        asked = Asked(
            Operation.RETRY,
            root + path,
            method="POST",
            body=body,
            dataset_name=ref.workflow or "",
            run_id=ref.run_id,
        )
        return (await self._airflow.read(asked)).value

    async def dag(self, dag_id: str) -> Dag | None:
        """One DAG as it stands; None where there is none."""
        try:
            reply = await self.get(Operation.GET, f"/dags/{segment(dag_id)}", {})
        except WorkflowNotFoundError:
            return None
        return next(iter(await self._dags_of([reply])), None)

    def told(self, dag: Dag) -> None:
        """A deed was answered with how a DAG stands now."""
        self._book.take_written(dag, self._passed())

    async def find(self, name: str) -> None:
        """The DAGs that claim a name, into the book, without the whole list."""
        found = await self._tagged(name)
        if not found and (dag := await self.dag(name)) is not None:
            # By its id; it may go by another name, or somebody else by that.
            found = await self._tagged(dag.row.dataset_name) or (dag,)
        self._book.take(found)

    async def _tagged(self, name: str) -> tuple[Dag, ...]:
        dialect = (await self._airflow.found()).dialect
        query: Query = {"tags": f"{convert.NAMED_BY}:{name}", "limit": PAGE, "order_by": "dag_id"}
        query |= dialect.with_stale
        reply = await self.get(Operation.LIST, "/dags", query)
        rows = convert.rows_of(reply, "dags")
        return await self._dags_of(rows)

    async def bearing(self, run_id: str) -> list[RunRef]:
        """The runs that bear an id, among the latest of every DAG."""
        dialect = (await self._airflow.found()).dialect
        query = dialect.runs(HistoryQuery(), limit=PAGE, offset=0)
        reply = await self.get(Operation.STATUS, f"/dags/{ALL}/dagRuns", query)
        latest = self.runs_from(convert.rows_of(reply, "dag_runs"))
        found = [run.ref for run in latest if run.run_id == run_id]
        known = await asyncio.to_thread(lambda: list(self._book.bearing(run_id)))
        return list(dict.fromkeys((*found, *known)))

    async def health(self) -> Health:
        """How Airflow says it is doing, what it couldn't import and warns of, and its pools."""
        found = await self._airflow.found()
        report = await self.get(Operation.HEALTH, found.dialect.health, {})
        errors = await self._if_allowed("/importErrors", "import_errors")
        pools = await self._if_allowed("/pools", "pools")
        warnings = await self._if_allowed("/dagWarnings", "dag_warnings")
        return health.health_of(report, errors, pools, warnings, found.version)

    async def warned(self) -> dict[str, str]:
        """What Airflow warns of, by DAG."""
        warnings = health.warnings_of(await self._if_told("/dagWarnings", "dag_warnings"))
        return {one.name: one.message.partition("\n")[0] for one in warnings}

    async def _if_told(self, path: str, key: str) -> object:
        """What rows say besides; nothing where it can't be had, as the list itself matters more."""
        try:
            return await self._if_allowed(path, key)
        except WorkflowExecutionError:
            return None

    async def _if_allowed(self, path: str, key: str) -> object:
        """A part of the health, all pages of it; nothing where our role may not see it."""
        try:
            return {key: await self._every(Operation.HEALTH, path, key, {})}
        except WorkflowPermissionError:
            return None

    def path_of(self, ref: RunRef) -> str:
        """Where a run is, behind the root."""
        dag_id = self._book.dag_id(ref.workflow or "")
        return f"/dags/{segment(dag_id)}/dagRuns/{segment(ref.run_id)}"

    def path_of_dag(self, dag_id: str) -> str:
        """Where a DAG is, behind the root."""
        return f"/dags/{segment(dag_id)}"

    async def rows_of_runs(self, dag_id: str, query: Query) -> list[Any]:
        """A page of the runs of a DAG, or of all of them, as they are told."""
        path = f"/dags/{dag_id if dag_id == ALL else segment(dag_id)}/dagRuns"
        return convert.rows_of(await self.get(Operation.HISTORY, path, query), "dag_runs")

    async def every_run(self, dag_id: str, query: Query) -> list[WorkflowRun]:
        """All runs of a DAG that fit."""
        path = f"/dags/{segment(dag_id)}/dagRuns"
        return list(self.runs_from(await self._every(Operation.HISTORY, path, "dag_runs", query)))

    async def _every(
        self,
        operation: Operation,
        path: str,
        key: str,
        query: Query,
        ref: RunRef | None = None,
    ) -> list[Any]:
        """Every row under `key`; a server may give fewer at once than it is asked for."""
        rows: list[Any] = []
        while True:
            page: Query = {"limit": PAGE, "offset": len(rows)}
            reply = await self.get(operation, path, query | page, ref=ref)
            came = convert.rows_of(reply, key)
            rows += came
            total = first(record(reply) or {}, count, "total_entries") or 0
            if not came or len(rows) >= total:
                return rows

    def runs_from(self, rows: Iterable[object]) -> Iterable[WorkflowRun]:
        """Those of some rows that are runs."""
        for row in rows:
            dag = self._book.dags.get(str((record(row) or {}).get("dag_id")))
            run = convert.run_of(row, dag, self._airflow.page_of)
            if run is not None:
                yield self._book.linked(run)

    def run_from(self, reply: object, ref: RunRef) -> WorkflowRun:
        """The run of an answer."""
        found = next(iter(self.runs_from([reply])), None)
        if found is None:
            raise ServerError(f"Airflow's answer about run '{ref}' can't be read")
        return found

    async def get(
        self,
        operation: Operation,
        path: str,
        query: Query | None = None,
        *,
        ref: RunRef | None = None,
        dataset_name: str | None = None,
    ) -> object:
        """What stands at a path behind the root."""
        asked = query or {}
        answer = await self._answer(operation, path, asked, ref=ref, dataset_name=dataset_name)
        return answer.value

    async def _answer(
        self,
        operation: Operation,
        path: str,
        query: Query,
        *,
        ref: RunRef | None = None,
        dataset_name: str | None = None,
    ) -> Answer[object]:
        root = (await self._airflow.found()).dialect.root
        asked = Asked(
            operation,
            root + path,
            query,
            dataset_name=(ref.workflow if ref is not None else dataset_name) or "",
            run_id=ref.run_id if ref is not None else "",
        )
        return await self._airflow.read(asked)


def _identity(row: object) -> tuple[object, object]:
    told = record(row) or {}
    return told.get("task_id"), told.get("map_index")


def hour_of(answer: Answer[Any]) -> datetime | None:
    """What the server's clock shows."""
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC)
    except ValueError:
        return None

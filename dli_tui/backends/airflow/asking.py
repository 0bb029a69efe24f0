"""The questions that an Airflow is asked, each in as few requests as it can be."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from dli_tui.backends.airflow import convert
from dli_tui.backends.airflow.book import KEPT, Book
from dli_tui.backends.airflow.dialect import MOST_RUNS, PAGE
from dli_tui.backends.airflow.place import Airflow
from dli_tui.backends.http.exchange import Answer, Asked, decoded, segment
from dli_tui.domain.errors import (
    AuthenticationError,
    ServerError,
    WorkflowNotFoundError,
    WorkflowPermissionError,
)
from dli_tui.domain.query import HistoryQuery
from dli_tui.wire.failures import Operation
from dli_tui.wire.values import count, first, record

if TYPE_CHECKING:
    from dli_tui.backends.airflow.convert import Dag, Shape
    from dli_tui.backends.airflow.dialect import Query
    from dli_tui.domain.errors import DLIError
    from dli_tui.domain.health import Health
    from dli_tui.domain.ids import RunRef
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.step import Step

ALL: Final = "~"
_MOST_IDS: Final = 100


class Asking:
    """Asks, and reads the answers into what the book knows."""

    def __init__(self, airflow: Airflow, book: Book) -> None:
        self._airflow, self._book = airflow, book
        self._shapes: dict[str, Shape] = {}

    async def dags(self, offset: int) -> tuple[tuple[Dag, ...], int, int]:
        """A page of the list; how many rows came, and how many there are in all."""
        query: Query = {"limit": PAGE, "offset": offset, "order_by": "dag_id"}
        try:
            reply = await self._get(Operation.LIST, "/dags", query)
        except WorkflowPermissionError as refused:
            raise await self._explained(refused) from None
        rows = convert.rows_of(reply, "dags")
        total = first(record(reply) or {}, count, "total_entries")
        dags = [dag for row in rows if (dag := convert.dag_of(row)) is not None]
        if any(dag.broken_file is not None for dag in dags):
            errors = list(convert.failures_of(await self._if_allowed("/importErrors")))
            dags = [convert.explained(dag, errors) if dag.broken_file else dag for dag in dags]
        return tuple(dags), len(rows), offset + len(rows) if total is None else total

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
        """Ask for these once; those that may have more than was seen."""
        dialect = (await self._airflow.found()).dialect
        path = f"{dialect.root}/dags/{ALL}/dagRuns/list"
        asked = Asked(Operation.HISTORY, path, method="POST", body=dialect.latest(dag_ids))
        reply = (await self._airflow.http.read(asked, decoded)).value
        runs: dict[str, list[WorkflowRun]] = {dag_id: [] for dag_id in dag_ids}
        rows = convert.rows_of(reply, "dag_runs")
        for run in self.runs_from(rows):
            runs.setdefault(run.workflow_id or "", []).append(run)
        total = first(record(reply) or {}, count, "total_entries") or len(rows)
        is_all = len(rows) >= total or not rows
        full = [dag_id for dag_id in dag_ids if is_all or len(runs[dag_id]) >= KEPT]
        # None of them is through: one of them alone fills a request, and has what it needs.
        done = full or list(dag_ids)
        for dag_id in done:
            self._book.set_runs(dag_id, runs[dag_id])
        return [dag_id for dag_id in dag_ids if dag_id not in set(done)]

    async def moved(self, since: datetime) -> tuple[list[WorkflowRun], datetime | None]:
        """The runs that moved since a moment of the server's clock; and what it showed then."""
        dialect = (await self._airflow.found()).dialect
        found: list[WorkflowRun] = []
        now: datetime | None = None
        offset = 0
        while True:
            query = dialect.moved(since, limit=PAGE, offset=offset)
            path = f"{dialect.root}/dags/{ALL}/dagRuns"
            answer = await self._airflow.http.read(Asked(Operation.HISTORY, path, query), decoded)
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
        while True:
            asked = dialect.runs(query, limit=size, offset=offset)
            reply = await self._get(
                Operation.HISTORY, f"/dags/{dag_id}/dagRuns", asked, dataset_name=query.workflow
            )
            rows = convert.rows_of(reply, "dag_runs")
            total = first(record(reply) or {}, count, "total_entries")
            yield list(self.runs_from(rows)), total
            offset += len(rows)
            if not rows or (total is not None and offset >= total):
                return

    async def run(self, ref: RunRef) -> WorkflowRun:
        """One run."""
        reply = await self._get(Operation.STATUS, self.path_of(ref), {}, ref=ref)
        return self.run_from(reply, ref)

    async def steps(self, ref: RunRef) -> tuple[Step, ...]:
        """The tasks of a run, in the order in which they can run."""
        dag_id = self._book.dag_id(ref.workflow or "")
        shape = await self._shape(dag_id, ref)
        rows, offset = [], 0
        while True:
            query: Query = {"limit": PAGE, "offset": offset}
            path = f"{self.path_of(ref)}/taskInstances"
            reply = await self._get(Operation.STEPS, path, query, ref=ref)
            came = convert.rows_of(reply, "task_instances")
            rows += came
            offset += len(came)
            total = first(record(reply) or {}, count, "total_entries") or 0
            if not came or offset >= total:
                break
        found = (step for row in rows if (step := convert.step_of(row, shape)) is not None)
        return tuple(sorted(found, key=lambda one: (one.order, one.name, one.map_index or 0)))

    async def _shape(self, dag_id: str, ref: RunRef) -> Shape:
        """The shape of a DAG; asked once, as a new version is parsed seldom."""
        if dag_id not in self._shapes:
            path = f"/dags/{segment(dag_id)}/tasks"
            try:
                reply = await self._get(Operation.STEPS, path, {}, ref=ref)
            except WorkflowNotFoundError:
                # Its runs outlive a DAG.
                return convert.shape_of(None)
            self._shapes[dag_id] = convert.shape_of(reply)
        return self._shapes[dag_id]

    async def dag(self, dag_id: str) -> Dag | None:
        """One DAG as it stands; None where there is none."""
        try:
            return convert.dag_of(await self._get(Operation.GET, f"/dags/{segment(dag_id)}", {}))
        except WorkflowNotFoundError:
            return None

    async def find(self, name: str) -> None:
        """The DAGs that claim a name, into the book, without the whole list."""
        found = await self._tagged(name)
        if not found and (dag := await self.dag(name)) is not None:
            # By its id; it may go by another name, or somebody else by that.
            found = await self._tagged(dag.row.dataset_name) or (dag,)
        self._book.take(found)

    async def _tagged(self, name: str) -> tuple[Dag, ...]:
        query: Query = {"tags": f"{convert.NAMED_BY}:{name}", "limit": PAGE, "order_by": "dag_id"}
        reply = await self._get(Operation.LIST, "/dags", query)
        rows = convert.rows_of(reply, "dags")
        return tuple(dag for row in rows if (dag := convert.dag_of(row)) is not None)

    async def bearing(self, run_id: str) -> list[RunRef]:
        """The runs that bear an id, among the latest of every DAG."""
        dialect = (await self._airflow.found()).dialect
        query = dialect.runs(HistoryQuery(), limit=PAGE, offset=0)
        reply = await self._get(Operation.STATUS, f"/dags/{ALL}/dagRuns", query)
        latest = list(self.runs_from(convert.rows_of(reply, "dag_runs")))
        known = [run for one in self._book.dags for run in self._book.runs(one) or ()]
        return list(dict.fromkeys(run.ref for run in (*latest, *known) if run.run_id == run_id))

    async def health(self) -> Health:
        """How Airflow says it is doing, what it couldn't import, and its pools."""
        found = await self._airflow.found()
        report = await self._get(Operation.HEALTH, found.dialect.health, {})
        errors = await self._if_allowed("/importErrors")
        pools = await self._if_allowed("/pools")
        return convert.health_of(report, errors, pools, found.version)

    async def _if_allowed(self, path: str) -> object:
        """A part of the health; nothing where our role may not see it."""
        try:
            return await self._get(Operation.HEALTH, path, {"limit": PAGE})
        except WorkflowPermissionError:
            return None

    def path_of(self, ref: RunRef) -> str:
        """Where a run is, behind the root."""
        dag_id = self._book.dag_id(ref.workflow or "")
        return f"/dags/{segment(dag_id)}/dagRuns/{segment(ref.run_id)}"

    def runs_from(self, rows: Iterable[object]) -> Iterable[WorkflowRun]:
        """Those of some rows that are runs."""
        for row in rows:
            dag = self._book.dags.get(str((record(row) or {}).get("dag_id")))
            run = convert.run_of(row, dag, self._airflow.page_of)
            if run is not None:
                yield run

    def run_from(self, reply: object, ref: RunRef) -> WorkflowRun:
        """The run of an answer."""
        found = next(iter(self.runs_from([reply])), None)
        if found is None:
            raise ServerError(f"Airflow's answer about run '{ref}' can't be read")
        return found

    async def _get(
        self,
        operation: Operation,
        path: str,
        query: Query,
        *,
        ref: RunRef | None = None,
        dataset_name: str | None = None,
    ) -> object:
        root = (await self._airflow.found()).dialect.root
        asked = Asked(
            operation,
            root + path,
            query,
            dataset_name=(ref.workflow if ref is not None else dataset_name) or "",
            run_id=ref.run_id if ref is not None else "",
        )
        return (await self._airflow.http.read(asked, decoded)).value


def hour_of(answer: Answer[Any]) -> datetime | None:
    """What the server's clock shows."""
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC)
    except ValueError:
        return None

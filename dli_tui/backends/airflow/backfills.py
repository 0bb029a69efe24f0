"""Backfills that Airflow keeps going itself (3.x): told beforehand, begun, held, stopped, seen.

It has one at a time of each DAG, queues all of its runs as it begins, and decides about runs that
exist by one of three rules, whose dry run is the plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from dli_tui.backends.airflow import backfillrows
from dli_tui.backends.airflow.asking import ALL, Asking
from dli_tui.backends.airflow.backfillrows import Native
from dli_tui.backends.airflow.book import Book
from dli_tui.backends.airflow.dialect import PAGE
from dli_tui.backends.airflow.place import Airflow
from dli_tui.backends.airflow.rundates import RunDateFinder
from dli_tui.backends.http.exchange import Asked
from dli_tui.domain.acting import acting_user
from dli_tui.domain.errors import (
    DLIError,
    ErrorCode,
    ServerError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
)
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillScope
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.sequence import SequenceMark
from dli_tui.domain.status import ResultStatus, RunStatus, RunType
from dli_tui.domain.zones import zone_of
from dli_tui.wire.bodies import message_of
from dli_tui.wire.failures import Operation
from dli_tui.wire.values import count, first, record

if TYPE_CHECKING:
    from dli_tui.backends.airflow.dialect import Query
    from dli_tui.domain.backfill import Backfill, BackfillForecast
    from dli_tui.domain.query import BackfillRequest
    from dli_tui.wire.values import Row

_PATH: Final = "/backfills"
_RERUNS: Final = {
    BackfillScope.ALL: "completed",
    BackfillScope.FAILED: "failed",
    BackfillScope.MISSING: "none",
}
_USUAL: Final = 10
"""So many runs at a time Airflow has of a backfill for which nobody says another number."""
_REFUSED: Final = frozenset({400, 409, 422})
_OVER: Final = frozenset({409})
_CONFLICT: Final = 409
_MOST_DAGS, _MOST_EACH = 20, 3
"""Of so many DAGs, so many backfills each are looked at for those that were lately."""
_A_MOMENT: Final = timedelta(microseconds=1)
_NO_REASON: Final = "Airflow keeps no reason for that"


class Backfills:
    """What is asked of Airflow's own backfills, and done with them."""

    def __init__(self, airflow: Airflow, asking: Asking, book: Book, dates: RunDateFinder) -> None:
        self._airflow, self._asking, self._book, self._dates = airflow, asking, book, dates
        self._lately: dict[str, tuple[tuple[WorkflowRun, ...], tuple[Backfill, ...]]] = {}
        """Of each DAG, its latest runs of backfills and what those backfills came to."""

    # What would run, and having it run

    async def forecast(self, request: BackfillRequest) -> BackfillForecast:
        """What Airflow's dry run says; nothing is started."""
        body = await self._body(request)
        # Parameters are checked when it is begun; without any, nothing is checked.
        reply = await self._sent(request, f"{_PATH}/dry_run", body | {"dag_run_conf": None})
        return backfillrows.forecast_of(reply, body["max_active_runs"])

    async def start(self, request: BackfillRequest) -> WorkflowRunResult:
        """Begin it; Airflow keeps it going."""
        native = backfillrows.native_of(
            await self._sent(request, _PATH, await self._body(request), is_write=True)
        )
        if native is None:
            raise ServerError("Airflow's answer about the backfill can't be read")
        self._book.note_natives(native.dag_id, [native])
        return WorkflowRunResult(
            dataset_name=request.dataset_name,
            run_id=native.run_id,
            backfill_id=native.run_id,
            status=ResultStatus.SUCCESS,
            run_status=RunStatus.PENDING,
            start_date=request.start_date,
            end_date=request.end_date,
            parameters=dict(request.parameters),
            triggered_by=acting_user(),
            started_at=native.created_at,
        )

    async def _body(self, request: BackfillRequest) -> Row:
        dag_id = self._book.dag_id(request.dataset_name)
        dag = await self._asking.get(Operation.GET, self._asking.path_of_dag(dag_id))
        zone = zone_of(await self._zone(dag_id, request))
        begin = datetime.combine(request.start_date, time.min, zone)
        end = datetime.combine(request.end_date + timedelta(days=1), time.min, zone) - _A_MOMENT
        return {
            "dag_id": dag_id,
            "from_date": begin.isoformat(),
            "to_date": end.isoformat(),
            "reprocess_behavior": _RERUNS[request.scope],
            # Whoever wrote the DAG knows how many of its runs bear each other.
            "max_active_runs": first(record(dag) or {}, count, "max_active_runs") or _USUAL,
            # Said even if there are none: a run that is begun again keeps no others.
            "dag_run_conf": dict(request.parameters),
        }

    async def _zone(self, dag_id: str, request: BackfillRequest) -> str:
        """The zone in which the dates of a request are read: the one of its plan."""
        if request.timezone is not None:
            return request.timezone
        dag = await self._asking.dag(dag_id)
        if dag is None:
            raise WorkflowNotFoundError(dataset_name=request.dataset_name)
        found = await self._dates.find(dag, request.start_date, request.end_date)
        return found.timezone

    async def _sent(
        self, request: BackfillRequest, path: str, body: Row, *, is_write: bool = False
    ) -> object:
        name = request.dataset_name
        root = (await self._airflow.found()).dialect.root
        asked = Asked(
            Operation.BACKFILL,
            root + path,
            method="POST",
            body=body,
            dataset_name=name,
            expected=_REFUSED,
        )
        answer = await (self._airflow.write if is_write else self._airflow.read)(asked)
        if answer.status in _REFUSED:
            raise _refusal(answer.status, message_of(answer.value) or "", name)
        return answer.value

    # Holding and stopping

    async def hold(self, ref: RunRef, *, is_held: bool) -> WorkflowRunResult:
        """Begin no other date of it, or let it go on."""
        operation = Operation.PAUSE if is_held else Operation.UNPAUSE
        native = await self._told(ref, operation, "pause" if is_held else "unpause")
        told = "held: no other date begins" if native.is_held else "going on"
        return self._result(ref, native, f"Backfill {native.run_id} is {told}")

    async def cancel(self, ref: RunRef, reason: str | None) -> WorkflowRunResult:
        """Stop it: what waits is failed, what is under way goes on to its end."""
        native = await self._told(ref, Operation.STOP, "cancel")
        found = self._result(ref, native, None)
        warning = "Its runs under way go on to their end"
        if reason:
            warning = f"{warning}. {_NO_REASON}"
        return found.twin(run_status=RunStatus.STOPPING, warning=warning)

    async def _told(self, ref: RunRef, operation: Operation, verb: str) -> Native:
        native = await self._native(ref)
        root = (await self._airflow.found()).dialect.root
        asked = Asked(
            operation,
            f"{root}{_PATH}/{native.number}/{verb}",
            method="PUT",
            dataset_name=ref.workflow or "",
            run_id=ref.run_id,
            expected=_OVER,
        )
        answer = await self._airflow.write(asked)
        if answer.status in _OVER:
            raise WorkflowExecutionError(
                f"Backfill '{ref}' is over already",
                code=ErrorCode.WORKFLOW_INVALID_STATE,
                dataset_name=ref.workflow or "",
                run_id=ref.run_id,
                hint="No date of it is left to begin; look at its runs one by one.",
            )
        return backfillrows.native_of(answer.value) or native

    def _result(self, ref: RunRef, native: Native, message: str | None) -> WorkflowRunResult:
        return WorkflowRunResult(
            dataset_name=ref.workflow or self._called(native.dag_id),
            run_id=native.run_id,
            backfill_id=native.run_id,
            status=ResultStatus.SUCCESS,
            message=message,
        )

    # Looking

    async def status(self, ref: RunRef) -> Backfill:
        """One of them, with each of its dates."""
        native = await self._native(ref)
        natives = await self._natives(native.dag_id)
        return self._of(native, await self._runs(native.dag_id, [native]), natives)

    async def lately(self) -> tuple[Backfill, ...]:
        """Those whose runs moved lately, newest first."""
        query: Query = {"run_type": "backfill", "order_by": "-updated_at", "limit": PAGE}
        runs: dict[str, list[WorkflowRun]] = {}
        for run in self._asking.runs_from(await self._asking.rows_of_runs(ALL, query)):
            runs.setdefault(run.workflow_id or "", []).append(run)
        latest = dict(islice(runs.items(), _MOST_DAGS))
        self._lately = {dag_id: self._lately[dag_id] for dag_id in latest.keys() & self._lately}
        found = [one for dag_id, own in latest.items() for one in await self._of_dag(dag_id, own)]
        return tuple(found)

    async def _of_dag(self, dag_id: str, runs: Sequence[WorkflowRun]) -> tuple[Backfill, ...]:
        """The latest backfills of a DAG; asked for again when something of them moved."""
        told, found = self._lately.get(dag_id, ((), ()))
        if found and told == tuple(runs) and all(one.whole.status.is_terminal for one in found):
            return found
        await self._meet(dag_id)
        natives = await self._natives(dag_id)
        latest = natives[:_MOST_EACH]
        own = await self._runs(dag_id, latest) if latest else ()
        every = (self._of(native, own, natives) for native in latest)
        # Of one whose dates were all taken over by a later one, nothing is left.
        found = tuple(one for one in every if one.dates)
        self._lately[dag_id] = tuple(runs), found
        return found

    async def linked(self, run: WorkflowRun) -> WorkflowRun:
        """A run with the backfill that it belongs to, which it doesn't say itself."""
        is_ours = SequenceMark.id_of(run.parameters) is not None
        if run.run_type is not RunType.BACKFILL or is_ours or run.backfill_id is not None:
            return run
        owner = backfillrows.owner_of(run, await self._natives(run.workflow_id or ""))
        return run if owner is None else run.twin(backfill_id=owner.run_id)

    async def _native(self, ref: RunRef) -> Native:
        number = backfillrows.number_of(ref.run_id)
        path = f"{_PATH}/{number}"
        native = backfillrows.native_of(await self._asking.get(Operation.STATUS, path, ref=ref))
        if native is None or (ref.workflow and self._book.dag_id(ref.workflow) != native.dag_id):
            raise WorkflowNotFoundError(dataset_name=ref.workflow or "", run_id=ref.run_id)
        await self._meet(native.dag_id)
        return native

    async def _meet(self, dag_id: str) -> None:
        """See to it that a DAG's name and zone are known, also where no list was asked for."""
        if dag_id not in self._book.dags:
            await self._asking.find(dag_id)

    async def _natives(self, dag_id: str) -> tuple[Native, ...]:
        query: Query = {"dag_id": dag_id, "order_by": "-id", "limit": PAGE}
        natives = backfillrows.natives_of(
            await self._asking.get(Operation.HISTORY, _PATH, query=query)
        )
        self._book.note_natives(dag_id, natives)
        return natives

    async def _runs(self, dag_id: str, natives: Sequence[Native]) -> Iterable[WorkflowRun]:
        """The runs of backfills in the range of these."""
        query: Query = {
            "run_type": "backfill",
            "logical_date_gte": min(one.first for one in natives).isoformat(),
            "logical_date_lte": max(one.last for one in natives).isoformat(),
            "order_by": "logical_date",
        }
        return await self._asking.every_run(dag_id, query)

    def _of(
        self, native: Native, runs: Iterable[WorkflowRun], natives: Sequence[Native]
    ) -> Backfill:
        dag = self._book.dags.get(native.dag_id)
        return backfillrows.backfill_of(native, runs, natives, None if dag is None else dag.row)

    def _called(self, dag_id: str) -> str:
        dag = self._book.dags.get(dag_id)
        return dag_id if dag is None else dag.row.dataset_name


def _refusal(status: int, words: str, name: str) -> DLIError:
    """Why Airflow won't begin a backfill, and what helps."""
    if status == _CONFLICT:
        return WorkflowExecutionError(
            f"A backfill of '{name}' is under way already, and Airflow has one at a time",
            code=ErrorCode.WORKFLOW_INVALID_STATE,
            dataset_name=name,
            hint="Wait until it is over, which Airflow sees half a minute late, or stop it.",
        )
    for sign, (says, hint) in _SAYINGS.items():
        if sign in words:
            return WorkflowExecutionError(
                says.format(name=name), dataset_name=name, hint=hint.format(name=name)
            )
    return WorkflowExecutionError(
        f"Airflow won't backfill '{name}': {words or 'it gives no reason'}", dataset_name=name
    )


_SAYINGS: Final = {
    "non-periodic": (
        "'{name}' has no schedule by which Airflow could tell its dates",
        "Let the dates go one after the other, or start one run: dli-tui workflow run {name}",
    ),
    "future dates": ("These dates have yet to come", "Choose dates up to now."),
    "depends_on_past": (
        "The runs of '{name}' depend on those before, so dates can't be only filled in",
        "Choose all dates, or those that failed.",
    ),
}

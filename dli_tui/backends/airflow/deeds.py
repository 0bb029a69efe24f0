"""What is done to an Airflow: each deed one request, by ids that can be looked for afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from dli_tui.backends.airflow import convert, tasks
from dli_tui.backends.airflow.asking import Asking
from dli_tui.backends.airflow.place import Airflow
from dli_tui.backends.http.exchange import Answer, Asked
from dli_tui.domain.acting import acting_user
from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import (
    AnswerLostError,
    DLIError,
    ErrorCode,
    ServerError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
)
from dli_tui.domain.ids import RunRef
from dli_tui.domain.request_id import request_id_or_new
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.sequence import KEY, SequenceMark
from dli_tui.domain.status import ResultStatus, RunStatus, WorkflowStatus
from dli_tui.domain.text import as_argument
from dli_tui.wire.failures import Operation

if TYPE_CHECKING:
    from dli_tui.domain.query import RunRequest
    from dli_tui.domain.retry import RetryPlan
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.wire.values import Row

_NO_REASON: Final = "Airflow keeps no reason for that"
_TAKEN: Final = frozenset({409})
_RESENDS: Final = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before each sending of one run: a server that is slow to answer may still be at it."""

_PAUSES: Final = (0.5, 1.0)
"""Seconds after which a stop that failed there is sent again."""


class Deeds:
    """Runs, stops, pauses and retries."""

    def __init__(self, airflow: Airflow, asking: Asking, clock: Clock) -> None:
        self._airflow, self._asking, self._clock = airflow, asking, clock

    async def run(self, request: RunRequest) -> WorkflowRunResult:
        """Start a run by an id of ours: sent twice it is one run."""
        name = request.dataset_name
        run_id = request.run_id or f"dli__{request_id_or_new()}"
        ref = RunRef(run_id, name)
        dialect = (await self._airflow.found()).dialect
        conf, note = dict(request.parameters), f"started by {acting_user()}"
        mark = SequenceMark.of(conf)
        if mark is not None:
            # The parameters are the DAG's own: a task that forwards them would forward our mark.
            note = f"{note}\n{mark.as_note(int(conf.pop(KEY)['position']))}"
        body = dialect.trigger(run_id, conf, _dated(request), note)
        made = await self._started(ref, body, request.slot, is_sequence=mark is not None)
        return _result(
            made,
            run_status=made.status,
            parameters=conf,
            triggered_by=acting_user(),
        )

    async def _started(
        self, ref: RunRef, body: Row, slot: datetime | None, *, is_sequence: bool
    ) -> WorkflowRun:
        """The run of that id, sent until the server says that there is one.

        The id is made once, when the user confirms: a server that was slow, or whose answer was
        lost, answers 409 to the second request and has one run all the same.
        """
        path = self._asking.path_of(ref).rpartition("/")[0]
        lost: AnswerLostError | None = None
        for seconds in _RESENDS:
            if seconds:
                await self._clock.sleep(seconds)
            try:
                answer = await self._sent(Operation.RUN, path, "POST", body, ref, expected=_TAKEN)
            except AnswerLostError as error:
                lost = error
                continue
            except ServerError:
                # That this sending never arrived says nothing of the one before.
                if lost is None:
                    raise
                continue
            if answer.status not in _TAKEN:
                return self._asking.run_from(answer.value, ref)
            # Of a date in a backfill somebody else may look after it, who has to be told from us.
            found = await self._of_that_id(ref) if lost is not None or not is_sequence else None
            if found is not None:
                return found
            break
        else:
            raise AnswerLostError(
                f"Run '{ref}' is unconfirmed: the server did not answer whether it was started",
                hint="Send it again from here: under the same id it is one run. Or see it with: "
                f"dli-tui workflow status {as_argument(str(ref))}",
            ) from lost
        # 3.x doesn't say which of the two it is.
        dated = "" if slot is None else f", or one for {slot:%Y-%m-%d %H:%M} UTC"
        raise WorkflowExecutionError(
            f"There is a run '{ref.run_id}' already{dated}",
            dataset_name=ref.workflow or "",
            run_id=ref.run_id,
        )

    async def _of_that_id(self, ref: RunRef) -> WorkflowRun | None:
        try:
            return await self._asking.run(ref)
        except WorkflowNotFoundError:
            return None

    async def stop(self, ref: RunRef, reason: str | None) -> WorkflowRunResult:
        """Fail a run, with a note that says who stopped it and why."""
        there, hour = await self._asking.reply_about(ref)
        if self._asking.run_from(there, ref).status.is_terminal:
            raise WorkflowExecutionError(
                f"Run '{ref}' is over already",
                code=ErrorCode.WORKFLOW_INVALID_STATE,
                dataset_name=ref.workflow or "",
                run_id=ref.run_id,
            )
        who, path = acting_user(), self._asking.path_of(ref)
        asked = hour or self._clock.now()
        note = {"note": convert.stop_note(who, reason, asked, there)}
        notes_apart = (await self._airflow.found()).dialect.notes_apart
        body: Row = {"state": "failed"} | ({} if notes_apart else note)
        reply = await self._ended(path, body, ref)
        warning = None
        if notes_apart:
            noted, warning = await self._left(path, note, ref)
            if noted is not None and not noted.status.is_terminal:
                # 2.x ends the tasks, and may lose that the run has failed to its scheduler, which
                # would make a success of it.
                reply = await self._ended(path, body, ref)
        return _result(
            self._asking.run_from(reply, ref),
            run_status=RunStatus.STOPPING,
            reason=reason,
            stopped_by=who,
            stopped_at=asked,
            warning=warning,
        )

    async def _ended(self, path: str, body: Row, ref: RunRef) -> object:
        """Have a run ended; asked for again where that fails, as it says the same each time.

        Airflow answers 500 where its scheduler writes to the run at the same moment.
        """
        for seconds in _PAUSES:
            try:
                return await self._write(Operation.STOP, path, "PATCH", body, ref)
            except WorkflowExecutionError as error:
                if error.code is not ErrorCode.WORKFLOW_EXECUTION_FAILED:
                    raise
            await self._clock.sleep(seconds)
        return await self._write(Operation.STOP, path, "PATCH", body, ref)

    async def _left(
        self, path: str, note: Row, ref: RunRef
    ) -> tuple[WorkflowRun | None, str | None]:
        """Leave a note on a run: how it stands then, or what to know where that can't be done."""
        try:
            reply = await self._write(Operation.STOP, f"{path}/setNote", "PATCH", note, ref)
            return self._asking.run_from(reply, ref), None
        except DLIError as problem:
            why = f"It is stopped, but the note why couldn't be left there: {problem.message}"
            return None, why

    async def pause(self, name: str, reason: str | None, *, is_paused: bool) -> WorkflowRunResult:
        """Hold the schedule of a DAG, or let it fire again."""
        ref = RunRef("", name)
        path = self._asking.path_of(ref).partition("/dagRuns/")[0]
        body = {"is_paused": is_paused}
        operation = Operation.PAUSE if is_paused else Operation.UNPAUSE
        reply = await self._write(operation, path, "PATCH", body, ref)
        dag = convert.dag_of(reply)
        if dag is not None:
            self._asking.told(dag)
        held = WorkflowStatus.PAUSED if is_paused else WorkflowStatus.ACTIVE
        return WorkflowRunResult(
            dataset_name=name,
            status=ResultStatus.SUCCESS,
            workflow_status=held if dag is None else dag.row.status,
            reason=reason if is_paused else None,
            paused_by=acting_user() if is_paused else None,
            paused_at=self._clock.now() if is_paused else None,
            warning=_NO_REASON if reason else None,
        )

    async def retry(self, ref: RunRef, steps: Sequence[str]) -> WorkflowRunResult:
        """Clear the tasks that failed, or those that are named, and what comes after them."""
        path, body = self._clearing(ref, steps)
        reply = await self._write(Operation.RETRY, path, "POST", body | {"dry_run": False}, ref)
        cleared = len(convert.rows_of(reply, "task_instances"))
        if not cleared:
            raise _nothing_to_retry(ref, steps)
        run = await self._asking.run(ref)
        told = "1 step" if cleared == 1 else f"{cleared} steps"
        return _result(run, run_status=run.status, message=f"{told} will run again")

    async def retry_plan(self, ref: RunRef, steps: Sequence[str]) -> RetryPlan:
        """What the very same request would clear, from Airflow's own dry run."""
        path, body = self._clearing(ref, steps)
        reply = await self._asking.rehearsed(path, body | {"dry_run": True}, ref)
        rows = convert.rows_of(reply, "task_instances")
        return tasks.retry_plan_of(rows, await self._asking.steps(ref) if rows else ())

    def _clearing(self, ref: RunRef, steps: Sequence[str]) -> tuple[str, Row]:
        body: Row = {
            "dag_run_id": ref.run_id,
            "only_failed": not steps,
            "reset_dag_runs": True,
            "include_downstream": True,
        }
        if steps:
            body["task_ids"] = list(steps)
        return self._asking.path_of(ref).partition("/dagRuns/")[0] + "/clearTaskInstances", body

    async def _write(
        self, operation: Operation, path: str, method: str, body: Row, ref: RunRef
    ) -> object:
        return (await self._sent(operation, path, method, body, ref)).value

    async def _sent(
        self,
        operation: Operation,
        path: str,
        method: str,
        body: Row,
        ref: RunRef,
        *,
        expected: frozenset[int] = frozenset(),
    ) -> Answer[object]:
        root = (await self._airflow.found()).dialect.root
        asked = Asked(
            operation,
            root + path,
            method=method,
            body=body,
            dataset_name=ref.workflow or "",
            run_id=ref.run_id,
            expected=expected,
        )
        return await self._airflow.write(asked)


def _dated(request: RunRequest) -> Row:
    """The logical date of a run, and its data interval.

    Without one Airflow takes the interval that ended before the date, as for a run by hand.
    """
    if request.slot is None:
        return {}
    dated: Row = {"logical_date": request.slot.isoformat()}
    if request.interval is not None:
        start, end = request.interval
        dated |= {"data_interval_start": start.isoformat(), "data_interval_end": end.isoformat()}
    return dated


def _nothing_to_retry(ref: RunRef, steps: Sequence[str]) -> WorkflowExecutionError:
    named = ", ".join(steps)
    return WorkflowExecutionError(
        f"Run '{ref}' has no step named {named}" if steps else f"No step of run '{ref}' has failed",
        code=(ErrorCode.WORKFLOW_EXECUTION_FAILED if steps else ErrorCode.WORKFLOW_INVALID_STATE),
        dataset_name=ref.workflow or "",
        run_id=ref.run_id,
    )


def _result(run: WorkflowRun, **more: object) -> WorkflowRunResult:
    known = {
        "dataset_name": run.dataset_name,
        "run_id": run.run_id,
        "status": ResultStatus.SUCCESS,
        "started_at": run.started_at,
    }
    return WorkflowRunResult.model_validate(known | more)

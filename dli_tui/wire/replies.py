"""The answers to writes, as results.

The server said yes before anything here is read, so a reply that leaves something out is
still a success: an empty body will do. What it does say is kept in its own words.
"""

from __future__ import annotations

from typing import Any

from dli_tui.domain.errors import ServerError
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.status import ResultStatus, RunStatus, WorkflowStatus
from dli_tui.wire.failures import Operation, failure
from dli_tui.wire.runs import parameters_of
from dli_tui.wire.values import (
    Row,
    count,
    day,
    differing,
    first,
    flag,
    identifier,
    kind_of,
    moment,
    note,
    own,
    record,
    text,
)

# What the library calls the workflow of a run that nobody named (004 §4.1).
_UNNAMED = "unknown"
_SAID_NO = 400


def run_reply(reply: object, dataset_name: str, *, dry_run: bool = False) -> WorkflowRunResult:
    """A run that was started; after a dry run there is none."""
    body = _body(reply, Operation.RUN, dataset_name)
    told = first(body, flag, "dry_run")
    dry = dry_run if told is None else told
    run_id = first(body, identifier, "run_id", "execution_id")
    return WorkflowRunResult(
        run_id=run_id,
        dry_run=dry,
        started_at=first(body, moment, "started_at"),
        warning=_warning(body, missing=run_id is None and not dry),
        **_of_run(body, None if dry else RunStatus.PENDING),
        **_common(body, dataset_name),
    )


def backfill_reply(reply: object, dataset_name: str) -> WorkflowRunResult:
    """A backfill that was started: its own id, its runs, and how many it will have."""
    body = _body(reply, Operation.BACKFILL, dataset_name)
    children = _children(body)
    backfill_id = first(body, identifier, "backfill_id")
    run_id = backfill_id or first(body, identifier, "run_id") or next(iter(children), None)
    return WorkflowRunResult(
        run_id=run_id,
        backfill_id=backfill_id,
        run_ids=children,
        total_runs=first(body, count, "total_runs"),
        start_date=first(body, day, "start_date"),
        end_date=first(body, day, "end_date"),
        dry_run=first(body, flag, "dry_run") or False,
        started_at=first(body, moment, "started_at"),
        warning=_warning(body, missing=run_id is None),
        **_of_run(body, RunStatus.PENDING),
        **_common(body, dataset_name),
    )


def stop_reply(reply: object, run_id: str, *, dataset_name: str | None = None) -> WorkflowRunResult:
    """A stop that was asked for. Whether the run has ended is for a poll to say."""
    body = _body(reply, Operation.STOP, dataset_name or "", run_id)
    return WorkflowRunResult(
        run_id=first(body, identifier, "run_id") or run_id,
        stopped_by=first(body, text, "stopped_by"),
        stopped_at=first(body, moment, "stopped_at"),
        warning=_warning(body),
        **_of_run(body, RunStatus.STOPPING),
        **_common(body, dataset_name or _UNNAMED),
    )


def retry_reply(
    reply: object, run_id: str, *, dataset_name: str | None = None
) -> WorkflowRunResult:
    """A retry that was asked for; some servers start a new run for it."""
    body = _body(reply, Operation.RETRY, dataset_name or "", run_id)
    return WorkflowRunResult(
        run_id=first(body, identifier, "run_id", "execution_id") or run_id,
        started_at=first(body, moment, "started_at"),
        warning=_warning(body),
        **_of_run(body, RunStatus.PENDING),
        **_common(body, dataset_name or _UNNAMED),
    )


def pause_reply(reply: object, dataset_name: str) -> WorkflowRunResult:
    """A schedule that was paused."""
    return _schedule(_body(reply, Operation.PAUSE, dataset_name), dataset_name, paused=True)


def unpause_reply(reply: object, dataset_name: str) -> WorkflowRunResult:
    """A schedule that fires again."""
    return _schedule(_body(reply, Operation.UNPAUSE, dataset_name), dataset_name, paused=False)


def unregister_reply(reply: object, dataset_name: str) -> WorkflowRunResult:
    """A workflow that is gone; 204 comes without a body."""
    body = _body(reply, Operation.UNREGISTER, dataset_name)
    return WorkflowRunResult(
        raw_status=own(body, "raw_status", text, first(body, text, "status")),
        unregistered_by=first(body, text, "unregistered_by"),
        unregistered_at=first(body, moment, "unregistered_at"),
        s3_path_deleted=first(body, text, "s3_path_deleted"),
        airflow_dag_disabled=first(body, flag, "airflow_dag_disabled"),
        warning=_warning(body),
        **_common(body, dataset_name),
    )


def _schedule(body: Row, dataset_name: str, *, paused: bool) -> WorkflowRunResult:
    word = first(body, text, "status")
    expected = WorkflowStatus.PAUSED if paused else WorkflowStatus.ACTIVE
    status = expected if word is None else WorkflowStatus.of(word)
    return WorkflowRunResult(
        workflow_status=status,
        raw_status=own(body, "raw_status", text, differing(word, status)),
        paused_by=first(body, text, "paused_by"),
        paused_at=first(body, moment, "paused_at"),
        warning=_warning(body),
        **_common(body, dataset_name),
    )


def _body(reply: object, operation: Operation, dataset_name: str, run_id: str = "") -> Row:
    """The fields of a reply; none of them where it is empty."""
    body = record({} if reply is None or reply == "" else reply)
    if body is None:
        raise ServerError(
            f"The server's answer can't be read: an object was expected, {kind_of(reply)} came",
            hint="It was accepted and may have happened. Look before trying again.",
        )
    if body.get("success") is False:
        raise failure(_SAID_NO, body, operation, dataset_name=dataset_name, run_id=run_id)
    return body


def _common(body: Row, dataset_name: str) -> dict[str, Any]:
    return {
        "dataset_name": first(body, identifier, "dataset_name") or dataset_name,
        "workflow_id": first(body, identifier, "workflow_id"),
        "status": ResultStatus.SUCCESS,
        "message": first(body, note, "message"),
        "reason": first(body, note, "reason"),
    }


def _of_run(body: Row, otherwise: RunStatus | None) -> dict[str, Any]:
    word = first(body, text, "status", "run_status", "state")
    status = otherwise if word is None else RunStatus.of(word)
    return {
        "run_status": status,
        "raw_status": own(
            body, "raw_status", text, None if status is None else differing(word, status)
        ),
        "parameters": parameters_of(body),
        "triggered_by": first(body, text, "triggered_by"),
    }


def _children(body: Row) -> tuple[str, ...]:
    """The runs of a backfill: their ids, or objects that hold one."""
    ids, runs = body.get("run_ids"), body.get("runs")
    rows = ids if isinstance(ids, list) and ids else runs
    found = (
        first(row, identifier, "run_id", "id") if isinstance(row, dict) else identifier(row)
        for row in (rows if isinstance(rows, list) else [])
    )
    return tuple(run_id for run_id in found if run_id is not None)


def _warning(body: Row, *, missing: bool = False) -> str | None:
    told = first(body, note, "warning")
    if told is None and missing:
        return "The server didn't say which run it started; see the history."
    return told

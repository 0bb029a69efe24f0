"""Runs as the Basecamp contract sends them, in whichever of its vocabularies."""

from __future__ import annotations

from typing import Any

from dli_tui.domain.errors import ServerError
from dli_tui.domain.page import Page
from dli_tui.domain.run import SCHEDULER, RunProgress, WorkflowRun
from dli_tui.domain.status import RunStatus, RunType, SourceType
from dli_tui.domain.workflow import DatasetInfo
from dli_tui.wire.envelopes import opened, placeholder
from dli_tui.wire.values import (
    Row,
    count,
    differing,
    first,
    identifier,
    kind_of,
    mapping,
    moment,
    note,
    own,
    record,
    seconds,
    source,
    text,
    words,
)


def run_of(
    reply: object, *, run_id: str | None = None, dataset_name: str | None = None
) -> WorkflowRun:
    """One run; what the reply leaves out is as asked for. DLI-503 where it is none at all."""
    row = record(reply)
    if row is None:
        raise ServerError(
            f"The server's answer can't be read: a run was expected, {kind_of(reply)} came"
        )
    found = _id(row) or run_id
    if found is None:
        raise ServerError("The server's answer can't be read: it doesn't say which run it is")
    return run_from(row, found, dataset_name=dataset_name)


def runs_of(
    reply: object, *, dataset_name: str | None = None
) -> tuple[Page[WorkflowRun], DatasetInfo | None]:
    """A page of the history, and what it tells of the dataset."""
    envelope = opened(reply, "runs")
    runs: list[WorkflowRun] = []
    nameless = 0
    for value in envelope.rows:
        row = record(value)
        found = None if row is None else _id(row)
        if row is not None and found is not None:
            runs.append(run_from(row, found, dataset_name=dataset_name))
        else:
            runs.append(_unreadable(value, placeholder(nameless), dataset_name))
            nameless += 1
    name = dataset_name or next((run.dataset_name for run in runs if run.dataset_name), None)
    info = dataset_info_of(envelope.rest.get("dataset_info"), dataset_name=name)
    return Page(tuple(runs), envelope.total), info


def tells_parameters(reply: object) -> bool:
    """Whether a page of the history tells of any run what it was given."""
    rows = (record(value) or {} for value in opened(reply, "runs").rows)
    return any("params" in row or "parameters" in row for row in rows)


def dataset_info_of(reply: object, *, dataset_name: str | None = None) -> DatasetInfo | None:
    """What is told of a dataset; None where that is nothing."""
    row = record(reply)
    if not row:
        return None
    return DatasetInfo(
        name=first(row, identifier, "dataset_name", "name") or dataset_name or "",
        owner=first(row, text, "owner"),
        team=first(row, text, "team"),
        description=first(row, note, "description"),
        source_type=first(row, source, "source_type", "source"),
        spec_path=first(row, text, "spec_path", "s3_path"),
        tags=words(row.get("tags")),
        spec=first(row, text, "spec", "yaml_content"),
    )


def run_from(
    row: Row,
    run_id: str,
    *,
    dataset_name: str | None = None,
    source_type: SourceType | None = None,
) -> WorkflowRun:
    """The run that `row` describes; the keywords hold for what it doesn't tell."""
    word = first(row, text, "status", "run_status", "state")
    status = RunStatus.UNKNOWN if word is None else RunStatus.of(word)
    backfill_id = first(row, identifier, "backfill_id")
    run_type, raw_run_type = _run_type(row, run_id, backfill_id)
    return WorkflowRun(
        run_id=run_id,
        dataset_name=first(row, identifier, "dataset_name") or dataset_name or "",
        workflow_id=first(row, identifier, "workflow_id"),
        source_type=first(row, source, "source_type", "source") or source_type,
        status=status,
        raw_status=own(row, "raw_status", text, differing(word, status)),
        run_type=run_type,
        raw_run_type=own(row, "raw_run_type", text, raw_run_type),
        parameters=parameters_of(row),
        triggered_by=first(row, text, "triggered_by"),
        backfill_id=backfill_id,
        reported_seconds=own(
            row, "reported_seconds", seconds, first(row, seconds, "duration_seconds")
        ),
        error_message=_error(row),
        reason=first(row, note, "reason"),
        stopped_by=first(row, text, "stopped_by"),
        logs_url=first(row, text, "logs_url", "airflow_log_url", "log_url"),
        progress=_progress(row),
        retry_count=first(row, count, "retry_count") or 0,
        result_data=first(row, mapping, "result_data"),
        clock_note=first(row, note, "clock_note"),
        **_moments(row),
    )


def parameters_of(row: Row) -> dict[str, Any]:
    """What a run was given; a server that has both keys may fill only one."""
    return mapping(row.get("params")) or mapping(row.get("parameters")) or {}


def _moments(row: Row) -> dict[str, Any]:
    return {
        # Only the logical date: dates among the parameters are a rule of the domain.
        "slot": first(row, moment, "logical_date", "slot"),
        "data_interval_start": first(row, moment, "data_interval_start"),
        "data_interval_end": first(row, moment, "data_interval_end"),
        "created_at": first(row, moment, "created_at", "queued_at"),
        "started_at": first(row, moment, "started_at"),
        "finished_at": first(row, moment, "ended_at", "finished_at", "completed_at"),
        "updated_at": first(row, moment, "updated_at"),
        "stopped_at": first(row, moment, "stopped_at"),
    }


def _run_type(row: Row, run_id: str, backfill_id: str | None) -> tuple[RunType, str | None]:
    word = first(row, text, "run_type", "trigger_mode", "trigger_type")
    if word is not None:
        kind = RunType.of(word)
        return kind, differing(word, kind)
    starter = first(row, text, "triggered_by") or ""
    if starter.strip().casefold() == SCHEDULER:
        return RunType.SCHEDULED, None
    if backfill_id is not None or "backfill" in run_id.casefold():
        return RunType.BACKFILL, None
    return RunType.ADHOC, None


def _error(row: Row) -> str | None:
    told = first(row, note, "error_message", "error")
    if told is not None:
        return told
    # An error of its own shape, as replies that failed have it.
    return first(record(row.get("error")) or {}, note, "message", "code")


def _progress(row: Row) -> RunProgress | None:
    told = mapping(row.get("progress")) or {}
    total = first(told, count, "total_tasks")
    if total is None:
        return None
    return RunProgress(
        total_tasks=total,
        completed_tasks=first(told, count, "completed_tasks") or 0,
        failed_tasks=first(told, count, "failed_tasks") or 0,
        current_task=first(told, text, "current_task"),
    )


def _id(row: Row) -> str | None:
    return first(row, identifier, "run_id", "id")


def _unreadable(value: object, run_id: str, dataset_name: str | None) -> WorkflowRun:
    row = record(value)
    reason = f"an object was expected, {kind_of(value)} came" if row is None else "it has no run id"
    return WorkflowRun(
        run_id=run_id,
        dataset_name=first(row or {}, identifier, "dataset_name") or dataset_name or "",
        status=RunStatus.UNKNOWN,
        error_message=f"This run can't be read: {reason}",
    )

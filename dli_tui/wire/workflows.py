"""Workflows as the Basecamp contract sends them: a row of the list, the reply to a registration.

A row that can't be read stays in the list and says why. It counts as CODE and disabled, so
that nothing is ever sent to it.
"""

from __future__ import annotations

from typing import Any, Final

from dli_tui.domain.page import Page
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.schedule import NotificationConfig, NotificationTarget, RetryConfig
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from dli_tui.domain.text import safe_line
from dli_tui.domain.workflow import WorkflowInfo
from dli_tui.wire.envelopes import opened, placeholder
from dli_tui.wire.runs import run_from
from dli_tui.wire.values import (
    Row,
    count,
    differing,
    first,
    flag,
    identifier,
    kind_of,
    mapping,
    moment,
    note,
    own,
    record,
    source,
    text,
    words,
)

_REASON: Final = 60
_SCHEDULE_KEYS: Final = ("schedule", "cron", "schedule_cron")


def workflows_of(reply: object) -> Page[WorkflowInfo]:
    """A page of the list; DLI-503 where the reply is no list of workflows."""
    envelope = opened(reply, "workflows")
    rows: list[WorkflowInfo] = []
    nameless = 0
    for value in envelope.rows:
        row = workflow_of(value)
        if row.unreadable is not None and row.dataset_name == placeholder(0):
            row = row.twin(dataset_name=placeholder(nameless))
            nameless += 1
        rows.append(row)
    return Page(tuple(rows), envelope.total)


def workflow_of(row: object, *, source_type: SourceType | None = None) -> WorkflowInfo:
    """One row; `source_type` holds where it doesn't tell, as after a registration."""
    told = record(row)
    if told is None:
        return _unreadable(f"an object was expected, {kind_of(row)} came", None, source_type)
    name = first(told, identifier, "dataset_name", "name")
    kind = first(told, source, "source_type", "source")
    if kind is None and first(told, identifier, "source_type", "source") is None:
        kind = source_type
    if name is None:
        return _unreadable("it has no name", None, kind)
    if kind is None:
        return _unreadable(_wrong_source(told), name, None)
    return _readable(told, name, kind)


def _readable(row: Row, name: str, kind: SourceType) -> WorkflowInfo:
    schedule = _schedule(row)
    status, raw_status = _status(row, schedule)
    return WorkflowInfo(
        dataset_name=name,
        source_type=kind,
        status=status,
        raw_status=own(row, "raw_status", text, raw_status),
        cron=first(schedule, text, "cron"),
        schedule_known=_schedule_known(row),
        schedule_text=first(row, text, "schedule_text"),
        timezone=_timezone(row, schedule),
        timezone_fitted=first(row, flag, "timezone_fitted") or False,
        at_run_limit=first(row, flag, "at_run_limit") or False,
        last_run=_last_run(row, name, kind),
        last_run_known=first(row, flag, "last_run_known") is not False,
        active_runs=first(row, count, "active_runs"),
        owner=first(row, text, "owner"),
        team=first(row, text, "team"),
        description=first(row, note, "description"),
        tags=words(row.get("tags")),
        retry=_retry(row, schedule),
        notifications=notifications_of({**row, **schedule}),
        overridden_by=first(row, text, "overridden_by"),
        reason=first(row, note, "reason"),
        paused_by=first(row, text, "paused_by"),
        registered_by=first(row, text, "registered_by"),
        s3_path=first(row, text, "s3_path"),
        airflow_dag_id=first(row, text, "airflow_dag_id"),
        trigger_config=first(row, mapping, "trigger_config"),
        workflow_config=first(row, mapping, "workflow_config"),
        workflow_id=first(row, identifier, "workflow_id", "id"),
        warning=first(row, note, "warning"),
        next_run_computed=first(row, flag, "next_run_computed") or False,
        import_error=first(row, note, "import_error"),
        unreadable=first(row, note, "unreadable"),
        **_moments(row),
    )


def _moments(row: Row) -> dict[str, Any]:
    return {
        "next_run": first(row, moment, "next_run", "next_run_at"),
        "next_run_when_unpaused": first(row, moment, "next_run_when_unpaused"),
        "paused_at": first(row, moment, "paused_at"),
        "registered_at": first(row, moment, "registered_at"),
        "created_at": first(row, moment, "created_at"),
        "updated_at": first(row, moment, "updated_at"),
    }


def _schedule(row: Row) -> Row:
    """The schedule in its nested form, whichever of its four forms it came in."""
    nested = mapping(row.get("schedule")) or {}
    cron = first(nested, text, "cron") or first(row, _cron, "cron", "schedule", "schedule_cron")
    zone = first(nested, text, "timezone") or first(row, text, "timezone", "schedule_timezone")
    return {**nested, "cron": cron, "timezone": zone}


def _schedule_known(row: Row) -> bool:
    """Whether the row tells a schedule, or says that there is none; some lists tell neither."""
    told = first(row, flag, "schedule_known")
    return any(key in row for key in _SCHEDULE_KEYS) if told is None else told


def _timezone(row: Row, schedule: Row) -> str | None:
    """The zone of the schedule; a server that leaves it out means UTC, unless it says otherwise."""
    if first(row, flag, "timezone_known") is False:
        return None
    return first(schedule, text, "timezone") or "UTC"


def _cron(value: object) -> str | None:
    found = text(value)
    # A schedule that came as JSON text is no cron.
    return None if found is None or found.lstrip().startswith("{") else found


def _status(row: Row, schedule: Row) -> tuple[WorkflowStatus, str | None]:
    """Our word and, where it differs, theirs. The flags only narrow down an active one."""
    word = first(row, text, "status")
    status = _from_flags(row, schedule) if word is None else WorkflowStatus.of(word)
    if status is WorkflowStatus.ACTIVE:
        if first(row, flag, "paused", "is_paused"):
            status = WorkflowStatus.PAUSED
        elif _enabled(row, schedule) is False:
            status = WorkflowStatus.DISABLED
    return status, differing(word, status)


def _from_flags(row: Row, schedule: Row) -> WorkflowStatus:
    if first(row, text, "overridden_by") is not None:
        return WorkflowStatus.OVERRIDDEN
    if _enabled(row, schedule) is None and first(row, flag, "paused", "is_paused") is None:
        # Nothing was told; disabled is the state in which nothing is sent.
        return WorkflowStatus.DISABLED
    return WorkflowStatus.ACTIVE


def _enabled(row: Row, schedule: Row) -> bool | None:
    told = first(row, flag, "enabled", "is_enabled")
    return first(schedule, flag, "enabled") if told is None else told


def _last_run(row: Row, name: str, kind: SourceType) -> WorkflowRun | None:
    """The latest run, told as one object or in three flat keys; its id may stay empty."""
    flat = {
        "run_id": row.get("last_run_id"),
        "status": row.get("last_run_status"),
        "started_at": row.get("last_run_at", row.get("last_run")),
    }
    nested = record(row.get("last_run")) or {}
    told = {**nested, **{key: flat[key] for key in flat if nested.get(key) is None}}
    run_id = first(told, identifier, "run_id", "id") or ""
    run = run_from(told, run_id, dataset_name=name, source_type=kind)
    silent = not run_id and run.started_at is None and run.finished_at is None
    if silent and run.status is RunStatus.UNKNOWN and run.raw_status is None:
        return None
    return run


def _retry(row: Row, schedule: Row) -> RetryConfig | None:
    nested = mapping(schedule.get("retry")) or mapping(row.get("retry")) or {}
    flat = {
        "max_attempts": row.get("retry_max_attempts"),
        "delay_seconds": row.get("retry_delay_seconds"),
    }
    told = {
        key: found for key in flat if (found := first({**flat, **nested}, count, key)) is not None
    }
    if not told:
        return None
    # What is never tried again is tried once, however a server counts.
    return RetryConfig(**{**told, "max_attempts": max(1, told.get("max_attempts", 1))})


def notifications_of(row: Row) -> NotificationConfig | None:
    """Who hears of what, where that is told."""
    told = mapping(row.get("notifications"))
    if told is None:
        return None
    return NotificationConfig(
        on_failure=_targets(told.get("on_failure")),
        on_success=_targets(told.get("on_success")),
        on_source_change=_targets(told.get("on_source_change")),
    )


def _targets(value: object) -> tuple[NotificationTarget, ...]:
    rows = [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
    return tuple(
        NotificationTarget(
            type=kind, channel=first(row, text, "channel"), url=first(row, text, "url")
        )
        for row in rows
        if (kind := first(row, text, "type")) is not None
    )


def _wrong_source(row: Row) -> str:
    word = first(row, identifier, "source_type", "source")
    if word is None:
        return "it doesn't say whether it is code or manual"
    return f"its source is neither code nor manual but '{safe_line(word, _REASON)}'"


def _unreadable(reason: str, name: str | None, kind: SourceType | None) -> WorkflowInfo:
    return WorkflowInfo(
        dataset_name=name or placeholder(0),
        source_type=kind or SourceType.CODE,
        status=WorkflowStatus.DISABLED,
        unreadable=reason,
    )

"""Workflows and executions as three generations of the service tell them → the domain.

What differs: `workflow_config` or `config`, `cron_schedule` or `cron_expression`, milliseconds or
seconds, a bare list or one in an envelope, an object or one in a wrapper. All are read alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from dli_tui.domain.errors import ServerError
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from dli_tui.domain.workflow import WorkflowInfo
from dli_tui.wire.envelopes import opened, placeholder
from dli_tui.wire.runs import run_from
from dli_tui.wire.values import (
    Row,
    count,
    first,
    flag,
    identifier,
    kind_of,
    mapping,
    note,
    record,
    seconds,
    text,
)
from dli_tui.wire.workflows import workflow_of

PAUSED: Final = "paused"
_ACTIVE: Final = "active"
_THOUSAND: Final = 1000
_NO_EVENT: Final = frozenset({"manual", "schedule", "scheduled", "cron"})
_OF_TRIGGERS: Final = ("trigger_on_file_upload", "trigger_file_extensions", "timeout_seconds")


class Told(NamedTuple):
    """A workflow as it was told, before it is known whether another bears its name."""

    id: str
    name: str
    info: WorkflowInfo
    moved: tuple[object, ...]
    """What differs once something has run or was changed."""


class Listed(NamedTuple):
    """A page of the list."""

    told: tuple[Told, ...]
    torn: tuple[str, ...]
    """Why a row can't be read, for each of those."""
    came: int
    total: int | None


def listed(reply: object) -> Listed:
    """A page of the list; a row that can't be read costs nothing of the others."""
    page = opened(reply, "workflows")
    told, torn = [], []
    for row in page.rows:
        found = _told(record(row))
        if found is not None:
            told.append(found)
        else:
            is_object = isinstance(row, dict)
            torn.append("it has no id" if is_object else f"{kind_of(row)} came for a workflow")
    return Listed(tuple(told), tuple(torn), len(page.rows), page.total)


def unreadable_rows(reasons: Sequence[str]) -> tuple[WorkflowInfo, ...]:
    """Rows that say why they can't be read; nothing is ever sent to them."""
    return tuple(
        WorkflowInfo(
            dataset_name=placeholder(number),
            source_type=SourceType.CODE,
            status=WorkflowStatus.DISABLED,
            unreadable=reason,
        )
        for number, reason in enumerate(reasons)
    )


def one_workflow(reply: object) -> Told:
    """One workflow, in a wrapper or not."""
    body = record(reply) or {}
    found = _told(record(body.get("workflow")) or body)
    if found is None:
        raise unreadable("a workflow with its id", reply)
    return found


def changed_workflow(reply: object, own_id: str) -> Told | None:
    """A workflow as it is after a change, where the answer to that tells it."""
    body = record(reply) or {}
    row = record(body.get("workflow")) or body
    found = _told(row)
    tells = "name" in row and ("status" in row or "is_enabled" in row)
    return found if tells and found is not None and found.id == own_id else None


def made_id(reply: object) -> str:
    """The id of a workflow that was made, however much else is told of it."""
    body = record(reply) or {}
    inner = record(body.get("workflow")) or {}
    found = first(inner, identifier, "id") or first(body, identifier, "workflow_id", "id")
    if found is None:
        raise unreadable("the id of a workflow", reply)
    return found


def _told(row: Row | None) -> Told | None:
    own_id = first(row or {}, identifier, "id", "workflow_id")
    if row is None or own_id is None:
        return None
    name = first(row, text, "name") or f"#{own_id}"
    info = workflow_of(_in_our_words(row, own_id, name))
    word = first(row, text, "status") or _ACTIVE
    if info.status is WorkflowStatus.DISABLED and word.strip().casefold() == _ACTIVE:
        # It pauses by disabling: who disabled it, and why, nobody can tell.
        info = info.twin(raw_status=PAUSED)
    moved = tuple(row.get(key) for key in _MOVES)
    return Told(own_id, name, info, moved)


_MOVES: Final = (
    *("total_executions", "successful_executions", "failed_executions"),
    *("execution_count", "success_count", "failure_count", "last_execution_at"),
    # Some change these as a run begins, and count it when it ends.
    *("next_run", "updated_at"),
)


def _in_our_words(row: Row, own_id: str, name: str) -> Row:
    is_scheduled = first(row, flag, "is_scheduled")
    cron = first(row, text, "cron_schedule", "cron_expression")
    return {
        "dataset_name": name,
        "source_type": SourceType.MANUAL.value,
        "status": row.get("status") or _ACTIVE,
        "enabled": row.get("is_enabled"),
        # A cron that is switched off fires never.
        "cron": cron if is_scheduled is not False else None,
        "schedule_text": None if cron and is_scheduled is not False else _starts_on(row),
        "next_run": row.get("next_run"),
        "description": row.get("description"),
        "tags": row.get("tags"),
        "workflow_id": own_id,
        "retry": _retry(row),
        "workflow_config": row.get("workflow_config") or row.get("config"),
        "trigger_config": _trigger(row, cron, is_scheduled=is_scheduled),
        "created_at": row.get("created_at"),
        "updated_at": row.get("updated_at"),
    }


def _retry(row: Row) -> Row | None:
    again = first(row, count, "max_retries")
    return None if again is None else {"max_attempts": again + 1}


def _starts_on(row: Row) -> str | None:
    """What else than a person or a schedule starts it, in words."""
    several = row.get("triggers")
    told = [row.get("trigger_config"), *(several if isinstance(several, list) else ())]
    triggers = [
        one for one in map(mapping, told) if one and first(one, flag, "enabled") is not False
    ]
    kinds = [kind.casefold() for one in triggers if (kind := first(one, text, "type"))]
    if first(row, flag, "trigger_on_file_upload"):
        kinds.append("file_upload")
    events = sorted(set(kinds) - _NO_EVENT)
    return f"on {', '.join(events)}".replace("_", " ") if events else None


def _trigger(row: Row, cron: str | None, *, is_scheduled: bool | None) -> Row | None:
    """What starts it, as far as that isn't its schedule."""
    told = mapping(row.get("trigger_config")) or {}
    triggers = row.get("triggers")
    if not told and isinstance(triggers, list) and triggers:
        told = {"triggers": triggers}
    told |= {key: row[key] for key in _OF_TRIGGERS if row.get(key) not in (None, False)}
    if cron is not None and is_scheduled is False:
        told["cron_schedule"] = f"{cron} (off)"
    return told or None


# Executions


class Execution(NamedTuple):
    """An execution as it was told: the run, and what its steps can be concluded from."""

    run: WorkflowRun
    results: Row
    logs: str


class Executions(NamedTuple):
    """A page of executions."""

    found: tuple[Execution, ...]
    came: int
    total: int | None = None


def executions_of(name: str) -> Callable[[object], Executions]:
    """Reads a page of the executions of a workflow, newest first."""

    def read(reply: object) -> Executions:
        page = opened(reply, "executions")
        found = (_execution(record(row), name) for row in page.rows)
        known = tuple(one for one in found if one is not None)
        return Executions(known, len(page.rows), page.total)

    return read


def one_execution(reply: object, name: str = "") -> Execution:
    """One execution, in a wrapper or not."""
    body = record(reply) or {}
    found = _execution(record(body.get("execution")) or body, name)
    if found is None:
        raise unreadable("an execution with its id", reply)
    return found


def started_id(reply: object) -> str:
    """The id of an execution that was started."""
    body = record(reply) or {}
    inner = record(body.get("execution")) or {}
    found = first(inner, identifier, "id") or first(body, identifier, "execution_id", "id")
    if found is None:
        raise unreadable("the id of an execution", reply)
    return found


def _execution(row: Row | None, name: str) -> Execution | None:
    run_id = first(row or {}, identifier, "id", "execution_id")
    if row is None or run_id is None:
        return None
    told: dict[str, Any] = {
        **row,
        "dataset_name": name,
        "params": row.get("trigger_data"),
        "duration_seconds": _seconds(row),
        "result_data": row.get("result_data") or row.get("result"),
    }
    run = run_from(told, run_id, dataset_name=name, source_type=SourceType.MANUAL)
    results = mapping(row.get("result_data")) or mapping(row.get("result")) or {}
    return Execution(run, results, first(row, note, "logs") or "")


def _seconds(row: Row) -> float | None:
    milliseconds = first(row, seconds, "execution_time_ms")
    if milliseconds is not None:
        return milliseconds / _THOUSAND
    return first(row, seconds, "duration")


def word_of(status: RunStatus | None) -> str | None:
    """The service's word to filter by; none where it has none, or none of ours."""
    return None if status is None else _WORDS.get(status)


_WORDS: Final = {
    RunStatus.PENDING: "pending",
    RunStatus.RUNNING: "running",
    RunStatus.COMPLETED: "completed",
    RunStatus.FAILED: "failed",
    RunStatus.KILLED: "cancelled",
}


def is_last(came: int, size: int, reached: int, total: int | None) -> bool:
    """Whether a page is the last: a service may give smaller pages than it is asked for."""
    if came == 0 or total is None:
        return came < size
    return reached >= total


def another(what: str) -> ServerError:
    """The error for an answer about something else of the kind."""
    return ServerError(f"The service told of another {what} than the one that was asked for")


def unreadable(expected: str, value: object) -> ServerError:
    """The error for something else in place of what was asked for."""
    return ServerError(
        f"The service's answer can't be read: {expected} was expected, {kind_of(value)} came"
    )

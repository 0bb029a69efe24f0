"""Sagas as three generations of the orchestrator tell them → the domain."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from dli_tui.backends.pyairtable.convert import unreadable
from dli_tui.domain.saga import PublishedEvent, Saga, SagaStep, SagaType
from dli_tui.domain.status import SagaStatus, StepStatus
from dli_tui.wire.envelopes import opened
from dli_tui.wire.values import (
    Row,
    count,
    differing,
    first,
    identifier,
    mapping,
    moment,
    note,
    record,
    text,
    words,
)

_LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)
_EXECUTION: Final = re.compile(r"(?:^|[^a-z])execution[-_:](\w+)$", re.IGNORECASE)
_WORKFLOW: Final = re.compile(
    r"(?:^|[^a-z])workflow[-_:](\w+?)[-_:]execution[-_:]\w+$", re.IGNORECASE
)
_UNDOING: Final = {
    "compensating": StepStatus.RUNNING,
    "compensated": StepStatus.COMPLETED,
    "compensation_failed": StepStatus.FAILED,
}
"""What some say of a step whose undoing has begun."""


class SagaPage(NamedTuple):
    """A page of the list."""

    sagas: tuple[Saga, ...]
    came: int
    total: int | None


def page_of(reply: object) -> SagaPage:
    """A page of the list."""
    page = opened(reply, "sagas")
    found = (_saga(record(row)) for row in page.rows)
    return SagaPage(tuple(one for one in found if one is not None), len(page.rows), page.total)


def saga_of(reply: object) -> Saga:
    """One saga."""
    body = record(reply) or {}
    found = _saga(record(body.get("saga")) or body)
    if found is None:
        raise unreadable("a saga with its id", reply)
    return found


def _saga(row: Row | None) -> Saga | None:
    saga_id = first(row or {}, identifier, "id", "saga_id")
    if row is None or saga_id is None:
        return None
    word = first(row, text, "status")
    status = SagaStatus.UNKNOWN if word is None else SagaStatus.of(word)
    steps = _steps(row.get("steps"), status)
    began = first(row, moment, "started_at")
    return Saga(
        saga_id=saga_id,
        saga_type=first(row, text, "saga_type", "type")
        or first(mapping(row.get("metadata")) or {}, text, "workflow_type")
        or first(row, text, "pattern")
        or "saga",
        status=status,
        raw_status=differing(word, status),
        correlation_id=first(row, identifier, "correlation_id"),
        tenant_id=first(row, identifier, "tenant_id"),
        input_data=mapping(row.get("input_data")) or mapping(row.get("metadata")) or {},
        steps=steps,
        current_step=first(row, count, "current_step"),
        total_steps=first(row, count, "total_steps"),
        error_message=first(row, note, "error_message", "error"),
        created_at=first(row, moment, "created_at") or began,
        started_at=began,
        finished_at=first(row, moment, "completed_at", "finished_at"),
    )


def flat_steps(reply: object) -> tuple[SagaStep, ...]:
    """The steps of a saga that are told apart from it."""
    body = record(reply) or {}
    status = SagaStatus.of(first(body, text, "status") or "")
    return _steps(body.get("steps"), status)


def _steps(value: object, status: SagaStatus) -> tuple[SagaStep, ...]:
    rows = value if isinstance(value, list) else []
    told = (record(row) for row in rows)
    return tuple(
        _step(row, place, status) for place, row in enumerate(told, start=1) if row is not None
    )


def _step(row: Row, place: int, of: SagaStatus) -> SagaStep:
    word = first(row, text, "status") or "pending"
    undoing = _UNDOING.get(word.strip().casefold())
    status = StepStatus.of(word) if undoing is None else StepStatus.COMPLETED
    compensation = command_of(row, "compensation_command", "compensation_action", "compensation")
    return SagaStep(
        name=first(row, text, "name", "step_name", "step_id", "id") or f"step {place}",
        service=first(row, text, "service", "service_url"),
        command=command_of(row, "command", "action"),
        compensation=compensation,
        status=status,
        compensation_status=undoing or _compensation(of, status, can_be=compensation is not None),
        error_message=first(row, note, "error_message", "error"),
        started_at=first(row, moment, "started_at"),
        finished_at=first(row, moment, "completed_at", "finished_at"),
    )


_GOES_BACK: Final = frozenset({SagaStatus.COMPENSATING, SagaStatus.COMPENSATED})


def _compensation(of: SagaStatus, status: StepStatus, *, can_be: bool) -> StepStatus | None:
    """Where only the saga says that it is compensated, it isn't told how each compensation ended:
    a saga was seen to be so though one had failed, or a step had ended too late for its own."""
    is_called_for = status is StepStatus.COMPLETED and can_be
    return StepStatus.UNKNOWN if is_called_for and of in _GOES_BACK else None


def command_of(row: Row, *keys: str) -> str | None:
    """What is done, as a word; a command with data is told by its action."""
    for key in keys:
        value = row.get(key)
        told = text(value)
        if told is None and isinstance(value, dict):
            told = first(value, text, "action", "command", "name", "type")
        if told is not None:
            return told
    return None


def types_of(reply: object) -> tuple[SagaType, ...]:
    """The kinds that can be started; the flat ones are called templates."""
    body = record(reply) or {}
    key = "saga_types" if "saga_types" in body else "templates"
    rows = (record(row) or {"name": row} for row in opened(reply, key).rows)
    found = (_type(row) for row in rows)
    return tuple(one for one in found if one is not None)


def _type(row: Row) -> SagaType | None:
    name = first(row, text, "name", "saga_type", "type")
    if name is None:
        return None
    return SagaType(
        name=name,
        description=first(row, note, "description"),
        required_fields=words(row.get("required_fields")),
        optional_fields=words(row.get("optional_fields")),
    )


def started_id(reply: object) -> str:
    """The id of a saga that was started."""
    found = first(record(reply) or {}, identifier, "saga_id", "id")
    if found is None:
        raise unreadable("the id of a saga", reply)
    return found


def event_of(event_type: str, reply: object) -> PublishedEvent:
    """An event that was told."""
    row = record(reply) or {}
    return PublishedEvent(
        event_type=event_type,
        event_id=first(row, identifier, "event_id", "id"),
        status=first(row, text, "status"),
    )


def age(saga: Saga) -> datetime:
    """For the newest first."""
    return saga.created_at or saga.started_at or _LONG_AGO


def execution_of(saga: Saga) -> str | None:
    """The id of the execution that a saga belongs to, where it says so."""
    found = _EXECUTION.search(saga.correlation_id or "")
    if found is not None:
        return found[1]
    given: dict[str, Any] = saga.input_data
    return identifier(given.get("execution_id"))


def workflow_of(saga: Saga) -> str | None:
    """The id of the workflow that its execution is of, where it says so."""
    found = _WORKFLOW.search(saga.correlation_id or "")
    return identifier(saga.input_data.get("workflow_id")) if found is None else found[1]


def is_of(saga: Saga, run_id: str, workflow_id: str | None = None) -> bool:
    """Whether it belongs to that execution.

    Several services may share an orchestrator, and each numbers its executions from 1.
    """
    its_own = workflow_of(saga)
    is_of_another = None not in (its_own, workflow_id) and its_own != workflow_id
    return execution_of(saga) == run_id and not is_of_another

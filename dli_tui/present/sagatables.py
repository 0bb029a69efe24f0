"""Sagas as the commands print them: a list, and one in two lanes, what was done and undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from dli_tui.domain.saga import Saga, SagaStep
from dli_tui.domain.status import SagaStatus, StepStatus
from dli_tui.present import facts, words
from dli_tui.present.besides import UNDER_WAY
from dli_tui.present.filling import hidden
from dli_tui.present.jsonline import json_line
from dli_tui.present.tables import Cells

COLUMNS: Final = ("SAGA", "TYPE", "STATUS", "DONE", "UNDONE", "CREATED")
LANE_COLUMNS: Final = ("STEP", "SERVICE", "COMMAND", "DONE", "COMPENSATION", "UNDONE")
_LONGEST: Final = 2_000


def sagas(found: Sequence[Saga]) -> list[Cells]:
    """The sagas of a list as cells."""
    return [
        (
            words.name(one.saga_id),
            words.word(one.saga_type),
            status(one),
            _done(one),
            _undone(one.steps),
            words.moment(one.created_at, seconds=True),
        )
        for one in found
    ]


def footer(shown: int, total: int) -> str:
    """How many are shown, and how many there are."""
    return f"Total: {words.plural(shown, 'saga')} shown ({total:,} available)"


def status(saga: Saga) -> str:
    """Where it stands, the server's own word where ours says nothing."""
    if saga.status is SagaStatus.UNKNOWN and saga.raw_status:
        return f"unknown ({words.word(saga.raw_status)})"
    asked = saga.cancel_requested and saga.status in UNDER_WAY
    return f"{saga.status} (cancel requested)" if asked else saga.status


def about(saga: Saga) -> Iterator[tuple[str, str | None]]:
    """What is known of a saga beside its steps."""
    yield "Saga", saga.saga_id
    yield "Type", saga.saga_type
    yield "Status", status(saga)
    yield "Correlation", saga.correlation_id
    yield "Tenant", saga.tenant_id
    yield "Data", ", ".join(facts.pairs(hidden(saga.input_data)))
    yield "Created", _moment(saga.created_at)
    yield "Started", _moment(saga.started_at)
    yield "Finished", _moment(saga.finished_at)
    yield "Error", saga.error_message


def request(wanted: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What would be sent, by the names that it has on its way."""
    for key, value in wanted.items():
        label = key.replace("_", " ").capitalize()
        yield label, value if isinstance(value, str) else json_line(value, _LONGEST)


def lanes(steps: Sequence[SagaStep]) -> tuple[list[Cells], list[str | None]]:
    """What was done of each step and what was undone, and its error to stand below it."""
    cells: list[Cells] = [
        (
            words.name(one.name),
            words.word(one.service),
            words.word(one.command),
            one.status,
            words.word(one.compensation),
            _compensation(one.compensation_status),
        )
        for one in steps
    ]
    errors = [f"  {words.word(one.error_message)}" if one.error_message else None for one in steps]
    return cells, errors


def _compensation(status: StepStatus | None) -> str:
    if status is None:
        return words.NOTHING
    return "not told" if status is StepStatus.UNKNOWN else status


def _moment(at: datetime | None) -> str | None:
    return None if at is None else words.moment(at, seconds=True)


def _done(saga: Saga) -> str:
    """How many of its steps are done; by its own count where a list tells no steps."""
    steps = saga.steps
    if not steps and saga.total_steps is not None:
        behind = words.NOTHING if saga.current_step is None else saga.current_step
        return f"{behind}/{saga.total_steps}"
    return f"{sum(one.status is StepStatus.COMPLETED for one in steps)}/{len(steps)}"


def _undone(steps: Sequence[SagaStep]) -> str:
    """How many are undone, of those that are to be; `?` where that isn't told."""
    to_undo = [one.compensation_status for one in steps if one.compensation_status is not None]
    if not to_undo:
        return words.NOTHING
    if StepStatus.UNKNOWN in to_undo:
        return f"?/{len(to_undo)}"
    return f"{sum(one is StepStatus.COMPLETED for one in to_undo)}/{len(to_undo)}"

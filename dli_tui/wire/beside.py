"""What stands beside 000 under /api/v1/x/: the replies of a server of ours, read back.

They carry our own models as JSON, so they are checked as a whole; what can't be read is one
error. Text that is only ever shown is made safe here, as everywhere on the wire.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from dli_tui.domain.backfill import Backfill, BackfillDate, BackfillForecast, RunDates
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ServerError
from dli_tui.domain.health import Health
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.log import LogChunk, LogLine
from dli_tui.domain.page import Changes
from dli_tui.domain.retry import RetryPlan
from dli_tui.domain.saga import Saga, SagaType
from dli_tui.domain.step import Step
from dli_tui.domain.template import Template, TemplateCategory
from dli_tui.domain.text import safe, safe_line
from dli_tui.wire.envelopes import opened
from dli_tui.wire.runs import run_of
from dli_tui.wire.values import (
    Row,
    day,
    first,
    flag,
    identifier,
    kind_of,
    mapping,
    moment,
    record,
    source,
    text,
)
from dli_tui.wire.workflows import workflow_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.value import Value
    from dli_tui.domain.workflow import WorkflowInfo

    V = TypeVar("V", bound=Value)

T = TypeVar("T")
_MAX_LABEL: Final = 60
_MAX_REASON: Final = 200


class Offer(NamedTuple):
    """What a server of ours says of itself and of whoever asks."""

    label: str
    capabilities: frozenset[Capability]
    reasons: Mapping[Capability, str]
    """Why some aren't offered, where that is known."""
    supervises: bool = False
    """Whether it starts the dates of a backfill itself, as the place behind it can't."""


def offer_of(reply: object) -> Offer:
    """What is offered; a capability of a newer server is read over."""
    body = record(reply) or {}
    names = body.get("capabilities")
    if not isinstance(names, list):
        raise _unreadable("a list of capabilities", body.get("capabilities"))
    known = {one.name: one for one in Capability}
    reasons = mapping(body.get("reasons")) or {}
    return Offer(
        label=safe_line(first(body, text, "label") or "this Basecamp server", _MAX_LABEL),
        capabilities=frozenset(one for one in Capability if one.name in names),
        reasons={
            known[name]: safe_line(reason, _MAX_REASON)
            for name, reason in reasons.items()
            if name in known and isinstance(reason, str)
        },
        supervises=first(body, flag, "supervises") or False,
    )


def rows_of(reply: object) -> tuple[WorkflowInfo, ...]:
    """The rows of one name."""
    return tuple(map(workflow_of, opened(reply, "workflows").rows))


def changes_of(reply: object) -> Changes:
    """What moved; `whole` without rows means that the list has to be asked for."""
    body = record(reply) or {}
    cursor = first(body, text, "cursor")
    if cursor is None:
        raise _unreadable("a cursor", body.get("cursor"))
    gone = opened(body, "gone").rows
    return Changes(
        cursor,
        tuple(map(workflow_of, opened(body, "workflows").rows)),
        tuple(key for row in gone if (key := _key(row)) is not None),
        whole=first(body, flag, "whole") or False,
    )


def runs_by_name(reply: object) -> dict[str, tuple[WorkflowRun, ...]]:
    """The recent runs of several workflows."""
    found = record((record(reply) or {}).get("runs"))
    if found is None:
        raise _unreadable("runs by name", reply)
    return {
        name: tuple(run_of(run, dataset_name=name) for run in runs)
        for name, runs in found.items()
        if isinstance(runs, list)
    }


def backfill_of(reply: object) -> Backfill:
    """A backfill with each of its dates."""
    body = record(reply) or {}
    dates = opened(body, "dates").rows
    return Backfill(
        whole=run_of(body.get("whole")),
        timezone=first(body, text, "timezone") or "UTC",
        parallel=first(body, flag, "parallel") or False,
        by_hand=first(body, flag, "by_hand") or False,
        is_held=first(body, flag, "is_held") or False,
        runs_on=first(body, flag, "runs_on") or False,
        dates=tuple(date for row in dates if (date := _date(record(row) or {})) is not None),
    )


def forecast_of(content: bytes) -> BackfillForecast:
    """Which dates of a backfill would run."""
    return _read(BackfillForecast, content)


def run_dates_of(content: bytes) -> RunDates:
    """The dates of a schedule."""
    return _read(RunDates, content)


def backfills_of(reply: object) -> tuple[Backfill, ...]:
    """The backfills that are under way or were lately."""
    return tuple(map(backfill_of, opened(reply, "backfills").rows))


def steps_of(content: bytes) -> tuple[Step, ...]:
    """The steps of a run."""
    return tuple(_safe(step, "error_message") for step in _read(tuple[Step, ...], content))


def retry_plan_of(content: bytes) -> RetryPlan:
    """What a retry would run again."""
    return _read(RetryPlan, content)


def log_of(content: bytes) -> LogChunk:
    """The lines that came since a cursor."""
    chunk = _read(LogChunk, content)
    return chunk.twin(lines=tuple(map(_safe_line_of, chunk.lines)))


def templates_of(content: bytes) -> tuple[Template, ...]:
    """The templates that fit."""
    return tuple(map(_safe_template, _read(tuple[Template, ...], content)))


def template_of(content: bytes) -> Template:
    """One template."""
    return _safe_template(_read(Template, content))


def categories_of(content: bytes) -> tuple[TemplateCategory, ...]:
    """The shelves of templates."""
    return _read(tuple[TemplateCategory, ...], content)


def sagas_of(content: bytes) -> tuple[Saga, ...]:
    """The sagas, newest first."""
    return tuple(map(_safe_saga, _read(tuple[Saga, ...], content)))


def saga_of(content: bytes) -> Saga:
    """One saga with its steps."""
    return _safe_saga(_read(Saga, content))


def saga_types_of(content: bytes) -> tuple[SagaType, ...]:
    """The kinds of saga that can be started."""
    return tuple(_safe(kind, "description") for kind in _read(tuple[SagaType, ...], content))


def health_of(content: bytes) -> Health:
    """How the server is doing."""
    health = _read(Health, content)
    return health.twin(
        components=tuple(_safe(part, "message") for part in health.components),
        import_errors=None
        if health.import_errors is None
        else tuple(_safe(one, "message") for one in health.import_errors),
        warnings=tuple(_safe(one, "message") for one in health.warnings),
    )


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401 - a model, or a tuple of such
    return TypeAdapter(kind)


def _read(kind: type[T], content: bytes) -> T:
    # Raised after the block: pydantic's error holds what was sent.
    try:
        found: T = _adapter(cast("Any", kind)).validate_json(content)
    except ValidationError as problem:
        first_one = problem.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(step) for step in first_one["loc"])
        reason = f"{place}: {first_one['msg']}" if place else first_one["msg"]
    else:
        return found
    raise ServerError(f"The server's answer can't be read: {safe_line(reason, _MAX_REASON)}")


def _safe(model: V, field: str) -> V:
    value = getattr(model, field)
    clean = None if value is None else safe(value)
    return model if clean == value else model.twin(**{field: clean})


def _safe_line_of(line: LogLine) -> LogLine:
    return _safe(line, "text")


def _safe_template(template: Template) -> Template:
    return _safe(template, "description")


def _safe_saga(saga: Saga) -> Saga:
    steps = tuple(_safe(step, "error_message") for step in saga.steps)
    return _safe(saga, "error_message").twin(steps=steps)


def _date(row: Row) -> BackfillDate | None:
    slot, run = first(row, moment, "slot"), record(row.get("run"))
    if slot is None:
        return None
    return BackfillDate(
        slot=slot,
        day=first(row, day, "day") or slot.date(),
        run=None if run is None else run_of(run),
    )


def _key(row: object) -> WorkflowKey | None:
    told = record(row) or {}
    name = first(told, identifier, "dataset_name")
    return None if name is None else WorkflowKey(name, first(told, source, "source_type"))


def _unreadable(expected: str, value: object) -> ServerError:
    return ServerError(
        f"The server's answer can't be read: {expected} was expected, {kind_of(value)} came"
    )

"""Templates, sagas and health, as models, into what a screen holds. Loads the models."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

from dli_tui.domain.health import Health, ImportFailure, WorkflowWarning
from dli_tui.domain.saga import Saga, SagaStep, SagaType
from dli_tui.domain.status import SagaStatus, StepStatus
from dli_tui.domain.template import Template, TemplateCategory, TemplateStep, TemplateUsage
from dli_tui.domain.text import safe_line
from dli_tui.present import crons, facts, filling, words
from dli_tui.present.besides import (
    UNDER_WAY,
    BrokenRow,
    BudgetRow,
    HealthSheet,
    LaneRow,
    PartRow,
    SagaKind,
    SagaRow,
    TemplateRow,
    TemplateSheet,
    TemplateStepRow,
    Usage,
    UsageChart,
)

__all__ = [
    "counted",
    "health_sheet",
    "lane_rows",
    "saga_kind",
    "saga_row",
    "shelves",
    "template_row",
    "template_sheet",
    "usage",
]

_LONGEST: Final = 200
_WHOLE: Final = 100
_NUMBERS: Final = {"active_executions": "runs under way"}
"""Numbers that are called otherwise here than by servers."""
_MOST_SETTINGS: Final = 50
_MOST_LINES: Final = 20


def shelves(categories: Sequence[TemplateCategory]) -> dict[str, str]:
    """How the categories are shown, by their raw names, in the server's order."""
    return {one.name: words.word(one.display_name or one.name) for one in categories}


def counted(
    categories: Sequence[TemplateCategory], templates: Sequence[Template]
) -> dict[str, str]:
    """The same with how many stand there: `Integration (5)`; counted here where nobody tells."""
    here = Counter(one.category for one in templates)
    names = shelves(categories)
    return {one.name: f"{names[one.name]} ({one.count or here[one.name]:,})" for one in categories}


def template_row(template: Template, shown: Mapping[str, str]) -> TemplateRow:
    """One line of the templates; `shown` are the names of the shelves."""
    found_by = " ".join((template.name, template.description or "", *template.tags))
    return TemplateRow(
        raw=template.id,
        name=words.name(template.name),
        category=template.category,
        shelf=shown.get(template.category) or words.word(template.category),
        tags=safe_line(", ".join(template.tags), _LONGEST),
        labels=tuple(map(words.word, template.tags)),
        steps=len(template.steps),
        uses=template.usage_count,
        version=_shown(template.version),
        found_by=safe_line(found_by).casefold(),
    )


def template_sheet(template: Template, row: TemplateRow) -> TemplateSheet:
    """All that is known of one template."""
    trigger = template.default_trigger_config or {}
    kind = _shown(str(trigger.get("type") or ""))
    enabled = trigger.get("enabled") is not False
    cron = template.default_cron_schedule or ""
    return TemplateSheet(
        row=row,
        description=_shown(template.description),
        steps=tuple(_template_step(step) for step in template.steps),
        fields=filling.open_fields(template),
        trigger=kind and f"{kind}{'' if enabled else ', off'}",
        takes_uploads=kind == "file_upload" and enabled,
        extensions=_extensions(trigger),
        cron=cron,
        schedule=crons.words_of(cron) if cron else "",
        is_scheduled=bool(cron) and kind == "schedule" and enabled,
        is_public=template.is_public,
        created=template.created_at,
        updated=template.updated_at,
    )


def usage(told: TemplateUsage) -> Usage:
    """How a template is used, whatever a server tells of that."""
    charts = (
        UsageChart(
            words.word(name).replace("_", " "),
            words.word(points[0].label),
            words.word(points[-1].label),
            tuple(point.count for point in points),
        )
        for name, points in told.series.items()
        if points
    )
    return Usage(tuple(_fact(*one) for one in told.facts.items()), tuple(charts))


def _fact(name: str, value: str | float) -> tuple[str, str]:
    label = words.word(name).replace("_", " ")
    match value:
        case bool():
            return label, "yes" if value else "no"
        case str():
            return label, safe_line(value, _LONGEST)
        case _:
            return label, _number(name, float(value))


def saga_row(saga: Saga) -> SagaRow:
    """One saga."""
    steps = saga.steps
    to_undo = [step for step in steps if step.compensation_status is not None]
    status = saga.status
    return SagaRow(
        raw=saga.saga_id,
        name=words.name(saga.saga_id),
        kind=words.name(saga.saga_type),
        status=status,
        word=_shown(saga.raw_status) if status is SagaStatus.UNKNOWN else "",
        cancelling=saga.cancel_requested and status in UNDER_WAY,
        done=sum(step.status is StepStatus.COMPLETED for step in steps),
        total=len(steps),
        undone=None
        if any(step.compensation_status is StepStatus.UNKNOWN for step in to_undo)
        else sum(step.compensation_status is StepStatus.COMPLETED for step in to_undo),
        to_undo=len(to_undo),
        created=saga.created_at,
        started=saga.started_at,
        finished=saga.finished_at,
        error=_shown(saga.error_message),
        correlation=_shown(saga.correlation_id),
        tenant=_shown(saga.tenant_id),
        inputs=tuple(facts.pairs(filling.hidden(saga.input_data))),
        found_by=safe_line(
            f"{saga.saga_id} {saga.saga_type} {saga.correlation_id or ''}"
        ).casefold(),
    )


def lane_rows(saga: Saga) -> list[LaneRow]:
    """The steps of a saga, in order."""
    return [_lane(place, step) for place, step in enumerate(saga.steps)]


def saga_kind(kind: SagaType) -> SagaKind:
    """A kind of saga that can be started."""
    return SagaKind(
        raw=kind.name,
        name=words.name(kind.name),
        says=_shown(kind.description),
        required=kind.required_fields,
        optional=kind.optional_fields,
    )


def health_sheet(health: Health) -> HealthSheet:
    """A report as a whole."""
    service = " ".join(part for part in (health.service, health.version) if part)
    return HealthSheet(
        status=health.status,
        service=_shown(service),
        at=health.timestamp,
        parts=tuple(
            PartRow(words.name(one.name), one.status, _shown(one.message), one.heartbeat_at)
            for one in health.components
        ),
        metrics=tuple(
            (_NUMBERS.get(name, words.name(name).replace("_", " ")), _number(name, value))
            for name, value in health.metrics.items()
        ),
        broken=None if health.import_errors is None else tuple(map(_broken, health.import_errors)),
        warned=tuple(map(_broken, health.warnings)),
        budgets=tuple(
            BudgetRow(words.name(one.name), one.limit, one.remaining, one.resets_at, one.slowed)
            for one in health.budgets
        ),
    )


def _broken(one: ImportFailure | WorkflowWarning) -> BrokenRow:
    lines = (line for line in one.message.splitlines() if line.strip())
    # What is wrong stands at the end of a traceback.
    said = tuple(map(_shown, deque(lines, _MOST_LINES)))
    return BrokenRow(words.name(one.name), said, one.at)


def _extensions(trigger: Mapping[str, Any]) -> str:
    """The file extensions of a trigger, whichever way it lists them."""
    told = trigger.get("file_extensions") or trigger.get("extensions") or ""
    joined = ",".join(map(str, told)) if isinstance(told, list) else str(told)
    return filling.extensions(joined)[0]


def _template_step(step: TemplateStep) -> TemplateStepRow:
    settings = tuple(facts.pairs(step.config))[:_MOST_SETTINGS]
    return TemplateStepRow(words.name(step.name), words.word(step.type), settings)


def _lane(place: int, step: SagaStep) -> LaneRow:
    return LaneRow(
        place=place,
        name=words.name(step.name),
        service=_shown(step.service),
        command=_shown(step.command),
        compensation=_shown(step.compensation),
        status=step.status,
        undoing=step.compensation_status,
        error=_shown(step.error_message),
        started=step.started_at,
        finished=step.finished_at,
    )


def _number(name: str, value: float) -> str:
    # Up to 1 a rate may be a part of one, and then there is nothing to tell that by.
    unit = "%" if "rate" in name.split("_") and 1 < value <= _WHOLE else ""
    return f"{value:,.0f}{unit}" if value.is_integer() else f"{value:,.1f}{unit}"


def _shown(raw: str | None) -> str:
    return safe_line(raw) if raw else ""

"""The templates of a service: read in whatever shape, written as seed 003 has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from dli_tui.backends.http.exchange import Asked
from dli_tui.backends.pyairtable.convert import is_last, unreadable
from dli_tui.backends.pyairtable.line import Line
from dli_tui.backends.pyairtable.place import TEMPLATES
from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.domain.template import Template, TemplateCategory, TemplateUsage, UsagePoint
from dli_tui.wire.envelopes import opened
from dli_tui.wire.failures import Operation
from dli_tui.wire.values import (
    Row,
    count,
    first,
    flag,
    identifier,
    mapping,
    moment,
    note,
    number,
    record,
    text,
    words,
)

if TYPE_CHECKING:
    from dli_tui.domain.template import NewFromTemplate, TemplateDraft

_PAGE: Final = 100
_NOT_FOUND: Final = frozenset({404})
_LONGEST_NUMBER: Final = 18
_LABELS: Final = ("date", "day", "label", "period", "month", "week", "hour", "name")
_COUNTS: Final = ("count", "uses", "usage_count", "value", "total", "executions")


class Shelf:
    """Questions about templates, and their writes."""

    def __init__(self, line: Line) -> None:
        self._line = line

    async def templates(
        self, category: str | None = None, search: str | None = None
    ) -> tuple[Template, ...]:
        """Those that fit, private ones too.

        Tags are compared where they are asked for: some services mean any of several, some all.
        """
        given = {"category": category, "search": search}
        query: dict[str, str | int] = {key: value for key, value in given.items() if value}
        found: dict[str, Template] = {}
        page, seen = 1, 0
        while True:
            asked = Asked(
                Operation.TEMPLATES,
                TEMPLATES,
                {**query, "public_only": "false", "page": page, "page_size": _PAGE},
            )
            rows, came, total = await self._line.read(asked, _page_of)
            fresh = {one.id: one for one in rows if one.id not in found}
            found |= fresh
            page, seen = page + 1, seen + came
            if not fresh or is_last(came, _PAGE, seen, total):
                return tuple(found.values())

    async def categories(self) -> tuple[TemplateCategory, ...]:
        """The shelves, with what stands on each."""
        asked = Asked(Operation.TEMPLATES, f"{TEMPLATES}/categories")
        return await self._line.read(asked, categories_of)

    async def template(self, template_id: str) -> Template:
        """One template; DLI-800 when there is none."""
        asked = Asked(Operation.TEMPLATES, _path(template_id), expected=_NOT_FOUND)
        told = await self._line.ask(asked, template_of)
        if told.value is None:
            raise no_such_template(template_id)
        return told.value

    async def usage(self, template_id: str) -> TemplateUsage:
        """How it is used."""
        path = f"{_path(template_id)}/usage-stats"
        asked = Asked(Operation.TEMPLATES, path, expected=_NOT_FOUND)
        told = await self._line.ask(asked, lambda reply: usage_of(reply, template_id))
        if told.value is None:
            raise no_such_template(template_id)
        return told.value

    async def create(self, draft: TemplateDraft) -> Template:
        """Make one."""
        asked = Asked(Operation.SHELVE, TEMPLATES, method="POST", body=draft_body(draft))
        return await self._line.write(asked, template_of)

    async def update(self, template_id: str, draft: TemplateDraft) -> Template:
        """Change one."""
        path = _path(template_id)
        asked = Asked(Operation.SHELVE, path, method="PUT", body=draft_body(draft))
        return await self._line.write(asked, template_of)

    async def delete(self, template_id: str) -> None:
        """Remove one."""
        asked = Asked(Operation.SHELVE, _path(template_id), method="DELETE", body={})
        await self._line.write(asked, lambda _: None)


def no_such_template(template_id: str) -> WorkflowNotFoundError:
    """DLI-800 for a template."""
    return WorkflowNotFoundError(
        f"Template '{template_id}' not found",
        hint="See the templates with: dli-tui template list",
    )


def _path(template_id: str) -> str:
    # The service numbers them, and answers something else to what is no number.
    is_number = template_id.isascii() and template_id.isdigit()
    if not is_number or len(template_id) > _LONGEST_NUMBER:
        raise no_such_template(template_id)
    return f"{TEMPLATES}/{template_id}"


def _page_of(reply: object) -> tuple[tuple[Template, ...], int, int | None]:
    page = opened(reply, "templates")
    found = (_template(record(row)) for row in page.rows)
    return tuple(one for one in found if one is not None), len(page.rows), page.total


def template_of(reply: object) -> Template:
    """One template, in a wrapper or not."""
    body = record(reply) or {}
    found = _template(record(body.get("template")) or body)
    if found is None:
        raise unreadable("a template with its id", reply)
    return found


def _template(row: Row | None) -> Template | None:
    own_id = first(row or {}, identifier, "id", "template_id")
    if row is None or own_id is None:
        return None
    is_public = first(row, flag, "is_public")
    return Template(
        id=own_id,
        name=first(row, text, "name") or f"#{own_id}",
        description=first(row, note, "description"),
        category=first(row, text, "category") or "general",
        template_config=first(row, mapping, "template_config", "workflow_config", "config") or {},
        default_trigger_config=first(row, mapping, "default_trigger_config", "trigger_config"),
        default_cron_schedule=first(row, text, "default_cron_schedule", "cron_schedule"),
        is_public=True if is_public is None else is_public,
        version=first(row, identifier, "version"),
        usage_count=first(row, count, "usage_count") or 0,
        tags=words(row.get("tags")),
        created_at=first(row, moment, "created_at"),
        updated_at=first(row, moment, "updated_at"),
    )


def categories_of(reply: object) -> tuple[TemplateCategory, ...]:
    """The shelves; a bare word is one too."""
    return tuple(_category(value) for value in opened(reply, "categories").rows if value)


def _category(value: object) -> TemplateCategory:
    row = record(value) or {"name": value}
    name = first(row, identifier, "name", "category") or "general"
    return TemplateCategory(
        name=name,
        display_name=first(row, text, "display_name") or name.replace("-", " ").title(),
        count=first(row, count, "count") or 0,
    )


def usage_of(reply: object, template_id: str) -> TemplateUsage:
    """Whatever it counts: single values as they are, lists and objects of counts as series."""
    # Kept as it is written out again one day: its names and words are anybody's.
    row = mapping(record(reply))
    if row is None:
        raise unreadable("statistics", reply)
    facts = {key: value for key, value in row.items() if isinstance(value, (str, int, float))}
    facts.pop("template_id", None)
    points = {key: tuple(_points(value)) for key, value in row.items()}
    return TemplateUsage(
        template_id=template_id,
        facts=facts,
        series={key: found for key, found in points.items() if found},
    )


def _points(value: object) -> Iterator[UsagePoint]:
    """Counts over time, as a list of labelled ones or as an object of them."""
    if isinstance(value, dict):
        for key, one in value.items():
            counted = number(one)
            if counted is not None:
                yield UsagePoint(label=key, count=counted)
    elif isinstance(value, list):
        for one in value:
            row = record(one) or {}
            label, counted = first(row, identifier, *_LABELS), first(row, number, *_COUNTS)
            if label is not None and counted is not None:
                yield UsagePoint(label=label, count=counted)


def draft_body(draft: TemplateDraft) -> dict[str, Any]:
    """A template as it is sent; tags travel as one text."""
    body: dict[str, Any] = draft.model_dump(mode="json", exclude_none=True)
    return {**body, "tags": ",".join(draft.tags)}


def from_template_body(request: NewFromTemplate) -> dict[str, Any]:
    """Make a workflow of a template; the service's ids are numbers."""
    body: dict[str, Any] = request.model_dump(mode="json", exclude_none=True)
    _path(request.template_id)
    return {**body, "template_id": int(request.template_id)}

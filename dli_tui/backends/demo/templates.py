"""The demo's four templates."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.domain.query import Registration
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.template import NewFromTemplate, Template, TemplateCategory

_MADE: Final = datetime(2025, 1, 8, 10, tzinfo=UTC)

_KINDS: Final = {"http_request": "http", "delay": "wait", "notification": "http"}
"""The kinds of step of a template that a spec has words for; the others only say something."""


def _step(name: str, kind: str, **config: Any) -> dict[str, Any]:  # noqa: ANN401 - settings are of any type
    return {"name": name, "type": kind, "config": config}


TEMPLATES: Final = (
    Template(
        id="1",
        name="Simple HTTP Request",
        description="Execute a simple HTTP request with optional data processing",
        category="integration",
        template_config={
            "steps": [
                _step("http_request", "http_request", url="{{url}}", method="GET", headers={})
            ]
        },
        default_trigger_config={"type": "manual", "enabled": True},
        version="1.0.0",
        usage_count=5,
        tags=("http", "starter"),
        created_at=_MADE,
        updated_at=_MADE,
    ),
    Template(
        id="2",
        name="Custom Integration Template",
        description="Fetch items from an API and keep the ones that matter",
        category="integration",
        template_config={
            "steps": [
                _step(
                    "fetch_data",
                    "http_request",
                    url="{{api_endpoint}}",
                    method="GET",
                    headers={"Authorization": "Bearer {{api_token}}"},
                ),
                _step(
                    "process_data",
                    "data_transform",
                    transformations=[{"type": "extract", "path": "data.items", "key": "items"}],
                ),
            ]
        },
        default_trigger_config={"type": "schedule", "enabled": False},
        default_cron_schedule="0 9 * * 1",
        version="1.2.0",
        usage_count=12,
        tags=("api", "integration", "custom"),
        created_at=_MADE,
        updated_at=_MADE,
    ),
    Template(
        id="3",
        name="Document Processing",
        description="Validate an uploaded file, read its text, store it and tell somebody",
        category="file-processing",
        template_config={
            "steps": [
                _step("validate", "file_process", action="validate", file_id="{{trigger.file_id}}"),
                _step("extract", "file_process", action="extract", file_id="{{trigger.file_id}}"),
                _step(
                    "store",
                    "http_request",
                    url="{{store_url}}",
                    method="POST",
                    data={"text": "{{steps.extract.content}}"},
                ),
                _step("tell", "notification", type="webhook", webhook_url="{{webhook_url}}"),
            ]
        },
        default_trigger_config={"type": "file_upload", "enabled": True},
        version="2.0.1",
        usage_count=31,
        tags=("files", "ocr"),
        created_at=_MADE,
        updated_at=_MADE,
    ),
    Template(
        id="4",
        name="Nightly Table Sync",
        description="Copy a table every night and check the number of its rows",
        category="sync",
        template_config={
            "steps": [
                _step("fetch", "http_request", url="{{source_url}}", method="GET"),
                _step("check", "conditional", condition="{{steps.fetch.rows}} > {{least_rows}}"),
                _step("write_log", "log", message="{{steps.fetch.rows}} rows copied"),
            ]
        },
        default_trigger_config={"type": "schedule", "enabled": True},
        default_cron_schedule="0 2 * * *",
        version="1.0.3",
        usage_count=8,
        tags=("sync", "tables"),
        created_at=_MADE,
        updated_at=_MADE,
    ),
)


def matching(
    category: str | None, search: str | None, uses: Mapping[str, int]
) -> tuple[Template, ...]:
    """The templates of a category whose name, description or tags have `search` in them."""
    wanted = (search or "").casefold()
    return tuple(
        _used(template, uses)
        for template in TEMPLATES
        if category in (None, template.category)
        and wanted
        in " ".join((template.name, template.description or "", *template.tags)).casefold()
    )


def one(template_id: str, uses: Mapping[str, int]) -> Template:
    """The template of that id; DLI-800 when there is none."""
    for template in TEMPLATES:
        if template.id == template_id:
            return _used(template, uses)
    raise WorkflowNotFoundError(
        f"Template '{template_id}' not found",
        hint="See the templates with: dli-tui template list",
    )


def registration(request: NewFromTemplate) -> Registration:
    """The registration that a filled-in template amounts to."""
    template = one(request.template_id, {}).customised(request.custom_config)
    cron = request.cron_schedule if request.is_scheduled else None
    return Registration(
        request.workflow_name,
        ScheduleConfig(cron=cron),
        description=request.workflow_description or template.description,
        yaml_content=_spec(request.workflow_name, template),
    )


def _spec(name: str, template: Template) -> str:
    """The template's steps as a spec, one after the other."""
    before: list[str] = []
    steps = []
    for step in template.steps:
        kind = _KINDS.get(step.type, "log")
        steps.append({"name": step.name, "type": kind, "needs": before, "config": step.config})
        before = [step.name]
    return json.dumps({"version": "v1", "name": name, "steps": steps})


def _used(template: Template, uses: Mapping[str, int]) -> Template:
    """The template with what was made from it in this demo."""
    return template.twin(usage_count=template.usage_count + uses.get(template.id, 0))


def categories() -> tuple[TemplateCategory, ...]:
    """The shelves, each with its count."""
    names = dict.fromkeys(template.category for template in TEMPLATES)
    return tuple(
        TemplateCategory(
            name=name,
            display_name=name.replace("-", " ").title(),
            count=sum(template.category == name for template in TEMPLATES),
        )
        for name in names
    )

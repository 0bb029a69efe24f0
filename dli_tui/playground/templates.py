"""The templates' endpoints, which only 003 has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dli_tui.playground.automation import recorded
from dli_tui.playground.door import Entry
from dli_tui.playground.moments import zulu
from dli_tui.playground.rates import Rate
from dli_tui.playground.reading import Field, body_of, flag, number, number_in_path
from dli_tui.playground.records import Template
from dli_tui.playground.rows import Row, template_row
from dli_tui.playground.shelf import Shelf, Wanted

_LIST: Final = "/api/v1/templates"
_ONE: Final = _LIST + "/{template_id}"
_LARGEST_PAGE: Final = 100

_NAMES: Final = {
    "template_config": "config",
    "default_trigger_config": "trigger_config",
    "default_cron_schedule": "cron",
}
_FIELDS: Final = (
    Field("description", str),
    Field("default_trigger_config", dict),
    Field("default_cron_schedule", str),
    Field("is_public", bool),
    Field("tags", str),
    Field("version", str),
)
_NEEDED: Final = (("name", str), ("category", str), ("template_config", dict))
_NEW: Final = (*(Field(name, kind, needed=True) for name, kind in _NEEDED), *_FIELDS)
_CHANGED: Final = (*(Field(name, kind) for name, kind in _NEEDED), *_FIELDS)
_MADE: Final = (
    Field("template_id", int, needed=True),
    Field("workflow_name", str, needed=True),
    Field("workflow_description", str),
    Field("custom_config", dict),
    Field("cron_schedule", str),
    Field("is_scheduled", bool),
    Field("trigger_on_file_upload", bool),
)


class Templates:
    """The endpoints of a shelf."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def entries(self) -> Sequence[Entry]:
        """All of them."""
        rate = Rate.TEMPLATES
        return (
            Entry("GET", _LIST, self.all, rate),
            Entry("POST", _LIST, self.create, rate),
            Entry("GET", f"{_LIST}/categories", self.categories, rate),
            Entry("POST", f"{_LIST}/create-workflow", self.create_workflow, rate),
            Entry("GET", _ONE, self.one, rate),
            Entry("PUT", _ONE, self.update, rate),
            Entry("DELETE", _ONE, self.delete, rate),
            Entry("GET", f"{_ONE}/usage-stats", self.usage, rate),
        )

    async def all(self, request: Request) -> Response:
        """A page of the list."""
        query = request.query_params
        wanted = Wanted(
            category=query.get("category"),
            search=query.get("search"),
            tags=tuple(tag.strip() for tag in query.get("tags", "").split(",") if tag.strip()),
            public_only=flag(request, "public_only", default=True),
        )
        page = number(request, "page", 1, least=1)
        size = number(request, "page_size", 20, least=1, most=_LARGEST_PAGE)
        found, start = self._shelf.all(wanted), (page - 1) * size
        return JSONResponse(
            {
                "templates": [_row(one) for one in found[start : start + size]],
                "total": len(found),
                "page": page,
                "page_size": size,
            }
        )

    async def categories(self, _: Request) -> Response:
        """The categories, and how much stands in each."""
        counts = self._shelf.categories()
        told = [
            {"name": name, "count": count, "display_name": name.replace("-", " ").title()}
            for name, count in sorted(counts.items())
        ]
        return JSONResponse({"categories": told, "total": len(told)})

    async def create(self, request: Request) -> Response:
        """A new template."""
        return JSONResponse(_row(self._shelf.create(**_recorded(await body_of(request, *_NEW)))))

    async def one(self, request: Request) -> Response:
        """One template."""
        return JSONResponse(_row(self._shelf.one(_template_id(request))))

    async def update(self, request: Request) -> Response:
        """A template with other values."""
        given = _recorded(await body_of(request, *_CHANGED))
        return JSONResponse(_row(self._shelf.update(_template_id(request), **given)))

    async def delete(self, request: Request) -> Response:
        """Off the shelf with it."""
        which = _template_id(request)
        self._shelf.delete(which)
        return JSONResponse({"message": "Template deleted successfully", "template_id": which})

    async def create_workflow(self, request: Request) -> Response:
        """A workflow made of a template."""
        given = recorded(await body_of(request, *_MADE))
        if "workflow_description" in given:
            given["description"] = given.pop("workflow_description")
        which, name = given.pop("template_id"), given.pop("workflow_name")
        made = self._shelf.made(which, name, given.pop("custom_config", {}), **given)
        return JSONResponse(
            {
                "message": "Workflow created from template",
                "workflow_id": made.id,
                "template_id": which,
            }
        )

    async def usage(self, request: Request) -> Response:
        """What became of a template."""
        return JSONResponse(self._shelf.usage(_template_id(request)))


def _row(template: Template) -> Row:
    return template_row(template, zulu)


def _recorded(given: Mapping[str, Any]) -> dict[str, Any]:
    return {_NAMES.get(key, key): value for key, value in given.items() if value is not None}


def _template_id(request: Request) -> int:
    return number_in_path(request, "template_id")

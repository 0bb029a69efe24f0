"""The OpenAPI document, made of the endpoints and the models that they speak in."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import models_json_schema

from dli_tui._version import __version__
from dli_tui.domain.backfill import BackfillForecast, RunDates
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ErrorCode
from dli_tui.domain.health import Health
from dli_tui.domain.log import LogChunk
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.retry import RetryPlan
from dli_tui.domain.saga import Saga, SagaType
from dli_tui.domain.status import RunStatus, SourceType
from dli_tui.domain.step import Step
from dli_tui.domain.template import Template, TemplateCategory
from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo
from dli_tui.wire.telling import run_word

if TYPE_CHECKING:
    from dli_tui.domain.value import Value
    from dli_tui.server.desk import Endpoint

Schema = dict[str, Any]

_MODELS: Final = (
    *(WorkflowInfo, WorkflowRunResult, DatasetInfo, Step, LogChunk, Health, RetryPlan),
    *(Template, TemplateCategory, Saga, SagaType, BackfillForecast, RunDates),
)
_PLACE: Final = "#/components/schemas/"
_PARAMETER: Final = re.compile(r"\{(\w+):\w+\}")
_TEXT: Final[Schema] = {"type": "string"}
_FLAG: Final[Schema] = {"type": "boolean"}
_ORTEXT: Final[Schema] = {"type": ["string", "null"]}
_FILTERS: Final[dict[str, Schema]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 500},
    "offset": {"type": "integer", "minimum": 0},
    "count": {"type": "integer", "minimum": 1, "maximum": 100},
    "attempt": {"type": "integer", "minimum": 1},
    "map_index": {"type": "integer", "minimum": 0},
    "running_only": _FLAG,
    "enabled_only": _FLAG,
    "include_dataset_info": _FLAG,
    "force": _FLAG,
    "start_date": {"type": "string", "format": "date"},
    "end_date": {"type": "string", "format": "date"},
}
"""What isn't text in a query."""
_SUCCESS: Final = {"GET": "200", "DELETE": "200", "POST": "2XX"}


def document(endpoints: Iterable[Endpoint]) -> Schema:
    """What can be asked for, and what is answered."""
    every = tuple(endpoints)
    paths: dict[str, Schema] = {}
    for endpoint in every:
        path = _PARAMETER.sub(r"{\1}", endpoint.path)
        paths.setdefault(path, {})[endpoint.method.lower()] = _operation(endpoint)
    bodies = {endpoint.takes for endpoint in every if endpoint.takes is not None}
    return {
        "openapi": "3.1.0",
        "info": {"title": "dli-tui", "version": __version__},
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": _answers() | _of(bodies, "validation") | _envelopes(),
        },
    }


def _operation(endpoint: Endpoint) -> Schema:
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": _TEXT}
        for name in _PARAMETER.findall(endpoint.path)
    ] + [
        {"name": name, "in": "query", "schema": _FILTERS.get(name, _TEXT)}
        for name in endpoint.filters
    ]
    answer: Schema = {"description": "Done.", "content": _json(_named(endpoint.told))}
    told: Schema = {
        "summary": inspect.getdoc(endpoint.handler),
        "description": f"Takes the role {endpoint.role}.",
        "parameters": parameters,
        "responses": {
            _SUCCESS[endpoint.method]: answer,
            "default": {"description": "Refused.", "content": _json(_ref("Refusal"))},
        },
    }
    if endpoint.takes is not None:
        told["requestBody"] = {"content": _json(_ref(endpoint.takes.__name__))}
    return told


def _named(told: str) -> Schema:
    if told.endswith("?"):
        return {"anyOf": [_ref(told.removesuffix("?")), {"type": "null"}]}
    if told.startswith("["):
        return {"type": "array", "items": _ref(told.strip("[]"))}
    return _ref(told)


def _ref(name: str) -> Schema:
    return {"$ref": _PLACE + name}


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}


def _of(models: Iterable[type[Value]], mode: Any) -> dict[str, Schema]:  # noqa: ANN401 - pydantic's
    _, found = models_json_schema(
        [(model, mode) for model in models], ref_template=_PLACE + "{model}"
    )
    schemas: dict[str, Schema] = found["$defs"]
    return schemas


def _answers() -> dict[str, Schema]:
    """The models as the wire has them: in its words, and with its names beside ours."""
    schemas = _of(_MODELS, "serialization")
    schemas["RunStatus"]["enum"] = [run_word(status) for status in RunStatus]
    schemas["SourceType"]["enum"] = [source.value.upper() for source in SourceType]
    schemas["RunType"]["enum"] = ["manual", "scheduled", "backfill", "other"]
    run, row, result = (
        schemas[name]["properties"] for name in ("WorkflowRun", "WorkflowInfo", "WorkflowRunResult")
    )
    run |= {"params": run["parameters"], "ended_at": run["finished_at"]}
    row["schedule"] = {"type": "object", "properties": {"cron": _ORTEXT, "timezone": _TEXT}}
    result |= {"params": result["parameters"], "status": _ORTEXT, "run_status": _ORTEXT}
    schemas["Result"] = schemas.pop("WorkflowRunResult") | {"required": ["dataset_name"]}
    for schema in schemas.values():
        # What is null is left out, and what is worked out may be.
        schema["required"] = [one for one in schema.get("required", ()) if one not in _LEFT_OUT]
    return schemas


_LEFT_OUT: Final = frozenset({"duration_seconds"})


def _envelopes() -> dict[str, Schema]:
    """What stands around the models."""

    def many(name: str) -> Schema:
        return {"type": "array", "items": _ref(name)}

    def an_object(**properties: Schema) -> Schema:
        return {"type": "object", "properties": properties, "required": list(properties)}

    names = {"type": "array", "items": {"enum": [one.name for one in Capability]}}
    date = an_object(
        slot={"type": "string", "format": "date-time"},
        day={"type": "string", "format": "date"},
        run={"anyOf": [_ref("WorkflowRun"), {"type": "null"}]},
    )
    return {
        "Offer": an_object(
            label=_TEXT,
            user=_TEXT,
            role=_TEXT,
            capabilities=names,
            reasons={"type": "object"},
            supervises=_FLAG,
        ),
        "Changes": an_object(
            cursor=_TEXT, whole=_FLAG, workflows=many("WorkflowInfo"), gone={"type": "array"}
        ),
        "Rows": an_object(workflows=many("WorkflowInfo")),
        "RecentRuns": an_object(
            runs={"type": "object", "additionalProperties": many("WorkflowRun")}
        ),
        "Backfill": an_object(
            whole=_ref("WorkflowRun"),
            timezone=_TEXT,
            parallel=_FLAG,
            by_hand=_FLAG,
            is_held=_FLAG,
            runs_on=_FLAG,
            dates={"type": "array", "items": date},
        ),
        "Backfills": an_object(backfills=many("Backfill")),
        "Refusal": an_object(
            error=an_object(
                code={"enum": list(ErrorCode)}, message=_TEXT, details={"type": "object"}
            )
        ),
    }

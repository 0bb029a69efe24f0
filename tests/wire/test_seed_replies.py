"""The replies of the seeds, walked: nothing that they tell is lost on the way in.

The files in tests/seeds hold the JSON of the documents. For Basecamp's each value must come
out of our models; for PyAirtable's each key must have a field to go to.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from dli_tui.domain.health import Health, HealthComponent
from dli_tui.domain.page import Page
from dli_tui.domain.query import HistoryQuery
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.saga import Saga
from dli_tui.domain.status import RunStatus, StepStatus
from dli_tui.domain.step import Step
from dli_tui.domain.template import NewFromTemplate, Template, TemplateCategory, TemplateStep
from dli_tui.wire.failures import Operation, failure
from dli_tui.wire.replies import (
    backfill_reply,
    pause_reply,
    run_reply,
    stop_reply,
    unregister_reply,
)
from dli_tui.wire.runs import run_of, runs_of
from dli_tui.wire.workflows import workflow_of, workflows_of

_SEEDS = Path(__file__).parent.parent / "seeds"
_NAME = "iceberg.analytics.daily_clicks"
_Path = tuple[str | int, ...]
_Table = dict[str, tuple[type, str]]


def _seed(name: str) -> Any:
    return json.loads((_SEEDS / f"{name}.json").read_text(encoding="utf-8"))


def _leaves(value: object, path: _Path = ()) -> Iterator[tuple[_Path, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(inner, (*path, index))
    else:
        yield path, value


def _history(reply: object) -> WorkflowRun:
    return runs_of(reply)[0].items[0]


_BASECAMP: dict[str, Callable[[Any], BaseModel]] = {
    "000_run": lambda reply: run_reply(reply, _NAME),
    "000_backfill": lambda reply: backfill_reply(reply, _NAME),
    "000_stop": lambda reply: stop_reply(reply, "asked"),
    "000_status": run_of,
    "000_list": lambda reply: workflows_of(reply).items[0],
    "000_history": _history,
    "000_pause": lambda reply: pause_reply(reply, "asked"),
    "000_register": workflow_of,
    "000_unregister": lambda reply: unregister_reply(reply, "asked"),
    "004_register": workflow_of,
}
# Where a value goes by another name; the longest path that fits is used.
_RENAMED: dict[_Path, _Path] = {
    ("params",): ("parameters",),
    ("schedule",): (),
    ("ended_at",): ("finished_at",),
    **{(f"000_{reply}", "status"): ("run_status",) for reply in ("run", "backfill", "stop")},
    ("000_pause", "status"): ("workflow_status",),
    ("000_unregister", "status"): ("raw_status",),
}
_FOLDED = {
    "SUCCESS": "COMPLETED",
    "MANUAL": "manual",
    "2025-01-01T09:00:00": "2025-01-01T09:00:00Z",
}


def _ours(reply: str, path: _Path) -> _Path:
    if (reply, *path) in _RENAMED:
        return _RENAMED[reply, *path]
    return (*_RENAMED.get(path[:1], path[:1]), *path[1:])


def _at(dump: Any, path: _Path) -> object:
    for step in path:
        dump = dump[step]
    return dump


@pytest.mark.parametrize("reply", _BASECAMP)
def test_each_value_of_a_basecamp_reply_is_found_in_our_model(reply):
    sent = _seed(reply)
    row = sent[0] if isinstance(sent, list) else sent
    dump = _BASECAMP[reply](sent).model_dump(mode="json")
    leaves = list(_leaves(row))
    assert len(leaves) >= 5
    for path, value in leaves:
        assert _at(dump, _ours(reply, path)) == _FOLDED.get(value, value), path


def test_every_basecamp_reply_of_the_seeds_is_walked():
    kept = {path.stem for path in _SEEDS.glob("*.json") if not path.stem.startswith("003")}
    assert kept == set(_BASECAMP)


def test_a_word_that_was_folded_is_still_known():
    assert _history(_seed("000_history")).raw_status == "SUCCESS"


# Keys of PyAirtable's replies, each with the field that holds it. A key under `*` is a name
# of its own (a component, a metric); what lies below a dict field is kept whole.
_TEMPLATE: _Table = {
    "id": (Template, "id"),
    "name": (Template, "name"),
    "description": (Template, "description"),
    "category": (Template, "category"),
    "template_config": (Template, "template_config"),
    "template_config.steps": (Template, "steps"),
    "template_config.steps.name": (TemplateStep, "name"),
    "template_config.steps.type": (TemplateStep, "type"),
    "template_config.steps.config": (TemplateStep, "config"),
    "default_trigger_config": (Template, "default_trigger_config"),
    "default_cron_schedule": (Template, "default_cron_schedule"),
    "is_public": (Template, "is_public"),
    "version": (Template, "version"),
    "usage_count": (Template, "usage_count"),
    "tags": (Template, "tags"),
    "created_at": (Template, "created_at"),
    "updated_at": (Template, "updated_at"),
}
_PYAIRTABLE: dict[str, _Table] = {
    "003_templates": {
        **{f"templates.{key}": field for key, field in _TEMPLATE.items()},
        "templates": (Page, "items"),
        "total": (Page, "total"),
        # Which page of the answer this is: what was asked for, told back.
        "page": (HistoryQuery, "limit"),
        "page_size": (HistoryQuery, "limit"),
    },
    "003_categories": {
        "categories": (Page, "items"),
        "categories.name": (TemplateCategory, "name"),
        "categories.count": (TemplateCategory, "count"),
        "categories.display_name": (TemplateCategory, "display_name"),
        "total": (Page, "total"),
    },
    "003_new_template": _TEMPLATE,
    "003_new_from_template": {
        "template_id": (NewFromTemplate, "template_id"),
        "workflow_name": (NewFromTemplate, "workflow_name"),
        "workflow_description": (NewFromTemplate, "workflow_description"),
        "custom_config": (NewFromTemplate, "custom_config"),
        "cron_schedule": (NewFromTemplate, "cron_schedule"),
        "is_scheduled": (NewFromTemplate, "is_scheduled"),
        "trigger_on_file_upload": (NewFromTemplate, "trigger_on_file_upload"),
    },
    "003_execute": {
        "message": (WorkflowRunResult, "message"),
        "execution_id": (WorkflowRunResult, "run_id"),
        "workflow_id": (WorkflowRunResult, "workflow_id"),
    },
    "003_executions": {
        "id": (WorkflowRun, "run_id"),
        "workflow_id": (WorkflowRun, "workflow_id"),
        "trigger_type": (WorkflowRun, "run_type"),
        "status": (WorkflowRun, "status"),
        "execution_time_ms": (WorkflowRun, "duration_seconds"),
        "retry_count": (WorkflowRun, "retry_count"),
        "created_at": (WorkflowRun, "created_at"),
        "started_at": (WorkflowRun, "started_at"),
        "completed_at": (WorkflowRun, "finished_at"),
        "result_data": (WorkflowRun, "result_data"),
    },
    "003_steps": {
        "id": (Step, "step_id"),
        "step_order": (Step, "order"),
        "step_name": (Step, "name"),
        "step_type": (Step, "type"),
        "status": (Step, "status"),
        "execution_time_ms": (Step, "duration_seconds"),
        "started_at": (Step, "started_at"),
        "completed_at": (Step, "finished_at"),
        "input_data": (Step, "input_data"),
        "output_data": (Step, "output_data"),
        "retry_count": (Step, "attempt"),
    },
    "003_health": {
        "status": (Health, "status"),
        "timestamp": (Health, "timestamp"),
        "service": (Health, "service"),
        "version": (Health, "version"),
        "components": (Health, "components"),
        "components.*": (HealthComponent, "name"),
        "metrics": (Health, "metrics"),
    },
    "003_saga_start": {
        "saga_type": (Saga, "saga_type"),
        "input_data": (Saga, "input_data"),
        "correlation_id": (Saga, "correlation_id"),
        "tenant_id": (Saga, "tenant_id"),
    },
}


def _keys(value: object, table: _Table, path: str = "") -> Iterator[str]:
    """Each key of a reply, down to those that our models hold as a whole."""
    if isinstance(value, list):
        for inner in value:
            yield from _keys(inner, table, path)
    elif isinstance(value, dict):
        for key, inner in value.items():
            here = f"{path}.*" if f"{path}.*" in table else f"{path}.{key}".lstrip(".")
            yield here
            if any(known.startswith(f"{here}.") for known in table):
                yield from _keys(inner, table, here)


def _fields(model: type) -> set[str]:
    if not issubclass(model, BaseModel):
        return set(model.__annotations__)
    properties = {name for name, value in vars(model).items() if isinstance(value, property)}
    return {*model.model_fields, *model.model_computed_fields, *properties}


@pytest.mark.parametrize("reply", _PYAIRTABLE)
def test_each_key_of_a_pyairtable_reply_has_a_field(reply):
    table = _PYAIRTABLE[reply]
    keys = set(_keys(_seed(reply), table))
    assert keys - set(table) == set()
    for key in keys:
        model, field = table[key]
        assert field in _fields(model), key


def test_every_pyairtable_reply_of_the_seeds_is_walked():
    kept = {path.stem for path in _SEEDS.glob("003_*.json")}
    # What its configurations hold is tests/domain/test_configuration's to say.
    assert kept == {*_PYAIRTABLE, "003_error", "003_configurations"}


def test_every_status_word_of_pyairtable_is_known():
    words = {run["status"] for run in _seed("003_executions")}
    assert {RunStatus.of(word) for word in words} == {RunStatus.COMPLETED}
    steps = {step["status"] for step in _seed("003_steps")}
    assert {StepStatus.of(word) for word in steps} == {StepStatus.COMPLETED}


def test_the_error_body_of_003_gives_its_sentence_and_its_code():
    error = failure(404, _seed("003_error"), Operation.GET, dataset_name="999")
    assert (error.code.value, error.message) == ("DLI-800", "Workflow '999' not found")

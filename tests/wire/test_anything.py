"""Whatever a server puts wherever: it is read, or it is an error of ours, and never a crash."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from dli_tui.domain.errors import DLIError, ServerError
from dli_tui.wire import asked, beside, replies
from dli_tui.wire.failures import Operation, failure
from dli_tui.wire.runs import run_of, runs_of
from dli_tui.wire.workflows import workflow_of, workflows_of

_SEEDS = Path(__file__).parent.parent / "seeds"
_NAME = "iceberg.analytics.daily_clicks"
_Path = tuple[str | int, ...]


def _seed(name: str) -> Any:
    return json.loads((_SEEDS / f"000_{name}.json").read_text(encoding="utf-8"))


def _deep(wrap: Callable[[object], object]) -> object:
    value: object = 1
    for _ in range(5_000):
        value = wrap(value)
    return value


_NASTY: list[Callable[[], object]] = [
    lambda: _deep(lambda value: {"a": value}),
    lambda: _deep(lambda value: [value]),
    lambda: '{"a":' * 10_000,
    lambda: 10**400,
    lambda: -(10**400),
    lambda: "\ud800",
    lambda: {"\ud800": "\udfff"},
    lambda: "0001-01-01T00:00:00+23:59",
    lambda: "9999-12-31T23:59:59-23:59",
    lambda: "\x1b]52;c;evil\x07",
    lambda: "9" * 5000,
]
_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=20)
_LEAF = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.floats(), _TEXT),
    st.datetimes().map(lambda moment: moment.isoformat()),
    st.sampled_from(range(len(_NASTY))).map(lambda index: _NASTY[index]()),
)
_JSON = st.recursive(
    _LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
    max_leaves=5,
)

_FULL_RUN = {
    **_seed("status"),
    "error": "no disk",
    "trigger_mode": "manual",
    "backfill_id": "b",
    "logical_date": "2026",
    "ended_at": "2026-01-01",
    "stopped_at": "2026-01-01",
    "result_data": {"a": [1]},
}
_FULL_ROW = {
    **_seed("list")[0],
    "schedule": {
        "cron": "0 6 * * *",
        "timezone": "UTC",
        "enabled": True,
        "retry": {"max_attempts": 3, "delay_seconds": 60},
        "notifications": {"on_failure": [{"type": "slack", "channel": "#a"}]},
    },
    "tags": ["a"],
    "enabled": True,
    "paused": False,
    "warning": "w",
    "active_runs": 1,
    "workflow_config": {"a": [1]},
    "last_run_at": "2026-01-01",
    "last_run_status": "FAILED",
}
_INFO = {"name": "a", "owner": "b", "tags": ["c"], "source_type": "CODE"}
_READERS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "workflows": (workflows_of, {"workflows": [_FULL_ROW, _FULL_ROW], "total_count": 2}),
    "bare workflows": (workflows_of, [_FULL_ROW]),
    "workflow": (workflow_of, {**_FULL_ROW, **_seed("register")}),
    "run": (run_of, _FULL_RUN),
    "runs": (runs_of, {"runs": [_FULL_RUN], "total_count": 1, "dataset_info": _INFO}),
    "run reply": (lambda reply: replies.run_reply(reply, _NAME), _seed("run")),
    "backfill reply": (
        lambda reply: replies.backfill_reply(reply, _NAME),
        {**_seed("backfill"), "runs": [{"run_id": "r"}]},
    ),
    "stop reply": (lambda reply: replies.stop_reply(reply, "r"), _seed("stop")),
    "retry reply": (lambda reply: replies.retry_reply(reply, "r"), _seed("run")),
    "pause reply": (lambda reply: replies.pause_reply(reply, _NAME), _seed("pause")),
    "unregister reply": (
        lambda reply: replies.unregister_reply(reply, _NAME),
        _seed("unregister"),
    ),
}
_KEY = {"dataset_name": _NAME, "source_type": "CODE"}
_BACKFILL = {
    "whole": _FULL_RUN,
    "timezone": "UTC",
    "parallel": True,
    "by_hand": False,
    "dates": [{"slot": "2026-01-01T06:00:00Z", "day": "2026-01-01", "run": _FULL_RUN}],
}
_OFFER = {"label": "l", "user": "u", "capabilities": ["RUN"], "reasons": {"STOP": "no"}}
_MOVED = {"cursor": "c", "whole": False, "workflows": [_FULL_ROW], "gone": [_KEY]}
_STEP = {
    "name": "s",
    "status": "failed",
    "attempt": 1,
    "needs": ["r"],
    "started_at": "2026-01-01T10:00:00Z",
    "reported_seconds": 1.5,
    "error_message": "e",
    "input_data": {"a": [1]},
}
_SAGA = {
    "saga_id": "1",
    "saga_type": "t",
    "status": "failed",
    "input_data": {"a": 1},
    "steps": [{"name": "s", "status": "failed", "error_message": "e"}],
    "created_at": "2026-01-01T10:00:00Z",
}
_TEMPLATE = {
    "id": "1",
    "name": "t",
    "description": "d",
    "usage_count": 1,
    "tags": ["a"],
    "template_config": {"steps": [{"name": "s", "type": "t", "config": {}}]},
}
_HEALTH = {
    "status": "healthy",
    "timestamp": "2026-01-01T10:00:00Z",
    "components": [{"name": "c", "status": "degraded", "message": "m"}],
    "metrics": {"a": 1.5},
    "import_errors": [{"name": "i", "message": "m", "at": "2026-01-01T10:00:00Z"}],
    "budgets": [{"name": "b", "limit": 2, "remaining": 1}],
}
_LOG = {"lines": [{"text": "t", "level": "info"}], "cursor": "c", "complete": False}


def _as_bytes(read: Callable[[bytes], Any]) -> Callable[[Any], Any]:
    """Readers of whole models take the body as it came, if it could be JSON at all."""

    def of(reply: object) -> Any:
        # As the client does: what is nested deeper than that doesn't get to them.
        with suppress(RecursionError):
            return read(json.dumps(reply).encode())
        raise ServerError

    return of


_READERS |= {
    "offer": (beside.offer_of, _OFFER),
    "rows": (beside.rows_of, {"workflows": [_FULL_ROW]}),
    "changes": (beside.changes_of, _MOVED),
    "recent runs": (beside.runs_by_name, {"runs": {_NAME: [_FULL_RUN]}}),
    "backfill told": (beside.backfill_of, _BACKFILL),
    "backfills": (beside.backfills_of, {"backfills": [_BACKFILL]}),
    "steps": (_as_bytes(beside.steps_of), [_STEP]),
    "retry plan": (
        _as_bytes(beside.retry_plan_of),
        {"steps": [{"name": "n", "map_index": 1}], "is_whole": True},
    ),
    "log": (_as_bytes(beside.log_of), _LOG),
    "templates": (_as_bytes(beside.templates_of), [_TEMPLATE]),
    "template": (_as_bytes(beside.template_of), _TEMPLATE),
    "categories": (_as_bytes(beside.categories_of), [{"name": "a", "count": 1}]),
    "sagas": (_as_bytes(beside.sagas_of), [_SAGA]),
    "saga": (_as_bytes(beside.saga_of), _SAGA),
    "saga types": (_as_bytes(beside.saga_types_of), [{"name": "t", "required_fields": ["a"]}]),
    "health": (_as_bytes(beside.health_of), _HEALTH),
}
_PARAMETERS = {"params": {"a": [1]}, "parameters": {"a": [1]}}
_BODIES: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "run": (
        lambda body: asked.run_asked(_NAME, asked.body_of(body)),
        {**_PARAMETERS, "dry_run": False, "slot": "2026-01-01T06:00:00Z", "run_id": "r"},
    ),
    "backfill": (
        lambda body: asked.backfill_asked(_NAME, asked.body_of(body)),
        {
            **_PARAMETERS,
            "start_date": "2026-01-01",
            "end_date": "2026-01-02",
            "slots": ["2026-01-01T06:00:00Z"],
            "scope": "failed",
        },
    ),
    "forecast": (
        lambda query: asked.forecast_asked(_NAME, asked.body_of(query)),
        {"start_date": "2026-01-01", "end_date": "2026-01-02", "scope": "missing"},
    ),
    "dates": (
        lambda query: asked.dates_asked(asked.body_of(query)),
        {"start_date": "2026-01-01", "end_date": "2026-01-02", "timezone": "Asia/Seoul"},
    ),
    "reason": (lambda body: asked.reason_asked(asked.body_of(body)), {"reason": "r"}),
    "retry": (lambda body: asked.steps_asked(asked.body_of(body)), {"steps": ["s"]}),
    "registration": (
        lambda body: asked.registration_asked(asked.body_of(body)),
        {**_FULL_ROW, "retry_max_attempts": 3, "force": True, "yaml_content": "y"},
    ),
    "from a template": (
        lambda body: asked.from_template_asked("1", asked.body_of(body)),
        {"workflow_name": "w", "custom_config": {"a": 1}, "is_scheduled": True},
    ),
    "saga": (
        lambda body: asked.saga_asked(asked.body_of(body)),
        {"saga_type": "t", "input_data": {"a": 1}, "correlation_id": "c"},
    ),
}
_ERRORS: list[Any] = [
    {"error": {"code": "DLI-803", "message": "m", "details": {"hint": "h", "request_id": "1"}}},
    {"success": False, "message": "m", "error": {"code": "c", "details": {"type": "t"}}},
    {"error": {"code": "c", "message": "m", "field": "f", "details": {"message": "d"}}},
    {"detail": [{"loc": ["body", "a"], "msg": "m", "type": "t"}]},
    {"title": "t", "status": 404, "detail": "d", "type": "about:blank", "error_code": "c"},
]


def _places(value: Any, path: _Path = ()) -> Iterator[_Path]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items if isinstance(value, (dict, list)) else ():
        if isinstance(inner, (dict, list)):
            yield from _places(inner, (*path, key))
        else:
            yield (*path, key)


def _with(value: Any, path: _Path, new: object) -> Any:
    """`value` with `new` at `path`."""
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = _with(value[path[0]], path[1:], new)
    return copy


def _written(parsed: Any) -> None:
    """Write what was parsed, as commands and our own server do."""
    if isinstance(parsed, BaseModel):
        assert parsed.model_dump(mode="json") is not None
        assert parsed.model_dump_json()
    elif isinstance(parsed, Mapping):
        for value in parsed.values():
            _written(value)
    elif isinstance(parsed, (tuple, list, frozenset)):
        for value in parsed:
            _written(value)


_QUIET = settings(
    derandomize=True,
    deadline=None,
    max_examples=25,
    suppress_health_check=list(HealthCheck),
)


def _is_read(read: Callable[[Any], Any], reply: object) -> bool:
    """Read a reply and write what came of it; only an error of ours may come instead."""
    try:
        parsed = read(reply)
    except DLIError as error:
        return bool(error.message)
    _written(parsed)
    return True


@pytest.mark.parametrize("name", _READERS)
@_QUIET
@given(data=st.data())
def test_any_value_at_any_place_is_read_or_is_our_error(name, data):
    read, good = _READERS[name]
    path = data.draw(st.sampled_from(list(_places(good))))
    assert _is_read(read, _with(good, path, data.draw(_JSON)))


@pytest.mark.parametrize("name", _READERS)
@pytest.mark.parametrize("number", range(len(_NASTY)))
def test_the_worst_values_at_each_place_are_read_or_are_our_error(name, number):
    read, good = _READERS[name]
    nasty = _NASTY[number]()
    for path in _places(good):
        assert _is_read(read, _with(good, path, nasty)), path


@pytest.mark.parametrize("number", range(len(_ERRORS)))
@_QUIET
@given(
    data=st.data(),
    status=st.integers(100, 599),
    operation=st.sampled_from(Operation),
    name=_TEXT,
)
def test_any_error_body_is_an_error_of_ours_in_safe_words(number, data, status, operation, name):
    body = _ERRORS[number]
    path = data.draw(st.sampled_from(list(_places(body))))
    reply = _with(body, path, data.draw(_JSON))
    error = failure(status, reply, operation, dataset_name=name, run_id=name)
    assert not {"\x1b", "\x07", "\n", "\r"} & set(error.message)
    assert error.hint


@pytest.mark.parametrize("name", _BODIES)
@_QUIET
@given(data=st.data())
def test_any_value_at_any_place_of_a_request_is_read_or_is_our_error(name, data):
    read, good = _BODIES[name]
    path = data.draw(st.sampled_from(list(_places(good))))
    assert _is_read(read, _with(good, path, data.draw(_JSON)))


@pytest.mark.parametrize("name", _BODIES)
@pytest.mark.parametrize("number", range(len(_NASTY)))
def test_the_worst_values_in_a_request_are_read_or_are_our_error(name, number):
    read, good = _BODIES[name]
    nasty = _NASTY[number]()
    for path in _places(good):
        assert _is_read(read, _with(good, path, nasty)), path


def test_every_reader_and_every_body_is_here():
    readers = {name for name in vars(beside) if name.endswith("_of") and not name.startswith("_")}
    used = {
        "offer_of",
        "rows_of",
        "changes_of",
        "backfill_of",
        "backfills_of",
        "steps_of",
        "log_of",
        "retry_plan_of",
    }
    used |= {"forecast_of", "run_dates_of"}
    used |= {"templates_of", "template_of", "categories_of", "sagas_of", "saga_of", "health_of"}
    imported = {"workflow_of", "run_of", "kind_of"}
    assert readers - imported == used | {"saga_types_of"}
    bodies = {name for name in vars(asked) if name.endswith("_asked")} - {
        "list_asked",
        "history_asked",
    }
    assert len(bodies) == len(_BODIES)

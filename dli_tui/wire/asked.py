"""What was asked of a server on the Basecamp wire, read back from whichever spelling came.

A value of the wrong kind is refused and named, and so are two spellings of one field that say
different things. In the body of a write a field that isn't known, or stands there twice, is refused
too: `dryrun` read over would start what was only to be looked at. Queries of reads may hold more.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from dli_tui.domain.errors import ConfigurationError, WorkflowPermissionError
from dli_tui.domain.query import (
    BackfillRequest,
    BackfillScope,
    HistoryQuery,
    NewSaga,
    Registration,
    RunRequest,
    WorkflowQuery,
)
from dli_tui.domain.schedule import (
    NotificationConfig,
    NotificationTarget,
    RetryConfig,
    ScheduleConfig,
)
from dli_tui.domain.status import RunStatus, RunType, SourceType, WorkflowStatus
from dli_tui.domain.template import NewFromTemplate
from dli_tui.domain.text import safe_line
from dli_tui.domain.zones import zone_of
from dli_tui.wire.values import (
    count,
    day,
    flag,
    kind_of,
    mapping,
    moment,
    note,
    record,
    source,
    text,
)
from dli_tui.wire.workflows import notifications_of

if TYPE_CHECKING:
    from dli_tui.wire.values import Row

T = TypeVar("T")

_DEFAULT_ROWS: Final = 50
_DEFAULT_RUNS: Final = 20
_MOST: Final = 500
_MOST_OFFSET: Final = 1_000_000
_SHOWN: Final = 60
_PARAMETERS: Final = ("params", "parameters")
_DRY_RUN: Final = ("dry_run", "dryRun")
_INTERVAL: Final = ("data_interval_start", "data_interval_end")
_BACKFILL: Final = (
    *("start_date", "startDate", "end_date", "endDate", "slots", "parallel", "scope", "timezone"),
    *(*_PARAMETERS, *_DRY_RUN),
)
_SCHEDULE: Final = ("cron", "timezone", "enabled", "retry", "notifications")
_REGISTRATION: Final = (
    *("dataset_name", "datasetName", "name", "source_type", "sourceType", "schedule"),
    *("schedule_cron", "schedule_timezone", "retry_max_attempts", "retry_delay_seconds"),
    *("owner", "team", "description", "yaml_content", "force", *_SCHEDULE),
)
_FROM_TEMPLATE: Final = (
    *(
        "template_id",
        "workflow_name",
        "name",
        "workflow_description",
        "custom_config",
        "cron_schedule",
    ),
    *("is_scheduled", "trigger_on_file_upload", "trigger_file_extensions"),
)


class Window:
    """Which part of a list: `limit` rows from `offset` on."""

    def __init__(self, query: Mapping[str, str], default: int) -> None:
        self.limit = _whole(query, "limit", default, 1, _MOST)
        self.offset = _whole(query, "offset", 0, 0, _MOST_OFFSET)


def list_window(query: Mapping[str, str]) -> Window:
    """The part of the list that is wanted."""
    return Window(query, _DEFAULT_ROWS)


def history_window(query: Mapping[str, str]) -> Window:
    """The part of the history that is wanted."""
    return Window(query, _DEFAULT_RUNS)


def list_asked(query: Mapping[str, str]) -> WorkflowQuery:
    """Which rows of the list."""
    return WorkflowQuery(
        name=query.get("name") or None,
        source=_value(query, source, "CODE or MANUAL", "source_type", "sourceType"),
        status=_value(query, _workflow_status, f"one of {_words(WorkflowStatus)}", "status"),
        owner=query.get("owner") or None,
        running_only=_value(query, flag, "true or false", "running_only") or False,
        enabled_only=_value(query, flag, "true or false", "enabled_only") or False,
    )


def history_asked(query: Mapping[str, str]) -> HistoryQuery:
    """Which runs."""
    date_words = "a date, YYYY-MM-DD"
    return HistoryQuery(
        workflow=query.get("dataset_name") or query.get("datasetName") or None,
        source=_value(query, source, "CODE or MANUAL", "source_type", "sourceType", "source"),
        status=_value(query, _run_status, f"one of {_words(RunStatus)}", "status"),
        run_type=_value(query, _run_type, f"one of {_words(RunType)}", "run_type"),
        start_date=_value(query, day, date_words, "start_date", "startDate"),
        end_date=_value(query, day, date_words, "end_date", "endDate"),
    )


def parsed_body(content: bytes) -> Row:
    """The object in the body of a write, in which no field stands twice."""
    try:
        return body_of(json.loads(content, object_pairs_hook=_once) if content else None)
    except (ValueError, RecursionError):
        problem = ConfigurationError(
            "The body is not JSON that can be read", hint="Send one JSON object."
        )
    raise problem


def body_of(content: object) -> Row:
    """The object that a write brings; nothing at all is an empty one."""
    body = record({} if content is None else content)
    if body is None:
        raise _wrong("the body", "an object", content)
    return body


def run_asked(dataset_name: str, body: Row) -> RunRequest:
    """Which run to start."""
    only_known(body, (*_PARAMETERS, *_DRY_RUN, "slot", "logical_date", *_INTERVAL, "run_id"))
    start, end = (_value(body, moment, "a time in ISO 8601", name) for name in _INTERVAL)
    if (start is None) is not (end is None):
        raise _wrong(_INTERVAL[start is not None], "the other end of the data interval", None)
    return RunRequest(
        dataset_name,
        _parameters(body),
        dry_run=_value(body, flag, "true or false", *_DRY_RUN) or False,
        slot=_value(body, moment, "a time in ISO 8601", "slot", "logical_date"),
        run_id=_value(body, text, "text", "run_id"),
        interval=None if start is None or end is None else (start, end),
    )


def backfill_asked(dataset_name: str, body: Row) -> tuple[BackfillRequest, bool]:
    """Which dates to run, and whether only to say what would happen."""
    only_known(body, _BACKFILL)
    return _backfill(dataset_name, body), _value(body, flag, "true or false", *_DRY_RUN) or False


def _backfill(dataset_name: str, body: Row) -> BackfillRequest:
    return BackfillRequest(
        dataset_name,
        _needed(_value(body, day, "a date, YYYY-MM-DD", "start_date", "startDate"), "start_date"),
        _needed(_value(body, day, "a date, YYYY-MM-DD", "end_date", "endDate"), "end_date"),
        slots=_value(body, _moments, "a list of times in ISO 8601", "slots"),
        parameters=_parameters(body),
        parallel=_value(body, flag, "true or false", "parallel") or False,
        scope=_value(body, _scope, f"one of {', '.join(BackfillScope)}", "scope")
        or BackfillScope.ALL,
        timezone=_value(body, _zone, "an IANA time zone", "timezone"),
    )


def forecast_asked(dataset_name: str, query: Mapping[str, str]) -> BackfillRequest:
    """Which dates to say something of; what goes one after the other is planned by whoever asks."""
    return _backfill(dataset_name, dict(query))._replace(parallel=True)


def dates_asked(query: Mapping[str, str]) -> tuple[date, date, str | None]:
    """Of which days the dates of a schedule are asked for, and in which zone."""
    request = _backfill("", dict(query))
    return request.start_date, request.end_date, request.timezone


def reason_asked(body: Row) -> str | None:
    """Why something is stopped or paused."""
    only_known(body, ("reason",))
    return _value(body, note, "text", "reason")


def steps_asked(body: Row) -> tuple[str, ...]:
    """Which steps are to be tried again; none: those that failed."""
    only_known(body, ("steps",))
    return _value(body, _names, "a list of names", "steps") or ()


def registration_asked(body: Row) -> Registration:
    """What to register, which nobody can say is CODE."""
    only_known(body, _REGISTRATION)
    name = _needed(
        _value(body, text, "text", "dataset_name", "datasetName", "name"), "dataset_name"
    )
    kind = _value(body, source, "MANUAL", "source_type", "sourceType")
    if kind not in (None, SourceType.MANUAL):
        raise WorkflowPermissionError(
            f"'{name}' can't be registered as CODE: that comes from Git",
            dataset_name=name,
            hint="Leave out source_type, or push it: dli-tui specs push",
        )
    told = _with_schedule(body)
    enabled = _value(told, flag, "true or false", "enabled")
    return Registration(
        name,
        ScheduleConfig(
            cron=_value(told, text, "text", "cron", "schedule_cron"),
            timezone=_value(told, text, "text", "timezone", "schedule_timezone") or "UTC",
            enabled=True if enabled is None else enabled,
            retry=_retry(told),
            notifications=notifications_of(told) or NotificationConfig(),
        ),
        owner=_value(body, text, "text", "owner"),
        team=_value(body, text, "text", "team"),
        description=_value(body, text, "text", "description"),
        yaml_content=_value(body, text, "text", "yaml_content"),
        force=_value(body, flag, "true or false", "force") or False,
    )


def from_template_asked(template_id: str, body: Row) -> NewFromTemplate:
    """Which workflow to make of a template."""
    only_known(body, _FROM_TEMPLATE)
    if _value(body, text, "text", "template_id") not in (None, template_id):
        raise _contradiction("template_id", "the path")
    return NewFromTemplate(
        template_id=template_id,
        workflow_name=_needed(_value(body, text, "text", "workflow_name", "name"), "workflow_name"),
        workflow_description=_value(body, text, "text", "workflow_description"),
        custom_config=_value(body, mapping, "an object", "custom_config") or {},
        cron_schedule=_value(body, text, "text", "cron_schedule"),
        is_scheduled=_value(body, flag, "true or false", "is_scheduled") or False,
        trigger_on_file_upload=(
            _value(body, flag, "true or false", "trigger_on_file_upload") or False
        ),
        trigger_file_extensions=_value(body, text, "text", "trigger_file_extensions"),
    )


def saga_asked(body: Row) -> NewSaga:
    """Which saga to start."""
    only_known(body, ("saga_type", "type", "input_data", "correlation_id", "tenant_id"))
    return NewSaga(
        _needed(_value(body, text, "text", "saga_type", "type"), "saga_type"),
        _value(body, mapping, "an object", "input_data") or {},
        correlation_id=_value(body, text, "text", "correlation_id"),
        tenant_id=_value(body, text, "text", "tenant_id"),
    )


def only_known(given: Iterable[str], known: Iterable[str], inside: str = "") -> None:
    """Refuse a field that isn't among `known`; `inside`: the field that holds it."""
    allowed = frozenset(known)
    unknown = next((key for key in given if key not in allowed), None)
    if unknown is not None:
        raise ConfigurationError(
            f"There is no field '{inside}{safe_line(unknown, _SHOWN)}' here",
            hint=f"Known are: {', '.join(sorted(allowed)) or 'none'}. Nothing was done.",
        )


def _once(pairs: list[tuple[str, Any]]) -> Row:
    """The object of these fields, none of which may come twice."""
    row = dict(pairs)
    if len(row) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ConfigurationError(
            f"The field '{safe_line(twice, _SHOWN)}' stands twice in the body",
            hint="Send it once; nothing was done.",
        )
    return row


def _value(
    row: Mapping[str, Any], read: Callable[[object], T | None], expected: str, *keys: str
) -> T | None:
    """What those of `keys` that are there say; refused where it can't be read, or differs."""
    found: dict[str, T] = {}
    for key in keys:
        value = row.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        one = read(value)
        if one is None:
            raise _wrong(f"'{key}'", expected, value)
        found[key] = one
    (first, one), *others = found.items() or [("", None)]
    for key, other in others:
        if other != one:
            raise _contradiction(first, key)
    return one


def _contradiction(one: str, other: str) -> ConfigurationError:
    return ConfigurationError(
        f"'{one}' and '{other}' say different things",
        hint="They are two spellings of one field: send the same value, or one of them.",
    )


def _wrong(what: str, expected: str, value: object) -> ConfigurationError:
    kind = kind_of(value)
    # The right kind may be nested too deep, or hold what it shouldn't.
    came = "" if isinstance(value, str) or expected.startswith(kind) else f", {kind} came"
    wanted = f"{expected} that can be read" if expected == kind else expected
    return ConfigurationError(
        f"{what[:1].upper()}{what[1:]} must be {wanted}{came}",
        hint="Correct it and send it again; nothing was done.",
    )


def _needed(value: T | None, key: str) -> T:
    if value is None:
        raise ConfigurationError(
            f"'{key}' is missing", hint="Add it and send it again; nothing was done."
        )
    return value


def _whole(query: Mapping[str, str], key: str, default: int, least: int, most: int) -> int:
    value = query.get(key)
    if value is None:
        return default
    found = count(value)
    if found is None or not least <= found <= most:
        raise ConfigurationError(
            f"'{key}' must be a number from {least} to {most}", hint="Ask again with such a one."
        )
    return found


def _parameters(body: Row) -> dict[str, Any]:
    return _value(body, mapping, "an object", *_PARAMETERS) or {}


def _with_schedule(body: Row) -> Row:
    """A registration with what its schedule holds among its own fields, all of it known."""
    given = body.get("schedule")
    nested = given if isinstance(given, dict) else {"cron": given}
    only_known(nested, _SCHEDULE, "schedule.")
    told = {key: value for key, value in nested.items() if value is not None}
    for key in told.keys() & body.keys():
        if body[key] not in (None, told[key]):
            raise _contradiction(key, f"schedule.{key}")
    retry = mapping(told.get("retry", body.get("retry"))) or {}
    only_known(retry, ("max_attempts", "delay_seconds"), "retry.")
    notifications = mapping(told.get("notifications", body.get("notifications"))) or {}
    only_known(notifications, NotificationConfig.model_fields, "notifications.")
    for kind, targets in notifications.items():
        for target in targets if isinstance(targets, list) else ():
            only_known(
                record(target) or {}, NotificationTarget.model_fields, f"notifications.{kind}."
            )
    return {**body, **told}


def _retry(row: Row) -> RetryConfig:
    nested = {**row, **(mapping(row.get("retry")) or {})}
    told = {
        key: found
        for key in ("max_attempts", "delay_seconds")
        if (found := _value(nested, count, "a whole number", key, f"retry_{key}")) is not None
    }
    if told.get("max_attempts", 1) < 1:
        raise ConfigurationError(
            "'max_attempts' must be at least 1", hint="Ask again with such a one."
        )
    return RetryConfig(**told)


def _names(value: object) -> tuple[str, ...] | None:
    found = [text(name) for name in value] if isinstance(value, list) else [None]
    known = tuple(name for name in found if name is not None)
    return known if len(known) == len(found) else None


def _moments(value: object) -> tuple[datetime, ...] | None:
    if not isinstance(value, list):
        return None
    found = [moment(one) for one in value]
    known = tuple(one for one in found if one is not None)
    return known if len(known) == len(found) else None


def _zone(value: object) -> str | None:
    found = text(value)
    try:
        return None if found is None else zone_of(found).key
    except ConfigurationError:
        return None


def _scope(value: object) -> BackfillScope | None:
    word = value.strip().casefold() if isinstance(value, str) else ""
    return BackfillScope(word) if word in set(BackfillScope) else None


def _workflow_status(value: object) -> WorkflowStatus | None:
    word = str(value).strip().casefold()
    return WorkflowStatus(word) if word in set(WorkflowStatus) else None


def _run_status(value: object) -> RunStatus | None:
    status = RunStatus.of(str(value))
    return None if status is RunStatus.UNKNOWN and str(value).upper() != status else status


def _run_type(value: object) -> RunType | None:
    kind = RunType.of(str(value))
    return None if kind is RunType.OTHER and str(value).casefold() != kind else kind


def _words(kinds: type[WorkflowStatus] | type[RunStatus] | type[RunType]) -> str:
    return ", ".join(kinds)

"""What is asked on the Basecamp wire: queries and bodies in the union of all spellings.

000, 004 and the real server name the same things differently, and each reads over the names that
it doesn't know. So all of them are sent, with the same value. `asked` reads them back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from dli_tui.domain.query import BackfillScope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from dli_tui.domain.query import (
        BackfillRequest,
        HistoryQuery,
        NewSaga,
        Registration,
        RunRequest,
        WorkflowQuery,
    )
    from dli_tui.domain.template import NewFromTemplate
    from dli_tui.wire.values import Row

Query = dict[str, str | int]

MOST_ROWS: Final = 500
"""The largest page that 000 allows."""
MOST_RUNS: Final = 100
"""The largest page of a history that every server allows."""


def list_query(query: WorkflowQuery, *, limit: int, offset: int) -> Query:
    """One page of the list. What 000 has no filter for, our server has."""
    asked: Query = {}
    if query.status is not None:
        asked["status"] = query.status.value
    if query.source is not None:
        asked |= _both("source_type", "sourceType", query.source.value.upper())
    if query.owner is not None:
        asked["owner"] = query.owner
    if query.name is not None:
        asked["name"] = query.name
    if query.running_only:
        asked["running_only"] = "true"
    if query.enabled_only:
        asked["enabled_only"] = "true"
    return asked | {"limit": limit, "offset": offset}


def history_query(query: HistoryQuery, *, limit: int, offset: int) -> Query:
    """One page of the history."""
    asked: Query = {}
    if query.workflow is not None:
        asked |= _both("dataset_name", "datasetName", query.workflow)
    if query.start_date is not None:
        asked |= _both("start_date", "startDate", query.start_date.isoformat())
    if query.end_date is not None:
        asked |= _both("end_date", "endDate", query.end_date.isoformat())
    if query.source is not None:
        asked |= _both("source_type", "sourceType", query.source.value.upper())
    if query.status is not None:
        asked["status"] = query.status.value
    if query.run_type is not None:
        asked["run_type"] = query.run_type.value
    return asked | {"limit": limit} | ({"offset": offset} if offset else {})


def run_body(request: RunRequest) -> Row:
    """Start a run; the date and the id of its own are for servers that take them."""
    body = _given(request.parameters) | {"dry_run": request.dry_run}
    if request.slot is not None:
        body["slot"] = request.slot.isoformat()
    if request.run_id is not None:
        body["run_id"] = request.run_id
    if request.interval is not None:
        start, end = request.interval
        body |= {"data_interval_start": start.isoformat(), "data_interval_end": end.isoformat()}
    return body


def backfill_body(request: BackfillRequest) -> Row:
    """Start a backfill; single slots are for servers that take them."""
    body = {
        "start_date": request.start_date.isoformat(),
        "end_date": request.end_date.isoformat(),
        **_given(request.parameters),
        "dry_run": False,
        "parallel": request.parallel,
    }
    if request.slots is not None:
        body["slots"] = [slot.isoformat() for slot in request.slots]
    return body | _scope(request) | _zone(request)


def forecast_query(request: BackfillRequest) -> Query:
    """Which dates a server of ours is asked about before anything is started."""
    return {
        "start_date": request.start_date.isoformat(),
        "end_date": request.end_date.isoformat(),
        **_scope(request),
        **_zone(request),
    }


def dates_query(first: date, last: date, timezone: str | None) -> Query:
    """Of which days a server of ours is asked for the dates of a schedule."""
    days: Query = {"start_date": first.isoformat(), "end_date": last.isoformat()}
    return days if timezone is None else days | {"timezone": timezone}


def reason_body(reason: str | None) -> Row:
    """Stop, pause and unpause: always an object, which some servers insist on."""
    return {} if reason is None else {"reason": reason}


def retry_body(steps: Sequence[str]) -> Row:
    """Run failed steps again, or those that are named."""
    return {"steps": list(steps)}


def registration_body(request: Registration) -> Row:
    """Register a MANUAL workflow."""
    schedule = request.schedule
    body: Row = {
        "dataset_name": request.dataset_name,
        "source_type": "MANUAL",
        "schedule": {"cron": schedule.cron, "timezone": schedule.timezone},
        "schedule_cron": schedule.cron,
        "schedule_timezone": schedule.timezone,
        "enabled": schedule.enabled,
        "retry_max_attempts": schedule.retry.max_attempts,
        "retry_delay_seconds": schedule.retry.delay_seconds,
        "notifications": _notifications(request),
        "owner": request.owner,
        "team": request.team,
        "description": request.description,
        "yaml_content": request.yaml_content,
        "force": request.force,
    }
    return {key: value for key, value in body.items() if value is not None}


def from_template_body(request: NewFromTemplate) -> Row:
    """Make a workflow from a template."""
    body: Row = request.model_dump(mode="json", exclude_none=True)
    return body


def saga_body(request: NewSaga) -> Row:
    """Start a saga."""
    body: Row = {"saga_type": request.saga_type, "input_data": dict(request.input_data)}
    if request.correlation_id is not None:
        body["correlation_id"] = request.correlation_id
    if request.tenant_id is not None:
        body["tenant_id"] = request.tenant_id
    return body


def _zone(request: BackfillRequest) -> dict[str, str]:
    return {} if request.timezone is None else {"timezone": request.timezone}


def _scope(request: BackfillRequest) -> dict[str, str]:
    return {} if request.scope is BackfillScope.ALL else {"scope": request.scope.value}


def _notifications(request: Registration) -> Row | None:
    told: Row = request.schedule.notifications.model_dump(
        mode="json", exclude_none=True, exclude_defaults=True
    )
    return told or None


def _given(parameters: Mapping[str, Any]) -> Row:
    return dict(_both("params", "parameters", dict(parameters)))


def _both(one: str, other: str, value: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever is sent
    """The same value by both of its names."""
    return {one: value, other: value}

"""Seed 000's ten endpoints: its paths, bodies, codes and words, with 004's fields beside them."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from dli_tui.client import checks
from dli_tui.client.relaying import relay_run
from dli_tui.domain.errors import ConfigurationError, WorkflowNotFoundError
from dli_tui.domain.ids import why_not_a_name
from dli_tui.server.desk import (
    ACCEPTED,
    CREATED,
    JSON,
    OK,
    UNCHANGED,
    Desk,
    Endpoint,
    dataset_shown,
    told,
)
from dli_tui.server.identity import Role, identity_of
from dli_tui.server.masking import sees_keys
from dli_tui.server.paths import text
from dli_tui.server.shapes import BackfillBody, ReasonBody, RegisterBody, RunBody
from dli_tui.wire import asked, telling
from dli_tui.wire.values import Row, flag

LIST: Final = "/api/v1/workflows"
_TOTAL: Final = "x-total-count"


async def list_workflows(request: Request, desk: Desk) -> Response:
    """The registered workflows that fit."""
    query = asked.list_asked(request.query_params)
    masked = not sees_keys(identity_of(request.scope).role)
    window = asked.list_window(request.query_params)
    page = await desk.shelf.page(query, window, masked=masked)
    headers = {"etag": page.etag, _TOTAL: str(page.total), "cache-control": "private, no-cache"}
    if request.headers.get("if-none-match") == page.etag:
        return Response(status_code=UNCHANGED, headers=headers)
    return Response(page.body, headers=headers, media_type=JSON)


async def history(request: Request, desk: Desk) -> Response:
    """The runs that fit, newest first."""
    given = request.query_params
    query, window = asked.history_asked(given), asked.history_window(given)
    runs, total = await desk.scans.part(identity_of(request.scope).sender, query, window)
    rows = [telling.run_told(run, whole_ids=desk.whole_ids) for run in runs]
    if not flag(given.get("include_dataset_info")) or query.workflow is None:
        answer = told(rows)
    else:
        shown = dataset_shown(request, await desk.client.dataset_info(query.workflow))
        answer = told({"runs": rows, "total_count": total, "dataset_info": shown})
    if total is not None:
        answer.headers[_TOTAL] = str(total)
    return answer


async def run_status(request: Request, desk: Desk) -> Response:
    """One run as it stands."""
    ref = desk.client.ref(request.path_params["run_id"])
    run = desk.supervisor.seen_run(await desk.client.run_now(ref))
    now = desk.client.clock.now()
    return told(telling.run_told(run, now=now, whole_ids=desk.whole_ids))


async def run(request: Request, desk: Desk) -> Response:
    """Start a run; a dry run starts nothing."""
    wanted = asked.run_asked(_named(request), await body_of(request))
    if wanted.dry_run:
        result = await desk.client.run(
            wanted.dataset_name, parameters=wanted.parameters, dry_run=True
        )
        return told(telling.run_result_told(result), OK)
    if wanted.slot is None and wanted.run_id is None:
        result = await desk.client.run(wanted.dataset_name, parameters=wanted.parameters)
    else:
        result = await relay_run(desk.client, wanted)
    return told(telling.run_result_told(result), ACCEPTED)


async def backfill(request: Request, desk: Desk) -> Response:
    """Run a range of dates; a dry run counts them and starts nothing."""
    wanted, dry_run = asked.backfill_asked(_named(request), await body_of(request))
    if not dry_run:
        result = await desk.supervisor.backfill(wanted)
        return told(telling.run_result_told(result), ACCEPTED)
    result = await desk.client.backfill(
        wanted.dataset_name,
        start_date=wanted.start_date,
        end_date=wanted.end_date,
        parameters=wanted.parameters,
        parallel=wanted.parallel,
        dry_run=True,
    )
    return told(telling.run_result_told(result), OK)


async def stop(request: Request, desk: Desk) -> Response:
    """Ask a run to stop."""
    reason = asked.reason_asked(await body_of(request))
    ref = desk.client.ref(request.path_params["run_id"])
    result = await desk.supervisor.stop(ref, reason)
    return told(telling.stop_told(result or await desk.client.stop(ref, reason=reason)))


async def pause(request: Request, desk: Desk) -> Response:
    """Hold a schedule."""
    reason = asked.reason_asked(await body_of(request))
    return told(telling.schedule_told(await desk.client.pause(_named(request), reason=reason)))


async def unpause(request: Request, desk: Desk) -> Response:
    """Let a schedule fire again."""
    reason = asked.reason_asked(await body_of(request))
    return told(telling.schedule_told(await desk.client.unpause(_named(request), reason=reason)))


async def register(request: Request, desk: Desk) -> Response:
    """Register a MANUAL workflow."""
    wanted = asked.registration_asked(await body_of(request))
    checks.name(wanted.dataset_name)
    result = await desk.client.register(wanted)
    row = result.workflow_info
    if row is None:
        raise WorkflowNotFoundError(dataset_name=wanted.dataset_name)
    return told(telling.registered_told(row, result.warning), CREATED)


async def unregister(request: Request, desk: Desk) -> Response:
    """Remove a MANUAL workflow."""
    force = flag(request.query_params.get("force")) or False
    result = await desk.client.unregister(_named(request), force=force)
    return told(telling.unregistered_told(result))


async def body_of(request: Request) -> Row:
    """The object that a write brings."""
    return asked.parsed_body(await request.body())


def _named(request: Request) -> str:
    """The name in the path; refused where no workflow can be called that."""
    name: str = request.path_params["name"]
    wrong = why_not_a_name(name)
    if wrong is not None:
        raise ConfigurationError(
            f"'{name}' is not a dataset name: {wrong}", hint="Check the name in the path."
        )
    return name


_PAGE: Final = ("limit", "offset")
_ROWS: Final = ("status", "source_type", "owner", "name", "running_only", "enabled_only", *_PAGE)
_RUNS: Final = (
    *("dataset_name", "start_date", "end_date", "source_type", "status", "run_type"),
    *("include_dataset_info", *_PAGE),
)
_NAME, _RUN = f"{LIST}/{text('name')}", f"{LIST}/runs/{text('run_id')}"
_VIEWER, _OPERATOR, _ADMIN = Role.VIEWER, Role.OPERATOR, Role.ADMIN

CONTRACT: Final = (
    Endpoint("GET", LIST, _VIEWER, list_workflows, "[WorkflowInfo]", filters=_ROWS),
    Endpoint("GET", f"{LIST}/history", _VIEWER, history, "[WorkflowRun]", filters=_RUNS),
    Endpoint("POST", f"{LIST}/register", _ADMIN, register, "WorkflowInfo", RegisterBody),
    Endpoint("POST", f"{_RUN}/stop", _OPERATOR, stop, "Result", ReasonBody),
    Endpoint("GET", _RUN, _VIEWER, run_status, "WorkflowRun"),
    Endpoint("POST", f"{_NAME}/run", _OPERATOR, run, "Result", RunBody),
    Endpoint("POST", f"{_NAME}/backfill", _OPERATOR, backfill, "Result", BackfillBody),
    Endpoint("POST", f"{_NAME}/pause", _OPERATOR, pause, "Result", ReasonBody),
    Endpoint("POST", f"{_NAME}/unpause", _OPERATOR, unpause, "Result", ReasonBody),
    Endpoint("DELETE", _NAME, _ADMIN, unregister, "Result", filters=("force",)),
)

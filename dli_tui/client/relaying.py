"""Requests that another program of ours, or any client of the contract, has put together.

A server passes them on as they came: who made them has planned them already. The rules that hold
everywhere are kept all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dli_tui.client import checks, lost
from dli_tui.domain import rules
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import Unsupported
from dli_tui.domain.ids import WorkflowKey

if TYPE_CHECKING:
    from dli_tui.client.writing import WorkflowClient
    from dli_tui.domain.query import BackfillRequest, RunRequest
    from dli_tui.domain.results import WorkflowRunResult


async def relay_run(client: WorkflowClient, request: RunRequest) -> WorkflowRunResult:
    """Start the run of one date, by the id that whoever asks has given it."""
    name = request.dataset_name
    client.require_writable("run", name)
    rules.require_runnable(await client.row(WorkflowKey(name)))
    given = checks.parameters(request.parameters)
    wanted = request._replace(parameters=given)
    return await lost.send(client, client.backend.run(wanted), lost.run(wanted))


async def relay_backfill(client: WorkflowClient, request: BackfillRequest) -> WorkflowRunResult:
    """Start a backfill of a range, or of single slots of it."""
    name = request.dataset_name
    checks.a_range(request.start_date, request.end_date)
    client.require_writable("backfill", name)
    rules.require_runnable(await client.row(WorkflowKey(name)))
    if not request.parallel and Capability.SEQUENCES not in client.capabilities:
        raise Unsupported(
            f"{client.backend.label} keeps no backfill going on its own",
            dataset_name=name,
            hint="Start it from the dashboard, which keeps it going, or with all dates at once.",
        )
    given = checks.parameters(request.parameters)
    wanted = request._replace(parameters=given)
    return await lost.send(client, client.backend.backfill(wanted), lost.backfill(wanted))

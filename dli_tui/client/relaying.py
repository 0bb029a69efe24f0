"""Requests that another program of ours, or any client of the contract, has put together.

A server passes them on as they came: who made them has planned them already. The rules that hold
everywhere are kept all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dli_tui.client import checks, lost
from dli_tui.domain import rules
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ErrorCode, Unsupported, WorkflowExecutionError
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.query import BackfillChoice

if TYPE_CHECKING:
    from dli_tui.client.writing import WorkflowClient
    from dli_tui.domain.backfill import BackfillPlan
    from dli_tui.domain.query import BackfillRequest, RunRequest
    from dli_tui.domain.results import WorkflowRunResult

_SHOWN: Final = 3


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


async def plan_asked(client: WorkflowClient, request: BackfillRequest) -> BackfillPlan:
    """The plan of what is asked for, one date after the other: just its slots where it names some.

    One of those that can't run any more is a refusal: whoever asks saw another plan.
    """
    name, first, last = request.dataset_name, request.start_date, request.end_date
    checks.a_range(first, last)
    client.require_writable("backfill", name)
    row = await client.row(WorkflowKey(name))
    rules.require_in_force(row)
    only = None if request.slots is None else frozenset(request.slots)
    choice = BackfillChoice(first, last, only=only)
    dates = await client.run_dates(row, first, last)
    plan = client.planned(row, await client.runs_for(name, first, last), choice, dates)
    amiss = sorted(() if only is None else only - set(plan.wanted))
    if amiss:
        shown = ", ".join(f"{slot:%Y-%m-%d %H:%M} UTC" for slot in amiss[:_SHOWN])
        raise WorkflowExecutionError(
            f"Of the dates asked for {len(amiss):,} can't run now: {shown}",
            code=ErrorCode.WORKFLOW_INVALID_STATE,
            dataset_name=name,
            hint="They are under way, not due yet, or not in the schedule: plan it again.",
        )
    return plan

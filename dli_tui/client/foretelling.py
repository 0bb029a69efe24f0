"""Backfills that a server keeps going itself: it says first what it would run, and may be held.

Such a server decides about runs that exist by rules of its own, so its word is the plan. What it
would run though somebody left it out is never started: it is shown, and refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from dli_tui.client import lost
from dli_tui.domain.backfill import SlotAction
from dli_tui.domain.errors import WorkflowExecutionError
from dli_tui.domain.query import BackfillRequest, BackfillScope
from dli_tui.domain.status import RunStatus
from dli_tui.insight import backfill

if TYPE_CHECKING:
    from dli_tui.client.reading import Reader
    from dli_tui.client.writing import WorkflowClient
    from dli_tui.domain.backfill import BackfillForecast, BackfillPlan, RunDates
    from dli_tui.domain.ids import RunRef
    from dli_tui.domain.query import BackfillChoice
    from dli_tui.domain.results import WorkflowRunResult
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import WorkflowInfo

_BAD: Final = frozenset({RunStatus.FAILED, RunStatus.TIMEOUT, RunStatus.KILLED})
_OTHERWISE: Final = "Choose dates without them, or let them go one after the other."


async def forecast(
    reader: Reader,
    row: WorkflowInfo,
    runs: Iterable[WorkflowRun],
    choice: BackfillChoice,
    dates: RunDates,
) -> BackfillForecast | None:
    """What the server says that it would run; None where there is nothing to ask."""
    plan = backfill.plan(row, runs, choice, reader.clock.now(), dates)
    if not plan.to_run:
        return None
    request = BackfillRequest(
        plan.dataset_name,
        plan.start_date,
        plan.end_date,
        parallel=True,
        scope=scope_of(plan),
        timezone=plan.timezone,
    )
    return await reader.backend.backfill_slots(request)


def scope_of(plan: BackfillPlan) -> BackfillScope:
    """Which of the runs that exist may run again; of dates that were picked, as few as will do."""
    if plan.scope is not BackfillScope.ALL or plan.is_plain:
        return plan.scope
    again = {one.run_status for one in plan.slots if one.action is SlotAction.RERUN}
    again -= {one.run_status for one in plan.unasked}
    if RunStatus.COMPLETED in again:
        return BackfillScope.ALL
    left = {one.run_status for one in plan.slots if one.action is SlotAction.SKIP}
    # A server may refuse to only fill in, so that is asked for where it makes a difference.
    return BackfillScope.FAILED if again or left.isdisjoint(_BAD) else BackfillScope.MISSING


def kept_by_server(told: BackfillForecast) -> str:
    """Who keeps a backfill going, and how many of its runs at a time."""
    most = "" if told.at_once is None else f", at most {told.at_once} runs at a time"
    return f"The server keeps it going itself{most}: this program may be closed meanwhile."


def require_as_foretold(plan: BackfillPlan) -> None:
    """Refuse what the server hasn't said that it would do, or would do besides."""
    if not plan.is_confirmed:
        raise WorkflowExecutionError(
            "The server hasn't said which of these dates it would run",
            dataset_name=plan.dataset_name,
            hint="Plan it again.",
        )
    if plan.unasked:
        raise WorkflowExecutionError(
            f"All at once, the server would also run {len(plan.unasked)} dates that were left out, "
            f"the first on {plan.unasked[0].day}",
            dataset_name=plan.dataset_name,
            hint=_OTHERWISE,
        )


async def hold_backfill(
    client: WorkflowClient, run: str | RunRef, *, is_held: bool
) -> WorkflowRunResult:
    """Begin no other date of a backfill, or let it go on."""
    ref = client.ref(run)
    client.require_writable("pause" if is_held else "unpause", ref.workflow or "", ref.run_id)
    deed = client.backend.pause_backfill if is_held else client.backend.unpause_backfill
    result = await lost.send(client, deed(ref), lost.backfill_held(ref, is_held=is_held))
    told = "held: no other date begins" if is_held else "going on"
    return result.model_copy(update={"message": result.message or f"Backfill {told}"})

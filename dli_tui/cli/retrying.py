"""`dli-tui workflow retry`: the steps that failed, run again, or told beforehand."""

from __future__ import annotations

from typing import Annotated

import typer

from dli_tui.cli import output
from dli_tui.cli.connection import connected
from dli_tui.cli.options import Answer, Rehearsal, Run, Wait, Yes
from dli_tui.cli.output import Format
from dli_tui.cli.running import may_wait, reading, reports_errors, require_offered, writing
from dli_tui.cli.started import Started, tell_end, waited_for
from dli_tui.client import WorkflowClient
from dli_tui.domain import rules
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import WorkflowExecutionError
from dli_tui.domain.retry import RetryPlan
from dli_tui.present import words


@reports_errors
@connected
def retry(
    ctx: typer.Context,
    run_id: Run,
    step: Annotated[
        list[str] | None,
        typer.Option("--step", metavar="NAME", help="This step instead; may be repeated."),
    ] = None,
    dry_run: Rehearsal = False,
    wait: Wait = False,
    yes: Yes = False,
    format_: Answer = Format.TABLE,
) -> None:
    """Run the failed steps of a run again, and what comes after them."""
    steps = tuple(step or ())
    may_wait(ctx, wait=wait, dry_run=dry_run)

    async def work(client: WorkflowClient) -> Started:
        client.require_writable("retry", "", run_id)
        rules.require_retryable(await client.run_now(run_id))
        result = await client.retry(run_id, steps)
        told = f"Retrying run: {words.word(run_id)}"
        known = result if result.run_id else result.twin(run_id=run_id)
        return await waited_for(client, known, told, wait=wait)

    if dry_run:
        plan = reading(ctx, lambda client: _planned(client, run_id, steps))
        _tell_plan(plan, run_id, format_)
    else:
        tell_end(writing(ctx, work, yes=yes), format_)


async def _planned(client: WorkflowClient, run_id: str, steps: tuple[str, ...]) -> RetryPlan:
    """What would run again; an error where a retry would be refused."""
    await require_offered(client, Capability.RETRY)
    rules.require_retryable(await client.run_now(run_id))
    plan = await client.retry_plan(run_id, steps)
    known = {one.name for one in plan.steps}
    unknown = next((name for name in steps if name not in known), None)
    if unknown is not None:
        names = ", ".join(dict.fromkeys(one.name for one in await client.steps(run_id)))
        raise WorkflowExecutionError(
            f"Run '{run_id}' has no step '{unknown}'",
            run_id=run_id,
            hint=f"It has: {names}." if names else "",
        )
    return plan


def _tell_plan(plan: RetryPlan, run_id: str, format_: Format) -> None:
    if format_ is Format.JSON:
        output.as_json(plan)
        return
    output.line(f"Of run {words.word(run_id)} would run again:")
    for one in plan.steps:
        copy = "" if one.map_index is None else f" [{one.map_index}]"
        output.line(f"  {words.name(one.name)}{copy}")
    if not plan.steps:
        output.line("  no step that is known here")
    if not plan.is_whole:
        output.line("  and what comes after them")
    output.line("No request was sent.")

"""A backfill whose dates this command starts itself, one after the other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import typer

from dli_tui.cli import output
from dli_tui.cli.codes import INTERRUPTED
from dli_tui.domain.text import as_argument
from dli_tui.present import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dli_tui.client import WorkflowClient
    from dli_tui.client.sequences import DateSequence
    from dli_tui.domain.backfill import BackfillPlan
    from dli_tui.domain.ids import RunRef


async def run_dates(
    client: WorkflowClient, plan: BackfillPlan, parameters: Mapping[str, Any]
) -> DateSequence:
    """Start each date when the one before is over; says on stderr how far it is, and what is left
    where somebody interrupts it."""
    sequence = await client.sequence(plan, parameters)
    dates = sequence.mark.slots
    started: RunRef | None = None

    def tell() -> None:
        nonlocal started
        started = sequence.current
        if started is not None:
            date = words.moment(dates[sequence.begun - 1], plan.timezone)
            output.talk(f"{sequence.begun}/{len(dates)} {date}: {words.word(started.run_id)}")

    count = words.plural(len(dates), "date")
    output.talk(f"{count}, one after the other. This command starts each of them: leave it open.")
    try:
        await sequence.keep_going(client.clock.sleep, tell)
    except asyncio.CancelledError as interrupt:
        output.talk(f"Interrupted: {sequence.begun} of {count} started.")
        if started is not None:
            shown = words.word(started.run_id)
            output.talk(f"The last run goes on: dli-tui workflow status {shown}")
        elif sequence.remaining:
            date = words.moment(sequence.remaining[0], plan.timezone)
            output.talk(f"The start of {date} may have arrived: look at its runs first.")
        _tell_remaining(sequence)
        raise typer.Exit(INTERRUPTED) from interrupt
    _tell_remaining(sequence)
    return sequence


def _tell_remaining(sequence: DateSequence) -> None:
    plan = sequence.plan
    dates = [words.moment(slot, plan.timezone) for slot in sequence.remaining]
    if not dates:
        return
    output.talk(f"Not started: {', '.join(dates)}")
    # The days of the schedule's zone, as the options take them. Of a day with several dates some
    # may have run, so the command shows the plan and starts nothing.
    first = dates[0].partition(" ")[0]
    name, scope = as_argument(plan.dataset_name), plan.scope.value
    output.talk(
        f"To plan the rest: dli-tui workflow backfill {name} -s {first} -e {plan.end_date} "
        f"--only {scope} --dry-run"
    )
    output.talk("Add the same --param and --timezone as before.")

"""`dli-tui workflow register|unregister|run|backfill|stop|pause|unpause`: what changes things."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from dli_tui.cli import output
from dli_tui.cli.connection import connected
from dli_tui.cli.options import (
    Answer,
    DryRun,
    LongAnswer,
    Name,
    OfBackfill,
    Params,
    Reason,
    Run,
    Wait,
    Yes,
    pairs_of,
)
from dli_tui.cli.output import Format, warn
from dli_tui.cli.running import may_wait, reading, reports_errors, writing
from dli_tui.cli.sequential import run_dates
from dli_tui.cli.started import Started, show, tell_end, waited_for
from dli_tui.client import WorkflowClient
from dli_tui.config.target import HERE
from dli_tui.domain.errors import DatasetNotFoundError, ServerError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillScope
from dli_tui.domain.results import WorkflowRegisterResult, WorkflowRunResult
from dli_tui.domain.schedule import RetryConfig, ScheduleConfig
from dli_tui.domain.status import RunStatus
from dli_tui.present import crons, tables, words

if TYPE_CHECKING:
    from dli_tui.domain.backfill import BackfillPlan


@reports_errors
@connected
def register(
    ctx: typer.Context,
    dataset: Annotated[str, typer.Argument(metavar="NAME", help="A dataset of the project.")],
    cron: Annotated[
        str, typer.Option("--cron", "-c", metavar="CRON", help="minute hour day month weekday")
    ],
    timezone: Annotated[
        str, typer.Option("--timezone", "-tz", metavar="ZONE", help="An IANA time zone.")
    ] = "UTC",
    enabled: Annotated[
        bool, typer.Option("--enabled/--disabled", help="Whether it fires from the start.")
    ] = True,
    retry_attempts: Annotated[
        int,
        typer.Option(
            "--retry-attempts", "--retry-max", min=1, help="How often a step is tried in all."
        ),
    ] = 1,
    retry_delay: Annotated[
        int, typer.Option("--retry-delay", min=0, help="Seconds between two tries.")
    ] = 300,
    force: Annotated[
        bool, typer.Option("--force", "-f", help="Overwrite the registration that exists.")
    ] = False,
    path: Annotated[
        Path, typer.Option("--path", metavar="FOLDER", help="The project with the spec.")
    ] = HERE,
    yes: Yes = False,
    format_: LongAnswer = Format.TABLE,
) -> None:
    """Register a dataset of the local project as a MANUAL workflow."""
    schedule = ScheduleConfig(
        cron=cron,
        timezone=timezone,
        enabled=enabled,
        retry=RetryConfig(max_attempts=retry_attempts, delay_seconds=retry_delay),
    )
    from dli_tui.client.registering import registration_from  # noqa: PLC0415 - YAML is slow to load

    try:
        request = registration_from(path, dataset, schedule, force=force)
    except DatasetNotFoundError:
        # Where Git owns the name, finding the spec would not help.
        with suppress(ServerError):
            reading(ctx, lambda client: client.require_manual(dataset))
        raise
    result = writing(ctx, lambda client: client.register(request), yes=yes)
    if format_ is Format.JSON:
        output.as_json(result)
    else:
        output.lines(_about_registration(result))
    warn(result.warning)


@reports_errors
@connected
def unregister(
    ctx: typer.Context,
    dataset: Name,
    force: Annotated[
        bool, typer.Option("--force", help="Also while runs of it are active.")
    ] = False,
    yes: Yes = False,
    format_: Answer = Format.TABLE,
) -> None:
    """Remove a MANUAL workflow. CODE is removed in Git."""
    result = writing(ctx, lambda client: client.unregister(dataset, force=force), yes=yes)
    show(result, f"Workflow unregistered: {words.word(dataset)}", format_)


@reports_errors
@connected
def run(
    ctx: typer.Context,
    dataset: Name,
    param: Params = None,
    dry_run: DryRun = False,
    wait: Wait = False,
    yes: Yes = False,
    format_: Answer = Format.TABLE,
) -> None:
    """Start a run now."""
    given = pairs_of(param)
    may_wait(ctx, wait=wait, dry_run=dry_run)

    async def work(client: WorkflowClient) -> Started:
        result = await client.run(dataset, parameters=given, dry_run=dry_run)
        told = f"Run started: {words.word(result.run_id)}"
        if dry_run:
            told = f"Dry run: {words.word(dataset)}{_with(given)}. {result.message}"
        return await waited_for(client, result, told, wait=wait and not dry_run)

    tell_end(reading(ctx, work) if dry_run else writing(ctx, work, yes=yes), format_)


@reports_errors
@connected
def backfill(
    ctx: typer.Context,
    dataset: Name,
    start: Annotated[
        str, typer.Option("--start", "-s", metavar="DATE", help="The first date, YYYY-MM-DD.")
    ],
    end: Annotated[
        str, typer.Option("--end", "-e", metavar="DATE", help="The last date, included.")
    ],
    param: Params = None,
    dry_run: DryRun = False,
    parallel: Annotated[
        bool, typer.Option("--parallel", help="All dates at once; else one by one.")
    ] = False,
    only: Annotated[
        BackfillScope, typer.Option("--only", help="Which slots of the range.")
    ] = BackfillScope.ALL,
    timezone: Annotated[
        str | None,
        typer.Option(
            "--timezone",
            metavar="ZONE",
            help="The zone of the schedule, where the server doesn't tell it.",
        ),
    ] = None,
    wait: Wait = False,
    yes: Yes = False,
    format_: Answer = Format.TABLE,
) -> None:
    """Run every slot of a range of dates, one after the other, up to the first failure."""
    given = pairs_of(param)
    may_wait(ctx, wait=wait, dry_run=dry_run)

    async def work(client: WorkflowClient) -> tuple[BackfillPlan, Started]:
        plan = await client.plan_backfill(
            dataset, start, end, scope=only, parallel=parallel, timezone=timezone
        )
        if not dry_run and plan.to_run and client.keeps_going(plan):
            sequence = await run_dates(client, plan, given)
            if sequence.problem is not None:
                output.error(sequence.problem)
            told = f"{sequence.begun} of {_dates(plan, plan.to_run)} started"
            begun = await waited_for(client, sequence.result, told, wait=wait)
            return plan, begun._replace(over=sequence.status)
        result = await client.start_backfill(plan, parameters=given, dry_run=dry_run)
        sent = result.run_id is not None
        return plan, await waited_for(client, result, _count_of(plan, result), wait=wait and sent)

    plan, begun = reading(ctx, work) if dry_run else writing(ctx, work, yes=yes)
    if begun.result.run_id is None:
        _show_plan(plan, begun.result, format_)
    else:
        tell_end(begun, format_)


@reports_errors
@connected
def stop(
    ctx: typer.Context,
    run_id: Run,
    reason: Reason = None,
    yes: Yes = False,
    format_: Answer = Format.TABLE,
) -> None:
    """Ask a run to stop."""
    result = writing(ctx, lambda client: client.stop(run_id, reason=reason), yes=yes)
    raw = RunStatus.of(result.raw_status or "")
    told = "Run stopped" if raw is RunStatus.KILLED else "Stopping run"
    show(result, f"{told}: {words.word(run_id)}", format_)


@reports_errors
@connected
def pause(
    ctx: typer.Context,
    dataset: Name,
    reason: Reason = None,
    backfill_id: OfBackfill = None,
    yes: Yes = False,
    format_: Answer = Format.TABLE,
) -> None:
    """Hold a schedule, or a backfill of it. Runs under way go on."""
    if backfill_id is not None:
        _hold(ctx, _Held(dataset, backfill_id, reason, is_held=True), yes=yes, format_=format_)
        return
    result = writing(ctx, lambda client: client.pause(dataset, reason=reason), yes=yes)
    show(result, f"Workflow paused: {words.word(dataset)}{_already(result)}", format_)


@reports_errors
@connected
def unpause(
    ctx: typer.Context,
    dataset: Name,
    reason: Reason = None,
    backfill_id: OfBackfill = None,
    yes: Yes = False,
    format_: Answer = Format.TABLE,
) -> None:
    """Let a schedule fire again, or a backfill of it go on."""
    if backfill_id is not None:
        _hold(ctx, _Held(dataset, backfill_id, reason, is_held=False), yes=yes, format_=format_)
        return
    result = writing(ctx, lambda client: client.unpause(dataset, reason=reason), yes=yes)
    show(result, f"Workflow unpaused: {words.word(dataset)}{_already(result)}", format_)


class _Held(NamedTuple):
    """A backfill that is to be held, or to go on."""

    dataset: str
    backfill_id: str
    reason: str | None
    is_held: bool


def _hold(ctx: typer.Context, held: _Held, *, yes: bool, format_: Format) -> None:
    """Hold one backfill, or let it go on."""
    from dli_tui.client.foretelling import hold_backfill  # noqa: PLC0415 - models of plans

    async def work(client: WorkflowClient) -> WorkflowRunResult:
        given = client.ref(held.backfill_id)
        ref = given if given.workflow is not None else RunRef(given.run_id, held.dataset)
        return await hold_backfill(client, ref, is_held=held.is_held)

    result = writing(ctx, work, yes=yes)
    told = "Backfill held" if held.is_held else "Backfill goes on"
    show(result, f"{told}: {words.word(held.backfill_id)}", format_)
    warn("No reason is kept of a backfill" if held.reason else None)


def _already(result: WorkflowRunResult) -> str:
    return "" if result.changed else " (it was already, nothing was sent)"


def _count_of(plan: BackfillPlan, result: WorkflowRunResult) -> str:
    return f"Backfill started for {_dates(plan, result.total_runs or plan.to_run)}"


def _dates(plan: BackfillPlan, count: int) -> str:
    daily = len({slot.day for slot in plan.slots}) == len(plan.slots)
    return words.plural(count, "date" if daily else "slot")


def _show_plan(plan: BackfillPlan, result: WorkflowRunResult, format_: Format) -> None:
    if format_ is Format.JSON:
        from dli_tui.domain.backfill import PlannedResult  # noqa: PLC0415 - models of plans

        output.as_json(PlannedResult.of(result, plan))
        return
    output.table(tables.PLAN_COLUMNS, tables.plan(plan))
    output.line()
    output.lines(tables.plan_footer(plan))
    output.line("No request was sent.")


def _changed(now: str, before: str) -> str:
    return now if now == before else f"{now} (was {before})"


def _about_registration(result: WorkflowRegisterResult) -> list[str]:
    row, previous = result.workflow_info, result.previous
    name = words.word(result.dataset_name)
    if row is None:
        return [f"Workflow registered: {name}"]
    if previous is not None:
        return [
            f"Workflow updated: {name}",
            f"  Previous cron: {crons.cell(previous)}",
            f"  New cron: {crons.cell(row)}",
            f"  Timezone: {_changed(words.word(row.timezone), words.word(previous.timezone))}",
            f"  Status: {_changed(row.status, previous.status)}",
        ]
    lines = [
        f"Workflow registered: {name}",
        f"  Source: {row.source_type}",
        f"  Status: {row.status}",
        f"  Cron: {crons.cell(row)}",
        f"  Timezone: {words.word(row.timezone)}",
    ]
    if row.next_run is not None:
        lines.append(f"  Next Run: {words.moment(row.next_run, row.display_zone, seconds=True)}")
    return lines


def _with(parameters: dict[str, Any]) -> str:
    """The parameters as they were understood."""
    if not parameters:
        return ""
    return f" with {words.word(json.dumps(parameters, ensure_ascii=False))}"

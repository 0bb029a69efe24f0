"""`dli-tui workflow list|history|status|get`: what only looks."""

from __future__ import annotations

from typing import Annotated, Final, Literal

import typer

from dli_tui.cli import output
from dli_tui.cli.connection import connected
from dli_tui.cli.output import Format, warn
from dli_tui.cli.running import (
    followed,
    may_wait,
    reading,
    reports_errors,
    verdict,
)
from dli_tui.client import WorkflowClient
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.query import HistoryQuery, WorkflowQuery
from dli_tui.domain.results import WorkflowHistoryResult, WorkflowStatusResult
from dli_tui.domain.status import RunStatus, RunType, SourceType, WorkflowStatus
from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo
from dli_tui.present import crons, tables, words

Source = Literal["code", "manual", "all"]
Status = Literal["active", "paused", "overridden", "disabled", "all"]
ListFormat = Annotated[Format, typer.Option("--format", "-f", help="table or json.")]
_SOURCES: Final = ("code", "manual", "all")


@reports_errors
@connected
def list_workflows(
    ctx: typer.Context,
    source: Annotated[
        Source, typer.Option("--source", "-s", case_sensitive=False, help="Who owns them.")
    ] = "all",
    status: Annotated[
        Status, typer.Option("--status", case_sensitive=False, help="What their schedules do.")
    ] = "all",
    running: Annotated[bool, typer.Option("--running", help="Only those with a run now.")] = False,
    enabled_only: Annotated[
        bool, typer.Option("--enabled-only", help="Only those whose schedule fires.")
    ] = False,
    dataset: Annotated[
        str | None, typer.Option("--dataset", "-d", metavar="TEXT", help="Any part of the name.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="TEXT", help="Only those of this owner.")
    ] = None,
    tag: Annotated[
        str | None, typer.Option("--tag", metavar="TAG", help="Only those with this tag.")
    ] = None,
    format_: ListFormat = Format.TABLE,
) -> None:
    """List workflows. NEXT RUN is in the schedule's zone; ~ means computed here."""
    query = WorkflowQuery(
        name=dataset,
        source=None if source == "all" else SourceType(source),
        status=None if status == "all" else WorkflowStatus(status),
        owner=owner,
        tag=tag,
        running_only=running,
        enabled_only=enabled_only,
    )

    async def work(client: WorkflowClient) -> None:
        result = await client.list_workflows(query)
        # In the order of some servers a row jumps whenever it changes.
        rows = sorted(result.workflows, key=lambda row: (row.dataset_name, row.source_type))
        result = result.twin(workflows=rows)
        if format_ is Format.JSON:
            output.as_json(result)
            return
        cells = tables.workflows(result.workflows, client.clock.now())
        output.table(tables.WORKFLOW_COLUMNS, cells)
        output.line()
        output.line(tables.workflows_footer(result))

    reading(ctx, work)


@reports_errors
@connected
def history(
    ctx: typer.Context,
    dataset: Annotated[
        str | None, typer.Option("--dataset", "-d", metavar="NAME", help="Runs of this one only.")
    ] = None,
    source: Annotated[
        Source, typer.Option("--source", case_sensitive=False, help="Who owns the workflow.")
    ] = "all",
    status: Annotated[
        str | None, typer.Option("--status", metavar="STATUS", help="Where the runs stand.")
    ] = None,
    either: Annotated[
        str | None,
        typer.Option("-s", metavar="WORD", help="code, manual, all: as --source; else --status."),
    ] = None,
    run_type: Annotated[
        Literal["adhoc", "scheduled", "backfill"] | None,
        typer.Option("--type", help="What started them."),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many at most.")] = 20,
    show_dataset_info: Annotated[
        bool, typer.Option("--show-dataset-info", help="The dataset's owner, team, description.")
    ] = False,
    format_: ListFormat = Format.TABLE,
) -> None:
    """Show past and present runs, newest first. Times are UTC."""
    wanted_source, wanted_status = _either(either, source, status)
    query = HistoryQuery(
        workflow=dataset,
        source=None if wanted_source == "all" else SourceType(wanted_source),
        status=None if wanted_status is None else _run_status(wanted_status),
        run_type=None if run_type is None else RunType(run_type),
        limit=limit,
    )

    async def work(client: WorkflowClient) -> None:
        result = await client.history(query, include_dataset_info=show_dataset_info)
        if dataset is not None and not result.runs and await client.get(dataset) is None:
            output.talk(f"There is no workflow '{words.word(dataset)}': dli-tui workflow list")
        if format_ is Format.JSON:
            output.as_json(result)
        else:
            is_of_one = dataset is not None
            _show_history(result, is_of_one=is_of_one, show_info=show_dataset_info and is_of_one)
        warn(result.warning)

    reading(ctx, work)


@reports_errors
@connected
def status(
    ctx: typer.Context,
    run_id: Annotated[str, typer.Argument(metavar="RUN", help="The run's id.")],
    wait: Annotated[
        bool, typer.Option("--wait", help="Until it is over; its end is the exit code.")
    ] = False,
    format_: ListFormat = Format.TABLE,
) -> None:
    """Show one run; with --wait, until it is over."""
    may_wait(ctx, wait=wait)

    async def work(client: WorkflowClient) -> WorkflowStatusResult:
        return await (followed(client, run_id) if wait else client.status(run_id))

    found = reading(ctx, work)
    show_status(found, format_)
    if wait:
        verdict(found.run_status)


@reports_errors
@connected
def get(
    ctx: typer.Context,
    dataset: Annotated[str, typer.Argument(metavar="NAME", help="The workflow's name.")],
    format_: ListFormat = Format.TABLE,
) -> None:
    """Show one workflow: the row in force of that name."""

    async def work(client: WorkflowClient) -> None:
        row = await client.row(WorkflowKey(dataset))
        if format_ is Format.JSON:
            output.as_json(row)
        else:
            output.lines(_about(row, tables.next_run(row, client.clock.now())))

    reading(ctx, work)


def show_status(found: WorkflowStatusResult, format_: Format) -> None:
    """One run in full."""
    if format_ is Format.JSON:
        output.as_json(found)
        return
    progress = found.progress
    steps = f"{progress.completed_tasks}/{progress.total_tasks} steps" if progress else None
    facts = {
        "Run": words.word(found.run_id),
        "Dataset": words.word(found.dataset_name),
        "Status": tables.run_status(found.run_status, found.raw_status).upper(),
        "Type": tables.run_type(found.run_type, found.raw_run_type),
        "Progress": steps,
        "Slot": words.moment(found.slot) if found.slot else None,
        "Started": words.moment(found.started_at, seconds=True),
        "Finished": words.moment(found.finished_at, seconds=True) if found.finished_at else None,
        "Duration": words.seconds(found.duration_seconds) if found.duration_seconds else None,
        "Started by": found.triggered_by,
        "Parameters": ", ".join(f"{key}={value}" for key, value in found.parameters.items()),
        "Stopped by": found.stopped_by,
        "Reason": found.reason,
        "Error": found.error_message,
        "Clock": found.clock_note,
        "Logs": found.logs_url,
    }
    output.lines(f"{name}: {words.word(value)}" for name, value in facts.items() if value)


def _show_history(result: WorkflowHistoryResult, *, is_of_one: bool, show_info: bool) -> None:
    if show_info:
        output.lines(_about_dataset(result.dataset_info))
        output.line()
        output.line("Run History:")
    found = result.runs
    columns, cells = (
        (tables.RUN_COLUMNS, tables.runs(found)) if is_of_one else tables.histories(found)
    )
    output.table(columns, cells, below=[_error_below(run.error_line) for run in found])
    output.line()
    output.line(tables.runs_footer(result))
    for note in dict.fromkeys(run.clock_note for run in found if run.clock_note):
        output.line(f"Clock: {words.word(note)}")


def _error_below(error: str | None) -> str | None:
    return f"  Error: {words.word(error)}" if error else None


def _about_dataset(info: DatasetInfo | None) -> list[str]:
    known = info or DatasetInfo(name="")
    return [
        "Dataset Info:",
        f"  Name: {words.word(known.name)}",
        f"  Owner: {words.word(known.owner)}",
        f"  Team: {words.word(known.team)}",
        f"  Description: {words.word(known.description)}",
    ]


def _zone(row: WorkflowInfo) -> str:
    if row.has_no_schedule or row.schedule_text is not None:
        return words.NOTHING
    known = row.timezone if row.schedule_known else None
    if known is None:
        return crons.UNKNOWN
    return f"{known} (worked out from its runs)" if row.timezone_fitted else known


def _about(row: WorkflowInfo, next_run: str) -> list[str]:
    last = row.last_run
    facts = {
        "Dataset": row.dataset_name,
        "Source": row.source_type,
        "Status": tables.workflow_status(row),
        "Reason": row.reason,
        "Paused by": row.paused_by,
        "Cron": crons.cell(row),
        "Timezone": _zone(row),
        "Next Run": next_run,
        "Last Run": f"{last.run_id} {tables.run_status(last.status, last.raw_status)}"
        if last
        else None,
        "Owner": row.owner,
        "Team": row.team,
        "Description": row.description,
        "Tags": ", ".join(row.tags),
        "Spec": row.s3_path,
        "Warning": row.warning,
    }
    return [f"{name}: {words.word(value)}" for name, value in facts.items() if value]


def _either(either: str | None, source: str, status: str | None) -> tuple[str, str | None]:
    """Source and status, one of which `-s` may have said instead of its long option."""
    if either is None:
        return source, status
    word = either.casefold()
    if source != "all" if word in _SOURCES else status is not None:
        raise typer.BadParameter(f"-s {either} and the long option say two things; keep one")
    return (word, status) if word in _SOURCES else (source, either)


def _run_status(text: str) -> RunStatus:
    found = RunStatus.of(text)
    if found is RunStatus.UNKNOWN and text.casefold() != "unknown":
        known = ", ".join(one.lower() for one in RunStatus)
        raise typer.BadParameter(f"'{text}' is not a run status; there are: {known}")
    return found

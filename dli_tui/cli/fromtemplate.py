"""`dli-tui template create-workflow`: a template filled in, and a workflow made of it."""

from __future__ import annotations

from typing import Annotated, Any, Final, NamedTuple

import typer

from dli_tui.cli import output
from dli_tui.cli.connection import connected
from dli_tui.cli.options import Answer, Name, Rehearsal, Yes, texts_of
from dli_tui.cli.output import Format
from dli_tui.cli.running import reading, reports_errors, require_offered, writing
from dli_tui.cli.templates import Id
from dli_tui.client import WorkflowClient, checks
from dli_tui.domain import cron, rules
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ConfigurationError, DLIError, ErrorCode
from dli_tui.domain.template import NewFromTemplate, Template
from dli_tui.domain.workflow import WorkflowInfo
from dli_tui.present import filling, tables, templatetables, words

_TAKEN: Final = "Choose another name: a template never writes over a workflow."


class _Wanted(NamedTuple):
    """What the command line says; None: as the template has it."""

    name: str
    values: dict[str, str]
    description: str | None
    cron: str | None
    is_scheduled: bool | None
    on_upload: bool | None
    extensions: str | None


class _Plan(NamedTuple):
    """What is to be sent, and what of its steps may be seen: no secret."""

    request: NewFromTemplate
    shown: dict[str, Any]


@reports_errors
@connected
def create_workflow(
    ctx: typer.Context,
    template_id: Id,
    name: Name,
    given: Annotated[
        list[str] | None,
        typer.Option("--set", "-s", metavar="NAME=VALUE", help="A variable; may be repeated."),
    ] = None,
    description: Annotated[
        str | None, typer.Option("--description", metavar="TEXT", help="What it is for.")
    ] = None,
    cron_: Annotated[
        str | None,
        typer.Option("--cron", "-c", metavar="CRON", help="minute hour day month weekday"),
    ] = None,
    scheduled: Annotated[
        bool | None,
        typer.Option("--scheduled/--not-scheduled", help="Whether its schedule fires."),
    ] = None,
    on_upload: Annotated[
        bool | None,
        typer.Option("--on-upload/--not-on-upload", help="Whether an uploaded file starts it."),
    ] = None,
    extensions: Annotated[
        str | None,
        typer.Option("--extensions", metavar="pdf,csv", help="Of which files; else of any."),
    ] = None,
    dry_run: Rehearsal = False,
    yes: Yes = False,
    format_: Answer = Format.TABLE,
) -> None:
    """Make a workflow of a template. What isn't said is as the template has it."""
    if extensions is not None and on_upload is False:
        raise typer.BadParameter("--extensions says of which uploads; --not-on-upload wants none")
    if extensions is not None:
        on_upload = True
    values = texts_of(given, what="value", option="--set")
    wanted = _Wanted(name, values, description, cron_, scheduled, on_upload, extensions)

    async def rehearse(client: WorkflowClient) -> _Plan:
        await require_offered(client, Capability.TEMPLATES)
        plan = await _plan(client, template_id, wanted)
        _require_new(name, await client.rows(name))
        return plan

    async def make(client: WorkflowClient) -> WorkflowInfo:
        client.require_writable("create", name)
        plan = await _plan(client, template_id, wanted)
        try:
            return await client.create_from_template(plan.request)
        except DLIError as problem:
            raise _unforced(problem) from problem

    if dry_run:
        _tell_request(reading(ctx, rehearse), format_)
    else:
        _tell_made(writing(ctx, make, yes=yes), format_)


async def _plan(client: WorkflowClient, template_id: str, wanted: _Wanted) -> _Plan:
    """What is to be sent; DLI-001 for a value that is missing or that nothing waits for."""
    checks.name(wanted.name, any_line=client.backend.any_names)
    template = await client.template(template_id)
    values = _values(template, wanted.values)
    _look_at(template, values)
    schedule = wanted.cron or template.default_cron_schedule
    if schedule is not None:
        cron.check(schedule, dataset_name=wanted.name)
    fires = _fires(template, wanted)
    if fires and schedule is None:
        raise ConfigurationError("There is no schedule that could fire", hint="Say it: --cron CRON")
    uploads = _starts_by(template, "file_upload") if wanted.on_upload is None else wanted.on_upload
    request = NewFromTemplate(
        template_id=template_id,
        workflow_name=wanted.name,
        workflow_description=wanted.description,
        custom_config=template.custom_config(values),
        cron_schedule=schedule,
        is_scheduled=fires,
        trigger_on_file_upload=uploads,
        trigger_file_extensions=_extensions(wanted.extensions),
    )
    return _Plan(request, filling.masked(template, values))


def _values(template: Template, given: dict[str, str]) -> dict[str, Any]:
    """A value for each variable: the one that was given, else its default."""
    known = {one.raw: one for one in filling.open_fields(template)}
    unknown = [name for name in given if name not in known]
    if unknown:
        names = ", ".join(known)
        raise ConfigurationError(
            f"Template '{template.id}' has no variable '{unknown[0]}'",
            hint=f"It has: {names}." if names else "It has none: leave out --set.",
        )
    defaults = {name: one.default for name, one in known.items() if one.default}
    values = filling.values(template, {**defaults, **given})
    missing = [name for name, one in known.items() if one.is_needed and name not in values]
    if missing:
        raise ConfigurationError(
            f"Template '{template.id}' needs a value for {', '.join(missing)}",
            hint=f"Say it: {' '.join(f'--set {name}=…' for name in missing)}",
        )
    return values


def _look_at(template: Template, values: dict[str, Any]) -> None:
    """Say what looks wrong with it: the template is the server's, and it may know better."""
    for remark in filling.remarks(template, values):
        if remark.is_wrong:
            output.talk(f"Warning: {words.word(str(remark))}")


def _fires(template: Template, wanted: _Wanted) -> bool:
    if wanted.is_scheduled is not None:
        return wanted.is_scheduled
    if wanted.cron is not None:
        return True
    return template.default_cron_schedule is not None and _starts_by(template, "schedule")


def _starts_by(template: Template, kind: str) -> bool:
    """Whether the template says that its workflows are started that way."""
    trigger = template.default_trigger_config or {}
    return trigger.get("type") == kind and trigger.get("enabled") is not False


def _extensions(given: str | None) -> str | None:
    if given is None:
        return None
    found, problem = filling.extensions(given)
    if problem:
        raise ConfigurationError(f"--extensions: {problem}", hint="Write it as pdf,csv.")
    return found or None


def _require_new(name: str, rows: tuple[WorkflowInfo, ...]) -> None:
    try:
        rules.require_free(name, rows)
    except DLIError as problem:
        raise _unforced(problem) from problem


def _unforced(problem: DLIError) -> DLIError:
    """A refusal whose hint would name an option that there isn't here."""
    if problem.code is ErrorCode.WORKFLOW_ALREADY_EXISTS:
        problem.hint = _TAKEN
    return problem


def _tell_request(plan: _Plan, format_: Format) -> None:
    if format_ is Format.JSON:
        output.as_json(plan.request)
        return
    output.facts(templatetables.request(plan.request))
    if plan.shown:
        from dli_tui.present import yamltext  # noqa: PLC0415 - YAML is slow to load

        output.line("Steps with settings of their own:")
        output.lines(f"  {line}" for line in yamltext.lines_of(plan.shown["steps"]))
    output.line("No request was sent.")


def _tell_made(row: WorkflowInfo, format_: Format) -> None:
    if format_ is Format.JSON:
        output.as_json(row)
    else:
        output.line(f"Workflow created: {words.word(row.dataset_name)}")
        output.line(f"  Status: {tables.workflow_status(row)}")
        output.line(f"  Cron: {words.word(row.cron)}")
        if row.next_run is not None:
            output.line(f"  Next Run: {words.moment(row.next_run, row.display_zone, seconds=True)}")
    if row.warning:
        output.talk(f"Warning: {words.word(row.warning)}")

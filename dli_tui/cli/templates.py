"""`dli-tui template list|show|usage`: what workflows can be made of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer

from dli_tui.cli import output
from dli_tui.cli.answers import TemplateListResult
from dli_tui.cli.connection import connected
from dli_tui.cli.options import Answer
from dli_tui.cli.output import Format
from dli_tui.cli.running import reading, reports_errors
from dli_tui.client import WorkflowClient
from dli_tui.domain.template import Template
from dli_tui.present import templatetables, words

Id = Annotated[str, typer.Argument(metavar="ID", help="The template's id.")]


@reports_errors
@connected
def list_templates(
    ctx: typer.Context,
    category: Annotated[
        str | None, typer.Option("--category", "-c", metavar="NAME", help="Only this shelf.")
    ] = None,
    search: Annotated[
        str | None,
        typer.Option("--search", "-s", metavar="TEXT", help="Words of name, description, tags."),
    ] = None,
    tag: Annotated[
        list[str] | None,
        typer.Option("--tag", "-t", metavar="TAG", help="Only with this tag; may be repeated."),
    ] = None,
    format_: Answer = Format.TABLE,
) -> None:
    """List the templates that workflows can be made of."""

    async def work(client: WorkflowClient) -> TemplateListResult:
        rows = await client.templates(category=category, search=search)
        fitting = tuple(one for one in rows if _fits(one, category, search, tag or ()))
        if category is not None and not fitting:
            await _say_categories(client, category)
        return TemplateListResult(templates=fitting, total_count=len(fitting))

    result = reading(ctx, work)
    if format_ is Format.JSON:
        output.as_json(result)
        return
    output.table(templatetables.COLUMNS, templatetables.templates(result.templates))
    output.line()
    output.line(templatetables.templates_footer(result.templates))


@reports_errors
@connected
def show(ctx: typer.Context, template_id: Id, format_: Answer = Format.TABLE) -> None:
    """Show one template: its steps, its variables with their defaults, its schedule."""
    found = reading(ctx, lambda client: client.template(template_id))
    if format_ is Format.JSON:
        output.as_json(found)
        return
    output.facts(templatetables.about(found))
    output.line()
    output.table(templatetables.STEP_COLUMNS, *templatetables.steps(found.steps))
    if found.fields:
        output.line()
        output.table(templatetables.FIELD_COLUMNS, templatetables.fields(found.fields))


@reports_errors
@connected
def usage(ctx: typer.Context, template_id: Id, format_: Answer = Format.TABLE) -> None:
    """Show how a template is used, in whatever numbers the server has of it."""
    found = reading(ctx, lambda client: client.template_usage(template_id))
    if format_ is Format.JSON:
        output.as_json(found)
        return
    output.facts(templatetables.usage(found))
    for name, rows in templatetables.series(found):
        output.line()
        output.line(f"{name}:")
        output.table(templatetables.SERIES_COLUMNS, rows)
    if not found.facts and not found.series:
        output.talk("The server tells nothing of it.")


def _fits(
    template: Template, category: str | None, search: str | None, tags: Iterable[str]
) -> bool:
    """Whether it is asked for: some servers ignore the filters that they don't know."""
    has = {one.casefold() for one in template.tags}
    text = " ".join((template.name, template.description or "", *template.tags)).casefold()
    return (
        (category is None or category.casefold() == template.category.casefold())
        and all(one.casefold() in has for one in tags)
        and all(one in text for one in (search or "").casefold().split())
    )


async def _say_categories(client: WorkflowClient, category: str) -> None:
    known = [one.name for one in await client.template_categories()]
    if category not in known:
        there_are = ", ".join(map(words.word, known)) or "none"
        output.talk(f"There is no category '{words.word(category)}'; there are: {there_are}")

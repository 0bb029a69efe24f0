"""`dli-tui template create|update|delete`: templates that somebody wrote into a file."""

from __future__ import annotations

from typing import Annotated, Final, NamedTuple

import typer

from dli_tui.cli import output
from dli_tui.cli.connection import connected
from dli_tui.cli.documents import are_same, tell_changes, template_in
from dli_tui.cli.options import Answer, Definition, Rehearsal, Yes
from dli_tui.cli.output import Format
from dli_tui.cli.running import reading, reports_errors, require_offered, writing
from dli_tui.cli.templates import Id
from dli_tui.client import WorkflowClient
from dli_tui.domain.capability import Capability
from dli_tui.domain.template import Template, TemplateDraft
from dli_tui.present import differing, templatetables, words, yamltext

Sure = Annotated[bool, typer.Option("--yes", "-y", help="Sure, in a script and in production.")]
_NOT_SENT: Final = "No request was sent."


class _Edit(NamedTuple):
    """A template, and what is to become of it."""

    before: Template
    draft: TemplateDraft

    @property
    def changes_nothing(self) -> bool:
        return are_same(dict(TemplateDraft.of(self.before)), dict(self.draft))


@reports_errors
@connected
def create(
    ctx: typer.Context,
    file: Definition,
    dry_run: Rehearsal = False,
    yes: Yes = False,
    format_: Answer = Format.TABLE,
) -> None:
    """Make a template of a file: name, description, category, tags, template_config and so on."""
    draft = template_in(file)
    if dry_run:
        reading(ctx, _offered)
        _tell_draft(draft, format_)
        return
    made = writing(ctx, lambda client: client.create_template(draft), yes=yes)
    _tell_done("created", made, format_)


@reports_errors
@connected
def update(
    ctx: typer.Context,
    template_id: Id,
    file: Definition,
    dry_run: Rehearsal = False,
    yes: Yes = False,
    format_: Answer = Format.TABLE,
) -> None:
    """Replace a template by a file; what was made of it stays as it is."""
    draft = template_in(file)

    async def look(client: WorkflowClient) -> _Edit:
        await _offered(client)
        return _Edit(await client.template(template_id), draft)

    async def work(client: WorkflowClient) -> tuple[_Edit, Template]:
        client.require_writable("update", template_id)
        edit = await look(client)
        return edit, await _sent(client, template_id, edit)

    if dry_run:
        edit = reading(ctx, look)
        _tell_edit(edit, format_)
    else:
        edit, after = writing(ctx, work, yes=yes)
        told = "as it was, nothing was sent" if edit.changes_nothing else "updated"
        _tell_done(told, after, format_)


@reports_errors
@connected
def delete(
    ctx: typer.Context,
    template_id: Id,
    dry_run: Rehearsal = False,
    yes: Sure = False,
    format_: Answer = Format.TABLE,
) -> None:
    """Delete a template; the workflows that were made of it stay. In a script it wants --yes."""
    if dry_run:
        _tell_end(reading(ctx, lambda client: _doomed(client, template_id)), format_)
        return
    why = f"Template '{template_id}' doesn't come back once it is deleted"
    writing(ctx, lambda client: client.delete_template(template_id), yes=yes, for_good=why)
    if format_ is Format.JSON:
        output.document({"template_id": template_id, "status": "success"})
    else:
        output.line(f"Template deleted: {words.word(template_id)}")


async def _offered(client: WorkflowClient) -> None:
    await require_offered(client, Capability.TEMPLATE_EDITING)


async def _doomed(client: WorkflowClient, template_id: str) -> Template:
    await _offered(client)
    return await client.template(template_id)


async def _sent(client: WorkflowClient, template_id: str, edit: _Edit) -> Template:
    if edit.changes_nothing:
        return edit.before
    return await client.update_template(template_id, edit.draft)


def _tell_draft(draft: TemplateDraft, format_: Format) -> None:
    if format_ is Format.JSON:
        output.as_json(draft)
        return
    output.lines(yamltext.lines_of(draft.model_dump(mode="json")))
    output.line(_NOT_SENT)


def _tell_edit(edit: _Edit, format_: Format) -> None:
    if format_ is Format.JSON:
        output.as_json(edit.draft)
        return
    tell_changes(differing.of_templates(TemplateDraft.of(edit.before), edit.draft))
    output.line(_NOT_SENT)


def _tell_end(template: Template, format_: Format) -> None:
    if format_ is Format.JSON:
        output.as_json(template)
        return
    output.facts(templatetables.about(template))
    output.line(f"It would be deleted; what was made of it stays. {_NOT_SENT}")


def _tell_done(what: str, template: Template, format_: Format) -> None:
    if format_ is Format.JSON:
        output.as_json(template)
    else:
        output.line(f"Template {what}: {words.name(template.id)} ({words.word(template.name)})")

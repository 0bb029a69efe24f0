"""`dli-tui workflow configure`: what a workflow does, replaced by what stands in a file."""

from __future__ import annotations

from typing import Any, NamedTuple

import typer

from dli_tui.cli import output
from dli_tui.cli.connection import connected
from dli_tui.cli.documents import are_same, configuration_in, tell_changes
from dli_tui.cli.options import Answer, Definition, Name, Rehearsal, Yes
from dli_tui.cli.output import Format, warn
from dli_tui.cli.running import reading, reports_errors, require_offered, writing
from dli_tui.client import WorkflowClient
from dli_tui.domain import rules
from dli_tui.domain.capability import Capability
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.query import NewConfiguration
from dli_tui.domain.workflow import WorkflowInfo
from dli_tui.present import words
from dli_tui.present.differing import of_configurations


class _Edit(NamedTuple):
    """A workflow as it is, and what it is to do."""

    row: WorkflowInfo
    config: dict[str, Any]

    @property
    def changes_nothing(self) -> bool:
        return are_same(self.row.workflow_config, self.config)


@reports_errors
@connected
def configure(
    ctx: typer.Context,
    name: Name,
    file: Definition,
    dry_run: Rehearsal = False,
    yes: Yes = False,
    format_: Answer = Format.TABLE,
) -> None:
    """Replace what a workflow does by a file with its steps; name and schedule stay."""
    config = configuration_in(file)

    async def look(client: WorkflowClient) -> _Edit:
        await require_offered(client, Capability.CONFIGURING)
        rules.require_manual(name, await client.rows(name), "configure")
        return _Edit(await client.row(WorkflowKey(name)), config)

    async def work(client: WorkflowClient) -> tuple[_Edit, WorkflowInfo]:
        client.require_writable("configure", name)
        edit = await look(client)
        if edit.changes_nothing:
            return edit, edit.row
        return edit, await client.configure(NewConfiguration(name, config))

    if dry_run:
        _tell_plan(reading(ctx, look), format_)
    else:
        edit, after = writing(ctx, work, yes=yes)
        _tell_done(edit, after, format_)


def _tell_plan(edit: _Edit, format_: Format) -> None:
    if format_ is Format.JSON:
        output.document(NewConfiguration(edit.row.dataset_name, edit.config)._asdict())
        return
    _tell_changes(edit)
    output.line("No request was sent.")


def _tell_done(edit: _Edit, after: WorkflowInfo, format_: Format) -> None:
    name = words.word(after.dataset_name)
    if format_ is Format.JSON:
        output.as_json(after)
    elif edit.changes_nothing:
        output.line(f"Workflow configured: {name} (it was so already, nothing was sent)")
    else:
        _tell_changes(edit)
        output.line(f"Workflow configured: {name}")
    warn(after.warning)


def _tell_changes(edit: _Edit) -> None:
    if edit.row.workflow_config is None:
        output.talk("What it does now isn't told here, so all of it is new.")
    tell_changes(of_configurations(edit.row.workflow_config or {}, edit.config))

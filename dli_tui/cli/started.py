"""What was done, told; and a run that was started, waited for where that is wanted."""

from __future__ import annotations

from typing import NamedTuple

from dli_tui.cli import output
from dli_tui.cli.looking import show_status
from dli_tui.cli.output import Format, warn
from dli_tui.cli.running import followed, verdict
from dli_tui.client import WorkflowClient
from dli_tui.domain.capability import Capability
from dli_tui.domain.results import WorkflowRunResult, WorkflowStatusResult
from dli_tui.domain.sequence import SequenceMark
from dli_tui.domain.status import RunStatus
from dli_tui.domain.text import as_argument
from dli_tui.present import words


class Started(NamedTuple):
    """What was started, the words for it and, where it was waited for, how it ended."""

    result: WorkflowRunResult
    told: str
    ended: WorkflowStatusResult | None = None
    is_kept: bool = True
    """Whether a backfill can be asked for as a whole by its id, also from another program."""
    over: RunStatus | None = None
    """How it ended, where it has though nobody asked to wait for it."""


async def waited_for(
    client: WorkflowClient, result: WorkflowRunResult, told: str, *, wait: bool
) -> Started:
    """What was started, once it is over where somebody waits for it."""
    is_ours = SequenceMark.workflow_in(result.run_id or "") is not None
    is_kept = is_ours or Capability.BACKFILL_DATES in client.capabilities or not result.run_ids
    if not wait or result.run_id is None:
        return Started(result, told, is_kept=is_kept)
    output.talk(told)
    return Started(result, told, await followed(client, result.run_id), is_kept)


def tell_end(started: Started, format_: Format) -> None:
    """Show how it went; a run that was waited for decides the exit code."""
    result, told, ended, is_kept, over = started
    if ended is not None:
        show_status(ended, format_)
        verdict(ended.run_status)
    show(result, told, format_)
    if format_ is Format.TABLE and result.backfill_id:
        of_name = f"history -d {as_argument(result.dataset_name)}"
        shown_by = f"status {words.word(result.run_id)}" if is_kept else of_name
        follow = "Follow it" if over is None else "See it"
        output.line(f"  {follow}: dli-tui workflow {shown_by}")
    if over is not None:
        verdict(over)


def show(result: WorkflowRunResult, text: str, format_: Format) -> None:
    """The answer to a write, in one line."""
    if format_ is Format.JSON:
        output.as_json(result)
    else:
        output.line(text)
    warn(result.warning)

"""What was done, told; and a run that was started, waited for where that is wanted."""

from __future__ import annotations

from typing import NamedTuple

from dli_tui.cli import output
from dli_tui.cli.looking import show_status
from dli_tui.cli.output import Format, warn
from dli_tui.cli.running import followed, verdict
from dli_tui.client import WorkflowClient
from dli_tui.domain.results import WorkflowRunResult, WorkflowStatusResult
from dli_tui.present import words


class Started(NamedTuple):
    """What was started, the words for it and, where it was waited for, how it ended."""

    result: WorkflowRunResult
    told: str
    ended: WorkflowStatusResult | None = None


async def waited_for(
    client: WorkflowClient, result: WorkflowRunResult, told: str, *, wait: bool
) -> Started:
    """What was started, once it is over where somebody waits for it."""
    if not wait or result.run_id is None:
        return Started(result, told)
    output.talk(told)
    return Started(result, told, await followed(client, result.run_id))


def tell_end(started: Started, format_: Format) -> None:
    """Show how it went; a run that was waited for decides the exit code."""
    result, told, ended = started
    if ended is not None:
        show_status(ended, format_)
        verdict(ended.run_status)
    show(result, told, format_)
    if format_ is Format.TABLE and result.backfill_id:
        output.line(f"  Follow it: dli-tui workflow status {words.word(result.run_id)}")


def show(result: WorkflowRunResult, text: str, format_: Format) -> None:
    """The answer to a write, in one line."""
    if format_ is Format.JSON:
        output.as_json(result)
    else:
        output.line(text)
    warn(result.warning)

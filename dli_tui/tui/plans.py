"""What a deed would do, in lines to read before anything is sent. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from dli_tui.domain.status import StepStatus
from dli_tui.domain.text import safe_line
from dli_tui.present import words
from dli_tui.present.rows import StepRow, WorkflowRow
from dli_tui.tui.deeds import Frozen, Target
from dli_tui.tui.looks import Tone
from dli_tui.tui.modals.question import Plan
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.page import Text

FREELY: Final = 20
"""So many at once go without typing how many they are."""


def pause(frozen: Frozen) -> Plan:
    """Hold schedules."""
    lines = [_line(one.row, _missed(one.row, frozen.now)) for one in frozen.fit]
    return _plan("pause", frozen, lines, "schedule")


def unpause(frozen: Frozen) -> Plan:
    """Let schedules fire again."""
    lines = [_line(one.row, "fires again by its schedule") for one in frozen.fit]
    return _plan("unpause", frozen, lines, "schedule")


def run(frozen: Frozen) -> Plan:
    """Start runs."""
    lines = [_line(one.row, _usual(one.row, frozen.now)) for one in frozen.fit]
    return _plan("run", frozen, lines, "workflow")


def stop(frozen: Frozen) -> Plan:
    """Stop runs under way."""
    lines = [
        _line(one.row, f"{_run_of(one)}  {_so_far(one.row, frozen.now)}") for one in frozen.fit
    ]
    return _plan("stop", frozen, lines, "run")


def retry(frozen: Frozen, steps: Sequence[Sequence[StepRow]]) -> Plan:
    """Run failed steps again; `steps` are those of each run."""
    lines: list[Text] = []
    for one, of_run in zip(frozen.fit, steps, strict=True):
        names = ", ".join(step.name for step in of_run if step.status is StepStatus.FAILED)
        lines.append(_line(one.row, _run_of(one)))
        again = names or "its failed steps"
        lines.append((Piece(f"    again: {again}, and what comes after", Tone.MUTED),))
    return _plan("retry", frozen, lines, "run")


def _plan(verb: str, frozen: Frozen, lines: list[Text], noun: str) -> Plan:
    count = len(frozen.fit)
    what = frozen.fit[0].row.name if count == 1 else words.plural(count, noun)
    for one, problem in frozen.left_out:
        why = safe_line(problem.message, 200)
        lines.append((Piece(f"  left out  {one.row.name}  ", Tone.MUTED), Piece(why, Tone.LATE)))
    confirm, label = _confirmation(frozen, what)
    return Plan(
        id=f"{verb} {' '.join(sorted(one.row.key.name for one in frozen.fit))}",
        title=f"{verb.capitalize()} {what}?",
        lines=lines,
        verb=f"{verb} {what}" if count == 1 else f"{verb} {count}",
        confirm=confirm,
        confirm_label=label,
    )


def _confirmation(frozen: Frozen, what: str) -> tuple[str, str]:
    """What has to be typed first, and why."""
    count, where = len(frozen.fit), frozen.where
    if count > FREELY or frozen.hidden:
        hidden = f", {frozen.hidden} of them hidden by the filter" if frozen.hidden else ""
        return str(count), f"{what}{hidden}: type {count}"
    if where.typed:
        name = frozen.fit[0].row.key.name if count == 1 else where.name
        return name, f"{where.name} is production: type {words.word(name)}"
    return "", ""


def _run_of(target: Target) -> str:
    return words.word(target.run.run_id if target.run is not None else None)


def _line(row: WorkflowRow, note: str) -> Text:
    return (Piece(f"  {row.name}  "), Piece(f"{row.source}  ", Tone.MUTED), Piece(note, Tone.MUTED))


def _missed(row: WorkflowRow, now: datetime) -> str:
    if row.next_at is None:
        return "no run is planned"
    return f"will not run {words.until(row.next_at, now)}"


def _usual(row: WorkflowRow, now: datetime) -> str:
    if row.running:
        return f"a run is under way already, {_so_far(row, now)}"
    return "never ran before" if row.last is None else f"last took {words.span(row.seconds)}"


def _so_far(row: WorkflowRow, now: datetime) -> str:
    if row.began is None:
        return "not begun yet"
    share = f", {words.share(row.done, row.steps)} done" if row.steps else ""
    return f"{words.span(now - row.began)} so far{share}"

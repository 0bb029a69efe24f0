"""What the steps of the demo write: each line a function of its number, so any can be asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from dli_tui.backends.demo.dice import Dice, stable_hash
from dli_tui.backends.demo.scenario import DemoWorkflow
from dli_tui.backends.demo.timeline import Try
from dli_tui.domain.log import LogChunk, LogLine
from dli_tui.domain.status import StepStatus

MOST_LINES: Final = 5_000
_MANY: Final = 1_000
_SAYINGS: Final = (
    ("info", "read {n} rows from the source"),
    ("info", "partition {n} written"),
    ("debug", "cache hit for key {n}, age {m}s"),
    ("info", "batch {n} done in {m} ms"),
    ("debug", "pool: {m} of 32 connections in use"),
    ("info", "checkpoint {n} saved"),
    ("warning", "retry 1/3 after {m} ms: connection reset"),
    ("info", "progress {n} rows, {m} MiB/s"),
)
_TRACEBACK: Final = (
    "Traceback (most recent call last):",
    '  File "steps/{step}.py", line 88, in execute',
    "    rows = self.client.read(self.query, timeout=self.timeout)",
    '  File "steps/client.py", line 41, in read',
    "    raise StepFailed(reply.reason)",
    "steps.errors.StepFailed: {error}",
)


def chunk(
    workflow: DemoWorkflow, one: Try, queued: datetime, now: datetime, *, first: int, error: str
) -> LogChunk:
    """The lines of a try from number `first` on that were written by `now`."""
    step = workflow.pattern.steps[one.step].name
    begin, end = queued + timedelta(seconds=one.start), queued + timedelta(seconds=one.end)
    planned = end if one.planned is None else queued + timedelta(seconds=one.planned)
    length = _length(workflow, one)
    gap = (planned - begin) / length
    # Lines that were written stay as they are when a stop cuts the try short.
    count = min(length, int((end - begin) / gap))
    over = now >= end
    written = count if over else min(count, int(max(0.0, (now - begin) / gap)))
    last = min(written, first + MOST_LINES)
    lines = [
        _line(workflow, step, one, number, begin + gap * number) for number in range(first, last)
    ]
    whole = over and last == count
    if whole and first <= last:
        lines.extend(_ending(step, one, end, error))
        last += 1
    return LogChunk(lines=tuple(lines), cursor=str(max(first, last)), complete=whole)


def _length(workflow: DemoWorkflow, one: Try) -> int:
    """The longest step writes what the temper says, the others a screenful."""
    longest = max(workflow.pattern.steps, key=lambda plan: plan.share)
    many = workflow.temper.log_lines >= _MANY
    if many and workflow.pattern.steps[one.step] == longest:
        return workflow.temper.log_lines
    return 12 + Dice(workflow.luck, one.step, one.attempt).pick(40)


def _line(workflow: DemoWorkflow, step: str, one: Try, number: int, at: datetime) -> LogLine:
    if number == 0:
        return LogLine(text=f"{step}: try {one.attempt} begins", level="info", at=at)
    dice = Dice(workflow.luck, stable_hash(step), one.attempt, number)
    level, saying = _SAYINGS[dice.pick(len(_SAYINGS))]
    text = saying.format(n=f"{number * (7 + dice.pick(90)):,}", m=1 + dice.pick(900))
    return LogLine(text=text, level=level, at=at)


def _ending(step: str, one: Try, at: datetime, error: str) -> list[LogLine]:
    if one.outcome is StepStatus.COMPLETED:
        return [LogLine(text=f"{step}: done", level="info", at=at)]
    if one.outcome is StepStatus.CANCELLED:
        return [LogLine(text=f"{step}: stopped, SIGTERM received", level="warning", at=at)]
    told = [LogLine(text=f"{step} failed: {error}", level="error", at=at)]
    told.extend(
        LogLine(text=line.format(step=step, error=error), level="error", at=at)
        for line in _TRACEBACK
    )
    return told

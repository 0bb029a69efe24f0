"""What the oldest generation writes down of an execution: one text, told step by step."""

from __future__ import annotations

import re
from typing import Final

from dli_tui.backends.pyairtable.convert import Execution
from dli_tui.domain.log import LogChunk, LogLine

_NUMBER: Final = re.compile(r"\d{1,9}", re.ASCII)
_BEGINS: Final = re.compile(r"Executing step \d+: (.*)")


def chunk(execution: Execution, step: str, cursor: str | None) -> LogChunk:
    """The lines of a step since `cursor`, which counts those that were told."""
    lines = _of_step(execution.logs.splitlines(), step)
    told = int(cursor) if cursor is not None and _NUMBER.fullmatch(cursor) else 0
    return LogChunk(
        lines=tuple(LogLine(text=line) for line in lines[told:]),
        cursor=str(len(lines)),
        complete=execution.run.status.is_terminal,
    )


def _of_step(lines: list[str], step: str) -> list[str]:
    """From where a step begins up to where another does; all of it where it never began."""
    starts = [
        (place, found[1]) for place, line in enumerate(lines) if (found := _BEGINS.match(line))
    ]
    for number, (place, name) in enumerate(starts):
        if name.strip() == step:
            end = starts[number + 1][0] if number + 1 < len(starts) else len(lines)
            return lines[place:end]
    return lines

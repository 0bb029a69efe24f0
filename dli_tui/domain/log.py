"""What a step wrote."""

from __future__ import annotations

from pydantic import Field

from dli_tui.domain.value import Moment, Value


class LogLine(Value):
    """One line of a step's log."""

    text: str = Field(description="The line, as the server has it.")
    level: str | None = Field(default=None, description="debug, info, warning or error, if known.")
    at: Moment | None = Field(default=None, description="When it was written, if known.")


class LogChunk(Value):
    """The lines that came since a cursor."""

    lines: tuple[LogLine, ...] = Field(default=(), description="The new lines, in order.")
    cursor: str = Field(description="What to ask with for the lines after these.")
    complete: bool = Field(description="Whether nothing more will be written.")

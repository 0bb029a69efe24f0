"""What is kept when the program breaks: where it was, without the values that it held."""

from __future__ import annotations

from dataclasses import dataclass

from dli_tui.domain.traces import trace_of


@dataclass(frozen=True, slots=True)
class Report:
    """A traceback of places and words; locals are left out, for a token may be one."""

    summary: str
    text: str

    @classmethod
    def of(cls, error: BaseException) -> Report:
        """What to keep of an error."""
        return cls(summary=type(error).__name__, text=trace_of(error))

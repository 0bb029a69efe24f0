"""What is kept when the program breaks: where it was, without the values that it held."""

from __future__ import annotations

import traceback
from dataclasses import dataclass

from dli_tui.domain.text import safe


@dataclass(frozen=True, slots=True)
class Report:
    """A traceback of places and words; locals are left out, for a token may be one."""

    summary: str
    text: str

    @classmethod
    def of(cls, error: BaseException) -> Report:
        """What to keep of an error."""
        lines = traceback.TracebackException.from_exception(error, capture_locals=False).format()
        kind = type(error).__name__
        return cls(summary=kind, text=safe("".join(lines)))

"""What is kept when the program breaks: where it was, without the values that it held."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass
from typing import Final

from dli_tui.domain.text import safe

# An error's own words may hold what it choked on. A long word of letters and digits is worth
# nothing to whoever reads the file, and could be worth a lot to somebody else.
_SECRETIVE: Final = re.compile(
    r"(?<![\w./-])(?=[\w+=-]*\d)(?=[\w+=-]*[A-Za-z])[\w+=-]{16,}(?![\w./-])"
)
_MASK: Final = "***"


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
        return cls(summary=kind, text=_SECRETIVE.sub(_MASK, safe("".join(lines))))

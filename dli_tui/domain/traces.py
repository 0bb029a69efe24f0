"""What may be written down of a failure, or of what was asked: places and words, no secrets."""

from __future__ import annotations

import re
import traceback
from typing import Final

from dli_tui.domain.text import safe

_TOKENS: Final = re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]*|dli_[0-9a-f]+_[\w-]+")
# An error's own words may hold what it choked on. A long word of letters and digits is worth
# nothing to whoever reads the file, and could be worth a lot to somebody else.
# It looks only so far ahead, for somebody may have made the word to keep us looking.
_SECRETIVE: Final = re.compile(
    r"(?<![\w./-])(?=[\w+=-]{0,99}\d)(?=[\w+=-]{0,99}[A-Za-z])[\w+=-]{16,}(?![\w./-])"
)
_MASK: Final = "***"


def masked(text: str) -> str:
    """`text` with the tokens of our server and JWTs left out, by whose face they are known."""
    return _TOKENS.sub(_MASK, text)


def trace_of(error: BaseException) -> str:
    """The traceback of an error; locals are left out, for a token may be one."""
    lines = traceback.TracebackException.from_exception(error, capture_locals=False).format()
    return _SECRETIVE.sub(_MASK, masked(safe("".join(lines))))

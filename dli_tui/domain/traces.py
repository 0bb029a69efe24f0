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
# What tells by its neighbours that it is one, however it looks.
_TOLD: Final = (
    (re.compile(r"(?i)\b(basic|bearer)\s+[\w.~+/=-]{8,}"), r"\1 ***"),
    (re.compile(r"(\w://)[^\s/@]{1,200}@"), r"\1***@"),
    (re.compile(r"(https?://hooks\.[\w.-]+/)\S+"), r"\1***"),
    (
        re.compile(
            r"(?i)(\b\w{0,40}(?:password|passwd|secret|token|api_?key|credential)\w{0,40}"
            r"[\"']?\s{0,3}[=:]\s{0,3}[\"']?)[^\s\"',;)}]+"
        ),
        r"\1***",
    ),
    (re.compile(r"\bhv[sbr]\.[\w-]{8,}"), "***"),
    # A key of AWS: forty letters of base64, which a path of that length hardly is.
    (
        re.compile(
            r"(?<![\w/+=.-])(?=[\w/+]{0,39}[A-Z])(?=[\w/+]{0,39}[a-z])(?=[\w/+]{0,39}\d)"
            r"[A-Za-z0-9/+]{40}(?![\w/+=.-])"
        ),
        "***",
    ),
)
_MASK: Final = "***"


def masked(text: str) -> str:
    """`text` with the tokens of our server and JWTs left out, by whose face they are known."""
    return _TOKENS.sub(_MASK, text)


def trace_of(error: BaseException) -> str:
    """The traceback of an error; locals are left out, for a token may be one."""
    lines = traceback.TracebackException.from_exception(error, capture_locals=False).format()
    text = masked(safe("".join(lines)))
    for pattern, instead in _TOLD:
        text = pattern.sub(instead, text)
    return _SECRETIVE.sub(_MASK, text)

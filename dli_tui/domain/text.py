r"""Text from a server, made safe to show.

A terminal obeys escape sequences wherever they stand: a workflow named `\x1b]52;…` would
write to the clipboard, a log line could move the cursor or set the title. So whatever
comes from outside passes here once before it is shown. What is sent back one day (names,
ids, parameters) keeps its raw value elsewhere; this is for eyes only.
"""

from __future__ import annotations

import re
import shlex
from typing import Final

REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
MAX_LINE: Final = 4_000

# A control string runs to its terminator (BEL, ESC \ or 8-bit ST) or, cut off, to the next
# escape or line end. Whatever survives these patterns is caught by the class below.
_ESCAPES: Final = re.compile(
    r"""
      (?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])       # OSC DCS SOS PM APC, two bytes or one
      [^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?
    | (?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?          # CSI, a cut-off one too
    | \x1b[ -/]*[0-~]?                           # two-byte escapes and charset switches
    """,
    re.VERBOSE,
)
# C0 but tab and newline, DEL, C1, bidi controls, line and paragraph separator, BOM, surrogates;
# and what nobody sees: soft hyphen, fillers, zero-width space, invisible operators, annotations,
# musical format, tags. Joiners and variation selectors stay: emoji and some scripts need them.
_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufeff\ud800-\udfff"
    "\u00ad\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u206a-\u206f\u3164\uffa0"
    "\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e00ff]"
)
_BREAKS: Final = re.compile(r"[\r\n\t]+")


def safe(text: str) -> str:
    """`text` without anything a terminal obeys; newlines and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    text = _ESCAPES.sub("", text.replace("\r\n", "\n"))
    return _UNSAFE.sub(REPLACEMENT, text)


def safe_line(text: str, limit: int = MAX_LINE) -> str:
    """`text` made safe, folded to one line of at most `limit` characters."""
    if len(text) <= limit and text.isascii() and text.isprintable():
        return text
    # Cutting first keeps a hostile megabyte from being scanned for a cell of forty columns;
    # the slack leaves room for what is dropped.
    head = text[: limit * 4]
    line = _BREAKS.sub(" ", safe(_BREAKS.sub(" ", head)))
    if len(line) > limit or len(head) < len(text):
        return line[: limit - 1] + "…"
    return line


def as_argument(text: str) -> str:
    """`text` as a shell takes it for one word, for commands that somebody copies from a hint."""
    return shlex.quote(safe_line(text))


def typed(text: str) -> str:
    """`text` as somebody meant to type it: one line, and what a terminal obeys left out."""
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub("", _ESCAPES.sub("", _BREAKS.sub(" ", text)))


def spelled_out(json_text: str) -> str:
    """JSON with what a terminal obeys written as JSON's own escapes, so that it stays the same."""
    return _UNSAFE.sub(_as_escape, json_text)


def _as_escape(match: re.Match[str]) -> str:
    units = match[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))

"""Lines of a log as rows: made safe, one row a line, with a level where one can be told.

A log has a hundred thousand lines, most of them plain: those take one look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from dli_tui.domain.text import MAX_LINE, safe
from dli_tui.present.rows import LogRow

if TYPE_CHECKING:
    from dli_tui.domain.log import LogLine

_TAB: Final = 4
_HEAD: Final = 64
"""A level stands near the start of a line; further on it is a word like any other."""
_LEVELS: Final = {
    "debug": "debug",
    "trace": "debug",
    "info": "info",
    "notice": "info",
    "warn": "warning",
    "warning": "warning",
    "error": "error",
    "critical": "error",
    "fatal": "error",
    "severe": "error",
}
_WORDS: Final = "|".join(_LEVELS)
_LEVEL: Final = re.compile(
    rf"""
      (?<![\w.-])(?P<loud>{_WORDS.upper()})(?![\w.-])   # ERROR, anywhere near the start
    | (?:^|[\[(<]|\blevel=)"?(?P<soft>(?i:{_WORDS}))(?=[\])>:"]|\Z)  # error: [warn] level=info
    | (?P<raised>^Traceback\ \(|^[\w.]*(?:Error|Exception)(?=:|\Z))
    """,
    re.VERBOSE,
)
_BREAK: Final = re.compile(r"\r\n?|\n")


def log_rows(lines: Sequence[LogLine]) -> list[LogRow]:
    """The rows of some lines, in order."""
    rows: list[LogRow] = []
    for line in lines:
        text, level, at = line.text, line.level, line.at
        plain = text.isascii() and text.isprintable() and len(text) <= MAX_LINE
        rows.extend(
            LogRow(part, _level(part) if level is None else _known(level), at)
            for part in ((text,) if plain else _parts(text))
        )
    return rows


def _parts(text: str) -> Iterator[str]:
    """The single lines of a text, safe, tabs as blanks; a break at the end begins no line."""
    for part in _BREAK.split(_BREAK.sub("\n", text).removesuffix("\n")):
        shown = safe(part).expandtabs(_TAB)
        yield shown if len(shown) <= MAX_LINE else f"{shown[: MAX_LINE - 1]}…"


def _level(text: str) -> str:
    """The level that a line itself names; empty where it names none."""
    found = _LEVEL.search(text, 0, _HEAD)
    if found is None:
        return ""
    word = found["loud"] or found["soft"]
    return "error" if word is None else _known(word)


def _known(word: str) -> str:
    return _LEVELS.get(word.casefold(), "")

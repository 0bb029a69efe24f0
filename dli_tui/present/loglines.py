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
    from datetime import datetime

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
# Each word begins a branch, so that the search skips by first letters; what must not stand
# before it is asked behind it.
_LOUD: Final = re.compile(
    "|".join(rf"{word}(?<![\w.-]{word})(?![\w.-])" for word in map(str.upper, _LEVELS))
)
_SOFT: Final = re.compile(
    rf"""[\[(<{{]?(?:"?level"?[=:]\ ?)?"?(?P<word>{_WORDS})(?:[\])>:"]|\Z)""",
    re.VERBOSE | re.IGNORECASE,
)
_PAIR: Final = re.compile(rf"\blevel=(?P<word>{_WORDS})\b", re.IGNORECASE)
_RAISED: Final = re.compile(r"Traceback \(|[\w.]*(?:Error|Exception)(?=:|\Z)")
_BREAK: Final = re.compile(r"\r\n?|\n")


def log_rows(lines: Sequence[LogLine]) -> list[LogRow]:
    """The rows of some lines, in order; their times to the second, as they are told."""
    rows: list[LogRow] = []
    second: datetime | None = None
    for line in lines:
        text, level, at = line.text, line.level, line.at
        if at is not None:
            at = at.replace(microsecond=0)
            # Many lines are written in one second: they share what says so.
            at = second = second if at == second else at
        plain = text.isascii() and text.isprintable() and len(text) <= MAX_LINE
        rows.extend(
            LogRow(part, _level(part) if level is None else _known(level), at)
            for part in ((text,) if plain else _parts(text))
        )
    return rows


def _parts(text: str) -> Iterator[str]:
    """The single lines of a text, safe, tabs as blanks; a break at the end begins no line."""
    lines = [text]
    if "\n" in text or "\r" in text:
        lines = _BREAK.sub("\n", text).removesuffix("\n").split("\n")
    for line in lines:
        shown = safe(line).expandtabs(_TAB)
        yield shown if len(shown) <= MAX_LINE else f"{shown[: MAX_LINE - 1]}…"


def _level(text: str) -> str:
    """The level that a line itself names; empty where it names none."""
    found = _LOUD.search(text, 0, _HEAD)
    if found is not None:
        return _known(found[0])
    found = _SOFT.match(text, 0, _HEAD) or _PAIR.search(text, 0, _HEAD)
    if found is not None:
        return _known(found["word"])
    return "error" if _RAISED.match(text, 0, _HEAD) else ""


def _known(word: str) -> str:
    return _LEVELS.get(word.casefold(), "")

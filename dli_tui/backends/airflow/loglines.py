"""A task's log, from either version: lines with a time and a level where they have one.

Airflow puts what it writes itself around the lines of a task into groups, which its own pages fold.
Here the marks of groups go, and the lines of Airflow's own groups are as quiet as debug lines.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from dli_tui.domain.log import LogLine
from dli_tui.domain.text import safe
from dli_tui.wire.values import first, moment, record, text

_LINE: Final = re.compile(
    r"\[(?P<at>\d{4}-\d\d-\d\dT[\d:.]+[+-]\d{4})\] \{[^}]*\} (?P<level>[A-Z]+) - (?P<text>.*)",
    re.DOTALL,
)
_BARE: Final = re.compile(r" ?(?P<level>INFO|WARNING|ERROR|DEBUG|CRITICAL) - (?P<text>.*)")
_GROUP: Final = re.compile(r"::(?P<end>end)?group::(?P<title>.*)")
_OF_AIRFLOW: Final = (
    "Log message source details",
    *("Pre task execution logs", "Post task execution logs"),  # 2.x
    *("Pre Execute", "Post Execute"),  # 3.x
)
_ORDINARY: Final = frozenset({None, "info"})
_LEVELS: Final = {"critical": "error", "fatal": "error", "warn": "warning"}


def from_events(content: object) -> Iterator[LogLine]:
    """3.x: a list of events, each with its fields."""
    return _without_marks(_of_events(content))


def from_pairs(content: object) -> Iterator[LogLine]:
    """2.x: the repr of pairs of a host and its lines."""
    return _without_marks(_of_pairs(content))


def _without_marks(lines: Iterable[LogLine]) -> Iterator[LogLine]:
    """The lines without the marks of groups; what Airflow writes about a task is debugging."""
    is_of_airflow = False
    for line in lines:
        mark, changed = _GROUP.fullmatch(line.text), dict[str, str]()
        if mark is not None:
            is_of_airflow = not mark["end"] and mark["title"].startswith(_OF_AIRFLOW)
            if mark["end"]:
                continue
            changed["text"] = mark["title"]
        # An error is one wherever it stands.
        if is_of_airflow and line.level in _ORDINARY:
            changed["level"] = "debug"
        yield line.twin(**changed) if changed else line


def _of_events(content: object) -> Iterator[LogLine]:
    for value in content if isinstance(content, list) else ():
        told = record(value)
        if told is None:
            if isinstance(value, str):
                yield from from_text(value)
            continue
        at, level = first(told, moment, "timestamp"), _level(first(told, text, "level"))
        for line in (first(told, text, "event") or "").splitlines() or [""]:
            yield LogLine(text=safe(line), level=level, at=at)
        for line in _traceback(told.get("error_detail")):
            yield LogLine(text=safe(line), level="error", at=at)


def _of_pairs(content: object) -> Iterator[LogLine]:
    if not isinstance(content, str):
        return
    try:
        pairs = ast.literal_eval(content)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        pairs = [("", content)]
    for pair in pairs if isinstance(pairs, list) else ():
        if isinstance(pair, tuple) and len(pair) > 1 and isinstance(pair[1], str):
            yield from from_text(pair[1])


def from_text(written: str) -> Iterator[LogLine]:
    """Lines as a program wrote them; one that says neither time nor level goes on from the last."""
    at, level = None, None
    for line in written.splitlines():
        found = _LINE.match(line) or _BARE.match(line)
        if found is not None:
            given = found.groupdict()
            at, level = moment(given.get("at") or "") or at, _level(given["level"])
        told = found["text"] if found is not None else line
        yield LogLine(text=safe(told), level=level, at=at)


def _level(word: str | None) -> str | None:
    if word is None:
        return None
    folded = word.casefold()
    return _LEVELS.get(folded, folded)


def _traceback(value: Any) -> Iterable[str]:  # noqa: ANN401 - JSON
    """The exceptions of an event, as Python prints them."""
    for one in value if isinstance(value, list) else ():
        told = record(one) or {}
        frames = told.get("frames")
        yield "Traceback (most recent call last):"
        for frame in frames if isinstance(frames, list) else ():
            where = record(frame) or {}
            file, line, name = (where.get(key, "?") for key in ("filename", "lineno", "name"))
            yield f'  File "{file}", line {line}, in {name}'
        kind, words = told.get("exc_type", "Error"), told.get("exc_value", "")
        yield from f"{kind}: {words}".splitlines()

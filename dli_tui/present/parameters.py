"""The parameters of a run as they are typed into a form: pairs, or one JSON object.

`key=value` stands on a line of its own, or several stand on one line. On a line, a value goes
on until the next ` key=`, so text may have blanks without quotes: `why=late data day=2` are two.
What can't be read is a problem with its line; what can be read is read all the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from dli_tui.domain.parameters import value_of
from dli_tui.domain.text import safe_line

_FIRST: Final = re.compile(r"\s*([^\s=]+)\s*=")
_NEXT: Final = re.compile(r"\s+([A-Za-z_][\w.-]*)=(?!=)")
_DOCUMENT: Final = json.JSONDecoder()
_SHOWN: Final = 40


class Problem(NamedTuple):
    """What can't be read, and on which line; the first is 1."""

    line: int
    message: str


def parse(text: str) -> tuple[dict[str, Any], list[Problem]]:
    """The parameters, and what is wrong with the rest."""
    if text.lstrip().startswith("{"):
        return _object(text)
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        for pair in _pairs(line):
            if isinstance(pair, str):
                problems.append(Problem(number, f"'{_shown(pair)}' is not key=value"))
            elif pair[0] in found:
                problems.append(Problem(number, f"'{_shown(pair[0])}' is given twice"))
            else:
                found[pair[0]] = value_of(pair[1])
    return found, problems


def _pairs(line: str) -> Iterator[tuple[str, str] | str]:
    """The pairs of a line; what is none comes as it stands."""
    if not line.strip():
        return
    match = _FIRST.match(line)
    if match is None:
        match = _NEXT.search(line)
        yield line[: match.start() if match else None].strip()
    while match is not None:
        key, start = match[1], match.end()
        match = _NEXT.search(line, _end_of_document(line, start))
        yield key, line[start : match.start() if match else None].strip()


def _end_of_document(line: str, start: int) -> int:
    """Where the JSON value that begins at `start` ends; `start` where none does."""
    opening = len(line) - len(line[start:].lstrip())
    if line[opening : opening + 1] not in ("{", "["):
        return start
    try:
        return _DOCUMENT.raw_decode(line, opening)[1]
    except (ValueError, RecursionError):
        return start


def _object(text: str) -> tuple[dict[str, Any], list[Problem]]:
    """One JSON object; nothing of it where it can't be read."""
    twice: list[str] = []

    def members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in pairs:
            if key in made:
                twice.append(key)
            made.setdefault(key, value)
        return made

    try:
        found = json.loads(text, object_pairs_hook=members, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        return {}, [Problem(error.lineno, f"this is not JSON: {error.msg}")]
    except (ValueError, RecursionError) as error:
        return {}, [Problem(1, f"this is not JSON: {_shown(str(error))}")]
    return found, [Problem(1, f"'{_shown(key)}' is given twice") for key in twice]


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


def _shown(text: str) -> str:
    return safe_line(text, _SHOWN)

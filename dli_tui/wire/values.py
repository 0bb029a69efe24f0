"""Single values as a server sends them: read where they make sense, None where they don't.

A field of the wrong type must not cost a person the whole list, so nothing here raises.
None means "not told", whether the key was missing, null, blank or nonsense.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, TypeVar

from dli_tui.domain.clock import FIRST_YEAR, LAST_YEAR, as_utc
from dli_tui.domain.status import SourceType
from dli_tui.domain.text import REPLACEMENT, safe

T = TypeVar("T")
Row = dict[str, Any]
"""One JSON object as it came."""

# pydantic writes JSON to a depth of 255; results, rows and runs stand around such a value.
MAX_DEPTH: Final = 100
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_BIGGEST_ID: Final = 10**18
_BIGGEST_COUNT: Final = 10**15
_LONGEST_MOMENT: Final = 100
# Later than any epoch in seconds, earlier than any in milliseconds.
_MILLISECONDS: Final = 10**11
_FLAGS: Final = {"true": True, "false": False}


def first(row: Mapping[str, Any], read: Callable[[object], T | None], *keys: str) -> T | None:
    """What `read` makes of the first of `keys` that it can read."""
    for key in keys:
        value = row.get(key)
        if value is not None and (found := read(value)) is not None:
            return found
    return None


def own(
    row: Mapping[str, Any], key: str, read: Callable[[object], T | None], otherwise: T | None
) -> T | None:
    """What `key` says, if only that there is nothing; `otherwise` where a server never says it.

    Servers of ours say outright what others leave to be concluded.
    """
    return read(row[key]) if key in row else otherwise


def text(value: object) -> str | None:
    """Raw text that says something. Half a surrogate pair can't be sent or written at all."""
    if not isinstance(value, str) or not value.strip():
        return None
    return value if value.isascii() else _SURROGATES.sub(REPLACEMENT, value)


def note(value: object) -> str | None:
    """Text that is only ever shown, made safe."""
    found = text(value)
    return None if found is None else safe(found)


def identifier(value: object) -> str | None:
    """A name or an id; some servers number theirs."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _BIGGEST_ID:
        return str(value)
    return text(value)


def number(value: object) -> float | None:
    """A finite number, also one written as text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def seconds(value: object) -> float | None:
    """A duration; none is negative."""
    found = number(value)
    return found if found is not None and found >= 0 else None


def count(value: object) -> int | None:
    """A whole number of things."""
    found = seconds(value)
    return (
        int(found) if found is not None and found.is_integer() and found < _BIGGEST_COUNT else None
    )


def flag(value: object) -> bool | None:
    """Yes or no, also as a word."""
    if isinstance(value, bool):
        return value
    return _FLAGS.get(value.strip().casefold()) if isinstance(value, str) else None


def moment(value: object) -> datetime | None:
    """A point in time in UTC: ISO 8601 with `Z`, an offset or neither (UTC), or an epoch."""
    try:
        if isinstance(value, str) and len(value) <= _LONGEST_MOMENT:
            found = _written_moment(value)
        elif isinstance(value, (int, float)) and not isinstance(value, bool):
            scale = 1000 if abs(value) >= _MILLISECONDS else 1
            found = datetime.fromtimestamp(value / scale, UTC)
        else:
            return None
    except (ValueError, OverflowError, OSError):
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


@lru_cache(maxsize=4_096)
def _written_moment(words: str) -> datetime:
    """The same moment for the same words: schedules of many workflows fire together."""
    # Java writes the zone behind the offset, as in …+09:00[Asia/Seoul].
    return as_utc(datetime.fromisoformat(words.partition("[")[0].strip()))


def day(value: object) -> date | None:
    """A calendar date; of a moment, the date that it is written with."""
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value.strip()).date()
    except ValueError:
        return None


def source(value: object) -> SourceType | None:
    """CODE or MANUAL, in any case."""
    word = text(value)
    if word is None:
        return None
    return next((kind for kind in SourceType if kind == word.strip().casefold()), None)


def words(value: object) -> tuple[str, ...]:
    """Tags: a list of them, or one text with commas."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list):
        return ()
    return tuple(found.strip() for part in parts if (found := text(part)) is not None)


def record(value: object) -> Row | None:
    """A JSON object whose fields will be read one by one."""
    return value if isinstance(value, dict) else None


def mapping(value: object) -> dict[str, Any] | None:
    """A JSON object that is kept whole, also one that came as JSON text.

    One that is nested too deep to be written out again stays unread.
    """
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if not isinstance(value, dict) or _too_deep(value):
        return None
    kept: dict[str, Any] = _writable(value)
    return kept


def differing(word: str | None, ours: StrEnum) -> str | None:
    """A server's own word, unless it is ours in another case."""
    if word is None or word.strip().casefold() == ours.value.casefold():
        return None
    return word


def kind_of(value: object) -> str:
    """What came instead, for the end of a sentence."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    names = {str: "text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), "something else")


def _too_deep(value: object) -> bool:
    """Whether `value` holds more levels than can be written; level by level, not recursive."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            child
            for parent in level
            if isinstance(parent, (dict, list))
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return False
    return True


def _writable(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """`value` without half surrogate pairs, which no encoder takes."""
    if isinstance(value, str):
        return value if value.isascii() else _SURROGATES.sub(REPLACEMENT, value)
    if isinstance(value, dict):
        return {_writable(key): _writable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_writable(inner) for inner in value]
    return value

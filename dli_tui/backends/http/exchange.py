"""What is asked of a server and what it answers, before either is words of HTTP.

An adapter writes an `Asked` for each question; how it travels is the client's business.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Generic, NamedTuple, NoReturn, TypeVar
from urllib.parse import quote

from dli_tui.domain.errors import ServerError
from dli_tui.wire.failures import Operation
from dli_tui.wire.values import MAX_DEPTH

T = TypeVar("T")

MOST_CONTAINERS: Final = 200_000
MOST_TEXTS: Final = 400_000
"""So many objects with lists, and so many texts, may be in one body: an object of three bytes takes
a hundred times its size in memory, a short text ten times."""
_SMALL: Final = 1024 * 1024
"""A body up to here takes little memory whatever it holds."""
# Twice what a single value may have: one that is too deep to be kept doesn't cost its page.
_DEEPEST: Final = 2 * MAX_DEPTH
_NO_QUERY: Final[Mapping[str, str | int]] = MappingProxyType({})
_NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
# A server or proxy reads %2E%2E as .., so these are quoted twice: no name is found by that.
_CLIMBING: Final = {".": "%252E", "..": "%252E%252E"}


class Asked(NamedTuple):
    """One request, whoever answers it."""

    operation: Operation
    """What it is for, which the words of errors need."""
    path: str
    """What stands behind the profile's url; its segments are quoted already."""
    query: Mapping[str, str | int] = _NO_QUERY
    method: str = "GET"
    body: Mapping[str, Any] | None = None
    """Sent as JSON; a write always sends an object."""
    headers: Mapping[str, str] = _NO_HEADERS
    dataset_name: str = ""
    run_id: str = ""
    expected: frozenset[int] = frozenset()
    """Statuses beside 2xx that the caller reads for itself."""
    cacheable: bool = True
    """Whether the same question may be asked again, so that its answer is worth keeping."""
    seconds: float | None = None
    """How long its answer may take, where that is longer than the profile allows."""


class Answer(NamedTuple, Generic[T]):
    """What came back."""

    value: T
    """What `parse` made of the body."""
    status: int
    headers: Mapping[str, str]
    """Found by any case of their names."""
    unchanged: bool = False
    """Nothing moved since the question before: `value` is the very same object."""


def segment(text: str) -> str:
    """`text` as one segment of a path, whatever it holds."""
    return _CLIMBING.get(text) or quote(text, safe="", errors="replace")


def decoded(content: bytes) -> object:
    """The JSON of a body, None when it is empty; DLI-503 when it can't be read."""
    if not content or content.isspace():
        return None
    if len(content) > _SMALL and _holds_too_much(content):
        raise ServerError(
            "The server's answer can't be read: it holds more values than fit into the memory",
            hint="Ask for less at once; the server may be sending something else.",
        )
    # Raised after the block: the parser's errors carry the whole body.
    value: object = None
    try:
        value = json.loads(content, parse_constant=_no_constant, parse_float=_finite)
        problem = f"it is nested more than {_DEEPEST} levels deep" if _too_deep(value) else None
    except RecursionError:
        problem = f"it is nested more than {_DEEPEST} levels deep"
    except (json.JSONDecodeError, UnicodeDecodeError):
        problem = "it isn't JSON"
    except ValueError:
        problem = "it holds a number that nothing can be"
    if problem is not None:
        raise ServerError(f"The server's answer can't be read: {problem}")
    return value


def understood(content: bytes) -> object:
    """What an error body says: JSON where it is, else text."""
    try:
        return decoded(content)
    except ServerError:
        return content.decode("utf-8", errors="replace")


def _holds_too_much(content: bytes) -> bool:
    """Counted in the bytes, before anything is made of them; brackets in texts count as well."""
    if content.count(b"{") + content.count(b"[") > MOST_CONTAINERS:
        return True
    return (content.count(b'"') - content.count(b'\\"')) // 2 > MOST_TEXTS


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError(digits)
    return number


def _too_deep(value: object) -> bool:
    """Level by level, not recursive; only what holds something goes on to the next."""
    level = [value]
    for _ in range(_DEEPEST):
        level = [
            child
            for parent in level
            if isinstance(parent, (dict, list))
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, (dict, list))
        ]
        if not level:
            return False
    return True

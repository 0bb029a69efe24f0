"""What a person is told of a spec that makes no sense: where, what was expected, what is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from difflib import get_close_matches
from typing import Final

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from dli_tui.domain.text import safe_line

Place = tuple[int | str, ...]
"""Where a value stands: keys, and the numbers of list items."""

PROBLEM: Final = "problem"
PROBLEMS: Final = "problems"
_EXPECTED: Final = {
    "string_type": "text",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
}
MAX_SENTENCE: Final = 300
_SHOWN: Final = 40
_KEY: Final = "[key]"


def problem(text: str) -> PydanticCustomError:
    """A validator's own sentence about the value that it looks at."""
    return PydanticCustomError(PROBLEM, "{text}", {"text": text})


def problems(found: Iterable[tuple[Place, str]]) -> PydanticCustomError:
    """Several sentences, each with its place below the value looked at."""
    return PydanticCustomError(PROBLEMS, "several problems", {"found": tuple(found)})


def got(value: object) -> str:
    """`value` in a few words, for the end of a sentence."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return "a list"
    if isinstance(value, Mapping):
        return "a mapping"
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def near(word: object, words: Iterable[str]) -> str:
    """“; did you mean …?” when one of `words` is much like `word`, else nothing."""
    if not isinstance(word, str):
        return ""
    close = get_close_matches(word.casefold(), list(words), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def said(place: Place, sentence: str) -> str:
    """The sentence with its place before it: `steps[2].needs[0]: …`."""
    path = ""
    for part in place:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part.replace("-", "_").isidentifier():
            path += f".{part}" if path else part
        else:
            path += f"[{part!r}]"
    return safe_line(f"{path}: {sentence}", MAX_SENTENCE)


def problems_of(
    error: ValidationError, fields_at: Callable[[Place], Mapping[str, FieldInfo]]
) -> tuple[str, ...]:
    """Everything that pydantic found, in sentences; `fields_at` knows the keys of a block."""
    sentences: list[str] = []
    for detail in error.errors(include_url=False):
        place = detail["loc"]
        if detail["type"] == PROBLEMS:
            sentences += [said(place + below, text) for below, text in detail["ctx"]["found"]]
        elif place and place[-1] == _KEY:
            sentences.append(said(place[:-2], _not_a_key(detail["input"])))
        elif detail["type"] == "invalid_key":
            sentences.append(said(place[:-1], _not_a_key(detail["input"])))
        else:
            sentences.append(said(place, _sentence(detail, fields_at(place))))
    return tuple(sentences)


def _sentence(detail: ErrorDetails, fields: Mapping[str, FieldInfo]) -> str:
    kind, value = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        key = detail["loc"][-1]
        return f"is not a key here{near(key, fields) or '; there are ' + ', '.join(fields)}"
    if kind == "missing":
        what = fields[str(detail["loc"][-1])].description or "a value"
        return f"expected {what[0].lower()}{what[1:].rstrip('.')}, got nothing"
    if kind in _EXPECTED:
        plain = isinstance(value, (bool, int, float, date))
        quotes = "; text like that needs quotes" if kind == "string_type" and plain else ""
        return f"expected {_EXPECTED[kind]}, got {got(value)}{quotes}"
    return detail["msg"]


def _not_a_key(key: object) -> str:
    return f"expected keys that are text, got {got(key)}; text like that needs quotes"

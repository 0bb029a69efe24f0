"""Requests, read as FastAPI reads them: what doesn't fit is listed, in its words, with a 422."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, NoReturn

from starlette.requests import Request

from dli_tui.playground.refusals import UnreadableError, problem

_JSON: Final = "application/json"
_KINDS: Final[Mapping[type, tuple[str, str]]] = {
    str: ("string_type", "Input should be a valid string"),
    bool: ("bool_type", "Input should be a valid boolean"),
    int: ("int_type", "Input should be a valid integer"),
    dict: ("dict_type", "Input should be a valid dictionary"),
    list: ("list_type", "Input should be a valid list"),
}
_FLAGS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


class Field(NamedTuple):
    """A key of a body; one that isn't needed may be null, too."""

    name: str
    kind: type
    needed: bool = False
    words: tuple[str, ...] = ()
    """What it may say, where it isn't free."""


async def body_of(request: Request, *fields: Field, optional: bool = False) -> dict[str, Any]:
    """Those of the fields that came; `optional`: there may be no body at all."""
    raw = await request.body()
    if not raw and optional:
        return {}
    given = _decoded(raw, request.headers.get("content-type", ""))
    if not isinstance(given, dict):
        says = "Input should be a valid dictionary"
        raise UnreadableError(problem("model_attributes_type", ("body",), says, given))
    wrong = [one for field in fields if (one := _wrong(field, given)) is not None]
    if wrong:
        raise UnreadableError(*wrong)
    return {field.name: given[field.name] for field in fields if field.name in given}


def _decoded(raw: bytes, content_type: str) -> object:
    if not raw:
        raise UnreadableError(problem("missing", ("body",), "Field required", None))
    # What is no JSON by its own word is text to FastAPI. That also keeps out what any web page
    # could have a browser send here.
    if content_type.partition(";")[0].strip().lower() != _JSON:
        return raw.decode(errors="replace")
    try:
        given: object = json.loads(raw, parse_constant=_no_constant)
        # Numbers beyond all bounds and halves of letters can be read, but never be told again.
        json.dumps(given, allow_nan=False, ensure_ascii=False).encode()
    except ValueError as wrong:
        where = ("body", getattr(wrong, "pos", 0))
        found = problem("json_invalid", where, "JSON decode error", {})
        raise UnreadableError({**found, "ctx": {"error": str(wrong)}}) from None
    return given


def _no_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _wrong(field: Field, given: Mapping[str, Any]) -> dict[str, Any] | None:
    where = ("body", field.name)
    if field.name not in given:
        return problem("missing", where, "Field required", given) if field.needed else None
    value = given[field.name]
    if value is None and not field.needed:
        return None
    if _is(value, field.kind):
        free = not field.words or value in field.words
        return None if free else _no_such_word(value, field.words, where)
    kind, says = _KINDS[field.kind]
    return problem(kind, where, says, value)


def _is(value: object, kind: type) -> bool:
    # To Python a truth is a number, too.
    return isinstance(value, kind) and (kind is bool or not isinstance(value, bool))


def number_in_path(request: Request, name: str) -> int:
    """A number of the path."""
    return _number(request.path_params[name], ("path", name))


def number(
    request: Request, name: str, default: int, *, least: int = 0, most: int | None = None
) -> int:
    """A number of the query."""
    given = request.query_params.get(name)
    if given is None:
        return default
    where = ("query", name)
    found = _number(given, where)
    if found < least:
        says = f"Input should be greater than or equal to {least}"
        raise UnreadableError(problem("greater_than_equal", where, says, given))
    if most is not None and found > most:
        says = f"Input should be less than or equal to {most}"
        raise UnreadableError(problem("less_than_equal", where, says, given))
    return found


def _number(given: str, where: tuple[str, ...]) -> int:
    # int() would take digits of any script, blanks and underscores.
    if not given.removeprefix("-").isdecimal() or not given.isascii():
        says = "Input should be a valid integer, unable to parse string as an integer"
        raise UnreadableError(problem("int_parsing", where, says, given))
    return int(given[:18])


def flag(request: Request, name: str, *, default: bool) -> bool:
    """A truth of the query."""
    given = request.query_params.get(name)
    if given is None:
        return default
    found = _FLAGS.get(given.lower())
    if found is None:
        says = "Input should be a valid boolean, unable to interpret input"
        raise UnreadableError(problem("bool_parsing", ("query", name), says, given))
    return found


def choice(request: Request, name: str, words: Sequence[str]) -> str | None:
    """A word of the query that has to be one of several."""
    given = request.query_params.get(name)
    if given is not None and given not in words:
        raise UnreadableError(_no_such_word(given, words, ("query", name)))
    return given


def _no_such_word(given: object, words: Sequence[str], where: tuple[str, ...]) -> dict[str, Any]:
    *most, last = (f"'{word}'" for word in words)
    expected = f"{', '.join(most)} or {last}"
    found = problem("enum", where, f"Input should be {expected}", given)
    return {**found, "ctx": {"expected": expected}}

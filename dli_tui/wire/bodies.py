"""What an error body says, in one safe line, whichever of its eight shapes it has.

{"error": {"code", "message", "details"}}                          the contract
{"success": false, "message", "error": {"code", …}, "timestamp"}   the real Basecamp
{"detail": "…"}   {"detail": [{"loc", "msg", "type"}]}             FastAPI
{"detail", "timestamp", "path", "error_code"}                      PyAirtable
{"title", "status", "detail", "type"}                              RFC 7807: Airflow
plain text, HTML, nothing
"""

from __future__ import annotations

import html
import re
from typing import Final

from dli_tui.domain.text import safe_line
from dli_tui.wire.values import Row, first, identifier, record, text

MAX_MESSAGE: Final = 500
_SCANNED: Final = 20_000
_MARKUP: Final = re.compile(r"\s*(?:<!doctype|<\?xml|<html|<head|<body|<!--)", re.IGNORECASE)
_TITLE: Final = re.compile(r"<title[^>]*>([^<]*)", re.IGNORECASE)
# Where FastAPI found the value; a person knows the field's name only.
_PLACES: Final = frozenset({"body", "query", "path", "header"})


def message_of(body: object) -> str | None:
    """What the server says went wrong, or None where it doesn't say."""
    row = record(body)
    if row is not None:
        found = _of_object(row)
    elif isinstance(body, list):
        found = _of_list(body)
    else:
        found = _of_text(text(body))
    return None if found is None else safe_line(found.strip(), MAX_MESSAGE) or None


def code_of(body: object) -> str | None:
    """The server's own code for it, where it has one."""
    row = record(body) or {}
    inner = record(row.get("error")) or {}
    return first(inner, text, "code") or first(row, text, "error_code", "code")


def exception_of(body: object) -> str | None:
    """The bare name of the exception that the server met, where it tells."""
    row = record(body) or {}
    inner = record(row.get("error")) or row
    found = first(record(inner.get("details")) or {}, text, "type")
    return None if found is None else found.strip().rpartition(".")[2]


def _of_object(row: Row) -> str | None:
    inner = record(row.get("error")) or {}
    said = first(row, text, "message") or first(inner, text, "message")
    if said is not None:
        return _with_details(said, inner)
    detail = row.get("detail")
    if isinstance(detail, list) and (listed := _of_list(detail)) is not None:
        return listed
    told = first(row, text, "detail") or first(record(detail) or {}, text, "message", "msg")
    title = first(row, text, "title")
    if title is not None and told is not None and title.casefold() != told.casefold():
        return f"{title}: {told}"
    return told or title or first(row, text, "error", "reason") or code_of(row)


def _with_details(said: str, inner: Row) -> str:
    """Which field it is about, and the sentence of the details where that is another one."""
    details = first(record(inner.get("details")) or {}, text, "message")
    field = first(inner, text, "field")
    more = " ".join(part for part in (field, details) if part and part not in said)
    return f"{said}: {more}" if more else said


def _of_list(found: list[object]) -> str | None:
    """FastAPI's list of what is wrong with a request; a bare sentence counts too."""
    parts = []
    for value in found[:5]:
        row = record(value)
        said = text(value) if row is None else first(row, text, "msg", "message", "detail")
        if said is not None:
            place = _place(row.get("loc")) if row is not None else ""
            parts.append(f"{place}: {said}" if place else said)
    return "; ".join(parts) or None


def _place(loc: object) -> str:
    steps = loc if isinstance(loc, list) else []
    names = [found for step in steps if (found := identifier(step)) is not None]
    if len(names) > 1 and names[0] in _PLACES:
        names = names[1:]
    return ".".join(names)


def _of_text(body: str | None) -> str | None:
    """Plain text as it is; of a page, its title alone."""
    if body is None:
        return None
    if not _MARKUP.match(body):
        return body
    title = _TITLE.search(body[:_SCANNED])
    return text(html.unescape(title[1])) if title else None

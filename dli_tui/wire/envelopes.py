"""What a list comes wrapped in: nothing, {workflows,total_count}, {…,total,skip,limit}.

The one shape that is nobody's variant is an error of the server's: a page without rows
would look like an empty list, which is something else.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from dli_tui.domain.errors import ServerError
from dli_tui.wire.values import Row, count, first, kind_of, record

MOST_ROWS: Final = 5_000
"""Ten times the largest page that is asked for: a server that reads no `limit` sends them all."""


class Envelope(NamedTuple):
    """The rows as they came, how many there are in all where that was told, and the rest."""

    rows: list[Any]
    total: int | None
    rest: Row


def opened(reply: object, key: str) -> Envelope:
    """The rows of a list of `key`; DLI-503 where there is none, or more than any page has."""
    if isinstance(reply, list):
        return Envelope(bounded(reply, key), None, {})
    body = record(reply)
    if body is None or key not in body:
        raise ServerError(
            f"The server's answer can't be read: a list of {key} was expected, "
            f"{kind_of(reply)} came" + (" without one" if body is not None else "")
        )
    rows = body[key]
    # Go writes null for an empty list.
    if rows is None:
        rows = []
    if not isinstance(rows, list):
        raise ServerError(
            f"The server's answer can't be read: a list of {key} was expected, {kind_of(rows)} came"
        )
    return Envelope(bounded(rows, key), first(body, count, "total_count", "total"), body)


def bounded(rows: list[Any], key: str) -> list[Any]:
    """The rows of one page of `key`; DLI-503 where they are more than any page has."""
    if len(rows) > MOST_ROWS:
        raise ServerError(
            f"The server's answer can't be read: it holds {len(rows):,} {key} on one page",
            hint=f"A page has up to {MOST_ROWS:,}; the server may be sending something else.",
        )
    return rows


def placeholder(number: int) -> str:
    """What the nameless row with that number (from 0) is called; no two of a page alike."""
    return f"(unreadable {number + 1})" if number else "(unreadable)"

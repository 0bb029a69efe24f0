"""The identity of a write, made when the user confirms it.

Whatever is sent again for the same confirmation is sent under the same id, so that a server can
tell a repetition from a second request. The id travels in a context variable: every write of the
backends would need it as a parameter otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from secrets import token_hex
from typing import Final

_CURRENT: Final[ContextVar[str | None]] = ContextVar("dli_tui_request_id", default=None)


def new_request_id() -> str:
    """An id that nobody else has; it shows when it was made, as run ids made of it should."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S}_{token_hex(3)}"


@contextmanager
def request_id(value: str) -> Iterator[None]:
    """Writes within this block are sent under that id."""
    token = _CURRENT.set(value)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def current_request_id() -> str | None:
    """The id of the write under way, if its caller made one."""
    return _CURRENT.get()


def request_id_or_new() -> str:
    """The id of the write under way, or a new one."""
    return current_request_id() or new_request_id()

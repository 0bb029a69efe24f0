"""Writes that ended unconfirmed, as the client reports them for later verification."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol


class Verification(NamedTuple):
    """The result of checking once whether an unconfirmed write happened."""

    is_confirmed: bool
    detail: str = ""
    """What the server shows that may be this write or another user's."""


class UnconfirmedWrite(NamedTuple):
    """A write whose answer was lost and that no verification has shown so far."""

    request_id: str | None
    """The id of the user's confirmation; None where the caller made none."""
    what: str
    """The write, as it ends a sentence: `run 'd'`."""
    shown_by: str
    """The `dli-tui workflow` command that shows the outcome; empty where there is none."""
    verify: Callable[[], Awaitable[Verification]]
    """Asks the server once; raises a DLIError where that fails."""


class UnconfirmedListener(Protocol):
    """Receives the unconfirmed writes of a client."""

    def add(self, write: UnconfirmedWrite) -> None:
        """A write has ended unconfirmed."""

    def settle(self, request_id: str, what: str) -> None:
        """A write of that confirmation has succeeded, perhaps after it was unconfirmed."""

"""Was anything sent? What somebody who interrupts a call has to know."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final


class Sent:
    """Filled in by the client the moment before a write leaves."""

    def __init__(self) -> None:
        self.what: str | None = None

    def note(self) -> str:
        """What to tell the person who interrupted the call."""
        if self.what is None:
            return "Nothing was sent."
        return f"The request to {self.what} had been sent; look before you send it again."


CURRENT: Final[ContextVar[Sent | None]] = ContextVar("dli_tui_sent", default=None)


def sending(what: str) -> None:
    """Say that the request to `what` leaves now."""
    sent = CURRENT.get()
    if sent is not None:
        sent.what = what

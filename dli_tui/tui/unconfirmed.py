"""The list of unconfirmed writes, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dli_tui.domain.text import safe_line
from dli_tui.present import words

if TYPE_CHECKING:
    from dli_tui.session.session import Session
    from dli_tui.session.unconfirmed import ListedWrite

_MOST_TEXT: Final = 200
_MOST_LINES: Final = 6
"""Of a notification."""


def unconfirmed_lines(session: Session | None) -> list[str]:
    """A line for each unconfirmed write, oldest first, and one for those no longer listed."""
    if session is None:
        return []
    lines = [safe_line(_line(write), _MOST_TEXT) for write in session.unconfirmed.writes]
    unlisted = session.unconfirmed.unlisted
    return [*lines, f"and {unlisted} older, no longer checked"] if unlisted else lines


def unconfirmed_text(session: Session | None) -> str:
    """The same as the text of a notification, which has room for a few."""
    lines = unconfirmed_lines(session)
    more = len(lines) - _MOST_LINES
    return "\n".join([*lines[:_MOST_LINES], *([f"and {more} more"] if more > 0 else [])])


def _line(write: ListedWrite) -> str:
    state = "unconfirmed"
    if write.detail:
        state = f"{state}, {write.detail}"
    elif write.is_given_up:
        state = f"{state}, not seen in 30 minutes"
    command = f"; see it with: dli-tui workflow {write.shown_by}" if write.shown_by else ""
    return f"{write.what}, sent {words.age(write.age)} ago: {state}{command}"

"""The open connections: how many there may be, and which are closed first when there are too many.

A connection costs a file descriptor and memory before anybody has signed in on it. So those on
which nobody ever signed in are limited for each address, and are closed first, the oldest before
the newest, when the server has as many connections as it can hold. Whoever signs in keeps theirs.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from dli_tui.server.limits import owner_of

MOST: Final = 2_048
"""Connections in all; what more would cost in memory is worth less than a refusal."""
MOST_STRANGERS: Final = 64
"""Connections of one address on which nobody signed in."""
_OTHER_FILES: Final = 64
"""Descriptors that are kept for tokens, logs, the database and the server behind."""
_HIGHEST_LIMIT: Final = 65_536
_LEAST: Final = 16
_TOLD_EVERY: Final = 10.0
_KEPT_IN: Final = "dli_tui.connection"
_COUNTED_IN: Final = "dli_tui.connections"


class Connection(Protocol):
    """What is counted, and can be closed."""

    def close(self) -> None:
        """Close it at once."""


class Connections:
    """Counts connections by address, and closes what is too much."""

    def __init__(
        self,
        most: int = MOST,
        *,
        exempt: Callable[[str], bool] = lambda _: False,
        ticks: Callable[[], float],
        tell: Callable[[int, int], None] = lambda _open, _closed: None,
    ) -> None:
        self.most = most
        self.refused = 0
        """How many were closed because there were too many."""
        self._exempt, self._ticks, self._tell = exempt, ticks, tell
        self._open: dict[Connection, str] = {}
        self._strangers: dict[Connection, str] = {}
        self._of_address: dict[str, dict[Connection, None]] = {}
        self._told_at, self._told_refused = float("-inf"), 0

    def __len__(self) -> int:
        return len(self._open)

    @property
    def strangers(self) -> int:
        """On how many nobody has signed in yet."""
        return len(self._strangers)

    def opened(self, connection: Connection, address: str) -> None:
        """Count a new connection; where that is too many, the oldest stranger's is closed."""
        owner = "" if self._exempt(address) else owner_of(address)
        self._open[connection] = self._strangers[connection] = owner
        theirs = self._of_address.setdefault(owner, {})
        theirs[connection] = None
        if owner and len(theirs) > MOST_STRANGERS:
            self._refuse(next(iter(theirs)))
        elif len(self._open) > self.most:
            self._refuse(next(iter(self._strangers)))

    def signed_in(self, connection: Connection) -> None:
        """Somebody signed in: it counts no longer as a stranger's."""
        owner = self._strangers.pop(connection, None)
        if owner is not None:
            self._of_strangers_no_more(connection, owner)

    def closed(self, connection: Connection) -> None:
        """Forget a connection."""
        self.signed_in(connection)
        self._open.pop(connection, None)

    def _refuse(self, connection: Connection) -> None:
        self.closed(connection)
        connection.close()
        self.refused += 1
        now = self._ticks()
        if now - self._told_at >= _TOLD_EVERY:
            self._tell(len(self._open), self.refused - self._told_refused)
            self._told_at, self._told_refused = now, self.refused

    def _of_strangers_no_more(self, connection: Connection, owner: str) -> None:
        theirs = self._of_address[owner]
        del theirs[connection]
        if not theirs:
            del self._of_address[owner]


def most_connections() -> int:
    """Raise the limit of open files as far as the system lets us; how many connections fit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _HIGHEST_LIMIT if hard == resource.RLIM_INFINITY else min(hard, _HIGHEST_LIMIT)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
        except (OSError, ValueError):  # a system that says one limit and keeps another
            pass
    files = wanted if soft == resource.RLIM_INFINITY else soft
    return max(_LEAST, min(MOST, files - _OTHER_FILES))


def offer_connections(
    scope: Mapping[str, Any], signed_in: Callable[[], None], counted: Connections | None
) -> None:
    """Keep with a request how its connection learns of a sign-in, and what counts them all."""
    scope["state"][_KEPT_IN] = signed_in
    scope["state"][_COUNTED_IN] = counted


def connections_of(scope: Mapping[str, Any]) -> Connections | None:
    """What counts the connections; None where nothing does."""
    found: Connections | None = scope["state"].get(_COUNTED_IN)
    return found


def note_sign_in(scope: Mapping[str, Any]) -> None:
    """Say to the connection of a request that somebody signed in."""
    signed_in = scope["state"].get(_KEPT_IN)
    if signed_in is not None:
        signed_in()

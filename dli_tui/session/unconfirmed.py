"""Unconfirmed writes of this session: listed with their age, and checked again by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple

from dli_tui.domain.errors import AuthenticationError, ConnectionFailedError, DLIError
from dli_tui.session.feed import Feed

if TYPE_CHECKING:
    from dli_tui.client.unconfirmed import UnconfirmedWrite
    from dli_tui.session.surroundings import Surroundings

CHECK_SECONDS: Final = 10.0
CHECKED_FOR_SECONDS: Final = 30 * 60.0
"""How long a write is checked again; a server that was slow has done it by then, or never will."""
MOST_WRITES: Final = 50
"""A bulk action on a server that breaks down leaves one for each target."""


@dataclass(eq=False)
class _Entry:
    write: UnconfirmedWrite
    sent_at: float
    checked_from: float
    """When the checks began, for the last time that it was sent."""
    detail: str = ""


class ListedWrite(NamedTuple):
    """An unconfirmed write as it is shown."""

    what: str
    shown_by: str
    age: float
    """Seconds since it was first sent."""
    is_given_up: bool
    """Whether it is no longer checked."""
    detail: str
    """What the last check showed that may be this write or another user's."""


class UnconfirmedWrites(Feed):
    """Checks each unconfirmed write every 10 seconds for half an hour, one after the other.

    A client reports to this as its `UnconfirmedListener`.
    """

    for_eyes: ClassVar[bool] = False

    def __init__(self, around: Surroundings) -> None:
        super().__init__(around)
        self._pace = around.pace
        self._entries: list[_Entry] = []
        self._confirmed: list[str] = []
        self.unlisted = 0
        """How many of the oldest left the list because it was full."""

    @property
    def writes(self) -> list[ListedWrite]:
        """The unconfirmed writes, oldest first."""
        now = self._pace.passed()
        return [
            ListedWrite(
                entry.write.what,
                entry.write.shown_by,
                now - entry.sent_at,
                self._is_given_up(entry),
                entry.detail,
            )
            for entry in self._entries
        ]

    @property
    def count(self) -> int:
        """How many writes are unconfirmed, those that are no longer listed too."""
        return len(self._entries) + self.unlisted

    def add(self, write: UnconfirmedWrite) -> None:
        """List a write and begin to check it; one sent again under its id is checked anew."""
        now = self._pace.passed()
        known = self._entry(write.request_id, write.what)
        if known is not None:
            known.checked_from = now
        else:
            if len(self._entries) == MOST_WRITES:
                del self._entries[0]
                self.unlisted += 1
            self._entries.append(_Entry(write, now, now))
        self._poller.look_again()
        self.tell()

    def settle(self, request_id: str, what: str) -> None:
        """Remove a write that was sent again and has succeeded."""
        entry = self._entry(request_id, what)
        if entry is not None:
            self._entries.remove(entry)
            self.tell()

    def take_confirmed(self) -> list[str]:
        """The writes that checks have confirmed since the last call."""
        confirmed, self._confirmed = self._confirmed, []
        return confirmed

    async def _ask(self) -> None:
        now = self._pace.passed()
        # One that has just been added was looked for a moment ago.
        due = [entry for entry in self._checked if now - entry.checked_from >= CHECK_SECONDS]
        for entry in due:
            try:
                verification = await entry.write.verify()
            except (ConnectionFailedError, AuthenticationError):
                # The others would fail the same; the poller slows down.
                raise
            except DLIError:
                continue
            entry.detail = verification.detail
            # It may have been sent again and have succeeded meanwhile.
            if verification.is_confirmed and entry in self._entries:
                self._entries.remove(entry)
                self._confirmed.append(entry.write.what)

    def _every(self) -> float | None:
        return CHECK_SECONDS if self._checked else None

    @property
    def _checked(self) -> list[_Entry]:
        return [entry for entry in self._entries if not self._is_given_up(entry)]

    def _is_given_up(self, entry: _Entry) -> bool:
        return self._pace.passed() - entry.checked_from > CHECKED_FOR_SECONDS

    def _entry(self, request_id: str | None, what: str) -> _Entry | None:
        if request_id is None:
            return None
        known = (request_id, what)
        found = (one for one in self._entries if (one.write.request_id, one.write.what) == known)
        return next(found, None)

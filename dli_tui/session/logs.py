"""The log of one try of one step, followed while it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dli_tui.session.feed import Feed

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.domain.ids import LogRef
    from dli_tui.domain.log import LogLine
    from dli_tui.session.surroundings import Surroundings

LOG_SECONDS: Final = 2.0
SLOWEST_SECONDS: Final = 10.0
QUIET_POLLS: Final = 5
"""After so many without a line, it is asked for half as often."""
MANY: Final = 500
"""A chunk of so many lines has more behind it."""
MOST_LINES: Final = 200_000


class LogFeed(Feed):
    """Hands over each line once, and forgets it: a long log is held by its reader alone."""

    def __init__(self, client: WorkflowClient, ref: LogRef, around: Surroundings) -> None:
        super().__init__(around)
        self.ref = ref
        self.count = 0
        """How many lines have come."""
        self.complete = False
        """Nothing more will be written."""
        self.truncated = False
        """There is more, but nobody reads that many lines."""
        self._client = client
        self._fresh: list[LogLine] = []
        self._cursor: str | None = None
        self._more = False
        self._quiet = 0

    def take(self) -> list[LogLine]:
        """The lines that came since the last time, in order."""
        fresh, self._fresh = self._fresh, []
        return fresh

    async def _ask(self) -> None:
        if self.complete or self.truncated:
            return
        chunk = await self._client.logs(self.ref, self._cursor)
        room = MOST_LINES - self.count
        fresh = chunk.lines[:room]
        self._fresh.extend(fresh)
        self.count += len(fresh)
        self.truncated = len(chunk.lines) > room or (
            len(chunk.lines) == room and not chunk.complete
        )
        self.complete = chunk.complete and not self.truncated
        self._cursor = chunk.cursor
        self._more = len(chunk.lines) >= MANY
        self._quiet = 0 if fresh else self._quiet + 1

    def _every(self) -> float | None:
        if self.complete or self.truncated:
            return None
        if self._more:
            return 0.0
        return min(SLOWEST_SECONDS, LOG_SECONDS * 2.0 ** min(self._quiet // QUIET_POLLS, 10))

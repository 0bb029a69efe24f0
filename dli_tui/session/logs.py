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
MANY: Final = 500
"""A chunk of so many lines has more behind it."""
MOST_LINES: Final = 200_000


class LogFeed(Feed):
    """The lines so far; none is ever taken away."""

    def __init__(self, client: WorkflowClient, ref: LogRef, around: Surroundings) -> None:
        super().__init__(around)
        self.ref = ref
        self.lines: list[LogLine] = []
        self.complete = False
        """Nothing more will be written."""
        self.truncated = False
        """There is more, but nobody reads that many lines."""
        self._client = client
        self._cursor: str | None = None
        self._more = False

    async def _ask(self) -> None:
        if self.complete or self.truncated:
            return
        chunk = await self._client.logs(self.ref, self._cursor)
        room = MOST_LINES - len(self.lines)
        self.lines.extend(chunk.lines[:room])
        self.truncated = len(chunk.lines) > room or (
            len(chunk.lines) == room and not chunk.complete
        )
        self.complete = chunk.complete and not self.truncated
        self._cursor = chunk.cursor
        self._more = len(chunk.lines) >= MANY

    def _every(self) -> float | None:
        if self.complete or self.truncated:
            return None
        return 0.0 if self._more else LOG_SECONDS

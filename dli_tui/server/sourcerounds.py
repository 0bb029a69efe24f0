"""A look every minute whether CODE took over from MANUAL somewhere, or gave it back.

Whoever asked in a spec hears of it. What can't be looked at, or told, is a line in the log, and
nobody who asks the server for something waits for any of it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from dli_tui.domain.errors import DLIError
from dli_tui.domain.traces import masked
from dli_tui.server.lines import failure_line, json_line
from dli_tui.session.tasks import Tasks

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from dli_tui.specs.sourcenews import Say, SourceNews

EVERY: Final = 60.0

OpensNews = Callable[["Say"], "AbstractAsyncContextManager[SourceNews]"]


class SourceRounds:
    """Looks as long as the server runs; where nothing is to be looked at, it does nothing."""

    def __init__(
        self,
        opens: OpensNews | None,
        sleep: Callable[[float], Awaitable[None]],
        *,
        now: Callable[[], datetime],
        tell: Callable[[str], None],
    ) -> None:
        self._opens, self._sleep = opens, sleep
        self._now, self._tell = now, tell
        self._tasks = Tasks(self._crashed)

    async def __aenter__(self) -> Self:
        if self._opens is not None:
            self._tasks.start(self._go_round(self._opens))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._tasks.close()

    async def _go_round(self, opens: OpensNews) -> None:
        while True:
            try:
                # Opened anew each time: a store that isn't there yet is no reason not to serve.
                async with opens(self._say) as news:
                    await news.look()
            except DLIError as problem:
                self._say(problem.message)
            await self._sleep(EVERY)

    def _say(self, line: str) -> None:
        self._tell(json_line(time=self._now().isoformat(), event="sources", said=masked(line)))

    def _crashed(self, error: BaseException) -> None:
        self._tell(failure_line(self._now(), "", error))

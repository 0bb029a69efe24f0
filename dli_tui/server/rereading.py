"""A small file that is read again when it has changed, without waiting for a disk each time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final, Generic, TypeVar

from dli_tui.domain.errors import ConfigurationError
from dli_tui.server.threads import in_gate_thread

EVERY: Final = 1.0
"""Seconds: what was revoked is refused after so long at the latest."""

Read = TypeVar("Read")
_Mark = tuple[int, int, int]


class Rereading(Generic[Read]):
    """What a file says now; ConfigurationError while it can't be believed."""

    def __init__(
        self, path: Path, read: Callable[[Path], Read], ticks: Callable[[], float]
    ) -> None:
        self._path = path
        self._read = read
        self._ticks = ticks
        self._checked = float("-inf")
        self._mark: _Mark | None = None
        self._found: Read | None = None
        self._problem = ConfigurationError(f"{path} was never read")
        self._looking = asyncio.Lock()

    async def now(self) -> Read:
        """What it says, as it stood a second ago at most."""
        if self._ticks() - self._checked >= EVERY:
            async with self._looking:
                if self._ticks() - self._checked >= EVERY:
                    began = self._ticks()
                    await in_gate_thread(self._look)
                    self._checked = began
        if self._found is None:
            # A new one each time: the traceback of one that is kept would grow for ever.
            raise ConfigurationError(self._problem.message, hint=self._problem.hint)
        return self._found

    def _look(self) -> None:
        # The mark is taken before reading: what changes in between is seen the next time.
        mark = _mark(self._path)
        if mark is None or mark != self._mark or self._found is None:
            try:
                self._found = self._read(self._path)
            except ConfigurationError as problem:
                self._found, self._problem = None, problem
            self._mark = mark


def _mark(path: Path) -> _Mark | None:
    try:
        status = path.stat()
    except OSError:
        return None
    # Rights count as well: a file that others may read now is refused.
    return status.st_ino, status.st_ctime_ns, status.st_size

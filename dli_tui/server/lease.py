"""Which of several servers of one place keeps its backfills going: whoever holds a file's lock.

Two that supervise would start every date twice. The system takes the lock back however a
process ends, so nothing is ever left behind to be tidied up; what stands in the file is for people
alone. On two machines the ids of the runs are what keeps them apart.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import platform
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from dli_tui.domain.text import safe_line

_PRIVATE: Final = 0o600
_LONGEST: Final = 80


class Lease:
    """The right to keep the backfills of one place going, on this machine."""

    def __init__(self, path: Path | None, now: Callable[[], datetime]) -> None:
        self._path, self._now = path, now
        self._handle: int | None = None
        # A second try of ours would meet the lock of the first.
        self._trying = asyncio.Lock()

    async def elsewhere(self) -> str | None:
        """Who has it, as the end of a sentence; None: it is ours, now if it wasn't before."""
        async with self._trying:
            if self._path is None or self._handle is not None:
                return None
            return await asyncio.to_thread(self._take, self._path)

    async def end(self) -> None:
        """Leave it to others."""
        async with self._trying:
            handle, self._handle = self._handle, None
            if handle is not None:
                await asyncio.to_thread(_let_go, handle)

    def _take(self, path: Path) -> str | None:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT, _PRIVATE)
        except OSError as problem:
            return f"its lease can't be written: {problem.strerror}"
        try:
            os.fchmod(handle, _PRIVATE)
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _write(handle, self._told())
        except BlockingIOError:
            holder = _read(path)
            os.close(handle)
            return f"another server does that already{holder}"
        except OSError as problem:
            os.close(handle)
            return f"its lease can't be taken: {problem.strerror}"
        self._handle = handle
        return None

    def _told(self) -> bytes:
        since = self._now().isoformat(timespec="seconds")
        told = {"pid": os.getpid(), "host": platform.node(), "since": since}
        return f"{json.dumps(told)}\n".encode()


def _write(handle: int, told: bytes) -> None:
    os.ftruncate(handle, 0)
    os.pwrite(handle, told, 0)


def _let_go(handle: int) -> None:
    try:
        os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def _read(path: Path) -> str:
    """Who says in the file that they have it; nothing where that can't be read."""
    try:
        told = json.loads(path.read_bytes())
        facts = (str(told[key]) for key in ("pid", "host", "since"))
        pid, host, since = (safe_line(fact, _LONGEST) for fact in facts)
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return f", process {pid} on {host} since {since}"

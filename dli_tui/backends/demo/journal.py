"""Where the demo remembers what a person did to it.

A line of JSON an action, in the user's state folder. Two processes may write at once: each
decides under a lock, after reading what the other wrote, so a pause by command is seen in
the dashboard and nothing is done twice. A line that a crash tore, or that isn't ours, is passed
over.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

from dli_tui.backends.demo.actions import Action, action_of, compacted, horizon_of
from dli_tui.domain.errors import ConfigurationError

Decide = Callable[[tuple[Action, ...]], tuple[Action, ...]]
"""Given all actions so far, the ones to add; raises a DLI error to add none."""

COMPACT_AT: Final = 1_000_000
_PRIVATE: Final = 0o600
_Mark = tuple[int, int, int]
_NOTHING: Final[_Mark] = (0, 0, 0)


class Journal(Protocol):
    """What was done so far, and a way to add to it. Both calls may block."""

    def actions(self) -> tuple[Action, ...]:
        """Every action so far; the same tuple again while nothing was added."""
        ...

    def commit(self, decide: Decide) -> tuple[Action, ...]:
        """Add what `decide` says, and return that."""
        ...


class MemoryJournal:
    """A journal that ends with the program: for a fixed hour, and for tests."""

    def __init__(self) -> None:
        self._actions: tuple[Action, ...] = ()
        self._lock = Lock()

    def actions(self) -> tuple[Action, ...]:
        return self._actions

    def commit(self, decide: Decide) -> tuple[Action, ...]:
        with self._lock:
            added = decide(self._actions)
            self._actions += added
            return added


class FileJournal:
    """A journal in a file that other processes share."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = path.with_suffix(".lock")
        # Threads read at the same time; the two belong together, so they change together.
        self._seen: tuple[_Mark, tuple[Action, ...]] = (_NOTHING, ())
        self._left: tuple[datetime, int] | None = None
        """What the last compaction left: on which day, and how many bytes."""

    def actions(self) -> tuple[Action, ...]:
        mark, known = self._seen
        try:
            if _mark(self._path.stat()) != mark:
                self._seen = mark, known = self._read()
        except FileNotFoundError:
            self._seen = mark, known = _NOTHING, ()
        return known

    def commit(self, decide: Decide) -> tuple[Action, ...]:
        with self._locked():
            added = decide(self.actions())
            if added:
                self._append(added)
            return added

    def reset(self) -> int:
        """Forget everything; how many actions were forgotten."""
        with self._locked():
            forgotten = len(self.actions())
            self._path.unlink(missing_ok=True)
            return forgotten

    def _read(self) -> tuple[_Mark, tuple[Action, ...]]:
        with self._path.open("rb") as file:
            status = os.fstat(file.fileno())
            text = file.read(status.st_size).decode("utf-8", "replace")
        # Whole lines only: the last one may be in the middle of being written.
        whole = text[: text.rfind("\n") + 1]
        found = (action_of(line) for line in whole.split("\n"))
        return _mark(status), tuple(action for action in found if action is not None)

    def _append(self, added: tuple[Action, ...]) -> None:
        lines = "".join(action.as_line() + "\n" for action in added)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, _PRIVATE)
        with os.fdopen(descriptor, "r+b") as file:
            size = os.fstat(file.fileno()).st_size
            if size and os.pread(file.fileno(), 1, size - 1) != b"\n":
                lines = "\n" + lines
            file.write(lines.encode())
            file.flush()
            os.fsync(file.fileno())
            grown = size + len(lines)
        if grown > COMPACT_AT and self._may_shrink(grown, added[-1].at):
            self._compact(now=added[-1])
            self._left = horizon_of(added[-1].at), self._path.stat().st_size

    def _may_shrink(self, size: int, now: datetime) -> bool:
        """Whether to compact again: what was left the last time stays for the rest of the day."""
        if self._left is None:
            return True
        horizon, left = self._left
        return horizon != horizon_of(now) or size > 2 * left

    def _compact(self, now: Action) -> None:
        kept = compacted(self.actions(), now.at)
        beside = self._path.with_suffix(".new")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.writelines(action.as_line() + "\n" for action in kept)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._lock, os.O_WRONLY | os.O_CREAT, _PRIVATE)
        except OSError as error:
            raise ConfigurationError(
                f"The demo can't keep what you do: {error.strerror} ({self._path.parent})",
                hint="Make that folder writable, or set XDG_STATE_HOME to one that is.",
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _mark(status: os.stat_result) -> _Mark:
    """What differs once a file was written to, or replaced: an inode is soon used again."""
    return status.st_ino, status.st_size, status.st_mtime_ns

"""The audit log: who changed what, a line before each write request and one after it.

An action without a trace is worse than one that waits: where the first line can't be written,
nothing is done. Where the second can't, the action is done, so its answer goes out, the line is
told on stderr instead, and the next write is refused.

The file is for its owner alone. At a size limit it is renamed (`.1`, `.2` …) and begun anew, and
the oldest goes, so that nobody fills the disk with it; several servers may write to one file.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from dli_tui.domain.errors import ConfigurationError

LARGEST: Final = 64 * 1024 * 1024
KEPT: Final = 9
"""So many older files are kept beside the one that is written."""
LEAST_FREE: Final = 1024 * 1024
"""Bytes that a disk must have left for the log to count as writable."""
_PRIVATE: Final = 0o600
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class AuditLog:
    """Appends lines to a file, which is opened each time, so that it may be moved away."""

    def __init__(self, path: Path, *, largest: int = LARGEST, kept: int = KEPT) -> None:
        self._path, self._largest, self._kept = path, largest, kept

    def check(self) -> None:
        """Refuse to start with a log that can't be written, or that others read or change."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = self._opened()
            try:
                status = os.fstat(handle)
            finally:
                os.close(handle)
        except OSError as problem:
            raise ConfigurationError(
                f"The audit log {self._path} can't be written: {problem.strerror}",
                hint="Name another file with --audit FILE.",
            ) from None
        if stat.S_ISREG(status.st_mode) and status.st_mode & _OTHERS:
            raise ConfigurationError(
                f"The audit log {self._path} can be read or changed by others",
                hint=f"Run: chmod 600 {self._path}",
            )

    def require_room(self) -> None:
        """Raise an OSError where a line would find no room, as far as that can be told."""
        handle = self._opened()
        try:
            if stat.S_ISREG(os.fstat(handle).st_mode):
                require_room(handle)
        finally:
            os.close(handle)

    def write(self, line: str) -> None:
        """Append a whole line; an OSError says that nothing of it is there."""
        data = f"{line}\n".encode()
        with self._locked() as handle:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                _append(handle, data)
                return
            size = os.fstat(handle).st_size
            # A line that a full disk or a crash cut off takes no other one with it.
            cut_off = size and os.pread(handle, 1, size - 1) != b"\n"
            try:
                _append(handle, b"\n" + data if cut_off else data)
            except OSError:
                with suppress(OSError):
                    os.ftruncate(handle, size)
                raise

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The file with room for a line, which no other server writes to or renames meanwhile."""
        while True:
            handle = self._opened()
            try:
                with suppress(OSError):  # a pipe or a terminal knows no lock
                    fcntl.flock(handle, fcntl.LOCK_EX)
                if self._is_the_file(handle) and not self._is_rotated(handle):
                    yield handle
                    return
            finally:
                os.close(handle)

    def _is_the_file(self, handle: int) -> bool:
        """Whether the file that was locked still has its name."""
        try:
            return os.path.samestat(os.fstat(handle), self._path.stat())
        except FileNotFoundError:
            return False

    def _is_rotated(self, handle: int) -> bool:
        """Rename a file that is full; whether it was."""
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode) or status.st_size < self._largest:
            return False
        try:
            for number in range(self._kept - 1, 0, -1):
                with suppress(FileNotFoundError):
                    self._older(number).replace(self._older(number + 1))
            self._path.replace(self._older(1))
        except PermissionError:
            return False  # a file in a folder of somebody else's, who sees to its size
        return True

    def _older(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")

    def _opened(self) -> int:
        # To read as well: what stands at its end is looked at. A pipe waits for no reader so.
        return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, _PRIVATE)


def require_room(place: int | Path) -> None:
    """Raise an OSError where the disk that holds a file is full."""
    disk = os.statvfs(place)
    if disk.f_bavail * disk.f_frsize < LEAST_FREE:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _append(handle: int, data: bytes) -> None:
    written = os.write(handle, data)
    if written != len(data):
        raise OSError(f"{written} of {len(data)} bytes were written")

"""Who changed what: a line before each deed and one after it, in a file for its owner alone.

A deed without a trace is worse than one that waits: where the first line can't be written, nothing
is done. Where the second can't, the deed is done, so its answer goes out, the line is told on
stderr instead, and the next deed is refused.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from dli_tui.domain.errors import ConfigurationError

_PRIVATE: Final = 0o600
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class AuditLog:
    """Appends lines to a file, which is opened each time, so that it may be moved away."""

    def __init__(self, path: Path) -> None:
        self._path = path

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

    def write(self, line: str) -> None:
        """Append a line, whole; an OSError says that it isn't there."""
        data = f"{line}\n".encode()
        handle = self._opened()
        try:
            written = os.write(handle, data)
        finally:
            os.close(handle)
        if written != len(data):
            raise OSError(f"{written} of {len(data)} bytes were written")

    def _opened(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _PRIVATE)

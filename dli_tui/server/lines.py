"""Lines of JSON for whoever looks after the server, written without ever keeping it waiting.

Where stderr is a pipe that nobody empties, a plain `print` would stop every request.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from queue import SimpleQueue
from threading import Thread
from typing import Any, Final, TextIO
from urllib.parse import unquote

from dli_tui.domain.traces import masked, trace_of

MOST_WAITING: Final = 10_000
_LONGEST: Final = 1_000
_TELLING: Final = re.compile(r"(?i)token|secret|password|passwd|key|auth|credential")
_PARTS: Final = re.compile(r"([?&;])")


def json_line(**facts: Any) -> str:  # noqa: ANN401 - whatever JSON can say
    """One line, ASCII only, so that no terminal obeys what somebody sent."""
    return json.dumps(facts, separators=(",", ":"))


def failure_line(now: datetime, request_id: str, problem: BaseException) -> str:
    """Where we failed, for whoever is to mend it."""
    return json_line(
        time=now.isoformat(), event="failure", id=request_id, traceback=trace_of(problem)
    )


def told_target(raw_path: bytes, query: bytes) -> str:
    """A path with its query as it may be written down: no secrets, and not endless."""
    if not query and len(raw_path) <= _LONGEST:
        return masked(raw_path.decode("latin-1"))
    target = (raw_path + b"?" + query).decode("latin-1")[:_LONGEST]
    # Piece by piece: one pattern for all would look at some targets for a tenth of a second.
    return masked("".join(map(_told_part, _PARTS.split(target))))


def _told_part(part: str) -> str:
    """A name with its value, unless that may be a secret."""
    name, equals, value = part.partition("=")
    return f"{name}=***" if equals and value and _TELLING.search(unquote(name)) else part


class LineWriter:
    """Hands lines to a thread that writes them; those that it can't keep up with are counted."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._queue: SimpleQueue[str | None] = SimpleQueue()
        self._thread: Thread | None = None
        self._lost = 0

    def __call__(self, line: str) -> None:
        if self._queue.qsize() >= MOST_WAITING:
            self._lost += 1
            return
        if self._thread is None:
            self._thread = Thread(target=self._work, name="request log", daemon=True)
            self._thread.start()
        self._queue.put(line)

    def close(self, seconds: float = 1.0) -> None:
        """Write what waits, as far as that is possible in so many seconds."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            thread.join(seconds)

    def _work(self) -> None:
        told = 0
        while (line := self._queue.get()) is not None:
            lost = self._lost
            if lost > told:
                line = f"{json_line(event='lines lost', count=lost - told)}\n{line}"
            # A stream that is closed can't be told about, and no reason to stop serving.
            try:
                self._stream.write(f"{line}\n")
                self._stream.flush()
                told = lost
            except (OSError, ValueError):
                continue

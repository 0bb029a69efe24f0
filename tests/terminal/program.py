"""A program on a pty: what goes in, what comes out, what is waited for, how it ends.

Bytes get their time when they are read and are interpreted in the pauses, so what
interpreting costs is in no figure that is taken here.
"""

from __future__ import annotations

import fcntl
import os
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from pyte.screens import Char

from tests.terminal import usage
from tests.terminal.queries import CELL, MOUSE_ENCODINGS, SIZE_REPORTS, Queries, State, size_report
from tests.terminal.screen import HIDDEN_CURSOR, Screen

KEYS: Final[Mapping[str, bytes]] = {
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "right": b"\x1b[C",
    "left": b"\x1b[D",
    "home": b"\x1b[H",
    "end": b"\x1b[F",
    "pageup": b"\x1b[5~",
    "pagedown": b"\x1b[6~",
    "enter": b"\r",
    "escape": b"\x1b",
    "tab": b"\t",
    "space": b" ",
    "backspace": b"\x7f",
}
_PAUSE: Final = 0.02
"""Nothing came for so long: time to interpret."""
_PATIENCE: Final = 0.25
"""Something comes all the time: interpret all the same."""
_STEP: Final = 0.002
_TAKEN_BACK: Final = (
    *(signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT),
    *(signal.SIGPIPE, signal.SIGXFSZ),
)
"""Signals that Python or the test runner may ignore, which a program would inherit."""
_NOT_PASSED_ON: Final = {
    *("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TERM_PROGRAM", "TMUX"),
    *("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "PYTHONPYCACHEPREFIX"),
}
_WORDS: Final = {
    **dict.fromkeys((47, 1047, 1049), "alternate screen"),
    **dict.fromkeys((9, 1000, 1001, 1002, 1003), "mouse"),
    **dict.fromkeys(MOUSE_ENCODINGS, "mouse encoding"),
    1004: "focus reports",
    2004: "bracketed paste",
    2026: "unfinished frame",
    2031: "colour reports",
    SIZE_REPORTS: "size reports",
    HIDDEN_CURSOR: "hidden cursor",
}
"""The modes that a program puts back when it ends."""


class NotShownError(AssertionError):
    """What was waited for didn't come; with the screen as it is instead."""


def environment(**more: str) -> dict[str, str]:
    """Our own environment as a terminal hands it on, and `more`."""
    kept = {name: value for name, value in os.environ.items() if name not in _NOT_PASSED_ON}
    ours = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    return {**kept, **ours, **more}


class Terminal:
    """A program that runs in a terminal of `size` columns and rows."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        size: tuple[int, int] = (100, 30),
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.screen = Screen(*size)
        self.ended: float | None = None
        """When it was seen to have ended."""
        self._arrived: list[tuple[float, bytes]] = []
        self._interpreted = 0
        self._queries = Queries()
        self._status = 0
        self._cpu_spent = 0.0
        self._master, self._slave = os.openpty()
        self._set_size()
        self._settings = termios.tcgetattr(self._slave)
        self.started = time.perf_counter()
        self.pid = self._spawned(argv, environment() if env is None else env)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    # What it shows

    def text(self) -> str:
        """The screen, one line per row, without the blanks at their ends."""
        self._interpret()
        return self.screen.text()

    def cell(self, x: int, y: int) -> Char:
        """A character with its colours (`data`, `fg`, `bg`, `bold`, `reverse`, …)."""
        self._interpret()
        return self.screen.cell(x, y)

    @property
    def raw(self) -> bytes:
        """Everything that it wrote."""
        return b"".join(data for _, data in self._arrived)

    @property
    def written(self) -> int:
        """How many bytes it wrote."""
        return sum(len(data) for _, data in self._arrived)

    @property
    def modes(self) -> frozenset[int]:
        """The private modes that are set, and 25 when the cursor is hidden."""
        self._interpret()
        return self.screen.modes

    def left_over(self) -> list[str]:
        """What a program that ends should have put back, in words; empty when it has."""
        words = [f"{_WORDS[mode]} ({mode})" for mode in sorted(self.modes) if mode in _WORDS]
        if self.screen.keyboard_depth:
            words.append("keyboard flags")
        if termios.tcgetattr(self._slave)[:4] != self._settings[:4]:
            words.append("settings of the line")
        return words

    # What a person does

    def press(self, *keys: str) -> None:
        """Press keys by name: `j`, `down`, `enter`, `ctrl+c`."""
        for key in keys:
            self.send(_encoded(key))

    def send(self, data: str | bytes) -> None:
        """Write to its input as it stands."""
        os.write(self._master, data.encode() if isinstance(data, str) else data)

    def resize(self, columns: int, rows: int) -> None:
        """Make the window another size, and tell."""
        self._interpret()
        self.screen.resize(columns, rows)
        self._set_size()
        if SIZE_REPORTS in self.screen.modes:
            self.send(size_report(columns, rows))

    def signal(self, number: int) -> None:
        """Send it a signal."""
        if not self.gone():
            os.kill(self.pid, number)

    # Waiting

    def until(self, condition: str | Callable[[], bool], timeout: float = 10.0) -> float:
        """Wait for a pattern on the screen, or for anything; when the bytes for it had come."""
        holds = condition if callable(condition) else self._shows(condition)
        limit = time.perf_counter() + timeout
        moment = self._first_moment(holds)
        while moment is None:
            last_chance = self.gone() or time.perf_counter() >= limit
            self._gather(limit)
            moment = self._first_moment(holds)
            if moment is None and last_chance:
                raise NotShownError(self._instead_of(condition))
        return moment

    def settle(
        self, quiet: float = 0.05, timeout: float = 5.0, *, after: float | None = None
    ) -> list[float]:
        """Wait until the screen has been still for `quiet`; the moments when it changed.

        Those since `after` where that is given, and then one change at least is waited for.
        """
        began = time.perf_counter()
        limit, since = began + timeout, began if after is None else after
        while True:
            ended = self.gone()
            self._gather(limit, pause=quiet, patience=timeout)
            self._interpret()
            changes = [moment for moment in self.screen.changes if moment >= since]
            now = time.perf_counter()
            still = now - (changes[-1] if changes else began) >= quiet
            if ended or now >= limit or (still and (changes or after is None)):
                return changes

    def wait(self, timeout: float = 10.0) -> int:
        """Wait for its end; its exit code, or minus the number of the signal that ended it."""
        limit = time.perf_counter() + timeout
        while not self.gone():
            if time.perf_counter() >= limit:
                raise NotShownError(self._instead_of("the end of the program"))
            self._read(_STEP)
        self._gather(limit)
        self._interpret()
        return self._status

    def watch(self, seconds: float) -> None:
        """Let it run for so long, and take what it writes."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self._read(left)

    def gone(self) -> bool:
        """Has it ended?"""
        if self.ended is None:
            pid, status, cost = os.wait4(self.pid, os.WNOHANG)
            if pid:
                self.ended = time.perf_counter()
                self._status = os.waitstatus_to_exitcode(status)
                self._cpu_spent = cost.ru_utime + cost.ru_stime
        return self.ended is not None

    # What it costs

    def cpu_seconds(self) -> float:
        """Processor time so far, of the program and all that it started."""
        return self._cpu_spent if self.gone() else usage.cpu_seconds(self.pid)

    def rss_mib(self) -> float:
        """Memory now, of the program and all that it started."""
        return usage.rss_mib(self.pid)

    def close(self) -> None:
        """End what still runs, and let go of the pty."""
        if not self.gone():
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            while not self.gone():
                self._read(_STEP)
        os.close(self._master)
        os.close(self._slave)

    # How

    def _spawned(self, argv: Sequence[str], env: Mapping[str, str]) -> int:
        # The first terminal that the leader of a new session opens is the one that controls it.
        # No Python runs between fork and exec, so threads of the test runner do no harm.
        own = os.ttyname(self._slave)
        return os.posix_spawnp(
            argv[0],
            list(argv),
            env,
            setsid=True,
            setsigdef=_TAKEN_BACK,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, own, os.O_RDWR, 0),
                (os.POSIX_SPAWN_DUP2, 0, 1),
                (os.POSIX_SPAWN_DUP2, 0, 2),
            ],
        )

    def _set_size(self) -> None:
        columns, rows = self.screen.columns, self.screen.rows
        pixels = (columns * CELL[0], rows * CELL[1])
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, *pixels))

    def _read(self, timeout: float) -> bool:
        """Take what comes within `timeout`, and answer what it asks."""
        if not select.select([self._master], [], [], max(0.0, timeout))[0]:
            return False
        data = os.read(self._master, 1 << 16)
        self._arrived.append((time.perf_counter(), data))
        for answer in self._queries.answers(data, self._state):
            self.send(answer)
        return True

    def _gather(self, limit: float, pause: float = _PAUSE, patience: float = _PATIENCE) -> None:
        """Read until nothing comes any more."""
        limit = min(limit, time.perf_counter() + patience)
        while self._read(min(pause, limit - time.perf_counter())):
            pass

    def _interpret(self) -> None:
        while self._interpreted < len(self._arrived):
            self._interpret_one()

    def _first_moment(self, holds: Callable[[], bool]) -> float | None:
        """From when on it holds, in what has come so far."""
        moment = self._arrived[self._interpreted - 1][0] if self._interpreted else self.started
        found = holds()
        while not found and self._interpreted < len(self._arrived):
            moment = self._interpret_one()
            found = holds()
        return moment if found else None

    def _interpret_one(self) -> float:
        moment, data = self._arrived[self._interpreted]
        self._interpreted += 1
        self.screen.feed(data, moment)
        return moment

    def _state(self) -> State:
        self._interpret()
        screen = self.screen
        return State(screen.columns, screen.rows, screen.cursor, screen.modes)

    def _shows(self, pattern: str) -> Callable[[], bool]:
        compiled = re.compile(pattern, re.MULTILINE)
        return lambda: compiled.search(self.screen.text()) is not None

    def _instead_of(self, condition: object) -> str:
        end = f" (it ended with {self._status})" if self.gone() else ""
        return f"waited in vain for {condition!r}{end}; the screen:\n{self.text()}"


def _encoded(key: str) -> bytes:
    """A key as terminals have always sent it."""
    if key.startswith("ctrl+"):
        return bytes([ord(key.removeprefix("ctrl+").upper()) & 0x1F])
    return KEYS.get(key) or key.encode()

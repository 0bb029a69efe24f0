"""The terminal that is drawn on: stdout's, so that stderr can be kept in a file.

It may go away at any time, with its window or its connection. Textual would then wait for it
for ever, at full load; here that is the end.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from io import TextIOBase, TextIOWrapper
from typing import TYPE_CHECKING, Final, TextIO, cast

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from dli_tui.tui.app import Dashboard

_FRAME: Final = 1_000
"""Whatever is written at once and as long as that is a screen, not a mode."""
HUNG_UP: Final = 128 + signal.SIGHUP
_LEAVE_MODES: Final = "\x1b[?2048l\x1b[?1016l"
_HEARD: Final = ("\a", "\x1b]9;")
"""A bell, and a notice outside the terminal: they change nothing on it."""


class Terminal(LinuxDriver):
    """Textual draws on stderr, where a person who writes `2> errors` would find the screen."""

    def __init__(
        self,
        app: Dashboard,
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._dash = app
        self._lent = False
        """Whether another program has the terminal, and may not be drawn over."""
        self._is_seen = False
        self._listens = True
        """Whether the terminal's word of what it can do is heeded; a mode set later would stay."""
        if sys.__stdout__ is not None:
            self._file = cast("TextIOWrapper", _Output(sys.__stdout__, self._lost))

    def suspend_application_mode(self) -> None:
        super().suspend_application_mode()
        self._lent = True

    def resume_application_mode(self) -> None:
        self._lent = False
        super().resume_application_mode()

    def write(self, data: str) -> None:
        if self._lent:
            # Nobody but us knows that a run has ended.
            if self._file is not None and data.startswith(_HEARD):
                self._file.write(data)
                self._file.flush()
        elif self._writer_thread is None:
            # Textual begins nothing on a terminal that is gone by then, and asserts that nobody
            # draws there: what a form writes as it goes, a pointer's shape, would be a crash.
            self._lost()
        else:
            super().write(data)
            if not self._is_seen and len(data) >= _FRAME:
                # The first frame is out. Textual's own word of that comes a frame later.
                self._is_seen = True
                self._dash.call_later(self._dash.bridge.start)

    def start_application_mode(self) -> None:
        self._listens = True
        super().start_application_mode()  # type: ignore[no-untyped-call]  # Textual's is untyped

    def disable_input(self) -> None:
        super().disable_input()
        self._listens = False
        # Where the terminal tells of its size by itself, Textual leaves a mouse mode set, and
        # that mode too when the terminal's word of it comes late: until here it was listened to.
        self.write(_LEAVE_MODES)

    def _enable_mouse_pixels(self) -> None:
        if self._listens:
            super()._enable_mouse_pixels()

    def _enable_in_band_window_resize(self) -> None:
        if self._listens:
            super()._enable_in_band_window_resize()

    def _get_terminal_size(self) -> tuple[int, int]:
        # The size that the app believes in. Where a terminal tells none, Textual's own guess
        # here is another one, and it would lay out for the two in turn, for ever.
        return self._dash.console.size

    def _lost(self) -> None:
        self._dash.call_later(self._dash.exit, return_code=HUNG_UP)

    def _sigcont_application(self, *_: object) -> None:
        # A terminal that goes away sends this too. To begin once more without having stopped
        # would leave a second thread that nobody ends.
        if self._must_signal_resume:
            super()._sigcont_application()

    def _run_input_thread(self) -> None:
        # Textual would print a traceback of its own.
        try:
            self.run_input_thread()
        except OSError:
            self._lost()
        except Exception as error:  # noqa: BLE001 - the thread ends here, whatever it was
            self._dash.call_later(self._dash.break_down, error)


class _Output(TextIOBase):
    """A stream that can be written to even when nobody is there any more."""

    def __init__(self, stream: TextIO, lost: Callable[[], None]) -> None:
        super().__init__()
        self._stream = stream
        self._lost: Callable[[], None] | None = lost
        if isinstance(stream, TextIOWrapper):
            # Where the terminal has no Hangul, a name in it is question marks and not the end.
            stream.reconfigure(errors="replace")

    def write(self, text: str) -> int:
        with suppress(ValueError):
            try:
                self._stream.write(text)
            except OSError:
                self._tell_lost()
        return len(text)

    def flush(self) -> None:
        with suppress(ValueError):
            try:
                self._stream.flush()
            except OSError:
                self._tell_lost()

    def fileno(self) -> int:
        return self._stream.fileno()

    def _tell_lost(self) -> None:
        lost, self._lost = self._lost, None
        if lost is not None:
            lost()

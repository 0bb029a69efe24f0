"""The terminal that is drawn on: stdout's, so that stderr can be kept in a file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from textual.drivers.linux_driver import LinuxDriver

if TYPE_CHECKING:
    from textual.app import App

_LEAVE_PIXELS = "\x1b[?1016l"


class Terminal(LinuxDriver):
    """Textual draws on stderr, where a person who writes `2> errors` would find the screen."""

    def __init__(
        self,
        app: App[None],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        if sys.__stdout__ is not None:
            self._file = sys.__stdout__

    def stop_application_mode(self) -> None:
        # Where the terminal tells of its size by itself, Textual leaves this mouse mode set.
        self.write(_LEAVE_PIXELS)
        super().stop_application_mode()

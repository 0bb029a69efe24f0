"""Opening a web page, where a browser would open in a window and not in this very terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from dli_tui.present.urls import web_address

if TYPE_CHECKING:
    from textual.app import App

_WINDOWS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER")


def has_window() -> bool:
    """Whether there is a desktop, or the person has named a browser."""
    return sys.platform == "darwin" or any(os.environ.get(name) for name in _WINDOWS)


def browse(app: App[None], url: str) -> None:
    """Open an address in the browser, if it is one of the web."""
    address = web_address(url)
    if not address:
        app.notify("There is no web page for this", severity="warning", markup=False)
    elif app.is_web or has_window():
        app.open_url(address)
    else:
        # A browser in the terminal would take it away from here.
        app.copy_to_clipboard(address)
        app.notify(f"No browser here, so it is copied: {address}", markup=False)

"""Whether a browser would open in a window, rather than in this very terminal."""

from __future__ import annotations

import os
import sys
from typing import Final

_WINDOWS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "BROWSER")


def has_window() -> bool:
    """Whether there is a desktop, or the person has named a browser."""
    return sys.platform == "darwin" or any(os.environ.get(name) for name in _WINDOWS)

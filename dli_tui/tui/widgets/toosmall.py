"""What stands over a screen that has no room: how large it must be, and the way out.

The screen below stays as it is, so that it is there again at once; the app hands it no keys
meanwhile, for nobody should send what he can't read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from textual import events
from textual.geometry import Size
from textual.widgets import Static

if TYPE_CHECKING:
    from dli_tui.tui.app import Dashboard

LEAST: Final = Size(60, 16)


def is_too_small(size: Size) -> bool:
    """Whether the dashboard has no room in a window of that size."""
    return size.width < LEAST.width or size.height < LEAST.height


class TooSmall(Static):
    """Covers its screen; the sheet shows it when there is no room."""

    def __init__(self) -> None:
        super().__init__(markup=False)

    def on_resize(self, _event: events.Resize) -> None:
        size, key = self.app.size, cast("Dashboard", self.app).keymap.spelled("go.quit")
        self.update(
            f"This window is too small: {size.width} by {size.height}.\n"
            f"Make it {LEAST.width} by {LEAST.height} or larger, or quit with {key}."
        )

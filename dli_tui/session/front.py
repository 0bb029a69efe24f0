"""Whether the terminal is in front: behind other windows nobody looks, and less is asked."""

from __future__ import annotations

from typing import Final

from dli_tui.session.news import News

BEHIND_SECONDS: Final = 30.0


class Front(News):
    """Tells when the terminal comes to the front or goes behind."""

    def __init__(self) -> None:
        super().__init__()
        self.is_front = True

    def put(self, *, is_front: bool) -> None:
        """The terminal is in front from now on, or another one is."""
        if is_front != self.is_front:
            self.is_front = is_front
            self.tell()

    def slowed(self, seconds: float) -> float:
        """The seconds between two questions, or more of them while nobody looks."""
        return seconds if self.is_front else max(seconds, BEHIND_SECONDS)

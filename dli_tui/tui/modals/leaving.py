"""Leaving a modal once, however often the key comes."""

from __future__ import annotations

from typing import ClassVar

from textual.screen import ModalScreen
from textual.types import CSSPathType

from dli_tui.tui.ending import EndingScreen, Result


class Leaving(EndingScreen[Result], ModalScreen[Result]):
    """A modal that goes once. Textual's `dismiss` takes the screen behind along the second time."""

    CSS_PATH: ClassVar[CSSPathType | None] = "modals.tcss"

    left = False
    """Whether it is on its way out."""

    def leave(self, result: Result) -> None:
        """Go, with this answer."""
        if not self.left and self.is_active:
            self.left = True
            self.dismiss(result)

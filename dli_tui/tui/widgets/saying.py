"""A few words to read, as high as they are when wrapped, and nothing where there are none."""

from __future__ import annotations

from collections.abc import Sequence

from textual.geometry import Size

from dli_tui.tui.widgets.page import Page, Text


class Saying(Page, can_focus=False):
    """A refusal, a complaint or a remark: read where it stands, never scrolled to."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(id=id)
        self.display = False

    def tell(self, texts: Sequence[Text]) -> None:
        super().tell(texts)
        self.display = bool(texts)
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self.needed(width)

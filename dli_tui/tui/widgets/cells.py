"""Text on an exact number of terminal cells. Hangul takes two cells a letter, a mark none."""

from __future__ import annotations

from typing import Final

from rich.cells import cell_len, set_cell_size

CUT: Final = "…"


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """`text` cut or filled up to `width` cells."""
    if width < 1:
        return ""
    length = cell_len(text)
    if length > width:
        text = set_cell_size(text, width - 1).rstrip() + CUT
        length = cell_len(text)
    blank = " " * (width - length)
    return blank + text if right else text + blank

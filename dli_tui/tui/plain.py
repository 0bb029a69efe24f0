"""ASCII to the last character: what Textual draws by itself, and marks of ours that are words.

Names and log lines in other scripts stay as they are: they can't be said otherwise.
"""

from __future__ import annotations

from typing import Final

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_BLOCKS: Final = "▁▂▃▄▅▆▇█▉▊▋▌▍▎▏▐▀▔▕"
_TABLE: Final = str.maketrans(
    {
        **dict.fromkeys(_BLOCKS, "#"),
        "…": "~",
        "–": "-",
        "—": "-",
        "─": "-",
        "━": "-",
        "│": "|",
        "┃": "|",
        "“": '"',
        "”": '"',
        "·": ".",
        "\N{REPLACEMENT CHARACTER}": "?",
    }
)


class PlainLetters(LineFilter):
    """Puts an ASCII character in place of what is only drawn."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [
            segment
            if segment.text.isascii()
            else segment._replace(text=segment.text.translate(_TABLE))
            for segment in segments
        ]

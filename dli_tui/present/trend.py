"""How long the last runs took, as bars with the line of the usual duration among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from dli_tui.domain.status import RunStatus
from dli_tui.present import words
from dli_tui.present.rows import Mark

_PARTS: Final = 8
LABEL_WIDTH: Final = 7


class Bars(NamedTuple):
    """What the chart is drawn with; each one cell wide."""

    parts: str
    """A cell filled from below by one to eight eighths."""
    line: str


UNICODE: Final = Bars("▁▂▃▄▅▆▇█", "─")
ASCII: Final = Bars("___####" + "#", "-")


class Trend(NamedTuple):
    """The chart, from the top: a label for each line, and a cell for each run."""

    labels: tuple[str, ...]
    lines: tuple[str, ...]
    marks: tuple[Mark, ...]
    """The runs that are drawn, the newest last."""
    step: int
    """Cells from one run to the next."""

    def statuses(self, cell: int) -> RunStatus | None:
        """How the run went whose bar stands in a cell."""
        place, rest = divmod(cell, self.step)
        return self.marks[place].status if not rest and place < len(self.marks) else None


def trend(
    marks: Sequence[Mark], median: float | None, width: int, height: int, bars: Bars = UNICODE
) -> Trend:
    """The newest of `marks` (newest last) that fit on `width` cells, `height` lines high."""
    room = max(1, width - LABEL_WIDTH)
    step = 2 if 2 * len(marks) <= room else 1
    seen = tuple(marks[-(room // step) :])
    known = [mark.seconds for mark in seen if mark.seconds is not None]
    longest = max([*known, median or 0.0], default=0.0)
    drawn = [[" "] * (len(seen) * step) for _ in range(height)]
    labels = [""] * height
    labels[-1] = "0s"
    if longest > 0:
        labels[0] = words.span(longest)
        for place, mark in enumerate(seen):
            _stand(drawn, place * step, mark.seconds, longest, bars)
        if median is not None:
            _lie(drawn, labels, median, longest, bars)
    lines = tuple("".join(line) for line in drawn)
    return Trend(tuple(f"{label:>{LABEL_WIDTH - 1}} " for label in labels), lines, seen, step)


def _stand(
    drawn: list[list[str]], cell: int, seconds: float | None, longest: float, bars: Bars
) -> None:
    """Draw a bar from below; one of no duration isn't there, any other can be seen."""
    if seconds is None:
        return
    height = len(drawn)
    parts = max(1, round(max(0.0, seconds) / longest * height * _PARTS))
    for line in range(height):
        filled = min(_PARTS, parts - line * _PARTS)
        if filled > 0:
            drawn[height - 1 - line][cell] = bars.parts[filled - 1]


def _lie(
    drawn: list[list[str]], labels: list[str], median: float, longest: float, bars: Bars
) -> None:
    """Draw the line of the median, behind the bars."""
    height = len(drawn)
    line = height - 1 - min(height - 1, int(median / longest * height))
    drawn[line] = [bars.line if cell == " " else cell for cell in drawn[line]]
    labels[line] = words.span(median)

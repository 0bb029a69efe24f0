"""Bars on a time axis that the steps of a run share, as text of exact width.

Clocks of two machines may disagree, so nothing here trusts that an end comes after a start.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from dli_tui.present.rows import StepRow

Axis = tuple[datetime, datetime]

_PARTS: Final = 8
"""Into so many parts a cell can be divided."""
_NEARLY_WHOLE: Final = 2
_HALF: Final = 4
_TICK_CELLS: Final = 10
_SECOND: Final = timedelta(seconds=1)
_NO_TIME: Final = timedelta()
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_STEPS: Final = (
    *(1, 2, 5, 10, 15, 30),
    *(_MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE),
    *(_HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR),
)


class Glyphs(NamedTuple):
    """What a bar and the axis are drawn with; each one cell wide."""

    left: str
    """A cell filled from its left by one to eight eighths."""
    right: str
    """A cell of which the right half is filled."""
    queued: str
    going: str
    """The end of a bar that is still growing."""
    rule: str


UNICODE: Final = Glyphs("▏▎▍▌▋▊▉█", "▐", "░", "►", "─")
ASCII: Final = Glyphs("#" * _PARTS, "#", ".", ">", "-")


def axis(
    steps: Sequence[StepRow], started: datetime | None, finished: datetime | None, now: datetime
) -> Axis | None:
    """From the first to the last moment of a run, until now while it goes on; None before it."""
    begins = [at for step in steps for at in (step.queued, step.started) if at is not None]
    ends = [step.finished for step in steps if step.finished is not None]
    if started is not None:
        begins.append(started)
    if not begins:
        return None
    start = min(begins)
    end = max(*begins, *ends, now if finished is None else finished)
    return start, max(end, start + _SECOND)


def bar(  # noqa: PLR0917 - one thing each, in the order of time
    width: int,
    axis: Axis,
    queued: datetime | None,
    started: datetime | None,
    finished: datetime | None,
    now: datetime,
    glyphs: Glyphs = UNICODE,
) -> str:
    """One step: light where it waited, full where it worked, with a mark where it still does."""
    if width <= 0:
        return ""
    cells = [" "] * width
    begun = started if started is not None else finished
    if queued is not None:
        until = begun or now
        _wait(cells, _place(queued, axis, width), _place(until, axis, width), glyphs)
    if begun is not None:
        going = finished is None
        end = now if finished is None else finished
        last = _work(cells, _place(begun, axis, width), _place(end, axis, width), glyphs)
        if going:
            cells[last] = glyphs.going
    return "".join(cells)


def ruler(width: int, axis: Axis, glyphs: Glyphs = UNICODE) -> str:
    """The axis with round times since its start: `0s ───── 1m ───── 2m ───`."""
    if width <= 0:
        return ""
    seconds = max(1.0, (axis[1] - axis[0]).total_seconds())
    step = _tick(seconds, width)
    line, ticks = "", int(seconds // step)
    for number in range(ticks + 1):
        at = round(number * step / seconds * width)
        label = _label(number * step)
        if at + len(label) > width:
            break
        line += _stretch(at - len(line), glyphs.rule) + label
    return line + _stretch(width - len(line), glyphs.rule, last=True)


def _place(at: datetime, axis: Axis, width: int) -> int:
    """Where a moment stands, in parts of a cell; what lies outside is at the edge."""
    start, end = axis
    whole = max(end - start, _SECOND)
    passed = min(max(at - start, _NO_TIME), whole)
    return round(passed / whole * width * _PARTS)


def _wait(cells: list[str], start: int, end: int, glyphs: Glyphs) -> None:
    for cell in range(start // _PARTS, min(len(cells), -(-end // _PARTS))):
        cells[cell] = glyphs.queued


def _work(cells: list[str], start: int, end: int, glyphs: Glyphs) -> int:
    """Draw from `start` to `end`, at least a part; the last cell that was drawn in."""
    start = min(start, len(cells) * _PARTS - 1)
    end = max(end, start + 1)
    first, last = start // _PARTS, (end - 1) // _PARTS
    for cell in range(first, last + 1):
        left = max(start - cell * _PARTS, 0)
        right = min(end - cell * _PARTS, _PARTS)
        cells[cell] = _cell(left, right, glyphs)
    return last


def _cell(left: int, right: int, glyphs: Glyphs) -> str:
    """A cell that is filled from one part to another, as near as there is a glyph for it."""
    if left <= _NEARLY_WHOLE and right == _PARTS:
        return glyphs.left[-1]
    if left and right == _PARTS:
        return glyphs.right
    return glyphs.right if left >= _HALF else glyphs.left[right - left - 1]


def _tick(seconds: float, width: int) -> int:
    """The smallest round distance that leaves room for the labels."""
    least = seconds * _TICK_CELLS / width
    fitting = next((step for step in _STEPS if step >= least), None)
    return _DAY * max(1, -(-int(least) // _DAY)) if fitting is None else fitting


def _label(seconds: int) -> str:
    """A round time in as few letters as it takes."""
    days, rest = divmod(seconds, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (rest, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


def _stretch(length: int, rule: str, *, last: bool = False) -> str:
    """The line between two labels, with a blank beside each."""
    blanks = 1 if last else 2
    if length <= blanks:
        return " " * length
    return f" {rule * (length - blanks)}{'' if last else ' '}"

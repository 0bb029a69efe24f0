"""The pictures of a history as lines of words: how long runs took, how days went, how steps did.

Pure. `Picture` says which there are; each is drawn for the room that it has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from rich.cells import cell_len

from dli_tui.domain.status import RunStatus, StepStatus
from dli_tui.domain.text import safe_line
from dli_tui.present import outcomes, trend, words
from dli_tui.present.months import WEEKDAYS
from dli_tui.present.outcomes import Calendar
from dli_tui.present.rows import Mark
from dli_tui.present.stepgrid import Cell, Grid
from dli_tui.present.trend import Trend
from dli_tui.tui.looks import RUNS, STEPS, Looks, Tone
from dli_tui.tui.widgets.cells import fitted
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.page import Text


class Picture(StrEnum):
    """What stands below what is known of a workflow."""

    TREND = "how long its runs took"
    CALENDAR = "how its days went"
    GRID = "how its steps went"


BESIDE_TREND: Final = 4
"""Lines around the bars: the title, how each run went, what is usual, and a blank."""
_LEAST_NAMES: Final = 10
_NOT_ASKED: Final = " "
_NEVER: Final = "Nothing has run yet"
_NO_STEPS: Final = "No steps are kept of these runs"


def title(picture: Picture, key: str, width: int, name: str = "") -> list[Text]:
    """What the picture shows, and the key for the next one; `name` where it isn't plain whose."""
    more = f"  {key} next"
    room = width - cell_len(picture.value) - cell_len(more) - 2
    whose = (Piece(f"  {fitted(name, min(room, cell_len(name)))}"),) if name and room > 0 else ()
    return [(Piece(picture.value, bold=True), *whose, Piece(more, Tone.MUTED))]


def note(said: str) -> list[Text]:
    """Why there is no picture."""
    return [(Piece(safe_line(said, 200), Tone.MUTED),)]


def of_trend(drawn: Trend, usual: float | None, looks: Looks) -> list[Text]:
    """Bars, each with how the run went below it, and the usual duration as a line."""
    if not drawn.marks:
        return note(_NEVER)
    lines: list[Text] = [
        (Piece(label, Tone.MUTED), *_bars(drawn, line))
        for label, line in zip(drawn.labels, drawn.lines, strict=True)
    ]
    blank = " " * (drawn.step - 1)
    signs = [Piece(_run(mark.status, looks) + blank, _tone(mark.status)) for mark in drawn.marks]
    lines.append((Piece(" " * trend.LABEL_WIDTH), *signs))
    line = _bars_of(looks).line
    told = (
        f"{line}{line} median {words.span(usual)}, of what went well lately"
        if usual is not None
        else "Too few have gone well to tell what is usual"
    )
    return [*lines, (Piece(told, Tone.MUTED),)]


def draw_trend(
    marks: Sequence[Mark], usual: float | None, width: int, height: int, looks: Looks
) -> list[Text]:
    """The trend of `marks` on so many cells and lines."""
    room = max(2, height - BESIDE_TREND)
    return of_trend(trend.trend(marks, usual, width, room, _bars_of(looks)), usual, looks)


def of_calendar(shown: Calendar, zone: str, looks: Looks) -> list[Text]:
    """Weeks side by side, and in words what stands in them."""
    none = _nothing(looks)
    lines: list[Text] = [(Piece(shown.months, Tone.MUTED),)]
    for weekday, cells in zip(WEEKDAYS, shown.lines, strict=True):
        pieces = [_day(cell, none, looks) for cell in cells]
        lines.append((Piece(f"{weekday} ", Tone.MUTED), *pieces))
    return [*lines, *_legend(shown, none, zone, looks)]


def of_grid(shown: Grid, width: int, looks: Looks) -> list[Text]:
    """A line a step, a column a run."""
    if not shown.lines:
        return note("Asking for the steps …" if shown.awaited else _NO_STEPS)
    longest = max(cell_len(name) for name, _ in shown.lines)
    names = max(_LEAST_NAMES, min(longest, width // 2))
    seen = slice(-(width - names - 1), None)
    runs = [Piece(_run(status, looks), _tone(status)) for status in shown.runs[seen]]
    lines: list[Text] = [(Piece(f"{'run':<{names}} ", Tone.MUTED), *runs)]
    for name, cells in shown.lines:
        signs = (_step(cell, looks) for cell in cells[seen])
        lines.append((Piece(f"{fitted(name, names)} "), *signs))
    told = f"A column a run, the newest at the right; {_nothing(looks)} not run"
    return [*lines, (Piece(told, Tone.MUTED),)]


def grid_runs(width: int) -> int:
    """Of how many runs the steps can be seen at most."""
    return max(1, width - _LEAST_NAMES - 1)


def _bars_of(looks: Looks) -> trend.Bars:
    return trend.ASCII if looks.ascii else trend.UNICODE


def _bars(drawn: Trend, line: str) -> Iterable[Piece]:
    """The cells of a line: bars in the colour of how the run went, the median's line between."""
    for cell, text in enumerate(line):
        status = drawn.statuses(cell)
        is_bar = status is not None and text not in (trend.UNICODE.line, trend.ASCII.line)
        yield Piece(text, _tone(status) if is_bar and status is not None else Tone.WAITING)


def _run(status: RunStatus, looks: Looks) -> str:
    return looks.glyph(RUNS[status])


def _tone(status: RunStatus) -> Tone:
    return RUNS[status].tone


def _day(cell: outcomes.Cell, none: str, looks: Looks) -> Piece:
    width = outcomes.CELL_WIDTH
    if cell.day is None:
        return Piece(f"{none if cell.known else _NOT_ASKED:<{width}}", Tone.MUTED)
    shown = f"{_run(cell.day.worst, looks)}{cell.day.number}"
    return Piece(f"{shown:<{width}}", _tone(cell.day.worst))


def _legend(shown: Calendar, none: str, zone: str, looks: Looks) -> Iterable[Text]:
    """What the signs mean that can be seen."""
    seen = {cell.day.worst for line in shown.lines for cell in line if cell.day is not None}
    if not seen:
        yield from note(_NEVER)
        return
    signs = [
        Piece(f"{_run(status, looks)} {RUNS[status].word}  ", _tone(status))
        for status in RunStatus
        if status in seen
    ]
    yield (*signs, Piece(f"{none} no run", Tone.MUTED))
    many = f"the worst of each day, and how often ({outcomes.MANY}: over nine)"
    yield (Piece(f"{many}; days in {words.word(zone)}", Tone.MUTED),)


def _step(cell: Cell, looks: Looks) -> Piece:
    if not cell.known:
        return Piece(_NOT_ASKED)
    if cell.status is None or (cell.status is StepStatus.FAILED and not cell.reached):
        # Failed because a step before it did: it is not what somebody has to look at.
        return Piece(_nothing(looks), Tone.MUTED)
    look = STEPS[cell.status]
    return Piece(looks.glyph(look), look.tone)


def _nothing(looks: Looks) -> str:
    """What stands where nothing ran."""
    return "_" if looks.ascii else "·"

"""The head of a backfill's page: how far it is, its dates as a strip, and what is left to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

from dli_tui.present import eta, words
from dli_tui.present.backfillrows import BackfillSheet, DateRow
from dli_tui.present.worst import rank
from dli_tui.tui.looks import NOT_BEGUN, RUNS, Look, Looks, Tone
from dli_tui.tui.sheets import LABEL_WIDTH, labelled
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.page import Text

_BAR: Final = 24
_LEAST_STRIP: Final = 10
_STRIP_LINES: Final = 3
"""However many dates there are, the table of them needs the room."""


def look_of(row: DateRow) -> Look:
    """How a date looks, begun or not."""
    return NOT_BEGUN if row.status is None else RUNS[row.status]


def strip(rows: Sequence[DateRow], looks: Looks, width: int) -> list[Text]:
    """A glyph for each date, or for so many that it stays a few lines; the worst is shown."""
    room = max(_LEAST_STRIP, width - LABEL_WIDTH - 2)
    each = max(1, -(-len(rows) // (room * _STRIP_LINES)))
    shown = [_look(rows[at : at + each]) for at in range(0, len(rows), each)]
    lines: list[Text] = []
    for begin in range(0, len(shown), room):
        label = Piece(f"{'strip' if begin == 0 else '':<{LABEL_WIDTH}} ", Tone.MUTED)
        alike = [(look, len(list(same))) for look, same in groupby(shown[begin : begin + room])]
        pieces = (Piece(looks.glyph(look) * count, look.tone) for look, count in alike)
        lines.append((label, *pieces))
    if each > 1:
        lines.append(labelled("", f"each sign is the worst of {each} dates", Tone.MUTED))
    return lines


def _look(rows: Sequence[DateRow]) -> Look:
    return look_of(min(rows, key=lambda row: rank(row.status)))


def head(
    sheet: BackfillSheet,
    strip: Sequence[Text],
    zone: str,
    now: datetime,
    looks: Looks,
    *,
    width: int,
    key: Callable[[str], str],
) -> list[Text]:
    """What stands over the dates, `strip` among it; `key` spells the key of a command."""
    look = RUNS[sheet.status]
    how = "all at once" if sheet.parallel else "one by one"
    lines: list[Text] = [
        (
            Piece(f"{looks.glyph(look)} {look.word}", look.tone, bold=True),
            Piece(f"  {sheet.range}, {how}", Tone.PLAIN),
            Piece(f"  {_since(sheet, zone, now)}", Tone.MUTED),
        ),
        _progress(sheet, zone, now, looks, width),
        *strip,
    ]
    if sheet.held:
        says = f"no other date begins. {key('do.unpause')} lets it go on"
        lines.append(labelled("held", says, Tone.LATE))
    if sheet.by:
        lines.append(labelled("started by", sheet.by))
    if sheet.stopped:
        lines.append(labelled("stopped", sheet.stopped, Tone.LATE))
    if sheet.error:
        lines.append(labelled("error", sheet.error, Tone.FAILED))
    return [*lines, *_left(sheet, key)]


def _since(sheet: BackfillSheet, zone: str, now: datetime) -> str:
    if sheet.created is None:
        return ""
    began = words.clock_time(sheet.created, zone, now)
    if sheet.finished is None:
        return f"since {began}, {words.span(now - sheet.created)} so far"
    ended = words.clock_time(sheet.finished, zone, now)
    return f"{began} to {ended}, {words.span(sheet.finished - sheet.created)}"


def _progress(sheet: BackfillSheet, zone: str, now: datetime, looks: Looks, width: int) -> Text:
    cells = max(6, min(_BAR, width // 4))
    full = cells * sheet.done // max(1, sheet.total)
    failed = f", {sheet.failed} failed" if sheet.failed else ""
    return (
        Piece(f"{'dates':<{LABEL_WIDTH}} ", Tone.MUTED),
        Piece(looks.signs.full * full, RUNS[sheet.status].tone),
        Piece(looks.signs.empty * (cells - full), Tone.MUTED),
        Piece(f" {sheet.done}/{sheet.total}{failed}  "),
        Piece(_estimate(sheet, zone, now), Tone.MUTED),
    )


def _estimate(sheet: BackfillSheet, zone: str, now: datetime) -> str:
    if not sheet.status.is_running:
        return ""
    likely = sheet.likely(now)
    if likely is None:
        return "no estimate: fewer than five runs have gone well"
    return f"{eta.left(likely, now)}, by {words.clock_time(likely, zone, now)}"


def _left(sheet: BackfillSheet, key: Callable[[str], str]) -> list[Text]:
    """What can be done about what is not done."""
    lines: list[Text] = []
    if sheet.failed:
        dates = words.plural(sheet.failed, "date")
        says = f"{dates} failed: {key('do.retry')} runs the failed steps again"
        lines.append(labelled("failed", says, Tone.FAILED))
    if sheet.unfinished:
        dates = words.plural(sheet.not_begun, "date")
        says = f"{dates} never ran. Resume? {key('do.backfill')} plans what remains"
        lines.append(labelled("unfinished", says, Tone.LATE))
    return lines

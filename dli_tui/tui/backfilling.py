"""What the planner of backfills says: pure lines, and the one plan that is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from dli_tui.domain.status import RunStatus
from dli_tui.domain.text import safe_line
from dli_tui.present import words
from dli_tui.present.backfillrows import PlanSheet, SlotRow
from dli_tui.tui.looks import RUNS, Looks, Tone
from dli_tui.tui.plans import FREELY, MOST_TOLD
from dli_tui.tui.widgets.cells import fitted
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.page import Text

_STATUS: Final = 9
_ACTION: Final = 5
_TONES: Final = {"run": Tone.RUNNING, "rerun": Tone.LATE, "skip": Tone.MUTED}
_NAME: Final = 24
_LEGEND: Final = "On the month: + would run, = left alone, - left out by you, > today, . no run"


def told(sheets: Sequence[PlanSheet], zone: str, now: datetime, looks: Looks) -> list[Text]:
    """The plan: what it amounts to, what to know, and each slot; of several, a line each."""
    if len(sheets) != 1:
        return _several(sheets, zone, now)
    sheet = sheets[0]
    lines: list[Text] = [*_sum(sheet, zone, now), *_warnings(sheet)]
    if sheet.slots:
        room = max(len(slot.told) for slot in sheet.slots)
        lines += [(), *(_slot(slot, room, looks) for slot in sheet.slots)]
        lines += [*_and_more(sheet.total - len(sheet.slots)), (), (Piece(_LEGEND, Tone.MUTED),)]
    return lines


def starts(sheets: Sequence[PlanSheet]) -> int:
    """How many runs would be started."""
    return sum(sheet.starts for sheet in sheets if sheet.startable)


def wants_count(sheets: Sequence[PlanSheet]) -> bool:
    """Whether it starts so much that the number has to be typed."""
    return starts(sheets) > FREELY


def _sum(sheet: PlanSheet, zone: str, now: datetime) -> list[Text]:
    if not sheet.total:
        return [(Piece("Its schedule doesn't fire on these dates", Tone.LATE),)]
    start = "nothing to run" if not sheet.starts else f"{sheet.starts:,} to run"
    counts = f"{words.plural(sheet.total, 'slot')}: {start}, {sheet.skips:,} left alone"
    return [(Piece(counts, bold=True),), (Piece(_when(sheet, zone, now), Tone.MUTED),)]


def _when(sheet: PlanSheet, zone: str, now: datetime) -> str:
    if not sheet.starts:
        return "nothing would be sent"
    if sheet.seconds is None or sheet.finishes is None:
        return "no estimate: fewer than five runs have gone well"
    done = words.clock_time(sheet.finishes, zone, now, offset=zone != "UTC")
    return f"about {words.span(sheet.seconds)}, done {done}"


def warning(said: str) -> Text:
    """Something to know before going on."""
    return (Piece("! ", Tone.LATE, bold=True), Piece(safe_line(said), Tone.LATE))


def _warnings(sheet: PlanSheet) -> list[Text]:
    return [warning(said) for said in sheet.warnings]


def _slot(slot: SlotRow, room: int, looks: Looks) -> Text:
    action = Piece(f"{slot.action:<{_ACTION}} ", _TONES[slot.action], bold=slot.action != "skip")
    return (
        Piece(f"{slot.told:<{room}}  "),
        _existing(slot.exists, looks),
        action,
        Piece(slot.note, Tone.MUTED),
    )


def _existing(status: RunStatus | None, looks: Looks) -> Piece:
    if status is None:
        return Piece(f"{'no run':<{_STATUS + 2}} ", Tone.MUTED)
    look = RUNS[status]
    return Piece(f"{looks.glyph(look)} {look.word:<{_STATUS}} ", look.tone)


def _and_more(more: int) -> list[Text]:
    return [(Piece(f"and {more:,} more slots", Tone.LATE),)] if more > 0 else []


def _several(sheets: Sequence[PlanSheet], zone: str, now: datetime) -> list[Text]:
    total = starts(sheets)
    head = f"{words.plural(len(sheets), 'workflow')}: {words.plural(total, 'run')} to start"
    lines: list[Text] = [(Piece(head, bold=True),), ()]
    room = min(_NAME, max(len(sheet.name) for sheet in sheets))
    for sheet in sheets[:MOST_TOLD]:
        lines.append((Piece(f"{fitted(sheet.name, room)}  "), *_in_short(sheet, zone, now)))
        lines += [(Piece("    "), *said) for said in _warnings(sheet)]
    return lines


def _in_short(sheet: PlanSheet, zone: str, now: datetime) -> Text:
    if not sheet.startable:
        return (Piece("left out", Tone.LATE),)
    if not sheet.starts:
        return (Piece("nothing to run", Tone.MUTED),)
    return (
        Piece(f"{sheet.starts:,} to run", Tone.RUNNING),
        Piece(f", {sheet.skips:,} left alone, {_when(sheet, zone, now)}", Tone.MUTED),
    )

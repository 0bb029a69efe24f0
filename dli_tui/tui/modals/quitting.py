"""Quit while backfills are kept going from here or writes are unconfirmed: what would be left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from dli_tui.domain.text import safe_line
from dli_tui.domain.zones import zone_of
from dli_tui.present import words
from dli_tui.tui.deeds import Progress, Told
from dli_tui.tui.looks import Tone
from dli_tui.tui.modals.question import Plan, Question
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.page import Text

if TYPE_CHECKING:
    from dli_tui.client.sequences import DateSequence

_MOST_DATES: Final = 8
_MOST_SAID: Final = 200


class QuitQuestion(Question[bool]):
    """Answered by going on; nothing is sent by it."""

    def __init__(
        self, kept: Sequence[DateSequence], sent: Sequence[str], unconfirmed: Sequence[str] = ()
    ) -> None:
        lines: list[Text] = [*_kept_lines(kept)]
        for title in sent:
            told = f"Still being sent, and its answer would be lost: {title.rstrip('?')}"
            lines.append((Piece(safe_line(told, _MOST_SAID), Tone.LATE),))
        if unconfirmed:
            lines += [()] if lines else []
            lines.append((Piece("Unconfirmed, and no longer checked after you quit:", Tone.LATE),))
            lines += [(Piece(f"  {line}"),) for line in unconfirmed]
        super().__init__(Plan("quit", "Quit all the same?", lines, "quit"), _send)

    def answer(self) -> bool:
        return True

    def went_well(self) -> None:
        self.dash.exit()


async def _send(_answer: bool, _progress: Progress) -> Sequence[Told]:
    return [Told("quit", ok=True, words="Left")]


def _kept_lines(kept: Sequence[DateSequence]) -> list[Text]:
    if not kept:
        return []
    count = words.plural(len(kept), "backfill")
    return [
        (Piece(f"This program keeps {count} going. What hasn't begun then won't run:"),),
        (),
        *(line for one in kept for line in _lines(one)),
        (),
        (Piece("You find it again under the backfills, to be resumed.", Tone.MUTED),),
    ]


def _lines(one: DateSequence) -> list[Text]:
    zone = one.plan.timezone
    current = "" if one.current is None else "; the run under way goes on"
    dates = ", ".join(_date(slot, zone) for slot in one.remaining[:_MOST_DATES])
    more = len(one.remaining) - _MOST_DATES
    shown = f"{dates} and {more:,} more" if more > 0 else dates or "nothing"
    remain = "1 date remains" if len(one.remaining) == 1 else f"{len(one.remaining):,} dates remain"
    return [
        (
            Piece(f"  {words.name(one.workflow)}", bold=True),
            Piece(f"  {remain}{current}", Tone.LATE),
        ),
        (Piece("    "), Piece(shown, Tone.MUTED)),
    ]


def _date(slot: datetime, zone: str) -> str:
    local = slot.astimezone(zone_of(zone))
    return f"{local:%m-%d}" if not (local.hour or local.minute) else f"{local:%m-%d %H:%M}"

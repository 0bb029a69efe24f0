"""What became of each of many things that were asked for, in lines to read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from dli_tui.domain.text import safe_line
from dli_tui.tui.deeds import Told
from dli_tui.tui.looks import Tone
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.page import Text

_MOST_REFUSED: Final = 300
"""Of what a server says to one thing."""
_MOST_RESULTS: Final = 500
REHEARSED: Final = "Checked only, nothing was started"
_INDENT: Final = Piece(" " * 10)


def said(text: str, tone: Tone, hint: str) -> list[Text]:
    """What a server says to all of it, and what helps, as far as there is something to say."""
    told = ((text, tone), (hint, Tone.MUTED))
    return [(Piece(safe_line(each, _MOST_REFUSED), its),) for each, its in told if each]


def lines(told: Sequence[Told], in_keys: Callable[[str], str]) -> list[Text]:
    """A line for each, what failed first with the reason; `in_keys` spells a hint's keys."""
    bad_first = sorted(told, key=lambda one: (one.ok, one.unsure))
    return [line for one in bad_first[:_MOST_RESULTS] for line in _result(one, in_keys)]


def tone(told: Sequence[Told]) -> Tone:
    """How grave it is, all in all."""
    if any(one.failed for one in told):
        return Tone.FAILED
    return Tone.LATE if any(one.unsure for one in told) else Tone.COMPLETED


def summed_up(told: Sequence[Told], *, rehearsed: bool) -> str:
    """How many of them failed, or would."""
    bad, unsure = sum(one.failed for one in told), sum(one.unsure for one in told)
    if unsure and not rehearsed:
        failed = f"{bad} failed, " if bad else ""
        return f"Of {len(told)}: {failed}{unsure} perhaps done, look before you ask for it again"
    if not rehearsed:
        return f"{bad} of {len(told)} failed"
    said = f"{bad} of {len(told)} would fail" if bad else f"All {len(told)} went well"
    return f"{said}. {REHEARSED}"


def _result(told: Told, in_keys: Callable[[str], str]) -> list[Text]:
    if told.ok:
        return [(Piece("  done    ", Tone.COMPLETED), Piece(told.name))]
    hint = safe_line(in_keys(told.hint), _MOST_REFUSED)
    mark = Piece("  unsure  ", Tone.LATE) if told.unsure else Piece("  failed  ", Tone.FAILED)
    found: list[Text] = [
        (mark, Piece(told.name)),
        (_INDENT, Piece(safe_line(told.words, _MOST_REFUSED))),
    ]
    return [*found, (_INDENT, Piece(hint, Tone.MUTED))] if hint else found

"""The columns of the contexts, and what stands in each cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from rich.cells import cell_len

from dli_tui.present import words
from dli_tui.tui.looks import ANSWERS, ASKED, Look, Looks, Tone, silence
from dli_tui.tui.opening import Context
from dli_tui.tui.widgets.cells import fitted
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.table import Column

if TYPE_CHECKING:
    from dli_tui.session.contexts import Glance

COLUMNS: Final = (
    Column("name", "context", 28, grows=True, least=14),
    Column("marks", "", 14),
    Column("kind", "kind", 10),
    Column("state", "state", 18, least=15),
    Column("failed", "failed", 6, right=True),
    Column("late", "late", 6, right=True, given_up=3),
    Column("running", "running", 7, right=True, given_up=4),
    Column("workflows", "workflows", 9, right=True, given_up=5),
    Column("age", "seen", 8, right=True),
)
_FRESH: Final = 15.0
_HERE: Final = " (here)"
_CHANGED: Final = " (changed)"
_TONES: Final = {"failed": Tone.FAILED, "late": Tone.LATE, "running": Tone.RUNNING}


class ContextRow(NamedTuple):
    """One place, and what the last look at it told."""

    context: Context
    is_here: bool = False
    is_changed: bool = False
    """Whether we are here, but its profile says something else by now."""
    glance: Glance | None = None

    @staticmethod
    def key(row: ContextRow) -> str:
        """What stays the same of it."""
        return row.context.name


class ContextCells:
    """Paints the cells of contexts; `passed` are the seconds that glances are told in."""

    def __init__(self, looks: Looks, passed: Callable[[], float]) -> None:
        self._looks = looks
        self._passed = passed

    def __call__(self, row: ContextRow, column: str, room: int) -> list[Piece]:
        """The pieces of one cell."""
        match column:
            case "name":
                return _name(row, room)
            case "marks":
                return _marks(row)
            case "kind":
                return [Piece(words.word(row.context.kind), Tone.MUTED)]
            case "state":
                return [self._state(row.glance)]
            case "age":
                return [self._age(row.glance)]
            case _:
                return [_count(row.glance, column)]

    def _state(self, glance: Glance | None) -> Piece:
        if glance is not None and glance.problem is not None:
            look = silence(glance.problem.code)
            return self._piece(look, look.word)
        if glance is None or glance.as_of is None:
            return self._piece(ASKED, ASKED.word)
        return self._piece(ANSWERS, f"in {glance.seconds * 1000:,.0f} ms")

    def _piece(self, look: Look, word: str) -> Piece:
        return Piece(f"{self._looks.glyph(look)} {word}", look.tone)

    def _age(self, glance: Glance | None) -> Piece:
        if glance is None or glance.as_of is None:
            return Piece(words.NOTHING, Tone.MUTED)
        age = self._passed() - glance.as_of
        return Piece("now" if age < _FRESH else f"{words.span(age)} ago", Tone.MUTED)


def _name(row: ContextRow, room: int) -> list[Piece]:
    note = _CHANGED if row.is_changed else _HERE if row.is_here else ""
    name = words.word(row.context.name)
    # Of a long name its end goes, not that we are here.
    shown = fitted(name, min(cell_len(name), room - len(note)))
    return [
        Piece(shown, bold=row.is_here),
        Piece(note, Tone.LATE if row.is_changed else Tone.MUTED),
    ]


def _marks(row: ContextRow) -> list[Piece]:
    where = row.context.where
    production = Piece("PROD " if where.production else "", Tone.FAILED, bold=True)
    return [production, Piece("READ-ONLY" if where.read_only else "", Tone.LATE, bold=True)]


def _count(glance: Glance | None, column: str) -> Piece:
    if glance is None or glance.as_of is None:
        return Piece(words.NOTHING, Tone.MUTED)
    count: int = getattr(glance, column)
    return Piece(f"{count:,}", _TONES.get(column, Tone.PLAIN) if count else Tone.MUTED)

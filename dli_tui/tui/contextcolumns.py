"""The columns of the contexts, and what stands in each cell."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from dli_tui.domain.errors import ErrorCode
from dli_tui.domain.status import RunStatus
from dli_tui.present import words
from dli_tui.tui.looks import RUNS, Looks, Tone
from dli_tui.tui.opening import Context
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.table import Column

if TYPE_CHECKING:
    from dli_tui.session.contexts import Glance

COLUMNS: Final = (
    Column("name", "context", 20, grows=True, least=14),
    Column("kind", "kind", 10, given_up=3),
    Column("state", "state", 16, least=13),
    Column("failed", "failed", 8, right=True),
    Column("late", "late", 6, right=True, given_up=2),
    Column("running", "running", 7, right=True, given_up=4),
    Column("workflows", "workflows", 9, right=True, given_up=5),
    Column("age", "seen", 8, right=True, given_up=1),
)
_FRESH: Final = 15.0


class ContextRow(NamedTuple):
    """One place, and what the last look at it told."""

    context: Context
    is_here: bool
    glance: Glance | None = None

    @staticmethod
    def key(row: ContextRow) -> str:
        """What stays the same of it."""
        return row.context.name


class ContextCells:
    """Paints the cells of contexts; `passed` are the seconds of the session's pace."""

    def __init__(self, looks: Looks, passed: Callable[[], float]) -> None:
        self._looks = looks
        self._passed = passed

    def __call__(self, row: ContextRow, column: str, _room: int) -> list[Piece]:
        """The pieces of one cell."""
        match column:
            case "name":
                return self._name(row)
            case "kind":
                return [Piece(row.context.kind, Tone.MUTED)]
            case "state":
                return [self._state(row.glance)]
            case "age":
                return [self._age(row.glance)]
            case _:
                return [_count(row.glance, column)]

    def _name(self, row: ContextRow) -> list[Piece]:
        where = row.context.where
        badges = " PROD" * where.production + " READ-ONLY" * where.read_only
        here = " (here)" if row.is_here else ""
        return [
            Piece(words.word(where.name), bold=row.is_here),
            Piece(here, Tone.MUTED),
            Piece(badges, Tone.FAILED if where.production else Tone.LATE, bold=True),
        ]

    def _state(self, glance: Glance | None) -> Piece:
        if glance is None or (glance.busy and glance.as_of is None and glance.problem is None):
            return Piece(f"{self._looks.glyph(RUNS[RunStatus.PENDING])} asking", Tone.MUTED)
        if glance.problem is not None:
            offline = glance.problem.code is ErrorCode.SERVER_UNREACHABLE
            word = "unreachable" if offline else str(glance.problem.code)
            return Piece(f"{self._looks.glyph(RUNS[RunStatus.FAILED])} {word}", Tone.FAILED)
        ok = self._looks.glyph(RUNS[RunStatus.COMPLETED])
        return Piece(f"{ok} in {glance.seconds * 1000:,.0f} ms", Tone.COMPLETED)

    def _age(self, glance: Glance | None) -> Piece:
        if glance is None or glance.as_of is None:
            return Piece(words.NOTHING, Tone.MUTED)
        age = self._passed() - glance.as_of
        return Piece("now" if age < _FRESH else f"{words.span(age)} ago", Tone.MUTED)


def _count(glance: Glance | None, column: str) -> Piece:
    if glance is None or glance.as_of is None:
        return Piece(words.NOTHING, Tone.MUTED)
    count: int = getattr(glance, column)
    tones = {"failed": Tone.FAILED, "late": Tone.LATE, "running": Tone.RUNNING}
    return Piece(f"{count:,}", tones.get(column, Tone.PLAIN) if count else Tone.MUTED)

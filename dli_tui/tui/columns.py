"""The columns of the workflow list, and what stands in each cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from rich.cells import cell_len

from dli_tui.domain.status import RunStatus, WorkflowStatus
from dli_tui.present import arranging, words
from dli_tui.present.rows import Mark, WorkflowRow
from dli_tui.tui.looks import BROKEN, RUNS, SCHEDULES, Look, Looks, Tone
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.table import Column

WORKFLOWS: Final = (
    Column("name", "name", 32, grows=True, least=24),
    Column("source", "source", 6, given_up=7),
    Column("status", "status", 12, least=8, given_up=5),
    Column("last", "last run", 19, least=16),
    Column("next", "next run", 11),
    Column("duration", "dur", 6, right=True, given_up=8),
    Column("runs", "runs", 10, least=5, given_up=4),
    Column("owner", "owner / team", 26, least=14, given_up=9),
)
ALL: Final = tuple(column.id for column in WORKFLOWS)
FIRST: Final = ALL[0]
"""The column that is always there."""
_BY_ID: Final = {column.id: column for column in WORKFLOWS}
_MINUTE: Final = 60
_CALM_SECONDS: Final = 10


def known(column: object) -> bool:
    """Whether there is such a column."""
    return isinstance(column, str) and column in _BY_ID


def named(columns: Iterable[str]) -> tuple[str, ...]:
    """The columns of these ids, each once, the names first."""
    return tuple(dict.fromkeys((FIRST, *(one for one in columns if one in _BY_ID))))


def columns_of(columns: Iterable[str]) -> tuple[Column, ...]:
    """What a table needs to know of these columns."""
    return tuple(_BY_ID[one] for one in named(columns))


class WorkflowCells:
    """Paints the cells of workflows at the hour of `now`."""

    def __init__(self, looks: Looks, now: Callable[[], datetime]) -> None:
        self._looks = looks
        self._now = now

    def __call__(self, row: WorkflowRow, column: str, room: int) -> list[Piece]:
        """The pieces of one cell."""
        return _CELLS[column](self, row, room)

    def name(self, row: WorkflowRow, _room: int) -> list[Piece]:
        now = self._now()
        tone = Tone.PLAIN
        if arranging.is_problem(row, now):
            tone = Tone.LATE if arranging.severity(row, now) else Tone.FAILED
        elif row.status is not WorkflowStatus.ACTIVE:
            tone = Tone.MUTED
        return [Piece(row.name, tone)]

    def source(self, row: WorkflowRow, _room: int) -> list[Piece]:
        return [Piece(row.source, Tone.MUTED)]

    def status(self, row: WorkflowRow, room: int) -> list[Piece]:
        if row.unreadable:
            return [Piece(f"? {row.state}", Tone.FAILED)]
        if row.import_error:
            return [Piece(f"{self._looks.glyph(BROKEN)} {BROKEN.word}", BROKEN.tone)]
        look = SCHEDULES[row.status]
        tone = Tone.MUTED if row.status is WorkflowStatus.ACTIVE else look.tone
        return [Piece(f"{self._looks.glyph(look)} {_short(row.state, room - 2)}", tone)]

    def last(self, row: WorkflowRow, room: int) -> list[Piece]:
        if row.last is None:
            return [Piece("never ran" if row.last_known else words.UNKNOWN, Tone.MUTED)]
        look = RUNS[row.last]
        word = row.last_word or look.word
        if row.last is RunStatus.RUNNING and row.steps:
            word = f"{word} {words.share(row.done, row.steps)}"
            tone = Tone.LATE if arranging.is_overdue(row, self._now()) else look.tone
            return [Piece(f"{self._looks.glyph(look)} {word}", tone)]
        when = "" if row.last_at is None else words.since(row.last_at, self._now())
        told = f"{self._looks.glyph(look)} {word}"
        short = len(told) + len(when) + 1 > room
        when = when.removesuffix(" ago") if short else when
        return [Piece(told, look.tone), Piece(f" {when}", Tone.MUTED)]

    def next(self, row: WorkflowRow, _room: int) -> list[Piece]:
        now = self._now()
        if arranging.is_late(row, now) and row.due is not None:
            return [Piece(words.late(row.due, now), Tone.LATE, bold=True)]
        if row.status is not WorkflowStatus.ACTIVE or row.next_at is None:
            return [Piece(words.NOTHING, Tone.MUTED)]
        mark = self._looks.signs.computed if row.computed else ""
        return [Piece(f"{mark}{words.until(row.next_at, now)}", Tone.PLAIN)]

    def duration(self, row: WorkflowRow, _room: int) -> list[Piece]:
        if row.running and row.began is not None:
            return [Piece(words.span(_calm(self._now() - row.began)), Tone.RUNNING)]
        return [Piece(words.span(row.seconds), Tone.MUTED)]

    def runs(self, row: WorkflowRow, room: int) -> list[Piece]:
        return strip(row.marks, room, self._looks)

    def owner(self, row: WorkflowRow, _room: int) -> list[Piece]:
        both = " ".join(part for part in (row.team, row.owner) if part)
        return [Piece(both or words.NOTHING, Tone.MUTED)]


def strip(marks: tuple[Mark, ...], room: int, looks: Looks) -> list[Piece]:
    """The last runs as one glyph each, the newest at the right end."""
    seen = marks[-room:]
    pieces = [Piece(" " * (room - len(seen)))]
    for mark in seen:
        look: Look = RUNS[mark.status]
        pieces.append(Piece(looks.glyph(look), look.tone))
    return pieces


def _calm(passed: timedelta) -> timedelta:
    """A running time that doesn't tick every second: a list is to be read."""
    seconds = passed.total_seconds()
    step = _CALM_SECONDS if seconds < _MINUTE * 10 else _MINUTE
    return timedelta(seconds=seconds // step * step)


_CELLS: Final[dict[str, Callable[[WorkflowCells, WorkflowRow, int], list[Piece]]]] = {
    column.id: getattr(WorkflowCells, column.id) for column in WORKFLOWS
}


def _short(state: str, room: int) -> str:
    """`disabled (paused)`; where that is too long, the server's own word for it if that fits."""
    own = state.partition(" (")[2].removesuffix(")")
    return own if own and cell_len(state) > room >= cell_len(own) else state

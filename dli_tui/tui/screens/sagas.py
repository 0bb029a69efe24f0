"""Sagas: which are under way, which went back, and what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from dli_tui.domain.capability import Capability
from dli_tui.domain.status import SagaStatus
from dli_tui.present import besides, words
from dli_tui.present.besides import SagaRow
from dli_tui.tui import belonging, keys, late, reading
from dli_tui.tui.choices import following
from dli_tui.tui.keys import Scope
from dli_tui.tui.looks import SAGAS, Tone
from dli_tui.tui.screens.feeds import FeedList
from dli_tui.tui.screens.saga import NEEDED, deed
from dli_tui.tui.widgets.filterbar import FilterLine, choice
from dli_tui.tui.widgets.lines import Lines, Piece
from dli_tui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from dli_tui.domain.saga import Saga
    from dli_tui.session.sagas import SagasFeed
    from dli_tui.session.session import Session
    from dli_tui.tui.deeds import Asked

COLUMNS: Final = (
    Column("name", "saga", 22, least=16),
    Column("kind", "kind", 20, least=11, grows=True),
    Column("state", "status", 18, least=14),
    Column("progress", "steps", 12, least=8),
    Column("age", "begun", 5, right=True),
    Column("error", "error", 30, least=20, grows=True, given_up=1),
)
_STATUSES: Final = (None, *SagaStatus)
_WORDS_TICKS: Final = 5


class _Filters(FilterLine):
    hint = "id, kind, correlation id"


class SagasScreen(FeedList["SagasFeed"]):
    """All sagas, the newest first."""

    scope = Scope.SAGAS
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Scope.SAGAS)]
    needs = Capability.SAGAS
    needed: ClassVar = NEEDED
    noun = "saga"

    def __init__(self) -> None:
        super().__init__()
        self._status: SagaStatus | None = None
        self._ticks = 0
        self._made: tuple[object, Sequence[SagaRow]] = (None, ())

    @property
    def crumbs(self) -> tuple[str, ...]:
        return ("Workflows", "Sagas")

    def body(self) -> Iterable[Widget]:
        yield _Filters()
        yield Table(
            COLUMNS, self._cell, lambda row: row.raw, self.looks, id="sagas", selectable=False
        )

    def tick(self) -> None:
        super().tick()
        self._ticks += 1
        if self._ticks % _WORDS_TICKS == 0:
            self.table.repaint_words()

    # The feed

    def feed_of(self, session: Session) -> SagasFeed:
        return session.sagas()

    @property
    def is_known(self) -> bool:
        return self.feed is not None and not self.feed.loading

    @property
    def known(self) -> tuple[Saga, ...]:
        return self.feed.sagas if self.feed is not None else ()

    def rows(self) -> Sequence[SagaRow]:
        if self._made[0] is not self.known:
            self._made = (self.known, list(map(late.showing().saga_row, self.known)))
        return self._made[1]

    def fitting(self, rows: Sequence[SagaRow]) -> Sequence[SagaRow]:
        return besides.sagas_fitting(rows, self._status, self.search)

    # Commands

    @on(Lines.Chosen, "#sagas")
    def action_open(self) -> None:
        row = self.table.current
        if row is not None:
            self.dash.open_saga(row.raw, row.name)

    def action_status(self) -> None:
        self._status = following(_STATUSES, self._status)
        self.refilter()

    def action_copy(self) -> None:
        row = self.table.current
        self.dash.copy([row.raw] if row is not None else [])

    def action_do(self, what: str) -> None:
        self.dash.deeds.ask(self, lambda session: self._ask(what, session))

    def _ask(self, what: str, session: Session) -> Asked:
        return deed(what, session, self._saga(), self.dash)

    def action_open_saga(self) -> None:
        belonging.open_run(self, self._saga())

    def _saga(self) -> Saga | None:
        """The saga under the cursor."""
        row = self.table.current
        return next((one for one in self.known if row is not None and one.saga_id == row.raw), None)

    # Filters

    def clear(self) -> None:
        self._status = None

    @property
    def told_choice(self) -> str:
        return "" if self._status is None else f"status {SAGAS[self._status].word}"

    def tell_filters(self) -> None:
        word = "all" if self._status is None else SAGAS[self._status].word
        bits = choice("status", word, "status", chosen=self._status is not None)
        self.query_one(FilterLine).show(self.search, bits, (), ())

    # Cells

    def _cell(self, row: SagaRow, column: str, room: int) -> list[Piece]:
        match column:
            case "name":
                return [Piece(row.name)]
            case "kind":
                return [Piece(row.kind, Tone.MUTED)]
            case "state":
                return [reading.saga_state(row, self.looks)]
            case "progress":
                return [Piece(reading.saga_progress(row, short=room < _ROOMY))]
            case "age":
                at = row.created or row.started
                told = words.NOTHING if at is None else words.ago(at, self.now())
                return [Piece(told.removesuffix(" ago"), Tone.MUTED)]
            case _:
                return [Piece(row.error or words.NOTHING, Tone.FAILED if row.error else Tone.MUTED)]


_ROOMY: Final = 10

"""The backfills of this place: those under way, and those that somebody left unfinished."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.binding import BindingType
from textual.widget import Widget

from dli_tui.domain.capability import Capability
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillChoice
from dli_tui.present import backfills
from dli_tui.present.backfillrows import BackfillSheet
from dli_tui.tui import holding, keys, sheets
from dli_tui.tui.datecolumns import BACKFILLS, BackfillCells
from dli_tui.tui.keys import Scope
from dli_tui.tui.listing import unlisted
from dli_tui.tui.looks import Tone
from dli_tui.tui.screens.backfill import meant_by, remaining, said_of
from dli_tui.tui.screens.base import DashboardScreen
from dli_tui.tui.widgets.lines import Lines, Piece
from dli_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from dli_tui.domain.backfill import Backfill
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.present.rows import WorkflowRow
    from dli_tui.session.freshness import Freshness
    from dli_tui.session.news import News
    from dli_tui.tui.keys.command import Command

WORDS_TICKS: Final = 5
_WAIT_SECONDS: Final = 0.3


class BackfillsScreen(DashboardScreen):
    """A line for each backfill; enter opens its dates."""

    scope = Scope.BACKFILLS
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Scope.BACKFILLS)]

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[RunRef, Backfill] = {}
        self._ticks = 0

    @property
    def crumbs(self) -> tuple[str, ...]:
        return ("Workflows", "Backfills")

    @property
    def summary(self) -> str:
        return f"{len(self._found):,}"

    @property
    def freshness(self) -> Freshness | None:
        return self.session.backfills.freshness if self.session is not None else None

    @property
    def table(self) -> Table[BackfillSheet]:
        """The backfills."""
        return self.query_one("#backfills", Table)

    # What a deed is meant for

    @property
    def targets(self) -> tuple[WorkflowRow, ...]:
        row = self.table.current
        if row is None:
            return ()
        return (self.dash.listing.row_of(row.key) or unlisted(row.key, row.workflow),)

    def run_of(self, row: WorkflowRow) -> WorkflowRun | None:
        return self._current.whole if self._current is not None else None

    def meant(self, deed: str) -> Iterable[tuple[WorkflowRow, WorkflowRun | None]]:
        current = self._current
        if current is None:
            return ()
        runs = meant_by(deed, current, self.session) or [current.whole]
        return [(row, run) for row in self.targets for run in runs]

    @property
    def dates(self) -> BackfillChoice | None:
        return remaining(self._current)

    def says(self, deed: str) -> str:
        return said_of(deed, self._current)

    def needed_for(self, command: Command) -> Capability | None:
        return holding.needed_for(command)

    def action_do(self, deed: str) -> None:
        if deed in holding.DEEDS:
            where, backfill = self.dash.opening.where, self._current
            make = partial(holding.asked, deed, backfill=backfill, where=where)
            self.dash.deeds.ask(self, make)
        else:
            super().action_do(deed)

    @property
    def _current(self) -> Backfill | None:
        row = self.table.current
        return self._found.get(row.ref) if row is not None else None

    # Frame

    def body(self) -> Iterable[Widget]:
        cells = BackfillCells(self.looks, self.now)
        yield Table(
            BACKFILLS, cells, lambda row: row.ref, self.looks, id="backfills", selectable=False
        )

    def on_mount(self) -> None:
        self.table.focus()
        self.set_timer(_WAIT_SECONDS, self._tell_waiting)

    def _tell_waiting(self) -> None:
        fresh = self.freshness
        is_offered = self.session is None or Capability.BACKFILL in self.session.capabilities
        if is_offered and (fresh is None or (fresh.as_of is None and fresh.problem is None)):
            self.table.say([(Piece("Asking for the backfills …", Tone.MUTED),)])

    def opened(self) -> None:
        if self.session is not None:
            self.follow(self.session.backfills)
            self.follow(self.session.sequences)
            self._tell()
            self.tell_keys()
            self.session.backfills.refresh()

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        if self.session is not None and not self.is_covered:
            self.session.backfills.refresh()

    def reoffered(self) -> None:
        super().reoffered()
        self._tell()

    def moved(self, news: News) -> None:
        self._tell()

    def tick(self) -> None:
        super().tick()
        self._ticks += 1
        if self._ticks % WORDS_TICKS == 0:
            self.table.repaint_words()

    def _tell(self) -> None:
        session = self.session
        if session is None:
            return
        self._found = {one.ref: one for one in session.backfills.backfills}
        current = self.table.current
        rows = [
            backfills.backfill_sheet(one, None, is_left=session.is_left(one))
            for one in self._found.values()
        ]
        self.table.load(rows, keep=None if current is None else current.ref)
        fresh = session.backfills.freshness
        if fresh.problem is not None:
            self.table.say(sheets.failed(fresh.problem, self.key("go.refresh")))
        elif fresh.as_of is not None:
            self.table.say(_none_yet(self.key("do.backfill")))
        elif Capability.BACKFILL not in session.capabilities:
            why = session.why_not(Capability.BACKFILL)
            self.table.say(sheets.not_offered(why, self.key("go.list")))

    # Commands

    @on(Lines.Chosen, "#backfills")
    def action_open(self) -> None:
        row = self.table.current
        if row is not None:
            self.dash.open_backfill(row.ref, row.workflow)

    def action_open_backfill(self) -> None:
        self.action_open()

    def action_copy(self) -> None:
        row = self.table.current
        self.dash.copy([] if row is None else [row.ref.run_id])

    def action_zoom(self) -> None:
        self.say("There is only this pane")

    def action_refresh(self) -> None:
        super().action_refresh()
        if self.session is not None:
            self.session.backfills.refresh()


def _none_yet(key: str) -> list[tuple[Piece, ...]]:
    return [
        (Piece("No backfill was started here lately"),),
        (),
        (Piece(key, Tone.RUNNING, bold=True), Piece(" on a workflow plans one", Tone.MUTED)),
    ]

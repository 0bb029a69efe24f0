"""One backfill, live: its dates as they go, and what can be done about those that failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from operator import is_not
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillChoice
from dli_tui.present import backfills, words
from dli_tui.present.backfillrows import BackfillSheet, DateRow
from dli_tui.present.rows import BAD
from dli_tui.session.backfills import BackfillFeed
from dli_tui.tui import backfillhead, holding, keys, panes, sheets
from dli_tui.tui.datecolumns import COLUMNS, DateCells
from dli_tui.tui.keys import Scope
from dli_tui.tui.listing import unlisted
from dli_tui.tui.looks import RUNS, Tone
from dli_tui.tui.screens.feeds import FollowingScreen
from dli_tui.tui.widgets.lines import Lines, Piece
from dli_tui.tui.widgets.page import Page, Text
from dli_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from dli_tui.domain.backfill import Backfill
    from dli_tui.domain.capability import Capability
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.present.rows import WorkflowRow
    from dli_tui.session.news import News
    from dli_tui.session.session import Session
    from dli_tui.tui.keys.command import Command

_WAIT_SECONDS: Final = 0.3
_LEAST_DATES: Final = 4


class BackfillScreen(FollowingScreen[BackfillFeed]):
    """The page of one backfill."""

    scope = Scope.BACKFILL
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Scope.BACKFILL)]

    def __init__(self, ref: RunRef, name: str) -> None:
        super().__init__()
        self._ref = ref
        self._label = name
        self.sheet: BackfillSheet | None = None
        self._strip: Sequence[Text] = ()
        self._made_of: tuple[object, ...] = ()
        """What the sheet was made of; of many dates nothing is made twice of the same."""
        self._rows_of: Backfill | None = None

    @property
    def crumbs(self) -> tuple[str, ...]:
        if self.sheet is None:
            return ("Workflows", self._label, f"backfill {words.word(self._ref.run_id)}")
        return ("Workflows", self.sheet.workflow, f"backfill {self.sheet.range}")

    @property
    def summary(self) -> str:
        if self.sheet is None:
            return ""
        look = RUNS[self.sheet.status]
        held = ", held" if self.sheet.held else ""
        return f" {self.looks.glyph(look)} {look.word}{held} {self.sheet.done}/{self.sheet.total}"

    @property
    def is_final(self) -> bool:
        return self.feed is not None and self.feed.ended

    @property
    def facts(self) -> Page:
        """What is known of the whole."""
        return self.query_one("#facts", Page)

    @property
    def table(self) -> Table[DateRow]:
        """Its dates."""
        return self.query_one("#dates", Table)

    @property
    def told_zone(self) -> str:
        """The zone in which this page tells times."""
        return self.zone(self.sheet.zone if self.sheet is not None else "UTC")

    # What a deed is meant for

    @property
    def targets(self) -> tuple[WorkflowRow, ...]:
        if self.sheet is None:
            return ()
        row = self.dash.listing.row_of(self.sheet.key)
        return (row or unlisted(self.sheet.key, self.sheet.workflow),)

    def run_of(self, row: WorkflowRow) -> WorkflowRun | None:
        """The run of the date under the cursor."""
        current = self.table.current
        return self._run_of_date(current) if current is not None else None

    def meant(self, deed: str) -> Iterable[tuple[WorkflowRow, WorkflowRun | None]]:
        backfill = self._backfill
        if backfill is None or not self.targets:
            return ()
        row = self.targets[0]
        return [(row, run) for run in meant_by(deed, backfill, self.session) or [self.run_of(row)]]

    @property
    def dates(self) -> BackfillChoice | None:
        return remaining(self._backfill)

    def says(self, deed: str) -> str:
        return said_of(deed, self._backfill)

    def needed_for(self, command: Command) -> Capability | None:
        return holding.needed_for(command)

    def action_do(self, deed: str) -> None:
        if deed in holding.DEEDS:
            where, backfill = self.dash.opening.where, self._backfill
            make = partial(holding.asked, deed, backfill=backfill, where=where)
            self.dash.deeds.ask(self, make)
        else:
            super().action_do(deed)

    @property
    def _backfill(self) -> Backfill | None:
        return self.feed.backfill if self.feed is not None else None

    def _run_of_date(self, row: DateRow) -> WorkflowRun | None:
        dates = self._backfill.dates if self._backfill is not None else ()
        return next((one.run for one in dates if one.slot == row.slot), None)

    # Frame

    def body(self) -> Iterable[Widget]:
        yield Page(id="facts")
        cells = DateCells(self.looks, lambda: self.told_zone, self.now)
        yield Table(COLUMNS, cells, lambda row: row.slot, self.looks, id="dates", selectable=False)

    def on_mount(self) -> None:
        self.table.focus()
        self.set_timer(_WAIT_SECONDS, self._tell_waiting)

    def _tell_waiting(self) -> None:
        if self.sheet is None and self.facts.count == 0:
            self.facts.tell([(Piece("Asking for the backfill …", Tone.MUTED),)])
            self._lay_out()

    def feed_of(self, session: Session) -> BackfillFeed:
        return session.backfill(self._ref)

    def opened(self) -> None:
        if self.session is None or self.feed is not None:
            return
        self.begin(self.session)
        self.follow(self.session.backfills)
        self.tell_keys()

    def moved(self, news: News) -> None:
        self._tell()

    def tick(self) -> None:
        super().tick()
        if self.sheet is not None and self.sheet.status.is_running:
            self._tell_facts(self.sheet)
            self.table.repaint_words()

    def retell(self) -> None:
        self.table.forget_strips()
        self._tell()

    def on_resize(self) -> None:
        self._draw_strip()
        self._tell()

    # Its dates

    def _tell(self) -> None:
        feed = self.feed
        if feed is None or self.session is None:
            return
        if feed.backfill is None:
            problem = feed.freshness.problem
            if problem is not None:
                self.facts.tell(sheets.failed(problem, self.key("go.refresh")))
                self._lay_out()
            return
        if feed.backfill is not self._rows_of:
            self._rows_of = feed.backfill
            self._load(backfills.date_rows(feed.backfill))
        is_left = self.session.is_left(feed.backfill)
        made_of = (feed.backfill, feed.past, is_left)
        if self.sheet is None or any(map(is_not, made_of, self._made_of)):
            self._made_of = made_of
            self.sheet = backfills.backfill_sheet(feed.backfill, feed.past, is_left=is_left)
        self._tell_facts(self.sheet)
        self.tell_header()

    def _load(self, rows: Sequence[DateRow]) -> None:
        current = self.table.current
        self.table.load(rows, keep=None if current is None else current.slot)
        self._draw_strip()
        self._go_to_what_matters()

    def _draw_strip(self) -> None:
        self._strip = backfillhead.strip(self.table.rows, self.looks, self.size.width)

    def _tell_facts(self, sheet: BackfillSheet) -> None:
        self.facts.tell(
            backfillhead.head(
                sheet,
                self._strip,
                self.told_zone,
                self.now(),
                self.looks,
                width=self.size.width,
                key=self.key,
            )
        )
        self._lay_out()

    def _go_to_what_matters(self) -> None:
        """To the first date that failed, else to the one under way, until somebody steers."""
        if self.table.is_steered:
            return
        bad = (at for at, row in enumerate(self.table.rows) if row.error)
        going = (
            at
            for at, row in enumerate(self.table.rows)
            if row.status is not None and row.status.is_running
        )
        at = next(bad, next(going, None))
        if at is not None:
            self.table.cursor = at

    def _lay_out(self) -> None:
        room = self.size.height - panes.FRAME - _LEAST_DATES
        self.facts.styles.height = max(1, min(self.facts.needed(self.size.width), room))

    # Commands

    @on(Lines.Chosen, "#dates")
    def action_open(self) -> None:
        row = self.table.current
        if row is None:
            return
        if row.ref is None:
            self.say(f"{row.told} has not begun", wrong=True)
        else:
            self.dash.open_run(row.ref, self._label)

    def action_problem(self, by: int) -> None:
        rows = self.table.rows
        places = ((self.table.cursor + by * step) % len(rows) for step in range(1, len(rows) + 1))
        at = next((at for at in places if rows[at].status in BAD), None)
        if at is None:
            self.say("No date of this backfill has failed")
        else:
            self.table.go_to(at)

    def action_open_backfill(self) -> None:
        self.say("This is the backfill")

    def action_copy(self) -> None:
        row = self.table.current
        ref = row.ref if row is not None and row.ref is not None else self._ref
        self.dash.copy([ref.run_id])

    def action_zoom(self) -> None:
        self.set_focus(self.facts if self.focused is self.table else self.table)


def remaining(backfill: Backfill | None) -> BackfillChoice | None:
    """The dates of a backfill that are still to be done, if there are any."""
    left = backfill.remaining if backfill is not None else ()
    if backfill is None or not left:
        return None
    days = [one.day for one in left]
    slots = frozenset(one.slot for one in left)
    return BackfillChoice(min(days), max(days), parallel=backfill.parallel, only=slots)


def said_of(deed: str, backfill: Backfill | None) -> str:
    """What there is to know of a deed on a backfill."""
    if deed != "stop" or backfill is None or not backfill.runs_on:
        return ""
    return "Its dates that wait will not run; those under way go on to their end"


def meant_by(
    deed: str, backfill: Backfill, session: Session | None
) -> Sequence[WorkflowRun | None]:
    """The runs of a backfill that a deed is meant for: the whole for a stop, each failed date
    for a retry; none where it is meant for the date under the cursor."""
    if deed == "retry":
        return [one.run for one in backfill.failed]
    if deed != "stop":
        return []
    kept = session is not None and session.sequences.keeps(backfill.ref)
    if kept or not backfill.by_hand:
        return [backfill.whole]
    # Whoever keeps it going can't be reached from here; its run under way can.
    going = [one.run for one in backfill.dates if one.status is not None and one.status.is_running]
    return going or [backfill.whole]

"""One run, live: how far it is, when it will end, its steps on a time axis, and their logs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.app import SuspendNotSupported
from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import Input

from dli_tui.domain.ids import LogRef, RunRef
from dli_tui.domain.status import StepStatus
from dli_tui.present import words
from dli_tui.present.rows import RunSheet, StepRow, WorkflowRow
from dli_tui.tui import keys, late, logfile, sheets
from dli_tui.tui.keys import Scope
from dli_tui.tui.looks import RUNS, Tone
from dli_tui.tui.screens.base import DashboardScreen
from dli_tui.tui.widgets.lines import Lines, Piece
from dli_tui.tui.widgets.logview import Level, LogView
from dli_tui.tui.widgets.oneline import Bit, OneLine
from dli_tui.tui.widgets.page import Page
from dli_tui.tui.widgets.searchline import SearchLine
from dli_tui.tui.widgets.steps import Steps

if TYPE_CHECKING:
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.session.freshness import Freshness
    from dli_tui.session.logs import LogFeed
    from dli_tui.session.news import News
    from dli_tui.session.runs import RunFeed

_MOST_FACTS: Final = 8
_BAD: Final = (StepStatus.FAILED, StepStatus.RETRYING)


class RunScreen(DashboardScreen):
    """The page of one run."""

    scope = Scope.RUN
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Scope.RUN)]

    def __init__(self, ref: RunRef, name: str, *, to_log: bool = False) -> None:
        super().__init__()
        self._ref = ref
        self._label = name
        self._to_log = to_log
        """Whether to go straight to the log of the last failed step."""
        self.feed: RunFeed | None = None
        self.log_feed: LogFeed | None = None
        self.sheet: RunSheet | None = None
        self._picked: tuple[str, int, int | None] | None = None
        """The step, try and copy whose log is shown."""
        self._by_hand = False
        """Whether a person picked the step; else the log follows the run."""
        self._read = 0

    @property
    def crumbs(self) -> tuple[str, ...]:
        name = self.sheet.workflow if self.sheet is not None else self._label
        run = self.sheet.name if self.sheet is not None else words.word(self._ref.run_id)
        return ("Workflows", name, run.removeprefix(f"{name}_"))

    @property
    def freshness(self) -> Freshness | None:
        return self.feed.freshness if self.feed is not None else None

    @property
    def summary(self) -> str:
        if self.sheet is None:
            return ""
        look = RUNS[self.sheet.status]
        return f"{self.looks.glyph(look)} {self.sheet.word or look.word}"

    @property
    def steps(self) -> Steps:
        """The steps."""
        return self.query_one("#steps", Steps)

    @property
    def log_view(self) -> LogView:
        """The log."""
        return self.query_one("#log", LogView)

    def run_of(self, row: WorkflowRow) -> WorkflowRun | None:
        return self.feed.run if self.feed is not None else None

    @property
    def targets(self) -> tuple[WorkflowRow, ...]:
        row = self.dash.listing.row_of(self.sheet.key) if self.sheet is not None else None
        return () if row is None else (row,)

    # Frame

    def body(self) -> Iterable[Widget]:
        yield Page(id="facts")
        yield Steps(self.looks, self.now, id="steps")
        yield OneLine(id="log-title")
        yield LogView(self._stamp, id="log")
        yield SearchLine(id="search")

    def on_mount(self) -> None:
        super().on_mount()
        self.steps.focus()
        self.steps.say([[Piece("Asking for the run …", Tone.MUTED)]])

    def opened(self) -> None:
        if self.session is None or self.feed is not None:
            return
        self.feed = self.session.run(self._ref)
        self.follow(self.feed)
        self.run_worker(self.feed.start(), group="feed")
        self.tell_keys()

    def on_unmount(self) -> None:
        super().on_unmount()
        for feed in (self.feed, self.log_feed):
            if feed is not None:
                self.dash.close_later(feed)

    def on_screen_suspend(self, _event: events.ScreenSuspend) -> None:
        for feed in (self.feed, self.log_feed):
            if feed is not None:
                feed.pause()

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        for feed in (self.feed, self.log_feed):
            if feed is not None:
                feed.resume()

    def moved(self, news: News) -> None:
        if news is self.log_feed:
            self._take_lines()
        elif self.feed is not None:
            self.retell()

    def tick(self) -> None:
        super().tick()
        if self.sheet is not None and self.sheet.status.is_running:
            self._tell_facts()
            self.steps.repaint_words()

    def retell(self) -> None:
        feed = self.feed
        if feed is None or self.session is None:
            return
        if feed.run is None:
            if feed.freshness.problem is not None:
                self.steps.say(sheets.failed(feed.freshness.problem))
            return
        making = late.making()
        rows = [making.step_row(step) for step in feed.steps]
        self._tell_facts()
        if self.sheet is not None:
            self.steps.tell(rows, self.sheet.created, self.sheet.finished)
        if not rows:
            note = feed.steps_note or "No step has begun yet"
            self.steps.say([[Piece(note, Tone.MUTED)]])
        self.log_view.forget_strips()
        self._pick_step(rows)

    def _tell_facts(self) -> None:
        feed = self.feed
        if feed is None or feed.run is None:
            return
        now = self.now()
        self.sheet = late.making().run_sheet(feed.run, feed.past, now, feed.timezone)
        zone = self.zone(feed.timezone)
        page = self.query_one("#facts", Page)
        told = sheets.run(self.sheet, zone, now, self.looks, self.size.width)
        page.tell(told)
        page.styles.height = min(len(told), _MOST_FACTS, max(3, self.size.height // 3))

    # The log

    def _pick_step(self, rows: list[StepRow]) -> None:
        """Show the log that matters: what failed, else what runs, else the last."""
        if self._by_hand or not rows:
            return
        row = _telling(rows)
        if row is None:
            self._tell_log_title()
            return
        at = next(place for place, one in enumerate(rows) if one is row)
        if self._picked != (row.raw, row.attempt, row.map_index):
            self.steps.go_to(at)
            self._open_log(row, row.attempt)
        if self._to_log and self.sheet is not None:
            self._to_log = False
            self.log_view.focus()

    def _open_log(self, row: StepRow, attempt: int) -> None:
        if self.session is None or self.sheet is None:
            return
        self._picked = (row.raw, attempt, row.map_index)
        if self.log_feed is not None:
            self.dash.close_later(self.log_feed)
        self.log_view.start_over()
        self._read = 0
        self.log_view.say([[Piece("Asking for the log …", Tone.MUTED)]])
        ref = LogRef(self.sheet.ref, row.raw, attempt, row.map_index)
        self.log_feed = self.session.log(ref)
        self.follow(self.log_feed)
        self.run_worker(self.log_feed.start(), group="log-feed")
        self._tell_log_title()

    def _take_lines(self) -> None:
        feed, view = self.log_feed, self.log_view
        if feed is None:
            return
        fresh = feed.lines[self._read :]
        first = self._read == 0
        self._read = len(feed.lines)
        if fresh:
            view.append(late.making().log_rows(fresh))
        if first and fresh and self._is_failed():
            view.to_first_error()
        if not feed.lines:
            problem = feed.freshness.problem
            if problem is not None:
                view.say(sheets.failed(problem))
            elif feed.complete:
                view.say([[Piece("It wrote nothing", Tone.MUTED)]])
        self._tell_log_title()

    def _is_failed(self) -> bool:
        picked = self._picked
        rows = (row for row in self.steps.rows if picked and row.raw == picked[0])
        row = next(rows, None)
        return row is not None and row.status in _BAD

    @on(LogView.Told)
    @on(Lines.CursorMoved, "#log")
    def _tell_log_title(self) -> None:
        view, feed = self.log_view, self.log_feed
        if self._picked is None or feed is None:
            self.query_one("#log-title", OneLine).tell([Bit(" log", Tone.MUTED)])
            return
        step, attempt, _ = self._picked
        of_try = f" try {attempt}" if attempt > 1 or self._tries() > 1 else ""
        left = [Bit(f" log {words.word(step)}{of_try} ", bold=True)]
        if not feed.complete and not feed.truncated:
            left.append(Bit("following " if view.following else "standing still ", Tone.RUNNING))
        if view.level is not Level.ALL:
            left.append(Bit(f"{view.level} ", Tone.LATE, action="screen.level"))
        right = []
        hits = view.hits
        if hits.needle:
            found = f"{hits.place}/{hits.total}" if hits.total else "not found"
            right.append(Bit(f"/{words.word(hits.needle)} {found}  ", Tone.RUNNING))
        more = "+ (no more is read)" if feed.truncated else ""
        right.append(Bit(f"{len(view.rows):,} lines{more} ", Tone.MUTED))
        self.query_one("#log-title", OneLine).tell(left, right)

    def _tries(self) -> int:
        picked = self._picked
        fitting = [row for row in self.steps.rows if picked and row.raw == picked[0]]
        return fitting[0].attempt if fitting else 1

    def _stamp(self, at: datetime) -> str:
        zone = self.zone(self.sheet.zone if self.sheet is not None else "UTC")
        return f"{words.second_of(at, zone)} "

    # Commands

    @on(Lines.Chosen, "#steps")
    def action_open(self) -> None:
        row = self.steps.current
        if row is not None:
            self._by_hand = True
            self._open_log(row, row.attempt)
            self.log_view.focus()

    def action_last_log(self) -> None:
        failed = [row for row in self.steps.rows if row.status in _BAD]
        if not failed:
            self.say("No step of this run has failed")
            return
        self._by_hand = True
        self.steps.go_to(self.steps.rows.index(failed[-1]))
        self._open_log(failed[-1], failed[-1].attempt)
        self.log_view.focus()

    def action_attempt(self, by: int) -> None:
        row, picked = self.steps.current, self._picked
        if row is None or picked is None:
            return
        wanted = picked[1] + by
        if not 1 <= wanted <= row.attempt:
            self.say(f"{row.name} has had {words.tries(row.attempt)}")
            return
        self._by_hand = True
        self._open_log(row, wanted)

    def action_search(self) -> None:
        self.query_one(SearchLine).ask(self.log_view.needle)

    @on(Input.Changed, "#search")
    def _search_typed(self, message: Input.Changed) -> None:
        self.log_view.search(message.value)

    @on(SearchLine.Left)
    def _search_left(self) -> None:
        self.log_view.focus()

    def action_hit(self, by: int) -> None:
        if not self.log_view.hit(by):
            self.say(
                "Nothing was found; search with /" if self.log_view.needle else "Search with /"
            )

    def action_follow(self) -> None:
        self.log_view.follow(on=not self.log_view.following)

    def action_level(self) -> None:
        order = list(Level)
        self.log_view.show_level(order[(order.index(self.log_view.level) + 1) % len(order)])

    def action_wrap(self) -> None:
        self.log_view.wrap(on=not self.log_view.wrapped)

    def action_save(self) -> None:
        from dli_tui.tui.modals.save import SaveQuestion  # noqa: PLC0415 - when it is asked for

        if not self.log_view.rows or self._picked is None:
            self.say("There is no log to save yet", wrong=True)
            return
        step, attempt, _ = self._picked
        name = logfile.name_for(self.crumbs[1], step, attempt)
        self.dash.push_screen(SaveQuestion(name, tuple(self.log_view.rows)))

    def action_pager(self) -> None:
        command = logfile.pager(os.environ)
        if command is None:
            self.say("No pager was found; set PAGER to one", wrong=True)
        elif not self.log_view.rows:
            self.say("There is no log to show yet", wrong=True)
        else:
            try:
                with self.dash.suspend():
                    logfile.show(command, self.log_view.rows)
            except SuspendNotSupported:
                self.say("This terminal can't be lent to a pager; save the log with S", wrong=True)

    def action_zoom(self) -> None:
        self.toggle_class("-zoomed")
        self.log_view.focus()

    def action_copy(self) -> None:
        line = self.log_view.current if self.log_view.has_focus else None
        self.dash.copy([line.text if line is not None else self._ref.run_id])

    def action_refresh(self) -> None:
        super().action_refresh()
        for feed in (self.feed, self.log_feed):
            if feed is not None:
                feed.refresh()

    def action_back(self) -> None:
        if self.has_class("-zoomed"):
            self.toggle_class("-zoomed")
        elif self.log_view.needle:
            self.log_view.search("")
        elif self.log_view.has_focus:
            self.steps.focus()
        else:
            super().action_back()


def _telling(rows: list[StepRow]) -> StepRow | None:
    """The step whose log says most: the last that failed, else what runs, else the last one."""
    for states in (_BAD, (StepStatus.RUNNING,)):
        fitting = [row for row in rows if row.status in states and row.started is not None]
        if fitting:
            return fitting[-1]
    begun = [row for row in rows if row.started is not None]
    return begun[-1] if begun else None

"""One run, live: how far it is, when it will end, its steps on a time axis, and their logs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from dli_tui.domain.ids import RunRef
from dli_tui.present import words
from dli_tui.present.rows import RunSheet, StepRow, WorkflowRow
from dli_tui.tui import bridge, keys, late, panes, picks, sheets
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.keys import Scope
from dli_tui.tui.listing import unlisted
from dli_tui.tui.looks import RUNS, Tone
from dli_tui.tui.picks import Pick
from dli_tui.tui.screens.insides import InsideScreen
from dli_tui.tui.widgets.lines import Lines, Piece
from dli_tui.tui.widgets.logpane import LogPane, Opened
from dli_tui.tui.widgets.logview import LogView
from dli_tui.tui.widgets.page import Page
from dli_tui.tui.widgets.steps import Steps

if TYPE_CHECKING:
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.session.freshness import Freshness
    from dli_tui.session.logs import LogFeed
    from dli_tui.session.news import News
    from dli_tui.session.runs import RunFeed

REST_SECONDS: Final = 0.2
"""The cursor rests so long on a step before its log is asked for."""
_WAIT_SECONDS: Final = 0.3


class RunScreen(InsideScreen):
    """The page of one run: what is known of it, its steps, and the log of one of them."""

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
        self._shown: object = None
        """What of the run was told last."""
        self._by_hand = False
        """Whether a person picked the step; else the log follows the run."""
        self._zoomed: str | None = None
        """The pane that has the page for itself."""
        self._unfollow_log: Callable[[], None] | None = None

    @property
    def crumbs(self) -> tuple[str, ...]:
        name = self.sheet.workflow if self.sheet is not None else self._label
        run = self.sheet.name if self.sheet is not None else words.word(self._ref.run_id)
        return ("Workflows", name, run.removeprefix(f"{name}_"))

    @property
    def freshness(self) -> Freshness | None:
        return self.feed.freshness if self.feed is not None else None

    @property
    def is_final(self) -> bool:
        return self.feed is not None and self.feed.ended

    @property
    def summary(self) -> str:
        if self.sheet is None:
            return ""
        look = RUNS[self.sheet.status]
        return f" {self.looks.glyph(look)} {self.sheet.word or look.word}"

    @property
    def facts(self) -> Page:
        """What is known of the run."""
        return self.query_one("#facts", Page)

    def run_of(self, row: WorkflowRow) -> WorkflowRun | None:
        return self.feed.run if self.feed is not None else None

    @property
    def targets(self) -> tuple[WorkflowRow, ...]:
        if self.sheet is None:
            return ()
        return (
            self.dash.listing.row_of(self.sheet.key)
            or unlisted(self.sheet.key, self.sheet.workflow),
        )

    @property
    def told_zone(self) -> str:
        """The zone in which this page tells times."""
        return self.zone(self.feed.timezone if self.feed is not None else "UTC")

    def step_meant(self, deed: str) -> StepRow | None:
        return picks.retried(self.steps.rows, self.steps.current) if deed == "retry" else None

    # Frame

    def body(self) -> Iterable[Widget]:
        yield Page(id="facts")
        yield Steps(self.looks, self.now, id="steps")
        yield LogPane(self._stamp, self.looks, id="log-pane")
        yield Page(id="inside")

    def on_mount(self) -> None:
        self.lay_out()
        self.set_focus(self.log_view)
        self.set_timer(_WAIT_SECONDS, self._tell_waiting)

    def _tell_waiting(self) -> None:
        if self.sheet is None and self.facts.count == 0:
            self.facts.tell([(Piece("Asking for the run …", Tone.MUTED),)])

    def opened(self) -> None:
        if self.session is None or self.feed is not None:
            return
        self.feed = self.session.run(self._ref)
        self.follow(self.feed)
        start_worker(self, self.feed.start, group="feed")
        self.tell_keys()

    def on_unmount(self) -> None:
        self._leave_log()
        if self.feed is not None:
            self.dash.close_later(self.feed)

    def feeds(self) -> Sequence[RunFeed | LogFeed]:
        return [feed for feed in (self.feed, self.log_feed) if feed is not None]

    def reoffered(self) -> None:
        super().reoffered()
        for feed in self.feeds():
            # Steps and logs that weren't offered may be now.
            feed.refresh()

    def moved(self, news: News) -> None:
        if news is self.log_feed:
            self.pane.take()
        elif news is self.feed:
            self._take_run()

    def tick(self) -> None:
        super().tick()
        if self.sheet is not None and not self.sheet.status.is_terminal:
            self._tell_facts()
            self.steps.grow()
            self.lay_out()
            self.tell_inside()

    def on_resize(self) -> None:
        self.lay_out()

    def lay_out(self) -> None:
        """Share the height out; a pane that is zoomed has all of it."""
        steps = len(self.steps.rows)
        alone = "facts" if self.sheet is None and self.facts.words else self._zoomed
        shares = panes.shares(
            self.size.height - panes.FRAME - (self._problem is not None),
            facts=self.facts.needed(self.size.width),
            steps=steps + self.steps.head_height if steps else 0,
            alone=alone,
        )
        for pane, height in zip((self.facts, self.steps), shares, strict=False):
            pane.display = bool(height)
            pane.styles.height = height
        is_below = alone in (None, self.pane.id)
        self.pane.display = is_below and not self.is_inside
        self.inside.display = is_below and self.is_inside

    @property
    def _problem(self) -> object:
        return self.freshness.problem if self.freshness is not None else None

    # The run

    def _take_run(self) -> None:
        """Show what has changed, if anything has: it is asked for every other second."""
        feed = self.feed
        if feed is None:
            return
        problem = feed.freshness.problem
        shown = (feed.run, feed.steps, feed.steps_note, feed.past, problem)
        if shown != self._shown:
            self._shown = shown
            self._tell_run(feed)

    def retell(self) -> None:
        if self.feed is not None:
            self._tell_run(self.feed)
            self.log_view.forget_strips()

    def _tell_run(self, feed: RunFeed) -> None:
        problem = feed.freshness.problem
        if feed.run is None:
            if problem is not None:
                self.facts.tell(sheets.failed(problem, self.key("go.refresh")))
                self.lay_out()
            return
        was_over = self.sheet is not None and self.sheet.status.is_terminal
        self._tell_facts()
        rows = [late.making().step_row(step) for step in feed.steps]
        if self.sheet is not None:
            if was_over and not self.sheet.status.is_terminal:
                # Begun again: what somebody picked belonged to how it went before.
                self._by_hand = False
            self.steps.tell(rows, self.sheet.created, self.sheet.finished)
            note = sheets.no_log(self.sheet, feed.steps_note, steps=len(rows))
            self.pane.say_alone(
                sheets.failed(problem, self.key("go.refresh")) if problem and not rows else note
            )
        self.lay_out()
        self._pick_step(rows)
        self.tell_inside()

    def _tell_facts(self) -> None:
        feed, zone = self.feed, self.told_zone
        if feed is None or feed.run is None:
            return
        now = self.now()
        self.sheet = late.making().run_sheet(feed.run, feed.past, now, zone)
        told = sheets.run(self.sheet, zone, now, self.looks, self.size.width)
        if not feed.steps:
            told += sheets.current_step(self.sheet)
        elif any(step.concluded for step in feed.steps):
            told += sheets.concluded()
        self.facts.tell(told)

    # The log

    def _pick_step(self, rows: Sequence[StepRow]) -> None:
        """Show the log that matters, unless somebody is reading another one."""
        if rows and self.picked is None and not self._to_log:
            self.go_into(self.steps)
        pick = picks.telling(rows)
        if pick is None or self._by_hand or self.pane.is_read:
            return
        if not pick.is_same(self.picked):
            self.steps.go_to(rows.index(pick.row))
            self._open_log(pick)
        if self._to_log:
            self._to_log = False
            self.go_into(self.inside if self.is_inside else self.log_view)

    def _open_log(self, pick: Pick) -> None:
        if self.session is None or self.sheet is None:
            return
        self._leave_log()
        self.picked = pick
        if not self.has_logs:
            return
        self.log_feed = self.session.log(pick.ref(self.sheet.ref))
        self._unfollow_log = bridge.follow(self, self.log_feed)
        opened = Opened(pick.title, pick.failed, pick.row.error, pick.row.kind)
        self.pane.open(opened, self.log_feed)
        start_worker(self, self.log_feed.start, group="log-feed")

    def _leave_log(self) -> None:
        if self._unfollow_log is not None:
            self._unfollow_log()
        if self.log_feed is not None:
            self.dash.close_later(self.log_feed)

    def _stamp(self, at: datetime) -> str:
        return words.second_of(at, self.told_zone)

    # Commands

    @on(Lines.Chosen, "#steps")
    def action_open(self) -> None:
        row = self.steps.current
        if row is None or self.focused is not self.steps:
            return
        if self.is_inside:
            self.go_into(self.inside)
        else:
            self._read(Pick(row, row.attempt))

    @on(Lines.CursorMoved, "#steps")
    def _step_changed(self) -> None:
        self.inside.scroll_lines_to(0)
        self.tell_inside()
        if self.steps.is_steered and self.focused is self.steps and not self.is_inside:
            start_worker(self, self._show_log, group="detail", exclusive=True)

    async def _show_log(self) -> None:
        """Show the log of the step that the cursor rests on: both are about the same step."""
        if self.session is None:
            return
        await self.session.pace.sleep(REST_SECONDS)
        row = self.steps.current
        if row is None or (self.picked is not None and self.picked.is_of(row)):
            return
        pick = Pick(row, row.attempt)
        # On the step that says most, the page follows the run again.
        self._by_hand = not pick.is_same(picks.telling(self.steps.rows))
        self._open_log(pick)

    def action_last_log(self) -> None:
        pick = picks.last_failed(self.steps.rows)
        if pick is None:
            self.say("No step of this run has failed")
        else:
            self.steps.go_to(self.steps.rows.index(pick.row))
            self._read(pick)

    def action_attempt(self, by: int) -> None:
        picked = self.picked
        if picked is None:
            self.say("No log is open", wrong=True)
            return
        # It may have been tried again since its log was opened.
        row = next((row for row in self.steps.rows if picked.is_of(row)), picked.row)
        if 1 <= picked.attempt + by <= row.attempt:
            self._read(Pick(row, picked.attempt + by))
        else:
            self.say(f"{row.name} has had {words.tries(row.attempt)}")

    def _read(self, pick: Pick) -> None:
        """Open a log because somebody wants it; one that is open stays where it is."""
        self._by_hand = True
        if not pick.is_same(self.picked):
            self._open_log(pick)
        self._wants_inside = False
        self.lay_out()
        self.tell_inside()
        self.go_into(self.inside if self.is_inside else self.log_view)

    def action_copy(self) -> None:
        line = self.log_view.current if self.log_view.has_focus else None
        self.dash.copy([line.text if line is not None else self._ref.run_id])

    def action_refresh(self) -> None:
        super().action_refresh()
        for feed in self.feeds():
            feed.refresh()

    # Where the keys go

    def go_into(self, lines: Lines) -> None:
        if self._zoomed is not None:
            self._zoomed = _pane_of(lines)
            self.lay_out()
        self.set_focus(lines)

    def action_zoom(self) -> None:
        below = self.inside if self.is_inside else self.log_view
        lines = self.focused if isinstance(self.focused, Lines) else below
        self._zoomed = _pane_of(lines) if self._zoomed is None else None
        self.lay_out()
        self.set_focus(lines)

    def action_back(self) -> None:
        if self._zoomed is not None:
            self.action_zoom()
        elif self.log_view.needle:
            self.log_view.search("")
        elif self.focused is not self.steps and self.steps.rows:
            self.set_focus(self.steps)
        else:
            super().action_back()


def _pane_of(lines: Lines) -> str:
    is_below = isinstance(lines, LogView) or lines.id == "inside"
    return "log-pane" if is_below else lines.id or ""

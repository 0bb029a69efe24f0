"""What stands beside the runs of a history: what is known of a workflow, and a picture of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final

from textual import events, on
from textual.containers import Vertical
from textual.message import Message

from dli_tui.domain.capability import Capability
from dli_tui.domain.query import HistoryQuery
from dli_tui.present import outcomes, words
from dli_tui.tui import bridge, charts, late, sheets
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.charts import Picture
from dli_tui.tui.choices import following
from dli_tui.tui.screens.base import DashboardScreen
from dli_tui.tui.widgets.page import Page, Text

if TYPE_CHECKING:
    from dli_tui.domain.ids import WorkflowKey
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import DatasetInfo
    from dli_tui.present.rows import WorkflowRow
    from dli_tui.session.feed import Feed
    from dli_tui.session.history import HistoryFeed
    from dli_tui.session.stepbook import StepBook

REST_SECONDS: Final = 0.2
_CALENDAR_RUNS: Final = 1_000
"""So many runs are looked through for the calendar; an hourly workflow has them in six weeks."""
_LEAST_WIDTH: Final = 20


class Canvas(Page):
    """A page that is drawn for exactly the room it has."""

    class Resized(Message):
        """There is more room, or less."""

    def on_resize(self, _event: events.Resize) -> None:
        self.post_message(self.Resized())


class PicturedScreen(DashboardScreen):
    """A screen with runs, what is known of the workflow that is meant, and pictures of its runs."""

    def __init__(self) -> None:
        super().__init__()
        self.picture = Picture.TREND
        self._told: WorkflowKey | None = None
        self._asked: WorkflowKey | None = None
        """Of which workflow what takes a question was asked."""
        self._past: HistoryFeed | None = None
        """The runs of the workflow under the cursor, where the page isn't of one alone."""
        self._book: StepBook | None = None
        self._unfollow_past: Callable[[], None] | None = None
        self._drawn_of: object = None
        """What the picture was drawn of: it is told with every move of the cursor."""

    @property
    def own(self) -> HistoryFeed | None:
        """The runs on the page, where all of them are of one workflow."""
        return None

    @property
    def narrowed(self) -> str:
        """What filters the runs of the picture, in words."""
        return ""

    @property
    def about(self) -> Page:
        """What is known of the workflow."""
        return self.query_one("#history-about", Page)

    @property
    def shown_picture(self) -> Page:
        """The picture."""
        return self.query_one("#picture", Page)

    def beside(self) -> Vertical:
        """The panel at the side."""
        return Vertical(Page(id="history-about"), Canvas(id="picture"), id="side")

    @property
    def is_large(self) -> bool:
        """Whether the panel, or the picture alone, has the page for itself."""
        return self.has_class("-zoomed")

    # Asking

    def begin_pictures(self) -> None:
        """The session is open."""
        if self.session is not None and self._book is None:
            self._book = self.session.stepbook()
            self.follow(self._book)
            start_worker(self, self._book.start, group="feed")

    def feeds(self) -> Iterable[Feed]:
        """What is asked for the sake of this panel."""
        return [feed for feed in (self._past, self._book) if feed is not None]

    def on_unmount(self) -> None:
        self._leave_past()
        if self._book is not None:
            self.dash.close_later(self._book)

    def on_screen_suspend(self, _event: events.ScreenSuspend) -> None:
        if self.is_covered and self.workers.cancel_group(self, "detail"):
            # What was about to be asked is asked when the page is seen again.
            self._asked = None

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        self.tell_beside()

    def _leave_past(self) -> None:
        if self._unfollow_past is not None:
            self._unfollow_past()
        if self._past is not None:
            self.dash.close_later(self._past)
        self._past = self._unfollow_past = None

    def tell_beside(self) -> None:
        """Tell of the workflow that is meant now; what takes a question comes a moment later."""
        if self.is_covered:
            return
        row, session = self.pointed, self.session
        if not self.query_one("#side").display:
            # Nobody sees it: nothing is asked for it until somebody does.
            self._leave_past()
            self._told = self._asked = None
            return
        if row is None or session is None:
            return
        if row.key != self._told:
            self._told = row.key
            self.about.scroll_lines_to(0)
        if row.key != self._asked:
            self._asked = row.key
            start_worker(self, self._ask_more, row, group="detail", exclusive=True)
        self._tell_about(row, session.known_dataset(row.key.name))
        self.tell_picture()

    async def _ask_more(self, row: WorkflowRow) -> None:
        """Ask for what the list doesn't know, once the cursor rests."""
        session = self.session
        if session is None:
            return
        await session.pace.sleep(REST_SECONDS)
        if self.own is None and self._told == row.key:
            self._follow_past(row.key.name)
        known = await session.dataset_info(row.key.name)
        if self._told == row.key:
            self._tell_about(row, known)

    def _follow_past(self, name: str) -> None:
        if self.session is None or (self._past is not None and self._past.query.workflow == name):
            return
        self._leave_past()
        self._past = self.session.history(HistoryQuery(workflow=name))
        self._unfollow_past = bridge.follow(self, self._past)
        start_worker(self, self._past.start, group="feed")
        self.tell_picture()

    def reoffered(self) -> None:
        super().reoffered()
        self.tell_beside()

    # Telling

    @on(Canvas.Resized)
    def _resized(self) -> None:
        self.tell_beside()

    def _tell_about(self, row: WorkflowRow, known: DatasetInfo | None) -> None:
        session = self.session
        info = session.workflows.rows.get(row.key) if session is not None else None
        if session is None or info is None:
            self.about.tell(sheets.unlisted(row.name))
            return
        sheet = late.making().workflow_sheet(info, row, (), known, self.now())
        sheet = late.histories().with_unknown(sheet)
        zone = self.zone(row.zone)
        told = sheets.workflow(sheet, zone, self.now(), self.looks, with_runs=False)
        self.about.tell(told)

    @property
    def _pictured(self) -> tuple[HistoryFeed | None, WorkflowRow | None]:
        """The runs that the picture is of, and their workflow."""
        row = self.pointed
        if self.own is not None:
            return self.own, row
        past = self._past
        fits = past is not None and row is not None and past.query.workflow == row.key.name
        return (past if fits else None), row

    def tell_picture(self) -> None:
        """Draw the picture for the room that it has, if anything in it has moved."""
        page, session = self.shown_picture, self.session
        width, height = page.field.width, page.field.height
        if not self.query_one("#side").display or width < _LEAST_WIDTH or session is None:
            return
        feed, row = self._pictured
        has_runs = feed is not None and not feed.loading
        known = (feed.runs, feed.ended) if feed is not None and has_runs else None
        book = self._book
        steps = (book.steps, book.note, book.freshness.problem) if book is not None else None
        today = words.day_of(self.now(), row.zone if row is not None else "UTC")
        only = charts.note(f"Only those that fit: {self.narrowed}") if self.narrowed else []
        height -= len(only)
        why_not = (
            "" if Capability.STEPS in session.capabilities else session.why_not(Capability.STEPS)
        )
        drawn = (
            *(self.picture, row and row.key, width, height, known),
            *(steps, why_not, today, self.narrowed),
        )
        if drawn == self._drawn_of:
            return
        self._drawn_of = drawn
        whose = row.name if row is not None and self.has_class("-pictured") else ""
        lines = charts.title(self.picture, self.key("history.picture"), width, whose)
        if feed is not None and row is not None and has_runs:
            lines += [*only, *self._drawn(feed, row, width, height)]
        page.tell(lines)

    def _drawn(
        self, feed: HistoryFeed, row: WorkflowRow, width: int, height: int
    ) -> Sequence[Text]:
        match self.picture:
            case Picture.TREND:
                return self._trend(feed, width, height)
            case Picture.CALENDAR:
                return self._calendar(feed, row.zone, width)
            case Picture.GRID:
                return self._grid(feed, width)

    def _trend(self, feed: HistoryFeed, width: int, height: int) -> Sequence[Text]:
        feed.want(width)
        histories = late.histories()
        usual = histories.usual_seconds(feed.runs)
        marks = histories.marks(feed.runs, width)
        return charts.draw_trend(marks, usual, width, height, self.looks)

    def _calendar(self, feed: HistoryFeed, zone: str, width: int) -> Sequence[Text]:
        feed.want(_CALENDAR_RUNS)
        histories = late.histories()
        known = histories.days(feed.runs, zone)
        since = None if feed.ended else min(known, default=None)
        shown = outcomes.calendar(known, words.day_of(self.now(), zone), since, width)
        return charts.of_calendar(shown, zone, self.looks)

    def _grid(self, feed: HistoryFeed, width: int) -> Sequence[Text]:
        book, session = self._book, self.session
        if book is None or session is None:
            return ()
        if Capability.STEPS not in session.capabilities:
            return charts.note(session.why_not(Capability.STEPS))
        room = charts.grid_runs(width)
        feed.want(room)
        runs: Sequence[WorkflowRun] = feed.runs[:room]
        book.want(runs)
        problem = book.freshness.problem
        shown = late.histories().grid(runs, book.steps, room)
        said = book.note or (problem.message if problem is not None and not shown.lines else "")
        return charts.note(said) if said else charts.of_grid(shown, width, self.looks)

    # Commands

    def action_picture(self) -> None:
        """Show the picture where it isn't seen, else the next one."""
        if self.query_one("#side").display and self.shown_picture.display:
            self.picture = following(Picture, self.picture)
        else:
            self.add_class("-zoomed", "-pictured")
            self.shown_picture.focus()
        self.tell_beside()

    def action_zoom(self) -> None:
        if self.is_large:
            self.make_small()
        else:
            self.add_class("-zoomed")
            self.about.focus()
            self.tell_beside()

    def make_small(self) -> None:
        """Give the page back to the runs."""
        self.remove_class("-zoomed", "-pictured")

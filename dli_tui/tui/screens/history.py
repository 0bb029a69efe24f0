"""The runs of one workflow or of all: filtered, paged on as one reads, with pictures beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from dli_tui.domain.ids import WorkflowKey
from dli_tui.present import words
from dli_tui.present.runfilters import SOURCES, STATUSES, TYPES, HistoryFilter
from dli_tui.tui import bridge, keys, sheets
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.choices import following
from dli_tui.tui.keys import Command, Scope
from dli_tui.tui.listing import unlisted
from dli_tui.tui.runcolumns import ALL, ONE, RunCells
from dli_tui.tui.runlisting import RunListing
from dli_tui.tui.screens.pictured import PicturedScreen
from dli_tui.tui.widgets.filterbar import FilterLine
from dli_tui.tui.widgets.lines import Lines
from dli_tui.tui.widgets.runbar import RunBar
from dli_tui.tui.widgets.runs import Runs, key_of

if TYPE_CHECKING:
    from dli_tui.domain.query import HistoryQuery
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.present.rows import RunRow, WorkflowRow
    from dli_tui.session.feed import Feed
    from dli_tui.session.freshness import Freshness
    from dli_tui.session.history import HistoryFeed
    from dli_tui.session.news import News
    from dli_tui.tui.modals.dates import Range

_SKELETON_SECONDS: Final = 0.3
_WORDS_TICKS: Final = 5
_AHEAD: Final = 50
"""So many lines below what can be seen are here before somebody scrolls there."""
_LOOKED_THROUGH: Final = 10_000
"""So many runs are looked through for a part of a name before somebody wants more."""


class HistoryScreen(PicturedScreen):
    """Runs, newest first; of one workflow it is that workflow's page."""

    scope = Scope.HISTORY
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Scope.HISTORY)]
    CSS_PATH = "history.tcss"

    def __init__(self, key: WorkflowKey | None = None, name: str = "") -> None:
        super().__init__()
        self._key = key
        self._label = name
        self.filter = HistoryFilter()
        self.listing = RunListing()
        self.feed: HistoryFeed | None = None
        self._unfollow_feed: Callable[[], None] | None = None
        self._look_through = _LOOKED_THROUGH
        self._ticks = 0
        self._behind = False
        """Whether the cursor has moved since the panel was told."""

    @property
    def crumbs(self) -> tuple[str, ...]:
        return ("Workflows", self._label if self._key is not None else "History")

    @property
    def table(self) -> Runs:
        """The runs."""
        return self.query_one("#runs", Runs)

    @property
    def freshness(self) -> Freshness | None:
        return self.feed.freshness if self.feed is not None else None

    @property
    def own(self) -> HistoryFeed | None:
        return self.feed if self._key is not None else None

    @property
    def narrowed(self) -> str:
        return self.filter.told() if self.own is not None else ""

    @property
    def summary(self) -> str:
        feed = self.feed
        if feed is None:
            return ""
        if feed.loading:
            return "asking …" if self.listing.known else ""
        known = feed.total if feed.total is not None else len(feed.runs)
        more = "" if feed.ended or feed.total is not None else "+"
        counted = f"{known:,}{more}"
        is_part = self.listing.shown != len(feed.runs)
        return f"{self.listing.shown:,} of {counted} runs" if is_part else f"{counted} runs"

    # What a command is meant for

    @property
    def targets(self) -> tuple[WorkflowRow, ...]:
        run = self.table.run
        if run is not None:
            return (self.dash.listing.row_of(run.key) or unlisted(run.key, run.workflow),)
        if self._key is None:
            return ()
        return (self.dash.listing.row_of(self._key) or unlisted(self._key, self._label),)

    def run_of(self, row: WorkflowRow) -> WorkflowRun | None:
        run = self.table.run
        return self.listing.run(run.ref) if run is not None else None

    @property
    def told_zone(self) -> str:
        """The zone in which the runs' times are told."""
        return self.zone(self._day_zone)

    @property
    def _day_zone(self) -> str:
        """The zone of the days: the schedule's; those of many have none in common."""
        row = self.dash.listing.row_of(self._key) if self._key is not None else None
        return row.zone if row is not None else "UTC"

    # Frame

    def body(self) -> Iterable[Widget]:
        yield RunBar(id="filters")
        cells = RunCells(self.looks, self.now, lambda: self.told_zone)
        columns = ALL if self._key is None else ONE
        table = Runs(columns, cells, key_of, self.looks, id="runs", selectable=False)
        yield Horizontal(table, self.beside(), id="split")

    def on_mount(self) -> None:
        self.table.focus()
        self._tell_filters()
        self.set_timer(_SKELETON_SECONDS, self._tell_waiting)

    def _tell_waiting(self) -> None:
        if (self.feed is None or self.feed.loading) and self.problem is None:
            self.table.say(sheets.skeleton(self.dash.opening.where.name, self.looks))

    def opened(self) -> None:
        if self.session is None or self.feed is not None:
            return
        self.follow(self.session.workflows)
        self.begin_pictures()
        self._ask()
        self.tell_keys()
        self._tell_filters()
        self.tell_beside()

    def on_unmount(self) -> None:
        self._leave_feed()

    def feeds(self) -> Iterable[Feed]:
        yield from super().feeds()
        if self.feed is not None:
            yield self.feed

    def moved(self, news: News) -> None:
        if news is self.feed:
            self._take()
        else:
            self._tell_empty()
        self.tell_beside()

    def tick(self) -> None:
        super().tick()
        self._ticks += 1
        if self._ticks % _WORDS_TICKS == 0 and self.session is not None:
            self.table.repaint_words()

    def retell(self) -> None:
        self._tell_filters()
        self.table.forget_strips()
        self._tell_empty()
        self.tell_beside()

    def on_resize(self) -> None:
        self.call_after_refresh(self._laid_out)

    def _laid_out(self) -> None:
        self._tell_filters()
        self._want_more()
        self.tell_beside()

    # Asking

    def _query(self) -> HistoryQuery:
        """What to ask: a part of a name that only one workflow has is a question of that one."""
        if self._key is not None:
            margin = timedelta(days=self._day_zone != "UTC")
            return self.filter.query(self._key.name, margin=margin)
        needle = self.filter.needle
        return self.filter.query(self.dash.listing.only_named(needle) if needle else None)

    def _ask(self) -> None:
        """Ask for other runs; of those that are known the ones that fit stay meanwhile."""
        query = self._query()
        if self.session is None or (self.feed is not None and self.feed.query == query):
            return
        self._leave_feed()
        self.feed = self.session.history(query)
        self._unfollow_feed = bridge.follow(self, self.feed)
        start_worker(self, self.feed.start, group="feed")
        self.tell_header()

    def _leave_feed(self) -> None:
        if self._unfollow_feed is not None:
            self._unfollow_feed()
        if self.feed is not None:
            self.dash.close_later(self.feed)

    def _want_more(self) -> None:
        """Have pages fetched until there is enough for what can be seen, and some more."""
        feed = self.feed
        if feed is None or not self.listing.has_taken(feed.runs):
            return
        short = self.table.seen.stop + _AHEAD > self.table.count
        if short and (not self.filter.needle or len(feed.runs) < self._look_through):
            feed.want(len(feed.runs) + 1)

    # Rows

    def _take(self) -> None:
        """Take over what has moved, and show it."""
        feed = self.feed
        if feed is None:
            return
        if feed.loading and feed.freshness.problem is not None:
            # What is shown was asked for in another way.
            self.listing.forget()
            self.table.load(())
        elif self.listing.take(None if feed.loading else feed.runs, self.filter, self._day_zone):
            table, run = self.table, self.table.run
            keep = run.ref if run is not None and table.is_steered else None
            table.load(self.listing.lines, keep=keep)
        self._want_more()
        self._tell_empty()

    def _tell_empty(self) -> None:
        feed = self.feed
        if self.listing.lines or feed is None:
            if feed is None and self.problem is not None:
                self.table.say(sheets.failed(self.problem, self.key("go.refresh")))
        elif feed.loading:
            if self.problem is not None:
                self.table.say(sheets.failed(self.problem, self.key("go.refresh")))
            elif self.listing.known:
                self.table.say(sheets.asking(self.filter.told()))
        elif not self.filter.is_empty:
            looking = ", still looking further back" if feed.is_behind else ""
            through = "" if feed.ended else f", {len(feed.runs):,} runs looked through"
            told = f"{self.filter.told()}{looking or through}"
            self.table.say(sheets.nothing_fits(told, self.key("history.clear"), "run"))
        elif self._is_gone:
            self.table.say(sheets.unregistered(self._label, self.key("go.list")))
        elif self._key is not None:
            self.table.say(sheets.never_ran(self._label, self.key("do.run")))
        else:
            self.table.say(sheets.no_runs(self.dash.opening.where.name, self.key("go.refresh")))

    @property
    def _is_gone(self) -> bool:
        """Whether the workflow of this page is not in the list any more."""
        session = self.session
        if self._key is None or session is None or not session.workflows.complete:
            return False
        return not session.workflows.rows_of(self._key.name)

    @on(Lines.CursorMoved, "#runs")
    def _cursor_moved(self) -> None:
        # The cursor is painted first: a key is answered at once, what it leads to follows.
        if not self._behind:
            self._behind = True
            self.call_after_refresh(self._catch_up)

    @on(Runs.Scrolled)
    def _scrolled(self) -> None:
        self._look_on()

    def _catch_up(self) -> None:
        self._behind = False
        self._look_on()
        self.tell_beside()

    def _look_on(self) -> None:
        """Somebody goes on: where a part of a name is searched, further back too."""
        feed = self.feed
        if feed is not None and self.table.is_steered and self.table.cursor + 1 >= self.table.count:
            self._look_through = len(feed.runs) + _LOOKED_THROUGH
        self._want_more()

    # Commands

    @on(Lines.Chosen, "#runs")
    def action_open(self) -> None:
        run = self.table.run
        if run is not None:
            self.dash.open_run(run.ref, run.workflow)

    def action_problem(self, by: int) -> None:
        at = self.listing.problem(self.table.cursor, by)
        if at is not None:
            self.table.go_to(at)
            return
        side = "further down" if by > 0 else "further up"
        among = words.plural(self.listing.shown, "run")
        self.say(f"No failed run {side} among the {among} that are here")

    def shows(self, command: Command) -> bool:
        # What tells workflows from each other means nothing among the runs of one.
        is_of_many = command.id in ("history.filter", "history.source")
        return super().shows(command) and not (is_of_many and self._key is not None)

    def action_filter(self) -> None:
        if self._is_of_all():
            self.query_one(RunBar).ask()

    def action_source(self) -> None:
        if self._is_of_all():
            self._filter(source=following(SOURCES, self.filter.source))

    def _is_of_all(self) -> bool:
        """Whether these are the runs of all; where not, that is said."""
        if self._key is not None:
            every = self.key("go.history")
            self.say(f"These are the runs of {self._label} alone; {every} shows those of all")
        return self._key is None

    def action_status(self) -> None:
        self._filter(status=following(STATUSES, self.filter.status))

    def action_type(self) -> None:
        self._filter(run_type=following(TYPES, self.filter.run_type))

    def action_dates(self) -> None:
        from dli_tui.tui.modals.dates import DatesForm  # noqa: PLC0415 - not for the first look

        if self.session is None:
            return
        zone = self._day_zone
        form = DatesForm((self.filter.start, self.filter.end), words.day_of(self.now(), zone), zone)
        self.dash.push_screen(form, self._dates_chosen)

    def _dates_chosen(self, chosen: Range | None) -> None:
        if chosen is not None:
            self._filter(start=chosen[0], end=chosen[1])

    def action_clear(self) -> None:
        self.query_one(RunBar).forget()
        self._filter_by(HistoryFilter())

    def action_copy(self) -> None:
        run: RunRow | None = self.table.run
        self.dash.copy([run.ref.run_id] if run is not None else [])

    def action_refresh(self) -> None:
        super().action_refresh()
        for feed in self.feeds():
            feed.refresh()

    def action_back(self) -> None:
        if self.is_large:
            self.make_small()
        elif not self.filter.is_empty:
            self.action_clear()
        else:
            super().action_back()

    def make_small(self) -> None:
        super().make_small()
        self.table.focus()

    # Filters

    @on(Input.Changed, "#text")
    def _text_typed(self, message: Input.Changed) -> None:
        self._filter(text=message.value)

    @on(FilterLine.Left)
    def _text_left(self) -> None:
        self.set_focus(self.table)
        self._tell_filters()

    def _filter(self, **changes: Any) -> None:  # noqa: ANN401 - each field has its own type
        self._filter_by(self.filter._replace(**changes))

    def _filter_by(self, wanted: HistoryFilter) -> None:
        if wanted == self.filter:
            return
        self.filter = wanted
        self._look_through = _LOOKED_THROUGH
        self.table.to_the_top()
        self._tell_filters()
        self._ask()
        self._take()
        self.tell_header()

    def _tell_filters(self) -> None:
        bar, of_all = self.query_one(RunBar), self._key is None
        bar.tell(self.filter, self.told_zone, self._day_zone, of_all=of_all)

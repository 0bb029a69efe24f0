"""The list: what is wrong this morning, worst first, and everything else a key away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events, on
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input

from dli_tui.domain.capability import Capability
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.status import SourceType, WorkflowStatus
from dli_tui.present import arranging, words
from dli_tui.present.arranging import WORST, Order
from dli_tui.present.filters import ListFilter
from dli_tui.present.rows import WorkflowRow
from dli_tui.tui import keys, sheets
from dli_tui.tui.choices import ORDERS, following
from dli_tui.tui.columns import WorkflowCells, columns_of
from dli_tui.tui.keys import Command, Scope
from dli_tui.tui.listing import Listing
from dli_tui.tui.screens.listdetail import DetailedScreen
from dli_tui.tui.screens.listviews import ViewedScreen
from dli_tui.tui.widgets.filterbar import FilterBar
from dli_tui.tui.widgets.lines import Lines
from dli_tui.tui.widgets.page import Page
from dli_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from dli_tui.session.feed import Feed
    from dli_tui.session.freshness import Freshness
    from dli_tui.session.news import News
    from dli_tui.session.session import Session
    from dli_tui.session.workflows import Workflows

SKELETON_SECONDS: Final = 0.3
ASK_SECONDS: Final = 0.2
WORDS_TICKS: Final = 5
"""So often are "4m ago" and its like looked over: a list is to be read, not watched."""
_AHEAD: Final = 10
"""Rows beyond the visible ones whose last runs are fetched too, so that a scroll finds them."""
DETAIL_FROM: Final = 100
"""So wide that the detail stands beside the list, as the sheet has it."""
_MOST_UNSEEN: Final = 200
"""So many workflows have their last runs fetched unseen; a server pays a request for some."""
_SOURCES: Final = (None, SourceType.CODE, SourceType.MANUAL)
_STATUSES: Final = (None, *WorkflowStatus)


class WorkflowsScreen(ViewedScreen, DetailedScreen):
    """All workflows, filtered and sorted, with a detail pane where there is room."""

    scope = Scope.LIST
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Scope.LIST)]

    def __init__(self) -> None:
        super().__init__()
        self.listing = Listing()
        self._ticks = 0
        self._unseen_names: tuple[str, ...] = ()
        """Workflows whose last runs are wanted though they can't be seen."""

    @property
    def crumbs(self) -> tuple[str, ...]:
        return ("Workflows",)

    @property
    def freshness(self) -> Freshness | None:
        return self.session.workflows.freshness if self.session is not None else None

    @property
    def summary(self) -> str:
        shown, rows = len(self.listing.shown), len(self.listing.rows)
        counted = f"{rows:,}" if shown == rows else f"{shown:,} of {rows:,}"
        selected, hidden = len(self.listing.selected), self.listing.hidden
        if not selected:
            return counted
        note = f" ({hidden} hidden)" if hidden else ""
        return f"{selected} selected{note}  {counted}"

    @property
    def alarm(self) -> str:
        wrong = self.listing.wrong
        return words.plural(wrong, "problem") if wrong else ""

    @property
    def targets(self) -> tuple[WorkflowRow, ...]:
        current = self.table.current
        return self.listing.chosen or (() if current is None else (current,))

    @property
    def pointed(self) -> WorkflowRow | None:
        return self.table.current

    @property
    def hidden(self) -> int:
        return self.listing.hidden

    # Frame

    def body(self) -> Iterable[Widget]:
        cells = WorkflowCells(self.looks, self.now)
        columns = columns_of(self.dash.choices.columns)
        yield FilterBar(id="filters")
        with_detail = Horizontal(
            Table(columns, cells, lambda row: row.key, self.looks, id="workflows"),
            Page(id="detail"),
            id="split",
        )
        yield with_detail

    def on_mount(self) -> None:
        self.listing.order = self.dash.choices.order
        self.table.focus()
        self._tell_filters()
        self.set_timer(SKELETON_SECONDS, self._tell_waiting)

    def _tell_waiting(self) -> None:
        waiting = self.session is None or self.session.workflows.loading
        if waiting and self.problem is None:
            self.table.say(sheets.skeleton(self.dash.opening.where.name, self.looks))

    def opened(self) -> None:
        if self.session is None:
            return
        self.follow(self.session.workflows)
        self.tell_keys()
        self._take()

    def begin_anew(self, filtered: ListFilter) -> None:
        """Show nothing of the place that was left, and wait for another one."""
        self.unfollow_all()
        self.listing = Listing(self.dash.choices.order)
        self.listing.filter = filtered
        self._told = self._asked = None
        self.table.select(frozenset())
        self.table.load([])
        self.table.is_steered = False
        self.query_one(FilterBar).put(filtered.text)
        self.query_one("#detail", Page).tell([])
        self._tell_filters()
        self.tell_header()
        self._tell_waiting()

    def let_go(self) -> None:
        self._select(frozenset())

    def choose_pointed(self) -> None:
        self.table.is_steered = True

    def moved(self, news: News) -> None:
        self._take()

    def tick(self) -> None:
        super().tick()
        if self.session is None:
            return
        self._ticks += 1
        if self.listing.is_due(self.now()):
            self.rearrange()
        if self._ticks % WORDS_TICKS == 0:
            self.table.repaint_words()

    def retell(self) -> None:
        self._tell_empty()
        self.tell_detail()

    def feeds(self) -> Iterable[Feed | Workflows]:
        return [self.session.workflows] if self.session is not None else []

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        if not self.is_covered:
            self._take()

    def shows(self, command: Command) -> bool:
        if command.id == "go.zoom":
            # Where the detail stands beside the list there is nothing to show.
            return self.size.width < DETAIL_FROM or self.has_class("-zoomed")
        return super().shows(command)

    def label(self, command: Command) -> str:
        is_back = command.id == "go.zoom" and self.has_class("-zoomed")
        return "list" if is_back else super().label(command)

    def on_resize(self) -> None:
        self.call_after_refresh(self.want_runs)

    # Rows

    def _take(self) -> None:
        """Take over what has moved, and show it."""
        session = self.session
        if session is not None and (
            session.workflows.complete or session.workflows.freshness.problem is not None
        ):
            self.dash.settle_memory()
        if session is None or session.workflows.loading:
            self._tell_empty()
            return
        news = self.listing.take(session.workflows)
        if news:
            self._asked = None
        if self.listing.is_worth_arranging(session.workflows, news=news):
            self.rearrange()
        self._tell_empty()

    def rearrange(self) -> None:
        """Filter and sort again; the cursor stays with its row."""
        if self.session is None:
            return
        table = self.table
        current = table.current
        self.listing.arrange(self.now())
        self._unseen_names = self._worth_asking(self.session)
        order = self.listing.order
        by = None if order.column == "worst" else order.column
        table.sorted_by(by, descending=order.descending)
        follow = current is not None and table.is_steered
        table.load(self.listing.shown, keep=current.key if current and follow else None)
        self._tell_empty()
        self.want_runs()
        self.tell_detail_soon()
        self.tell_header()

    def _worth_asking(self, session: Session) -> tuple[str, ...]:
        """Whose last runs are wanted unseen: what runs may take too long, and any may have a
        failed date behind its last run. How many problems there are doesn't hang on scrolling."""
        rows = self.listing.rows.values()
        unasked = session.workflows.complete and Capability.RECENT_RUNS in session.capabilities
        if unasked and len(rows) <= _MOST_UNSEEN:
            return tuple(row.key.name for row in rows)
        return tuple(islice((row.key.name for row in rows if row.running), _MOST_UNSEEN))

    def go_to(self, key: WorkflowKey) -> None:
        """Put the cursor on a row; a filter that hides it is taken off."""
        if key not in {row.key for row in self.listing.shown}:
            self.clear_filters()
        at = next((at for at, row in enumerate(self.listing.shown) if row.key == key), None)
        if at is not None:
            self.table.go_to(at)
            self.table.focus()

    def want_runs(self) -> None:
        if self.session is None:
            return
        seen = self.table.seen
        near = self.listing.shown[max(0, seen.start - _AHEAD) : seen.stop + _AHEAD]
        wanted = [*(row.key.name for row in near), *self._unseen_names]
        self.session.workflows.want_recent(wanted)

    def _tell_empty(self) -> None:
        session = self.session
        if self.listing.shown:
            return
        if session is None or session.workflows.loading:
            if self.problem is not None:
                self.table.say(sheets.failed(self.problem, self.key("go.refresh")))
        elif self.listing.rows:
            told = self.listing.filter.told()
            self.table.say(sheets.nothing_fits(told, self.key("list.clear")))
        else:
            where = self.dash.opening.where.name
            self.table.say(sheets.nothing_there(where, self.key("go.refresh")))

    # Commands of the list

    @on(Lines.Chosen, "#workflows")
    def action_open(self) -> None:
        self.choose_pointed()
        row = self.table.current
        if row is not None:
            self.dash.open_workflow(row.key, row.name)

    def action_last_run(self) -> None:
        self.choose_pointed()
        row = self.table.current
        if row is None:
            return
        if row.last_ref is None:
            said = f"The server doesn't tell the last run of {row.name}"
            if row.last is None:
                said = f"The last run of {row.name} isn't known yet"
            if row.last is None and row.last_known:
                said = f"{row.name} has never run"
            self.say(said, wrong=True)
            return
        self.dash.open_run(row.last_ref, row.name)

    def action_problem(self, by: int) -> None:
        if self.session is None:
            return
        at = self.listing.problem(self.table.cursor, by, self.now())
        if at is None:
            self.say("Nothing failed, nothing is late")
        else:
            self.table.go_to(at)

    def action_problems(self) -> None:
        self._filter(problems=not self.listing.filter.problems)

    def action_running(self) -> None:
        self._filter(running=not self.listing.filter.running)

    def action_enabled(self) -> None:
        self._filter(enabled=not self.listing.filter.enabled)

    def action_source(self) -> None:
        self._filter(source=following(_SOURCES, self.listing.filter.source))

    def action_status(self) -> None:
        self._filter(status=following(_STATUSES, self.listing.filter.status))

    def action_clear(self) -> None:
        """Show the list as it is without a choice: no filter, worst first."""
        self.clear_filters()
        if self.listing.order != WORST:
            self._order(WORST)

    def clear_filters(self) -> None:
        """Show all workflows, in the order that was chosen."""
        if not self.listing.filter.is_empty and self.table.current is not None:
            # What was found stays under the cursor.
            self.choose_pointed()
        self.query_one(FilterBar).forget()
        self._filter_by(ListFilter())

    def action_filter(self) -> None:
        self.query_one(FilterBar).ask()

    def action_sort(self, by: int) -> None:
        self._sort_by(following(ORDERS, self.listing.order.column, by))

    def action_reverse(self) -> None:
        order = self.listing.order
        self._order(order._replace(descending=not order.descending))

    @on(Table.HeadClicked)
    def _head_clicked(self, message: Table.HeadClicked) -> None:
        if message.column == self.listing.order.column:
            self.action_reverse()
        else:
            self._sort_by(message.column)

    def action_select(self) -> None:
        row = self.table.current
        if row is not None:
            self._select(self.listing.selected ^ {row.key})
            self.table.action_move(1)

    def action_select_all(self) -> None:
        shown = frozenset(row.key for row in self.listing.shown)
        whole = shown <= self.listing.selected
        self._select(self.listing.selected - shown if whole else self.listing.selected | shown)

    def action_zoom(self) -> None:
        self.toggle_class("-zoomed")
        (self.query_one("#detail") if self.has_class("-zoomed") else self.table).focus()
        self.tell_keys()

    def action_copy(self) -> None:
        names = [row.key.name for row in self.targets]
        self.dash.copy(names)

    def action_back(self) -> None:
        if self.has_class("-zoomed"):
            self.action_zoom()
        elif self.listing.selected:
            self._select(frozenset())
        elif not self.listing.filter.is_empty:
            self.clear_filters()

    # Filters and order

    @on(Input.Changed, "#text")
    def _text_typed(self, message: Input.Changed) -> None:
        if not message.value.strip() and self.table.current is not None:
            # Escape empties the text, and what was found stays under the cursor.
            self.choose_pointed()
        self._filter(text=message.value)
        self._go_to_named(message.value)

    def _go_to_named(self, text: str) -> None:
        """Put the cursor on the row whose whole name was typed: keys are meant for that one."""
        wanted = text.strip().casefold()
        named = (at for at, row in enumerate(self.listing.shown) if row.name.casefold() == wanted)
        if wanted and (at := next(named, None)) is not None:
            self.table.go_to(at)

    @on(FilterBar.Left)
    def _text_left(self) -> None:
        self.set_focus(self.table)
        self._tell_filters()

    def _filter(self, **changes: Any) -> None:  # noqa: ANN401 - each field has its own type
        self._filter_by(self.listing.filter._replace(**changes))

    def take_up(self, filtered: ListFilter) -> None:
        self.query_one(FilterBar).put(filtered.text)
        self.listing.filter = filtered
        self._tell_filters()
        self.rearrange()

    def use_columns(self, columns: Sequence[str]) -> None:
        self.table.use(columns_of(columns))

    def _filter_by(self, wanted: ListFilter) -> None:
        if wanted == self.listing.filter:
            return
        self.listing.filter = wanted
        self._tell_filters()
        if self.session is not None:
            self.rearrange()

    def _tell_filters(self) -> None:
        self.query_one(FilterBar).tell(self.listing.filter, self.listing.order)

    def _sort_by(self, column: str) -> None:
        self._order(Order(column, arranging.natural(column)))

    def _order(self, order: Order) -> None:
        self.listing.order = order
        self.dash.choose(self.dash.choices._replace(order=order))
        self._tell_filters()
        self.rearrange()

    def _select(self, keys_: frozenset[WorkflowKey]) -> None:
        self.listing.select(keys_)
        self.table.select(keys_)
        self.tell_header()

"""Screens about one feed of the session: begun as they open, resting while they are covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, Generic, TypeVar

from textual import on
from textual.widgets import Input

from dli_tui.domain.capability import Capability
from dli_tui.present import words
from dli_tui.session.feed import Feed
from dli_tui.tui import sheets
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.keys import Command
from dli_tui.tui.screens.base import DashboardScreen
from dli_tui.tui.widgets.filterbar import FilterLine
from dli_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dli_tui.session.freshness import Freshness
    from dli_tui.session.news import News
    from dli_tui.session.session import Session
    from dli_tui.tui.widgets.page import Text

Fed = TypeVar("Fed", bound=Feed)

_WAIT_SECONDS: Final = 0.3


class FollowingScreen(DashboardScreen, Generic[Fed]):
    """A page that follows one feed from its opening to its end, and rests while it is covered."""

    def __init__(self) -> None:
        super().__init__()
        self.feed: Fed | None = None

    def feed_of(self, session: Session) -> Fed:
        """The feed that this page is about."""
        raise NotImplementedError

    @property
    def freshness(self) -> Freshness | None:
        return self.feed.freshness if self.feed is not None else None

    def begin(self, session: Session) -> None:
        """Begin to follow it."""
        self.feed = self.feed_of(session)
        self.follow(self.feed)
        start_worker(self, self.feed.start, group="feed")

    def on_unmount(self) -> None:
        if self.feed is not None:
            self.dash.close_later(self.feed)

    def feeds(self) -> Iterable[Feed]:
        return [self.feed] if self.feed is not None else []

    def reoffered(self) -> None:
        super().reoffered()
        if self.feed is not None:
            # What it was refused, or told, may be something else now.
            self.feed.refresh()

    def action_refresh(self) -> None:
        super().action_refresh()
        if self.feed is not None:
            self.feed.refresh()


class FeedScreen(FollowingScreen[Fed]):
    """A page that shows what its feed brings; what isn't offered is said in words."""

    CSS_PATH = "feeds.tcss"
    needs: ClassVar[Capability | None] = None
    """What a place has to offer for the page; None: every place has that."""
    needed: ClassVar[Mapping[str, Capability]] = {}
    """What it has to offer for a deed, where that is something else."""

    # What a screen says of itself

    @property
    def is_known(self) -> bool:
        """Whether an answer has come."""
        raise NotImplementedError

    def show(self) -> None:
        """Show what the feed has."""
        raise NotImplementedError

    def tell_instead(self, note: Sequence[Text]) -> None:
        """Say why there is nothing to show."""
        raise NotImplementedError

    # Frame

    @property
    def freshness(self) -> Freshness | None:
        # Where there is no such thing, the list tells how the server is.
        listed = self.session.workflows.freshness if self.session is not None else None
        return super().freshness or listed

    def on_mount(self) -> None:
        self.set_timer(_WAIT_SECONDS, self._tell_waiting)

    def _tell_waiting(self) -> None:
        is_asked = self.session is None or self.feed is not None
        if is_asked and not self.is_known and self.problem is None:
            self.tell_instead(sheets.skeleton(self.dash.opening.where.name, self.looks))

    def opened(self) -> None:
        session = self.session
        if session is None or self.feed is not None:
            return
        self.tell_keys()
        if self.needs is None or self.needs in session.capabilities:
            self.begin(session)
        else:
            self.retell()

    def reoffered(self) -> None:
        super().reoffered()
        # What wasn't offered when somebody came here may be now.
        self.opened()

    def tick(self) -> None:
        super().tick()
        if self.feed is None:
            # Nothing is followed that would tell when the server is back.
            self.retell()

    def moved(self, news: News) -> None:
        self.retell()

    def retell(self) -> None:
        if self.is_known:
            self.show()
        elif self.problem is not None:
            self.tell_instead(sheets.failed(self.problem, self.key("go.refresh")))
        elif self.session is not None and self.feed is None and self.needs is not None:
            why = self.session.why_not(self.needs)
            self.tell_instead(sheets.not_offered(why, self.key("go.list")))

    def needed_for(self, command: Command) -> Capability | None:
        # A deed is about what this page is about, whatever it needs elsewhere.
        if command.writes and self.needs is not None:
            return self.needed.get(command.id, self.needs)
        return command.needs


class FeedList(FeedScreen[Fed]):
    """A page with a table that a text and a choice filter."""

    def __init__(self) -> None:
        super().__init__()
        self.search = ""

    # What a list says of itself

    noun: ClassVar[str]
    """What one of them is called."""

    @property
    def known(self) -> Sequence[Any]:
        """All that the feed has brought."""
        raise NotImplementedError

    def rows(self) -> Sequence[Any]:
        """A row each, the same ones again while the same things stand there."""
        raise NotImplementedError

    def fitting(self, rows: Sequence[Any]) -> Sequence[Any]:
        """Those that the filters let through."""
        raise NotImplementedError

    @property
    def told_choice(self) -> str:
        """The choice in force in words; nothing where all of them are shown."""
        raise NotImplementedError

    def tell_filters(self) -> None:
        """Say which filters are in force."""
        raise NotImplementedError

    def clear(self) -> None:
        """Take the choice off; the text is taken off already."""
        raise NotImplementedError

    # Frame

    @property
    def summary(self) -> str:
        if not self.is_known:
            return ""
        shown, count = self.table.count, len(self.known)
        return f"{count:,}" if shown == count else f"{shown:,} of {count:,}"

    @property
    def is_filtered(self) -> bool:
        """Whether anything is filtered."""
        return bool(self.search or self.told_choice)

    def show(self) -> None:
        rows = self.rows()
        fitting = self.fitting(rows)
        self.load(fitting)
        if not rows:
            where = self.dash.opening.where.name
            self.tell_instead(sheets.none_yet(f"{self.noun}s", where, self.key("go.refresh")))
        elif not fitting:
            text = self.search and f"search {words.word(self.search)}"
            told = ", ".join(part for part in (self.told_choice, text) if part)
            clear = self.key(f"{self.scope}.clear")
            self.tell_instead(sheets.nothing_fits(told, clear, self.noun))

    @property
    def table(self) -> Table[Any]:
        """The rows."""
        return self.query_one(Table)

    def on_mount(self) -> None:
        self.set_focus(self.table)
        self.tell_filters()

    def tell_instead(self, note: Sequence[Text]) -> None:
        self.table.say(note)

    def load(self, rows: Sequence[Any]) -> None:
        """Show these rows; a cursor that somebody has put somewhere stays with its row."""
        table = self.table
        current = table.current if table.is_steered else None
        table.load(rows, keep=current.raw if current is not None else None)

    def choose_pointed(self) -> None:
        self.table.is_steered = True

    def refilter(self) -> None:
        """Other filters are in force."""
        self.tell_filters()
        self.retell()
        self.tell_header()

    def action_filter(self) -> None:
        self.query_one(FilterLine).ask()

    @on(Input.Changed, "#text")
    def _text_typed(self, message: Input.Changed) -> None:
        self.search = message.value
        self.refilter()

    @on(FilterLine.Left)
    def _text_left(self) -> None:
        self.set_focus(self.table)
        self.tell_filters()

    def action_clear(self) -> None:
        if self.is_filtered and self.table.current is not None:
            # What was found stays under the cursor.
            self.choose_pointed()
        self.search = ""
        self.query_one(FilterLine).forget()
        self.clear()
        self.refilter()

    def action_back(self) -> None:
        if self.is_filtered:
            self.action_clear()
        else:
            super().action_back()

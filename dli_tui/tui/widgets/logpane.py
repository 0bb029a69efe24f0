"""The log of one try of one step: its title, its lines as they come, and the line to search."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple, cast

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input

from dli_tui.present import words
from dli_tui.tui import late, sheets
from dli_tui.tui.breakage import Contained
from dli_tui.tui.logrows import Level
from dli_tui.tui.looks import Looks, Tone
from dli_tui.tui.widgets.lines import Lines, Piece
from dli_tui.tui.widgets.logview import LogView
from dli_tui.tui.widgets.oneline import Bit, OneLine
from dli_tui.tui.widgets.page import Text
from dli_tui.tui.widgets.searchline import SearchLine

if TYPE_CHECKING:
    from dli_tui.session.logs import LogFeed
    from dli_tui.tui.app import Dashboard

_WAIT_SECONDS: Final = 0.3


class Opened(NamedTuple):
    """Which log is open, as the person calls it, and what its step says of itself."""

    title: str
    failed: bool
    error: str = ""
    kind: str = ""
    """What kind of step wrote it."""


class LogPane(Contained, Vertical):
    """Reads one log feed at a time; who opened the feed closes it."""

    def __init__(
        self,
        stamp: Callable[[datetime], str],
        looks: Looks,
        *,
        id: str | None = None,  # noqa: A002 - Textual's own name for it
    ) -> None:
        super().__init__(id=id)
        self._stamp = stamp
        self._looks = looks
        self._feed: LogFeed | None = None
        self._opened: Opened | None = None
        self._seeking = False
        """Whether the first error is still looked for."""
        self._note: Sequence[Text] = ()

    def compose(self) -> ComposeResult:
        yield OneLine(id="log-title")
        yield LogView(self._stamp, id="log", letters=self._looks.letters)
        yield SearchLine(id="search")

    @property
    def view(self) -> LogView:
        """The lines."""
        return self.query_one(LogView)

    @property
    def is_read(self) -> bool:
        """Whether a person is in the middle of it, and no other log may take its place."""
        return self.view.has_focus and not self.view.following

    @property
    def extent(self) -> str:
        """Which part of the log has come."""
        feed = self._feed
        if feed is not None and feed.truncated:
            return "the first of this try"
        return "all of this try" if feed is None or feed.complete else "this try so far"

    # What comes

    def open(self, what: Opened, feed: LogFeed) -> None:
        """Another log takes the place of the one that was read."""
        self._feed, self._opened, self._seeking = feed, what, what.failed
        self.view.start_over()
        self.view.following = not what.failed
        self.say(())
        self.set_timer(_WAIT_SECONDS, self._say_waiting)
        self.tell_title()

    def take(self) -> None:
        """Show what has come since the last time."""
        feed, view = self._feed, self.view
        if feed is None:
            return
        known, fresh = len(view.rows), feed.take()
        if fresh:
            view.append(late.making().log_rows(fresh))
        if self._seeking:
            # Not before there is a place to show it in: the page may just be laid out.
            whole = feed.complete or feed.truncated
            self.call_after_refresh(self._seek, feed, known, whole=whole)
        if not view.rows:
            self._say_why_empty(feed)
        self.tell_title()

    def _seek(self, feed: LogFeed, since: int, *, whole: bool) -> None:
        """Go to the first error of a step that failed; to the end where none is told."""
        if not self._seeking or feed is not self._feed:
            return
        if self.view.cursor or self.view.to_first_error(since):
            self._seeking = False
        elif whole:
            self._seeking = False
            self.view.follow(on=True)

    # In place of lines

    def say(self, note: Iterable[Text]) -> None:
        """What to say where there are no lines; long words go on below."""
        self._note = tuple(note)
        self.view.say(self._note)

    def say_alone(self, note: Iterable[Text]) -> None:
        """There is no log, and this is why."""
        if self._feed is None:
            self.say(note)
            self.tell_title()

    def _say_waiting(self) -> None:
        if self._feed is not None and not self.view.rows and not self._note:
            self.say([(Piece("Asking for the log …", Tone.MUTED),)])

    def _say_why_empty(self, feed: LogFeed) -> None:
        problem = feed.freshness.problem
        if problem is not None:
            key = cast("Dashboard", self.app).keymap.spelled("go.refresh")
            self.say(sheets.failed(problem, key))
        elif feed.complete:
            error = self._opened.error if self._opened is not None else ""
            self.say(sheets.wrote_nothing(error))

    # The title

    @on(LogView.Told)
    @on(Lines.CursorMoved, "#log")
    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    def tell_title(self) -> None:
        """Say which log this is, and how it is shown."""
        title = self.query_one("#log-title", OneLine)
        here = self._looks.signs.cursor if self.view.has_focus else " "
        if self._opened is None or self._feed is None:
            title.tell([Bit(f"{here} log", Tone.MUTED)])
            return
        left = [Bit(here, Tone.RUNNING), Bit(f" log {self._opened.title}  ", bold=True)]
        title.tell([*left, *self._state(self._feed)], [*self._counts(self._feed)])

    def _state(self, feed: LogFeed) -> Iterable[Bit]:
        view, problem = self.view, feed.freshness.problem
        if problem is not None and view.rows:
            yield Bit(f"{problem.code} no news of it  ", Tone.LATE)
        elif not feed.complete and not feed.truncated:
            state = "following" if view.following else "standing still"
            yield Bit(f"{state}  ", Tone.RUNNING, action="screen.follow")
        if view.level is not Level.ALL:
            yield Bit(f"{view.level}  ", Tone.LATE, action="screen.level")
        if view.wrapped:
            yield Bit("wrapped  ", Tone.MUTED, action="screen.wrap")

    def _counts(self, feed: LogFeed) -> Iterable[Bit]:
        hits = self.view.hits
        if self._opened is not None and self._opened.kind:
            yield Bit(f"{self._opened.kind} step  ", Tone.MUTED)
        if hits.needle:
            found = f"{hits.place:,}/{hits.total:,}" if hits.total else "not found"
            yield Bit(f"/{words.word(hits.needle)} {found}  ", Tone.RUNNING)
        more = ", no more is read" if feed.truncated else ""
        yield Bit(f"{len(self.view.rows):,} lines{more} ", Tone.MUTED)

    # Searching

    def ask(self) -> None:
        """Let the person type what to search."""
        self.query_one(SearchLine).ask(self.view.needle)

    @on(Input.Changed, "#search")
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        self.view.search(message.value)

    @on(SearchLine.Left)
    def _left(self, message: SearchLine.Left) -> None:
        message.stop()
        self.screen.set_focus(self.view)

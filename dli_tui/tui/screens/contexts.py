"""The places that a person has profiles for: which answer, where something failed, and the way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.binding import BindingType
from textual.widget import Widget

from dli_tui.domain.errors import DLIError
from dli_tui.present import words
from dli_tui.tui import keys, sheets
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.contextcolumns import COLUMNS, ContextCells, ContextRow
from dli_tui.tui.keys import Scope
from dli_tui.tui.looks import Tone
from dli_tui.tui.screens.base import DashboardScreen
from dli_tui.tui.widgets.lines import Lines, Piece
from dli_tui.tui.widgets.page import Page, Text
from dli_tui.tui.widgets.table import Table

if TYPE_CHECKING:
    from dli_tui.session.contexts import Contexts
    from dli_tui.session.freshness import Freshness
    from dli_tui.session.news import News
    from dli_tui.tui.opening import Context, Places, Where

AGAIN_SECONDS: Final = 300.0
"""Each look reads the whole list of a place; `r` is for who wants to know sooner."""
WORDS_TICKS: Final = 5
_NO_PLACES: Final = "There are no other places to go to from here"


class ContextsScreen(DashboardScreen):
    """A line for each profile; enter goes there. It needs no session: where the place that one
    is at can't be opened, this is the way out."""

    scope = Scope.CONTEXTS
    CSS_PATH = "contexts.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Scope.CONTEXTS)]

    def __init__(self) -> None:
        super().__init__()
        self._contexts: Contexts | None = None
        self._unread: DLIError | None = None
        """Why the profiles can't be read."""
        self._looked_at = 0.0
        self._added = ""
        """The profile that was just added: the cursor goes to it."""
        self._ticks = 0

    @property
    def crumbs(self) -> tuple[str, ...]:
        return ("Workflows", "Contexts")

    @property
    def summary(self) -> str:
        return words.plural(len(self.table.rows), "context")

    @property
    def freshness(self) -> Freshness | None:
        return self.session.workflows.freshness if self.session is not None else None

    @property
    def problem(self) -> DLIError | None:
        return self._unread or super().problem

    @property
    def table(self) -> Table[ContextRow]:
        """The places."""
        return self.query_one("#contexts", Table)

    # Frame

    def body(self) -> Iterable[Widget]:
        cells = ContextCells(self.looks, self._passed)
        key = ContextRow.key
        yield Table(COLUMNS, cells, key, self.looks, id="contexts", selectable=False)
        yield Page(id="context-about")

    def on_mount(self) -> None:
        self.table.focus()
        places = self.dash.opening.places
        if places is None:
            self.table.say([(Piece(_NO_PLACES, Tone.MUTED),)])
            return
        self._contexts = places.glances()
        self.follow(self._contexts)
        self.table.say([(Piece("Reading your profiles …", Tone.MUTED),)])

    def opened(self) -> None:
        self.tell_keys()

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        if not self.is_covered:
            self._look()

    def _look(self) -> None:
        """Read the profiles, and look at each of the places."""
        places, contexts = self.dash.opening.places, self._contexts
        if places is not None and contexts is not None:
            self._looked_at = contexts.pace.passed()
            start_worker(self, self._read, places, contexts, group="asking", exclusive=True)

    async def _read(self, places: Places, contexts: Contexts) -> None:
        try:
            found = await asyncio.to_thread(places.contexts)
        except DLIError as problem:
            # The profiles that were read before are still good to go to.
            self._unread = problem
            self.table.say(sheets.failed(problem, self.key("go.refresh")))
            self.tell_header()
            return
        self._unread = None
        keep, self._added = self._added or self._current, ""
        self.table.load([self._row(one) for one in found], keep=keep)
        self._tell_about()
        self.tell_header()
        session, open_ = self.session, next((row for row in self.table.rows if row.is_here), None)
        others = [one.name for one in found]
        if session is not None and open_ is not None and not open_.is_changed:
            others.remove(open_.context.name)
            await contexts.look_at_open(open_.context.name, session.workflows, self.now())
        await contexts.look(others)

    def _row(self, context: Context) -> ContextRow:
        opening, contexts = self.dash.opening, self._contexts
        here = context.name == opening.where.name
        glance = contexts.glances.get(context.name) if contexts is not None else None
        return ContextRow(context, here, here and context.session != opening.session, glance)

    @property
    def _current(self) -> str:
        row = self.table.current
        return row.context.name if row is not None else self.dash.opening.where.name

    def moved(self, news: News) -> None:
        self.table.load([self._row(row.context) for row in self.table.rows], keep=self._current)
        self._tell_about()

    def tick(self) -> None:
        super().tick()
        self._ticks += 1
        if self._ticks % WORDS_TICKS == 0:
            self.table.repaint_words()
        if self._passed() - self._looked_at > AGAIN_SECONDS:
            self._look()

    def _passed(self) -> float:
        return self._contexts.pace.passed() if self._contexts is not None else 0.0

    # About the one under the cursor

    @on(Lines.CursorMoved, "#contexts")
    def _tell_about(self) -> None:
        row = self.table.current
        self.query_one("#context-about", Page).tell([] if row is None else _about(row))

    # Commands

    @on(Lines.Chosen, "#contexts")
    def action_open(self) -> None:
        row = self.table.current
        if row is None:
            return
        if row.is_here and not row.is_changed:
            self.dash.visit("list")
        else:
            self.dash.switch(row.context)

    def action_add(self) -> None:
        places = self.dash.opening.places
        if places is None:
            self.say("Profiles can't be added from here", wrong=True)
            return
        from dli_tui.tui.modals.addprofile import AddQuestion  # noqa: PLC0415 - rarely asked

        taken = [row.context.name for row in self.table.rows]
        self.dash.push_screen(AddQuestion(places, taken, self._go_to_added))

    def _go_to_added(self, name: str) -> None:
        self._added = name

    def action_copy(self) -> None:
        row = self.table.current
        self.dash.copy([] if row is None else [row.context.address or row.context.name])

    def action_refresh(self) -> None:
        super().action_refresh()
        self._look()


def _about(row: ContextRow) -> list[Text]:
    """What else is to be known of a place."""
    context, glance = row.context, row.glance
    marks = "".join(f", {mark}" for mark in _marks(context.where))
    address = words.word(context.address) if context.address else "the built-in demo"
    lines: list[Text] = [
        (
            Piece(words.word(context.name), bold=True),
            Piece(f"  {address}", Tone.MUTED),
            Piece(marks, Tone.LATE),
        )
    ]
    if row.is_changed:
        said = "Its profile has changed since this was opened: enter opens it anew"
        lines.append((Piece(said, Tone.LATE),))
    if glance is not None and glance.problem is not None:
        problem = glance.problem
        lines.append((Piece(f"{problem.code} ", Tone.LATE), Piece(words.word(problem.message))))
        if problem.hint:
            lines.append((Piece(words.word(problem.hint), Tone.MUTED),))
    return lines


def _marks(where: Where) -> Iterable[str]:
    """How careful one has to be there."""
    if where.production:
        yield "production"
    if where.read_only:
        yield "nothing may be changed"
    elif where.typed:
        yield "its name is typed before a write"

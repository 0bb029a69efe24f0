"""The places that a person has profiles for: which answer, where something failed, and the way."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, Final

from textual import events, on
from textual.binding import BindingType
from textual.widget import Widget

from dli_tui.present import words
from dli_tui.tui import keys
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

AGAIN_SECONDS: Final = 60.0
WORDS_TICKS: Final = 5


class ContextsScreen(DashboardScreen):
    """A line for each profile; enter goes there."""

    scope = Scope.CONTEXTS
    CSS_PATH = "contexts.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [*keys.bindings(Scope.CONTEXTS)]

    def __init__(self) -> None:
        super().__init__()
        self._contexts: Contexts | None = None
        self._looked_at: float | None = None
        self._ticks = 0

    @property
    def crumbs(self) -> tuple[str, ...]:
        return ("Workflows", "Contexts")

    @property
    def summary(self) -> str:
        return f"{len(self.table.rows)}"

    @property
    def freshness(self) -> Freshness | None:
        return self.session.workflows.freshness if self.session is not None else None

    @property
    def table(self) -> Table[ContextRow]:
        """The places."""
        return self.query_one("#contexts", Table)

    # Frame

    def body(self) -> Iterable[Widget]:
        cells = ContextCells(self.looks, self._passed)
        key = ContextRow.key
        yield Table(COLUMNS, cells, key, self.looks, id="contexts", selectable=False)
        yield Page(id="about")

    def on_mount(self) -> None:
        super().on_mount()
        self.table.focus()
        self.table.say([(Piece("Reading your profiles …", Tone.MUTED),)])

    def opened(self) -> None:
        self.tell_keys()
        if self._contexts is None:
            self.run_worker(self._begin(), group="asking")

    def on_screen_resume(self, _event: events.ScreenResume) -> None:
        if self._contexts is not None:
            self.run_worker(self._read(), group="asking")

    async def _begin(self) -> None:
        places, session = self.dash.opening.places, self.session
        if places is None or session is None:
            self.table.say([(Piece("There are no profiles here", Tone.MUTED),)])
            return
        self._contexts = await asyncio.to_thread(places.glances, session.pace)
        self.follow(self._contexts)
        await self._read()

    async def _read(self) -> None:
        """Read the profiles, and look at each of the places."""
        places, contexts, session = self.dash.opening.places, self._contexts, self.session
        if places is None or contexts is None or session is None:
            return
        found = await asyncio.to_thread(places.contexts)
        here = self.dash.opening.where.name
        self.table.load([ContextRow(one, one.name == here) for one in found], keep=self._current)
        self._tell_about()
        self.tell_header()
        self._looked_at = session.pace.passed()
        await contexts.look([one.name for one in found])

    @property
    def _current(self) -> str:
        row = self.table.current
        return row.context.name if row is not None else self.dash.opening.where.name

    def moved(self, news: News) -> None:
        if self._contexts is None:
            return
        glances = self._contexts.glances
        rows = [row._replace(glance=glances.get(row.context.name)) for row in self.table.rows]
        self.table.load(rows, keep=self._current)
        self._tell_about()

    def tick(self) -> None:
        super().tick()
        self._ticks += 1
        if self._ticks % WORDS_TICKS == 0:
            self.table.repaint_words()
        looked = self._looked_at
        if looked is not None and self._passed() - looked > AGAIN_SECONDS:
            self.action_refresh()

    def _passed(self) -> float:
        return self.session.pace.passed() if self.session is not None else 0.0

    # About the one under the cursor

    @on(Lines.CursorMoved, "#contexts")
    def _tell_about(self) -> None:
        row = self.table.current
        self.query_one("#about", Page).tell([] if row is None else self._about(row))

    def _about(self, row: ContextRow) -> list[Text]:
        where, glance = row.context.where, row.glance
        marks = [
            word
            for word, holds in (
                ("production", where.production),
                ("read-only", where.read_only),
                ("its name is typed before a write", where.typed),
            )
            if holds
        ]
        lines: list[Text] = [
            (
                Piece(where.name, bold=True),
                Piece(f"  {row.context.kind}  {words.word(row.context.address or None)}"),
                Piece(f"  {', '.join(marks)}", Tone.LATE),
            )
        ]
        if glance is not None and glance.problem is not None:
            problem = glance.problem
            lines.append((Piece(f"{problem.code} ", Tone.LATE), Piece(words.word(problem.message))))
            lines.append((Piece(words.word(problem.hint), Tone.MUTED),))
        return lines

    # Commands

    @on(Lines.Chosen, "#contexts")
    def action_open(self) -> None:
        row = self.table.current
        if row is None:
            return
        if row.is_here:
            self.dash.visit("list")
        else:
            self.dash.switch(row.context.where)

    def action_add(self) -> None:
        places = self.dash.opening.places
        if places is None:
            self.say("Profiles can't be added from here", wrong=True)
            return
        from dli_tui.tui.modals.addprofile import AddQuestion  # noqa: PLC0415 - rarely asked

        self.dash.push_screen(AddQuestion(places, self.table.rows))

    def action_copy(self) -> None:
        row = self.table.current
        self.dash.copy([] if row is None else [row.context.address or row.context.name])

    def action_zoom(self) -> None:
        self.say("There is only this pane")

    def action_refresh(self) -> None:
        super().action_refresh()
        self.run_worker(self._read(), group="asking", exclusive=True)

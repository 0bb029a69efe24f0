"""The palette: every command of the screen in front, every theme, and any workflow by name."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input

from dli_tui.domain.ids import WorkflowKey
from dli_tui.present.rows import WorkflowRow
from dli_tui.tui import finding, keys
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.looks import Looks, Tone
from dli_tui.tui.modals.leaving import Leaving
from dli_tui.tui.widgets.lines import Lines, Piece
from dli_tui.tui.widgets.safeinput import SafeInput
from dli_tui.tui.widgets.table import Column, Table
from dli_tui.tui.widgets.toosmall import TooSmall

if TYPE_CHECKING:
    from dli_tui.tui.app import Dashboard
    from dli_tui.tui.screens.base import DashboardScreen

_COLUMNS: Final = (
    Column("what", "", 50, grows=True, least=20, sortable=False),
    Column("kind", "", 8, given_up=1, sortable=False),
    Column("key", "", 8, right=True, given_up=2, sortable=False),
)
_COMMAND, _THEME, _WORKFLOW = "command", "theme", "workflow"


class Choice(NamedTuple):
    """One line of the palette."""

    what: str
    kind: str
    about: str = ""
    key: str = ""
    action: str = ""
    """What the screen in front is to do; empty: go to a workflow."""
    workflow: WorkflowKey | None = None
    also: str = ""
    """Other words for it, which are searched but not shown."""

    @property
    def words(self) -> str:
        """What is searched in."""
        return f"{self.what} {self.about} {self.also}".casefold()


class _Choices(Table[Choice]):
    """The lines; one click chooses."""

    head_height: ClassVar[int] = 0

    def on_click(self, event: events.Click) -> None:
        event.prevent_default()
        at = self.top + event.get_content_offset_capture(self).y
        if at < self.count:
            self.go_to(at)
            self.post_message(self.Chosen(self))


class Palette(Leaving[Choice | None]):
    """Type a part of what you want; enter does it."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.fixed(keys.Place.PALETTE)]

    def __init__(
        self, choices: Sequence[Choice], workflows: Sequence[WorkflowRow], looks: Looks
    ) -> None:
        super().__init__()
        self._choices = choices
        self._workflows = workflows
        self._names = [row.name.casefold() for row in workflows]
        self._looks = looks

    @classmethod
    def ask(cls, screen: DashboardScreen) -> None:
        """Ask what to do on `screen`, and have it done."""
        app = cast("Dashboard", screen.app)
        choices = [*_commands(screen), *_themes(app)]
        palette = cls(choices, tuple(app.listing.rows.values()), screen.looks)

        async def do(choice: Choice | None) -> None:
            if choice is None:
                return
            if choice.workflow is None:
                await screen.run_action(choice.action)
            elif choice.workflow in app.listing.rows:
                app.go_to(choice.workflow)
            else:
                screen.say(f"{choice.what} is no longer there", wrong=True)

        app.push_screen(palette, do)

    def compose(self) -> ComposeResult:
        with Vertical(id="palette"):
            yield SafeInput(
                placeholder="a command, a theme, or a workflow", id="palette-text", compact=True
            )
            yield _Choices(
                _COLUMNS, _paint, lambda choice: choice, self._looks, id="choices", selectable=False
            )
        yield TooSmall()

    def on_mount(self) -> None:
        self._fill("")
        self.query_one("#palette-text").focus()

    @property
    def table(self) -> Table[Choice]:
        """What there is to choose from."""
        return self.query_one("#choices", _Choices)

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        self._fill(message.value)

    @on(Input.Submitted)
    @on(Lines.Chosen)
    def _chosen(self) -> None:
        self.leave(self.table.current)

    def action_leave(self) -> None:
        self.leave(None)

    def action_move(self, by: int) -> None:
        self.table.action_move(by)

    def _fill(self, text: str) -> None:
        wanted = text.strip().casefold()
        self.workers.cancel_node(self)
        named = finding.best(wanted, self._names) if wanted else []
        fits = ((finding.fit(wanted, one.words), one) for one in self._choices)
        ranked = [(found, one) for found, one in fits if found is not None]
        ranked += [(found, self._workflow(at)) for found, at in named]
        # What begins as it was typed comes first; of those that fit alike, commands do.
        rows = [one for _, one in sorted(ranked, key=lambda pair: pair[0][0])]
        self.table.load(rows)
        self.table.go_to(0)
        if wanted and len(named) < finding.MOST:
            self.table.say([[Piece("Looking …", Tone.MUTED)]])
            start_worker(self, self._add_by_words, wanted, group="going")
        else:
            self.table.say([[Piece("Nothing is called that", Tone.MUTED)]])

    async def _add_by_words(self, wanted: str) -> None:
        """Below what holds it as typed: the names whose words begin like it."""
        for found in finding.by_words(wanted, self._names):
            table = self.table
            room = finding.MOST - len(table.rows)
            if found and room > 0:
                table.load([*table.rows, *(self._workflow(at) for at in found[:room])])
            await asyncio.sleep(0)
        self.table.say([[Piece("Nothing is called that", Tone.MUTED)]])

    def _workflow(self, at: int) -> Choice:
        row = self._workflows[at]
        return Choice(row.name, _WORKFLOW, about=row.source, workflow=row.key)


def _paint(choice: Choice, column: str, _room: int) -> Iterable[Piece]:
    match column:
        case "what":
            return [Piece(f"{choice.what}  "), Piece(choice.about, Tone.MUTED)]
        case "kind":
            return [Piece(choice.kind, Tone.MUTED)]
        case _:
            return [Piece(choice.key, Tone.RUNNING)]


def _commands(screen: DashboardScreen) -> Iterable[Choice]:
    """What may be done here, and what isn't offered, with the reason: to choose it says so too."""
    for command in keys.in_scope(screen.scope):
        why = screen.why_not(command)
        if (why or screen.shows(command)) and command.id != "go.palette":
            key = screen.key(command.id)
            about, also = why or command.help, keys.SYNONYMS.get(command.id, "")
            yield Choice(command.label, _COMMAND, about, key, command.action, also=also)


def _themes(app: Dashboard) -> Iterable[Choice]:
    for name in sorted(app.available_themes):
        yield Choice(name, _THEME, about="theme", action=f"app.choose_theme({name!r})")

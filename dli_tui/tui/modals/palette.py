"""The palette: every command of the screen in front, every theme, and any workflow by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nsmallest
from operator import itemgetter
from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input

from dli_tui.domain.ids import WorkflowKey
from dli_tui.present.wordhits import begins_words
from dli_tui.tui import keys
from dli_tui.tui.looks import Looks, Tone
from dli_tui.tui.widgets.lines import Lines, Piece
from dli_tui.tui.widgets.table import Column, Table

if TYPE_CHECKING:
    from dli_tui.tui.app import Dashboard
    from dli_tui.tui.screens.base import DashboardScreen

_MOST_WORKFLOWS: Final = 200
_COLUMNS: Final = (
    Column("what", "", 40, grows=True, least=20, sortable=False),
    Column("kind", "", 10, given_up=1, sortable=False),
    Column("key", "", 8, right=True, given_up=2, sortable=False),
)


class Choice(NamedTuple):
    """One line of the palette."""

    what: str
    kind: str
    key: str = ""
    action: str = ""
    """What the screen in front is to do; empty: go to a workflow."""
    workflow: WorkflowKey | None = None


class Palette(ModalScreen[Choice | None]):
    """Type a part of what you want; enter does it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("down,ctrl+n", "move(1)", show=False, priority=True),
        Binding("up,ctrl+p", "move(-1)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
    ]

    def __init__(
        self, choices: Sequence[Choice], workflows: Sequence[Choice], looks: Looks
    ) -> None:
        super().__init__()
        self._choices = choices
        self._workflows = workflows
        self._looks = looks

    @classmethod
    def ask(cls, screen: DashboardScreen) -> None:
        """Ask what to do on `screen`, and have it done."""
        app = cast("Dashboard", screen.app)
        rows = app.listing.rows.values()
        workflows = [Choice(row.name, "workflow", workflow=row.key) for row in rows]
        palette = cls([*_commands(screen), *_themes(app)], workflows, screen.looks)

        async def do(choice: Choice | None) -> None:
            if choice is None:
                return
            if choice.workflow is not None:
                app.go_to(choice.workflow)
            else:
                await screen.run_action(choice.action)

        app.push_screen(palette, do)

    def compose(self) -> ComposeResult:
        with Vertical(id="palette"):
            yield Input(placeholder="a command, a theme, or a workflow", id="palette-text")
            yield Table(
                _COLUMNS, _paint, lambda choice: choice, self._looks, id="choices", selectable=False
            )

    def on_mount(self) -> None:
        self._fill("")
        self.query_one("#palette-text").focus()

    @property
    def table(self) -> Table[Choice]:
        """What there is to choose from."""
        return self.query_one("#choices", Table)

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        self._fill(message.value)

    @on(Input.Submitted)
    def _entered(self) -> None:
        self.dismiss(self.table.current)

    @on(Lines.Chosen)
    def _clicked(self) -> None:
        self.dismiss(self.table.current)

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_move(self, by: int) -> None:
        self.table.action_move(by)

    def _fill(self, text: str) -> None:
        wanted = text.strip().casefold()
        fitting = [one for one in self._choices if _rank(wanted, one.what) is not None]
        named = self._workflows if wanted else ()
        ranked = [(rank, one) for one in named if (rank := _rank(wanted, one.what)) is not None]
        best = nsmallest(_MOST_WORKFLOWS, ranked, key=itemgetter(0))
        rows = [*fitting, *(one for _, one in best)]
        self.table.load(rows)
        self.table.go_to(0)
        if not rows:
            self.table.say([[Piece("Nothing is called that", Tone.MUTED)]])


def _rank(wanted: str, what: str) -> tuple[int, int, int] | None:
    """How well a name fits what was typed, the smallest best; None where it doesn't."""
    at = what.casefold().find(wanted)
    if at >= 0:
        return 0, at, len(what)
    return (1, 0, len(what)) if begins_words(wanted, what) else None


def _paint(choice: Choice, column: str, _room: int) -> Iterable[Piece]:
    match column:
        case "what":
            return [Piece(choice.what)]
        case "kind":
            return [Piece(choice.kind, Tone.MUTED)]
        case _:
            return [Piece(choice.key, Tone.RUNNING)]


def _commands(screen: DashboardScreen) -> Iterable[Choice]:
    for command in keys.in_scope(screen.scope):
        if screen.offers(command) and command.id != "go.palette":
            mapped = screen.dash.opening.keys.get(command.id, command.keys)
            spelled = keys.spelled(mapped.split(",")[0])
            yield Choice(command.help, "command", spelled, command.action)


def _themes(app: Dashboard) -> Iterable[Choice]:
    for name in sorted(app.available_themes):
        yield Choice(f"Theme {name}", "theme", action=f"app.choose_theme({name!r})")

"""The saved views: take one up, save what is shown now, forget one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.types import CSSPathType
from textual.widgets import Input

from dli_tui.present import words
from dli_tui.tui import keys
from dli_tui.tui.looks import Looks, Tone
from dli_tui.tui.modals.leaving import Leaving
from dli_tui.tui.views import View, arranged, why_no_name
from dli_tui.tui.widgets.field import Field
from dli_tui.tui.widgets.lines import Lines, Piece
from dli_tui.tui.widgets.oneline import Bit, OneLine
from dli_tui.tui.widgets.table import Column, Table
from dli_tui.tui.widgets.toosmall import TooSmall

_COLUMNS: Final = (
    Column("number", "", 2, sortable=False),
    Column("name", "view", 24, least=14, sortable=False),
    Column("told", "what it shows", 30, grows=True, least=16, sortable=False),
    Column("from", "", 6, given_up=1, sortable=False),
)
_DIGITS: Final = "123456789"


class Wish(NamedTuple):
    """What somebody wants of the views."""

    view: View
    """The one to take up, or to save."""
    save: bool = False


class ViewsScreen(Leaving[Wish | None]):
    """A digit or enter takes a view up; s saves the one in force, x forgets one."""

    CSS_PATH: ClassVar[CSSPathType | None] = ["modals.tcss", "views.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [*keys.fixed(keys.Place.VIEWS)]

    def __init__(
        self,
        views: Sequence[View],
        now: View,
        forget: Callable[[View], Sequence[View]],
        looks: Looks,
    ) -> None:
        """`now` is what is shown; `forget` gives the views that are left."""
        super().__init__()
        self._views = arranged(views)
        self._now = now
        self._forget = forget
        self._looks = looks
        self._replaces = ""
        """The name that was asked about: there is a view that is called so."""

    def compose(self) -> ComposeResult:
        with Vertical(id="views"):
            yield OneLine(id="views-title")
            yield Table(
                _COLUMNS,
                self._paint,
                lambda view: view.name,
                self._looks,
                id="views-table",
                selectable=False,
            )
            yield Field("view-name", f"save as ({self._now.told()})", hint="a name for this view")
            yield OneLine(id="views-keys")
        yield TooSmall()

    def on_mount(self) -> None:
        self.query_one("#views-title", OneLine).tell([Bit("Views of the list", bold=True)])
        self.query_one(Field).display = False
        self._show()
        self.table.focus()

    @property
    def table(self) -> Table[View]:
        """The views to choose from."""
        return self.query_one("#views-table", Table)

    def _show(self) -> None:
        self.table.load(self._views)
        self.table.say([[Piece("None yet; s saves what is shown now", Tone.MUTED)]])
        self._tell_keys()

    def _tell_keys(self) -> None:
        is_typing = self.query_one(Field).display
        told = (
            (("enter", "save"), ("esc", "don't save"))
            if is_typing
            else (
                *((("enter", "take up"), ("1-9", "at once")) if self._views else ()),
                ("s", "save this"),
                *((("x", "forget"),) if self._views else ()),
                ("esc", "close"),
            )
        )
        bits: list[Bit] = []
        for key, label in told:
            bits += [Bit(f" {key}", Tone.RUNNING, bold=True), Bit(f" {label}  ", Tone.MUTED)]
        self.query_one("#views-keys", OneLine).tell(bits)

    def _paint(self, view: View, column: str, _room: int) -> list[Piece]:
        at = self._views.index(view)
        match column:
            case "number":
                return [Piece(_DIGITS[at : at + 1], Tone.RUNNING)]
            case "name":
                return [Piece(words.word(view.name), bold=True)]
            case "told":
                return [Piece(view.told(), Tone.MUTED)]
            case _:
                return [Piece("yours" if view.own else "config", Tone.MUTED)]

    # Keys

    @on(Lines.Chosen)
    def action_take(self) -> None:
        if self.table.current is not None:
            self.leave(Wish(self.table.current))

    def on_key(self, event: events.Key) -> None:
        # What is typed into the name doesn't come as far as this.
        number = int(event.key) if event.key in _DIGITS else 0
        if 1 <= number <= len(self._views):
            self.leave(Wish(self._views[number - 1]))

    def action_save(self) -> None:
        field = self.query_one(Field)
        field.display = True
        field.focus_input()
        self._tell_keys()

    def action_forget(self) -> None:
        view = self.table.current
        if view is None:
            return
        if not view.own:
            self.app.notify("It stands in the config file: take it out there", markup=False)
            return
        self._views = arranged(self._forget(view))
        self.app.notify(f"Forgot the view {words.word(view.name)}", markup=False)
        self._show()

    @on(Input.Submitted)
    def _named(self, message: Input.Submitted) -> None:
        field = self.query_one(Field)
        name = message.value.strip()
        problem = why_no_name(name) or self._why_ask(name)
        field.complain(problem)
        if not problem:
            self.leave(Wish(self._now._replace(name=name, own=True), save=True))

    def _why_ask(self, name: str) -> str:
        """What to say before a view takes the place of another; empty where there is none."""
        old = next((view for view in self._views if view.name == name), None)
        if old is None or self._replaces == name:
            return ""
        self._replaces = name
        instead = "replaces it" if old.own else "puts yours in its place, as long as you keep it"
        whose = "of yours" if old.own else "of the config file"
        return f"A view {whose} is called that; enter again {instead}"

    def action_leave(self) -> None:
        field = self.query_one(Field)
        if field.display:
            field.display, self._replaces = False, ""
            self.table.focus()
            self._tell_keys()
        else:
            self.leave(None)

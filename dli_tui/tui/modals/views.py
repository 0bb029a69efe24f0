"""The saved views: take one up, save what is shown now, forget one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Final, NamedTuple

from textual import on
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
_DIGITS: Final = 9


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
                ("s", "save what is shown"),
                *((("x", "forget"),) if self._views else ()),
                ("esc", "close"),
            )
        )
        bits: list[Bit] = []
        for key, label in told:
            bits += [Bit(f" {key}", Tone.RUNNING, bold=True), Bit(f" {label}  ", Tone.MUTED)]
        self.query_one("#views-keys", OneLine).tell(bits)

    def _paint(self, view: View, column: str, _room: int) -> list[Piece]:
        match column:
            case "number":
                number = self._views.index(view) + 1
                return [Piece(str(number) if number <= _DIGITS else "", Tone.RUNNING)]
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

    def action_number(self, number: int) -> None:
        if number <= len(self._views):
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
        self._show()

    @on(Input.Submitted)
    def _named(self, message: Input.Submitted) -> None:
        field = self.query_one(Field)
        name = message.value.strip()
        problem = why_no_name(name)
        field.complain(problem)
        if not problem:
            self.leave(Wish(self._now._replace(name=name, own=True), save=True))

    def action_leave(self) -> None:
        field = self.query_one(Field)
        if field.display:
            field.display = False
            self.table.focus()
            self._tell_keys()
        else:
            self.leave(None)

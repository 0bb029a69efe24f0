"""Help: the keys of the screen in front, and how to read it."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from dli_tui.tui import keys
from dli_tui.tui.keys import Command, Scope
from dli_tui.tui.looks import RUNS, SCHEDULES, Look, Looks, Tone
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.oneline import Bit, OneLine
from dli_tui.tui.widgets.page import Page, Text

_KEY_WIDTH: Final = 12
_MOVING: Final = (
    ("j k, arrows", "Move"),
    ("g G", "Go to the top, to the end"),
    ("pgup pgdn", "A page up, a page down"),
    ("tab", "Go to the next pane"),
)


class HelpScreen(ModalScreen[None]):
    """One page to read; any of the usual keys leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "dismiss", "close", show=False)
    ]

    def __init__(self, scope: Scope, title: str, looks: Looks) -> None:
        super().__init__()
        self._scope = scope
        self._title = title
        self._looks = looks

    def compose(self) -> ComposeResult:
        with Vertical(id="help"):
            yield OneLine(id="help-title")
            yield Page(id="help-text")
            yield OneLine(id="help-keys")

    def on_mount(self) -> None:
        self.query_one("#help-title", OneLine).tell([Bit(f"Help: {self._title}", bold=True)])
        self.query_one("#help-text", Page).tell(told(self._scope, self._looks))
        self.query_one("#help-keys", OneLine).tell(
            [Bit(" esc", Tone.RUNNING, bold=True), Bit(" close", Tone.MUTED)]
        )
        self.query_one("#help-text").focus()


def told(scope: Scope, looks: Looks) -> list[Text]:
    """The help of a screen."""
    own = [one for one in keys.COMMANDS if one.scope is scope]
    everywhere = [one for one in keys.COMMANDS if one.scope is Scope.EVERYWHERE]
    lines = [
        *_section("This screen", [_command(one) for one in own]),
        *_section("Do", [_command(one) for one in everywhere if one.writes]),
        *_section("Everywhere", [_command(one) for one in everywhere if not one.writes]),
        *_section("Moving", [_line(key, says) for key, says in _MOVING]),
        *_section("Runs", [_look(look, looks) for look in RUNS.values()]),
        *_section("Schedules", [_look(look, looks) for look in SCHEDULES.values()]),
    ]
    if scope is Scope.LIST:
        lines += _section("Filter text", [_line(key, says) for key, says in _FILTERS])
    return lines


_FILTERS: Final = (
    ("orders", "Part of the name, or its letters in order"),
    ("/regex/", "A regular expression"),
    ("!word", "Not that"),
    ("owner:ann", "Also team: source: status: last:failed zone: name:"),
)


def _section(title: str, lines: list[Text]) -> list[Text]:
    return [(Piece(title, bold=True),), *lines, ()]


def _command(command: Command) -> Text:
    every = " ".join(keys.spelled(key) for key in command.keys.split(","))
    return _line(every, command.help)


def _line(key: str, says: str) -> Text:
    return (Piece(f"  {key:<{_KEY_WIDTH}} ", Tone.RUNNING), Piece(says))


def _look(look: Look, looks: Looks) -> Text:
    return (Piece(f"  {looks.glyph(look):<{_KEY_WIDTH}} ", look.tone), Piece(look.word))

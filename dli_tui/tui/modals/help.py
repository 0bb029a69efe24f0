"""Help: the keys of the screen in front, and how to read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from dli_tui.tui import keys
from dli_tui.tui.keys import Command, Scope
from dli_tui.tui.looks import RUNS, SCHEDULES, Look, Looks, Tone
from dli_tui.tui.modals.leaving import Leaving
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.oneline import Bit, OneLine
from dli_tui.tui.widgets.page import Page, Text
from dli_tui.tui.widgets.toosmall import TooSmall

if TYPE_CHECKING:
    from dli_tui.tui.app import Dashboard

_KEY_WIDTH: Final = 12
_MOVING: Final = (
    ("j k, arrows", "Move"),
    ("g G", "Go to the top, to the end"),
    ("pgup pgdn", "A page up, a page down"),
    ("tab", "Go to the next pane"),
)
_ASKED: Final = (
    ("enter ctrl+s", "Send what is shown, as the line of keys says"),
    ("esc", "Cancel; what was typed is kept as a draft"),
    ("tab", "Go to the next field"),
    ("pgup pgdn", "Read on in the plan"),
)


class HelpScreen(Leaving[None]):
    """One page to read; any of the usual keys leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "leave", "close", show=False)
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
        yield TooSmall()

    def on_mount(self) -> None:
        mapped = cast("Dashboard", self.app).opening.keys
        self.query_one("#help-title", OneLine).tell([Bit(f"Help: {self._title}", bold=True)])
        self.query_one("#help-text", Page).tell(told(self._scope, self._looks, mapped))
        self.query_one("#help-keys", OneLine).tell(
            [
                Bit(" esc", Tone.RUNNING, bold=True, action="screen.leave"),
                Bit(" close  ", Tone.MUTED, action="screen.leave"),
                Bit(" j k pgdn", Tone.RUNNING, bold=True),
                Bit(" read on", Tone.MUTED),
            ]
        )
        self.query_one("#help-text").focus()

    def action_leave(self) -> None:
        self.leave(None)


def told(scope: Scope, looks: Looks, mapped: Mapping[str, str]) -> list[Text]:
    """The help of a screen; `mapped` are the keys that the config file gives to commands."""
    own = [one for one in keys.COMMANDS if one.scope is scope]
    everywhere = [one for one in keys.COMMANDS if one.scope is Scope.EVERYWHERE]
    writing = [one for one in everywhere if one.writes]
    looking = [one for one in everywhere if not one.writes]
    lines = [
        *_section("This screen", [_command(one, mapped) for one in own]),
        *_section("Do", [_command(one, mapped) for one in writing]),
        *_section("Everywhere", [_command(one, mapped) for one in looking]),
        *_section("Moving", [_line(key, says) for key, says in _MOVING]),
        *_section("When something is asked", [_line(key, says) for key, says in _ASKED]),
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


def _command(command: Command, mapped: Mapping[str, str]) -> Text:
    given = mapped.get(command.id, command.keys)
    every = " ".join(keys.spelled(key.strip()) for key in given.split(","))
    return _line(every, command.help)


def _line(key: str, says: str) -> Text:
    return (Piece(f"  {key:<{_KEY_WIDTH}} ", Tone.RUNNING), Piece(says))


def _look(look: Look, looks: Looks) -> Text:
    return (Piece(f"  {looks.glyph(look):<{_KEY_WIDTH}} ", look.tone), Piece(look.word))

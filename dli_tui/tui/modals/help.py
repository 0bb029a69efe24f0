"""Help: the keys of the screen in front, and how to read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar, Final, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from dli_tui.domain import stepkinds
from dli_tui.domain.stepkinds import StepKind
from dli_tui.tui import keys
from dli_tui.tui.deeds import READ_ONLY
from dli_tui.tui.keymap import Keymap
from dli_tui.tui.keys import Command, Place, Scope
from dli_tui.tui.looks import CANCELLING, HEALTH, RUNS, SAGAS, SCHEDULES, Look, Looks, Tone
from dli_tui.tui.modals.leaving import Leaving
from dli_tui.tui.widgets.lines import Piece
from dli_tui.tui.widgets.oneline import Bit, OneLine
from dli_tui.tui.widgets.page import Page, Text
from dli_tui.tui.widgets.toosmall import TooSmall

if TYPE_CHECKING:
    from dli_tui.tui.app import Dashboard

_KEY_WIDTH: Final = 12


class HelpScreen(Leaving[None]):
    """One page to read; any of the usual keys leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [*keys.fixed(Place.HELP)]

    def __init__(
        self, scope: Scope, title: str, looks: Looks, why_not: Callable[[Command], str]
    ) -> None:
        """`why_not` says why a command isn't offered; nothing where it is."""
        super().__init__()
        self._why_not = why_not
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
        keymap = cast("Dashboard", self.app).keymap
        self.query_one("#help-title", OneLine).tell([Bit(f"Help: {self._title}", bold=True)])
        lines = told(self._scope, self._looks, keymap, self._why_off)
        self.query_one("#help-text", Page).tell(lines)
        self.query_one("#help-keys", OneLine).tell(
            [
                Bit(" esc", Tone.RUNNING, bold=True, action="screen.leave"),
                Bit(" close  ", Tone.MUTED, action="screen.leave"),
                Bit(" j k pgdn", Tone.RUNNING, bold=True),
                Bit(" read on", Tone.MUTED),
            ]
        )
        self.query_one("#help-text").focus()

    def _why_off(self, command: Command) -> str:
        read_only = cast("Dashboard", self.app).opening.where.read_only
        return READ_ONLY if command.writes and read_only else self._why_not(command)

    def action_leave(self) -> None:
        self.leave(None)


def told(
    scope: Scope, looks: Looks, keymap: Keymap, why_not: Callable[[Command], str]
) -> list[Text]:
    """The help of a screen, with the keys in force."""
    own = [one for one in keys.COMMANDS if one.scope is scope]
    everywhere = [one for one in keys.in_scope(scope) if one.scope is Scope.EVERYWHERE]
    writing = [one for one in everywhere if one.writes]
    looking = [one for one in everywhere if not one.writes]
    parts = (("This screen", own), ("Do", writing), ("Everywhere", looking))
    lines: list[Text] = []
    for title, commands in parts:
        told_of = [(keymap.all_spelled(one.id), one, why_not(one)) for one in commands]
        said = (_commands([*those], why) for why, those in groupby(told_of, key=_why))
        lines += _section(title, [line for each in said for line in each])
    moving = (Place.LINES, Place.PANES, *((Place.LOG,) if scope is Scope.RUN else ()), Place.APP)
    lines += [
        *_fixed("Moving, and leaving", *moving),
        *_fixed("When something is asked", Place.QUESTION),
        *(_fixed("When something was edited", Place.DOCUMENT) if _has(scope, "do.edit") else ()),
        *_fixed("Where a name is completed", Place.NAMES),
        *_fixed("Where one of a few things is chosen", Place.OPTIONS),
        *(_fixed("On the month of a backfill", Place.MONTH) if _has(scope, "do.backfill") else ()),
        *(_fixed("Among the saved views", Place.VIEWS) if scope is Scope.LIST else ()),
        *(_fixed("Among the columns", Place.COLUMNS) if scope is Scope.LIST else ()),
        *_fixed("Among the commands", Place.PALETTE),
        *_fixed("In this help", Place.HELP),
        *_section("Runs", [_look(look, looks) for look in RUNS.values()]),
        *_section("Schedules", [_look(look, looks) for look in SCHEDULES.values()]),
    ]
    if scope in (Scope.SAGAS, Scope.SAGA):
        lines += _section("Sagas", [_look(look, looks) for look in (*SAGAS.values(), CANCELLING)])
    if scope is Scope.HEALTH:
        lines += _section("Parts of the server", [_look(look, looks) for look in HEALTH.values()])
    if scope is Scope.CONFIGURATION:
        for kind in stepkinds.KINDS:
            lines += _section(f"A step of type {kind.name}", _kind(kind))
    if scope is Scope.LIST:
        lines += _section("Filter text", [_line(key, says) for key, says in _FILTERS])
    return lines


def _has(scope: Scope, command: str) -> bool:
    """Whether a command means something on a screen."""
    return any(one.id == command for one in keys.in_scope(scope))


_FILTERS: Final = (
    ("ordd", "Part of the name, or beginnings of its words: orders_daily"),
    ("/regex/", "A regular expression"),
    ("!word", "Not that"),
    ("owner:ann", "Also team: source: status: last:failed zone: name:"),
)


def _kind(kind: StepKind) -> list[Text]:
    """What a kind of step does, and its settings."""
    settings = [
        _line(one.name, f"{one.says}{' It has to be there.' if one.required else ''}")
        for one in kind.settings
    ]
    return [(Piece(f"  {kind.says}", Tone.MUTED),), *settings]


def _section(title: str, lines: list[Text]) -> list[Text]:
    return [(Piece(title, bold=True),), *lines, ()] if lines else []


def _fixed(title: str, *places: Place) -> list[Text]:
    """What the keys of some places do; nobody can change them."""
    return _section(
        title,
        [
            _line(" ".join(map(keys.spelled, one.keys.split(","))), one.help)
            for one in keys.FIXED
            if one.place in places
        ],
    )


def _line(key: str, says: str) -> Text:
    return (Piece(_spelled(key), Tone.RUNNING), Piece(says))


def _spelled(key: str) -> str:
    return f"  {key:<{_KEY_WIDTH}} "


def _why(told: tuple[str, Command, str]) -> str:
    return told[2]


def _commands(told: Sequence[tuple[str, Command, str]], why_not: str) -> list[Text]:
    """Commands that stand together, and below them why none of them is offered, said once."""
    if not why_not:
        return [_line(key, command.help) for key, command, _ in told]
    lines: list[Text] = [
        (Piece(_spelled(key), Tone.MUTED), Piece(command.help, Tone.MUTED))
        for key, command, _ in told
    ]
    of = f"None of these {len(told)}: " if len(told) > 1 else ""
    return [*lines, (Piece(_spelled("")), Piece(f"{of}{why_not}", Tone.LATE))]


def _look(look: Look, looks: Looks) -> Text:
    return (Piece(f"  {looks.glyph(look):<{_KEY_WIDTH}} ", look.tone), Piece(look.word))

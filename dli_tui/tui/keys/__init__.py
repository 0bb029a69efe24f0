"""Every command, said once: its keys, its label, what it does, where, and whether it writes.

Bindings, the line of keys, the help, the palette and the README's table are all made from
here. `id` is what a person names to give a command other keys (`[keys]` in the config file);
`keymap` says which of those are in force.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from textual.binding import Binding, BindingType

from dli_tui.tui.keys import everywhere, pages
from dli_tui.tui.keys.command import Command, Fixed, Place, Scope
from dli_tui.tui.keys.fixed import FIXED

__all__ = [
    "BY_ACTION",
    "BY_ID",
    "COMMANDS",
    "FIXED",
    "PAGES",
    "SCREENS",
    "Command",
    "Fixed",
    "Place",
    "Scope",
    "bindings",
    "fixed",
    "in_scope",
    "spelled",
    "works_in",
]

SCREENS: Final = tuple(scope for scope in Scope if scope is not Scope.EVERYWHERE)
COMMANDS: Final[tuple[Command, ...]] = (
    *everywhere.DEEDS,
    *pages.COMMANDS,
    *everywhere.PLACES,
    *everywhere.GOING,
)
PAGES: Final = tuple(one for one in everywhere.PLACES if one.id != "go.contexts")
BY_ID: Final = {command.id: command for command in COMMANDS}
BY_ACTION: Final = {(command.scope, command.action): command for command in COMMANDS}
SYNONYMS: Final = {
    "do.run": "trigger rerun start execute",
    "do.backfill": "rerun dates catch up",
    "do.pause": "hold disable",
    "do.unpause": "resume enable",
    "do.stop": "kill cancel abort terminate",
    "do.retry": "rerun clear restart",
    "do.register": "new create add workflow",
    "do.unregister": "delete remove",
    "do.edit": "yaml definition",
    "go.list": "dags home",
    "go.history": "runs",
    "go.health": "status import errors",
    "go.contexts": "profiles servers connections switch",
    "go.log": "logs",
    "go.inside": "yaml definition spec code",
    "go.browse": "url web ui",
    "go.refresh": "reload poll",
    "go.times": "timezone time zone utc local",
    "list.views": "saved filters",
    "list.sort": "order",
}
"""Words of other programs under which a command is looked for, by the command's id."""
_SPELLED: Final = {
    "question_mark": "?",
    "colon": ":",
    "slash": "/",
    "exclamation_mark": "!",
    "asterisk": "*",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "equals_sign": "=",
    "plus": "+",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
}


def bindings(*scopes: Scope) -> list[Binding]:
    """The bindings of some scopes, for a screen or the app."""
    return [
        Binding(command.keys, command.action, command.label, id=command.id)
        for command in COMMANDS
        if command.scope in scopes
    ]


def fixed(place: Place) -> list[BindingType]:
    """The bindings of a place whose keys stay as they are."""
    return [
        Binding(one.keys, one.action, show=False, priority=one.priority)
        for one in FIXED
        if one.place is place and one.action
    ]


def in_scope(scope: Scope) -> Iterator[Command]:
    """The commands that work on a screen, its own first, each as it is called there."""
    yield from (command for command in COMMANDS if command.scope is scope)
    here = everywhere.CALLED.get(scope, {})
    for command in COMMANDS:
        if command.scope is Scope.EVERYWHERE and works_in(scope, command):
            if command.id not in here:
                yield command
                continue
            called = here[command.id]
            yield command._replace(label=called.label, help=called.help, shown=called.shown)


def works_in(scope: Scope, command: Command) -> bool:
    """Whether a command means anything on a screen."""
    return command.id not in everywhere.WITHOUT.get(scope, frozenset())


def spelled(key: str) -> str:
    """A key as a person calls it: `/`, `esc`, `ctrl+p`."""
    return _SPELLED.get(key, key)

"""Every command, said once: its keys, its label, what it does, where, and whether it writes.

Bindings, the line of keys, the help, the palette and the README's table are all made from
here. `id` is what a person names to give a command other keys (`[keys]` in the config file);
`keymap` says which of those are in force.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from textual.binding import Binding, BindingType

from dli_tui.domain.capability import Capability


class Scope(StrEnum):
    """Where a command works."""

    EVERYWHERE = "everywhere"
    LIST = "workflows"
    RUN = "run"


class Command(NamedTuple):
    """One thing that a person can do with a key."""

    id: str
    keys: str
    label: str
    help: str
    scope: Scope
    action: str
    writes: bool = False
    needs: Capability | None = None
    shown: int = 0
    """Its place in the line of keys; 0 keeps it out of there."""


class Place(StrEnum):
    """Where a key works that nobody can give to something else."""

    APP = "app"
    PANES = "panes"
    LINES = "lines"
    LOG = "log"
    QUESTION = "question"
    PALETTE = "palette"
    HELP = "help"


class Fixed(NamedTuple):
    """What a key does that stays as it is: it moves, or belongs to what is open."""

    keys: str
    help: str
    place: Place
    action: str = ""
    """Empty where Textual has the binding, or the widget looks at the key itself."""
    priority: bool = False
    """Whether it comes before the field that is typed in."""


_DEEDS: Final = (
    ("run", "R", "run", "Start a run; parameters and a dry run are asked for", Capability.RUN, 0),
    ("pause", "p", "pause", "Hold the schedule, with a reason", Capability.PAUSE, 3),
    ("unpause", "u", "unpause", "Let the schedule fire again", Capability.PAUSE, 0),
    ("stop", "s", "stop", "Stop the run under way, with a reason", Capability.STOP, 4),
    ("retry", "t", "retry", "Run the failed steps again", Capability.RETRY, 5),
)

COMMANDS: Final[tuple[Command, ...]] = (
    *(
        Command(
            f"do.{name}",
            key,
            label,
            says,
            Scope.EVERYWHERE,
            f"do('{name}')",
            writes=True,
            needs=need,
            shown=shown,
        )
        for name, key, label, says, need, shown in _DEEDS
    ),
    Command("list.open", "enter", "open", "Open its last run", Scope.LIST, "open", shown=1),
    Command("list.filter", "slash", "filter", "Filter by text", Scope.LIST, "filter", shown=2),
    Command(
        "list.problems",
        "exclamation_mark",
        "problems",
        "Only what failed or is late",
        Scope.LIST,
        "problems",
        shown=6,
    ),
    Command(
        "list.next",
        "right_square_bracket",
        "next problem",
        "Go to the next problem",
        Scope.LIST,
        "problem(1)",
    ),
    Command(
        "list.previous",
        "left_square_bracket",
        "previous problem",
        "Go to the problem before",
        Scope.LIST,
        "problem(-1)",
    ),
    Command(
        "list.source", "f", "source", "Filter by source: all, code, manual", Scope.LIST, "source"
    ),
    Command(
        "list.status",
        "a",
        "status",
        "Filter by status: all, active, paused, overridden, disabled",
        Scope.LIST,
        "status",
    ),
    Command("list.running", "n", "running", "Only what runs now", Scope.LIST, "running"),
    Command("list.enabled", "e", "enabled", "Only schedules that fire", Scope.LIST, "enabled"),
    Command("list.clear", "x", "clear filters", "Take all filters off", Scope.LIST, "clear"),
    Command(
        "list.sort", "greater_than_sign", "sort", "Sort by the next column", Scope.LIST, "sort(1)"
    ),
    Command(
        "list.sort_back",
        "less_than_sign",
        "sort back",
        "Sort by the column before",
        Scope.LIST,
        "sort(-1)",
    ),
    Command(
        "list.reverse", "equals_sign", "reverse", "Turn the order round", Scope.LIST, "reverse"
    ),
    Command(
        "list.select",
        "space",
        "select",
        "Select this row, or let it go",
        Scope.LIST,
        "select",
        shown=7,
    ),
    Command(
        "list.select_all",
        "asterisk",
        "select all",
        "Select all rows of the filter, or let all go",
        Scope.LIST,
        "select_all",
    ),
    Command("run.open", "enter", "log", "Open the log of this step", Scope.RUN, "open", shown=1),
    Command("run.search", "slash", "search", "Search in the log", Scope.RUN, "search", shown=2),
    Command("run.next", "n", "next", "Go to the next hit", Scope.RUN, "hit(1)"),
    Command("run.previous", "N", "previous", "Go to the hit before", Scope.RUN, "hit(-1)"),
    Command(
        "run.follow",
        "F",
        "follow",
        "Follow the end of the log, or stand still",
        Scope.RUN,
        "follow",
    ),
    Command(
        "run.level",
        "L",
        "level",
        "Show all lines, from warnings on, errors only",
        Scope.RUN,
        "level",
    ),
    Command("run.wrap", "W", "wrap", "Wrap long lines, or cut them", Scope.RUN, "wrap"),
    Command(
        "run.newer",
        "greater_than_sign",
        "next try",
        "The log of the next try",
        Scope.RUN,
        "attempt(1)",
    ),
    Command(
        "run.older",
        "less_than_sign",
        "earlier try",
        "The log of the try before",
        Scope.RUN,
        "attempt(-1)",
    ),
    Command("run.save", "S", "save", "Save the log to a file", Scope.RUN, "save"),
    Command("run.pager", "P", "pager", "Open the log in $PAGER", Scope.RUN, "pager"),
    Command(
        "go.log",
        "l",
        "log",
        "Open the log of the last failed step",
        Scope.EVERYWHERE,
        "last_log",
        needs=Capability.LOGS,
        shown=8,
    ),
    Command(
        "go.watch",
        "w",
        "watch",
        "Ring when this run ends, or no longer",
        Scope.EVERYWHERE,
        "watch",
        shown=9,
    ),
    Command("go.browse", "o", "browser", "Open it in the browser", Scope.EVERYWHERE, "browse"),
    Command("go.copy", "y", "copy", "Copy its name or id", Scope.EVERYWHERE, "copy"),
    Command("go.refresh", "r", "refresh", "Ask the server now", Scope.EVERYWHERE, "refresh"),
    Command(
        "go.zoom", "z", "zoom", "Make this pane large, or small again", Scope.EVERYWHERE, "zoom"
    ),
    Command(
        "go.times",
        "Z",
        "times",
        "Tell times in the schedule's zone, here, or UTC",
        Scope.EVERYWHERE,
        "times",
    ),
    Command(
        "go.palette",
        "colon,ctrl+p",
        "commands",
        "Every command, and any workflow by name",
        Scope.EVERYWHERE,
        "palette",
        shown=97,
    ),
    Command(
        "go.help",
        "question_mark",
        "help",
        "The keys of this screen",
        Scope.EVERYWHERE,
        "help",
        shown=98,
    ),
    Command("go.back", "escape", "back", "Back, or out of what is open", Scope.EVERYWHERE, "back"),
    Command("go.quit", "q", "quit", "Quit", Scope.EVERYWHERE, "quit", shown=99),
)
FIXED: Final[tuple[Fixed, ...]] = (
    Fixed("down,j", "A line down", Place.LINES, "move(1)"),
    Fixed("up,k", "A line up", Place.LINES, "move(-1)"),
    Fixed("pagedown,ctrl+f", "A page down", Place.LINES, "page(1)"),
    Fixed("pageup,ctrl+b", "A page up", Place.LINES, "page(-1)"),
    Fixed("home,g", "Go to the top", Place.LINES, "jump(0)"),
    Fixed("end,G", "Go to the end", Place.LINES, "jump(-1)"),
    Fixed("tab", "Go to the next pane", Place.PANES),
    Fixed("shift+tab", "Go to the pane before", Place.PANES),
    Fixed("left,h", "Scroll a log to the left", Place.LOG, "shift(-1)"),
    Fixed("right", "Scroll a log to the right", Place.LOG, "shift(1)"),
    Fixed("ctrl+q", "Quit", Place.APP),
    Fixed("ctrl+c", "Copy what the mouse marked", Place.APP),
    Fixed("enter", "Do what the line of keys says", Place.QUESTION),
    Fixed("ctrl+s", "The same, from any field", Place.QUESTION, "submit"),
    Fixed("escape", "Cancel; what was typed is kept as a draft", Place.QUESTION, "leave"),
    Fixed("pagedown", "Read on in the plan", Place.QUESTION, "page(1)"),
    Fixed("pageup", "Read back in the plan", Place.QUESTION, "page(-1)"),
    Fixed("tab", "Go to the next field", Place.QUESTION),
    Fixed("space", "Turn what is on or off", Place.QUESTION),
    Fixed("enter", "Do it, or go there", Place.PALETTE),
    Fixed("down,ctrl+n", "The next line", Place.PALETTE, "move(1)", priority=True),
    Fixed("up,ctrl+p", "The line before", Place.PALETTE, "move(-1)", priority=True),
    Fixed("pagedown", "Ten lines on", Place.PALETTE, "move(10)", priority=True),
    Fixed("pageup", "Ten lines back", Place.PALETTE, "move(-10)", priority=True),
    Fixed("escape", "Close it", Place.PALETTE, "leave"),
    Fixed("escape,q,question_mark,enter", "Close the help", Place.HELP, "leave"),
)
BY_ID: Final = {command.id: command for command in COMMANDS}
BY_ACTION: Final = {(command.scope, command.action): command for command in COMMANDS}
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
    """The commands that work on a screen, its own first."""
    yield from (command for command in COMMANDS if command.scope is scope)
    yield from (command for command in COMMANDS if command.scope is Scope.EVERYWHERE)


def spelled(key: str) -> str:
    """A key as a person calls it: `/`, `esc`, `ctrl+p`."""
    return _SPELLED.get(key, key)

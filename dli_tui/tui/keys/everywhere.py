"""The commands of every screen: deeds, the pages to go to, and what one does with any page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from dli_tui.domain.capability import Capability
from dli_tui.tui.keys.command import Command, Scope

_DEEDS: Final = (
    ("run", "R", "run", "Start a run; parameters and a dry run are asked for", Capability.RUN, 10),
    ("backfill", "b", "backfill", "Plan the runs of past dates", Capability.BACKFILL, 11),
    ("pause", "p", "pause", "Hold the schedule, with a reason", Capability.PAUSE, 12),
    ("unpause", "u", "unpause", "Let the schedule fire again", Capability.PAUSE, 0),
    ("stop", "s", "stop", "Stop the run under way, with a reason", Capability.STOP, 13),
    ("retry", "t", "retry", "Run the failed steps again", Capability.RETRY, 14),
    ("register", "plus", "register", "Register a dataset", Capability.REGISTER, 0),
    ("unregister", "D", "unregister", "Unregister a MANUAL workflow", Capability.UNREGISTER, 0),
)
_BESIDE: Final = (
    ("edit", "E", "edit", "Change what it does, in $EDITOR", Capability.CONFIGURING),
    ("add", "A", "add", "Write a new template, in $EDITOR", Capability.TEMPLATE_EDITING),
    ("publish", "M", "event", "Publish an event", Capability.EVENTS),
)
DEEDS: Final = tuple(
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
    for name, key, label, says, need, shown in (*_DEEDS, *((*one, 0) for one in _BESIDE))
)

_PLACES: Final = (
    ("list", "1", "workflows", "Go to the list of workflows", None),
    ("history", "2", "history", "Go to the runs of all workflows", None),
    ("templates", "3", "templates", "Go to the templates", Capability.TEMPLATES),
    ("sagas", "4", "sagas", "Go to the sagas", Capability.SAGAS),
    ("health", "5", "health", "Go to how the server is doing", Capability.HEALTH),
    ("backfills", "6", "backfills", "Go to the backfills, finished or not", Capability.BACKFILL),
)
PLACES: Final = (
    *(
        Command(f"go.{name}", key, label, says, Scope.EVERYWHERE, f"visit('{name}')", needs=need)
        for name, key, label, says, need in _PLACES
    ),
    Command(
        "go.contexts",
        "c",
        "contexts",
        "Go to the servers of your profiles",
        Scope.EVERYWHERE,
        "visit('contexts')",
        shown=80,
    ),
)

_LOGS = Capability.LOGS
_GOING: Final = (
    ("log", "l", "log", "Open the log of the last failed step", "last_log", _LOGS, 15),
    ("backfill", "B", "its backfill", "Open the backfill of this run", "open_backfill", None, 0),
    ("saga", "J", "its saga", "Open the saga of this run", "open_saga", Capability.SAGAS, 0),
    ("inside", "i", "inside", "What it does, step by step", "inside", None, 0),
    ("watch", "w", "watch", "Ring when this run ends, or no longer", "watch", None, 16),
    ("browse", "o", "browser", "Open it in the browser", "browse", None, 0),
    ("copy", "y", "copy", "Copy its name or id", "copy", None, 0),
    ("refresh", "r", "refresh", "Ask the server now", "refresh_now", None, 0),
    ("zoom", "z", "zoom", "Make this pane large, or small again", "zoom", None, 0),
    ("times", "Z", "times", "Tell times in the schedule's zone, here, or UTC", "times", None, 0),
    (
        "palette",
        "colon,ctrl+p",
        "commands",
        "Every command, and any workflow by name",
        "palette",
        None,
        97,
    ),
    ("help", "question_mark", "help", "The keys of this screen", "help", None, 98),
    ("back", "escape", "back", "Back, or out of what is open", "back", None, 0),
    ("quit", "q", "quit", "Quit", "quit", None, 99),
)
GOING: Final = tuple(
    Command(f"go.{name}", key, label, says, Scope.EVERYWHERE, action, needs=need, shown=shown)
    for name, key, label, says, action, need, shown in _GOING
)

# A key means the same on every screen; where it means the same of something else, or nothing,
# is said here.

_OF_WORKFLOWS: Final = frozenset(f"do.{name}" for name, *_ in _DEEDS)
_OF_RUNS: Final = frozenset({"go.log", "go.backfill", "go.watch", "go.browse"})
_INSIDE: Final = frozenset({"do.edit", "go.inside"})
_ADD: Final = frozenset({"do.add"})
_TELL: Final = frozenset({"do.publish"})
_JUMP: Final = frozenset({"go.saga"})
_NOT_OF_WORKFLOWS: Final = _ADD | _TELL
_NOTHING_OF_IT: Final = _OF_WORKFLOWS | _OF_RUNS | _INSIDE | _ADD | _TELL | _JUMP

WITHOUT: Final[Mapping[Scope, frozenset[str]]] = {
    Scope.LIST: _NOT_OF_WORKFLOWS,
    Scope.RUN: _NOT_OF_WORKFLOWS,
    Scope.HISTORY: _NOT_OF_WORKFLOWS,
    Scope.CONFIGURATION: _NOT_OF_WORKFLOWS | _JUMP | {"go.inside", "go.zoom"},
    Scope.BACKFILL: _NOT_OF_WORKFLOWS | _INSIDE | _JUMP,
    Scope.BACKFILLS: _NOT_OF_WORKFLOWS | _INSIDE | _JUMP,
    Scope.TEMPLATES: _NOTHING_OF_IT - {"do.register", "do.unregister", "do.edit"} - _ADD,
    Scope.SAGAS: _NOTHING_OF_IT - {"do.run", "do.stop"} - _TELL - _JUMP | {"go.zoom"},
    Scope.SAGA: _NOTHING_OF_IT - {"do.run", "do.stop"} - _TELL - _JUMP,
    Scope.HEALTH: _NOTHING_OF_IT | {"go.zoom"},
    Scope.CONTEXTS: _NOTHING_OF_IT | {"go.zoom"},
}
"""The commands that mean nothing on a screen."""


class Called(NamedTuple):
    """A command where it is about something else than usual."""

    label: str
    help: str
    shown: int = 2
    """Its place in the line of keys: right after what opens the things of the screen."""


_OF_BACKFILLS: Final = {
    "do.backfill": Called("resume", "Plan the dates that remain"),
    "do.pause": Called("hold", "Begin no other date of the backfill for now"),
    "do.unpause": Called("go on", "Let the backfill that is held go on"),
    "do.stop": Called("stop", "Stop the backfill, with a reason"),
    "do.retry": Called("retry failed", "Run the failed steps of its failed dates again"),
}
_OF_SAGAS: Final = {
    "do.run": Called("start", "Start a saga"),
    "do.stop": Called("cancel", "Cancel this saga: it undoes what it did"),
    "do.publish": Called("event", "Publish an event", 5),
    "go.saga": Called("its run", "Open the run that this saga belongs to", 6),
}

CALLED: Final[Mapping[Scope, Mapping[str, Called]]] = {
    Scope.LIST: {
        # Shown in the line of keys where the detail isn't beside the list.
        "go.zoom": Called("detail", "Show what is known of this workflow, or the list again", 9),
    },
    Scope.RUN: {
        "do.stop": Called("stop", "Stop this run, with a reason"),
        "do.retry": Called("retry", "Run a failed step of this run again, or all of them"),
        "go.inside": Called("in and out", "What a step was given and gave back, or its log", 14),
    },
    Scope.CONFIGURATION: {
        "do.edit": Called("edit", "Change this, in $EDITOR"),
    },
    Scope.BACKFILL: _OF_BACKFILLS,
    Scope.BACKFILLS: _OF_BACKFILLS,
    Scope.TEMPLATES: {
        "do.register": Called("new from it", "Make a workflow from this template"),
        "do.edit": Called("edit", "Change this template, in $EDITOR", 5),
        "do.add": Called("add", "Write a new template, in $EDITOR", 6),
        "do.unregister": Called("delete", "Delete this template", 7),
    },
    Scope.SAGAS: _OF_SAGAS,
    Scope.SAGA: _OF_SAGAS,
}
"""Label and help of a command where it is about something else than usual."""

"""The commands of every screen: deeds, the pages to go to, and what one does with any page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dli_tui.domain.capability import Capability
from dli_tui.tui.keys.command import Command, Scope

_DEEDS: Final = (
    ("run", "R", "run", "Start a run; parameters and a dry run are asked for", Capability.RUN, 0),
    ("backfill", "b", "backfill", "Plan the runs of past dates", Capability.BACKFILL, 11),
    ("pause", "p", "pause", "Hold the schedule, with a reason", Capability.PAUSE, 12),
    ("unpause", "u", "unpause", "Let the schedule fire again", Capability.PAUSE, 0),
    ("stop", "s", "stop", "Stop the run under way, with a reason", Capability.STOP, 13),
    ("retry", "t", "retry", "Run the failed steps again", Capability.RETRY, 14),
    ("register", "plus", "register", "Register a dataset", Capability.REGISTER, 0),
    ("unregister", "D", "unregister", "Unregister a MANUAL workflow", Capability.UNREGISTER, 0),
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
    for name, key, label, says, need, shown in _DEEDS
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
    ("watch", "w", "watch", "Ring when this run ends, or no longer", "watch", None, 16),
    ("browse", "o", "browser", "Open it in the browser", "browse", None, 0),
    ("copy", "y", "copy", "Copy its name or id", "copy", None, 0),
    ("refresh", "r", "refresh", "Ask the server now", "refresh", None, 0),
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

WITHOUT: Final[Mapping[Scope, frozenset[str]]] = {
    Scope.TEMPLATES: _OF_WORKFLOWS - {"do.register"} | _OF_RUNS,
    Scope.SAGAS: _OF_WORKFLOWS - {"do.run", "do.stop"} | _OF_RUNS | {"go.zoom"},
    Scope.SAGA: _OF_WORKFLOWS - {"do.run", "do.stop"} | _OF_RUNS,
    Scope.HEALTH: _OF_WORKFLOWS | _OF_RUNS | {"go.zoom"},
    Scope.CONTEXTS: _OF_WORKFLOWS | _OF_RUNS | {"go.zoom"},
}
"""The commands that mean nothing on a screen."""

_OF_BACKFILLS: Final = {
    "do.backfill": ("resume", "Plan the dates that remain"),
    "do.pause": ("hold", "Begin no other date of the backfill for now"),
    "do.unpause": ("go on", "Let the backfill that is held go on"),
    "do.stop": ("stop", "Stop the backfill, with a reason"),
    "do.retry": ("retry failed", "Run the failed steps of its failed dates again"),
}

CALLED: Final[Mapping[Scope, Mapping[str, tuple[str, str]]]] = {
    Scope.RUN: {
        "do.stop": ("stop", "Stop this run, with a reason"),
        "do.retry": ("retry", "Run the failed steps of this run again"),
    },
    Scope.BACKFILL: _OF_BACKFILLS,
    Scope.BACKFILLS: _OF_BACKFILLS,
    Scope.TEMPLATES: {
        "do.register": ("new from it", "Make a workflow from this template"),
    },
    Scope.SAGAS: {
        "do.run": ("start", "Start a saga"),
        "do.stop": ("cancel", "Cancel this saga: it undoes what it did"),
    },
    Scope.SAGA: {
        "do.run": ("start", "Start a saga"),
        "do.stop": ("cancel", "Cancel this saga: it undoes what it did"),
    },
}
"""Label and help of a command where it is about something else than usual."""

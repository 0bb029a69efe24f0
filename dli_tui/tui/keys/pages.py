"""The commands of each screen."""

from __future__ import annotations

from typing import Final

from dli_tui.domain.capability import Capability
from dli_tui.tui.keys.command import Scope, of

_LIST: Final = of(
    Scope.LIST,
    ("list.open", "enter", "open", "Open its page: its runs, and what is known of it", "open", 1),
    ("list.last_run", "v", "last run", "Open its last run", "last_run", 0),
    ("list.filter", "slash", "filter", "Filter by text", "filter", 2),
    (
        "list.problems",
        "exclamation_mark",
        "problems",
        "Only what failed or is late",
        "problems",
        15,
    ),
    (
        "list.next",
        "right_square_bracket",
        "next problem",
        "Go to the next problem",
        "problem(1)",
        0,
    ),
    (
        "list.previous",
        "left_square_bracket",
        "previous problem",
        "Go to the problem before",
        "problem(-1)",
        0,
    ),
    ("list.source", "f", "source", "Filter by source: all, code, manual", "source", 0),
    (
        "list.status",
        "a",
        "status",
        "Filter by status: all, active, paused, overridden, disabled",
        "status",
        0,
    ),
    ("list.running", "n", "running", "Only what runs now", "running", 0),
    ("list.enabled", "e", "enabled", "Only schedules that fire", "enabled", 0),
    (
        "list.clear",
        "x",
        "clear filters",
        "Take all filters off, and sort worst first",
        "clear",
        0,
    ),
    ("list.sort", "greater_than_sign", "sort", "Sort by the next column", "sort(1)", 0),
    ("list.sort_back", "less_than_sign", "sort back", "Sort by the column before", "sort(-1)", 0),
    ("list.reverse", "equals_sign", "reverse", "Turn the order round", "reverse", 0),
    ("list.select", "space", "select", "Select this row, or let it go", "select", 17),
    (
        "list.select_all",
        "asterisk",
        "select all",
        "Select all rows of the filter, or let all go",
        "select_all",
        0,
    ),
    ("list.views", "V", "views", "Take up a saved view, or save this one", "views", 0),
    ("list.columns", "C", "columns", "Choose the columns and their order", "columns", 0),
)
_RUN: Final = of(
    Scope.RUN,
    ("run.open", "enter", "log", "Read the log of this step, or what went in and out", "open", 1),
)
_LOG: Final = of(
    Scope.RUN,
    ("run.search", "slash", "search", "Search in the log", "search", 2),
    ("run.next", "n", "next", "Go to the next hit", "hit(1)", 0),
    ("run.previous", "N", "previous", "Go to the hit before", "hit(-1)", 0),
    ("run.follow", "F", "follow", "Follow the end of the log, or stand still", "follow", 0),
    ("run.level", "L", "level", "Show all lines, from warnings on, errors only", "level", 0),
    ("run.wrap", "W", "wrap", "Wrap long lines, or cut them", "wrap", 0),
    ("run.newer", "greater_than_sign", "next try", "The log of the next try", "attempt(1)", 0),
    ("run.older", "less_than_sign", "earlier try", "The log of the try before", "attempt(-1)", 0),
    ("run.save", "S", "save", "Save the log to a file", "save", 0),
    ("run.pager", "P", "pager", "Open the log in $PAGER", "pager", 0),
    needs=Capability.LOGS,
)
_HISTORY: Final = of(
    Scope.HISTORY,
    ("history.open", "enter", "open", "Open this run", "open", 1),
    ("history.filter", "slash", "dataset", "Filter by a part of the name", "filter", 2),
    (
        "history.picture",
        "v",
        "picture",
        "Another picture: trend, calendar, grid of steps",
        "picture",
        3,
    ),
    ("history.source", "f", "source", "Filter by source: all, code, manual", "source", 0),
    ("history.status", "a", "status", "Filter by how the runs stand", "status", 0),
    ("history.type", "e", "type", "Filter by type: all, scheduled, adhoc, backfill", "type", 0),
    ("history.dates", "d", "dates", "Filter by dates", "dates", 4),
    ("history.clear", "x", "clear filters", "Take all filters off", "clear", 0),
    (
        "history.next",
        "right_square_bracket",
        "next failed",
        "Go to the next run that failed",
        "problem(1)",
        0,
    ),
    (
        "history.previous",
        "left_square_bracket",
        "previous failed",
        "Go to the failed run before",
        "problem(-1)",
        0,
    ),
)
_BACKFILL: Final = of(
    Scope.BACKFILL,
    ("backfill.open", "enter", "open", "Open the run of this date", "open", 1),
    (
        "backfill.next",
        "right_square_bracket",
        "next failed",
        "Go to the next date that failed",
        "problem(1)",
        0,
    ),
    (
        "backfill.previous",
        "left_square_bracket",
        "previous failed",
        "Go to the failed date before",
        "problem(-1)",
        0,
    ),
)
_BACKFILLS: Final = of(
    Scope.BACKFILLS,
    ("backfills.open", "enter", "open", "Open this backfill", "open", 1),
)
_TEMPLATES: Final = of(
    Scope.TEMPLATES,
    ("templates.open", "enter", "read", "Read it in full", "open", 1),
    ("templates.filter", "slash", "find", "Search in names, descriptions and tags", "filter", 3),
    ("templates.category", "f", "category", "Filter by category", "category", 4),
    ("templates.tag", "T", "tag", "Filter by tag", "tag", 0),
    ("templates.clear", "x", "clear filters", "Take all filters off", "clear", 0),
)
_SAGAS: Final = of(
    Scope.SAGAS,
    ("sagas.open", "enter", "open", "Open this saga", "open", 1),
    ("sagas.filter", "slash", "find", "Search in kinds and ids", "filter", 3),
    ("sagas.status", "a", "status", "Filter by how the sagas stand", "status", 4),
    ("sagas.clear", "x", "clear filters", "Take all filters off", "clear", 0),
)
_CONTEXTS: Final = of(
    Scope.CONTEXTS,
    ("contexts.open", "enter", "go there", "Go to this server", "open", 1),
    ("contexts.add", "a", "add", "Add a profile to your config file", "add", 2),
)
COMMANDS: Final = (
    *_LIST,
    *_RUN,
    *_LOG,
    *_HISTORY,
    *_BACKFILL,
    *_BACKFILLS,
    *_TEMPLATES,
    *_SAGAS,
    *_CONTEXTS,
)

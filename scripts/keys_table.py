"""Print the README's table of keys, made from the commands themselves.

A test compares it with what the README has between its two marks.
"""

from __future__ import annotations

import sys

from dli_tui.tui import keys
from dli_tui.tui.keys import COMMANDS, Command, Scope

_TITLES = {
    Scope.LIST: "On the list",
    Scope.RUN: "On a run",
    Scope.HISTORY: "In the history, and on the page of a workflow",
    Scope.BACKFILL: "On a backfill",
    Scope.BACKFILLS: "Among the backfills",
    Scope.TEMPLATES: "Among the templates",
    Scope.SAGAS: "Among the sagas",
    Scope.CONTEXTS: "Among the contexts",
    Scope.EVERYWHERE: "Everywhere",
}


def table() -> str:
    """The table, as Markdown."""
    lines = ["| key | what it does | name |", "|---|---|---|"]
    for scope, title in _TITLES.items():
        lines.append(f"| | **{title}** | |")
        lines += [_line(command) for command in COMMANDS if command.scope is scope]
    return "\n".join(lines)


def _line(command: Command) -> str:
    spelled = " ".join(f"`{keys.spelled(key)}`" for key in command.keys.split(","))
    return f"| {spelled} | {command.help} | `{command.id}` |"


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")

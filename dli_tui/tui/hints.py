"""What helps, in the dashboard's own words: a key where rules and servers name a command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

_COMMAND: Final = "dli-tui workflow "
_LOOK: Final = ("go.refresh", "Look again with {}.")
_KEYS: Final = {
    "unpause": ("do.unpause", "Let it fire again with {}."),
    "pause": ("do.pause", "Hold its schedule with {}."),
    "run": ("do.run", "Start a run with {}."),
    "stop": ("do.stop", "Stop the run with {}."),
}
"""By the verb of the command: whose key is meant, and what to say of it."""


def in_keys(hint: str, key_of: Callable[[str], str], *, in_dialog: bool = False) -> str:
    """A hint that tells a key where it would have told a command; `key_of` spells a key by id.

    A dialog's fields take such a key for text, so there the dialog is to be left first.
    """
    hint = hint.replace("Use --force", "Turn on force").replace("use --force", "turn on force")
    before, found, command = hint.partition(_COMMAND)
    if not found:
        return hint
    # A command ends its hint, and the sentence that leads to it goes with it.
    kept = before.rpartition(". ")[0]
    command_id, says = _KEYS.get(command.split(" ", 1)[0], _LOOK)
    told = says.format(f"{key_of(command_id)} after esc" if in_dialog else key_of(command_id))
    return f"{kept}. {told}" if kept else told

"""How a screen goes: what it still asks ends first.

Textual takes a screen's widgets away and ends its workers after that. A worker that goes on in
between misses the widgets that it was to show something on.
"""

from __future__ import annotations

from typing import TypeVar

from textual.messages import Prune
from textual.screen import Screen

Result = TypeVar("Result")


class EndingScreen(Screen[Result]):
    """A screen whose workers end before its widgets go."""

    async def on_prune(self, event: Prune) -> None:
        """It is to go. Textual's own answer to that comes after this one."""
        self.workers.cancel_node(self)

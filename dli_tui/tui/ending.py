"""How a screen goes: what it still asks ends first.

Textual takes a screen's widgets away and ends its workers after that. A worker that goes on in
between misses the widgets that it was to show something on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

from textual.messages import Prune
from textual.screen import Screen

from dli_tui.tui.breakage import Contained

if TYPE_CHECKING:
    from dli_tui.domain.errors import InternalError
    from dli_tui.tui.app import Dashboard

Result = TypeVar("Result")


class EndingScreen(Contained, Screen[Result]):
    """A screen whose workers end before its widgets go, and that goes on after an exception."""

    has_broken = False
    """Whether an exception was raised on it."""

    def broke(self, problem: InternalError) -> None:
        """Tell of an exception on this screen. A second one may be what keeps it from closing."""
        if self.has_broken or not self.children:
            raise problem
        self.has_broken = True
        cast("Dashboard", self.app).breakage.notify(problem)

    async def on_prune(self, event: Prune) -> None:
        """It is to go. Textual's own answer to that comes after this one."""
        self.workers.cancel_node(self)

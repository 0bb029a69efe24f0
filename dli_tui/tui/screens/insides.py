"""What a step was given and what it gave back, in the place of its log.

Where a place keeps no logs it is all there is, and stands there from the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dli_tui.domain.capability import Capability
from dli_tui.tui import late, sheets
from dli_tui.tui.screens.logkeys import LogScreen
from dli_tui.tui.widgets.page import Page
from dli_tui.tui.widgets.steps import Steps

if TYPE_CHECKING:
    from dli_tui.session.runs import RunFeed
    from dli_tui.tui.keys import Command


class InsideScreen(LogScreen):
    """A screen with steps, and below them the log of one of them or what went in and out."""

    feed: RunFeed | None = None
    _wants_inside = False
    """Whether somebody would rather read that than the log."""

    @property
    def steps(self) -> Steps:
        """The steps."""
        return self.query_one("#steps", Steps)

    @property
    def inside(self) -> Page:
        """What went into the step under the cursor, and what came out."""
        return self.query_one("#inside", Page)

    @property
    def has_logs(self) -> bool:
        """Whether this place shows logs."""
        return self.session is not None and Capability.LOGS in self.session.capabilities

    @property
    def is_inside(self) -> bool:
        """Whether it stands in the place of the log."""
        return bool(self.steps.rows) and (self._wants_inside or not self.has_logs)

    @property
    def told_zone(self) -> str:
        """The zone in which this page tells times."""
        raise NotImplementedError

    def lay_out(self) -> None:
        """Share the height out."""
        raise NotImplementedError

    def label(self, command: Command) -> str:
        is_read = command.id == "run.open" and self.is_inside
        return "read" if is_read else super().label(command)

    def shows(self, command: Command) -> bool:
        # Where there is no log to go back to, enter says all of it.
        return super().shows(command) and (command.id != "go.inside" or self.has_logs)

    def tell_inside(self) -> None:
        """Tell of the step under the cursor."""
        self.tell_keys()
        feed, row = self.feed, self.steps.current
        if not self.is_inside or feed is None or row is None:
            return
        places = (row.raw, row.map_index)
        step = next((one for one in feed.steps if (one.name, one.map_index) == places), None)
        if step is not None:
            sheet = late.making().step_sheet(step)
            self.inside.tell(sheets.step(sheet, self.told_zone, self.now(), self.looks))

    def look_inside(self, *, on: bool) -> None:
        """Let it stand in the place of the log, or no longer."""
        had_keys = self.focused in (self.inside, self.log_view)
        self._wants_inside = on
        self.lay_out()
        self.tell_inside()
        if had_keys:
            self.go_into(self.inside if self.is_inside else self.log_view)

    def action_inside(self) -> None:
        if not self.steps.rows:
            self.say("There are no steps here to look into", wrong=True)
        elif self.has_logs:
            self.look_inside(on=not self._wants_inside)
        else:
            self.go_into(self.inside)

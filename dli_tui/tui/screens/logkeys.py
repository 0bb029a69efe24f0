"""The keys of the log on a run's page: search it, show more or less of it, take it out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from textual.app import SuspendNotSupported

from dli_tui.tui import logfile
from dli_tui.tui.breakage import start_worker
from dli_tui.tui.choices import following
from dli_tui.tui.logrows import Level
from dli_tui.tui.programs import NoProgramError
from dli_tui.tui.screens.base import DashboardScreen
from dli_tui.tui.widgets.logpane import LogPane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dli_tui.present.rows import LogRow
    from dli_tui.tui.picks import Pick
    from dli_tui.tui.widgets.lines import Lines
    from dli_tui.tui.widgets.logview import LogView

_PAGER: Final = "pager"


class LogScreen(DashboardScreen):
    """A screen with a log on it."""

    picked: Pick | None = None
    """Whose log is shown."""

    @property
    def pane(self) -> LogPane:
        """The log, with its title."""
        return self.query_one(LogPane)

    @property
    def log_view(self) -> LogView:
        """The lines of the log."""
        return self.pane.view

    def go_into(self, lines: Lines) -> None:
        """Give the keys to a pane, and have it seen."""
        raise NotImplementedError

    def action_search(self) -> None:
        self.go_into(self.log_view)
        self.pane.ask()

    def action_hit(self, by: int) -> None:
        if not self.log_view.hit(by):
            key = self.key("run.search")
            found = f"Nothing was found; search with {key}"
            self.say(found if self.log_view.needle else f"Search with {key}")

    def action_follow(self) -> None:
        self.log_view.follow(on=not self.log_view.following)

    def action_level(self) -> None:
        self.log_view.show_level(following(Level, self.log_view.level))

    def action_wrap(self) -> None:
        self.log_view.wrap(on=not self.log_view.wrapped)

    def action_save(self) -> None:
        from dli_tui.tui.modals.save import SaveQuestion  # noqa: PLC0415 - when it is asked for

        if not self.log_view.rows or self.picked is None:
            self.say("There is no log to save yet", wrong=True)
            return
        name = logfile.name_for(self.crumbs[1], self.picked.row.raw, self.picked.attempt)
        self.dash.push_screen(SaveQuestion(name, tuple(self.log_view.rows), self.pane.extent))

    def action_pager(self) -> None:
        if not self.log_view.rows:
            self.say("There is no log to show yet", wrong=True)
            return
        try:
            command = logfile.pager(os.environ)
        except NoProgramError as problem:
            self.say(str(problem), wrong=True)
        else:
            # The app's own: what was typed right after this may lead away from the screen.
            if not any(worker.group == _PAGER for worker in self.dash.workers):
                rows = tuple(self.log_view.rows)
                start_worker(self.dash, self._show, command, rows, group=_PAGER)

    async def _show(self, command: Sequence[str], rows: Sequence[LogRow]) -> None:
        try:
            await logfile.show(command, rows, self.dash.suspend)
        except NoProgramError as problem:
            self.say(str(problem), wrong=True)
        except SuspendNotSupported:
            save = f"save the log with {self.key('run.save')}"
            self.say(f"This terminal can't be lent to a pager; {save}", wrong=True)

"""The pages behind the list. None of them is loaded before it is opened for the first time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dli_tui.domain.ids import RunRef, WorkflowKey
    from dli_tui.tui.app import Dashboard
    from dli_tui.tui.screens.base import DashboardScreen


def run(ref: RunRef, name: str, *, to_log: bool = False) -> DashboardScreen:
    """One run, live."""
    from dli_tui.tui.screens.run import RunScreen  # noqa: PLC0415 - not for the first paint

    return RunScreen(ref, name, to_log=to_log)


def workflow(key: WorkflowKey, name: str) -> DashboardScreen:
    """One workflow: its runs, and what is known of it."""
    from dli_tui.tui.screens.history import HistoryScreen  # noqa: PLC0415 - as above

    return HistoryScreen(key, name)


def backfill(ref: RunRef, name: str) -> DashboardScreen:
    """One backfill, live."""
    from dli_tui.tui.screens.backfill import BackfillScreen  # noqa: PLC0415 - as above

    return BackfillScreen(ref, name)


def configuration(key: WorkflowKey, name: str) -> DashboardScreen:
    """What one workflow does."""
    from dli_tui.tui.screens.configuration import ConfigurationScreen  # noqa: PLC0415 - as above

    return ConfigurationScreen(key, name)


def saga(saga_id: str, name: str) -> DashboardScreen:
    """One saga, live."""
    from dli_tui.tui.screens.saga import SagaScreen  # noqa: PLC0415 - as above

    return SagaScreen(saga_id, name)


def _history() -> DashboardScreen:
    from dli_tui.tui.screens.history import HistoryScreen  # noqa: PLC0415 - as above

    return HistoryScreen()


def _backfills() -> DashboardScreen:
    from dli_tui.tui.screens.backfills import BackfillsScreen  # noqa: PLC0415 - as above

    return BackfillsScreen()


def _templates() -> DashboardScreen:
    from dli_tui.tui.screens.templates import TemplatesScreen  # noqa: PLC0415 - as above

    return TemplatesScreen()


def _sagas() -> DashboardScreen:
    from dli_tui.tui.screens.sagas import SagasScreen  # noqa: PLC0415 - as above

    return SagasScreen()


def _health() -> DashboardScreen:
    from dli_tui.tui.screens.health import HealthScreen  # noqa: PLC0415 - as above

    return HealthScreen()


def _contexts() -> DashboardScreen:
    from dli_tui.tui.screens.contexts import ContextsScreen  # noqa: PLC0415 - as above

    return ContextsScreen()


BESIDE: Final[dict[str, Callable[[], DashboardScreen]]] = {
    "history": _history,
    "templates": _templates,
    "sagas": _sagas,
    "health": _health,
    "backfills": _backfills,
    "contexts": _contexts,
}
"""The pages that are reached from anywhere."""


class SiblingPages:
    """The pages beside the list, each made once a profile and kept with its filter, cursor and
    scroll position. A page that is covered asks nothing, so keeping it costs memory alone."""

    def __init__(self, app: Dashboard) -> None:
        self._app = app
        self._made: dict[str, DashboardScreen] = {}

    def visit(self, name: str) -> None:
        """Bring a page to the front; the list stays behind it."""
        app, page = self._app, self._page(name)
        while app.screen_stack[1:-1] and app.screen is not page:
            app.pop_screen()
        if app.screen is app.home:
            app.push_screen(page)
        elif app.screen is not page:
            # In place of the other one: the list isn't looked at in between.
            app.switch_screen(page)

    def _page(self, name: str) -> DashboardScreen:
        page = self._made.get(name)
        if page is None:
            page = self._made[name] = BESIDE[name]()
            self._app.install_screen(page, name)
        return page

    async def close(self) -> None:
        """Let go of all pages; none of them may be in front."""
        while self._made:
            name, page = self._made.popitem()
            self._app.uninstall_screen(name)
            if page.is_running:
                await page.remove()

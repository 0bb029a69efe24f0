"""The pages behind the list. None of them is loaded before somebody goes there."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dli_tui.domain.ids import RunRef, WorkflowKey
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

"""From a run to its saga, and from a saga to its run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dli_tui.domain.errors import DLIError
from dli_tui.domain.ids import RunRef
from dli_tui.present import belonging, words
from dli_tui.tui.breakage import start_worker

if TYPE_CHECKING:
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.saga import Saga
    from dli_tui.session.session import Session
    from dli_tui.tui.screens.base import DashboardScreen


def open_saga(screen: DashboardScreen) -> None:
    """Open the saga that the run which is meant belongs to."""
    row, session = screen.pointed, screen.session
    run = screen.run_of(row) if row is not None else None
    if run is None or session is None:
        screen.say("There is no run here, and so no saga of it", wrong=True)
    else:
        start_worker(screen.dash, _open_saga, screen, session, run, group="going")


async def _open_saga(screen: DashboardScreen, session: Session, run: WorkflowRun) -> None:
    ids = [row.workflow_id for row in session.workflows.rows_of(run.dataset_name)]
    try:
        sagas = await session.client.sagas()
    except DLIError as problem:
        screen.say(f"[{problem.code}] {problem.message}", wrong=True)
        return
    saga = belonging.saga_of(sagas, run.ref, next(iter(ids), None))
    if saga is None:
        screen.say("No saga belongs to this run, or it has expired there")
    else:
        screen.dash.open_saga(saga.saga_id, words.name(saga.saga_id))


def open_run(screen: DashboardScreen, saga: Saga | None) -> None:
    """Open the run that a saga belongs to."""
    session = screen.session
    run = belonging.run_of(saga) if saga is not None else None
    if session is None or run is None:
        screen.say("This saga belongs to no run", wrong=True)
        return
    name = belonging.workflow_of(run, session.workflows.rows.values())
    label = words.name(name) if name is not None else words.name(run.run_id)
    screen.dash.open_run(RunRef(run.run_id, name), label)

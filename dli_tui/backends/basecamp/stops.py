"""Stops that were asked for from here, for servers that tell a stopped run as a failed one.

How the run ended is for the server to say. That its end was asked for, by whom and why, is told
beside that, as long as this program runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from dli_tui.domain.acting import acting_user
from dli_tui.domain.status import RunStatus

if TYPE_CHECKING:
    from dli_tui.domain.results import WorkflowRunResult
    from dli_tui.domain.run import WorkflowRun

_MOST: Final = 500
_BY_STOP: Final = frozenset({RunStatus.STOPPING, RunStatus.KILLED, RunStatus.FAILED})
"""How a run stands that a stop may have ended; any other ended before, or goes on."""


class Stops:
    """Remembers each stop that was accepted."""

    def __init__(self) -> None:
        self._accepted: dict[str, dict[str, object]] = {}

    def remember(self, run_id: str, result: WorkflowRunResult, reason: str | None) -> None:
        """A server accepted to stop a run."""
        self._accepted[run_id] = {
            "stopped_by": result.stopped_by or acting_user(),
            "stopped_at": result.stopped_at,
            "reason": result.reason or reason,
        }
        for old in list(self._accepted)[:-_MOST]:
            del self._accepted[old]

    def told(self, run: WorkflowRun) -> WorkflowRun:
        """A run with the stop that was asked for, where its server says nothing of one."""
        accepted = self._accepted.get(run.run_id)
        is_told = run.stopped_at is not None or run.stopped_by is not None
        if accepted is None or is_told or run.status not in _BY_STOP:
            return run
        return run.twin(**accepted)

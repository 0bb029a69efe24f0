"""A place that starts single runs only, the way Airflow does, and a clock on which others wait."""

from __future__ import annotations

import asyncio

from dli_tui.backends.port import Backend
from dli_tui.domain.acting import acting_name
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ErrorCode, WorkflowExecutionError, WorkflowNotFoundError
from dli_tui.domain.sequence import SequenceMark
from dli_tui.domain.status import RunStatus, RunType
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend, done, row, run
from tests.support_session import ManualPace

_LACKING = (Capability.SEQUENCES, Capability.BACKFILL_SLOTS, Capability.BACKFILL_DATES)


class PacedClock(ManualClock):
    """A clock that stands still until the test moves it; whoever waits on it waits."""

    def __init__(self, moment=NOW):
        super().__init__(moment)
        self.pace = ManualPace()

    async def sleep(self, seconds):
        await self.pace.sleep(seconds)

    async def pass_by(self, seconds=2):
        """Let time pass, and what waited for it do what it has to."""
        self.move(seconds)
        self.pace.advance(seconds)
        for _ in range(50):
            await asyncio.sleep(0)


class ByDates(ScriptedBackend):
    """Remembers its runs, one for each date, until the test ends them."""

    unique_run_ids = False

    def __init__(self, clock, *, rows=None, without=()):
        super().__init__(rows or [row("d")], without=(*_LACKING, *without))
        self._clock = clock

    async def run(self, request):
        if any(one.slot == request.slot for one in self.runs):
            self._asked("run", request)
            raise WorkflowExecutionError("There is a run already", run_id=request.run_id or "")
        self._asked("run", request)
        made = run(
            request.run_id or "r1",
            RunStatus.RUNNING,
            slot=request.slot,
            parameters=dict(request.parameters),
            run_type=RunType.BACKFILL,
            backfill_id=SequenceMark.id_of(request.parameters),
            created_at=self._clock.now(),
            triggered_by=acting_name(),
        )
        self.runs.insert(0, made)
        return done("d", run_id=made.run_id, run_status=made.status, triggered_by=made.triggered_by)

    async def backfills(self):
        return await Backend.backfills(self)

    async def stop(self, ref, *, reason=None):
        if self.runs[0].run_id != ref.run_id:
            raise WorkflowNotFoundError(run_id=ref.run_id)
        if self.runs[0].status.is_terminal:
            self._asked("stop", (ref, reason))
            raise WorkflowExecutionError("it is over", code=ErrorCode.WORKFLOW_INVALID_STATE)
        self.end(RunStatus.KILLED)
        return await super().stop(ref, reason=reason)

    def end(self, status=RunStatus.COMPLETED):
        """The run under way ends."""
        self.runs[0] = self.runs[0].twin(status=status, finished_at=self._clock.now())

"""ExecutionMode.MOCK of the library: it knows every name and answers as the seeds write it.

For unit tests of code that uses the library: no server, no project, no history. Apart from
the demo on purpose: the demo is a world with rules of its own, this says yes to everything.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from dli_tui.backends.port import Backend
from dli_tui.domain.capability import Capability
from dli_tui.domain.clock import Clock, SystemClock
from dli_tui.domain.ids import RunRef
from dli_tui.domain.page import Page
from dli_tui.domain.query import (
    BackfillRequest,
    HistoryQuery,
    Registration,
    RunRequest,
    WorkflowQuery,
)
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.rules import matches_run, matches_workflow
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.schedule import RetryConfig
from dli_tui.domain.status import (
    ResultStatus,
    RunStatus,
    RunType,
    SourceType,
    WorkflowStatus,
)
from dli_tui.domain.workflow import WorkflowInfo

_CRON: Final = "0 9 * * *"


class MockBackend(Backend):
    """Says yes, and remembers what was registered and paused."""

    label = "mock mode"
    capabilities = frozenset(
        {
            Capability.REGISTER,
            Capability.UNREGISTER,
            Capability.RUN,
            Capability.DRY_RUN,
            Capability.BACKFILL,
            Capability.BACKFILL_PARALLEL,
            Capability.BACKFILL_SLOTS,
            Capability.SECOND_RUNS,
            Capability.SEQUENCES,
            Capability.STOP,
            Capability.PAUSE,
        }
    )

    def __init__(self, *, clock: Clock | None = None) -> None:
        super().__init__()
        self._clock: Clock = clock or SystemClock()
        one = self._row("mock.dataset.one", SourceType.MANUAL, WorkflowStatus.ACTIVE)
        two = WorkflowInfo(
            dataset_name="mock.dataset.two",
            source_type=SourceType.CODE,
            status=WorkflowStatus.PAUSED,
            cron="0 10 * * *",
            timezone="Asia/Seoul",
        )
        self._rows = {row.dataset_name: row for row in (one, two)}

    async def workflows(self, query: WorkflowQuery) -> AsyncIterator[Page[WorkflowInfo]]:
        rows = [row for row in self._rows.values() if matches_workflow(row, query)]
        yield Page(tuple(rows[: query.limit]), len(rows))

    async def workflow(self, name: str) -> tuple[WorkflowInfo, ...]:
        return (self._known(name),)

    async def registered(self, name: str) -> tuple[WorkflowInfo, ...]:
        # Every name is known, and none is taken.
        return ()

    async def history(self, query: HistoryQuery) -> AsyncIterator[Page[WorkflowRun]]:
        now = self._clock.now()
        run = WorkflowRun(
            run_id="mock_run_001",
            dataset_name=query.workflow or "mock.dataset",
            source_type=SourceType.MANUAL,
            status=RunStatus.COMPLETED,
            run_type=RunType.ADHOC,
            parameters={"execution_date": "2025-01-01"},
            started_at=now,
            finished_at=now,
        )
        runs = (run,) if matches_run(run, query) else ()
        yield Page(runs, len(runs))

    async def run_status(self, ref: RunRef) -> WorkflowRun:
        now = self._clock.now()
        return WorkflowRun(
            run_id=ref.run_id,
            dataset_name="mock_dataset",
            source_type=SourceType.MANUAL,
            status=RunStatus.COMPLETED,
            run_type=RunType.ADHOC,
            started_at=now,
            finished_at=now,
        )

    async def register(self, request: Registration) -> WorkflowInfo:
        schedule = request.schedule
        row = WorkflowInfo(
            dataset_name=request.dataset_name,
            source_type=SourceType.MANUAL,
            status=WorkflowStatus.ACTIVE,
            cron=schedule.cron,
            timezone=schedule.timezone,
            retry=schedule.retry,
            owner=request.owner,
            team=request.team,
            description=request.description,
        )
        self._rows[row.dataset_name] = row
        return row

    async def unregister(self, name: str, *, force: bool = False) -> WorkflowRunResult:
        self._rows.pop(name, None)
        return self._done(name, f"Mock: Workflow '{name}' unregistered")

    async def run(self, request: RunRequest) -> WorkflowRunResult:
        name = request.dataset_name
        said = "Dry run validated" if request.dry_run else "Run triggered successfully"
        return WorkflowRunResult(
            dataset_name=name,
            run_id=f"mock_{name}_{self._clock.now():%Y%m%d_%H%M%S}",
            status=ResultStatus.SUCCESS,
            run_status=None if request.dry_run else RunStatus.PENDING,
            dry_run=request.dry_run,
            parameters=dict(request.parameters),
            message=f"Mock: {said}",
        )

    async def backfill(self, request: BackfillRequest) -> WorkflowRunResult:
        name, start, end = request.dataset_name, request.start_date, request.end_date
        return WorkflowRunResult(
            dataset_name=name,
            run_id=f"mock_backfill_{name}_{start}_{end}",
            status=ResultStatus.SUCCESS,
            run_status=RunStatus.PENDING,
            parameters=dict(request.parameters),
            start_date=start,
            end_date=end,
            total_runs=len(request.slots or ()),
            message=f"Mock: Backfill {start} to {end} triggered",
        )

    async def stop(self, ref: RunRef, *, reason: str | None = None) -> WorkflowRunResult:
        return WorkflowRunResult(
            dataset_name="unknown",
            run_id=ref.run_id,
            status=ResultStatus.SUCCESS,
            run_status=RunStatus.KILLED,
            reason=reason,
            message="Mock: Run stopped successfully",
        )

    async def pause(self, name: str, *, reason: str | None = None) -> WorkflowRunResult:
        self._rows[name] = self._known(name).model_copy(
            update={"status": WorkflowStatus.PAUSED, "next_run": None, "reason": reason}
        )
        return self._done(name, f"Mock: Workflow '{name}' paused", WorkflowStatus.PAUSED)

    async def unpause(self, name: str, *, reason: str | None = None) -> WorkflowRunResult:
        self._rows[name] = self._known(name).model_copy(
            update={"status": WorkflowStatus.ACTIVE, "reason": reason}
        )
        return self._done(name, f"Mock: Workflow '{name}' resumed", WorkflowStatus.ACTIVE)

    def _known(self, name: str) -> WorkflowInfo:
        found = self._rows.get(name)
        return found or self._row(name, SourceType.MANUAL, WorkflowStatus.ACTIVE)

    def _row(self, name: str, source: SourceType, status: WorkflowStatus) -> WorkflowInfo:
        return WorkflowInfo(
            dataset_name=name,
            source_type=source,
            status=status,
            cron=_CRON,
            next_run=self._clock.now(),
            retry=RetryConfig(),
        )

    def _done(
        self, name: str, message: str, status: WorkflowStatus | None = None
    ) -> WorkflowRunResult:
        return WorkflowRunResult(
            dataset_name=name,
            status=ResultStatus.SUCCESS,
            workflow_status=status,
            message=message,
        )

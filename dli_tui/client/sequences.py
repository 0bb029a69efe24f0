"""Keeping a backfill going: one date after the other, up to the first that doesn't go well.

Each date is one run with an id of its own that is worked out, not drawn: were it ever asked for
twice, the second would meet the first. A start that fails ends the sequence; looking whether a
run is over is asked again as long as it takes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from dli_tui.client.sent import sending
from dli_tui.domain.errors import DLIError, ServerError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import RunRequest
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.sequence import KEY, SequenceMark
from dli_tui.domain.status import ResultStatus, RunStatus

if TYPE_CHECKING:
    from datetime import datetime

    from dli_tui.backends.port import Backend
    from dli_tui.domain.backfill import BackfillPlan

POLL_SECONDS: Final = 2.0
_SLOWEST: Final = 30.0

Sleep = Callable[[float], Awaitable[None]]


class DateSequence:
    """One backfill that somebody of ours looks after."""

    def __init__(
        self,
        backend: Backend,
        plan: BackfillPlan,
        parameters: Mapping[str, Any],
        mark: SequenceMark,
    ) -> None:
        self.workflow = plan.dataset_name
        self.plan = plan
        self.mark = mark
        self.current: RunRef | None = None
        """The run under way."""
        self.begun = 0
        """How many dates have a run."""
        self.status = RunStatus.PENDING
        self.problem: DLIError | None = None
        """Why a date couldn't be started, if one couldn't."""
        self._backend = backend
        self._parameters = dict(parameters)
        self._stopped = False

    @property
    def ref(self) -> RunRef:
        """The address of the whole."""
        return RunRef(self.mark.backfill_id, self.workflow)

    @property
    def remaining(self) -> tuple[datetime, ...]:
        """The dates that have not begun."""
        return self.mark.slots[self.begun :]

    @property
    def result(self) -> WorkflowRunResult:
        """How it stands, as an answer to whoever started it."""
        ok = self.problem is None and self.status in (RunStatus.COMPLETED, RunStatus.RUNNING)
        begun = f"{self.begun} of {len(self.mark.slots)} dates were started"
        return WorkflowRunResult(
            dataset_name=self.workflow,
            run_id=self.mark.backfill_id,
            backfill_id=self.mark.backfill_id,
            status=ResultStatus.SUCCESS if ok else ResultStatus.FAILED,
            run_status=self.status,
            start_date=self.plan.start_date,
            end_date=self.plan.end_date,
            total_runs=len(self.mark.slots),
            run_ids=tuple(self.mark.run_id(slot) for slot in self.mark.slots[: self.begun]),
            message=begun if self.problem is None else f"{begun}: {self.problem.message}",
        )

    def stop(self) -> None:
        """Begin no other date."""
        self._stopped = True

    async def keep_going(self, sleep: Sleep, told: Callable[[], None] = lambda: None) -> None:
        """Run the dates, one after the other; `told` is called whenever one begins or ends."""
        self.status = RunStatus.RUNNING
        for position, slot in enumerate(self.mark.slots):
            if self._stopped:
                self.status = RunStatus.KILLED
                return
            try:
                self.current = await self._begin(position, slot)
            except DLIError as problem:
                self.problem, self.status = problem, RunStatus.FAILED
                return
            self.begun += 1
            told()
            ended = await self._end_of(self.current, sleep)
            self.current = None
            told()
            if ended is not RunStatus.COMPLETED:
                self.status = ended
                return
        self.status = RunStatus.COMPLETED

    async def _begin(self, position: int, slot: datetime) -> RunRef:
        sending(f"run '{self.workflow}' for {slot:%Y-%m-%d %H:%M}")
        mark = self.mark.as_parameter(position)
        request = RunRequest(
            self.workflow,
            {**self._parameters, KEY: mark},
            slot=slot,
            run_id=self.mark.run_id(slot),
        )
        result = await self._backend.run(request)
        return RunRef(result.run_id or self.mark.run_id(slot), self.workflow)

    async def _end_of(self, ref: RunRef, sleep: Sleep) -> RunStatus:
        misses = 0
        while True:
            await sleep(min(_SLOWEST, POLL_SECONDS * 2.0 ** min(misses, 10)))
            try:
                status = (await self._backend.run_status(ref)).status
            except ServerError:
                # The run goes on whether we can see it or not.
                misses += 1
            else:
                misses = 0
                if status.is_terminal:
                    return status

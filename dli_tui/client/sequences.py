"""Keeping a backfill going: one date after the other, up to the first that doesn't go well.

Each date is one run with an id of its own that is worked out, not drawn: were it ever asked for
twice, the second would meet the first, and where an answer was lost we can look whether it was
begun. A start that fails ends the sequence; whether a run is over is asked as long as it takes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from dli_tui.client import lost
from dli_tui.client.reading import POLL_SECONDS, UNKNOWN_CAP
from dli_tui.domain.errors import (
    DLIError,
    ErrorCode,
    ServerError,
    WorkflowError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
)
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import RunRequest
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.sequence import KEY, SequenceMark
from dli_tui.domain.status import ResultStatus, RunStatus

if TYPE_CHECKING:
    from datetime import datetime

    from dli_tui.client.reading import Reader
    from dli_tui.domain.backfill import BackfillPlan

_SLOWEST: Final = 30.0
_MOST_LOST: Final = 5
"""A server may take a moment to know a run that it was just told to start."""
_WELL: Final = frozenset({RunStatus.COMPLETED, RunStatus.SKIPPED})
_BAD: Final = frozenset({RunStatus.FAILED, RunStatus.TIMEOUT, RunStatus.KILLED})

Sleep = Callable[[float], Awaitable[None]]


class DateSequence:
    """One backfill that somebody of ours looks after."""

    def __init__(
        self,
        reader: Reader,
        plan: BackfillPlan,
        parameters: Mapping[str, Any],
        mark: SequenceMark,
    ) -> None:
        self.workflow = plan.dataset_name
        self.plan = plan
        self.mark = mark
        self.current: RunRef | None = None
        """The run under way."""
        self.triggered_by: str | None = None
        """Who started its dates, as the place calls them."""
        self.begun = 0
        """How many dates have a run."""
        self.status = RunStatus.PENDING
        self.problem: DLIError | None = None
        """Why a date couldn't be started, if one couldn't."""
        self.has_begun = asyncio.Event()
        """Its first date has a run, or never will."""
        self._reader, self._backend = reader, reader.backend
        self._parameters = dict(parameters)
        self._intervals = plan.intervals
        self._stopped = False
        self._reason: str | None = None

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
        dates = f"{len(self.mark.slots):,} dates, one after the other"
        told = f"Begun: {dates}" if self.begun else f"Not begun: {dates}"
        ok = self.problem is None and self.status not in _BAD
        return WorkflowRunResult(
            dataset_name=self.workflow,
            run_id=self.mark.backfill_id,
            backfill_id=self.mark.backfill_id,
            status=ResultStatus.SUCCESS if ok else ResultStatus.FAILED,
            run_status=self.status,
            parameters=self._parameters,
            triggered_by=self.triggered_by,
            start_date=self.plan.start_date,
            end_date=self.plan.end_date,
            total_runs=len(self.mark.slots),
            run_ids=tuple(self.mark.run_id(slot) for slot in self.mark.slots[: self.begun]),
            message=told if self.problem is None else f"{told}. {self.problem.message}",
        )

    async def stop(self, reason: str | None) -> None:
        """Begin no other date, and stop the run under way."""
        self._stopped, self._reason = True, reason
        if self.current is not None:
            await self._stop(self.current)

    async def keep_going(self, sleep: Sleep, told: Callable[[], None] = lambda: None) -> None:
        """Run the dates, one after the other; `told` is called whenever one begins or ends."""
        self.status = RunStatus.RUNNING
        try:
            self.status = await self._every_date(sleep, told)
        except DLIError as problem:
            self.problem, self.status = problem, RunStatus.FAILED
        finally:
            self.current = None
            self.has_begun.set()

    async def _every_date(self, sleep: Sleep, told: Callable[[], None]) -> RunStatus:
        for position, slot in enumerate(self.mark.slots):
            if self._stopped:
                return RunStatus.KILLED
            self.current = await self._begin(position, slot)
            self.begun += 1
            self.has_begun.set()
            told()
            if self._stopped:
                # It was to be stopped while this date was being started.
                await self._stop(self.current)
            ended = await self._end_of(self.current, sleep)
            self.current = None
            told()
            if ended not in _WELL:
                return ended
        return RunStatus.COMPLETED

    async def _stop(self, ref: RunRef) -> None:
        deed = self._backend.stop(ref, reason=self._reason)
        try:
            await lost.send(self._reader, deed, lost.stop(ref))
        except WorkflowExecutionError as problem:
            # Where it has just ended there is nothing to be stopped but the dates after it.
            if problem.code is not ErrorCode.WORKFLOW_INVALID_STATE:
                raise

    async def _begin(self, position: int, slot: datetime) -> RunRef:
        mark = self.mark.as_parameter(position)
        request = RunRequest(
            self.workflow,
            {**self._parameters, KEY: mark},
            slot=slot,
            run_id=self.mark.run_id(slot),
            interval=self._intervals.get(slot),
        )
        try:
            result = await lost.send(self._reader, self._backend.run(request), lost.run(request))
        except WorkflowExecutionError as refusal:
            await self._require_unclaimed(
                RunRef(self.mark.run_id(slot), self.workflow), slot, refusal
            )
            raise
        self.triggered_by = result.triggered_by
        return RunRef(result.run_id or self.mark.run_id(slot), self.workflow)

    async def _require_unclaimed(self, ref: RunRef, slot: datetime, refusal: WorkflowError) -> None:
        """Say so where somebody else has begun the very run that was refused to us."""
        try:
            run = await self._backend.run_status(ref)
        except DLIError:
            # Then it was refused for the reason that was given.
            return
        if SequenceMark.id_of(run.parameters) != self.mark.backfill_id:
            return
        raise WorkflowExecutionError(
            f"Somebody else keeps this backfill going: its run for {slot:%Y-%m-%d %H:%M} UTC was "
            "there already",
            dataset_name=self.workflow,
            run_id=ref.run_id,
            hint="Leave it to them, or stop that run; nothing more is begun from here.",
        ) from refusal

    async def _end_of(self, ref: RunRef, sleep: Sleep) -> RunStatus:
        misses = unseen = 0
        unknown = 0.0
        while True:
            seconds = min(_SLOWEST, POLL_SECONDS * 2.0 ** min(misses, 10))
            await sleep(seconds)
            try:
                status = (await self._backend.run_status(ref)).status
            except ServerError:
                # The run goes on whether we can see it or not.
                misses += 1
                continue
            except WorkflowNotFoundError:
                unseen += 1
                if unseen >= _MOST_LOST:
                    raise
                continue
            misses = unseen = 0
            unknown = unknown + seconds if status is RunStatus.UNKNOWN else 0.0
            if status.is_terminal or unknown > UNKNOWN_CAP.total_seconds():
                return status

"""The backfills that this server keeps going, for a place that starts single runs only.

They are begun by a request and go on without one, in the name of whoever asked. When the server
ends it begins no further date and says how many were left: the runs that there are tell the rest,
and nobody resumes it unasked.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from dli_tui.client import checks
from dli_tui.client.relaying import plan_asked, relay_backfill
from dli_tui.domain.acting import acting_name
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import Unsupported
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.status import ResultStatus, RunStatus
from dli_tui.domain.traces import masked
from dli_tui.server.lease import Lease
from dli_tui.server.lines import failure_line, json_line
from dli_tui.session.sequences import Sequences
from dli_tui.session.tasks import Tasks

if TYPE_CHECKING:
    from dli_tui.client import WorkflowClient
    from dli_tui.client.sequences import DateSequence
    from dli_tui.domain.backfill import Backfill
    from dli_tui.domain.ids import RunRef
    from dli_tui.domain.query import BackfillRequest
    from dli_tui.domain.run import WorkflowRun

_TAKES: Final = frozenset({Capability.RUN, Capability.DATED_RUNS, Capability.BACKFILL})
"""What a place must be able to do so that its backfills can be kept going from here."""
_GIVES: Final = frozenset({Capability.SEQUENCES, Capability.BACKFILL_DATES})
"""What is offered then; of what is under way, its runs alone don't tell all."""

_MOST_PROBLEMS: Final = 200


class Standing(NamedTuple):
    """Whether backfills are kept going from here, and if somebody else does it, who."""

    supervises: bool
    elsewhere: str | None = None

    @property
    def gives(self) -> frozenset[Capability]:
        """What is offered here beyond what the place has."""
        return _GIVES if self.supervises else frozenset()


class Supervisor:
    """Begins dates one after the other, as long as the server runs."""

    def __init__(
        self,
        client: WorkflowClient,
        lease: Lease,
        *,
        now: Callable[[], datetime],
        tell: Callable[[str], None],
    ) -> None:
        self._client, self._lease = client, lease
        client.serves = True
        self._now, self._tell = now, tell
        self._tasks = Tasks(self._crashed)
        self._sequences = Sequences(client, self._tasks, client.clock.sleep)
        self._sequences.subscribe(self._say_what_ended)
        self._problems: dict[RunRef, str] = {}
        """Why a date couldn't be started: no run tells it."""

    async def __aenter__(self) -> Self:
        elsewhere = (await self.standing()).elsewhere
        if elsewhere is not None:
            self._line("backfills aren't kept going from here", reason=elsewhere)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._tasks.close()
        await self._lease.end()

    async def standing(self) -> Standing:
        """Whether backfills are kept going from here now; a lease that is free is taken."""
        if not self._is_needed:
            return Standing(supervises=False)
        elsewhere = await self._lease.elsewhere()
        return Standing(elsewhere is None, elsewhere)

    @property
    def _is_needed(self) -> bool:
        can = self._client.capabilities
        return not self._client.read_only and Capability.SEQUENCES not in can and can >= _TAKES

    async def backfill(self, request: BackfillRequest) -> WorkflowRunResult:
        """Start a backfill; one whose dates go one after the other is kept going from here."""
        if request.parallel or not self._is_needed:
            return await relay_backfill(self._client, request)
        elsewhere = await self._lease.elsewhere()
        if elsewhere is not None:
            raise Unsupported(
                f"No backfill is kept going from here: {elsewhere}",
                dataset_name=request.dataset_name,
                hint="Ask that server; or plan it again in a dashboard, which keeps it going then.",
            )
        plan = await plan_asked(self._client, request)
        given = checks.parameters(request.parameters)
        if plan.to_run == 0:
            return await self._client.start_backfill(plan, parameters=given)
        return (await self._sequences.start(plan, given)).result

    async def stop(self, ref: RunRef, reason: str | None) -> WorkflowRunResult | None:
        """Begin no other date of a backfill and stop its run; None: it isn't kept going here."""
        if not self._sequences.keeps(ref):
            return None
        await self._sequences.stop(ref, reason)
        return WorkflowRunResult(
            dataset_name=ref.workflow or "",
            run_id=ref.run_id,
            backfill_id=ref.run_id,
            status=ResultStatus.SUCCESS,
            run_status=RunStatus.STOPPING,
            reason=reason,
            stopped_by=acting_name(),
            stopped_at=self._client.clock.now(),
            message="No other date begins, and the run under way was asked to stop",
        )

    def seen(self, backfill: Backfill) -> Backfill:
        """A backfill as it stands for others: one that is kept going from here is under way."""
        is_kept = self._sequences.keeps(backfill.ref)
        return backfill.twin(
            whole=self.seen_run(backfill.whole), by_hand=backfill.by_hand and not is_kept
        )

    def seen_run(self, run: WorkflowRun) -> WorkflowRun:
        """The same of a run, which may be the whole of a backfill, with no date under way."""
        if run.status is not RunStatus.PENDING:
            return run
        if self._sequences.keeps(run.ref):
            return run.twin(status=RunStatus.RUNNING)
        problem = self._problems.get(run.ref)
        if problem is None:
            return run
        return run.twin(status=RunStatus.FAILED, error_message=problem)

    def _say_what_ended(self) -> None:
        for sequence in self._sequences.take_ended():
            if sequence.problem is not None:
                self._remember(sequence.ref, sequence.problem.message)
            is_left = sequence.status is RunStatus.RUNNING
            self._line("backfill left" if is_left else "backfill ended", **_facts(sequence))

    def _remember(self, ref: RunRef, problem: str) -> None:
        self._problems[ref] = problem
        if len(self._problems) > _MOST_PROBLEMS:
            del self._problems[next(iter(self._problems))]

    def _line(self, event: str, **facts: object) -> None:
        self._tell(json_line(time=self._now().isoformat(), event=event, **facts))

    def _crashed(self, error: BaseException) -> None:
        self._tell(failure_line(self._now(), "", error))


def _facts(sequence: DateSequence) -> dict[str, object]:
    problem = sequence.problem
    return {
        "backfill": sequence.mark.backfill_id,
        "workflow": sequence.workflow,
        "who": sequence.mark.by,
        "status": sequence.status,
        "begun": sequence.begun,
        "never_begun": len(sequence.remaining),
        "problem": None if problem is None else masked(problem.message),
    }

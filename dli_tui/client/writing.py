"""Doing: what changes something is checked first, sent once, and answered in one form.

Nothing is ever sent a second time from here. Where a server refuses, its refusal is the
answer; where its answer is lost, `lost` looks whether it happened, and the person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from dli_tui.backends.port import Backend
from dli_tui.client import checks, lost
from dli_tui.client.making import Maker
from dli_tui.client.replacing import replace_registration
from dli_tui.domain import cron, rules
from dli_tui.domain.acting import acting_user
from dli_tui.domain.capability import Capability
from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import (
    AnswerLostError,
    DLIError,
    ErrorCode,
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowPermissionError,
    WorkflowRegistrationError,
)
from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.query import BackfillRequest, BackfillScope, Registration, RunRequest
from dli_tui.domain.results import WorkflowRegisterResult, WorkflowRunResult
from dli_tui.domain.sequence import MOST_SLOTS, SequenceMark
from dli_tui.domain.status import ResultStatus, RunStatus, SourceType, WorkflowStatus
from dli_tui.domain.text import as_argument
from dli_tui.domain.zones import zone_of

if TYPE_CHECKING:
    from dli_tui.client.sequences import DateSequence
    from dli_tui.domain.backfill import BackfillPlan
    from dli_tui.domain.workflow import WorkflowInfo


class WorkflowClient(Maker):
    """Everything that a person may see and do in one place where workflows live."""

    def __init__(
        self,
        backend: Backend,
        *,
        clock: Clock | None = None,
        read_only: bool = False,
        trust_dry_run: bool = False,
    ) -> None:
        super().__init__(backend, clock=clock, read_only=read_only)
        self._trusts_dry_runs = trust_dry_run

    @property
    def _sends_dry_runs(self) -> bool:
        return self._trusts_dry_runs or Capability.DRY_RUN in self.capabilities

    # Registration

    async def register(self, request: Registration) -> WorkflowRegisterResult:
        """Register a MANUAL workflow; with `force`, in place of the one that exists."""
        name, schedule = request.dataset_name, request.schedule
        checks.name(name, any_line=self.backend.any_names)
        if schedule.cron is not None:
            cron.check(schedule.cron, dataset_name=name)
        zone_of(schedule.timezone)
        self.require_writable("register", name)
        rows = await self.backend.registered(name)
        rules.require_manual(name, rows, "register over")
        previous = rules.in_force(rows)
        if previous is not None and not request.force:
            rules.require_free(name, rows)
        if previous is None:
            made = await lost.send(self, self.backend.register(request), lost.register(request))
        else:
            made = await replace_registration(self, request, previous)
        if not schedule.enabled and made.status is not WorkflowStatus.PAUSED:
            made = await self._pause_at_birth(made)
        verb = "registered" if previous is None else "updated"
        return WorkflowRegisterResult(
            dataset_name=name,
            status=ResultStatus.SUCCESS,
            source_type=SourceType.MANUAL,
            workflow_info=self._completed(made),
            previous=previous,
            message=f"Workflow '{name}' {verb} successfully",
            warning=made.warning or _about_active_runs(previous),
        )

    async def require_manual(self, name: str) -> None:
        """DLI-803 where CODE owns `name`, so that nobody prepares a registration in vain."""
        rules.require_manual(name, await self.backend.registered(name), "register over")

    async def unregister(self, name: str, *, force: bool = False) -> WorkflowRunResult:
        """Remove a MANUAL workflow; `force` also while runs of it are active."""
        self.require_writable("unregister", name)
        rows = await self.backend.workflow(name)
        rules.pick(rows, WorkflowKey(name))
        if any(row.source_type is SourceType.CODE for row in rows):
            raise WorkflowPermissionError(
                "Cannot unregister: CODE workflow. Use Git to remove.",
                dataset_name=name,
                hint=f"Pause it if it should not run: dli-tui workflow pause {as_argument(name)}",
            )
        deed = self.backend.unregister(name, force=force)
        result = await lost.send(self, deed, lost.unregister(name))
        return self._told(result, f"Workflow '{name}' unregistered")

    # Runs

    async def run(
        self,
        name: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        dry_run: bool = False,
        source: SourceType | None = None,
    ) -> WorkflowRunResult:
        """Start a run by hand; a dry run only checks whether it could be."""
        given = checks.parameters(parameters)
        if not dry_run:
            self.require_writable("run", name)
        row = await self.row(WorkflowKey(name, source))
        rules.require_runnable(row)
        request = RunRequest(name, given, dry_run=dry_run)
        if dry_run and not self._sends_dry_runs:
            # A server that we don't know may take it for a real run: checked here, not sent.
            result = WorkflowRunResult(
                dataset_name=name,
                status=ResultStatus.SUCCESS,
                dry_run=True,
                parameters=given,
                changed=False,
            )
        else:
            look = lost.run(request, row.last_run)
            result = await lost.send(self, self.backend.run(request), look)
        if not dry_run:
            return self._told(result, "Run triggered")
        # What a server checks itself, parameters above all, is known only where it was asked.
        checked = "the server has checked it" if self._sends_dry_runs else _CHECKED_HERE
        return self._told(result, f"Nothing was started; {checked}")

    async def backfill(
        self,
        name: str,
        *,
        start_date: str | date,
        end_date: str | date,
        parameters: Mapping[str, Any] | None = None,
        dry_run: bool = False,
        parallel: bool = False,
        scope: BackfillScope = BackfillScope.ALL,
        source: SourceType | None = None,
        timezone: str | None = None,
    ) -> WorkflowRunResult:
        """Run every slot of a range, one after the other; a dry run plans and sends nothing."""
        plan = await self.plan_backfill(
            name,
            start_date,
            end_date,
            scope=scope,
            parallel=parallel,
            source=source,
            timezone=timezone,
        )
        return await self.start_backfill(plan, parameters=parameters, dry_run=dry_run)

    async def start_backfill(
        self,
        plan: BackfillPlan,
        *,
        parameters: Mapping[str, Any] | None = None,
        dry_run: bool = False,
    ) -> WorkflowRunResult:
        """Start exactly what `plan` says; a dry run sends nothing."""
        from dli_tui.client import foretelling  # noqa: PLC0415 - models that only a plan needs

        name, given = plan.dataset_name, checks.parameters(parameters)
        if not dry_run:
            self.require_writable("backfill", name)
        rules.require_runnable(await self.row(WorkflowKey(name)))
        self._require_possible(plan)
        if dry_run or plan.to_run == 0:
            return _not_sent(plan, given, dry_run=dry_run)
        if self.keeps_going(plan):
            sequence = self._sequence(plan, given)
            await sequence.keep_going(self.clock.sleep)
            return sequence.result
        if self.is_foretold(parallel=plan.parallel):
            foretelling.require_as_foretold(plan)
        request = self._request(plan, given)._replace(scope=foretelling.scope_of(plan))
        result = await lost.send(self, self.backend.backfill(request), lost.backfill(request))
        return self._told(result, f"Backfill triggered, runs: {result.total_runs or plan.to_run}")

    def keeps_going(self, plan: BackfillPlan) -> bool:
        """Whether a backfill goes on only as long as somebody here looks after it."""
        return not plan.parallel and Capability.SEQUENCES not in self.capabilities

    async def sequence(self, plan: BackfillPlan, parameters: Mapping[str, Any]) -> DateSequence:
        """A backfill to be kept going by whoever asks for it, checked and not yet begun."""
        self.require_writable("backfill", plan.dataset_name)
        rules.require_runnable(await self.row(WorkflowKey(plan.dataset_name)))
        self._require_possible(plan)
        return self._sequence(plan, checks.parameters(parameters))

    def _sequence(self, plan: BackfillPlan, parameters: Mapping[str, Any]) -> DateSequence:
        from dli_tui.client.sequences import DateSequence  # noqa: PLC0415 - few places need it

        slots, now = plan.wanted, self.clock.now()
        if len(slots) > MOST_SLOTS:
            raise WorkflowExecutionError(
                f"{len(slots):,} dates one after the other are more than this program keeps going",
                dataset_name=plan.dataset_name,
                hint=f"Choose a range of at most {MOST_SLOTS:,} dates.",
            )
        days = plan.start_date, plan.end_date
        own_id = SequenceMark.new_id(plan.dataset_name, days, now, uuid4().hex[:6])
        mark = SequenceMark(own_id, slots, now, acting_user())
        return DateSequence(self, plan, parameters, mark)

    async def stop(self, run: str | RunRef, *, reason: str | None = None) -> WorkflowRunResult:
        """Ask a run to stop. The answer says KILLED; until a look says so it is stopping.

        Whether it can still be stopped is the server's to judge: it may have ended since
        anybody looked.
        """
        ref = self.ref(run)
        self.require_writable("stop", ref.workflow or "", ref.run_id)
        try:
            deed = self.backend.stop(ref, reason=reason)
            result = await lost.send(self, deed, lost.stop(ref, reason))
        except WorkflowNotFoundError as error:
            raise WorkflowExecutionError(
                f"Run '{ref}' not found", run_id=ref.run_id, hint=error.hint
            ) from error
        raw = result.raw_status or result.run_status
        told = self._told(result, "Run stopped successfully")
        return told.model_copy(update={"run_status": RunStatus.KILLED, "raw_status": raw})

    async def retry(self, run: str | RunRef, steps: Sequence[str] = ()) -> WorkflowRunResult:
        """Run the failed steps again, or those named, and what comes after them."""
        ref = self.ref(run)
        self.require_writable("retry", ref.workflow or "", ref.run_id)
        result = await lost.send(self, self.backend.retry(ref, steps), lost.retry(ref))
        return self._told(result, "Retry triggered")

    # Schedules

    async def pause(
        self, name: str, *, reason: str | None = None, source: SourceType | None = None
    ) -> WorkflowRunResult:
        """Hold a schedule; what is paused already stays so and nothing is sent."""
        self.require_writable("pause", name)
        row = await self._row_to_change(WorkflowKey(name, source), lambda one: one.is_active)
        rules.require_pausable(row)
        if row.status is not WorkflowStatus.ACTIVE:
            return _already(row, f"Workflow '{name}' is already paused")
        result = await self._hold(name, reason)
        return self._told(result, f"Workflow '{name}' paused")

    async def unpause(
        self, name: str, *, reason: str | None = None, source: SourceType | None = None
    ) -> WorkflowRunResult:
        """Let a schedule fire again; nothing is sent where it does already."""
        self.require_writable("unpause", name)
        row = await self._row_to_change(WorkflowKey(name, source), rules.is_held)
        rules.require_pausable(row)
        if row.status is WorkflowStatus.ACTIVE:
            return _already(row, f"Workflow '{name}' is already active, nothing to be resumed")
        deed = self.backend.unpause(name, reason=reason)
        result = await lost.send(self, deed, lost.held(name, is_held=False))
        due = row.next_run_when_unpaused
        if due is not None and due <= self.clock.now() and result.warning is None:
            since = f"{due:%Y-%m-%d %H:%M} UTC"
            result = result.twin(warning=f"A run was due since {since}, so one starts at once")
        return self._told(result, f"Workflow '{name}' resumed")

    async def _row_to_change(
        self, key: WorkflowKey, has_to: Callable[[WorkflowInfo], bool]
    ) -> WorkflowInfo:
        """A row as a list told it a moment ago, where that has to be changed: nothing is asked
        then, and the answer to the write says how it stands. Else the row as it is now."""
        listed = rules.in_force(
            row for row in self.backend.listed(key.name) if key.source in (None, row.source_type)
        )
        return listed if listed is not None and has_to(listed) else await self.row(key)

    async def _hold(self, name: str, reason: str | None) -> WorkflowRunResult:
        deed = self.backend.pause(name, reason=reason)
        return await lost.send(self, deed, lost.held(name, is_held=True))

    async def _pause_at_birth(self, made: WorkflowInfo) -> WorkflowInfo:
        name = made.dataset_name
        try:
            await self._hold(name, "registered as disabled")
        except DLIError as error:
            how = "perhaps ACTIVE" if isinstance(error, AnswerLostError) else "ACTIVE"
            raise WorkflowRegistrationError(
                f"'{name}' is registered and {how}: it couldn't be paused ({error.message})",
                dataset_name=name,
                hint=f"Pause it now: dli-tui workflow pause {as_argument(name)}",
            ) from error
        return made.twin(status=WorkflowStatus.PAUSED, next_run=None, next_run_computed=False)

    def _told(self, result: WorkflowRunResult, message: str) -> WorkflowRunResult:
        """The server's answer with an id that means one run, and our words if it has none."""
        known: dict[str, Any] = {} if result.message else {"message": message}
        if result.run_id is not None and result.backfill_id is None:
            known["run_id"] = self.whole_id(result.run_id, result.dataset_name)
        return result.model_copy(update=known)

    def _require_possible(self, plan: BackfillPlan) -> None:
        name = plan.dataset_name
        self.require_backfills(name)
        if plan.parallel and Capability.BACKFILL_PARALLEL not in self.capabilities:
            raise WorkflowExecutionError(
                self.why_not(Capability.BACKFILL_PARALLEL),
                dataset_name=name,
                hint="Leave out --parallel; the dates then run one after the other.",
            )
        if plan.only_all_at_once and not plan.parallel:
            raise WorkflowExecutionError(
                plan.only_all_at_once,
                dataset_name=name,
                hint="Start the dates all at once: --parallel.",
            )
        by_dates = self.leaves_out(parallel=plan.parallel)
        is_foretold = self.is_foretold(parallel=plan.parallel)
        if plan.to_skip and not by_dates and not is_foretold and not plan.is_plain:
            raise WorkflowExecutionError(
                self.why_not(Capability.BACKFILL_SLOTS),
                dataset_name=name,
                hint="Choose a range that holds only the dates you want.",
            )
        if not plan.slots:
            raise WorkflowExecutionError(
                f"'{name}' has no slot between {plan.start_date} and {plan.end_date}",
                code=ErrorCode.WORKFLOW_EXECUTION_FAILED,
                dataset_name=name,
                hint="Choose dates on which its schedule fires.",
            )

    def _request(self, plan: BackfillPlan, parameters: dict[str, Any]) -> BackfillRequest:
        by_dates = self.leaves_out(parallel=plan.parallel)
        days = plan.start_date, plan.end_date
        if self.takes_ranges(parallel=plan.parallel):
            # A server may start a run for each day of a range, whatever the schedule is.
            days = plan.days
        return BackfillRequest(
            plan.dataset_name,
            *days,
            slots=plan.wanted if by_dates else None,
            parameters=parameters,
            parallel=plan.parallel,
            timezone=plan.timezone,
        )


_CHECKED_HERE: Final = (
    "the name and the state are checked here, the parameters by the server when it starts"
)


def _already(row: WorkflowInfo, message: str) -> WorkflowRunResult:
    return WorkflowRunResult(
        dataset_name=row.dataset_name,
        status=ResultStatus.SUCCESS,
        workflow_status=row.status,
        message=message,
        changed=False,
    )


def _not_sent(
    plan: BackfillPlan, parameters: dict[str, Any], *, dry_run: bool
) -> WorkflowRunResult:
    counts = f"{plan.to_run} to run, {plan.to_skip} left out"
    return WorkflowRunResult(
        dataset_name=plan.dataset_name,
        status=ResultStatus.SUCCESS if dry_run else ResultStatus.SKIPPED,
        dry_run=dry_run,
        changed=False,
        parameters=parameters,
        start_date=plan.start_date,
        end_date=plan.end_date,
        total_runs=plan.to_run,
        message=f"Slots: {len(plan.slots)}, {counts}. No request was sent.",
        warning=" ".join(plan.warnings) or None,
    )


def _about_active_runs(previous: WorkflowInfo | None) -> str | None:
    if previous is None or not previous.is_running:
        return None
    return "Runs of the previous registration were active when it was replaced."

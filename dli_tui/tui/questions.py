"""Each deed: what it asks, and the one request that it sends for each target.

Loaded with the first deed, after the models: nothing of it is needed to look at things.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from dli_tui.domain.capability import Capability
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillChoice, BackfillScope
from dli_tui.domain.status import RunStatus
from dli_tui.domain.zones import zone_of
from dli_tui.present import registrations, words
from dli_tui.present.registrations import Standing
from dli_tui.tui import late, permits, plans
from dli_tui.tui.deeds import Frozen, Sending, Target
from dli_tui.tui.modals.backfill import BackfillQuestion
from dli_tui.tui.modals.grounds import BackfillAnswer, Grounds
from dli_tui.tui.modals.question import Plan, Question
from dli_tui.tui.modals.reason import ReasonQuestion
from dli_tui.tui.modals.register import RegisterQuestion
from dli_tui.tui.modals.retry import RetryQuestion
from dli_tui.tui.modals.run import RunAnswer, RunQuestion
from dli_tui.tui.modals.unregister import UnregisterQuestion

if TYPE_CHECKING:
    from dli_tui.client.bulk import Outcome
    from dli_tui.domain.results import WorkflowRunResult
    from dli_tui.session.planning import Planning
    from dli_tui.session.session import Session
    from dli_tui.tui.opening import Where

Ask = Callable[["Session", Frozen], Question[Any]]
PERMITS: Final = permits.PERMITS
_FAILED: Final = (RunStatus.FAILED, RunStatus.TIMEOUT, RunStatus.KILLED)
_LATELY: Final = timedelta(days=6)
"""A week is what a backfill begins with, today included."""


def _pause(session: Session, frozen: Frozen) -> Question[str]:
    return _holding(frozen, plans.pause(frozen), session.client.pause, "paused")


def _unpause(session: Session, frozen: Frozen) -> Question[str]:
    return _holding(frozen, plans.unpause(frozen), session.client.unpause, "active again")


def _holding(
    frozen: Frozen, plan: Plan, send: Callable[..., Awaitable[WorkflowRunResult]], told: str
) -> Question[str]:
    """A question about schedules, answered with a reason."""

    async def call(target: Target, reason: str) -> str:
        key = target.row.key
        done = await send(key.name, reason=reason or None, source=key.source)
        return _said(done.warning, done.message or told)

    return ReasonQuestion(plan, Sending(frozen.fit, call))


def _run(session: Session, frozen: Frozen) -> Question[RunAnswer]:
    async def call(target: Target, answer: RunAnswer) -> str:
        done = await session.client.run(
            target.row.key.name,
            parameters=answer.parameters,
            dry_run=answer.dry_run,
            source=target.row.key.source,
        )
        told, run_id = done.message or "started", done.run_id or ""
        return _said(done.warning, told if run_id in told else f"{told} {run_id}")

    sending = Sending(frozen.fit, call, rehearses=lambda answer: answer.dry_run)
    return RunQuestion(plans.run(frozen), sending, of_many=len(frozen.fit) > 1)


def _backfill(session: Session, frozen: Frozen) -> Question[BackfillAnswer]:
    frozen = _with_those_that_fire(frozen)
    plannings = [session.planning(target.row.key) for target in frozen.fit]
    grounds = _grounds(session, frozen, plannings)

    async def call(target: Target, answer: BackfillAnswer) -> str:
        plan = answer.plans[target.row.key]
        done = await session.start_backfill(plan, answer.parameters, dry_run=answer.dry_run)
        if done.run_id is not None:
            question.started = RunRef(done.run_id, target.row.key.name)
        return done.message or "started"

    sending = Sending(frozen.fit, call, rehearses=lambda answer: answer.dry_run)
    question = BackfillQuestion(plans.backfill(frozen), sending, grounds)
    return question


def _grounds(session: Session, frozen: Frozen, plannings: Sequence[Planning]) -> Grounds:
    info = frozen.fit[0].info
    zone = UTC if info is None else zone_of(info.timezone)
    today = frozen.now.astimezone(zone).date()
    slots = session.client.leaves_out(parallel=False)
    scope = BackfillScope.MISSING if slots else BackfillScope.ALL
    choice = frozen.dates or BackfillChoice(today - _LATELY, today, scope)
    failed = _failed_slot(frozen) if slots and frozen.dates is None else None
    if failed is not None:
        day = failed.astimezone(zone).date()
        choice = BackfillChoice(day, day, BackfillScope.FAILED)
    parallel = Capability.BACKFILL_PARALLEL in session.capabilities
    return Grounds(plannings, choice, today, slots, parallel)


def _failed_slot(frozen: Frozen) -> datetime | None:
    """The logical date of the one run that is meant, where it failed: it is what is run again."""
    run = frozen.fit[0].run if len(frozen.fit) == 1 else None
    return run.slot if run is not None and run.status in _FAILED else None


def _with_those_that_fire(frozen: Frozen) -> Frozen:
    """Of several those that can be started now; a single one can be planned all the same."""
    if len(frozen.fit) == 1:
        return frozen
    judged = [(one, permits.unless_active(one.info)) for one in frozen.fit]
    fit = [one for one, why in judged if why is None]
    held = [(one, why) for one, why in judged if why is not None]
    return frozen._replace(fit=fit, left_out=[*frozen.left_out, *held]) if fit else frozen


def _stop(session: Session, frozen: Frozen) -> Question[str]:
    async def call(target: Target, reason: str) -> str:
        warning = await session.stop(_ref(target), reason or None)
        # It has been asked to; until a look says so it is stopping.
        return _said(warning, f"Asked {target.row.name} to stop")

    return ReasonQuestion(plans.stop(frozen), Sending(frozen.fit, call))


def _retry(session: Session, frozen: Frozen) -> Question[bool]:
    step = frozen.step

    def named(*, alone: bool) -> Sequence[str]:
        return (step.raw,) if step is not None and alone else ()

    async def call(target: Target, alone: bool) -> str:
        done = await session.client.retry(_ref(target), named(alone=alone))
        return _said(done.warning, done.message or "running again")

    async def look(alone: bool) -> Plan:
        refs = [_ref(target) for target in frozen.fit]
        return plans.retry(frozen, await _again(session, refs, named(alone=alone)))

    only = step.name if step is not None else ""
    return RetryQuestion(plans.retry(frozen, None), Sending(frozen.fit, call), look, only)


async def _again(session: Session, refs: Sequence[RunRef], steps: Sequence[str]) -> list[str]:
    """What of each run would run again; where the server doesn't tell, the plan says why."""
    told = late.making().again

    async def ask(place: int) -> str:
        words: str = told(await session.client.retry_plan(refs[place], steps))
        return words

    outcomes = await late.each()(range(len(refs)), ask)
    return [_in_words(outcome) for outcome in outcomes]


def _in_words(outcome: Outcome[int, str]) -> str:
    if outcome.error is None:
        return outcome.result or ""
    return f"its failed steps, and what comes after ({words.word(outcome.error.message)})"


def _said(warning: str | None, told: str) -> str:
    """What became of it, and what there is to know besides."""
    return told if not warning or warning in told else f"{told}. {warning}"


def _ref(target: Target) -> RunRef:
    if target.run is None:
        raise RuntimeError("a deed on a run was let through without one")
    return target.run.ref


def _unregister(session: Session, frozen: Frozen) -> Question[bool]:
    def look() -> list[Standing]:
        return [_standing(session, target) for target in frozen.fit]

    async def call(target: Target, force: bool) -> str:
        done = await session.client.unregister(target.row.key.name, force=force)
        gone = f"; its spec {done.s3_path_deleted} is deleted" if done.s3_path_deleted else ""
        return _said(done.warning, f"{done.message or 'unregistered'}{gone}")

    forgets = session.client.backend.forgets
    return UnregisterQuestion(frozen, Sending(frozen.fit, call), look, forgets=forgets)


def _standing(session: Session, target: Target) -> Standing:
    """What is registered now, or was when the key was pressed."""
    info = session.workflows.rows.get(target.row.key, target.info)
    if info is None:
        raise RuntimeError("a deed on a workflow was let through without one")
    return registrations.standing(info, session.known_dataset(info.dataset_name))


OF_NOTHING: Final[dict[str, Callable[[Session, Where], Question[Any]]]] = {
    "register": RegisterQuestion,
}
"""Deeds that are done to no workflow of the list."""
QUESTIONS: Final[dict[str, Ask]] = {
    "pause": _pause,
    "unpause": _unpause,
    "run": _run,
    "backfill": _backfill,
    "stop": _stop,
    "retry": _retry,
    "unregister": _unregister,
}

"""Each deed: what it asks, and the one request that it sends for each target.

Loaded with the first deed, after the models: nothing of it is needed to look at things.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from dli_tui.domain.ids import RunRef
from dli_tui.present.rows import StepRow
from dli_tui.tui import late, permits, plans
from dli_tui.tui.deeds import Frozen, Sending, Target
from dli_tui.tui.modals.question import Plan, Question
from dli_tui.tui.modals.reason import ReasonQuestion
from dli_tui.tui.modals.retry import RetryQuestion
from dli_tui.tui.modals.run import RunAnswer, RunQuestion

if TYPE_CHECKING:
    from dli_tui.domain.results import WorkflowRunResult
    from dli_tui.domain.step import Step
    from dli_tui.session.session import Session

Ask = Callable[["Session", Frozen], Question[Any]]
PERMITS: Final = permits.PERMITS


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
        return done.message or told

    return ReasonQuestion(plan, Sending(frozen.fit, call))


def _run(session: Session, frozen: Frozen) -> Question[RunAnswer]:
    async def call(target: Target, answer: RunAnswer) -> str:
        done = await session.client.run(
            target.row.key.name,
            parameters=answer.parameters,
            dry_run=answer.dry_run,
            source=target.row.key.source,
        )
        return " ".join(part for part in (done.message, done.run_id) if part)

    sending = Sending(frozen.fit, call, rehearses=lambda answer: answer.dry_run)
    return RunQuestion(plans.run(frozen), sending, of_many=len(frozen.fit) > 1)


def _stop(session: Session, frozen: Frozen) -> Question[str]:
    async def call(target: Target, reason: str) -> str:
        await session.client.stop(_ref(target), reason=reason or None)
        # It has been asked to; until a look says so it is stopping.
        return f"Asked {target.row.name} to stop"

    return ReasonQuestion(plans.stop(frozen), Sending(frozen.fit, call))


def _retry(session: Session, frozen: Frozen) -> Question[bool]:
    async def call(target: Target, _answer: bool) -> str:
        done = await session.client.retry(_ref(target))
        return done.message or "running again"

    async def look() -> Plan:
        steps = await _steps(session, [_ref(target) for target in frozen.fit])
        return plans.retry(frozen, steps)

    return RetryQuestion(plans.retry(frozen, None), Sending(frozen.fit, call), look)


async def _steps(session: Session, refs: Sequence[RunRef]) -> list[Sequence[StepRow]]:
    """The steps of each run; none where the server doesn't tell, and the plan then says less."""
    make = late.making().step_row

    async def ask(place: int) -> tuple[Step, ...]:
        return tuple(await session.client.steps(refs[place]))

    outcomes = await late.each()(range(len(refs)), ask)
    return [[make(step) for step in outcome.result or ()] for outcome in outcomes]


def _ref(target: Target) -> RunRef:
    if target.run is None:
        raise RuntimeError("a deed on a run was let through without one")
    return target.run.ref


QUESTIONS: Final[dict[str, Ask]] = {
    "pause": _pause,
    "unpause": _unpause,
    "run": _run,
    "stop": _stop,
    "retry": _retry,
}

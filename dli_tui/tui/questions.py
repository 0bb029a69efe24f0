"""Each deed: what speaks against it, what it asks, and the one request that it sends.

Loaded with the first deed, after the models: nothing of it is needed to look at things.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from dli_tui.domain import rules
from dli_tui.domain.errors import DLIError, ErrorCode, WorkflowExecutionError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.status import WorkflowStatus
from dli_tui.tui import late, plans
from dli_tui.tui.deeds import Frozen, Sending, Target
from dli_tui.tui.modals.question import Question
from dli_tui.tui.modals.reason import ReasonQuestion
from dli_tui.tui.modals.retry import RetryQuestion
from dli_tui.tui.modals.run import RunAnswer, RunQuestion

if TYPE_CHECKING:
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import WorkflowInfo
    from dli_tui.session.session import Session

Permit = Callable[["WorkflowInfo | None", "WorkflowRun | None"], DLIError | None]
Ask = Callable[["Session", Frozen], Awaitable[Question[Any]]]


# What speaks against a deed: the same rules that the client keeps, asked before the question.


def _pausable(info: WorkflowInfo, _run: WorkflowRun | None) -> None:
    rules.require_pausable(info)
    if info.status is not WorkflowStatus.ACTIVE:
        raise _already(info, "paused", "Let it fire again with u.")


def _unpausable(info: WorkflowInfo, _run: WorkflowRun | None) -> None:
    rules.require_pausable(info)
    if info.status is WorkflowStatus.ACTIVE:
        raise _already(info, "active", "Hold it with p.")


def _runnable(info: WorkflowInfo, _run: WorkflowRun | None) -> None:
    rules.require_runnable(info)


def _stoppable(info: WorkflowInfo, run: WorkflowRun | None) -> None:
    rules.require_stoppable(_of(info, run))


def _retryable(info: WorkflowInfo, run: WorkflowRun | None) -> None:
    rules.require_retryable(_of(info, run))


def _of(info: WorkflowInfo, run: WorkflowRun | None) -> WorkflowRun:
    if run is None:
        raise WorkflowExecutionError(
            f"'{info.dataset_name}' has never run",
            code=ErrorCode.WORKFLOW_INVALID_STATE,
            dataset_name=info.dataset_name,
            hint="Start a run with R.",
        )
    return run


def _already(info: WorkflowInfo, state: str, hint: str) -> DLIError:
    return WorkflowExecutionError(
        f"'{info.dataset_name}' is {state} already",
        code=ErrorCode.WORKFLOW_INVALID_STATE,
        dataset_name=info.dataset_name,
        hint=hint,
    )


def _permit(require: Callable[[WorkflowInfo, WorkflowRun | None], None]) -> Permit:
    def permit(info: WorkflowInfo | None, run: WorkflowRun | None) -> DLIError | None:
        if info is None:
            return WorkflowExecutionError("It is no longer there", hint="Look again with r.")
        try:
            require(info, run)
        except DLIError as problem:
            return problem
        return None

    return permit


PERMITS: Final[dict[str, Permit]] = {
    "pause": _permit(_pausable),
    "unpause": _permit(_unpausable),
    "run": _permit(_runnable),
    "stop": _permit(_stoppable),
    "retry": _permit(_retryable),
}


# What a deed asks, and what it sends.


async def _pause(session: Session, frozen: Frozen) -> Question[str]:
    async def call(target: Target, reason: str) -> str:
        key = target.row.key
        done = await session.client.pause(key.name, reason=reason or None, source=key.source)
        return done.message or "paused"

    return ReasonQuestion(plans.pause(frozen), Sending(frozen.fit, call))


async def _unpause(session: Session, frozen: Frozen) -> Question[str]:
    async def call(target: Target, reason: str) -> str:
        key = target.row.key
        done = await session.client.unpause(key.name, reason=reason or None, source=key.source)
        return done.message or "active again"

    return ReasonQuestion(plans.unpause(frozen), Sending(frozen.fit, call))


async def _run(session: Session, frozen: Frozen) -> Question[RunAnswer]:
    async def call(target: Target, answer: RunAnswer) -> str:
        done = await session.client.run(
            target.row.key.name,
            parameters=answer.parameters,
            dry_run=answer.dry_run,
            source=target.row.key.source,
        )
        return " ".join(part for part in (done.message, done.run_id) if part)

    return RunQuestion(plans.run(frozen), Sending(frozen.fit, call))


async def _stop(session: Session, frozen: Frozen) -> Question[str]:
    async def call(target: Target, reason: str) -> str:
        done = await session.client.stop(_ref(target), reason=reason or None)
        return done.message or "stopping"

    return ReasonQuestion(plans.stop(frozen), Sending(frozen.fit, call))


async def _retry(session: Session, frozen: Frozen) -> Question[bool]:
    async def call(target: Target, _answer: bool) -> str:
        done = await session.client.retry(_ref(target))
        return done.message or "running again"

    making = late.making()
    steps = []
    for target in frozen.fit:
        try:
            known = await session.client.steps(_ref(target))
        except DLIError:
            # The plan then says less; whether it can be retried is the server's to judge.
            known = ()
        steps.append([making.step_row(step) for step in known])
    return RetryQuestion(plans.retry(frozen, steps), Sending(frozen.fit, call))


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

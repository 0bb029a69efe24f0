"""What speaks against a deed: the same rules that the client keeps, asked before the question."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from dli_tui.domain import rules
from dli_tui.domain.errors import DLIError, ErrorCode
from dli_tui.domain.status import SourceType, WorkflowStatus
from dli_tui.tui.looks import RUNS, SCHEDULES

if TYPE_CHECKING:
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import WorkflowInfo


class Objection(NamedTuple):
    """Why something can't be done, as the end of a sentence, and what helps."""

    why: str
    hint: str


_DENIED: Final = ErrorCode.WORKFLOW_PERMISSION_DENIED
_HELD_INSTEAD: Final = "Remove it there. If it should only not run: dli-tui workflow pause"
Permit = Callable[["WorkflowInfo | None", "WorkflowRun | None"], Objection | None]
_NEVER_RAN: Final = Objection("it has never run", "Start one: dli-tui workflow run")
_NOT_YET: Final = Objection("its last run isn't known yet", "Wait for the list, and do it again.")
_GONE: Final = Objection("it is no longer there", "")
_TORN: Final = Objection("the server's row can't be read", "Look at it on the server.")
_NAMELESS: Final = Objection("the server doesn't tell its run's id", "Look at it on the server.")


def _pause(info: WorkflowInfo, _run: WorkflowRun | None) -> Objection | None:
    problem = _broken(rules.require_pausable, info)
    if problem is not None:
        return _held_back(info, problem)
    if info.status is not WorkflowStatus.ACTIVE:
        return Objection("it is paused already", "Resume it: dli-tui workflow unpause")
    return None


def _unpause(info: WorkflowInfo, _run: WorkflowRun | None) -> Objection | None:
    problem = _broken(rules.require_pausable, info)
    if problem is not None:
        return _held_back(info, problem)
    if info.status is WorkflowStatus.ACTIVE:
        return Objection("it is active already", "Pause it: dli-tui workflow pause")
    return None


def _run(info: WorkflowInfo, _run: WorkflowRun | None) -> Objection | None:
    problem = _broken(rules.require_runnable, info)
    return None if problem is None else _held_back(info, problem)


def _backfill(info: WorkflowInfo, _run: WorkflowRun | None) -> Objection | None:
    # What is held can be planned all the same; the plan says that it is held.
    problem = _broken(rules.require_in_force, info)
    return None if problem is None else _held_back(info, problem)


def unless_active(info: WorkflowInfo | None) -> Objection | None:
    """What speaks against starting anything of a workflow, if something does."""
    return _GONE if info is None else _run(info, None)


def _no_run(info: WorkflowInfo | None) -> Objection:
    if info is None:
        return _GONE
    if info.unreadable is not None:
        return _TORN
    if info.last_run is None:
        return _NEVER_RAN if info.last_run_known else _NOT_YET
    return _NAMELESS


def _stop(info: WorkflowInfo | None, run: WorkflowRun | None) -> Objection | None:
    if run is None:
        return _no_run(info)
    problem = _broken(rules.require_stoppable, run)
    if problem is None:
        return None
    return Objection(f"its run is {RUNS[run.status].word}", "There is nothing to stop.")


def _retry(info: WorkflowInfo | None, run: WorkflowRun | None) -> Objection | None:
    if run is None:
        return _no_run(info)
    problem = _broken(rules.require_retryable, run)
    if problem is None:
        return None
    return Objection(f"its run is {RUNS[run.status].word}", "Only failed runs are retried.")


def _unregister(info: WorkflowInfo, _run: WorkflowRun | None) -> Objection | None:
    # Of a name with two rows CODE has the say: what is registered stays as it is.
    overridden = info.status is WorkflowStatus.OVERRIDDEN
    if info.source_type is SourceType.CODE or overridden:
        why = "CODE owns its name, it is in Git" if overridden else "it is in Git"
        return Objection(f"{why} [{_DENIED}]", _HELD_INSTEAD)
    return None


def _broken(rule: Callable[..., None], about: object) -> DLIError | None:
    try:
        rule(about)
    except DLIError as problem:
        return problem
    return None


def _held_back(info: WorkflowInfo, problem: DLIError) -> Objection:
    """Why its state forbids something; the hint of a rule doesn't know of a broken definition."""
    if info.import_error is not None:
        return Objection("its definition can't be loaded", info.import_error)
    return Objection(_state(info), problem.hint)


def _state(info: WorkflowInfo) -> str:
    by = " by CODE" if info.status is WorkflowStatus.OVERRIDDEN else ""
    return f"it is {SCHEDULES[info.status].word}{by}"


def _readable(permit: Callable[[WorkflowInfo, WorkflowRun | None], Objection | None]) -> Permit:
    def permitted(info: WorkflowInfo | None, run: WorkflowRun | None) -> Objection | None:
        if info is None:
            return _GONE
        if info.unreadable is not None:
            return _TORN
        return permit(info, run)

    return permitted


PERMITS: Final[dict[str, Permit]] = {
    "pause": _readable(_pause),
    "unpause": _readable(_unpause),
    "run": _readable(_run),
    "backfill": _readable(_backfill),
    # A run can be dealt with whatever the list knows of its workflow.
    "stop": _stop,
    "retry": _retry,
    "unregister": _readable(_unregister),
}

"""What is done to workflows and executions there: each one request, sent once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from dli_tui.backends.http.exchange import Asked, segment
from dli_tui.backends.pyairtable import convert, definitions
from dli_tui.backends.pyairtable.asking import Asking
from dli_tui.backends.pyairtable.book import Book
from dli_tui.backends.pyairtable.line import NoSuchRouteError
from dli_tui.backends.pyairtable.place import Place, Routes
from dli_tui.domain.acting import acting_user
from dli_tui.domain.errors import (
    AnswerLostError,
    DLIError,
    ErrorCode,
    WorkflowExecutionError,
    WorkflowRegistrationError,
)
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.rules import require_at_rest, require_pausable
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import (
    ResultStatus,
    RunStatus,
    SourceType,
    StepStatus,
    WorkflowStatus,
)
from dli_tui.domain.text import safe_line
from dli_tui.wire.failures import Operation

if TYPE_CHECKING:
    from dli_tui.domain.clock import Clock
    from dli_tui.domain.ids import RunRef
    from dli_tui.domain.query import NewConfiguration, Registration, RunRequest
    from dli_tui.domain.step import Step
    from dli_tui.domain.workflow import WorkflowInfo

_NO_REASON: Final = "The service keeps no reason for that"
_SHOWN: Final = 200


class _Way(NamedTuple):
    """A field that holds a workflow or lets it go on, and what it is set to."""

    field: str
    held: str | bool
    active: str | bool


_BY_FLAG: Final = _Way("is_enabled", held=False, active=True)
_BY_WORD: Final = _Way("status", held="paused", active="active")


class Deeds:
    """Writes."""

    def __init__(self, place: Place, asking: Asking, book: Book, clock: Clock) -> None:
        self._place, self._asking, self._book, self._clock = place, asking, book, clock
        self._executes: str | None = None
        """The word that started an execution before."""
        self._holds: _Way | None = None
        """The field that held something before."""

    # Registrations

    async def register(self, request: Registration) -> WorkflowInfo:
        """Make a workflow; with `force`, change the one that there is: its executions stay."""
        name = request.dataset_name
        body = definitions.registration_body(request, await self._place.found())
        await self._asking.everything()
        own_id = self._book.id_of(name)
        if own_id is not None:
            self._book.require_shown(name, own_id)
        if own_id is not None and not request.force:
            raise WorkflowRegistrationError(
                f"Workflow '{name}' exists already",
                code=ErrorCode.WORKFLOW_ALREADY_EXISTS,
                dataset_name=name,
            )
        if own_id is None:
            own_id = await self._made(name, body)
        else:
            if request.yaml_content is None:
                # Nobody said what it is to do from now on, so that stays.
                del body["workflow_config"]
            await self._changed(Operation.REGISTER, own_id, name, body)
        return await self.seen(own_id, name)

    async def configure(self, request: NewConfiguration) -> WorkflowInfo:
        """Replace what a workflow does."""
        name = request.dataset_name
        await self._asking.now(name)
        own_id = await self._asking.id_to_change(name)
        body = {"workflow_config": dict(request.workflow_config)}
        await self._changed(Operation.CONFIGURE, own_id, name, body)
        return await self.seen(own_id, name)

    async def _made(self, name: str, body: dict[str, Any]) -> str:
        routes = await self._place.found()
        asked = Asked(
            Operation.REGISTER,
            routes.root,
            method="POST",
            body=_worded(body, routes),
            dataset_name=name,
        )
        return await self._place.line.write(asked, convert.made_id)

    async def _changed(
        self, operation: Operation, own_id: str, name: str, body: dict[str, Any]
    ) -> None:
        routes = await self._place.found()
        asked = Asked(
            operation,
            f"{routes.root}/{segment(own_id)}",
            method="PUT",
            body=_worded(body, routes),
            dataset_name=name,
        )
        await self._place.line.write(asked, _nothing)

    async def seen(self, own_id: str, name: str) -> WorkflowInfo:
        """How it stands after a write, which is done also where that can't be asked."""
        try:
            told = await self._asking.one(own_id, name)
            await self._asking.latest([own_id])
        except DLIError as problem:
            raise AnswerLostError(
                f"'{name}' was accepted, but how it stands can't be read: {problem.message}",
                hint=f"Look at it: dli-tui workflow get {name}",
            ) from problem
        return self._book.row(told)

    async def unregister(self, name: str, *, force: bool) -> WorkflowRunResult:
        """Delete a workflow; while it runs, only by force."""
        own_id, routes = await self._asking.id_to_change(name), await self._place.found()
        if not force:
            runs = await self._asking.latest_of(own_id)
            require_at_rest(name, [run for run in runs if run.status.is_running])
        asked = Asked(
            Operation.UNREGISTER,
            f"{routes.root}/{segment(own_id)}",
            method="DELETE",
            body={},
            dataset_name=name,
        )
        await self._place.line.write(asked, _nothing)
        self._book.drop(own_id)
        return _result(
            name,
            workflow_id=own_id,
            unregistered_by=acting_user(),
            unregistered_at=self._clock.now(),
        )

    # Schedules

    async def hold(self, name: str, reason: str | None, *, active: bool) -> WorkflowRunResult:
        """Pause a workflow or let it go on, by the field that this generation heeds."""
        own_id = await self._asking.id_to_change(name)
        info = self._book.info(own_id)
        require_pausable(info)
        for way in await self._ways(info, active=active):
            info = await self._set(own_id, name, way, active=active)
            if (info.status is WorkflowStatus.ACTIVE) is active:
                # What lets one go on may not be what holds another.
                self._holds = self._holds if active else way
                warning = _NO_REASON if reason else None
                return _result(
                    name, workflow_id=own_id, workflow_status=info.status, warning=warning
                )
        verb = "unpaused" if active else "paused"
        raise WorkflowExecutionError(
            f"The service took the request, but '{name}' isn't {verb}",
            dataset_name=name,
            hint="It may have no way to do that. Look at it there.",
        )

    async def _ways(self, info: WorkflowInfo, *, active: bool) -> Sequence[_Way]:
        """The fields to try: the one that holds it, or all, first the one that held before."""
        routes = await self._place.found()
        if active:
            return (_BY_WORD if info.status is WorkflowStatus.PAUSED else _BY_FLAG,)
        ways = (_BY_WORD, _BY_FLAG) if routes.is_legacy else (_BY_FLAG, _BY_WORD)
        return tuple(sorted(ways, key=lambda way: way is not self._holds))

    async def _set(self, own_id: str, name: str, way: _Way, *, active: bool) -> WorkflowInfo:
        """Set a field; how it stands then is in the answer, or asked for."""
        routes = await self._place.found()
        asked = Asked(
            Operation.UNPAUSE if active else Operation.PAUSE,
            f"{routes.root}/{segment(own_id)}",
            method="PUT",
            body={way.field: way.active if active else way.held},
            dataset_name=name,
        )
        line = self._place.line
        told = await line.write(asked, lambda reply: convert.changed_workflow(reply, own_id))
        if told is None:
            return await self.seen(own_id, name)
        self._book.take([told])
        return self._book.row(told)

    # Runs

    async def run(self, request: RunRequest) -> WorkflowRunResult:
        """Start an execution."""
        name = request.dataset_name
        own_id = await self._asking.id_to_change(name)
        run_id = await self._executed(own_id, name, {"trigger_data": dict(request.parameters)})
        started = self._clock.now()
        self._book.start(
            own_id,
            WorkflowRun(
                run_id=run_id,
                dataset_name=self._book.name(own_id),
                workflow_id=own_id,
                source_type=SourceType.MANUAL,
                status=RunStatus.PENDING,
                parameters=dict(request.parameters),
                triggered_by=acting_user(),
                created_at=started,
            ),
        )
        return _result(
            name,
            workflow_id=own_id,
            run_id=run_id,
            run_status=RunStatus.PENDING,
            parameters=dict(request.parameters),
            triggered_by=acting_user(),
            started_at=started,
        )

    async def _executed(self, own_id: str, name: str, body: dict[str, Any]) -> str:
        """By the word that this generation knows: without the route nothing was begun."""
        routes = await self._place.found()
        for word in (self._executes,) if self._executes is not None else routes.executes:
            path = f"{routes.root}/{segment(own_id)}/{word}"
            asked = Asked(Operation.RUN, path, method="POST", body=body, dataset_name=name)
            try:
                run_id = await self._place.line.write(asked, convert.started_id)
            except NoSuchRouteError:
                continue
            self._executes = word
            return run_id
        raise WorkflowExecutionError(
            f"The service has no way to execute '{name}'", dataset_name=name
        )

    async def retry(self, ref: RunRef, names: Sequence[str]) -> WorkflowRunResult:
        """Run failed steps again, each by a request of its own."""
        routes, name = await self._place.found(), ref.workflow or ""
        done: list[str] = []
        for step in _to_retry(ref, await self._asking.steps(ref), names):
            asked = Asked(
                Operation.RETRY,
                f"{routes.root}/steps/{segment(step.step_id or '')}/retry",
                method="POST",
                body={},
                dataset_name=name,
                run_id=ref.run_id,
            )
            try:
                await self._place.line.write(asked, _nothing)
            except DLIError as problem:
                if done:
                    problem.message += f"; under way again already: {_listed(done)}"
                raise
            done.append(step.name)
            own_id = self._book.owner(ref.run_id)
            if own_id is not None:
                self._book.write(own_id)
        return _result(
            name,
            run_id=ref.run_id,
            run_status=RunStatus.RUNNING,
            message=f"Running again: {_listed(done)}",
        )


def _nothing(_reply: object) -> None:
    """What is answered says no more than that it was done."""


def _listed(names: Sequence[str]) -> str:
    return safe_line(", ".join(names), _SHOWN)


def _to_retry(ref: RunRef, steps: Sequence[Step], names: Sequence[str]) -> list[Step]:
    """The steps that are meant; DLI-807 where one of them can't be retried."""
    failed = [step for step in steps if step.status is StepStatus.FAILED and step.step_id]
    wanted = [step for step in failed if not names or step.name in names]
    missing = [name for name in names if name not in {step.name for step in failed}]
    if wanted and not missing:
        return wanted
    known = {step.name: step.status for step in steps}
    unknown = [name for name in missing if name not in known]
    if unknown:
        code, why = ErrorCode.WORKFLOW_EXECUTION_FAILED, f"it has no step '{unknown[0]}'"
    elif missing:
        code = ErrorCode.WORKFLOW_INVALID_STATE
        why = f"step '{missing[0]}' is {known[missing[0]]}"
    else:
        code, why = ErrorCode.WORKFLOW_INVALID_STATE, "none of its steps failed"
    raise WorkflowExecutionError(
        f"Run '{ref.run_id}' can't be retried: {why}",
        code=code,
        dataset_name=ref.workflow or "",
        run_id=ref.run_id,
        hint="Only steps that failed can be run again.",
    )


_OLD_WORDS: Final = {
    "workflow_config": "config",
    "cron_schedule": "cron_expression",
}
_UNKNOWN_THERE: Final = frozenset({"is_scheduled", "is_enabled", "timeout_seconds", "max_retries"})


def _worded(body: dict[str, Any], routes: Routes) -> dict[str, Any]:
    """A body in the words of the generation that is there."""
    if not routes.is_legacy:
        return body
    kept = {key: value for key, value in body.items() if key not in _UNKNOWN_THERE}
    return {_OLD_WORDS.get(key, key): value for key, value in kept.items()}


def _result(name: str, **more: Any) -> WorkflowRunResult:  # noqa: ANN401 - fields of the result
    return WorkflowRunResult(dataset_name=name, status=ResultStatus.SUCCESS, **more)

"""Verification of a write whose answer was lost, on a server that knows no request ids.

The outcome is looked for. Either what was wanted is seen, and the result is made of it; or the
write is unconfirmed, an `AnswerLostError`: nothing was seen, something was seen that may be
another user's, or looking failed. A server that was slow may still do it, so nothing here ever
says that the write was not done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

from dli_tui.client.sent import sending
from dli_tui.client.unconfirmed import UnconfirmedWrite, Verification
from dli_tui.domain import rules
from dli_tui.domain.errors import (
    AnswerLostError,
    DLIError,
    WorkflowNotFoundError,
)
from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.query import HistoryQuery
from dli_tui.domain.request_id import current_request_id
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.status import (
    ResultStatus,
    RunStatus,
    RunType,
    SourceType,
    WorkflowStatus,
)
from dli_tui.domain.text import as_argument, safe

if TYPE_CHECKING:
    from dli_tui.client.reading import Reader
    from dli_tui.domain.query import BackfillRequest, Registration, RunRequest
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import WorkflowInfo

Answer = TypeVar("Answer")

WAITS: Final = (0.0, 2.0, 4.0)
"""Seconds before each look: a server may take a moment to show what it was told."""
SLACK: Final = timedelta(minutes=5)
"""The clocks of two machines seldom differ by more."""
_MOST_RUNS: Final = 100
_STOPPED: Final = frozenset({RunStatus.STOPPING, RunStatus.KILLED})


class Perhaps(NamedTuple):
    """Something that may be what was asked for, or somebody else's."""

    words: str


class Look(NamedTuple, Generic[Answer]):
    """How to see whether a write happened."""

    what: str
    """The write, as it ends a sentence: `run 'd'`."""
    shown_by: str
    """The command that a person looks with; empty where there is none."""
    ask: Callable[[Reader, datetime], Awaitable[Answer | Perhaps | None]]
    """Looks once, given when it was sent: the answer, or perhaps, or nothing of it is seen."""


async def send(
    reader: Reader, deed: Awaitable[Answer], look: Look[Answer], *, is_reported: bool = True
) -> Answer:
    """The answer to a write that leaves now, once; where it is lost, what a look tells.

    A write that ends unconfirmed is reported to `reader.unconfirmed`, which checks it again
    later, unless the caller undoes it and so `is_reported` is false.
    """
    sending(look.what)
    since, request_id = reader.clock.now(), current_request_id()
    listener = reader.unconfirmed if is_reported else None
    try:
        answer = await _answered(reader, deed, look, since)
    except AnswerLostError:
        if listener is not None:
            verify = _verification(reader, look, since)
            listener.add(UnconfirmedWrite(request_id, look.what, look.shown_by, verify))
        raise
    if listener is not None and request_id is not None:
        listener.settle(request_id, look.what)
    return answer


def _verification(
    reader: Reader, look: Look[Any], since: datetime
) -> Callable[[], Awaitable[Verification]]:
    async def verify() -> Verification:
        seen = await look.ask(reader, since)
        if isinstance(seen, Perhaps):
            return Verification(is_confirmed=False, detail=seen.words)
        return Verification(is_confirmed=seen is not None)

    return verify


async def _answered(
    reader: Reader, deed: Awaitable[Answer], look: Look[Answer], since: datetime
) -> Answer:
    try:
        return await deed
    except AnswerLostError as error:
        return await _looked_for(reader, look, since, error)


async def _looked_for(
    reader: Reader, look: Look[Answer], since: datetime, lost: AnswerLostError
) -> Answer:
    seen: Answer | Perhaps | None = None
    problem: DLIError | None = None
    for seconds in WAITS:
        if seconds:
            await reader.clock.sleep(seconds)
        try:
            seen, problem = await look.ask(reader, since), None
        except DLIError as error:
            problem = error
        if seen is not None:
            break
    if isinstance(seen, Perhaps):
        raise AnswerLostError(
            f"The answer was lost; {seen.words}",
            hint=_hint("Look at it before you do it again", look.shown_by),
        ) from lost
    if seen is not None:
        return seen
    if isinstance(problem, WorkflowNotFoundError):
        # What isn't there was not changed.
        raise problem from lost
    if problem is not None:
        raise AnswerLostError(
            f"The answer to the request to {look.what} was lost, and whether it happened "
            f"can't be told yet ({problem.message})",
            hint=_hint("Look again before you send it again", look.shown_by),
        ) from lost
    raise AnswerLostError(
        f"The request to {look.what} is unconfirmed: its answer was lost, and nothing of it is "
        "seen so far",
        hint=_hint("The server may still do it. Look before you send it again", look.shown_by),
    ) from lost


def _hint(says: str, command: str) -> str:
    return f"{says}. See it with: dli-tui workflow {command}" if command else f"{says}."


# Runs


def run(request: RunRequest, last: WorkflowRun | None = None) -> Look[WorkflowRunResult]:
    """A run; `last` is the one that was there before.

    A run whose id contains the id of the confirmation is this one: some backends make it of that.
    """
    name, request_id = request.dataset_name, current_request_id()

    def may_be(one: WorkflowRun, since: datetime) -> bool:
        is_other = one.run_type is RunType.SCHEDULED or (last and last.run_id == one.run_id)
        return not is_other and _is_since(one, since) and fits(one.parameters, request.parameters)

    async def ask(reader: Reader, since: datetime) -> WorkflowRunResult | Perhaps | None:
        if request.run_id is not None:
            known = await _by_id(reader, RunRef(request.run_id, name))
            if known is not None:
                return _seen(known)
        # Not every server takes an id of ours.
        query = HistoryQuery(workflow=name, limit=_MOST_RUNS)
        found = await _those(reader, query, lambda one: may_be(one, since))
        ours = [one for one in found if request_id is not None and request_id in one.run_id]
        if ours:
            return _seen(ours[0])
        return _perhaps("run", found[0], found[0].run_id) if found else None

    slot = "" if request.slot is None else f" for {request.slot:%Y-%m-%d %H:%M}"
    return Look(f"run '{name}'{slot}", f"history -d {as_argument(name)}", ask)


def backfill(request: BackfillRequest) -> Look[WorkflowRunResult]:
    """A backfill, as a whole or by the first of its runs."""
    name = request.dataset_name

    async def ask(reader: Reader, since: datetime) -> Perhaps | None:
        def may_be(one: WorkflowRun) -> bool:
            return one.dataset_name == name and _is_since(one, since)

        found = [one.whole for one in await reader.backfills() if may_be(one.whole)]
        if not found:
            query = HistoryQuery(workflow=name, run_type=RunType.BACKFILL, limit=_MOST_RUNS)
            found = await _those(reader, query, may_be)
        if not found:
            return None
        return _perhaps("backfill", found[0], found[0].backfill_id or found[0].run_id)

    return Look(f"backfill '{name}'", f"history -d {as_argument(name)}", ask)


def stop(ref: RunRef, reason: str | None = None) -> Look[WorkflowRunResult]:
    """A stop, by whether the run is stopping or was stopped, or failed for the reason given."""

    async def ask(reader: Reader, _since: datetime) -> WorkflowRunResult | Perhaps | None:
        found = await reader.run_now(ref)
        if found.status is RunStatus.UNKNOWN:
            return _unknown(ref)
        # Basecamp tells a stopped run as a failed one, later.
        ours = found.status is RunStatus.FAILED and reason and found.error_message == safe(reason)
        return _seen(found) if ours or found.status in _STOPPED else None

    return Look(f"stop run '{ref}'", f"status {as_argument(str(ref))}", ask)


def backfill_held(ref: RunRef, *, is_held: bool) -> Look[WorkflowRunResult]:
    """A pause of a backfill or its end, by what the backfill does."""

    async def ask(reader: Reader, _since: datetime) -> WorkflowRunResult | None:
        found = await reader.backfill_status(ref)
        return _seen(found.whole) if found.is_held is is_held else None

    return Look(
        f"{'pause' if is_held else 'unpause'} backfill '{ref}'",
        f"status {as_argument(str(ref))}",
        ask,
    )


def retry(ref: RunRef) -> Look[WorkflowRunResult]:
    """A retry, by whether a run that had failed is under way again, or is done."""

    async def ask(reader: Reader, since: datetime) -> WorkflowRunResult | Perhaps | None:
        found = await reader.run_now(ref)
        has_ended = found.finished_at is not None and found.finished_at >= since
        if found.status.is_running or (has_ended and found.status is RunStatus.COMPLETED):
            return _seen(found)
        if has_ended:
            return Perhaps(f"run '{ref}' has ended once more since: it is {found.status}")
        return _unknown(ref) if found.status is RunStatus.UNKNOWN else None

    return Look(f"retry run '{ref}'", f"status {as_argument(str(ref))}", ask)


# Schedules and registrations


def held(name: str, *, is_held: bool) -> Look[WorkflowRunResult]:
    """A pause or its end, by what the schedule does."""

    async def ask(reader: Reader, _since: datetime) -> WorkflowRunResult | None:
        row = await reader.row(WorkflowKey(name))
        if (row.status is not WorkflowStatus.ACTIVE) is not is_held:
            return None
        return _done(name, name).model_copy(update={"workflow_status": row.status})

    return Look(f"{'pause' if is_held else 'unpause'} '{name}'", f"get {as_argument(name)}", ask)


def register(request: Registration, previous: WorkflowInfo | None = None) -> Look[WorkflowInfo]:
    """A registration, by its row; where `previous` was there, by what differs from that."""
    name, wanted = request.dataset_name, (request.schedule.cron, request.schedule.timezone)

    async def ask(reader: Reader, _since: datetime) -> WorkflowInfo | Perhaps | None:
        row = rules.in_force(await reader.backend.registered(name))
        if row is None or (previous is not None and _is_as_before(row, previous, wanted)):
            return None
        if not row.schedule_known:
            return Perhaps(
                f"'{name}' is registered now, with a schedule that the server doesn't tell"
            )
        if _schedule(row) != wanted:
            return Perhaps(f"'{name}' is registered now, but with cron {row.cron}")
        if previous is not None and not _differs(row, previous):
            return Perhaps(f"'{name}' had this schedule before, so it can't be told from the old")
        return row.twin(warning=told(name))

    return Look(f"register '{name}'", f"get {as_argument(name)}", ask)


def _schedule(row: WorkflowInfo) -> tuple[str | None, str | None]:
    return row.cron, row.timezone


def _differs(row: WorkflowInfo, previous: WorkflowInfo) -> bool:
    return (_schedule(row), row.registered_at) != (_schedule(previous), previous.registered_at)


def _is_as_before(
    row: WorkflowInfo, previous: WorkflowInfo, wanted: tuple[str | None, str | None]
) -> bool:
    """Whether the old registration stands there, which isn't what was wanted."""
    return _schedule(row) == _schedule(previous) != wanted


def unregister(name: str) -> Look[WorkflowRunResult]:
    """The end of a registration, by whether there is still one."""

    async def ask(reader: Reader, _since: datetime) -> WorkflowRunResult | Perhaps | None:
        found = await reader.backend.registered(name)
        left = [row.status for row in found if row.source_type is SourceType.MANUAL]
        if set(left) == {WorkflowStatus.DISABLED}:
            return Perhaps(f"'{name}' is disabled now, as some servers keep what is unregistered")
        return None if left else _done(name, name)

    return Look(f"unregister '{name}'", f"get {as_argument(name)}", ask)


# What is seen, and what is said of it


async def _by_id(reader: Reader, ref: RunRef) -> WorkflowRun | None:
    try:
        return await reader.run_now(ref)
    except WorkflowNotFoundError:
        return None


async def _those(
    reader: Reader, query: HistoryQuery, may_be: Callable[[WorkflowRun], bool]
) -> list[WorkflowRun]:
    """Of the newest runs those that it may be, newest first."""
    newest: list[WorkflowRun] = []
    async for page in reader.runs(query):
        newest += page.items
        if len(newest) >= _MOST_RUNS:
            break
    return [one for one in newest if may_be(one)]


def _is_since(run: WorkflowRun, since: datetime) -> bool:
    begun = run.created_at or run.started_at
    return begun is None or begun >= since - SLACK


def fits(found: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    """Whether something was given that; a server may add to it, or not tell it at all."""
    return not found or all(key in found and found[key] == given[key] for key in given)


def _perhaps(noun: str, run: WorkflowRun, run_id: str) -> Perhaps:
    by = run.triggered_by or "somebody"
    when = at(run.created_at or run.started_at)
    return Perhaps(f"a {noun} by {by} started{when}, perhaps yours: {run_id}")


def _unknown(ref: RunRef) -> Perhaps:
    return Perhaps(f"what becomes of run '{ref}' isn't known")


def at(moment: datetime | None) -> str:
    """When that was, as the end of a clause."""
    return "" if moment is None else f" at {moment:%Y-%m-%d %H:%M:%S} UTC"


def told(which: str) -> str:
    """That a write happened whose answer nobody heard."""
    return f"It happened: {which}. Its answer was lost on the way"


def _done(dataset_name: str, which: str) -> WorkflowRunResult:
    return WorkflowRunResult(
        dataset_name=dataset_name,
        status=ResultStatus.SUCCESS,
        message=told(which),
        warning=told(which),
    )


def _seen(run: WorkflowRun) -> WorkflowRunResult:
    known = {
        "run_id": run.run_id,
        "run_status": run.status,
        "raw_status": run.raw_status,
        "parameters": run.parameters,
        "triggered_by": run.triggered_by,
        "started_at": run.started_at or run.created_at,
    }
    return _done(run.dataset_name, run.run_id).model_copy(update=known)

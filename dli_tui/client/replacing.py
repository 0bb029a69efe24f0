"""Registering over what exists, so that a failure half-way leaves the old or the new one behind.

Some servers replace when told to; others refuse, and the old registration has to go first. That
is done only where everything is known that puts it back: spec, schedule and state. If the new one
then fails the old one is put back, and the error says how things stand. Where an answer on the
way is lost, `lost` looks how things stand before anything else is sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from dli_tui.client import lost
from dli_tui.domain.errors import (
    AnswerLostError,
    ConnectionFailedError,
    DLIError,
    ErrorCode,
    ServerError,
    WorkflowNotFoundError,
    WorkflowRegistrationError,
)
from dli_tui.domain.query import Registration, WorkflowQuery
from dli_tui.domain.status import SourceType, WorkflowStatus
from dli_tui.domain.text import as_argument
from dli_tui.domain.workflow import WorkflowInfo

if TYPE_CHECKING:
    from dli_tui.client.reading import Reader

T = TypeVar("T")
_RESTORABLE = (WorkflowStatus.ACTIVE, WorkflowStatus.PAUSED)


async def replace_registration(
    reader: Reader, request: Registration, previous: WorkflowInfo
) -> WorkflowInfo:
    """Register `request` where `previous` is registered."""
    try:
        deed = reader.backend.register(request)
        return await lost.send(reader, deed, lost.register(request, previous))
    except WorkflowRegistrationError as refusal:
        if refusal.code is not ErrorCode.WORKFLOW_ALREADY_EXISTS:
            raise
    old = await _to_put_back(reader, previous)
    # Whoever interrupts in between waits for the end: for a moment nothing is registered.
    return await _to_the_end(_replaced(reader, request, old))


async def _to_put_back(reader: Reader, previous: WorkflowInfo) -> Registration:
    """The registration that `previous` is; DLI-801 where it couldn't be made again."""
    name = previous.dataset_name
    if previous.status not in _RESTORABLE:
        _refuse(name, f"it is {previous.status} there, which can't be put back")
    if not previous.schedule_known or (previous.cron and previous.timezone is None):
        _refuse(name, "the server doesn't tell its schedule, which couldn't be put back")
    known = await reader.backend.dataset_info(name)
    if known is None or known.spec is None:
        _refuse(name, "the server doesn't tell its spec, which couldn't be put back")
    async for page in reader.backend.workflows(WorkflowQuery(status=WorkflowStatus.DISABLED)):
        kept = (row for row in page.items if row.status is WorkflowStatus.DISABLED)
        if any(row.source_type is SourceType.MANUAL and row.unreadable is None for row in kept):
            _refuse(
                name,
                "the server seems to keep what is removed as disabled, and then registers "
                "nothing under that name",
            )
    return Registration(
        name,
        previous.schedule,
        owner=previous.owner,
        team=previous.team,
        description=previous.description,
        yaml_content=known.spec,
    )


def _refuse(name: str, why: str) -> NoReturn:
    raise WorkflowRegistrationError(
        f"'{name}' was not replaced: this server registers over nothing, so the old registration "
        f"would have to be removed first, and {why}",
        dataset_name=name,
        hint="Nothing was removed. Have it changed on the server, or register under another name.",
    )


async def _to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """What `work` gives; a caller who is cancelled meanwhile learns of that when it is done."""
    task = asyncio.create_task(work)
    interrupt: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as cancelled:
            interrupt = cancelled
    if interrupt is not None:
        raise interrupt from (None if task.cancelled() else task.exception())
    return task.result()


async def _replaced(reader: Reader, request: Registration, old: Registration) -> WorkflowInfo:
    try:
        await _remove(reader, request.dataset_name)
    except asyncio.CancelledError as interrupt:
        # Nobody knows how far it came: what was there is put back where nothing is.
        await _put_back_at_last(reader, old, interrupt)
        raise
    deed, look = reader.backend.register(request), lost.register(request)
    try:
        # Where it ends unconfirmed, the old one is put back: nothing is left to be confirmed.
        return await lost.send(reader, deed, look, is_reported=False)
    except asyncio.CancelledError as interrupt:
        await _put_back_at_last(reader, old, interrupt)
        raise
    except DLIError as error:
        await _put_back(reader, old, error)
        raise WorkflowRegistrationError(
            f"'{request.dataset_name}' was not replaced ({error.message}); "
            f"the previous registration (cron {old.schedule.cron}) is in place again",
            code=error.code,
            dataset_name=request.dataset_name,
            hint=error.hint,
        ) from error


async def _remove(reader: Reader, name: str) -> None:
    try:
        deed = reader.backend.unregister(name, force=True)
        await lost.send(reader, deed, lost.unregister(name))
    except ServerError as error:
        if isinstance(error, ConnectionFailedError) and not isinstance(error, AnswerLostError):
            # It never came there: the old one is in place.
            raise
        raise WorkflowRegistrationError(
            f"'{name}' was not replaced, and perhaps it is no longer registered: "
            f"the answer to removing it was lost ({error.message})",
            dataset_name=name,
            hint=f"Look before you try again: dli-tui workflow get {as_argument(name)}",
        ) from error


async def _put_back_at_last(
    reader: Reader, old: Registration, interrupt: asyncio.CancelledError
) -> None:
    try:
        await asyncio.shield(_put_back(reader, old, WorkflowRegistrationError("interrupted")))
    except DLIError as problem:
        interrupt.__cause__ = problem


async def _put_back(reader: Reader, old: Registration, error: DLIError) -> None:
    backend, name = reader.backend, old.dataset_name
    try:
        await lost.send(reader, backend.register(old), lost.register(old))
    except AnswerLostError as second:
        raise WorkflowRegistrationError(
            f"Replacing '{name}' failed ({error.message}), and whether the previous registration "
            f"is in place again can't be told ({second.message})",
            dataset_name=name,
            hint=f"Look before you try again: dli-tui workflow get {as_argument(name)}",
        ) from second
    except DLIError as second:
        if second.code is ErrorCode.WORKFLOW_ALREADY_EXISTS:
            raise await _is_taken(reader, name, error) from error
        raise WorkflowRegistrationError(
            f"'{name}' is no longer registered: replacing it failed ({error.message}), "
            f"and so did putting it back ({second.message})",
            dataset_name=name,
            hint=f"Register it again; its cron was {old.schedule.cron} ({old.schedule.timezone}).",
        ) from second
    if old.schedule.enabled:
        return
    try:
        await lost.send(reader, backend.pause(name), lost.held(name, is_held=True))
    except DLIError as second:
        raise WorkflowRegistrationError(
            f"'{name}' was not replaced ({error.message}); the previous registration is in place "
            f"again, but ACTIVE: it was paused and couldn't be again ({second.message})",
            dataset_name=name,
            hint=f"Pause it now: dli-tui workflow pause {as_argument(name)}",
        ) from second


async def _is_taken(reader: Reader, name: str, error: DLIError) -> WorkflowRegistrationError:
    """What it means that a name which was just removed can't be registered."""
    try:
        rows = await reader.backend.workflow(name)
    except (ServerError, WorkflowNotFoundError):
        rows = ()
    if rows and all(row.status is WorkflowStatus.DISABLED for row in rows):
        return WorkflowRegistrationError(
            f"'{name}' is disabled now: the server keeps what is removed as disabled, and "
            f"registers neither the new nor the previous one under that name ({error.message})",
            dataset_name=name,
            hint="Have it enabled again on the server, or register under another name.",
        )
    return WorkflowRegistrationError(
        f"The answer to replacing '{name}' was lost ({error.message}), "
        "but something is registered: perhaps the new one",
        dataset_name=name,
        hint=f"Look before you try again: dli-tui workflow get {as_argument(name)}",
    )

"""Registering over what exists, so that a failure half-way leaves something behind.

Some servers replace when told to; others refuse, and the old registration has to go first.
If the new one then fails, the old one is put back, and the error says how things stand. Where an
answer on the way is lost, `lost` looks how things stand before anything else is sent.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from dli_tui.client import lost
from dli_tui.domain.errors import (
    AnswerLostError,
    ConnectionFailedError,
    DLIError,
    ErrorCode,
    ServerError,
    WorkflowRegistrationError,
)
from dli_tui.domain.query import Registration
from dli_tui.domain.text import as_argument
from dli_tui.domain.workflow import WorkflowInfo

if TYPE_CHECKING:
    from dli_tui.client.reading import Reader


async def replace_registration(
    reader: Reader, request: Registration, previous: WorkflowInfo
) -> WorkflowInfo:
    """Register `request` where `previous` is registered."""
    backend, name = reader.backend, request.dataset_name
    try:
        deed = backend.register(request)
        return await lost.send(reader, deed, lost.register(request, previous))
    except WorkflowRegistrationError as refusal:
        if refusal.code is not ErrorCode.WORKFLOW_ALREADY_EXISTS:
            raise
    known = await backend.dataset_info(previous.dataset_name)
    old = Registration(
        previous.dataset_name,
        previous.schedule,
        owner=previous.owner,
        team=previous.team,
        description=previous.description,
        yaml_content=known.spec if known else None,
    )
    try:
        await lost.send(reader, backend.unregister(name, force=True), lost.unregister(name))
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
    try:
        return await lost.send(reader, backend.register(request), lost.register(request))
    except asyncio.CancelledError:
        # Somebody interrupts between the two: what was there is put back all the same.
        await asyncio.shield(_put_back(reader, old, WorkflowRegistrationError("interrupted")))
        raise
    except DLIError as error:
        await _put_back(reader, old, error)
        raise WorkflowRegistrationError(
            f"'{name}' was not replaced ({error.message}); "
            f"the previous registration (cron {previous.cron}) is in place again",
            code=error.code,
            dataset_name=name,
            hint=error.hint,
        ) from error


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
            raise WorkflowRegistrationError(
                f"The answer to replacing '{name}' was lost ({error.message}), "
                "but something is registered: perhaps the new one",
                dataset_name=name,
                hint=f"Look before you try again: dli-tui workflow get {as_argument(name)}",
            ) from error
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

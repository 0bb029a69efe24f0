"""Registering over what exists, so that a failure half-way leaves something behind.

Some servers replace when told to; others refuse, and the old registration has to go first.
If the new one then fails, the old one is put back, and the error says how things stand.
"""

from __future__ import annotations

import asyncio

from dli_tui.backends.port import Backend
from dli_tui.domain.errors import DLIError, ErrorCode, ServerError, WorkflowRegistrationError
from dli_tui.domain.query import Registration
from dli_tui.domain.workflow import WorkflowInfo


async def replace_registration(
    backend: Backend, request: Registration, previous: WorkflowInfo
) -> WorkflowInfo:
    """Register `request` where `previous` is registered."""
    try:
        return await backend.register(request)
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
        await backend.unregister(request.dataset_name, force=True)
    except ServerError as error:
        raise WorkflowRegistrationError(
            f"'{request.dataset_name}' was not replaced, and perhaps it is no longer registered: "
            f"the answer to removing it was lost ({error.message})",
            dataset_name=request.dataset_name,
            hint=f"Look before you try again: dli-tui workflow get {request.dataset_name}",
        ) from error
    try:
        return await backend.register(request)
    except asyncio.CancelledError:
        # Somebody interrupts between the two: what was there is put back all the same.
        await asyncio.shield(_put_back(backend, old, WorkflowRegistrationError("interrupted")))
        raise
    except DLIError as error:
        await _put_back(backend, old, error)
        raise WorkflowRegistrationError(
            f"'{request.dataset_name}' was not replaced ({error.message}); "
            f"the previous registration (cron {previous.cron}) is in place again",
            code=error.code,
            dataset_name=request.dataset_name,
            hint=error.hint,
        ) from error


async def _put_back(backend: Backend, old: Registration, error: DLIError) -> None:
    name = old.dataset_name
    try:
        await backend.register(old)
    except DLIError as second:
        if second.code is ErrorCode.WORKFLOW_ALREADY_EXISTS:
            raise WorkflowRegistrationError(
                f"The answer to replacing '{name}' was lost ({error.message}), "
                "but something is registered: perhaps the new one",
                dataset_name=name,
                hint=f"Look before you try again: dli-tui workflow get {name}",
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
        await backend.pause(name)
    except DLIError as second:
        raise WorkflowRegistrationError(
            f"'{name}' was not replaced ({error.message}); the previous registration is in place "
            f"again, but ACTIVE: it was paused and couldn't be again ({second.message})",
            dataset_name=name,
            hint=f"Pause it now: dli-tui workflow pause {name}",
        ) from second

"""Pausing and resuming."""

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ErrorCode
from dli_tui.domain.query import RunRequest
from dli_tui.domain.status import WorkflowStatus
from tests.backends.contract.places import history, needs, refused
from tests.support import row_of


@needs(Capability.PAUSE)
@pytest.mark.parametrize("role", ["manual", "code"])
async def test_a_paused_schedule_has_no_next_run_and_a_resumed_one_has_it_again(
    backend, place, role
):
    name = getattr(place, role)
    before = await row_of(backend, name)
    result = await backend.pause(name, reason="stock-taking")
    assert result.workflow_status is WorkflowStatus.PAUSED
    row = await row_of(backend, name)
    assert (row.status, row.next_run) == (WorkflowStatus.PAUSED, None)
    assert (row.reason, row.paused_by) == ("stock-taking", place.user)
    result = await backend.unpause(name)
    assert result.workflow_status is WorkflowStatus.ACTIVE
    assert await row_of(backend, name) == before


@needs(Capability.PAUSE)
async def test_nothing_fires_while_it_is_paused(backend, place, clock):
    clock.move(1)
    await backend.pause(place.code)
    newest = await history(backend, workflow=place.code, limit=1)
    clock.move(3 * 3600)
    assert (await history(backend, workflow=place.code, limit=1))[0].ref == newest[0].ref
    await backend.unpause(place.code)
    clock.move(3 * 3600)
    since = await history(backend, workflow=place.code, limit=1)
    assert since[0].slot > newest[0].slot
    missed = [
        run
        for run in await history(backend, workflow=place.code, limit=20)
        if newest[0].slot < run.slot <= place.start
    ]
    assert missed == []


@needs(Capability.PAUSE, Capability.RUN)
async def test_what_was_paused_is_not_run_until_it_is_resumed(backend, place):
    await backend.pause(place.manual)
    request = RunRequest(place.manual)
    await refused(backend.run(request), ErrorCode.WORKFLOW_INVALID_STATE)
    await backend.unpause(place.manual)
    assert (await backend.run(request)).run_id


@needs(Capability.PAUSE)
async def test_what_is_disabled_is_not_resumed(backend, place):
    await refused(backend.unpause(place.disabled), ErrorCode.WORKFLOW_INVALID_STATE)
    await refused(backend.pause(place.disabled), ErrorCode.WORKFLOW_INVALID_STATE)


@needs(Capability.PAUSE)
async def test_what_nobody_knows_is_not_paused(backend):
    await refused(backend.pause("no.such.workflow"), ErrorCode.WORKFLOW_NOT_FOUND)

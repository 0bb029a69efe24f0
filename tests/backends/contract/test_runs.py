"""Starting, watching and stopping runs."""

import asyncio

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ErrorCode
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import RunRequest
from dli_tui.domain.status import ResultStatus, RunStatus, RunType, SourceType
from tests.backends.contract.places import NO_RUN, history, needs, refused, watched
from tests.support import row_of


async def started(backend, name, **parameters):
    result = await backend.run(RunRequest(name, parameters))
    return RunRef(result.run_id, name)


@needs(Capability.RUN)
async def test_a_run_is_pending_then_running_then_over(backend, place, clock):
    ref = await started(backend, place.manual)
    seen = await watched(backend, clock, ref, step=1)
    assert list(dict.fromkeys(run.status for run in seen)) == [
        RunStatus.PENDING,
        RunStatus.RUNNING,
        RunStatus.COMPLETED,
    ]
    assert seen[0].started_at is None
    assert all(run.finished_at is None for run in seen[:-1])
    assert seen[-1].finished_at > seen[-1].started_at > seen[-1].created_at


@needs(Capability.RUN)
async def test_a_run_keeps_what_it_was_given_and_who_started_it(backend, place):
    result = await backend.run(RunRequest(place.manual, {"full": True, "day": "2026-03-01"}))
    run = await backend.run_status(RunRef(result.run_id, place.manual))
    assert result.status is ResultStatus.SUCCESS
    assert result.parameters == run.parameters == {"full": True, "day": "2026-03-01"}
    assert result.triggered_by == run.triggered_by == place.user
    assert (run.dataset_name, run.run_type) == (place.manual, RunType.ADHOC)


@needs(Capability.RUN)
async def test_a_run_heads_the_history_and_shows_in_the_row(backend, place, clock):
    ref = await started(backend, place.manual)
    clock.move(10)
    assert (await history(backend, workflow=place.manual, limit=1))[0].ref == ref
    row = await row_of(backend, place.manual)
    assert row.is_running
    assert row.last_run.run_id == ref.run_id


@needs(Capability.RUN)
async def test_two_runs_at_once_have_two_ids(backend, place):
    refs = await asyncio.gather(*(started(backend, place.manual, n=n) for n in range(3)))
    assert len(set(refs)) == 3
    found = [(await backend.run_status(ref)).parameters["n"] for ref in refs]
    assert found == [0, 1, 2]


@needs(Capability.RUN)
async def test_every_run_under_way_is_counted(backend, place, clock):
    before = (await row_of(backend, place.manual)).active_runs or 0
    for _ in range(9):
        await started(backend, place.manual)
    clock.move(10)
    row = await row_of(backend, place.manual)
    assert row.is_running
    assert row.active_runs in (None, before + 9)


@needs(Capability.RUN)
async def test_the_name_of_a_pair_runs_code(backend, place):
    run = await backend.run_status(await started(backend, place.pair))
    assert run.source_type in (None, SourceType.CODE)


@needs(Capability.RUN)
@pytest.mark.parametrize("role", ["paused", "disabled"])
async def test_what_is_held_is_not_run(backend, place, role):
    name = getattr(place, role)
    before = await history(backend, workflow=name, limit=1)
    await refused(backend.run(RunRequest(name)), ErrorCode.WORKFLOW_INVALID_STATE)
    assert await history(backend, workflow=name, limit=1) == before


@needs(Capability.RUN)
async def test_what_nobody_knows_is_not_run(backend):
    request = RunRequest("no.such.workflow")
    await refused(backend.run(request), ErrorCode.WORKFLOW_NOT_FOUND)


@needs(Capability.DRY_RUN)
async def test_a_dry_run_starts_nothing(backend, place):
    before = await history(backend, workflow=place.manual, limit=1)
    result = await backend.run(RunRequest(place.manual, {"a": 1}, dry_run=True))
    assert (result.dry_run, result.run_id, result.status) == (True, None, ResultStatus.SUCCESS)
    assert await history(backend, workflow=place.manual, limit=1) == before
    for name in (place.paused, place.disabled):
        request = RunRequest(name, dry_run=True)
        await refused(backend.run(request), ErrorCode.WORKFLOW_INVALID_STATE)


@needs(Capability.RUN, Capability.STOP)
async def test_a_stopped_run_is_stopping_then_killed_with_reason_and_who(backend, place, clock):
    ref = await started(backend, place.manual)
    clock.move(10)
    result = await backend.stop(ref, reason="wrong day")
    assert result.run_status in (RunStatus.STOPPING, RunStatus.KILLED)
    assert (result.run_id, result.reason, result.stopped_by) == (
        ref.run_id,
        "wrong day",
        place.user,
    )
    seen = await watched(backend, clock, ref, step=1)
    # A place may stop it at once.
    assert {run.status for run in seen[:-1]} <= {RunStatus.STOPPING}
    assert seen[-1].status is RunStatus.KILLED
    for run in seen:
        assert (run.reason, run.stopped_by) == ("wrong day", place.user)
    assert seen[-1].finished_at >= seen[-1].stopped_at


@needs(Capability.RUN, Capability.STOP)
async def test_a_run_that_waits_can_be_stopped_too(backend, place, clock):
    ref = await started(backend, place.manual)
    await backend.stop(ref)
    assert (await watched(backend, clock, ref, step=1))[-1].status is RunStatus.KILLED


@needs(Capability.STOP)
async def test_what_is_over_is_not_stopped(backend, place):
    before = await backend.run_status(place.completed)
    await refused(backend.stop(place.completed), ErrorCode.WORKFLOW_INVALID_STATE)
    assert await backend.run_status(place.completed) == before


@needs(Capability.STOP)
async def test_what_nobody_knows_is_not_stopped(backend):
    # On a wire it is an execution that failed, as seed 004 has it.
    codes = (ErrorCode.WORKFLOW_NOT_FOUND, ErrorCode.WORKFLOW_EXECUTION_FAILED)
    await refused(backend.stop(NO_RUN), *codes)

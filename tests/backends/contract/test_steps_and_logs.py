"""The inside of a run: steps, logs, another try."""

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ErrorCode
from dli_tui.domain.ids import LogRef, RunRef
from dli_tui.domain.query import RunRequest
from dli_tui.domain.status import RunStatus, StepStatus
from tests.backends.contract.places import NO_RUN, history, needs, refused, watched


async def failed_run(backend, place):
    runs = await history(backend, workflow=place.failing, status=RunStatus.FAILED, limit=1)
    return runs[0].ref


async def failed_step(backend, ref):
    steps = await backend.steps(ref)
    return next(step for step in steps if step.status is StepStatus.FAILED and step.started_at)


async def read(backend, ref, cursor=None):
    """What there is to read from `cursor` on: the chunks until no more lines come."""
    chunks = [await backend.logs(ref, cursor)]
    while chunks[-1].lines and not chunks[-1].complete:
        chunks.append(await backend.logs(ref, chunks[-1].cursor))
    return chunks


def lines_of(chunks):
    return [line for chunk in chunks for line in chunk.lines]


@needs(Capability.STEPS)
async def test_the_steps_of_a_run_that_went_well_are_all_done(backend, place):
    steps = await backend.steps(place.completed)
    assert {step.status for step in steps} == {StepStatus.COMPLETED}
    assert len({(step.name, step.map_index) for step in steps}) == len(steps) > 1
    names = {step.name for step in steps}
    assert all(set(step.needs) <= names for step in steps)
    assert all(step.started_at < step.finished_at for step in steps)


@needs(Capability.STEPS)
async def test_a_step_begins_when_those_it_needs_are_done(backend, place):
    steps = {step.name: step for step in await backend.steps(place.completed)}
    needed = [(step, steps[need]) for step in steps.values() for need in step.needs]
    assert needed
    assert all(step.started_at >= need.finished_at for step, need in needed)


@needs(Capability.STEPS)
async def test_a_failed_run_has_the_step_that_failed_and_says_why(backend, place):
    steps = await backend.steps(await failed_run(backend, place))
    failed = [step for step in steps if step.error_message]
    assert [step.status for step in failed] == [StepStatus.FAILED]
    assert StepStatus.COMPLETED not in {
        step.status for step in steps if failed[0].name in step.needs
    }


@needs(Capability.STEPS, Capability.RUN)
async def test_steps_go_forward_only(backend, place, clock):
    order = [StepStatus.PENDING, StepStatus.RUNNING, StepStatus.COMPLETED]
    result = await backend.run(RunRequest(place.manual))
    ref = RunRef(result.run_id, place.manual)
    before = [0] * len(await backend.steps(ref))
    seen = set()
    while not (await backend.run_status(ref)).status.is_terminal:
        now = [order.index(step.status) for step in await backend.steps(ref)]
        assert all(later >= earlier for later, earlier in zip(now, before, strict=True))
        before = now
        seen |= set(now)
        clock.move(2)
    assert seen == {0, 1, 2}


@needs(Capability.STEPS, Capability.RUN, Capability.STOP)
async def test_no_step_of_a_stopped_run_is_under_way(backend, place, clock):
    result = await backend.run(RunRequest(place.manual))
    ref = RunRef(result.run_id, place.manual)
    clock.move(10)
    await backend.stop(ref)
    await watched(backend, clock, ref)
    states = {step.status for step in await backend.steps(ref)}
    assert not states & {StepStatus.RUNNING, StepStatus.PENDING, StepStatus.RETRYING}


@needs(Capability.STEPS, Capability.RUN, Capability.STOP)
async def test_a_step_that_a_stop_cut_off_is_cancelled(backend, place, clock):
    result = await backend.run(RunRequest(place.manual))
    ref = RunRef(result.run_id, place.manual)
    clock.move(10)
    await backend.stop(ref)
    await watched(backend, clock, ref)
    assert StepStatus.CANCELLED in {step.status for step in await backend.steps(ref)}


@needs(Capability.STEPS)
async def test_a_run_that_nobody_knows_has_no_steps(backend):
    await refused(backend.steps(NO_RUN), ErrorCode.WORKFLOW_NOT_FOUND)


@needs(Capability.LOGS, Capability.STEPS)
async def test_the_log_of_a_failed_step_ends_with_its_error(backend, place):
    ref = await failed_run(backend, place)
    step = await failed_step(backend, ref)
    chunks = await read(backend, LogRef(ref, step.name, step.attempt))
    assert chunks[-1].complete
    assert any(step.error_message in line.text for line in lines_of(chunks))


@needs(Capability.LOGS, Capability.STEPS)
async def test_a_log_that_is_over_brings_nothing_more(backend, place):
    ref = await failed_run(backend, place)
    step = await failed_step(backend, ref)
    log = LogRef(ref, step.name, step.attempt)
    cursor = (await read(backend, log))[-1].cursor
    for _ in range(3):
        chunk = await backend.logs(log, cursor)
        assert (chunk.lines, chunk.complete) == ((), True)
        cursor = chunk.cursor


@needs(Capability.LOGS, Capability.STEPS, Capability.RUN)
async def test_following_a_log_brings_each_line_once(backend, place, clock):
    result = await backend.run(RunRequest(place.manual))
    ref = RunRef(result.run_id, place.manual)
    log = LogRef(ref, (await backend.steps(ref))[0].name)
    chunks = [await backend.logs(log)]
    assert (chunks[0].lines, chunks[0].complete) == ((), False)
    while not chunks[-1].complete:
        clock.move(3)
        chunks.append(await backend.logs(log, chunks[-1].cursor))
    assert sum(bool(chunk.lines) for chunk in chunks) > 3
    assert lines_of(chunks) == lines_of(await read(backend, log))


@needs(Capability.LOGS, Capability.STEPS, Capability.RUN, Capability.STOP)
async def test_a_stop_ends_a_log_without_changing_what_was_written(backend, place, clock):
    result = await backend.run(RunRequest(place.manual))
    ref = RunRef(result.run_id, place.manual)
    log = LogRef(ref, (await backend.steps(ref))[0].name)
    clock.move(15)
    before = await read(backend, log)
    assert lines_of(before)
    await backend.stop(ref)
    await watched(backend, clock, ref)
    after = await read(backend, log, before[-1].cursor)
    assert after[-1].complete
    assert lines_of([*before, *after]) == lines_of(await read(backend, log))


@needs(Capability.LOGS, Capability.STEPS)
async def test_there_is_no_log_of_what_nobody_knows(backend, place):
    missing = ErrorCode.WORKFLOW_NOT_FOUND
    await refused(backend.logs(LogRef(NO_RUN, "step")), missing)
    await refused(backend.logs(LogRef(place.completed, "no such step")), missing)


@needs(Capability.RETRY, Capability.STEPS)
async def test_a_retry_is_a_new_try_of_the_step_that_failed(backend, place, clock):
    ref = await failed_run(backend, place)
    before = await failed_step(backend, ref)
    result = await backend.retry(ref)
    assert result.run_id == ref.run_id
    assert (await backend.run_status(ref)).status.is_running
    await watched(backend, clock, ref)
    after = await failed_step(backend, ref)
    assert after.name == before.name
    assert after.attempt > before.attempt
    assert after.started_at >= before.finished_at


@needs(Capability.RETRY, Capability.STEPS)
async def test_the_plan_of_a_retry_names_what_failed_and_nothing_is_done_by_asking(backend, place):
    ref = await failed_run(backend, place)
    failed = await failed_step(backend, ref)
    before = await backend.run_status(ref)
    plan = await backend.retry_plan(ref)
    assert failed.name in {step.name for step in plan.steps}
    assert plan.is_whole is (Capability.RETRY_PLAN in backend.capabilities)
    named = await backend.retry_plan(ref, [failed.name])
    assert failed.name in {step.name for step in named.steps}
    assert await backend.run_status(ref) == before


@needs(Capability.RETRY)
async def test_a_run_of_yesterday_that_is_retried_counts_as_under_way(backend, place, clock):
    runs = await history(backend, workflow=place.failing, status=RunStatus.FAILED, limit=40)
    await backend.retry(runs[-1].ref)
    clock.move(5)
    (row,) = await backend.workflow(place.failing)
    assert (await backend.run_status(runs[-1].ref)).status.is_running
    assert row.is_running


@needs(Capability.RETRY)
async def test_what_went_well_is_not_retried(backend, place):
    before = await backend.run_status(place.completed)
    await refused(backend.retry(place.completed), ErrorCode.WORKFLOW_INVALID_STATE)
    assert await backend.run_status(place.completed) == before


@needs(Capability.RETRY)
@pytest.mark.parametrize("steps", [(), ("no such step",)])
async def test_what_nobody_knows_is_not_retried(backend, place, steps):
    await refused(backend.retry(NO_RUN, steps), ErrorCode.WORKFLOW_NOT_FOUND)
    if steps:
        failed = await failed_run(backend, place)
        await refused(backend.retry(failed, steps), ErrorCode.WORKFLOW_EXECUTION_FAILED)

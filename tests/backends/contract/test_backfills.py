"""Backfills: their dates, their order, their end."""

from datetime import timedelta
from itertools import pairwise

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ErrorCode
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillRequest, RunRequest
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.schedule import slots_or_days
from dli_tui.domain.sequence import KEY, SequenceMark
from dli_tui.domain.status import ResultStatus, RunStatus, RunType
from tests.backends.contract.places import history, needs, refused, watched
from tests.support import row_of


def asked(place, **more):
    first, last = place.dates
    return BackfillRequest(place.manual, first, last, **more)


async def slots_of(backend, name, dates):
    row = await row_of(backend, name)
    return slots_or_days(row.cron, row.display_zone, *dates)


async def children(backend, name):
    """The runs that a backfill has begun, in the order in which they were queued."""
    runs = await history(backend, workflow=name, run_type=RunType.BACKFILL)
    return runs[::-1]


@needs(Capability.BACKFILL, Capability.SEQUENCES)
async def test_a_backfill_has_a_run_with_an_id_for_each_slot(backend, place, clock):
    slots = await slots_of(backend, place.manual, place.dates)
    assert len(slots) >= 3
    result = await backend.backfill(asked(place, parameters={"a": 1}))
    assert (result.status, result.total_runs) == (ResultStatus.SUCCESS, len(slots))
    assert result.run_id == result.backfill_id
    assert (result.start_date, result.end_date) == place.dates
    whole = await watched(backend, clock, RunRef(result.run_id, place.manual), step=5)
    assert whole[-1].status is RunStatus.COMPLETED
    runs = await children(backend, place.manual)
    assert tuple(run.slot for run in runs) == slots
    assert tuple(run.run_id for run in runs) == result.run_ids
    assert {run.status for run in runs} == {RunStatus.COMPLETED}
    assert {run.backfill_id for run in runs} == {result.backfill_id}
    assert all(run.parameters == {"a": 1} for run in runs)


@needs(Capability.BACKFILL, Capability.SEQUENCES)
async def test_one_date_comes_after_the_other_unless_asked_otherwise(backend, place, clock):
    result = await backend.backfill(asked(place))
    clock.move(8)
    assert len(await children(backend, place.manual)) == 1
    await watched(backend, clock, RunRef(result.run_id, place.manual), step=5)
    for earlier, later in pairwise(await children(backend, place.manual)):
        assert later.created_at >= earlier.finished_at


@needs(Capability.BACKFILL, Capability.SEQUENCES)
async def test_one_after_the_other_stops_at_the_first_failure(backend, place, clock):
    day = place.dates[0]
    slots = await slots_of(backend, place.failing, (day, day))
    assert len(slots) > 1
    result = await backend.backfill(BackfillRequest(place.failing, day, day))
    whole = await watched(backend, clock, RunRef(result.run_id, place.failing), step=5)
    assert whole[-1].status is RunStatus.FAILED
    clock.move(3600)
    runs = await children(backend, place.failing)
    assert [(run.slot, run.status) for run in runs] == [(slots[0], RunStatus.FAILED)]


@needs(Capability.BACKFILL, Capability.BACKFILL_PARALLEL)
async def test_all_dates_run_at_once_when_asked(backend, place, clock):
    slots = await slots_of(backend, place.manual, place.dates)
    await backend.backfill(asked(place, parallel=True))
    runs: list[WorkflowRun] = []
    at_once, limit = 0, clock.now() + timedelta(minutes=2)
    while len(runs) < len(slots) and clock.now() < limit:
        clock.move(10)
        every = await children(backend, place.manual)
        runs = [run for run in every if run.slot in slots]
        at_once = max(at_once, sum(run.status.is_running for run in runs))
    assert {run.slot for run in runs} == set(slots)
    assert at_once > 1, "none waits for another to end"


@needs(Capability.BACKFILL, Capability.BACKFILL_PARALLEL)
async def test_at_once_no_failure_keeps_another_date_from_running(backend, place, clock):
    day = place.dates[0]
    slots = await slots_of(backend, place.failing, (day, day))
    result = await backend.backfill(BackfillRequest(place.failing, day, day, parallel=True))
    whole = await watched(backend, clock, RunRef(result.run_id, place.failing), step=5)
    assert whole[-1].status is RunStatus.FAILED
    assert len(await children(backend, place.failing)) == len(slots)


@needs(Capability.BACKFILL, Capability.SEQUENCES, Capability.BACKFILL_SLOTS)
async def test_only_the_slots_that_are_given_run(backend, place, clock):
    slots = await slots_of(backend, place.manual, place.dates)
    wanted = (slots[0], slots[-1])
    result = await backend.backfill(asked(place, slots=wanted))
    assert result.total_runs == 2
    await watched(backend, clock, RunRef(result.run_id, place.manual), step=5)
    assert tuple(run.slot for run in await children(backend, place.manual)) == wanted


@needs(Capability.BACKFILL, Capability.SEQUENCES)
async def test_backfills_that_overlap_have_runs_of_their_own(backend, place, clock):
    first, last = place.dates
    ids: list[str] = []
    for dates in ((first, last), (first, last), (first, first)):
        result = await backend.backfill(BackfillRequest(place.manual, *dates))
        ids.extend((result.backfill_id, *result.run_ids))
        clock.move(1)
    assert len(set(ids)) == len(ids)
    clock.move(3600)
    runs = await children(backend, place.manual)
    assert len({run.run_id for run in runs}) == len(runs)


@needs(Capability.BACKFILL, Capability.SEQUENCES, Capability.STOP)
async def test_a_backfill_is_stopped_as_a_whole(backend, place, clock):
    result = await backend.backfill(asked(place))
    ref = RunRef(result.run_id, place.manual)
    clock.move(10)
    await backend.stop(ref, reason="enough")
    seen = await watched(backend, clock, ref, step=1)
    assert seen[0].status is RunStatus.STOPPING
    assert (seen[-1].status, seen[-1].reason) == (RunStatus.KILLED, "enough")
    assert seen[-1].stopped_by == place.user
    clock.move(3600)
    assert [run.status for run in await children(backend, place.manual)] == [RunStatus.KILLED]
    await refused(backend.stop(ref), ErrorCode.WORKFLOW_INVALID_STATE)


@needs(Capability.BACKFILL, Capability.SEQUENCES, Capability.STOP)
async def test_a_date_that_was_stopped_ends_the_backfill(backend, place, clock):
    result = await backend.backfill(asked(place))
    clock.move(10)
    await backend.stop(RunRef(result.run_ids[0], place.manual))
    whole = await watched(backend, clock, RunRef(result.run_id, place.manual))
    assert whole[-1].status is RunStatus.KILLED
    clock.move(3600)
    assert len(await children(backend, place.manual)) == 1


@needs(Capability.BACKFILL, Capability.SEQUENCES, Capability.RETRY)
async def test_a_retry_of_the_date_that_failed_leaves_the_backfill_over(backend, place, clock):
    day = place.dates[0]
    result = await backend.backfill(BackfillRequest(place.failing, day, day))
    ref = RunRef(result.run_id, place.failing)
    await watched(backend, clock, ref, step=5)
    child = RunRef(result.run_ids[0], place.failing)
    await backend.retry(child)
    await watched(backend, clock, child, step=5)
    clock.move(60)
    assert (await backend.run_status(ref)).status is RunStatus.FAILED


@needs(Capability.BACKFILL, Capability.SEQUENCES)
@pytest.mark.parametrize("role", ["paused", "disabled"])
async def test_what_is_held_is_not_backfilled(backend, place, role):
    request = BackfillRequest(getattr(place, role), *place.dates)
    await refused(backend.backfill(request), ErrorCode.WORKFLOW_INVALID_STATE)


@needs(Capability.BACKFILL, Capability.SEQUENCES)
async def test_a_backfill_tells_each_of_its_dates_or_those_that_have_begun(backend, place, clock):
    slots = await slots_of(backend, place.manual, place.dates)
    result = await backend.backfill(asked(place))
    ref = RunRef(result.run_id, place.manual)
    clock.move(8)
    begun = await backend.backfill_status(ref)
    assert begun.whole.status.is_running
    told = slots if Capability.BACKFILL_DATES in backend.capabilities else slots[:1]
    assert [(one.slot, one.run is None) for one in begun.dates] == [
        (slot, slot != slots[0]) for slot in told
    ]
    await watched(backend, clock, ref, step=5)
    over = await backend.backfill_status(ref)
    assert [one.slot for one in over.dates] == list(slots)
    assert {one.status for one in over.dates} == {RunStatus.COMPLETED}
    assert not over.is_unfinished(clock.now())


@needs(Capability.BACKFILL, Capability.SEQUENCES)
async def test_dates_after_a_failure_are_left_unfinished_where_they_are_told(backend, place, clock):
    day = place.dates[0]
    result = await backend.backfill(BackfillRequest(place.failing, day, day))
    ref = RunRef(result.run_id, place.failing)
    await watched(backend, clock, ref, step=5)
    found = await backend.backfill_status(ref)
    told = Capability.BACKFILL_DATES in backend.capabilities
    assert len(found.failed) == 1
    assert found.remaining == (*found.failed, *found.not_begun)
    assert found.is_unfinished(clock.now()) == told
    assert (ref.run_id in [one.ref.run_id for one in await backend.backfills()]) == told


@needs(Capability.BACKFILL)
async def test_nobody_knows_a_backfill_that_was_never_started(backend, place):
    await refused(
        backend.backfill_status(RunRef("nothing", place.manual)), ErrorCode.WORKFLOW_NOT_FOUND
    )


@needs(Capability.BACKFILL, Capability.DATED_RUNS)
async def test_the_run_of_one_date_is_found_again_with_the_dates_beside_it(backend, place, clock):
    slots = (await slots_of(backend, place.manual, place.dates))[:2]
    own_id = SequenceMark.new_id(place.manual, place.dates, clock.now(), "abcdef")
    mark = SequenceMark(own_id, slots, clock.now(), place.user)
    wanted = RunRequest(
        place.manual,
        {"a": 1, KEY: mark.as_parameter(0)},
        slot=slots[0],
        run_id=mark.run_id(slots[0]),
    )
    started = await backend.run(wanted)
    run = (await watched(backend, clock, RunRef(started.run_id, place.manual), step=5))[-1]
    assert (run.slot, run.run_type, run.backfill_id) == (slots[0], RunType.BACKFILL, own_id)
    found = await backend.backfill_status(RunRef(own_id, place.manual))
    assert [one.slot for one in found.dates] == list(slots)
    assert [one.status for one in found.dates] == [RunStatus.COMPLETED, None]
    assert own_id in [one.ref.run_id for one in await backend.backfills()]


@needs(Capability.BACKFILL, Capability.DATED_RUNS)
async def test_the_same_date_started_twice_is_one_run(backend, place, clock):
    slots = (await slots_of(backend, place.manual, place.dates))[:1]
    own_id = SequenceMark.new_id(place.manual, place.dates, clock.now(), "fedcba")
    mark = SequenceMark(own_id, slots, clock.now())
    wanted = RunRequest(
        place.manual, {KEY: mark.as_parameter(0)}, slot=slots[0], run_id=mark.run_id(slots[0])
    )
    await backend.run(wanted)
    await refused(backend.run(wanted), ErrorCode.WORKFLOW_EXECUTION_FAILED)
    runs = await children(backend, place.manual)
    assert [run.backfill_id for run in runs].count(own_id) == 1

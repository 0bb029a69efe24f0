"""What every history says."""

from datetime import timedelta

import pytest

from dli_tui.domain.errors import ErrorCode
from dli_tui.domain.ids import RunRef
from dli_tui.domain.status import RunStatus, RunType, SourceType
from tests.backends.contract.places import history, refused


def queued(run):
    return run.created_at or run.started_at


async def test_the_newest_run_comes_first(backend):
    runs = await history(backend, limit=200)
    moments = [queued(run) for run in runs]
    assert len(moments) == 200
    assert moments == sorted(moments, reverse=True)


async def test_no_run_comes_twice(backend):
    runs = await history(backend, limit=200)
    assert len({run.ref for run in runs}) == len(runs)


async def test_a_workflow_has_its_own_runs_only(backend, place):
    runs = await history(backend, workflow=place.code, limit=20)
    assert {run.dataset_name for run in runs} == {place.code}
    assert await history(backend, workflow=place.code[:-1]) == []


async def test_a_limit_keeps_the_newest(backend, place):
    runs = await history(backend, workflow=place.code, limit=20)
    assert await history(backend, workflow=place.code, limit=7) == runs[:7]


async def test_dates_are_both_included(backend, place):
    last = place.start.date() - timedelta(days=1)
    first = last - timedelta(days=1)
    runs = await history(backend, workflow=place.code, start_date=first, end_date=last)
    assert {(run.slot or run.started_at).date() for run in runs} == {first, last}
    since = await history(backend, workflow=place.code, start_date=last)
    assert {(run.slot or run.started_at).date() for run in since} == {last, place.start.date()}
    everything = await history(backend, workflow=place.manual)
    until = await history(backend, workflow=place.manual, end_date=first)
    days = {run.run_id: (run.slot or run.started_at).date() for run in everything}
    assert [run.run_id for run in until] == [key for key, day in days.items() if day <= first]


@pytest.mark.parametrize("status", [RunStatus.COMPLETED, RunStatus.FAILED])
async def test_the_filter_by_status_keeps_exactly_those(backend, place, status):
    for name in (place.code, place.failing):
        runs = await history(backend, workflow=name, limit=100)
        expected = [run for run in runs if run.status is status]
        found = await history(backend, workflow=name, status=status, limit=len(expected) or 1)
        assert found == expected
    assert await history(backend, status=status, limit=5)


@pytest.mark.parametrize("source", SourceType)
async def test_the_filter_by_source_keeps_exactly_those(backend, source):
    runs = await history(backend, limit=60)
    expected = [run for run in runs if run.source_type in (None, source)]
    found = await history(backend, source=source, limit=len(expected))
    assert found == expected != []


async def test_the_filter_by_type_keeps_exactly_those(backend, place):
    runs = await history(backend, workflow=place.code, limit=5)
    found = await history(backend, workflow=place.code, run_type=RunType.SCHEDULED, limit=5)
    assert found == [run for run in runs if run.run_type is RunType.SCHEDULED] != []
    assert await history(backend, workflow=place.paused, run_type=RunType.BACKFILL) == []


async def test_recent_runs_are_one_batch_that_agrees_with_the_history(backend, place):
    names = [place.manual, place.code, place.pair, place.failing, place.paused]
    found = await backend.recent_runs(names, 4)
    assert set(found) == set(names)
    for name in names:
        assert list(found[name]) == await history(backend, workflow=name, limit=4)
    assert len(found[place.code]) == 4


async def test_a_workflow_that_nobody_knows_has_no_recent_runs(backend):
    assert await backend.recent_runs(["no.such.workflow"], 4) == {"no.such.workflow": ()}


async def test_a_run_of_the_history_is_found_by_its_address(backend, place):
    for run in await history(backend, workflow=place.failing, limit=3):
        found = await backend.run_status(run.ref)
        # A history may say less of each than its own page does, and nothing else.
        told = run.model_dump(exclude_none=True)
        assert found.model_dump(include=set(told), exclude_none=True) == told
        if backend.unique_run_ids:
            assert await backend.run_status(RunRef(run.run_id)) == found


async def test_a_finished_run_says_when_and_how_long(backend, place):
    run = await backend.run_status(place.completed)
    assert run.status is RunStatus.COMPLETED
    assert run.started_at < run.finished_at <= place.start
    assert run.duration_seconds == (run.finished_at - run.started_at).total_seconds()
    assert run.error_message is None


async def test_a_failed_run_says_why(backend, place):
    run = (await history(backend, workflow=place.failing, status=RunStatus.FAILED, limit=1))[0]
    assert (await backend.run_status(run.ref)).error_line


@pytest.mark.parametrize("run_id", ["no_such_run", "x_99999999_999999", "a\nb_20260310_000000"])
async def test_a_run_that_nobody_knows_is_not_found(backend, run_id):
    await refused(backend.run_status(RunRef(run_id)), ErrorCode.WORKFLOW_NOT_FOUND)


async def test_a_run_is_not_found_under_another_workflow(backend, place):
    ref = RunRef(place.completed.run_id, place.paused)
    await refused(backend.run_status(ref), ErrorCode.WORKFLOW_NOT_FOUND)


async def test_a_run_of_the_future_is_not_found(backend, place, clock):
    clock.move(-3600)
    await refused(backend.run_status(place.completed), ErrorCode.WORKFLOW_NOT_FOUND)

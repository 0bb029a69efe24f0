"""A backfill that we keep going is put together from what its runs carry."""

from datetime import UTC, datetime, timedelta

import pytest

from dli_tui.backends.sequences import sequence, sequences
from dli_tui.domain.sequence import KEY, SequenceMark
from dli_tui.domain.status import RunStatus
from tests.support_backends import run

SLOTS = tuple(datetime(2026, 3, day, 23, tzinfo=UTC) for day in (1, 2, 3))
BEGUN = datetime(2026, 3, 10, tzinfo=UTC)
LATER = datetime(2026, 3, 11, tzinfo=UTC)
DONE, FAILED, RUNNING = RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.RUNNING


def one(place, status, *, backfill="b1", **more):
    mark = SequenceMark(backfill, SLOTS, BEGUN, "ann")
    return run(
        mark.run_id(SLOTS[place]),
        status,
        slot=SLOTS[place],
        created_at=datetime(2026, 3, 10, place, tzinfo=UTC),
        parameters={KEY: mark.as_parameter(place)},
        **more,
    )


@pytest.mark.parametrize(
    ("statuses", "whole"),
    [
        ([DONE], RunStatus.PENDING),
        ([DONE, RUNNING], RUNNING),
        ([DONE, FAILED], FAILED),
        ([DONE, RunStatus.KILLED], RunStatus.KILLED),
        ([DONE, DONE, DONE], DONE),
        ([RunStatus.STOPPING], RunStatus.STOPPING),
    ],
)
def test_the_whole_stands_where_its_runs_stand(statuses, whole):
    found = sequence([one(at, status) for at, status in enumerate(statuses)], "UTC")
    assert found.whole.status is whole
    assert [date.status for date in found.dates[: len(statuses)]] == statuses


def test_dates_without_a_run_are_known_from_any_that_there_is():
    found = sequence([one(1, FAILED, error_message="no disk")], "Asia/Seoul")
    assert [date.slot for date in found.dates] == list(SLOTS)
    assert [date.day.day for date in found.dates] == [2, 3, 4]
    assert [date.run is None for date in found.dates] == [True, False, True]
    assert found.whole.error_message == "no disk"
    assert found.whole.triggered_by == "ann"
    assert found.is_unfinished(LATER)
    assert [date.slot for date in found.remaining] == list(SLOTS)


def test_nothing_is_left_unfinished_while_a_date_runs_or_when_all_are_done():
    assert not sequence([one(0, RUNNING)], "UTC").is_unfinished(LATER)
    assert not sequence([one(at, DONE) for at in range(3)], "UTC").is_unfinished(LATER)


@pytest.mark.parametrize("status", [RunStatus.PENDING, RunStatus.STOPPING])
def test_a_date_that_is_queued_or_stopping_is_worked_at(status):
    assert not sequence([one(0, DONE), one(1, status)], "UTC").is_unfinished(LATER)


def test_between_two_dates_somebody_else_may_keep_it_going():
    ended = datetime(2026, 3, 10, 1, tzinfo=UTC)
    found = sequence([one(0, DONE, finished_at=ended)], "UTC")
    assert not found.is_unfinished(ended + timedelta(seconds=30))
    assert found.is_unfinished(ended + timedelta(minutes=3))


def test_what_carries_something_else_under_that_name_is_no_sequence():
    odd = run("r", parameters={KEY: {"backfill_id": "b", "slots": 3}})
    assert sequence([odd], "UTC") is None
    assert sequences([odd], {}) == ()


def test_each_backfill_is_one_of_its_own_newest_first():
    runs = [one(0, DONE), one(2, FAILED, backfill="b2"), run("r"), one(1, DONE)]
    assert [found.ref.run_id for found in sequences(runs, {})] == ["b2", "b1"]

"""The demo's sagas: one in each state, and those that somebody started."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from dli_tui.backends.demo.actions import RETENTION
from dli_tui.backends.demo.journal import FileJournal
from dli_tui.backends.demo.ledger import HandSaga
from dli_tui.backends.demo.sagas import (
    all_sagas,
    one_saga,
    require_cancellable,
    require_startable,
)
from dli_tui.domain.errors import ErrorCode, WorkflowExecutionError, WorkflowNotFoundError
from dli_tui.domain.query import NewSaga
from dli_tui.domain.status import SagaStatus, StepStatus

NOW = datetime(2026, 3, 10, 9, 41, tzinfo=UTC)


def of(status):
    return next(saga for saga in all_sagas(NOW, {}) if saga.status is status)


@pytest.fixture
def hand():
    return HandSaga("saga-x", NOW, "order_fulfilment", {"order_id": 1}, None, None)


def started(hand, seconds, cancelled=()):
    found = all_sagas(NOW + timedelta(seconds=seconds), dict(cancelled), [hand])
    return one_saga(hand.saga_id, found)


def at(saga_id, now, cancelled):
    return one_saga(saga_id, all_sagas(now, cancelled))


def test_every_state_but_the_unknown_is_there_once():
    states = [saga.status for saga in all_sagas(NOW, {})]
    assert sorted(states) == sorted(set(SagaStatus) - {SagaStatus.UNKNOWN})


@pytest.mark.parametrize("status", sorted(set(SagaStatus) - {SagaStatus.UNKNOWN}))
def test_a_saga_has_ended_when_it_is_over_and_begun_unless_it_waits(status):
    saga = of(status)
    assert (saga.finished_at is not None) is status.is_terminal
    assert (saga.started_at is None) is (status is SagaStatus.PENDING)
    assert saga.created_at <= (saga.finished_at or NOW) <= NOW


def test_what_was_undone_had_been_done():
    for saga in all_sagas(NOW, {}):
        for step in saga.steps:
            if step.compensation_status is not None:
                assert step.status is StepStatus.COMPLETED


@pytest.mark.parametrize("status", [SagaStatus.PENDING, SagaStatus.RUNNING])
def test_one_under_way_can_be_cancelled_and_undoes_step_by_step(status):
    saga = of(status)
    require_cancellable(saga)
    asked = {saga.saga_id: NOW}
    during = at(saga.saga_id, NOW + timedelta(seconds=5), asked)
    after = at(saga.saga_id, NOW + timedelta(seconds=60), asked)
    assert (during.status, after.status) == (SagaStatus.COMPENSATING, SagaStatus.COMPENSATED)
    for moment in (during, after):
        assert moment.cancel_requested
        assert StepStatus.RUNNING not in {step.status for step in moment.steps}
    done = [step for step in saga.steps if step.status is StepStatus.COMPLETED]
    undone = [step.name for step in after.steps if step.compensation_status is not None]
    assert undone == [step.name for step in done]


def test_one_that_was_cancelled_stays_as_it_is():
    asked = {of(SagaStatus.RUNNING).saga_id: NOW}
    saga_id = next(iter(asked))
    after = at(saga_id, NOW + timedelta(minutes=1), asked)
    assert after.finished_at is not None
    assert NOW <= after.finished_at <= NOW + timedelta(minutes=1)
    assert at(saga_id, NOW + timedelta(hours=5), asked) == after


def test_the_newest_comes_first_also_after_one_was_cancelled():
    asked = {of(SagaStatus.PENDING).saga_id: NOW}
    for now in (NOW, NOW + timedelta(hours=3)):
        moments = [saga.created_at or now for saga in all_sagas(now, asked)]
        assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize(
    "status", sorted(set(SagaStatus) - {SagaStatus.UNKNOWN, SagaStatus.PENDING, SagaStatus.RUNNING})
)
def test_the_others_cannot_be_cancelled(status):
    with pytest.raises(WorkflowExecutionError) as caught:
        require_cancellable(of(status))
    assert caught.value.code is ErrorCode.WORKFLOW_INVALID_STATE


def test_one_that_nobody_knows_is_not_found():
    with pytest.raises(WorkflowNotFoundError):
        one_saga("saga-9999", all_sagas(NOW, {}))


# What somebody started


def test_one_that_was_started_waits_then_goes_and_ends(hand):
    states = [(seconds, started(hand, seconds).status) for seconds in (0, 3, 4, 63, 64, 900)]
    assert [state for _, state in states] == [
        SagaStatus.PENDING,
        SagaStatus.PENDING,
        SagaStatus.RUNNING,
        SagaStatus.RUNNING,
        SagaStatus.COMPLETED,
        SagaStatus.COMPLETED,
    ]
    assert started(hand, 64) == started(hand, 900)


def test_each_of_its_steps_begins_where_the_one_before_it_ended(hand):
    steps = started(hand, 64).steps
    for before, after in pairwise(steps):
        assert before.finished_at == after.started_at
    assert steps[-1].finished_at == started(hand, 64).finished_at


def test_one_that_fails_undoes_the_last_step_first(hand):
    hand = hand._replace(input_data={"order_id": 1, "fail_at": "book_carrier"})
    waiting, running, done = StepStatus.PENDING, StepStatus.RUNNING, StepStatus.COMPLETED
    seen = [
        [step.compensation_status for step in started(hand, seconds).steps]
        for seconds in (48, 49, 59, 69)
    ]
    assert seen == [
        [None, None, None, None],
        [waiting, running, None, None],
        [running, done, None, None],
        [done, done, None, None],
    ]
    over = started(hand, 69)
    assert over.status is SagaStatus.COMPENSATED
    assert "503" in over.error_message
    assert over.steps[2].error_message == over.error_message


def test_one_that_is_cancelled_before_it_began_has_nothing_to_undo(hand):
    asked = {hand.saga_id: NOW + timedelta(seconds=2)}
    over = started(hand, 100, asked)
    assert (over.status, over.started_at) == (SagaStatus.COMPENSATED, None)
    assert {step.compensation_status for step in over.steps} == {None}


def test_one_of_a_kind_that_this_version_lacks_is_left_out(hand):
    hand = hand._replace(saga_type="of_tomorrow")
    assert hand.saga_id not in {saga.saga_id for saga in all_sagas(NOW, {}, [hand])}


def test_one_that_is_too_old_to_be_kept_is_not_shown(hand):
    later = NOW + RETENTION + timedelta(days=1)
    assert hand.saga_id not in {saga.saga_id for saga in all_sagas(later, {}, [hand])}


@pytest.mark.parametrize(
    ("request_", "lacks"),
    [(NewSaga("nothing"), "no saga"), (NewSaga("tenant_onboarding", {"email": 1}), "tenant")],
)
def test_what_cannot_be_started_says_what_is_missing(request_, lacks):
    with pytest.raises(WorkflowExecutionError, match=lacks) as caught:
        require_startable(request_)
    assert caught.value.hint


async def test_one_that_was_started_is_there_after_a_restart(demo, tmp_path):
    path = tmp_path / "demo.jsonl"
    request = NewSaga("order_fulfilment", {"order_id": 7}, "run-1", "t")
    made = await demo(journal=FileJournal(path)).start_saga(request)
    again = demo(journal=FileJournal(path))
    assert await again.saga(made.saga_id) == made
    await again.cancel_saga(made.saga_id)
    assert (await demo(journal=FileJournal(path)).saga(made.saga_id)).cancel_requested


def test_what_never_began_of_one_that_went_back_is_cancelled(hand):
    asked = {hand.saga_id: NOW + timedelta(seconds=25)}
    over = started(hand, 200, asked)
    states = [step.status for step in over.steps]
    assert states == [StepStatus.COMPLETED, *[StepStatus.CANCELLED] * 3]
    assert [step.started_at is None for step in over.steps] == [False, False, True, True]


def test_a_step_that_there_is_not_cannot_be_told_to_fail():
    with pytest.raises(WorkflowExecutionError, match="no step 'nothing'") as caught:
        require_startable(NewSaga("order_fulfilment", {"order_id": 1, "fail_at": "nothing"}))
    assert "book_carrier" in caught.value.hint

"""The demo's sagas: one in each state."""

from datetime import UTC, datetime, timedelta

import pytest

from dli_tui.backends.demo.sagas import all_sagas, one_saga, require_cancellable
from dli_tui.domain.errors import ErrorCode, WorkflowExecutionError, WorkflowNotFoundError
from dli_tui.domain.saga import SagaStatus
from dli_tui.domain.status import StepStatus

NOW = datetime(2026, 3, 10, 9, 41, tzinfo=UTC)


def of(status):
    return next(saga for saga in all_sagas(NOW, {}) if saga.status is status)


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
    during = one_saga(saga.saga_id, NOW + timedelta(seconds=5), asked)
    after = one_saga(saga.saga_id, NOW + timedelta(seconds=60), asked)
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
    after = one_saga(saga_id, NOW + timedelta(minutes=1), asked)
    assert after.finished_at is not None
    assert NOW <= after.finished_at <= NOW + timedelta(minutes=1)
    assert one_saga(saga_id, NOW + timedelta(hours=5), asked) == after


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
        one_saga("saga-9999", NOW, {})

"""The demo's sagas: one in each state. Those that are under way can be cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from dli_tui.domain.errors import ErrorCode, WorkflowExecutionError, WorkflowNotFoundError
from dli_tui.domain.saga import Saga, SagaStatus, SagaStep
from dli_tui.domain.status import StepStatus

_STEPS: Final = (
    ("reserve_stock", "inventory", "ReserveStock", "ReleaseStock"),
    ("charge_customer", "payments", "ChargeCustomer", "RefundCustomer"),
    ("book_carrier", "shipping", "BookCarrier", "CancelCarrier"),
    ("send_receipt", "notifications", "SendReceipt", "SendCancellation"),
)
_UNDOING: Final = timedelta(seconds=20)
_LETTERS: Final = {
    "-": None,
    "r": StepStatus.RUNNING,
    "c": StepStatus.COMPLETED,
    "f": StepStatus.FAILED,
    "x": StepStatus.CANCELLED,
}


class _Plot(NamedTuple):
    """How a saga stands: a letter a step for what was done, and for what was undone."""

    number: int
    status: SagaStatus
    minutes_ago: int
    minutes_long: int
    done: str
    undone: str = "----"
    error: str | None = None


_DECLINED: Final = "payment provider answered 402"
_PLOTS: Final = (
    _Plot(7, SagaStatus.PENDING, 0, 0, "----"),
    _Plot(6, SagaStatus.RUNNING, 4, 0, "ccr-"),
    _Plot(5, SagaStatus.COMPENSATING, 11, 0, "ccf-", "cr--", "carrier answered 503"),
    _Plot(4, SagaStatus.CANCELLED, 70, 2, "cx--", "c---"),
    _Plot(3, SagaStatus.FAILED, 120, 3, "cccf", "-fc-", "refund was refused"),
    _Plot(2, SagaStatus.COMPENSATED, 180, 3, "cf--", "c---", _DECLINED),
    _Plot(1, SagaStatus.COMPLETED, 300, 2, "cccc"),
)


def all_sagas(now: datetime, cancelled: Mapping[str, datetime]) -> tuple[Saga, ...]:
    """Every saga as it stands at `now`, newest first."""
    found = [_saga(plot, now, cancelled) for plot in _PLOTS]
    return tuple(sorted(found, key=_age, reverse=True))


def one_saga(saga_id: str, now: datetime, cancelled: Mapping[str, datetime]) -> Saga:
    """The saga of that id; DLI-800 when there is none."""
    for saga in all_sagas(now, cancelled):
        if saga.saga_id == saga_id:
            return saga
    raise WorkflowNotFoundError(f"Saga '{saga_id}' not found", hint="They expire after a while.")


def require_cancellable(saga: Saga) -> None:
    """DLI-807 for cancelling what is over, or on its way back already."""
    if saga.status.is_terminal or saga.status is SagaStatus.COMPENSATING:
        raise WorkflowExecutionError(
            f"Saga '{saga.saga_id}' is {saga.status}, it can't be cancelled",
            code=ErrorCode.WORKFLOW_INVALID_STATE,
            hint="Only a saga that is pending or running can be cancelled.",
        )


def _saga(plot: _Plot, now: datetime, cancelled: Mapping[str, datetime]) -> Saga:
    saga_id = f"saga-{plot.number:04}"
    asked = cancelled.get(saga_id)
    if asked is not None:
        plot = _cancelled(plot, now - asked)
    # Told from the full hour, so that a second look a moment later is not another story.
    # One that was asked to stop keeps the hour of that: its story has an end.
    told = (asked or now).replace(minute=0, second=0, microsecond=0)
    begun = told - timedelta(minutes=plot.minutes_ago)
    end = begun + timedelta(minutes=plot.minutes_long) if asked is None else asked + _UNDOING
    return Saga(
        saga_id=saga_id,
        saga_type="order_fulfilment",
        status=plot.status,
        cancel_requested=asked is not None,
        correlation_id=f"order-{plot.number:02}",
        tenant_id="demo",
        input_data={"order_id": plot.number * 1_017, "currency": "EUR"},
        steps=tuple(_step(plot, index) for index in range(len(_STEPS))),
        error_message=plot.error,
        created_at=begun,
        started_at=None if plot.status is SagaStatus.PENDING else begun,
        finished_at=end if plot.status.is_terminal else None,
    )


def _age(saga: Saga) -> datetime:
    if saga.created_at is None:
        raise ValueError(f"saga {saga.saga_id} of the demo has no time")
    return saga.created_at


def _cancelled(plot: _Plot, passed: timedelta) -> _Plot:
    """What has become of a saga since it was asked to stop."""
    done = plot.done.replace("r", "x")
    over = passed >= _UNDOING
    undone = "".join("-" if letter != "c" else "c" if over else "r" for letter in done)
    status = SagaStatus.COMPENSATED if over else SagaStatus.COMPENSATING
    return plot._replace(done=done, undone=undone, status=status)


def _step(plot: _Plot, index: int) -> SagaStep:
    name, service, command, compensation = _STEPS[index]
    done = _LETTERS[plot.done[index]]
    return SagaStep(
        name=name,
        service=service,
        command=command,
        compensation=compensation,
        status=done or StepStatus.PENDING,
        compensation_status=_LETTERS[plot.undone[index]],
        error_message=plot.error if done is StepStatus.FAILED else None,
    )

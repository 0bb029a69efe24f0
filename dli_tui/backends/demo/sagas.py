"""The demo's sagas: one in each state, and those that somebody started.

Those that are under way can be cancelled. What becomes of a saga is told from when it was
started and when it was asked to stop, so it can be looked at in any moment since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from dli_tui.backends.demo.actions import horizon_of
from dli_tui.backends.demo.ledger import HandSaga
from dli_tui.domain.errors import ErrorCode, WorkflowExecutionError, WorkflowNotFoundError
from dli_tui.domain.query import NewSaga
from dli_tui.domain.saga import Saga, SagaStep, SagaType
from dli_tui.domain.status import SagaStatus, StepStatus

_WAITS: Final = timedelta(seconds=4)
_DOING: Final = timedelta(seconds=15)
"""How long a step takes."""
_UNDOING: Final = timedelta(seconds=10)
_LETTERS: Final = {
    "-": None,
    "p": StepStatus.PENDING,
    "r": StepStatus.RUNNING,
    "c": StepStatus.COMPLETED,
    "f": StepStatus.FAILED,
    "x": StepStatus.CANCELLED,
}
_FAIL_AT: Final = "fail_at"


class _Step(NamedTuple):
    name: str
    service: str
    command: str
    compensation: str


class _Kind(NamedTuple):
    says: SagaType
    steps: tuple[_Step, ...]


_ORDERS: Final = "order_fulfilment"
_KINDS: Final = {
    _ORDERS: _Kind(
        SagaType(
            name=_ORDERS,
            description=f"Take an order from stock to the door; {_FAIL_AT}=STEP lets a step fail",
            required_fields=("order_id",),
            optional_fields=("currency", _FAIL_AT),
        ),
        (
            _Step("reserve_stock", "inventory", "ReserveStock", "ReleaseStock"),
            _Step("charge_customer", "payments", "ChargeCustomer", "RefundCustomer"),
            _Step("book_carrier", "shipping", "BookCarrier", "CancelCarrier"),
            _Step("send_receipt", "notifications", "SendReceipt", "SendCancellation"),
        ),
    ),
    "tenant_onboarding": _Kind(
        SagaType(
            name="tenant_onboarding",
            description=f"Set up all that a new tenant needs; {_FAIL_AT}=STEP lets a step fail",
            required_fields=("tenant", "email"),
            optional_fields=("plan", _FAIL_AT),
        ),
        (
            _Step("create_tenant", "accounts", "CreateTenant", "DeleteTenant"),
            _Step("create_workspace", "workspaces", "CreateWorkspace", "DeleteWorkspace"),
            _Step("grant_access", "permissions", "GrantAccess", "RevokeAccess"),
        ),
    ),
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
    _Plot(5, SagaStatus.COMPENSATING, 11, 0, "ccfx", "cr--", "carrier answered 503"),
    _Plot(4, SagaStatus.CANCELLED, 70, 2, "cxxx", "c---"),
    _Plot(3, SagaStatus.FAILED, 120, 3, "cccf", "-fc-", "refund was refused"),
    _Plot(2, SagaStatus.COMPENSATED, 180, 3, "cfxx", "c---", _DECLINED),
    _Plot(1, SagaStatus.COMPLETED, 300, 2, "cccc"),
)


class _Stand(NamedTuple):
    """How far a saga is."""

    status: SagaStatus
    done: str
    undone: str = ""
    error: str | None = None
    finished: datetime | None = None


def all_sagas(
    now: datetime, cancelled: Mapping[str, datetime], started: Iterable[HandSaga] = ()
) -> tuple[Saga, ...]:
    """Every saga as it stands at `now`, newest first."""
    found = [_of_plot(plot, now, cancelled) for plot in _PLOTS]
    horizon = horizon_of(now)
    found += [
        _of_hand(hand, _KINDS[hand.saga_type], now, cancelled.get(hand.saga_id))
        for hand in started
        # A journal that was kept by another version may name other kinds.
        if hand.at >= horizon and hand.saga_type in _KINDS
    ]
    return tuple(sorted(found, key=_age, reverse=True))


def one_saga(saga_id: str, sagas: Iterable[Saga]) -> Saga:
    """The saga of that id; DLI-800 when there is none."""
    for saga in sagas:
        if saga.saga_id == saga_id:
            return saga
    raise WorkflowNotFoundError(f"Saga '{saga_id}' not found", hint="They expire after a while.")


def types() -> tuple[SagaType, ...]:
    """The kinds that can be started."""
    return tuple(kind.says for kind in _KINDS.values())


def require_cancellable(saga: Saga) -> None:
    """DLI-807 for cancelling what is over, or on its way back already."""
    if saga.status.is_terminal or saga.status is SagaStatus.COMPENSATING:
        raise WorkflowExecutionError(
            f"Saga '{saga.saga_id}' is {saga.status}, it can't be cancelled",
            code=ErrorCode.WORKFLOW_INVALID_STATE,
            hint="Only a saga that is pending or running can be cancelled.",
        )


def require_startable(request: NewSaga) -> None:
    """DLI-802 for a kind or a step that there isn't, or where something has to be given."""
    kind = _KINDS.get(request.saga_type)
    if kind is None:
        raise WorkflowExecutionError(
            f"There is no saga '{request.saga_type}'", hint=f"It can be: {', '.join(_KINDS)}."
        )
    missing = [one for one in kind.says.required_fields if one not in request.input_data]
    if missing:
        raise WorkflowExecutionError(
            f"Saga '{request.saga_type}' lacks {', '.join(missing)}",
            hint="Give it as key=value.",
        )
    steps = [step.name for step in kind.steps]
    fails = request.input_data.get(_FAIL_AT, steps[0])
    if fails not in steps:
        raise WorkflowExecutionError(
            f"Saga '{request.saga_type}' has no step '{fails}'",
            hint=f"{_FAIL_AT} can be: {', '.join(steps)}.",
        )


def new_id(now: datetime, started: Iterable[HandSaga]) -> str:
    """An id that no other saga has."""
    taken = {hand.saga_id for hand in started}
    wanted = candidate = f"saga-{now:%Y%m%d-%H%M%S}"
    number = 1
    while candidate in taken:
        number += 1
        candidate = f"{wanted}-{number}"
    return candidate


# The plots


def _of_plot(plot: _Plot, now: datetime, cancelled: Mapping[str, datetime]) -> Saga:
    saga_id = f"saga-{plot.number:04}"
    asked = cancelled.get(saga_id)
    # Told from the full hour, so that a second look a moment later is not another story.
    # One that was asked to stop keeps the hour of that: its story has an end.
    told = (asked or now).replace(minute=0, second=0, microsecond=0)
    begun = told - timedelta(minutes=plot.minutes_ago)
    if asked is not None:
        stand = _on_its_way_back(plot.done, asked, now, plot.error)
    else:
        end = begun + timedelta(minutes=plot.minutes_long)
        ended = end if plot.status.is_terminal else None
        stand = _Stand(plot.status, plot.done, plot.undone, plot.error, ended)
    return Saga(
        saga_id=saga_id,
        saga_type=_ORDERS,
        status=stand.status,
        cancel_requested=asked is not None,
        correlation_id=f"order-{plot.number:02}",
        tenant_id="demo",
        input_data={"order_id": plot.number * 1_017, "currency": "EUR"},
        steps=tuple(_step(one, place, stand) for place, one in enumerate(_KINDS[_ORDERS].steps)),
        error_message=stand.error,
        created_at=begun,
        started_at=None if plot.status is SagaStatus.PENDING else begun,
        finished_at=stand.finished,
    )


def _age(saga: Saga) -> datetime:
    if saga.created_at is None:
        raise ValueError(f"saga {saga.saga_id} of the demo has no time")
    return saga.created_at


def _on_its_way_back(done: str, since: datetime, now: datetime, error: str | None) -> _Stand:
    """What has been undone of `done` since then: one step after the other, the last one first."""
    # What was under way stops, and what never began never will.
    done = done.replace("r", "x").replace("-", "x")
    passed = now - since
    undone = ["-"] * len(done)
    wanted = [place for place, letter in enumerate(done) if letter == "c"]
    for turn, place in enumerate(reversed(wanted)):
        through = passed // _UNDOING - turn
        undone[place] = "p" if through < 0 else "r" if through == 0 else "c"
    end = since + _UNDOING * max(1, len(wanted))
    if now < end:
        return _Stand(SagaStatus.COMPENSATING, done, "".join(undone), error)
    return _Stand(SagaStatus.COMPENSATED, done, "".join(undone), error, end)


# What somebody started


def _of_hand(hand: HandSaga, kind: _Kind, now: datetime, asked: datetime | None) -> Saga:
    begun = hand.at + _WAITS
    stand = _so_far(hand, kind, now, asked)
    return Saga(
        saga_id=hand.saga_id,
        saga_type=hand.saga_type,
        status=stand.status,
        cancel_requested=asked is not None,
        correlation_id=hand.correlation_id,
        tenant_id=hand.tenant_id,
        input_data=dict(hand.input_data),
        steps=tuple(
            _step(one, place, stand, **_moments(begun + _DOING * place, stand.done[place], asked))
            for place, one in enumerate(kind.steps)
        ),
        error_message=stand.error,
        created_at=hand.at,
        started_at=begun if begun <= (asked or now) else None,
        finished_at=stand.finished,
    )


def _so_far(hand: HandSaga, kind: _Kind, now: datetime, asked: datetime | None) -> _Stand:
    begun, count = hand.at + _WAITS, len(kind.steps)
    worked = min(now, asked or now) - begun
    through = worked // _DOING
    names = [one.name for one in kind.steps]
    fails = hand.input_data.get(_FAIL_AT)
    wrong = names.index(fails) if fails in names else count
    if count > wrong < through:
        step = kind.steps[wrong]
        done = "c" * wrong + "f" + "-" * (count - wrong - 1)
        error = f"{step.service} answered 503 to {step.command}"
        return _on_its_way_back(done, begun + _DOING * (wrong + 1), now, error)
    if through >= count:
        return _Stand(SagaStatus.COMPLETED, "c" * count, finished=begun + _DOING * count)
    under_way = "" if worked < timedelta(0) else "r"
    done = f"{'c' * through}{under_way}".ljust(count, "-")
    if asked is not None:
        return _on_its_way_back(done, asked, now, None)
    return _Stand(SagaStatus.RUNNING if under_way else SagaStatus.PENDING, done)


def _moments(begun: datetime, letter: str, asked: datetime | None) -> dict[str, Any]:
    """When a step began and ended, as far as it did."""
    never = letter == "x" and (asked is None or begun > asked)
    if letter == "-" or never:
        return {}
    end = {"r": None, "x": asked}.get(letter, begun + _DOING)
    return {"started_at": begun, "finished_at": end}


def _step(step: _Step, place: int, stand: _Stand, **moments: datetime | None) -> SagaStep:
    done = _LETTERS[stand.done[place]]
    undone = stand.undone or "-" * len(stand.done)
    return SagaStep(
        name=step.name,
        service=step.service,
        command=step.command,
        compensation=step.compensation,
        status=done or StepStatus.PENDING,
        compensation_status=_LETTERS[undone[place]],
        error_message=stand.error if done is StepStatus.FAILED else None,
        **moments,
    )

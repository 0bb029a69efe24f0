"""The steps of an execution: as the service tells them, or concluded from what it gave back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from dli_tui.backends.pyairtable.convert import Execution
from dli_tui.domain.run import RunProgress
from dli_tui.domain.status import RunStatus, StepStatus
from dli_tui.domain.step import Step
from dli_tui.wire.envelopes import opened
from dli_tui.wire.values import (
    Row,
    count,
    differing,
    first,
    identifier,
    mapping,
    moment,
    note,
    record,
    seconds,
    text,
)

_TRIES: Final = 4
"""A first try and three more."""
_THOUSAND: Final = 1000
_BEGUN: Final = re.compile(r"^Executing step (\d{1,9}):", re.MULTILINE)
_FAILED: Final = re.compile(r"^Step (\d{1,9}) failed: (.*)", re.MULTILINE)


def told(reply: object) -> tuple[Step, ...]:
    """The steps as the service tells them, in their order."""
    rows = (record(row) for row in opened(reply, "steps").rows)
    found = [_step(row, place) for place, row in enumerate(rows, start=1) if row is not None]
    steps = sorted(found, key=lambda step: step.order)
    # They run one after the other, whatever they take from whom.
    needs = [(), *((step.name,) for step in steps)]
    return tuple(step.twin(needs=need) for step, need in zip(steps, needs, strict=False))


def _step(row: Row, place: int) -> Step:
    word = first(row, text, "status")
    status = StepStatus.of(word)
    milliseconds = first(row, seconds, "execution_time_ms")
    return Step(
        name=first(row, text, "step_name", "name") or f"step {place}",
        step_id=first(row, identifier, "id", "step_id"),
        order=first(row, count, "step_order", "order") or place,
        type=first(row, text, "step_type", "type"),
        status=status,
        raw_status=differing(word, status),
        attempt=(first(row, count, "retry_count") or 0) + 1,
        max_attempts=_TRIES,
        started_at=first(row, moment, "started_at"),
        finished_at=first(row, moment, "completed_at", "finished_at"),
        reported_seconds=None if milliseconds is None else milliseconds / _THOUSAND,
        error_message=first(row, note, "error_message", "error"),
        input_data=mapping(row.get("input_data")),
        output_data=mapping(row.get("output_data")) or _wrapped(row.get("output_data")),
    )


def concluded(execution: Execution, config: Row | None) -> tuple[Step, ...]:
    """The steps by what the run gave back, what it wrote down, and what is still to come.

    What neither says stays unknown: a run that failed without results may have failed anywhere.
    """
    planned = list(_planned(config))
    by_name = {step.name: step for step in planned}
    done = list(_results(execution.results))
    names = {step.name for step in done}
    known = [step.twin(type=_type_of(by_name, step.name)) for step in done]
    rest = [step for step in planned if step.name not in names]
    told = _Log.read(execution.logs)
    left = (
        (_by_log(step, told) for step in rest)
        if told.begun
        else _by_run(rest, execution, is_known=bool(known))
    )
    every = (*known, *left)
    return tuple(step.twin(order=place) for place, step in enumerate(every, start=1))


def _type_of(planned: dict[str, Step], name: str) -> str | None:
    return planned[name].type if name in planned else None


def _results(results: Row) -> Iterator[Step]:
    """What gave something back: by name, or in the oldest generation as a list."""
    listed = results.get("results")
    if not isinstance(listed, list):
        for name, value in results.items():
            yield _gave(name, StepStatus.COMPLETED, value)
        return
    for place, value in enumerate(listed, start=1):
        row = record(value) or {}
        word = first(row, text, "status")
        status = StepStatus.of(word)
        name = first(row, text, "name") or f"step {place}"
        yield _gave(name, status, row.get("result")).twin(
            raw_status=differing(word, status),
            error_message=first(row, note, "error", "error_message"),
        )


def _gave(name: str, status: StepStatus, value: object) -> Step:
    return Step(
        name=name,
        status=status,
        output_data=mapping(value) or _wrapped(value),
        concluded=True,
    )


def _planned(config: Row | None) -> Iterator[Step]:
    steps = (config or {}).get("steps")
    for place, value in enumerate(steps if isinstance(steps, list) else [], start=1):
        row = record(value) or {}
        yield Step(
            name=first(row, text, "name") or f"step {place}",
            order=place,
            type=first(row, text, "type"),
            status=StepStatus.PENDING,
            concluded=True,
        )


class _Log(NamedTuple):
    """What a log says of steps, which it numbers."""

    begun: tuple[int, ...]
    failed: dict[int, str]

    @classmethod
    def read(cls, logs: str) -> _Log:
        """The numbers that stand in it."""
        begun = tuple(int(number) for number in _BEGUN.findall(logs))
        return cls(begun, {int(number): why for number, why in _FAILED.findall(logs)})


def _by_log(step: Step, log: _Log) -> Step:
    if step.order in log.failed:
        return step.twin(status=StepStatus.FAILED, error_message=log.failed[step.order])
    if step.order not in log.begun:
        status = StepStatus.SKIPPED if log.failed else StepStatus.PENDING
        return step.twin(status=status)
    is_last = step.order == log.begun[-1]
    return step.twin(status=StepStatus.RUNNING if is_last else StepStatus.COMPLETED)


def _by_run(rest: Sequence[Step], execution: Execution, *, is_known: bool) -> Iterator[Step]:
    """By how the run stands: where some are known to be done, the next is the one at work."""
    run = execution.run
    if run.status is RunStatus.PENDING:
        yield from rest
        return
    if run.status is RunStatus.KILLED:
        yield from (step.twin(status=StepStatus.CANCELLED) for step in rest)
        return
    after = _AFTER.get(run.status) if is_known else None
    for place, step in enumerate(rest):
        if after is None:
            yield step.twin(status=StepStatus.UNKNOWN)
        elif place:
            yield step.twin(status=after.then)
        else:
            error = run.error_message if after.first is StepStatus.FAILED else None
            yield step.twin(status=after.first, error_message=error)


class _After(NamedTuple):
    """How the step after the last that is done stands, and those behind it."""

    first: StepStatus
    then: StepStatus


_AFTER: Final = {
    RunStatus.RUNNING: _After(StepStatus.RUNNING, StepStatus.PENDING),
    RunStatus.FAILED: _After(StepStatus.FAILED, StepStatus.SKIPPED),
    RunStatus.TIMEOUT: _After(StepStatus.FAILED, StepStatus.SKIPPED),
}


def _wrapped(value: object) -> Row | None:
    """What isn't an object stays readable as one."""
    return None if value in (None, {}) else {"value": value}


def progress_of(steps: tuple[Step, ...]) -> RunProgress | None:
    """How far a run is, counted in its steps."""
    if all(step.status is StepStatus.UNKNOWN for step in steps):
        return None
    at_work = (StepStatus.RUNNING, StepStatus.RETRYING)
    return RunProgress(
        total_tasks=len(steps),
        completed_tasks=sum(step.status is StepStatus.COMPLETED for step in steps),
        failed_tasks=sum(step.status is StepStatus.FAILED for step in steps),
        current_task=next((step.name for step in steps if step.status in at_work), None),
    )

"""The tasks of a run, in our words: its steps, how far it is, and what a retry would clear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from dli_tui.backends.airflow.convert import listed, rows_of
from dli_tui.domain.retry import RetryPlan, StepAgain
from dli_tui.domain.run import RunProgress, WorkflowRun
from dli_tui.domain.status import RunStatus, StepStatus
from dli_tui.domain.step import Step
from dli_tui.wire.values import Row, count, first, moment, record, seconds, text

_COPY: Final = "map_index"
_NO_INDEX: Final = -1


def progress_of(run: WorkflowRun, steps: Iterable[Step]) -> RunProgress:
    """How far a run is, counted in its tasks.

    A skipped task is done with, unless the run was stopped or failed: then it was cut off.
    """
    every = tuple(steps)
    at_work = (one.name for one in every if one.status is StepStatus.RUNNING)
    done = {StepStatus.COMPLETED} | ({StepStatus.SKIPPED} if run.status not in _CUT_OFF else set())
    return RunProgress(
        total_tasks=len(every),
        completed_tasks=sum(one.status in done for one in every),
        failed_tasks=sum(map(_failed_itself, every)),
        current_task=next(at_work, None),
    )


_CUT_OFF: Final = frozenset({RunStatus.FAILED, RunStatus.KILLED})
_AFTER: Final = "upstream_failed"


def _failed_itself(step: Step) -> bool:
    """Those after it fail too, in Airflow's words, without having run."""
    return step.status is StepStatus.FAILED and step.raw_status != _AFTER


def error_of(run: WorkflowRun, steps: Iterable[Step]) -> str | None:
    """Why a run failed: Airflow says which of its tasks did, and the rest is in their logs."""
    failed = list(dict.fromkeys(one.name for one in steps if _failed_itself(one)))
    if run.status is not RunStatus.FAILED or not failed:
        return None
    return f"Failed: {', '.join(failed)}"


class Shape(NamedTuple):
    """The tasks of a DAG in the order in which they can run, and what each needs."""

    places: Mapping[str, int]
    needs: Mapping[str, tuple[str, ...]]


def shape_of(value: object) -> Shape:
    """The shape of a DAG, from its tasks."""
    told = [one for one in rows_of(value, "tasks") if isinstance(one, dict)]
    names = [name for one in told if (name := first(one, text, "task_id")) is not None]
    needs: dict[str, list[str]] = {name: [] for name in names}
    for one in told:
        for name in listed(one.get("downstream_task_ids")):
            if isinstance(name, str) and name in needs:
                needs[name].append(str(one["task_id"]))
    return Shape(_in_order(needs), {name: tuple(found) for name, found in needs.items()})


def _in_order(needs: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Each task after those it needs; where they need each other, as they came."""
    places: dict[str, int] = {}
    waiting = list(needs)
    while waiting:
        ready = [name for name in waiting if all(need in places for need in needs[name])]
        for name in ready or waiting:
            places[name] = len(places)
        waiting = [name for name in waiting if name not in places]
    return places


def names_of(rows: Iterable[object]) -> frozenset[str]:
    """The tasks that these are of."""
    found = (first(record(row) or {}, text, "task_id") for row in rows)
    return frozenset(name for name in found if name is not None)


def step_of(value: object, shape: Shape) -> Step | None:
    """One task of a run; None where it has no name."""
    told = record(value) or {}
    name = first(told, text, "task_id")
    if name is None:
        return None
    word = first(told, text, "state")
    status = StepStatus.of(word)
    group, _, _ = name.rpartition(".")
    tries = first(told, count, "try_number")
    return Step(
        name=name,
        order=shape.places.get(name, len(shape.places)),
        type=first(told, text, "operator_name", "operator"),
        status=status,
        raw_status=word if status.value != word else None,
        # A task that has not begun is at its first try to come.
        attempt=max(1, tries or 1),
        max_attempts=_most_tries(told),
        map_index=_index(told),
        group=group or None,
        needs=shape.needs.get(name, ()),
        queued_at=first(told, moment, "scheduled_when", "queued_when"),
        # One that failed with those before it never began, though Airflow gives it an hour.
        started_at=None if word == _AFTER else first(told, moment, "start_date"),
        finished_at=None if word == _AFTER else first(told, moment, "end_date"),
        reported_seconds=first(told, seconds, "duration"),
    )


def retry_plan_of(rows: Iterable[object], steps: Sequence[Step]) -> RetryPlan:
    """What a dry run says would be cleared, in the order of the run's `steps`."""
    told = [record(row) or {} for row in rows]
    named = [(name, one) for one in told if (name := first(one, text, "task_id")) is not None]
    again = [(name, _index(one)) for name, one in named if _COPY in one]
    # 2.x names a mapped task once for each copy, without saying which.
    often = Counter(name for name, one in named if _COPY not in one)
    again += [one for name in often for one in _copies(name, often[name], steps)]
    places = {(step.name, step.map_index): place for place, step in enumerate(steps)}
    again.sort(key=lambda one: places.get(one, len(places)))
    return RetryPlan(
        steps=tuple(StepAgain(name=name, map_index=index) for name, index in again), is_whole=True
    )


def _copies(name: str, often: int, steps: Sequence[Step]) -> list[tuple[str, int | None]]:
    """Those copies that failed, or all of them, where they are as many as are meant."""
    own = [step for step in steps if step.name == name]
    failed = [step for step in own if step.status is StepStatus.FAILED]
    meant = next((some for some in (failed, own) if len(some) == often), None)
    if meant is None:
        return [(name, None)] * often
    return [(name, step.map_index) for step in meant]


def _index(told: Row) -> int | None:
    index = told.get(_COPY)
    return index if isinstance(index, int) and index > _NO_INDEX else None


def _most_tries(told: Row) -> int | None:
    retries = first(told, count, "max_tries")
    return None if retries is None else retries + 1

"""What Airflow tells, in our words. Both versions are read alike: they differ in keys alone.

A DAG is a workflow, called by its `dataset:` tag or else by its id. A run that we stopped is one
that failed with our note; a run that we started for a date carries its mark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from dli_tui.domain.cron import CronProblem, fields_of
from dli_tui.domain.health import Health, HealthComponent, ImportFailure
from dli_tui.domain.run import RunProgress, WorkflowRun
from dli_tui.domain.sequence import SequenceMark
from dli_tui.domain.status import (
    HealthStatus,
    RunStatus,
    RunType,
    SourceType,
    StepStatus,
    WorkflowStatus,
)
from dli_tui.domain.step import Step
from dli_tui.domain.text import safe
from dli_tui.domain.workflow import WorkflowInfo
from dli_tui.wire.values import (
    Row,
    count,
    first,
    flag,
    mapping,
    moment,
    note,
    record,
    seconds,
    text,
)

if TYPE_CHECKING:
    from datetime import datetime

PageOf = Callable[[str, str], str]
"""The address of a run's own page, by its DAG and its id."""
SCHEDULER: Final = "scheduler"
NAMED_BY: Final = "dataset"
"""The tag that says what a DAG makes."""
_STOPPED: Final = re.compile(r"stopped by (?P<by>[^:\n]{1,200})(?:: (?P<why>.*))?", re.DOTALL)
_STARTED: Final = re.compile(r"started by (?P<by>[^\n]{1,200})")
_NO_INDEX: Final = -1


class Dag(NamedTuple):
    """A DAG as a workflow, and what else is known of it."""

    dag_id: str
    row: WorkflowInfo
    broken_file: str | None = None
    """The file that Airflow can't read any more, where that is why it stands still."""


def explained(dag: Dag, errors: Iterable[ImportFailure]) -> Dag:
    """A DAG with the last line of what is wrong with its file."""
    file = dag.broken_file or ""
    found = (error.message for error in errors if error.name == file.rpartition("/")[2])
    last = next(found, "").strip().rpartition("\n")[2]
    if not last:
        return dag
    return dag._replace(row=dag.row.twin(warning=f"It can't be imported: {last}"))


def dag_of(value: object) -> Dag | None:
    """A DAG of the list; None where it has no id to be addressed by."""
    told = record(value) or {}
    dag_id = first(told, text, "dag_id")
    if dag_id is None:
        return None
    tags = _tags(told)
    zone = _tagged(tags, "timezone") or _tagged(tags, "zone") or "UTC"
    source = (_tagged(tags, "source") or _tagged(tags, "origin") or "").casefold()
    paused = first(told, flag, "is_paused") or False
    row = WorkflowInfo(
        dataset_name=_tagged(tags, NAMED_BY) or dag_id,
        source_type=SourceType.MANUAL if source == SourceType.MANUAL else SourceType.CODE,
        status=_status(told, paused=paused),
        cron=_cron(told),
        timezone=zone,
        next_run=None if paused else first(told, moment, *_NEXT),
        owner=_joined(told.get("owners")),
        team=_tagged(tags, "team"),
        description=first(told, note, "description"),
        tags=tags,
        airflow_dag_id=dag_id,
        warning=_UNREADABLE if _is_broken(told) else None,
    )
    file = first(told, text, "relative_fileloc", "fileloc") if _is_broken(told) else None
    return Dag(dag_id, row, file)


_UNREADABLE: Final = "It can't be imported; see the health page"


_NEXT: Final = ("next_dagrun_run_after", "next_dagrun_create_after", "next_dagrun")


def _status(told: Row, *, paused: bool) -> WorkflowStatus:
    active = first(told, flag, "is_active")
    if first(told, flag, "is_stale") or active is False or _is_broken(told):
        return WorkflowStatus.DISABLED
    return WorkflowStatus.PAUSED if paused else WorkflowStatus.ACTIVE


def _is_broken(told: Row) -> bool:
    return first(told, flag, "has_import_errors") or False


def _cron(told: Row) -> str | None:
    """The schedule where it is one: an asset or a span of time is none that we could work with."""
    nested = record(told.get("schedule_interval")) or {}
    found = first(told, text, "timetable_summary") or first(nested, text, "value")
    if found is None:
        return None
    is_cron = not isinstance(fields_of(found), CronProblem) or found.startswith("@")
    return found if is_cron and found.casefold() not in _BY_HAND else None


_BY_HAND: Final = frozenset({"@once", "@continuous"})


def _tags(told: Row) -> tuple[str, ...]:
    names = (first(record(one) or {}, text, "name") for one in listed(told.get("tags")))
    return tuple(name for name in names if name is not None)


def _tagged(tags: Sequence[str], key: str) -> str | None:
    """What a tag `key:value` says."""
    prefix = f"{key}:"
    found = (tag[len(prefix) :].strip() for tag in tags if tag.startswith(prefix))
    return next((value for value in found if value), None)


def _joined(value: object) -> str | None:
    return ", ".join(one for one in listed(value) if isinstance(one, str)) or None


def listed(value: object) -> list[Any]:
    """A list as it came; anything else is an empty one."""
    return value if isinstance(value, list) else []


def rows_of(reply: object, key: str) -> list[Any]:
    """The rows of a list that stands under `key`."""
    return listed((record(reply) or {}).get(key))


def run_of(value: object, dag: Dag | None, page_of: PageOf) -> WorkflowRun | None:
    """A run; `dag` is its workflow where that is known. None where it has no id."""
    told = record(value) or {}
    run_id, dag_id = first(told, text, "dag_run_id"), first(told, text, "dag_id")
    if run_id is None or dag_id is None:
        return None
    conf = mapping(told.get("conf")) or {}
    kind, raw_kind = _run_type(told, conf)
    status, raw_status, stopped = _run_status(told)
    begun = first(told, moment, "queued_at") or _asked_for(told, kind)
    return WorkflowRun(
        run_id=run_id,
        dataset_name=dag.row.dataset_name if dag is not None else dag_id,
        workflow_id=dag_id,
        source_type=dag.row.source_type if dag is not None else None,
        status=status,
        raw_status=raw_status,
        run_type=kind,
        raw_run_type=raw_kind,
        slot=_slot(told, kind),
        parameters=conf,
        triggered_by=_starter(told, conf, kind),
        backfill_id=SequenceMark.id_of(conf),
        created_at=begun,
        started_at=first(told, moment, "start_date"),
        finished_at=first(told, moment, "end_date"),
        updated_at=first(told, moment, "last_scheduling_decision"),
        reported_seconds=first(told, seconds, "duration"),
        reason=None if stopped is None else safe(stopped["why"] or "") or None,
        stopped_by=None if stopped is None else stopped["by"],
        stopped_at=None if stopped is None else first(told, moment, "end_date"),
        logs_url=page_of(dag_id, run_id),
    )


def _run_type(told: Row, conf: Mapping[str, Any]) -> tuple[RunType, str | None]:
    word = first(told, text, "run_type")
    if SequenceMark.id_of(conf) is not None:
        return RunType.BACKFILL, word
    kind = RunType.of(word or "manual")
    return kind, word if kind is RunType.OTHER else None


def _run_status(told: Row) -> tuple[RunStatus, str | None, re.Match[str] | None]:
    """Where it stands; one that failed with our note was stopped."""
    word = first(told, text, "state")
    status = RunStatus.of(word or "")
    stopped = _STOPPED.match(first(told, text, "note") or "")
    if status is RunStatus.FAILED and stopped is not None:
        return RunStatus.KILLED, word, stopped
    return status, None if status is not RunStatus.UNKNOWN else word, None


def _slot(told: Row, kind: RunType) -> datetime | None:
    """The logical date, where somebody meant one."""
    return None if _asked_for(told, kind) is not None else _logical(told)


def _asked_for(told: Row, kind: RunType) -> datetime | None:
    """When a run by hand was asked for, which 2.x tells as a logical date that nobody meant."""
    logical = _logical(told)
    if logical is None or kind is not RunType.ADHOC:
        return None
    run_id = first(told, text, "dag_run_id") or ""
    # Who means a date doesn't mean a part of a second.
    is_of_the_clock = logical.microsecond > 0 or moment(run_id.partition("__")[2]) == logical
    return logical if is_of_the_clock else None


def _logical(told: Row) -> datetime | None:
    return first(told, moment, "logical_date", "execution_date")


def _starter(told: Row, conf: Mapping[str, Any], kind: RunType) -> str | None:
    mark = SequenceMark.of(conf)
    if mark is not None and mark.by:
        return mark.by
    started = _STARTED.match(first(told, text, "note") or "")
    # Airflow knows the account that we sign in with; our note, the person.
    named = started["by"] if started is not None else first(told, text, "triggering_user_name")
    return named or (SCHEDULER if kind is RunType.SCHEDULED else None)


def progress_of(steps: Iterable[Step]) -> RunProgress:
    """How far a run is, counted in its tasks."""
    every = tuple(steps)
    at_work = (one.name for one in every if one.status is StepStatus.RUNNING)
    return RunProgress(
        total_tasks=len(every),
        completed_tasks=sum(one.status in _DONE for one in every),
        failed_tasks=sum(one.status is StepStatus.FAILED for one in every),
        current_task=next(at_work, None),
    )


_DONE: Final = frozenset({StepStatus.COMPLETED, StepStatus.SKIPPED})


_AFTER: Final = "upstream_failed"


def error_of(run: WorkflowRun, steps: Iterable[Step]) -> str | None:
    """Why a run failed: Airflow says which of its tasks did, and the rest is in their logs."""
    # Those after it fail too, in Airflow's words, without having run.
    own = (one for one in steps if one.status is StepStatus.FAILED and one.raw_status != _AFTER)
    failed = list(dict.fromkeys(one.name for one in own))
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


def step_of(value: object, shape: Shape) -> Step | None:
    """One task of a run; None where it has no name."""
    told = record(value) or {}
    name = first(told, text, "task_id")
    if name is None:
        return None
    word = first(told, text, "state")
    status, index = StepStatus.of(word), told.get("map_index")
    is_mapped = isinstance(index, int) and index > _NO_INDEX
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
        map_index=index if is_mapped else None,
        group=group or None,
        needs=shape.needs.get(name, ()),
        queued_at=first(told, moment, "scheduled_when", "queued_when"),
        # One that failed with those before it never began, though Airflow gives it an hour.
        started_at=None if word == _AFTER else first(told, moment, "start_date"),
        finished_at=None if word == _AFTER else first(told, moment, "end_date"),
        reported_seconds=first(told, seconds, "duration"),
    )


def _most_tries(told: Row) -> int | None:
    retries = first(told, count, "max_tries")
    return None if retries is None else retries + 1


def health_of(report: object, errors: object, pools: object, version: str) -> Health:
    """How Airflow is doing: its parts, what it couldn't import, its pools."""
    parts = [
        HealthComponent(
            name=name.replace("_", " "),
            status=HealthStatus.of(word),
            heartbeat_at=first(told, moment, f"latest_{name}_heartbeat"),
        )
        for name, value in (record(report) or {}).items()
        # A part that nobody started says nothing of itself.
        if (word := first(told := record(value) or {}, text, "status")) is not None
    ]
    parts += _full_pools(pools)
    return Health(
        status=max((part.status for part in parts), key=_WORSE.index, default=HealthStatus.UNKNOWN),
        service="Airflow",
        version=version,
        components=tuple(parts),
        import_errors=tuple(failures_of(errors)),
    )


_WORSE: Final = (
    HealthStatus.HEALTHY,
    HealthStatus.UNKNOWN,
    HealthStatus.DEGRADED,
    HealthStatus.UNHEALTHY,
)


def _full_pools(pools: object) -> Iterable[HealthComponent]:
    for one in rows_of(pools, "pools"):
        told = record(one) or {}
        name, slots = first(told, text, "name"), first(told, count, "slots") or 0
        waiting = first(told, count, "queued_slots") or 0
        if name is None:
            continue
        taken = first(told, count, "occupied_slots") or 0
        is_full = slots > 0 and taken >= slots and waiting > 0
        yield HealthComponent(
            name=f"{name} pool".replace("_pool pool", " pool"),
            status=HealthStatus.DEGRADED if is_full else HealthStatus.HEALTHY,
            message=f"{taken} of {slots} slots taken, {waiting} wait",
        )


def failures_of(errors: object) -> Iterable[ImportFailure]:
    """What couldn't be imported, by the names of the files."""
    for one in rows_of(errors, "import_errors"):
        told = record(one) or {}
        name = first(told, text, "filename")
        if name is not None:
            yield ImportFailure(
                name=name.rpartition("/")[2],
                message=first(told, note, "stack_trace") or "no reason given",
                at=first(told, moment, "timestamp"),
            )

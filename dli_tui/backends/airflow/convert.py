"""What Airflow tells, in our words. Both versions are read alike: they differ in keys alone.

A DAG is a workflow, called by its `dataset:` tag or else by its id. A run that we stopped is one
that failed with our note; a run that we started for a date carries its mark.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from dli_tui.domain.cron import CronProblem, fields_of
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.sequence import KEY, SequenceMark
from dli_tui.domain.status import (
    RunStatus,
    RunType,
    SourceType,
    WorkflowStatus,
)
from dli_tui.domain.text import safe
from dli_tui.domain.workflow import WorkflowInfo
from dli_tui.domain.zones import zone_of
from dli_tui.insight.schedule_fit import ScheduledDate, fit
from dli_tui.wire.envelopes import bounded
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
MANAGED: Final = "dli:managed"
"""The tag of a DAG that was made of a spec."""
_STOPPED: Final = re.compile(
    r"stopped by (?P<by>\S[^\n]{0,199}?): (?P<why>[^\n]+)"
    r"(?:\nat (?P<at>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC$)?",
    re.MULTILINE,
)
"""Whoever writes that on a run that failed says what we say; "stopped by accident" is no stop."""
_NO_REASON: Final = "no reason given"
_STARTED: Final = re.compile(r"^started by (?P<by>[^\n]{1,200})", re.MULTILINE)
_A_WHILE: Final = timedelta(seconds=5)
"""A run that only waited may begin while it is being stopped."""
_ROOM_FOR_STOP: Final = 160
_LONGEST_NOTE: Final = 1_000
"""Airflow refuses more."""


class Dag(NamedTuple):
    """A DAG as a workflow, and what else is known of it."""

    dag_id: str
    row: WorkflowInfo
    broken_file: str | None = None
    """The file that Airflow can't read any more, where that is why it stands still."""
    file: str | None = None
    token: str | None = None
    """What its file is called where Airflow is asked to read it again."""
    parsed: str | None = None
    """When it was read last, in Airflow's words."""
    next_date: ScheduledDate | None = None
    """The date that its scheduler runs next, with its data interval."""
    named_zone: str | None = None
    """The zone that a tag says its schedule is read in."""
    max_active_runs: int | None = None
    at_run_limit: bool = False
    """Whether Airflow itself says that no other run is made before one ends."""

    @property
    def is_ours(self) -> bool:
        """Whether it was made of a spec."""
        return MANAGED in self.row.tags


def explained(dag: Dag, errors: Mapping[str, str]) -> Dag:
    """A DAG with the last line of what is wrong with its file, of all `errors` by file."""
    last = errors.get(dag.broken_file or "", "").strip().rpartition("\n")[2]
    if not last:
        return dag
    why = f"It can't be imported: {last}"
    return dag._replace(row=dag.row.twin(warning=why, import_error=why))


@cache
def _blank_row() -> WorkflowInfo:
    """What each row is a twin of: a tenth of the time and a third of the memory of a new one."""
    return WorkflowInfo(dataset_name="", source_type=SourceType.CODE, status=WorkflowStatus.ACTIVE)


@cache
def _blank_run() -> WorkflowRun:
    return WorkflowRun(run_id="", dataset_name="", status=RunStatus.UNKNOWN)


def dag_of(value: object) -> Dag | None:
    """A DAG of the list; None where it has no id to be addressed by."""
    told = record(value) or {}
    dag_id = first(told, text, "dag_id")
    if dag_id is None:
        return None
    tags = _tags(told)
    named_zone = _zone_named(tags)
    next_date = _next_date(told)
    cron, schedule_text = _schedule(told)
    due = first(told, moment, *_NEXT)
    source = (_tagged(tags, "source") or _tagged(tags, "origin") or "").casefold()
    status = _status(told)
    row = _blank_row().twin(
        dataset_name=_tagged(tags, NAMED_BY) or dag_id,
        source_type=SourceType.MANUAL if source == SourceType.MANUAL else SourceType.CODE,
        status=status,
        cron=cron,
        schedule_text=schedule_text,
        timezone=_zone(cron, next_date, named_zone),
        next_run=due if status is WorkflowStatus.ACTIVE else None,
        next_run_when_unpaused=due if status is WorkflowStatus.PAUSED else None,
        at_run_limit=_is_at_limit(told),
        owner=_joined(told.get("owners")),
        team=_tagged(tags, "team"),
        description=first(told, note, "description"),
        tags=tags,
        airflow_dag_id=dag_id,
        warning=_UNREADABLE if _is_broken(told) else None,
        import_error=_UNREADABLE if _is_broken(told) else None,
    )
    file = first(told, _shared, "relative_fileloc", "fileloc")
    return Dag(
        dag_id,
        row,
        file if _is_broken(told) else None,
        file,
        first(told, _shared, "file_token"),
        first(told, text, "last_parsed_time"),
        next_date,
        named_zone,
        first(told, count, "max_active_runs"),
        row.at_run_limit,
    )


_UNREADABLE: Final = "It can't be imported; see the health page"


_NEXT: Final = ("next_dagrun_run_after", "next_dagrun_create_after")
"""When the next run is made. Its logical date may be a whole data interval earlier."""
_LOGICAL: Final = ("next_dagrun_logical_date", "next_dagrun")


def _next_date(told: Row) -> ScheduledDate | None:
    """The date that the scheduler runs next, where it names one with its data interval."""
    logical_date = first(told, moment, *_LOGICAL)
    start = first(told, moment, "next_dagrun_data_interval_start")
    end = first(told, moment, "next_dagrun_data_interval_end")
    if logical_date is None or start is None or end is None:
        return None
    return ScheduledDate(logical_date, start, end)


def _is_at_limit(told: Row) -> bool:
    """Whether 2.x makes no run before another ends: then it has a next date, but no hour for it."""
    has_date = first(told, moment, *_LOGICAL) is not None
    return has_date and "next_dagrun_create_after" in told and first(told, moment, *_NEXT) is None


def _zone_named(tags: Sequence[str]) -> str | None:
    """The zone that a tag names, if there is such a zone."""
    named = _tagged(tags, "timezone") or _tagged(tags, "zone")
    try:
        return None if named is None else zone_of(named).key
    except ConfigurationError:
        return None


def _zone(cron: str | None, next_date: ScheduledDate | None, named: str | None) -> str | None:
    """The zone that is named, unless the next date contradicts it."""
    if cron is None or named is None or next_date is None:
        return named
    return named if fit(cron, [next_date], next_date.logical_date, named) else None


def _status(told: Row) -> WorkflowStatus:
    active = first(told, flag, "is_active")
    if first(told, flag, "is_stale") or active is False or _is_broken(told):
        return WorkflowStatus.DISABLED
    is_paused = first(told, flag, "is_paused")
    return WorkflowStatus.PAUSED if is_paused else WorkflowStatus.ACTIVE


def _is_broken(told: Row) -> bool:
    return first(told, flag, "has_import_errors") or False


def _schedule(told: Row) -> tuple[str | None, str | None]:
    """The cron of a schedule, or else Airflow's words for it; neither where it has none."""
    nested = record(told.get("schedule_interval")) or {}
    found = first(told, _shared, "timetable_summary") or first(nested, _shared, "value")
    if found is None and nested:
        found = _span(nested)
    said = first(told, text, "timetable_description")
    if found is None:
        # It has none, and 3.x and 2.x say so in the same words.
        return None, None if said is None or said.startswith("Never") else said
    cron = _PRESETS.get(found.casefold(), found)
    if not isinstance(fields_of(cron), CronProblem):
        return cron, None
    return None, found


def _span(nested: Row) -> str | None:
    """A schedule of one run each so and so long, as 2.x tells it."""
    parts = [first(nested, count, key) or 0 for key in ("days", "seconds")]
    length = timedelta(days=parts[0], seconds=parts[1])
    return f"every {length}" if length else first(nested, text, "__type")


_PRESETS: Final = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@quarterly": "0 0 1 */3 *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
"""What Airflow means by its short names."""


def _tags(told: Row) -> tuple[str, ...]:
    names = (first(record(one) or {}, _shared, "name") for one in listed(told.get("tags")))
    return tuple(name for name in names if name is not None)


def _shared(value: object) -> str | None:
    """Text that many DAGs have: it is kept once."""
    found = text(value)
    return None if found is None else sys.intern(found)


def _tagged(tags: Sequence[str], key: str) -> str | None:
    """What a tag `key:value` says."""
    prefix = f"{key}:"
    found = (tag[len(prefix) :].strip() for tag in tags if tag.startswith(prefix))
    return next((value for value in found if value), None)


def _joined(value: object) -> str | None:
    return _shared(", ".join(one for one in listed(value) if isinstance(one, str)))


def listed(value: object) -> list[Any]:
    """A list as it came; anything else is an empty one."""
    return value if isinstance(value, list) else []


def rows_of(reply: object, key: str) -> list[Any]:
    """The rows of a list that stands under `key`."""
    return bounded(listed((record(reply) or {}).get(key)), key)


def stop_note(who: str, reason: str | None, at: datetime, told: object) -> str:
    """What we leave on a run that we stop, for Airflow's own users and for ourselves: above what
    stood there before. The note stays when the run is begun again, so it says when this was."""
    why = " ".join((reason or "").split()) or _NO_REASON
    earlier = first(record(told) or {}, text, "note")
    when = f"at {at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    # What stood there stays whole: it may say which backfill the run belongs to.
    kept = (earlier or "")[: _LONGEST_NOTE - _ROOM_FOR_STOP]
    room = _LONGEST_NOTE - len(kept) - len(when) - len("stopped by : \n\n") - len(who)
    lines = [f"stopped by {who}: {why[:room]}", when, *([kept] if kept else ())]
    return "\n".join(lines)[:_LONGEST_NOTE]


def is_marked(value: object) -> bool:
    """Whether a run carries the mark of a backfill of ours."""
    told = record(value) or {}
    return "dag_id" in told and SequenceMark.id_of(_parameters(told)) is not None


def _parameters(told: Row) -> dict[str, Any]:
    """What a run was given, with our mark where its note has one."""
    given = dict(mapping(told.get("conf")) or {})
    marked = SequenceMark.of_note(first(told, text, "note") or "")
    if marked is not None:
        mark, position = marked
        given[KEY] = mark.as_parameter(position)
    return given


def run_of(value: object, dag: Dag | None, page_of: PageOf) -> WorkflowRun | None:
    """A run; `dag` is its workflow where that is known. None where it has no id."""
    told = record(value) or {}
    run_id, dag_id = first(told, text, "dag_run_id"), first(told, text, "dag_id")
    if run_id is None or dag_id is None:
        return None
    conf = _parameters(told)
    kind, raw_kind = _run_type(told, conf)
    status, raw_status, stopped = _run_status(told)
    begun = first(told, moment, "queued_at") or _asked_for(told, kind)
    return _blank_run().twin(
        run_id=run_id,
        dataset_name=dag.row.dataset_name if dag is not None else dag_id,
        workflow_id=dag_id,
        source_type=dag.row.source_type if dag is not None else None,
        status=status,
        raw_status=raw_status,
        run_type=kind,
        raw_run_type=raw_kind,
        slot=_slot(told, kind),
        data_interval_start=first(told, moment, "data_interval_start"),
        data_interval_end=first(told, moment, "data_interval_end"),
        parameters=conf,
        triggered_by=_starter(told, conf, kind),
        backfill_id=SequenceMark.id_of(conf),
        created_at=begun,
        started_at=first(told, moment, "start_date"),
        finished_at=first(told, moment, "end_date"),
        updated_at=first(told, moment, "last_scheduling_decision"),
        reported_seconds=first(told, seconds, "duration"),
        reason=None if stopped is None else _reason(stopped["why"]),
        stopped_by=None if stopped is None else stopped["by"],
        stopped_at=None if stopped is None else first(told, moment, "end_date"),
        logs_url=page_of(dag_id, run_id),
    )


def scheduled_date(run: WorkflowRun) -> ScheduledDate | None:
    """The date of a run that the scheduler made itself."""
    start, end = run.data_interval_start, run.data_interval_end
    if run.run_type is not RunType.SCHEDULED or run.slot is None or start is None or end is None:
        return None
    return ScheduledDate(run.slot, start, end)


def _reason(why: str) -> str | None:
    return None if why == _NO_REASON else safe(why) or None


def _run_type(told: Row, conf: Mapping[str, Any]) -> tuple[RunType, str | None]:
    word = first(told, text, "run_type")
    if SequenceMark.id_of(conf) is not None:
        return RunType.BACKFILL, word
    kind = RunType.of(word or "manual")
    return kind, word if kind is RunType.OTHER else None


def _run_status(told: Row) -> tuple[RunStatus, str | None, re.Match[str] | None]:
    """Where it stands; one that ended with our note was stopped."""
    word = first(told, text, "state")
    status = RunStatus.of(word or "")
    stopped = _STOPPED.match(first(told, text, "note") or "")
    if stopped is not None and _ended_by(stopped, status) and not _was_begun_since(told, stopped):
        return RunStatus.KILLED, word, stopped
    if status is RunStatus.FAILED and _never_began(told):
        return RunStatus.KILLED, word, None
    return status, None if status is not RunStatus.UNKNOWN else word, None


def _ended_by(stopped: re.Match[str], status: RunStatus) -> bool:
    """Whether a run ended as one does that was stopped; where none of its tasks had begun yet,
    Airflow may call that a success, so that a note without an hour tells nothing of it."""
    is_success = status is RunStatus.COMPLETED and bool(stopped["at"])
    return status is RunStatus.FAILED or is_success


def _was_begun_since(told: Row, stopped: re.Match[str]) -> bool:
    """Whether a run that we stopped was begun again, and then failed by itself."""
    begun = first(told, moment, "start_date"), first(told, moment, "queued_at")
    at = moment(stopped["at"].replace(" ", "T") + "Z") if stopped["at"] else None
    return at is not None and any(one is not None and one > at + _A_WHILE for one in begun)


def _never_began(told: Row) -> bool:
    """Whether it waited when the backfill that it belongs to was stopped: so it failed."""
    is_own = first(told, text, "run_type") == RunType.BACKFILL
    return is_own and told.get("start_date") is None and told.get("end_date") is None


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
    started = _STARTED.search(first(told, text, "note") or "")
    # Airflow knows the account that we sign in with; our note, the person.
    named = started["by"] if started is not None else first(told, text, "triggering_user_name")
    return named or (SCHEDULER if kind is RunType.SCHEDULED else None)

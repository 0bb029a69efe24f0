"""What all actions before a moment amount to: who is registered, paused, started, stopped.

Folded once for each set of actions. Everything is kept as intervals and events with their
times, so the world can be asked about any moment since.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, NamedTuple

from dli_tui.backends.demo.actions import Action, Deed
from dli_tui.backends.demo.registered import workflow_of
from dli_tui.backends.demo.scenario import CODE, MANUAL, DemoWorkflow, Scenario
from dli_tui.domain.clock import as_utc
from dli_tui.domain.cron import problem_of
from dli_tui.domain.errors import DLIError
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.sequence import SequenceMark
from dli_tui.domain.status import WorkflowStatus
from dli_tui.domain.zones import zone_of

_ALWAYS: Final = datetime.min.replace(tzinfo=UTC)


class Era(NamedTuple):
    """From `since` on a row is this workflow, or nothing."""

    since: datetime
    workflow: DemoWorkflow | None


class Pause(NamedTuple):
    """From `since` on a schedule is held, or free again."""

    since: datetime
    held: bool
    by: str
    reason: str | None


class HandRun(NamedTuple):
    """A run that somebody started."""

    run_id: str
    at: datetime
    by: str
    parameters: Mapping[str, Any]
    slot: datetime | None = None
    backfill_id: str | None = None
    """The backfill that somebody keeps going with it, if it is one of those."""


class HandBackfill(NamedTuple):
    """A backfill that somebody started."""

    backfill_id: str
    at: datetime
    by: str
    start: date
    end: date
    slots: tuple[datetime, ...]
    parallel: bool
    parameters: Mapping[str, Any]


class RunEvent(NamedTuple):
    """A stop or a retry of one run."""

    at: datetime
    by: str
    reason: str | None
    steps: tuple[str, ...] | None
    """The steps to retry (none named: those that failed); None: it is a stop."""


class HandSaga(NamedTuple):
    """A saga that somebody started."""

    saga_id: str
    at: datetime
    saga_type: str
    input_data: Mapping[str, Any]
    correlation_id: str | None
    tenant_id: str | None


class _Stretch(NamedTuple):
    """Rows that are as the scenario says, and the changed one that comes after them."""

    unchanged: tuple[DemoWorkflow, ...]
    key: WorkflowKey | None = None


@dataclass(slots=True)
class Ledger:
    """The folded actions; read by the world, changed by nobody once it is made."""

    scenario: Scenario
    changed: dict[WorkflowKey, list[Era]] = field(default_factory=dict)
    """The rows that are no longer, or not only, what the scenario says."""
    pauses: dict[str, list[Pause]] = field(default_factory=lambda: defaultdict(list))
    runs: dict[str, list[HandRun]] = field(default_factory=lambda: defaultdict(list))
    owners: dict[str, str] = field(default_factory=dict)
    """By the id of a run that somebody started, its workflow: the id may say nothing of it."""
    backfills: dict[str, list[HandBackfill]] = field(default_factory=lambda: defaultdict(list))
    events: dict[str, list[RunEvent]] = field(default_factory=lambda: defaultdict(list))
    eventful: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    """By workflow, the ids in `events`, in order."""
    registrations: dict[str, Action] = field(default_factory=dict)
    started_sagas: list[HandSaga] = field(default_factory=list)
    cancelled_sagas: dict[str, datetime] = field(default_factory=dict)
    template_uses: Counter[str] = field(default_factory=Counter)
    """By template, how many workflows were made from it."""

    touched: set[str] = field(default_factory=set)
    """The names that anybody ever did anything to."""
    _stretches: tuple[_Stretch, ...] = ()

    def playing(self, moment: datetime) -> Iterator[DemoWorkflow]:
        """Who plays at `moment`, in the order of the list."""
        # Laid out when the list is first asked for: a write asks for single rows only.
        self._stretches = self._stretches or tuple(self._laid_out())
        for stretch in self._stretches:
            yield from stretch.unchanged
            workflow = stretch.key and self.workflow(stretch.key, moment)
            if workflow is not None:
                yield workflow

    def eras(self, key: WorkflowKey) -> Sequence[Era]:
        """Who played the row `key`, since when, in order."""
        changed = self.changed.get(key)
        if changed is not None:
            return changed
        workflow = self.scenario.rows.get(key)
        return () if workflow is None else (Era(_ALWAYS, workflow),)

    def workflow(self, key: WorkflowKey, moment: datetime) -> DemoWorkflow | None:
        """Who plays the row `key` at `moment`."""
        playing = None
        for era in self.eras(key):
            if era.since <= moment:
                playing = era.workflow
        return playing

    def in_force(self, name: str, moment: datetime) -> DemoWorkflow | None:
        """Whom a bare name means at `moment`: CODE where both sources have it."""
        code = self.workflow(WorkflowKey(name, CODE), moment)
        return code or self.workflow(WorkflowKey(name, MANUAL), moment)

    def pause(self, workflow: DemoWorkflow, moment: datetime, now: datetime) -> Pause | None:
        """The hold or release in force at `moment`, seen from `now`, if there ever was one."""
        latest = None
        if workflow.status is not WorkflowStatus.ACTIVE:
            held = _held_from_the_start(now)
            latest = held if held.since <= moment else None
        for pause in self.pauses.get(workflow.name, ()):
            if pause.since <= moment:
                latest = pause
        return latest

    def change(self, key: WorkflowKey, era: Era) -> None:
        """From `era` on the row is another."""
        self.changed[key] = [*self.eras(key), era]

    def _laid_out(self) -> Iterator[_Stretch]:
        """The list in order, cut where a row is no longer what the scenario says."""
        keys, workflows = tuple(self.scenario.rows), tuple(self.scenario.rows.values())
        begin = 0
        for key in sorted(self.changed):
            end = bisect_left(keys, key)
            yield _Stretch(workflows[begin:end], key)
            begin = end + (key in self.scenario.rows)
        yield _Stretch(workflows[begin:])


def ledger(scenario: Scenario, actions: Iterable[Action]) -> Ledger:
    """What `actions` have made of `scenario`."""
    book = Ledger(scenario)
    for action in actions:
        try:
            _FOLDS[action.deed](book, action)
        except (DLIError, LookupError, TypeError, ValueError, AttributeError, OverflowError):
            continue  # a line of the journal that isn't ours: it changes nothing
        book.touched.add(action.name)
    return book


def _held_from_the_start(now: datetime) -> Pause:
    """Some workflows are held when the curtain rises: since the Monday of last week."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    monday = midnight - timedelta(days=now.weekday() + 7)
    return Pause(monday, held=True, by="platform@example.com", reason="maintenance")


def _pause(book: Ledger, action: Action) -> None:
    held = action.deed is Deed.PAUSE
    book.pauses[action.name].append(Pause(action.at, held, action.by, action.reason))


def _run(book: Ledger, action: Action) -> None:
    parameters = action.details.get("parameters", {})
    slot, mark = action.details.get("slot"), SequenceMark.of(parameters)
    book.owners[action.run_id] = action.name
    book.runs[action.name].append(
        HandRun(
            action.run_id,
            action.at,
            action.by,
            parameters,
            as_utc(datetime.fromisoformat(slot)) if slot else None,
            mark.backfill_id if mark is not None else None,
        )
    )


def _backfill(book: Ledger, action: Action) -> None:
    details = action.details
    book.backfills[action.name].append(
        HandBackfill(
            action.run_id,
            action.at,
            action.by,
            date.fromisoformat(details["start"]),
            date.fromisoformat(details["end"]),
            tuple(as_utc(datetime.fromisoformat(slot)) for slot in details["slots"]),
            details["parallel"],
            details["parameters"],
        )
    )


def _event(book: Ledger, action: Action) -> None:
    steps = tuple(action.details.get("steps", ())) if action.deed is Deed.RETRY else None
    event = RunEvent(action.at, action.by, action.reason, steps)
    book.events[action.run_id].append(event)
    book.eventful[action.name][action.run_id] = None


def _register(book: Ledger, action: Action) -> None:
    source = MANUAL if action.deed is Deed.REGISTER else CODE
    workflow = workflow_of(action, source)
    if workflow.cron is not None and problem_of(workflow.cron) is not None:
        raise ValueError(workflow.cron)
    zone_of(workflow.timezone)
    book.change(WorkflowKey(action.name, source), Era(action.at, workflow))
    if source is MANUAL:
        book.registrations[action.name] = action
        book.template_uses.update(filter(None, [action.details.get("template")]))
        # It fires from the start, whatever its predecessor did.
        book.pauses[action.name].append(Pause(action.at, held=False, by=action.by, reason=None))


def _remove(book: Ledger, action: Action) -> None:
    source = MANUAL if action.deed is Deed.UNREGISTER else CODE
    key = WorkflowKey(action.name, source)
    if source is MANUAL:
        # What it ran goes with it: whoever registers the name again begins anew.
        book.changed[key] = []
        book.registrations.pop(action.name, None)
        for kept in (book.pauses, book.runs, book.backfills):
            kept.pop(action.name, None)
        for run_id in book.eventful.pop(action.name, ()):
            book.events.pop(run_id, None)
    else:
        book.change(key, Era(action.at, None))


def _start_saga(book: Ledger, action: Action) -> None:
    details = action.details
    book.started_sagas.append(
        HandSaga(
            action.name,
            action.at,
            details["saga_type"],
            details["input_data"],
            details["correlation_id"],
            details["tenant_id"],
        )
    )


def _cancel_saga(book: Ledger, action: Action) -> None:
    book.cancelled_sagas.setdefault(action.name, action.at)


_FOLDS = {
    Deed.PAUSE: _pause,
    Deed.UNPAUSE: _pause,
    Deed.RUN: _run,
    Deed.BACKFILL: _backfill,
    Deed.STOP: _event,
    Deed.RETRY: _event,
    Deed.REGISTER: _register,
    Deed.UNREGISTER: _remove,
    Deed.DELIVER: _register,
    Deed.WITHDRAW: _remove,
    Deed.START_SAGA: _start_saga,
    Deed.CANCEL_SAGA: _cancel_saga,
}

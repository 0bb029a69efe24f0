"""The demo world at a moment: its rows and its runs, worked out when they are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from heapq import merge
from typing import Any, Final, NamedTuple

from dli_tui.backends.demo import slots
from dli_tui.backends.demo.actions import horizon_of
from dli_tui.backends.demo.ledger import HandBackfill, HandRun, Ledger, RunEvent
from dli_tui.backends.demo.scenario import CODE, ArchivedRun, DemoWorkflow
from dli_tui.backends.demo.timeline import Retry, Stop, Timeline, longest, timeline
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.run import SCHEDULER
from dli_tui.domain.status import RunStatus, RunType, SourceType, WorkflowStatus

_SCHEDULED_ID: Final = re.compile(r"(?P<name>.+)_(?P<slot>[0-9]{8}_[0-9]{6})", re.DOTALL)
_ID_TIME: Final = "%Y%m%d_%H%M%S"
_BETWEEN_DATES: Final = timedelta(seconds=2)
_TICK: Final = timedelta(microseconds=1)
_KEPT_TIMELINES: Final = 50_000


class Play(NamedTuple):
    """One run as it was queued: who, when, for which slot."""

    workflow: DemoWorkflow
    run_id: str
    run_type: RunType
    queued: datetime
    slot: datetime | None
    by: str
    parameters: Mapping[str, Any]
    backfill_id: str | None = None


class World:
    """What the scenario and all actions add up to at `now`. Made anew for another moment."""

    def __init__(
        self, book: Ledger, seed: int, now: datetime, kept: dict[tuple[int, int], Timeline]
    ) -> None:
        self.now = now
        self.book = book
        self._seed = seed
        self._kept = kept
        self.horizon = horizon_of(now)

    # Rows

    def playing(self) -> Iterator[DemoWorkflow]:
        """Every row there is now, in the order of the list."""
        return self.book.playing(self.now)

    def workflow(self, key: WorkflowKey) -> DemoWorkflow | None:
        """Who plays a row now."""
        return self.book.workflow(key, self.now)

    def in_force(self, name: str) -> DemoWorkflow | None:
        """Whom a bare name means: CODE where both sources have it."""
        return self.book.in_force(name, self.now)

    def status(self, workflow: DemoWorkflow) -> WorkflowStatus:
        """What the schedule of a row is doing now."""
        if self._overridden(workflow, self.now):
            return WorkflowStatus.OVERRIDDEN
        if not self._held(workflow, self.now):
            return WorkflowStatus.ACTIVE
        if workflow.status is WorkflowStatus.DISABLED:
            return WorkflowStatus.DISABLED
        return WorkflowStatus.PAUSED

    def next_run(self, workflow: DemoWorkflow) -> datetime | None:
        """The first slot that hasn't begun: in the past for a workflow that runs behind."""
        if workflow.cron is None or self.status(workflow) is not WorkflowStatus.ACTIVE:
            return None
        since = max(self.now - _behind(workflow), min(workflow.created, self.now))
        return slots.following(workflow.cron, workflow.timezone, since)

    # Runs

    def plays(self, workflow: DemoWorkflow) -> Iterator[Play]:
        """Every run of a row that was queued by now, latest first, without the archive."""
        by_hand = [play for play in self._by_hand(workflow.name) if self._home(play) is workflow]
        by_hand.sort(key=_newest_first)
        scheduled = self._scheduled(workflow)
        return merge(scheduled, by_hand, key=_newest_first) if by_hand else scheduled

    def timeline(self, play: Play, *, retries: bool = True) -> Timeline:
        """How a run goes, with the stops and retries that it has met."""
        key = int((play.slot or play.queued).timestamp())
        events = self.book.events.get(play.run_id, ())
        if play.run_type is not RunType.SCHEDULED:
            # The same slot run by hand is another run, with another fate.
            return timeline(
                play.workflow,
                self._seed + len(play.run_id),
                key,
                _told(play, events, retries=retries),
            )
        if events:
            return timeline(play.workflow, self._seed, key, _told(play, events, retries=retries))
        known = (play.workflow.luck, key)
        line = self._kept.get(known)
        if line is None:
            if len(self._kept) > _KEPT_TIMELINES:
                self._kept.clear()
            line = self._kept[known] = timeline(play.workflow, self._seed, key)
        return line

    def children(self, workflow: DemoWorkflow, backfill: HandBackfill) -> Iterator[Play]:
        """The runs of a backfill that were queued by now, in the order of their slots."""
        queued = backfill.at
        for slot in backfill.slots:
            play = Play(
                workflow,
                child_id(backfill.backfill_id, workflow.name, slot),
                RunType.BACKFILL,
                queued,
                slot,
                backfill.by,
                backfill.parameters,
                backfill.backfill_id,
            )
            if not self._begins(backfill, queued):
                return
            yield play
            if backfill.parallel:
                continue
            line = self.timeline(play, retries=False)
            end = queued + timedelta(seconds=line.finished)
            if end > self.now or line.outcome is not RunStatus.COMPLETED:
                return
            queued = end + _BETWEEN_DATES

    def find(self, run_id: str) -> Play | ArchivedRun | None:
        """The run of that id, if it was queued by now."""
        for archived in self.book.scenario.archive:
            if archived.run_id == run_id and archived.started <= self.now:
                return archived
        owner = self.book.owners.get(run_id)
        for name in self.book.backfills if owner is None else (owner,):
            if owner is not None or run_id.startswith(name):
                for play in self._by_hand(name):
                    if play.run_id == run_id:
                        return play
        return self._by_slot(run_id)

    def longest(self, workflow: DemoWorkflow) -> float:
        """Seconds in which every run of a row that nobody retried is over."""
        eras = self.book.eras(WorkflowKey(workflow.name, workflow.source))
        return max(longest(era.workflow or workflow) for era in eras)

    def retried(self, workflow: DemoWorkflow, before: datetime) -> Iterator[Play]:
        """The runs of a row queued `before` that somebody retried."""
        for run_id in self.book.eventful.get(workflow.name, ()):
            if any(event.steps is not None for event in self.book.events[run_id]):
                found = self.find(run_id)
                if not isinstance(found, Play) or found.queued >= before:
                    continue
                if self._home(found) is workflow:
                    yield found

    def backfill(self, backfill_id: str) -> tuple[DemoWorkflow, HandBackfill] | None:
        """The backfill of that id."""
        for name, backfills in self.book.backfills.items():
            for backfill in backfills:
                workflow = self.book.in_force(name, backfill.at)
                if backfill.backfill_id == backfill_id and workflow is not None:
                    return workflow, backfill
        return None

    def backfills(self) -> list[tuple[DemoWorkflow, HandBackfill]]:
        """The backfills that the world still knows, latest first."""
        found = [
            (workflow, backfill)
            for name, backfills in self.book.backfills.items()
            for backfill in backfills
            if backfill.at >= self.horizon
            and (workflow := self.book.in_force(name, backfill.at)) is not None
        ]
        return sorted(found, key=lambda pair: pair[1].at, reverse=True)

    def by_hand(self) -> Iterator[Play]:
        """The runs that somebody started one by one."""
        for name, runs in self.book.runs.items():
            for one in runs:
                workflow = self.book.in_force(name, one.at)
                if workflow is not None and one.at >= self.horizon:
                    yield self._hand_play(workflow, one)

    def halted_by(self, workflow: DemoWorkflow, backfill: HandBackfill) -> str | None:
        """The run for whose sake a backfill gave up the dates after it, if it did."""
        for play in () if backfill.parallel else self.children(workflow, backfill):
            line = self.timeline(play, retries=False)
            over = play.queued + timedelta(seconds=line.finished) <= self.now
            if over and line.outcome is not RunStatus.COMPLETED:
                return play.run_id
        return None

    def stopped(self, backfill_id: str) -> RunEvent | None:
        """The stop of a whole backfill, if there was one."""
        return next(iter(self.book.events.get(backfill_id, ())), None)

    def new_id(self, wanted: str) -> str:
        """`wanted`, or with a number behind it when a run has that id already."""
        candidate, number = wanted, 1
        while self._taken(candidate):
            number += 1
            candidate = f"{wanted}_{number}"
        return candidate

    def new_backfill_id(self, wanted: str, name: str, slots: Iterable[datetime]) -> str:
        """An id for a backfill, such that its runs have ids of their own too."""
        taken = {
            child_id(backfill.backfill_id, name, slot)
            for backfill in self.book.backfills.get(name, ())
            for slot in backfill.slots
        }
        dates, candidate, number = tuple(slots), wanted, 1
        while self._taken(candidate) or any(
            child_id(candidate, name, slot) in taken for slot in dates
        ):
            number += 1
            candidate = f"{wanted}_{number}"
        return candidate

    def _scheduled(self, workflow: DemoWorkflow) -> Iterator[Play]:
        for playing, since, end in self._eras(WorkflowKey(workflow.name, workflow.source)):
            until = end or self.now
            for slot in slots.backwards(
                playing.cron or "", playing.timezone, until - _behind(playing), since
            ):
                if self._fires(playing, slot):
                    yield self._slot_play(playing, slot)

    def _eras(self, key: WorkflowKey) -> Iterator[tuple[DemoWorkflow, datetime, datetime | None]]:
        """Who ran on a schedule in a row, since when and until when, latest first."""
        end: datetime | None = None
        for era in reversed(self.book.eras(key)):
            if era.workflow is not None and era.workflow.cron is not None:
                since = era.workflow.since or self.horizon
                yield era.workflow, max(era.since + _TICK, self.horizon, since), end
            end = era.since if end is None else min(end, era.since)

    def _fires(self, workflow: DemoWorkflow, slot: datetime) -> bool:
        # What is done at the very moment of a slot comes after it: a run once seen stays.
        before = slot - _TICK
        return not (self._held(workflow, before) or self._overridden(workflow, before))

    def _slot_play(self, workflow: DemoWorkflow, slot: datetime) -> Play:
        return Play(
            workflow,
            f"{workflow.name}_{slot:{_ID_TIME}}",
            RunType.SCHEDULED,
            slot + _behind(workflow),
            slot,
            SCHEDULER,
            {},
        )

    def _hand_play(self, workflow: DemoWorkflow, run: HandRun) -> Play:
        kind = RunType.ADHOC if run.backfill_id is None else RunType.BACKFILL
        return Play(
            workflow, run.run_id, kind, run.at, run.slot, run.by, run.parameters, run.backfill_id
        )

    def _by_hand(self, name: str) -> Iterator[Play]:
        """The runs that somebody started, each as the workflow in force was then."""
        for run in self.book.runs.get(name, ()):
            workflow = self.book.in_force(name, run.at)
            if workflow is not None and run.at >= self.horizon:
                yield self._hand_play(workflow, run)
        for backfill in self.book.backfills.get(name, ()):
            workflow = self.book.in_force(name, backfill.at)
            if workflow is not None and backfill.at >= self.horizon:
                yield from self.children(workflow, backfill)

    def _home(self, play: Play) -> DemoWorkflow | None:
        """The row that a run stands in: of its source, or in force where that one is gone."""
        name, source = play.workflow.name, play.workflow.source
        return self.workflow(WorkflowKey(name, source)) or self.in_force(name)

    def _by_slot(self, run_id: str, *, due: bool = False) -> Play | None:
        """The run of a slot; with `due` also one that is due, but not queued yet."""
        match = _SCHEDULED_ID.fullmatch(run_id)
        slot = match and _moment(match["slot"])
        if match is None or slot is None:
            return None
        for source in SourceType:
            for workflow, since, end in self._eras(WorkflowKey(match["name"], source)):
                queued = slot if due else slot + _behind(workflow)
                if (
                    since <= slot
                    and queued <= self.now
                    and (end is None or slot + _behind(workflow) <= end)
                    and slot in slots.on_day(workflow.cron or "", workflow.timezone, slot.date())
                    and self._fires(workflow, slot)
                ):
                    return self._slot_play(workflow, slot)
        return None

    def _taken(self, run_id: str) -> bool:
        return (
            self.find(run_id) is not None
            or self.backfill(run_id) is not None
            or self._by_slot(run_id, due=True) is not None
        )

    def _held(self, workflow: DemoWorkflow, moment: datetime) -> bool:
        pause = self.book.pause(workflow, moment, self.now)
        return pause is not None and pause.held

    def _overridden(self, workflow: DemoWorkflow, moment: datetime) -> bool:
        if workflow.source is CODE:
            return False
        return self.book.workflow(WorkflowKey(workflow.name, CODE), moment) is not None

    def _begins(self, backfill: HandBackfill, queued: datetime) -> bool:
        stop = self.stopped(backfill.backfill_id)
        return queued <= self.now and (stop is None or queued <= stop.at)


def child_id(backfill_id: str, name: str, slot: datetime) -> str:
    """The id of one date's run, apart from those of any other backfill of that date."""
    nth = backfill_id.rpartition("_")[2]
    again = f"_{nth}" if nth.isdigit() and len(nth) < len("20260101") else ""
    return f"{name}_backfill_{slot:{_ID_TIME}}{again}"


def _told(play: Play, events: Iterable[RunEvent], *, retries: bool) -> tuple[Retry | Stop, ...]:
    """Events in seconds since the run was queued."""
    names = [step.name for step in play.workflow.pattern.steps]
    told: list[Retry | Stop] = []
    for event in events:
        at = (event.at - play.queued).total_seconds()
        if event.steps is None:
            told.append(Stop(at))
        elif retries:
            told.append(Retry(at, tuple(names.index(step) for step in event.steps)))
    return tuple(told)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, _ID_TIME).replace(tzinfo=UTC)
    except ValueError:
        return None


def _behind(workflow: DemoWorkflow) -> timedelta:
    return timedelta(seconds=workflow.temper.behind_seconds)


def _newest_first(play: Play) -> float:
    return -play.queued.timestamp()

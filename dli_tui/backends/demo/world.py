"""The demo world at a moment: its rows and its runs, worked out when they are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from heapq import merge
from typing import Any, Final, NamedTuple

from dli_tui.backends.demo import slots
from dli_tui.backends.demo.actions import RETENTION
from dli_tui.backends.demo.ledger import HandBackfill, HandRun, Ledger, RunEvent
from dli_tui.backends.demo.scenario import (
    CODE,
    MANUAL,
    ArchivedRun,
    DemoWorkflow,
)
from dli_tui.backends.demo.timeline import Retry, Stop, Timeline, timeline
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.run import SCHEDULER
from dli_tui.domain.status import RunStatus, RunType, SourceType, WorkflowStatus

_SCHEDULED_ID: Final = re.compile(r"(?P<name>.+)_(?P<slot>\d{8}_\d{6})")
_ID_TIME: Final = "%Y%m%d_%H%M%S"
_BETWEEN_DATES: Final = timedelta(seconds=2)
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
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        self.horizon = midnight - RETENTION

    # Rows

    def playing(self) -> Iterator[DemoWorkflow]:
        """Every row there is now, in the order of the list."""
        return self.book.playing(self.now)

    def workflow(self, key: WorkflowKey) -> DemoWorkflow | None:
        """Who plays a row now."""
        return self.book.workflow(key, self.now)

    def in_force(self, name: str) -> DemoWorkflow | None:
        """Whom a bare name means: CODE where both sources have it."""
        code = self.workflow(WorkflowKey(name, CODE))
        return code or self.workflow(WorkflowKey(name, MANUAL))

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
        by_hand: list[Play] = []
        if workflow is self.in_force(workflow.name):
            by_hand = [
                self._hand_play(workflow, run) for run in self.book.runs.get(workflow.name, ())
            ]
            for backfill in self.book.backfills.get(workflow.name, ()):
                by_hand.extend(self.children(workflow, backfill))
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
        return self._by_hand(run_id) or self._by_slot(run_id)

    def backfill(self, backfill_id: str) -> tuple[DemoWorkflow, HandBackfill] | None:
        """The backfill of that id."""
        for name, backfills in self.book.backfills.items():
            for backfill in backfills:
                workflow = self.in_force(name)
                if backfill.backfill_id == backfill_id and workflow is not None:
                    return workflow, backfill
        return None

    def stopped(self, backfill_id: str) -> RunEvent | None:
        """The stop of a whole backfill, if there was one."""
        return next(iter(self.book.events.get(backfill_id, ())), None)

    def new_id(self, wanted: str) -> str:
        """`wanted`, or with a number behind it when a run has that id already."""
        candidate, number = wanted, 1
        while self.find(candidate) is not None or self.backfill(candidate) is not None:
            number += 1
            candidate = f"{wanted}_{number}"
        return candidate

    def _scheduled(self, workflow: DemoWorkflow) -> Iterator[Play]:
        until = self.now
        for era in reversed(self.book.eras(WorkflowKey(workflow.name, workflow.source))):
            if era.workflow is None or era.workflow.cron is None:
                until = min(until, era.since)
                continue
            playing = era.workflow
            since = max(era.since, self.horizon, playing.since or self.horizon)
            for slot in slots.backwards(
                playing.cron or "", playing.timezone, until - _behind(playing), since
            ):
                if not (self._held(playing, slot) or self._overridden(playing, slot)):
                    yield self._slot_play(playing, slot)
            until = min(until, era.since)

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
        return Play(workflow, run.run_id, RunType.ADHOC, run.at, None, run.by, run.parameters)

    def _by_hand(self, run_id: str) -> Play | None:
        for name in (*self.book.runs, *self.book.backfills):
            workflow = self.in_force(name)
            if workflow is None or not run_id.startswith(name):
                continue
            for run in self.book.runs.get(name, ()):
                if run.run_id == run_id:
                    return self._hand_play(workflow, run)
            for backfill in self.book.backfills.get(name, ()):
                for play in self.children(workflow, backfill):
                    if play.run_id == run_id:
                        return play
        return None

    def _by_slot(self, run_id: str) -> Play | None:
        match = _SCHEDULED_ID.fullmatch(run_id)
        if match is None:
            return None
        slot = datetime.strptime(match["slot"], _ID_TIME).replace(tzinfo=UTC)
        for source in SourceType:
            for era in self.book.eras(WorkflowKey(match["name"], source)):
                workflow = era.workflow
                if workflow is not None and self._played(workflow, slot, era.since):
                    return self._slot_play(workflow, slot)
        return None

    def _played(self, workflow: DemoWorkflow, slot: datetime, since: datetime) -> bool:
        return (
            workflow.cron is not None
            and max(since, self.horizon, workflow.since or since) <= slot
            and slot + _behind(workflow) <= self.now
            and slot in slots.on_day(workflow.cron, workflow.timezone, slot.date())
            and not self._held(workflow, slot)
            and not self._overridden(workflow, slot)
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


def _behind(workflow: DemoWorkflow) -> timedelta:
    return timedelta(seconds=workflow.temper.behind_seconds)


def _newest_first(play: Play) -> float:
    return -play.queued.timestamp()

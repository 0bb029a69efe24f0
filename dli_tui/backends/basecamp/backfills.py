"""Backfills that were started from here on a server that can't be asked for one as a whole.

Seed 000 answers a backfill with its runs and has no way to look at them together, so what was
answered is kept, and each run is looked at. It is known as long as this program runs.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final

from dli_tui.backends.sequences import progress_in_runs, status_of
from dli_tui.domain.backfill import Backfill, BackfillDate, RunDates
from dli_tui.domain.clock import as_utc
from dli_tui.domain.errors import DLIError, WorkflowNotFoundError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import HistoryQuery
from dli_tui.domain.rules import in_force
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import RunStatus, RunType
from dli_tui.domain.zones import zone_of
from dli_tui.wire.asking import MOST_RUNS

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from dli_tui.backends.port import Backend
    from dli_tui.domain.query import BackfillRequest
    from dli_tui.domain.results import WorkflowRunResult

_BY_ID: Final = 20
"""So many runs are asked for one by one with each look."""
_MOST: Final = 100
_DATE: Final = re.compile(r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)(?!\d)", re.ASCII)


class _Started:
    """One backfill: what was asked for, what was answered, and its runs as last seen."""

    def __init__(self, request: BackfillRequest, result: WorkflowRunResult) -> None:
        self.request, self.result = request, result
        self.backfill_id = result.run_id or ""
        self.is_unknown_there = False
        """Whether the server was seen not to know it by its id."""
        self.schedule: RunDates | None = None
        """The dates that the schedule has on its days, and in which zone."""
        self.runs: dict[str, WorkflowRun | None] = {
            run_id: WorkflowRun(
                run_id=run_id,
                dataset_name=request.dataset_name,
                status=result.run_status or RunStatus.PENDING,
                run_type=RunType.BACKFILL,
                backfill_id=self.backfill_id,
            )
            for run_id in result.run_ids
        }

    def take(self, run: WorkflowRun) -> None:
        """How one of its runs stands now."""
        changes = {"backfill_id": self.backfill_id, "run_type": RunType.BACKFILL}
        self.runs[run.run_id] = run.twin(**changes)

    def days(self, zone: ZoneInfo) -> dict[str, date]:
        """The day of each run, as its date or its id tells; of what tells none, none is made up.

        Where no id tells one and there are as many runs as days, they are in the order of those.
        """
        first, last = self.request.start_date, self.request.end_date
        every = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        told: dict[str, date] = {}
        for run_id, run in self.runs.items():
            slot = None if run is None else run.slot
            found = {slot.astimezone(zone).date()} if slot is not None else _days_in(run_id)
            fitting = [day for day in found if first <= day <= last]
            if len(fitting) == 1:
                told[run_id] = fitting[0]
        if not told and len(self.runs) == len(every):
            return dict(zip(self.runs, every, strict=True))
        return told

    @property
    def open_ids(self) -> list[str]:
        """Those of its runs that may still move."""
        return [
            run_id for run_id, run in self.runs.items() if run is None or not run.status.is_terminal
        ]


def _days_in(run_id: str) -> set[date]:
    found = set()
    for year, month, day in _DATE.findall(run_id):
        with suppress(ValueError):
            found.add(date(int(year), int(month), int(day)))
    return found


class StartedBackfills:
    """Knows the backfills that were started from here, and how their runs stand."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._started: dict[str, _Started] = {}

    def remember(self, request: BackfillRequest, result: WorkflowRunResult) -> None:
        """A backfill was answered."""
        if result.run_id is None or not result.run_ids or result.dry_run:
            return
        self._started[result.run_id] = _Started(request, result)
        for old in list(self._started)[:-_MOST]:
            del self._started[old]

    async def keeps(self, ref: RunRef, asked: Callable[[RunRef], Awaitable[object]]) -> bool:
        """Whether it was started from here, and the server has no answer when `asked` for it."""
        started = self._started.get(ref.run_id)
        if started is None or ref.workflow not in (None, started.request.dataset_name):
            return False
        if not started.is_unknown_there:
            try:
                await asked(ref)
            except WorkflowNotFoundError:
                started.is_unknown_there = True
            else:
                self._started.pop(ref.run_id, None)
        return started.is_unknown_there

    def open_runs(self, ref: RunRef) -> list[RunRef]:
        """Its runs that may still be stopped."""
        started = self._started[ref.run_id]
        return [RunRef(run_id, started.request.dataset_name) for run_id in started.open_ids]

    async def status(self, ref: RunRef) -> Backfill:
        """How it stands now."""
        started = self._started[ref.run_id]
        await self._look(started)
        return await self._whole(started)

    async def all(self, asked: Callable[[RunRef], Awaitable[object]]) -> tuple[Backfill, ...]:
        """All of them, the newest first."""
        known = [RunRef(one) for one in reversed(self._started)]
        return tuple([await self.status(ref) for ref in known if await self.keeps(ref, asked)])

    async def _look(self, started: _Started) -> None:
        """Ask how the runs stand that may have moved: a page of their workflow's history, and
        some of those that aren't on it by their ids."""
        if not started.open_ids:
            return
        wanted = set(started.open_ids)
        query = HistoryQuery(workflow=started.request.dataset_name, limit=MOST_RUNS)
        async for page in self._backend.history(query):
            for run in page.items:
                if run.run_id in wanted:
                    started.take(run)
                    wanted.discard(run.run_id)
            break
        for run_id in list(islice((one for one in started.open_ids if one in wanted), _BY_ID)):
            try:
                ref = RunRef(run_id, started.request.dataset_name)
                started.take(await self._backend.run_status(ref))
            except WorkflowNotFoundError:
                # Some servers begin a run only when its turn has come.
                started.runs[run_id] = None

    async def _whole(self, started: _Started) -> Backfill:
        request, result = started.request, started.result
        started.schedule = schedule = started.schedule or await self._schedule(request)
        runs, days = started.runs, started.days(zone_of(schedule.timezone))
        slots = {one: _slot(runs[one], day, schedule) for one, day in days.items()}
        dates = tuple(
            BackfillDate(slot=slots[run_id], day=days[run_id], run=runs[run_id])
            for run_id in sorted(days, key=slots.__getitem__)
        )
        known = [run for run in runs.values() if run is not None]
        status = status_of(list(runs.values()))
        ends = [run.finished_at for run in known if run.finished_at is not None]
        begins = [run.started_at for run in known if run.started_at is not None]
        bad = next((run for run in known if run.status is RunStatus.FAILED), None)
        whole = WorkflowRun(
            run_id=started.backfill_id,
            dataset_name=request.dataset_name,
            status=status,
            run_type=RunType.BACKFILL,
            parameters=dict(request.parameters),
            triggered_by=result.triggered_by,
            backfill_id=started.backfill_id,
            started_at=min(begins, default=result.started_at),
            finished_at=max(ends, default=None) if status.is_terminal else None,
            error_message=None if bad is None else bad.error_message,
            progress=progress_in_runs(list(runs.values())),
        )
        zone = schedule.timezone
        return Backfill(whole=whole, timezone=zone, parallel=request.parallel, dates=dates)

    async def _schedule(self, request: BackfillRequest) -> RunDates:
        row = in_force(await self._backend.workflow(request.dataset_name))
        if row is not None:
            # A schedule that isn't known has no dates, and its runs have days all the same.
            with suppress(DLIError):
                return await self._backend.run_dates(row, request.start_date, request.end_date)
        return RunDates(dates=(), timezone="UTC" if row is None else row.display_zone)


def _slot(run: WorkflowRun | None, day: date, schedule: RunDates) -> datetime:
    """The moment that a run of that day is for: told, the schedule's only one, or its midnight."""
    if run is not None and run.slot is not None:
        return run.slot
    zone = zone_of(schedule.timezone)
    named = [one.logical_date for one in schedule.dates]
    that_day = [moment for moment in named if moment.astimezone(zone).date() == day]
    return that_day[0] if len(that_day) == 1 else as_utc(datetime.combine(day, time.min, zone))

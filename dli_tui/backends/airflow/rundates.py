"""The logical dates of a DAG, and the data interval that its scheduler would give each.

A run that is started for a past date has to look like the scheduled one: the same logical date and
the same data interval, or the date is processed twice under two names. Airflow 3 names the dates
itself (the dry run of a backfill). Airflow 2 doesn't, and neither tells the zone of a schedule, so
there the dates come from a fit to the runs that the scheduler made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from dli_tui.backends.airflow.asking import Asking
from dli_tui.backends.airflow.backfillrows import forecast_of
from dli_tui.backends.airflow.convert import scheduled_date
from dli_tui.backends.airflow.dialect import PAGE
from dli_tui.backends.airflow.place import Airflow
from dli_tui.backends.http.exchange import Asked
from dli_tui.domain.backfill import RunDate, RunDates
from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import ErrorCode, WorkflowExecutionError, WorkflowNotFoundError
from dli_tui.domain.text import as_argument
from dli_tui.domain.zones import zone_of
from dli_tui.insight.backfill import MOST_DATES, dates_of_schedule, require_few
from dli_tui.insight.schedule_fit import ScheduledDate, ScheduleFit, fit
from dli_tui.wire.bodies import message_of
from dli_tui.wire.failures import Operation

if TYPE_CHECKING:
    from dli_tui.backends.airflow.convert import Dag
    from dli_tui.backends.airflow.dialect import Query
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import WorkflowInfo
    from dli_tui.wire.values import Row

_DAY: Final = timedelta(days=1)
_NEAR: Final = 10
"""So many runs on each side of a moment show in which zone the schedule was read there."""
_REFUSED: Final = frozenset({400, 404, 409, 422})
_READ_IN: Final = (
    "Airflow doesn't tell the time zone of this schedule, and its runs fit several: days are "
    "read in {zone}."
)
_NO_ZONE: Final = "The time zone of this schedule is unknown: days are read in {zone}."
_NO_INTERVALS: Final = (
    "Airflow doesn't tell which data interval a run for a past date of this schedule has, so "
    "dates can't be started one by one"
)


class RunDateFinder:
    """Finds the dates of DAGs of one Airflow."""

    def __init__(self, airflow: Airflow, asking: Asking, clock: Clock) -> None:
        self._airflow, self._asking, self._clock = airflow, asking, clock

    async def find(
        self, dag: Dag, first: date, last: date, timezone: str | None = None
    ) -> RunDates:
        """The dates on the days from `first` to `last`, read in the zone of the schedule."""
        row = dag.row
        if row.has_no_schedule:
            return dates_of_schedule(row, first, last, timezone)
        known = await self.evidence(dag, first, last)
        found = await self.fit(dag, known, timezone)
        if (await self._airflow.found()).dialect.keeps_backfills:
            return await self._named(dag, known, found, first, last)
        return self._fitted(dag, found, first, last, timezone)

    async def fit(
        self, dag: Dag, known: Sequence[ScheduledDate], timezone: str | None = None
    ) -> ScheduleFit | None:
        """The zones that explain the runs of a DAG; None where there are none, or no cron."""
        cron = dag.row.cron
        if cron is None:
            return None
        now = self._clock.now()
        if timezone is None and dag.named_zone is not None:
            named = fit(cron, known, now, dag.named_zone)
            if named is not None:
                return named
        # The first fit reads the zone database.
        return await asyncio.to_thread(fit, cron, known, now, timezone)

    async def evidence(self, dag: Dag, first: date, last: date) -> tuple[ScheduledDate, ...]:
        """The dates that the scheduler itself chose, newest first: the next one, and past ones
        within and around these days."""
        start, end = _midnight(first - _DAY), _midnight(last + 2 * _DAY)
        runs: dict[str, WorkflowRun] = {}
        # Clocks may be set between any two of these moments.
        dialect = (await self._airflow.found()).dialect
        for bound, moment, order in (
            ("lte", end, "-"),
            ("gte", end, ""),
            ("lte", start, "-"),
            ("gte", start, ""),
            ("gte", start + (end - start) / 2, ""),
        ):
            query: Query = {
                f"{dialect.logical_date}_{bound}": moment.isoformat(),
                "order_by": order + dialect.logical_date,
                "limit": _NEAR,
            }
            try:
                rows = await self._asking.rows_of_runs(dag.dag_id, query)
            except WorkflowNotFoundError:
                break
            runs.update((run.run_id, run) for run in self._asking.runs_from(rows))
        dated = {one for run in runs.values() if (one := scheduled_date(run)) is not None}
        if dag.next_date is not None:
            dated.add(dag.next_date)
        return tuple(sorted(dated, reverse=True))

    async def _named(
        self,
        dag: Dag,
        known: Sequence[ScheduledDate],
        found: ScheduleFit | None,
        first: date,
        last: date,
    ) -> RunDates:
        """The dates that Airflow 3 names."""
        # Any zone's days lie within a day of UTC's.
        named = await self._dry_run(dag, _midnight(first - _DAY), _midnight(last + 2 * _DAY))
        # A dry run leaves out the dates whose runs are under way.
        active = await self._active(dag, first, last)
        moments = sorted({*named, *active, *(one.logical_date for one in known)})
        zone = found.zones[0] if found is not None else "UTC"
        is_sure = found is not None and found.zone(_midnight(first), _midnight(last + _DAY))
        within = [one for one in moments if first <= one.astimezone(zone_of(zone)).date() <= last]
        require_few(len(within), first, last, MOST_DATES)
        intervals = _intervals(moments, known, found)
        return RunDates(
            dates=tuple(_run_date(one, intervals.get(one)) for one in within),
            timezone=zone,
            next_date=None if dag.next_date is None else dag.next_date.logical_date,
            warnings=() if is_sure else ((_READ_IN if found else _NO_ZONE).format(zone=zone),),
            only_all_at_once="" if intervals.keys() >= set(within) else _NO_INTERVALS,
        )

    async def _active(self, dag: Dag, first: date, last: date) -> set[datetime]:
        """The logical dates whose runs wait or are under way."""
        dialect = (await self._airflow.found()).dialect
        found: set[datetime] = set()
        for state in ("queued", "running"):
            query: Query = {
                f"{dialect.logical_date}_gte": _midnight(first - _DAY).isoformat(),
                f"{dialect.logical_date}_lte": _midnight(last + 2 * _DAY).isoformat(),
                "state": state,
                "limit": PAGE,
                "order_by": dialect.logical_date,
            }
            rows = await self._asking.rows_of_runs(dag.dag_id, query)
            runs = self._asking.runs_from(rows)
            found |= {run.slot for run in runs if run.slot is not None}
        return found

    async def _dry_run(self, dag: Dag, start: datetime, end: datetime) -> tuple[datetime, ...]:
        root = (await self._airflow.found()).dialect.root
        now = self._clock.now()
        body: Row = {
            "dag_id": dag.dag_id,
            "from_date": start.isoformat(),
            # It refuses dates to come.
            "to_date": min(end, now).isoformat(),
            "reprocess_behavior": "completed",
            "dag_run_conf": None,
        }
        if start >= now:
            return ()
        asked = Asked(
            Operation.BACKFILL,
            f"{root}/backfills/dry_run",
            method="POST",
            body=body,
            dataset_name=dag.row.dataset_name,
            expected=_REFUSED,
        )
        answer = await self._airflow.read(asked)
        if answer.status in _REFUSED:
            raise _cannot(dag.row, message_of(answer.value) or "Airflow gives no reason")
        return forecast_of(answer.value, 0).slots

    def _fitted(
        self,
        dag: Dag,
        found: ScheduleFit | None,
        first: date,
        last: date,
        timezone: str | None,
    ) -> RunDates:
        """The dates by the schedule, where all zones that are possible agree on them."""
        row = dag.row
        if found is None:
            raise _cannot(row, _why_unfitted(dag, timezone))
        dates = found.logical_dates(first, last)
        if dates is None:
            raise _cannot(
                row,
                "its runs fit several time zones, which disagree about these dates: "
                + ", ".join(found.zones[:4]),
            )
        require_few(len(dates), first, last, MOST_DATES)
        is_sure = found.zone(_midnight(first), _midnight(last + _DAY))
        return RunDates(
            dates=tuple(_run_date(one.logical_date, one[1:]) for one in dates),
            timezone=found.zones[0],
            next_date=None if dag.next_date is None else dag.next_date.logical_date,
            warnings=() if is_sure else (_READ_IN.format(zone=found.zones[0]),),
        )


def _intervals(
    moments: Sequence[datetime], known: Iterable[ScheduledDate], found: ScheduleFit | None
) -> dict[datetime, tuple[datetime, datetime]]:
    """The data interval of each of these dates, as far as it can be told."""
    told = {one.logical_date: (one.interval_start, one.interval_end) for one in known}
    if found is not None:
        return {one: found.interval(one) for one in moments} | told
    lengths = {end - start for start, end in told.values()}
    gaps = {later - one for one, later in pairwise(moments)}
    starts_there = all(start == one for one, (start, _) in told.items())
    is_none = lengths == {timedelta()}
    # Without a cron an interval of one length is sure only where dates lie that far apart.
    if len(lengths) != 1 or not starts_there or not (is_none or gaps <= lengths):
        return told
    length = lengths.pop()
    return {one: (one, one + length) for one in moments} | told


def _run_date(logical_date: datetime, interval: tuple[datetime, datetime] | None) -> RunDate:
    start, end = interval or (None, None)
    return RunDate(logical_date=logical_date, data_interval_start=start, data_interval_end=end)


def _why_unfitted(dag: Dag, timezone: str | None) -> str:
    row = dag.row
    if row.cron is None:
        return f"its schedule is no single cron expression: {row.schedule_text}"
    if dag.next_date is None:
        return "Airflow names no next run, so the time zone of its schedule can't be told"
    next_date = f"{dag.next_date.logical_date:%Y-%m-%d %H:%M} UTC"
    if timezone is not None:
        return f"its next run, {next_date}, is no date of '{row.cron}' in {timezone}"
    return f"its next run, {next_date}, is no date of '{row.cron}' in any time zone"


def _cannot(row: WorkflowInfo, why: str) -> WorkflowExecutionError:
    name = as_argument(row.dataset_name)
    return WorkflowExecutionError(
        f"The dates of '{row.dataset_name}' can't be planned: {why}",
        code=ErrorCode.WORKFLOW_INVALID_STATE,
        dataset_name=row.dataset_name,
        hint="Name its time zone with --timezone ZONE or by a tag timezone:ZONE of the DAG."
        if row.cron is not None
        else f"Start single runs instead: dli-tui workflow run {name}",
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)

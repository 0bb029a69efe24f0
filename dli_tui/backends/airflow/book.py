"""What is known of an Airflow's DAGs: each with the latest of its runs, kept true run by run."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from dli_tui.backends.airflow.backfillrows import owner_of
from dli_tui.backends.airflow.convert import scheduled_date
from dli_tui.backends.airflow.latest import Latest
from dli_tui.domain.text import safe_line
from dli_tui.insight.schedule_fit import fit

if TYPE_CHECKING:
    from datetime import datetime

    from dli_tui.backends.airflow.backfillrows import Native
    from dli_tui.backends.airflow.convert import Dag
    from dli_tui.domain.ids import RunRef, WorkflowKey
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import WorkflowInfo
    from dli_tui.insight.schedule_fit import ScheduledDate

KEPT: Final = 10


class Book:
    """DAGs by id and by the name that people know them by."""

    def __init__(self) -> None:
        self.dags: dict[str, Dag] = {}
        self._names: dict[str, str] = {}
        self._runs: dict[str, Latest] = {}
        self.place_of: Callable[[WorkflowRun], datetime | None] = _place
        """Where a run stands among those of its DAG, as the version says that is met."""
        self.touched: set[str] = set()
        """DAGs whose row is another than before, which the next look at what moved has to tell."""
        self._gone: list[WorkflowKey] = []
        self._written: dict[str, float] = {}
        """When a write of ours was answered, by DAG: what was asked for earlier is older."""
        self._zones: dict[str, tuple[str, str]] = {}
        """The zone that was fitted to a DAG, and the cron that it was fitted to."""
        self.older: dict[str, tuple[ScheduledDate, ...]] = {}
        """Dates of some months ago: they show on which side of a change of clocks a zone is."""
        self._natives: dict[str, dict[int, Native]] = {}
        self._lacking: dict[str, str] = {}
        """Why the runs of a DAG aren't known, if they were asked for in vain."""
        self._last_in_turn = ""
        self._warned: Mapping[str, str] = {}
        """What Airflow warns of, by DAG."""

    def take(self, dags: Iterable[Dag], asked_at: float = math.inf) -> None:
        """These stand in the list that was asked for at a moment.

        Of a DAG that was written to since, the list shows how it was before.
        """
        for dag in dags:
            if self._written.get(dag.dag_id, -math.inf) >= asked_at:
                continue
            before = self.dags.get(dag.dag_id)
            known = self._with_runs(self._with_zone(dag))
            if before == known:
                # The rows that were told hold the texts of the old one.
                continue
            if before is not None and before.row.dataset_name != dag.row.dataset_name:
                self._names.pop(before.row.dataset_name, None)
            self.dags[dag.dag_id] = known
            self._name(dag)
            row = self.dags[dag.dag_id].row
            if before is None or before.row != row:
                self.touched.add(dag.dag_id)
            if before is not None and before.row.key != row.key:
                self._gone.append(before.row.key)

    def take_written(self, dag: Dag, at: float) -> None:
        """A write was answered with how a DAG stands now."""
        self.take([dag])
        self._written[dag.dag_id] = at
        self.touched.add(dag.dag_id)

    def fit_zone(self, dag_id: str, zone: str) -> None:
        """The schedule of a DAG is read in this zone, as its dates show."""
        dag = self.dags.get(dag_id)
        if dag is not None and dag.row.cron is not None:
            self._zones[dag_id] = dag.row.cron, zone
            self.take([dag])

    def _with_zone(self, dag: Dag) -> Dag:
        cron, zone = self._zones.get(dag.dag_id, ("", ""))
        if not zone or cron != dag.row.cron or dag.row.timezone is not None:
            return dag
        date = dag.next_date
        if date is not None and not fit(cron, [date], date.logical_date, zone):
            # The schedule moved to another zone.
            return dag
        return dag._replace(row=dag.row.twin(timezone=zone, timezone_fitted=True))

    def _with_runs(self, dag: Dag) -> Dag:
        """A DAG with what its row says of its runs, so that no second row is kept of it."""
        latest = self._runs.get(dag.dag_id)
        if latest is None:
            return dag
        active, most = latest.active, dag.max_active_runs
        is_full = dag.at_run_limit or (most is not None and active >= most)
        row = dag.row.twin(last_run=latest.newest, active_runs=active, at_run_limit=is_full)
        return dag._replace(row=row)

    def lacks_zone(self, dag_id: str) -> bool:
        """Whether the cron of a DAG is known, but not the zone in which it is read."""
        dag = self.dags.get(dag_id)
        return dag is not None and dag.row.cron is not None and dag.row.timezone is None

    def warn(self, warnings: Mapping[str, str]) -> None:
        """Airflow warns of this, by DAG."""
        changed = warnings.items() ^ self._warned.items()
        self._warned = warnings
        self.touched |= {dag_id for dag_id, _ in changed if dag_id in self.dags}

    def taken_away(self) -> tuple[WorkflowKey, ...]:
        """The rows that are gone since this was asked the last time."""
        gone, self._gone = self._gone, []
        there = {dag.row.key for dag in self.dags.values()} if gone else set()
        return tuple(key for key in dict.fromkeys(gone) if key not in there)

    def _name(self, dag: Dag) -> None:
        """Of two that claim a name, whose id it is has it, else the first; the other has its id."""
        name = dag.row.dataset_name
        holder = self._names.setdefault(name, dag.dag_id)
        if holder == dag.dag_id:
            return
        if name == dag.dag_id:
            self._names[name] = dag.dag_id
            dag = self.dags[holder]
        self.dags[dag.dag_id] = dag._replace(row=dag.row.twin(dataset_name=dag.dag_id))
        self._names[dag.dag_id] = dag.dag_id

    def keep_only(self, dag_ids: set[str]) -> None:
        """No others stand in the list."""
        for dag_id in self.dags.keys() - dag_ids:
            row = self.dags.pop(dag_id).row
            self._names.pop(row.dataset_name, None)
            self._gone.append(row.key)
            for known in (self._runs, self._natives, self._written, self._zones, self.older):
                known.pop(dag_id, None)

    def in_turn(self, dag_ids: Collection[str], most: int) -> frozenset[str]:
        """The next few of these: each of them in its turn, and then from the first again."""
        every = sorted(dag_ids)
        at = bisect_right(every, self._last_in_turn)
        some = [*every[at:], *every[:at]][:most]
        self._last_in_turn = some[-1] if some else ""
        return frozenset(some)

    def knows(self, name: str) -> bool:
        """Whether a DAG was seen that goes by this name, or has it for an id."""
        return name in self._names or name in self.dags

    def dag_id(self, name: str) -> str:
        """The DAG that a name means; a name that isn't known is an id."""
        return self._names.get(name, name)

    def lack_runs(self, dag_ids: Iterable[str], why: str) -> None:
        """The runs of these DAGs can't be had; those that are known stay."""
        for dag_id in dag_ids:
            if dag_id not in self._runs and self._lacking.get(dag_id) != why:
                self._lacking[dag_id] = why
                self.touched.add(dag_id)

    def longest_interval(self, dag_id: str | None) -> timedelta:
        """The longest data interval of a DAG, or of all that are known."""
        dags = self.dags.values() if dag_id is None else filter(None, [self.dags.get(dag_id)])
        dates = (dag.next_date for dag in dags)
        lengths = (one.interval_end - one.interval_start for one in dates if one is not None)
        return max(lengths, default=timedelta())

    def set_runs(self, dag_id: str, runs: Sequence[WorkflowRun]) -> None:
        """These are the latest runs of a DAG, newest first."""
        latest = tuple(runs[:KEPT])
        self._lacking.pop(dag_id, None)
        if self.runs(dag_id) != latest:
            self._runs[dag_id] = Latest.of(latest)
            if dag_id in self.dags:
                self.dags[dag_id] = self._with_runs(self.dags[dag_id])
            self.touched.add(dag_id)

    def note(self, runs: Sequence[WorkflowRun]) -> None:
        """These runs moved, the last of each DAG first.

        Of a DAG whose runs were never asked for, they would be a part.
        """
        for run in reversed(runs):
            dag_id = run.workflow_id or run.dataset_name
            known = self._runs.get(dag_id)
            if known is not None and known.newest != run:
                self.set_runs(dag_id, self._with(run, known.runs))

    def _with(self, run: WorkflowRun, known: Sequence[WorkflowRun]) -> list[WorkflowRun]:
        """The runs with this one as it is now: where it stood, else where a list would have it."""
        if any(one.run_id == run.run_id for one in known):
            return [run if one.run_id == run.run_id else one for one in known]
        place = self.place_of(run)
        newer = 0
        if place is not None:
            places = enumerate(map(self.place_of, known), 1)
            newer = max((at for at, one in places if one is not None and one > place), default=0)
        return [*known[:newer], run, *known[newer:]]

    def note_natives(self, dag_id: str, natives: Iterable[Native]) -> None:
        """These are backfills that Airflow keeps going itself."""
        self._natives.setdefault(dag_id, {}).update((one.number, one) for one in natives)

    def linked(self, run: WorkflowRun) -> WorkflowRun:
        """A run with the backfill that it belongs to, as far as those are known."""
        known = self._natives.get(run.workflow_id or "")
        owner = owner_of(run, sorted(known.values(), key=_youngest_first)) if known else None
        return run if owner is None else run.twin(backfill_id=owner.run_id)

    def bearing(self, run_id: str) -> Iterator[RunRef]:
        """The runs of that id. Whoever asks does so in a thread, as all runs are looked at."""
        for latest in list(self._runs.values()):
            yield from (run.ref for run in latest.runs if run.run_id == run_id)

    def runs(self, dag_id: str) -> tuple[WorkflowRun, ...] | None:
        """The latest runs of a DAG; None where they were never asked for."""
        known = self._runs.get(dag_id)
        return None if known is None else known.runs

    def row(self, dag_id: str) -> WorkflowInfo:
        """A DAG as a row, with its latest run, and what Airflow doesn't like of it."""
        row = self.dags[dag_id].row
        if row.warning is None and dag_id in self._warned:
            row = row.twin(warning=safe_line(self._warned[dag_id]))
        lacks = self._lacking.get(dag_id)
        return row if lacks is None or row.warning else row.twin(warning=safe_line(lacks))

    def rows(self, dag_ids: Collection[str] | None = None) -> Iterator[WorkflowInfo]:
        """The rows of these DAGs, as far as they stand in the list; of all where none is named."""
        if dag_ids is None:
            return map(self.row, self.dags)
        return (self.row(one) for one in sorted(dag_ids) if one in self.dags)

    def dates_of(self, dag_id: str) -> tuple[ScheduledDate, ...]:
        """The dates of a DAG that its scheduler chose, as far as they are known, newest first."""
        dag, runs = self.dags[dag_id], self.runs(dag_id) or ()
        dated = {one for run in runs if (one := scheduled_date(run)) is not None}
        dated |= {*self.older.get(dag_id, ()), *((dag.next_date,) if dag.next_date else ())}
        return tuple(sorted(dated, reverse=True))


def _youngest_first(native: Native) -> int:
    return -native.number


def _place(run: WorkflowRun) -> datetime | None:
    return run.created_at or run.started_at

"""What is known of an Airflow's DAGs: each with the latest of its runs, kept true run by run."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from dli_tui.backends.airflow.backfillrows import owner_of
from dli_tui.domain.text import safe_line

if TYPE_CHECKING:
    from dli_tui.backends.airflow.backfillrows import Native
    from dli_tui.backends.airflow.convert import Dag
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.workflow import WorkflowInfo

KEPT: Final = 10
_YET_TO_COME: Final = datetime.max.replace(tzinfo=UTC)


class Book:
    """DAGs by id and by the name that people know them by."""

    def __init__(self) -> None:
        self.dags: dict[str, Dag] = {}
        self._names: dict[str, str] = {}
        self._runs: dict[str, tuple[WorkflowRun, ...]] = {}
        self.touched: set[str] = set()
        """DAGs that a deed of ours changed, which the next look at what moved has to tell."""
        self._natives: dict[str, dict[int, Native]] = {}
        self._last_in_turn = ""
        self.warned: Mapping[str, str] = {}
        """What Airflow warns of, by DAG."""

    def take(self, dags: Iterable[Dag]) -> None:
        """These stand in the list."""
        for dag in dags:
            before = self.dags.get(dag.dag_id)
            if before is not None and before.row.dataset_name != dag.row.dataset_name:
                self._names.pop(before.row.dataset_name, None)
            self.dags[dag.dag_id] = dag
            self._name(dag)

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
            self._names.pop(self.dags.pop(dag_id).row.dataset_name, None)
            self._runs.pop(dag_id, None)
            self._natives.pop(dag_id, None)

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

    def set_runs(self, dag_id: str, runs: Sequence[WorkflowRun]) -> None:
        """These are the latest runs of a DAG, newest first."""
        self._runs[dag_id] = tuple(runs[:KEPT])

    def note(self, runs: Iterable[WorkflowRun]) -> None:
        """These runs moved. Of a DAG whose runs were never asked for, they would be a part."""
        for run in runs:
            dag_id = run.workflow_id or run.dataset_name
            known = self._runs.get(dag_id)
            if known is not None:
                self.set_runs(dag_id, _with(run, known))

    def note_natives(self, dag_id: str, natives: Iterable[Native]) -> None:
        """These are backfills that Airflow keeps going itself."""
        self._natives.setdefault(dag_id, {}).update((one.number, one) for one in natives)

    def linked(self, run: WorkflowRun) -> WorkflowRun:
        """A run with the backfill that it belongs to, as far as those are known."""
        known = self._natives.get(run.workflow_id or "")
        owner = owner_of(run, sorted(known.values(), key=_youngest_first)) if known else None
        return run if owner is None else run.twin(backfill_id=owner.run_id)

    def runs(self, dag_id: str) -> tuple[WorkflowRun, ...] | None:
        """The latest runs of a DAG; None where they were never asked for."""
        return self._runs.get(dag_id)

    def row(self, dag_id: str) -> WorkflowInfo:
        """A DAG as a row, with its latest run, and what Airflow doesn't like of it."""
        row, runs = self.dags[dag_id].row, self._runs.get(dag_id)
        if row.warning is None and dag_id in self.warned:
            row = row.twin(warning=safe_line(self.warned[dag_id]))
        if runs is None:
            return row
        active = sum(run.status.is_running for run in runs)
        return row.twin(last_run=runs[0] if runs else None, active_runs=active)

    def rows(self, dag_ids: Collection[str | None] | None = None) -> Iterator[WorkflowInfo]:
        """The rows of these DAGs, as far as they stand in the list; of all where none is named."""
        return (self.row(one) for one in self.dags if dag_ids is None or one in dag_ids)


def _with(run: WorkflowRun, known: Sequence[WorkflowRun]) -> list[WorkflowRun]:
    """The runs with this one as it is now: where it stood, else before those that are older."""
    if any(one.run_id == run.run_id for one in known):
        return [run if one.run_id == run.run_id else one for one in known]
    older = (at for at, one in enumerate(known) if _place(one) <= _place(run))
    at = next(older, len(known))
    return [*known[:at], run, *known[at:]]


def _youngest_first(native: Native) -> int:
    return -native.number


def _place(run: WorkflowRun) -> datetime:
    # 2.x doesn't say since when a run waits that hasn't begun: it is the newest.
    return run.created_at or run.started_at or _YET_TO_COME

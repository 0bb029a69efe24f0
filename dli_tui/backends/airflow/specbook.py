"""What is known of the store behind an Airflow: what its DAGs are made of, and what has none yet.

A list costs two listings of the store. Documents are read where a row needs them: names that have
no DAG, or both sources, or that changed. What the list of DAGs says of all others is enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from dli_tui.domain.ids import WorkflowKey, dag_id_of, why_not_a_name
from dli_tui.domain.status import SourceType, WorkflowStatus
from dli_tui.domain.text import safe_line
from dli_tui.domain.workflow import WorkflowInfo
from dli_tui.specs.catalogue import Entry, Row, place_of, read_entries
from dli_tui.specs.store.local import ENDING
from dli_tui.specs.store.opening import open_objects
from dli_tui.specs.store.store import SpecStore

if TYPE_CHECKING:
    from dli_tui.backends.airflow.convert import Dag
    from dli_tui.domain.clock import Clock
    from dli_tui.specs.store.objects import Objects

WAITING: Final = "stored, waiting for Airflow"
_GONE: Final = "its spec is gone from the store, waiting for Airflow"
_LONGEST: Final = 500


class SpecBook:
    """The documents of one store, as far as they are known."""

    def __init__(
        self, url: str, environment: Mapping[str, str], clock: Clock, *, allow_insecure: bool
    ) -> None:
        self._url, self._environment, self._clock = url, environment, clock
        self._insecure = allow_insecure
        self._objects: Objects | None = None
        self._etags: Mapping[str, str] | None = None
        self._entries: dict[str, Entry] = {}
        self._nothing: set[str] = set()
        """Names that were asked for since, and of which there is nothing."""
        self.refusals: Mapping[str, str] = {}
        """Why Airflow makes no DAG of a document, by its path in the folder."""

    async def objects(self) -> Objects:
        """The store, opened when it is first needed."""
        if self._objects is None:
            self._objects = await open_objects(
                self._url, self._environment, self._clock, allow_insecure=self._insecure
            )
        return self._objects

    async def store(self) -> SpecStore:
        """The same with what may be done to it."""
        return SpecStore(await self.objects(), self._clock)

    # What there is

    async def refresh(self, dags: Mapping[str, Dag]) -> frozenset[str]:
        """Look at the store; the names that changed since the last look."""
        store = await self.store()
        listed = {source: await store.etags(source) for source in SourceType}
        now = {key: etag for found in listed.values() for key, etag in found.items()}
        before = now if self._etags is None else self._etags
        changed = frozenset(
            _name_of(key) for key in before.keys() | now.keys() if before.get(key) != now.get(key)
        )
        times = Counter(map(_name_of, now))
        known = {key: one for key, one in self._entries.items() if now.get(key) == one.etag}
        for source, etags in listed.items():
            fresh = {
                key: etag
                for key, etag in etags.items()
                if key not in known
                and (
                    key in self._entries
                    or (name := _name_of(key)) in changed
                    or times[name] > 1
                    or not _has_dag(name, dags)
                )
            }
            known |= await read_entries(store, source, fresh)
        self._etags, self._entries = now, known
        self._nothing.clear()
        return changed

    async def ask(self, name: str) -> Row:
        """The documents of one name as they are now; one that only says "removed" is none."""
        if why_not_a_name(name) is None:
            store = await self.store()
            for source in SourceType:
                key = place_of(name, source)
                self._entries.pop(key, None)
                # The ETag comes with the document.
                self._entries |= await read_entries(store, source, {key: ""})
            self._nothing.add(name)
        kept = self.known(name)
        if kept.code is not None or kept.manual is not None:
            self._nothing.discard(name)
        return kept

    async def sharing(self, name: str) -> str | None:
        """Another name in the store that would be the same DAG."""
        store = await self.store()
        for source in SourceType:
            for key in sorted(await store.etags(source)):
                other = _name_of(key)
                is_other = other != name and dag_id_of(other) == dag_id_of(name)
                if (
                    is_other
                    and why_not_a_name(other) is None
                    and await store.read(other, source) is not None
                ):
                    return other
        return None

    def known(self, name: str) -> Row:
        """What is known of one name."""
        return Row(name, self._live(name, SourceType.CODE), self._live(name, SourceType.MANUAL))

    def _live(self, name: str, source: SourceType) -> Entry | None:
        entry = self._entries.get(place_of(name, source))
        return None if entry is None or entry.is_removed else entry

    # Rows

    def dressed(self, row: WorkflowInfo, dag: Dag | None) -> WorkflowInfo:
        """The row of a DAG, with what its spec says besides."""
        if dag is None or not is_of(dag, row.dataset_name):
            return row
        kept = self.known(row.dataset_name)
        entry = kept.code or kept.manual
        if entry is None:
            # CODE may come there without any store.
            is_gone = row.source_type is SourceType.MANUAL and self._is_gone(row.dataset_name)
            return row.twin(warning=_GONE) if is_gone else row
        if entry.source is not row.source_type:
            # Airflow has yet to hear that CODE came or went.
            return row.twin(warning=self._waits(entry))
        told = self._told(row, entry)
        if entry.problem is not None:
            return told.twin(warning=_problem(entry))
        if row.status is not WorkflowStatus.DISABLED and _schedule(row) == _schedule(told):
            return told
        return told.twin(next_run=None, warning=self._waits(entry))

    def _is_gone(self, name: str) -> bool:
        """Whether the store was seen, and has nothing of that name but that it was removed."""
        if self._etags is None or name in self._nothing:
            return name in self._nothing
        keys = [
            place_of(name, source) for source in SourceType if place_of(name, source) in self._etags
        ]
        return all(key in self._entries and self._entries[key].is_removed for key in keys)

    def beside(self, dags: Mapping[str, Dag]) -> Mapping[WorkflowKey, WorkflowInfo]:
        """The rows that stand beside those of the DAGs: what waits, and what is overridden."""
        names = sorted({one.name for one in self._entries.values() if not one.is_removed})
        named = (name for name in names if why_not_a_name(name) is None)
        rows = (row for name in named for row in self.beside_of(self.known(name), dags))
        return {row.key: row for row in rows}

    def has_waiting(self, dags: Mapping[str, Dag]) -> bool:
        """Whether something that is in order has no DAG."""
        return any(
            row.status is not WorkflowStatus.OVERRIDDEN for row in self.beside(dags).values()
        )

    def beside_of(self, kept: Row, dags: Mapping[str, Dag]) -> Iterator[WorkflowInfo]:
        """The same for one name."""
        entry = kept.code or kept.manual
        if entry is None:
            return
        dag = dags.get(dag_id_of(kept.name))
        is_there = dag is not None and is_of(dag, kept.name)
        if not is_there:
            yield self._waiting(entry)
        is_manual = is_there and dag is not None and dag.row.source_type is SourceType.MANUAL
        if kept.code is not None and kept.manual is not None and not is_manual:
            yield self._overridden(kept.manual, kept.code)

    def _waiting(self, entry: Entry) -> WorkflowInfo:
        is_held = entry.spec is not None and not entry.spec.schedule.enabled
        row = WorkflowInfo(
            dataset_name=entry.name,
            source_type=entry.source,
            status=WorkflowStatus.PAUSED if is_held else WorkflowStatus.DISABLED,
            airflow_dag_id=dag_id_of(entry.name),
        )
        return self._told(row, entry).twin(warning=_problem(entry) or self._waits(entry))

    def _waits(self, entry: Entry) -> str:
        refused = self.refusals.get(f"{entry.source}/{entry.name}{ENDING}")
        return WAITING if refused is None else f"{WAITING}, which refuses it: {refused}"

    def _overridden(self, manual: Entry, code: Entry) -> WorkflowInfo:
        row = WorkflowInfo(
            dataset_name=manual.name,
            source_type=SourceType.MANUAL,
            status=WorkflowStatus.OVERRIDDEN,
            overridden_by="CODE" if code.document is None else f"CODE {code.document.said()}",
        )
        return self._told(row, manual).twin(warning=_problem(manual))

    def _told(self, row: WorkflowInfo, entry: Entry) -> WorkflowInfo:
        """A row with what a document says of it."""
        known: dict[str, object] = {"s3_path": self.path_of(entry.name, entry.source)}
        header = None if entry.document is None else entry.document.header
        if header is not None:
            known |= {"registered_by": header.by, "registered_at": header.at}
        if entry.spec is not None:
            config = entry.spec.schedule_config
            known |= {
                "cron": config.cron,
                "timezone": config.timezone,
                "retry": config.retry,
                "notifications": config.notifications,
                "owner": entry.spec.owner,
                "team": entry.spec.team,
                "description": entry.spec.description,
            }
        return row.twin(**known)

    def path_of(self, name: str, source: SourceType) -> str:
        """Where a document is."""
        return f"{self._url.rstrip('/')}/{place_of(name, source)}"


def is_of(dag: Dag, name: str) -> bool:
    """Whether a DAG was made of the spec of that name."""
    return dag.is_ours and dag.row.dataset_name == name and dag.dag_id == dag_id_of(name)


def _schedule(row: WorkflowInfo) -> tuple[list[str], str | None]:
    return (row.cron or "").split(), row.timezone


def _problem(entry: Entry) -> str | None:
    return None if entry.problem is None else safe_line(entry.problem.message, _LONGEST)


def _has_dag(name: str, dags: Mapping[str, Dag]) -> bool:
    """Whether Airflow says all that a list needs of a name."""
    dag = dags.get(dag_id_of(name))
    return dag is not None and is_of(dag, name) and dag.row.status is not WorkflowStatus.DISABLED


def _name_of(key: str) -> str:
    return key.rpartition("/")[2].removesuffix(ENDING)

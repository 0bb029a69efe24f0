"""Registering where an Airflow makes DAGs of specs: the store first, then all that hurries it.

Only the store decides: what is written there is registered, and everything after it makes Airflow
see it sooner. So a step after the store that fails is named in the answer and undoes nothing.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zlib import crc32

from dli_tui.backends.airflow.asking import Asking
from dli_tui.backends.airflow.book import Book
from dli_tui.backends.airflow.convert import MANAGED, dag_of, rows_of
from dli_tui.backends.airflow.deeds import Deeds
from dli_tui.backends.airflow.dialect import PAGE
from dli_tui.backends.airflow.place import Airflow
from dli_tui.backends.airflow.specbook import SpecBook, is_of
from dli_tui.backends.http.exchange import Asked, segment
from dli_tui.domain import cron
from dli_tui.domain.acting import acting_user
from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import (
    AnswerLostError,
    DLIError,
    ErrorCode,
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowRegistrationError,
)
from dli_tui.domain.ids import RunRef, dag_id_of
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.rules import require_at_rest
from dli_tui.domain.status import ResultStatus, SourceType, WorkflowStatus
from dli_tui.domain.zones import zone_of
from dli_tui.specs.merging import spec_text
from dli_tui.specs.syncing import Sync
from dli_tui.wire.failures import Operation

if TYPE_CHECKING:
    from dli_tui.backends.airflow.convert import Dag
    from dli_tui.backends.airflow.dialect import Query
    from dli_tui.domain.query import Registration

LOOK_SECONDS: Final = 0.4
LOOKS: Final = 25
"""Airflow takes about a second where it is idle, and more where it isn't."""
_COPY: Final = re.compile(r"(?:.*/)?dli_dags_([0-9]{2,4})_of_([0-9]{2,4})\.py")
_MOST_PAGES: Final = 5
_GONE: Final = 404
_BUSY: Final = 409
_NOT_NOW: Final = frozenset({_GONE, _BUSY})
_UNDER_WAY: Final = ("queued", "running")
_FORCED: Final = "unregistered by force"


class Registering:
    """Writes MANUAL into the store, and sees to it that Airflow hears of it."""

    def __init__(
        self,
        airflow: Airflow,
        asking: Asking,
        book: Book,
        deeds: Deeds,
        *,
        specs: SpecBook,
        folder: Path | None,
        clock: Clock,
    ) -> None:
        """`folder` is where Airflow reads specs from, if that is on this machine."""
        self._airflow, self._asking, self._book, self._deeds = airflow, asking, book, deeds
        self._specs, self._folder, self._clock = specs, folder, clock

    async def register(self, request: Registration) -> tuple[str, ...]:
        """Register it; what to know besides."""
        name, schedule = request.dataset_name, request.schedule
        if schedule.cron is not None:
            cron.check(schedule.cron, dataset_name=name)
        zone_of(schedule.timezone)
        text = await asyncio.to_thread(spec_text, request)
        before = await self._require_a_dag_of_its_own(name)
        await self._stored(name, text, force=request.force)
        told: list[str] = []
        if await self._synced(name, told):
            asked = await self._parsed(name, told)
            dag = await self._seen(request, before, told) if asked else None
            if dag is not None:
                await self._held(dag, name, told, is_paused=not schedule.enabled)
        await self._specs.ask(name)
        return tuple(told)

    async def _stored(self, name: str, text: str, *, force: bool) -> None:
        store = await self._specs.store()
        document = await store.read(name, SourceType.MANUAL) if force else None
        if document is not None:
            await store.replace(document, text)
            return
        made = await store.register(name, text)
        # Another name of the same DAG may have come between the look and this write. Each of the
        # two sees the other now, and neither stays: of both the factory would make no DAG.
        other = await self._specs.sharing(name)
        if other is not None:
            await store.unregister(made)
            raise _taken(
                name, f"it would be the same DAG as '{other}', registered at the same moment"
            )

    async def _require_a_dag_of_its_own(self, name: str) -> Dag | None:
        """The DAG of that name as it stands; DLI-804 where another would have its id."""
        dag_id = dag_id_of(name)
        other = await self._specs.sharing(name)
        if other is not None:
            raise _taken(name, f"it would be the same DAG as '{other}', which is registered")
        dag = await self._asking.dag(dag_id)
        if dag is None or is_of(dag, name):
            return dag
        if not dag.is_ours:
            raise _taken(name, f"Airflow has a DAG '{dag_id}' already, of somebody else")
        if dag.row.status is not WorkflowStatus.DISABLED:
            holder = dag.row.dataset_name
            raise _taken(name, f"Airflow has the DAG '{dag_id}' already, of '{holder}'")
        return dag

    async def _synced(self, name: str, told: list[str]) -> bool:
        """Whether Airflow's own folder has it as it is in the store now."""
        if self._folder is None:
            return False
        try:
            done = await Sync(await self._specs.objects(), self._folder, self._clock).one(name)
        except DLIError as problem:
            told.append(f"It couldn't be copied to Airflow's folder ({problem.message})")
            return False
        told += done.problems
        return not done.problems

    # Airflow

    async def _parsed(self, name: str, told: list[str]) -> bool:
        """Whether Airflow was asked to read the file of that name's DAG again."""
        try:
            token = await self._token(name)
            if token is None:
                return False
            root = (await self._airflow.found()).dialect.root
            path = f"{root}/parseDagFile/{segment(token)}"
            # 409 is what it says where it is about to read it anyway.
            asked = Asked(
                Operation.REGISTER, path, method="PUT", dataset_name=name, expected=_NOT_NOW
            )
            return (await self._airflow.write(asked)).status != _GONE
        except DLIError as problem:
            told.append(f"Airflow couldn't be asked to read it ({problem.message})")
            return False

    async def _token(self, name: str) -> str | None:
        """What the file is called that makes the DAG of that name."""
        dag = self._book.dags.get(dag_id_of(name))
        if dag is not None and is_of(dag, name) and dag.token is not None:
            return dag.token
        found = next(_tokens(name, self._book.dags.values()), None)
        offset = 0
        while found is None and offset < PAGE * _MOST_PAGES:
            query: Query = {"tags": MANAGED, "limit": PAGE, "offset": offset, "order_by": "dag_id"}
            rows = rows_of(await self._asking.get(Operation.LIST, "/dags", query), "dags")
            found = next(_tokens(name, filter(None, map(dag_of, rows))), None)
            offset += len(rows)
            if not rows:
                break
        return found

    async def _seen(self, request: Registration, before: Dag | None, told: list[str]) -> Dag | None:
        """The DAG once it was read anew, as long as that doesn't take long."""
        try:
            for _ in range(LOOKS):
                dag = await self._asking.dag(dag_id_of(request.dataset_name))
                if dag is not None and _is_anew(dag, request, before):
                    self._asking.told(dag)
                    return dag
                await self._clock.sleep(LOOK_SECONDS)
        except DLIError as problem:
            told.append(f"Airflow couldn't be asked whether it has it ({problem.message})")
        return None

    async def _held(self, dag: Dag, name: str, told: list[str], *, is_paused: bool) -> None:
        """See to it that the schedule fires, or doesn't, as was asked."""
        wanted = WorkflowStatus.PAUSED if is_paused else WorkflowStatus.ACTIVE
        if dag.row.status is wanted:
            return
        try:
            await self._deeds.pause(name, None, is_paused=is_paused)
        except DLIError as problem:
            told.append(f"It is {dag.row.status}, and couldn't be made {wanted}: {problem.message}")

    # Unregistering

    async def unregister(self, name: str, *, force: bool) -> WorkflowRunResult:
        """Remove it from the store and from Airflow, with its history there."""
        store = await self._specs.store()
        document = await store.read(name, SourceType.MANUAL)
        dag = await self._asking.dag(dag_id_of(name))
        dag = dag if dag is not None and is_of(dag, name) else None
        if document is None and dag is None:
            raise WorkflowNotFoundError(dataset_name=name)
        await self._end_runs(name, dag, force=force)
        if document is not None:
            await store.unregister(document)
        told: list[str] = []
        if await self._synced(name, told) or (dag is not None and _is_stale(dag)):
            await self._parsed(name, told)
            is_gone = dag is None or await self._deleted(dag, name, told)
        else:
            is_gone = dag is None or await self._left(dag, name, told)
        await self._specs.ask(name)
        return WorkflowRunResult(
            dataset_name=name,
            status=ResultStatus.SUCCESS,
            message=f"Workflow '{name}' unregistered, and its past runs are forgotten"
            if is_gone
            else None,
            s3_path_deleted=self._specs.path_of(name, SourceType.MANUAL),
            airflow_dag_disabled=is_gone,
            unregistered_by=acting_user(),
            unregistered_at=self._clock.now(),
            warning=". ".join(told) or None,
        )

    async def _end_runs(self, name: str, dag: Dag | None, *, force: bool) -> None:
        """Stop what is under way, where that is meant; DLI-808 where it isn't."""
        if dag is None:
            return
        self._book.take([dag])
        rows = [
            row
            for state in _UNDER_WAY
            for row in await self._asking.rows_of_runs(
                dag.dag_id, {"state": state, "limit": PAGE, "order_by": "-start_date"}
            )
        ]
        runs = list(self._asking.runs_from(rows))
        if not force:
            require_at_rest(name, runs)
        for run in runs:
            try:
                await self._deeds.stop(RunRef(run.run_id, name), _FORCED)
            except WorkflowExecutionError as problem:
                # It ended by itself meanwhile.
                if problem.code is not ErrorCode.WORKFLOW_INVALID_STATE:
                    raise

    async def _deleted(self, dag: Dag, name: str, told: list[str]) -> bool:
        """Whether the DAG is gone; it can't go while a task of it still ends."""
        root = (await self._airflow.found()).dialect.root
        path = f"{root}{self._asking.path_of_dag(dag.dag_id)}"
        asked = Asked(
            Operation.UNREGISTER, path, method="DELETE", dataset_name=name, expected=_NOT_NOW
        )
        try:
            for _ in range(LOOKS):
                if await self._took_it(asked, dag):
                    self._book.keep_only(self._book.dags.keys() - {dag.dag_id})
                    return True
                await self._clock.sleep(LOOK_SECONDS)
            problem = "it says that tasks of it are still running"
        except DLIError as refused:
            problem = refused.message
        told.append(
            f"It is gone from the store, but Airflow still has DAG '{dag.dag_id}' ({problem}):"
            " unregister it once more, or delete it there"
        )
        return False

    async def _took_it(self, asked: Asked, dag: Dag) -> bool:
        """Whether a DAG was deleted; where the answer is lost, it is looked for."""
        try:
            return (await self._airflow.write(asked)).status != _BUSY
        except AnswerLostError:
            if await self._asking.dag(dag.dag_id) is None:
                return True
            raise

    async def _left(self, dag: Dag, name: str, told: list[str]) -> bool:
        """Keep a DAG from firing whose spec is still in Airflow's folder."""
        try:
            await self._deeds.pause(name, None, is_paused=True)
            held = "paused"
        except DLIError as problem:
            held = f"not paused ({problem.message})"
        told.append(
            f"It is gone from the store and {held}; Airflow keeps DAG '{dag.dag_id}' and its"
            " history until `airflow sync` was there and it is unregistered once more"
        )
        return False


def _tokens(name: str, dags: Iterable[Dag]) -> Iterator[str]:
    """The token of the file whose share that name is."""
    for dag in dags:
        copy = _COPY.fullmatch(dag.file or "")
        if copy is None or dag.token is None:
            continue
        shard, shards = int(copy[1]), int(copy[2])
        if shards and crc32(name.encode()) % shards == shard:
            yield dag.token


def _is_anew(dag: Dag, request: Registration, before: Dag | None) -> bool:
    """Whether it was made of what is registered now, as far as it tells."""
    row, wanted = dag.row, request.schedule
    is_there = is_of(dag, request.dataset_name) and not _is_stale(dag)
    is_manual = row.source_type is SourceType.MANUAL
    # A reading that was under way before has the old schedule.
    is_wanted = (row.cron or "").split() == (wanted.cron or "").split()
    is_wanted = is_wanted and row.timezone == wanted.timezone
    return is_there and is_manual and is_wanted and (before is None or dag.parsed != before.parsed)


def _is_stale(dag: Dag) -> bool:
    return dag.row.status is WorkflowStatus.DISABLED


def _taken(name: str, why: str) -> WorkflowRegistrationError:
    return WorkflowRegistrationError(
        f"'{name}' can't be registered: {why}",
        code=ErrorCode.WORKFLOW_ALREADY_EXISTS,
        dataset_name=name,
        hint="Nothing was written. Take another name.",
    )

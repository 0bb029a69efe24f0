"""An Airflow with a store of specs: workflows can be registered, and the list tells of both."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from dli_tui.backends.airflow import health
from dli_tui.backends.airflow.adapter import SWEEP_SECONDS, AirflowBackend
from dli_tui.backends.airflow.dialect import PAGE
from dli_tui.backends.airflow.registering import Registering
from dli_tui.backends.airflow.specbook import WAITING, SpecBook
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import DLIError
from dli_tui.domain.health import HealthComponent
from dli_tui.domain.ids import WorkflowKey, dag_id_of
from dli_tui.domain.page import Changes, Page
from dli_tui.domain.rules import matches_workflow, pick, require_manual
from dli_tui.domain.status import HealthStatus, SourceType
from dli_tui.domain.text import safe_line
from dli_tui.domain.workflow import DatasetInfo
from dli_tui.wire.failures import Operation

if TYPE_CHECKING:
    from dli_tui.backends.airflow.dialect import Dialect
    from dli_tui.config.model import Profile
    from dli_tui.domain.health import Health
    from dli_tui.domain.query import Registration, WorkflowQuery
    from dli_tui.domain.results import WorkflowRunResult
    from dli_tui.domain.workflow import WorkflowInfo

WITH_SPECS: Final = frozenset({Capability.REGISTER, Capability.UNREGISTER, Capability.DATASET_INFO})
_FOLLOWED: Final = 5
"""So many that wait are looked for with each tick; the sweep finds the others."""
_PATIENCE: Final = 600.0
_REFUSED: Final = re.compile(r"^((?:code|manual)/\S+\.yaml): (.+)$", re.MULTILINE)
"""What the DAG factory says of a document that it makes no DAG of."""


class AirflowWithSpecs(AirflowBackend):
    """One Airflow, and the store that its DAGs are made of."""

    forgets = True

    def __init__(
        self,
        profile: Profile,
        environment: Mapping[str, str],
        **more: Any,  # noqa: ANN401 - as is
    ) -> None:
        super().__init__(profile, environment, **more)
        self._specs = SpecBook(
            profile.specs or "", environment, self._clock, allow_insecure=profile.allow_insecure
        )
        self._registering = Registering(
            self._airflow,
            self._asking,
            self._book,
            self._deeds,
            specs=self._specs,
            folder=profile.specs_folder,
            clock=self._clock,
        )
        self._offered = self.capabilities = self._offered | WITH_SPECS
        self._beside: Mapping[WorkflowKey, WorkflowInfo] = {}
        """The rows beside those of DAGs, as they were last told."""
        self._looked: float | None = None
        self._followed: dict[str, float] = {}
        """Names that were registered here and wait for Airflow, and since when."""
        self._gone: set[WorkflowKey] = set()
        """Rows that went by a deed of ours, which the next look at what moved has to tell."""
        self._problem: DLIError | None = None

    def _meet_dialect(self, dialect: Dialect) -> None:
        super()._meet_dialect(dialect)
        self._offered |= WITH_SPECS
        self.capabilities = self._offered

    # Lists

    async def workflows(self, query: WorkflowQuery) -> AsyncIterator[Page[WorkflowInfo]]:
        left, total = query.limit, None
        async for page in super().workflows(query):
            rows, total = tuple(map(self._dressed, page.items)), page.total
            left = None if left is None else left - len(rows)
            yield Page(rows, total)
        await self._look()
        anew = () if query.limit is not None else self._more_is_known_of(query)
        beside = self._specs.beside(self._book.dags).values()
        fitting = [row for row in beside if matches_workflow(row, query)]
        yield Page((*anew, *fitting[:left]), None if total is None else total + len(fitting))

    def _more_is_known_of(self, query: WorkflowQuery) -> Iterator[WorkflowInfo]:
        """Rows that were told before their documents were read."""
        for row in self._book.rows():
            told = self._dressed(row)
            if told is not row and matches_workflow(told, query):
                yield told

    async def workflow(self, name: str) -> tuple[WorkflowInfo, ...]:
        rows = await super().workflow(name)
        dags = self._book.dags if rows else {}
        name = rows[0].dataset_name if rows else name
        try:
            kept = await self._specs.ask(name)
        except DLIError as problem:
            self._problem, kept = problem, self._specs.known(name)
        return (*map(self._dressed, rows), *self._specs.beside_of(kept, dags))

    def listed(self, name: str) -> tuple[WorkflowInfo, ...]:
        rows = super().listed(name)
        if not rows or self._looked is None:
            return ()
        kept = self._specs.known(rows[0].dataset_name)
        return (*map(self._dressed, rows), *self._specs.beside_of(kept, self._book.dags))

    async def changes(self, cursor: str | None) -> Changes:
        # The first look follows the first list, which says what needn't be read.
        if self._looked is not None and self._passed() - self._looked >= SWEEP_SECONDS:
            await self._look()
        await self._follow()
        found = await super().changes(cursor)
        before, self._beside = self._beside, self._specs.beside(self._book.dags)
        dropped, self._gone = self._gone, set()
        if found.whole:
            return found
        there = {row.key for row in self._book.rows()} | self._beside.keys()
        moved = [*map(self._dressed, found.workflows)]
        moved += [row for key, row in self._beside.items() if before.get(key) != row]
        gone = [key for key in (*found.gone, *before, *dropped) if key not in there]
        return found._replace(workflows=tuple(moved), gone=tuple(dict.fromkeys(gone)))

    async def _look(self) -> None:
        """See what the store has; the list of DAGs is told all the same where that fails."""
        try:
            changed = await self._specs.refresh(self._book.dags)
            self._problem = None
        except DLIError as problem:
            changed, self._problem = frozenset(), problem
        self._looked = self._passed()
        self._book.touched |= {dag_id_of(name) for name in changed} & self._book.dags.keys()
        if self._specs.has_waiting(self._book.dags):
            await self._ask_why()

    async def _ask_why(self) -> None:
        """What keeps Airflow from making DAGs of some specs."""
        with suppress(DLIError):
            told = await self._asking.get(Operation.HEALTH, "/importErrors", {"limit": PAGE})
            traces = health.traces_of(told).values()
            found = (match for trace in traces for match in _REFUSED.finditer(trace))
            self._specs.refusals = {match[1]: safe_line(match[2]) for match in found}

    async def _follow(self) -> None:
        """Look for what was registered here and wasn't there yet."""
        now = self._passed()
        for name, since in list(self._followed.items())[:_FOLLOWED]:
            rows = await super().workflow(name)
            is_there = bool(rows) and not any(map(self._waits, rows))
            if is_there or now - since > _PATIENCE:
                del self._followed[name]

    def _waits(self, row: WorkflowInfo) -> bool:
        return (self._dressed(row).warning or "").startswith(WAITING)

    def _dressed(self, row: WorkflowInfo) -> WorkflowInfo:
        return self._specs.dressed(row, self._book.dags.get(row.airflow_dag_id or ""))

    async def dataset_info(self, name: str) -> DatasetInfo | None:
        kept = await self._specs.ask(name)
        entry = kept.code or kept.manual
        if entry is None:
            return await super().dataset_info(name)
        spec = entry.spec
        return DatasetInfo(
            name=name,
            owner=spec and spec.owner,
            team=spec and spec.team,
            description=spec and spec.description,
            source_type=entry.source,
            spec_path=self._specs.path_of(name, entry.source),
            tags=spec.tags if spec else (),
            spec=entry.document and entry.document.text,
        )

    async def health(self) -> Health:
        found = await super().health()
        if self._problem is None:
            return found
        part = HealthComponent(
            name="specs", status=HealthStatus.UNHEALTHY, message=safe_line(self._problem.message)
        )
        return found.twin(components=(*found.components, part))

    # Registration

    async def registered(self, name: str) -> tuple[WorkflowInfo, ...]:
        rows = await self.workflow(name)
        kept = await self._specs.ask(name)
        if kept.code is not None:
            # Airflow may have yet to hear of it.
            return tuple(row.twin(source_type=SourceType.CODE) for row in rows)
        return tuple(
            row
            for row in rows
            if self._is_ours(row) and (kept.manual or row.source_type is SourceType.CODE)
        )

    def _is_ours(self, row: WorkflowInfo) -> bool:
        dag = self._book.dags.get(row.airflow_dag_id or "")
        return dag is None or dag.is_ours

    async def register(self, request: Registration) -> WorkflowInfo:
        name = request.dataset_name
        require_manual(name, await self.registered(name), "register over")
        told = await self._registering.register(request)
        row = pick(await self.workflow(name), WorkflowKey(name, SourceType.MANUAL))
        if row.warning is not None:
            self._followed[name] = self._passed()
        said = [*told, *([row.warning] if row.warning else ())]
        return row.twin(warning=". ".join(said) or None)

    async def unregister(self, name: str, *, force: bool = False) -> WorkflowRunResult:
        require_manual(name, await self.registered(name), "unregister")
        self._followed.pop(name, None)
        result = await self._registering.unregister(name, force=force)
        self._gone.add(WorkflowKey(name, SourceType.MANUAL))
        return result

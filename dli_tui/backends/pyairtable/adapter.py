"""A PyAirtable service behind the port: workflows, templates and, on a line of their own, sagas.

Which of three generations answers is found by itself. What one lacks is off with the reason, or is
made of what it has: steps are concluded from results, changes by comparing the list. Sagas live on
another server; when that is down, everything else goes on.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from dli_tui.backends.http.exchange import Asked
from dli_tui.backends.pyairtable import definitions, runlogs, steps
from dli_tui.backends.pyairtable.asking import Asking, whole
from dli_tui.backends.pyairtable.book import KEPT, Book
from dli_tui.backends.pyairtable.convert import made_id
from dli_tui.backends.pyairtable.deeds import Deeds
from dli_tui.backends.pyairtable.place import TEMPLATES
from dli_tui.backends.pyairtable.services import PyAirtableServices
from dli_tui.backends.pyairtable.shelf import from_template_body
from dli_tui.domain.acting import acting_user
from dli_tui.domain.capability import Capability
from dli_tui.domain.clock import Clock
from dli_tui.domain.errors import (
    WorkflowError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
)
from dli_tui.domain.page import Changes, Page
from dli_tui.domain.query import WorkflowQuery
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.rules import matches_run, matches_workflow, require_stoppable
from dli_tui.domain.status import ResultStatus, RunStatus
from dli_tui.domain.text import safe_line
from dli_tui.wire.failures import Operation

if TYPE_CHECKING:
    import httpx

    from dli_tui.backends.pyairtable.convert import Execution
    from dli_tui.config.model import Profile
    from dli_tui.domain.ids import LogRef, RunRef, WorkflowKey
    from dli_tui.domain.log import LogChunk
    from dli_tui.domain.query import (
        HistoryQuery,
        NewConfiguration,
        Registration,
        RunRequest,
    )
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.step import Step
    from dli_tui.domain.template import (
        NewFromTemplate,
    )
    from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo

_FRESH: Final = 2.0
"""So many seconds the steps of a run that was looked at are good for whoever asks for them."""


class PyAirtableBackend(PyAirtableServices):
    """One service, and its orchestrator, by the profile that names them."""

    any_names = True
    forgets = True

    def __init__(
        self,
        profile: Profile,
        environment: Mapping[str, str],
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        saga_transport: httpx.AsyncBaseTransport | None = None,
        clock: Clock | None = None,
        passed: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(
            profile,
            environment,
            transport=transport,
            saga_transport=saga_transport,
            clock=clock,
            passed=passed,
            sleep=sleep,
        )
        self._book = Book(self._clock.now)
        self._asking = Asking(self._place, self._book)
        self._deeds = Deeds(self._place, self._asking, self._book, self._clock)
        # A cursor of another life means nothing here.
        self._life, self._generation = token_hex(4), 0
        self._told: dict[WorkflowKey, WorkflowInfo | None] | None = None
        """What whoever has the last cursor knows; None: the list that is read next."""
        self._looked: tuple[float, str, tuple[Step, ...]] | None = None

    # Lists

    async def workflows(self, query: WorkflowQuery) -> AsyncIterator[Page[WorkflowInfo]]:
        await self._asking.everything()
        if query == WorkflowQuery():
            # Rows at once; their last runs follow with the same rows again.
            every = tuple(self._book.infos())
            yield Page(every, len(every))
        await self._asking.last_runs(whole=True, needs_all=query.running_only)
        rows = {row.key: row for row in self._book.infos()}
        if query == WorkflowQuery():
            self._note(rows)
        fitting = [row for row in rows.values() if matches_workflow(row, query)]
        exact = len(fitting) == len(rows)
        yield Page(tuple(fitting[: query.limit]), len(fitting) if exact else None)

    def _note(self, rows: Mapping[WorkflowKey, WorkflowInfo]) -> None:
        """A list was told, perhaps to somebody else than to whoever asks for changes."""
        self._book.show(rows.values())
        # Of what that one hasn't heard of yet, it has to hear.
        self._told = dict(rows) if self._told is None else {**dict.fromkeys(rows), **self._told}

    async def workflow(self, name: str) -> tuple[WorkflowInfo, ...]:
        try:
            told = await self._asking.now(name)
        except WorkflowNotFoundError:
            return ()
        await self._asking.latest([told.id])
        return (self._book.row(told),)

    async def history(self, query: HistoryQuery) -> AsyncIterator[Page[WorkflowRun]]:
        left = query.limit
        if query.workflow is not None and not await self._asking.knows(query.workflow):
            return
        async for runs in self._asking.history(query):
            fitting = tuple(run for run in runs if matches_run(run, query))[:left]
            yield Page(fitting)
            left = None if left is None else left - len(fitting)
            if left == 0:
                return

    async def recent_runs(
        self, names: Sequence[str], count: int
    ) -> Mapping[str, tuple[WorkflowRun, ...]]:
        if count > KEPT:
            return await super().recent_runs(names, count)
        if not self._book.is_whole:
            await self._asking.everything()
        ids = {name: self._alone(name) for name in names}
        await self._asking.latest(
            one for one in ids.values() if one is not None and self._book.runs(one) is None
        )
        return {
            name: (self._book.runs(one) or ())[:count] if one is not None else ()
            for name, one in ids.items()
        }

    def _alone(self, name: str) -> str | None:
        """The id that a name means; none where it means several, which isn't the others' fault."""
        try:
            return self._book.id_of(name)
        except WorkflowExecutionError:
            return None

    async def cursor(self) -> str | None:
        await self._place.found()
        self._generation, self._told = self._generation + 1, None
        return self._here()

    async def changes(self, cursor: str | None) -> Changes:
        before = self._told if cursor == self._here() else None
        await self._asking.everything()
        await self._asking.last_runs(whole=before is None)
        rows = {row.key: row for row in self._book.infos()}
        self._told = dict(rows)
        self._book.show(rows.values())
        self._generation += 1
        if before is None:
            return Changes(self._here(), tuple(rows.values()), whole=True)
        return Changes(
            self._here(),
            tuple(row for key, row in rows.items() if before.get(key) != row),
            tuple(key for key in before if key not in rows),
        )

    def _here(self) -> str:
        return f"{self._life}-{self._generation}"

    async def dataset_info(self, name: str) -> DatasetInfo | None:
        info = await super().dataset_info(name)
        own_id = self._alone(name)
        config = None if own_id is None else self._book.info(own_id).workflow_config
        if info is None or config is None:
            return info
        return info.twin(spec=json.dumps(config, indent=2, ensure_ascii=False))

    # Runs

    async def run_status(self, ref: RunRef) -> WorkflowRun:
        found = await self._asking.execution(whole(ref))
        try:
            told = await self._asking.steps(found.run.ref, found)
        except WorkflowError:
            # How the run stands is known all the same.
            return found.run
        # Whoever looks at a run asks for its steps next.
        self._looked = self._passed(), found.run.run_id, told
        return found.run.twin(progress=steps.progress_of(told))

    async def steps(self, ref: RunRef) -> tuple[Step, ...]:
        looked, self._looked, ref = self._looked, None, whole(ref)
        if looked is not None:
            since, run_id, told = looked
            if run_id == ref.run_id and self._passed() - since < _FRESH:
                return told
        return await self._asking.steps(ref)

    async def logs(self, ref: LogRef, cursor: str | None = None) -> LogChunk:
        routes = await self._place.found()
        if not routes.is_legacy:
            raise self._unsupported(Capability.LOGS)
        run = whole(ref.run)
        execution: Execution = await self._asking.execution(run)
        if ref.step not in {step.name for step in await self._asking.steps(run, execution)}:
            raise WorkflowNotFoundError(
                f"Run '{run.run_id}' has no step '{ref.step}'", run_id=run.run_id
            )
        return runlogs.chunk(execution, ref.step, cursor)

    async def run(self, request: RunRequest) -> WorkflowRunResult:
        if request.dry_run:
            raise self._unsupported(Capability.DRY_RUN)
        if request.slot is not None or request.run_id is not None:
            raise self._unsupported(Capability.DATED_RUNS)
        return await self._deeds.run(request)

    async def stop(self, ref: RunRef, *, reason: str | None = None) -> WorkflowRunResult:
        await self._of_sagas(self._sagas.found())
        if Capability.STOP not in self.capabilities:
            raise self._unsupported(Capability.STOP)
        ref = whole(ref)
        found = await self._asking.execution(ref)
        require_stoppable(found.run)
        own_id = self._asking.owner(found)
        saga = await self._of_sagas(self._sagas.of_run(ref.run_id, own_id))
        if saga is None:
            raise WorkflowExecutionError(
                f"Run '{ref.run_id}' can't be stopped: no saga belongs to it",
                dataset_name=ref.workflow or "",
                run_id=ref.run_id,
                hint="The service stops a run only by cancelling its saga.",
            )
        await self._of_sagas(self._sagas.cancel(saga.saga_id))
        if own_id is not None:
            self._book.write(own_id)
        return WorkflowRunResult(
            dataset_name=ref.workflow or "",
            status=ResultStatus.SUCCESS,
            run_id=ref.run_id,
            run_status=RunStatus.STOPPING,
            reason=reason,
            stopped_by=acting_user(),
            stopped_at=self._clock.now(),
            message=safe_line(f"Asked saga '{saga.saga_id}' of run '{ref.run_id}' to stop"),
        )

    async def retry(self, ref: RunRef, steps: Sequence[str] = ()) -> WorkflowRunResult:
        await self._need(Capability.RETRY)
        return await self._deeds.retry(whole(ref), steps)

    # Schedules and definitions

    async def register(self, request: Registration) -> WorkflowInfo:
        made = await self._deeds.register(request)
        return made.twin(warning=definitions.left_out(request, made))

    async def unregister(self, name: str, *, force: bool = False) -> WorkflowRunResult:
        return await self._deeds.unregister(name, force=force)

    async def pause(self, name: str, *, reason: str | None = None) -> WorkflowRunResult:
        return await self._deeds.hold(name, reason, active=False)

    async def unpause(self, name: str, *, reason: str | None = None) -> WorkflowRunResult:
        return await self._deeds.hold(name, reason, active=True)

    async def configure(self, request: NewConfiguration) -> WorkflowInfo:
        await self._need(Capability.CONFIGURING)
        return await self._deeds.configure(request)

    async def create_from_template(self, request: NewFromTemplate) -> WorkflowInfo:
        await self._need(Capability.TEMPLATES)
        asked = Asked(
            Operation.CREATE,
            f"{TEMPLATES}/create-workflow",
            method="POST",
            body=from_template_body(request),
            dataset_name=request.workflow_name,
        )
        own_id = await self._place.line.write(asked, made_id)
        return await self._deeds.seen(own_id, request.workflow_name)

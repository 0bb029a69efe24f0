"""The port: what a place where workflows live can be asked and told.

Made for polling. Lists yield pages as they come, the recent runs of many workflows are one
call, `changes` returns what moved since an opaque cursor, and a log is followed by a cursor
too. What a backend cannot do it leaves out of `capabilities`; the method then raises
`Unsupported`, so that there is one way to ask and one answer.

Methods speak our words only: models in, models out, domain errors. Checks that hold for
every backend are made once, in the client; a backend refuses what its own system refuses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

from dli_tui.backends import fallback
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import Unsupported
from dli_tui.domain.rules import require_known_schedule

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import date
    from types import TracebackType

    from dli_tui.domain.backfill import Backfill, BackfillForecast, RunDates
    from dli_tui.domain.health import Health
    from dli_tui.domain.ids import LogRef, RunRef
    from dli_tui.domain.log import LogChunk
    from dli_tui.domain.page import Changes, Page
    from dli_tui.domain.query import (
        BackfillRequest,
        HistoryQuery,
        NewConfiguration,
        NewEvent,
        NewSaga,
        Registration,
        RunRequest,
        WorkflowQuery,
    )
    from dli_tui.domain.results import WorkflowRunResult
    from dli_tui.domain.retry import RetryPlan
    from dli_tui.domain.run import WorkflowRun
    from dli_tui.domain.saga import PublishedEvent, Saga, SagaType
    from dli_tui.domain.step import Step
    from dli_tui.domain.template import (
        NewFromTemplate,
        Template,
        TemplateCategory,
        TemplateDraft,
        TemplateUsage,
    )
    from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo


class Backend(ABC):
    """One place where workflows live. Opened and closed with `async with`."""

    label: str
    """What a person calls this kind of place."""

    capabilities: frozenset[Capability] = frozenset()
    """What it offers now. Where only the server knows, that may be less at first, and change."""

    unique_run_ids: bool = True
    """Whether an id alone tells a run from every other; else it is shown as `WORKFLOW/RUN`."""

    any_names: bool = False
    """Whether a workflow may be called by any line of text; then `#ID` means one too."""

    forgets: bool = False
    """Whether the past runs of a workflow go with its registration."""

    supervised: bool = False
    """Whether it is a program of ours that starts the dates of a backfill one after the other."""

    def __init__(self) -> None:
        self._relisting = fallback.Relisting()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def why_not(self, capability: Capability) -> str:
        """Why something isn't offered here, as a sentence without its full stop."""
        return f"{self.label[:1].upper()}{self.label[1:]} doesn't offer {capability}"

    async def met(self) -> None:
        """Ask what `capabilities` depends on, if something does and nobody asked yet."""
        return

    # Every backend has a list, a history and runs.

    @abstractmethod
    def workflows(self, query: WorkflowQuery) -> AsyncIterator[Page[WorkflowInfo]]:
        """The rows that fit `query`, page by page, in the order of their names there.

        Those are ids where the server keeps another name than people have.

        A row may come again with more said of it, then the later one holds: so the first rows are
        there before their last runs are. Where there is a limit each comes once.
        """

    @abstractmethod
    def history(self, query: HistoryQuery) -> AsyncIterator[Page[WorkflowRun]]:
        """The runs that fit `query`, page by page, newest first."""

    @abstractmethod
    async def run_status(self, ref: RunRef) -> WorkflowRun:
        """One run; a bare id that fits several is an error that names them."""

    # Every backend has these too, some by a longer way (see `fallback`).

    async def workflow(self, name: str) -> tuple[WorkflowInfo, ...]:
        """The rows of one name: none, one, or two when CODE overrides MANUAL."""
        return await fallback.workflow(self, name)

    def listed(self, name: str) -> tuple[WorkflowInfo, ...]:
        """The same as a list told it a moment ago; none where there is no such list."""
        return ()

    async def registered(self, name: str) -> tuple[WorkflowInfo, ...]:
        """The rows that a registration of `name` would meet."""
        return await self.workflow(name)

    async def recent_runs(
        self, names: Sequence[str], count: int
    ) -> Mapping[str, tuple[WorkflowRun, ...]]:
        """The last `count` runs of each name, newest first."""
        return await fallback.recent_runs(self, names, count)

    async def cursor(self) -> str | None:
        """What stands for this moment: asked before a listing, so that `changes` goes on from it.

        None where there is no such thing; then the first `changes(None)` is the whole list.
        """
        return None

    async def changes(self, cursor: str | None) -> Changes:
        """What moved since `cursor`; without one, the whole list and a cursor to go on with."""
        return await self._relisting.changes(self, cursor)

    async def dataset_info(self, name: str) -> DatasetInfo | None:
        """What is known of a dataset beside its schedule."""
        return await fallback.dataset_info(self, name)

    async def backfill_status(self, ref: RunRef) -> Backfill:
        """A backfill that was started, with each of its dates."""
        return await fallback.backfill_status(self, ref)

    async def backfills(self) -> tuple[Backfill, ...]:
        """The backfills that are under way or were lately, newest first, as far as it can tell."""
        return await fallback.backfills(self)

    async def run_dates(
        self, row: WorkflowInfo, first: date, last: date, timezone: str | None = None
    ) -> RunDates:
        """The logical dates of a workflow on the days from `first` to `last`.

        A date is named only where it is known to be one of its schedule. `timezone` is what
        somebody says that the zone of the schedule is.
        """
        from dli_tui.insight.backfill import dates_of_schedule  # noqa: PLC0415 - only plans need it

        require_known_schedule(row)
        return dates_of_schedule(row, first, last, timezone)

    async def retry_plan(self, ref: RunRef, steps: Sequence[str] = ()) -> RetryPlan:
        """What `retry` would run again; nothing is done by asking."""
        return await fallback.retry_plan(self, ref, steps)

    # The rest is offered or it isn't.

    async def register(self, request: Registration) -> WorkflowInfo:
        """Register a MANUAL workflow."""
        raise self._unsupported(Capability.REGISTER)

    async def unregister(self, name: str, *, force: bool = False) -> WorkflowRunResult:
        """Remove a MANUAL workflow; `force` removes it while runs of it are active."""
        raise self._unsupported(Capability.UNREGISTER)

    async def run(self, request: RunRequest) -> WorkflowRunResult:
        """Start one run."""
        raise self._unsupported(Capability.RUN)

    async def backfill(self, request: BackfillRequest) -> WorkflowRunResult:
        """Start the runs of a range of dates."""
        raise self._unsupported(Capability.BACKFILL)

    async def backfill_slots(self, request: BackfillRequest) -> BackfillForecast:
        """Which dates of a backfill the server says that it would run; nothing is started."""
        raise self._unsupported(Capability.BACKFILL_FORECAST)

    async def pause_backfill(self, ref: RunRef) -> WorkflowRunResult:
        """Begin no other date of a backfill; the runs under way go on."""
        raise self._unsupported(Capability.BACKFILL_PAUSE)

    async def unpause_backfill(self, ref: RunRef) -> WorkflowRunResult:
        """Let a backfill go on."""
        raise self._unsupported(Capability.BACKFILL_PAUSE)

    async def stop(self, ref: RunRef, *, reason: str | None = None) -> WorkflowRunResult:
        """Ask a run to stop."""
        raise self._unsupported(Capability.STOP)

    async def pause(self, name: str, *, reason: str | None = None) -> WorkflowRunResult:
        """Pause a schedule."""
        raise self._unsupported(Capability.PAUSE)

    async def unpause(self, name: str, *, reason: str | None = None) -> WorkflowRunResult:
        """Let a schedule fire again."""
        raise self._unsupported(Capability.PAUSE)

    async def steps(self, ref: RunRef) -> tuple[Step, ...]:
        """The steps of a run, in order."""
        raise self._unsupported(Capability.STEPS)

    async def logs(self, ref: LogRef, cursor: str | None = None) -> LogChunk:
        """The lines of a step's log since `cursor`."""
        raise self._unsupported(Capability.LOGS)

    async def retry(self, ref: RunRef, steps: Sequence[str] = ()) -> WorkflowRunResult:
        """Run the failed steps again, or those named, and what comes after them."""
        raise self._unsupported(Capability.RETRY)

    async def configure(self, request: NewConfiguration) -> WorkflowInfo:
        """Replace what a workflow does."""
        raise self._unsupported(Capability.CONFIGURING)

    async def templates(
        self, *, category: str | None = None, search: str | None = None
    ) -> tuple[Template, ...]:
        """The templates that fit."""
        raise self._unsupported(Capability.TEMPLATES)

    async def template_categories(self) -> tuple[TemplateCategory, ...]:
        """The shelves of templates."""
        raise self._unsupported(Capability.TEMPLATES)

    async def template(self, template_id: str) -> Template:
        """One template."""
        raise self._unsupported(Capability.TEMPLATES)

    async def create_from_template(self, request: NewFromTemplate) -> WorkflowInfo:
        """Make a workflow from a template."""
        raise self._unsupported(Capability.TEMPLATES)

    async def template_usage(self, template_id: str) -> TemplateUsage:
        """How a template is used."""
        raise self._unsupported(Capability.TEMPLATE_USAGE)

    async def create_template(self, draft: TemplateDraft) -> Template:
        """Make a template."""
        raise self._unsupported(Capability.TEMPLATE_EDITING)

    async def update_template(self, template_id: str, draft: TemplateDraft) -> Template:
        """Change a template; the workflows that were made from it stay as they are."""
        raise self._unsupported(Capability.TEMPLATE_EDITING)

    async def delete_template(self, template_id: str) -> None:
        """Remove a template; the workflows that were made from it stay."""
        raise self._unsupported(Capability.TEMPLATE_EDITING)

    async def sagas(self) -> tuple[Saga, ...]:
        """The sagas, newest first."""
        raise self._unsupported(Capability.SAGAS)

    async def saga(self, saga_id: str) -> Saga:
        """One saga with its steps."""
        raise self._unsupported(Capability.SAGAS)

    async def cancel_saga(self, saga_id: str) -> Saga:
        """Ask a saga to stop and undo what it did."""
        raise self._unsupported(Capability.SAGAS)

    async def saga_types(self) -> tuple[SagaType, ...]:
        """The kinds of saga that can be started; none where the server doesn't tell them."""
        raise self._unsupported(Capability.SAGAS)

    async def start_saga(self, request: NewSaga) -> Saga:
        """Start a saga."""
        raise self._unsupported(Capability.SAGAS)

    async def publish(self, event: NewEvent) -> PublishedEvent:
        """Tell an event to every service that listens."""
        raise self._unsupported(Capability.EVENTS)

    async def health(self) -> Health:
        """How the server says it is doing."""
        raise self._unsupported(Capability.HEALTH)

    def _unsupported(self, capability: Capability) -> Unsupported:
        return Unsupported(self.why_not(capability), hint="")

"""A backend that a test scripts, and the rows and runs to put into it."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from dli_tui.backends.port import Backend
from dli_tui.domain.backfill import Backfill, BackfillForecast
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.domain.ids import LogRef, RunRef
from dli_tui.domain.page import Page
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
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.saga import PublishedEvent, Saga, SagaType
from dli_tui.domain.status import (
    ResultStatus,
    RunStatus,
    SagaStatus,
    SourceType,
    WorkflowStatus,
)
from dli_tui.domain.template import NewFromTemplate, Template, TemplateDraft, TemplateUsage
from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo

NOW = datetime(2026, 3, 10, 9, 41, tzinfo=UTC)
CODE, MANUAL = SourceType.CODE, SourceType.MANUAL
WRITES = frozenset(
    {
        "register",
        "unregister",
        "run",
        "backfill",
        "stop",
        "retry",
        "pause",
        "unpause",
        "pause_backfill",
        "unpause_backfill",
        "configure",
        "create_from_template",
        "create_template",
        "update_template",
        "delete_template",
        "cancel_saga",
        "start_saga",
        "publish",
    }
)


def row(name: str = "d", **changes: Any) -> WorkflowInfo:
    """A row of the list: MANUAL and active, at nine each morning, unless told otherwise."""
    known: dict[str, Any] = {
        "source_type": MANUAL,
        "status": WorkflowStatus.ACTIVE,
        "cron": "0 9 * * *",
    }
    return WorkflowInfo(dataset_name=name, **{**known, **changes})


PAIR = (
    row("pair", source_type=CODE),
    row("pair", status=WorkflowStatus.OVERRIDDEN, overridden_by="code"),
)


def run(run_id: str = "r1", status: RunStatus = RunStatus.COMPLETED, **changes: Any) -> WorkflowRun:
    """A run of `d`."""
    return WorkflowRun(**{"run_id": run_id, "dataset_name": "d", "status": status, **changes})


class ScriptedBackend(Backend):
    """Answers from two lists, and writes down what it was asked.

    A cue is what the next call of a method does instead: an exception is raised, anything
    else is the answer; None lets it do what it does.
    """

    label = "the script"

    def __init__(
        self,
        rows: Iterable[WorkflowInfo] = (),
        runs: Iterable[WorkflowRun] = (),
        *,
        without: Iterable[Capability] = (),
        total: int | None = None,
        page: int = 2,
        cues: Mapping[str, Sequence[Any]] | None = None,
        **more_cues: Sequence[Any],
    ) -> None:
        super().__init__()
        self.rows, self.runs = list(rows), list(runs)
        self.capabilities = frozenset(Capability) - frozenset(without)
        self.total, self.page = total, page
        self.cues = {name: list(found) for name, found in {**(cues or {}), **more_cues}.items()}
        if "backfill_slots" not in self.cues:
            # Only who is told what to say of it says something.
            self.capabilities -= {Capability.BACKFILL_FORECAST}
        self.calls: list[tuple[str, Any]] = []

    @property
    def sent(self) -> list[str]:
        """The writes that arrived, in order."""
        return [name for name, _ in self.calls if name in WRITES]

    def arrived(self, name: str) -> list[Any]:
        """What the calls of a method brought."""
        return [what for called, what in self.calls if called == name]

    def _asked(self, name: str, what: Any) -> Any:
        self.calls.append((name, what))
        cues = self.cues.get(name)
        cue = cues.pop(0) if cues else None
        if isinstance(cue, BaseException):
            raise cue
        return cue

    async def backfills(self) -> tuple[Backfill, ...]:
        return self._asked("backfills", None) or ()

    async def backfill_status(self, ref: RunRef) -> Backfill:
        found: Backfill | None = self._asked("backfill_status", ref)
        return found or await super().backfill_status(ref)

    async def dataset_info(self, name: str) -> DatasetInfo | None:
        if "dataset_info" in self.cues:
            found: DatasetInfo | None = self._asked("dataset_info", name)
            return found
        return await super().dataset_info(name)

    # Reads. Filters are ignored on purpose: some servers do that.

    async def workflows(self, query: WorkflowQuery) -> AsyncIterator[Page[WorkflowInfo]]:
        self._asked("workflows", query)
        for start in range(0, len(self.rows), self.page):
            yield Page(tuple(self.rows[start : start + self.page]), self.total)

    async def workflow(self, name: str) -> tuple[WorkflowInfo, ...]:
        self._asked("workflow", name)
        return tuple(one for one in self.rows if one.dataset_name == name)

    async def history(self, query: HistoryQuery) -> AsyncIterator[Page[WorkflowRun]]:
        self._asked("history", query)
        for start in range(0, len(self.runs), self.page):
            yield Page(tuple(self.runs[start : start + self.page]), self.total)

    async def recent_runs(
        self, names: Sequence[str], count: int
    ) -> Mapping[str, tuple[WorkflowRun, ...]]:
        self._asked("recent_runs", tuple(names))
        runs = [one for one in self.runs if one.dataset_name in names]
        return {name: tuple(one for one in runs if one.dataset_name == name) for name in names}

    async def run_status(self, ref: RunRef) -> WorkflowRun:
        found: WorkflowRun | None = self._asked("run_status", ref)
        found = found or next((one for one in self.runs if one.run_id == ref.run_id), None)
        if found is None:
            raise WorkflowNotFoundError(run_id=ref.run_id)
        return found

    # Writes

    async def register(self, request: Registration) -> WorkflowInfo:
        answer: WorkflowInfo | None = self._asked("register", request)
        schedule = request.schedule
        made = answer or row(request.dataset_name, cron=schedule.cron, timezone=schedule.timezone)
        self.rows = [one for one in self.rows if one.dataset_name != made.dataset_name] + [made]
        return made

    async def unregister(self, name: str, *, force: bool = False) -> WorkflowRunResult:
        self._asked("unregister", force)
        self.rows = [one for one in self.rows if one.dataset_name != name]
        return done(name)

    async def run(self, request: RunRequest) -> WorkflowRunResult:
        answer: WorkflowRunResult | None = self._asked("run", request)
        if request.dry_run:
            return done(request.dataset_name, dry_run=True)
        return answer or done(request.dataset_name, run_id="r1", run_status=RunStatus.PENDING)

    async def backfill(self, request: BackfillRequest) -> WorkflowRunResult:
        self._asked("backfill", request)
        return done(request.dataset_name, run_id="b1", run_status=RunStatus.PENDING)

    async def backfill_slots(self, request: BackfillRequest) -> BackfillForecast:
        answer: BackfillForecast | None = self._asked("backfill_slots", request)
        return answer or BackfillForecast(slots=())

    async def pause_backfill(self, ref: RunRef) -> WorkflowRunResult:
        self._asked("pause_backfill", ref)
        return done("d", run_id=ref.run_id)

    async def unpause_backfill(self, ref: RunRef) -> WorkflowRunResult:
        self._asked("unpause_backfill", ref)
        return done("d", run_id=ref.run_id)

    async def stop(self, ref: RunRef, *, reason: str | None = None) -> WorkflowRunResult:
        self._asked("stop", (ref, reason))
        return done("d", run_id=ref.run_id, run_status=RunStatus.STOPPING, reason=reason)

    async def retry(self, ref: RunRef, steps: Sequence[str] = ()) -> WorkflowRunResult:
        self._asked("retry", (ref, tuple(steps)))
        return done("d", run_id=ref.run_id, run_status=RunStatus.RUNNING)

    async def pause(self, name: str, *, reason: str | None = None) -> WorkflowRunResult:
        self._asked("pause", reason)
        return done(name, workflow_status=WorkflowStatus.PAUSED)

    async def unpause(self, name: str, *, reason: str | None = None) -> WorkflowRunResult:
        self._asked("unpause", reason)
        return done(name, workflow_status=WorkflowStatus.ACTIVE)

    async def create_from_template(self, request: NewFromTemplate) -> WorkflowInfo:
        self._asked("create_from_template", request)
        return row(request.workflow_name)

    async def configure(self, request: NewConfiguration) -> WorkflowInfo:
        self._asked("configure", request)
        return row(request.dataset_name, workflow_config=dict(request.workflow_config))

    async def template_usage(self, template_id: str) -> TemplateUsage:
        found: TemplateUsage | None = self._asked("template_usage", template_id)
        return found or TemplateUsage(template_id=template_id)

    async def create_template(self, draft: TemplateDraft) -> Template:
        self._asked("create_template", draft)
        return Template(id="t9", **dict(draft))

    async def update_template(self, template_id: str, draft: TemplateDraft) -> Template:
        self._asked("update_template", (template_id, draft))
        return Template(id=template_id, **dict(draft))

    async def delete_template(self, template_id: str) -> None:
        self._asked("delete_template", template_id)

    async def publish(self, event: NewEvent) -> PublishedEvent:
        self._asked("publish", event)
        return PublishedEvent(event_type=event.event_type, event_id="e1", status="published")

    async def cancel_saga(self, saga_id: str) -> Saga:
        self._asked("cancel_saga", saga_id)
        return Saga(saga_id=saga_id, saga_type="t", status=SagaStatus.COMPENSATING)

    async def saga_types(self) -> tuple[SagaType, ...]:
        found: tuple[SagaType, ...] | None = self._asked("saga_types", None)
        return found or ()

    async def start_saga(self, request: NewSaga) -> Saga:
        self._asked("start_saga", request)
        return Saga(saga_id="s1", saga_type=request.saga_type, status=SagaStatus.PENDING)


class SharedIds(ScriptedBackend):
    """A place where the midnight runs of all workflows have the same id."""

    unique_run_ids = False


def done(name: str, **more: Any) -> WorkflowRunResult:
    """The answer to a write that went well."""
    return WorkflowRunResult(**{"dataset_name": name, "status": ResultStatus.SUCCESS, **more})


def log_of(run_id: str = "r1") -> LogRef:
    """The address of a log."""
    return LogRef(RunRef(run_id), "step")

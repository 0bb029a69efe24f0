"""What a demo world is made of: workflows, the shape and the temper of their runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from operator import itemgetter
from typing import Final, NamedTuple

from dli_tui.backends.demo.dice import stable_hash
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.schedule import NotificationConfig, RetryConfig
from dli_tui.domain.status import RunStatus, RunType, SourceType, WorkflowStatus

CODE, MANUAL = SourceType.CODE, SourceType.MANUAL
ACTIVE, PAUSED = WorkflowStatus.ACTIVE, WorkflowStatus.PAUSED
DISABLED = WorkflowStatus.DISABLED


class StepPlan(NamedTuple):
    """One step: steps of one stage run side by side, stages one after the other."""

    name: str
    type: str
    stage: int
    share: float
    needs: tuple[str, ...] | None = None
    """The steps that must be done before; not named: all of the stage before."""


class Pattern(NamedTuple):
    """The shape of a workflow."""

    steps: tuple[StepPlan, ...]

    def needs(self, step: StepPlan) -> tuple[str, ...]:
        """The steps that must be done before `step`."""
        if step.needs is not None:
            return step.needs
        return tuple(other.name for other in self.steps if other.stage == step.stage - 1)


ETL: Final = Pattern(
    (
        StepPlan("extract_source", "http", 0, 4),
        StepPlan("extract_reference", "http", 0, 2),
        StepPlan("stage", "sql", 1, 3),
        StepPlan("transform", "sql", 2, 5),
        StepPlan("dq_checks", "sql", 3, 2),
        StepPlan("publish", "http", 4, 1),
    )
)
SYNC: Final = Pattern(
    (
        StepPlan("fetch", "http", 0, 5),
        StepPlan("load", "sql", 1, 3),
        StepPlan("notify", "http", 2, 1),
    )
)
MODEL: Final = Pattern(
    (
        StepPlan("features", "sql", 0, 5),
        StepPlan("train", "python", 1, 12),
        StepPlan("evaluate", "python", 2, 3),
        StepPlan("register_model", "http", 3, 1),
    )
)
REPORT: Final = Pattern(
    (
        StepPlan("query", "sql", 0, 6),
        StepPlan("render", "python", 1, 2),
        StepPlan("send", "http", 2, 1),
    )
)
REINDEX: Final = Pattern(
    (
        StepPlan("snapshot", "shell", 0, 2),
        StepPlan("reindex", "python", 1, 14),
        StepPlan("swap", "shell", 2, 1),
    )
)

ERRORS: Final = (
    "BigQuery quota exceeded",
    'relation "raw.orders" does not exist',
    "connection reset by peer while reading from https://api.example.com/v2/export",
    "schema mismatch: column 'sku' is text in the source, integer in the target",
    "HTTP 503 from https://carriers.example.com/rates after 3 tries",
    "worker ran out of memory (limit 8 GiB) in stage 2 of 4",
    "dq_checks: 1,204 rows without a customer_id, 0 allowed",
)


class Temper(NamedTuple):
    """How a workflow's runs tend to go."""

    failure_rate: float = 0.02
    flaky_rate: float = 0.05
    fails_at: str | None = None
    error: str | None = None
    bad_weekday: int | None = None
    behind_seconds: int = 0
    log_lines: int = 40


CALM: Final = Temper()
TWICE: Final = RetryConfig(max_attempts=2, delay_seconds=20)


class DemoWorkflow(NamedTuple):
    """One row of the demo's list, and what it takes to play its runs."""

    name: str
    source: SourceType
    cron: str | None
    team: str
    seconds: float
    pattern: Pattern = ETL
    timezone: str = "UTC"
    owner: str = "data@example.com"
    description: str = ""
    status: WorkflowStatus = ACTIVE
    temper: Temper = CALM
    retry: RetryConfig = TWICE
    notifications: NotificationConfig | None = None
    tags: tuple[str, ...] = ()
    created: datetime = datetime(2025, 12, 1, 10, tzinfo=UTC)
    since: datetime | None = None
    """Slots before this moment are not played: the archive has them."""
    fate: int = 0
    """Workflows of one fate (0: its own) play the same runs, so that many cost little."""

    @property
    def luck(self) -> int:
        """What makes this workflow's chances its own."""
        return self.fate or stable_hash(self.name)


class ArchivedRun(NamedTuple):
    """A run that the seeds print, kept as they print it."""

    run_id: str
    workflow: str
    status: RunStatus
    run_type: RunType
    started: datetime
    seconds: float
    error: str | None = None


@dataclass(frozen=True)
class Scenario:
    """The workflows of a demo world and its archive."""

    workflows: tuple[DemoWorkflow, ...]
    archive: tuple[ArchivedRun, ...] = ()

    @cached_property
    def rows(self) -> dict[WorkflowKey, DemoWorkflow]:
        """Every workflow by its address, in the order of the list."""
        rows = {
            WorkflowKey(workflow.name, workflow.source): workflow for workflow in self.workflows
        }
        return dict(sorted(rows.items(), key=itemgetter(0)))

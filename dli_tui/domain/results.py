"""What every operation answers: the five results of the seeds.

The library returns them, the commands print them as JSON, our server sends them. One
operation may leave most fields of `WorkflowRunResult` empty: run, backfill, stop, pause
and unregister share it, as the seeds have it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field, computed_field

from dli_tui.domain.run import RunFacts, WorkflowRun
from dli_tui.domain.status import ResultStatus, RunStatus, SourceType, WorkflowStatus
from dli_tui.domain.value import Moment, Value
from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo


class WorkflowRegisterResult(Value):
    """How a registration ended."""

    dataset_name: str = Field(description="The registered dataset.")
    status: ResultStatus = Field(description="How the operation ended.")
    source_type: SourceType = Field(description="Always MANUAL: CODE is registered through Git.")
    workflow_info: WorkflowInfo | None = Field(default=None, description="The workflow as it is.")
    previous: WorkflowInfo | None = Field(
        default=None, description="The registration that it replaced, if it did."
    )
    message: str | None = Field(default=None, description="What happened, for a person.")
    warning: str | None = Field(default=None, description="What to know besides.")


class WorkflowRunResult(Value):
    """How an operation on a workflow or a run ended."""

    dataset_name: str = Field(description="The workflow.")
    workflow_id: str | None = Field(
        default=None, description="The server's id of the workflow, beside the name."
    )
    run_id: str | None = Field(default=None, description="The run, or the backfill's own id.")
    status: ResultStatus = Field(description="How the operation ended.")
    run_status: RunStatus | None = Field(default=None, description="Where the run stands.")
    raw_status: str | None = Field(default=None, description="The server's own word for it.")
    workflow_status: WorkflowStatus | None = Field(
        default=None, description="What the schedule does now, after pause and unpause."
    )
    dry_run: bool = Field(default=False, description="Whether nothing was to be started.")
    message: str | None = Field(default=None, description="What happened, for a person.")
    warning: str | None = Field(default=None, description="What to know besides.")
    parameters: dict[str, Any] = Field(default_factory=dict, description="What it was given.")
    triggered_by: str | None = Field(default=None, description="Who started it.")
    started_at: Moment | None = Field(default=None, description="When it was started.")
    backfill_id: str | None = Field(default=None, description="The backfill, if it is one.")
    start_date: date | None = Field(default=None, description="Its first date.")
    end_date: date | None = Field(default=None, description="Its last date.")
    run_ids: tuple[str, ...] = Field(default=(), description="The runs that it started.")
    total_runs: int | None = Field(default=None, description="How many runs it will have.")
    changed: bool = Field(
        default=True, description="Whether anything was sent; not where it was so already."
    )
    reason: str | None = Field(default=None, description="Why it was stopped or paused.")
    stopped_by: str | None = Field(default=None, description="Who stopped it.")
    stopped_at: Moment | None = Field(default=None, description="When the stop was asked for.")
    paused_by: str | None = Field(default=None, description="Who paused it.")
    paused_at: Moment | None = Field(default=None, description="When it was paused.")
    unregistered_by: str | None = Field(default=None, description="Who unregistered it.")
    unregistered_at: Moment | None = Field(default=None, description="When that was.")
    s3_path_deleted: str | None = Field(default=None, description="The spec that went with it.")
    airflow_dag_disabled: bool | None = Field(
        default=None, description="Whether Airflow no longer schedules it."
    )


class WorkflowListResult(Value):
    """The workflows that were asked for."""

    workflows: list[WorkflowInfo] = Field(default_factory=list, description="The rows.")
    total_count: int = Field(description="How many there are in all, shown or not.")
    more: bool = Field(
        default=False, exclude=True, description="Whether `total_count` is only what was seen."
    )
    status: ResultStatus = Field(description="How the query ended.")


class WorkflowStatusResult(RunFacts):
    """One run in detail."""

    run_status: RunStatus = Field(description="Where it stands, in our words.")

    @computed_field(description="Still under way.")
    @property
    def is_running(self) -> bool:
        return self.run_status.is_running

    @computed_field(description="Over for good.")
    @property
    def is_terminal(self) -> bool:
        return self.run_status.is_terminal

    @classmethod
    def of(cls, run: WorkflowRun) -> WorkflowStatusResult:
        """The detail of `run`."""
        facts = {name: getattr(run, name) for name in RunFacts.model_fields}
        return cls(run_status=run.status, **facts)


class WorkflowHistoryResult(Value):
    """The runs that were asked for, newest first."""

    runs: list[WorkflowRun] = Field(default_factory=list, description="The runs.")
    total_count: int = Field(description="How many there are in all, shown or not.")
    more: bool = Field(default=False, description="Whether `total_count` is only what was seen.")
    status: ResultStatus = Field(description="How the query ended.")
    dataset_info: DatasetInfo | None = Field(
        default=None, description="What is known of the dataset, where it was asked for."
    )
    warning: str | None = Field(default=None, description="What to know besides.")

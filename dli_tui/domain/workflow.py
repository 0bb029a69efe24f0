"""A workflow as the list shows it, and what is known of its dataset."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import Field

from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.schedule import NotificationConfig, RetryConfig, ScheduleConfig
from dli_tui.domain.status import SourceType, WorkflowStatus
from dli_tui.domain.value import Moment, Value


class WorkflowInfo(Value):
    """One row of the list: a name in one source, its schedule and its latest run."""

    dataset_name: str = Field(description="The dataset that it builds.")
    source_type: SourceType = Field(description="Who owns its definition.")
    status: WorkflowStatus = Field(description="What its schedule is doing, in our words.")
    raw_status: str | None = Field(default=None, description="The server's own word for it.")
    cron: str | None = Field(default=None, description="Its cron, if it is known and has one.")
    schedule_known: bool = Field(
        default=True, description="Whether the server tells its schedule, or that it has none."
    )
    schedule_text: str | None = Field(
        default=None,
        description="The server's words for a schedule that is not a single cron expression.",
    )
    timezone: str | None = Field(
        default="UTC", description="The zone in which the cron is read; null: not known."
    )
    timezone_fitted: bool = Field(
        default=False,
        description="Whether the zone was worked out from the dates of runs because the server "
        "doesn't tell it; another zone with the same clock may be meant.",
    )
    next_run: Moment | None = Field(default=None, description="When it runs next.")
    next_run_when_unpaused: Moment | None = Field(
        default=None,
        description="Of a paused one: when its next run is due. In the past: unpausing starts it.",
    )
    next_run_computed: bool = Field(
        default=False, description="Whether we worked that out because the server didn't say."
    )
    last_run_known: bool = Field(
        default=True,
        exclude=True,
        description="Whether a row without a last run has none, or it just isn't known yet.",
    )
    last_run: WorkflowRun | None = Field(default=None, description="Its latest run.")
    active_runs: int | None = Field(default=None, description="Runs under way, where known.")
    at_run_limit: bool = Field(
        default=False,
        description="Whether no other run is made until one that is under way ends.",
    )
    owner: str | None = Field(default=None, description="The person who answers for it.")
    team: str | None = Field(default=None, description="The team that answers for it.")
    description: str | None = Field(default=None, description="What it is for.")
    tags: tuple[str, ...] = Field(default=(), description="Words it is filed under.")
    retry: RetryConfig | None = Field(default=None, description="How failures are retried.")
    notifications: NotificationConfig | None = Field(
        default=None, description="Who hears of its failures and successes."
    )
    overridden_by: str | None = Field(default=None, description="What took its place, if it was.")
    reason: str | None = Field(default=None, description="Why it was paused.")
    paused_by: str | None = Field(default=None, description="Who paused it.")
    paused_at: Moment | None = Field(default=None, description="When it was paused.")
    registered_by: str | None = Field(default=None, description="Who registered it.")
    registered_at: Moment | None = Field(default=None, description="When it was registered.")
    created_at: Moment | None = Field(default=None, description="When it came into being.")
    updated_at: Moment | None = Field(default=None, description="When it last changed.")
    s3_path: str | None = Field(default=None, description="Where its spec is stored.")
    airflow_dag_id: str | None = Field(default=None, description="The DAG that Airflow runs.")
    trigger_config: dict[str, Any] | None = Field(
        default=None, description="What else starts it, where a server has such things."
    )
    workflow_config: dict[str, Any] | None = Field(
        default=None, description="Its definition, where the server tells it."
    )
    workflow_id: str | None = Field(default=None, description="The server's id, beside the name.")
    warning: str | None = Field(default=None, description="What the server wants known.")
    import_error: str | None = Field(
        default=None,
        description="Why its definition can't be loaded, where it stands still because of that.",
    )
    unreadable: str | None = Field(
        default=None, description="Why this row of the server's couldn't be read, if it couldn't."
    )

    @property
    def key(self) -> WorkflowKey:
        """The address of this row."""
        return WorkflowKey(self.dataset_name, self.source_type)

    @property
    def is_active(self) -> bool:
        """Whether its schedule fires."""
        return self.status is WorkflowStatus.ACTIVE

    @property
    def is_paused(self) -> bool:
        """Whether its schedule is paused."""
        return self.status is WorkflowStatus.PAUSED

    @property
    def is_overridden(self) -> bool:
        """Whether CODE has taken its place."""
        return self.status is WorkflowStatus.OVERRIDDEN

    @property
    def enabled(self) -> bool:
        """Whether its schedule fires."""
        return self.status is WorkflowStatus.ACTIVE

    @property
    def display_zone(self) -> str:
        """The zone in which its times are shown: its own, or UTC where that isn't known."""
        return self.timezone or "UTC"

    @property
    def has_no_schedule(self) -> bool:
        """Whether it is known to run by hand only; an unknown schedule isn't none."""
        return self.schedule_known and self.cron is None and self.schedule_text is None

    @property
    def is_running(self) -> bool:
        """Whether a run of it is under way."""
        if self.active_runs is not None:
            return self.active_runs > 0
        return self.last_run is not None and self.last_run.status.is_running

    @property
    def schedule(self) -> ScheduleConfig:
        """The schedule as one value, as a registration sends it."""
        return ScheduleConfig(
            cron=self.cron,
            timezone=self.display_zone,
            enabled=self.enabled,
            retry=self.retry or RetryConfig(),
            notifications=self.notifications or NotificationConfig(),
        )


class DatasetInfo(Value):
    """What is known of a dataset beside its schedule; what nobody says stays empty."""

    name: str = Field(description="The dataset's name.")
    owner: str | None = Field(default=None, description="The person who answers for it.")
    team: str | None = Field(default=None, description="The team that answers for it.")
    description: str | None = Field(default=None, description="What it is for.")
    source_type: SourceType | None = Field(default=None, description="Who owns its definition.")
    spec_path: str | None = Field(default=None, description="Where its spec is stored.")
    tags: tuple[str, ...] = Field(default=(), description="Words it is filed under.")
    spec: str | None = Field(default=None, description="The text of its spec, if it can be read.")

    # The seeds have a dict in this place, so it can be read as one.

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a field may be of any type
        if name not in type(self).model_fields:
            raise KeyError(name)
        return getattr(self, name)

    def __contains__(self, name: object) -> bool:
        return name in type(self).model_fields

    def get(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - as a dict has it
        """The value of a field, or `default` where there is no such field."""
        return getattr(self, name) if name in type(self).model_fields else default

    def keys(self) -> Iterable[str]:
        """The names of the fields."""
        return type(self).model_fields.keys()

    def items(self) -> Iterable[tuple[str, Any]]:
        """The fields by their names."""
        return ((name, self[name]) for name in self.keys())

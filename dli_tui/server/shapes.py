"""The bodies that the endpoints take, as the OpenAPI document tells them.

How they are read, in which other spellings too, is in `wire.asked`; here they stand as seed 000
and 004 write them.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from dli_tui.domain.query import BackfillScope
from dli_tui.domain.schedule import NotificationConfig
from dli_tui.domain.value import Moment, Value


class RunBody(Value):
    """Start a run."""

    params: dict[str, Any] = Field(default_factory=dict, description="What the run is given.")
    dry_run: bool = Field(default=False, description="Only check whether it could be started.")
    slot: Moment | None = Field(default=None, description="The date that it computes.")
    data_interval_start: Moment | None = Field(
        default=None, description="Where its data interval starts; none: the schedule's."
    )
    data_interval_end: Moment | None = Field(
        default=None, description="Where its data interval ends; none: the schedule's."
    )
    run_id: str | None = Field(
        default=None, description="An id of the sender's: sent twice, it is one run."
    )


class BackfillBody(Value):
    """Run a range of dates, both included."""

    start_date: date = Field(description="The first date.")
    end_date: date = Field(description="The last date.")
    params: dict[str, Any] = Field(default_factory=dict, description="What each run is given.")
    dry_run: bool = Field(default=False, description="Only count what would run.")
    parallel: bool = Field(default=False, description="All at once instead of one by one.")
    slots: list[Moment] | None = Field(
        default=None, description="Nothing but these slots of the range."
    )
    scope: BackfillScope = Field(
        default=BackfillScope.ALL, description="Of the runs that exist, which may run again."
    )
    timezone: str | None = Field(
        default=None, description="The zone in which the dates are read; none: the schedule's."
    )


class ReasonBody(Value):
    """Stop, pause or resume."""

    reason: str | None = Field(default=None, description="Why.")


class RetryBody(Value):
    """Run failed steps again."""

    steps: list[str] = Field(default_factory=list, description="Those; none: all that failed.")


class ScheduleBody(Value):
    """When a workflow runs."""

    cron: str | None = Field(default=None, description="Five fields; none: by hand only.")
    timezone: str = Field(default="UTC", description="The IANA zone in which they are read.")


class RegisterBody(Value):
    """Register a MANUAL workflow."""

    dataset_name: str = Field(description="The dataset that it builds.")
    schedule: ScheduleBody | None = Field(default=None, description="When it runs.")
    enabled: bool = Field(default=True, description="Whether it fires from the start.")
    owner: str | None = Field(default=None, description="The person who answers for it.")
    team: str | None = Field(default=None, description="The team that answers for it.")
    description: str | None = Field(default=None, description="What it is for.")
    yaml_content: str | None = Field(default=None, description="The text of its spec.")
    retry_max_attempts: int = Field(default=1, description="Tries of a step in all.")
    retry_delay_seconds: int = Field(default=300, description="Seconds between two tries.")
    notifications: NotificationConfig | None = Field(
        default=None, description="Who hears of its runs."
    )
    force: bool = Field(default=False, description="In place of the one that exists.")


class FromTemplateBody(Value):
    """Make a workflow from a template."""

    workflow_name: str = Field(description="What it is to be called.")
    workflow_description: str | None = Field(default=None, description="What it is for.")
    custom_config: dict[str, Any] = Field(
        default_factory=dict, description="Steps with settings of their own: steps, name, config."
    )
    cron_schedule: str | None = Field(default=None, description="Its schedule, if it has one.")
    is_scheduled: bool = Field(default=False, description="Whether that schedule fires.")
    trigger_on_file_upload: bool = Field(default=False, description="Whether an upload starts it.")
    trigger_file_extensions: str | None = Field(
        default=None, description="Of which files, with commas; none: of any."
    )


class SagaBody(Value):
    """Start a saga."""

    saga_type: str = Field(description="A kind that the server knows.")
    input_data: dict[str, Any] = Field(default_factory=dict, description="What it is given.")
    correlation_id: str | None = Field(default=None, description="What ties it to a run.")
    tenant_id: str | None = Field(default=None, description="On whose behalf it works.")

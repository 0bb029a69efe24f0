"""What can be asked of a backend: filters and requests, as plain tuples with names.

Standard library only, so that a screen can hold one before any model is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from dli_tui.domain.status import RunStatus, RunType, SourceType, WorkflowStatus

if TYPE_CHECKING:
    from dli_tui.domain.schedule import ScheduleConfig

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


class WorkflowQuery(NamedTuple):
    """Which rows of the list; `name` is any part of the name, in any case."""

    name: str | None = None
    source: SourceType | None = None
    status: WorkflowStatus | None = None
    owner: str | None = None
    tag: str | None = None
    """A whole tag; servers that can't filter by one are asked for all."""
    running_only: bool = False
    enabled_only: bool = False
    limit: int | None = None


class HistoryQuery(NamedTuple):
    """Which runs, newest first; `workflow` is a whole name; dates are of the slot or start."""

    workflow: str | None = None
    source: SourceType | None = None
    status: RunStatus | None = None
    run_type: RunType | None = None
    start_date: date | None = None
    end_date: date | None = None
    limit: int | None = None


class Registration(NamedTuple):
    """A MANUAL workflow to be registered; `force` overwrites the one that exists."""

    dataset_name: str
    schedule: ScheduleConfig
    owner: str | None = None
    team: str | None = None
    description: str | None = None
    yaml_content: str | None = None
    force: bool = False


class BackfillScope(StrEnum):
    """Which slots of the range are wanted."""

    ALL = "all"
    MISSING = "missing"
    FAILED = "failed"


class BackfillChoice(NamedTuple):
    """What a person chooses of a backfill: dates, which of their slots, and how they go."""

    start: date
    end: date
    scope: BackfillScope = BackfillScope.ALL
    parallel: bool = False
    without: frozenset[date] = frozenset()
    """Dates of the range that are left out all the same."""
    only: frozenset[datetime] | None = None
    """Nothing but these slots; None: any of the range."""

    @property
    def is_plain(self) -> bool:
        """Whether a server that takes nothing but a range can be told all of it."""
        return self.scope is BackfillScope.ALL and not self.without and self.only is None


class RunRequest(NamedTuple):
    """One run by hand; with a `slot`, the run of that date in a backfill that we keep going."""

    dataset_name: str
    parameters: Mapping[str, Any] = _NONE
    dry_run: bool = False
    slot: datetime | None = None
    run_id: str | None = None
    """Our own id for it, where the server takes one: asked twice, it is one run all the same."""
    interval: tuple[datetime, datetime] | None = None
    """The data interval that the scheduler would give the slot."""


class BackfillRequest(NamedTuple):
    """A range of dates, both included; `slots` names single ones where a backend can."""

    dataset_name: str
    start_date: date
    end_date: date
    slots: tuple[datetime, ...] | None = None
    parameters: Mapping[str, Any] = _NONE
    parallel: bool = False
    scope: BackfillScope = BackfillScope.ALL
    """Of the runs that exist, which may run again: all, those that failed, or none (MISSING).
    For a place that looks at them itself."""
    timezone: str | None = None
    """The zone in which the dates are read; None: the one of the schedule."""


class NewSaga(NamedTuple):
    """A saga to be started; `saga_type` is a kind that the server knows."""

    saga_type: str
    input_data: Mapping[str, Any] = _NONE
    correlation_id: str | None = None
    """What ties it to a run."""
    tenant_id: str | None = None
    """On whose behalf it works."""


class NewEvent(NamedTuple):
    """An event to be told to every service that listens."""

    event_type: str
    data: Mapping[str, Any] = _NONE
    aggregate_type: str | None = None
    """The kind of thing that it is about."""
    aggregate_id: str | None = None
    """Which one of them."""
    correlation_id: str | None = None
    """What ties it to a run or a saga."""


class NewConfiguration(NamedTuple):
    """What a workflow is to do from now on; its schedule and its name stay."""

    dataset_name: str
    workflow_config: Mapping[str, Any]

"""What can be asked of a backend: filters and requests, as plain frozen values.

Standard library only, so that a screen can hold one before any model is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from dli_tui.domain.status import RunStatus, RunType, SourceType, WorkflowStatus

if TYPE_CHECKING:
    from dli_tui.domain.schedule import ScheduleConfig


@dataclass(frozen=True, slots=True)
class WorkflowQuery:
    """Which rows of the list; `name` is any part of the name, in any case."""

    name: str | None = None
    source: SourceType | None = None
    status: WorkflowStatus | None = None
    owner: str | None = None
    running_only: bool = False
    enabled_only: bool = False
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Which runs, newest first; `workflow` is a whole name; dates are of the slot or start."""

    workflow: str | None = None
    source: SourceType | None = None
    status: RunStatus | None = None
    run_type: RunType | None = None
    start_date: date | None = None
    end_date: date | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """A MANUAL workflow to be registered; `force` overwrites the one that exists."""

    dataset_name: str
    schedule: ScheduleConfig
    owner: str | None = None
    team: str | None = None
    description: str | None = None
    yaml_content: str | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class RunRequest:
    """One run by hand."""

    dataset_name: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class BackfillRequest:
    """A range of dates, both included; `slots` names single ones where a backend can."""

    dataset_name: str
    start_date: date
    end_date: date
    slots: tuple[datetime, ...] | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)
    parallel: bool = False

"""A registration made of what a person says and what the dataset's own spec says."""

from __future__ import annotations

from pathlib import Path

from dli_tui.client import checks
from dli_tui.domain import cron
from dli_tui.domain.query import Registration
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.zones import zone_of
from dli_tui.specs.find import FoundSpec, find_spec


def registration_from(
    project: Path, dataset_name: str, schedule: ScheduleConfig, *, force: bool = False
) -> Registration:
    """The request to register a dataset of the local project; DLI-101 when it isn't there."""
    checks.name(dataset_name)
    if schedule.cron is not None:
        cron.check(schedule.cron, dataset_name=dataset_name)
    zone_of(schedule.timezone)
    return registration_of(find_spec(dataset_name, project), dataset_name, schedule, force=force)


def registration_of(
    found: FoundSpec, dataset_name: str, schedule: ScheduleConfig, *, force: bool = False
) -> Registration:
    """The request to register a dataset by a spec that was read already."""
    spec = found.spec
    return Registration(
        dataset_name,
        schedule.model_copy(update={"notifications": spec.schedule_config.notifications}),
        owner=spec.owner,
        team=spec.team,
        description=spec.description,
        yaml_content=found.text,
        force=force,
    )

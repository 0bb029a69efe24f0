"""How a workflow that somebody registered plays in the demo."""

from __future__ import annotations

from typing import Any

from dli_tui.backends.demo.actions import Action
from dli_tui.backends.demo.dice import Dice, stable_hash
from dli_tui.backends.demo.scenario import ETL, DemoWorkflow, Pattern, StepPlan
from dli_tui.domain.query import Registration
from dli_tui.domain.schedule import RetryConfig
from dli_tui.domain.status import SourceType


def details_of(request: Registration) -> dict[str, Any]:
    """What the journal keeps of a registration."""
    schedule = request.schedule
    return {
        "cron": schedule.cron,
        "timezone": schedule.timezone,
        "attempts": schedule.retry.max_attempts,
        "delay": schedule.retry.delay_seconds,
        "owner": request.owner,
        "team": request.team,
        "description": request.description,
        "yaml": request.yaml_content,
    }


def workflow_of(action: Action, source: SourceType) -> DemoWorkflow:
    """The workflow that a registration, or a delivery from Git, brought about."""
    details = action.details
    return DemoWorkflow(
        action.name,
        source,
        details.get("cron"),
        details.get("team") or "",
        # Between half a minute and five, by name, so that its runs can be watched.
        30 + 270 * Dice(stable_hash(action.name)).roll(),
        _pattern(details.get("steps")),
        timezone=details.get("timezone", "UTC"),
        owner=details.get("owner") or "",
        description=details.get("description") or "",
        retry=RetryConfig(
            max_attempts=details.get("attempts", 1), delay_seconds=details.get("delay", 300)
        ),
        created=action.at,
    )


def _pattern(steps: list[dict[str, Any]] | None) -> Pattern:
    if not steps:
        return ETL
    return Pattern(
        tuple(StepPlan(step["name"], step["type"], step["stage"], 1.0) for step in steps)
    )

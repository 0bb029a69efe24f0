"""How a workflow that somebody registered plays in the demo."""

from __future__ import annotations

from typing import Any

from dli_tui.backends.demo.actions import Action
from dli_tui.backends.demo.dice import Dice, stable_hash
from dli_tui.backends.demo.scenario import ETL, DemoWorkflow, Pattern, StepPlan
from dli_tui.domain.query import Registration
from dli_tui.domain.schedule import NotificationConfig, RetryConfig
from dli_tui.domain.status import SourceType


def details_of(request: Registration) -> dict[str, Any]:
    """What the journal keeps of a registration."""
    schedule = request.schedule
    return {
        "cron": schedule.cron,
        "timezone": schedule.timezone,
        "attempts": schedule.retry.max_attempts,
        "delay": schedule.retry.delay_seconds,
        "notifications": schedule.notifications.model_dump(mode="json", exclude_defaults=True),
        "owner": request.owner,
        "team": request.team,
        "description": request.description,
        "yaml": request.yaml_content,
        "steps": _steps(request.yaml_content),
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
        notifications=_notifications(details.get("notifications")),
        created=action.at,
    )


def _notifications(told: dict[str, Any] | None) -> NotificationConfig | None:
    return NotificationConfig.model_validate(told) if told else None


def _steps(text: str | None) -> list[dict[str, Any]]:
    """The steps that a spec names, each with the stage in which it can begin."""
    if text is None:
        return []
    # YAML is slow to load, and only a registration brings any.
    from dli_tui.specs.errors import SpecError  # noqa: PLC0415
    from dli_tui.specs.reader import parse_spec  # noqa: PLC0415

    try:
        spec = parse_spec(text)
    except SpecError:
        return []  # a server takes what it is given; the demo then plays steps of its own
    stages: dict[str, int] = {}
    waiting = list(spec.steps)
    while waiting:
        ready = [step for step in waiting if all(need in stages for need in step.needs)]
        stages |= {
            step.name: 1 + max((stages[need] for need in step.needs), default=-1) for step in ready
        }
        waiting = [step for step in waiting if step not in ready]
    return [
        {"name": step.name, "type": step.type, "stage": stages[step.name], "needs": step.needs}
        for step in spec.steps
    ]


def _pattern(steps: list[dict[str, Any]] | None) -> Pattern:
    if not steps:
        return ETL
    return Pattern(
        tuple(
            StepPlan(step["name"], step["type"], step["stage"], 1.0, tuple(step["needs"]))
            for step in steps
        )
    )

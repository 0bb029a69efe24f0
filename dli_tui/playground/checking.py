"""What a definition has to be before a workflow or a template is made of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dli_tui.domain.cron import problem_of
from dli_tui.playground.refusals import RefusedError

_MOST_STEPS: Final = 100
_MOST_SECONDS: Final = 86_400
_MOST_RETRIES: Final = 10


def check_config(config: Mapping[str, Any]) -> None:
    """Refuse a configuration whose steps have no name or no type."""
    steps = config.get("steps", [])
    if not isinstance(steps, list):
        raise wrong_config("steps must be a list")
    if len(steps) > _MOST_STEPS:
        raise wrong_config(f"there can be {_MOST_STEPS} steps, not {len(steps)}")
    names: list[str] = []
    for number, step in enumerate(steps, start=1):
        if not isinstance(step, dict):
            raise wrong_config(f"step {number} must be an object")
        for key in ("name", "type"):
            if not isinstance(step.get(key), str) or not step[key]:
                raise wrong_config(f"step {number} needs a {key}")
        if not isinstance(step.get("config", {}), dict):
            raise wrong_config(f"the config of step {number} must be an object")
        names.append(step["name"])
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise wrong_config(f"two steps are called '{twice}'")


def check_limits(timeout: int, retries: int) -> None:
    """Refuse a time in which nothing can be done, and more patience than anybody has."""
    if not 1 <= timeout <= _MOST_SECONDS:
        raise wrong_config(f"timeout_seconds must be from 1 to {_MOST_SECONDS}")
    if not 0 <= retries <= _MOST_RETRIES:
        raise wrong_config(f"max_retries must be from 0 to {_MOST_RETRIES}")


def wrong_config(reason: str) -> RefusedError:
    """What is said of a configuration that nothing can be made of."""
    return RefusedError(400, f"Invalid workflow configuration: {reason}", "INVALID_WORKFLOW_CONFIG")


def check_cron(cron: str | None, *, needed: bool = False) -> None:
    """Refuse a schedule that can't be read, or that is needed and not there."""
    if cron is None and not needed:
        return
    if cron is None or problem_of(cron) is not None:
        raise RefusedError(400, "Invalid cron schedule format", "INVALID_CRON_SCHEDULE")


def check_name(name: str) -> None:
    """Refuse a name that nobody could read as one line."""
    if not name.strip() or not name.isprintable():
        raise RefusedError(400, "The name must be one line of text", "INVALID_NAME")

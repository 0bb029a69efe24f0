"""A registration in words: what stands on a server, and what a spec would bring there."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from dli_tui.domain.text import safe_line
from dli_tui.present import crons, words
from dli_tui.present.facts import Facts

if TYPE_CHECKING:
    from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo
    from dli_tui.specs.model import DatasetSpec

_MOST_STEPS: Final = 300


class Standing(NamedTuple):
    """What is registered under a name, as far as it would be lost."""

    schedule: str
    active: int
    """Runs under way, as far as is known."""
    next_at: datetime | None
    by: str
    """Who registered it and when; empty where nobody knows."""
    spec: str
    """Where its spec is stored; empty where nobody knows."""


def standing(info: WorkflowInfo, dataset: DatasetInfo | None) -> Standing:
    """What a row says of its registration."""
    by = f"by {safe_line(info.registered_by)}" if info.registered_by else ""
    at = words.moment(info.registered_at, info.timezone) if info.registered_at else ""
    path = info.s3_path or (dataset.spec_path if dataset else None)
    return Standing(
        schedule_words(info.cron, info.timezone) if info.schedule_known else crons.UNKNOWN,
        max(info.active_runs or 0, int(info.is_running)),
        info.next_run,
        f"{by} {at}".strip(),
        safe_line(path or ""),
    )


def schedule_words(cron: str | None, zone: str) -> str:
    """`every day at 06:00 (0 6 * * *) UTC`; the cron alone where it has no words."""
    if not cron:
        return "by hand only"
    told = crons.words_of(cron)
    return safe_line(f"{told} ({cron}) {zone}" if told else f"{cron} {zone}")


def of_spec(spec: DatasetSpec, file: str) -> Facts:
    """What a spec says, by label; what it leaves open is left out."""
    schedule = spec.schedule
    said = (
        ("spec", file),
        ("owner", spec.owner),
        ("team", spec.team),
        ("about", spec.description),
        ("tags", ", ".join(spec.tags)),
        ("its cron", schedule_words(schedule.cron, schedule.timezone)),
        ("steps", _steps(spec)),
    )
    return tuple((label, safe_line(value)) for label, value in said if value)


def _steps(spec: DatasetSpec) -> str:
    """How many, and their names in order."""
    names = ", ".join(words.name(step.name) for step in spec.steps)
    return safe_line(f"{len(spec.steps)}: {names}", _MOST_STEPS) if names else "none of its own"

"""What a stocked world holds: the workflows of a small company, and what they did of late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from dli_tui.playground import kinds
from dli_tui.playground.course import Event, Stop
from dli_tui.playground.records import Template, Workflow
from dli_tui.playground.sagas import Pace, Started, new_id
from dli_tui.playground.stock_templates import TEMPLATES
from dli_tui.playground.stock_workflows import WORKFLOWS
from dli_tui.playground.world import Begin, World

HISTORY: Final = timedelta(days=3)
"""How far back executions go."""
_OLDEST: Final = timedelta(days=60)
_APART: Final = timedelta(days=3)

_BY_HAND: Final[tuple[tuple[int, float, dict[str, Any]], ...]] = (
    (10, 50 * 3600, {"user_id": "user_417", "channel": "email"}),
    (14, 26 * 3600, {"customer": "C-1007"}),
    (11, 25 * 3600, {"file_id": "file_311"}),
    (8, 20 * 3600, {}),
    (10, 9 * 3600, {"user_id": "user_502", "channel": "email"}),
    (11, 5 * 3600, {"file_id": "file_327"}),
    (14, 2 * 3600, {"customer": "C-1021"}),
    (10, 25 * 60, {"user_id": "user_518", "channel": "chat"}),
    (11, 45, {"file_id": "file_333"}),
    (10, 0.4, {"user_id": "user_519", "channel": "email"}),
)
"""What a person began: of which workflow, how many seconds ago, with what."""
_CANCELLED: Final = (11, 8 * 3600, 30.0)
"""One that was cancelled: of which workflow, how many seconds ago, after how many."""


def templates(now: datetime) -> Iterator[Template]:
    """Six templates in four categories."""
    for number, made in enumerate(TEMPLATES, start=1):
        created = now - _OLDEST - _APART * (len(TEMPLATES) - number)
        uses = sum(one.get("template_id") == number for one in WORKFLOWS)
        yield Template(id=number, created=created, updated=created, uses=uses, **made)


def fill(world: World) -> None:
    """Put the workflows into a world, with what they executed in the last days."""
    now = world.began
    workflows = [_workflow(number, now) for number in range(1, len(WORKFLOWS) + 1)]
    begun = [
        Begin(now - timedelta(seconds=ago), number, trigger_data=data)
        for number, ago, data in _BY_HAND
    ]
    number, ago, after = _CANCELLED
    begun.append(Begin(now - timedelta(seconds=ago), number, cancelled_after=after))
    world.stock(workflows, now - HISTORY, begun)


def _workflow(number: int, now: datetime) -> Workflow:
    created = now - _OLDEST + _APART * number
    return Workflow(id=number, created=created, updated=created, **WORKFLOWS[number - 1])


def sagas(now: datetime) -> Iterator[Started]:
    """One saga in each state, beside those of the executions."""
    kind = kinds.kinds(of_executions=False)
    user = {"user_id": "user_519", "email": "user_519@example.com", "first_name": "Robin"}
    user["tenant_id"] = "tenant-2"
    base = {"base_id": "app0017", "api_key": "***", "user_id": "user_417", "tenant_id": "tenant-1"}
    sync = {"base_id": "app0017", "target": "warehouse"}
    plots: tuple[tuple[str, dict[str, Any], float, Pace, int | None, float | None], ...] = (
        ("user_onboarding", user, 5, Pace(waits=900), None, None),
        ("airtable_integration", base, 300, Pace(does=240), None, None),
        ("data_sync", sync, 620, Pace(does=200, undoes=600), 2, None),
        ("airtable_integration", base, 90 * 60, Pace(does=25), None, None),
        ("user_onboarding", user | {"user_id": "user_502"}, 7_200, Pace(does=20), 2, None),
        ("data_sync", sync, 10_000, Pace(does=60), 0, None),
        ("data_sync", sync, 14_000, Pace(does=90), None, 200),
    )
    for turn, (name, given, ago, pace, fails_at, stopped) in enumerate(plots):
        asked = now - timedelta(seconds=ago)
        events: tuple[Event, ...] = ()
        if stopped is not None:
            events = (Stop(asked + timedelta(seconds=stopped)),)
        yield Started(
            id=new_id("stocked", turn),
            kind=name,
            asked=asked,
            parts=kinds.parts_of(kind[name], given),
            input_data=given,
            correlation=new_id("stocked correlation", turn),
            tenant=given.get("tenant_id"),
            fails_at=fails_at,
            pace=pace,
            events=events,
        )

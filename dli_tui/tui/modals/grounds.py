"""What the planner of backfills begins with, and what it is answered with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from dli_tui.domain.backfill import BackfillPlan
    from dli_tui.domain.ids import WorkflowKey
    from dli_tui.domain.query import BackfillChoice
    from dli_tui.session.planning import Planning


class BackfillAnswer(NamedTuple):
    """What to start: exactly what was shown."""

    plans: Mapping[WorkflowKey, BackfillPlan]
    parameters: dict[str, Any]
    dry_run: bool


class Grounds(NamedTuple):
    """What a planner begins with."""

    plannings: Sequence[Planning]
    choice: BackfillChoice
    today: date
    """By the clock of the schedule."""
    slots: bool
    """Whether single dates can be left out here."""
    parallel: bool
    """Whether all dates can go at once here."""

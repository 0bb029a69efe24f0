"""What some plannings foresee: their plans, and what there is on the days of a month.

Ten thousand slots take a tenth of a second to plan, and a key may not: what is the same as
before is kept, and what is large is worked out in a thread.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.query import BackfillChoice
from dli_tui.present import backfills

if TYPE_CHECKING:
    from dli_tui.domain.backfill import BackfillPlan
    from dli_tui.domain.ids import WorkflowKey
    from dli_tui.present.backfillrows import DayMark
    from dli_tui.session.planning import Planning

QUICK: Final = 1_000
"""So many slots are planned while a key waits."""

Month = tuple[date, date]
Answers = tuple[int, ...]
"""How much was known when something was worked out."""


class Foreseen(NamedTuple):
    """What would happen by a choice, and what there is in a month."""

    plans: Mapping[WorkflowKey, BackfillPlan]
    """Of those whose dates are known."""
    marks: Mapping[date, DayMark]


class Foresight:
    """The plans of one question, made as seldom as can be."""

    def __init__(self, plannings: Sequence[Planning]) -> None:
        self._plannings = plannings
        self._chosen: tuple[BackfillChoice, Answers, Mapping[WorkflowKey, BackfillPlan]] | None
        self._chosen = None
        self._months: dict[tuple[Month, Answers], Mapping[date, DayMark]] = {}

    def is_quick(self, choice: BackfillChoice, month: Month) -> bool:
        """Whether `foreseen` takes no longer than a key may."""
        known = self._chosen is not None and self._chosen[:2] == (choice, self._answers)
        slots = 0 if known else self._slots(choice)
        if (month, self._answers) not in self._months:
            slots += self._slots(BackfillChoice(*month))
        return slots <= QUICK

    async def foreseen_aside(self, choice: BackfillChoice, month: Month) -> Foreseen:
        """What is foreseen, worked out while keys are still answered."""
        return await self._plannings[0].aside(lambda: self.foreseen(choice, month))

    def foreseen(self, choice: BackfillChoice, month: Month) -> Foreseen:
        """What is known of it so far; raises where a choice is too large to be planned."""
        plans = self._plans(choice)
        chosen = backfills.marks(plans.values(), *month)
        return Foreseen(plans, backfills.with_choice(self._marks(month), chosen))

    @property
    def _answers(self) -> Answers:
        return tuple(one.answers for one in self._plannings)

    def _slots(self, choice: BackfillChoice) -> int:
        return sum(one.slots_about(choice) for one in self._plannings)

    def _plans(self, choice: BackfillChoice) -> Mapping[WorkflowKey, BackfillPlan]:
        answers = self._answers
        if self._chosen is None or self._chosen[:2] != (choice, answers):
            self._chosen = choice, answers, self._made(choice)
        return self._chosen[2]

    def _marks(self, month: Month) -> Mapping[date, DayMark]:
        slot = (month, self._answers)
        if slot not in self._months:
            try:
                plans = self._made(BackfillChoice(*month))
            except ConfigurationError:
                # Too many slots to look at: the days then say nothing.
                plans = {}
            self._months[slot] = backfills.marks(plans.values(), *month)
        return self._months[slot]

    def _made(self, choice: BackfillChoice) -> dict[WorkflowKey, BackfillPlan]:
        found = {one.key: one.plan(choice) for one in self._plannings}
        return {key: plan for key, plan in found.items() if plan is not None}

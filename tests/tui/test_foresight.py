"""What was foreseen once is not worked out again, and what is large is not worked out at once."""

from __future__ import annotations

from datetime import date

import pytest

from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.query import BackfillChoice
from dli_tui.session.planning import Planning
from dli_tui.tui.foresight import Foresight
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend, row
from tests.support_session import looking_at, surroundings

MARCH = date(2026, 3, 1), date(2026, 3, 31)
CHOICE = BackfillChoice(date(2026, 2, 1), date(2026, 2, 2))
YEAR = BackfillChoice(date(2025, 3, 1), date(2026, 2, 28))


class Counted(Planning):
    """Counts the plans that are made."""

    made = 0

    def plan(self, choice):
        self.made += 1
        return super().plan(choice)


async def planning_of(cron, first=YEAR.start):
    async with looking_at(ScriptedBackend([row("d", cron=cron)]), clock=ManualClock(NOW)) as here:
        planning = Counted(here.session.client, WorkflowKey("d"), surroundings())
        await planning.look(first, MARCH[1])
        return planning


async def test_nothing_is_planned_twice_until_something_else_is_known():
    planning = await planning_of("0 9 * * *")
    foresight = Foresight([planning])
    first = foresight.foreseen(CHOICE, MARCH)
    assert planning.made == 2
    assert foresight.foreseen(CHOICE, MARCH) == first
    assert planning.made == 2
    foresight.foreseen(CHOICE._replace(end=CHOICE.start), MARCH)
    assert planning.made == 3
    await planning.look(date(2024, 1, 1), MARCH[1])
    foresight.foreseen(CHOICE._replace(end=CHOICE.start), MARCH)
    assert planning.made == 5


async def test_what_is_large_and_new_is_not_quick():
    planning = await planning_of("0 * * * *")
    foresight = Foresight([planning])
    assert foresight.is_quick(CHOICE, MARCH)
    assert not foresight.is_quick(YEAR, MARCH)
    aside = await foresight.foreseen_aside(YEAR, MARCH)
    assert aside.plans[planning.key].to_run + aside.plans[planning.key].to_skip == 8760
    assert foresight.is_quick(YEAR, MARCH)


async def test_a_month_too_full_to_be_told_says_nothing_and_a_choice_so_large_is_refused():
    planning = await planning_of("* * * * *", date(2026, 2, 1))
    foresight = Foresight([planning])
    assert foresight.foreseen(CHOICE, MARCH).marks == {}
    with pytest.raises(ConfigurationError, match="more than 10,000 slots"):
        foresight.foreseen(CHOICE._replace(end=date(2026, 2, 28)), MARCH)


async def test_in_the_month_only_what_is_chosen_starts():
    planning = await planning_of("0 9 * * *")
    chosen = BackfillChoice(date(2026, 3, 2), date(2026, 3, 3))
    marks = Foresight([planning]).foreseen(chosen, MARCH).marks
    assert len(marks) == 31
    assert [day.day for day, mark in marks.items() if mark.starts] == [
        day for day in (2, 3) if date(2026, 3, day) < NOW.date()
    ]

"""What a plan is made of is fetched once for the dates that are looked at."""

from __future__ import annotations

from datetime import UTC, date, datetime

from dli_tui.domain.backfill import BackfillForecast
from dli_tui.domain.errors import ErrorCode, ServerError
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.query import BackfillChoice
from dli_tui.domain.status import RunStatus
from dli_tui.session.planning import Planning
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend, row, run
from tests.support_session import looking_at, surroundings

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 3)
FAILED = run("r2", RunStatus.FAILED, slot=datetime(2026, 3, 2, 9, tzinfo=UTC))


async def planning_of(backend):
    async with looking_at(backend, clock=ManualClock(NOW)) as here:
        return Planning(here.session.client, WorkflowKey("d"), surroundings())


async def test_nothing_is_planned_of_what_is_not_known():
    planning = await planning_of(ScriptedBackend([row("d")]))
    assert planning.plan(BackfillChoice(FIRST, LAST)) is None


async def test_a_plan_is_made_of_what_is_known_without_asking_again():
    backend = ScriptedBackend([row("d")], [FAILED])
    planning = await planning_of(backend)
    await planning.look(FIRST, LAST)
    asked = len(backend.calls)
    plan = planning.plan(BackfillChoice(FIRST, LAST))
    assert [slot.run_status for slot in plan.slots] == [None, RunStatus.FAILED, None]
    await planning.look(date(2026, 3, 2), LAST)
    assert planning.plan(BackfillChoice(LAST, LAST)).to_run == 1
    assert len(backend.calls) == asked


async def test_dates_further_on_are_fetched_with_those_between():
    backend = ScriptedBackend([row("d")])
    planning = await planning_of(backend)
    await planning.look(LAST, LAST)
    await planning.look(FIRST, FIRST)
    assert planning.knows(FIRST, LAST)
    asked = backend.arrived("history")[-1]
    assert (asked.start_date, asked.end_date) == (date(2026, 2, 28), date(2026, 3, 3))


async def test_what_went_wrong_is_kept_beside_what_was_known():
    backend = ScriptedBackend([row("d")])
    planning = await planning_of(backend)
    await planning.look(LAST, LAST)
    backend.cues["history"] = [ServerError("away")]
    await planning.look(FIRST, FIRST)
    assert planning.problem.message == "away"
    assert planning.plan(BackfillChoice(LAST, LAST)) is not None
    await planning.look(FIRST, FIRST)
    assert planning.problem is None
    assert planning.knows(FIRST, LAST)


def asked_for(backend):
    return [(one.start_date, one.end_date) for one in backend.arrived("history")]


async def test_of_dates_on_either_side_only_those_that_are_missing_are_asked_for():
    backend = ScriptedBackend([row("d")], [FAILED])
    planning = await planning_of(backend)
    await planning.look(FIRST, LAST)
    await planning.look(date(2026, 2, 1), LAST)
    await planning.look(date(2026, 1, 1), date(2026, 3, 31))
    # A day more on either end, for a slot's date elsewhere may be another.
    assert asked_for(backend)[1:] == [
        (date(2026, 1, 31), date(2026, 3, 1)),
        (date(2025, 12, 31), date(2026, 2, 1)),
        (date(2026, 3, 3), date(2026, 4, 1)),
    ]
    plan = planning.plan(BackfillChoice(FIRST, LAST))
    assert [slot.run_status for slot in plan.slots] == [None, RunStatus.FAILED, None]


async def test_a_year_month_by_month_is_asked_for_once():
    backend = ScriptedBackend([row("d")])
    planning = await planning_of(backend)
    for month in range(12, 0, -1):
        await planning.look(date(2025, month, 1), LAST)
    days = sum((end - start).days - 1 for start, end in asked_for(backend))
    assert days == (LAST - date(2025, 1, 1)).days + 1


async def test_of_two_looks_at_a_run_the_later_one_counts():
    backend = ScriptedBackend([row("d")], [FAILED])
    planning = await planning_of(backend)
    await planning.look(FIRST, LAST)
    backend.runs = [FAILED.twin(status=RunStatus.COMPLETED)]
    await planning.look(date(2026, 2, 1), LAST)
    plan = planning.plan(BackfillChoice(FIRST, LAST))
    assert plan.slots[1].run_status is RunStatus.COMPLETED
    assert planning.answers == 2


async def test_how_many_slots_there_are_is_guessed_by_a_week():
    planning = await planning_of(ScriptedBackend([row("d", cron="0 * * * *")]))
    assert planning.slots_about(BackfillChoice(FIRST, LAST)) == 0
    await planning.look(LAST, LAST)
    assert planning.slots_about(BackfillChoice(FIRST, LAST)) == 72
    assert planning.slots_about(BackfillChoice(date(2025, 3, 4), LAST)) == 365 * 24


async def test_a_great_plan_is_made_aside_and_is_the_same():
    planning = await planning_of(ScriptedBackend([row("d")], [FAILED]))
    await planning.look(FIRST, LAST)
    choice = BackfillChoice(FIRST, LAST)
    assert await planning.aside(lambda: planning.plan(choice)) == planning.plan(choice)


TOLD = BackfillForecast(slots=(datetime(2026, 3, 1, 9, tzinfo=UTC),), at_once=4)
AT_ONCE = BackfillChoice(FIRST, LAST, parallel=True)


async def test_the_server_is_asked_once_a_choice_what_it_would_run():
    backend = ScriptedBackend([row("d")], backfill_slots=[TOLD])
    planning = await planning_of(backend)
    await planning.look(FIRST, LAST)
    assert not planning.is_foretold(AT_ONCE)
    assert not planning.plan(AT_ONCE).is_confirmed
    answers = planning.answers
    await planning.foretell(AT_ONCE)
    await planning.foretell(AT_ONCE)
    assert planning.answers == answers + 1
    assert planning.plan(AT_ONCE).wanted == TOLD.slots
    assert len(backend.arrived("backfill_slots")) == 1


async def test_what_goes_one_after_the_other_is_not_asked_of_the_server():
    backend = ScriptedBackend([row("d")], backfill_slots=[TOLD])
    planning = await planning_of(backend)
    await planning.look(FIRST, LAST)
    assert planning.is_foretold(BackfillChoice(FIRST, LAST))


async def test_a_server_that_does_not_say_is_asked_again():
    backend = ScriptedBackend([row("d")], backfill_slots=[ServerError("away"), TOLD])
    planning = await planning_of(backend)
    await planning.look(FIRST, LAST)
    await planning.foretell(AT_ONCE)
    assert planning.problem.message == "away"
    assert not planning.is_foretold(AT_ONCE)
    await planning.foretell(AT_ONCE)
    assert planning.is_foretold(AT_ONCE)


async def test_nothing_is_planned_on_a_guess_where_the_schedule_is_unknown():
    planning = await planning_of(ScriptedBackend([row("d", cron=None, schedule_known=False)]))
    await planning.look(FIRST, LAST)
    assert planning.problem.code is ErrorCode.WORKFLOW_INVALID_STATE
    assert planning.plan(BackfillChoice(FIRST, LAST)) is None

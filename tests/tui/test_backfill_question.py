"""A backfill is planned day by day, and just what was shown is started, once."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime

import pytest
from textual.widgets import Input

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ServerError
from dli_tui.domain.query import BackfillChoice, BackfillScope
from dli_tui.domain.status import RunStatus, WorkflowStatus
from dli_tui.tui.foresight import Foresight
from dli_tui.tui.looks import Tone
from dli_tui.tui.modals import drafts
from dli_tui.tui.modals.backfill import BackfillQuestion
from dli_tui.tui.opening import Where
from dli_tui.tui.screens.backfill import BackfillScreen
from dli_tui.tui.widgets.month import HEIGHT
from dli_tui.tui.widgets.options import Options
from tests.support import ManualClock
from tests.support_backends import ScriptedBackend, row, run
from tests.support_deeds import answer, go_to, notices
from tests.support_tui import HOUR, SIZES, dashboard

DAILY = "orders_daily"


async def plan(here, name=DAILY, *keys):
    """Open the planner of a workflow, and press some keys in it."""
    await go_to(here, name)
    await here.press("b")
    await rest(here)
    await here.press(*keys)
    await rest(here)


async def rest(here):
    """Rest for as long as it takes until dates are asked for."""
    await here.pass_by(1)


def plan_lines(here):
    return here.screen.query_one("#plan").words.splitlines()


def backfills_of(here):
    return [one for one in here.backend._journal.actions() if one.deed == "backfill"]


@pytest.mark.parametrize("size", [(60, 16), *SIZES], ids=str)
async def test_it_opens_on_the_last_week_with_what_is_missing(size):
    async with dashboard(size=size) as here:
        await plan(here)
        assert "7 slots: nothing to run, 7 left alone" in plan_lines(here)[0]
        assert "2026-11-15" in here.picture
        await answer(here)
        assert "Nothing would run" in here.picture
        assert "esc cancel" in here.picture
        await answer(here)
        assert here.sent == []


async def test_exactly_what_was_shown_is_started_and_then_watched():
    async with dashboard() as here:
        await plan(here, DAILY, "space", "left", "left", "space", "tab", "left")
        assert "3 slots: 3 to run, 0 left alone" in plan_lines(here)[0]
        assert "enter start 3 runs" in here.picture
        await answer(here)
        (sent,) = backfills_of(here)
        days = {datetime.fromisoformat(slot).astimezone().date() for slot in sent.details["slots"]}
        assert len(days) == 3
        assert sent.details["parallel"] is False
        assert isinstance(here.screen, BackfillScreen)
        assert "Backfill triggered, runs: 3" in notices(here)[-1]


async def test_a_day_that_is_left_out_is_not_sent():
    async with dashboard() as here:
        await plan(here, DAILY, "space", "left", "left", "space", "right", "x", "tab", "left")
        assert "3 slots: 2 to run, 1 left alone" in plan_lines(here)[0]
        assert any("left out" in line for line in plan_lines(here))
        await answer(here)
        (sent,) = backfills_of(here)
        assert len(sent.details["slots"]) == 2


async def test_dates_can_be_typed_too_and_the_month_follows():
    async with dashboard() as here:
        await plan(here)
        here.screen.query_one("#date-from", Input).value = "2026-10-01"
        await here.settle()
        here.screen.query_one("#date-to", Input).value = "2026-10-04"
        await here.settle()
        await rest(here)
        assert "October 2026" in here.picture
        assert "4 slots" in plan_lines(here)[0]
        here.screen.query_one("#date-to", Input).value = "2026-09-04"
        await here.settle()
        assert "The first date is after the last" in here.picture
        await answer(here)
        assert here.sent == []


async def test_all_at_once_is_asked_for():
    async with dashboard() as here:
        await plan(here, DAILY, "tab", "left", "tab", "right")
        await answer(here)
        (sent,) = backfills_of(here)
        assert sent.details["parallel"] is True


async def test_a_dry_run_sends_nothing_and_leaves_the_plan_for_the_real_one():
    async with dashboard() as here:
        await plan(here, DAILY, "tab", "left")
        here.screen.query_one("#dry-run").focus()
        await here.press("space")
        assert "enter check, don't start 7 runs" in here.picture
        await answer(here)
        assert here.sent == []
        assert "No request was sent" in here.picture
        assert isinstance(here.screen, BackfillQuestion)
        await here.press("space")
        await answer(here)
        assert len(backfills_of(here)) == 1


async def test_parameters_go_with_each_run_and_wrong_ones_are_said():
    async with dashboard() as here:
        await plan(here, DAILY, "tab", "left")
        field = here.screen.query_one("#field-parameters")
        field.value = "no pair"
        await here.settle()
        await answer(here)
        assert here.sent == []
        assert "'no pair' is not key=value" in here.picture
        field.value = "full=true"
        await here.settle()
        await answer(here)
        (sent,) = backfills_of(here)
        assert sent.details["parameters"] == {"full": True}


async def test_enter_held_down_never_starts_anything():
    async with dashboard() as here:
        await go_to(here, DAILY)
        await here.press("b", "tab", "left", "enter", "enter", "enter")
        assert here.sent == []


async def test_a_plan_that_has_just_changed_has_to_be_read_first():
    async with dashboard() as here:
        await plan(here, DAILY, "tab", "left")
        await here.press("left", "left", "left", "enter")
        assert here.sent == []
        assert "too soon" in here.picture


async def test_more_than_twenty_runs_want_their_number_typed():
    async with dashboard() as here:
        await plan(here, "catalog.products_sync", "tab", "left")
        count = here.screen.plan.confirm
        assert int(count) > 20
        assert f"type {count}" in here.picture
        await answer(here)
        assert here.sent == []
        here.screen.query_one("#field-confirm").value = count
        await here.settle()
        await answer(here)
        assert len(backfills_of(here)[0].details["slots"]) == int(count)


async def test_in_production_the_name_is_typed():
    where = Where("live", production=True, typed=True)
    async with dashboard(where=where) as here:
        await plan(here, DAILY, "tab", "left")
        assert "live is production" in here.picture
        await answer(here)
        assert here.sent == []
        here.screen.query_one("#field-confirm").value = DAILY
        await here.settle()
        await answer(here)
        assert len(backfills_of(here)) == 1


async def test_in_production_a_great_many_want_the_name_and_their_number():
    where = Where("live", production=True, typed=True)
    async with dashboard(where=where, size=(80, 24)) as here:
        await plan(here, "catalog.products_sync", "tab", "left")
        count = here.screen.plan.verb.split()[1]
        assert (
            f"live is production, {count} runs: type catalog.products_sync {count}" in here.picture
        )


async def test_what_is_held_can_be_planned_but_not_started():
    async with dashboard() as here:
        await plan(here, "orders_snapshot", "tab", "left")
        assert any("It is paused" in line for line in plan_lines(here))
        assert "enter start" not in here.picture
        await answer(here)
        assert here.sent == []


async def test_what_code_has_taken_over_is_refused_with_the_reason():
    async with dashboard() as here:
        rows = here.app.listing.rows.values()
        key = next(row.key for row in rows if row.status is WorkflowStatus.OVERRIDDEN)
        here.app.go_to(key)
        await here.press("b")
        assert "it is overridden by CODE" in notices(here)[-1]


class RangesOnly(DemoBackend):
    """A place that takes nothing but a range, one date after the other."""

    capabilities = DemoBackend.capabilities - {
        Capability.BACKFILL_SLOTS,
        Capability.BACKFILL_PARALLEL,
    }


def ranges_only():
    return RangesOnly(STANDARD, clock=ManualClock(HOUR), journal=MemoryJournal())


async def test_what_a_place_cannot_do_is_said_and_not_pretended():
    async with dashboard(backend=ranges_only()) as here:
        await plan(here)
        assert any("decides itself about runs that exist" in line for line in plan_lines(here))
        await here.press("x")
        assert "single dates can't be left out" in here.picture
        assert here.screen.month.chosen.without == frozenset()
        await here.press("tab", "right")
        assert "single dates can't be left out" in here.picture
        await here.press("tab", "right")
        assert "one after the other" in here.picture
        await answer(here)
        (sent,) = backfills_of(here)
        assert len(sent.details["slots"]) == 7


async def test_a_server_that_does_not_answer_is_told_and_asked_again():
    backend = ScriptedBackend([row("d")])
    async with dashboard(backend=backend) as here:
        backend.cues["history"] = [ServerError("away", hint="Look at its log.")]
        await here.press("b")
        await rest(here)
        assert "away" in here.picture
        assert "Look at its log." in here.picture
        await answer(here)
        assert backend.sent == []
        await here.press("left_square_bracket")
        await rest(here)
        assert "slots" in plan_lines(here)[0]


async def test_a_refusal_keeps_what_was_chosen():
    backend = ScriptedBackend([row("d")], backfill=[ServerError("no room")])
    async with dashboard(backend=backend) as here:
        await here.press("b")
        await rest(here)
        await answer(here)
        assert "no room" in here.picture
        assert backend.sent == ["backfill"]
        await answer(here)
        assert backend.sent == ["backfill", "backfill"]


async def test_several_workflows_have_one_plan_and_a_result_each():
    backend = ScriptedBackend(
        [row("a"), row("b"), row("held", status=WorkflowStatus.PAUSED)],
        backfill=[None, ServerError("no room")],
    )
    async with dashboard(backend=backend) as here:
        await here.press("asterisk", "b")
        await rest(here)
        assert plan_lines(here)[0].startswith("2 workflows: ")
        assert any("held" in line and "paused" in line for line in plan_lines(here))
        await answer(here)
        assert "1 of 2 failed" in here.picture
        assert backend.sent == ["backfill", "backfill"]
        first, second = (request.dataset_name for request in backend.arrived("backfill"))
        await answer(here)
        again = backend.arrived("backfill")[2:]
        assert [request.dataset_name for request in again] == [second]
        assert first != second


async def test_several_workflows_of_the_demo_are_planned_together():
    async with dashboard() as here:
        await go_to(here, DAILY)
        await here.press("space", "space", "b")
        await rest(here)
        assert plan_lines(here)[0].startswith("2 workflows: ")


async def test_a_draft_comes_back():
    async with dashboard() as here:
        await plan(here)
        here.screen.query_one("#field-parameters").value = "full=true"
        await here.settle()
        await here.press("escape")
        await plan(here)
        assert here.screen.query_one("#field-parameters").value == "full=true"


async def test_nothing_behind_the_plan_changes_it():
    backend = ScriptedBackend([row("d")], [run("r", RunStatus.FAILED)])
    async with dashboard(backend=backend) as here:
        await here.press("b")
        await rest(here)
        before = plan_lines(here)
        backend.rows = [row("d", cron="0 0 * * *")]
        await here.pass_by(30)
        assert plan_lines(here) == before
        await answer(here)
        (sent,) = backend.arrived("backfill")
        assert {slot.hour for slot in sent.slots} == {9}


async def test_it_says_which_keys_choose_dates_while_the_month_has_them():
    async with dashboard() as here:
        await plan(here)
        assert "space begin/end" in here.picture
        await here.press("tab")
        assert "space begin/end" not in here.picture


async def test_the_month_of_the_schedules_own_day_is_shown():
    async with dashboard(hour=datetime.fromisoformat("2026-11-30T20:00+00:00")) as here:
        await plan(here)
        assert here.screen.month.day in (date(2026, 11, 30), date(2026, 12, 1))


async def some_failed(here):
    """Have the backfills of two workflows sent, the second in vain."""
    await here.press("asterisk", "b")
    await rest(here)
    await answer(here)
    assert "1 of 2 failed" in here.picture


def two(*answers):
    return ScriptedBackend([row("a"), row("b")], backfill=[None, ServerError("no room"), *answers])


async def test_once_some_of_it_is_done_the_results_stay_and_nothing_is_chosen_anew():
    backend = two()
    async with dashboard(backend=backend) as here:
        await some_failed(here)
        results = plan_lines(here)
        assert any("no room" in line for line in results)
        assert "The dates stay as they were sent" in here.picture
        await here.press("left", "space", "up", "x", "left_square_bracket")
        here.screen.query_one("#date-from", Input).value = "2026-01-01"
        here.screen.query_one("#scope").chosen = "failed"
        await here.settle()
        await rest(here)
        assert plan_lines(here) == results
        assert "try the 1 that failed again" in here.picture
        shown = backend.arrived("backfill")[1]
        await answer(here)
        assert backend.arrived("backfill")[2] == shown


async def test_an_answer_that_comes_late_does_not_replace_the_results():
    backend = two()
    async with dashboard(backend=backend) as here:
        await here.press("asterisk", "b")
        await rest(here)
        await here.pass_by(1)
        backend.cues["history"] = [ServerError("away"), ServerError("away")]
        await here.press("left_square_bracket")
        here.screen._shown.painted(0.0)
        await here.press("enter")
        results = plan_lines(here)
        assert any("failed" in line for line in results)
        asked = len(backend.arrived("history"))
        await rest(here)
        assert len(backend.arrived("history")) > asked
        assert plan_lines(here) == results


async def test_a_refusal_lets_other_dates_be_chosen():
    backend = ScriptedBackend([row("d")], backfill=[ServerError("no room")])
    async with dashboard(backend=backend) as here:
        await here.press("b")
        await rest(here)
        await answer(here)
        assert "no room" in here.picture
        assert here.screen.month.has_focus
        await here.press("left", "x")
        await answer(here)
        first, second = backend.arrived("backfill")
        assert len(second.slots) == len(first.slots) - 1


async def test_enter_asks_again_where_a_server_did_not_answer():
    backend = ScriptedBackend([row("d")])
    async with dashboard(backend=backend) as here:
        backend.cues["history"] = [ServerError("away"), ServerError("still away")]
        await here.press("b")
        await rest(here)
        for problem in ("away", "still away"):
            assert f"[DLI-503] {problem}" in plan_lines(here)[0]
            assert "enter ask again" in here.picture
            await here.press("enter")
            assert "Asking for the runs" in plan_lines(here)[0]
            await rest(here)
        assert "slots" in plan_lines(here)[0]
        assert "ask again" not in here.picture
        assert backend.sent == []


async def test_a_month_that_can_not_be_told_says_so_beside_the_plan():
    backend = ScriptedBackend([row("d")])
    async with dashboard(backend=backend) as here:
        await here.press("b")
        await rest(here)
        backend.cues["history"] = [ServerError("away")]
        await here.press("left_square_bracket")
        await rest(here)
        assert "This month can't be told: [DLI-503] away" in plan_lines(here)[0]
        assert "enter start" in here.picture
        await here.press("right_square_bracket", "left_square_bracket")
        await rest(here)
        assert "can't be told" not in here.picture


async def test_a_draft_has_the_dates_the_order_and_what_was_left_out():
    async with dashboard() as here:
        await plan(here, DAILY, "space", "left", "left", "space", "right", "x")
        await here.press("tab", "left", "tab", "right")
        await rest(here)
        before, choice = plan_lines(here), here.screen._choice
        assert "3 slots: 2 to run" in before[0]
        await here.press("escape")
        await plan(here)
        assert here.screen._choice == choice
        assert plan_lines(here) == before
        assert "[all]" in here.picture
        assert "[all at once]" in here.picture
        await answer(here)
        (sent,) = backfills_of(here)
        assert len(sent.details["slots"]) == 2


async def test_a_draft_of_dates_that_this_place_can_not_leave_out_is_not_taken():
    async with dashboard(backend=ranges_only()) as here:
        await plan(here)
        first, id_ = here.screen._choice, here.screen.plan.id
        await here.press("escape")
        here.app.deeds.drafts[id_] = drafts.choice_kept(
            first._replace(start=date(2025, 1, 1), without=frozenset({first.end}))
        )
        await plan(here)
        assert here.screen._choice == first


async def test_a_planner_about_what_remains_takes_no_other_dates_from_a_draft():
    only = frozenset({HOUR})
    meant = BackfillChoice(HOUR.date(), HOUR.date(), only=only)
    other = meant._replace(start=date(2025, 1, 1), only=None)
    async with dashboard() as here:
        await plan(here)
        question = here.screen
        question._grounds = question._grounds._replace(choice=meant)
        question._choice = meant
        assert not question.restore(drafts.choice_kept(other))
        assert question._choice == meant


@pytest.mark.parametrize("size", [(60, 16), (80, 24)], ids=str)
@pytest.mark.parametrize("typed", [False, True])
async def test_the_day_under_the_cursor_is_in_sight_wherever_it_is(size, typed):
    where = Where("live", production=typed, typed=typed)
    async with dashboard(size=size, where=where) as here:
        await plan(here)
        month = here.screen.month
        shown = here.screen.query_one("#question").region
        assert shown.contains_region(month.region)
        for key in ("down", "down", *["up"] * 6):
            assert any(month.day in week for week in month.weeks)
            assert len(month.weeks) + 2 <= max(3, month.size.height)
            await here.press(key)
        assert here.screen.query_one("#plan").region.height >= 3


async def test_the_plan_has_the_room_that_a_large_terminal_gives_and_the_month_keeps_its_own():
    async with dashboard(size=(200, 60)) as here:
        await plan(here)
        here.screen.query_one("#date-from", Input).value = "2026-10-10"
        await here.settle()
        await rest(here)
        height = here.screen.query_one("#plan").region.height
        assert height > 30
        assert here.screen.month.region.height == HEIGHT
        here.screen.query_one("#date-from", Input).value = "2026-11-20"
        await here.settle()
        assert here.screen.query_one("#plan").region.height == height


async def test_thousands_of_slots_are_worked_out_aside_and_sent_as_shown():
    backend = ScriptedBackend([row("d", cron="0 * * * *")])
    async with dashboard(backend=backend) as here:
        await here.press("b")
        await rest(here)
        here.screen.query_one("#date-from", Input).value = "2025-11-22"
        await here.settle()
        assert "enter start" not in here.picture
        await rest(here)
        assert "8,760 slots" in plan_lines(here)[0]
        assert len(plan_lines(here)) < 600
        here.screen.month.focus()
        await here.press("x")
        assert "Working out what would happen" in plan_lines(here)[0]
        assert not here.screen.is_whole
        await rest(here)
        assert "enter start" in here.picture
        count = here.screen.plan.confirm
        here.screen.query_one("#field-confirm").value = count
        await here.settle()
        await answer(here)
        (sent,) = backend.arrived("backfill")
        assert len(sent.slots) == int(count)


async def test_what_was_worked_out_for_dates_that_are_no_longer_meant_is_not_shown(monkeypatch):
    gate, made = asyncio.Event(), Foresight.foreseen_aside

    async def late(foresight, choice, month):
        seen = await made(foresight, choice, month)
        await gate.wait()
        return seen

    monkeypatch.setattr(Foresight, "foreseen_aside", late)
    backend = ScriptedBackend([row("d", cron="0 * * * *")])
    async with dashboard(backend=backend) as here:
        await here.press("b")
        await rest(here)
        field = here.screen.query_one("#date-from", Input)
        field.value = "2025-11-22"
        await here.settle()
        await rest(here)
        assert "Working out what would happen" in plan_lines(here)[0]
        field.value = "2026-11-20"
        await here.settle()
        assert "48 slots" in plan_lines(here)[0]
        gate.set()
        await rest(here)
        assert "48 slots" in plan_lines(here)[0]


async def test_dates_that_cannot_be_read_dim_the_plan_and_send_nothing_until_they_can():
    async with dashboard() as here:
        await plan(here, DAILY, "tab", "left")
        before, page = plan_lines(here), here.screen.query_one("#plan")
        field = here.screen.query_one("#date-from", Input)
        kept, field.value = field.value, "potato"
        await here.settle()
        await rest(here)
        assert plan_lines(here) == before
        assert {piece.tone for text in page._texts for piece in text} == {Tone.MUTED}
        assert not here.screen.is_whole
        assert "start" not in here.screen.query_one("#question-keys").words
        await answer(here)
        assert here.sent == []
        field.value = kept
        await here.settle()
        await rest(here)
        assert plan_lines(here) == before
        assert here.screen.is_whole
        assert "start" in here.screen.query_one("#question-keys").words


async def test_an_answer_that_comes_while_the_dates_cannot_be_read_plans_nothing():
    async with dashboard() as here:
        await go_to(here, DAILY)
        await here.press("b")
        here.screen.query_one("#date-from", Input).value = "potato"
        await here.settle()
        await rest(here)
        assert not here.screen.is_whole


async def test_on_a_failed_run_the_planner_is_about_its_date_and_what_failed():
    slot = datetime(2026, 11, 19, 22, 0, tzinfo=UTC)
    failed = run("r1", RunStatus.FAILED, slot=slot, started_at=slot)
    rows = [row("d", timezone="Asia/Seoul", cron="0 7 * * *", last_run=failed)]
    async with dashboard(backend=ScriptedBackend(rows, [failed])) as here:
        await here.press("v")
        await here.press("b")
        await rest(here)
        choice = here.screen._choice
        assert (choice.start, choice.end) == (date(2026, 11, 20), date(2026, 11, 20))
        assert choice.scope is BackfillScope.FAILED
        assert here.screen.query_one("#scope", Options).chosen == "failed"
        assert "start 1 run" in here.screen.verb

"""A backfill is planned day by day, and just what was shown is started, once."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from textual.widgets import Input

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ServerError
from dli_tui.domain.status import RunStatus, WorkflowStatus
from dli_tui.tui.modals.backfill import BackfillQuestion
from dli_tui.tui.opening import Where
from dli_tui.tui.screens.backfill import BackfillScreen
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

    capabilities = frozenset(Capability) - {
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

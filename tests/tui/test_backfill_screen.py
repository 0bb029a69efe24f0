"""The page of a backfill: its dates as they go, and what can be done about those that failed."""

from __future__ import annotations

from datetime import date

import pytest

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ConnectionFailedError, ServerError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillRequest
from dli_tui.domain.status import RunStatus
from dli_tui.present import words
from dli_tui.tui.modals.backfill import BackfillQuestion
from dli_tui.tui.modals.quitting import QuitQuestion
from dli_tui.tui.screens.backfill import BackfillScreen
from dli_tui.tui.screens.backfills import BackfillsScreen
from dli_tui.tui.screens.run import RunScreen
from tests.support import ManualClock
from tests.support_deeds import answer, go_to, notices
from tests.support_tui import HOUR, SIZES, dashboard

FAILING = "logistics.carriers.rates"
WELL = "finance.cost_centers"


async def begin(here, name=WELL, days=3, *, parallel=False):
    """Have a backfill started, and open its page."""
    first = date(2026, 11, 16)
    request = BackfillRequest(
        name, first, first.replace(day=15 + days), parallel=parallel, parameters={"full": True}
    )
    result = await here.backend.backfill(request)
    here.app.open_backfill(RunRef(result.run_id, name), name)
    await here.settle()
    return result.run_id


async def until_over(here):
    for _ in range(200):
        if here.app.front.sheet.status.is_terminal:
            return
        await here.pass_by(10)
    raise AssertionError("it never ended")


def facts(here):
    return here.app.front.facts.words


@pytest.mark.parametrize("size", [(60, 16), *SIZES], ids=str)
async def test_its_dates_are_told_as_they_go(size):
    async with dashboard(size=size) as here:
        await begin(here)
        assert "running" in facts(here)
        assert "0/3" in facts(here)
        assert [row.status is None for row in here.screen.table.rows] == [False, True, True]
        await until_over(here)
        assert "3/3" in facts(here)
        assert "✓✓✓" in facts(here)
        assert {row.status for row in here.screen.table.rows} == {RunStatus.COMPLETED}
        assert "completed 3/3" in here.lines[0]
        await here.pass_by(10)
        assert "final" in here.lines[0]


async def test_the_cursor_is_where_it_matters_until_somebody_moves_it():
    async with dashboard() as here:
        await begin(here, FAILING, 1)
        await until_over(here)
        failed = [at for at, row in enumerate(here.screen.table.rows) if row.error]
        assert [here.screen.table.cursor] == failed
        await here.press("G")
        await here.pass_by(10)
        assert here.screen.table.cursor == len(here.screen.table.rows) - 1


async def test_what_failed_and_what_never_ran_is_said_with_the_keys_that_help():
    async with dashboard(keys={"do.retry": "f9"}) as here:
        await begin(here, FAILING, 1)
        await until_over(here)
        assert "1 date failed: f9 runs the failed steps again" in facts(here)
        assert "never ran. Resume? b plans what remains" in facts(here)


async def test_what_remains_is_planned_and_nothing_else():
    async with dashboard() as here:
        await begin(here, FAILING, 1)
        await until_over(here)
        total = len(here.screen.table.rows)
        await here.press("b")
        await here.pass_by(1)
        assert isinstance(here.screen, BackfillQuestion)
        left = total - here.app.front.sheet.done
        assert here.screen.plan.verb == f"start {left} runs"
        await here.pass_by(1)
        assert here.screen._choice.only is not None
        before = len(here.sent)
        await here.press("escape")
        assert len(here.sent) == before


async def test_dates_that_were_taken_over_are_no_longer_said_to_wait():
    async with dashboard() as here:
        await begin(here, FAILING, 1)
        await until_over(here)
        await here.press("b")
        await here.pass_by(1)
        count = here.screen.plan.confirm
        if count:
            here.screen.query_one("#field-confirm").value = count
            await here.settle()
        await answer(here)
        assert isinstance(here.screen, BackfillScreen)
        await here.press("escape", "r")
        await here.pass_by(60)
        assert "Resume?" not in facts(here)


async def test_the_failed_dates_alone_are_retried():
    async with dashboard() as here:
        await begin(here, FAILING, 1)
        await until_over(here)
        failed = [row.ref.run_id for row in here.screen.table.rows if row.error]
        await here.press("t")
        assert "Retry" in here.picture
        await answer(here)
        (sent,) = [one for one in here.backend._journal.actions() if one.deed == "retry"]
        assert [sent.run_id] == failed


async def test_it_is_stopped_as_a_whole():
    async with dashboard() as here:
        run_id = await begin(here)
        await here.press("s")
        await here.type("wrong week")
        await answer(here)
        stops = [one for one in here.backend._journal.actions() if one.deed == "stop"]
        assert stops[0].run_id == run_id
        await until_over(here)
        assert "wrong week" in facts(here)
        assert "killed" in facts(here)


async def test_enter_opens_the_run_of_a_date_if_it_has_one():
    async with dashboard() as here:
        await begin(here)
        await here.press("G", "enter")
        assert "has not begun" in notices(here)[-1]
        await here.press("g", "enter")
        assert isinstance(here.screen, RunScreen)
        await here.press("B")
        assert isinstance(here.screen, BackfillScreen)


async def test_failed_dates_are_gone_through():
    async with dashboard() as here:
        await begin(here, WELL, 2)
        await here.press("right_square_bracket")
        assert "No date of this backfill has failed" in notices(here)[-1]
        await here.press("escape")
        await begin(here, FAILING, 1)
        await until_over(here)
        await here.press("G", "right_square_bracket")
        assert here.screen.table.current.error


async def test_a_server_that_goes_away_leaves_what_was_known(monkeypatch):
    async with dashboard() as here:
        await begin(here)

        async def gone(_ref):
            raise ConnectionFailedError("gone", hint="Start it.")

        monkeypatch.setattr(here.backend, "backfill_status", gone)
        await here.pass_by(3)
        assert "OFFLINE" in here.lines[0]
        assert "0/3" in facts(here)


async def test_one_that_nobody_knows_is_told_in_words():
    async with dashboard() as here:
        here.app.open_backfill(RunRef("nothing", WELL), WELL)
        await here.settle()
        assert "DLI-800" in facts(here)


async def test_the_list_tells_which_wait_for_somebody():
    async with dashboard(size=(80, 24)) as here:
        await begin(here, FAILING, 1)
        await until_over(here)
        await here.press("6")
        assert isinstance(here.screen, BackfillsScreen)
        assert "never ran: resume?" in here.picture
        assert "1 unfinished" in here.lines[0]
        await here.press("enter")
        assert isinstance(here.screen, BackfillScreen)


async def test_where_there_are_none_the_list_says_how_to_plan_one():
    async with dashboard() as here:
        await here.press("6")
        assert "No backfill was started here lately" in here.picture
        assert "b on a workflow plans one" in here.picture
        for key in ("enter", "y", "b", "s", "t"):
            await here.press(key)
        assert here.sent == []


class ByHand(DemoBackend):
    """A place that starts single runs only."""

    capabilities = DemoBackend.capabilities - {Capability.SEQUENCES}


async def kept_going(here):
    """Plan a backfill that is kept going from here, and start it."""
    await go_to(here, WELL)
    await here.press("b")
    await here.pass_by(1)
    assert "This program keeps it going" in here.screen.query_one("#plan").words
    await here.press("left", "space", "left", "left", "space", "tab", "left")
    await here.pass_by(1)
    await answer(here)


def by_hand():
    clock = ManualClock(HOUR)
    return ByHand(STANDARD, clock=clock, journal=MemoryJournal())


async def test_what_is_kept_going_from_here_goes_on_date_by_date_and_is_told_of():
    backend = by_hand()
    async with dashboard(backend=backend) as here:
        backend._clock = here.clock
        await kept_going(here)
        assert "keeping 1 backfill going" in here.lines[0]
        for _ in range(60):
            await here.pass_by(10)
        assert here.sent == ["run", "run", "run"]
        assert any("completed" in told for told in notices(here))
        assert "keeping" not in here.lines[0]


async def test_who_quits_meanwhile_is_asked_and_told_what_remains():
    backend = by_hand()
    async with dashboard(backend=backend) as here:
        backend._clock = here.clock
        await kept_going(here)
        await here.press("q")
        assert isinstance(here.screen, QuitQuestion)
        assert "2 dates remain" in here.picture
        await here.press("escape")
        assert here.app.is_running
        await here.press("q")
        await answer(here)
        assert here.app._exit
    assert here.sent == ["run"]


async def test_one_that_was_left_is_found_again_and_not_resumed_unasked():
    backend = by_hand()
    async with dashboard(backend=backend) as here:
        backend._clock = here.clock
        await kept_going(here)
    async with dashboard(backend=backend) as here:
        backend._clock = here.clock
        here.clock.move(600)
        await here.press("6")
        await here.pass_by(60)
        assert "2 never ran: resume?" in here.picture
        assert here.sent == ["run"]


async def test_of_one_that_is_kept_going_elsewhere_the_date_under_way_is_stopped():
    backend = by_hand()
    async with dashboard(backend=backend) as here:
        backend._clock = here.clock
        await kept_going(here)
    async with dashboard(backend=backend) as here:
        backend._clock = here.clock
        here.clock.move(8)
        await here.press("6")
        await here.press("enter")
        under_way = here.screen.table.rows[0].ref.run_id
        await here.press("s")
        await answer(here)
        (stop,) = [one for one in backend._journal.actions() if one.deed == "stop"]
        assert stop.run_id == under_way


async def test_failed_dates_of_one_workflow_are_told_apart_in_the_plan_and_the_results(monkeypatch):
    async with dashboard() as here:
        await begin(here, FAILING, 2)
        await until_over(here)
        failed = [row for row in here.screen.table.rows if row.error]
        backfill = here.screen.feed.backfill
        twice = backfill.twin(
            dates=tuple(
                one.twin(run=backfill.failed[0].run.twin(run_id=f"r{at}", slot=one.slot))
                for at, one in enumerate(backfill.dates[:2])
            )
        )
        assert failed
        here.screen.feed.backfill = twice

        async def refused(ref, steps=()):
            raise ServerError("no room")

        monkeypatch.setattr(here.backend, "retry", refused)
        await here.press("t")
        dates = [words.moment(one.slot, twice.timezone) for one in twice.dates]
        assert len(set(dates)) == 2
        assert all(f"{FAILING} {told}" in here.picture for told in dates)
        await answer(here)
        assert "2 of 2 failed" in here.picture
        lines = here.screen.query_one("#plan").words.splitlines()
        assert [line.split("failed")[1].strip() for line in lines if "  failed  " in line] == [
            f"{FAILING} {told}" for told in dates
        ]


async def test_a_second_makes_no_rows_anew_and_tells_how_long_it_takes():
    async with dashboard() as here:
        await begin(here)
        rows, sheet, before = here.screen.table.rows, here.screen.sheet, facts(here)
        here.clock.move(61)
        here.screen.tick()
        assert here.screen.table.rows is rows
        assert here.screen.sheet is sheet
        assert facts(here) != before
        here.screen._tell()
        assert here.screen.table.rows is rows
        assert here.screen.sheet is sheet


async def test_dates_that_overrun_are_not_counted_down_below_zero():
    async with dashboard() as here:
        await begin(here, parallel=True)
        told = []
        while not here.screen.sheet.status.is_terminal:
            told.append(facts(here))
            await here.pass_by(2)
        assert any("any moment, by" in one for one in told)
        assert not any("~0s" in one for one in told)

"""The dashboard over a line that breaks: keys are obeyed, nothing is lost, and it comes back."""

from __future__ import annotations

import asyncio
import re
from contextlib import asynccontextmanager

import pytest

from dli_tui.session.unconfirmed import CHECK_SECONDS
from dli_tui.session.workflows import LIST_SECONDS
from dli_tui.tui.modals.question import Question
from tests import support_faults as faults
from tests.backends.contract.places import DEMO
from tests.faults.place import behind_a_line
from tests.support_deeds import answer, go_to, notices, tap
from tests.support_faults import writes
from tests.support_tui import dashboard

REASON = "depot moves"
STALE_SECONDS = 40


@asynccontextmanager
async def looking(**options):
    """A dashboard on a place behind a line, and that place."""
    async with (
        behind_a_line(opened=False, **options) as place,
        dashboard(backend=place.backend, hour=DEMO.start) as here,
    ):
        yield here, place


def names(here):
    """The workflows on screen, in order."""
    found = (re.match(r"[› ] (\S+[._]\S+) ", line) for line in here.lines)
    return [one[1] for one in found if one]


def cursor(here):
    """The workflow that the cursor is on."""
    return next(line for line in here.lines if line.startswith("›")).split()[1]


async def test_it_tells_what_is_wrong_and_how_old_the_picture_is_and_comes_back_by_itself():
    async with looking() as (here, place):
        seen = names(here)
        await place.line.refuse()
        await here.pass_by(LIST_SECONDS)
        assert "OFFLINE retry 2s" in here.lines[0]
        assert "can't be reached: it refuses the connection" in here.picture
        await here.pass_by(20)
        assert "OFFLINE 30s old, retry 4s" in here.lines[0]
        assert names(here) == seen[:-1], "the notice takes a line"
        await place.line.listen()
        await here.pass_by(5)
        assert "OFFLINE" not in here.picture
        assert " live" in here.lines[0]


async def test_a_gateway_that_fails_is_told_by_its_code():
    async with looking() as (here, place):
        place.line.breaks(faults.says(503))
        await here.pass_by(LIST_SECONDS)
        assert "DLI-503 retry 2s" in here.lines[0]
        place.line.heal()
        await here.pass_by(3)
        assert " live" in here.lines[0]


async def test_keys_are_obeyed_while_a_request_hangs():
    reached, gate = asyncio.Event(), asyncio.Event()
    async with looking() as (here, place):
        place.line.breaks(faults.held(reached, gate))
        here.pace.advance(LIST_SECONDS)
        await reached.wait()
        rows = names(here)
        await tap(here, "g", "j", "j")
        assert cursor(here) == rows[2]
        await tap(here, "p")
        assert isinstance(here.screen, Question)
        await tap(here, "escape", "2")
        assert "History" in here.lines[0]
        await tap(here, "escape", "j")
        assert cursor(here) == rows[3]
        here.pace.advance(STALE_SECONDS)
        here.app._tick()
        await here.until(lambda: "STALE" in here.lines[0])
        gate.set()
        await here.settle()
        assert " live" in here.lines[0]


async def test_a_form_is_kept_where_its_write_fails_and_then_goes_through():
    async with looking() as (here, place):
        await go_to(here, DEMO.manual)
        await here.press("p")
        await here.type(REASON)
        place.line.breaks_once(faults.says(503), writes)
        await answer(here)
        assert isinstance(here.screen, Question)
        assert REASON in here.picture
        assert "The server is not available now" in here.picture
        assert place.deeds == []
        await answer(here)
        assert not isinstance(here.screen, Question)
        assert place.deeds == ["pause"]
        assert place.journal.actions()[0].reason == REASON


async def test_a_write_whose_answer_is_lost_is_done_once_and_the_list_shows_it():
    async with looking() as (here, place):
        await go_to(here, DEMO.manual)
        await here.press("p")
        place.line.breaks_once(faults.reset_after, writes)
        await answer(here)
        assert not isinstance(here.screen, Question)
        assert notices(here) == [f"Workflow '{DEMO.manual}' paused"]
        assert (len(place.line.writes), place.deeds) == (2, ["pause"])
        await go_to(here, DEMO.manual)
        row = next(line for line in here.lines if line.startswith("›"))
        assert "paused" in row


async def test_where_the_server_cant_be_asked_again_the_list_tells_that_it_happened():
    async with looking(extras=False) as (here, place):
        await go_to(here, DEMO.manual)
        await here.press("p")
        place.line.breaks_once(faults.hang_after, writes)
        await answer(here)
        assert notices(here) == [f"It happened: {DEMO.manual}. Its answer was lost on the way"]
        assert (len(place.line.writes), place.deeds) == (1, ["pause"])


@pytest.mark.parametrize("extras", [True, False])
async def test_a_write_that_was_done_while_the_line_broke_is_confirmed_once_it_is_back(extras):
    async with looking(extras=extras) as (here, place):
        await go_to(here, "orders_daily")
        await here.press("p")

        async def break_down(exchange):
            place.line.breaks(faults.reset_after)
            await faults.reset_after(exchange)

        place.line.breaks_once(break_down, writes)
        await answer(here)
        await here.press("escape")
        await here.pass_by(CHECK_SECONDS)
        assert "1 unconfirmed" in here.lines[0]
        place.line.heal()
        for _ in range(4):
            await here.pass_by(CHECK_SECONDS)
        assert "Confirmed: the request to pause 'orders_daily' was carried out" in notices(here)
        assert "unconfirmed" not in here.lines[0]
        assert place.deeds == ["pause"]

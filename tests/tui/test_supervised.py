"""A backfill that a server keeps going, seen from a dashboard that comes and goes."""

from __future__ import annotations

from contextlib import asynccontextmanager

import httpx

from dli_tui.backends.basecamp.adapter import BasecampBackend
from dli_tui.domain.status import RunStatus
from tests.support_dates import ByDates, PacedClock
from tests.support_deeds import answer, go_to
from tests.support_server import application, profile
from tests.support_tui import HOUR, dashboard


@asynccontextmanager
async def looking_at(place, clock):
    """A dashboard over a server of that place, both of them new."""
    app = application(lambda: place, clock)
    adapter = BasecampBackend(profile(), {}, transport=httpx.ASGITransport(app))
    async with app.serving(), dashboard(backend=adapter) as here:
        yield here


async def started(here):
    """Plan a backfill of the only workflow, and start it."""
    await go_to(here, "d")
    await here.press("b")
    await here.pass_by(1)
    assert "dli-tui serve keeps it going" in here.screen.query_one("#plan").words
    await answer(here)


async def test_the_plan_says_who_keeps_it_going_and_who_quits_is_not_asked():
    clock = PacedClock(HOUR)
    place = ByDates(clock)
    async with looking_at(place, clock) as here:
        await started(here)
        assert "keeping" not in here.lines[0]
        assert "running 0/6" in here.lines[0]
        await here.press("q")
        assert here.app._exit
        place.end()
        await clock.pass_by()
        assert place.sent == ["run"] * 2, "it goes on without anybody who looks"


async def test_between_two_dates_nobody_is_asked_whether_to_resume_it():
    clock = PacedClock(HOUR)
    place = ByDates(clock)
    async with looking_at(place, clock) as here:
        await started(here)
        place.end()
        here.clock.move(600)
        await here.pass_by(10)
        assert "Resume?" not in here.picture
        assert "running 1/6" in here.lines[0]


async def test_a_stop_is_one_of_the_whole():
    clock = PacedClock(HOUR)
    place = ByDates(clock)
    async with looking_at(place, clock) as here:
        await started(here)
        await here.press("s")
        (named,) = [line for line in here.picture.splitlines() if " run d/d_backfill_" in line]
        assert "__2026" not in named
        await answer(here)
        await clock.pass_by()
        assert place.sent == ["run", "stop"]
        assert place.runs[0].status is RunStatus.KILLED
        await here.pass_by(10)
        assert "killed 0/6" in here.lines[0]


async def test_what_a_server_left_is_found_again_and_not_resumed_unasked():
    clock = PacedClock(HOUR)
    place = ByDates(clock)
    async with looking_at(place, clock) as here:
        await started(here)
    place.end()
    async with looking_at(place, clock) as here:
        here.clock.move(600)
        await here.press("6")
        await here.pass_by(60)
        assert "5 never ran: resume?" in here.picture
        assert place.sent == ["run"]

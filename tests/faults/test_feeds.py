"""What is followed over a line that breaks again and again comes whole: none lost, none twice."""

from __future__ import annotations

from itertools import chain, repeat

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.domain.ids import LogRef
from dli_tui.domain.query import HistoryQuery
from dli_tui.session.logs import LOG_SECONDS
from dli_tui.session.watching import WATCH_SECONDS
from tests import support_faults as faults
from tests.backends.contract.places import DEMO
from tests.faults.place import behind_a_line
from tests.support import everything
from tests.support_session import looking_at

A_MINUTE = 60.0
MANY = 1_700


def now_and_then(place, part, between):
    """Each of some faults is met once, by a question about that part, after so many that meet none.

    Gives a list of those that were met.
    """
    bad = (faults.truncated, faults.reset_after, faults.says(503, Retry_After=60), faults.cut_off)
    planned = [fault for one in bad for fault in (*[faults.well] * between, one)]
    turns = chain(planned, repeat(faults.well))
    met = []

    async def some(exchange):
        fault = next(turns) if part in exchange.request.path else faults.well
        if fault is not faults.well:
            met.append(fault)
        await fault(exchange)

    place.line.breaks(some)
    return met


def behind(place):
    """What is behind the server, without a line to it."""
    return DemoBackend(STANDARD, clock=place.clock, journal=place.journal, user="me")


async def test_a_log_loses_no_line_and_repeats_none():
    async with behind_a_line() as place, looking_at(place.backend, clock=place.clock) as here:
        run = here.session.client.ref((await place.client.run(DEMO.manual)).run_id)
        log = LogRef(run, (await place.client.steps(run))[0].name)
        met = now_and_then(place, "/log", between=1)
        feed = here.session.log(log)
        await feed.start()
        lines = []
        while not feed.complete:
            await here.pass_by(LOG_SECONDS)
            lines += feed.take()
        assert len(met) > 2
        assert lines == list((await behind(place).logs(log)).lines)


async def test_a_history_misses_no_run_and_shows_none_twice():
    async with behind_a_line() as place, looking_at(place.backend, clock=place.clock) as here:
        met = now_and_then(place, "/history", between=2)
        feed = here.session.history(HistoryQuery())
        await feed.start()
        feed.want(MANY)
        while feed.is_behind:
            await here.pass_by(A_MINUTE)
        runs = await everything(behind(place).history(HistoryQuery(limit=len(feed.runs))))
        assert len(met) > 2
        assert [run.run_id for run in feed.runs] == [run.run_id for run in runs]


async def test_a_run_that_is_watched_is_told_of_once():
    async with behind_a_line() as place, looking_at(place.backend, clock=place.clock) as here:
        run = here.session.client.ref((await place.client.run(DEMO.manual)).run_id)
        met = now_and_then(place, "/runs/", between=1)
        here.session.watching.watch(run, "mine")
        while here.session.watching.is_watched(run):
            await here.pass_by(WATCH_SECONDS)
        assert len(met) > 2
        assert [one.run_id for one in here.session.watching.take_ended()] == [run.run_id]
        assert here.session.watching.take_lost() == []

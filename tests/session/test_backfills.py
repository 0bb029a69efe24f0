"""Backfills are followed date by date, and those that wait for somebody are known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dli_tui.client import WorkflowClient
from dli_tui.domain.backfill import Backfill, BackfillDate
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ServerError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.status import RunStatus
from dli_tui.session.backfills import BackfillFeed, BackfillsFeed
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend, row, run
from tests.support_session import looking_at, surroundings

SLOTS = tuple(datetime(2026, 3, day, 9, tzinfo=UTC) for day in (1, 2, 3))
DONE, FAILED, RUNNING = RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.RUNNING


def backfill(status, *statuses, name="b1", workflow="d", slots=SLOTS):
    dates = tuple(
        BackfillDate(
            slot=slot,
            day=slot.date(),
            run=None if at >= len(statuses) else run(f"r{at}", statuses[at], slot=slot),
        )
        for at, slot in enumerate(slots)
    )
    return Backfill(whole=run(name, status, dataset_name=workflow), dates=dates)


class Place(ScriptedBackend):
    """Tells of backfills what a test says."""

    def __init__(self, *backfills):
        super().__init__([row("d")])
        self.found = list(backfills)

    async def backfill_status(self, ref):
        self._asked("backfill_status", ref)
        return self.found[0]

    async def backfills(self):
        self._asked("backfills", None)
        return tuple(self.found)


async def test_one_that_runs_is_asked_for_every_other_second_and_its_past_once():
    place = Place(backfill(RUNNING, DONE, RUNNING))
    async with looking_at(place) as here:
        feed = here.session.backfill(RunRef("b1", "d"))
        await feed.start()
        await here.settle()
        before = here.asked("recent_runs")
        for _ in range(3):
            await here.pass_by(2)
        assert here.asked("backfill_status") == 4
        assert here.asked("recent_runs") == before
        assert not feed.ended
        await feed.close()


async def test_one_that_is_over_is_looked_at_once_more_and_then_seldom():
    place = Place(backfill(FAILED, DONE, FAILED))
    async with looking_at(place) as here:
        feed = here.session.backfill(RunRef("b1", "d"))
        await feed.start()
        await here.settle()
        assert not feed.ended
        await here.pass_by(2)
        assert feed.ended
        await here.pass_by(2)
        assert here.asked("backfill_status") == 2
        await here.pass_by(8)
        assert here.asked("backfill_status") == 3
        place.found[0] = backfill(RUNNING, DONE, RUNNING)
        await here.pass_by(10)
        assert not feed.ended
        await feed.close()


async def test_the_list_is_asked_for_more_often_while_one_runs():
    place = Place(backfill(RUNNING, RUNNING))
    async with looking_at(place) as here:
        await here.pass_by(10)
        assert here.asked("backfills") == 2
        place.found[0] = backfill(DONE, DONE, DONE, DONE)
        await here.pass_by(10)
        await here.pass_by(10)
        assert here.asked("backfills") == 3
        await here.pass_by(60)
        assert here.asked("backfills") == 4


async def test_a_place_without_backfills_is_not_asked_for_them():
    place = Place()
    place.capabilities -= {Capability.BACKFILL}
    async with looking_at(place) as here:
        await here.pass_by(100)
        assert here.asked("backfills") == 0


def left(*found):
    """Which of some backfills, newest first, wait for somebody."""
    feed = BackfillsFeed(WorkflowClient(Place(), clock=ManualClock(NOW)), surroundings())
    feed.backfills = found
    return [one.ref.run_id for one in found if feed.is_left(one)]


def test_dates_that_never_ran_wait_for_somebody():
    assert left(backfill(FAILED, DONE, FAILED)) == ["b1"]
    assert left(backfill(RUNNING, DONE, RUNNING)) == []
    assert left(backfill(DONE, DONE, DONE, DONE)) == []


def test_dates_that_a_later_backfill_took_over_wait_no_more():
    old = backfill(FAILED, DONE, FAILED)
    assert left(backfill(DONE, DONE, slots=SLOTS[2:], name="b2"), old) == []
    assert left(backfill(DONE, DONE, slots=SLOTS[:1], name="b2"), old) == ["b1"]
    assert left(backfill(DONE, DONE, slots=SLOTS[2:], name="b2", workflow="e"), old) == ["b1"]
    assert left(old, backfill(DONE, DONE, slots=SLOTS[2:], name="b0")) == ["b1"]


async def test_a_covered_page_asks_nothing():
    place = Place(backfill(RUNNING, RUNNING))
    async with looking_at(place) as here:
        feed = BackfillFeed(here.session.client, RunRef("b1", "d"), here.session._around)
        await feed.start()
        await here.settle()
        feed.pause()
        await here.pass_by(60)
        assert here.asked("backfill_status") == 1
        await feed.close()


async def test_whether_it_waits_is_worked_out_once_for_each_answer(monkeypatch):
    place = Place(backfill(FAILED, DONE, FAILED))
    async with looking_at(place) as here:
        await here.settle()
        feed, worked_out = here.session.backfills, []
        waits = feed._waits

        def counted(one):
            worked_out.append(one)
            return waits(one)

        monkeypatch.setattr(feed, "_waits", counted)
        for _ in range(5):
            assert here.session.is_left(feed.backfills[0])
        assert len(worked_out) == 1
        place.found.insert(0, backfill(RUNNING, RUNNING, slots=SLOTS[2:], name="b2"))
        await here.refresh(feed)
        assert not here.session.is_left(feed.backfills[1])


async def test_a_past_that_does_not_come_leaves_the_dates_and_is_asked_for_again(monkeypatch):
    place = Place(backfill(RUNNING, DONE, RUNNING))
    async with looking_at(place) as here:
        feed = here.session.backfill(RunRef("b1", "d"))
        asked = []

        async def gone(names, limit):
            asked.append(names)
            raise ServerError("away")

        monkeypatch.setattr(place, "recent_runs", gone)
        await feed.start()
        await here.settle()
        assert feed.freshness.problem is None
        assert feed.backfill is place.found[0]
        await here.pass_by(2)
        assert asked == [["d"]]
        monkeypatch.undo()
        took = {"started_at": NOW, "finished_at": NOW + timedelta(seconds=60)}
        place.runs = [run(f"p{at}", DONE, **took) for at in range(5)]
        await here.refresh(feed)
        assert feed.past.p50 == 60
        await feed.close()

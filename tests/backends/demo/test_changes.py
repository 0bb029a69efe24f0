"""Which moments a cursor of the demo stands for."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from dli_tui.backends.demo.actions import Action, Deed
from dli_tui.backends.demo.cast import SEEDS
from dli_tui.backends.demo.changes import cursor, moment_of
from dli_tui.backends.demo.journal import FileJournal
from dli_tui.backends.demo.ledger import ledger
from dli_tui.backends.demo.world import World
from dli_tui.domain.clock import FixedClock
from dli_tui.domain.query import WorkflowQuery
from tests.support import everything

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
DONE = (Action(NOON, "me", Deed.PAUSE, "a"),)


def world(now=NOON):
    return World(ledger(SEEDS, ()), 0, now, {})


def test_a_cursor_gives_back_its_moment():
    later = world(NOON + timedelta(minutes=5))
    assert moment_of(cursor(world(), DONE), later, DONE) == NOON


@pytest.mark.parametrize(
    ("now", "done"),
    [
        (NOON, ()),
        (NOON, (*DONE, *DONE)),
        (NOON, (Action(NOON, "me", Deed.UNPAUSE, "a"),)),
        (NOON - timedelta(seconds=1), DONE),
        (NOON + timedelta(hours=12), DONE),
    ],
    ids=["forgotten", "more done", "something else done", "clock set back", "another day"],
)
def test_all_is_told_again_after_what_changes_more_than_time(now, done):
    assert moment_of(cursor(world(), DONE), world(now), done) is None


async def test_a_journal_that_began_anew_is_not_taken_for_the_old_one(demo, clock, tmp_path):
    journal = FileJournal(tmp_path / "demo.jsonl")
    backend = demo(journal=journal)
    await backend.pause("orders_hourly")
    first = await backend.changes(None)
    await asyncio.to_thread(journal.reset)
    clock.move(1)
    await backend.pause("orders_returns")
    assert (await backend.changes(first.cursor)).whole


@pytest.mark.parametrize(
    "start", [datetime(2024, 1, 15, 9, 28, tzinfo=UTC), datetime(2026, 1, 1, 9, 58, tzinfo=UTC)]
)
async def test_runs_of_the_archive_are_among_the_changes(demo, clock, start):
    clock.moment = start
    backend = demo()
    changes = await backend.changes(None)
    rows = {row.key: row for row in changes.workflows}
    running = set()
    for _ in range(12):
        clock.move(45)
        changes = await backend.changes(changes.cursor)
        assert not changes.whole
        rows.update((row.key, row) for row in changes.workflows)
        listed = await everything(demo(at=FixedClock(clock.now())).workflows(WorkflowQuery()))
        assert rows == {row.key: row for row in listed}
        running.add(rows["iceberg.analytics.daily_clicks", "code"].is_running)
    assert running == {False, True}

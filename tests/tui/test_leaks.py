"""Hundreds of screens come and go, and nothing of them stays."""

import asyncio
import gc
import sys

from dli_tui.domain.ids import RunRef
from tests.support_tui import dashboard

ROUNDS = 50
"""Six changes each: to the run, to the help or the palette, to another page, and back."""
PAGES = ["2", "3", "4", "5", "6", "c", "enter"]
WARM = 8
MOST_BLOCKS = 20_000
"""What Textual keeps of the screens before goes up and down by less; a leak is fifty times that."""


async def one_round(here, number):
    run = here.app.front.table.current
    here.app.open_run(run.last_ref or RunRef("none"), run.name)
    await settle(here)
    await here.app.pop_screen()
    here.app.simulate_key("question_mark" if number % 2 else "colon")
    await settle(here)
    here.app.simulate_key("escape")
    await settle(here)
    here.app.simulate_key(PAGES[number % len(PAGES)])
    await settle(here)
    here.app.simulate_key("1")
    await settle(here)
    assert len(here.app.screen_stack) == 1


async def settle(here):
    await here.pilot.pause(0)
    await here.app.bridge.session.idle()
    await here.pilot.pause(0)


def counts(here):
    """How much there is of everything that a screen brings with it."""
    session = here.app.bridge.session
    screen = here.app.screen
    return {
        "widgets": len(list(screen.walk_children())),
        "screens": len(here.app.screen_stack),
        "tasks": len(asyncio.all_tasks()),
        "session tasks": len(session._around.tasks._tasks),
        "followers of the list": len(session.workflows._subscribers),
        "followers of the backfills": len(session.backfills._subscribers),
        "followers of what is kept going": len(session.sequences._subscribers),
        "followers of what is watched": len(session.watching._subscribers),
        "workers": len(list(here.app.workers)),
        "registered": len(here.app._registry),
        "drafts": len(here.app.deeds.drafts),
    }


async def test_three_hundred_screen_changes_leave_everything_as_it_was():
    async with dashboard(size=(60, 16)) as here:
        for number in range(WARM):
            await one_round(here, number)
        before, blocks = await at_rest(here)
        for number in range(ROUNDS):
            await one_round(here, number)
        after, more = await at_rest(here)
        # A task that was ending is no leak.
        grown = {name: count for name, count in after.items() if count > before[name]}
        assert grown == {}
        assert more - blocks < MOST_BLOCKS


async def at_rest(here):
    """What there is when nothing is under way, and how many blocks of memory are in use."""
    await here.settle()
    gc.collect()
    return counts(here), sys.getallocatedblocks()

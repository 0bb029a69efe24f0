"""Hundreds of screens come and go, and nothing of them stays."""

import asyncio
import gc
import tracemalloc

from dli_tui.domain.ids import RunRef
from tests.support_tui import dashboard

ROUNDS = 75
"""Four changes each: to the run and back, to the help or the palette and back."""
WARM = 8
MOST_GROWTH = 300 * 1024


async def one_round(here, number):
    run = here.app.front.table.current
    here.app.open_run(run.last_ref or RunRef("none"), run.name)
    await settle(here)
    await here.app.pop_screen()
    here.app.simulate_key("question_mark" if number % 2 else "colon")
    await settle(here)
    here.app.simulate_key("escape")
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
        "followers of what is watched": len(session.watching._subscribers),
        "workers": len(list(here.app.workers)),
        "registered": len(here.app._registry),
        "drafts": len(here.app.deeds.drafts),
    }


async def test_three_hundred_screen_changes_leave_everything_as_it_was():
    async with dashboard(size=(100, 30)) as here:
        for number in range(WARM):
            await one_round(here, number)
        await here.settle()
        before = counts(here)
        tracemalloc.start(1)
        try:
            gc.collect()
            traced = tracemalloc.get_traced_memory()[0]
            for number in range(ROUNDS):
                await one_round(here, number)
            await here.settle()
            gc.collect()
            grown = tracemalloc.get_traced_memory()[0] - traced
        finally:
            tracemalloc.stop()
        assert counts(here) == before
        assert grown < MOST_GROWTH

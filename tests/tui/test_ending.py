"""What a screen still asks ends before the widgets that would show it go."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from tests.support_tui import dashboard


async def needing(screen, selector):
    """Needs one of the widgets of a screen, over and over."""
    while True:
        screen.query_one(selector)
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("key", "selector"), [("enter", "#header"), ("p", "#plan")], ids=["a page", "a question"]
)
async def test_what_a_screen_asks_ends_before_its_widgets_go(key, selector):
    async with dashboard() as here:
        await here.press(key)
        screen = here.app.screen
        asking = screen.run_worker(partial(needing, screen, selector), group="test")
        await here.press("escape")
        assert here.app.screen is not screen
        assert asking.is_cancelled
        assert here.app.crash is None

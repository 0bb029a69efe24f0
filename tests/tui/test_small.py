"""A window without room says how large it must be, still quits, and does nothing unseen."""

import pytest

from dli_tui.tui.widgets.toosmall import LEAST
from tests.support_tui import dashboard

SIZES = [(59, 24), (100, 15), (20, 5), (1, 1)]


@pytest.mark.parametrize("size", SIZES[:2])
async def test_it_says_how_large_it_must_be_and_shows_nothing_else(size):
    async with dashboard(size=size) as here:
        said = here.picture
        assert f"too small: {size[0]} by {size[1]}" in said
        assert "60 by 16 or larger, or quit with q" in " ".join(said.split())
        assert len([line for line in here.lines if line]) == 2


@pytest.mark.parametrize("size", SIZES)
async def test_it_still_quits(size):
    async with dashboard(size=size) as here:
        await here.press("q")
        assert not here.app.is_running


async def test_the_key_that_quits_is_the_one_that_was_chosen():
    async with dashboard(size=(50, 10), keys={"go.quit": "Q"}) as here:
        await here.press("q")
        assert here.app.is_running
        await here.press("Q")
        assert not here.app.is_running


@pytest.mark.parametrize("key", ["question_mark", "colon", "p", "enter", "slash"])
async def test_nothing_else_is_done_unseen_and_all_is_there_again(key):
    async with dashboard(size=(80, 24)) as here:
        before = here.picture
        await here.resize(50, 24)
        await here.press(key, "down", "enter")
        await here.pilot.click(offset=(5, 5))
        assert "too small" in here.picture
        assert len(here.app.screen_stack) == 1
        await here.resize(80, 24)
        assert here.picture == before
        assert here.app.focused is here.app.front.table


@pytest.mark.parametrize("key", ["question_mark", "colon", "p"])
async def test_what_lies_over_a_screen_is_covered_too(key):
    async with dashboard(size=(80, 24)) as here:
        await here.press(key)
        before, focused = here.picture, here.app.focused
        await here.resize(80, 10)
        assert next(line.strip() for line in here.lines if line).startswith("This window")
        assert len([line for line in here.lines if line]) == 2
        await here.press("enter", "escape")
        assert here.sent == []
        await here.resize(80, 24)
        assert (here.picture, here.app.focused) == (before, focused)


async def test_the_least_size_shows_the_list():
    async with dashboard(size=LEAST) as here:
        assert "too small" not in here.picture
        assert "Workflows" in here.picture

"""Pause, unpause and stop take a reason along, or none."""

from __future__ import annotations

import pytest

from tests.support_deeds import answer, go_to
from tests.support_tui import dashboard


@pytest.mark.parametrize(
    ("key", "name", "deed"),
    [
        ("p", "orders_daily", "pause"),
        ("u", "orders_snapshot", "unpause"),
        ("s", "ml.embeddings", "stop"),
    ],
)
async def test_a_reason_goes_along(key, name, deed):
    async with dashboard(size=(80, 24)) as here:
        await go_to(here, name)
        await here.press(key)
        await here.type("late")
        await answer(here)
        (action,) = here.backend._journal.actions()
        assert (action.deed, action.reason) == (deed, "late")
        assert name in action.name


async def test_no_reason_is_none():
    async with dashboard() as here:
        await here.press("p")
        await answer(here)
        assert here.backend._journal.actions()[0].reason is None

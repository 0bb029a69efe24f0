"""Two dates are typed; what makes no range is said and not told on."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import date

import pytest
from textual.app import App
from textual.widgets import Input

from dli_tui.tui.widgets.daterange import DateRange
from dli_tui.tui.widgets.oneline import OneLine

TODAY = date(2026, 11, 21)
FIRST = date(2026, 11, 15)


class Held(App[None]):
    def __init__(self):
        super().__init__()
        self.dates = DateRange(FIRST, TODAY, TODAY)
        self.said = []

    def compose(self):
        yield self.dates

    def on_date_range_typed(self, message):
        self.said.append((message.start, message.end))


@asynccontextmanager
async def held():
    app = Held()
    async with app.run_test(size=(90, 4)) as pilot:
        await pilot.pause(0)
        app.said.clear()
        yield app, pilot


def complaint(app):
    return app.query_one("#range-said", OneLine).words


async def type_(app, pilot, name, text):
    app.query_one(f"#date-{name}", Input).value = text
    await pilot.pause(0)
    await pilot.pause(0)


async def test_nothing_is_told_before_somebody_has_typed():
    app = Held()
    async with app.run_test(size=(90, 4)) as pilot:
        for _ in range(5):
            await pilot.pause(0)
        assert app.said == []


async def test_a_range_that_can_be_read_is_told():
    async with held() as (app, pilot):
        await type_(app, pilot, "from", "2026-11-18")
        assert app.said == [(date(2026, 11, 18), TODAY)]
        assert complaint(app) == ""


async def test_of_a_word_it_is_told_which_day_it_means():
    async with held() as (app, pilot):
        await type_(app, pilot, "from", "3d")
        assert app.said == [(date(2026, 11, 18), TODAY)]
        assert complaint(app) == "2026-11-18 to 2026-11-21"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("from", "2026-11-", "YYYY-MM-DD"),
        ("from", "2026-02-31", "no such day"),
        ("from", "2026-11-22", "after the last"),
    ],
)
async def test_what_makes_no_range_is_said(name, text, says):
    async with held() as (app, pilot):
        await type_(app, pilot, name, text)
        assert says in complaint(app)
        assert app.said == []
        assert app.dates.range is None


async def test_dates_chosen_elsewhere_are_shown_and_not_told_back():
    async with held() as (app, pilot):
        await type_(app, pilot, "from", "nonsense")
        app.dates.put(date(2026, 10, 1), date(2026, 10, 2))
        await pilot.pause(0)
        assert app.dates.range == (date(2026, 10, 1), date(2026, 10, 2))
        assert complaint(app) == ""
        assert app.said == []


async def test_a_word_that_means_the_same_day_is_left_as_it_was_typed():
    async with held() as (app, pilot):
        await type_(app, pilot, "to", "today")
        app.dates.put(FIRST, TODAY)
        assert app.query_one("#date-to", Input).value == "today"

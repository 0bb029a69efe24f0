"""A month is chosen from with the keyboard and the mouse, and read without colours."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import date

import pytest
from textual.app import App

from dli_tui.domain.status import RunStatus
from dli_tui.present.backfillrows import DayMark
from dli_tui.tui.looks import RUNS, Looks
from dli_tui.tui.widgets.month import HEIGHT, WIDTH, Chosen, Month

TODAY = date(2026, 11, 21)
WEEK = Chosen(date(2026, 11, 16), date(2026, 11, 21))


def day(number):
    return date(2026, 11, number)


class Held(App[None]):
    CSS = f"Month {{ width: {WIDTH}; height: {HEIGHT}; }}"

    def __init__(self, looks):
        super().__init__()
        self.month = Month(WEEK, TODAY, looks)
        self.said = []

    def compose(self):
        yield self.month

    def on_month_changed(self, message):
        self.said.append(message.chosen)

    def on_month_turned(self, message):
        self.said.append(message.month.bounds)


@asynccontextmanager
async def held(looks=None):
    app = Held(looks or Looks())
    async with app.run_test(size=(40, 12)) as pilot:
        app.month.focus()
        await pilot.pause(0)
        yield app, pilot


def lines(app):
    return ["".join(part.text for part in app.month.render_line(y)) for y in range(HEIGHT)]


async def press(pilot, *keys):
    for key in keys:
        pilot.app.simulate_key(key)
        await pilot.pause(0)
    # What the last of them led to is on its way to the app.
    await pilot.pause(0)
    await pilot.pause(0)


async def test_days_stand_in_weeks_under_their_names():
    async with held() as (app, _):
        assert lines(app)[0].strip() == "[ November 2026 ]"
        assert lines(app)[1].split() == ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
        assert lines(app)[2].split() == ["1"]
        assert lines(app)[7].split() == ["30"]


@pytest.mark.parametrize(("looks", "failed"), [(Looks(), "✗"), (Looks(ascii=True), "x")])
async def test_a_day_says_what_exists_and_what_would_happen(looks, failed):
    marks = {
        day(15): DayMark(slots=1, worst=RunStatus.COMPLETED),
        day(16): DayMark(slots=1, starts=1, worst=RunStatus.FAILED),
        day(17): DayMark(slots=1, starts=1),
        day(18): DayMark(slots=1, starts=0, worst=RunStatus.COMPLETED),
        day(30): DayMark(slots=1, due=False),
    }
    async with held(looks) as (app, pilot):
        app.month.choose(WEEK._replace(without=frozenset({day(19)})))
        app.month.tell(marks)
        await pilot.pause(0)
        done = looks.glyph(RUNS[RunStatus.COMPLETED])
        assert f"15{done}" in lines(app)[4]
        week = lines(app)[5]
        assert week.startswith(f"+16{failed}+17.=18{done}-19 ")
        assert "30 " in lines(app)[7]


async def test_space_begins_a_range_moving_draws_it_and_space_ends_it():
    async with held() as (app, pilot):
        await press(pilot, "space", "left", "left", "up")
        assert app.month.chosen == Chosen(day(12), day(21))
        await press(pilot, "space", "left")
        assert app.month.chosen == Chosen(day(12), day(21))
        assert app.said[0] == Chosen(day(21), day(21))
        assert app.said[-1] == Chosen(day(12), day(21))


async def test_a_day_is_left_out_and_taken_in_again():
    async with held() as (app, pilot):
        await press(pilot, "left", "x")
        assert app.month.chosen == WEEK._replace(without=frozenset({day(20)}))
        await press(pilot, "x")
        assert app.month.chosen == WEEK


async def test_a_day_outside_the_range_can_not_be_left_out():
    async with held() as (app, pilot):
        await press(pilot, "right", "x")
        assert app.month.chosen == WEEK
        assert app.said == []


async def test_walking_out_of_a_month_and_turning_it_tell_which_is_seen():
    async with held() as (app, pilot):
        await press(pilot, "down", "down")
        assert app.month.day == date(2026, 12, 5)
        assert app.said == [(date(2026, 12, 1), date(2026, 12, 31))]
        await press(pilot, "left_square_bracket")
        assert app.month.day == day(5)
        assert lines(app)[0].strip() == "[ November 2026 ]"


async def test_dates_chosen_elsewhere_are_gone_to():
    async with held() as (app, pilot):
        app.month.choose(Chosen(date(2026, 9, 1), date(2026, 9, 3)))
        await pilot.pause(0)
        assert lines(app)[0].strip() == "[ September 2026 ]"


@pytest.mark.parametrize("rows", [3, 4, 5])
async def test_where_there_is_little_room_the_week_of_the_cursor_is_shown(rows):
    async with held() as (app, pilot):
        app.month.styles.height = rows
        await press(pilot)
        for key in [*["up"] * 3, *["down"] * 4]:
            await press(pilot, key)
            assert any(app.month.day in week for week in app.month.weeks)
            shown = "".join(lines(app)[2:rows])
            assert f"{app.month.day.day:>2}" in shown
        assert len(app.month.weeks) == rows - 2


async def test_a_click_on_a_month_that_is_cut_off_takes_the_day_that_is_seen():
    async with held() as (app, pilot):
        app.month.styles.height = 3
        await press(pilot)
        await pilot.click(Month, offset=(1, 2))
        assert app.month.chosen == Chosen(day(16), day(16))


async def test_a_click_begins_a_range_and_another_ends_it():
    async with held() as (app, pilot):
        await pilot.click(Month, offset=(1, 5))
        await pilot.click(Month, offset=(9, 5))
        assert app.month.chosen == Chosen(day(16), day(18))
        await pilot.click(Month, offset=(WIDTH - 2, 0))
        assert app.month.day.month == 12


async def test_the_day_under_the_cursor_is_seen_without_colours():
    async with held() as (app, _):
        under = [part for part in app.month.render_line(4) if part.text == "21"]
        week = [part for part in app.month.render_line(5) if part.text.strip() == "21"]
        (cell,) = under or week
        assert cell.style.reverse

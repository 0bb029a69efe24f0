"""The log as it is looked at: it follows who follows it, and stands still for who reads."""

from contextlib import asynccontextmanager

import pytest

from dli_tui.tui.logrows import Level
from tests.tui.support_log import LogApp, numbered, row, timed


@asynccontextmanager
async def reading(rows, size=(30, 10)):
    app = LogApp()
    async with app.run_test(size=size) as pilot:
        app.view.append(rows)
        await pilot.pause()
        yield app.view, app, pilot


async def press(pilot, *keys):
    for key in keys:
        pilot.app.simulate_key(key)
        await pilot.pause(0)
    await pilot.pause()


async def test_a_log_is_opened_at_its_end_and_goes_on_with_it():
    async with reading(numbered(100)) as (view, app, pilot):
        assert app.lines[-1].startswith("row 99")
        view.append(numbered(5, start=100))
        await pilot.pause()
        assert app.lines[-1].startswith("row 104")
        assert view.following


@pytest.mark.parametrize("wrapped", [False, True])
async def test_what_is_read_does_not_move_when_lines_come(wrapped):
    async with reading(numbered(100)) as (view, app, pilot):
        view.wrap(on=wrapped)
        await press(pilot, "pageup", "pageup")
        before = app.lines
        for start in (100, 600):
            view.append(numbered(500, start=start))
            await pilot.pause()
        assert app.lines == before
        assert not view.following
        await press(pilot, "G")
        assert app.lines[-1].startswith("row 1099")
        assert view.following


async def test_the_wheel_is_reading_too():
    async with reading(numbered(100)) as (view, app, pilot):
        view.scroll_relative(y=-6, animate=False, immediate=True)
        await pilot.pause()
        before = app.lines
        assert not view.following
        view.append(numbered(50, start=100))
        await pilot.pause()
        assert app.lines == before


async def test_the_first_error_stands_under_a_little_of_what_came_before():
    rows = numbered(100)
    rows[40], rows[60] = row("it broke", "error"), row("and again", "error")
    async with reading(rows) as (view, app, pilot):
        assert view.to_first_error()
        await pilot.pause()
        assert app.lines[:4] == ["row 37", "row 38", "row 39", "it broke"]
        assert view.current.text == "it broke"
        assert not view.to_first_error(since=61)


async def test_a_level_keeps_the_row_that_is_read_or_the_one_before_it():
    rows = [row(f"row {n}", "error" if n % 10 == 0 else "info") for n in range(100)]
    async with reading(rows) as (view, _, pilot):
        view.go_to(44)
        view.show_level(Level.ERRORS)
        assert (view.count, view.current.text) == (10, "row 40")
        view.append([row("row 100", "error"), row("row 101")])
        assert view.count == 11
        view.show_level(Level.ALL)
        await pilot.pause()
        assert (view.count, view.current.text) == (102, "row 44")


@pytest.mark.parametrize("wrapped", [False, True])
async def test_a_level_that_shows_nothing_costs_nobody_his_place(wrapped):
    async with reading(numbered(1000)) as (view, app, pilot):
        view.wrap(on=wrapped)
        view.go_to(500)
        view.scroll_lines_to(497)
        await pilot.pause()
        before = app.lines
        view.show_level(Level.ERRORS)
        assert (view.count, view.current) == (0, None)
        view.append([row("it broke", "error")])
        await pilot.pause()
        assert (view.current.text, view.following) == ("it broke", False)
        assert app.lines[0] == "it broke"
        view.show_level(Level.ALL)
        await pilot.pause()
        assert app.lines == before
        assert view.current.text == "row 500"


async def test_a_window_that_changes_while_a_level_shows_nothing_breaks_nothing():
    async with reading(numbered(1000)) as (view, app, pilot):
        view.wrap(on=True)
        view.go_to(500)
        view.show_level(Level.ERRORS)
        await pilot.resize_terminal(24, 8)
        view.append([row("it broke", "error")])
        await pilot.resize_terminal(20, 6)
        assert view.current.text == "it broke"
        view.show_level(Level.ALL)
        await pilot.pause()
        assert view.current.text == "row 500"
        assert "row 500" in app.lines


async def test_who_moved_among_the_errors_stays_where_he_went():
    rows = [row(f"row {n}", "error" if n % 10 == 0 else "info") for n in range(100)]
    async with reading(rows) as (view, _, _pilot):
        view.go_to(44)
        view.show_level(Level.ERRORS)
        view.go_to(7)
        view.show_level(Level.ALL)
        assert view.current.text == "row 70"


async def test_to_stand_on_the_last_error_is_not_to_follow():
    rows = [row(f"row {n}", "error" if n == 40 else "info") for n in range(100)]
    async with reading(rows) as (view, _, _pilot):
        view.go_to(44)
        view.show_level(Level.ERRORS)
        assert (view.current.text, view.following) == ("row 40", False)


async def test_the_row_that_is_read_is_seen_in_a_smaller_window_too():
    async with reading(numbered(1000)) as (view, app, pilot):
        view.wrap(on=True)
        view.go_to(500)
        view.scroll_lines_to(491)
        await pilot.resize_terminal(24, 5)
        await pilot.pause()
        assert "row 500" in app.lines


async def test_wrapping_keeps_the_row_that_is_read_at_its_height():
    rows = [row(f"{n} " + "x" * 70) for n in range(50)]
    async with reading(rows) as (view, app, pilot):
        view.go_to(20)
        view.scroll_lines_to(17)
        view.wrap(on=True)
        await pilot.pause()
        assert app.lines[3].startswith("20 x")
        assert view.count > 100
        view.wrap(on=False)
        await pilot.pause()
        assert app.lines[3].startswith("20 x")


async def test_a_wrapped_row_loses_nothing_of_its_text():
    text = "abc 한글 " * 12
    async with reading([*timed(text), row("end")]) as (_, app, pilot):
        app.view.wrap(on=True)
        await pilot.pause()
        shown = "".join(line for line in app.lines if line != "end")
        assert shown.startswith("06:00:00 abc 한글")
        assert "".join(shown.split()) == "06:00:00" + "".join(text.split())
        assert app.lines[: app.view.count][-1] == "end"


async def test_sideways_goes_as_far_as_something_is_written():
    async with reading(timed("left " + "-" * 40 + " right")) as (_, app, pilot):
        assert app.lines[0].startswith("06:00:00 left")
        await press(pilot, "right", "right")
        assert app.lines[0].endswith("right")
        await press(pilot, *["right"] * 9)
        assert app.lines[0].endswith("right")
        await press(pilot, "h", "left", "h")
        assert app.lines[0].startswith("06:00:00 left")


async def test_a_search_goes_on_from_here_round_the_end_and_in_any_case():
    rows = [row(f"Batch {n}" if n % 30 == 10 else f"row {n}") for n in range(100)]
    async with reading(rows) as (view, _, _pilot):
        view.go_to(35)
        view.search("bA")
        assert (view.current.text, view.hits) == ("Batch 40", ("ba", 2, 3))
        for by, text in ((1, "Batch 70"), (1, "Batch 10"), (-1, "Batch 70")):
            assert view.hit(by)
            assert view.current.text == text
        view.append([row("batch 100")])
        assert view.hits.total == 4
        view.search("batch 1")
        assert view.hits.total == 2
        view.search("no such")
        assert (view.hit(1), view.hits.total) == (False, 0)


async def test_a_hit_far_to_the_right_is_brought_into_sight():
    async with reading([*timed("x" * 200 + " needle"), row("short")]) as (view, app, pilot):
        view.search("needle")
        await pilot.pause()
        assert "needle" in app.lines[0]
        view.search("short")
        await pilot.pause()
        assert app.lines[1] == "short"


async def test_a_hundred_thousand_lines_are_searched_between_two_keys():
    async with reading(numbered(100_000)) as (view, app, pilot):
        view.search("9")
        view.search("99")
        view.search("9999")
        await pilot.pause()
        assert view.hits == ("9999", 19, 19)
        assert app.lines[-1] == "row 99999"


async def test_another_log_begins_at_its_own_start():
    async with reading(numbered(100)) as (view, app, pilot):
        view.go_to(50)
        view.search("row")
        view.start_over()
        view.append(numbered(2))
        await pilot.pause()
        assert [line for line in app.lines if line] == ["row 0", "row 1"]
        assert (view.hits.total, view.following) == (2, True)


async def test_an_empty_log_takes_every_key():
    async with reading([]) as (view, _, pilot):
        await press(pilot, "down", "pageup", "G", "right", "h", "g")
        view.search("x")
        view.wrap(on=True)
        view.show_level(Level.ERRORS)
        assert (view.count, view.current, view.hit(1), view.to_first_error()) == (
            *(0, None, False, False),
        )

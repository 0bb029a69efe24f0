"""From which day to which: typed as one likes, complained about at the field, nothing is sent."""

from datetime import date

import pytest

from dli_tui.present import dates
from dli_tui.tui.modals.dates import DatesForm, Range
from tests.support_tui import dashboard

TODAY = date(2026, 11, 21)


async def asked(here, known=(None, None)):
    """The form, and where its answer will be."""
    answers: list[Range | None] = []
    here.app.push_screen(DatesForm(known, TODAY), answers.append)
    await here.settle()
    return answers


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("2026-11-01", "2026-11-07", (date(2026, 11, 1), date(2026, 11, 7))),
        ("7d", "", (date(2026, 11, 14), None)),
        ("", "yesterday", (None, date(2026, 11, 20))),
        ("", "", (None, None)),
    ],
)
async def test_two_days_are_the_answer_and_either_may_be_open(start, end, found):
    async with dashboard(size=(80, 24)) as here:
        answers = await asked(here)
        await here.type(start)
        await here.press("tab")
        await here.type(end)
        await here.press("enter")
        assert answers == [found]


async def test_what_is_no_date_is_complained_about_where_it_stands():
    async with dashboard(size=(80, 24)) as here:
        answers = await asked(here)
        await here.type("soon")
        await here.press("enter")
        assert answers == []
        assert dates.HOW in here.picture
        await here.press("ctrl+u")
        await here.type("today")
        await here.press("enter")
        assert answers == [(TODAY, None)]


async def test_an_end_before_the_start_is_complained_about():
    async with dashboard(size=(80, 24)) as here:
        answers = await asked(here, known=(TODAY, None))
        await here.press("tab")
        await here.type("3d")
        await here.press("ctrl+s")
        assert answers == []
        assert "before 2026-11-21" in here.picture


async def test_what_was_chosen_is_there_again_and_escape_leaves_it():
    async with dashboard(size=(80, 24)) as here:
        answers = await asked(here, known=(date(2026, 11, 1), TODAY))
        assert "2026-11-01" in here.picture
        await here.press("escape")
        assert answers == [None]
        assert here.sent == []


async def test_it_stands_in_the_middle_and_the_page_behind_stays_in_sight():
    async with dashboard(size=(80, 24)) as here:
        await asked(here)
        form = here.screen.query_one("#question").region
        assert form.y > 1
        assert 24 - form.bottom > 1
        assert here.screen.styles.background.a < 1

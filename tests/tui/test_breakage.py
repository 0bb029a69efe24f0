"""An exception that nobody expected ends what raised it, and nothing else."""

from __future__ import annotations

import pytest

from dli_tui.domain.errors import ErrorCode
from dli_tui.session.poller import SLOWEST_RETRY
from dli_tui.tui.breakage import MOST_REPORTS
from dli_tui.tui.modals.question import Question
from dli_tui.tui.screens.backfills import BackfillsScreen
from dli_tui.tui.widgets.table import Table
from tests.support_tui import dashboard

SECRET = "the words of an exception may be a secret"


def failing(times=1):
    """Something that raises so often, and is then as it was."""
    left = [ZeroDivisionError(SECRET)] * times

    def wrap(whole):
        def sometimes(*given, **named):
            if left:
                raise left.pop()
            return whole(*given, **named)

        return sometimes

    return wrap


def header(here):
    return here.lines[0]


async def test_a_list_whose_poll_breaks_is_not_live_and_lives_again_with_the_next_answer(
    monkeypatch,
):
    async with dashboard(breaks=True) as here:
        assert "live" in header(here)
        client = here.app.bridge.session.client
        monkeypatch.setattr(client, "changes", failing()(client.changes))
        await here.pass_by(10)
        assert "BROKEN" in header(here)
        assert "live" not in header(here)
        assert ErrorCode.INTERNAL in here.lines[-2]
        assert SECRET not in here.picture
        assert here.screen.table.rows
        await here.press("r")
        assert "live" in header(here)
        assert ErrorCode.INTERNAL not in here.picture


async def test_a_poll_that_breaks_is_tried_again_by_itself(monkeypatch):
    async with dashboard(breaks=True) as here:
        client = here.app.bridge.session.client
        monkeypatch.setattr(client, "backfills", failing()(client.backfills))
        await here.press("6")
        assert "BROKEN" in header(here)
        await here.pass_by(SLOWEST_RETRY)
        assert "BROKEN" not in header(here)


async def test_a_message_that_breaks_its_screen_is_told_there_until_it_is_asked_again(monkeypatch):
    async with dashboard(breaks=True) as here:
        monkeypatch.setattr(BackfillsScreen, "opened", failing()(BackfillsScreen.opened))
        await here.press("6")
        assert "BROKEN" in header(here)
        await here.press("r")
        assert "BROKEN" not in header(here)
        await here.press("1")
        assert "live" in header(here)


async def test_a_worker_that_breaks_is_told_on_its_screen(monkeypatch):
    async with dashboard(breaks=True) as here:
        session = here.app.bridge.session
        monkeypatch.setattr(session, "dataset_info", failing()(session.dataset_info))
        await here.press("down")
        await here.pass_by(1)
        assert "BROKEN" in header(here)


async def test_a_line_that_cannot_be_drawn_leaves_the_others(monkeypatch):
    async with dashboard(breaks=True) as here:
        paint = Table.paint

        def some(table, index, width):
            if index == 2:
                raise ZeroDivisionError(SECRET)
            return paint(table, index, width)

        monkeypatch.setattr(Table, "paint", some)
        here.screen.table.forget_strips()
        await here.settle()
        broken = [line for line in here.lines if "dli-tui broke here" in line]
        assert len(broken) == 2  # the line, and the notice
        assert "BROKEN" in header(here)


async def test_a_key_that_breaks_is_told_and_the_next_one_works(monkeypatch):
    async with dashboard(breaks=True) as here:
        home = type(here.app.home)
        monkeypatch.setattr(home, "action_open", failing()(home.action_open))
        await here.press("enter")
        assert [note.severity for note in here.app._notifications] == ["error"]
        await here.press("enter")
        assert len(here.app.screen_stack) == 2


async def test_a_dialog_whose_sending_breaks_says_that_it_may_have_been_done(monkeypatch):
    async with dashboard(breaks=True) as here:
        client = here.app.bridge.session.client
        monkeypatch.setattr(client, "pause", failing()(client.pause))
        await here.press("p")
        here.pace.advance(1)
        await here.press("enter")
        assert isinstance(here.screen, Question)
        assert not here.screen.is_settled
        assert here.screen._is_unsure
        await here.press("escape")
        assert here.screen is here.app.home


async def test_a_dialog_that_breaks_twice_is_left():
    async with dashboard(breaks=True) as here:
        await here.press("p")
        here.app.breakage.contain(ZeroDivisionError("once"), here.screen)
        assert isinstance(here.screen, Question)
        here.app.breakage.contain(ZeroDivisionError("twice"), here.screen)
        await here.settle()
        assert here.screen is here.app.home


async def test_a_dashboard_that_breaks_in_every_way_ends():
    async with dashboard(breaks=True) as here:
        for number in range(MOST_REPORTS):
            here.app.breakage.contain(ZeroDivisionError(str(number)), here.screen)
        assert here.app.crash is None
        here.app.breakage.contain(ZeroDivisionError("another"), here.screen)
        assert here.app.crash is not None
        # What ends the app is raised by its runner.
        here.app._exception = None


@pytest.mark.parametrize("path", ["", "/kept/crash.log"])
async def test_the_notice_names_the_file_with_the_report(path):
    kept = []

    def keep(text):
        kept.append(text)
        return path

    async with dashboard(breaks=True, keep_report=keep) as here:
        here.app.breakage.contain(ZeroDivisionError("once"), here.screen)
        here.app.breakage.contain(ZeroDivisionError("once"), here.screen)
        await here.settle()
        assert len(kept) == 1
        assert (bool(path) and path in here.picture) or "bug" in here.lines[-2]


async def test_what_was_to_follow_a_refresh_is_contained_too():
    async with dashboard(breaks=True) as here:
        here.app.home.call_after_refresh(failing()(lambda: None))
        await here.settle()
        assert "BROKEN" in header(here)
        await here.press("r")
        assert "live" in header(here)


async def test_a_timer_that_breaks_is_contained_too():
    async with dashboard(breaks=True) as here:
        here.app.home.set_timer(0.001, failing()(lambda: None))
        await here.until(lambda: "BROKEN" in header(here))


async def test_what_breaks_on_a_page_that_was_left_is_no_news():
    async with dashboard() as here:
        await here.press("enter")
        page = here.screen
        await here.press("escape")
        here.app.breakage.contain(ZeroDivisionError(), page)
        assert here.app.breakage.reports == []


async def test_what_breaks_while_a_page_is_taken_away_is_no_news():
    async with dashboard() as here:
        await here.press("enter")
        page = here.screen
        # As Textual marks a page and all on it, before the widgets go one by one.
        page._pruning = True
        here.app.breakage.contain(ZeroDivisionError(), page)
        page._pruning = False
        assert here.app.breakage.reports == []


async def test_what_was_to_follow_a_refresh_of_a_page_that_was_left_is_no_news():
    async with dashboard() as here:
        await here.press("enter")
        here.screen.call_after_refresh(failing()(lambda: None))
        here.app.pop_screen()
        await here.settle()
        assert here.app.breakage.reports == []

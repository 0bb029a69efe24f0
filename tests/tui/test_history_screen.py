"""The page of a workflow and the history of all: filtered, paged on, with pictures beside."""

import asyncio
from datetime import date

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.page import Page
from dli_tui.domain.status import RunStatus, RunType, SourceType, StepStatus
from dli_tui.domain.step import Step
from dli_tui.present.words import day_of
from dli_tui.tui.charts import Picture
from dli_tui.tui.looks import Looks
from dli_tui.tui.screens.history import HistoryScreen
from dli_tui.tui.screens.run import RunScreen
from tests.support_backends import MANUAL, ScriptedBackend, row
from tests.support_backends import run as made
from tests.support_deeds import answer, go_to, notices, tap
from tests.support_tui import HOUR, SIZES, dashboard

DOWN = ConnectionFailedError()
FAILED, DONE = RunStatus.FAILED, RunStatus.COMPLETED
FAILING, HOSTILE = "logistics.carriers.rates", "legacy.[bold]import[/bold]"
RUNNING, ROUTINE = "ml.recommender.train", "catalog.products_sync"


async def page_of(here, name):
    """The page of a workflow."""
    await go_to(here, name)
    await here.press("enter")
    return here.screen


def statuses(page):
    return {line.status for line in page.table.rows if hasattr(line, "status")}


class Place(ScriptedBackend):
    """One workflow, `d`, with numbered runs; it counts the pages that it was asked for."""

    def __init__(self, count=0, *, page=500, **options):
        runs = [
            made(
                f"r{number:05}",
                FAILED if number % 10 == 3 else DONE,
                started_at=HOUR,
                finished_at=HOUR,
                error_message="out of room" if number % 10 == 3 else None,
                source_type=MANUAL,
            )
            for number in reversed(range(count))
        ]
        super().__init__(rows=[row("d")], runs=runs, page=page, **options)
        self.pages = 0

    async def history(self, query):
        self._asked("history", query)
        for start in range(0, len(self.runs), self.page):
            self.pages += 1
            yield Page(tuple(self.runs[start : start + self.page]), self.total)

    async def steps(self, ref):
        self._asked("steps", ref)
        return (Step(name="load", status=StepStatus.COMPLETED),)


async def test_enter_on_the_list_opens_the_page_of_the_workflow():
    async with dashboard() as here:
        page = await page_of(here, FAILING)
        assert isinstance(page, HistoryScreen)
        assert page.crumbs == ("Workflows", FAILING)
        assert FAILING in here.lines[0]
        assert page.table.run.status is FAILED
        assert "HTTP 503" in here.picture


async def test_what_is_known_of_the_dataset_stands_beside_the_runs():
    async with dashboard(size=(120, 36)) as here:
        await page_of(here, FAILING)
        about = here.screen.about.words
        assert "every 30 minutes" in about
        for label in ("owner", "team", "description", "spec"):
            assert label in about


async def test_what_nobody_knows_of_it_stays_empty():
    async with dashboard(size=(120, 36), backend=Place(1)) as here:
        await here.press("enter")
        facts = here.screen.about.words.splitlines()
        assert {"owner", "team", "description", "spec"} <= {line.strip() for line in facts}


async def test_a_history_of_all_is_a_key_away_and_its_panel_follows_the_cursor():
    async with dashboard(size=(120, 36)) as here:
        await here.press("2")
        page = here.screen
        assert page.crumbs == ("Workflows", "History")
        first = page.table.run.workflow
        assert page.about.words.startswith(first)
        await here.press("down")
        assert page.table.run.workflow != first
        assert page.about.words.startswith(page.table.run.workflow)


async def test_the_picture_of_another_workflow_comes_once_the_cursor_rests():
    async with dashboard(size=(120, 36)) as here:
        await here.press("2")
        page = here.screen
        assert "median" not in page.shown_picture.words
        await here.pass_by(1)
        assert "median" in page.shown_picture.words


async def test_for_a_panel_that_nobody_sees_nothing_is_asked():
    backend = Place(30)
    async with dashboard(size=(120, 36), backend=backend) as here:
        await here.press("2")
        await here.pass_by(1)

        def beside():
            return [query for query in backend.arrived("history") if query.workflow == "d"]

        assert len(beside()) == 1
        await here.resize(80, 24)
        await here.pass_by(30)
        assert len(beside()) == 1
        await here.resize(120, 36)
        await here.pass_by(1)
        assert len(beside()) == 2


async def test_enter_opens_the_run_under_the_cursor_and_escape_comes_back():
    async with dashboard() as here:
        page = await page_of(here, FAILING)
        await here.press("down")
        ref = page.table.run.ref
        await here.press("enter")
        opened = here.screen
        assert isinstance(opened, RunScreen)
        assert opened.feed.ref == ref
        await here.press("escape")
        assert here.screen is page
        assert page.table.run.ref == ref


# Filters


async def test_each_filter_goes_through_its_values_and_is_told():
    async with dashboard() as here:
        page = await page_of(here, HOSTILE)
        await here.press("a")
        assert page.filter.status is FAILED
        assert statuses(page) == {FAILED}
        assert "failed" in here.lines[1]
        await here.press("x", "e")
        assert page.filter.run_type is RunType.SCHEDULED
        assert {line.kind for line in page.table.rows if hasattr(line, "kind")} == {"scheduled"}
        await here.press("escape")
        assert page.filter.is_empty
        await here.press("escape")
        assert here.screen is not page


class Slow(Place):
    """Answers a question with a filter only when it is let to."""

    def __init__(self, count):
        super().__init__(count)
        self.gate = asyncio.Event()

    async def history(self, query):
        if query.status is not None:
            await self.gate.wait()
        async for page in super().history(query):
            yield page


async def test_until_the_answer_is_here_what_does_not_fit_is_not_shown():
    backend = Slow(30)
    async with dashboard(size=(120, 36), backend=backend) as here:
        await here.press("enter")
        page = here.screen
        await tap(here, "a")
        assert page.feed.loading
        assert statuses(page) == {FAILED}
        assert "asking" in here.lines[0]
        await tap(here, "a")
        assert statuses(page) == set()
        assert "asking …" in here.picture
        assert "status running" in here.picture
        backend.gate.set()
        await here.settle()
        assert "asking" not in here.picture


async def test_the_days_of_a_workflow_are_those_of_its_schedules_zone():
    async with dashboard(size=(120, 36)) as here:
        page = await page_of(here, ROUTINE)
        page._filter(start=date(2026, 11, 20), end=date(2026, 11, 20))
        await here.settle()
        slots = [line.slot for line in page.table.rows if hasattr(line, "slot")]
        assert slots
        assert {day_of(slot, "Asia/Seoul") for slot in slots} == {date(2026, 11, 20)}
        assert page.feed.query.start_date == date(2026, 11, 19)
        await here.press("d")
        assert "else of the start, in Asia/Seoul" in here.picture


async def test_the_days_of_all_are_those_of_utc_which_is_said_where_times_are_others():
    async with dashboard(size=(120, 36), zone="Asia/Seoul") as here:
        await here.press("2", "Z")
        here.screen._filter(start=date(2026, 11, 20), end=date(2026, 11, 20))
        await here.settle()
        assert "slots 2026-11-20 UTC" in here.lines[1]


async def test_a_picture_of_filtered_runs_says_so():
    async with dashboard(size=(120, 36)) as here:
        await page_of(here, FAILING)
        await here.press("a")
        assert "Only those that fit: status failed" in here.screen.shown_picture.words


async def test_among_the_runs_of_all_the_source_is_a_filter_too():
    async with dashboard() as here:
        await here.press("2", "f")
        assert here.screen.filter.source is SourceType.CODE
        assert "source code" in here.lines[1]


async def test_a_range_of_dates_is_asked_for_in_a_form():
    async with dashboard(size=(80, 24)) as here:
        page = await page_of(here, HOSTILE)
        await here.press("d")
        await here.type("2d")
        await here.press("tab")
        await here.type("yesterday")
        await here.press("enter")
        assert "2026-11-19 to 2026-11-20" in here.lines[1]
        days = {line.slot.day for line in page.table.rows if hasattr(line, "slot")}
        assert days == {19, 20}


async def test_a_part_of_a_name_is_searched_and_one_that_fits_one_workflow_is_asked_for():
    async with dashboard() as here:
        await here.press("2", "slash")
        await here.type("orders")
        page = here.screen
        found = {line.workflow for line in page.table.rows if hasattr(line, "workflow")}
        assert len(found) > 1
        assert all("orders" in name for name in found)
        assert page.feed.query.workflow is None
        await here.type("_ho")
        await here.press("enter")
        assert page.feed.query.workflow == "orders_hourly"
        found = {line.workflow for line in page.table.rows if hasattr(line, "workflow")}
        assert found == {"orders_hourly"}


async def test_a_filter_that_nothing_fits_says_so_and_names_the_key_that_helps():
    async with dashboard(size=(80, 24), backend=Place(30)) as here:
        await here.press("2")
        for _ in range(4):
            await here.press("a")
        assert here.screen.filter.status is RunStatus.KILLED
        assert "No run fits the filter" in here.picture
        assert "status killed" in here.picture
        await here.press("x")
        assert here.screen.listing.shown == 30


async def test_the_page_of_one_workflow_has_no_other_names_to_search():
    async with dashboard() as here:
        page = await page_of(here, FAILING)
        assert "/ " not in here.lines[-1]
        assert "source" not in here.lines[1]
        await here.press("slash")
        assert any("2 shows those of all" in told for told in notices(here))
        assert page.focused is page.table
        await here.press("f")
        assert page.filter.is_empty


# Paging


async def test_ten_thousand_runs_page_on_as_one_scrolls_with_one_question_a_page():
    backend = Place(10_000, total=10_000)
    async with dashboard(size=(80, 24), backend=backend) as here:
        await here.press("enter")
        page = here.screen
        assert backend.pages == 1
        assert "10,000 runs" in here.lines[0]
        made_lines = 0
        for turn in range(2, 21):
            await here.press("end")
            assert backend.pages == turn
            lines = len(page.table.rows)
            assert lines - made_lines <= 2 * 550
            made_lines = lines
            painted = len(page.table._shown)
            assert painted <= 3 * page.table.room
        await here.press("end")
        assert page.listing.shown == 10_000
        assert page.table.run.ref.run_id == "r00000"
        assert len(backend.arrived("history")) == 1
        assert backend.pages == 20


async def test_a_row_that_did_not_move_is_not_made_again():
    backend = Place(2_000)
    async with dashboard(size=(80, 24), backend=backend) as here:
        await here.press("enter", "end", "end")
        page = here.screen
        before = page.table.rows[:50]
        backend.runs.insert(0, made("new", DONE, started_at=HOUR))
        await here.pass_by(10)
        assert page.table.rows[0].ref.run_id == "new"
        pairs = zip(page.table.rows[1:51], before, strict=True)
        assert all(new is old for new, old in pairs)


async def test_news_leave_the_cursor_where_it_is():
    backend = Place(100)
    async with dashboard(size=(80, 24), backend=backend) as here:
        await here.press("enter", "down", "down", "down")
        page = here.screen
        ref = page.table.run.ref
        backend.runs.insert(0, made("new", DONE, started_at=HOUR))
        await here.pass_by(10)
        assert page.table.run.ref == ref
        assert page.table.rows[0].ref.run_id == "new"


async def test_a_count_that_the_server_does_not_tell_is_at_least_what_was_seen():
    async with dashboard(size=(80, 24), backend=Place(100, page=80)) as here:
        await here.press("enter")
        assert "80+ runs" in here.lines[0]
        await here.press("end")
        assert "100 runs" in here.lines[0]


async def test_a_covered_page_asks_nothing():
    backend = Place(100)
    async with dashboard(size=(120, 36), backend=backend) as here:
        await here.press("enter", "v", "v", "enter")
        assert isinstance(here.screen, RunScreen)
        asked = len(backend.arrived("history"))
        await here.pass_by(60)
        assert len(backend.arrived("history")) == asked
        await here.press("escape")
        assert len(backend.arrived("history")) == asked + 1


async def test_what_would_be_asked_once_the_cursor_rests_is_not_asked_by_a_page_that_is_covered():
    backend = Place(100)
    async with dashboard(size=(120, 36), backend=backend) as here:
        await here.press("2", "enter")
        assert isinstance(here.screen, RunScreen)
        asked = len(backend.arrived("history"))
        for _ in range(4):
            await here.pass_by(15)
        assert len(backend.arrived("history")) == asked
        await here.press("escape")
        await here.pass_by(1)
        assert "d" in {query.workflow for query in backend.arrived("history")}


# Failures


async def test_the_next_failed_run_is_a_key_away():
    async with dashboard(size=(80, 24), backend=Place(40)) as here:
        await here.press("enter", "right_square_bracket")
        page = here.screen
        assert page.table.run.ref.run_id == "r00033"
        await here.press("right_square_bracket")
        assert page.table.run.ref.run_id == "r00023"
        await here.press("left_square_bracket")
        assert page.table.run.ref.run_id == "r00033"
        await here.press("left_square_bracket")
        assert any("No failed run further up" in told for told in notices(here))


async def test_a_server_that_is_gone_leaves_the_runs_and_says_so():
    backend = Place(30)
    async with dashboard(size=(80, 24), backend=backend) as here:
        await here.press("enter")
        backend.cues["history"] = [DOWN]
        await here.press("r")
        assert "OFFLINE" in here.lines[0]
        assert here.screen.listing.shown == 30


async def test_a_history_that_never_came_says_what_is_wrong_and_what_helps():
    async with dashboard(size=(80, 24), backend=Place(30, cues={"history": [DOWN]})) as here:
        await here.press("enter")
        assert str(DOWN.code) in here.screen.table.said
        assert "ask again" in here.screen.table.said
        await here.press("r")
        assert here.screen.listing.shown == 30


async def test_under_another_filter_that_can_not_be_asked_nothing_old_is_shown():
    backend = Place(30)
    async with dashboard(size=(80, 24), backend=backend) as here:
        await here.press("enter")
        backend.cues["history"] = [DOWN]
        await here.press("a")
        assert here.screen.table.count == 0
        assert str(DOWN.code) in here.screen.table.said


async def test_an_old_picture_says_how_old_it_is():
    async with dashboard(size=(80, 24), backend=Place(30)) as here:
        await here.press("enter")
        here.screen.feed.pause()
        await here.pass_by(60)
        assert "STALE" in here.lines[0]


async def test_a_workflow_that_never_ran_says_how_to_start_it():
    async with dashboard(size=(80, 24), backend=Place()) as here:
        await here.press("enter")
        assert "d has never run" in here.picture
        assert "R start a run" in here.picture
        assert [target.key.name for target in here.screen.targets] == ["d"]


async def test_a_place_where_nothing_ever_ran_says_so():
    async with dashboard(size=(80, 24), backend=Place()) as here:
        await here.press("2")
        assert "Nothing has run in demo yet" in here.picture


# Deeds


async def test_a_deed_on_a_run_is_meant_for_the_one_under_the_cursor():
    async with dashboard() as here:
        page = await page_of(here, HOSTILE)
        await here.press("right_square_bracket")
        failed = page.table.run
        assert failed.ref != page.listing.lines[0].ref
        await here.press("t")
        assert failed.name in here.picture
        await answer(here)
        assert here.sent == ["retry"]
        assert here.backend._journal.actions()[-1].name == HOSTILE


async def test_a_deed_on_a_schedule_is_meant_for_the_workflow_of_the_run():
    async with dashboard() as here:
        await here.press("2")
        name = here.screen.table.run.workflow
        await here.press("p")
        assert f"Pause {name}?" in here.picture
        await answer(here)
        assert here.sent == ["pause"]


async def test_a_run_can_be_watched_and_its_id_copied():
    async with dashboard() as here:
        page = await page_of(here, RUNNING)
        ref = page.table.run.ref
        await here.press("w", "y")
        assert here.app.bridge.session.watching.is_watched(ref)
        assert any(ref.run_id in told for told in notices(here))


async def test_a_run_of_no_workflow_of_the_list_can_be_dealt_with_all_the_same():
    backend = Place()
    backend.runs = [made("r1", RunStatus.RUNNING, dataset_name="gone", started_at=HOUR)]
    async with dashboard(size=(120, 36), backend=backend) as here:
        await here.press("2")
        assert "not in the list" in here.screen.about.words
        await here.press("s")
        await answer(here)
        assert backend.sent == ["stop"]


async def test_a_run_of_no_backfill_has_no_backfill_to_open():
    async with dashboard() as here:
        await page_of(here, FAILING)
        await here.press("B")
        assert any("belongs to no backfill" in told for told in notices(here))


async def test_a_run_of_a_backfill_says_so_and_leads_to_it(monkeypatch):
    opened = []
    backend = Place()
    child = {"run_type": RunType.BACKFILL, "backfill_id": "b1", "source_type": MANUAL}
    backend.runs = [made("r1", DONE, started_at=HOUR, **child)]
    async with dashboard(size=(80, 24), backend=backend) as here:
        monkeypatch.setattr(here.app, "open_backfill", lambda ref, name: opened.append((ref, name)))
        await here.press("enter", "B")
        assert "backfill" in here.lines[3]
        assert opened == [(RunRef("b1", "d"), "d")]


async def test_where_nothing_may_be_changed_nothing_is_asked():
    async with dashboard(read_only=True) as here:
        page = await page_of(here, FAILING)
        await here.press("t")
        assert here.screen is page
        assert any("READ-ONLY" in told for told in notices(here))


# Pictures


async def test_v_goes_through_the_pictures():
    async with dashboard(size=(120, 36)) as here:
        page = await page_of(here, ROUTINE)
        seen = []
        for _ in Picture:
            seen.append(page.shown_picture.words)
            await here.press("v")
        assert "median" in seen[0]
        assert "no run" in seen[1]
        assert "A column a run" in seen[2]
        assert page.shown_picture.words == seen[0]


async def test_the_days_are_those_of_the_schedules_zone():
    async with dashboard(size=(120, 36)) as here:
        await page_of(here, ROUTINE)
        await here.press("v")
        assert "days in Asia/Seoul" in here.picture


async def test_steps_are_asked_for_only_when_they_are_seen():
    backend = Place(60)
    async with dashboard(size=(120, 36), backend=backend) as here:
        await here.press("enter", "v")
        assert not backend.arrived("steps")
        await here.press("v")
        asked = len(backend.arrived("steps"))
        assert 0 < asked < 60
        assert "load" in here.screen.shown_picture.words
        await here.pass_by(60)
        assert len(backend.arrived("steps")) == asked


async def test_a_place_that_tells_no_steps_says_so():
    backend = Place(5, without=[Capability.STEPS])
    async with dashboard(size=(120, 36), backend=backend) as here:
        await here.press("enter", "v", "v")
        told = here.screen.shown_picture.words
        assert "The script doesn't offer showing the steps of a run" in told
        assert not backend.arrived("steps")


async def test_on_a_narrow_terminal_the_picture_takes_the_place_of_the_runs():
    async with dashboard(size=(80, 24)) as here:
        page = await page_of(here, ROUTINE)
        await here.press("v")
        assert "median" in here.picture
        assert not page.table.display or page.table.size.width == 0
        await here.press("v")
        assert "no run" in here.picture
        await here.press("escape")
        assert here.screen is page
        assert page.focused is page.table
        assert "median" not in here.picture


async def test_where_there_are_few_lines_z_is_for_what_is_known_and_v_for_the_picture():
    async with dashboard(size=(60, 16)) as here:
        page = await page_of(here, ROUTINE)
        await here.press("z")
        assert page.about.size.height == 13
        assert "median" not in here.picture
        await here.press("v")
        assert page.picture is Picture.TREND
        assert "median" in here.picture


async def test_z_shows_all_that_is_known_also_on_a_narrow_terminal():
    async with dashboard(size=(80, 24)) as here:
        page = await page_of(here, FAILING)
        await here.press("z")
        assert "every 30 minutes" in here.picture
        assert page.focused is page.about
        await here.press("z")
        assert page.focused is page.table


async def test_another_size_is_laid_out_anew():
    async with dashboard(size=(120, 36)) as here:
        page = await page_of(here, ROUTINE)
        for columns, rows in ((80, 24), (200, 60), (120, 36)):
            await here.resize(columns, rows)
            assert page.query_one("#side").display is (columns >= 100)
        assert "median" in here.picture


async def test_times_are_told_as_the_person_chose():
    async with dashboard() as here:
        await page_of(here, ROUTINE)
        assert "times in Asia/Seoul" in here.lines[1]
        before = here.lines[4]
        await here.press("Z", "Z")
        assert "times in UTC" in here.lines[1]
        assert here.lines[4] != before


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize(
    "keys",
    [("2", "slash", *"orders", "enter"), ("enter",), ("enter", "v"), ("enter", "v", "v")],
    ids=" ".join,
)
async def test_in_ascii_every_page_is_ascii(size, keys):
    async with dashboard(size=size, looks=Looks(ascii=True)) as here:
        await go_to(here, FAILING)
        await here.press(*keys)
        assert here.picture.isascii()


async def test_the_name_of_a_hostile_workflow_harms_nobody():
    async with dashboard(size=(120, 36)) as here:
        page = await page_of(here, HOSTILE)
        assert HOSTILE in here.lines[0]
        assert "[red]not a colour[/red]" in here.picture
        assert "\x1b" not in here.picture
        assert page.targets[0].key == WorkflowKey(HOSTILE, SourceType.MANUAL)

"""The page of a run: what it says of runs of every kind, live, and where each key leads."""

from datetime import date

import pytest

from dli_tui.domain.errors import ConnectionFailedError, Unsupported
from dli_tui.domain.ids import RunRef
from dli_tui.domain.log import LogChunk, LogLine
from dli_tui.domain.query import BackfillRequest
from dli_tui.domain.run import RunProgress
from dli_tui.domain.status import RunStatus, StepStatus
from dli_tui.domain.step import Step
from dli_tui.tui import pages
from dli_tui.tui.looks import Looks
from dli_tui.tui.screens.run import REST_SECONDS
from tests.support_backends import ScriptedBackend, row
from tests.support_backends import run as made
from tests.support_deeds import answer
from tests.support_tui import HOUR, SIZES, dashboard

FAILED, LIVE, LONG = "legacy.[bold]import[/bold]", "ml.recommender.train", "platform.search.reindex"
DOWN = ConnectionFailedError()


async def open_last(here, name, *, to_log=False):
    """The page of the last run of a workflow."""
    found = next(one for one in here.app.listing.rows.values() if one.name == name and one.last_ref)
    here.app.open_run(found.last_ref, found.name, to_log=to_log)
    await here.settle()
    return here.screen


class Place(ScriptedBackend):
    """One run of `d`, as the test says, with a log of numbered lines; and what it was asked."""

    def __init__(self, *, status=RunStatus.RUNNING, steps=("load",), lines=30, **cues):
        runs = [made("r1", status, created_at=HOUR, started_at=HOUR)]
        super().__init__(rows=[row("d")], runs=runs, **cues)
        self.told, self.lines = list(steps), lines
        self.errors: tuple[int, ...] = ()
        self.attempt = 1

    @property
    def status(self):
        return self.runs[0].status

    def end(self, status):
        self.runs[0] = made("r1", status, created_at=HOUR, started_at=HOUR, finished_at=HOUR)

    async def steps(self, ref):
        self._asked("steps", ref)
        ends = {RunStatus.FAILED: StepStatus.FAILED, RunStatus.COMPLETED: StepStatus.COMPLETED}
        status = ends.get(self.status, StepStatus.RUNNING)
        return tuple(
            Step(name=name, status=status, started_at=HOUR, attempt=self.attempt)
            for name in self.told
        )

    async def logs(self, ref, cursor=None):
        cue = self._asked("logs", ref)
        if cue is not None:
            return cue
        numbers = range(int(cursor or 0), self.lines)
        told = [
            LogLine(text=f"{ref.step} {n}", level="error" if n in self.errors else "info")
            for n in numbers
        ]
        over = self.status.is_terminal
        return LogChunk(lines=tuple(told), cursor=str(self.lines), complete=over)

    def asked(self, *names):
        """How often it was asked for these."""
        return sum(len(self.arrived(name)) for name in names)


ABOUT_A_RUN = ("run_status", "steps", "logs")


def opened(backend, size=(100, 30), **options):
    return dashboard(backend=backend, size=size, **options)


async def open_r1(here):
    here.app.open_run(RunRef("r1", "d"), "d")
    await here.settle()
    return here.screen


# What it says


@pytest.mark.parametrize("size", SIZES)
async def test_a_failed_run_is_opened_at_the_first_error_of_the_step_that_failed(size):
    async with dashboard(size=size) as here:
        page = await open_last(here, FAILED)
        assert "✗ failed" in here.lines[0]
        assert "1/3, 1 failed" in here.picture
        assert "✗ not run" in here.picture
        assert page.log_view.current.text.startswith("load failed: ")
        at = next(at for at, line in enumerate(here.lines) if "load failed: " in line)
        assert "log load try 2" in here.picture
        assert here.lines[at - 1].startswith("00:00:5")
        assert page.log_view.room >= 8


async def test_nothing_of_a_hostile_run_is_obeyed():
    async with dashboard(size=(200, 60)) as here:
        await open_last(here, FAILED)
        assert "[red]not a colour[/red] [/]" in here.picture
        assert "[@click=app.quit]7[/]" in here.picture
        assert "legacy.[bold]import[/bold]" in here.lines[0]
        assert all(line.isprintable() for line in here.lines)


@pytest.mark.parametrize("size", SIZES)
async def test_a_running_run_goes_on_before_your_eyes(size):
    async with dashboard(size=size) as here:
        page = await open_last(here, LIVE)
        assert "0/4" in here.picture
        assert "left, by 08:0" in here.picture
        assert "log features  following" in here.picture
        bar, lines = _bar(here, "features"), len(page.log_view.rows)
        await here.pass_by(120)
        assert "11m56s so far" in here.picture
        assert len(page.log_view.rows) > lines
        assert page.log_view.cursor == page.log_view.count - 1
        assert len(_bar(here, "features")) >= len(bar)
        await here.pass_by(3600)
        assert "1/4" in here.picture
        assert "log train try 2  following" in here.picture


def _bar(here, step):
    line = next(line for line in here.lines if f" {step} " in line)
    return [char for char in line if char in "█►"]


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (
            "iceberg.analytics.daily_clicks_20260101_100000",
            ["⊘ killed", "stopped by ", "Manual stop requested by user"],
        ),
        ("daily_clicks_20241230_090128", ["✗ failed", "BigQuery quota exceeded"]),
    ],
)
async def test_an_archived_run_says_why_it_ended_and_that_no_steps_are_kept(run, words):
    async with dashboard(size=(80, 24)) as here:
        here.app.open_run(RunRef(run), "x")
        await here.settle()
        for word in [*words, "No steps are kept of this run, and so no logs"]:
            assert word in here.picture
        await here.press("enter", "l", "n", "S", "P", "less_than_sign", "escape")
        assert here.screen is here.app.screen_stack[0]


async def test_a_run_that_waits_says_that_no_step_has_begun():
    async with dashboard(size=(80, 24)) as here:
        page = await open_last(here, "logistics.stock_levels")
        assert "◌ pending  queued" in here.picture
        assert "No step has begun yet" in here.picture
        assert page.log_view.room >= 8
        await here.pass_by(60)
        assert "No step has begun yet" not in here.picture
        assert "log transform  following" in here.picture


async def test_a_backfill_as_a_whole_counts_runs_and_has_no_steps_of_its_own():
    async with dashboard(size=(80, 24)) as here:
        wanted = BackfillRequest("orders_daily", date(2026, 11, 10), date(2026, 11, 12))
        result = await here.backend.backfill(wanted)
        here.app.open_run(RunRef(result.run_id, "orders_daily"), "orders_daily")
        await here.settle()
        await here.pass_by(60)
        assert "runs        ░" in here.picture
        assert "0/3  no estimate for a backfill as a whole" in here.picture
        assert "A backfill as a whole has no steps; each of its runs has its own" in here.picture


async def test_under_five_past_successes_there_is_no_estimate_and_a_place_may_have_no_steps():
    place = Place(steps=())
    place.runs[0] = place.runs[0].twin(
        progress=RunProgress(total_tasks=4, completed_tasks=1, current_task="count")
    )
    place.cues["steps"] = [Unsupported("This place tells no steps")] * 9
    async with opened(place) as here:
        await open_r1(here)
        assert "no estimate: fewer than 5 past successes" in here.picture
        assert "This place tells no steps" in here.picture
        assert "now         count" in here.picture


async def test_a_run_that_is_not_there_says_so_with_its_code_and_what_helps():
    async with opened(Place(), size=(80, 24)) as here:
        here.app.open_run(RunRef("gone", "d"), "d")
        await here.settle()
        assert "DLI-800" in here.picture
        assert "ask again" in here.picture
        here.backend.runs.append(made("gone"))
        await here.press("r")
        assert "✓ completed" in here.lines[0]
        assert "DLI-800" not in here.picture


async def test_a_log_that_can_not_be_read_says_why_and_is_read_when_asked_again():
    place = Place(status=RunStatus.COMPLETED, logs=[DOWN])
    async with opened(place, size=(80, 24)) as here:
        await open_r1(here)
        assert DOWN.code in here.picture
        assert "ask again" in here.picture
        await here.press("r")
        assert "load 29" in here.picture
        assert DOWN.code not in here.picture


async def test_while_the_place_is_down_the_picture_stays_and_the_header_says_so():
    place = Place()
    async with opened(place) as here:
        await open_r1(here)
        place.cues["run_status"] = [DOWN] * 9
        await here.pass_by(2)
        assert "OFFLINE retry" in here.lines[0]
        assert "load 29" in here.picture
        assert "► running" in here.picture
        await here.pass_by(1)
        assert " 3s " in next(line for line in here.lines if "  load  " in line or "› load" in line)
        place.cues.clear()
        await here.pass_by(60)
        assert "OFFLINE" not in here.picture


async def test_facts_that_do_not_fit_are_a_key_away():
    place = Place()
    given = {f"key_{n}": f"value_{n}" for n in range(30)}
    place.runs[0] = place.runs[0].twin(parameters=given)
    async with opened(place, size=(80, 24)) as here:
        page = await open_r1(here)
        assert "value_29" not in here.picture
        await here.press("shift+tab")
        assert page.focused is page.facts
        await here.press("G", "end")
        assert "value_29" in here.picture
        await here.press("g", "z")
        assert "value_18" in here.picture
        assert "load 29" not in here.picture
        await here.press("escape")
        assert "load 29" in here.picture
        assert page.log_view.room >= 8


async def test_all_times_of_the_page_are_told_in_the_zone_that_was_chosen():
    async with dashboard(size=(120, 36)) as here:
        await open_last(here, "orders_returns")
        told = here.picture
        assert "06:00 to 06:00" in told
        assert "2026-11-21 06:00 +09:00" in told
        assert "times in Asia/Seoul" in told
        await here.press("Z", "Z")
        assert here.app.choices.times.name == "UTC"
        told = here.picture
        assert "Nov 20 21:00 to Nov 20 21:00" in told
        assert "2026-11-20 21:00" in told
        assert "21:00:3" in told
        assert "+09:00" not in told
        assert "times in" not in told
        assert "\n06:00" not in told


# What it asks


async def test_it_is_asked_while_it_runs_once_more_at_the_end_and_then_no_more():
    place = Place()
    async with opened(place) as here:
        await open_r1(here)
        before = place.asked("run_status")
        await here.pass_by(2)
        assert place.asked("run_status") == before + 1
        place.end(RunStatus.COMPLETED)
        await here.pass_by(2)
        await here.pass_by(2)
        assert "✓ completed" in here.lines[0]
        before = place.asked(*ABOUT_A_RUN)
        for _ in range(5):
            await here.pass_by(60)
        assert place.asked(*ABOUT_A_RUN) == before
        # It is as old as the run, and that is not stale.
        assert here.lines[0].endswith(" final")


async def test_behind_other_windows_it_is_asked_less_often_and_at_once_in_front_again():
    place = Place()
    async with opened(place) as here:
        await open_r1(here)
        here.app.bridge.front(is_front=False)
        before = place.asked(*ABOUT_A_RUN)
        for _ in range(9):
            await here.pass_by(3)
        assert place.asked(*ABOUT_A_RUN) == before
        here.app.bridge.front(is_front=True)
        await here.settle()
        assert place.asked(*ABOUT_A_RUN) > before


async def test_a_covered_page_asks_nothing_and_asks_at_once_when_it_is_seen_again():
    place = Place()
    async with opened(place) as here:
        await open_r1(here)
        here.app.push_screen(pages.BESIDE["health"]())
        await here.settle()
        before = place.asked(*ABOUT_A_RUN)
        for _ in range(5):
            await here.pass_by(10)
        assert place.asked(*ABOUT_A_RUN) == before
        place.lines = 31
        await here.press("escape")
        assert place.asked(*ABOUT_A_RUN) > before
        assert "load 30" in here.picture


@pytest.mark.parametrize("key", ["question_mark", "colon", "R"])
async def test_a_page_behind_a_dialog_goes_on(key):
    place = Place()
    async with opened(place) as here:
        await open_r1(here)
        await here.press(key)
        before = place.asked(*ABOUT_A_RUN)
        await here.pass_by(10)
        assert place.asked(*ABOUT_A_RUN) > before


async def test_a_page_that_was_left_asks_nothing_any_more():
    place = Place(steps=("load", "check"))
    async with opened(place) as here:
        page = await open_r1(here)
        await here.press("g", "enter", "escape", "escape")
        assert not page.is_attached
        # A feed that is only paused would ask nothing either, and live as long as the session.
        assert all(feed._poller._task.done() for feed in (page.feed, page.log_feed))
        before = place.asked(*ABOUT_A_RUN)
        for _ in range(5):
            await here.pass_by(10)
        assert place.asked(*ABOUT_A_RUN) == before


async def test_a_run_that_is_tried_again_is_live_again():
    place = Place(status=RunStatus.FAILED)
    async with opened(place) as here:
        page = await open_r1(here)
        await here.press("l")
        for _ in range(3):
            await here.pass_by(10)
        place.runs[0] = made("r1", RunStatus.RUNNING, created_at=HOUR, started_at=HOUR)
        place.attempt = 2
        await here.press("r")
        assert "► running" in here.lines[0]
        assert page.picked.attempt == 2
        place.lines = 40
        await here.pass_by(2)
        assert "load 39" in here.picture


async def test_retrying_from_this_page_is_seen_on_it():
    async with dashboard(size=(120, 36)) as here:
        page = await open_last(here, FAILED)
        await here.press("t")
        await answer(here)
        assert here.sent == ["retry"]
        assert here.screen is page
        await here.pass_by(2)
        assert "✗ failed" not in here.lines[0]
        before = len(page.log_view.rows)
        await here.pass_by(20)
        assert len(page.log_view.rows) != before


async def test_nothing_is_drawn_again_where_nothing_has_changed(monkeypatch):
    async with opened(Place()) as here:
        page = await open_r1(here)
        told = []
        monkeypatch.setattr(page.steps, "tell", lambda *_: told.append(1))
        for _ in range(3):
            await here.pass_by(10)
        assert told == []


# Where the keys lead


async def test_l_on_the_list_leads_to_the_log_of_the_step_that_failed():
    async with dashboard(size=(120, 36)) as here:
        found = next(one for one in here.app.listing.rows.values() if one.name == FAILED)
        here.screen.go_to(found.key)
        await here.press("l")
        page = here.screen
        assert page.focused is page.log_view
        assert page.log_view.current.text.startswith("load failed")
        await here.press("escape")
        assert page.focused is page.steps
        await here.press("escape")
        assert here.screen is here.app.screen_stack[0]


async def test_enter_opens_the_log_of_a_step_and_what_is_read_stays():
    place = Place(steps=("load", "check"), lines=100)
    async with opened(place) as here:
        page = await open_r1(here)
        assert page.picked.row.raw == "check"
        await here.press("g", "enter")
        assert page.focused is page.log_view
        assert "load 99" in here.picture
        await here.press("pageup", "pageup")
        top = page.log_view.top
        place.lines, place.told = 150, ["load", "check", "publish"]
        await here.pass_by(2)
        await here.press("enter")
        assert (page.log_view.top, page.picked.row.raw) == (top, "load")
        await here.press("escape", "enter")
        assert page.log_view.top == top
        assert "standing still" in here.picture
        await here.press("F")
        assert "load 149" in here.picture


async def test_tab_goes_round_the_panes_and_l_returns_to_the_error():
    async with dashboard(size=(120, 36)) as here:
        page = await open_last(here, FAILED)
        assert page.focused is page.steps
        visited = []
        for _ in range(3):
            await here.press("tab")
            visited.append(page.focused.id)
        assert visited == ["log", "facts", "steps"]
        await here.press("g", "enter")
        assert page.picked.row.raw == "fetch"
        await here.press("l")
        assert (page.picked.row.raw, page.focused) == ("load", page.log_view)


async def test_other_tries_of_a_step_are_a_key_away():
    async with dashboard(size=(120, 36)) as here:
        page = await open_last(here, FAILED)
        await here.press("less_than_sign")
        assert "log load try 1" in here.picture
        assert page.log_view.current.level == "error"
        await here.press("less_than_sign")
        assert "load has had 2 tries" in here.picture
        await here.press("greater_than_sign")
        assert "log load try 2" in here.picture


async def test_the_log_is_of_the_step_that_the_cursor_rests_on_and_so_are_its_tries():
    place = Place(steps=("load", "check"), status=RunStatus.FAILED)
    place.attempt = 2
    async with opened(place) as here:
        page = await open_r1(here)
        assert page.picked.row.raw == page.steps.current.raw == "check"
        await here.press("up")
        asked = place.asked("logs")
        assert page.picked.row.raw == "check"
        await here.pass_by(REST_SECONDS)
        assert page.picked.row.raw == "load"
        assert place.asked("logs") > asked
        assert page.focused is page.steps
        await here.press("less_than_sign")
        assert (page.picked.row.raw, page.picked.attempt) == ("load", 1)


async def test_a_step_that_the_cursor_only_passes_is_not_asked_for_its_log():
    place = Place(steps=("one", "two", "three"), status=RunStatus.FAILED)
    async with opened(place) as here:
        page = await open_r1(here)
        await here.press("up", "up")
        await here.pass_by(REST_SECONDS)
        assert page.picked.row.raw == "one"
        assert [ref.step for ref in place.arrived("logs")] == ["three", "one"]


async def test_a_search_is_typed_at_once_counted_and_left_step_by_step():
    async with dashboard(size=(120, 36)) as here:
        page = await open_last(here, FAILED)
        await here.press("slash", "p", "o", "o", "l")
        assert "/pool" in here.picture
        total = page.log_view.hits.total
        assert total > 3
        await here.press("enter", "n")
        assert f"/{total}" in here.picture
        assert "pool" in page.log_view.current.text
        first = page.log_view.cursor
        await here.press("n", "N")
        assert page.log_view.cursor == first
        await here.press("escape")
        assert not page.log_view.needle
        assert page.focused is page.log_view
        await here.press("escape")
        assert page.focused is page.steps
        await here.press("slash", "z", "q", "enter", "n")
        assert "not found" in here.picture


async def test_levels_and_wrapping_are_said_in_the_title():
    async with dashboard(size=(80, 24)) as here:
        page = await open_last(here, FAILED)
        await here.press("L", "L")
        assert "errors only" in here.picture
        assert {one.level for one in page.log_view.rows} > {"error"}
        assert "pool:" not in here.picture
        await here.press("L", "W")
        assert "wrapped" in here.picture
        assert "\nit]7[/]" in here.picture


async def test_a_level_that_shows_nothing_yet_takes_every_key():
    place = Place(lines=100)
    async with opened(place) as here:
        page = await open_r1(here)
        await here.press("tab", "g", *["down"] * 50, "L", "L", "y")
        assert page.log_view.count == 0
        place.errors, place.lines = (100,), 101
        await here.pass_by(10)
        assert page.log_view.current.text == "load 100"
        await here.press("y", "L")
        assert page.log_view.current.text == "load 50"


async def test_y_copies_the_line_that_is_read_else_the_run():
    async with dashboard(size=(120, 36)) as here:
        page = await open_last(here, FAILED)
        copied: list[str] = []
        here.app.copy_to_clipboard = copied.append
        await here.press("y", "tab", "y")
        assert copied == [page.feed.ref.run_id, page.log_view.current.text]


async def test_before_a_log_is_saved_a_person_says_where():
    async with dashboard(size=(120, 36)) as here:
        page = await open_last(here, FAILED)
        await here.press("S")
        assert "Save this log?" in here.picture
        assert "44 lines: all of this try" in here.picture
        await here.press("escape")
        assert here.screen is page


async def test_a_pager_that_is_missing_is_said(monkeypatch):
    monkeypatch.setenv("PAGER", "no-such-pager")
    async with dashboard(size=(120, 36)) as here:
        await open_last(here, FAILED)
        await here.press("P")
        assert "There is no program 'no-such-pager' here" in here.picture


async def test_a_pane_is_zoomed_and_the_keys_go_with_it():
    async with dashboard(size=(80, 24)) as here:
        page = await open_last(here, FAILED)
        await here.press("z")
        assert "00:00:5" not in here.picture
        assert "not run" in here.picture
        await here.press("enter")
        assert page.log_view.room >= 20
        assert "not run" not in here.picture
        await here.press("escape", "escape")
        assert "not run" in here.picture
        assert page.focused is page.steps


async def test_a_hundred_thousand_lines_are_read_searched_and_followed():
    async with dashboard(size=(120, 36)) as here:
        page = await open_last(here, LONG)
        view = page.log_view
        assert len(view.rows) > 20_000
        assert f"{len(view.rows):,} lines" in here.picture
        await here.press("tab", "pageup")
        standing = [
            line[:110].rstrip() for line in here.lines[-12:-2]
        ]  # the bar at the right does move
        await here.pass_by(30)
        assert [line[:110].rstrip() for line in here.lines[-12:-2]] == standing
        await here.press("slash", "1", ",", "7", "enter", "G")
        assert "following" in here.picture


async def test_a_watched_run_rings_when_it_ends_whatever_is_in_front():
    place = Place()
    async with opened(place, size=(120, 36)) as here:
        rings: list[int] = []
        notices: list[str] = []
        here.app.bell = lambda: rings.append(1)
        here.app.notify_desktop = notices.append
        await open_r1(here)
        await here.press("w", "escape", "escape", "question_mark")
        place.end(RunStatus.FAILED)
        await here.pass_by(5)
        await here.pass_by(5)
        assert (rings, notices) == ([1], ["d failed"])


async def test_a_watched_run_that_nobody_knows_any_more_rings_too():
    place = Place()
    async with opened(place, size=(120, 36)) as here:
        notices: list[str] = []
        here.app.notify_desktop = notices.append
        await open_r1(here)
        await here.press("w", "escape", "escape")
        place.runs.clear()
        for _ in range(6):
            await here.pass_by(5)
        assert notices == ["d can't be found any more"]


async def test_a_run_whose_workflow_is_not_listed_can_be_stopped_and_watched():
    backend = Place()
    backend.rows = []
    async with opened(backend) as here:
        await open_r1(here)
        await here.press("w")
        assert here.app.bridge.session.watching.is_watched(RunRef("r1", "d"))
        await here.press("s")
        await answer(here)
        assert backend.sent == ["stop"]


@pytest.mark.parametrize(
    "looks", [Looks(ascii=True), Looks(monochrome=True)], ids=["ascii", "grey"]
)
async def test_without_colours_the_level_of_a_line_is_a_letter(looks):
    place = Place(status=RunStatus.FAILED)
    place.errors = (3,)
    async with dashboard(backend=place, looks=looks) as here:
        await open_r1(here)
        assert "E load 3" in here.picture
        assert "I load 4" in here.picture
    async with dashboard(backend=Place(status=RunStatus.FAILED)) as here:
        await open_r1(here)
        assert "I load" not in here.picture

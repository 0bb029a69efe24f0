"""The list: worst first, filtered, sorted, selected, with keys alone and at every size."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.scenario import Scenario
from dli_tui.domain.errors import AuthenticationError, ConnectionFailedError
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from dli_tui.present.arranging import WORST
from dli_tui.tui.looks import Looks
from dli_tui.tui.opening import Where
from tests.support_backends import ScriptedBackend, row, run
from tests.support_tui import HOUR, SIZES, dashboard

CODE, MANUAL = SourceType.CODE, SourceType.MANUAL


def names(here):
    return [row.key.name for row in here.app.listing.shown]


def current(here):
    return here.screen.table.current.key.name


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_it_opens_with_what_is_wrong_at_the_top_and_the_first_row_chosen(size):
    async with dashboard(size=size) as here:
        first, second, third = names(here)[:3]
        assert [first, second] == ["legacy.[bold]import[/bold]", "logistics.carriers.rates"]
        assert third == "finance.ledger.hourly_balance"
        assert current(here) == first
        rows = [line for line in here.lines if "finance.ledger" in line]
        assert "LATE" in rows[0]
        assert here.app.screen.focused is here.screen.table


async def test_a_wide_terminal_tells_of_the_row_and_a_narrow_one_on_demand():
    async with dashboard(size=(120, 36)) as here:
        await here.press("down")
        assert "every 30 minutes" in here.picture
        assert "Asia/Seoul" in here.picture
        assert "HTTP 503 from" in here.picture
    async with dashboard(size=(80, 24)) as here:
        assert "schedule" not in here.picture
        await here.press("z")
        assert "every day at 00:00 and 12:00" in here.picture
        await here.press("escape")
        assert "schedule" not in here.picture


async def test_keys_go_from_problem_to_problem_round_the_end():
    async with dashboard() as here:
        await here.press("G")
        await here.press("right_square_bracket")
        assert current(here) == "legacy.[bold]import[/bold]"
        await here.press("right_square_bracket", "right_square_bracket")
        assert current(here) == "finance.ledger.hourly_balance"
        await here.press("left_square_bracket")
        assert current(here) == "logistics.carriers.rates"


async def test_problems_alone():
    async with dashboard() as here:
        await here.press("exclamation_mark")
        assert names(here)[:3] == [
            "legacy.[bold]import[/bold]",
            "logistics.carriers.rates",
            "finance.ledger.hourly_balance",
        ]
        assert "10 of 39" in here.picture


async def test_filters_of_source_and_status_go_round():
    async with dashboard() as here:
        await here.press("f")
        assert {row.source for row in here.app.listing.shown} == {CODE}
        await here.press("f")
        assert {row.source for row in here.app.listing.shown} == {MANUAL}
        await here.press("f", "a", "a")
        assert names(here) == ["orders_snapshot"]
        await here.press("x")
        assert len(names(here)) == 39


async def test_running_only_and_enabled_only():
    async with dashboard() as here:
        await here.press("n")
        assert all(row.running for row in here.app.listing.shown)
        assert 0 < len(names(here)) < 10
        await here.press("n", "e")
        assert {row.status.value for row in here.app.listing.shown} == {"active"}


async def test_what_is_typed_right_after_the_slash_filters_as_it_comes():
    async with dashboard() as here:
        for key in ("slash", *"orders_r"):
            here.app.simulate_key(key)
        await here.settle()
        assert names(here) == ["orders_returns", "orders_refunds"]
        await here.press("enter", "down")
        assert current(here) == "orders_refunds"
        await here.press("slash", "escape")
        assert len(names(here)) == 39


async def test_a_filter_that_leaves_nothing_says_so_and_names_the_key_that_helps():
    async with dashboard() as here:
        await here.press("slash")
        await here.type("nonesuch")
        await here.press("enter")
        assert "No workflow fits the filter" in here.picture
        assert "x take all filters off" in here.picture
        await here.press("x")
        assert len(names(here)) == 39


async def test_a_half_typed_term_says_what_is_wrong_with_it():
    async with dashboard() as here:
        await here.press("slash")
        await here.type("foo:bar")
        assert "foo" in here.lines[1]
        assert len(names(here)) == 39


async def test_sorting_goes_through_the_columns_and_is_remembered():
    async with dashboard() as here:
        await here.press("greater_than_sign")
        assert names(here) == sorted(names(here), key=str.casefold)
        assert "name▴" in here.picture
        await here.press("equals_sign")
        assert "name▾" in here.picture
        assert names(here) == sorted(names(here), key=str.casefold, reverse=True)
        assert (here.remembered["sort"], here.remembered["sort_direction"]) == ("name", "down")
        before = names(here)
    async with dashboard(choices=here.remembered) as again:
        assert names(again) == before


async def test_a_click_on_a_title_sorts_and_one_on_a_row_goes_there():
    async with dashboard() as here:
        await here.pilot.click("#workflows", offset=(4, 0))
        await here.settle()
        assert "name▴" in here.picture
        top = here.screen.table.top
        await here.pilot.click("#workflows", offset=(4, 5))
        await here.settle()
        assert here.screen.table.cursor == top + 4


async def test_the_cursor_stays_with_its_row_when_the_order_changes():
    async with dashboard() as here:
        await here.press(*["down"] * 8)
        chosen = current(here)
        for key in ("greater_than_sign", "equals_sign", "n", "n"):
            await here.press(key)
            if key != "n":
                assert current(here) == chosen


async def test_selected_rows_are_counted_also_those_that_a_filter_hides():
    async with dashboard() as here:
        await here.press("space", "space", "space")
        assert "3 selected" in here.picture
        await here.press("slash")
        await here.type("orders")
        await here.press("enter")
        assert "3 selected (3 hidden)" in here.picture
        await here.press("asterisk")
        assert len(here.app.listing.selected) == 3 + len(names(here))
        await here.press("asterisk", "escape")
        assert not here.app.listing.selected


async def test_both_rows_of_an_overridden_name_are_there_and_can_be_told_apart():
    async with dashboard(size=(200, 60)) as here:
        await here.press("slash")
        await here.type("daily_clicks")
        keys = [row.key for row in here.app.listing.shown]
        assert sorted(keys) == [
            WorkflowKey("iceberg.analytics.daily_clicks", source) for source in (CODE, MANUAL)
        ]
        assert "overridden" in here.picture


async def test_time_alone_makes_a_row_late():
    async with dashboard() as here:
        before = here.app.listing.wrong
        here.backend._clock = type(here.clock)(here.clock.now())
        await here.pass_by(50 * 60)
        assert here.app.listing.wrong > before
        assert f"{here.app.listing.wrong} problems" in here.lines[0]


async def test_names_that_a_terminal_or_markup_would_obey_stand_there_as_they_are():
    async with dashboard(size=(200, 60)) as here:
        assert "legacy.[bold]import[/bold]" in here.picture
        assert r"legacy.esc\x1b]52;c;aGVsbG8=\x07ape" in here.picture
        assert "\x1b" not in here.picture


async def test_no_server_at_the_start_says_what_code_and_what_helps():
    backend = ScriptedBackend(workflows=[ConnectionFailedError()] * 9, cursor=[None] * 9)
    async with dashboard(backend=backend) as here:
        assert "DLI-501" in here.picture
        assert "OFFLINE retry" in here.lines[0]
        assert "r ask again" in here.picture


async def test_a_server_that_goes_away_leaves_the_last_picture_and_comes_back_by_itself():
    backend = ScriptedBackend(rows=_rows(3), workflows=[None, *[ConnectionFailedError()] * 2])
    async with dashboard(backend=backend) as here:
        await here.pass_by(10)
        assert "OFFLINE" in here.lines[0]
        assert "d0" in here.picture
        await here.pass_by(3)
        await here.pass_by(6)
        assert "live" in here.lines[0]
        assert "DLI-501" not in here.picture


async def test_a_place_without_workflows_says_how_to_begin():
    async with dashboard(scenario=Scenario((), ())) as here:
        assert "There are no workflows" in here.picture
        assert "dli-tui workflow register" in here.picture


async def test_a_picture_that_grows_old_says_so():
    async with dashboard() as here:
        here.screen.session.workflows._poller.pause()
        await here.pass_by(60)
        assert "STALE 1m00s" in here.lines[0]


async def test_times_are_told_in_the_schedules_zone_here_or_in_utc():
    async with dashboard(zone="America/New_York") as here:
        await here.press("down")
        assert "15:30" in here.picture
        await here.press("Z")
        assert "01:30" in here.picture
        await here.press("Z")
        assert "06:30" in here.picture
        assert here.remembered["times"] == "UTC"


async def test_copying_names_the_row_and_the_terminal_gets_it():
    async with dashboard() as here:
        await here.press("down", "y")
        assert here.app.clipboard == "logistics.carriers.rates"


async def test_read_only_and_production_are_told_all_the_time():
    async with dashboard(
        read_only=True, where=Where("prod", production=True, read_only=True)
    ) as here:
        assert "PROD" in here.lines[0]
        assert "READ-ONLY" in here.lines[0]


async def test_ascii_draws_with_nothing_else():
    async with dashboard(scenario=_ascii_only(), looks=Looks(ascii=True)) as here:
        assert here.picture.isascii()


async def test_the_visible_rows_have_their_last_runs_and_others_are_fetched_when_they_come():
    backend = ScriptedBackend([last_run(one) for one in _rows(300)])
    async with dashboard(backend=backend, size=(80, 24)) as here:
        assert names(here)[-1] not in here.screen.session.workflows.recent
        await here.press("G")
        assert names(here)[-1] in here.screen.session.workflows.recent


async def test_of_a_short_list_all_last_runs_are_fetched_so_that_problems_are_counted_at_once():
    backend = ScriptedBackend([last_run(one) for one in _rows(100)])
    async with dashboard(backend=backend, size=(80, 24)) as here:
        assert set(names(here)) == set(here.screen.session.workflows.recent)


def last_run(info):
    """The workflow with a last run: what never ran has no runs to be asked for."""
    return info.twin(last_run=run("r1", dataset_name=info.dataset_name, started_at=HOUR))


def _rows(count):
    return [row(f"d{number}") for number in range(count)]


def _ascii_only():
    plain = tuple(one for one in STANDARD.workflows if one.name.isascii())
    return Scenario(plain, STANDARD.archive)


async def test_keys_before_the_place_is_open_do_no_harm():
    async with dashboard(held=True) as here:
        for key in ("right_square_bracket", "greater_than_sign", "equals_sign", "f", "enter", "y"):
            here.app.simulate_key(key)
        await here.pilot.pause()
        assert here.screen.is_active


async def test_a_place_that_can_not_be_opened_says_why_and_is_tried_again():
    refusals = [AuthenticationError("The token is not accepted", hint="Sign in again")]
    async with dashboard(refusals=refusals) as here:
        await here.until(lambda: "DLI-502" in here.picture)
        assert "The token is not accepted" in here.picture
        assert "DLI-502" in here.lines[0]
        here.app.simulate_key("r")
        await here.until(lambda: here.app.bridge.session is not None)
        await here.settle()
        assert len(names(here)) == 39
        assert "DLI-502" not in here.picture


async def test_a_sign_in_that_expires_is_not_called_offline():
    backend = ScriptedBackend(rows=_rows(2), workflows=[None, AuthenticationError()])
    async with dashboard(backend=backend) as here:
        await here.pass_by(10)
        assert "DLI-502 retry" in here.lines[0]
        assert "OFFLINE" not in here.picture


async def test_a_name_with_half_a_letter_can_be_copied():
    async with dashboard(backend=ScriptedBackend(rows=[row("a\udc80b")])) as here:
        await here.press("y")
        assert here.app.clipboard == "ab"


@pytest.mark.parametrize("url", ["https://good.example@evil.example/x", "file:///etc/passwd", None])
async def test_only_plain_addresses_are_handed_to_a_browser(url, monkeypatch):
    opened: list[str] = []
    monkeypatch.setenv("DISPLAY", ":0")
    backend = ScriptedBackend(rows=[row("d", last_run=run(logs_url=url))])
    async with dashboard(backend=backend) as here:
        monkeypatch.setattr(here.app, "open_url", opened.append)
        await here.press("o")
        assert not opened
        assert "no web page" in here.picture


async def test_a_double_click_beside_the_list_opens_nothing():
    async with dashboard() as here:
        await here.pilot.click("#detail", offset=(5, 3), times=2)
        await here.settle()
        assert here.screen.crumbs == ("Workflows",)


async def test_an_empty_filter_that_is_left_takes_its_line_along():
    async with dashboard(size=(80, 24)) as here:
        await here.press("slash", "escape")
        assert "name, /regex/" not in here.picture
        assert "problems" in here.lines[1]


async def test_the_order_turned_round_is_not_called_worst_first():
    async with dashboard() as here:
        await here.press("equals_sign")
        assert "calm first" in here.lines[1]


async def test_rows_are_grey_bars_until_the_first_answer_comes():
    async with dashboard(held=True) as here:
        here.screen._tell_waiting()
        await here.pilot.pause()
        assert "Asking demo" in here.picture
        assert "░░░░" in here.picture


async def test_a_second_that_passes_while_a_page_is_on_its_way_does_no_harm():
    async with dashboard() as here:
        await here.press("down")
        here.app.open_run(here.screen.table.current.last_ref, "x")
        here.app._tick()
        await here.settle()
        assert "logistics.carriers.rates" in here.lines[0]


async def test_a_key_right_after_the_filter_is_left_is_meant_for_the_list():
    async with dashboard() as here:
        await here.press("slash")
        await here.type("orders_daily")
        for key in ("enter", "R"):
            here.app.simulate_key(key)
        await here.settle()
        assert here.app.listing.filter.text == "orders_daily"
        assert "Run orders_daily?" in here.picture


def talkative(text):
    """Rows that tell a lot, and another thing each time."""
    return [row(name, tags=[f"{text}{number}" for number in range(500)]) for name in "ab"]


async def test_what_is_read_beside_the_list_stays_where_it_was_scrolled_while_its_row_moves():
    backend = ScriptedBackend(talkative("x"))
    async with dashboard(backend=backend) as here:
        detail = here.screen.query_one("#detail")
        await here.press("z", "pagedown")
        top = detail.top
        assert top > 0
        for text in "yz":
            backend.rows = talkative(text)
            await here.pass_by(10)
            await here.pass_by(1)
            assert f"{text}99" in detail.words
            assert detail.top == top


async def test_a_deed_chooses_its_row_so_the_cursor_stays_with_it_as_it_sinks():
    failed = [row(name, last_run=run("r1", RunStatus.FAILED, dataset_name=name)) for name in "ab"]
    backend = ScriptedBackend(failed)
    async with dashboard(backend=backend) as here:
        assert current(here) == "a"
        await here.press("p")
        here.pace.advance(1)
        await here.press("enter")
        assert backend.sent == ["pause"]
        backend.rows[0] = row("a")
        await here.pass_by(10)
        assert names(here) == ["b", "a"]
        assert current(here) == "a"


@pytest.mark.parametrize("key", ["escape", "x"])
async def test_clearing_a_filter_leaves_the_cursor_on_the_row_that_was_found(key):
    async with dashboard() as here:
        await here.press("slash")
        await here.type("orders_snap")
        await here.press("enter")
        assert current(here) == "orders_snapshot"
        await here.press(key)
        assert len(names(here)) > 10
        assert current(here) == "orders_snapshot"


async def test_escape_while_a_filter_is_typed_leaves_the_cursor_on_the_row_that_was_found():
    async with dashboard() as here:
        await here.press("slash")
        await here.type("orders_snap")
        await here.press("escape")
        assert len(names(here)) > 10
        assert current(here) == "orders_snapshot"


async def test_a_name_typed_whole_has_the_cursor_wherever_it_stood_before():
    rows = [row(name) for name in ("a_utc_daily_preset", "utc_daily", "other")]
    async with dashboard(backend=ScriptedBackend(rows)) as here:
        await here.press("down", "up", "up")
        assert current(here) == "a_utc_daily_preset"
        await here.press("slash")
        await here.type("utc_daily")
        assert len(names(here)) == 2
        assert current(here) == "utc_daily"


async def test_the_age_of_the_list_is_told_under_a_dialog_too():
    backend = ScriptedBackend([row("one")])
    async with dashboard(backend=backend) as here:
        await here.press("question_mark")
        backend.cues["workflows"] = [ConnectionFailedError()] * 9
        await here.pass_by(10)
        await here.pass_by(60)
        assert "1m10s old" in here.app.home.query_one("#header").words


async def test_a_run_that_hangs_and_a_failed_date_behind_a_green_run_are_problems_with_the_others():
    day = timedelta(days=1)

    def daily(name, *statuses, first=0):
        """Runs of a minute each, one a day, newest first; the first has begun an hour ago."""
        return [
            run(
                f"{name}{at}",
                status,
                dataset_name=name,
                slot=HOUR - day * at,
                started_at=(began := HOUR - day * at - timedelta(hours=1)),
                finished_at=None if status is RunStatus.RUNNING else began + timedelta(minutes=1),
            )
            for at, status in enumerate(statuses)
        ]

    good = [RunStatus.COMPLETED] * 6
    runs = {
        "calm": daily("calm", *good),
        "before": daily("before", RunStatus.COMPLETED, RunStatus.FAILED, *good),
        "hangs": daily("hangs", RunStatus.RUNNING, *good),
    }
    rows = [row(name, cron=None, last_run=own[0]) for name, own in runs.items()]
    rows.append(row("torn", status=WorkflowStatus.DISABLED, import_error="NameError"))
    backend = ScriptedBackend(rows, [one for own in runs.values() for one in own])
    async with dashboard(backend=backend) as here:
        assert names(here) == ["torn", "hangs", "before", "calm"]
        assert "3 problems" in here.lines[0]
        await here.press("exclamation_mark")
        assert names(here) == ["torn", "hangs", "before"]
        assert "broken" in here.picture
        await here.press("down")
        assert "longer than usual" in here.picture
        await here.press("down")
        assert "not run again" in here.picture


async def test_a_status_alone_finds_what_is_in_it():
    async with dashboard() as here:
        for word in ("failed", "late", "paused", "running", "status:failed", "is:late"):
            await here.press("x", "slash")
            await here.type(word)
            await here.press("enter")
            assert 0 < len(names(here)) < 39, word


async def test_a_term_that_cannot_be_read_is_told_below_and_covers_nothing():
    async with dashboard(size=(80, 24)) as here:
        before = here.lines[1].partition("worst")[0].rstrip()
        await here.press("slash")
        await here.type("status:nonsense")
        assert "is not one of" in here.lines[2]
        assert before[:40] in here.lines[1]
        await here.press("escape")
        assert "is not one of" not in here.picture
        assert here.screen.query_one("#filters").size.height == 1


async def test_another_order_is_told_at_any_width_and_x_brings_the_usual_one_back():
    async with dashboard(size=(80, 24), choices={"sort": "name", "sort_direction": "up"}) as here:
        await here.press("exclamation_mark", "n")
        assert "sorted by name" in here.lines[1]
        await here.press("x")
        assert here.screen.listing.order == WORST
        assert here.app.choices.order == WORST
        assert "sorted" not in here.lines[1]


async def test_escape_takes_the_filter_off_and_leaves_the_order():
    async with dashboard(choices={"sort": "name", "sort_direction": "up"}) as here:
        await here.press("n", "escape")
        assert here.screen.listing.filter.is_empty
        assert here.screen.listing.order.column == "name"


@pytest.mark.parametrize(("size", "is_told"), [((80, 24), True), ((120, 36), False)])
async def test_where_the_detail_is_not_beside_the_list_its_key_is_told(size, is_told):
    async with dashboard(size=size) as here:
        assert ("z detail" in here.lines[-1]) is is_told
        await here.press("z")
        assert "z list" in here.lines[-1]


async def test_asking_again_says_that_the_answer_is_there():
    async with dashboard() as here:
        await here.press("r")
        assert [note.message for note in here.app._notifications] == ["Refreshed"]


async def test_asking_again_in_vain_says_nothing_of_an_answer():
    backend = ScriptedBackend([row("d")])
    async with dashboard(backend=backend) as here:
        backend.cues["workflows"] = [ConnectionFailedError()]
        await here.press("r")
        assert list(here.app._notifications) == []


@pytest.mark.parametrize("ascii_only", [False, True])
@pytest.mark.parametrize("keys", [("tab",), ("5", "tab"), ("enter", "tab")])
async def test_the_pane_that_has_the_keys_is_told_without_colours(keys, ascii_only):
    async with dashboard(looks=Looks(ascii=ascii_only)) as here:
        await here.press(*keys[:-1])
        marks = "#" if ascii_only else "┃"
        before = [line.find(marks) for line in here.lines[2:]]
        await here.press(keys[-1])
        after = [line.find(marks) for line in here.lines[2:]]
        assert before != after
        assert sum(at >= 0 for at in after) > 10

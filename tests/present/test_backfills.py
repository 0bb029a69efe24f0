"""Plans and backfills become rows that say what there is, what would happen, and what is left."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from dli_tui.domain.backfill import Backfill, BackfillDate
from dli_tui.domain.query import BackfillChoice
from dli_tui.domain.status import RunStatus
from dli_tui.insight.backfill import dates_of_schedule, plan
from dli_tui.insight.durations import Durations
from dli_tui.present import backfills
from dli_tui.present.backfillrows import DayMark
from tests.support_backends import row, run

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
DONE, FAILED, RUNNING = RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.RUNNING


def at(day, hour=9):
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def plan_of(workflow, runs, choice):
    dates = dates_of_schedule(workflow, choice.start, choice.end)
    return plan(workflow, runs, choice, NOW, dates)


def planned(*runs, cron="0 9 * * *", zone="UTC", first=1, last=7):
    choice = BackfillChoice(date(2026, 3, first), date(2026, 3, last))
    return plan_of(row("d", cron=cron, timezone=zone), runs, choice)


def plan_sheet(found, most=500):
    return backfills.plan_sheet(found, startable=True, most=most)


def marks(*plans):
    return backfills.marks(plans, date(2026, 3, 1), date(2026, 3, 31))


def test_each_slot_says_what_exists_and_what_would_happen():
    found = planned(run("r", FAILED, slot=at(2)))
    sheet = plan_sheet(found)
    assert [slot.told for slot in sheet.slots[:2]] == ["03-01 Sun", "03-02 Mon"]
    assert [(slot.exists, slot.action) for slot in sheet.slots[:2]] == [
        (None, "run"),
        (FAILED, "rerun"),
    ]
    assert [slot.note for slot in sheet.slots[-2:]] == ["not due yet"] * 2
    assert (sheet.starts, sheet.skips) == (5, 2)


def test_the_time_is_told_where_a_day_has_several_slots():
    sheet = plan_sheet(planned(cron="0 */12 * * *", last=1))
    assert [slot.told for slot in sheet.slots] == ["03-01 Sun 00:00", "03-01 Sun 12:00"]


def test_slots_are_told_by_the_clock_of_the_schedule():
    sheet = plan_sheet(planned(zone="Asia/Seoul", last=1))
    assert [slot.told for slot in sheet.slots] == ["03-01 Sun"]
    twice = planned(cron="0 8,20 * * *", zone="Asia/Seoul", last=1)
    told = [slot.told for slot in plan_sheet(twice).slots]
    assert told == ["03-01 Sun 08:00", "03-01 Sun 20:00"]


def test_the_year_is_told_where_there_are_two():
    choice = BackfillChoice(date(2025, 12, 31), date(2026, 1, 1))
    found = plan_of(row("d"), [], choice)
    told = [slot.told for slot in plan_sheet(found).slots]
    assert told == ["2025-12-31 Wed", "2026-01-01 Thu"]


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 10, 25), ["02:00 +02:00", "02:00 +01:00"]),
        (date(2026, 10, 24), ["02:00"]),
    ],
)
def test_an_hour_that_comes_twice_is_told_apart_by_its_offset(day, told):
    berlin = row("d", cron="0 * * * *", timezone="Europe/Berlin")
    found = plan_sheet(plan_of(berlin, [], BackfillChoice(day, day)))
    assert [slot.told[10:] for slot in found.slots if slot.told[10:12] == "02"] == told
    assert [slot.told[10:] for slot in found.slots if slot.told[10:12] == "03"] == ["03:00"]


def test_rows_are_made_for_those_that_are_read_and_all_are_counted():
    sheet = plan_sheet(planned(), most=2)
    assert [slot.told for slot in sheet.slots] == ["03-01 Sun", "03-02 Mon"]
    assert (sheet.total, sheet.starts, sheet.skips) == (7, 5, 2)


def test_only_the_days_that_are_asked_for_are_marked():
    assert list(backfills.marks([planned()], date(2026, 3, 2), date(2026, 3, 3))) == [
        date(2026, 3, 2),
        date(2026, 3, 3),
    ]


def test_a_day_is_marked_with_the_worst_of_its_runs():
    one = planned(
        run("a", DONE, slot=at(1, 0)), run("b", FAILED, slot=at(1, 12)), cron="0 */12 * * *"
    )
    found = marks(one)
    assert found[date(2026, 3, 1)] == DayMark(slots=2, starts=2, worst=FAILED)
    assert found[date(2026, 3, 7)] == DayMark(slots=2, starts=0, due=False)


def test_of_several_workflows_a_day_sums_up_all():
    found = marks(planned(run("a", DONE, slot=at(1))), planned())
    assert found[date(2026, 3, 1)] == DayMark(slots=2, starts=2, worst=DONE)


def test_days_that_are_not_chosen_start_nothing():
    whole, chosen = marks(planned()), marks(planned(first=3, last=3))
    both = backfills.with_choice(whole, chosen)
    assert [day.day for day, mark in both.items() if mark.starts] == [3]
    assert both[date(2026, 3, 1)].slots == 1


def backfill(*statuses, whole=FAILED, parallel=False, **more):
    dates = tuple(
        BackfillDate(
            slot=at(day),
            day=at(day).date(),
            run=run(f"r{day}", status, started_at=NOW - timedelta(seconds=20))
            if status is not None
            else None,
        )
        for day, status in enumerate(statuses, start=1)
    )
    return Backfill(whole=run("b1", whole, **more), dates=dates, parallel=parallel)


def sheet_of(found, past=None, *, is_left=False):
    return backfills.backfill_sheet(found, past, is_left=is_left)


def test_a_backfill_is_counted_by_its_dates():
    found = backfill(DONE, FAILED, None, None)
    sheet = sheet_of(found, is_left=True)
    assert (sheet.done, sheet.failed, sheet.not_begun, sheet.total) == (1, 1, 2, 4)
    assert sheet.range == "2026-03-01 to 2026-03-04"
    assert sheet.days == "03-01 to 03-04"
    assert sheet.unfinished
    assert [row.ref is None for row in backfills.date_rows(found)] == [False, False, True, True]


def test_one_date_is_no_range():
    assert sheet_of(backfill(DONE, whole=DONE)).range == "2026-03-01"


def test_who_stopped_it_and_why_is_told():
    stopped = backfill(RunStatus.KILLED, whole=RunStatus.KILLED, stopped_by="ann", reason="wrong")
    assert sheet_of(stopped).stopped == "by ann wrong"


PAST = Durations(60, 90, 120, 9)


@pytest.mark.parametrize(
    ("found", "seconds"),
    [
        (backfill(DONE, RUNNING, None, None, whole=RUNNING), 40 + 2 * 60),
        (backfill(DONE, RUNNING, RUNNING, whole=RUNNING, parallel=True), 40),
        (backfill(DONE, None, whole=RUNNING), 60),
    ],
)
def test_its_end_is_what_is_left_of_a_run_and_the_dates_to_come(found, seconds):
    assert sheet_of(found, PAST).likely(NOW) == NOW + timedelta(seconds=seconds)


def test_there_is_no_end_to_tell_of_what_is_over_or_has_no_past():
    assert sheet_of(backfill(DONE, whole=DONE), PAST).likely(NOW) is None
    assert sheet_of(backfill(RUNNING, whole=RUNNING)).likely(NOW) is None


def test_what_a_server_says_is_made_safe():
    hostile = backfill(DONE, whole=FAILED, error_message="a\x1b[2Jb", triggered_by="x\x07y")
    sheet = sheet_of(hostile)
    assert "\x1b" not in sheet.error
    assert "\x07" not in sheet.by

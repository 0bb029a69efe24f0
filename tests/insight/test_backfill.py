"""The plan of a backfill: every slot, the run that exists for it, what would happen."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dli_tui.domain.backfill import BackfillForecast, SlotAction
from dli_tui.domain.query import BackfillChoice, BackfillScope
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from dli_tui.domain.workflow import WorkflowInfo
from dli_tui.insight.backfill import dates_of_schedule, plan

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
MONDAY, FRIDAY = date(2026, 3, 2), date(2026, 3, 6)
RUN, RERUN, SKIP = SlotAction


def row(cron="0 6 * * *", zone="UTC"):
    return WorkflowInfo(
        dataset_name="a",
        source_type=SourceType.CODE,
        status=WorkflowStatus.ACTIVE,
        cron=cron,
        timezone=zone,
    )


def slot(day, hour=6):
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def run(day, status, *, run_id="r", name="a", seconds=60, **more):
    moment = None if day is None else slot(day)
    ended = status.is_terminal
    return WorkflowRun(
        run_id=run_id,
        dataset_name=name,
        status=status,
        slot=moment,
        started_at=NOW,
        finished_at=NOW + timedelta(seconds=seconds) if ended else None,
        **more,
    )


def planned(runs=(), *, of=None, start=MONDAY, end=FRIDAY, now=NOW, **options):
    of, choice = of or row(), BackfillChoice(start, end, **options)
    return plan(of, runs, choice, now, dates_of_schedule(of, start, end))


def actions(found):
    return [slot.action for slot in found.slots]


HISTORY = (
    run(2, RunStatus.COMPLETED),
    run(3, RunStatus.FAILED),
    run(4, RunStatus.RUNNING),
    run(5, RunStatus.KILLED),
)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (BackfillScope.ALL, [RERUN, RERUN, SKIP, RERUN, RUN]),
        (BackfillScope.MISSING, [SKIP, SKIP, SKIP, SKIP, RUN]),
        (BackfillScope.FAILED, [SKIP, RERUN, SKIP, RERUN, SKIP]),
    ],
)
def test_the_scope_says_which_slots_are_wanted(scope, expected):
    found = planned(HISTORY, scope=scope)
    assert actions(found) == expected
    assert found.to_run == 5 - expected.count(SKIP)
    assert found.to_run + found.to_skip == 5
    assert found.wanted == tuple(
        slot(day) for day, action in enumerate(expected, start=2) if action is not SKIP
    )


def test_each_slot_names_the_run_that_exists():
    found = planned([run(3, RunStatus.FAILED, run_id="x")])
    assert [(one.run_id, one.run_status) for one in found.slots[:2]] == [
        (None, None),
        ("x", RunStatus.FAILED),
    ]


def test_where_a_date_has_one_run_only_those_that_exist_are_left_alone():
    choice = BackfillChoice(MONDAY, FRIDAY)
    dates = dates_of_schedule(row(), choice.start, choice.end)
    found = plan(row(), HISTORY, choice, NOW, dates, reruns=False)
    assert actions(found) == [SKIP, SKIP, SKIP, SKIP, RUN]
    assert found.slots[0].note == "has its one run: retry that"
    assert found.slots[2].note == "under way"


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (RunStatus.COMPLETED, SKIP),
        (RunStatus.SKIPPED, SKIP),
        (RunStatus.FAILED, RERUN),
        (RunStatus.TIMEOUT, RERUN),
        (RunStatus.KILLED, RERUN),
        (RunStatus.UNKNOWN, SKIP),
    ],
)
def test_failed_means_failed_timed_out_or_killed(status, expected):
    found = planned([run(2, status)], end=MONDAY, scope=BackfillScope.FAILED)
    assert actions(found) == [expected]


@pytest.mark.parametrize("scope", BackfillScope)
@pytest.mark.parametrize("status", [RunStatus.PENDING, RunStatus.RUNNING, RunStatus.STOPPING])
def test_a_slot_whose_run_is_under_way_is_left_alone(status, scope):
    found = planned([run(2, status)], end=MONDAY, scope=scope)
    assert [(one.action, one.note) for one in found.slots] == [(SKIP, "under way")]


@pytest.mark.parametrize("scope", BackfillScope)
def test_slots_of_the_future_are_left_out_and_said_so(scope):
    found = planned(now=slot(4), scope=scope)
    late = found.slots[3:]
    assert [(one.action, one.note) for one in late] == [(SKIP, "not due yet")] * 2
    assert "Of those left alone, not due yet: 2." in found.warnings


def test_the_slot_of_this_very_moment_is_due():
    assert actions(planned(now=slot(6)))[-1] is RUN


def test_the_newest_run_of_a_slot_counts():
    newest_first = [run(2, RunStatus.COMPLETED, run_id="new"), run(2, RunStatus.FAILED)]
    found = planned(newest_first, end=MONDAY, scope=BackfillScope.FAILED)
    assert (found.slots[0].run_id, found.slots[0].action) == ("new", SKIP)


def test_runs_of_other_workflows_do_not_count():
    found = planned([run(2, RunStatus.COMPLETED, name="b")], end=MONDAY)
    assert found.slots[0].run_id is None


@pytest.mark.parametrize("name", ["execution_date", "date", "ds"])
def test_a_run_without_a_slot_is_of_the_date_among_its_parameters(name):
    one = run(None, RunStatus.COMPLETED, parameters={name: "2026-03-02"})
    assert actions(planned([one], end=MONDAY, scope=BackfillScope.MISSING)) == [SKIP]
    assert actions(planned([one], start=date(2026, 3, 3), scope=BackfillScope.MISSING)) == [RUN] * 4


def test_the_dates_are_those_of_the_schedules_zone():
    of = row("0 6 * * *", "Asia/Seoul")
    found = planned(of=of, end=MONDAY)
    assert [(one.slot, one.day) for one in found.slots] == [(slot(1, 21), MONDAY)]
    assert found.timezone == "Asia/Seoul"


@pytest.mark.parametrize(
    ("day", "zone", "count"),
    [
        (date(2026, 3, 8), "America/New_York", 23),
        (date(2026, 3, 9), "America/New_York", 24),
        (date(2025, 11, 2), "America/New_York", 25),
        (date(2025, 10, 26), "Europe/Berlin", 25),
    ],
)
def test_a_day_on_which_clocks_change_has_the_slots_that_it_has(day, zone, count):
    found = planned(of=row("0 * * * *", zone), start=day, end=day)
    assert len(found.slots) == len(set(found.wanted)) == count
    assert {one.day for one in found.slots} == {day}


@pytest.mark.parametrize("day", [date(2026, 3, 8), date(2025, 11, 2)])
def test_a_daily_slot_on_such_a_day_is_one(day):
    of = row("30 2 * * *", "America/New_York")
    assert len(planned(of=of, start=day, end=day).slots) == 1


def test_without_a_cron_every_day_is_a_slot():
    found = planned(of=row(None, "Asia/Seoul"))
    assert [one.day for one in found.slots] == [date(2026, 3, day) for day in range(2, 7)]
    assert found.slots[0].slot == slot(1, 15)
    assert "It has no schedule, so every calendar day counts as one slot." in found.warnings


def test_a_range_in_which_nothing_fires_has_no_slots():
    found = planned(of=row("0 6 * * 0"))
    assert (found.slots, found.to_run, found.to_skip, found.estimate_seconds) == ((), 0, 0, None)


PAST = [
    run(10 + number, RunStatus.COMPLETED, seconds=seconds)
    for number, seconds in enumerate((10, 20, 30, 40, 50))
]


@pytest.mark.parametrize(("parallel", "seconds"), [(False, 150), (True, 48)])
def test_it_takes_each_its_median_in_turn_or_all_the_slowest_at_once(parallel, seconds):
    found = planned(PAST, parallel=parallel)
    assert found.estimate_seconds == pytest.approx(seconds)
    assert found.finishes_at == NOW + timedelta(seconds=found.estimate_seconds)
    assert found.parallel is parallel


@pytest.mark.parametrize("options", [{"runs": PAST[:4]}, {"runs": PAST, "now": slot(1)}])
def test_without_enough_past_or_anything_to_run_there_is_no_estimate(options):
    found = planned(**options)
    assert (found.estimate_seconds, found.finishes_at) == (None, None)


def test_completed_slots_that_would_run_again_are_warned_of():
    said = "Completed before and would run again: 1."
    assert said in planned(HISTORY).warnings
    assert planned(HISTORY, scope=BackfillScope.MISSING).warnings == ()
    assert planned(HISTORY, scope=BackfillScope.FAILED).warnings == ()


def test_days_that_are_left_out_are_skipped_and_said_so():
    found = planned(HISTORY, without=frozenset({date(2026, 3, 3)}))
    assert actions(found) == [RERUN, SKIP, SKIP, RERUN, RUN]
    assert found.slots[1].note == "left out"
    assert not found.is_plain


def test_only_the_slots_that_are_meant_would_run():
    found = planned(HISTORY, only=frozenset({slot(5), slot(6)}))
    assert actions(found) == [SKIP, SKIP, SKIP, RERUN, RUN]
    assert [one.note for one in found.slots[:2]] == ["left out", "left out"]


def test_a_slot_that_is_not_due_says_so_even_where_it_was_left_out():
    found = planned(end=date(2026, 3, 21), now=NOW, without=frozenset({date(2026, 3, 21)}))
    assert found.slots[-1].note == "not due yet"


@pytest.mark.parametrize("status", [WorkflowStatus.PAUSED, WorkflowStatus.DISABLED])
def test_a_schedule_that_is_held_is_warned_of(status):
    held = row().model_copy(update={"status": status})
    (warning,) = planned(of=held).warnings
    assert str(status) in warning
    assert "nothing can be started" in warning


def successes(seconds):
    return [
        run(2, RunStatus.COMPLETED, run_id=f"old{number}", seconds=seconds) for number in range(5)
    ]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (60, None),
        (6 * 3600, "fires once before this would be done, first at 2026-03-21 06:00."),
        (12 * 3600, "fires 2 times before this would be done, first at 2026-03-21 06:00."),
        (20 * 86400, "fires more than 20 times before this would be done, first at 2026-03-21"),
    ],
)
def test_fires_that_come_before_its_end_are_warned_of(seconds, said):
    found = planned(successes(seconds), scope=BackfillScope.MISSING)
    about = [one for one in found.warnings if "schedule fires" in one]
    assert [said in one for one in about] == ([] if said is None else [True])


def test_fires_are_told_by_the_clock_of_the_schedule():
    seoul = row(zone="Asia/Seoul")
    (warning,) = planned(successes(6 * 3600), of=seoul, scope=BackfillScope.MISSING).warnings
    assert "first at 2026-03-21 06:00 +09:00." in warning


# What the server says that it would run


def foretold(days, runs=(), *, at_once=None, hour=6, **options):
    forecast = BackfillForecast(slots=tuple(slot(day, hour) for day in days), at_once=at_once)
    choice = BackfillChoice(MONDAY, FRIDAY, parallel=True, **options)
    dates = dates_of_schedule(row(), choice.start, choice.end)
    return plan(row(), runs, choice, NOW, dates, forecast=forecast)


def test_what_the_server_would_not_run_is_left_alone():
    found = foretold([2, 3])
    assert found.is_confirmed
    assert actions(found) == [RUN, RUN, SKIP, SKIP, SKIP]
    assert {one.note for one in found.slots[2:]} == {"the server leaves it alone"}


def test_what_it_would_run_though_it_was_left_out_is_told_apart():
    found = foretold([2, 3], [run(3, RunStatus.FAILED)], scope=BackfillScope.FAILED)
    assert actions(found) == [RUN, RERUN, SKIP, SKIP, SKIP]
    assert [one.day for one in found.unasked] == [MONDAY]
    assert "would also run 1 that you left out, the first on 2026-03-02" in found.warnings[0]


def test_what_goes_a_few_at_a_time_takes_as_many_turns():
    past = [run(day, RunStatus.COMPLETED, run_id=f"p{day}", seconds=60) for day in range(7, 14)]
    assert foretold([2, 3, 4, 5, 6], past, at_once=2).estimate_seconds == 180.0
    assert foretold([2, 3, 4, 5, 6], past).estimate_seconds == 60.0

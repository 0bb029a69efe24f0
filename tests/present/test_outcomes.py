"""How each day went, in weeks side by side."""

from datetime import date, timedelta

from dli_tui.domain.status import RunStatus
from dli_tui.present import outcomes
from dli_tui.present.outcomes import Day

DONE, FAILED, RUNNING = RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.RUNNING
SATURDAY = date(2026, 11, 21)
TWO_WEEKS = 3 + 2 * outcomes.CELL_WIDTH


def calendar(*runs, since=None, width=TWO_WEEKS):
    return outcomes.calendar(outcomes.days(runs), SATURDAY, since, width)


def test_a_day_is_told_by_the_worst_that_happened_on_it_and_how_often():
    found = outcomes.days([(SATURDAY, DONE)] * 22 + [(SATURDAY, FAILED)] * 2)
    assert found == {SATURDAY: Day(FAILED, 2, 24)}


def test_one_goes_without_a_number_and_many_have_a_sign():
    assert Day(FAILED, 1, 5).number == ""
    assert Day(FAILED, 9, 9).number == "9"
    assert Day(DONE, 24, 24).number == outcomes.MANY


def test_every_status_has_a_rank():
    assert {status for status in RunStatus if outcomes.days([(SATURDAY, status)])} == set(RunStatus)


def test_a_run_under_way_is_seen_before_those_that_went_well():
    assert outcomes.days([(SATURDAY, DONE), (SATURDAY, RUNNING)])[SATURDAY].worst is RUNNING


def test_weeks_stand_side_by_side_and_the_newest_at_the_right():
    shown = calendar((SATURDAY, FAILED), (date(2026, 11, 9), DONE))
    assert len(shown.lines) == 7
    assert shown.lines[5][-1].day == Day(FAILED, 1, 1)
    assert shown.lines[0][0].day == Day(DONE, 1, 1)


def test_what_is_to_come_is_not_a_day_without_a_run():
    sunday = calendar().lines[6]
    assert [cell.known for cell in sunday] == [True, False]


def test_what_nobody_has_looked_at_is_not_a_day_without_a_run():
    shown = calendar(since=SATURDAY - timedelta(days=1))
    friday, saturday = shown.lines[4], shown.lines[5]
    assert [cell.known for cell in friday] == [False, True]
    assert [cell.known for cell in saturday] == [False, True]


def test_the_months_stand_over_their_first_week():
    months = calendar(width=3 + 8 * outcomes.CELL_WIDTH).months
    # September has a single week there, too little for its name.
    assert months.split() == ["Oct", "Nov"]
    assert months.index("Nov") == 3 + 5 * outcomes.CELL_WIDTH


def test_the_narrowest_calendar_is_of_one_week():
    assert {len(line) for line in calendar(width=1).lines} == {1}

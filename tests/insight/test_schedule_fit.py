"""A zone is named only where the dates of a scheduler leave a single clock possible."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dli_tui.domain.schedule import fires_between
from dli_tui.insight.schedule_fit import IntervalRule, ScheduledDate, fit

NOW = datetime(2026, 12, 1, 14, tzinfo=UTC)
YEAR = timedelta(days=370)
DAY = timedelta(days=1)


def named(found, first, last):
    """The dates of these days, which all possible zones agree on."""
    dates = found.logical_dates(first, last)
    assert dates is not None
    return dates


def dates(cron, zone, *, length=None, since=timedelta(days=12), until=timedelta()):
    """What a scheduler did between two moments before now, newest first."""
    moments = fires_between(cron, zone, NOW - since, NOW - until)
    if length == "next":
        found = [ScheduledDate(one, one, later) for one, later in pairwise(moments)]
    else:
        length = length or timedelta()
        found = [ScheduledDate(one - length, one - length, one) for one in moments]
    return found[::-1]


def test_a_clock_that_is_never_set_is_named_by_dates_of_a_few_days():
    found = fit("0 6 * * *", dates("0 6 * * *", "Asia/Seoul"), NOW)
    assert found.zone(NOW - YEAR, NOW + YEAR) == "Asia/Seoul"


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Europe/Madrid"])
def test_dates_of_one_season_leave_several_clocks_possible(zone):
    found = fit("0 6 * * *", dates("0 6 * * *", zone), NOW)
    assert zone in found.zones
    assert found.zone(NOW - YEAR, NOW + YEAR) is None


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Europe/Madrid"])
def test_dates_on_both_sides_of_a_change_of_clocks_leave_one(zone):
    known = dates("0 6 * * *", zone)
    known += dates("0 6 * * *", zone, since=timedelta(days=196), until=timedelta(days=182))
    assert fit("0 6 * * *", known, NOW).zone(NOW - YEAR, NOW + YEAR) == zone


def test_a_range_in_which_all_possible_clocks_agree_has_dates_and_another_has_none():
    found = fit("0 6 * * *", dates("0 6 * * *", "America/New_York"), NOW)
    first = named(found, date(2026, 11, 25), date(2026, 11, 27))[0]
    assert first.logical_date == datetime(2026, 11, 25, 11, tzinfo=UTC)
    assert found.logical_dates(date(2026, 7, 1), date(2026, 7, 3)) is None


def test_dates_of_an_older_schedule_are_left_out():
    known = dates("0 6 * * *", "Asia/Seoul") + dates(
        "0 9 * * *", "America/New_York", since=timedelta(days=30), until=timedelta(days=13)
    )
    assert fit("0 6 * * *", known, NOW).zones == ("Asia/Seoul",)


def test_a_next_date_that_no_zone_explains_fits_nothing():
    odd = datetime(2026, 12, 1, 15, 7, tzinfo=UTC)
    assert fit("0 6 * * *", [ScheduledDate(odd, odd, odd)], NOW) is None
    assert fit("0 6 * * *", [], NOW) is None


def test_a_zone_that_is_named_has_to_explain_the_dates():
    known = dates("0 6 * * *", "Asia/Seoul")
    assert fit("0 6 * * *", known, NOW, "Asia/Tokyo").zones == ("Asia/Tokyo",)
    assert fit("0 6 * * *", known, NOW, "Europe/Madrid") is None


@pytest.mark.parametrize(
    ("length", "rule"),
    [
        (None, IntervalRule.NONE),
        ("next", IntervalRule.TO_NEXT),
        (timedelta(hours=6), IntervalRule.BEFORE),
    ],
)
def test_the_data_interval_is_the_one_that_the_scheduler_gives(length, rule):
    cron, zone = "0 7 * * *", "Europe/Madrid"
    known = dates(cron, zone, length=length)
    found = fit(cron, known, NOW)
    assert found.rule is rule
    days = known[4].logical_date.date(), known[2].logical_date.date()
    assert found.logical_dates(*days) == tuple(known[2:5][::-1])


def test_an_interval_over_a_change_of_clocks_ends_with_the_next_date():
    cron, zone = "30 6 * * *", "America/New_York"
    known = dates(cron, zone, length="next", since=timedelta(days=45))
    (sunday,) = named(fit(cron, known, NOW), date(2026, 10, 31), date(2026, 10, 31))
    assert sunday.interval_end - sunday.interval_start == timedelta(hours=25)
    assert sunday in known


def test_an_hourly_schedule_has_the_same_dates_in_every_zone():
    found = fit("10 * * * *", dates("10 * * * *", "Asia/Seoul", since=2 * DAY), NOW)
    assert len(named(found, date(2026, 11, 20), date(2026, 11, 20))) == 24


CRONS = ("0 6 * * *", "30 0 * * *", "15 5,17 * * *", "0 3 * * 1", "10 * * * *", "45 22 1 * *")
ZONES = ("UTC", "Asia/Seoul", "America/New_York", "Europe/Madrid", "Asia/Kolkata", "Asia/Kathmandu")


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(CRONS),
    st.sampled_from(ZONES),
    st.sampled_from([None, "next", timedelta(hours=2)]),
    st.integers(0, 300),
)
def test_no_date_is_ever_named_that_the_scheduler_doesnt_have(cron, zone, length, days_ago):
    every = dates(cron, zone, length=length, since=timedelta(days=420))
    found = fit(cron, every[:10], NOW)
    assert zone in found.zones or found.zone(NOW - YEAR, NOW + YEAR) is not None
    first = NOW.date() - timedelta(days=days_ago + 40)
    told = found.logical_dates(first, first + timedelta(days=35))
    own = {one for one in every if one.logical_date <= every[1].logical_date}
    if told is not None:
        assert {one for one in told if one.logical_date <= every[1].logical_date} <= own

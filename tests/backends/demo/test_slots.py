"""The moments at which schedules fired, a day at a time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dli_tui.backends.demo.slots import backwards, following, on_day
from dli_tui.domain.schedule import fires_between

TICK = timedelta(microseconds=1)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "zone"),
    [("*/30 * * * *", "UTC"), ("30 2 * * *", "Europe/Berlin"), ("0 6 * * 1-5", "Asia/Seoul")],
)
def test_backwards_they_are_those_of_the_schedule_latest_first(cron, zone):
    since, until = utc("2026-03-27T03:10"), utc("2026-04-02T04:00")
    expected = fires_between(cron, zone, since - TICK, until)
    assert list(backwards(cron, zone, until, since)) == list(reversed(expected)) != []


def test_both_ends_are_included():
    first, last = utc("2026-03-09T12:00"), utc("2026-03-10T12:00")
    assert list(backwards("0 12 * * *", "UTC", last, first)) == [last, first]
    assert list(backwards("0 12 * * *", "UTC", last - TICK, first + TICK)) == []


def test_an_end_before_the_beginning_has_none():
    first, last = utc("2026-03-09T12:00"), utc("2026-03-10T12:00")
    assert list(backwards("* * * * *", "UTC", first, last)) == []


@pytest.mark.parametrize(
    ("day", "slots"), [(date(2026, 3, 8), 1), (date(2026, 11, 1), 1), (date(2026, 7, 1), 1)]
)
def test_a_day_is_one_of_utc_and_clocks_that_change_lose_nothing(day, slots):
    found = on_day("30 2 * * *", "America/New_York", day)
    assert len(found) == slots
    assert {slot.date() for slot in found} == {day}
    assert len(on_day("0 * * * *", "America/New_York", day)) == 24


def test_the_following_one_is_later():
    noon = utc("2026-03-10T12:00")
    assert following("0 12 * * *", "UTC", noon) == noon + timedelta(days=1)
    assert following("0 12 * * *", "UTC", noon - TICK) == noon

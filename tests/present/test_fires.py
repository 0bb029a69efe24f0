"""A fire is told by both clocks, and with what their changes do to it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dli_tui.domain.schedule import next_fires
from dli_tui.present import fires

NEW_YORK, SEOUL = "America/New_York", "Asia/Seoul"


def told(cron, zone, here, now, count=3):
    return fires.told(next_fires(cron, zone, now, count), cron, zone, here, now)


def notes(cron, zone, here, now, count=3):
    return [fire.note for fire in told(cron, zone, here, now, count)]


def test_a_fire_is_told_there_and_here_each_with_its_offset():
    (fire,) = told("0 6 * * *", SEOUL, NEW_YORK, datetime(2026, 7, 1, 12, tzinfo=UTC), 1)
    assert fire == ("Jul 02 06:00 +09:00", "17:00 -04:00", "in 9h00m", "")


@pytest.mark.parametrize("here", [SEOUL, "Asia/Tokyo"])
def test_where_both_clocks_show_the_same_it_is_told_once(here):
    found = told("0 6 * * *", SEOUL, here, datetime(2026, 7, 1, tzinfo=UTC))
    assert {fire.here for fire in found} == {""}


def test_the_night_in_which_clocks_go_forward_skips_a_time():
    before = datetime(2026, 3, 7, 12, tzinfo=UTC)
    first, second, third = told("30 2 * * *", NEW_YORK, NEW_YORK, before)
    assert first.there == "Mar 08 03:30 -04:00"
    assert first.note == (
        "02:30 is skipped that day, it fires 1h later; clocks there go forward 1h before it"
    )
    assert (second.there, second.note) == ("Mar 09 02:30 -04:00", "")
    assert third.note == ""


def test_the_night_in_which_clocks_go_back_has_a_time_twice():
    before = datetime(2026, 10, 31, 12, tzinfo=UTC)
    first, second, _ = told("30 1 * * *", NEW_YORK, NEW_YORK, before)
    assert first.there == "Nov 01 01:30 -05:00"
    assert first.note == (
        "01:30 comes twice that day, it fires the second time; clocks there go back 1h before it"
    )
    assert (second.there, second.note) == ("Nov 02 01:30 -05:00", "")


def test_what_fires_each_hour_fires_both_times():
    before = datetime(2026, 11, 1, 5, tzinfo=UTC)
    assert [fire.there for fire in told("30 * * * *", NEW_YORK, NEW_YORK, before)] == [
        "01:30 -04:00",
        "01:30 -05:00",
        "02:30 -05:00",
    ]
    assert notes("30 * * * *", NEW_YORK, NEW_YORK, before) == [
        "01:30 comes twice that day, it fires each time",
        "01:30 comes twice that day, it fires each time; clocks there go back 1h before it",
        "",
    ]


def test_a_zone_without_changes_is_told_when_the_clocks_of_who_looks_change():
    before = datetime(2026, 10, 31, 22, tzinfo=UTC)
    first, second, _ = told("0 6 * * *", SEOUL, NEW_YORK, before)
    assert (first.here, first.note) == ("Nov 01 16:00 -05:00", "clocks here go back 1h before it")
    assert (second.here, second.note) == ("Nov 02 16:00 -05:00", "")
    assert notes("0 6 * * *", SEOUL, SEOUL, before) == ["", "", ""]


def test_half_an_hour_is_told_as_such():
    before = datetime(2026, 4, 4, 12, tzinfo=UTC)
    assert "go back 30m before it" in notes("0 6 * * *", "Australia/Lord_Howe", "UTC", before)[0]


def test_a_zone_here_that_nobody_knows_is_told_as_utc():
    (fire,) = told("0 6 * * *", SEOUL, "Mars/Base", datetime(2026, 7, 1, 12, tzinfo=UTC), 1)
    assert fire.here == "21:00 +00:00"

"""When a schedule fires, most of all where clocks change."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from croniter import croniter
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dli_tui.domain.cron import problem_of
from dli_tui.domain.errors import ConfigurationError
from dli_tui.domain.schedule import (
    NotificationConfig,
    NotificationTarget,
    RetryConfig,
    ScheduleConfig,
    fires_between,
    next_fire,
    next_fires,
    slots_of,
)
from dli_tui.domain.zones import zone_of

NEW_YORK = "America/New_York"
LORD_HOWE = "Australia/Lord_Howe"


def _next(cron: str, zone: str, after: str, count: int) -> list[str]:
    moments = next_fires(cron, zone, datetime.fromisoformat(after), count)
    return [moment.isoformat() for moment in moments]


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        (
            "30 2 * * *",
            "2026-03-07T00:00Z",
            ["2026-03-07T02:30:00-05:00", "2026-03-08T03:30:00-04:00", "2026-03-09T02:30:00-04:00"],
        ),
        (
            "30 1,2,3 * * *",
            "2026-03-08T05:00Z",
            ["2026-03-08T01:30:00-05:00", "2026-03-08T03:30:00-04:00", "2026-03-09T01:30:00-04:00"],
        ),
        (
            "0 * * * *",
            "2026-03-08T05:30Z",
            ["2026-03-08T01:00:00-05:00", "2026-03-08T03:00:00-04:00", "2026-03-08T04:00:00-04:00"],
        ),
        (
            "0 9 * * *",
            "2026-03-07T00:00Z",
            ["2026-03-07T09:00:00-05:00", "2026-03-08T09:00:00-04:00"],
        ),
    ],
)
def test_in_spring_new_york_skips_an_hour(cron, after, expected):
    assert _next(cron, NEW_YORK, after, len(expected)) == expected


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        (
            "30 1 * * *",
            "2026-10-31T00:00Z",
            ["2026-10-31T01:30:00-04:00", "2026-11-01T01:30:00-05:00", "2026-11-02T01:30:00-05:00"],
        ),
        (
            "0 * * * *",
            "2026-11-01T03:30Z",
            [
                "2026-11-01T00:00:00-04:00",
                "2026-11-01T01:00:00-04:00",
                "2026-11-01T01:00:00-05:00",
                "2026-11-01T02:00:00-05:00",
            ],
        ),
        (
            "0 9 * * *",
            "2026-10-31T00:00Z",
            ["2026-10-31T09:00:00-04:00", "2026-11-01T09:00:00-05:00"],
        ),
    ],
)
def test_in_autumn_new_york_has_an_hour_twice(cron, after, expected):
    assert _next(cron, NEW_YORK, after, len(expected)) == expected


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        ("0 9 * * *", "Asia/Seoul", "2026-01-01T00:00Z", "2026-01-02T09:00:00+09:00"),
        ("0 9 * * *", "Asia/Seoul", "2025-12-31T23:59:59Z", "2026-01-01T09:00:00+09:00"),
        ("0 9 * * *", "Asia/Kolkata", "2026-01-01T00:00Z", "2026-01-01T09:00:00+05:30"),
        ("0 * * * *", "Asia/Kolkata", "2026-01-01T00:00Z", "2026-01-01T06:00:00+05:30"),
        ("0 0 29 2 *", "UTC", "2026-01-01T00:00Z", "2028-02-29T00:00:00+00:00"),
        ("0 0 29 2 *", "UTC", "2096-03-01T00:00Z", "2104-02-29T00:00:00+00:00"),
        ("0 0 29 2 *", "Asia/Seoul", "2028-02-28T14:59Z", "2028-02-29T00:00:00+09:00"),
        ("0 0 13 * 5", "UTC", "2026-03-08T00:00Z", "2026-03-13T00:00:00+00:00"),
        ("0 0 1 * mon", "UTC", "2026-03-03T00:00Z", "2026-03-09T00:00:00+00:00"),
        ("0 0 * * 7", "UTC", "2026-03-02T00:00Z", "2026-03-08T00:00:00+00:00"),
    ],
)
def test_the_next_fire_carries_the_offset_of_its_zone(cron, zone, after, expected):
    assert _next(cron, zone, after, 1) == [expected]


@pytest.mark.parametrize(
    ("cron", "after", "expected"),
    [
        ("15 2 * * *", "2026-10-03T13:00Z", "2026-10-04T02:45:00+11:00"),
        ("45 1 * * *", "2026-04-04T12:00Z", "2026-04-05T01:45:00+10:30"),
        ("0 * * * *", "2026-10-03T14:30Z", "2026-10-04T03:00:00+11:00"),
        ("0 * * * *", "2026-04-04T14:00Z", "2026-04-05T02:00:00+10:30"),
    ],
)
def test_a_zone_that_shifts_by_half_an_hour_keeps_its_own_clock(cron, after, expected):
    assert _next(cron, LORD_HOWE, after, 1) == [expected]


def test_a_naive_moment_is_utc():
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - what a server sends is the point of it
    assert next_fire("0 9 * * *", "Asia/Seoul", naive) == datetime(2026, 1, 2, tzinfo=UTC)


def test_a_fire_is_later_than_the_moment_asked_for():
    nine = datetime(2026, 1, 1, 9, tzinfo=UTC)
    assert next_fire("0 9 * * *", "UTC", nine) == nine + timedelta(days=1)
    assert next_fire("0 9 * * *", "UTC", nine - timedelta(microseconds=1)) == nine


@pytest.mark.parametrize(
    ("cron", "zone"),
    [(None, "UTC"), ("60 * * * *", "UTC"), ("when it rains", "UTC"), ("0 9 * * *", "Mars")],
)
def test_without_a_schedule_that_can_be_read_there_is_no_next_fire(cron, zone):
    assert next_fire(cron, zone, datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_fires_between_leaves_out_the_first_moment_and_takes_the_last():
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, 3, tzinfo=UTC)
    hours = fires_between("0 * * * *", "UTC", first, last)
    assert [moment.hour for moment in hours] == [1, 2, 3]
    assert all(moment.tzinfo is UTC for moment in hours)


@pytest.mark.parametrize(
    ("cron", "zone", "day", "count"),
    [
        ("0 * * * *", "UTC", date(2026, 1, 1), 24),
        ("0 * * * *", "Asia/Kolkata", date(2026, 1, 1), 24),
        ("0 * * * *", NEW_YORK, date(2026, 3, 7), 24),
        ("0 * * * *", NEW_YORK, date(2026, 3, 8), 23),
        ("0 * * * *", NEW_YORK, date(2026, 11, 1), 25),
        ("*/30 * * * *", NEW_YORK, date(2026, 11, 1), 50),
        ("30 2 * * *", NEW_YORK, date(2026, 3, 8), 1),
        ("30 1 * * *", NEW_YORK, date(2026, 11, 1), 1),
        ("0 0 * * *", NEW_YORK, date(2026, 11, 1), 1),
        ("59 23 * * *", NEW_YORK, date(2026, 11, 1), 1),
        ("0 0 * * 1", "UTC", date(2026, 1, 1), 0),
    ],
)
def test_a_day_has_as_many_slots_as_fires(cron, zone, day, count):
    slots = slots_of(cron, zone, day, day)
    assert len(slots) == count
    assert {slot.astimezone(ZoneInfo(zone)).date() for slot in slots} <= {day}


def test_both_ends_of_a_range_count():
    slots = slots_of("0 9 * * *", "Asia/Seoul", date(2026, 1, 1), date(2026, 1, 3))
    assert slots == tuple(datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3))


def test_a_range_that_runs_backwards_has_no_slots():
    assert slots_of("0 9 * * *", "UTC", date(2026, 1, 3), date(2026, 1, 1)) == ()


@pytest.mark.parametrize("name", ["UTC", "Asia/Seoul", NEW_YORK, "America/Argentina/Ushuaia"])
def test_a_zone_is_found_by_its_name(name):
    assert zone_of(name).key == name


@pytest.mark.parametrize(
    "name",
    [
        *("", "Mars/Olympus", "Asia", "Asia/", "Asia/Seoul ", ".", "+09:00"),
        *("../etc/passwd", "/etc/passwd", "a\0b", "\ud800", "é", "x" * 5_000),
        *("posix/UTC", "right/UTC", "posixrules", "localtime", "Factory", "SystemV/EST5"),
    ],
)
def test_what_is_no_zone_is_refused_with_a_hint(name):
    with pytest.raises(ConfigurationError) as caught:
        zone_of(name)
    assert "is not an IANA time zone" in caught.value.message
    assert "Asia/Seoul" in caught.value.hint


def test_the_flat_names_of_the_seeds_read_the_retry():
    config = ScheduleConfig(retry=RetryConfig(max_attempts=3, delay_seconds=60))
    assert (config.retry_max_attempts, config.retry_delay_seconds) == (3, 60)


def test_a_schedule_without_words_runs_by_hand_and_tells_nobody():
    config = ScheduleConfig()
    assert (config.cron, config.timezone, config.enabled) == (None, "UTC", True)
    assert config.notifications == NotificationConfig()
    assert NotificationTarget(type="slack").channel is None


def _field(low: int, high: int) -> st.SearchStrategy[str]:
    value = st.integers(low, high).map(str)
    values = st.lists(value, min_size=1, max_size=3).map(",".join)
    ranges = st.tuples(st.integers(low, high), st.integers(low, high)).map(
        lambda ends: f"{min(ends)}-{max(ends)}"
    )
    return st.sampled_from(["*", "*", "*/2", "*/7"]) | values | ranges


_CRONS = (
    st.tuples(_field(0, 59), _field(0, 23), _field(1, 31), _field(1, 12), _field(0, 7))
    .map(" ".join)
    .filter(lambda cron: problem_of(cron) is None)
)
_MOMENTS = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis wants bounds without a zone
    datetime(2035, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@settings(deadline=None, max_examples=150, derandomize=True)
@given(_CRONS, _MOMENTS)
def test_in_utc_it_fires_when_croniter_does(cron, after):
    theirs = croniter(cron, after, ret_type=datetime)
    assert list(next_fires(cron, "UTC", after, 5)) == [theirs.get_next() for _ in range(5)]


_CHANGES = [
    (NEW_YORK, datetime(2026, 3, 8, 7, tzinfo=UTC)),
    (NEW_YORK, datetime(2026, 11, 1, 6, tzinfo=UTC)),
    (LORD_HOWE, datetime(2026, 4, 4, 15, tzinfo=UTC)),
    (LORD_HOWE, datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 1, 1, tzinfo=UTC)),
]


@settings(deadline=None, max_examples=60, derandomize=True)
@given(
    st.sampled_from(_CHANGES),
    st.sets(st.integers(0, 59), min_size=1, max_size=4),
    st.integers(-300, 120),
)
def test_every_hour_means_every_minute_at_which_the_clock_shows_it(change, minutes, offset):
    zone, moment = change
    after = moment + timedelta(minutes=offset)
    cron = f"{','.join(map(str, sorted(minutes)))} * * * *"
    ahead = ((after + timedelta(minutes=n)).astimezone(ZoneInfo(zone)) for n in range(1, 600))
    shown = [wall for wall in ahead if wall.minute in minutes]
    assert next_fires(cron, zone, after, 3) == tuple(islice(shown, 3))


@settings(deadline=None, max_examples=100, derandomize=True)
@given(_CRONS, st.sampled_from(_CHANGES), st.integers(-3_000, 1_000))
def test_fires_move_forward_across_a_change_of_clocks(cron, change, offset):
    zone, moment = change
    after = moment + timedelta(minutes=offset)
    fires = [fire.astimezone(UTC) for fire in next_fires(cron, zone, after, 6)]
    assume(fires)
    assert fires[0] > after
    assert all(earlier < later for earlier, later in pairwise(fires))
    assert fires_between(cron, zone, after, fires[-1]) == tuple(fires)


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("@daily", "2026-01-15 00:00:00+09:00"),
        ("0 0 L * *", "2026-01-31 00:00:00+09:00"),
        ("0 9 * * 1#1", "2026-02-02 09:00:00+09:00"),
        ("0 9 * * * 30", "2026-01-14 09:00:30+09:00"),
    ],
)
def test_what_we_would_not_register_but_a_server_has_fires_too(cron, expected):
    assert problem_of(cron) is not None
    assert (
        str(next_fires(cron, "Asia/Seoul", datetime(2026, 1, 13, 23, tzinfo=UTC), 1)[0]) == expected
    )


def test_a_schedule_of_another_system_that_never_fires_has_no_next_fire():
    assert next_fire("0 0 31 2 *", "UTC", datetime(2026, 1, 1, tzinfo=UTC)) is None

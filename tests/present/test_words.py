from datetime import UTC, datetime, timedelta

import pytest

from dli_tui.present import words

NINE = datetime(2026, 3, 10, 9, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "2026-03-10 09:00"),
        ("Asia/Seoul", "2026-03-10 18:00 +09:00"),
        ("America/New_York", "2026-03-10 05:00 -04:00"),
        ("Asia/Kolkata", "2026-03-10 14:30 +05:30"),
        ("Europe/London", "2026-03-10 09:00"),
        ("Mars/Base", "2026-03-10 09:00"),
    ],
)
def test_a_moment_is_in_its_zone_with_an_offset_unless_it_is_that_of_utc(zone, shown):
    assert words.moment(NINE, zone) == shown


def test_a_moment_may_be_told_to_the_second():
    assert words.moment(NINE, seconds=True) == "2026-03-10 09:00:05"
    assert words.moment(NINE, "Asia/Seoul", seconds=True) == "2026-03-10 18:00:05 +09:00"


def test_the_offset_is_that_of_the_moment_not_of_today():
    summer = datetime(2026, 7, 1, 9, tzinfo=UTC)
    assert words.moment(summer, "America/New_York").endswith("05:00 -04:00")
    winter = datetime(2026, 1, 1, 9, tzinfo=UTC)
    assert words.moment(winter, "America/New_York").endswith("04:00 -05:00")


@pytest.mark.parametrize("call", [words.moment, words.seconds, words.span, words.word])
def test_nothing_is_a_dash(call):
    assert call(None) == "-"


@pytest.mark.parametrize(
    ("duration", "shown"), [(0, "0s"), (0.4, "0s"), (45, "45s"), (124.6, "125s"), (7200, "7200s")]
)
def test_a_duration_is_in_whole_seconds(duration, shown):
    assert words.seconds(duration) == shown


@pytest.mark.parametrize(
    ("duration", "shown"),
    [
        (0, "0s"),
        (-3, "0s"),
        (59.4, "59s"),
        (59.6, "1m00s"),
        (102, "1m42s"),
        (3599, "59m59s"),
        (3599.9, "1h00m"),
        (11_100, "3h05m"),
        (86_399, "23h59m"),
        (187_200, "2d04h"),
        (timedelta(minutes=41), "41m00s"),
    ],
)
def test_a_span_is_in_its_two_largest_units(duration, shown):
    assert words.span(duration) == shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("", "-"),
        ("plain", "plain"),
        ("a\x1b[31mb", "ab"),
        ("one\ntwo\tthree", "one two three"),
        ("주문", "주문"),
    ],
)
def test_a_word_is_safe_and_on_one_line(raw, shown):
    assert words.word(raw) == shown


def test_names_that_a_terminal_would_obey_are_spelled_out():
    raw = ["a", "a\x1b[1m", "b\x1b[1m", "주문"]
    assert words.names(raw) == {
        "a": "a",
        "a\x1b[1m": "a\\x1b[1m",
        "b\x1b[1m": "b\\x1b[1m",
        "주문": "주문",
    }


def test_the_same_name_twice_is_one_name():
    assert words.names(["pair", "pair"]) == {"pair": "pair"}


def test_two_raw_names_are_never_shown_the_same():
    raw = ["a\x1b[1m", "a\x1b[2m", "a\u202e", "a\ufffd"]
    shown = words.names(raw)
    assert len(set(shown.values())) == len(raw)
    assert all(one.isprintable() for one in shown.values())


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 runs"), (1, "1 run"), (2, "2 runs"), (1200, "1,200 runs")]
)
def test_a_count_has_its_plural(count, shown):
    assert words.plural(count, "run") == shown


def test_a_name_never_looks_like_another_that_was_spelled_out():
    raw = ["a\x1b[1m", "a\\x1b[1m", "a", "a\u200b", "a\xad", "a\u2028"]
    shown = words.names(raw)
    assert len(set(shown.values())) == len(raw)
    assert all(one.isprintable() for one in shown.values())


def after(**passed):
    return NINE + timedelta(**passed)


@pytest.mark.parametrize(
    ("passed", "shown"),
    [
        ({"seconds": 0}, "now"),
        ({"seconds": 4.9}, "now"),
        ({"seconds": 48}, "45s ago"),
        ({"seconds": 60}, "1m ago"),
        ({"minutes": 59.9}, "59m ago"),
        ({"hours": 3.9}, "3h ago"),
        ({"days": 2}, "2d ago"),
        ({"days": 40_000}, "40000d ago"),
        ({"seconds": -30}, "now"),
        ({"hours": -2}, "in 2h00m"),
    ],
)
def test_the_past_is_told_in_one_unit(passed, shown):
    assert words.ago(NINE, after(**passed)) == shown


@pytest.mark.parametrize(
    ("passed", "shown"),
    [({"minutes": 4}, "4m ago"), ({"minutes": -1}, "in 1m"), ({"hours": -5}, "?")],
)
def test_what_has_happened_lies_in_no_future(passed, shown):
    assert words.since(NINE, after(**passed)) == shown


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        ({"seconds": 3}, "now"),
        ({"seconds": 44}, "in 40s"),
        ({"minutes": 56, "seconds": 59}, "in 56m"),
        ({"hours": 2, "minutes": 5, "seconds": 59}, "in 2h05m"),
        ({"hours": 28}, "in 1d04h"),
        ({"days": 3, "hours": 20}, "in 3d"),
        ({"seconds": -59}, "now"),
        ({"minutes": -14}, "14m ago"),
    ],
)
def test_the_future_is_never_told_further_off_than_it_is(left, shown):
    assert words.until(after(**left), NINE) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"), [(-1, "0s"), (59, "59s"), (3_599, "59m"), (86_399, "23h"), (86_400, "1d")]
)
def test_an_age_has_one_unit(seconds, shown):
    assert words.age(seconds) == shown


def test_what_is_late_says_by_how_much():
    assert words.late(NINE, after(minutes=14)) == "LATE 14m"


@pytest.mark.parametrize(
    ("at", "zone", "shown"),
    [
        (NINE, "UTC", "09:00"),
        (NINE, "Asia/Seoul", "18:00"),
        (NINE - timedelta(days=1), "UTC", "Mar 09 09:00"),
        (NINE - timedelta(hours=10), "Asia/Seoul", "08:00"),
        (NINE - timedelta(days=365), "UTC", "2025-03-10 09:00"),
        (NINE, "Mars/Base", "09:00"),
    ],
)
def test_a_clock_time_is_as_short_as_the_day_allows(at, zone, shown):
    assert words.clock_time(at, zone, NINE) == shown


def test_a_clock_time_may_have_its_offset():
    assert words.clock_time(NINE, "Asia/Seoul", NINE, offset=True) == "18:00 +09:00"
    assert words.clock_time(NINE, "UTC", NINE, offset=True) == "09:00 +00:00"


def test_a_line_of_a_log_stands_at_a_second():
    assert words.second_of(NINE, "Asia/Seoul") == "18:00:05"


@pytest.mark.parametrize(
    ("done", "total", "shown"),
    [(0, 8, "0%"), (5, 8, "62%"), (999, 1000, "99%"), (8, 8, "100%"), (9, 8, "100%"), (1, 0, "-")],
)
def test_a_share_is_whole_only_when_all_is_done(done, total, shown):
    assert words.share(done, total) == shown


def test_tries_have_their_plural():
    assert (words.tries(1), words.tries(3)) == ("1 try", "3 tries")


def test_a_day_is_that_of_its_zone():
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert str(words.day_of(late, "UTC")) == "2026-11-20"
    assert str(words.day_of(late, "Asia/Seoul")) == "2026-11-21"
    assert str(words.day_of(late, "Nowhere/Known")) == "2026-11-20"

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

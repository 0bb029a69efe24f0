"""A single value is read where it makes sense, and is nothing where it doesn't."""

from datetime import UTC, date, datetime

import pytest

from dli_tui.domain.status import RunStatus, SourceType
from dli_tui.wire import values


def _nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = {"a": value}
    return value


_TEN = datetime(2026, 1, 1, 10, tzinfo=UTC)

_MOMENTS = [
    pytest.param("2026-01-01T10:00:00Z", _TEN, id="Z"),
    pytest.param("2026-01-01T19:00:00+09:00", _TEN, id="offset"),
    pytest.param("2026-01-01T19:00:00+0900", _TEN, id="offset without colon"),
    pytest.param("2026-01-01T10:00:00", _TEN, id="naive is UTC"),
    pytest.param("2026-01-01 10:00:00", _TEN, id="blank for T"),
    pytest.param(" 2026-01-01T10:00:00Z\n", _TEN, id="blanks around"),
    pytest.param("2026-01-01T10:00:00.000000000Z", _TEN, id="nanoseconds"),
    pytest.param("2026-01-01T19:00:00+09:00[Asia/Seoul]", _TEN, id="java's zone behind"),
    pytest.param("2026-01-01", datetime(2026, 1, 1, tzinfo=UTC), id="a date"),
    pytest.param(1767261600, _TEN, id="epoch seconds"),
    pytest.param(1767261600000, _TEN, id="epoch milliseconds"),
    pytest.param(1767261600.0, _TEN, id="epoch with a fraction"),
]


@pytest.mark.parametrize(("told", "expected"), _MOMENTS)
def test_a_moment_is_read_in_each_form_and_held_in_utc(told, expected):
    found = values.moment(told)
    assert found == expected
    assert found is not None
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "told",
    [
        *("", "soon", "2026-13-01", "2026-01-01T25:00", "\ud800", True, None, [], {}),
        pytest.param("0001-01-01T00:00:00Z", id="the year 1 means never"),
        pytest.param("0001-01-01T00:00:00+23:59", id="before the first moment"),
        pytest.param("9999-12-31T23:59:59-23:59", id="after the last moment"),
        pytest.param(10**400, id="a number without end"),
        pytest.param(float("nan"), id="not a number"),
    ],
)
def test_what_is_no_moment_stays_empty(told):
    assert values.moment(told) is None


@pytest.mark.parametrize(
    ("read", "told", "expected"),
    [
        (values.text, "a", "a"),
        (values.text, " a ", " a "),
        (values.text, "\x1b[31mraw", "\x1b[31mraw"),
        (values.text, "a\ud800", "a\ufffd"),
        (values.text, "  ", None),
        (values.text, 5, None),
        (values.note, "\x1b[31mred", "red"),
        (values.note, "two\nlines", "two\nlines"),
        (values.note, ["a"], None),
        (values.identifier, 42, "42"),
        (values.identifier, "a/b c", "a/b c"),
        (values.identifier, True, None),
        (values.identifier, 10**400, None),
        (values.number, "1.5", 1.5),
        (values.number, "nan", None),
        (values.number, "inf", None),
        (values.number, 10**400, None),
        (values.number, False, None),
        (values.seconds, -1, None),
        (values.seconds, 45, 45.0),
        (values.count, 7.0, 7),
        (values.count, "7", 7),
        (values.count, 7.5, None),
        (values.count, -7, None),
        (values.count, 10**16, None),
        (values.flag, True, True),
        (values.flag, "False", False),
        (values.flag, "perhaps", None),
        (values.flag, 1, None),
        (values.day, "2026-01-07", date(2026, 1, 7)),
        (values.day, "2026-01-07T23:00:00-09:00", date(2026, 1, 7)),
        (values.day, "Friday", None),
        (values.day, 20260107, None),
        (values.source, "Code", SourceType.CODE),
        (values.source, " MANUAL", SourceType.MANUAL),
        (values.source, "git", None),
        (values.source, {}, None),
        (values.words, ["a", 1, "b"], ("a", "b")),
        (values.words, "a, b,", ("a", "b")),
        (values.words, {"a": 1}, ()),
        (values.mapping, {"a": 1}, {"a": 1}),
        (values.mapping, '{"a": [1]}', {"a": [1]}),
        (values.mapping, "[1]", None),
        (values.mapping, "{", None),
        pytest.param(values.mapping, '{"a":' * 100_000, None, id="deep text"),
        (values.mapping, {"\ud800": ["\udfff", 1]}, {"\ufffd": ["\ufffd", 1]}),
        (values.mapping, 5, None),
    ],
)
def test_a_value_is_read_or_is_nothing(read, told, expected):
    assert read(told) == expected


def test_a_mapping_too_deep_to_be_written_stays_unread():
    kept = _nested(values.MAX_DEPTH - 1)
    assert values.mapping(kept) == kept
    assert values.mapping(_nested(values.MAX_DEPTH + 1)) is None
    assert values.mapping(_nested(100_000)) is None


def test_the_first_key_that_can_be_read_is_taken():
    row: dict[str, object] = {"a": None, "b": [], "c": "yes", "d": "no"}
    assert values.first(row, values.text, "a", "b", "c", "d") == "yes"
    assert values.first(row, values.text, "a", "b", "e") is None


@pytest.mark.parametrize(
    ("word", "raw"),
    [("completed", None), (" COMPLETED ", None), ("SUCCESS", "SUCCESS"), (None, None)],
)
def test_a_raw_word_is_kept_only_where_it_is_another_word(word, raw):
    assert values.differing(word, RunStatus.COMPLETED) == raw


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "nothing"),
        (False, "true or false"),
        ("", "text"),
        (1, "a number"),
        (1.5, "a number"),
        ([], "a list"),
        ({}, "an object"),
        (object(), "something else"),
    ],
)
def test_what_came_instead_has_a_name(value, name):
    assert values.kind_of(value) == name

from datetime import UTC, date, datetime

import pytest

from dli_tui.client import checks
from dli_tui.domain.errors import ConfigurationError, ErrorCode, WorkflowRegistrationError


@pytest.mark.parametrize(
    "value", ["2026-03-10", date(2026, 3, 10), datetime(2026, 3, 10, 9, tzinfo=UTC)]
)
def test_a_date_is_read_from_text_a_date_or_a_moment(value):
    found = checks.a_date(value, "start")
    assert (type(found), found) == (date, date(2026, 3, 10))


@pytest.mark.parametrize(
    "value", ["", "tomorrow", "2026-02-30", "10.03.2026", "2026-3-1", "2026-03-10T09:00"]
)
def test_what_is_no_date_is_named_with_the_form_that_is_one(value):
    with pytest.raises(ConfigurationError, match=f"end date '{value}'") as caught:
        checks.a_date(value, "end")
    assert (caught.value.code, caught.value.hint) == (
        ErrorCode.CONFIG_INVALID,
        "Write it as YYYY-MM-DD.",
    )


def test_a_range_of_one_day_is_a_range():
    day = date(2026, 3, 10)
    assert checks.a_range("2026-03-10", day) == (day, day)


def test_a_moment_and_a_date_make_a_range():
    assert checks.a_range(datetime(2026, 3, 9, 9, tzinfo=UTC), date(2026, 3, 10)) == (
        date(2026, 3, 9),
        date(2026, 3, 10),
    )


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        ("2026-03-10", "2026-03-09", "after the end date"),
        ("2000-01-01", "2026-01-01", "more than ten years"),
    ],
)
def test_a_range_that_is_none_is_refused(start, end, said):
    with pytest.raises(ConfigurationError, match=said):
        checks.a_range(start, end)


def test_parameters_may_be_anything_that_json_holds():
    given = {"date": "2026-03-10", "tries": 3, "ratio": 0.5, "on": True, "list": [1, {"a": None}]}
    assert checks.parameters(given) == given
    assert checks.parameters(None) == {}


_CIRCLE: list[object] = []
_CIRCLE.append(_CIRCLE)


@pytest.mark.parametrize(
    "given",
    [
        {"when": date(2026, 3, 10)},
        {"ratio": float("nan")},
        {"ratio": float("inf")},
        {"names": {"a", "b"}},
        {"circle": _CIRCLE},
        {1: "one"},
        {"": "empty"},
        {"  ": "blank"},
    ],
    ids=["a date", "nan", "inf", "a set", "a circle", "a number as name", "no name", "blanks"],
)
def test_parameters_that_cannot_be_sent_are_refused(given):
    with pytest.raises(ConfigurationError) as caught:
        checks.parameters(given)
    assert caught.value.hint


def test_the_parameters_that_are_sent_are_a_copy():
    given = {"a": 1}
    checks.parameters(given)["b"] = 2
    assert given == {"a": 1}


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_is_at_least_one(limit):
    with pytest.raises(ConfigurationError, match=f"limit {limit} "):
        checks.limit(limit)


def test_a_limit_of_one_is_one():
    assert checks.limit(1) == 1


@pytest.mark.parametrize("name", ["", "a b", "../etc", "-a", "a..b", "a/b", "a" * 251])
def test_what_is_no_name_is_refused_as_a_registration(name):
    with pytest.raises(WorkflowRegistrationError) as caught:
        checks.name(name)
    assert caught.value.code is ErrorCode.WORKFLOW_REGISTRATION_FAILED
    assert caught.value.dataset_name == name


@pytest.mark.parametrize("name", ["a", "iceberg.analytics.daily_clicks", "주문.일별_집계", "9-a"])
def test_a_name_is_letters_digits_and_three_signs(name):
    checks.name(name)

"""Cron: five plain fields, and the wrong one named."""

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from dli_tui.domain.cron import FIELDS, InvalidCronError, check, problem_of
from dli_tui.domain.errors import ErrorCode, WorkflowRegistrationError

_MONTHS = ("jan", "FEB", "Mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS = ("sun", "MON", "Tue", "wed", "thu", "fri", "sat")


@pytest.mark.parametrize(
    "expression",
    [
        "* * * * *",
        "0 9 * * *",
        "59 23 31 12 7",
        "0 0 1 1 0",
        "00 09 01 01 00",
        "*/15 * * * *",
        "10-50/20 * * * *",
        "0,15,30-45 */2 1,15 * 1-5",
        "0 0 * jan-mar mon-fri",
        "0 0 1 JAN,Jul *",
        "0 0 * * sun,SAT",
        "0 0 * * 5-7",
        "0 0 29 2 *",
        "0 0 31 2,3 *",
        "0 0 31 2 1",
        " 0  0 *\t* * ",
    ],
)
def test_the_common_subset_is_accepted(expression):
    assert problem_of(expression) is None
    check(expression)


@pytest.mark.parametrize("month", _MONTHS)
def test_every_month_has_a_name(month):
    assert problem_of(f"0 0 1 {month} *") is None


@pytest.mark.parametrize("day", _DAYS)
def test_every_weekday_has_a_name(day):
    assert problem_of(f"0 0 * * {day}") is None


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "  ",
        "@daily",
        "@every 5m",
        "* * * *",
        "0 * * * * *",
        "0 0 1 1 * 2026 *",
        "0\u00a00 * * *",
    ],
)
def test_anything_but_five_fields_is_refused_with_their_number(expression):
    problem = problem_of(expression)
    assert problem is not None
    assert problem.field is None
    assert problem.message.startswith("5 fields are expected")


def test_a_line_break_does_not_part_fields():
    assert problem_of("0 0\n* * *") is not None


@pytest.mark.parametrize(
    ("expression", "field", "why"),
    [
        ("60 * * * *", 0, "'60' is not between 0 and 59"),
        ("-1 * * * *", 0, "'-1' is not understood"),
        ("*/0 * * * *", 0, "'*/0' steps by zero"),
        ("*/100 * * * *", 0, "'*/100' is not understood"),
        (f"*/{'9' * 5_000} * * * *", 0, "is not understood"),
        ("5/15 * * * *", 0, "steps from one value"),
        ("30-10 * * * *", 0, "'30-10' runs backwards"),
        ("5-5 * * * *", 0, "'5-5' is a range of one value"),
        ("*-5 * * * *", 0, "'*-5' is not understood"),
        ("*,5 * * * *", 0, "'*' means all"),
        ("1,,2 * * * *", 0, "'' is not understood"),
        ("000 * * * *", 0, "'000' is not between 0 and 59"),
        ("H * * * *", 0, "'H' is not between 0 and 59"),
        ("٣ * * * *", 0, "'٣' is not understood"),
        ("0 24 * * *", 1, "'24' is not between 0 and 23"),
        ("0 1-24 * * *", 1, "'24' is not between 0 and 23"),
        ("0 0 0 * *", 2, "'0' is not between 1 and 31"),
        ("0 0 32 * *", 2, "'32' is not between 1 and 31"),
        ("0 0 ? * *", 2, "'?' is not understood"),
        ("0 0 L * *", 2, "'L' is not between 1 and 31"),
        ("0 0 15W * *", 2, "'15W' is not between 1 and 31"),
        ("0 0 1 0 *", 3, "'0' is not between 1 and 12"),
        ("0 0 1 13 *", 3, "'13' is not between 1 and 12"),
        ("0 0 1 mon *", 3, "'mon' is not between 1 and 12"),
        ("0 0 * * 8", 4, "'8' is not between 0 and 7"),
        ("0 0 * * fri-sun", 4, "'fri-sun' runs backwards"),
        ("0 0 * * ?", 4, "'?' is not understood"),
        ("0 0 * * 1#2", 4, "'1#2' is not understood"),
        ("0 0 * * L5", 4, "'L5' is not between 0 and 7"),
        ("0 0 * * jan", 4, "'jan' is not between 0 and 7"),
    ],
)
def test_the_wrong_field_is_named(expression, field, why):
    problem = problem_of(expression)
    assert problem is not None
    assert problem.field == field
    assert problem.message.startswith(f"{FIELDS[field].name}: ")
    assert why in problem.message


@pytest.mark.parametrize(
    "expression", ["0 0 31 2 *", "0 0 30,31 feb *", "0 0 31 4,6,9,11 *", "0 0 30-31 2 *"]
)
def test_what_never_fires_is_refused(expression):
    problem = problem_of(expression)
    assert problem is not None
    assert problem.field == 2
    assert "never fires" in problem.message


def test_check_raises_805_with_the_expression_and_the_dataset():
    with pytest.raises(InvalidCronError) as caught:
        check("60 * * * *", dataset_name="web.clicks")
    error = caught.value
    assert isinstance(error, WorkflowRegistrationError)
    assert error.code is ErrorCode.WORKFLOW_INVALID_CRON
    assert (error.expression, error.dataset_name) == ("60 * * * *", "web.clicks")
    assert error.problem == problem_of("60 * * * *")
    assert str(error) == (
        "[DLI-805] Invalid cron expression: '60 * * * *' (minute: '60' is not between 0 and 59)"
    )


def _field(low: int, high: int, words: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    value = st.integers(low, high).map(str)
    if words:
        value |= st.sampled_from(words)
    bounds = st.tuples(value, value).map("-".join)
    stepped = st.tuples(st.just("*") | bounds, st.integers(0, 40).map(str)).map("/".join)
    part = st.just("*") | value | bounds | stepped
    return st.lists(part, min_size=1, max_size=3).map(",".join)


_ALMOST = st.tuples(
    _field(0, 60), _field(0, 24), _field(1, 32), _field(1, 13, _MONTHS), _field(0, 8, _DAYS)
).map(" ".join)


@settings(deadline=None, max_examples=300, derandomize=True)
@given(_ALMOST)
def test_what_is_accepted_croniter_accepts_too(expression):
    if problem_of(expression) is None:
        assert croniter.is_valid(expression)

"""Names and addresses."""

import pytest

from dli_tui.domain.ids import MAX_NAME, LogRef, RunRef, WorkflowKey, why_not_a_name
from dli_tui.domain.status import SourceType


@pytest.mark.parametrize(
    "name",
    ["a", "7", "iceberg.analytics.daily_clicks", "a-b_c.d", "A1", "trailing.", "x" * MAX_NAME],
)
def test_letters_digits_and_three_signs_make_a_name(name):
    assert why_not_a_name(name) is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "it is empty"),
        ("x" * (MAX_NAME + 1), "it has 251 characters, 250 are allowed"),
        (".hidden", "begin with a letter or a digit"),
        ("-rf", "begin with a letter or a digit"),
        ("_x", "begin with a letter or a digit"),
        (" x", "begin with a letter or a digit"),
        ("../x", "begin with a letter or a digit"),
        ("/etc/passwd", "begin with a letter or a digit"),
        ("a..b", "'..' is not allowed"),
        ("a/b", "'/' is not allowed"),
        ("a\\b", "is not allowed"),
        ("a b", "' ' is not allowed"),
        ("a%2e", "'%' is not allowed"),
        ("a\n", r"'\n' is not allowed"),
        ("a\x1b[31m", r"'\x1b' is not allowed"),
        ("a\u202eb", r"'\u202e' is not allowed"),
        ("a\ud800", r"'\ud800' is not allowed"),
    ],
)
def test_what_is_no_name_is_told_why(name, why):
    told = why_not_a_name(name)
    assert told is not None
    assert why in told
    assert told.isprintable()


def test_a_name_alone_means_the_row_in_force():
    assert WorkflowKey("a") == WorkflowKey("a", None)
    assert WorkflowKey("a", SourceType.CODE) != WorkflowKey("a", SourceType.MANUAL)


@pytest.mark.parametrize(
    ("run", "shown"),
    [(RunRef("r1"), "r1"), (RunRef("r1", "web.clicks"), "web.clicks/r1"), (RunRef("r1", ""), "r1")],
)
def test_a_run_is_shown_with_its_workflow_where_it_has_one(run, shown):
    assert str(run) == shown


def test_the_log_of_a_step_is_that_of_its_first_try_unless_told():
    log = LogRef(RunRef("r1"), "extract")
    assert (log.attempt, log.map_index) == (1, None)

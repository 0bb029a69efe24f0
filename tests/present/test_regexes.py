"""A typed regular expression never takes forever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dli_tui.present.regexes import LONGEST, searching

GOOD = [
    r"^orders_(daily|hourly)$",
    r"\d{4}-\d{2}-\d{2}-\d{2}",
    "(?:foo)+",
    "a.*b.*c",
    "[[]+",
    "a|b|c|d|e|f|g|h",
    r"(?i)x\+\+\+\+",
    "[*+?]*",
]
BAD = ["(a+)+b", "(a|a)*b", "(a?){30}b", "((a*)b?)+", "a*" * 4, "a?" * 20, "(a|a)" * 20, "(", "a**"]


@pytest.mark.parametrize("pattern", GOOD)
def test_usual_patterns_are_tried(pattern):
    assert callable(searching(pattern))


@pytest.mark.parametrize("pattern", [*BAD, "a" * (LONGEST + 1)])
def test_others_are_refused_in_words(pattern):
    problem = searching(pattern)
    assert isinstance(problem, str)
    assert problem.startswith("the regex")


def test_case_does_not_matter_and_only_the_length_of_a_name_is_read():
    search = searching("END$")
    assert callable(search)
    assert search("the end")
    assert not search("x" * 250 + "end")


@given(st.text(alphabet="ab(|)*+?{},12.[]\\^$", max_size=24))
def test_whatever_is_tried_comes_back(pattern):
    search = searching(pattern)
    assert isinstance(search, str) or search("a" * 120) in (True, False)

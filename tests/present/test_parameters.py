"""The parameters of a run as they are typed into a form."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dli_tui.present.parameters import Problem, parse
from tests.present.support import HOSTILE, is_safe


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        (" \n ", {}),
        ("a=1\nb=x", {"a": 1, "b": "x"}),
        ("a=1 b=true c=1.5", {"a": 1, "b": True, "c": 1.5}),
        ("a = 1", {"a": 1}),
        ("a=", {"a": ""}),
        ("why=late data day=2", {"why": "late data", "day": 2}),
        ("where=x >= y", {"where": "x >= y"}),
        ("days=1,2", {"days": "1,2"}),
        ("zip=007", {"zip": "007"}),
        ("k=abc==", {"k": "abc=="}),
        ("url=http://h/?a=b&c=d", {"url": "http://h/?a=b&c=d"}),
        ('k={"a": "x=1 y=2"} z=3', {"k": {"a": "x=1 y=2"}, "z": 3}),
        ("k=[1, 2] m=[1, x=2", {"k": [1, 2], "m": "[1,", "x": 2}),
        ('{"a": [1, null],\n "b": "x y"}', {"a": [1, None], "b": "x y"}),
    ],
)
def test_pairs_and_documents_are_read(text, found):
    assert parse(text) == (found, [])


@pytest.mark.parametrize(
    ("text", "found", "problem"),
    [
        ("a=1\noops b=2", {"a": 1, "b": 2}, Problem(2, "'oops' is not key=value")),
        ("=1", {}, Problem(1, "'=1' is not key=value")),
        ("[1]", {}, Problem(1, "'[1]' is not key=value")),
        ("a=1\n\na=2", {"a": 1}, Problem(3, "'a' is given twice")),
        ('{"a": 1, "a": 2}', {"a": 1}, Problem(1, "'a' is given twice")),
        ('{"a": 1,\n', {}, Problem(2, "this is not JSON: ")),
        ('{"a": NaN}', {}, Problem(1, "this is not JSON: NaN is no number of JSON")),
        ('{"a": ' * 100_000, {}, Problem(1, "this is not JSON: ")),
    ],
)
def test_what_cannot_be_read_is_told_with_its_line(text, found, problem):
    got, problems = parse(text)
    assert got == found
    assert [one.line for one in problems] == [problem.line]
    assert problems[0].message.startswith(problem.message)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.text(max_size=6), JSON, max_size=4))
def test_any_object_comes_back_as_it_was(document):
    assert parse(json.dumps(document)) == (document, [])


@given(st.text(max_size=60))
def test_no_text_is_too_strange(text):
    assert all(is_safe(problem.message) for problem in parse(text)[1])


def test_hostile_text_is_kept_for_sending_and_told_safely():
    found, problems = parse(f"k=\x1b[1m\n{HOSTILE}")
    assert found["k"] == "\x1b[1m"
    assert problems
    assert all(is_safe(problem.message) for problem in problems)

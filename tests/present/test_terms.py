"""How the terms of the filter are cut out of the text."""

import pytest

from dli_tui.present.terms import Term, typed_terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("a  b", [Term("a"), Term("b")]),
        ("!a", [Term("a", negated=True)]),
        ("/a b/ c", [Term("a b", is_regex=True), Term("c")]),
        ("/a/b/ c", [Term("a/b", is_regex=True), Term("c")]),
        (r"/a\/ b/", [Term(r"a\/ b", is_regex=True)]),
        ("/open end", [Term("open end", is_regex=True)]),
        ('owner:"a b" c', [Term("a b", "owner"), Term("c")]),
        ('!"a:b"', [Term("a:b", negated=True)]),
        ("a:b:c", [Term("b:c", "a")]),
        ('a"b', [Term('a"b')]),
    ],
)
def test_a_text_is_cut_into_terms(text, terms):
    assert list(typed_terms(text)) == terms

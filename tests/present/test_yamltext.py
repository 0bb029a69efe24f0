"""YAML that is shown means the same when it is read again, and no terminal obeys it."""

import pytest

from dli_tui.domain.text import safe
from dli_tui.present import yamltext
from dli_tui.specs.reader import mapping_of

VALUES = [
    {"steps": [{"name": "a", "config": {"url": "{{url}}", "tries": 3, "on": True}}]},
    {"text": "two\nlines\n", "none": None, "empty": "", "list": [], "object": {}},
    {"looks like": ["yes", "1", "1.5", "null", "2026-01-01", "~", "0x1f", "=", "<<"]},
    {"한글": "값", "blank ": " x ", "hash": "a # b", "colon": "a: b", "end": "x \ny"},
    {"nasty": "a\x1b[2J\x9b2J\u202eb\u2028c\x85d\ufeff\u200f", "\x1bkey": 1},
]


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("short", [False, True])
def test_what_is_written_means_the_same_when_it_is_read(value, short):
    text = yamltext.dumped(value, short=short)
    assert mapping_of(text) == value
    assert safe(text) == text


def test_it_stands_in_its_order_and_lists_stand_deeper():
    told = yamltext.lines_of({"z": [{"b": 1, "a": [1, 2]}]})
    assert told == ["z:", "  - b: 1", "    a:", "      - 1", "      - 2"]


def test_what_is_small_stands_on_one_line_where_that_is_wanted():
    assert yamltext.lines_of({"z": [{"b": 1}, {"a": [1, 2]}]}, short=True) == [
        "z:",
        "  - {b: 1}",
        "  - a: [1, 2]",
    ]


def test_what_stands_there_twice_is_written_twice():
    inner = {"a": 1}
    assert yamltext.lines_of({"x": inner, "y": inner}) == ["x:", "  a: 1", "y:", "  a: 1"]

"""Spec text is read without being trusted."""

import os
import re
from datetime import date

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dli_tui.domain.errors import ErrorCode, WorkflowRegistrationError
from dli_tui.specs.errors import SpecError
from dli_tui.specs.reader import MAX_BYTES, MAX_DEPTH, mapping_of, parse_spec, text_of


def _problem(text: str) -> str:
    with pytest.raises(SpecError) as caught:
        mapping_of(text)
    (problem,) = caught.value.problems
    return problem


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("name: web.clicks\ntags: [a, b]", {"name": "web.clicks", "tags": ["a", "b"]}),
        ("from: 2026-01-31", {"from": date(2026, 1, 31)}),
        ('from: "2026-01-31"', {"from": "2026-01-31"}),
        ("zip: !!str 01234", {"zip": "01234"}),
        ("---\na: 1\n...\n", {"a": 1}),
        ("\ufeffname: x", {"name": "x"}),
        ("a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
        ('{"a": {"b": [1, 2.5, null, true]}}', {"a": {"b": [1, 2.5, None, True]}}),
        ("a: &x {b: 1}\nc: *x", {"a": {"b": 1}, "c": {"b": 1}}),
        ("a: &x {b: 1}\nc:\n  <<: *x\n  b: 2", {"a": {"b": 1}, "c": {"b": 2}}),
        ("op: =\nshift: <<", {"op": "=", "shift": "<<"}),
        ("query: |\n  select 1\n  from t\n", {"query": "select 1\nfrom t\n"}),
        ("on: 1", {True: 1}),
        ("이름: 값", {"이름": "값"}),
    ],
)
def test_plain_yaml_is_read_as_it_is_meant(text, value):
    assert mapping_of(text) == value


@pytest.mark.parametrize("text", ["", "# nothing\n", "- a\n- b", "just text", "42", "---\n"])
def test_what_is_no_mapping_is_refused(text):
    assert _problem(text).startswith("expected a mapping")


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: b: c", 1, 5),
        ("a: [1,", 1, 7),
        ("a:\n\tb: 1", 2, 1),
        ("a: 1\nb: 'x", 2, 6),
        ("a: @x", 1, 4),
        ("a: *nobody", 1, 4),
        ("%YAML 9.9\n---\na: 1", 1, 1),
        ("a: 1\n<<: 3", 2, 5),
        ("a: 1\nb: \x07", 2, 4),
        ("a: \ud800", 1, 4),
        ("\ufeffa: \x07", 1, 4),
        ('a: "\\UFFFFFFFF"', 1, 7),
        ('a: "\\U00110000"', 1, 7),
    ],
)
def test_a_slip_is_told_with_its_line_and_column(text, line, column):
    assert _problem(text).startswith(f"line {line}, column {column}: ")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name: x\nowner: a\nname: y", "line 3, column 1: 'name' is there already, on line 1"),
        ("retry:\n  a: 1\n  a: 2", "line 3, column 3: 'a' is there already, on line 2"),
        ("yes: 1\ntrue: 2", "line 2, column 1: 'true' is there already, on line 1"),
        ("{a: 1, 'a': 2}", "'a' is there already"),
        ("? [a]\n: 1", "a key must be one plain value"),
        ("a: 1\n---\nb: 2", "line 2, column 1: expected one document, a second one begins"),
        ('a: "\\ud800"', "half a character is no text"),
    ],
)
def test_what_could_mean_two_things_is_refused(text, why):
    assert why in _problem(text)


@pytest.mark.parametrize(
    "value",
    [
        *("2026-13-45", "2026-02-30", "2026-01-01 25:00:00", "2001-12-14t21:59:43.10-99:99"),
        *("0x_", "0b_", "9" * 5_000, "0x" + "f" * 100, ":".join(["1"] * 1_000)),
    ],
)
def test_what_only_looks_like_a_number_or_a_date_is_refused(value):
    problem = _problem(f"a: {value}")
    assert problem.startswith("line 1, column 4: ")
    assert problem.endswith("is no number or date that can be read; text needs quotes")
    assert len(problem) < 140


@pytest.mark.parametrize(
    "tag",
    [
        *("!!python/object/apply:os.system [ls]", "!!python/name:os.system ''", "!mine x"),
        *("!!int x", "!!bool maybe", "!!timestamp soon", "!!float ''", "!!binary '*'", "!!set {a}"),
    ],
)
def test_a_tag_is_refused(tag):
    assert re.search(r"the tag .* is not allowed", _problem(f"a: {tag}"))


def _bomb(levels: int, width: int) -> str:
    first = f"x0: &x0 [{', '.join('1' * width)}]\n"
    return first + "".join(
        f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * width)}]\n" for n in range(1, levels)
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (_bomb(levels=9, width=9), "it holds more than 10,000 values"),
        (_bomb(levels=40, width=2), "it holds more than 10,000 values"),
        ("a: [" + "1," * 12_000 + "]", "it holds more than 10,000 values"),
        ("a: &a [*a]", "*a stands inside of itself"),
        ("a: &a\n  b: *a", "*a stands inside of itself"),
        ("a: " + "[" * 20_000, "it nests deeper than 50 levels"),
        ("{" * 20_000, "it nests deeper than 50 levels"),
        ("- " * 5_000, "it nests deeper than 50 levels"),
        ("? " * 5_000, "it nests deeper than 50 levels"),
        (f"a: &a {'[' * 30}{']' * 30}\nb: {'[' * 30}*a{']' * 30}", "it nests deeper than 50"),
    ],
)
def test_what_would_grow_without_end_is_refused(text, why):
    assert why in _problem(text)


def test_as_deep_as_is_allowed_is_read():
    lists = MAX_DEPTH - 1
    value = mapping_of(f"a: {'[' * lists}{']' * lists}")["a"]
    depth = 0
    while value is not None:
        value, depth = (value[0] if value else None), depth + 1
    assert depth == lists


@pytest.mark.parametrize("text", ["#" * (MAX_BYTES + 1), "#" + "한" * (MAX_BYTES // 3 + 1)])
def test_a_text_longer_than_a_mebibyte_is_refused(text):
    assert _problem(text) == "it is longer than 1,048,576 bytes"


@settings(deadline=None, max_examples=200, derandomize=True)
@given(st.text(alphabet="ab:-?[]{}&*!|>'\"%@`#,<=.0123 \n\t\\x\x00é한", max_size=40))
def test_any_text_is_read_or_refused_in_one_sentence(text):
    try:
        read = mapping_of(text)
    except SpecError as error:
        read, said = None, error.problems
    else:
        said = ()
    assert read == yaml.safe_load(text) if read is not None else len(said) == 1
    assert all(problem.isprintable() for problem in said)


def test_the_text_of_a_file_is_returned_as_it_stands(tmp_path):
    file = tmp_path / "x.yaml"
    file.write_bytes(b"\xef\xbb\xbfname: x\r\n# \xed\x95\x9c\r\n")
    assert text_of(file) == "name: x\r\n# 한\r\n"


def test_a_file_that_is_not_utf8_is_refused_with_the_line(tmp_path):
    file = tmp_path / "x.yaml"
    file.write_bytes("name: x\nowner: é".encode("latin-1"))
    with pytest.raises(SpecError) as caught:
        text_of(file)
    assert caught.value.problems == ("line 2 is not UTF-8 text",)
    assert caught.value.path == file


def test_a_file_may_be_a_mebibyte_long_and_no_longer(tmp_path):
    file = tmp_path / "x.yaml"
    file.write_bytes(b"#" * MAX_BYTES)
    assert len(text_of(file)) == MAX_BYTES
    file.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(SpecError, match="longer than"):
        text_of(file)


def test_what_is_not_a_file_is_refused_without_waiting(tmp_path):
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, tmp_path / "missing.yaml"):
        with pytest.raises(SpecError, match="not a file"):
            text_of(path)


def test_a_spec_error_names_the_file_and_carries_801(tmp_path):
    file = tmp_path / "dataset.x.yaml"
    with pytest.raises(WorkflowRegistrationError) as caught:
        parse_spec("name: [", file)
    error = caught.value
    assert isinstance(error, SpecError)
    assert error.code is ErrorCode.WORKFLOW_REGISTRATION_FAILED
    assert error.path == file
    assert str(error) == f"[DLI-801] dataset.x.yaml: {error.problems[0]}"
    assert error.hint == "Nothing was registered. Correct the spec and try again."


def test_several_problems_stand_below_each_other():
    with pytest.raises(SpecError) as caught:
        parse_spec("owner: 1")
    error = caught.value
    assert error.path is None
    assert error.message.splitlines() == [
        "the spec has 2 problems:",
        *(f"  {problem}" for problem in error.problems),
    ]
    assert len(error.problems) == 2


def test_a_file_name_cannot_reach_the_terminal(tmp_path):
    with pytest.raises(SpecError) as caught:
        parse_spec("[]", tmp_path / "x\x1b[31m\n.yaml")
    assert caught.value.message.startswith("x .yaml: ")

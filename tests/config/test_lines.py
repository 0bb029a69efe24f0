"""The line of a setting, wherever TOML lets it stand."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dli_tui.config.lines import Source, line_of

TEXT = '''# a comment with [brackets] = and "quotes

default_profile = "prod" # profiles.prod = 1
keys.refresh = "r"

[profiles.prod]
  kind = "basecamp"
"url" = "https://x.example"
token_command = [
  "a", # ] not yet
  "kind = 1",
  "]",
]
specs = """
timeout_seconds = 3
[profiles.fake]
""""
'project' = \'\'\'
read_only = true\'\'\'
[ profiles . "east.1" ] # quoted
kind = "demo"
proxy = { url = "x" } # an inline table
[profiles.last]
mouse = 1979-05-27
'''


@pytest.mark.parametrize(
    ("keys", "marker"),
    [
        (("default_profile",), "default_profile"),
        (("keys", "refresh"), "keys.refresh"),
        (("keys",), "keys.refresh"),
        (("profiles",), "[profiles.prod]"),
        (("profiles", "prod"), "[profiles.prod]"),
        (("profiles", "prod", "kind"), "  kind"),
        (("profiles", "prod", "url"), '"url"'),
        (("profiles", "prod", "token_command"), "token_command"),
        (("profiles", "prod", "specs"), "specs"),
        (("profiles", "prod", "project"), "'project'"),
        (("profiles", "east.1"), "[ profiles"),
        (("profiles", "east.1", "kind"), 'kind = "demo"'),
        (("profiles", "east.1", "proxy"), "proxy"),
        (("profiles", "last", "mouse"), "mouse"),
    ],
)
def test_a_key_is_found_on_the_line_where_it_stands(keys, marker):
    tomllib.loads(TEXT)
    line = line_of(TEXT, keys)
    assert line is not None
    assert TEXT.splitlines()[line - 1].startswith(marker)


@pytest.mark.parametrize(
    ("keys", "marker"),
    [
        (("profiles", "prod", "timeout_seconds"), "[profiles.prod]"),
        (("profiles", "fake"), "[profiles.prod]"),
        (("profiles", "east.1", "proxy", "url"), "proxy"),
    ],
)
def test_a_key_that_is_not_there_has_the_line_of_what_would_hold_it(keys, marker):
    line = line_of(TEXT, keys)
    assert line is not None
    assert TEXT.splitlines()[line - 1].startswith(marker)


def test_nothing_is_said_about_a_key_that_is_nowhere():
    assert line_of(TEXT, ("nothing",)) is None
    assert line_of("", ("nothing",)) is None


VALUES = (
    "1",
    '"x # y"',
    "'a]b'",
    r'"\" = \\"',
    '"""\nk0 = 1\n"quoted""""',
    "'''\n[k1]\n'''''",
    "[\n  [1], # ]\n  '#',\n]",
    '{ k2 = "}", k3 = [\n{}] }',
)


@given(st.lists(st.sampled_from(VALUES), max_size=6))
def test_no_value_hides_the_key_behind_it(values):
    lines, text = [], ""
    for number, value in enumerate(values):
        lines.append(text.count("\n") + 1)
        text += f"k{number} = {value} # k{number + 1} = [\n"
    assert len(tomllib.loads(text)) == len(values)
    assert [line_of(text, (f"k{number}",)) for number in range(len(values))] == lines


def test_an_error_names_the_file_the_line_and_the_key():
    source = Source(Path("/home/me/config.toml"), TEXT)
    error = source.error(("profiles", "prod", "kind"), "is wrong")
    assert error.message == "config.toml line 7: profiles.prod.kind is wrong"
    assert "/home/me/config.toml" in error.hint


def test_a_key_with_an_escape_sequence_is_made_safe():
    error = Source(Path("c.toml"), "").error(("\x1b]52;c;aGk=\x07x",), "is wrong")
    assert error.message == "c.toml: x is wrong"

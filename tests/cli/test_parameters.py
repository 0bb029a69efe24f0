"""-p key=value: what is taken for a number, a truth value, a document or text."""

import json

import pytest

from tests.cli.conftest import DEMO

READ = {
    "7": 7,
    "-7": -7,
    "0": 0,
    "1.5": 1.5,
    "-0.25": -0.25,
    "1.50": 1.5,
    "1e5": 100_000.0,
    "2.5e-3": 0.0025,
    "true": True,
    "false": False,
    '{"a": [1, null]}': {"a": [1, None]},
    "[1, 2]": [1, 2],
}
TEXT = [
    "",
    "007",
    "1_000",
    "+5",
    "1e999",
    "1.",
    ".5",
    "nan",
    "inf",
    "-inf",
    "NaN",
    "True",
    "null",
    "a,b,c",
    "1,2",
    "2024-01-15",
    "٧",
    "x=y",
    "[1, 2",
    "{a}",
    " 7",
    "9" * 5_000,
    "[" * 100_000,
]


def parameters_of(cli, *pairs):
    words = [word for pair in pairs for word in ("-p", pair)]
    done = cli(
        *("workflow", "run", "iceberg.analytics.daily_clicks", "--dry-run", "--format", "json"),
        *words,
        *DEMO,
    )
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)["parameters"]


@pytest.mark.parametrize("text", READ)
def test_numbers_truth_and_documents_are_read(cli, text):
    found = parameters_of(cli, f"k={text}")["k"]
    assert (type(found), found) == (type(READ[text]), READ[text])


@pytest.mark.parametrize("text", TEXT, ids=lambda text: text[:12] or "nothing")
def test_anything_else_is_text(cli, text):
    assert parameters_of(cli, f"k={text}") == {"k": text}


def test_several_are_given_one_by_one(cli):
    assert parameters_of(cli, "a=1", " b = 2") == {"a": 1, "b": " 2"}


def test_a_name_given_twice_is_refused(cli):
    words = ("-p", "a=1", "-p", "a=2")
    done = cli("workflow", "run", "iceberg.analytics.daily_clicks", *words, *DEMO)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "'a' is given twice" in done.stderr


@pytest.mark.parametrize("pair", ["bad", "=1", " =1"])
def test_what_is_no_pair_is_refused_with_the_form_that_is_one(cli, pair):
    done = cli("workflow", "run", "iceberg.analytics.daily_clicks", "-p", pair, *DEMO)
    assert (done.exit_code, done.stdout) == (1, "")
    assert "Error [DLI-001]" in done.stderr
    assert "key=value" in done.stderr

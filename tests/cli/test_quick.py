"""The dashboard's usual command lines, read without typer as typer would read them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dli_tui.cli import quick
from dli_tui.cli.places import Connection

AT = datetime(2026, 11, 21, 6, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ([], Connection()),
        (["--demo"], Connection(demo=True)),
        (["--demo-size", "200", "--demo-seed=7"], Connection(demo_size=200, demo_seed=7)),
        (["--at=2026-11-21T06:10Z"], Connection(at=AT)),
        (["--profile", "prod", "--read-only"], Connection(profile="prod", read_only=True)),
        (["--config", "a.toml", "open"], Connection(config=Path("a.toml"))),
        (["--demo-speed", "2.5", "open"], Connection(demo_speed=2.5)),
        (
            ["--pyairtable", "http://t", "--saga-url=http://s"],
            Connection(pyairtable="http://t", saga_url="http://s"),
        ),
    ],
)
def test_connection_options_are_read(words, given):
    assert quick.read(words).given == given


def test_the_dashboards_own_options_are_read():
    asked = quick.read(["open", "orders_daily", "--theme", "nord", "--ascii", "--no-mouse"])
    assert asked is not None
    assert asked[1:] == ("orders_daily", "nord", True, True)


@pytest.mark.parametrize("begin", ["orders_daily", "dag/run", "https://x.example/?run=1&a=b"])
def test_where_to_begin_may_be_anything(begin):
    assert quick.read(["--demo", "open", begin]).begin == begin


@pytest.mark.parametrize(
    "words",
    [
        ["-h"],
        ["--help"],
        ["--version"],
        ["workflow", "list"],
        ["doctor"],
        ["open", "a", "b"],
        ["open", "--help"],
        ["--demo-size"],
        ["--demo-size", "many"],
        ["--at", "noon"],
        ["--demo=yes"],
        ["--demo-size", "--demo"],
        ["--nonsense"],
        ["--", "open"],
    ],
    ids=" ".join,
)
def test_whatever_is_not_plain_is_left_to_typer(words):
    assert quick.read(words) is None

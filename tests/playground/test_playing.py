"""`dli-tui pyairtable-demo`: what it makes of its options, and what it says where it can't."""

import builtins

import pytest
from typer.testing import CliRunner

from dli_tui.cli.main import app
from dli_tui.domain.clock import FastClock, SystemClock
from dli_tui.playground import running
from dli_tui.playground.makes import Ports


@pytest.fixture
def played(monkeypatch):
    """With what it would be run."""
    seen = []

    def run(world, ports, clock, **options):
        seen.append((world, ports, clock, options))
        options["listens"](ports)
        options["tell"]("a\x1b[31mline")
        return 130

    monkeypatch.setattr(running, "run", run)
    return seen


def cli(*words):
    return CliRunner().invoke(app, ["pyairtable-demo", *words])


def test_time_goes_as_it_goes_unless_it_is_told_otherwise(played):
    assert cli().exit_code == 130
    _, ports, clock, options = played[0]
    assert (ports, type(clock), options["every"]) == (Ports(8006, 8008), SystemClock, 1)
    cli("--speed", "60", "--slow", "2")
    world, _, clock, options = played[1]
    assert (type(clock), options["every"], world.faults.slow_seconds) == (FastClock, 60, 120)


def test_it_prints_two_lines_and_talks_of_the_rest_beside(played):
    done = cli("--port", "1", "--saga-port", "2")
    assert done.stdout == (
        "A PyAirtable service that is made up: workflows http://127.0.0.1:1, "
        "sagas http://127.0.0.1:2\n"
        "DLI_TUI_API_KEY=try-me dli-tui --pyairtable http://127.0.0.1:1 "
        "--saga-url http://127.0.0.1:2\n"
    )
    assert "\x1b" not in done.stderr
    assert "line" in done.stderr


@pytest.mark.parametrize(
    "words", [("--port", "70000"), ("--speed", "0"), ("--generation", "v9"), ("--sagas", "x")]
)
def test_what_cannot_be_meant_is_refused(words):
    assert cli(*words).exit_code == 2


def test_without_its_extra_it_says_what_to_install(monkeypatch):
    load = builtins.__import__

    def without(name, *more, **options):
        if name == "dli_tui.playground.running":
            raise ModuleNotFoundError("No module named 'uvicorn'", name="uvicorn")
        return load(name, *more, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    done = cli()
    assert done.exit_code == 1
    assert "needs the package uvicorn" in done.stderr
    assert "pip install 'dli-tui[server]'" in done.stderr

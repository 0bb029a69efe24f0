"""What breaks says so where it is and keeps a report without secrets; the dashboard goes on."""

from __future__ import annotations

import stat
import sys

import pytest

from dli_tui.tui.crash import Report
from tests.terminal import Terminal, environment

SECRET = "hunter2-of-the-demo"
BREAKING = """
import importlib, inspect, os, sys

_, module, owner, name = sys.argv
place = importlib.import_module(module)
whole = getattr(place, owner) if owner else place

def broken(*_, **__):
    token = os.environ["SECRET"]
    try:
        raise KeyError("a cause")
    except KeyError as cause:
        raise RuntimeError("it broke in \\x1b]0;title\\x07the middle") from cause

async def broken_later(*_, **__):
    token = os.environ["SECRET"]
    broken()

late = inspect.iscoroutinefunction(getattr(whole, name))
setattr(whole, name, broken_later if late else broken)
sys.argv = ["dli-tui", "--demo"]
from dli_tui.__main__ import main
main()
"""
PLACES = {
    "opening the session": ("dli_tui.cli.contexts", "OpensSession", "__call__"),
    "the backend": ("dli_tui.backends.demo.backend", "DemoBackend", "cursor"),
    "a worker of a screen": ("dli_tui.session.session", "Session", "dataset_info"),
    "painting": ("dli_tui.tui.widgets.table", "Table", "paint"),
    "a key": ("dli_tui.tui.screens.workflows", "WorkflowsScreen", "action_open"),
    "a tick": ("dli_tui.tui.screens.workflows", "WorkflowsScreen", "tick"),
    "mounting": ("dli_tui.tui.screens.workflows", "WorkflowsScreen", "on_mount"),
    "a screen that is pushed": ("dli_tui.tui.screens.run", "RunScreen", "on_mount"),
}
OPENING = {PLACES["a key"]: "enter", PLACES["a screen that is pushed"]: "v"}


FIRST_FRAME = ("dli_tui.tui.screens.workflows", "WorkflowsScreen", "body")


def report_of(tmp_path):
    log = tmp_path / "dli-tui" / "crash.log"
    text = log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert "RuntimeError: it broke in the middle" in text
    assert "KeyError: 'a cause'" in text
    assert SECRET not in text
    assert "\x1b" not in text
    return log


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_what_breaks_says_so_and_the_dashboard_goes_on(place, tmp_path):
    command = [sys.executable, "-c", BREAKING, *place]
    env = environment(SECRET=SECRET, XDG_STATE_HOME=str(tmp_path), DLI_TUI_TOKEN=SECRET)
    with Terminal(command, env=env) as terminal:
        if place in OPENING:
            terminal.until("logistics")
            terminal.press(OPENING[place])
        terminal.until("dli-tui broke here")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.left_over() == []
        raw = terminal.raw
        said = "".join(line for line in terminal.text().splitlines() if line)
    assert str(report_of(tmp_path)) in said
    assert SECRET.encode() not in raw
    # A log of the demo may show a traceback of its own.
    assert b"it broke in" not in raw
    assert b"\x1b]0;" not in raw


def test_without_a_first_frame_it_ends_with_one_and_two_lines(tmp_path):
    command = [sys.executable, "-c", BREAKING, *FIRST_FRAME]
    env = environment(SECRET=SECRET, XDG_STATE_HOME=str(tmp_path), DLI_TUI_TOKEN=SECRET)
    with Terminal(command, env=env) as terminal:
        assert terminal.wait() == 1
        assert terminal.left_over() == []
        assert SECRET.encode() not in terminal.raw
        said = [line for line in terminal.text().splitlines() if line]
        assert b"Traceback" not in terminal.raw
    assert said[0] == "The dashboard broke: RuntimeError. Nothing more was sent."
    assert "".join(said[1:]) == f"What happened is in {report_of(tmp_path)}"


def test_where_nothing_can_be_kept_it_says_that(tmp_path):
    (tmp_path / "file").write_text("")
    command = [sys.executable, "-c", BREAKING, *FIRST_FRAME]
    env = environment(SECRET=SECRET, XDG_STATE_HOME=str(tmp_path / "file"))
    with Terminal(command, env=env) as terminal:
        assert terminal.wait() == 1
        assert terminal.left_over() == []
        assert "The dashboard broke: RuntimeError" in terminal.text()
        assert "What happened could not be kept: Not a directory" in terminal.text()
        assert "Traceback" not in terminal.text()


def test_a_report_has_places_and_words_but_no_values():
    def fails(token):
        raise ValueError("no good")

    try:
        fails(SECRET)
    except ValueError as error:
        report = Report.of(error)
    assert report.summary == "ValueError"
    assert "in fails" in report.text
    assert "ValueError: no good" in report.text
    assert SECRET not in report.text.replace("fails(SECRET)", "")

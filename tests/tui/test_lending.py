"""A pager has the terminal for itself, and the dashboard goes on behind it."""

from __future__ import annotations

import io
import signal
import sys

import pytest

from dli_tui.tui.terminal import Terminal as Driver
from tests.terminal import Terminal, environment

DEMO = [sys.executable, "-m", "dli_tui", "--demo", "--at", "2026-11-21T06:10Z"]
FAILED = "legacy.[bold]import"
PAGER = """
import sys
print("\\x1b[2J\\x1b[HPAGER " + open(sys.argv[1]).readline(), flush=True)
while True:
    try:
        raise SystemExit(input() == "x")
    except KeyboardInterrupt:
        print("INTERRUPTED", flush=True)
"""


def paging(tmp_path):
    """The dashboard, with a log open in a pager."""
    program = tmp_path / "pager.py"
    program.write_text(PAGER)
    (tmp_path / "tmp").mkdir()
    env = environment(PAGER=f"{sys.executable} {program}", TMPDIR=str(tmp_path / "tmp"))
    terminal = Terminal([*DEMO, "open", FAILED], size=(100, 30), env=env)
    terminal.until("› legacy")
    terminal.press("l")
    terminal.until("load failed")
    # Two hasty keys more: neither opens another pager, nor ends this one.
    terminal.press("P", "P", "escape")
    terminal.until("PAGER 2026")
    return terminal


def test_nothing_is_drawn_over_a_pager_and_all_is_there_again_after_it(tmp_path):
    with paging(tmp_path) as terminal:
        drawn = terminal.written
        terminal.watch(2.5)
        assert terminal.written == drawn
        terminal.resize(90, 28)
        terminal.press("ctrl+c")
        terminal.until("INTERRUPTED")
        terminal.press("enter")
        terminal.until("Workflows")
        terminal.until("load failed")
        assert "PAGER" not in terminal.text()
        assert list((tmp_path / "tmp").iterdir()) == []
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.left_over() == []


def test_told_to_end_it_ends_with_its_pager(tmp_path):
    with paging(tmp_path) as terminal:
        terminal.signal(signal.SIGTERM)
        assert terminal.wait() == 128 + signal.SIGTERM
        assert terminal.left_over() == []
        assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("heard", ["\a", "\x1b]9;load failed\a"])
def test_a_bell_is_heard_over_a_pager_and_nothing_is_seen(heard):
    driver = Driver.__new__(Driver)
    driver._lent, driver._file = True, io.TextIOWrapper(io.BytesIO())
    driver.write("\x1b[2J")
    driver.write(heard)
    assert driver._file.buffer.getvalue() == heard.encode()


def test_a_terminal_that_was_gone_before_it_was_drawn_on_is_the_end_and_no_crash(monkeypatch):
    driver = Driver.__new__(Driver)
    driver._lent, driver._writer_thread = False, None
    ends = []
    monkeypatch.setattr(driver, "_lost", lambda: ends.append("lost"))
    driver.write("\x1b]22;pointer\x1b\\")
    assert ends == ["lost"]

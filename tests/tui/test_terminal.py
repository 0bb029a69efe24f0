"""The dashboard in a terminal: how it starts, ends, and leaves everything as it was."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys

import pytest

from tests.terminal import Terminal, environment

AT = "2026-11-21T06:10Z"
PROGRAM = [sys.executable, "-m", "dli_tui"]
DEMO = [*PROGRAM, "--demo", "--at", AT]
READY = "logistics"
SCREEN_ON = b"\x1b[?1049h"


def opened(*words, size=(100, 30), **more):
    terminal = Terminal([*DEMO, *words], size=size, env=environment(**more))
    terminal.until(READY)
    terminal.until("quit")
    return terminal


def told(terminal):
    """What is on the terminal after the end, where an error would stand."""
    return terminal.text().strip()


def test_it_shows_rows_and_quits_without_a_trace():
    with opened() as terminal:
        assert "Workflows" in terminal.text().splitlines()[0]
        assert {25, 1049, 2004} <= terminal.modes
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.left_over() == []
        assert told(terminal) == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_gives_the_terminal_back(number):
    with opened() as terminal:
        terminal.signal(number)
        assert terminal.wait() == 128 + number
        assert terminal.left_over() == []
        assert told(terminal) == ""


def test_it_ends_when_its_terminal_goes_away():
    terminal = opened()
    os.close(terminal._master)
    os.close(terminal._slave)
    end = os.pidfd_open(terminal.pid)
    try:
        assert select.select([end], [], [], 10)[0]
        assert terminal.gone()
        assert terminal._status == 128 + signal.SIGHUP
    finally:
        os.close(end)
        if not terminal.gone():
            os.kill(terminal.pid, signal.SIGKILL)


def test_a_terminal_that_tells_no_size_is_laid_out_for_once():
    command = ["sh", "-c", 'stty rows 0 cols 0; exec "$@"', "sh", *DEMO]
    with Terminal(command, size=(80, 25)) as terminal:
        terminal.until(READY)
        terminal.settle(quiet=0.3)
        drawn = terminal.written
        terminal.watch(0.3)
        assert terminal.written - drawn < 2000
        terminal.press("q")
        assert terminal.wait() == 0


def test_ctrl_c_ends_nothing_and_says_what_does():
    with opened() as terminal:
        terminal.press("ctrl+c")
        terminal.until("Quit with q")
        terminal.press("q")
        assert terminal.wait() == 0


def test_each_size_has_its_layout():
    with opened(size=(80, 24)) as terminal:
        assert "│" not in terminal.text()
        terminal.resize(200, 60)
        terminal.until("│")
        terminal.until(lambda: len(terminal.text().splitlines()[0]) > 150)
        terminal.resize(60, 10)
        terminal.until("too small: 60 by 10")
        assert READY not in terminal.text()
        terminal.resize(80, 24)
        terminal.until(READY)
        terminal.until(lambda: "too small" not in terminal.text())
        terminal.press("q")
        assert terminal.wait() == 0


def test_a_window_that_is_too_small_from_the_start_still_quits():
    with Terminal(DEMO, size=(30, 5)) as terminal:
        terminal.until("too small")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.left_over() == []


def test_what_stderr_is_written_to_changes_nothing(tmp_path):
    errors = tmp_path / "errors"
    command = ["sh", "-c", '"$@" 2>"$ERRORS"', "sh", *DEMO]
    with Terminal(command, env=environment(ERRORS=str(errors))) as terminal:
        terminal.until(READY)
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.left_over() == []
    assert errors.read_bytes() == b""


def test_names_of_the_demo_send_nothing_to_the_terminal():
    with opened("open", "legacy.esc", size=(160, 60)) as terminal:
        terminal.until(r"legacy\.\[bold\]import")
        terminal.until(r"legacy\.esc\\x1b\]52")
        terminal.press("v")
        terminal.settle()
        terminal.press("q")
        assert terminal.wait() == 0
        for forbidden in (b"\x1b]52", b"\x1b]0", b"\xc2\x9d", "\u202e".encode()):
            assert forbidden not in terminal.raw


def test_a_home_that_cannot_be_written_is_no_obstacle(tmp_path):
    # Where a file is, no folder can be made: that holds for root too.
    (tmp_path / "file").write_text("")
    with opened(XDG_STATE_HOME=str(tmp_path / "file" / "state")) as terminal:
        terminal.press("=")
        terminal.settle()
        terminal.press("q")
        assert terminal.wait() == 0
        assert told(terminal) == ""


def test_a_config_file_that_is_broken_ends_before_the_screen(tmp_path):
    (tmp_path / "config.toml").write_text("profiles = [")
    command = [*PROGRAM, "--config", str(tmp_path / "config.toml")]
    with Terminal(command) as terminal:
        assert terminal.wait() == 1
        assert "DLI-001" in terminal.text()
        assert SCREEN_ON not in terminal.raw


def test_a_theme_that_nobody_knows_ends_with_their_names():
    with Terminal([*DEMO, "--theme", "nope"]) as terminal:
        assert terminal.wait() == 2
        assert "No theme is called 'nope'" in terminal.text()
        assert "colour-blind-safe" in terminal.text()
        assert SCREEN_ON not in terminal.raw


@pytest.mark.parametrize("words", [["--demo"], ["open", "x", "--demo"], ["--theme", "nope"]])
def test_without_a_terminal_it_says_so(words):
    done = subprocess.run(
        [*PROGRAM, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        "The dashboard needs a terminal. In a script use a command: dli-tui workflow list"
    ]


def packet(**meta):
    told = json.dumps(meta).encode()
    return b"M" + len(told).to_bytes(4, "big") + told


def typed(text):
    return b"D" + len(text).to_bytes(4, "big") + text.encode()


def test_it_runs_in_a_browser_for_whoever_names_that_driver():
    env = environment(TEXTUAL_DRIVER="textual.drivers.web_driver:WebDriver")
    pipe = subprocess.PIPE
    with subprocess.Popen(DEMO, stdin=pipe, stdout=pipe, stderr=pipe, env=env) as served:
        assert served.stdout.readline() == b"__GANGLION__\n"
        # As soon as it can be: the size of a browser comes before the first frame.
        served.stdin.write(packet(type="resize", width=120, height=36))
        served.stdin.flush()
        drawn = b""
        while b"orders_daily" not in drawn:
            drawn += served.stdout.read1()
        served.stdin.write(typed("q"))
        served.stdin.flush()
        drawn += served.stdout.read()
        assert served.wait() == 0
        assert b'{"type": "exit"}' in drawn
        assert served.stderr.read() == b""


def test_a_dumb_terminal_is_none():
    with Terminal(DEMO, env=environment(TERM="dumb")) as terminal:
        assert terminal.wait() == 2
        assert "The dashboard needs a terminal" in terminal.text()
        assert b"\x1b" not in terminal.raw


def test_without_colours_it_is_grey():
    with opened(NO_COLOR="1") as terminal:
        for x in range(40):
            colour = terminal.cell(x, 4).fg
            assert colour == "default" or len({colour[:2], colour[2:4], colour[4:]}) == 1
        terminal.press("q")
        assert terminal.wait() == 0


def test_sixteen_colours_are_the_terminals_own():
    with opened(TERM="xterm", COLORTERM="") as terminal:
        assert b"38;2" not in terminal.raw
        assert b"38;5" not in terminal.raw
        terminal.press("q")
        assert terminal.wait() == 0


def test_the_mouse_is_left_to_the_terminal_where_it_is_asked():
    with opened("--no-mouse") as terminal:
        assert not {1000, 1002, 1003} & terminal.modes
        terminal.press("q")
        assert terminal.wait() == 0


def test_a_terminal_without_hangul_shows_the_list_all_the_same():
    with opened(size=(120, 60), PYTHONIOENCODING="latin-1") as terminal:
        terminal.until(r"\?\?\.\?\?_\?\?")
        terminal.press("q")
        assert terminal.wait() == 0


def test_in_ascii_no_other_character_is_drawn():
    with opened("--ascii", size=(120, 40)) as terminal:
        drawn = {char for char in terminal.text() if not char.isascii()}
        assert all("가" <= char <= "힣" for char in drawn), drawn
        terminal.press("q")
        assert terminal.wait() == 0

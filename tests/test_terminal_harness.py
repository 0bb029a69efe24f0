"""The terminal of the tests shows, answers and reports what a person's would."""

from __future__ import annotations

import re
import signal
import sys

import pytest

from tests.terminal import NotShownError, Terminal, environment
from tests.terminal.queries import Queries, State
from tests.terminal.screen import Screen

KEY_BY_KEY = "import sys, os, tty; tty.setcbreak(0); sys.stdout.reconfigure(line_buffering=True)\n"

OF_TWO_PROCESSES = """
import subprocess, sys
inner = "held = bytearray(b'x') * (30 << 20); sum(range(6_000_000)); print('done'); input()"
subprocess.run([sys.executable, "-uISc", inner])
"""


def python(code, **options):
    return Terminal([sys.executable, "-ISc", code], **options)


def shown(*chunks, size=(10, 3)):
    screen = Screen(*size)
    for moment, chunk in enumerate(chunks):
        screen.feed(chunk, float(moment))
    return screen


def test_colours_and_places_are_seen():
    with python(r"print('\x1b[2;3H\x1b[31;1mred\x1b[0m plain')") as terminal:
        assert terminal.wait() == 0
        assert terminal.text().splitlines()[1] == "  red plain"
        assert (terminal.cell(2, 1).fg, terminal.cell(2, 1).bold) == ("red", True)
        assert terminal.cell(6, 1).fg == "default"
        assert terminal.written == len(terminal.raw) > 20


def test_the_alternate_screen_comes_and_goes():
    code = r"print('before\n\x1b[?1049hinside', flush=True); input(); print('\x1b[?1049lafter')"
    with python(code) as terminal:
        terminal.until("inside")
        assert "before" not in terminal.text()
        assert terminal.left_over() == ["alternate screen (1049)"]
        terminal.press("enter")
        assert terminal.wait() == 0
        assert re.search("before.*after", terminal.text(), re.DOTALL)
        assert "inside" not in terminal.text()
        assert terminal.left_over() == []


def test_what_is_left_behind_is_named():
    code = r"print('\x1b[?25l\x1b[?1003h\x1b[?1016h\x1b[?2004;2048h\x1b[>1u')"
    with python(KEY_BY_KEY + code) as terminal:
        terminal.wait()
        assert {25, 1003, 1016, 2004, 2048} == terminal.modes
        assert terminal.left_over() == [
            "hidden cursor (25)",
            "mouse (1003)",
            "mouse encoding (1016)",
            "bracketed paste (2004)",
            "size reports (2048)",
            "keyboard flags",
            "settings of the line",
        ]


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_is_told(code):
    with python(f"raise SystemExit({code})") as terminal:
        assert terminal.wait() == code
        assert terminal.gone()
        assert terminal.ended > terminal.started


def test_a_signal_reaches_it():
    with python("print('here', flush=True); input()") as terminal:
        terminal.until("here")
        terminal.signal(signal.SIGTERM)
        assert terminal.wait() == -signal.SIGTERM
        terminal.signal(signal.SIGTERM)


def test_ctrl_c_is_an_interrupt_as_on_any_terminal():
    code = "try: print('here', flush=True); input()\nexcept KeyboardInterrupt: raise SystemExit(7)"
    with python(code) as terminal:
        terminal.until("here")
        terminal.press("ctrl+c")
        assert terminal.wait() == 7


def test_a_new_size_is_told_by_signal_and_by_report():
    code = (
        "import signal\n"
        "def told(*_): print('now', *os.get_terminal_size())\n"
        "signal.signal(signal.SIGWINCH, told)\n"
        r"print('first', *os.get_terminal_size(), '\x1b[?2048h')"
        "\nwhile data := os.read(0, 99): print(ascii(data))"
    )
    with python(KEY_BY_KEY + code, size=(80, 20)) as terminal:
        terminal.until(r"first 80 20[^$]+48;20;80;320;640t")
        terminal.resize(60, 10)
        terminal.until(r"now 60 10")
        terminal.until(r"48;10;60;160;480t")
        assert terminal.text().count("\n") == 9


def test_an_unfinished_wait_says_what_is_there_instead():
    instead = r"(?s)'that'.*ended with 0.*only this"
    with python("print('only this')") as terminal, pytest.raises(NotShownError, match=instead):
        terminal.until("that")
    with python("input()") as terminal, pytest.raises(NotShownError, match="the end"):
        terminal.wait(0.05)


def test_a_screen_that_has_settled_tells_when_it_changed():
    with python(KEY_BY_KEY + "print('up')\nwhile os.read(0, 1): print('x')") as terminal:
        terminal.until("up")
        terminal.settle()
        before = terminal.screen.changes[-1]
        terminal.press("j")
        (changed,) = [moment for moment in terminal.settle(after=before) if moment > before]
        assert terminal.started < before < changed
        assert terminal.settle(0.03) == []


@pytest.mark.parametrize(
    ("key", "read"), [("down", r"b'\\x1b\[B'"), ("ctrl+d", r"b'\\x04'"), ("j", "b'j'")]
)
def test_a_key_has_the_bytes_of_a_terminal(key, read):
    with python(KEY_BY_KEY + "print('up')\nprint(os.read(0, 9))") as terminal:
        terminal.until("up")
        terminal.press(key)
        terminal.until(read)


def test_processor_and_memory_include_what_it_started():
    with python(OF_TWO_PROCESSES) as terminal:
        terminal.until("^done$")
        assert terminal.cpu_seconds() >= 0.05
        assert terminal.rss_mib() > 35
        terminal.press("enter")
        terminal.wait()
        assert terminal.cpu_seconds() >= 0.05


def test_a_program_starts_with_the_signals_of_a_terminal():
    own = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        code = "import signal; print(signal.getsignal(2) is signal.default_int_handler)"
        with python(code) as terminal:
            terminal.until("True")
    finally:
        signal.signal(signal.SIGINT, own)


def test_the_environment_is_that_of_a_terminal(monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")
    env = environment(EXTRA="yes")
    assert (env["TERM"], env["COLORTERM"], env["EXTRA"]) == ("xterm-256color", "truecolor", "yes")
    assert not {"NO_COLOR", "PYTHONUNBUFFERED"} & set(env)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("\x1b[c", "\x1b[?62;22c"),
        ("\x1b[>0c", "\x1b[>1;10;0c"),
        ("\x1b[5n", "\x1b[0n"),
        ("\x1b[6n", "\x1b[3;5R"),
        ("\x1b[?2026$p", "\x1b[?2026;2$y"),
        ("\x1b[?1049$p", "\x1b[?1049;1$y"),
        ("\x1b[?7777$p", "\x1b[?7777;0$y"),
        ("\x1b[>q", "\x1bP>|tests(1)\x1b\\"),
        ("\x1b[?u", "\x1b[?0u"),
        ("\x1b[14t", "\x1b[4;384;640t"),
        ("\x1b[18t", "\x1b[8;24;80t"),
        ("\x1b[?2048h", "\x1b[48;24;80;384;640t"),
        ("\x1b]11;?\x07", "\x1b]11;rgb:0000/0000/0000\x1b\\"),
        ("\x1b]10;?\x1b\\", "\x1b]10;rgb:ffff/ffff/ffff\x1b\\"),
        ("\x1bP+q544e\x1b\\", "\x1bP0+r\x1b\\"),
    ],
    ids=ascii,
)
@pytest.mark.parametrize("cut", [0, 2])
def test_a_query_is_answered_once_wherever_it_is_cut(asked, answer, cut):
    queries = Queries()
    state = State(80, 24, (4, 2), frozenset({1049}))
    parts = (f"text{asked[:cut]}", f"{asked[cut:]}more text", "\x1b[1mbold")
    found = [one for part in parts for one in queries.answers(part.encode(), lambda: state)]
    assert found == [answer.encode()]


def test_what_pyte_would_print_is_left_out():
    screen = shown(b"a\x1b[>1u\x1b[=5u\x1b[?2026$p\x1b[2 qb\x1bP+q54\x1b\\c\x1b[?6n\x1b[?4md")
    assert screen.text().rstrip() == "abcd"


def test_sub_parameters_and_repeats_are_understood():
    screen = shown(b"\x1b[38:2::255:0:0mx\x1b[3b")
    assert screen.text().rstrip() == "xxxx"
    assert screen.cell(0, 0).fg == "ff0000"


def test_a_character_or_a_sequence_may_come_in_two_parts():
    glyph = "✓".encode()
    screen = shown(glyph[:1], glyph[1:] + b"\x1b[3", b"1mred")
    assert screen.text().rstrip() == "✓red"
    assert screen.cell(1, 0).fg == "red"


def test_a_frame_is_seen_when_it_is_complete():
    screen = shown(b"\x1b[?2026hone", b" two\x1b[?2026l\x1b[?2026h\x1b[2J", b"\x1b[1;1H")
    assert screen.text().rstrip() == "one two"
    assert screen.changes == [1.0]


def test_painting_the_same_again_is_no_change():
    assert shown(b"\x1b[?25lsame", b"\x1b[1;1Hsame", b"\x1b[1;1Hother").changes == [0.0, 2.0]

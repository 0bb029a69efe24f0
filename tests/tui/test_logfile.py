"""A log taken out of the dashboard: never over a file, and into a pager with its arguments."""

import asyncio
import errno
import os
import signal
import stat
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from dli_tui.tui import logfile
from dli_tui.tui.programs import NoProgramError
from tests.tui.support_log import row, timed

ROWS = [*timed("first"), row("it broke", "error"), row("한글", "")]


def written(path):
    """Asked from a loop, as the dashboard does."""
    return asyncio.run(logfile.write(str(path), ROWS))


def test_a_log_is_written_as_text_with_times_in_utc(tmp_path):
    path = tmp_path / "new.log"
    assert written(path) is None
    assert path.read_text(encoding="utf-8") == (
        "2026-11-21T06:00:00Z INFO    first\nERROR   it broke\n한글\n"
    )


def test_a_file_that_is_there_stays_as_it_is(tmp_path):
    path = tmp_path / "old.log"
    path.write_text("old")
    assert "choose another name" in written(path)
    assert path.read_text() == "old"


def test_what_can_not_be_written_is_said(tmp_path):
    assert "can't be written" in written(tmp_path / "no" / "such" / "x")
    assert "can't be written" in written("nul\0")


def test_what_is_saved_is_for_one_pair_of_eyes(tmp_path):
    path = tmp_path / "new.log"
    written(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_half_a_log_is_not_left_behind(tmp_path, monkeypatch):
    def breaking(rows):
        yield "first\n"
        _full()

    monkeypatch.setattr(logfile, "lines_of", breaking)
    path = tmp_path / "new.log"
    assert "No space left" in written(path)
    assert not path.exists()


def test_the_text_is_made_where_it_blocks_nobody(tmp_path, monkeypatch):
    threads = []

    def noting(rows):
        threads.append(threading.get_ident())
        yield from ()

    monkeypatch.setattr(logfile, "lines_of", noting)
    written(tmp_path / "new.log")
    assert threads != [threading.get_ident()]


def test_no_name_leaves_the_folder():
    assert logfile.name_for("../a b", "s/t\x1b", 2) == ".._a_b-s_t_-2.log"


PAGER = """
import pathlib, sys, time
out, log = map(pathlib.Path, sys.argv[1:])
text = f"{log}\\n{log.stat().st_mode:o}\\n{log.read_text()}"
out.with_suffix(".new").write_text(text)
out.with_suffix(".new").rename(out)
while out.with_suffix(".wait").exists():
    time.sleep(0.01)
"""


class Lent:
    """A terminal to lend, and whether it has been given back."""

    def __init__(self):
        self.told = []

    @contextmanager
    def __call__(self):
        self.told.append("lent")
        yield
        self.told.append("back")


def paging(tmp_path):
    """A pager that writes what it is shown into a file, and which file that is."""
    out, program = tmp_path / "out", tmp_path / "pager.py"
    program.write_text(PAGER)
    return logfile.pager({"PAGER": f"{sys.executable} {program} '{out}'"}), out


def test_a_pager_has_arguments_and_the_file_is_for_one_pair_of_eyes(tmp_path):
    command, out = paging(tmp_path)
    lent = Lent()
    asyncio.run(logfile.show(command, ROWS[1:2], lent))
    path, mode, text = out.read_text().splitlines()
    assert text == "ERROR   it broke"
    assert stat.S_IMODE(int(mode, 8)) == 0o600
    assert not Path(path).exists()
    assert lent.told == ["lent", "back"]


async def _until(happened):
    for _ in range(1000):
        if happened():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never happened")


@pytest.mark.parametrize("leaving", ["left", "given up"])
def test_the_dashboard_goes_on_behind_a_pager_and_nothing_is_left_of_it(tmp_path, leaving):
    command, out = paging(tmp_path)
    wait = tmp_path / "out.wait"
    wait.touch()

    async def both():
        showing = asyncio.create_task(logfile.show(command, ROWS, Lent()))
        # A pager that blocked the loop would never come to this.
        await _until(out.exists)
        # ctrl+c is for the pager alone.
        os.kill(os.getpid(), signal.SIGINT)
        await asyncio.sleep(0.05)
        assert not showing.done()
        if leaving == "left":
            wait.unlink()
        else:
            showing.cancel()
        await asyncio.wait([showing])
        assert showing.cancelled() is (leaving == "given up")

    before = signal.getsignal(signal.SIGINT)
    asyncio.run(both())
    assert signal.getsignal(signal.SIGINT) is before
    assert not Path(out.read_text().splitlines()[0]).exists()


def test_a_file_that_is_deleted_from_within_the_pager_is_no_problem(tmp_path):
    rm = logfile.pager({"PAGER": "rm"})
    asyncio.run(logfile.show(rm, ROWS, Lent()))


def test_where_nothing_can_be_written_no_terminal_is_lent(monkeypatch):
    monkeypatch.setattr(logfile, "NamedTemporaryFile", _full)
    lent = Lent()
    with pytest.raises(NoProgramError, match="No space left"):
        asyncio.run(logfile.show(["true"], ROWS, lent))
    assert lent.told == []


def _full(*_args, **_named):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("no-such-pager -R", "no program 'no-such-pager'"),
        ("less 'x", "can't be read"),
        (" ", "' '"),
    ],
)
def test_a_pager_that_is_not_there_is_said(wanted, said):
    with pytest.raises(NoProgramError, match=said):
        logfile.pager({"PAGER": wanted})


def test_a_pager_that_can_not_be_started_is_said_on_our_own_terminal(tmp_path):
    lent = Lent()
    with pytest.raises(NoProgramError, match="can't be shown"):
        asyncio.run(logfile.show([str(tmp_path)], ROWS, lent))
    assert lent.told == ["lent", "back"]

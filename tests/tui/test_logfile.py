"""A log taken out of the dashboard: never over a file, and into a pager with its arguments."""

import asyncio
import stat
import sys
from pathlib import Path

import pytest

from dli_tui.tui import logfile
from dli_tui.tui.logfile import NoPagerError
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


def test_no_name_leaves_the_folder():
    assert logfile.name_for("../a b", "s/t\x1b", 2) == ".._a_b-s_t_-2.log"


def test_a_pager_has_arguments_and_the_file_is_for_one_pair_of_eyes(tmp_path):
    out, program = tmp_path / "out", tmp_path / "pager.py"
    program.write_text(
        "import sys, pathlib\n"
        "out, log = map(pathlib.Path, sys.argv[1:])\n"
        "out.write_text(f'{log}\\n{log.stat().st_mode:o}\\n{log.read_text()}')\n"
    )
    logfile.show(logfile.pager({"PAGER": f"{sys.executable} {program} '{out}'"}), ROWS[1:2])
    path, mode, text = out.read_text().splitlines()
    assert text == "ERROR   it broke"
    assert stat.S_IMODE(int(mode, 8)) == 0o600
    assert not Path(path).exists()


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("no-such-pager -R", "no program 'no-such-pager'"),
        ("less 'x", "can't be read"),
        (" ", "' '"),
    ],
)
def test_a_pager_that_is_not_there_is_said(wanted, said):
    with pytest.raises(NoPagerError, match=said):
        logfile.pager({"PAGER": wanted})


def test_a_pager_that_can_not_be_started_is_said(tmp_path):
    with pytest.raises(NoPagerError, match="can't be shown"):
        logfile.show([str(tmp_path)], ROWS)

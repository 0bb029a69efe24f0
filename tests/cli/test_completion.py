"""A shell that completes a command line is told words, and never given the dashboard."""

import os
import subprocess
import sys

import pytest

_PROGRAM = "import sys; sys.argv = ['dli-tui']; from dli_tui.__main__ import main; main()"


def completed(line):
    """What bash is told for the words of a line, of which the last is unfinished."""
    words = line.split(" ")
    asked = {"_DLI_TUI_COMPLETE": "complete_bash", "COMP_WORDS": line}
    return subprocess.run(
        [sys.executable, "-c", _PROGRAM],
        env=os.environ | asked | {"COMP_CWORD": str(len(words) - 1)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("dli-tui ", "workflow"),
        ("dli-tui wor", "workflow"),
        ("dli-tui workflow ", "backfill"),
        ("dli-tui workflow backfill --time", "--timezone"),
    ],
)
def test_words_that_fit_are_told(line, word):
    done = completed(line)
    assert word in done.stdout.split()
    assert done.stderr == ""

"""A shell that completes a command line is told words, and never given the dashboard."""

import os
import subprocess
import sys

import pytest


def completed(line):
    """What the completion script of bash is told for the words of a line, the last one unfinished."""
    words = line.split(" ")
    asked = {"_DLI_TUI_COMPLETE": "complete_bash", "COMP_WORDS": line}
    return subprocess.run(
        [sys.executable, "-m", "dli_tui"],
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

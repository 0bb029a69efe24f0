"""A terminal for tests: a program runs in it as in a person's, and is looked at from outside.

    with Terminal([sys.executable, "-m", "dli_tui", "--demo"]) as terminal:
        terminal.until("iceberg")
        terminal.press("down", "q")
        assert terminal.wait() == 0
        assert terminal.left_over() == []

`program` runs it on a pty and waits for what it shows; `screen` makes lines of its bytes;
`queries` answers what programs ask a terminal; `usage` reads what it costs from /proc.
`hurried` is the dashboard on a demo whose time runs faster, for `test_story`.
"""

from __future__ import annotations

from tests.terminal.program import NotShownError, Terminal, environment

__all__ = ["NotShownError", "Terminal", "environment"]

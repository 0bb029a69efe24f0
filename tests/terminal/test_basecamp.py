"""The dashboard on a server of ours, two programs: what the one is told, the other has done."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from contextlib import contextmanager

from dli_tui.tui.modals.around import READ_SECONDS
from tests.terminal import Terminal, environment

PROGRAM = [sys.executable, "-m", "dli_tui"]
NAME, REASON = "orders_returns", "depot moves"
ENDS_WITHIN = 10


@contextmanager
def serving():
    """The demo, served on a port that is free; its URL."""
    with subprocess.Popen(
        [*PROGRAM, "serve", "--demo", "--port", "0"],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            found = re.search(r"http://\S+", server.stdout.readline())
            assert found, "it says where it listens"
            yield found[0]
        finally:
            server.terminate()
            code = server.wait(ENDS_WITHIN)
    assert code == 0


def seen_from_elsewhere(url):
    """The workflow as a command tells it."""
    asked = [*PROGRAM, "workflow", "get", NAME, "--basecamp", url, "--format", "json"]
    done = subprocess.run(asked, env=environment(), capture_output=True, check=True)
    return json.loads(done.stdout)


def test_what_is_done_over_a_line_is_done_on_the_server():
    with (
        serving() as url,
        Terminal([*PROGRAM, "--basecamp", url], size=(120, 36), env=environment()) as terminal,
    ):
        terminal.until(r"^ basecamp Workflows .* 39 +live")
        terminal.press("/", *NAME)
        terminal.until(rf"^› {NAME} .* active")
        terminal.press("enter", "v")
        terminal.until(rf"^ basecamp Workflows › {NAME} › \S+ .* live")
        terminal.until(r"^ +log \w+ .* \d+ lines")
        terminal.press("1", "p")
        terminal.until(rf"Pause {NAME}\?")
        terminal.press(*REASON)
        terminal.until(REASON)
        terminal.watch(READ_SECONDS + 0.2)
        terminal.press("enter")
        terminal.until(rf"^› {NAME} +\S+ paused")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.left_over() == []
        row = seen_from_elsewhere(url)
        assert (row["status"], row["reason"]) == ("paused", REASON)

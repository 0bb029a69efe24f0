"""The dashboard itself in front of a real Airflow, by the keyboard, in a terminal."""

import re
import sys

import pytest

from dli_tui.tui.modals.around import READ_SECONDS
from tests.airflow.place import FAILING, SALES, SLOW
from tests.terminal import Terminal, environment

_LONG = 120.0
"""Tasks of a real Airflow take a while to begin."""
_ASKING = re.compile(r"esc (cancel|close|don't wait)")
"""What the last line of a question says."""


class Dashboard:
    """Somebody at a terminal, who reads before agreeing to anything."""

    def __init__(self, terminal):
        self.terminal = terminal

    def press(self, *keys, then, timeout=30.0):
        self.terminal.press(*keys)
        return self.sees(then, timeout)

    def sees(self, pattern, timeout=30.0):
        self.terminal.until(pattern, timeout)
        return re.search(pattern, self.terminal.text(), re.MULTILINE).groups()

    def agree(self, then, timeout=30.0):
        self.terminal.watch(READ_SECONDS + 0.2)
        self.terminal.press("enter")
        # What is wanted may show behind the question, which takes all keys as long as it stands.
        self.terminal.until(lambda: _ASKING.search(self.terminal.text()) is None, timeout)
        self.sees(then, timeout)

    def find(self, name):
        self.press("1", ":", then="a command, a theme, or a workflow")
        self.press(*name, then=rf"│ › {re.escape(name)}")
        # The palette has gone, and the row is chosen.
        self.press("enter", then=rf"(?s)^(?!.*│ › ).*^› {re.escape(name)}")


@pytest.fixture
def dashboard(server, place, monkeypatch):
    monkeypatch.setenv("DLI_TUI_USERNAME", "admin")
    monkeypatch.setenv("DLI_TUI_PASSWORD", "admin")
    argv = [sys.executable, "-m", "dli_tui", "--airflow", server.address]
    with Terminal(argv, size=(120, 36), env=environment()) as terminal:
        here = Dashboard(terminal)
        here.sees(" live")
        yield here
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.left_over() == []


def test_a_run_is_started_and_followed_to_its_end(dashboard):
    dashboard.find(SALES)
    dashboard.press("R", then=rf"Run {SALES}\?")
    dashboard.press(*"region=EU", then="region=EU")
    dashboard.agree(then=rf"^› {SALES} .*(pending|running)")
    dashboard.press("v", then=rf"Workflows › {SALES} › dli__")
    dashboard.sees(r"steps .* 3/3", _LONG)
    dashboard.sees(r"✓ completed +final")
    dashboard.sees(r"region *[:=]? *EU")
    dashboard.press("up", "up", "enter", then="at work, second 5 of 5")


def test_what_failed_shows_its_error_and_is_tried_again(dashboard):
    dashboard.find(FAILING)
    dashboard.press("R", then=rf"Run {FAILING}\?")
    dashboard.agree(then=rf"^› {FAILING} .*(pending|running)")
    dashboard.press("v", then=rf"Workflows › {FAILING} › dli__")
    dashboard.sees(r"✗ failed +final", _LONG)
    dashboard.sees(r"Failed: work")
    # On 2.x the traceback below it is longer than the screen.
    dashboard.sees(r"ValueError: no such column: amount|Task failed with exception")
    dashboard.press("t", then=r"again +2 steps: work, load")
    dashboard.agree(then=r"(pending|running)")
    dashboard.sees(r"✗ failed +final", _LONG)
    dashboard.sees(r"^› work .* 2/")


def test_a_run_is_stopped_with_a_reason(dashboard):
    dashboard.find(SLOW)
    dashboard.press("R", then=rf"Run {SLOW}\?")
    dashboard.agree(then=rf"^› {SLOW} .*(pending|running)")
    dashboard.press("v", then=rf"Workflows › {SLOW} › dli__")
    dashboard.sees(r"at work, second 1 of 120", _LONG)
    dashboard.press("s", then="Stop")
    dashboard.press(*"wrong day", then="wrong day")
    dashboard.agree(then=r"killed +final")
    dashboard.sees(r"stopped by +\S+\n(.*\n)*reason +wrong day")


def test_an_airflow_that_dies_and_comes_back_is_seen_to(dashboard, server):
    dashboard.find(SALES)
    server.stop()
    dashboard.sees("OFFLINE")
    dashboard.sees(rf"^› {SALES}")
    server.start()
    dashboard.sees(" live", _LONG)
    dashboard.sees(rf"^› {SALES}")

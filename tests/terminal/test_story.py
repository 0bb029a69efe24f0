"""A morning with the keyboard alone, in a terminal; and the journal has just what was shown."""

from __future__ import annotations

import json
import os
import re
import sys
from datetime import date
from pathlib import Path

import pytest

from dli_tui.tui.modals.around import READ_SECONDS
from tests.support_project import project
from tests.terminal import Terminal, environment

HURRIED = str(Path(__file__).with_name("hurried.py"))
RETURNS, TOTALS = "orders_returns", "sales.daily_totals"
REASON = "wrong region"
PALETTE = "a command, a theme, or a workflow"
SHOWN_SLOTS = r"(\d+) slots?: (\d+) to run"
SHOWN_DATES = r"from (\S+) +to +(\S+)"
SHOWN_RUN = r"run (\S+)"
JOURNAL = Path("dli-tui", "demo-0.jsonl")


class Story:
    """Somebody at a terminal, who reads before agreeing to anything."""

    def __init__(self, terminal):
        self.terminal = terminal

    def press(self, *keys, then):
        """Press keys, and wait for what they lead to; what the pattern found there."""
        self.terminal.press(*keys)
        return self.sees(then)

    def sees(self, pattern):
        """Wait until something is shown; what the pattern found."""
        self.terminal.until(pattern)
        return re.search(pattern, self.terminal.text(), re.MULTILINE).groups()

    def agree(self, then):
        """Read the question, then answer yes."""
        self.terminal.watch(READ_SECONDS + 0.2)
        self.press("enter", then=then)

    def find(self, name):
        """Go to a workflow of the list by its name."""
        self.press("1", ":", then=PALETTE)
        self.press(*name, then=rf"│ › {re.escape(name)}")
        self.press("enter", then=rf"^› {re.escape(name)}")


@pytest.fixture
def journal(tmp_path, monkeypatch):
    """A project to stand in; gives a function that reads what the demo has kept."""
    monkeypatch.chdir(project(tmp_path))
    path = Path(os.environ["XDG_STATE_HOME"]) / JOURNAL
    return lambda: [json.loads(line) for line in path.read_text().splitlines()]


@pytest.mark.parametrize("size", [(80, 24), (200, 60)], ids=str)
def test_a_morning_of_deeds_is_in_the_journal_just_as_it_was_shown(size, journal):
    with Terminal([sys.executable, HURRIED, "--demo"], size=size, env=environment()) as terminal:
        story = Story(terminal)
        story.sees(" live")
        registers(story)
        mended = backfills_and_mends(story)
        stopped = backfills_and_stops(story)
        unregisters(story)
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.left_over() == []
    assert told(journal()) == [
        ("register", TOTALS, "", None),
        *mended,
        *stopped,
        ("unregister", TOTALS, "", None),
    ]


def registers(story):
    """Register a dataset of the project; the list then has it."""
    story.press("+", then="Register a dataset")
    story.press(*TOTALS[:11], then=rf"{re.escape(TOTALS)} +tab")
    story.press("tab", then=rf"Register {re.escape(TOTALS)}\?")
    story.agree(then=rf"^› {re.escape(TOTALS[:11])}")


def backfills_and_mends(story):
    """A week of which the Sunday fails, which is run again."""
    story.find(RETURNS)
    story.press("b", then="7 slots: nothing to run")
    story.press("tab", "left", then="start 7 runs")
    backfill = planned(story, RETURNS)
    story.agree(then="running 0/7")
    story.sees(r"^› 11-15 Sun +. failed")
    story.sees(r"1 date failed: t runs the failed steps again")
    story.sees(r"3 dates never ran")
    (run,) = story.press("t", then=SHOWN_RUN)
    assert run.startswith(f"{RETURNS}_backfill_")
    story.agree(then=r"11-15 Sun +. (running|completed)")
    story.sees(r" 4/7 ")
    return [backfill, ("retry", RETURNS, run, None)]


def backfills_and_stops(story):
    """A week of what was registered, which is stopped with a reason while a date of it runs."""
    story.find(TOTALS)
    story.press("b", then="start 7 runs")
    backfill = planned(story, TOTALS)
    story.agree(then="running 0/7")
    story.sees(" [1-5]/7 ")
    (whole,) = story.press("s", then=SHOWN_RUN)
    story.press(*REASON, then=REASON)
    story.agree(then=rf"stopped +by \S+ +{REASON}")
    (done,) = story.sees(r"killed (\d)/7")
    (left,) = story.sees(r"(\d) dates never ran")
    month, day = story.sees(r"^› (\d\d)-(\d\d) \S+ +. killed")
    assert int(done) + 1 + int(left) == 7
    under_way = f"{TOTALS}_backfill_2026{month}{day}_073000"
    return [backfill, *(("stop", TOTALS, run, REASON) for run in (whole, under_way))]


def unregisters(story):
    """Unregister it when its run has ended; the list then has it no longer."""
    story.press("1", then=rf"^› {re.escape(TOTALS)}")
    story.press("r", then=rf"^› {re.escape(TOTALS)} .* killed")
    story.press("D", then=rf"Unregister {re.escape(TOTALS)}\?")
    story.agree(then=r"\d+ problems +39 +live")
    assert re.search(rf"^[› ] {re.escape(TOTALS)}", story.terminal.text(), re.MULTILINE) is None


def planned(story, name):
    """What the planner shows, as the journal should have it."""
    total, to_run = story.sees(SHOWN_SLOTS)
    assert total == to_run
    first, last = (date.fromisoformat(day) for day in story.sees(SHOWN_DATES))
    assert int(total) == (last - first).days + 1
    whole = f"{name}_backfill_{first:%Y%m%d}_{last:%Y%m%d}"
    return ("backfill", name, whole, (str(first), str(last), int(total)))


def told(actions):
    """What was done, to what, and with what."""
    return [(one["do"], one["name"], one["run_id"], _more(one)) for one in actions]


def _more(action):
    details = action["details"]
    if action["do"] != "backfill":
        return action["reason"]
    return details["start"], details["end"], len(details["slots"])

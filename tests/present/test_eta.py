"""When a run will be done, in words."""

import pytest

from dli_tui.domain.status import RunStatus
from dli_tui.insight import durations
from dli_tui.insight.durations import Durations
from dli_tui.present import eta
from dli_tui.present.making import run_sheet
from tests.present.support import NOW, later
from tests.support_backends import run

PAST = Durations(p50=130.0, p90=310.0, p95=400.0, runs=7)


def told(began, past=PAST, status=RunStatus.RUNNING, zone="UTC"):
    going = run(status=status, started_at=later(seconds=-began))
    return eta.estimate_words(run_sheet(going, past, NOW, "UTC"), NOW, zone)


@pytest.mark.parametrize(
    ("began", "shown"),
    [
        (57, "~1m10s left, by 09:42 … 09:45"),
        (128, "any moment, by 09:41 … 09:44"),
        (305, "any moment, by 09:41"),
        (401, "longer than usual"),
    ],
)
def test_a_running_run_has_a_range(began, shown):
    assert told(began) == shown


def test_times_are_told_in_the_zone_that_was_asked_for():
    assert told(57, zone="Asia/Seoul") == "~1m10s left, by 18:42 … 18:45"


def test_without_enough_of_a_past_nothing_is_guessed():
    assert told(57, past=None) == "no estimate: fewer than 5 past successes"
    sheet = run_sheet(run(status=RunStatus.RUNNING, started_at=NOW), None, NOW, "UTC")
    counted = eta.estimate_words(sheet._replace(past=3), NOW, "UTC")
    assert counted == "no estimate: 3 of 5 past successes"


@pytest.mark.parametrize("status", [RunStatus.PENDING, RunStatus.STOPPING, RunStatus.COMPLETED])
def test_what_does_not_run_has_no_estimate(status):
    assert told(57, status=status) == ""


def test_enough_is_what_the_estimates_take_for_enough():
    assert eta.ENOUGH == durations.ENOUGH

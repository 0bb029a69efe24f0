"""When a running run will be done."""

from datetime import UTC, datetime, timedelta

import pytest

from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import RunStatus
from dli_tui.insight.durations import Durations
from dli_tui.insight.eta import estimate

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
PAST = Durations(p50=100, p90=150, p95=200, runs=20)


def run(status=RunStatus.RUNNING, started_at=NOON):
    return WorkflowRun(run_id="r", dataset_name="a", status=status, started_at=started_at)


def after(seconds):
    return NOON + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("passed", "fraction", "likely", "latest", "overdue"),
    [
        (-5, 0.0, 100, 150, False),
        (0, 0.0, 100, 150, False),
        (25, 0.25, 100, 150, False),
        (99.5, 0.99, 100, 150, False),
        (120, 0.99, 120, 150, False),
        (180, 0.99, 180, 180, False),
        (200, 0.99, 200, 200, False),
        (201, 0.99, 201, 201, True),
    ],
)
def test_the_estimate_is_a_range_that_never_lies_in_the_past(
    passed, fraction, likely, latest, overdue
):
    found = estimate(run(), PAST, after(passed))
    assert found is not None
    assert found.fraction == pytest.approx(fraction)
    assert found[1:] == (after(likely), after(latest), overdue)


def test_too_little_past_is_no_estimate():
    assert estimate(run(), None, NOON) is None


@pytest.mark.parametrize("status", [one for one in RunStatus if one is not RunStatus.RUNNING])
def test_only_what_runs_has_an_estimate(status):
    assert estimate(run(status), PAST, after(10)) is None


def test_what_has_not_begun_has_no_estimate():
    assert estimate(run(started_at=None), PAST, after(10)) is None


def test_runs_that_take_no_time_at_all_divide_nothing():
    found = estimate(run(), Durations(0, 0, 0, 5), after(1))
    assert found == (0.99, after(1), after(1), True)

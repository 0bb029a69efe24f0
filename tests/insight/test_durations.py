"""How long runs take, from those that went well."""

from datetime import UTC, datetime, timedelta
from statistics import quantiles

import pytest

from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import RunStatus
from dli_tui.insight.durations import CONSIDERED, ENOUGH, durations, percentile

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)


def run(seconds, status=RunStatus.COMPLETED, **more):
    end = None if seconds is None else NOON + timedelta(seconds=seconds)
    return WorkflowRun(
        run_id="r", dataset_name="a", status=status, started_at=NOON, finished_at=end, **more
    )


@pytest.mark.parametrize("count", range(ENOUGH))
def test_under_five_successes_say_nothing(count):
    assert durations(run(10) for _ in range(count)) is None


def test_five_are_enough():
    assert durations(run(10) for _ in range(ENOUGH)) == (10, 10, 10, 5)


def test_percentiles_lie_between_neighbours_in_proportion():
    past = durations(run(seconds) for seconds in (50, 10, 40, 20, 30))
    assert past is not None
    assert list(past) == pytest.approx([30, 46, 48, 5])


@pytest.mark.parametrize("share", [0.5, 0.9, 0.95])
def test_percentiles_are_those_of_the_textbook(share):
    ordered = [float(number**2) for number in range(20)]
    expected = quantiles(ordered, n=100, method="inclusive")[round(share * 100) - 1]
    assert percentile(ordered, share) == pytest.approx(expected)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_of_one_value_every_percentile_is_that_value(share):
    assert percentile([7.0], share) == 7.0


def test_only_the_newest_twenty_count():
    past = durations([*(run(10) for _ in range(CONSIDERED)), *(run(999) for _ in range(30))])
    assert past == (10, 10, 10, CONSIDERED)


@pytest.mark.parametrize("status", [one for one in RunStatus if one is not RunStatus.COMPLETED])
def test_only_successes_count(status):
    runs = [run(1, status), *(run(10) for _ in range(ENOUGH)), run(1, status)]
    assert durations(runs) == (10, 10, 10, ENOUGH)
    assert durations(run(1, status) for _ in range(9)) is None


def test_a_success_without_a_duration_does_not_count():
    assert durations([run(None), *(run(10) for _ in range(4))]) is None


def test_the_duration_that_a_server_reports_goes_before_the_clocks():
    assert durations(run(10, reported_seconds=3) for _ in range(5)) == (3, 3, 3, 5)

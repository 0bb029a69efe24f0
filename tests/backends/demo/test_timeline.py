"""How one run goes: laid out from chance alone, cut by a stop, lengthened by a retry."""

import pytest

from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.scenario import ERRORS, ETL, DemoWorkflow, Pattern, StepPlan, Temper
from dli_tui.backends.demo.timeline import (
    RETRY_QUEUE_SECONDS,
    STOP_SECONDS,
    Retry,
    Stop,
    longest,
    timeline,
)
from dli_tui.domain.schedule import RetryConfig
from dli_tui.domain.status import RunStatus, SourceType, StepStatus

KEYS = range(0, 400 * 1_800, 1_800)


def workflow(*, rate=0.0, flaky=0.0, attempts=2, fails_at=None, pattern=ETL):
    return DemoWorkflow(
        "one",
        SourceType.CODE,
        "0 * * * *",
        "@t",
        100.0,
        pattern,
        temper=Temper(failure_rate=rate, flaky_rate=flaky, fails_at=fails_at, error=ERRORS[0]),
        retry=RetryConfig(max_attempts=attempts, delay_seconds=20),
    )


def names(line, outcome=None):
    return [ETL.steps[one.step].name for one in line.tries if outcome in (None, one.outcome)]


def test_the_same_key_is_the_same_run_and_another_is_another():
    one = workflow()
    assert timeline(one, 1, 7) == timeline(one, 1, 7)
    assert timeline(one, 1, 7) != timeline(one, 1, 8)
    assert timeline(one, 1, 7) != timeline(one, 2, 7)


def test_a_run_waits_then_runs_then_is_over():
    line = timeline(workflow(), 1, 7)
    assert line.status(line.started - 0.01) is RunStatus.PENDING
    assert line.status(line.started) is RunStatus.RUNNING
    assert line.status(line.finished - 0.01) is RunStatus.RUNNING
    assert line.status(line.finished) is RunStatus.COMPLETED


def test_a_step_begins_when_the_stage_before_is_done():
    line = timeline(workflow(), 1, 7)
    for one in line.tries:
        stage = ETL.steps[one.step].stage
        earlier = [other for other in line.tries if ETL.steps[other.step].stage < stage]
        assert all(one.start >= other.end for other in earlier)
    assert names(line) == [step.name for step in ETL.steps]


def test_a_fated_run_fails_at_its_step_after_every_try():
    line = timeline(workflow(rate=1.0, fails_at="transform", attempts=3), 1, 7)
    assert line.outcome is RunStatus.FAILED
    assert names(line, StepStatus.FAILED) == ["transform"] * 3
    assert [one.attempt for one in line.tries if one.outcome is StepStatus.FAILED] == [1, 2, 3]
    assert "publish" not in names(line)


def test_a_flaky_run_stumbles_and_goes_well():
    line = timeline(workflow(flaky=1.0, fails_at="stage"), 1, 7)
    assert line.outcome is RunStatus.COMPLETED
    outcomes = [one.outcome for one in line.tries if ETL.steps[one.step].name == "stage"]
    assert outcomes == [StepStatus.FAILED, StepStatus.COMPLETED]


@pytest.mark.parametrize("flaky", [0.0, 1.0])
@pytest.mark.parametrize("rate", [0.0, 1.0])
@pytest.mark.parametrize("attempts", [1, 2, 5])
def test_no_run_is_longer_than_the_longest(rate, flaky, attempts):
    # Of one step and long, so that little but the tries of that step counts.
    only = Pattern((StepPlan("only", "sql", 0, 1),))
    one = workflow(rate=rate, flaky=flaky, attempts=attempts, pattern=only)._replace(seconds=1e5)
    ends = [timeline(one, 1, key).finished for key in KEYS]
    assert one.seconds * 1.3 < max(ends) <= longest(one)


def test_no_run_of_the_cast_is_longer_than_its_longest():
    for one in STANDARD.workflows:
        assert max(timeline(one, 0, key).finished for key in KEYS[:120]) <= longest(one)


def test_a_stop_cuts_the_line_short():
    whole = timeline(workflow(), 1, 7)
    line = timeline(workflow(), 1, 7, [Stop(40.0)])
    assert line.status(39.9) is whole.status(39.9)
    assert line.status(40.0) is RunStatus.STOPPING
    assert line.status(40.0 + STOP_SECONDS) is RunStatus.KILLED
    assert [one for one in line.tries if one.end <= 40.0] == [
        one for one in whole.tries if one.end <= 40.0
    ]
    assert all(one.end == line.finished for one in line.tries if one.end > 40.0)
    assert names(line, StepStatus.CANCELLED)


def test_a_stop_that_comes_too_late_changes_nothing():
    whole = timeline(workflow(), 1, 7)
    assert timeline(workflow(), 1, 7, [Stop(whole.finished)]) == whole


def test_a_retry_runs_what_failed_and_what_comes_after_it():
    one = workflow(rate=1.0, fails_at="transform")
    first = timeline(one, 1, 7)
    at = first.finished + 10
    again = timeline(one, 1, 7, [Retry(at)])
    added = again.tries[len(first.tries) :]
    assert again.tries[: len(first.tries)] == first.tries
    assert [ETL.steps[each.step].name for each in added] == ["transform"] * 2
    assert [each.attempt for each in added] == [3, 4]
    assert added[0].start == at + RETRY_QUEUE_SECONDS
    assert again.status(at) is RunStatus.RUNNING


def test_a_retry_of_a_named_step_runs_all_that_comes_after_it_too():
    one = workflow(rate=1.0, fails_at="dq_checks")
    first = timeline(one, 1, 7)
    stage = next(index for index, step in enumerate(ETL.steps) if step.name == "stage")
    again = timeline(one, 1, 7, [Retry(first.finished + 1, (stage,))])
    added = [ETL.steps[each.step].name for each in again.tries[len(first.tries) :]]
    assert list(dict.fromkeys(added)) == ["stage", "transform", "dq_checks"]


def test_a_step_that_failed_at_last_is_run_again_though_it_went_well_at_first():
    one = workflow(rate=1.0, fails_at="dq_checks")
    first = timeline(one, 1, 7)
    second_at = first.finished + 1
    second = timeline(one, 1, 7, [Retry(second_at, (0,))])
    third = timeline(one, 1, 7, [Retry(second_at, (0,)), Retry(second.finished + 1)])
    assert third.tries[: len(second.tries)] == second.tries
    assert {ETL.steps[each.step].name for each in third.tries[len(second.tries) :]} == {"dq_checks"}


@pytest.mark.parametrize("late", [False, True])
def test_only_what_failed_and_is_over_is_retried(late):
    good, bad = workflow(), workflow(rate=1.0)
    whole = timeline(good, 1, 7)
    assert timeline(good, 1, 7, [Retry(whole.finished + 1)]) == whole
    failed = timeline(bad, 1, 7)
    again = timeline(bad, 1, 7, [Retry(failed.finished + (1 if late else -1))])
    assert (again != failed) is late

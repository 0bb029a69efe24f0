"""Whose log is shown where nobody picked one."""

import pytest

from dli_tui.domain.ids import LogRef, RunRef
from dli_tui.domain.status import StepStatus
from dli_tui.tui.picks import Pick, last_failed, telling
from tests.tui.support_steps import step

DONE, FAILED, RUNNING, PENDING = (
    *(StepStatus.COMPLETED, StepStatus.FAILED),
    *(StepStatus.RUNNING, StepStatus.PENDING),
)


@pytest.mark.parametrize(
    ("statuses", "place"),
    [
        ([DONE, FAILED, RUNNING], 1),
        ([FAILED, FAILED, DONE], 1),
        ([DONE, RUNNING, PENDING], 1),
        ([DONE, DONE], 1),
        ([PENDING], None),
        ([], None),
    ],
)
def test_what_failed_comes_before_what_runs_and_that_before_what_is_done(statuses, place):
    rows = [step(str(at), status) for at, status in enumerate(statuses)]
    pick = telling(rows)
    assert (pick and pick.row.raw) == (None if place is None else str(place))


def test_a_step_that_was_never_begun_is_not_the_one_that_failed():
    rows = [step("load", FAILED), step("notify", FAILED, started=None)]
    assert last_failed(rows).row.raw == "load"
    assert last_failed([step("load", DONE)]) is None


def test_one_of_many_is_called_by_its_number():
    mapped = step("load", FAILED, map_index=3, attempt=2)
    assert Pick(mapped, 1).title == "load [3] try 1"
    assert Pick(mapped, 1).failed
    assert Pick(mapped, 1).ref(RunRef("r")) == LogRef(RunRef("r"), "load", 1, 3)
    assert not Pick(mapped, 2).is_same(Pick(step("load", FAILED, map_index=4, attempt=2), 2))

"""What pages tell of a run and of a step: how long they took, whatever the server leaves out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dli_tui.domain.status import RunStatus, StepStatus
from dli_tui.domain.step import Step
from dli_tui.present import making
from dli_tui.tui import sheets
from dli_tui.tui.looks import Looks
from dli_tui.tui.widgets.steps import Steps
from tests.support_backends import run

BEGAN = datetime(2026, 1, 1, 6, 0, tzinfo=UTC)
LATER = BEGAN + timedelta(days=334)


def told_of_run(status, now=LATER, **facts):
    sheet = making.run_sheet(run("r1", status, started_at=BEGAN, **facts), None, now, "UTC")
    lines = sheets.run(sheet, "UTC", now, Looks(), 120)
    return "\n".join("".join(piece.text for piece in line) for line in lines)


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.COMPLETED, RunStatus.KILLED])
def test_a_run_that_is_over_is_not_under_way_though_its_end_is_not_told(status):
    assert "so far" not in told_of_run(status)
    told = told_of_run(status, reported_seconds=45)
    assert "so far" not in told
    assert "45s" in told


def test_of_a_run_under_way_the_reported_duration_goes_before_our_clock():
    told = told_of_run(RunStatus.RUNNING, reported_seconds=45)
    assert "45s so far" in told


def test_of_a_run_under_way_our_clock_tells_where_nothing_is_reported():
    told = told_of_run(RunStatus.RUNNING, now=BEGAN + timedelta(minutes=2))
    assert "2m00s so far" in told


def test_of_a_server_whose_clock_is_ahead_no_run_is_said_to_be_under_way_for_no_time():
    told = told_of_run(RunStatus.RUNNING, now=BEGAN - timedelta(hours=8))
    assert "so far" not in told


@pytest.mark.parametrize("status", [StepStatus.FAILED, StepStatus.COMPLETED])
def test_a_step_that_is_over_does_not_grow_older_though_its_end_is_not_told(status):
    step = Step(name="load", status=status, started_at=BEGAN)
    lines = sheets.step(making.step_sheet(step), "UTC", LATER, Looks())
    assert "so far" not in "".join(piece.text for line in lines for piece in line)
    table = Steps(Looks(), lambda: LATER)
    assert table._took(making.step_row(step)) is None

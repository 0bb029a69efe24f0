"""Is a workflow late?"""

from datetime import UTC, datetime, timedelta

import pytest

from dli_tui.domain.clock import GRACE
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import RunStatus, RunType, SourceType, WorkflowStatus
from dli_tui.domain.workflow import WorkflowInfo
from dli_tui.insight.lateness import due_slot, late_since

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def row(status=WorkflowStatus.ACTIVE, cron="0 * * * *", **more):
    return WorkflowInfo(
        dataset_name="a", source_type=SourceType.CODE, status=status, cron=cron, **more
    )


def run(kind=RunType.SCHEDULED, **more):
    return WorkflowRun(
        run_id="r", dataset_name="a", status=RunStatus.COMPLETED, run_type=kind, **more
    )


def at(hour, minute=0):
    return NOON.replace(hour=hour, minute=minute)


def test_a_slot_that_the_server_still_calls_next_is_late_after_the_grace():
    one = row(next_run=NOON)
    assert late_since(one, NOON + GRACE) is None
    assert late_since(one, NOON + GRACE + TICK) == NOON
    assert late_since(one, NOON + TICK, grace=timedelta(0)) == NOON


def test_a_slot_to_come_is_not_late():
    assert late_since(row(next_run=NOON), NOON - timedelta(hours=1)) is None


def test_a_next_run_that_we_computed_says_nothing_of_a_missed_one():
    one = row(next_run=at(13), next_run_computed=True, last_run=run(slot=at(9)))
    assert late_since(one, at(12, 30)) == at(10)


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (run(slot=at(10)), at(11)),
        (run(slot=at(10), created_at=at(11, 20)), at(11)),
        (run(created_at=at(10, 1)), at(11)),
        (run(started_at=at(10, 1)), at(11)),
        (run(RunType.ADHOC, created_at=at(10, 40)), at(11)),
        (run(RunType.BACKFILL, slot=at(3), created_at=at(10, 40)), at(11)),
        (run(), None),
        (None, None),
    ],
)
def test_otherwise_it_is_the_slot_after_the_last_run(last, due):
    assert due_slot(row(last_run=last)) == due


@pytest.mark.parametrize(
    "status", [one for one in WorkflowStatus if one is not WorkflowStatus.ACTIVE]
)
def test_a_schedule_that_does_not_fire_is_never_late(status):
    one = row(status, next_run=at(1), last_run=run(slot=at(1)))
    assert late_since(one, NOON) is None


@pytest.mark.parametrize("cron", [None, "@daily", "not a cron"])
def test_without_a_schedule_that_can_be_read_nothing_is_late(cron):
    assert late_since(row(cron=cron, last_run=run(slot=at(1))), NOON) is None


def test_the_zone_of_the_schedule_decides():
    one = row(cron="0 9 * * *", timezone="Asia/Seoul", last_run=run(slot=at(0)))
    assert due_slot(one) == at(0) + timedelta(days=1)

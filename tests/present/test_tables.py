from datetime import UTC, date, datetime, timedelta

import pytest

from dli_tui.domain.backfill import BackfillPlan, PlannedSlot, SlotAction
from dli_tui.domain.query import BackfillScope
from dli_tui.domain.results import WorkflowHistoryResult, WorkflowListResult
from dli_tui.domain.status import ResultStatus, RunStatus, RunType, WorkflowStatus
from dli_tui.present import tables
from tests.support_backends import CODE, NOW, row, run

ACTIVE, PAUSED = WorkflowStatus.ACTIVE, WorkflowStatus.PAUSED
DISABLED, OVERRIDDEN = WorkflowStatus.DISABLED, WorkflowStatus.OVERRIDDEN


def test_a_row_is_five_cells():
    rows = [row("a", source_type=CODE, timezone="Asia/Seoul", next_run=NOW + timedelta(hours=1))]
    assert tables.workflows(rows, NOW) == [
        ("a", "code", "active", "0 9 * * *", "2026-03-10 19:41 +09:00")
    ]
    assert len(tables.WORKFLOW_COLUMNS) == 5


def test_a_row_without_a_schedule_has_dashes():
    assert tables.workflows([row("a", cron=None)], NOW)[0][3:] == ("-", "-")


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, "active"),
        ({"raw_status": "ACTIVE"}, "active"),
        ({"raw_status": "enabled"}, "active (enabled)"),
        ({"status": DISABLED, "raw_status": "disabled (paused)"}, "disabled (disabled (paused))"),
        ({"status": PAUSED, "raw_status": "disabled"}, "paused"),
        # It pauses by disabling.
        ({"status": DISABLED, "raw_status": "paused"}, "disabled (paused)"),
        ({"status": DISABLED, "raw_status": "limbo\x1b[1m"}, "disabled (limbo)"),
        ({"unreadable": "no name\nat all"}, "unreadable: no name at all"),
    ],
)
def test_a_status_has_the_servers_word_where_it_says_more(changes, shown):
    assert tables.workflow_status(row(**changes)) == shown


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"next_run": NOW}, "2026-03-10 09:41"),
        ({"next_run": NOW, "next_run_computed": True}, "~2026-03-10 09:41"),
        ({"next_run": NOW - timedelta(minutes=41)}, "2026-03-10 09:00 LATE 41m00s"),
        ({"status": OVERRIDDEN, "overridden_by": "code"}, "- (by code)"),
        ({"status": OVERRIDDEN}, "- (by code)"),
        ({"status": PAUSED}, "-"),
    ],
)
def test_the_next_run_says_what_it_is_worth(changes, shown):
    assert tables.next_run(row(**changes), NOW) == shown


@pytest.mark.parametrize(
    ("statuses", "total", "more", "shown"),
    [
        ([], 0, False, "Total: 0 workflows"),
        ([ACTIVE], 1, False, "Total: 1 workflow"),
        ([ACTIVE, ACTIVE], 2, False, "Total: 2 workflows"),
        (
            [OVERRIDDEN, ACTIVE, PAUSED, ACTIVE],
            4,
            False,
            "Total: 4 workflows (2 active, 1 paused, 1 overridden)",
        ),
        ([ACTIVE] * 3, 3, True, "Total: 3+ workflows"),
        ([ACTIVE] * 3, 1200, False, "Total: 1,200 workflows"),
    ],
)
def test_the_line_below_counts_by_status_where_they_differ(statuses, total, more, shown):
    result = WorkflowListResult(
        workflows=[row(f"w{number}", status=one) for number, one in enumerate(statuses)],
        total_count=total,
        more=more,
        status=ResultStatus.SUCCESS,
    )
    assert tables.workflows_footer(result) == shown


def test_a_run_is_five_cells():
    one = run("r1", RunStatus.FAILED, started_at=NOW, reported_seconds=44.7)
    assert tables.runs([one]) == [("r1", "failed", "adhoc", "2026-03-10 09:41:00", "45s")]
    waiting = run("r2", RunStatus.PENDING, run_type=RunType.SCHEDULED)
    assert tables.runs([waiting]) == [("r2", "pending", "scheduled", "-", "-")]


def test_whose_runs_they_are_is_told_where_their_ids_do_not():
    columns, cells = tables.histories([run("12"), run("d_13")])
    assert columns[:3] == ("RUN_ID", "DATASET", "STATUS")
    assert [row[:2] for row in cells] == [("12", "d"), ("d_13", "d")]
    assert tables.histories([run("d_13")]) == (tables.RUN_COLUMNS, tables.runs([run("d_13")]))


@pytest.mark.parametrize(
    ("status", "raw", "shown"),
    [
        (RunStatus.COMPLETED, "SUCCESS", "completed"),
        (RunStatus.UNKNOWN, "limbo\x07", "unknown (limbo\ufffd)"),
        (RunStatus.UNKNOWN, None, "unknown"),
    ],
)
def test_a_run_has_the_servers_word_where_ours_says_nothing(status, raw, shown):
    assert tables.run_status(status, raw) == shown


@pytest.mark.parametrize(
    ("kind", "raw", "shown"),
    [
        (RunType.ADHOC, "manual", "adhoc"),
        (RunType.OTHER, "file_upload", "file_upload"),
        (RunType.OTHER, None, "other"),
    ],
)
def test_what_started_a_run_has_the_servers_word_where_ours_says_nothing(kind, raw, shown):
    assert tables.run_type(kind, raw) == shown


@pytest.mark.parametrize(
    ("count", "total", "more", "shown"),
    [
        (3, 20, False, "Total: 3 runs shown (20 available)"),
        (3, 3, True, "Total: 3 runs shown (more available)"),
        (0, 0, False, "Total: 0 runs shown (0 available)"),
        (2, 1200, False, "Total: 2 runs shown (1,200 available)"),
    ],
)
def test_the_line_below_runs_says_how_many_there_are(count, total, more, shown):
    result = WorkflowHistoryResult(
        runs=[run(f"r{number}") for number in range(count)],
        total_count=total,
        more=more,
        status=ResultStatus.SUCCESS,
    )
    assert tables.runs_footer(result) == shown


def slot(day, action, status=None, note=None):
    return PlannedSlot(
        slot=datetime(2026, 3, day, tzinfo=UTC),
        day=date(2026, 3, day),
        action=action,
        run_status=status,
        note=note,
    )


def planned(*slots, **changes):
    return BackfillPlan(
        dataset_name="d",
        start_date=date(2026, 3, 1),
        end_date=date(2026, 3, 3),
        timezone="Asia/Seoul",
        scope=BackfillScope.ALL,
        slots=slots,
        **changes,
    )


SLOTS = (
    slot(1, SlotAction.RUN),
    slot(2, SlotAction.RERUN, RunStatus.FAILED),
    slot(3, SlotAction.SKIP, RunStatus.RUNNING, "under way"),
)


def test_a_plan_tells_each_slot_in_its_zone():
    assert tables.plan(planned(*SLOTS)) == [
        ("2026-03-01 09:00 +09:00", "-", "run"),
        ("2026-03-02 09:00 +09:00", "failed", "rerun"),
        ("2026-03-03 09:00 +09:00", "running", "skip (under way)"),
    ]


@pytest.mark.parametrize(
    ("parallel", "order"), [(False, "one after the other"), (True, "all at once")]
)
def test_below_a_plan_stands_what_it_amounts_to(parallel, order):
    one = planned(*SLOTS, estimate_seconds=102.0, parallel=parallel, warnings=("Mind it.",))
    assert tables.plan_footer(one) == [
        "3 slots: 2 to run, 1 left out",
        f"About 1m42s, {order}",
        "Mind it.",
    ]


def test_a_plan_without_a_past_guesses_nothing():
    assert tables.plan_footer(planned(SLOTS[0])) == ["1 slot: 1 to run, 0 left out"]


def test_a_schedule_that_the_server_does_not_tell_is_unknown_in_the_table():
    assert tables.workflows([row("a", cron=None, schedule_known=False)], NOW)[0][3] == "unknown"

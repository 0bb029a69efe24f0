"""What stands in the cells of the list."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dli_tui.domain.ids import RunRef
from dli_tui.domain.status import RunStatus, WorkflowStatus
from dli_tui.present.making import workflow_row
from dli_tui.present.rows import Mark
from dli_tui.tui.columns import WorkflowCells, strip
from dli_tui.tui.looks import Looks, Tone
from tests.support_backends import NOW, row, run

CELLS = WorkflowCells(Looks(), lambda: NOW)
MINUTE = timedelta(minutes=1)


def cell(info, column, room=19):
    return "".join(piece.text for piece in CELLS(workflow_row(info), column, room))


def tone(info, column):
    return CELLS(workflow_row(info), column, 19)[0].tone


def test_the_last_run_has_glyph_word_and_age():
    ended = run(
        status=RunStatus.FAILED, started_at=NOW - 61 * MINUTE, finished_at=NOW - 60 * MINUTE
    )
    assert cell(row(last_run=ended), "last") == "✗ failed 1h ago"
    assert tone(row(last_run=ended), "name") is Tone.FAILED


def test_where_there_is_little_room_the_age_goes_without_ago():
    ended = run(started_at=NOW - 50 * MINUTE, finished_at=NOW - 46 * MINUTE)
    assert cell(row(last_run=ended), "last", room=16) == "✓ completed 46m"


def test_a_run_under_way_tells_how_far_it_is_and_for_how_long():
    going = run(
        status=RunStatus.RUNNING,
        started_at=NOW - timedelta(seconds=127),
        progress={"total_tasks": 4, "completed_tasks": 1},
    )
    assert cell(row(last_run=going), "last") == "► running 25%"
    assert cell(row(last_run=going), "duration", 6) == "2m00s"


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        ({"next_run": NOW + 56 * MINUTE}, "in 56m"),
        ({"next_run": NOW + 56 * MINUTE, "next_run_computed": True}, "~in 56m"),
        ({"next_run": NOW - 14 * MINUTE}, "LATE 14m"),
        ({"next_run": NOW + MINUTE, "status": WorkflowStatus.PAUSED}, "-"),
        ({}, "-"),
    ],
)
def test_the_next_run_counts_down_and_says_when_it_is_late(known, shown):
    assert cell(row(**known), "next") == shown


def test_what_can_not_be_read_says_so():
    assert cell(row(unreadable="no cron"), "status", 40).startswith("? unreadable")


def test_a_workflow_that_never_ran_says_so():
    assert cell(row(), "last") == "never ran"
    assert cell(row(last_run_known=False), "last") == "?"
    assert cell(row(), "runs", 10).strip() == ""


def test_the_strip_has_the_newest_run_at_its_right_end():
    marks = tuple(
        Mark(RunRef(str(at)), status)
        for at, status in enumerate([RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.RUNNING])
    )
    assert "".join(piece.text for piece in strip(marks, 5, Looks())) == "  ✓✗►"
    assert "".join(piece.text for piece in strip(marks, 2, Looks(ascii=True))) == "x>"


@pytest.mark.parametrize(
    ("raw", "room", "shown"),
    [
        ("paused", 19, "⊘ disabled (paused)"),
        ("paused", 12, "⊘ paused"),
        ("paused", 8, "⊘ paused"),
        ("under maintenance", 12, "⊘ disabled (under maintenance)"),
        (None, 8, "⊘ disabled"),
    ],
)
def test_a_state_that_is_too_long_is_told_in_the_servers_own_word(raw, room, shown):
    info = row(status=WorkflowStatus.DISABLED, raw_status=raw)
    assert cell(info, "status", room) == shown

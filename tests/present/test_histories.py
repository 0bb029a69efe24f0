"""Runs as rows, and as what pictures are drawn of."""

from datetime import date, timedelta

from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.run import RunProgress
from dli_tui.domain.status import RunStatus, RunType, StepStatus
from dli_tui.domain.step import Step
from dli_tui.present import histories
from tests.support_backends import CODE, NOW, run

HOSTILE = "a\x1b]0;x\x07[bold]b"


def test_a_run_that_failed_says_why_and_one_that_was_stopped_says_nothing_here():
    failed = histories.run_row(run(status=RunStatus.FAILED, error_message="\n\nout of room\nmore"))
    killed = histories.run_row(run(status=RunStatus.KILLED, error_message="stopped by hand"))
    assert (failed.error, killed.error) == ("out of room", "")


def test_a_run_under_way_tells_how_far_it_is_and_no_duration():
    progress = RunProgress(total_tasks=5, completed_tasks=3)
    row = histories.run_row(
        run(status=RunStatus.RUNNING, started_at=NOW, progress=progress, reported_seconds=3.0)
    )
    assert (row.running, row.done, row.steps, row.seconds) == (True, 3, 5, None)


def test_a_run_that_waits_has_been_queued_but_has_not_begun():
    row = histories.run_row(run(status=RunStatus.PENDING, created_at=NOW))
    assert (row.began, row.running) == (NOW, False)


def test_a_row_keeps_what_is_sent_beside_what_is_shown():
    row = histories.run_row(run(HOSTILE, source_type=CODE, triggered_by=HOSTILE))
    assert row.ref == RunRef(HOSTILE, "d")
    assert row.key == WorkflowKey("d", CODE)
    assert "\x1b" not in f"{row.name}{row.by}"


def test_a_word_of_the_server_stands_where_ours_says_nothing():
    row = histories.run_row(run(status=RunStatus.UNKNOWN, raw_status="dreaming"))
    assert row.word == "dreaming"
    other = histories.run_row(run(run_type=RunType.OTHER, raw_run_type="file_upload"))
    assert other.kind == "file_upload"


def test_a_day_is_that_of_the_slot_in_the_zone_of_the_schedule():
    late = NOW.replace(hour=23)
    one = run(slot=late, started_at=NOW - timedelta(days=3))
    assert histories.day_of(one, "UTC") == date(2026, 3, 10)
    assert histories.day_of(one, "Asia/Seoul") == date(2026, 3, 11)
    assert histories.day_of(run(started_at=NOW), "Nowhere/Known") == date(2026, 3, 10)
    assert histories.day_of(run(), "UTC") is None


def test_days_leave_out_what_has_no_time():
    found = histories.days([run("a", started_at=NOW), run("b")], "UTC")
    assert {day: one.runs for day, one in found.items()} == {date(2026, 3, 10): 1}


def test_the_median_is_of_what_went_well_and_nothing_where_that_is_too_little():
    good = [run(f"r{at}", reported_seconds=10.0 + at) for at in range(5)]
    bad = run("bad", RunStatus.FAILED, reported_seconds=900.0)
    assert histories.usual_seconds([bad, *good]) == 12.0
    assert histories.usual_seconds([bad, *good[:4]]) is None


def test_marks_and_columns_end_with_the_newest():
    runs = [run("new"), run("old"), run("oldest")]
    assert [mark.ref.run_id for mark in histories.marks(runs, 2)] == ["old", "new"]
    steps = {runs[0].ref: (Step(name="load", status=StepStatus.COMPLETED),)}
    found = histories.grid(runs, steps, 2)
    assert [cell.known for cell in found.lines[0][1]] == [False, True]

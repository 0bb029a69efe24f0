"""Models into rows."""

from datetime import timedelta

import pytest

from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.retry import RetryPlan, StepAgain
from dli_tui.domain.run import RunProgress
from dli_tui.domain.schedule import RetryConfig
from dli_tui.domain.status import RunStatus, RunType, StepStatus, WorkflowStatus
from dli_tui.domain.step import Step
from dli_tui.domain.workflow import DatasetInfo
from dli_tui.insight.durations import Durations
from dli_tui.present import making
from dli_tui.present.rows import Mark
from tests.present.support import HOSTILE, is_safe
from tests.support_backends import MANUAL, NOW, row, run

BEGAN, ENDED = NOW - timedelta(minutes=9), NOW - timedelta(minutes=2)
FAILED = run(
    "bad", RunStatus.FAILED, started_at=BEGAN, finished_at=ENDED, error_message="\nno disk\nmore"
)
GOING = run(
    "going",
    RunStatus.RUNNING,
    created_at=BEGAN,
    started_at=BEGAN,
    progress=RunProgress(total_tasks=8, completed_tasks=5, failed_tasks=1, current_task="load"),
)


def test_a_row_tells_how_the_last_run_went():
    made = making.workflow_row(row(last_run=FAILED, owner="ann", team="t", timezone="Asia/Seoul"))
    assert (made.key, made.name) == (WorkflowKey("d", MANUAL), "d")
    assert (made.last, made.last_ref, made.last_at) == (
        RunStatus.FAILED,
        RunRef("bad", "d"),
        ENDED,
    )
    assert (made.seconds, made.began, made.running) == (420.0, None, False)
    assert (made.owner, made.team, made.zone) == ("ann", "t", "Asia/Seoul")


def test_a_row_tells_how_far_the_run_under_way_is():
    made = making.workflow_row(row(last_run=GOING))
    assert (made.running, made.began, made.last_at, made.seconds) == (True, BEGAN, BEGAN, None)
    assert (made.done, made.steps) == (5, 8)


def test_a_row_tells_when_its_run_takes_longer_than_usual_where_the_past_is_known():
    past = [
        run(f"r{n}", started_at=BEGAN, finished_at=BEGAN + timedelta(seconds=60)) for n in range(5)
    ]
    made = making.workflow_row(row(last_run=GOING), [GOING, *past])
    assert made.overdue_at == BEGAN + timedelta(seconds=60)
    assert making.workflow_row(row(last_run=GOING), [GOING, *past[1:]]).overdue_at is None
    assert making.workflow_row(row(last_run=FAILED), [FAILED, *past]).overdue_at is None


def test_a_run_without_an_id_can_not_be_opened():
    assert making.workflow_row(row(last_run=run("", started_at=BEGAN))).last_ref is None


def test_a_row_that_never_ran_says_nothing_of_a_run():
    made = making.workflow_row(row())
    assert (made.last, made.last_at, made.marks, made.due) == (None, None, (), None)


def test_what_the_list_does_not_tell_comes_from_the_last_runs():
    made = making.workflow_row(row(), [FAILED, GOING])
    assert made.last is RunStatus.FAILED
    assert made.marks == (
        Mark(RunRef("going", "d"), RunStatus.RUNNING, BEGAN, None),
        Mark(RunRef("bad", "d"), RunStatus.FAILED, BEGAN, 420.0),
    )


def test_a_row_is_due_at_the_servers_next_run_or_after_its_last():
    due = NOW + timedelta(hours=1)
    assert making.workflow_row(row(next_run=due)).due == due
    computed = row(next_run=due, next_run_computed=True, last_run=FAILED)
    assert making.workflow_row(computed).due == NOW.replace(day=11, hour=9, minute=0)
    assert making.workflow_row(row(next_run=due, status=WorkflowStatus.PAUSED)).due is None


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, "active"),
        ({"raw_status": "active"}, "active"),
        ({"raw_status": "ACTIVE"}, "active"),
        ({"raw_status": "enabled"}, "active (enabled)"),
        ({"unreadable": "no name"}, "unreadable: no name"),
    ],
)
def test_the_state_is_in_words(changes, state):
    assert making.workflow_row(row(**changes)).state == state


def test_the_servers_own_word_is_shown_where_ours_says_nothing():
    odd = run(status=RunStatus.UNKNOWN, raw_status="limbo")
    assert making.workflow_row(row(last_run=odd)).last_word == "limbo"
    assert making.workflow_row(row(last_run=FAILED.twin(raw_status="error"))).last_word == ""


def strings(value):
    """Every text that is for eyes in a tuple, keys and raw ids left out."""
    for field, part in value._asdict().items():
        if field in ("key", "ref", "raw", "marks", "last_ref"):
            continue
        if isinstance(part, str):
            yield part
        elif hasattr(part, "_asdict"):
            yield from strings(part)
        elif field == "facts":
            yield from (text for pair in part for text in pair)


def test_nothing_of_a_server_is_obeyed():
    bad = run(
        HOSTILE,
        RunStatus.FAILED,
        dataset_name=HOSTILE,
        raw_status=HOSTILE,
        error_message=HOSTILE,
        reason=HOSTILE,
        stopped_by=HOSTILE,
        triggered_by=HOSTILE,
        parameters={HOSTILE: HOSTILE, "doc": {"a": HOSTILE}},
        logs_url=f"https://h/{HOSTILE}",
        run_type=RunType.OTHER,
        raw_run_type=HOSTILE,
        progress=RunProgress(total_tasks=1, current_task=HOSTILE),
    )
    info = row(
        HOSTILE,
        raw_status=HOSTILE,
        owner=HOSTILE,
        team=HOSTILE,
        timezone=HOSTILE,
        cron=HOSTILE,
        description=HOSTILE,
        tags=(HOSTILE,),
        last_run=bad,
        overridden_by=HOSTILE,
        s3_path=HOSTILE,
        unreadable=HOSTILE,
    )
    step = Step(
        name=HOSTILE,
        status=StepStatus.UNKNOWN,
        raw_status=HOSTILE,
        type=HOSTILE,
        error_message=HOSTILE,
    )
    made = making.workflow_row(info, [bad])
    shown = [
        *strings(making.workflow_sheet(info, made, [bad], None, NOW)),
        *strings(making.run_sheet(bad, None, NOW, HOSTILE)),
        *strings(making.step_row(step)),
    ]
    assert len(shown) > 20
    assert [text for text in shown if not is_safe(text)] == []


def test_the_sheet_of_a_workflow_has_words_fires_and_the_last_error():
    info = row(
        cron="0 6 * * *",
        last_run=FAILED,
        team="t",
        description="Orders.",
        tags=("a", "b"),
        retry=RetryConfig(max_attempts=3, delay_seconds=300),
        registered_by="ann",
        registered_at=NOW,
        s3_path="s3://specs/d.yaml",
    )
    dataset = DatasetInfo(name="d", owner="bob", team="other")
    runs = [run(f"r{number}", reported_seconds=number) for number in range(5)]
    sheet = making.workflow_sheet(info, making.workflow_row(info, runs), runs, dataset, NOW)
    assert (sheet.schedule, sheet.cron) == ("every day at 06:00", "0 6 * * *")
    assert [fire.day for fire in sheet.fires] == [11, 12, 13, 14, 15]
    assert (sheet.usual_seconds, sheet.error) == (2.0, "no disk")
    assert sheet.facts == (
        ("owner", "bob"),
        ("team", "t"),
        ("description", "Orders."),
        ("tags", "a, b"),
        ("retry", "3 tries, 5m apart"),
        ("registered", "by ann 2026-03-10 09:41"),
        ("spec", "s3://specs/d.yaml"),
    )


def test_a_held_workflow_says_who_holds_it_and_fires_never():
    info = row(status=WorkflowStatus.PAUSED, paused_by="ann", reason="quota", paused_at=NOW)
    sheet = making.workflow_sheet(info, making.workflow_row(info), [], None, NOW)
    assert sheet.fires == ()
    assert sheet.facts == (
        ("paused by", "ann"),
        ("reason", "quota"),
        ("since", "2026-03-10 09:41"),
    )


@pytest.mark.parametrize("changes", [{"cron": "nonsense"}, {"timezone": "Mars/Base"}])
def test_a_schedule_that_cannot_be_read_fires_never(changes):
    info = row(**changes)
    assert making.workflow_sheet(info, making.workflow_row(info), [], None, NOW).fires == ()


def test_the_sheet_of_a_run_has_its_estimate_and_how_far_it_is():
    past = Durations(p50=600.0, p90=700.0, p95=800.0, runs=7)
    sheet = making.run_sheet(GOING, past, NOW, "Asia/Seoul")
    assert (sheet.done, sheet.failed, sheet.total, sheet.current) == (5, 1, 8, "load")
    assert (sheet.likely, sheet.latest) == (
        BEGAN + timedelta(seconds=600),
        BEGAN + timedelta(seconds=700),
    )
    assert (sheet.overdue, sheet.past) == (False, 7)


def test_the_sheet_of_a_run_says_what_it_was_given_and_who_stopped_it():
    stopped = run(
        status=RunStatus.KILLED,
        run_type=RunType.BACKFILL,
        backfill_id="b1",
        slot=NOW,
        triggered_by="ann",
        parameters={"day": "2026-03-10", "n": 3, "doc": {"a": [1, None]}, "long": "x" * 400},
        stopped_by="bob",
        stopped_at=NOW,
        reason="wrong day",
        retry_count=2,
        logs_url="https://h/log",
    )
    sheet = making.run_sheet(stopped, None, NOW, "Asia/Seoul")
    assert sheet.url == "https://h/log"
    assert sheet.facts[:3] == (
        ("started by", "ann"),
        ("kind", "backfill (b1)"),
        ("slot", "2026-03-10 18:41 +09:00"),
    )
    assert sheet.facts[3:6] == (
        ("parameters", "day = 2026-03-10"),
        ("", "n = 3"),
        ("", 'doc = {"a": [1, null]}'),
    )
    assert len(sheet.facts[6][1]) == 200
    assert sheet.facts[7:] == (
        ("stopped by", "bob"),
        ("stopped at", "2026-03-10 18:41 +09:00"),
        ("reason", "wrong day"),
        ("retries", "2"),
    )


def test_a_step_is_a_row():
    made = making.step_row(
        Step(
            name="load",
            status=StepStatus.RETRYING,
            raw_status="up_for_retry",
            type="sql",
            attempt=2,
            max_attempts=3,
            map_index=4,
            started_at=BEGAN,
            finished_at=ENDED,
        )
    )
    assert (made.raw, made.name, made.word, made.kind) == ("load", "load", "", "sql")
    assert (made.attempt, made.attempts, made.map_index, made.seconds) == (2, 3, 4, 420.0)


def again(*names, is_whole=True):
    steps = tuple(StepAgain(name=name, map_index=index) for name, index in names)
    return making.again(RetryPlan(steps=steps, is_whole=is_whole))


def test_a_retry_is_told_by_the_steps_that_run_again_and_how_many_they_are():
    assert again(("load", None), ("share", 0), ("share", 2)) == "3 steps: load, share [0, 2]"
    assert again(("share", None), ("share", None)) == "2 steps: share (2 times)"
    many = again(*(("share", index) for index in range(300)))
    assert many == "300 steps: share (300 times)"
    assert again() == "nothing: the server finds no step to run again"


def test_where_the_server_doesnt_tell_all_a_retry_says_so():
    assert again(("load", None), is_whole=False) == "load, and what comes after"
    assert again(is_whole=False) == "its failed steps, and what comes after"


def test_a_step_that_runs_again_is_safe_to_show():
    assert is_safe(again((HOSTILE, 1), (HOSTILE, None)))

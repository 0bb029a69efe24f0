"""What our server says is what seed 000 writes, and a reader of ours gets the very model back."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dli_tui.domain.backfill import Backfill, BackfillDate
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.page import Changes
from dli_tui.domain.results import WorkflowRunResult
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.status import ResultStatus, RunStatus, RunType, SourceType
from dli_tui.domain.step import Step
from dli_tui.domain.workflow import DatasetInfo, WorkflowInfo
from dli_tui.wire import beside, replies, telling
from dli_tui.wire.runs import dataset_info_of, run_of, runs_of
from dli_tui.wire.workflows import workflow_of, workflows_of
from tests.support_backends import row, run
from tests.wire.models import SENTENCE, TEXT, models

SEEDS = Path(__file__).parent.parent / "seeds"
NAME = "iceberg.analytics.daily_clicks"
RUN_ID = f"{NAME}_20260101_100000"

RUNS = models(WorkflowRun)
# The latest run of a row that doesn't say whose it is belongs to that row.
# A cron that begins like a JSON object is read as one, which is no cron.
CRON = TEXT.filter(lambda text: not text.lstrip().startswith("{"))
ROWS = models(
    WorkflowInfo,
    cron=CRON | st.none(),
    last_run=models(WorkflowRun, source_type=st.sampled_from(SourceType)) | st.none(),
)
KEYS = st.builds(WorkflowKey, TEXT, st.sampled_from(SourceType) | st.none())


def seed(name):
    """What the seed says that is answered."""
    return json.loads((SEEDS / f"000_{name}.json").read_text(encoding="utf-8"))


def on_the_line(told):
    """What is told as it arrives."""
    return json.loads(json.dumps(told))


def holds(told, wanted):
    """Whether all that is wanted is said, word for word."""
    if isinstance(wanted, dict):
        return all(key in told and holds(told[key], value) for key, value in wanted.items())
    return told == wanted


# The same model on the other side


@given(one=RUNS)
def test_a_run_comes_back(one):
    assert run_of(on_the_line(telling.run_told(one))) == one


@given(found=st.lists(RUNS, max_size=3))
def test_a_history_comes_back(found):
    told = on_the_line([telling.run_told(one) for one in found])
    assert runs_of(told)[0].items == tuple(found)


@given(one=ROWS)
def test_a_row_comes_back(one):
    assert workflow_of(on_the_line(telling.workflow_told(one))) == one


@given(found=st.lists(ROWS, max_size=3))
def test_a_list_comes_back(found):
    told = on_the_line([telling.workflow_told(one) for one in found])
    assert workflows_of(told).items == tuple(found)


@given(one=ROWS, warning=SENTENCE | st.none())
def test_a_registration_comes_back_with_its_warning(one, warning):
    found = workflow_of(on_the_line(telling.registered_told(one, warning)))
    assert found == (one.twin(warning=warning) if warning else one)


@given(one=models(DatasetInfo))
def test_a_dataset_comes_back(one):
    assert dataset_info_of(on_the_line(telling.dataset_told(one))) == one


@given(found=st.lists(models(Step), max_size=3))
def test_steps_come_back(found):
    told = json.dumps([telling.step_told(step) for step in found])
    assert beside.steps_of(told.encode()) == tuple(found)


@given(
    one=models(
        Backfill,
        whole=RUNS,
        dates=st.lists(models(BackfillDate, run=RUNS | st.none()), max_size=2).map(tuple),
    )
)
def test_a_backfill_comes_back(one):
    assert beside.backfill_of(on_the_line(telling.backfill_told(one))) == one


@given(cursor=TEXT, rows=st.lists(ROWS, max_size=2), gone=st.lists(KEYS, max_size=2))
def test_what_moved_comes_back(cursor, rows, gone):
    told = {
        "cursor": cursor,
        "whole": False,
        "workflows": [telling.workflow_told(one) for one in rows],
        "gone": [telling.key_told(key) for key in gone],
    }
    assert beside.changes_of(on_the_line(told)) == Changes(cursor, tuple(rows), tuple(gone))


def results(*fields, **special):
    """Results that say these and nothing else."""
    kept = {"dataset_name", "status", *fields, *special}
    nothing = {
        name: st.just(field.get_default(call_default_factory=True))
        for name, field in WorkflowRunResult.model_fields.items()
        if name not in kept
    }
    return models(
        WorkflowRunResult, **{"status": st.just(ResultStatus.SUCCESS), **nothing, **special}
    )


COMMON = ("workflow_id", "message", "reason", "warning")
OF_RUNS = (*COMMON, "raw_status", "parameters", "triggered_by", "started_at")
STATUSES = st.sampled_from(RunStatus)


@given(one=results(*OF_RUNS, run_id=TEXT, run_status=STATUSES))
def test_the_answer_to_a_run_comes_back(one):
    assert replies.run_reply(on_the_line(telling.run_result_told(one)), "asked") == one


@given(one=results(*OF_RUNS, dry_run=st.just(value=True)))
def test_the_answer_to_a_dry_run_comes_back(one):
    found = replies.run_reply(on_the_line(telling.run_result_told(one)), "asked", dry_run=True)
    assert found == one


@given(one=results(*OF_RUNS, run_id=TEXT, run_status=STATUSES))
def test_the_answer_to_a_retry_comes_back(one):
    found = replies.retry_reply(on_the_line(telling.run_result_told(one)), "asked")
    assert found == one


@given(
    ids=st.lists(TEXT, max_size=2).map(tuple),
    data=st.data(),
    backfill_id=TEXT,
)
def test_the_answer_to_a_backfill_comes_back(ids, data, backfill_id):
    one = data.draw(
        results(
            *(*OF_RUNS, "start_date", "end_date", "total_runs", "dry_run"),
            run_id=st.just(backfill_id),
            backfill_id=st.just(backfill_id),
            run_ids=st.just(ids),
            run_status=STATUSES,
            dry_run=st.just(value=False),
        )
    )
    assert replies.backfill_reply(on_the_line(telling.run_result_told(one)), "asked") == one


@given(
    one=results(
        *(*COMMON, "raw_status", "paused_by", "paused_at"),
        workflow_status=models(WorkflowInfo).map(lambda info: info.status),
    )
)
def test_the_answer_to_a_pause_comes_back(one):
    told = on_the_line(telling.schedule_told(one))
    assert replies.pause_reply(told, "asked") == replies.unpause_reply(told, "asked") == one


@given(
    one=results(
        *(*COMMON, "raw_status", "unregistered_by", "unregistered_at"),
        *("s3_path_deleted", "airflow_dag_disabled"),
    )
)
def test_the_answer_to_an_unregistration_comes_back(one):
    found = replies.unregister_reply(on_the_line(telling.unregistered_told(one)), "asked")
    assert found == one


@pytest.mark.parametrize(
    ("word", "wire", "status"),
    [
        ("STOPPING", "STOPPING", RunStatus.STOPPING),
        ("cancelled", "STOPPED", RunStatus.KILLED),
        (None, "STOPPING", RunStatus.STOPPING),
    ],
)
def test_a_stop_says_what_the_place_behind_said_and_not_yet_that_it_is_over(word, wire, status):
    answered = WorkflowRunResult(
        dataset_name="d",
        run_id="r1",
        status=ResultStatus.SUCCESS,
        run_status=RunStatus.KILLED,
        raw_status=word,
        reason="wrong day",
    )
    told = on_the_line(telling.stop_told(answered))
    assert told["status"] == wire
    found = replies.stop_reply(told, "r1")
    assert (found.run_status, found.raw_status, found.reason) == (status, None, "wrong day")


# The words of the seed


TOLD = {
    "status": lambda body: telling.run_told(run_of(body)),
    "run": lambda body: telling.run_result_told(replies.run_reply(body, NAME)),
    "backfill": lambda body: telling.run_result_told(replies.backfill_reply(body, NAME)),
    "stop": lambda body: telling.stop_told(
        replies.stop_reply(body, RUN_ID).model_copy(
            update={"run_status": RunStatus.KILLED, "raw_status": "STOPPING"}
        )
    ),
    "list": lambda body: telling.workflow_told(workflow_of(body)),
    "history": lambda body: telling.run_told(run_of(body)),
    "pause": lambda body: telling.schedule_told(replies.pause_reply(body, NAME)),
    "register": lambda body: telling.registered_told(workflow_of(body), None),
    "unregister": lambda body: telling.unregistered_told(replies.unregister_reply(body, NAME)),
}


@pytest.mark.parametrize("name", TOLD)
def test_every_key_and_word_of_the_seed_is_said_as_it_writes_it(name):
    wanted = seed(name)
    body = wanted[0] if isinstance(wanted, list) else wanted
    assert holds(on_the_line(TOLD[name](body)), body)


def test_every_answer_of_the_seed_is_told():
    assert {path.stem.removeprefix("000_") for path in SEEDS.glob("000_*.json")} == set(TOLD)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (RunStatus.COMPLETED, "SUCCESS"),
        (RunStatus.KILLED, "STOPPED"),
        *(
            (one, one.value)
            for one in RunStatus
            if one not in (RunStatus.COMPLETED, RunStatus.KILLED)
        ),
    ],
)
def test_a_status_is_said_in_its_words_and_in_ours_where_it_has_none(status, word):
    assert telling.run_word(status) == word
    assert RunStatus.of(word) is status


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        (RunType.ADHOC, "manual"),
        (RunType.SCHEDULED, "scheduled"),
        (RunType.BACKFILL, "backfill"),
        (RunType.OTHER, "other"),
    ],
)
def test_what_started_a_run_is_said_in_its_words(kind, word):
    assert telling.run_told(run(run_type=kind))["run_type"] == word


# What stands beside it


def test_what_004_and_the_real_server_name_stands_beside_it():
    told = telling.run_told(run(parameters={"a": 1}, finished_at=datetime(2026, 1, 1, tzinfo=UTC)))
    assert told["params"] == told["parameters"] == {"a": 1}
    assert told["ended_at"] == told["finished_at"] == "2026-01-01T00:00:00Z"


def test_a_run_under_way_says_for_how_long():
    began, now = (datetime(2026, 1, 1, 10, minute, tzinfo=UTC) for minute in (0, 3))
    under_way = run(status=RunStatus.RUNNING, started_at=began)
    told = on_the_line(telling.run_told(under_way, now=now))
    assert told["duration_seconds"] == 180
    assert run_of(told) == under_way
    assert (
        telling.run_told(under_way, now=datetime(2025, 1, 1, tzinfo=UTC))["duration_seconds"] == 0
    )
    assert "duration_seconds" not in telling.run_told(under_way)


def test_an_id_that_others_have_too_says_whose_it_is():
    last = run("midnight", dataset_name="d")
    whole = Backfill(
        whole=last,
        dates=(BackfillDate(slot=datetime(2026, 1, 1, tzinfo=UTC), day="2026-01-01", run=last),),
    )
    assert telling.run_told(last, whole_ids=False)["run_id"] == "d/midnight"
    told = telling.workflow_told(row("d", last_run=last), whole_ids=False)
    assert told["last_run"]["run_id"] == "d/midnight"
    told = telling.backfill_told(whole, whole_ids=False)
    assert told["whole"]["run_id"] == told["dates"][0]["run"]["run_id"] == "d/midnight"


def test_a_schedule_that_is_unknown_here_is_unknown_to_whoever_asks_us():
    told = on_the_line(telling.workflow_told(row("d", cron=None, schedule_known=False)))
    assert "schedule" not in told
    assert workflow_of(told).schedule_known is False

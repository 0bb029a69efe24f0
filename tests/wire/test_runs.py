"""Every spelling of a run means the same run; one that makes none says why."""

from datetime import UTC, datetime

import pytest

from dli_tui.domain.errors import ServerError
from dli_tui.domain.results import WorkflowStatusResult
from dli_tui.domain.run import RunProgress, WorkflowRun
from dli_tui.domain.status import RunStatus, RunType, SourceType
from dli_tui.wire.runs import dataset_info_of, run_of, runs_of

_NAME = "iceberg.analytics.daily_clicks"
_SIX = datetime(2026, 1, 1, 6, tzinfo=UTC)


def _run(**fields: object) -> WorkflowRun:
    return run_of({"run_id": "r1", "dataset_name": _NAME, "status": "RUNNING", **fields})


_STATUSES = [
    pytest.param("COMPLETED", "COMPLETED", False, True, id="BW-09b"),
    pytest.param("success", "COMPLETED", False, True, id="BW-09c"),
    pytest.param("KILLED", "KILLED", False, True, id="BW-09f"),
    pytest.param("CANCELLED", "KILLED", False, True, id="BW-09g"),
    pytest.param("STOPPING", "STOPPING", True, False, id="BW-09h"),
    pytest.param("PENDING", "PENDING", True, False, id="BW-09i"),
    pytest.param("TIMEOUT", "TIMEOUT", False, True, id="BW-09k"),
    pytest.param("UNKNOWN", "UNKNOWN", False, False, id="BW-09l"),
    *(("STOPPED", "KILLED", False, True), ("SKIPPED", "SKIPPED", False, True)),
    *(("queued", "PENDING", True, False), ("up_for_retry", "RUNNING", True, False)),
    *(("upstream_failed", "FAILED", False, True), ("gone fishing", "UNKNOWN", False, False)),
]


@pytest.mark.parametrize(("word", "ours", "running", "over"), _STATUSES)
def test_the_status_folds_into_ours_and_another_word_is_kept(word, ours, running, over):
    run = _run(status=word)
    assert run.status is RunStatus(ours)
    assert (run.status.is_running, run.status.is_terminal) == (running, over)
    assert run.raw_status == (None if word.upper() == ours else word)
    assert WorkflowStatusResult.of(run).is_terminal == over


@pytest.mark.parametrize("word", [None, 5, "", {}, []])
def test_a_run_without_a_status_is_unknown(word):
    run = _run(status=word)
    assert (run.status, run.raw_status) == (RunStatus.UNKNOWN, None)


_TYPES = [
    pytest.param({"run_type": "scheduled"}, RunType.SCHEDULED, None, id="scheduled"),
    pytest.param({"run_type": "SCHEDULED"}, RunType.SCHEDULED, None, id="upper case"),
    pytest.param({"run_type": "manual"}, RunType.ADHOC, "manual", id="manual is adhoc"),
    pytest.param({"trigger_mode": "BACKFILL"}, RunType.BACKFILL, None, id="the real server's key"),
    pytest.param({"run_type": "file_upload"}, RunType.OTHER, "file_upload", id="another word"),
    pytest.param({"triggered_by": "scheduler"}, RunType.SCHEDULED, None, id="by the scheduler"),
    pytest.param({"run_id": "x_Backfill_1"}, RunType.BACKFILL, None, id="backfill in the id"),
    pytest.param({"backfill_id": "b"}, RunType.BACKFILL, None, id="belongs to a backfill"),
    pytest.param({"triggered_by": "me@example.com"}, RunType.ADHOC, None, id="by a person"),
    pytest.param({"run_type": 5}, RunType.ADHOC, None, id="a type that is none"),
]


@pytest.mark.parametrize(("fields", "kind", "raw"), _TYPES)
def test_the_run_type_is_told_or_follows_from_the_rest(fields, kind, raw):
    run = _run(**fields)
    assert (run.run_type, run.raw_run_type) == (kind, raw)


@pytest.mark.parametrize(
    "fields",
    [
        {"params": {"a": 1}},
        {"parameters": {"a": 1}},
        {"params": '{"a": 1}'},
        {"params": {}, "parameters": {"a": 1}},
        {"params": "not json", "parameters": {"a": 1}},
    ],
    ids=str,
)
def test_parameters_are_read_from_either_key_and_from_json_text(fields):
    assert _run(**fields).parameters == {"a": 1}


@pytest.mark.parametrize("told", [None, [], "text", 5], ids=str)
def test_parameters_that_are_none_are_empty(told):
    assert _run(params=told).parameters == {}


@pytest.mark.parametrize("key", ["ended_at", "finished_at", "completed_at"])
def test_the_end_has_three_keys(key):
    assert _run(**{key: "2026-01-01T06:00:00Z"}).finished_at == _SIX


def test_the_first_end_that_is_present_counts():
    run = _run(ended_at=None, finished_at="2026-01-01T06:00:00Z", completed_at="2027-01-01")
    assert run.finished_at == _SIX


@pytest.mark.parametrize(
    "fields",
    [
        {"error_message": "no disk\x1b[2J"},
        {"error": "no disk"},
        {"error": {"message": "no disk"}},
        {"error_message": None, "error": "no disk"},
    ],
    ids=str,
)
def test_the_error_has_two_keys_and_is_made_safe(fields):
    assert _run(**fields).error_message == "no disk"


def test_a_stack_trace_keeps_its_lines():
    assert _run(error_message="a\n  b").error_message == "a\n  b"


@pytest.mark.parametrize("key", ["logs_url", "airflow_log_url"])
def test_the_log_address_has_two_keys(key):
    assert _run(**{key: "https://a/b?c=d"}).logs_url == "https://a/b?c=d"


def test_a_duration_that_is_given_wins_over_the_clocks():
    times = {"started_at": "2026-01-01T06:00:00Z", "ended_at": "2026-01-01T07:00:00Z"}
    assert _run(**times).duration_seconds == 3600
    assert _run(**times, duration_seconds=45).duration_seconds == 45
    assert _run(**times, duration_seconds=-5).duration_seconds == 3600


def test_the_slot_is_the_logical_date_and_never_the_start_or_a_parameter():
    assert _run(logical_date="2026-01-01T06:00:00").slot == _SIX
    assert _run(started_at="2026-01-01T06:00:00", params={"date": "2026-01-01"}).slot is None


def test_progress_is_read_where_it_can_be_counted():
    told = {"total_tasks": 5, "completed_tasks": 3, "failed_tasks": "x", "current_task": "sum"}
    expected = RunProgress(total_tasks=5, completed_tasks=3, current_task="sum")
    assert _run(progress=told).progress == expected
    assert _run(progress={"completed_tasks": 3}).progress is None
    assert _run(progress=60).progress is None


def test_a_stopped_run_that_the_server_calls_failed_stays_failed():
    run = _run(status="FAILED", error="Manual stop", stopped_by="me", reason="Manual stop")
    assert (run.status, run.error_message) == (RunStatus.FAILED, "Manual stop")
    assert (run.stopped_by, run.reason) == ("me", "Manual stop")


def test_what_the_reply_leaves_out_is_as_asked_for():
    run = run_of({"status": "RUNNING"}, run_id="r9", dataset_name=_NAME)
    assert (run.run_id, run.dataset_name, run.source_type) == ("r9", _NAME, None)
    told = run_of({"run_id": "r1", "dataset_name": "other"}, run_id="r9", dataset_name=_NAME)
    assert (told.run_id, told.dataset_name) == ("r1", "other")


@pytest.mark.parametrize("reply", [None, "ok", 5, [], {}, {"status": "RUNNING"}], ids=str)
def test_a_reply_that_is_no_run_is_an_error_in_words(reply):
    with pytest.raises(ServerError, match="can't be read"):
        run_of(reply)


_ROW = {"run_id": "r1", "dataset_name": _NAME, "status": "SUCCESS"}


@pytest.mark.parametrize(
    ("reply", "total"),
    [
        pytest.param([_ROW], None, id="bare list"),
        pytest.param({"runs": [_ROW], "total_count": 20}, 20, id="total_count"),
        pytest.param({"runs": [_ROW], "total": 20, "skip": 0, "limit": 1}, 20, id="skip and limit"),
    ],
)
def test_every_envelope_of_a_history_is_opened(reply, total):
    page, info = runs_of(reply)
    assert [run.status for run in page.items] == [RunStatus.COMPLETED]
    assert (page.total, info) == (total, None)


@pytest.mark.parametrize("reply", [None, {}, {"workflows": []}, {"runs": 5}], ids=str)
def test_a_history_that_is_no_list_is_an_error_in_words(reply):
    with pytest.raises(ServerError, match="a list of runs was expected"):
        runs_of(reply)


def test_a_run_that_cant_be_read_stays_and_says_why():
    page, _ = runs_of([_ROW, None, {"status": "FAILED"}], dataset_name=_NAME)
    good, null, nameless = page.items
    assert good.error_message is None
    assert (null.run_id, null.status) == ("(unreadable)", RunStatus.UNKNOWN)
    assert null.error_message == "This run can't be read: an object was expected, nothing came"
    assert (nameless.run_id, nameless.dataset_name) == ("(unreadable 2)", _NAME)
    assert nameless.error_message == "This run can't be read: it has no run id"


def test_bw_19_a_history_of_the_contract():
    page, _ = runs_of(
        [
            {
                **_ROW,
                "started_at": "2026-01-01T05:59:15Z",
                "ended_at": "2026-01-01T06:00:00Z",
                "duration_seconds": 45,
                "triggered_by": "scheduler",
                "run_type": "scheduled",
            }
        ]
    )
    (run,) = page.items
    assert (run.status, run.run_type) == (RunStatus.COMPLETED, RunType.SCHEDULED)
    assert (run.duration_seconds, run.finished_at) == (45, _SIX)


def test_bw_21_a_history_with_dataset_info():
    page, info = runs_of(
        {
            "runs": [
                {
                    "run_id": "r1",
                    "dataset_name": _NAME,
                    "source_type": "manual",
                    "status": "COMPLETED",
                    "run_type": "adhoc",
                    "parameters": {"a": 1},
                    "started_at": "2025-01-01T09:00:45Z",
                    "finished_at": "2025-01-01T09:02:50Z",
                }
            ],
            "total_count": 20,
            "dataset_info": {"owner": "engineer@example.com", "team": "@data", "description": "D"},
        }
    )
    (run,) = page.items
    assert info is not None
    assert page.total == 20
    assert (info.name, info.owner, info.team) == (_NAME, "engineer@example.com", "@data")
    assert (run.source_type, run.duration_seconds) == (SourceType.MANUAL, 125)


@pytest.mark.parametrize("told", [None, {}, [], "text"], ids=str)
def test_dataset_info_is_never_invented(told):
    _, info = runs_of({"runs": [_ROW], "dataset_info": told})
    assert info is None


def test_dataset_info_keeps_a_name_of_its_own():
    info = dataset_info_of({"name": "a", "tags": "x,y", "source": "CODE"}, dataset_name="b")
    assert info is not None
    assert (info.name, info.tags, info.source_type) == ("a", ("x", "y"), SourceType.CODE)


_FIELDS = [
    *("run_type", "params", "triggered_by", "started_at", "ended_at", "duration_seconds"),
    *("error", "logs_url", "progress", "stopped_at", "retry_count", "result_data", "source_type"),
]


@pytest.mark.parametrize("key", _FIELDS)
@pytest.mark.parametrize("value", [None, True, -5, 1.5, "", "text", [1], {"a": 1}], ids=str)
def test_a_wrong_type_in_an_optional_field_never_costs_the_run(key, value):
    run = _run(**{key: value})
    assert (run.run_id, run.status) == ("r1", RunStatus.RUNNING)

"""The answers to writes, full and empty, as results."""

from datetime import UTC, date, datetime

import pytest

from dli_tui.domain.errors import (
    ErrorCode,
    ServerError,
    WorkflowExecutionError,
    WorkflowRegistrationError,
)
from dli_tui.domain.status import ResultStatus, RunStatus, WorkflowStatus
from dli_tui.wire import replies

_NAME = "iceberg.analytics.daily_clicks"
_TEN = datetime(2026, 1, 1, 10, tzinfo=UTC)


def test_bw_01_a_run_that_was_started():
    result = replies.run_reply(
        {
            "run_id": "r1",
            "dataset_name": _NAME,
            "status": "PENDING",
            "triggered_by": "me",
            "params": {"date": "2026-01-01"},
            "started_at": "2026-01-01T10:00:00Z",
        },
        _NAME,
    )
    assert (result.run_id, result.status) == ("r1", ResultStatus.SUCCESS)
    assert (result.run_status, result.dry_run) == (RunStatus.PENDING, False)
    assert (result.triggered_by, result.started_at) == ("me", _TEN)
    assert (result.parameters, result.warning) == ({"date": "2026-01-01"}, None)


def test_a_run_without_a_status_is_pending_and_without_an_id_is_warned_of():
    result = replies.run_reply({"message": "ok\x1b[2J"}, _NAME)
    assert (result.dataset_name, result.run_status) == (_NAME, RunStatus.PENDING)
    assert result.message == "ok"
    assert result.warning == "The server didn't say which run it started; see the history."


def test_a_dry_run_has_no_run():
    result = replies.run_reply({"run_id": None, "message": "valid"}, _NAME, dry_run=True)
    assert (result.run_id, result.run_status, result.dry_run) == (None, None, True)
    assert result.warning is None


def test_a_server_that_ran_in_spite_of_a_dry_run_is_believed():
    result = replies.run_reply({"run_id": "r1", "dry_run": False}, _NAME, dry_run=True)
    assert (result.run_id, result.dry_run) == ("r1", False)


_BACKFILLS = [
    pytest.param({"backfill_id": "b", "run_ids": ["r1", "r2"]}, "b", ("r1", "r2"), id="own id"),
    pytest.param({"run_id": "b", "runs": [{"run_id": "r1"}]}, "b", ("r1",), id="run_id"),
    pytest.param({"runs": [{"run_id": "r1"}, {"run_id": "r2"}]}, "r1", ("r1", "r2"), id="first"),
    pytest.param({"backfill_id": "b", "run_ids": [], "runs": [{"run_id": "r1"}]}, "b", ("r1",)),
    pytest.param({"backfill_id": 7, "run_ids": "none"}, "7", (), id="no list"),
    pytest.param({"backfill_id": "b", "runs": [None, 5, {}, {"run_id": "r"}]}, "b", ("5", "r")),
]


@pytest.mark.parametrize(("reply", "run_id", "children"), _BACKFILLS)
def test_a_backfill_has_an_id_and_its_children(reply, run_id, children):
    result = replies.backfill_reply(reply, _NAME)
    assert (result.run_id, result.run_ids) == (run_id, children)
    assert result.total_runs is None


def test_bw_03_the_total_of_a_backfill_is_as_given():
    result = replies.backfill_reply(
        {
            "backfill_id": "b",
            "dataset_name": _NAME,
            "run_ids": ["r1", "r2"],
            "start_date": "2026-01-01",
            "end_date": "2026-01-07",
            "status": "PENDING",
            "triggered_by": "me",
            "total_runs": 7,
        },
        _NAME,
    )
    assert (result.run_id, result.run_status) == ("b", RunStatus.PENDING)
    assert (result.total_runs, len(result.run_ids)) == (7, 2)
    assert (result.start_date, result.end_date) == (date(2026, 1, 1), date(2026, 1, 7))


@pytest.mark.parametrize(
    ("reply", "status", "raw"),
    [
        pytest.param({"run_id": "r1", "status": "STOPPING"}, RunStatus.STOPPING, None, id="BW-07"),
        pytest.param({"status": "KILLED"}, RunStatus.KILLED, None, id="KILLED"),
        pytest.param({"status": "STOPPED"}, RunStatus.KILLED, "STOPPED", id="STOPPED"),
        pytest.param(None, RunStatus.STOPPING, None, id="nothing"),
    ],
)
def test_a_stop_says_what_the_server_said(reply, status, raw):
    result = replies.stop_reply(reply, "r1")
    assert (result.run_id, result.dataset_name) == ("r1", "unknown")
    assert (result.run_status, result.raw_status) == (status, raw)


def test_bw_06_a_stop_keeps_who_when_and_why():
    reply = {
        "run_id": "r1",
        "status": "STOPPING",
        "stopped_by": "me",
        "stopped_at": "2026-01-01T10:00:00Z",
        "reason": "asked",
    }
    result = replies.stop_reply(reply, "r1", dataset_name=_NAME)
    assert result.dataset_name == _NAME
    assert (result.stopped_by, result.stopped_at, result.reason) == ("me", _TEN, "asked")
    assert result.run_status is not None
    assert not result.run_status.is_terminal


def test_a_retry_may_be_a_new_run():
    assert replies.retry_reply({"run_id": "r2"}, "r1").run_id == "r2"
    assert replies.retry_reply({}, "r1").run_id == "r1"


def test_a_pause_keeps_who_when_and_why():
    reply = {
        "dataset_name": _NAME,
        "status": "paused",
        "paused_by": "me",
        "paused_at": "2026-01-01T10:00:00Z",
        "reason": "asked",
    }
    result = replies.pause_reply(reply, _NAME)
    assert (result.workflow_status, result.raw_status) == (WorkflowStatus.PAUSED, None)
    assert (result.paused_by, result.paused_at, result.reason) == ("me", _TEN, "asked")


def test_an_empty_answer_to_pause_or_unpause_is_a_success():
    assert replies.pause_reply(None, _NAME).workflow_status is WorkflowStatus.PAUSED
    assert replies.unpause_reply("", _NAME).workflow_status is WorkflowStatus.ACTIVE


def test_bw_24_an_unpaused_schedule_is_active():
    result = replies.unpause_reply({"dataset_name": _NAME, "status": "active"}, _NAME)
    assert result.workflow_status is WorkflowStatus.ACTIVE


def test_bw_33_an_unregistration_with_a_body():
    reply = {
        "dataset_name": _NAME,
        "status": "unregistered",
        "s3_path_deleted": "s3://a",
        "airflow_dag_disabled": True,
        "unregistered_by": "me",
        "unregistered_at": "2026-01-01T10:00:00Z",
    }
    result = replies.unregister_reply(reply, _NAME)
    assert (result.status, result.workflow_status) == (ResultStatus.SUCCESS, None)
    assert (result.s3_path_deleted, result.airflow_dag_disabled) == ("s3://a", True)
    assert (result.unregistered_by, result.unregistered_at) == ("me", _TEN)


@pytest.mark.parametrize("reply", [None, {"dataset_name": _NAME, "status": "unregistered"}])
def test_bw_34_and_35_an_unregistration_with_little_or_no_body(reply):
    result = replies.unregister_reply(reply, _NAME)
    assert (result.dataset_name, result.status) == (_NAME, ResultStatus.SUCCESS)


@pytest.mark.parametrize("reply", ["ok", 5, True, []], ids=str)
def test_an_answer_that_is_no_object_asks_to_look(reply):
    with pytest.raises(ServerError) as caught:
        replies.run_reply(reply, _NAME)
    assert "may have happened" in caught.value.hint


def test_a_yes_that_says_no_is_a_failure():
    refusal = {"success": False, "message": "No room in Airflow"}
    with pytest.raises(WorkflowExecutionError, match="No room in Airflow"):
        replies.run_reply(refusal, _NAME)
    with pytest.raises(WorkflowRegistrationError) as caught:
        replies.unregister_reply(refusal, _NAME)
    assert caught.value.code is ErrorCode.WORKFLOW_UNREGISTER_FAILED

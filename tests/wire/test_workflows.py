"""Every spelling of a workflow row means the same row; one that makes none says why."""

from datetime import UTC, datetime

import pytest

from dli_tui.domain.errors import ErrorCode, ServerError
from dli_tui.domain.schedule import NotificationTarget, RetryConfig
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from dli_tui.wire.workflows import workflow_of, workflows_of

_NAME = "iceberg.analytics.daily_clicks"
_SIX = datetime(2026, 1, 2, 6, tzinfo=UTC)


def _row(**fields: object) -> dict[str, object]:
    return {"dataset_name": _NAME, "source_type": "MANUAL", "status": "active", **fields}


_ONE = [_row()]


@pytest.mark.parametrize(
    ("reply", "total"),
    [
        pytest.param(_ONE, None, id="bare list"),
        pytest.param({"workflows": _ONE, "total_count": 7}, 7, id="total_count"),
        pytest.param(
            {"workflows": _ONE, "total": 7, "skip": 0, "limit": 1}, 7, id="skip and limit"
        ),
        pytest.param({"workflows": _ONE}, None, id="no total"),
        pytest.param({"workflows": _ONE, "total_count": "many"}, None, id="a total that is none"),
        pytest.param({"workflows": _ONE, "total_count": -1}, None, id="a negative total"),
    ],
)
def test_every_envelope_gives_its_rows_and_the_total_where_it_is_told(reply, total):
    page = workflows_of(reply)
    assert [row.dataset_name for row in page.items] == [_NAME]
    assert page.total == total


@pytest.mark.parametrize(
    "reply", [[], {"workflows": []}, {"workflows": None, "total_count": 0}], ids=str
)
def test_an_empty_list_is_an_empty_page(reply):
    assert workflows_of(reply).items == ()


@pytest.mark.parametrize(
    ("reply", "came"),
    [
        (None, "nothing came"),
        ("<html>", "text came"),
        (5, "a number came"),
        ({}, "an object came without one"),
        ({"items": []}, "an object came without one"),
        ({"workflows": "none"}, "text came"),
    ],
)
def test_a_reply_that_is_no_list_is_an_error_in_words(reply, came):
    with pytest.raises(ServerError) as caught:
        workflows_of(reply)
    assert caught.value.code is ErrorCode.SERVER_ERROR
    assert caught.value.message.endswith(came)


_SCHEDULES = [
    pytest.param({"schedule": {"cron": "0 6 * * *", "timezone": "Asia/Seoul"}}, id="nested"),
    pytest.param({"schedule": '{"cron": "0 6 * * *", "timezone": "Asia/Seoul"}'}, id="json text"),
    pytest.param({"cron": "0 6 * * *", "timezone": "Asia/Seoul"}, id="flat"),
    pytest.param({"schedule": "0 6 * * *", "timezone": "Asia/Seoul"}, id="bare string"),
    pytest.param(
        {"schedule_cron": "0 6 * * *", "schedule_timezone": "Asia/Seoul"}, id="schedule_cron"
    ),
    pytest.param({"schedule": {"cron": "0 6 * * *"}, "timezone": "Asia/Seoul"}, id="half and half"),
]


@pytest.mark.parametrize("fields", _SCHEDULES)
def test_every_form_of_the_schedule_is_the_same_schedule(fields):
    row = workflow_of(_row(**fields))
    assert (row.cron, row.timezone) == ("0 6 * * *", "Asia/Seoul")


@pytest.mark.parametrize(
    "fields", [{}, {"schedule": None}, {"schedule": {}}, {"schedule": "{}"}, {"cron": 5}], ids=str
)
def test_without_a_schedule_there_is_no_cron_and_the_zone_is_utc(fields):
    row = workflow_of(_row(**fields))
    assert (row.cron, row.timezone, row.unreadable) == (None, "UTC", None)


def test_retries_and_notifications_are_read_nested():
    schedule = {
        "cron": "0 6 * * *",
        "retry": {"max_attempts": 3, "delay_seconds": 60},
        "notifications": {"on_failure": [{"type": "slack", "channel": "#a"}, {"no": "type"}, 5]},
    }
    row = workflow_of(_row(schedule=schedule))
    assert row.retry == RetryConfig(max_attempts=3, delay_seconds=60)
    assert row.notifications is not None
    assert row.notifications.on_failure == (NotificationTarget(type="slack", channel="#a"),)
    assert row.notifications.on_success == ()


def test_retries_are_read_flat():
    row = workflow_of(_row(retry_max_attempts=3))
    assert row.retry == RetryConfig(max_attempts=3)


_STATUSES = [
    ("active", {}, WorkflowStatus.ACTIVE, None),
    ("ACTIVE", {}, WorkflowStatus.ACTIVE, None),
    ("Paused", {}, WorkflowStatus.PAUSED, None),
    ("OVERRIDDEN", {}, WorkflowStatus.OVERRIDDEN, None),
    ("DISABLED", {}, WorkflowStatus.DISABLED, None),
    ("inactive", {}, WorkflowStatus.DISABLED, "inactive"),
    ("deleted", {}, WorkflowStatus.DISABLED, "deleted"),
    ("archived", {}, WorkflowStatus.DISABLED, "archived"),
    ("active", {"enabled": False}, WorkflowStatus.DISABLED, "active"),
    ("active", {"paused": True}, WorkflowStatus.PAUSED, "active"),
    ("DISABLED", {"paused": True, "enabled": True}, WorkflowStatus.DISABLED, None),
    (None, {"enabled": True}, WorkflowStatus.ACTIVE, None),
    (None, {"enabled": True, "paused": True}, WorkflowStatus.PAUSED, None),
    (None, {"enabled": False}, WorkflowStatus.DISABLED, None),
    (None, {"is_enabled": False}, WorkflowStatus.DISABLED, None),
    (None, {"paused": False}, WorkflowStatus.ACTIVE, None),
    (None, {"overridden_by": "code"}, WorkflowStatus.OVERRIDDEN, None),
    (None, {}, WorkflowStatus.DISABLED, None),
]


@pytest.mark.parametrize(("word", "flags", "status", "raw"), _STATUSES)
def test_the_status_is_our_word_and_the_servers_is_kept_where_it_differs(word, flags, status, raw):
    row = workflow_of(_row(**{**flags, "status": word}))
    assert (row.status, row.raw_status) == (status, raw)


@pytest.mark.parametrize("key", ["source_type", "source"])
@pytest.mark.parametrize("word", ["CODE", "code", "Code"])
def test_the_source_has_two_keys_and_any_case(key, word):
    row = workflow_of({"dataset_name": _NAME, "status": "active", key: word})
    assert row.source_type is SourceType.CODE
    assert row.unreadable is None


@pytest.mark.parametrize("key", ["next_run", "next_run_at"])
def test_the_next_run_has_two_keys(key):
    row = workflow_of(_row(**{key: "2026-01-02T06:00:00Z"}))
    assert row.next_run == _SIX
    assert not row.next_run_computed


_LAST_RUNS = [
    pytest.param(
        {"last_run": {"run_id": "r", "status": "SUCCESS", "started_at": "2026-01-02T06:00:00Z"}},
        "r",
        id="nested",
    ),
    pytest.param(
        {"last_run_at": "2026-01-02T06:00:00Z", "last_run_status": "SUCCESS"}, "", id="flat"
    ),
    pytest.param(
        {"last_run": "2026-01-02T06:00:00Z", "last_run_status": "SUCCESS"}, "", id="a moment"
    ),
    pytest.param(
        {
            "last_run": {"run_id": "r", "status": None},
            "last_run_at": "2026-01-02T06:00:00Z",
            "last_run_status": "SUCCESS",
        },
        "r",
        id="both",
    ),
]


@pytest.mark.parametrize(("fields", "run_id"), _LAST_RUNS)
def test_the_last_run_is_read_nested_and_flat(fields, run_id):
    run = workflow_of(_row(**fields)).last_run
    assert run is not None
    assert (run.run_id, run.dataset_name, run.source_type) == (run_id, _NAME, SourceType.MANUAL)
    assert (run.status, run.raw_status) == (RunStatus.COMPLETED, "SUCCESS")
    assert run.started_at == _SIX


@pytest.mark.parametrize("told", [None, {}, {"run_id": None}, [], 7, {"status": 5}, True], ids=str)
def test_a_last_run_that_tells_nothing_is_none(told):
    row = workflow_of(_row(last_run=told if told != 7 else [7]))
    assert row.last_run is None
    assert row.unreadable is None


def test_a_registration_reply_keeps_all_it_tells():
    row = workflow_of(
        {
            "dataset_name": _NAME,
            "status": "active",
            "source_type": "MANUAL",
            "s3_path": "s3://a/b.yaml",
            "airflow_dag_id": "dag",
            "registered_by": "user@example.com",
            "registered_at": "2026-01-02T06:00:00Z",
            "warning": "CODE exists\x1b[2J",
        }
    )
    assert (row.s3_path, row.airflow_dag_id) == ("s3://a/b.yaml", "dag")
    assert (row.registered_by, row.registered_at) == ("user@example.com", _SIX)
    assert row.warning == "CODE exists"


def test_a_reply_without_a_source_takes_the_one_that_the_caller_knows():
    row = workflow_of({"dataset_name": _NAME, "status": "active"}, source_type=SourceType.MANUAL)
    assert (row.source_type, row.unreadable) == (SourceType.MANUAL, None)


def test_texts_are_made_safe_and_names_stay_raw():
    row = workflow_of(_row(dataset_name="a\x1b[31mb", description="a\x1b[31mb", owner="\x07x"))
    assert (row.dataset_name, row.description, row.owner) == ("a\x1b[31mb", "ab", "\x07x")


_UNREADABLE = [
    pytest.param(None, "(unreadable)", "an object was expected, nothing came", id="null"),
    pytest.param("text", "(unreadable)", "an object was expected, text came", id="text"),
    pytest.param([[]], "(unreadable)", "an object was expected, a list came", id="list"),
    pytest.param({"source_type": "CODE"}, "(unreadable)", "it has no name", id="no name"),
    pytest.param(_row(dataset_name=" "), "(unreadable)", "it has no name", id="blank name"),
    pytest.param(
        {"dataset_name": "a"}, "a", "it doesn't say whether it is code or manual", id="no source"
    ),
    pytest.param(
        {"dataset_name": "a", "source": "git\x1b[2J"},
        "a",
        "its source is neither code nor manual but 'git'",
        id="another source",
    ),
]


@pytest.mark.parametrize(("told", "name", "reason"), _UNREADABLE)
def test_a_row_that_cant_be_read_stays_and_says_why(told, name, reason):
    page = workflows_of([_row(), told])
    good, bad = page.items
    assert good.unreadable is None
    assert (bad.dataset_name, bad.unreadable) == (name, reason)
    assert bad.status is WorkflowStatus.DISABLED


def test_an_unreadable_row_counts_as_code_unless_it_says_manual():
    assert workflow_of({"dataset_name": "a", "source": "git"}).source_type is SourceType.CODE
    assert workflow_of({"source": "manual"}).source_type is SourceType.MANUAL


def test_two_nameless_rows_can_be_told_apart():
    names = [row.dataset_name for row in workflows_of([None, _row(), None]).items]
    assert names == ["(unreadable)", _NAME, "(unreadable 2)"]


_WRONG = [None, True, 5, 1.5, "", "text", [], [1], {}, {"a": 1}]
_OPTIONAL = [
    *("status", "schedule", "cron", "timezone", "next_run", "last_run", "last_run_at", "owner"),
    *("team", "description", "tags", "retry", "notifications", "enabled", "paused", "active_runs"),
    *("overridden_by", "created_at", "warning", "workflow_config", "workflow_id"),
]


@pytest.mark.parametrize("key", _OPTIONAL)
def test_a_wrong_type_in_an_optional_field_never_costs_the_row(key):
    rows = workflows_of([_row(**{key: value}) for value in _WRONG]).items
    assert [(row.dataset_name, row.unreadable) for row in rows] == [(_NAME, None)] * len(_WRONG)


def test_bw_12_a_row_of_the_contract():
    row = workflow_of(
        {
            "dataset_name": _NAME,
            "status": "active",
            "source_type": "MANUAL",
            "owner": "data@example.com",
            "team": "@data-eng",
            "schedule": {"cron": "0 6 * * *", "timezone": "UTC"},
            "last_run": {"run_id": "r", "status": "SUCCESS", "duration_seconds": 45},
            "next_run": "2026-01-02T06:00:00Z",
        }
    )
    assert row.last_run is not None
    assert (row.source_type, row.status) == (SourceType.MANUAL, WorkflowStatus.ACTIVE)
    assert (row.cron, row.timezone, row.next_run) == ("0 6 * * *", "UTC", _SIX)
    assert (row.last_run.status, row.last_run.duration_seconds) == (RunStatus.COMPLETED, 45)


def test_bw_14_a_row_of_the_real_server():
    row = workflow_of(
        {
            "dataset_name": _NAME,
            "source_type": "CODE",
            "status": "ACTIVE",
            "owner": "a@b.c",
            "airflow_dag_id": "dag",
            "created_at": "2026-01-02T06:00:00Z",
        }
    )
    assert (row.source_type, row.status) == (SourceType.CODE, WorkflowStatus.ACTIVE)
    assert (row.cron, row.next_run, row.created_at) == (None, None, _SIX)


def test_bw_16_a_disabled_row():
    assert workflow_of(_row(status="DISABLED")).status is WorkflowStatus.DISABLED


def test_bw_17_a_pair_of_code_and_manual_stays_two_rows():
    manual = _row(status="overridden", overridden_by="code")
    rows = workflows_of([_row(source_type="CODE"), manual]).items
    assert [row.source_type for row in rows] == [SourceType.CODE, SourceType.MANUAL]
    assert (rows[1].status, rows[1].overridden_by) == (WorkflowStatus.OVERRIDDEN, "code")


@pytest.mark.parametrize(
    ("fields", "known"),
    [
        ({}, False),
        ({"next_run": "2026-01-02T06:00:00Z"}, False),
        ({"cron": None}, True),
        ({"schedule": None}, True),
        ({"schedule": {"cron": None, "timezone": "UTC"}}, True),
        ({"schedule_cron": "0 6 * * *"}, True),
        ({"schedule": None, "schedule_known": False}, False),
    ],
    ids=str,
)
def test_a_schedule_that_is_not_told_is_unknown_and_not_none(fields, known):
    row = workflow_of(_row(**fields))
    assert (row.schedule_known, row.has_no_schedule) == (known, known and row.cron is None)

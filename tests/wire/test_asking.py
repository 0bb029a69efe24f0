"""What is asked in all spellings is read back as it was meant, and from each spelling alone."""

import json
from datetime import UTC, date, datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dli_tui.domain.errors import ConfigurationError, WorkflowPermissionError
from dli_tui.domain.query import (
    BackfillRequest,
    HistoryQuery,
    NewSaga,
    Registration,
    RunRequest,
    WorkflowQuery,
)
from dli_tui.domain.schedule import NotificationConfig, RetryConfig, ScheduleConfig
from dli_tui.domain.status import RunStatus, RunType, SourceType, WorkflowStatus
from dli_tui.domain.template import NewFromTemplate
from dli_tui.domain.text import safe
from dli_tui.wire import asked, asking
from tests.wire.models import DAY, MOMENT, OBJECT, TEXT, models

MAYBE = TEXT | st.none()
NAME = "iceberg.analytics.daily_clicks"


def maybe(kind):
    return st.sampled_from(kind) | st.none()


LISTS = st.builds(
    WorkflowQuery,
    *(MAYBE, maybe(SourceType), maybe(WorkflowStatus), MAYBE),
    *(st.none(), st.booleans(), st.booleans(), st.none()),
)
HISTORIES = st.builds(
    HistoryQuery,
    *(MAYBE, maybe(SourceType), maybe(RunStatus), maybe(RunType)),
    *(DAY | st.none(), DAY | st.none(), st.none()),
)
INTERVALS = st.tuples(MOMENT, MOMENT) | st.none()
RUNS = st.builds(RunRequest, TEXT, OBJECT, st.booleans(), MOMENT | st.none(), MAYBE, INTERVALS)
BACKFILLS = st.builds(
    BackfillRequest,
    *(TEXT, DAY, DAY),
    st.lists(MOMENT, max_size=3).map(tuple) | st.none(),
    *(OBJECT, st.booleans()),
    timezone=st.sampled_from(["UTC", "Asia/Seoul"]) | st.none(),
)
REGISTRATIONS = st.builds(
    Registration,
    TEXT,
    models(ScheduleConfig),
    *(MAYBE, MAYBE, MAYBE, MAYBE, st.booleans()),
)
SAGAS = st.builds(NewSaga, TEXT, OBJECT, MAYBE, MAYBE)


def in_an_address(query):
    """A query as it arrives."""
    return dict(httpx.QueryParams(str(httpx.QueryParams(query))))


def on_the_line(body):
    """A body as it arrives."""
    return asked.body_of(json.loads(json.dumps(body)))


@given(query=LISTS, limit=st.integers(1, 500), offset=st.integers(0, 10_000))
def test_a_question_for_the_list_is_read_back(query, limit, offset):
    arrived = in_an_address(asking.list_query(query, limit=limit, offset=offset))
    window = asked.list_window(arrived)
    assert asked.list_asked(arrived) == query
    assert (window.limit, window.offset) == (limit, offset)


@given(query=HISTORIES, limit=st.integers(1, 500), offset=st.integers(0, 10_000))
def test_a_question_for_the_history_is_read_back(query, limit, offset):
    arrived = in_an_address(asking.history_query(query, limit=limit, offset=offset))
    window = asked.history_window(arrived)
    assert asked.history_asked(arrived) == query
    assert (window.limit, window.offset) == (limit, offset)


@given(request=RUNS)
def test_a_run_is_read_back(request):
    assert asked.run_asked(request.dataset_name, on_the_line(asking.run_body(request))) == request


@given(request=BACKFILLS)
def test_a_backfill_is_read_back(request):
    body = on_the_line(asking.backfill_body(request))
    assert asked.backfill_asked(request.dataset_name, body) == (request, False)


@given(request=REGISTRATIONS)
def test_a_registration_is_read_back(request):
    body = on_the_line(asking.registration_body(request))
    assert asked.registration_asked(body) == request


@given(request=models(NewFromTemplate))
def test_a_template_to_be_filled_is_read_back(request):
    body = on_the_line(asking.from_template_body(request))
    assert asked.from_template_asked(request.template_id, body) == request


@given(request=SAGAS)
def test_a_saga_to_be_started_is_read_back(request):
    assert asked.saga_asked(on_the_line(asking.saga_body(request))) == request


@given(reason=TEXT | st.none(), steps=st.lists(TEXT, max_size=3))
def test_a_reason_and_the_steps_to_be_retried_are_read_back(reason, steps):
    told = None if reason is None else safe(reason)
    assert asked.reason_asked(on_the_line(asking.reason_body(reason))) == told
    assert asked.steps_asked(on_the_line(asking.retry_body(steps))) == tuple(steps)


# What is sent


def test_every_name_of_a_filter_is_sent():
    query = HistoryQuery(
        NAME, SourceType.CODE, start_date=date(2026, 1, 1), end_date=date(2026, 1, 7)
    )
    assert asking.history_query(query, limit=20, offset=0) == {
        "dataset_name": NAME,
        "datasetName": NAME,
        "start_date": "2026-01-01",
        "startDate": "2026-01-01",
        "end_date": "2026-01-07",
        "endDate": "2026-01-07",
        "source_type": "CODE",
        "sourceType": "CODE",
        "limit": 20,
    }
    assert asking.list_query(WorkflowQuery(source=SourceType.MANUAL), limit=500, offset=500) == {
        "source_type": "MANUAL",
        "sourceType": "MANUAL",
        "limit": 500,
        "offset": 500,
    }


def test_a_registration_has_all_that_the_contract_names_and_the_flat_schedule_beside_it():
    schedule = ScheduleConfig(cron="0 8 * * *", timezone="America/New_York")
    body = asking.registration_body(
        Registration("iceberg.analytics.new_workflow", schedule, "data@example.com", "@data-eng")
    )
    assert body == {
        "dataset_name": "iceberg.analytics.new_workflow",
        "source_type": "MANUAL",
        "schedule": {"cron": "0 8 * * *", "timezone": "America/New_York"},
        "schedule_cron": "0 8 * * *",
        "schedule_timezone": "America/New_York",
        "enabled": True,
        "retry_max_attempts": 1,
        "retry_delay_seconds": 300,
        "owner": "data@example.com",
        "team": "@data-eng",
        "force": False,
    }


def test_a_dry_run_of_a_backfill_is_never_asked_for():
    body = asking.backfill_body(BackfillRequest("d", date(2026, 1, 1), date(2026, 1, 7)))
    assert body["dry_run"] is False
    assert "slots" not in body


# What others write


@pytest.mark.parametrize("key", ["source_type", "sourceType"])
@pytest.mark.parametrize("word", ["MANUAL", "manual", "Manual"])
def test_one_spelling_is_enough(key, word):
    assert asked.list_asked({key: word}).source is SourceType.MANUAL
    assert asked.history_asked({key: word}).source is SourceType.MANUAL


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({"dataset_name": "d"}, HistoryQuery("d")),
        ({"datasetName": "d"}, HistoryQuery("d")),
        ({"startDate": "2026-01-01"}, HistoryQuery(start_date=date(2026, 1, 1))),
        ({"endDate": "2026-01-01"}, HistoryQuery(end_date=date(2026, 1, 1))),
        ({"source": "code"}, HistoryQuery(source=SourceType.CODE)),
        ({"status": "success"}, HistoryQuery(status=RunStatus.COMPLETED)),
        ({"status": "STOPPED"}, HistoryQuery(status=RunStatus.KILLED)),
        ({"run_type": "manual"}, HistoryQuery(run_type=RunType.ADHOC)),
        ({"dataset_name": "", "status": " ", "colour": "red"}, HistoryQuery()),
    ],
)
def test_a_history_in_the_words_of_others(query, wanted):
    assert asked.history_asked(query) == wanted


@pytest.mark.parametrize("key", ["params", "parameters"])
def test_parameters_by_either_name(key):
    assert asked.run_asked("d", {key: {"a": 1}}).parameters == {"a": 1}
    assert asked.run_asked("d", {key: '{"a": 1}'}).parameters == {"a": 1}


@pytest.mark.parametrize(
    "schedule",
    [
        {"schedule": {"cron": "0 8 * * *", "timezone": "Asia/Seoul"}},
        {"schedule": "0 8 * * *", "timezone": "Asia/Seoul"},
        {"cron": "0 8 * * *", "timezone": "Asia/Seoul"},
        {"schedule_cron": "0 8 * * *", "schedule_timezone": "Asia/Seoul"},
    ],
)
def test_a_schedule_in_each_of_its_forms(schedule):
    found = asked.registration_asked({"dataset_name": "d", **schedule}).schedule
    assert (found.cron, found.timezone) == ("0 8 * * *", "Asia/Seoul")


def test_nobody_registers_code():
    body = {"dataset_name": "d", "cron": "0 8 * * *"}
    for word in ("CODE", "code", " Code "):
        with pytest.raises(WorkflowPermissionError, match="comes from Git"):
            asked.registration_asked({**body, "source_type": word})
    with pytest.raises(ConfigurationError, match="'source_type' must be MANUAL"):
        asked.registration_asked({**body, "source_type": "GIT"})
    found = asked.registration_asked({**body, "source_type": "MANUAL"})
    assert found == asked.registration_asked(body)


def test_what_is_left_out_is_as_usual():
    found = asked.registration_asked({"name": "d", "owner": " ", "team": None})
    assert found == Registration("d", ScheduleConfig())
    assert found.schedule.retry == RetryConfig()
    assert found.schedule.notifications == NotificationConfig()
    assert asked.body_of(None) == {}
    assert asked.reason_asked({"reason": "  "}) is None
    assert (asked.list_window({}).limit, asked.history_window({}).limit) == (50, 20)


def test_a_moment_without_a_zone_is_utc():
    found = asked.run_asked("d", {"logical_date": "2026-01-01T06:00:00"})
    assert found.slot == datetime(2026, 1, 1, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("read", "what"),
    [
        (lambda: asked.list_asked({"source_type": "git"}), "'source_type' must be CODE or MANUAL"),
        (lambda: asked.list_asked({"status": "asleep"}), "'status' must be one of active"),
        (lambda: asked.list_asked({"running_only": "perhaps"}), "'running_only' must be true or"),
        (lambda: asked.list_window({"limit": "0"}), "'limit' must be a number from 1 to 500"),
        (lambda: asked.list_window({"limit": "501"}), "'limit' must be a number"),
        (lambda: asked.list_window({"limit": "many"}), "'limit' must be a number"),
        (lambda: asked.history_window({"offset": "-1"}), "'offset' must be a number from 0"),
        (lambda: asked.history_asked({"start_date": "1.1."}), "'start_date' must be a date"),
        (lambda: asked.history_asked({"status": "asleep"}), "'status' must be one of PENDING"),
        (lambda: asked.history_asked({"run_type": "odd"}), "'run_type' must be one of adhoc"),
        (lambda: asked.body_of([]), "The body must be an object, a list came"),
        (lambda: asked.run_asked("d", {"params": 7}), "'params' must be an object, a number came"),
        (lambda: asked.run_asked("d", {"dry_run": 7}), "'dry_run' must be true or false, a number"),
        (lambda: asked.run_asked("d", {"slot": "noon"}), "'slot' must be a time in ISO 8601"),
        (lambda: asked.run_asked("d", {"run_id": 7}), "'run_id' must be text, a number came"),
        (lambda: asked.backfill_asked("d", {}), "'start_date' is missing"),
        (
            lambda: asked.backfill_asked(
                "d", {"start_date": "2026-01-01", "end_date": "2026-01-01", "slots": ["noon"]}
            ),
            "'slots' must be a list of times",
        ),
        (lambda: asked.reason_asked({"reason": ["a"]}), "'reason' must be text, a list came"),
        (lambda: asked.steps_asked({"steps": "a"}), "'steps' must be a list of names"),
        (lambda: asked.steps_asked({"steps": [1]}), "'steps' must be a list of names"),
        (lambda: asked.registration_asked({}), "'dataset_name' is missing"),
        (
            lambda: asked.registration_asked({"name": "d", "retry_max_attempts": "x"}),
            "'retry_max_attempts' must be a whole number",
        ),
        (lambda: asked.from_template_asked("1", {}), "'workflow_name' is missing"),
        (lambda: asked.saga_asked({"input_data": {}}), "'saga_type' is missing"),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(read, what):
    with pytest.raises(ConfigurationError) as caught:
        read()
    assert what in caught.value.message
    assert caught.value.hint


REGISTERED = {"dataset_name": "d"}
RANGE = {"start_date": "2026-01-01", "end_date": "2026-01-02"}


@pytest.mark.parametrize(
    ("read", "body", "field"),
    [
        (lambda body: asked.run_asked("d", body), {"dryrun": True}, "dryrun"),
        (lambda body: asked.run_asked("d", body), {"DRY_RUN": True}, "DRY_RUN"),
        (lambda body: asked.run_asked("d", body), {"parallel": True}, "parallel"),
        (lambda body: asked.backfill_asked("d", body), {**RANGE, "dry-run": True}, "dry-run"),
        (asked.reason_asked, {"why": "x"}, "why"),
        (asked.steps_asked, {"step": ["a"]}, "step"),
        (asked.registration_asked, {**REGISTERED, "overwrite": True}, "overwrite"),
        (asked.registration_asked, {**REGISTERED, "schedule": {"zone": "UTC"}}, "schedule.zone"),
        (asked.registration_asked, {**REGISTERED, "retry": {"times": 2}}, "retry.times"),
        (
            asked.registration_asked,
            {**REGISTERED, "notifications": {"on_error": []}},
            "notifications.on_error",
        ),
        (
            asked.registration_asked,
            {**REGISTERED, "notifications": {"on_failure": [{"type": "slack", "uri": "x"}]}},
            "notifications.on_failure.uri",
        ),
        (lambda body: asked.from_template_asked("1", body), {"workflow": "w"}, "workflow"),
        (asked.saga_asked, {"saga_type": "t", "input": {}}, "input"),
    ],
)
def test_a_field_that_is_not_known_is_refused_and_named(read, body, field):
    with pytest.raises(ConfigurationError, match=f"no field '{field}'"):
        read(body)


@pytest.mark.parametrize("spelling", ["dry_run", "dryRun"])
def test_a_dry_run_by_either_spelling(spelling):
    assert asked.run_asked("d", {spelling: True}).dry_run
    assert asked.backfill_asked("d", {**RANGE, spelling: True})[1]


@pytest.mark.parametrize(
    "read",
    [
        lambda: asked.run_asked("d", {"dry_run": True, "dryRun": False}),
        lambda: asked.run_asked("d", {"params": {"a": 1}, "parameters": {"a": 2}}),
        lambda: asked.backfill_asked("d", {**RANGE, "startDate": "2026-01-02"}),
        lambda: asked.registration_asked({**REGISTERED, "name": "e"}),
        lambda: asked.registration_asked(
            {**REGISTERED, "schedule": {"cron": "0 1 * * *"}, "cron": "0 2 * * *"}
        ),
        lambda: asked.registration_asked(
            {**REGISTERED, "schedule": {"cron": "0 1 * * *"}, "schedule_cron": "0 2 * * *"}
        ),
        lambda: asked.from_template_asked("1", {"workflow_name": "w", "template_id": "2"}),
        lambda: asked.list_asked({"source_type": "CODE", "sourceType": "MANUAL"}),
    ],
)
def test_two_spellings_that_say_different_things_are_refused(read):
    with pytest.raises(ConfigurationError, match="say different things"):
        read()


def test_two_spellings_may_say_the_same():
    body = {"dry_run": True, "dryRun": True, "params": {"a": 1}, "parameters": '{"a": 1}'}
    found = asked.run_asked("d", body)
    assert (found.dry_run, found.parameters) == (True, {"a": 1})


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b'{"dry_run": true, "dry_run": false}', "dry_run"),
        (b'{"params": {"a": 1, "b": 2, "a": 1}}', "a"),
    ],
)
def test_a_field_that_stands_twice_is_refused_and_named(content, field):
    with pytest.raises(ConfigurationError, match=f"'{field}' stands twice"):
        asked.parsed_body(content)


@pytest.mark.parametrize("content", [b"{", b"[" * 100_000, b"\xff"])
def test_a_body_that_is_no_json_is_refused_in_words(content):
    with pytest.raises(ConfigurationError, match="not JSON"):
        asked.parsed_body(content)


def test_a_body_of_nothing_is_an_empty_one():
    assert asked.parsed_body(b"") == {}

"""The library on the demo, as the examples of the seeds use it."""

from datetime import UTC, datetime
from unittest.mock import Mock

import pytest

from dli_tui import (
    ConfigurationError,
    DatasetNotFoundError,
    DLIError,
    ErrorCode,
    ExecutionContext,
    ExecutionMode,
    InvalidCronError,
    ResultStatus,
    RunStatus,
    RunType,
    SourceType,
    WorkflowAPI,
    WorkflowClient,
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowPermissionError,
    WorkflowRegistrationError,
    WorkflowStatus,
)
from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.backends.demo.scenario import Scenario
from dli_tui.domain.clock import FixedClock
from dli_tui.domain.schedule import RetryConfig
from dli_tui.domain.workflow import DatasetInfo
from dli_tui.wiring import served
from tests.support_backends import NOW, ScriptedBackend, row, run

CLICKS = "iceberg.analytics.daily_clicks"
SPEC = "version: v1\nname: {}\nowner: me@example.com\nteam: '@me'\ndescription: Mine\n"


def demo(scenario=STANDARD):
    return DemoBackend(scenario, clock=FixedClock(NOW), journal=MemoryJournal(), user="me")


@pytest.fixture
def project(tmp_path):
    for name in (CLICKS, "my.dataset", "finance.cost_centers"):
        (tmp_path / f"dataset.{name}.yaml").write_text(SPEC.format(name))
    return tmp_path


@pytest.fixture
def api(api_of, project):
    return api_of(ExecutionMode.DEMO, client=demo(), project_path=project)


@pytest.fixture
def remembering(api_of, project):
    """Opens the demo of this person, which remembers what was done to it."""
    return lambda: api_of(ExecutionMode.DEMO, project_path=project)


def test_the_first_example_of_the_seeds_runs_from_end_to_end(api_of, project):
    others = tuple(one for one in STANDARD.workflows if one.name != CLICKS)
    api = api_of(ExecutionMode.DEMO, client=demo(Scenario(others)), project_path=project)

    registered = api.register(CLICKS, cron="0 9 * * *", timezone="Asia/Seoul", enabled=True)
    assert registered.workflow_info is not None
    assert registered.workflow_info.dataset_name == CLICKS
    info = api.get(CLICKS)
    assert info is not None
    assert (info.status, info.cron, info.timezone) == ("active", "0 9 * * *", "Asia/Seoul")
    assert (info.owner, info.team, info.description) == ("me@example.com", "@me", "Mine")

    run = api.run(CLICKS, parameters={"execution_date": "2025-01-01"})
    assert run.run_id == f"{CLICKS}_20260310_094100"
    status = api.get_status(run.run_id)
    assert (status.is_running, status.is_terminal) == (True, False)
    assert status.parameters == {"execution_date": "2025-01-01"}

    backfill = api.backfill(CLICKS, start_date="2025-01-01", end_date="2025-01-07")
    assert backfill.run_id == f"{CLICKS}_backfill_20250101_20250107"
    # The run just started has the first of the seven dates.
    assert (backfill.total_runs, len(backfill.run_ids)) == (6, 6)

    manual = api.list_workflows(source_type=SourceType.MANUAL).workflows
    assert CLICKS in [one.dataset_name for one in manual]
    history = api.history(dataset_name=CLICKS, limit=10, include_dataset_info=True)
    assert run.run_id in [one.run_id for one in history.runs]
    assert history.dataset_info is not None
    assert history.dataset_info.owner == "me@example.com"

    assert api.pause(CLICKS).workflow_status is WorkflowStatus.PAUSED
    assert api.unpause(CLICKS).workflow_status is WorkflowStatus.ACTIVE
    with pytest.raises(WorkflowRegistrationError) as caught:
        api.unregister(CLICKS)
    assert caught.value.code is ErrorCode.WORKFLOW_UNREGISTER_FAILED
    assert api.unregister(CLICKS, force=True).message == f"Workflow '{CLICKS}' unregistered"
    assert api.get(CLICKS) is None


def test_the_errors_are_those_of_the_seeds(api):
    with pytest.raises(WorkflowNotFoundError) as missing:
        api.run("nonexistent.dataset")
    assert (missing.value.code.value, missing.value.dataset_name) == (
        "DLI-800",
        "nonexistent.dataset",
    )
    with pytest.raises(WorkflowPermissionError) as code:
        api.register(CLICKS, cron="0 9 * * *")
    assert code.value.code.value == "DLI-803"
    assert CLICKS in code.value.message
    with pytest.raises(WorkflowExecutionError) as stop:
        api.stop("invalid_run_id")
    assert stop.value.code.value == "DLI-802"
    assert "invalid_run_id" in stop.value.message


@pytest.mark.parametrize(
    ("call", "kind", "code"),
    [
        (lambda a: a.get_status("no"), WorkflowNotFoundError, "DLI-800"),
        (lambda a: a.pause("no"), WorkflowNotFoundError, "DLI-800"),
        (lambda a: a.unpause("no"), WorkflowNotFoundError, "DLI-800"),
        (lambda a: a.unregister("no"), WorkflowNotFoundError, "DLI-800"),
        (lambda a: a.unregister(CLICKS), WorkflowPermissionError, "DLI-803"),
        (lambda a: a.run("orders_snapshot"), WorkflowExecutionError, "DLI-807"),
        (
            lambda a: a.register("finance.cost_centers", cron="0 9 * * *"),
            WorkflowRegistrationError,
            "DLI-804",
        ),
        (lambda a: a.register("my.dataset", cron="invalid"), InvalidCronError, "DLI-805"),
        (lambda a: a.register("no.spec", cron="0 9 * * *"), DatasetNotFoundError, "DLI-101"),
        (lambda a: a.register("a b", cron="0 9 * * *"), WorkflowRegistrationError, "DLI-801"),
        (
            lambda a: a.backfill(CLICKS, start_date="x", end_date="2025-01-01"),
            ConfigurationError,
            "DLI-001",
        ),
        (lambda a: a.list_workflows(limit=0), ConfigurationError, "DLI-001"),
    ],
)
def test_each_refusal_has_its_class_and_code(api, call, kind, code):
    with pytest.raises(DLIError) as caught:
        call(api)
    assert isinstance(caught.value, kind)
    assert caught.value.code.value == code
    assert str(caught.value).startswith(f"[{code}] ")


def test_force_takes_the_place_of_what_is_registered(api):
    result = api.register("finance.cost_centers", cron="0 8 * * *", force=True)
    assert result.message == "Workflow 'finance.cost_centers' updated successfully"
    assert result.previous is not None
    assert result.previous.cron == "0 6 * * 1-5"
    assert result.workflow_info is not None
    assert result.workflow_info.cron == "0 8 * * *"


def test_retries_go_along_with_a_registration(api):
    api.register("my.dataset", cron="0 9 * * *", retry_max_attempts=3, retry_delay_seconds=60)
    info = api.get("my.dataset")
    assert info is not None
    assert info.retry is not None
    assert (info.retry.max_attempts, info.retry.delay_seconds) == (3, 60)


def test_what_is_registered_disabled_is_paused(api):
    made = api.register("my.dataset", cron="0 9 * * *", enabled=False).workflow_info
    assert made is not None
    assert (made.status, made.next_run) == (WorkflowStatus.PAUSED, None)
    found = api.get("my.dataset")
    assert found is not None
    assert found.status is WorkflowStatus.PAUSED


def test_lists_are_filtered_as_asked(api):
    def names(**filters):
        return [one.dataset_name for one in api.list_workflows(**filters).workflows]

    assert names(status=WorkflowStatus.OVERRIDDEN) == [CLICKS]
    assert names(dataset_filter="daily_CLICKS") == [CLICKS, CLICKS]
    assert "orders_snapshot" in names()
    assert "orders_snapshot" not in names(enabled_only=True)
    running = api.list_workflows(running_only=True).workflows
    assert running
    assert all(one.is_running for one in running)
    assert len(names(limit=3)) == 3


def test_histories_are_filtered_as_asked(api):
    failed = api.history(run_status=RunStatus.FAILED, limit=5).runs
    assert {one.status for one in failed} == {RunStatus.FAILED}
    of_code = api.history(source_type=SourceType.CODE, limit=5).runs
    assert {one.source_type for one in of_code} == {SourceType.CODE}
    one = api.history(dataset_name=CLICKS, limit=1, include_dataset_info=False)
    assert (len(one.runs), one.dataset_info) == (1, None)


def test_a_stop_says_killed_and_why(api):
    run_id = api.run(CLICKS).run_id
    assert run_id is not None
    result = api.stop(run_id, reason="wrong date")
    assert (result.run_status, result.raw_status) == (RunStatus.KILLED, "STOPPING")
    assert result.reason == "wrong date"


def test_a_dry_run_starts_nothing(api):
    before = api.history(dataset_name=CLICKS, limit=1).runs
    assert api.run(CLICKS, dry_run=True).run_id is None
    planned = api.backfill(CLICKS, start_date="2026-03-01", end_date="2026-03-03", dry_run=True)
    assert (planned.status, planned.run_id, planned.total_runs) == (ResultStatus.SUCCESS, None, 3)
    assert api.history(dataset_name=CLICKS, limit=1).runs == before


def test_a_run_by_hand_is_adhoc(api):
    run_id = api.run(CLICKS).run_id
    assert run_id is not None
    assert api.get_status(run_id).run_type is RunType.ADHOC


def test_the_persons_own_demo_remembers_from_one_library_to_the_next(remembering):
    remembering().pause("finance.cost_centers", reason="stocktaking")
    found = remembering().get("finance.cost_centers")
    assert found is not None
    assert (found.status, found.reason) == (WorkflowStatus.PAUSED, "stocktaking")


@pytest.mark.parametrize("mode", [ExecutionMode.DEMO, ExecutionMode.SERVER])
def test_registering_needs_the_local_spec(api_of, tmp_path, mode):
    backend = ScriptedBackend()
    api = api_of(mode, client=backend, project_path=tmp_path)
    with pytest.raises(DatasetNotFoundError) as caught:
        api.register("my.dataset", cron="0 9 * * *")
    assert str(tmp_path) in caught.value.hint
    assert backend.sent == []


def test_where_git_owns_the_name_a_missing_spec_is_not_the_trouble(api_of, tmp_path):
    api = api_of(ExecutionMode.DEMO, client=demo(), project_path=tmp_path)
    with pytest.raises(WorkflowPermissionError) as caught:
        api.register(CLICKS, cron="0 9 * * *")
    assert caught.value.code is ErrorCode.WORKFLOW_PERMISSION_DENIED


def test_mock_mode_needs_no_spec_but_takes_one(api_of, project, tmp_path_factory):
    nothing = tmp_path_factory.mktemp("empty")
    without = api_of(project_path=nothing).register("my.dataset", cron="0 9 * * *").workflow_info
    assert without is not None
    assert without.owner is None
    made = api_of(project_path=project).register("my.dataset", cron="0 9 * * *").workflow_info
    assert made is not None
    assert made.owner == "me@example.com"


@pytest.mark.parametrize("mode", ExecutionMode)
@pytest.mark.parametrize("wrapped", [False, True], ids=["a Backend", "a WorkflowClient"])
def test_a_given_client_is_used_in_every_mode(api_of, mode, wrapped):
    backend = ScriptedBackend([row("only.here")])
    api = api_of(mode, client=WorkflowClient(backend) if wrapped else backend)
    assert [one.dataset_name for one in api.list_workflows().workflows] == ["only.here"]
    assert api.get("elsewhere") is None


def test_a_client_can_be_given_before_it_is_of_any_use(api_of):
    assert repr(api_of(client=Mock())).startswith("WorkflowAPI(context=ExecutionContext(")


def test_a_server_is_the_mode_unless_told_otherwise():
    assert WorkflowAPI().context.execution_mode is ExecutionMode.SERVER


def test_a_url_that_is_none_is_refused_in_words(api_of):
    with pytest.raises(ConfigurationError) as caught:
        api_of(ExecutionMode.SERVER, server_url="not a url").list_workflows()
    assert caught.value.code is ErrorCode.CONFIG_INVALID


def test_a_token_is_not_shown(api_of):
    api = api_of(ExecutionMode.SERVER, server_url="http://x.example.com", api_token="s3cret")
    assert "s3cret" not in repr(api)


def test_moments_are_utc(api):
    found = api.get(CLICKS)
    assert found is not None
    assert found.next_run == datetime(2026, 3, 11, 9, tzinfo=UTC)


def test_a_token_of_the_context_reaches_what_opens_the_server_and_no_repr(monkeypatch):
    targets = []

    def opening(target):
        targets.append(target)
        return served(ScriptedBackend())

    monkeypatch.setattr("dli_tui.api.workflows.opened", opening)
    context = ExecutionContext(server_url="http://localhost:1", api_token="dli_hidden")
    with WorkflowAPI(context) as api:
        api.list_workflows()
    (target,) = targets
    assert target.environment[target.profile.token_env] == "dli_hidden"
    assert "dli_hidden" not in repr((context, api, target))


def test_a_mock_may_stand_in_for_the_client():
    client = Mock()
    with WorkflowAPI(ExecutionContext(execution_mode=ExecutionMode.MOCK), client=client) as api:
        assert api.run("d") is client.run.return_value
        assert api.list_workflows() is client.list_workflows.return_value


@pytest.mark.parametrize("wrong", [{"retry_max_attempts": 0}, {"retry_delay_seconds": -5}], ids=str)
def test_retries_that_can_not_be_are_refused(wrong):
    context = ExecutionContext(execution_mode=ExecutionMode.MOCK)
    with WorkflowAPI(context) as api, pytest.raises(ConfigurationError):
        api.register("d", cron="0 9 * * *", **wrong)
    with pytest.raises(ValueError, match="greater than or equal"):
        RetryConfig(max_attempts=0)
    with pytest.raises(ValueError, match="greater than or equal"):
        RetryConfig(delay_seconds=-5)


def test_rows_and_runs_answer_the_questions_of_the_seeds():
    states = (WorkflowStatus.ACTIVE, WorkflowStatus.PAUSED, WorkflowStatus.OVERRIDDEN)
    rows = [row("d", status=status) for status in states]
    assert [(one.is_active, one.is_paused, one.is_overridden) for one in rows] == [
        (True, False, False),
        (False, True, False),
        (False, False, True),
    ]
    statuses = (RunStatus.PENDING, RunStatus.RUNNING, RunStatus.COMPLETED, RunStatus.FAILED)
    told = [
        (one.is_pending, one.is_running, one.is_finished, one.is_success)
        for one in (run("r", status) for status in statuses)
    ]
    assert told == [
        (True, False, False, False),
        (False, True, False, False),
        (False, False, True, True),
        (False, False, True, False),
    ]


def test_what_is_known_of_a_dataset_can_be_read_like_a_dict():
    info = DatasetInfo(name="d", owner="ann")
    assert (info["owner"], info.get("team"), info.get("age", 7)) == ("ann", None, 7)
    assert "owner" in info
    assert "age" not in info
    assert dict(info)["name"] == dict(info.items())["name"] == "d"
    with pytest.raises(KeyError):
        info["age"]

"""What three generations of the service and two of the orchestrator answered, file by file."""

from datetime import UTC, datetime

import pytest

from dli_tui.backends.pyairtable import convert, sagas, shelf, steps
from dli_tui.backends.pyairtable.line import is_no_route
from dli_tui.domain.errors import (
    AuthenticationError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowRegistrationError,
)
from dli_tui.domain.status import (
    HealthStatus,
    RunStatus,
    RunType,
    SagaStatus,
    StepStatus,
    WorkflowStatus,
)
from dli_tui.wire import health
from dli_tui.wire.failures import Operation, failure
from tests.backends.pyairtable.recorded import every_sample, sample

UNUSED = {
    # Roots, counts and probes for machines: health says it for people.
    *("service/legacy_root", "service/v1_root", "service/v1_live", "service/v1_ready"),
    *("service/legacy_stats_summary", "service/v1_openapi"),
    # The cron is checked here before anything is sent.
    *("service/legacy_validate_cron", "service/legacy_validate_cron_bad"),
    *("saga/flat/root", "saga/flat/metrics", "saga/flat/openapi", "saga/src/ready"),
    # Sagas aren't deleted, and events aren't listed.
    *("saga/flat/delete", "saga/src/event_types", "saga/src/events_all"),
}
"""Calls that we don't make."""


def test_nothing_that_was_recorded_is_left_out():
    """Each file is named in a table here or is one that we don't ask for."""
    named = {
        *(f"service/{name}" for name in (*LISTS, *WORKFLOWS, *EXECUTIONS, *MADE, *STARTED)),
        *(f"service/{name}" for name in (*REFUSALS, *NO_ROUTES, *HEALTH, *DELETED)),
        *("service/legacy_get_execution",),
        *(f"saga/{name}" for name in (*SAGA_LISTS, *ONE_SAGA, *SAGA_REFUSALS, *SAGA_HEALTH)),
        *(f"saga/{name}" for name in (*SAGA_STARTS, *SAGA_TYPES, *EVENTS, *FLAT_STEPS)),
        *("saga/src/steps", "saga/flat/seed_path", "saga/src/seed_path"),
        *("saga/src/cancel_running", "saga/flat/compensate_running_force"),
    }
    assert named | UNUSED == set(every_sample())
    assert not named & UNUSED


# Workflows

PROCESSING = "Data Processing Workflow"
LISTS: dict[str, list[tuple[object, ...]]] = {
    "legacy_list_workflows": [("2", "Fail wf", None), ("1", "Log wf", "0 9 * * *")],
    "legacy_list_workflows_paused": [],
    "v1_list": [("1", PROCESSING, None), ("3", PROCESSING, None), ("4", "Fails", None)],
    "v1_list_badstatus": [("1", PROCESSING, None), ("3", PROCESSING, None), ("4", "Fails", None)],
    "v1_list_page": [("3", PROCESSING, None)],
    "v1_list_paused": [],
}


@pytest.mark.parametrize("name", LISTS)
def test_lists(name):
    page = convert.listed(sample(f"service/{name}").answer)
    assert [(one.id, one.name, one.info.cron) for one in page.told] == LISTS[name]
    assert page.came == len(page.told)
    assert page.total == (len(page.told) if name.startswith("legacy") else None)


ACTIVE, PAUSED, DISABLED = WorkflowStatus.ACTIVE, WorkflowStatus.PAUSED, WorkflowStatus.DISABLED
WORKFLOWS = {
    "legacy_get_workflow": ("1", ACTIVE, None),
    "legacy_create_workflow": ("1", ACTIVE, None),
    "legacy_create_failing": ("2", ACTIVE, None),
    "legacy_update_workflow_active": ("1", ACTIVE, None),
    "legacy_update_workflow_pause": ("1", PAUSED, None),
    "v1_get": ("3", ACTIVE, None),
    "v1_get_after_run": ("3", ACTIVE, None),
    "v1_update": ("3", ACTIVE, None),
    # It pauses by disabling.
    "v1_update_disable": ("3", DISABLED, "paused"),
    "v1_update_enable": ("3", ACTIVE, None),
    # A word that it doesn't heed.
    "v1_update_status": ("3", ACTIVE, None),
}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_workflows(name):
    told = convert.one_workflow(sample(f"service/{name}").answer)
    assert (told.id, told.info.status, told.info.raw_status) == WORKFLOWS[name]
    assert "steps" in (told.info.workflow_config or {})
    assert told.info.created_at.tzinfo is UTC


def test_what_starts_a_workflow_beside_its_schedule_is_kept():
    info = convert.one_workflow(sample("service/v1_get").answer).info
    assert info.trigger_config == {
        "type": "file_upload",
        "enabled": True,
        "trigger_on_file_upload": True,
        "trigger_file_extensions": "pdf,docx,csv",
    }
    old = convert.one_workflow(sample("service/legacy_get_workflow").answer).info
    assert old.trigger_config == {"triggers": [{"type": "manual"}]}
    assert (info.schedule_text, old.schedule_text) == ("on file upload", None)


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ({"trigger_config": {"type": "webhook", "enabled": True}}, "on webhook"),
        ({"trigger_config": {"type": "webhook", "enabled": False}}, None),
        ({"trigger_config": {"type": "manual"}, "trigger_on_file_upload": True}, "on file upload"),
        ({"triggers": [{"type": "webhook"}, {"type": "file_upload"}]}, "on file upload, webhook"),
        ({"triggers": [{"type": ["x"]}, "x"]}, None),
        ({"trigger_config": {"type": "webhook"}, "cron_schedule": "0 9 * * *"}, None),
    ],
)
def test_a_workflow_that_an_event_starts_has_a_schedule_that_is_no_cron(told, text):
    info = convert.one_workflow({"id": 1, "name": "x", **told}).info
    assert info.schedule_text == text
    assert info.has_no_schedule is (text is None and info.cron is None)


def test_a_run_shows_in_what_a_list_counts():
    before = convert.one_workflow(sample("service/v1_update").answer)
    after = convert.one_workflow(sample("service/v1_get_after_run").answer)
    assert before.moved != after.moved


MADE = {"v1_create_workflow": "3", "v1_create_failing": "4"}


@pytest.mark.parametrize("name", MADE)
def test_the_id_of_what_was_made(name):
    assert convert.made_id(sample(f"service/{name}").answer) == MADE[name]


def test_the_id_of_what_was_made_in_a_wrapper():
    assert convert.made_id(sample("service/legacy_create_workflow").answer) == "1"


DELETED = ("legacy_delete_workflow", "v1_delete")


@pytest.mark.parametrize("name", DELETED)
def test_what_was_deleted_says_no_more_than_that(name):
    told = sample(f"service/{name}")
    assert (told.status, told.answer["message"]) == (200, "Workflow deleted successfully")


# Executions

C, F, R = RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.RUNNING
EXECUTIONS = {
    "legacy_executions": [("3", R, RunType.SCHEDULED, None), ("1", C, RunType.ADHOC, 1.027273)],
    "legacy_executions_failed": [("2", F, RunType.ADHOC, 0.014244)],
    "v1_executions": [("3", C, RunType.ADHOC, 1.102)],
    "v1_executions_failed": [("4", F, RunType.ADHOC, None)],
    "v1_executions_filter": [("3", C, RunType.ADHOC, 1.102)],
}


@pytest.mark.parametrize("name", EXECUTIONS)
def test_executions(name):
    page = convert.executions_of("wf")(sample(f"service/{name}").answer)
    told = [
        (one.run.run_id, one.run.status, one.run.run_type, one.run.reported_seconds)
        for one in page.found
    ]
    assert told == EXECUTIONS[name]
    assert {one.run.dataset_name for one in page.found} == {"wf"}
    assert all(one.run.created_at.tzinfo is UTC for one in page.found)


def test_one_execution_in_its_wrapper():
    found = convert.one_execution(sample("service/legacy_get_execution").answer, "wf")
    assert (found.run.run_id, found.run.workflow_id, found.run.parameters) == ("1", "1", {"a": 1})
    assert found.run.started_at == datetime(2026, 11, 21, 0, 29, 28, 790872, tzinfo=UTC)
    assert found.logs.startswith("Workflow execution started")
    told = [(step.name, step.status, step.concluded) for step in steps.concluded(found, None)]
    assert told == [(name, StepStatus.COMPLETED, True) for name in "abc"]


def test_what_failed_is_told_with_why_by_its_log():
    (found,) = convert.executions_of("wf")(sample("service/legacy_executions_failed").answer).found
    config = sample("service/legacy_create_failing").answer["workflow"]["config"]
    told = [(step.name, step.status, step.error_message) for step in steps.concluded(found, config)]
    assert told == [
        ("a", StepStatus.COMPLETED, None),
        ("boom", StepStatus.FAILED, "Unknown step type: nope"),
    ]


def test_which_step_failed_stays_unknown_where_nothing_tells_it():
    (found,) = convert.executions_of("wf")(sample("service/v1_executions_failed").answer).found
    config = sample("service/v1_create_failing").answer["workflow_config"]
    assert found.run.error_message == "Unknown step type: conditional"
    told = steps.concluded(found, config)
    assert [step.status for step in told] == [StepStatus.UNKNOWN] * 2
    assert steps.progress_of(told) is None


def test_results_by_name_are_the_steps_that_are_done():
    (found,) = convert.executions_of("wf")(sample("service/v1_executions").answer).found
    config = sample("service/v1_create_workflow").answer["workflow_config"]
    told = steps.concluded(found, config)
    assert [(step.name, step.type) for step in told] == [
        ("note", "log"),
        ("wait", "delay"),
        ("proc", "file_process"),
        ("ping", "http_request"),
    ]
    assert told[1].output_data == {"delayed": 1}


STARTED = {"legacy_trigger": "1", "legacy_trigger_fail": "2", "v1_trigger": "3"} | {
    "v1_trigger_nobody": "4"
}


@pytest.mark.parametrize("name", STARTED)
def test_the_id_of_what_was_started(name):
    assert convert.started_id(sample(f"service/{name}").answer) == STARTED[name]


# Refusals

NO_ROUTES = (
    *("legacy_execute_path", "legacy_seed_path_api_v1_templates"),
    *("legacy_seed_path_api_v1_workflows", "legacy_seed_path_ready", "legacy_seed_path_templates"),
    *("legacy_seed_path_workflows_executions_1_steps", "v1_execute", "v1_step_retry"),
    *("v1_steps", "v1_templates"),
)


@pytest.mark.parametrize("name", NO_ROUTES)
def test_a_route_that_is_not_there_is_told_from_what_is_not_found(name):
    told = sample(f"service/{name}")
    assert is_no_route(told.status, told.answer)


Op = Operation
REFUSALS = {
    "legacy_all_executions": (Op.STATUS, WorkflowExecutionError, "unable to parse"),
    "legacy_create_bad_cron": (Op.REGISTER, WorkflowRegistrationError, "bad cron"),
    "legacy_create_missing_name": (Op.REGISTER, WorkflowRegistrationError, "name: Field required"),
    "legacy_delete_404": (Op.UNREGISTER, WorkflowRegistrationError, "Failed to delete workflow"),
    "legacy_executions_badstatus": (Op.HISTORY, WorkflowExecutionError, "Invalid status: zzz"),
    "legacy_get_execution_404": (Op.STATUS, WorkflowNotFoundError, "Execution not found"),
    "legacy_get_workflow_404": (Op.GET, WorkflowNotFoundError, "not found"),
    "legacy_list_workflows_badstatus": (Op.LIST, WorkflowExecutionError, "Invalid status"),
    "legacy_trigger_paused": (Op.RUN, WorkflowExecutionError, "is not active"),
    "legacy_update_404": (Op.PAUSE, WorkflowExecutionError, "Failed to update workflow"),
    "legacy_update_badstatus": (Op.PAUSE, WorkflowExecutionError, "not a valid WorkflowStatus"),
    "v1_auth_bad": (Op.LIST, AuthenticationError, "Invalid API key"),
    "v1_auth_bearer": (Op.LIST, AuthenticationError, "API key required"),
    "v1_auth_none": (Op.LIST, AuthenticationError, "API key required"),
    "v1_create_422": (Op.REGISTER, WorkflowRegistrationError, "Field required"),
    "v1_create_bad_cron": (Op.REGISTER, WorkflowRegistrationError, "Invalid cron schedule"),
    "v1_delete_404": (Op.UNREGISTER, WorkflowNotFoundError, "not found"),
    "v1_executions_all": (Op.HISTORY, WorkflowExecutionError, "unable to parse"),
    "v1_get_404": (Op.GET, WorkflowNotFoundError, "not found"),
    "v1_get_422": (Op.GET, WorkflowExecutionError, "unable to parse"),
    "v1_get_deleted": (Op.GET, WorkflowNotFoundError, "not found"),
    "v1_trigger_404": (Op.RUN, WorkflowNotFoundError, "not found"),
    "v1_trigger_disabled": (Op.RUN, WorkflowExecutionError, "cannot be executed"),
    "v1_update_404": (Op.CONFIGURE, WorkflowExecutionError, "Failed to update workflow"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_refusals(name):
    operation, kind, says = REFUSALS[name]
    told = sample(f"service/{name}")
    assert not is_no_route(told.status, told.answer)
    error = failure(told.status, told.answer, operation, dataset_name="wf", run_id="1")
    assert type(error) is kind
    assert says in error.message
    assert error.hint


# Health

HEALTH = {"legacy_health": (HealthStatus.UNHEALTHY, 1), "v1_health": (HealthStatus.HEALTHY, 4)}


@pytest.mark.parametrize("name", HEALTH)
def test_health(name):
    told = sample(f"service/{name}")
    found = health.health_of(told.status, told.answer)
    assert (found.status, len(found.components)) == HEALTH[name]
    assert found.metrics == {}


def test_a_service_that_only_says_why_it_is_ill_says_so_in_its_own_part():
    told = sample("service/legacy_health")
    (part,) = health.health_of(told.status, told.answer).components
    assert (part.name, part.status) == ("service", HealthStatus.UNHEALTHY)
    assert part.message == told.answer["detail"]


def test_a_part_tells_its_message():
    told = sample("service/v1_health")
    found = health.health_of(told.status, told.answer)
    assert found.components[0].message == "Database connection successful"
    assert found.version == "1.0.0"


# Sagas

DONE, BACK, AT_WORK = SagaStatus.COMPLETED, SagaStatus.COMPENSATED, SagaStatus.RUNNING
SAGA_LISTS: dict[str, list[tuple[object, ...]]] = {
    "flat/list": [
        ("saga_adc909a9afc5", BACK, (1, 2)),
        ("saga_d5254d9bc6c4", DONE, (2, 2)),
        ("saga_054b10ebe8cb", BACK, (0, 2)),
    ],
    "flat/list_filter": [("saga_d5254d9bc6c4", DONE, (2, 2))],
    "src/list": [("7f834f16-a736-479e-9ecb-aece8d151511", DONE, (4, 4))],
    "src/list_empty": [],
    "src/list_filter": [],
    "src/list_noslash": [],
    "src/list_running": [("7f834f16-a736-479e-9ecb-aece8d151511", AT_WORK, (1, 4))],
}


@pytest.mark.parametrize("name", SAGA_LISTS)
def test_lists_of_sagas(name):
    page = sagas.page_of(sample(f"saga/{name}").answer)
    told = [(one.saga_id, one.status, one.place) for one in page.sagas]
    expected = SAGA_LISTS[name]
    assert told[: len(expected)] == expected
    assert bool(told) is bool(expected)


ONE_SAGA = {
    "flat/status_compensated": BACK,
    "flat/status_completed": DONE,
    "flat/status_pending": SagaStatus.PENDING,
    "flat/status_running": AT_WORK,
    "src/get": DONE,
    "src/get_after_cancel": BACK,
    # It said compensated a moment ago, and went on to its end all the same.
    "src/get_after_cancel_end": DONE,
    "src/get_compensated": BACK,
    "src/get_running": AT_WORK,
}


@pytest.mark.parametrize("name", ONE_SAGA)
def test_one_saga(name):
    found = sagas.saga_of(sample(f"saga/{name}").answer)
    assert found.status is ONE_SAGA[name]
    assert found.created_at.tzinfo is UTC
    assert found.saga_type == ("orchestration" if name.startswith("flat") else "user_onboarding")


def test_what_was_done_and_undone_stands_in_two_lanes():
    found = sagas.saga_of(sample("saga/src/get_compensated").answer)
    told = [
        (step.command, step.compensation, step.status, step.compensation_status)
        for step in found.steps
    ]
    pending = StepStatus.PENDING
    assert told == [
        ("create_profile", "delete_profile", StepStatus.COMPLETED, StepStatus.UNKNOWN),
        ("create_workspace", "delete_workspace", StepStatus.FAILED, None),
        ("send_notification", None, pending, None),
        ("create_sample_base", "delete_sample_base", pending, None),
    ]
    assert found.steps[1].error_message.startswith("Service returned 500")


def test_a_correlation_id_names_the_execution():
    found = sagas.saga_of(sample("saga/src/get").answer)
    assert sagas.execution_of(found) == "789"
    assert sagas.is_of(found, "789")
    assert not sagas.is_of(found, "89")


FLAT_STEPS = {
    "flat/steps_compensated": [
        (StepStatus.COMPLETED, StepStatus.COMPLETED),
        (StepStatus.FAILED, None),
    ],
    "flat/steps_completed": [(StepStatus.COMPLETED, None)] * 2,
}


@pytest.mark.parametrize("name", FLAT_STEPS)
def test_steps_that_are_told_apart(name):
    found = sagas.flat_steps(sample(f"saga/{name}").answer)
    assert [(step.status, step.compensation_status) for step in found] == FLAT_STEPS[name]
    assert [step.name for step in found] == ["s1", "s2"]


def test_steps_as_a_bare_list_are_those_of_the_saga():
    told = sample("saga/src/get").answer["steps"]
    assert sample("saga/src/steps").answer == told


SAGA_TYPES = {
    "src/types": ["user_onboarding", "airtable_integration"],
    "flat/templates": [
        *("user_registration", "workspace_creation", "data_sync", "ai_analysis"),
        "webhook_processing",
    ],
}


@pytest.mark.parametrize("name", SAGA_TYPES)
def test_kinds_of_saga(name):
    found = sagas.types_of(sample(f"saga/{name}").answer)
    assert [kind.name for kind in found] == SAGA_TYPES[name]
    assert all(kind.description for kind in found)


def test_a_kind_tells_what_it_has_to_be_given():
    first = sagas.types_of(sample("saga/src/types").answer)[0]
    assert first.required_fields == ("user_id", "email", "first_name", "tenant_id")
    assert first.optional_fields == ("last_name", "company_name")


SAGA_STARTS = {
    "src/start_ok": "4eeace7f-b767-4ef5-b80a-d86a2d561fa7",
    "src/start_fail": "608692d8-054b-4548-9c3d-b0daa954c56d",
    "src/start_slow": "7f834f16-a736-479e-9ecb-aece8d151511",
    "flat/start": "saga_d5254d9bc6c4",
    "flat/start_fail": "saga_adc909a9afc5",
    "flat/start_slow": "saga_054b10ebe8cb",
}


@pytest.mark.parametrize("name", SAGA_STARTS)
def test_the_id_of_a_saga_that_was_started(name):
    assert sagas.started_id(sample(f"saga/{name}").answer) == SAGA_STARTS[name]


def test_a_cancel_is_answered_as_done_though_it_was_only_asked_for():
    assert sample("saga/src/cancel_running").answer["status"] == "cancelled"
    assert sample("saga/flat/compensate_running_force").answer["status"] == "compensated"


EVENTS = {"src/event_publish": "published", "flat/event": "received"}


@pytest.mark.parametrize("name", EVENTS)
def test_events(name):
    found = sagas.event_of("e", sample(f"saga/{name}").answer)
    assert found.status == EVENTS[name]
    assert found.event_id == sample(f"saga/{name}").answer["event_id"]


SAGA_REFUSALS = {
    "flat/compensate_running_noforce": (Op.CANCEL, WorkflowExecutionError, "still running"),
    "flat/get_404": (Op.SAGAS, WorkflowExecutionError, "SAGA not found"),
    "src/cancel_404": (Op.CANCEL, WorkflowExecutionError, "SAGA not found"),
    "src/cancel_completed": (Op.CANCEL, WorkflowExecutionError, "Cannot cancel SAGA"),
    "src/event_publish_422": (Op.PUBLISH, WorkflowExecutionError, "event_type"),
    "src/get_404": (Op.SAGAS, WorkflowExecutionError, "SAGA not found"),
    "src/list_badstatus": (Op.SAGAS, WorkflowExecutionError, "status"),
    "src/start_422": (Op.START, WorkflowExecutionError, "saga_type"),
    "src/start_unknown_type": (Op.START, WorkflowExecutionError, "no reason given"),
}


@pytest.mark.parametrize("name", SAGA_REFUSALS)
def test_refusals_of_the_orchestrator(name):
    operation, kind, says = SAGA_REFUSALS[name]
    told = sample(f"saga/{name}")
    assert not is_no_route(told.status, told.answer)
    error = failure(told.status, told.answer, operation)
    assert type(error) is kind
    assert says in error.message


@pytest.mark.parametrize("name", ["saga/flat/seed_path", "saga/src/seed_path"])
def test_sagas_that_live_elsewhere_have_no_route(name):
    told = sample(name)
    assert is_no_route(told.status, told.answer)


SAGA_HEALTH = {"flat/health": 10, "src/health": 4, "src/health_noslash": 4}


@pytest.mark.parametrize("name", SAGA_HEALTH)
def test_health_of_the_orchestrator(name):
    told = sample(f"saga/{name}")
    found = health.health_of(told.status, told.answer)
    assert found.status is HealthStatus.HEALTHY
    assert len(found.components) == SAGA_HEALTH[name]


def test_what_is_only_configured_is_neither_well_nor_ill():
    told = sample("saga/flat/health")
    parts = {one.name: one for one in health.health_of(told.status, told.answer).components}
    assert (parts["auth"].status, parts["auth"].message) == (HealthStatus.UNKNOWN, "configured")
    assert "active_sagas" not in parts, "a count is no part"


def test_categories_and_templates_are_read_in_any_shape():
    assert shelf.categories_of({"categories": ["a-b", {"name": "c", "count": 2}]})[0].count == 0
    assert shelf.template_of({"template": {"id": 7}}).name == "#7"

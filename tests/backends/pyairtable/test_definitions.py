"""A registration says what the service will do, or is refused."""

import pytest

from dli_tui.backends.pyairtable import definitions
from dli_tui.backends.pyairtable.place import Routes
from dli_tui.domain.errors import WorkflowRegistrationError
from dli_tui.domain.query import Registration
from dli_tui.domain.schedule import RetryConfig, ScheduleConfig
from dli_tui.domain.status import SourceType, WorkflowStatus
from dli_tui.domain.workflow import WorkflowInfo

CONTRACT = Routes("/api/v1/workflows", has_steps=True, has_templates=True)
V1 = Routes("/api/v1/workflows", has_steps=False, has_templates=False)
LEGACY = Routes("/workflows", has_steps=False, has_templates=False)
NOTIFY = "workflow_config: {steps: [{name: a, type: notification, config: {message: m}}]}"
WAIT = """
steps:
  - {name: a, type: log, config: {message: "hi"}}
  - {name: b, type: wait, config: {seconds: 2}}
"""


def registration(spec, **more):
    return Registration("d", ScheduleConfig(cron="0 9 * * *", **more), yaml_content=spec)


def refused(spec, routes):
    with pytest.raises(WorkflowRegistrationError) as caught:
        definitions.registration_body(registration(spec), routes)
    return caught.value.message


@pytest.mark.parametrize("routes", [CONTRACT, V1, LEGACY])
@pytest.mark.parametrize("spec", ["sql: select 1", "steps: []"])
def test_a_spec_of_which_a_run_would_do_nothing_is_refused(spec, routes):
    assert "no steps" in refused(spec, routes)


def test_steps_are_given_to_the_oldest_generation_as_it_reads_them():
    body = definitions.registration_body(registration(WAIT), LEGACY)
    assert body["workflow_config"]["steps"] == [
        {"name": "a", "type": "log", "message": "hi"},
        {"name": "b", "type": "delay", "delay": 2},
    ]


def test_what_the_oldest_generation_might_read_wrongly_is_refused():
    http = "steps: [{name: a, type: http, config: {url: 'https://example.com'}}]"
    assert "step 'a'" in refused(http, LEGACY)


def test_the_own_words_of_the_oldest_generation_are_taken_as_they_are():
    own = "workflow_config: {steps: [{name: a, type: airtable_create, base: b}]}"
    body = definitions.registration_body(registration(own), LEGACY)
    assert body["workflow_config"]["steps"] == [
        {"name": "a", "type": "airtable_create", "base": "b"}
    ]


def test_a_kind_that_would_fail_later_is_refused_before():
    assert "notification" in refused(NOTIFY, V1)


def made(retry=None):
    active = WorkflowStatus.ACTIVE
    return WorkflowInfo(dataset_name="d", source_type=SourceType.MANUAL, status=active, retry=retry)


def test_retries_that_were_not_kept_are_named():
    wanted = registration(WAIT, retry=RetryConfig(max_attempts=5))
    assert "retries" in (definitions.left_out(wanted, made()) or "")
    assert definitions.left_out(wanted, made(RetryConfig(max_attempts=5))) is None
    assert definitions.left_out(registration(WAIT), made()) is None

"""What is asked of the services, and what is made of answers that differ between them."""

import httpx
import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import (
    AnswerLostError,
    AuthenticationError,
    ServerError,
    Unsupported,
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowRegistrationError,
)
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import (
    HistoryQuery,
    NewConfiguration,
    Registration,
    RunRequest,
    WorkflowQuery,
)
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.status import RunStatus, WorkflowStatus
from dli_tui.domain.template import NewFromTemplate
from tests.backends.pyairtable.recorded import (
    ROOT,
    SAGAS,
    Service,
    Turns,
    execution,
    near,
    of_contract,
    workflow,
)
from tests.support import everything

NAME = "Data Processing Workflow"
ONE = f"{ROOT}/123"
RUNS = f"{ONE}/executions"
LOG = {"steps": [{"name": "a", "type": "log", "config": {"message": "hi"}}]}


def with_one(answers=None, **more):
    """A service that has one workflow, and its executions."""
    one = workflow(**more)
    return of_contract(
        {("GET", ROOT): [one], ("GET", ONE): one, ("GET", RUNS): [execution()], **(answers or {})}
    )


def older(answers=None):
    """A service of v1: the same address, and less there."""
    service = with_one(answers)
    for asked in (("GET", f"{ROOT}/executions/0/steps"), ("GET", "/api/v1/templates")):
        del service.answers[asked]
    return service


# Which generation it is


async def test_what_an_older_one_lacks_is_off_with_the_reason():
    async with near(older()) as here:
        await here.backend.met()
        offered = here.backend.capabilities
        assert {Capability.RUN, Capability.STEPS, Capability.CONFIGURING} <= offered
        assert not {Capability.TEMPLATES, Capability.RETRY} & offered
        assert "this generation" in here.backend.why_not(Capability.RETRY)
        with pytest.raises(Unsupported, match="doesn't offer templates: this generation"):
            await here.backend.templates()
        with pytest.raises(Unsupported, match="retrying failed steps"):
            await here.backend.retry(RunRef("789"))
        assert here.service.sent() == []


async def test_the_generation_is_asked_once():
    async with near(with_one()) as here:
        for _ in range(3):
            await here.backend.met()
        assert here.service.paths().count("/api/v1/templates") == 1


async def test_where_nothing_of_the_kind_answers_it_is_said():
    async with near(Service()) as here:
        with pytest.raises(ServerError, match="No PyAirtable service answers at http"):
            await here.backend.met()


async def test_what_a_sign_in_needs_is_said_by_what_the_profile_lacks():
    refusal = (401, {"detail": "API key required"})
    service = Service({("GET", ROOT): refusal})
    async with near(service) as here:
        with pytest.raises(AuthenticationError) as caught:
            await here.backend.met()
    assert "environment variable KEY" in caught.value.hint
    async with near(service, api_key_env=None, token_env="KEY") as here:
        with pytest.raises(AuthenticationError) as caught:
            await here.backend.met()
    assert "DLI_TUI_API_KEY" in caught.value.hint


# Executing


async def test_the_word_that_executes_is_tried_once_and_remembered():
    service = of_contract({("GET", ROOT): [workflow()]})
    service["POST", f"{ONE}/trigger"] = {"execution_id": 9}
    async with near(service) as here:
        for _ in range(2):
            result = await here.backend.run(RunRequest(NAME, {"a": 1}))
        assert [path.rpartition("/")[2] for _, path, _ in here.service.sent()] == [
            "execute",
            "trigger",
            "trigger",
        ]
    assert (result.run_id, result.run_status) == ("9", RunStatus.PENDING)


async def test_a_lost_answer_is_not_sent_by_the_other_word():
    service = with_one({("POST", f"{ONE}/execute"): httpx.ReadError("reset")})
    async with near(service) as here:
        with pytest.raises(AnswerLostError):
            await here.backend.run(RunRequest(NAME))
        assert len(here.service.sent()) == 1


async def test_a_refusal_is_not_a_route_that_is_missing():
    refusal = (404, {"detail": "Workflow not found"})
    service = with_one({("POST", f"{ONE}/execute"): refusal})
    async with near(service) as here:
        with pytest.raises(WorkflowNotFoundError):
            await here.backend.run(RunRequest(NAME))
        assert len(here.service.sent()) == 1


# Pausing


async def test_the_field_that_pauses_is_found_by_what_comes_of_it():
    held = workflow(status="paused")
    service = with_one({("PUT", ONE): Turns([workflow(), held])})
    async with near(service) as here:
        result = await here.backend.pause(NAME, reason="stock-taking")
        assert [body for _, _, body in here.service.sent()] == [
            {"is_enabled": False},
            {"status": "paused"},
        ]
    assert result.workflow_status is WorkflowStatus.PAUSED
    assert "keeps no reason" in result.warning


async def test_what_is_held_goes_on_by_the_field_that_holds_it():
    service = with_one({("PUT", ONE): workflow()}, is_enabled=False)
    async with near(service) as here:
        result = await here.backend.unpause(NAME)
        assert [body for _, _, body in here.service.sent()] == [{"is_enabled": True}]
    assert result.workflow_status is WorkflowStatus.ACTIVE


async def test_a_service_that_heeds_neither_is_not_believed():
    service = with_one({("PUT", ONE): workflow()})
    async with near(service) as here:
        with pytest.raises(WorkflowExecutionError, match="isn't paused"):
            await here.backend.pause(NAME)


async def test_what_is_inactive_is_not_resumed():
    async with near(with_one(status="inactive")) as here:
        with pytest.raises(WorkflowExecutionError, match="is disabled"):
            await here.backend.unpause(NAME)
        assert here.service.sent() == []


# Registering


def registration(name="new.one", cron="0 9 * * *", zone="UTC", **more):
    return Registration(name, ScheduleConfig(cron=cron, timezone=zone), **more)


async def test_a_spec_becomes_steps_in_the_order_in_which_they_are_needed():
    spec = """
name: new.one
steps:
  - {name: last, type: log, needs: [first], config: {message: "{{params.region}} done"}}
  - {name: first, type: http, config: {url: "https://example.com"}}
"""
    made = workflow(name="new.one")
    service = of_contract({("POST", ROOT): {"id": 123}, ("GET", ONE): made, ("GET", RUNS): []})
    async with near(service) as here:
        row = await here.backend.register(registration(yaml_content=spec, owner="o", team="t"))
        ((_, _, body),) = here.service.sent()
    assert body["workflow_config"]["steps"] == [
        {"name": "first", "type": "http_request", "config": {"url": "https://example.com"}},
        {"name": "last", "type": "log", "config": {"message": "{{trigger.region}} done"}},
    ]
    assert (body["cron_schedule"], body["is_scheduled"]) == ("0 9 * * *", True)
    assert row.warning == "the service keeps no owner, team"


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (registration(zone="Asia/Seoul"), "reads schedules in UTC, not in Asia/Seoul"),
        (registration(yaml_content="steps: [{name: a, type: shell}]"), "of kind shell, which"),
        (registration(yaml_content="a: [b"), "can't be registered"),
        (registration(yaml_content="steps: [{name: a, type: log}]"), "log needs message"),
    ],
)
async def test_what_the_service_could_not_do_is_refused_before_anything_is_sent(request_, says):
    async with near(of_contract()) as here:
        with pytest.raises(WorkflowRegistrationError, match=says):
            await here.backend.register(request_)
        assert here.service.sent() == []


async def test_a_name_that_exists_is_changed_by_force_and_keeps_its_executions():
    service = with_one({("PUT", ONE): workflow()})
    async with near(service) as here:
        with pytest.raises(WorkflowRegistrationError, match="exists already"):
            await here.backend.register(registration(NAME))
        await here.backend.register(registration(NAME, force=True))
        assert [(method, path) for method, path, _ in here.service.sent()] == [("PUT", ONE)]


async def test_what_was_accepted_but_can_not_be_looked_at_is_not_called_failed():
    down = (503, {"detail": "Service unavailable"})
    service = of_contract({("POST", ROOT): {"id": 123}, ("GET", ONE): down})
    async with near(service) as here:
        with pytest.raises(AnswerLostError, match="was accepted, but"):
            await here.backend.register(registration())


async def test_while_it_runs_it_is_deleted_by_force_only():
    service = with_one({("GET", RUNS): [execution(status="running")]})
    service["DELETE", ONE] = {"message": "Workflow deleted successfully"}
    async with near(service) as here:
        with pytest.raises(WorkflowRegistrationError, match="a run of it is under way"):
            await here.backend.unregister(NAME)
        assert here.service.sent() == []
        await here.backend.unregister(NAME, force=True)
        assert [method for method, _, _ in here.service.sent()] == ["DELETE"]


async def test_a_definition_is_replaced_as_a_whole():
    service = with_one({("PUT", ONE): workflow()})
    async with near(service) as here:
        await here.backend.configure(NewConfiguration(NAME, LOG))
        assert here.service.sent() == [("PUT", ONE, {"workflow_config": LOG})]


@pytest.mark.parametrize(("run_id", "helps"), [("6", "WORKFLOW/6"), ("six", "history")])
async def test_a_run_that_isnt_there_is_looked_for_where_it_may_be(run_id, helps):
    async with near(with_one()) as here:
        with pytest.raises(WorkflowNotFoundError) as caught:
            await here.backend.run_status(RunRef(run_id))
    assert helps in (caught.value.hint or "")


async def test_a_template_that_is_no_number_is_not_asked_for():
    async with near(of_contract()) as here:
        for call in (
            here.backend.template("../x"),
            here.backend.create_from_template(NewFromTemplate(template_id="x", workflow_name="w")),
        ):
            with pytest.raises(WorkflowNotFoundError, match="Template"):
                await call
        assert here.service.sent() == []


# Looking


async def test_a_name_that_two_bear_is_two_rows_and_means_neither():
    service = of_contract({("GET", ROOT): [workflow(1, "twice"), workflow(2, "twice")]})
    for own_id in (1, 2):
        service["GET", f"{ROOT}/{own_id}/executions"] = []
    async with near(service) as here:
        rows = await everything(here.backend.workflows(WorkflowQuery(name="twice")))
        assert [row.dataset_name for row in rows] == ["twice #1", "twice #2"]
        with pytest.raises(WorkflowExecutionError, match="several workflows") as caught:
            await here.backend.run(RunRequest("twice"))
        assert "#1, #2" in caught.value.hint
        assert here.service.sent() == []


async def test_a_quiet_look_asks_for_the_list_and_a_few_in_turn():
    many = [workflow(number, f"w{number}", total_executions=3) for number in range(1, 41)]
    service = of_contract({("GET", ROOT): many})
    for number in range(1, 41):
        service["GET", f"{ROOT}/{number}/executions"] = [execution(number)]
    async with near(service) as here:
        cursor = await here.backend.cursor()
        await everything(here.backend.workflows(WorkflowQuery()))
        assert len(here.service.paths()) == 3 + 1 + 40
        for _ in range(3):
            before = len(here.service.paths())
            changes = await here.backend.changes(cursor)
            cursor = changes.cursor
            assert (changes.workflows, changes.whole) == ((), False)
            assert len(here.service.paths()) - before == 1 + 10


async def test_a_run_that_began_unseen_shows_with_its_turn():
    service = with_one()
    async with near(service) as here:
        cursor = await here.backend.cursor()
        await everything(here.backend.workflows(WorkflowQuery()))
        service["GET", RUNS] = [execution(790, status="running", completed_at=None)]
        (row,) = (await here.backend.changes(cursor)).workflows
    assert (row.last_run.run_id, row.is_running) == ("790", True)


async def test_the_histories_of_all_are_one_with_the_newest_first():
    service = of_contract({("GET", ROOT): [workflow(1, "a"), workflow(2, "b")]})
    for own_id, hours in ((1, (9, 5)), (2, (7, 3))):
        service["GET", f"{ROOT}/{own_id}/executions"] = [
            execution(hour, created_at=f"2025-01-08T0{hour}:00:00Z", workflow_id=own_id)
            for hour in hours
        ]
    async with near(service) as here:
        runs = await everything(here.backend.history(HistoryQuery(limit=3)))
    assert [(run.run_id, run.dataset_name) for run in runs] == [("9", "a"), ("7", "b"), ("5", "a")]


async def test_more_executions_come_page_by_page_and_none_twice():
    pages = Turns(
        [
            [execution(number) for number in range(100, 50, -1)],
            [execution(number) for number in range(51, 41, -1)],
        ]
    )
    service = with_one({("GET", RUNS): pages})
    async with near(service) as here:
        runs = await everything(here.backend.history(HistoryQuery(workflow=NAME)))
    assert [run.run_id for run in runs] == [str(number) for number in range(100, 41, -1)]


async def test_an_execution_whose_workflow_nobody_named_is_looked_for():
    async with near(with_one({("GET", f"{ROOT}/executions/789/steps"): []})) as here:
        run = await here.backend.run_status(RunRef("789"))
        assert (run.dataset_name, run.status) == (NAME, RunStatus.COMPLETED)
        with pytest.raises(WorkflowNotFoundError):
            await here.backend.run_status(RunRef("1"))


async def test_who_looks_at_a_run_and_its_steps_asks_for_them_once():
    steps = f"{ROOT}/executions/789/steps"
    told = [{"id": 1, "step_order": 1, "step_name": "a", "status": "running"}]
    async with near(with_one({("GET", steps): told})) as here:
        run = await here.backend.run_status(RunRef("789", NAME))
        assert (run.progress.total_tasks, run.progress.current_task) == (1, "a")
        await here.backend.steps(run.ref)
        assert here.service.paths().count(steps) == 1
        here.clock.move(3)
        await here.backend.steps(run.ref)
        assert here.service.paths().count(steps) == 2


# Sagas


async def test_where_no_orchestrator_answers_sagas_are_off_with_what_helps():
    async with near(of_contract()) as here:
        with pytest.raises(Unsupported, match=f"no saga service answers at {SAGAS}"):
            await here.backend.sagas()
        assert not {Capability.SAGAS, Capability.EVENTS, Capability.STOP} & (
            here.backend.capabilities
        )
        assert "--saga-url" in here.backend.why_not(Capability.STOP)


async def test_without_an_address_of_their_own_sagas_are_looked_for_beside_the_workflows():
    service = of_contract({("GET", "/sagas/"): {"sagas": [], "total": 0}})
    async with near(service, service, saga_url=None) as here:
        assert await here.backend.sagas() == ()
        assert Capability.SAGAS in here.backend.capabilities


def saga(status="running", **more):
    return {"id": "s1", "type": "workflow_execution", "status": status, "steps": [], **more}


async def test_a_run_is_stopped_by_cancelling_its_saga():
    ours = saga(correlation_id="workflow-123-execution-789")
    others = saga(correlation_id="workflow-123-execution-78") | {"id": "s2"}
    sagas = Service(
        {
            ("GET", "/api/v1/sagas/"): {"sagas": [others, ours]},
            ("GET", "/api/v1/sagas/s1"): ours,
            ("POST", "/api/v1/sagas/s1/cancel"): {"status": "cancelled"},
        }
    )
    going = with_one({("GET", RUNS): [execution(status="running")]})
    async with near(going, sagas) as here:
        result = await here.backend.stop(RunRef("789", NAME))
        assert here.sagas.sent() == [("POST", "/api/v1/sagas/s1/cancel", {})]
    assert result.run_status is RunStatus.STOPPING


async def test_a_run_without_a_saga_can_not_be_stopped():
    going = with_one({("GET", RUNS): [execution(status="running")]})
    sagas = Service({("GET", "/api/v1/sagas/"): {"sagas": [saga()]}})
    async with near(going, sagas) as here:
        with pytest.raises(WorkflowExecutionError, match="no saga belongs to it"):
            await here.backend.stop(RunRef("789", NAME))
        assert here.sagas.sent() == []


async def test_a_cancel_is_called_asked_for_until_a_look_says_more():
    sagas = Service(
        {
            ("GET", "/api/v1/sagas/"): {"sagas": []},
            ("GET", "/api/v1/sagas/s1"): saga(),
            ("POST", "/api/v1/sagas/s1/cancel"): {"status": "cancelled"},
        }
    )
    async with near(sagas=sagas) as here:
        told = await here.backend.cancel_saga("s1")
    assert (told.status, told.cancel_requested) == ("running", True)


async def test_one_path_that_an_orchestrator_lacks_does_not_turn_the_others_off():
    sagas = Service({("GET", "/api/v1/sagas/"): {"sagas": []}})
    async with near(sagas=sagas) as here:
        assert await here.backend.saga_types() == ()
        assert Capability.SAGAS in here.backend.capabilities


# Health


async def test_a_report_tells_both_services_and_what_may_still_be_asked():
    service = of_contract({("GET", "/health"): {"status": "healthy", "components": {"db": "up"}}})
    sagas = Service({("GET", "/health/"): {"status": "degraded", "components": {"bus": "down"}}})
    async with near(service, sagas) as here:
        report = await here.backend.health()
    told = [(part.name, part.status.value) for part in report.components]
    assert told == [("db", "healthy"), ("saga service", "degraded"), ("sagas: bus", "unhealthy")]
    looking = next(one for one in report.budgets if one.name == "looking")
    assert looking.remaining == looking.limit - 1


async def test_an_orchestrator_that_is_down_is_told_as_a_part():
    service = of_contract({("GET", "/health"): {"status": "healthy"}})
    down = Service({("GET", "/health/"): httpx.ConnectError("refused")})
    async with near(service, down) as here:
        report = await here.backend.health()
    (part,) = report.components
    assert (part.name, part.status.value) == ("saga service", "unhealthy")
    assert "can't be reached" in part.message
    assert report.status.value == "degraded"


async def test_too_many_requests_are_heeded_by_whoever_asks_next():
    service = of_contract({("GET", "/health"): (429, {"detail": "Too many requests"})})
    async with near(service) as here:
        with pytest.raises(ServerError, match="fewer requests"):
            await here.backend.health()
        asked = len(here.service.asked)
        with pytest.raises(ServerError, match="no requests for looking for a while"):
            await here.backend.health()
        assert len(here.service.asked) == asked


# Rows that can't be read


async def test_a_row_that_can_not_be_read_stays_and_says_why():
    service = of_contract({("GET", ROOT): [workflow(1, "a"), {"name": "no id"}, 7]})
    service["GET", f"{ROOT}/1/executions"] = []
    async with near(service) as here:
        rows = await everything(here.backend.workflows(WorkflowQuery(limit=9)))
        assert [(row.dataset_name, row.unreadable) for row in rows] == [
            ("a", None),
            ("(unreadable)", "it has no id"),
            ("(unreadable 2)", "a number came for a workflow"),
        ]
        assert (await here.backend.changes(None)).workflows == tuple(rows)

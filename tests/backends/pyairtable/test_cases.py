"""The cases of the service and of the orchestrator, each under its id."""

import json

import httpx
import pytest

from dli_tui.backends.pyairtable.budgets import LIMITS, Budgets
from dli_tui.domain.errors import (
    ConnectionFailedError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
)
from dli_tui.domain.ids import LogRef, RunRef
from dli_tui.domain.query import (
    HistoryQuery,
    NewEvent,
    NewSaga,
    Registration,
    RunRequest,
    WorkflowQuery,
)
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.status import (
    HealthStatus,
    RunStatus,
    SagaStatus,
    StepStatus,
    WorkflowStatus,
)
from dli_tui.domain.template import NewFromTemplate, Template, TemplateDraft
from dli_tui.present import showing
from dli_tui.wire.failures import Operation
from tests.backends.pyairtable.recorded import (
    ROOT,
    Service,
    near,
    of_contract,
    workflow,
)
from tests.cases import cases_of
from tests.support import everything

CASES = {**cases_of("pyairtable-wire"), **cases_of("saga-wire")}
SAGA = "/api/v1/sagas/7f83"


def answer_of(case_id):
    reply = CASES[case_id]["response"]
    return reply["status"], reply["body"]


def of_case(case_id, answers=None):
    """A service that answers a case as is written there."""
    asked = CASES[case_id]["request"]
    return of_contract({**(answers or {}), (asked["method"], asked["path"]): answer_of(case_id)})


def sent(here, path):
    """The body of the write that went to that path."""
    (found,) = [body for _, at, body in here.service.sent() + here.sagas.sent() if at == path]
    return found


def body_of(case_id):
    return CASES[case_id]["request"]["body"]


def test_every_case_has_a_test_that_bears_its_name():
    tests = {name.split("_")[1] for name in globals() if name.startswith(("test_pa", "test_sg"))}
    assert {case_id.replace("-", "").lower()[:4] for case_id in CASES} == tests


# Templates


async def test_pa01_templates_are_asked_for_with_both_kinds_of_key():
    async with near(of_case("PA-01")) as here:
        found = await here.backend.templates(category="integration", search="http")
        asked = next(one for one in here.service.asked if "search" in one.url.params)
    assert [one.name for one in found] == ["Simple HTTP Request"]
    wanted = CASES["PA-01"]["request"]["query"]
    query = dict(asked.url.params)
    assert {key: query[key] for key in ("category", "search", "page")} == {
        "category": wanted["category"],
        "search": wanted["search"],
        "page": "1",
    }
    assert query["public_only"] == "false", "one's own private ones are wanted too"
    assert (asked.headers["Authorization"], asked.headers["X-API-Key"]) == ("Bearer k", "k")


async def test_pa02_shelves_are_told_with_their_counts():
    async with near(of_case("PA-02")) as here:
        found = await here.backend.template_categories()
    told = [f"{one.display_name} ({one.count})" for one in found]
    assert told == CASES["PA-02"]["expect"]["filter_choices"]


@pytest.mark.parametrize("status", CASES["PA-03"]["expect"]["accepts_status"])
async def test_pa03_a_template_is_made(status):
    service = of_case("PA-03")
    service["POST", "/api/v1/templates"] = status, CASES["PA-03"]["response"]["body"]
    wanted = body_of("PA-03")
    draft = TemplateDraft(**{**wanted, "tags": tuple(wanted["tags"].split(","))})
    async with near(service) as here:
        made = await here.backend.create_template(draft)
        assert sent(here, "/api/v1/templates") == wanted
    assert made.id == "7"


async def test_pa07_a_workflow_is_made_of_a_template():
    wanted = body_of("PA-07")
    made = {("GET", f"{ROOT}/123"): workflow(name="Daily Data Sync")}
    service = of_case("PA-07", {**made, ("GET", f"{ROOT}/123/executions"): []})
    template = Template(
        id="1",
        name="t",
        template_config={
            "steps": [{"name": "fetch_data", "type": "http_request", "config": {"url": "{{url}}"}}]
        },
    )
    request = NewFromTemplate(
        template_id="1",
        workflow_name=wanted["workflow_name"],
        workflow_description=wanted["workflow_description"],
        custom_config=template.custom_config({"url": "https://api.example.com/data"}),
        cron_schedule=wanted["cron_schedule"],
        is_scheduled=True,
    )
    async with near(service) as here:
        made = await here.backend.create_from_template(request)
        assert sent(here, "/api/v1/templates/create-workflow") == wanted
    assert (made.workflow_id, made.dataset_name) == ("123", "Daily Data Sync")


async def test_pa08_whatever_is_counted_is_told_and_nothing_has_to_be():
    async with near(of_case("PA-08")) as here:
        usage = await here.backend.template_usage("1")
        here.service["GET", "/api/v1/templates/2/usage-stats"] = {"odd": None, "days": {"mon": 3}}
        other = await here.backend.template_usage("2")
    assert usage.facts == {"usage_count": 5, "success_rate": 98.7}
    assert (other.facts, other.series["days"][0].count) == ({}, 3)


# Workflows


async def test_pa10_the_old_shape_of_a_list_is_read():
    old = Service({("GET", "/workflows"): answer_of("PA-10")})
    old["GET", "/workflows/1/executions"] = {"executions": []}
    async with near(old) as here:
        rows = await everything(here.backend.workflows(WorkflowQuery(name="log")))
    wanted = CASES["PA-10"]["expect"]["rows"][0]
    assert [(row.workflow_id, row.cron) for row in rows] == [(str(wanted["id"]), wanted["cron"])]


async def test_pa11_a_workflow_is_made():
    wanted = body_of("PA-11")
    told = CASES["PA-11"]["response"]["body"]
    service = of_case("PA-11", {("GET", f"{ROOT}/123"): told})
    service["GET", f"{ROOT}/123/executions"] = []
    spec = {key: wanted[key] for key in wanted if key not in ("name", "is_enabled")}
    request = Registration(wanted["name"], ScheduleConfig(), yaml_content=json.dumps(spec))
    async with near(service) as here:
        made = await here.backend.register(request)
        body = sent(here, ROOT)
    assert {key: body[key] for key in wanted} == wanted
    assert made.workflow_id == str(CASES["PA-11"]["expect"]["id"])


async def test_pa12_what_is_paused_by_disabling_says_so_and_can_go_on():
    told = CASES["PA-12"]["response"]["body"]
    service = of_case("PA-12", {("GET", ROOT): [told | {"is_enabled": True}]})
    async with near(service) as here:
        result = await here.backend.pause(told["name"])
        assert sent(here, f"{ROOT}/123") == body_of("PA-12")
        row = next(iter(here.backend._book.infos()))
    assert result.workflow_status.value == CASES["PA-12"]["expect"]["shown_status"]
    assert (row.status, row.raw_status) == (WorkflowStatus.DISABLED, "paused")


async def test_pa14_an_execution_is_started_and_can_be_followed():
    wanted = body_of("PA-14")
    service = of_case("PA-14", {("GET", ROOT): [workflow()]})
    async with near(service) as here:
        request = RunRequest("Data Processing Workflow", wanted["trigger_data"])
        result = await here.backend.run(request)
        assert sent(here, f"{ROOT}/123/execute") == wanted
    assert result.run_id == str(CASES["PA-14"]["expect"]["follow_execution"])


async def runs_of(service, name, **query):
    async with near(service) as here:
        found = await everything(here.backend.history(HistoryQuery(workflow=name, **query)))
        steps = await here.backend.steps(found[0].ref)
        return found, steps, here.service.asked


async def test_pa16_executions_are_runs():
    service = of_case("PA-16", {("GET", ROOT): [workflow()]})
    service["GET", f"{ROOT}/executions/789/steps"] = []
    found, _, asked = await runs_of(service, "Data Processing Workflow", status=RunStatus.COMPLETED)
    (history,) = [one for one in asked if one.url.path == f"{ROOT}/123/executions"]
    wanted = CASES["PA-16"]["request"]["query"]
    assert dict(history.url.params) == {key: str(value) for key, value in wanted.items()}
    told = [(run.run_id, run.status, run.duration_seconds) for run in found]
    assert told == [("789", RunStatus.COMPLETED, 1.5)]


async def test_pa17_wrapped_executions_in_seconds_tell_their_steps_and_log():
    row = {"id": 1, "name": "Log wf", "config": {"steps": []}, "status": "active"}
    old = Service({("GET", "/workflows"): {"workflows": [row], "total": 1}})
    old["GET", "/workflows/1/executions"] = answer_of("PA-17")
    async with near(old) as here:
        (run,) = await everything(here.backend.history(HistoryQuery(workflow="Log wf")))
        steps = await here.backend.steps(run.ref)
        log = await here.backend.logs(LogRef(run.ref, "a"))
    wanted = CASES["PA-17"]["expect"]["rows"][0]
    assert (round(run.duration_seconds * 1000), run.status) == (
        wanted["duration_ms"],
        RunStatus.COMPLETED,
    )
    assert [(step.name, step.concluded) for step in steps] == [("a", True)]
    assert [line.text for line in log.lines] == ["Executing step 1: a"]


async def test_pa18_steps_come_in_their_order_with_their_times():
    reply = CASES["PA-18"]["response"]
    service = of_case("PA-18")
    service["GET", f"{ROOT}/executions/789/steps"] = reply["status"], reply["body"][::-1]
    async with near(service) as here:
        steps = await here.backend.steps(RunRef("789"))
    began = steps[0].started_at
    told = [
        [
            round((step.started_at - began).total_seconds() * 1000),
            round((step.finished_at - began).total_seconds() * 1000),
        ]
        for step in steps
    ]
    assert told == CASES["PA-18"]["expect"]["waterfall_ms"]
    assert [(step.name, step.attempt, step.error_message) for step in steps] == [
        ("validate_file", 1, None),
        ("extract_content", 4, "boom"),
    ]
    assert steps[0].output_data == {"valid": True, "size": 1024}


async def test_pa19_only_a_step_that_failed_is_retried():
    service = of_case("PA-19")
    service["GET", f"{ROOT}/executions/789/steps"] = answer_of("PA-18")
    async with near(service) as here:
        with pytest.raises(WorkflowExecutionError, match="step 'validate_file' is completed"):
            await here.backend.retry(RunRef("789"), ["validate_file"])
        assert here.service.sent() == []
        result = await here.backend.retry(RunRef("789"), ["extract_content"])
        assert here.service.sent() == [("POST", f"{ROOT}/steps/2/retry", {})]
    assert result.run_status is RunStatus.RUNNING


async def test_pa22_a_run_that_failed_though_every_step_gave_something():
    config = {"steps": [{"name": "validate_file"}, {"name": "sync_data"}]}
    one = workflow(own_id=1, name="wf", workflow_config=config)
    service = of_case("PA-22", {("GET", ROOT): [one]})
    # This generation tells no steps.
    del service.answers["GET", f"{ROOT}/executions/0/steps"]
    (run,), steps, _ = await runs_of(service, "wf")
    assert (run.status, run.duration_seconds) == (RunStatus.FAILED, 1.0)
    assert "offset-naive" in run.error_message
    assert {step.status for step in steps} == {StepStatus.COMPLETED}
    assert all(step.output_data for step in steps)


# Health and limits


async def report_of(case_id):
    async with near(of_case(case_id), saga_url=None) as here:
        report = await here.backend.health()
        assert await everything(here.backend.workflows(WorkflowQuery())) == []
        return report


async def test_pa23_a_report_with_parts_and_numbers():
    report = await report_of("PA-23")
    wanted = CASES["PA-23"]["expect"]["panel"]
    assert (report.status, len(report.components)) == (wanted["status"], wanted["components"])
    assert dict(showing.health_sheet(report).metrics)["success rate 24h"] == wanted["success_rate"]


async def test_pa24_parts_that_are_objects_and_no_numbers():
    report = await report_of("PA-24")
    assert [(one.name, one.status) for one in report.components] == [
        ("database", HealthStatus.HEALTHY)
    ]
    assert showing.health_sheet(report).metrics == ()


async def test_pa25_a_service_that_is_not_well_is_asked_all_the_same():
    assert (await report_of("PA-25")).status is HealthStatus.UNHEALTHY


async def test_pa30_no_more_is_polled_in_a_minute_than_is_allowed():
    limits = dict(
        zip(LIMITS, CASES["PA-30"]["expect"]["max_requests_per_minute"].values(), strict=True)
    )
    assert limits == LIMITS
    now, sent_at = [0.0], []

    async def sleep(seconds):
        now[0] += seconds

    budgets = Budgets(lambda: now[0], sleep)
    for _ in range(1_500):
        await budgets.spend(Operation.LIST, write=False)
        sent_at.append(now[0])
        now[0] += 0.001
    busiest = max(sum(start <= moment < start + 60 for moment in sent_at) for start in set(sent_at))
    assert busiest <= LIMITS["looking"]


async def test_pa31_what_a_run_fills_in_is_shown_as_it_stands():
    text = CASES["PA-31"]["request"]["text"]
    template = Template(
        id="1",
        name="t",
        template_config={"steps": [{"name": "a", "type": "log", "config": {"message": text}}]},
    )
    row = showing.template_row(template, {})
    (step,) = showing.template_sheet(template, row).steps
    assert text in " ".join(step.settings)
    assert template.fields == ()


# Sagas


async def test_sg01_a_saga_tells_how_far_it_is():
    service = of_case("SG-01")
    async with near(sagas=service) as here:
        (saga,) = await here.backend.sagas()
        asked = here.sagas.asked[-1]
    wanted = CASES["SG-01"]["expect"]["rows"][0]
    assert (saga.saga_id, saga.saga_type, saga.status) == (
        wanted["id"],
        wanted["type"],
        wanted["status"],
    )
    assert "{}/{}".format(*saga.place) == wanted["progress"]
    assert (asked.headers["Authorization"], asked.headers["X-API-Key"]) == ("Bearer k", "k")


async def test_sg03_the_flat_list_has_no_kinds():
    async with near(sagas=Service({("GET", "/saga"): answer_of("SG-03")})) as here:
        (saga,) = await here.backend.sagas()
    wanted = CASES["SG-03"]["expect"]["rows"][0]
    assert (saga.saga_id, "{}/{}".format(*saga.place)) == (wanted["id"], wanted["progress"])
    assert saga.error_message == "HTTP 405: {}"


def orchestrator(answers):
    return Service({("GET", "/api/v1/sagas/"): {"sagas": []}, **answers})


async def test_sg04_a_saga_belongs_to_its_execution():
    async with near(sagas=orchestrator({("GET", SAGA): answer_of("SG-04")})) as here:
        saga = await here.backend.saga("7f83")
    wanted = CASES["SG-04"]["expect"]
    assert (len(saga.steps), saga.current_step) == (wanted["steps"], wanted["current_step"])
    assert saga.correlation_id.endswith(f"execution-{wanted['correlates_execution']}")


async def test_sg07_a_saga_that_is_gone():
    gone = orchestrator({("GET", "/api/v1/sagas/nope"): answer_of("SG-07")})
    async with near(sagas=gone) as here:
        with pytest.raises(WorkflowNotFoundError, match="Saga 'nope' not found") as caught:
            await here.backend.saga("nope")
    assert "expire" in caught.value.hint


async def test_sg08_a_saga_is_started_and_may_take_its_time():
    wanted = body_of("SG-08")
    answers = {("POST", "/api/v1/sagas/start"): answer_of("SG-08")}
    async with near(sagas=orchestrator(answers)) as here:
        saga = await here.backend.start_saga(
            NewSaga(
                wanted["saga_type"],
                wanted["input_data"],
                wanted["correlation_id"],
                wanted["tenant_id"],
            )
        )
        assert sent(here, "/api/v1/sagas/start") == wanted
        (start,) = [one for one in here.sagas.asked if one.method == "POST"]
    assert saga.saga_id == CASES["SG-08"]["expect"]["id"]
    assert start.extensions["timeout"]["read"] >= 120, "it was seen to take 12 s, and may more"


async def test_sg09_an_event_is_told():
    wanted = body_of("SG-09")
    answers = {("POST", "/api/v1/events/publish"): answer_of("SG-09")}
    async with near(sagas=orchestrator(answers)) as here:
        told = await here.backend.publish(
            NewEvent(
                wanted["event_type"],
                wanted["data"],
                wanted["aggregate_type"],
                wanted["aggregate_id"],
                wanted["correlation_id"],
            )
        )
        assert sent(here, "/api/v1/events/publish") == wanted
    assert (told.status, told.event_id) == ("published", "e1")


@pytest.mark.parametrize("case_id", [one for one in CASES if one.startswith("SG-10")])
async def test_sg10_every_status_is_known(case_id):
    async with near(sagas=orchestrator({("GET", SAGA): answer_of(case_id)})) as here:
        saga = await here.backend.saga("7f83")
    assert saga.status is not SagaStatus.UNKNOWN
    assert saga.status.is_terminal is CASES[case_id]["expect"]["terminal"]


async def test_sg11_with_the_orchestrator_down_all_else_goes_on():
    down = Service({("GET", "/api/v1/sagas/"): httpx.ConnectError("refused")})
    service = of_contract({("GET", ROOT): [workflow()], ("GET", f"{ROOT}/123/executions"): []})
    async with near(service, down) as here:
        with pytest.raises(ConnectionFailedError):
            await here.backend.sagas()
        rows = await everything(here.backend.workflows(WorkflowQuery(name="data")))
    assert [row.workflow_id for row in rows] == ["123"]

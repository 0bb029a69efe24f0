"""What must hold while others change things, gateways answer, and several tasks ask at once."""

import asyncio

import httpx
import pytest

from dli_tui.backends.pyairtable import definitions, runlogs, shelf
from dli_tui.backends.pyairtable.convert import one_execution
from dli_tui.backends.pyairtable.line import is_no_route
from dli_tui.backends.pyairtable.place import Routes
from dli_tui.client import WorkflowClient
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import (
    AnswerLostError,
    ServerError,
    WorkflowError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowRegistrationError,
)
from dli_tui.domain.ids import LogRef, RunRef
from dli_tui.domain.query import (
    HistoryQuery,
    NewConfiguration,
    NewEvent,
    Registration,
    RunRequest,
    WorkflowQuery,
)
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.status import HealthStatus, WorkflowStatus
from dli_tui.wire.health import health_of
from tests.backends.pyairtable.recorded import (
    NO_ROUTE,
    ROOT,
    Service,
    Turns,
    execution,
    near,
    of_contract,
    workflow,
)
from tests.backends.pyairtable.test_adapter import LOG, NAME, ONE, RUNS, saga, with_one
from tests.support import everything

NEW = Registration("new", ScheduleConfig(cron="0 9 * * *"))
CONTRACT = Routes(ROOT, has_steps=True, has_templates=True)
GONE = (404, {"detail": "Workflow not found"})
STEPS: dict[tuple[str, str], list[object]] = {("GET", f"{ROOT}/executions/789/steps"): []}


class Fronted(Service):
    """A service in front of which something else may answer first."""

    def __init__(self, behind, first):
        super().__init__()
        self.answers, self.asked, self._first = behind.answers, behind.asked, first

    async def handle(self, request):
        found = await self._first(request)
        return await super().handle(request) if found is None else found


def of_many(*told, **runs):
    """A service with these workflows; `w1=[…]` are the executions of the one with the id 1."""
    service = of_contract({("GET", ROOT): list(told)})
    for one in told:
        service["GET", f"{ROOT}/{one['id']}"] = one
        service["GET", f"{ROOT}/{one['id']}/executions"] = runs.get(f"w{one['id']}", [])
    return service


async def listed(backend):
    """The list as a dashboard reads it, and the cursor to go on from."""
    cursor = await backend.cursor()
    await everything(backend.workflows(WorkflowQuery()))
    return cursor


# A yes and a no


@pytest.mark.parametrize("body", [b"", b"{}", b'{"message": "no Route matched"}', b"[]"])
@pytest.mark.parametrize(
    "deed",
    [
        lambda b: b.unregister(NAME, force=True),
        lambda b: b.configure(NewConfiguration(NAME, LOG)),
        lambda b: b.delete_template("1"),
        lambda b: b.cancel_saga("s1"),
    ],
)
async def test_a_no_of_a_gateway_is_never_taken_for_a_yes(deed, body):
    sagas = Service({("GET", "/api/v1/sagas/"): {"sagas": []}, ("GET", "/api/v1/sagas/s1"): saga()})

    async def refusing(request):
        return None if request.method == "GET" else httpx.Response(404, content=body)

    service, sagas = Fronted(with_one(), refusing), Fronted(sagas, refusing)
    async with near(service, sagas) as here:
        with pytest.raises((ServerError, WorkflowError)) as no:
            await deed(here.backend)
    assert not isinstance(no.value, AnswerLostError)


async def test_a_yes_may_have_any_words():
    sagas = Service({("GET", "/api/v1/sagas/"): {"sagas": []}})
    sagas["POST", "/api/v1/events/publish"] = {"detail": "queued", "event_id": "e1"}
    async with near(sagas=sagas) as here:
        assert (await here.backend.publish(NewEvent("e"))).event_id == "e1"


async def test_a_yes_without_what_was_asked_for_is_a_lost_answer():
    async with near(of_contract({("POST", ROOT): {"detail": "created"}})) as here:
        with pytest.raises(AnswerLostError, match="the id of a workflow was expected"):
            await here.backend.register(NEW)


@pytest.mark.parametrize("later", [GONE, (403, {"detail": "no"}), workflow(9, "another")])
async def test_what_was_made_is_not_called_failed_when_it_can_not_be_looked_at(later):
    service = of_contract({("POST", ROOT): {"id": 123}, ("GET", ONE): later})
    async with near(service) as here:
        with pytest.raises(AnswerLostError, match="was accepted, but"):
            await here.backend.register(NEW)


async def test_a_list_that_was_read_before_does_not_lose_what_was_just_made():
    async def meanwhile(request):
        if request.url.path != RUNS:
            return None
        # The poll ends in between, with a list from before.
        await here.backend.changes(None)
        return httpx.Response(200, json=[])

    service = of_contract({("POST", ROOT): {"id": 123}, ("GET", ONE): workflow(name="new")})
    async with near(Fronted(service, meanwhile)) as here:
        assert (await here.backend.register(NEW)).dataset_name == "new"


# Pausing


async def test_an_answer_without_the_workflow_is_not_taken_for_one():
    held = workflow(is_enabled=False)
    service = with_one({("PUT", ONE): {"message": "updated", "workflow_id": 123}})
    service["GET", ONE] = held
    async with near(service) as here:
        result = await here.backend.pause(NAME)
        assert [body for _, _, body in here.service.sent()] == [{"is_enabled": False}]
        assert (await here.backend.workflow(NAME))[0].dataset_name == NAME
    assert result.workflow_status is WorkflowStatus.DISABLED


async def test_what_lets_one_go_on_is_not_taken_for_what_holds_another():
    service = of_many(workflow(1, "a", is_enabled=False), workflow(2, "b"))
    service["PUT", f"{ROOT}/1"] = workflow(1, "a")
    service["PUT", f"{ROOT}/2"] = Turns([workflow(2, "b"), workflow(2, "b", status="paused")])
    async with near(service) as here:
        await here.backend.unpause("a")
        assert (await here.backend.pause("b")).workflow_status is WorkflowStatus.PAUSED


# Which one is meant


async def test_what_was_shown_under_a_name_is_what_is_changed_or_nothing_is():
    service = of_many(workflow(1, "a"), workflow(2, "b"))
    service["POST", f"{ROOT}/2/execute"] = {"execution_id": 9}
    async with near(service) as here:
        await listed(here.backend)
        service["GET", ROOT] = [workflow(1, "b"), workflow(2, "a")]
        service["GET", f"{ROOT}/1"], service["GET", f"{ROOT}/2"] = service.answers["GET", ROOT]
        client = WorkflowClient(here.backend, clock=here.clock)
        with pytest.raises(WorkflowExecutionError, match="#2 instead of #1") as caught:
            await client.run("a")
        assert "do it again if that one is meant" in caught.value.hint
        assert here.service.sent() == []
        assert (await client.run("a")).run_id == "9"


async def test_a_name_that_is_made_anew_is_found_at_its_new_id():
    service = of_many(workflow(1, "a"))
    async with near(service) as here:
        await listed(here.backend)
        service["GET", ROOT] = [workflow(5, "a")]
        service["GET", f"{ROOT}/1"] = GONE
        service["GET", f"{ROOT}/5"] = workflow(5, "a")
        service["GET", f"{ROOT}/5/executions"] = []
        (row,) = await here.backend.workflow("a")
    assert row.workflow_id == "5"


async def test_a_name_is_never_the_id_of_another():
    service = of_many(workflow(5, "a"), workflow(9, "#5"))
    for own_id in (5, 9):
        service["POST", f"{ROOT}/{own_id}/execute"] = {"execution_id": own_id}
    async with near(service) as here:
        rows = await everything(here.backend.workflows(WorkflowQuery()))
        assert [row.dataset_name for row in rows[-2:]] == ["a", "#5 #9"]
        assert (await here.backend.run(RunRequest("#5"))).run_id == "5"
        assert (await here.backend.run(RunRequest("#5 #9"))).run_id == "9"


async def test_an_address_with_an_id_is_good_when_the_other_bearer_is_gone():
    service = of_many(workflow(1, "twice"), workflow(2, "twice"), w1=[execution(7, workflow_id=1)])
    async with near(service) as here:
        await listed(here.backend)
        service["GET", ROOT] = [workflow(1, "twice")]
        service["GET", f"{ROOT}/executions/7/steps"] = []
        changes = await here.backend.changes(None)
        assert [row.dataset_name for row in changes.workflows] == ["twice"]
        runs = await everything(here.backend.history(HistoryQuery(workflow="twice #1")))
        assert [run.run_id for run in runs] == ["7"]
        assert (await here.backend.run_status(RunRef("7", "twice #1"))).dataset_name == "twice"


async def test_the_history_of_an_id_is_that_of_its_workflow():
    async with near(with_one(STEPS)) as here:
        client = WorkflowClient(here.backend, clock=here.clock)
        result = await client.history(HistoryQuery(workflow="#123"))
        assert [run.run_id for run in result.runs] == ["789"]
        run = await client.run_now(RunRef("789", "#123"))
        assert run.dataset_name == NAME


async def test_a_run_may_be_named_behind_its_workflow():
    async with near(with_one(STEPS)) as here:
        client = WorkflowClient(here.backend, clock=here.clock)
        assert (await client.run_now(f"{NAME}/789")).run_id == "789"
        with pytest.raises(WorkflowNotFoundError):
            await client.run_now("other/789")


async def test_runs_bear_the_name_of_now_also_where_their_answer_has_not_moved():
    service = with_one()
    async with near(service) as here:
        await everything(here.backend.history(HistoryQuery(workflow=NAME)))
        service["GET", ROOT] = [workflow(name="other")]
        await here.backend.changes(None)
        runs = await everything(here.backend.history(HistoryQuery(workflow="other")))
    assert [run.dataset_name for run in runs] == ["other"]


async def test_another_workflow_than_was_asked_for_is_not_taken_for_it():
    service = with_one({("GET", ONE): workflow(9, "other")})
    async with near(service) as here:
        with pytest.raises(ServerError, match="told of another workflow"):
            await here.backend.workflow(NAME)


# Sagas of runs


def going(**sagas):
    return with_one({("GET", RUNS): [execution(status="running")]}), Service(
        {("GET", "/api/v1/sagas/"): {"sagas": list(sagas.values())}}
        | {("GET", f"/api/v1/sagas/{key}"): one for key, one in sagas.items()}
        | {("POST", f"/api/v1/sagas/{key}/cancel"): {"status": "cancelled"} for key in sagas}
    )


@pytest.mark.parametrize(
    "other",
    [
        {"correlation_id": "workflow-7-execution-789"},
        {"input_data": {"workflow_id": 7, "execution_id": 789}},
    ],
)
async def test_the_execution_of_another_service_is_not_stopped(other):
    service, sagas = going(s1=saga(**other))
    async with near(service, sagas) as here:
        with pytest.raises(WorkflowExecutionError, match="no saga belongs to it"):
            await here.backend.stop(RunRef("789", NAME))
        assert here.sagas.sent() == []


async def test_of_several_sagas_the_one_that_goes_on_is_cancelled():
    mark = {"correlation_id": "workflow-123-execution-789"}
    over = saga("completed", created_at="2026-03-10T09:00:00Z", **mark)
    still = saga("running", created_at="2026-03-10T08:00:00Z", **mark) | {"id": "s2"}
    service, sagas = going(s1=over, s2=still)
    async with near(service, sagas) as here:
        await here.backend.stop(RunRef("789", NAME))
        assert [path for _, path, _ in here.sagas.sent()] == ["/api/v1/sagas/s2/cancel"]


async def test_an_orchestrator_that_refuses_to_tell_its_health_does_not_hide_the_rest():
    service = of_contract({("GET", "/health"): {"status": "healthy"}})
    async with near(service, Service({("GET", "/health/"): (403, {"detail": "no"})})) as here:
        report = await here.backend.health()
    assert report.status is HealthStatus.DEGRADED
    assert report.components[0].status is HealthStatus.UNHEALTHY


# Changes


async def test_a_list_that_somebody_else_reads_takes_no_change_away():
    service = of_many(workflow(1, "a"))
    async with near(service) as here:
        cursor = await listed(here.backend)
        service["GET", ROOT] = [workflow(1, "a", description="new"), workflow(2, "b")]
        service["GET", f"{ROOT}/2/executions"] = []
        await everything(here.backend.workflows(WorkflowQuery()))
        changes = await here.backend.changes(cursor)
    assert [row.dataset_name for row in changes.workflows] == ["a", "b"]
    assert not changes.whole


async def test_who_else_reads_the_list_takes_no_news_of_a_run_away():
    many = [workflow(number, f"w{number}", total_executions=1) for number in range(1, 31)]
    service = of_many(*many)
    async with near(service) as here:
        cursor = await listed(here.backend)
        service["GET", ROOT] = [*many[:-1], workflow(30, "w30", total_executions=2)]
        service["GET", f"{ROOT}/30/executions"] = [execution(9, workflow_id=30)]
        with pytest.raises(WorkflowNotFoundError):
            await here.backend.run(RunRequest("unknown"))
        (row,) = (await here.backend.changes(cursor)).workflows
    assert row.last_run.run_id == "9"


async def test_when_a_name_is_borne_twice_the_bare_one_is_gone_and_back_again():
    service = of_many(workflow(1, "a"))
    async with near(service) as here:
        cursor = await listed(here.backend)
        service["GET", ROOT] = [workflow(1, "a"), workflow(2, "a")]
        service["GET", f"{ROOT}/2/executions"] = []
        twice = await here.backend.changes(cursor)
        service["GET", ROOT] = [workflow(1, "a")]
        once = await here.backend.changes(twice.cursor)
    told = [
        ([row.dataset_name for row in one.workflows], sorted(key.name for key in one.gone))
        for one in (twice, once)
    ]
    assert told == [(["a #1", "a #2"], ["a"]), (["a"], ["a #1", "a #2"])]


async def test_one_workflow_that_is_ill_or_gone_does_not_take_the_list_with_it():
    service = of_many(workflow(1, "a"), workflow(2, "b"), w1=[execution(7, workflow_id=1)])
    for refusal in ((500, {"detail": "boom"}), GONE, (403, {"detail": "no"})):
        service["GET", f"{ROOT}/2/executions"] = refusal
        async with near(service) as here:
            changes = await here.backend.changes(None)
            recent = await here.backend.recent_runs(["a", "b"], 5)
        assert [row.dataset_name for row in changes.workflows] == ["a", "b"]
        assert [len(recent[name]) for name in ("a", "b")] == [1, 0]


async def test_without_knowing_its_runs_nothing_is_unregistered_but_by_force():
    service = with_one({("GET", RUNS): (500, {"detail": "boom"})})
    async with near(service) as here:
        with pytest.raises(WorkflowExecutionError, match="history couldn't be read"):
            await here.backend.unregister(NAME)
        assert here.service.sent() == []


async def test_a_name_that_means_several_costs_the_others_nothing():
    service = of_many(workflow(1, "a"), workflow(2, "a"), workflow(3, "b"), w3=[execution(7)])
    async with near(service) as here:
        found = await here.backend.recent_runs(["a", "b"], 5)
    assert (found["a"], len(found["b"])) == ((), 1)


async def test_where_one_history_breaks_off_the_others_are_ended_and_that_is_told():
    async def slowly(request):
        if request.url.path == f"{ROOT}/1/executions":
            return httpx.Response(500, json={"detail": "boom"})
        if request.url.path.endswith("/executions"):
            await asyncio.sleep(30)
        return None

    service = of_many(*(workflow(number, f"w{number}") for number in range(1, 5)))
    async with near(Fronted(service, slowly)) as here:
        with pytest.raises(WorkflowExecutionError, match="history couldn't be read"):
            await asyncio.wait_for(everything(here.backend.history(HistoryQuery())), 5)


async def test_a_run_is_told_also_where_its_steps_can_not_be():
    service = with_one({("GET", f"{ROOT}/executions/789/steps"): (500, {"detail": "boom"})})
    async with near(service) as here:
        run = await here.backend.run_status(RunRef("789", NAME))
        assert (run.run_id, run.progress) == ("789", None)
        with pytest.raises(WorkflowExecutionError, match="steps of run '789'"):
            await here.backend.steps(run.ref)


# Pages


async def test_smaller_pages_than_were_asked_for_are_read_to_their_end():
    names = [f"w{number}" for number in range(1, 8)]
    every = [workflow(number, name) for number, name in enumerate(names, start=1)]
    service = Service({("GET", f"/workflows/{one['id']}/executions"): [] for one in every})

    async def in_threes(request):
        if request.url.path != "/workflows":
            return None
        start = int(request.url.params.get("skip", 0))
        page = {"workflows": every[start : start + 3], "total": 7, "skip": start, "limit": 3}
        return httpx.Response(200, json=page)

    async with near(Fronted(service, in_threes)) as here:
        rows = (await here.backend.changes(None)).workflows
    assert [row.dataset_name for row in rows] == names


@pytest.mark.parametrize("name", ["templates", "sagas"])
async def test_so_are_those_of_templates_and_sagas(name):
    every = [{"id": number, "name": f"n{number}", "type": "t"} for number in range(1, 8)]

    path = {"templates": "/api/v1/templates", "sagas": "/api/v1/sagas/"}[name]

    async def in_threes(request):
        if request.url.path != path:
            return None
        given = request.url.params
        start = (int(given["page"]) - 1) * 3 if "page" in given else int(given.get("offset", 0))
        return httpx.Response(200, json={name: every[start : start + 3], "total": 7})

    async with near(Fronted(of_contract(), in_threes), Fronted(Service(), in_threes)) as here:
        assert len(await getattr(here.backend, name)()) == 7


# Parts that are ill


@pytest.mark.parametrize("status", [403, 500, 503])
async def test_templates_that_are_ill_take_nothing_else_with_them(status):
    service = with_one({("GET", "/api/v1/templates"): (status, {"detail": "boom"})})
    async with near(service) as here:
        assert len(await here.backend.workflow(NAME)) == 1
        assert Capability.TEMPLATES in here.backend.capabilities


@pytest.mark.parametrize("body", ["<html><title>404 Not Found</title></html>", "", "{}"])
async def test_a_path_that_a_gateway_does_not_know_is_not_there(body):
    async def gateway(request):
        is_of_templates = request.url.path == "/api/v1/templates"
        return httpx.Response(404, text=body) if is_of_templates else None

    async with near(Fronted(with_one(), gateway)) as here:
        assert len(await here.backend.workflow(NAME)) == 1
        assert Capability.TEMPLATES not in here.backend.capabilities


# Whatever is told


async def test_words_of_the_service_are_one_safe_line_wherever_they_stand():
    service = of_many(workflow("1\x1b[2J", "twice"), workflow("2\n3", "twice"))
    async with near(service) as here:
        with pytest.raises(WorkflowExecutionError) as caught:
            await here.backend.run(RunRequest("twice"))
    assert caught.value.hint.isprintable()


async def test_numbers_without_end_are_no_numbers():
    endless = "9" * 5_000
    log = f"Executing step {endless}: a\nStep {endless} failed: no"
    told = one_execution(execution(status="failed", logs=log, result_data={}))
    assert runlogs.chunk(told, "a", endless).lines
    assert runlogs.chunk(told, "a", "²").lines
    service = Service({("GET", "/workflows"): {"workflows": [workflow()], "total": 1}})
    service["GET", "/workflows/executions/789"] = execution(logs=log, result_data={})
    async with near(service) as here:
        assert (await here.backend.run_status(RunRef("789", NAME))).run_id == "789"
        with pytest.raises(WorkflowNotFoundError):
            await here.backend.logs(LogRef(RunRef("789", NAME), "b"))
    async with near(of_contract()) as here:
        with pytest.raises(WorkflowNotFoundError, match="Template"):
            await here.backend.template(endless)


def test_half_a_pair_can_be_written_wherever_it_stands():
    half = "\ud800"
    usage = shelf.usage_of({half: half, "s": {half: 1}, "l": [{"day": half, "count": 1}]}, "1")
    assert usage.model_dump_json()
    report = {"status": half, "components": {half: {"status": "up", "message": half}}}
    assert health_of(200, report | {"metrics": {half: 1}}).model_dump_json()


@pytest.mark.parametrize(
    "steps",
    [
        "[{name: a, type: wait, config: {seconds: 1}}, {name: a, type: log, config: {message: m}}]",
        "[{name: a, type: log, config: {message: m}}, just words]",
        "[{name: a, type: [log], config: {message: m}}]",
    ],
)
def test_no_step_of_a_spec_is_left_out_unseen(steps):
    with pytest.raises(WorkflowRegistrationError, match="can't be registered"):
        definitions.registration_body(NEW._replace(yaml_content=f"steps: {steps}"), CONTRACT)


def test_a_route_that_is_missing_is_told_from_what_is_missing_there():
    assert is_no_route(404, NO_ROUTE)
    assert is_no_route(405, {"detail": "whatever"})
    assert not is_no_route(404, {"detail": "Workflow not found"})
    assert not is_no_route(400, None)

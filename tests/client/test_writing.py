"""What is checked before a write is sent, and what its answer becomes."""

from typing import Any

import pytest

from dli_tui.client import WorkflowClient
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import (
    ConnectionFailedError,
    DLIError,
    ErrorCode,
    ServerError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowPermissionError,
)
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillScope, NewSaga, Registration
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.status import ResultStatus, RunStatus, SourceType, WorkflowStatus
from dli_tui.domain.template import NewFromTemplate
from tests.support_backends import CODE, MANUAL, PAIR, ScriptedBackend, SharedIds, done, row

DAILY = ScheduleConfig(cron="0 9 * * *")
WEEK: dict[str, Any] = {"start_date": "2026-03-01", "end_date": "2026-03-07"}

WRITES = {
    "register": lambda c: c.register(Registration("new", DAILY)),
    "unregister": lambda c: c.unregister("d"),
    "run": lambda c: c.run("d"),
    "backfill": lambda c: c.backfill("d", **WEEK),
    "stop": lambda c: c.stop("r1"),
    "retry": lambda c: c.retry("r1"),
    "pause": lambda c: c.pause("d"),
    "unpause": lambda c: c.unpause("asleep"),
    "create_from_template": lambda c: c.create_from_template(
        NewFromTemplate(template_id="1", workflow_name="new")
    ),
    "cancel_saga": lambda c: c.cancel_saga("s1"),
    "start_saga": lambda c: c.start_saga(NewSaga("kind")),
}
ROWS = (
    row("d"),
    row("asleep", status=WorkflowStatus.PAUSED),
    row("off", status=WorkflowStatus.DISABLED),
    row("git", source_type=CODE),
    *PAIR,
)


class Viewed(ScriptedBackend):
    """A place that knows why it doesn't offer something."""

    def why_not(self, capability):
        return f"Your role here is viewer: ask for {capability}"


@pytest.fixture
def backend():
    return ScriptedBackend(ROWS)


@pytest.fixture
def client(backend, clock):
    return WorkflowClient(backend, clock=clock)


async def refused(awaitable, code):
    with pytest.raises(DLIError) as caught:
        await awaitable
    assert caught.value.code is code
    return caught.value


@pytest.fixture(params=WRITES)
def write(request):
    return request.param


async def test_a_write_is_sent_once(client, backend, write):
    await WRITES[write](client)
    assert backend.sent == [write]


async def test_a_write_whose_answer_was_lost_is_not_sent_again(clock, write):
    backend = ScriptedBackend(ROWS, cues={write: [ConnectionFailedError("cut")]})
    error = await refused(WRITES[write](WorkflowClient(backend)), ErrorCode.SERVER_UNREACHABLE)
    assert error.message == "cut"
    assert backend.sent == [write]


async def test_a_read_only_client_sends_no_write(backend, clock, write):
    client = WorkflowClient(backend, clock=clock, read_only=True)
    error = await refused(WRITES[write](client), ErrorCode.WORKFLOW_PERMISSION_DENIED)
    assert "read-only" in error.message
    assert backend.sent == []


async def test_a_read_only_client_plans_and_checks_all_the_same(backend, clock):
    client = WorkflowClient(backend, clock=clock, read_only=True)
    assert (await client.run("d", dry_run=True)).dry_run
    assert (await client.backfill("d", **WEEK, dry_run=True)).total_runs == 7


# Registration


@pytest.mark.parametrize(
    ("name", "schedule", "code"),
    [
        ("a b", DAILY, ErrorCode.WORKFLOW_REGISTRATION_FAILED),
        ("new", ScheduleConfig(cron="60 * * * *"), ErrorCode.WORKFLOW_INVALID_CRON),
        ("new", ScheduleConfig(cron="0 9 * * *", timezone="KST9"), ErrorCode.CONFIG_INVALID),
    ],
)
async def test_a_wrong_registration_asks_nobody(client, backend, name, schedule, code):
    await refused(client.register(Registration(name, schedule)), code)
    assert backend.calls == []


@pytest.mark.parametrize("name", ["git", "pair"])
@pytest.mark.parametrize("force", [False, True])
async def test_nothing_is_registered_over_code(client, backend, name, force):
    await refused(
        client.register(Registration(name, DAILY, force=force)),
        ErrorCode.WORKFLOW_PERMISSION_DENIED,
    )
    assert backend.sent == []


async def test_a_name_that_is_taken_is_refused_before_anything_is_sent(client, backend):
    error = await refused(
        client.register(Registration("d", DAILY)), ErrorCode.WORKFLOW_ALREADY_EXISTS
    )
    assert "--force" in error.hint
    assert backend.sent == []


async def test_a_workflow_without_a_cron_can_be_registered(client):
    result = await client.register(Registration("new", ScheduleConfig()))
    assert result.workflow_info is not None
    assert (result.workflow_info.cron, result.workflow_info.next_run) == (None, None)


async def test_a_registration_answers_with_the_row_and_its_next_run(client):
    result = await client.register(Registration("new", DAILY))
    assert (result.status, result.source_type) == (ResultStatus.SUCCESS, SourceType.MANUAL)
    assert result.message == "Workflow 'new' registered successfully"
    assert result.previous is None
    assert result.workflow_info is not None
    assert str(result.workflow_info.next_run) == "2026-03-11 09:00:00+00:00"


DISABLED = Registration("new", ScheduleConfig(cron="0 9 * * *", enabled=False))


async def test_what_is_registered_disabled_is_registered_then_paused(client, backend):
    result = await client.register(DISABLED)
    assert backend.sent == ["register", "pause"]
    assert result.workflow_info is not None
    assert result.workflow_info.status is WorkflowStatus.PAUSED
    assert result.workflow_info.next_run is None


async def test_what_a_server_registers_paused_is_not_paused_again():
    asleep = row("new", status=WorkflowStatus.PAUSED)
    backend = ScriptedBackend(register=[asleep])
    result = await WorkflowClient(backend).register(DISABLED)
    assert backend.sent == ["register"]
    assert result.workflow_info == asleep


async def test_if_that_pause_fails_the_error_says_that_it_is_active():
    backend = ScriptedBackend(pause=[ServerError("busy")])
    error = await refused(
        WorkflowClient(backend).register(DISABLED), ErrorCode.WORKFLOW_REGISTRATION_FAILED
    )
    assert error.message == "'new' is registered and ACTIVE: it couldn't be paused (busy)"
    assert error.hint == "Pause it now: dli-tui workflow pause new"


@pytest.mark.parametrize("name", ["git", "pair"])
async def test_code_is_not_unregistered_and_the_manual_row_stays(client, backend, name):
    error = await refused(client.unregister(name), ErrorCode.WORKFLOW_PERMISSION_DENIED)
    assert error.message == "Cannot unregister: CODE workflow. Use Git to remove."
    assert backend.sent == []


async def test_an_unregistered_name_is_gone(client, backend):
    result = await client.unregister("d", force=True)
    assert result.message == "Workflow 'd' unregistered"
    assert backend.arrived("unregister") == [True]
    assert await client.get("d") is None


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.unregister("no"),
        lambda c: c.run("no"),
        lambda c: c.run("no", dry_run=True),
        lambda c: c.backfill("no", **WEEK),
        lambda c: c.pause("no"),
        lambda c: c.unpause("no"),
    ],
    ids=["unregister", "run", "dry run", "backfill", "pause", "unpause"],
)
async def test_an_unknown_name_is_not_found_and_nothing_is_sent(client, backend, call):
    error = await refused(call(client), ErrorCode.WORKFLOW_NOT_FOUND)
    assert isinstance(error, WorkflowNotFoundError)
    assert error.dataset_name == "no"
    assert backend.sent == []


# State rules: the same on every backend


@pytest.mark.parametrize(
    ("name", "source", "code"),
    [
        ("asleep", None, ErrorCode.WORKFLOW_INVALID_STATE),
        ("off", None, ErrorCode.WORKFLOW_INVALID_STATE),
        ("pair", MANUAL, ErrorCode.WORKFLOW_OVERRIDDEN),
    ],
)
async def test_what_does_not_fire_is_neither_run_nor_backfilled(
    client, backend, name, source, code
):
    for dry_run in (False, True):
        await refused(client.run(name, source=source, dry_run=dry_run), code)
        error = await refused(client.backfill(name, **WEEK, source=source, dry_run=dry_run), code)
        assert error.hint
    assert backend.sent == []


@pytest.mark.parametrize("name", ["git", "pair"])
async def test_code_is_run_backfilled_and_paused_like_any_other(client, backend, name):
    await client.run(name)
    await client.backfill(name, **WEEK)
    await client.pause(name)
    assert backend.sent == ["run", "backfill", "pause"]


@pytest.mark.parametrize(
    ("name", "source", "code"),
    [
        ("off", None, ErrorCode.WORKFLOW_INVALID_STATE),
        ("pair", MANUAL, ErrorCode.WORKFLOW_OVERRIDDEN),
    ],
)
async def test_a_schedule_that_is_not_in_force_is_neither_paused_nor_resumed(
    client, backend, name, source, code
):
    await refused(client.pause(name, source=source), code)
    await refused(client.unpause(name, source=source), code)
    assert backend.sent == []


async def test_pausing_what_is_paused_sends_nothing_and_says_so(client, backend):
    result = await client.pause("asleep", reason="again")
    assert (result.status, result.workflow_status) == (ResultStatus.SUCCESS, WorkflowStatus.PAUSED)
    assert "already paused" in (result.message or "")
    assert backend.sent == []


async def test_resuming_what_is_active_sends_nothing_and_says_so(client, backend):
    result = await client.unpause("d")
    assert (result.status, result.workflow_status) == (ResultStatus.SUCCESS, WorkflowStatus.ACTIVE)
    assert "already active" in (result.message or "")
    assert backend.sent == []


async def test_what_a_server_pauses_by_disabling_can_be_resumed():
    held = row("d", status=WorkflowStatus.DISABLED, raw_status="disabled (paused)")
    backend = ScriptedBackend([held])
    await WorkflowClient(backend).pause("d")
    assert backend.sent == []
    await WorkflowClient(backend).unpause("d")
    assert backend.sent == ["unpause"]


async def test_a_reason_goes_along(client, backend):
    await client.pause("d", reason="move")
    await client.unpause("asleep", reason="moved")
    await client.stop("r1", reason="wrong date")
    assert backend.arrived("pause") == ["move"]
    assert backend.arrived("unpause") == ["moved"]
    assert backend.arrived("stop") == [(RunRef("r1"), "wrong date")]


# Runs


@pytest.mark.parametrize("given", [{"when": object()}, {"": 1}, {"x": float("nan")}])
async def test_wrong_parameters_ask_nobody(client, backend, given):
    await refused(client.run("d", parameters=given), ErrorCode.CONFIG_INVALID)
    assert backend.calls == []


async def test_a_run_takes_its_parameters_along(client, backend):
    result = await client.run("d", parameters={"date": "2026-03-01"})
    (request,) = backend.arrived("run")
    assert (request.dataset_name, request.parameters) == ("d", {"date": "2026-03-01"})
    assert (result.run_id, result.message) == ("r1", "Run triggered")


async def test_a_message_of_the_server_stays():
    backend = ScriptedBackend([row("d")], run=[done("d", message="queued as number 7")])
    assert (await WorkflowClient(backend).run("d")).message == "queued as number 7"


@pytest.mark.parametrize(
    ("without", "trusted", "sent"),
    [
        ((), False, ["run"]),
        ((Capability.DRY_RUN,), True, ["run"]),
        ((Capability.DRY_RUN,), False, []),
    ],
    ids=["offered", "trusted", "neither"],
)
async def test_a_dry_run_is_sent_only_where_it_is_known_to_start_nothing(without, trusted, sent):
    backend = ScriptedBackend(ROWS, without=without)
    client = WorkflowClient(backend, trust_dry_run=trusted)
    result = await client.run("d", dry_run=True, parameters={"a": 1})
    assert backend.sent == sent
    assert all(request.dry_run for request in backend.arrived("run"))
    assert result.dry_run


async def test_a_dry_run_is_sent_once_it_is_offered():
    backend = ScriptedBackend(ROWS, without=[Capability.DRY_RUN])
    client = WorkflowClient(backend)
    backend.capabilities |= {Capability.DRY_RUN}
    await client.run("d", dry_run=True)
    assert backend.sent == ["run"]


@pytest.mark.parametrize(
    ("lacking", "call"),
    [
        (Capability.BACKFILL_PARALLEL, lambda c: c.backfill("d", **WEEK, parallel=True)),
        (Capability.BACKFILL_SLOTS, lambda c: c.backfill("d", **WEEK, scope=BackfillScope.FAILED)),
        (Capability.STEPS, lambda c: c.steps("r1")),
    ],
)
async def test_what_is_not_offered_is_refused_with_the_reason_of_the_place(lacking, call):
    backend = Viewed(ROWS, without=[lacking])
    error = await refused(call(WorkflowClient(backend)), ErrorCode.WORKFLOW_EXECUTION_FAILED)
    assert error.message == f"Your role here is viewer: ask for {lacking}"
    assert backend.sent == []


async def test_a_dry_run_that_is_not_sent_says_what_it_checked():
    backend = ScriptedBackend(ROWS, without=[Capability.DRY_RUN])
    result = await WorkflowClient(backend).run("d", dry_run=True, parameters={"a": 1})
    assert (result.dry_run, result.run_id, result.run_status) == (True, None, None)
    assert result.parameters == {"a": 1}


async def test_a_stop_says_killed_and_keeps_the_raw_word(client):
    result = await client.stop("r1")
    assert (result.run_status, result.raw_status) == (RunStatus.KILLED, "STOPPING")
    assert result.message == "Run stopped successfully"


async def test_a_stop_of_an_unknown_run_is_a_failed_execution():
    backend = ScriptedBackend(stop=[WorkflowNotFoundError(run_id="r9")])
    error = await refused(WorkflowClient(backend).stop("r9"), ErrorCode.WORKFLOW_EXECUTION_FAILED)
    assert type(error) is WorkflowExecutionError
    assert (error.message, error.run_id) == ("Run 'r9' not found", "r9")


async def test_a_run_is_addressed_with_its_workflow_where_ids_are_shared():
    backend = SharedIds()
    client = WorkflowClient(backend)
    await client.stop("d/scheduled__2026-03-10")
    await client.retry(RunRef("r1", "e"), ["load"])
    assert backend.arrived("stop") == [(RunRef("scheduled__2026-03-10", "d"), None)]
    assert backend.arrived("retry") == [(RunRef("r1", "e"), ("load",))]


# Templates and sagas


async def test_a_saga_is_started_with_what_was_given_and_nothing_else(client, backend):
    made = await client.start_saga(NewSaga(" kind ", {"id": 7}, "run-1"))
    assert backend.arrived("start_saga") == [NewSaga("kind", {"id": 7}, "run-1")]
    assert made.saga_type == "kind"


@pytest.mark.parametrize("request_", [NewSaga(" "), NewSaga("kind", {"id": float("nan")})])
async def test_what_can_not_be_a_saga_is_not_sent(client, backend, request_):
    await refused(client.start_saga(request_), ErrorCode.CONFIG_INVALID)
    assert backend.calls == []


async def test_a_template_with_a_wrong_cron_is_not_sent(client, backend):
    request = NewFromTemplate(template_id="1", workflow_name="new", cron_schedule="@daily")
    await refused(client.create_from_template(request), ErrorCode.WORKFLOW_INVALID_CRON)
    assert backend.calls == []


async def test_a_refusal_is_the_answer_and_stays_what_it_is(clock):
    backend = ScriptedBackend(ROWS, run=[WorkflowPermissionError("role too low")])
    error = await refused(WorkflowClient(backend).run("d"), ErrorCode.WORKFLOW_PERMISSION_DENIED)
    assert error.message == "role too low"


async def test_where_runs_are_of_no_date_no_backfill_is_planned_or_started(clock):
    backend = ScriptedBackend(ROWS, without=[Capability.BACKFILL, Capability.SEQUENCES])
    client = WorkflowClient(backend, clock=clock)
    for call in (client.backfill("d", **WEEK), client.backfill("d", **WEEK, dry_run=True)):
        error = await refused(call, ErrorCode.WORKFLOW_EXECUTION_FAILED)
        assert "doesn't offer a backfill" in error.message
        assert "workflow run d" in error.hint
    assert backend.calls == []

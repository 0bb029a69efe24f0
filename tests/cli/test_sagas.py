"""`dli-tui saga …`: what was done and undone, and what a service is told."""

import json

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.domain.query import NewEvent, NewSaga
from dli_tui.domain.saga import Saga, SagaStep, SagaType
from dli_tui.domain.status import SagaStatus, StepStatus
from tests.cli.conftest import DEMO, as_typed
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend

BACK = Saga(
    saga_id="s1",
    saga_type="order",
    status=SagaStatus.COMPENSATING,
    correlation_id="run-5",
    tenant_id="acme",
    input_data={"order_id": 7, "note": "a b"},
    created_at=NOW,
    error_message="carrier answered 503",
    steps=(
        SagaStep(
            name="reserve",
            service="stock",
            command="Reserve",
            compensation="Release",
            status=StepStatus.COMPLETED,
            compensation_status=StepStatus.COMPLETED,
        ),
        SagaStep(
            name="ship",
            service="carrier",
            command="Ship",
            status=StepStatus.FAILED,
            error_message="503",
        ),
    ),
)
ASKED = Saga(saga_id="s2", saga_type="order", status=SagaStatus.RUNNING, cancel_requested=True)
ODD = Saga(saga_id="s3", saga_type="x", status=SagaStatus.UNKNOWN, raw_status="WOBBLING")


class Service(ScriptedBackend):
    """Three sagas."""

    async def sagas(self):
        return (BACK, ASKED, ODD)

    async def saga(self, saga_id):
        if saga_id != "s1":
            raise WorkflowNotFoundError(f"Saga '{saga_id}' not found", hint="They expire.")
        return BACK


@pytest.fixture
def service(world):
    kinds = (SagaType(name="order", required_fields=("order_id", "email")),)
    return world(Service(saga_types=[kinds] * 3), ManualClock(NOW))


# Looking


def test_a_list_counts_what_is_done_and_what_is_undone(cli, service):
    assert cli("saga", "list", "--demo").stdout.splitlines() == [
        "SAGA  TYPE   STATUS                      DONE  UNDONE  CREATED",
        "s1    order  compensating                1/2   1/1     2026-03-10 09:41:00",
        "  carrier answered 503",
        "s2    order  running (cancel requested)  0/0   -       -",
        "s3    x      unknown (WOBBLING)          0/0   -       -",
        "",
        "Total: 3 sagas shown (3 available)",
    ]


@pytest.mark.parametrize(
    ("words", "ids", "total"),
    [
        (["--status", "RUNNING"], ["s2"], 1),
        (["-n", "1"], ["s1"], 3),
        (["--status", "failed"], [], 0),
    ],
    ids=as_typed,
)
def test_a_list_is_narrowed(cli, service, words, ids, total):
    found = json.loads(cli("saga", "list", *words, "-f", "json", "--demo").stdout)
    assert [one["saga_id"] for one in found["sagas"]] == ids
    assert (found["total_count"], found["status"]) == (total, "success")


@pytest.mark.parametrize("words", [["--status", "odd"], ["-n", "0"], ["--nope"]], ids=as_typed)
def test_a_list_that_can_not_be_is_wrong_use(cli, service, words):
    assert cli("saga", "list", *words, "--demo").exit_code == 2


def test_a_saga_is_told_in_two_lanes(cli, service):
    assert cli("saga", "show", "s1", "--demo").stdout.splitlines() == [
        "Saga: s1",
        "Type: order",
        "Status: compensating",
        "Correlation: run-5",
        "Tenant: acme",
        "Data: order_id = 7, note = a b",
        "Created: 2026-03-10 09:41:00",
        "Error: carrier answered 503",
        "",
        "STEP     SERVICE  COMMAND  DONE       COMPENSATION  UNDONE",
        "reserve  stock    Reserve  completed  Release       completed",
        "ship     carrier  Ship     failed     -             -",
        "  503",
    ]


def test_a_saga_as_json_is_the_model(cli, service):
    done = cli("saga", "show", "s1", "-f", "json", "--demo")
    assert Saga.model_validate_json(done.stdout) == BACK


def test_a_saga_that_is_gone_is_said_to_be(cli, service):
    done = cli("saga", "show", "s9", "--demo")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error [DLI-800]: Saga 's9' not found\n       They expire.\n"


# Doing


def test_a_saga_is_started_with_data_and_pairs_together(cli, service):
    given = ("--data", '{"order_id": 7}', "-p", "email=a@example.com")
    ids = ("--correlation-id", "run-5", "--tenant-id", "acme")
    done = cli("saga", "start", "order", *given, *ids, "--demo")
    assert (done.exit_code, done.stdout.splitlines()) == (
        0,
        ["Saga started: s1", "  Follow it: dli-tui saga show s1"],
    )
    data = {"order_id": 7, "email": "a@example.com"}
    assert service.arrived("start_saga") == [NewSaga("order", data, "run-5", "acme")]


def test_a_cancel_is_asked_for_and_not_said_to_be_done(cli, service):
    done = cli("saga", "cancel", "s1", "--demo")
    assert done.stdout.splitlines()[0] == "Cancel requested: s1"
    found = json.loads(cli("saga", "cancel", "s1", "-f", "json", "--demo").stdout)
    assert found["status"] == "compensating"
    assert service.sent == ["cancel_saga", "cancel_saga"]


def test_an_event_is_published_as_it_was_said(cli, service):
    about = ("--aggregate-type", "order", "--aggregate-id", "7", "--correlation-id", "c")
    done = cli("saga", "publish", "order.placed", "--data", '{"n": 1}', *about, "--demo")
    assert (done.exit_code, done.stdout) == (0, "Event published: order.placed (e1)\n")
    assert service.arrived("publish") == [NewEvent("order.placed", {"n": 1}, "order", "7", "c")]


def test_a_dry_run_says_what_would_be_sent(cli, service):
    start = ("saga", "start", "order", "-p", "order_id=7", "-p", "email=x", "--dry-run")
    assert cli(*start, "--demo").stdout.splitlines() == [
        "Saga type: order",
        'Input data: {"order_id": 7, "email": "x"}',
        "No request was sent.",
    ]
    publish = ("saga", "publish", "placed", "--data", '{"n": 1}', "--aggregate-id", "7")
    found = json.loads(cli(*publish, "--dry-run", "-f", "json", "--demo").stdout)
    assert found == {"event_type": "placed", "data": {"n": 1}, "aggregate_id": "7"}
    assert service.sent == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nope", "-p", "order_id=7"], "There is no saga 'nope'"),
        (["order", "-p", "order_id=7"], "Saga 'order' lacks email"),
    ],
    ids=as_typed,
)
def test_a_dry_run_refuses_what_the_server_would_refuse(cli, service, words, said):
    done = cli("saga", "start", *words, "--dry-run", "--demo")
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr


def test_where_the_kinds_are_not_told_any_may_be_rehearsed(cli, world):
    world(Service(), ManualClock(NOW))
    assert cli("saga", "start", "whatever", "--dry-run", "--demo").exit_code == 0


@pytest.mark.parametrize(
    "data", ["", "[1]", "7", "{", '{"a": NaN}', '{"a": 1, "a": 2}', "{'a': 1}"], ids=repr
)
def test_data_that_is_no_object_is_refused(cli, service, data):
    for words in (["start", "order"], ["publish", "placed"]):
        done = cli("saga", *words, "--data", data, "--demo")
        assert (done.exit_code, done.stdout) == (1, "")
        assert "Error [DLI-001]: --data" in done.stderr
    assert service.sent == []


def test_a_value_in_data_and_in_a_pair_is_one_too_many(cli, service):
    done = cli("saga", "start", "order", "--data", '{"a": 1}', "-p", "a=2", "--demo")
    assert (done.exit_code, service.sent) == (1, [])
    assert "'a' is in --data and in -p" in done.stderr


def test_an_event_needs_its_data(cli, service):
    assert cli("saga", "publish", "placed", "--demo").exit_code == 2


def test_a_place_without_events_says_so(cli, world):
    done = cli("saga", "publish", "placed", "--data", "{}", *DEMO)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "Error [DLI-802]: The demo doesn't offer publishing an event\n"
    world(Service(without=[Capability.EVENTS]), ManualClock(NOW))
    done = cli("saga", "publish", "placed", "--data", "{}", "--dry-run", "--demo")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "doesn't offer publishing an event" in done.stderr


def test_the_demos_saga_is_started_and_cancelled(cli):
    made = cli("saga", "start", "order_fulfilment", "-p", "order_id=7", "-f", "json", "--demo")
    saga_id = json.loads(made.stdout)["saga_id"]
    assert cli("saga", "show", saga_id, "--demo").exit_code == 0
    assert cli("saga", "cancel", saga_id, "--demo").exit_code == 0

"""Mock mode says yes, and remembers what was registered and paused."""

from datetime import date

import pytest

from dli_tui.backends.mock import MockBackend
from dli_tui.client import WorkflowClient
from dli_tui.domain.capability import Capability
from dli_tui.domain.clock import FixedClock
from dli_tui.domain.errors import Unsupported
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import HistoryQuery, Registration, RunRequest, WorkflowQuery
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.status import ResultStatus, RunStatus, SourceType, WorkflowStatus
from tests.support_backends import NOW


@pytest.fixture
def backend():
    return MockBackend(clock=FixedClock(NOW))


@pytest.fixture
def client(backend):
    return WorkflowClient(backend, clock=FixedClock(NOW))


async def names(client, **query):
    found = await client.list_workflows(WorkflowQuery(**query))
    return [one.dataset_name for one in found.workflows]


async def test_every_name_is_known(client):
    found = await client.get("any.name")
    assert found is not None
    assert (found.source_type, found.status, found.cron) == ("manual", "active", "0 9 * * *")
    assert found.next_run == NOW


async def test_two_are_listed_from_the_start(client):
    assert await names(client) == ["mock.dataset.one", "mock.dataset.two"]
    assert await names(client, source=SourceType.CODE) == ["mock.dataset.two"]
    assert await names(client, status=WorkflowStatus.PAUSED) == ["mock.dataset.two"]
    assert await names(client, name="ONE") == ["mock.dataset.one"]


async def test_what_is_paused_is_listed_as_paused_until_it_is_resumed(client):
    result = await client.pause("d", reason="why")
    assert result.message == "Mock: Workflow 'd' paused"
    assert await names(client, status=WorkflowStatus.PAUSED) == ["mock.dataset.two", "d"]
    found = await client.get("d")
    assert found is not None
    assert (found.reason, found.next_run) == ("why", None)
    result = await client.unpause("d")
    assert result.message == "Mock: Workflow 'd' resumed"
    assert await names(client, status=WorkflowStatus.PAUSED) == ["mock.dataset.two"]


async def test_what_is_registered_is_listed_and_what_is_unregistered_is_not(client):
    schedule = ScheduleConfig(cron="0 8 * * *", timezone="Asia/Seoul")
    result = await client.register(Registration("d", schedule, owner="me@example.com"))
    assert result.status is ResultStatus.SUCCESS
    found = await client.get("d")
    assert found is not None
    assert (found.cron, found.timezone, found.owner) == (
        "0 8 * * *",
        "Asia/Seoul",
        "me@example.com",
    )
    assert (await client.unregister("d")).message == "Mock: Workflow 'd' unregistered"
    assert "d" not in await names(client)


async def test_registering_twice_is_no_trouble(client):
    request = Registration("d", ScheduleConfig(cron="0 8 * * *"))
    for _ in range(2):
        assert (await client.register(request)).status is ResultStatus.SUCCESS


async def test_run_ids_begin_with_mock(backend):
    result = await backend.run(RunRequest("d", {"a": 1}))
    assert (result.run_id, result.run_status) == ("mock_d_20260310_094100", RunStatus.PENDING)
    assert result.parameters == {"a": 1}
    dry = await backend.run(RunRequest("d", dry_run=True))
    assert (dry.run_status, dry.message) == (None, "Mock: Dry run validated")


async def test_a_backfill_counts_its_slots(client):
    result = await client.backfill("d", start_date=date(2025, 1, 1), end_date=date(2025, 1, 7))
    assert result.run_id == "mock_backfill_d_2025-01-01_2025-01-07"
    assert result.total_runs == 7


async def test_every_run_is_known_and_went_well(backend):
    assert (await backend.run_status(RunRef("any"))).status is RunStatus.COMPLETED


async def test_the_history_has_one_run_of_the_name_that_is_asked_for(client):
    found = await client.history(HistoryQuery(workflow="x"))
    assert [(one.run_id, one.dataset_name) for one in found.runs] == [("mock_run_001", "x")]
    assert (await client.history(HistoryQuery(status=RunStatus.FAILED))).runs == []


async def test_a_stop_is_a_kill_at_once(client):
    result = await client.stop("r1", reason="why")
    assert (result.run_status, result.reason) == (RunStatus.KILLED, "why")


@pytest.mark.parametrize(
    ("capability", "call"),
    [
        (Capability.STEPS, lambda b: b.steps(RunRef("r"))),
        (Capability.RETRY, lambda b: b.retry(RunRef("r"))),
        (Capability.TEMPLATES, lambda b: b.templates()),
        (Capability.SAGAS, lambda b: b.sagas()),
        (Capability.HEALTH, lambda b: b.health()),
    ],
)
async def test_what_it_does_not_offer_it_refuses(backend, capability, call):
    assert capability not in backend.capabilities
    with pytest.raises(Unsupported):
        await call(backend)

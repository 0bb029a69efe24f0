"""Sagas as 003 documents them, and as the service before it was recorded."""

import pytest

from tests.playground.asking import SAGAS, Asked, ask, step
from tests.playground.recorded import SEED, samples, unlike

RECORDED = samples("src")
OK = "4eeace7f-b767-4ef5-b80a-d86a2d561fa7"
FAILED = "608692d8-054b-4548-9c3d-b0daa954c56d"
OPEN = "7f834f16-a736-479e-9ecb-aece8d151511"
"""Under which ids one that went well, one that didn't and one under way were recorded."""
USER = {"user_id": "u1", "email": "a@example.com", "first_name": "A", "tenant_id": "t"}


class Src:
    """The recorded orchestrator, and our ids for its ids."""

    def __init__(self):
        self.asked = Asked(sagas="src", stocked=False)
        self.ids = {}

    async def start(self, recorded, user_id):
        body = {"saga_type": "user_onboarding", "input_data": USER | {"user_id": user_id}}
        answer = await self.asked.sagas("POST", "/sagas/start", body, headers={})
        self.ids[recorded] = answer.json()["saga_id"]

    async def replay(self, name):
        wanted = RECORDED[name]["request"]
        path = wanted["path"]
        for recorded, ours in self.ids.items():
            path = path.replace(recorded, ours)
        return await self.asked.sagas(wanted["method"], path, wanted["body"], headers={})


@pytest.fixture
async def src():
    """One that is over and well, one that was undone, one under way."""
    made = Src()
    await made.start(OK, "u1")
    await made.start(FAILED, "failme")
    made.asked.clock.move(60)
    await made.start(OPEN, "slow")
    made.asked.clock.move(2)
    return made


@pytest.mark.parametrize("name", RECORDED)
async def test_the_older_one_answers_as_it_was_recorded(src, name):
    answer = await src.replay(name)
    assert unlike(RECORDED[name], answer) == []
    recorded = RECORDED[name]["response"]["body"]
    if "status" in recorded:
        assert answer.json()["status"] == recorded["status"]


async def test_of_a_saga_that_was_undone_its_steps_still_read_completed(src):
    told = (await src.replay("get_compensated")).json()
    recorded = RECORDED["get_compensated"]["response"]["body"]
    assert [one["status"] for one in told["steps"]] == [one["status"] for one in recorded["steps"]]
    assert told["current_step"] == recorded["current_step"]
    assert told["output_data"] == {"ok": True}


async def test_a_list_without_its_slash_is_sent_on(src):
    answer = await src.asked.sagas("GET", "/sagas?status=running", headers={})
    assert answer.status_code == 307
    assert answer.headers["location"].endswith("/sagas/?status=running")


async def test_a_cancelled_one_is_compensated_while_its_step_still_reads_running(src):
    await src.replay("cancel_running")
    src.asked.clock.move(60)
    told = (await src.replay("get_running")).json()
    assert told["status"] == "compensated"
    assert [one["status"] for one in told["steps"]][:2] == ["running", "pending"]


# 003


async def started(asked, kind="user_onboarding", **given):
    body = {"saga_type": kind, "input_data": USER | given, "tenant_id": "tenant-1"}
    answer = await asked.sagas("POST", f"{SAGAS}/start", body)
    assert answer.status_code == 200, answer.text
    return answer.json()["saga_id"]


async def stand(asked, saga_id):
    return (await asked.sagas("GET", f"{SAGAS}/{saga_id}")).json()


async def test_it_is_asked_under_api_v1_with_a_key(empty):
    assert (await empty.sagas("GET", f"{SAGAS}/")).json() == {"sagas": [], "total": 0}
    refused = await empty.sagas("GET", f"{SAGAS}/", headers={})
    assert (refused.status_code, refused.json()["error_code"]) == (401, "UNAUTHORIZED")


async def test_a_saga_goes_step_by_step_to_its_end(empty):
    saga_id = await started(empty)
    seen = []
    for _ in range(5):
        told = await stand(empty, saga_id)
        seen.append((told["status"], told["current_step"]))
        empty.clock.move(3.5)
    assert seen == [
        ("pending", 0),
        ("running", 0),
        ("running", 2),
        ("running", 3),
        ("completed", 4),
    ]
    assert (told["tenant_id"], told["completed_at"]) == ("tenant-1", "2026-11-20T14:07:16Z")


async def test_one_that_fails_is_undone_backwards(empty):
    saga_id = await started(empty, fail_at="Setup Default Airtable Integration")
    empty.clock.move(13)
    told = await stand(empty, saga_id)
    assert told["status"] == "compensating"
    # The mail can't be taken back.
    assert [one["status"] for one in told["steps"]] == [
        "completed",
        "compensating",
        "completed",
        "failed",
    ]
    empty.clock.move(4)
    told = await stand(empty, saga_id)
    assert [one["status"] for one in told["steps"]] == [
        "compensated",
        "compensated",
        "completed",
        "failed",
    ]
    assert (told["status"], told["error_message"] is None) == ("compensated", False)


async def test_one_with_nothing_to_undo_has_failed(empty):
    saga_id = await started(empty, fail_at="Create User Profile")
    empty.clock.move(10)
    assert (await stand(empty, saga_id))["status"] == "failed"


async def test_cancelling_says_cancelled_and_goes_the_way_back(empty):
    saga_id = await started(empty)
    empty.clock.move(5)
    answer = await empty.sagas("POST", f"{SAGAS}/{saga_id}/cancel", {})
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
    assert (await stand(empty, saga_id))["status"] == "compensating"
    again = await empty.sagas("POST", f"{SAGAS}/{saga_id}/cancel", {})
    assert (again.status_code, again.json()["detail"]) == (
        400,
        "Cannot cancel SAGA in status: SagaStatus.COMPENSATING",
    )
    empty.clock.move(60)
    assert (await stand(empty, saga_id))["status"] == "compensated"


async def test_cancelling_the_saga_of_an_execution_ends_the_execution(empty):
    workflow = await empty.made(
        step("fetch", "http_request", url="https://api.example.com", takes=5),
        step("wait", "delay", seconds=60),
    )
    execution = await empty.executed(workflow)
    empty.clock.move(10)
    saga = await empty.saga_of(execution)
    await empty.sagas("POST", f"{SAGAS}/{saga['id']}/cancel", {})
    assert (await empty.latest(workflow))["status"] == "cancelled"
    assert [one["status"] for one in await empty.steps(execution)] == ["completed", "cancelled"]
    empty.clock.move(10)
    saga = await empty.saga_of(execution)
    assert saga["status"] == "compensated"
    assert [one["status"] for one in saga["steps"]] == ["compensated", "cancelled"]


async def test_a_saga_expires_some_hours_after_its_end(empty):
    saga_id = await started(empty)
    empty.clock.move(5 * 3600)
    assert (await stand(empty, saga_id))["status"] == "completed"
    empty.clock.move(2 * 3600)
    gone = await empty.sagas("GET", f"{SAGAS}/{saga_id}")
    assert (gone.status_code, gone.json()["detail"]) == (404, "SAGA not found")
    assert (await empty.sagas("GET", f"{SAGAS}/")).json()["total"] == 0


@pytest.mark.parametrize(
    ("config", "names"), [({"steps": [step("a"), step("b")]}, ["a", "b"]), ({}, []), (None, [])]
)
async def test_a_saga_for_an_execution_can_be_started_from_outside(empty, config, names):
    example = SEED["saga_start"]
    body = example | {"input_data": example["input_data"] | {"workflow_config": config}}
    answer = await empty.sagas("POST", f"{SAGAS}/start", body)
    assert (answer.status_code, answer.json()["status"]) == (200, "started")
    told = await stand(empty, answer.json()["saga_id"])
    assert told["correlation_id"] == example["correlation_id"]
    assert [one["name"] for one in told["steps"]] == names


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"saga_type": "no_such"}, 400, "UNKNOWN_SAGA_TYPE"),
        ({"saga_type": "data_sync", "input_data": {}}, 400, "INVALID_SAGA_INPUT"),
        (
            {
                "saga_type": "workflow_execution",
                "input_data": {
                    "workflow_id": 1,
                    "execution_id": 2,
                    "workflow_config": {"steps": [7]},
                },
            },
            400,
            "INVALID_WORKFLOW_CONFIG",
        ),
    ],
)
async def test_what_cannot_be_started_is_refused(empty, body, status, code):
    answer = await empty.sagas("POST", f"{SAGAS}/start", body)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)


async def test_the_list_is_filtered_and_paged_newest_first(stocked):
    told = (await stocked.sagas("GET", f"{SAGAS}/?saga_type=data_sync&limit=2")).json()
    assert (told["total"], len(told["sagas"])) == (3, 2)
    rest = (await stocked.sagas("GET", f"{SAGAS}/?saga_type=data_sync&offset=2")).json()["sagas"]
    begun = [one["started_at"] for one in [*told["sagas"], *rest]]
    assert begun == sorted(begun, reverse=True)
    (failed,) = (await stocked.sagas("GET", f"{SAGAS}/?status=failed")).json()["sagas"]
    assert failed["type"] == "data_sync"


async def test_the_kinds_are_listed_with_what_they_need(empty):
    told = (await empty.sagas("GET", f"{SAGAS}/types/available")).json()["saga_types"]
    assert [one["name"] for one in told] == [
        "user_onboarding",
        "airtable_integration",
        "data_sync",
        "workflow_execution",
    ]
    assert told[2]["required_fields"] == ["base_id", "target"]


async def test_steps_can_be_asked_for_alone(empty):
    saga_id = await started(empty)
    told = (await empty.sagas("GET", f"{SAGAS}/{saga_id}/steps")).json()
    assert told == (await stand(empty, saga_id))["steps"]


async def test_an_event_is_taken(empty):
    body = {
        "event_type": "workflow.completed",
        "aggregate_id": "123",
        "aggregate_type": "workflow",
        "data": {},
    }
    ids = set()
    for _ in range(2):
        answer = await empty.sagas("POST", "/api/v1/events/publish", body)
        assert answer.json()["status"] == "published"
        ids.add(answer.json()["event_id"])
    assert len(ids) == 2


async def test_its_health_asks_for_no_key(empty):
    answer = await ask(empty.world.orchestrator, "GET", "/health", headers={})
    assert answer.json()["components"]["event_bus"] == "healthy"

"""003: every endpoint of workflows, as the contract has it."""

import pytest

from tests.playground.asking import WORKFLOWS, Asked, ask, step
from tests.playground.recorded import SEED, differences, samples

CREATED = samples("v1")["create_workflow"]
FAILS = step("boom", fail=True)


def has_all(wanted, told):
    """Whether all keys of the contract's example are there."""
    return wanted.keys() <= told.keys()


@pytest.mark.parametrize("example", SEED["configurations"], ids=lambda one: one["of"])
async def test_every_example_of_the_contract_can_be_created(empty, example):
    body = {"name": example["of"], "workflow_config": example["config"]}
    answer = await empty("POST", WORKFLOWS, body)
    assert answer.status_code == 200
    assert answer.json()["workflow_config"] == example["config"]


async def test_a_new_workflow_is_told_whole(empty):
    told = (await empty("POST", WORKFLOWS, CREATED["request"]["body"])).json()
    extra = {"timeout_seconds", "max_retries"}
    recorded = CREATED["response"]["body"]
    assert {key: told[key] for key in recorded if not key.endswith("_at")} == {
        **{key: recorded[key] for key in recorded if not key.endswith("_at")},
        "id": 1,
    }
    assert told.keys() - recorded.keys() == extra
    assert (told["created_at"], told["timeout_seconds"]) == ("2026-11-20T14:07:03Z", 600)


async def test_the_list_is_bare_filtered_and_paged(stocked):
    told = await stocked.told(WORKFLOWS)
    assert [one["id"] for one in told] == list(range(1, 17))
    assert await stocked.told(WORKFLOWS, limit=2, offset=3) == told[3:5]
    assert [one["id"] for one in await stocked.told(WORKFLOWS, status="paused")] == [7]
    assert [one["id"] for one in await stocked.told(WORKFLOWS, status="inactive")] == [8]
    wrong = await stocked("GET", WORKFLOWS, params={"status": "zzz"})
    assert (wrong.status_code, wrong.json()["detail"]) == (400, "Invalid status: zzz")


async def test_an_update_changes_what_it_names(empty):
    number = await empty.made(step("a"))
    empty.clock.move(60)
    changes = {"is_enabled": False, "description": "new", "max_retries": 1}
    told = (await empty("PUT", f"{WORKFLOWS}/{number}", changes)).json()
    assert {key: told[key] for key in changes} == changes
    assert (told["name"], told["updated_at"]) == ("Try it", "2026-11-20T14:08:03Z")
    assert await empty.told(f"{WORKFLOWS}/{number}") == told


async def test_what_is_deleted_is_gone_but_for_the_list_of_what_was_deleted(stocked):
    answer = await stocked("DELETE", f"{WORKFLOWS}/4")
    assert answer.json() == {"message": "Workflow deleted successfully", "workflow_id": 4}
    assert (await stocked("GET", f"{WORKFLOWS}/4")).status_code == 404
    assert 4 not in [one["id"] for one in await stocked.told(WORKFLOWS)]
    (gone,) = await stocked.told(WORKFLOWS, status="deleted")
    assert (gone["id"], gone["status"]) == (4, "deleted")
    total = gone["total_executions"]
    stocked.clock.move(3600)
    (gone,) = await stocked.told(WORKFLOWS, status="deleted")
    assert gone["total_executions"] == total


async def test_an_execution_is_told_as_in_the_contract(empty):
    number = await empty.made(
        step("validate_file", "file_process", action="validate", file_id="{{trigger.file_id}}"),
        step("note", message="{{steps.validate_file.valid}} for {{execution_id}}"),
    )
    begun = (
        await empty("POST", f"{WORKFLOWS}/{number}/execute", {"trigger_data": {"file_id": "f7"}})
    ).json()
    assert differences(SEED["execute"], begun) == []
    told = await empty.latest(number)
    assert (told["status"], told["started_at"], told["result_data"]) == ("pending", None, None)
    empty.clock.move(30)
    told = await empty.latest(number)
    assert has_all(SEED["executions"][0], told)
    assert told["status"] == "completed"
    assert list(told["result_data"]) == ["validate_file", "note"]
    assert told["result_data"]["validate_file"]["file_id"] == "f7"
    assert told["result_data"]["note"] == {"message": f"True for {begun['execution_id']}"}
    assert (told["trigger_type"], told["trigger_data"]) == ("manual", {"file_id": "f7"})


async def test_steps_are_told_as_in_the_contract(empty):
    number = await empty.made(
        step("validate_file", "file_process", action="validate", file_id="{{trigger.file_id}}"),
        step("wait", "delay", seconds=5),
    )
    execution = await empty.executed(number, file_id="f7")
    empty.clock.move(7)
    first, second = await empty.steps(execution)
    assert has_all(SEED["steps"][0], first)
    assert [first["step_order"], second["step_order"]] == [1, 2]
    assert first["input_data"] == {"action": "validate", "file_id": "f7"}
    assert first["output_data"]["valid"] is True
    assert (second["status"], second["output_data"], second["completed_at"]) == (
        "running",
        None,
        None,
    )
    assert second["started_at"] == first["completed_at"]


async def test_what_fails_says_so_and_why(empty):
    number = await empty.made(step("ok"), FAILS, step("after"))
    execution = await empty.executed(number)
    empty.clock.move(5)
    assert [one["status"] for one in await empty.steps(execution)] == [
        "completed",
        "retrying",
        "pending",
    ]
    empty.clock.move(60)
    told = await empty.latest(number)
    assert (told["status"], told["error_message"], told["retry_count"]) == (
        "failed",
        "Step boom failed",
        3,
    )
    assert list(told["result_data"]) == ["ok"]
    _, boom, later = await empty.steps(execution)
    assert (boom["status"], boom["retry_count"], boom["error_message"]) == (
        "failed",
        3,
        "Step boom failed",
    )
    assert (later["status"], later["input_data"]) == ("skipped", None)


async def test_a_workflow_may_have_less_patience(empty):
    number = await empty.made(FAILS, max_retries=1)
    execution = await empty.executed(number)
    empty.clock.move(60)
    assert (await empty.steps(execution))[0]["retry_count"] == 1


async def test_a_failed_step_is_tried_again_and_what_follows_is_done(stocked):
    execution = await stocked.executed(14, customer="C-1")
    stocked.clock.move(60)
    before = await stocked.told(f"{WORKFLOWS}/14")
    _, failed, _ = await stocked.steps(execution)
    answer = await stocked("POST", f"{WORKFLOWS}/steps/{failed['id']}/retry", {})
    assert answer.status_code == 200
    assert answer.json()["message"] == "Step retry started"
    assert (await stocked.latest(14))["status"] == "running"
    stocked.clock.move(60)
    assert [one["status"] for one in await stocked.steps(execution)] == ["completed"] * 3
    told = await stocked.latest(14)
    assert (told["status"], told["error_message"]) == ("completed", None)
    after = await stocked.told(f"{WORKFLOWS}/14")
    assert after["successful_executions"] == before["successful_executions"] + 1
    assert after["failed_executions"] == before["failed_executions"] - 1


async def test_only_what_failed_can_be_tried_again(stocked):
    execution = await stocked.executed(10)
    stocked.clock.move(60)
    done = (await stocked.steps(execution))[0]
    answer = await stocked("POST", f"{WORKFLOWS}/steps/{done['id']}/retry", {})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "STEP_NOT_RETRYABLE")
    for missing in (0, 10_000_000):
        answer = await stocked("POST", f"{WORKFLOWS}/steps/{missing}/retry", {})
        assert (answer.status_code, answer.json()["detail"]) == (404, "Step not found")


async def test_a_step_is_found_by_its_id_whatever_has_no_steps(empty):
    nothing, fails = await empty.made(name="Nothing"), await empty.made(FAILS, name="Fails")
    await empty.executed(nothing)
    execution = await empty.executed(fails)
    await empty.executed(nothing)
    empty.clock.move(60)
    (boom,) = await empty.steps(execution)
    answer = await empty("POST", f"{WORKFLOWS}/steps/{boom['id']}/retry", {})
    assert answer.json()["execution_id"] == execution


async def test_executions_are_filtered_and_paged_newest_first(stocked):
    path = f"{WORKFLOWS}/4/executions"
    told = await stocked.told(path, limit=500)
    begun = [one["created_at"] for one in told]
    assert begun == sorted(begun, reverse=True)
    failed = await stocked.told(path, status="failed", limit=500)
    assert failed == [one for one in told if one["status"] == "failed"]
    assert len(failed) == len(told) // 8
    assert await stocked.told(path) == told[:50]
    assert await stocked.told(path, limit=3, offset=2) == told[2:5]
    wrong = await stocked("GET", path, params={"status": "zzz"})
    assert wrong.status_code == 400


@pytest.mark.parametrize("changes", [{"is_enabled": False}, {"status": "paused"}])
async def test_what_is_paused_is_not_executed(empty, changes):
    number = await empty.made(step("a"))
    await empty("PUT", f"{WORKFLOWS}/{number}", changes)
    answer = await empty("POST", f"{WORKFLOWS}/{number}/execute", {})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "WORKFLOW_NOT_EXECUTABLE")


async def test_a_schedule_begins_executions_by_itself_in_utc(empty):
    number = await empty.made(step("a"), cron_schedule="*/20 * * * *", is_scheduled=True)
    empty.clock.move(3600)
    told = await empty.told(f"{WORKFLOWS}/{number}/executions")
    assert [one["created_at"] for one in told] == [
        "2026-11-20T15:00:00Z",
        "2026-11-20T14:40:00Z",
        "2026-11-20T14:20:00Z",
    ]
    assert {one["trigger_type"] for one in told} == {"schedule"}


async def test_what_was_due_while_it_was_paused_is_not_made_up_for(empty):
    number = await empty.made(step("a"), cron_schedule="*/20 * * * *", is_scheduled=True)
    await empty("PUT", f"{WORKFLOWS}/{number}", {"is_enabled": False})
    empty.clock.move(3600)
    await empty("PUT", f"{WORKFLOWS}/{number}", {"is_enabled": True})
    empty.clock.move(1200)
    told = await empty.told(f"{WORKFLOWS}/{number}/executions")
    assert [one["created_at"] for one in told] == ["2026-11-20T15:20:00Z"]


async def test_counts_are_those_of_the_executions(stocked):
    for one in await stocked.told(WORKFLOWS):
        runs = await stocked.told(f"{WORKFLOWS}/{one['id']}/executions", limit=1000)
        assert one["total_executions"] == len(runs)
        for status, key in [("completed", "successful"), ("failed", "failed")]:
            assert one[f"{key}_executions"] == sum(run["status"] == status for run in runs)
        ended = [run["completed_at"] for run in runs if run["completed_at"]]
        assert one["last_execution_at"] == max(ended, default=None)


async def test_it_makes_no_difference_how_often_somebody_looks(stocked):
    rarely = Asked()
    for _ in range(30):
        stocked.clock.move(97)
        await stocked.told(WORKFLOWS)
    rarely.clock.move(30 * 97)
    assert await stocked.told(f"{WORKFLOWS}/4/executions") == await rarely.told(
        f"{WORKFLOWS}/4/executions"
    )
    execution = (await stocked.latest(4))["id"]
    assert await stocked.steps(execution) == await rarely.steps(execution)


async def test_what_takes_longer_than_it_may_is_timed_out(empty):
    number = await empty.made(step("wait", "delay", seconds=100), timeout_seconds=30)
    await empty.executed(number)
    empty.clock.move(40)
    told = await empty.latest(number)
    assert (told["status"], told["execution_time_ms"]) == ("timeout", 30_000)
    assert (await empty.told(f"{WORKFLOWS}/{number}"))["failed_executions"] == 1
    assert (await empty.told("/health"))["metrics"]["failed_executions_24h"] == 1


async def test_its_health_is_in_numbers_of_the_last_day(stocked):
    told = (await ask(stocked.world.automation, "GET", "/health", headers={})).json()
    assert differences(SEED["health"] | {"components": told["components"]}, told) == []
    assert told["components"].keys() == SEED["health"]["components"].keys()
    metrics = told["metrics"]
    assert (metrics["total_workflows"], metrics["active_executions"]) == (16, 2)
    over = metrics["completed_executions_24h"] + metrics["failed_executions_24h"]
    assert metrics["success_rate_24h"] == round(100 * metrics["completed_executions_24h"] / over, 1)
    stocked.world.faults.sagas_down = True
    assert (await stocked.told("/health"))["status"] == "degraded"


# What it refuses


async def test_a_name_is_taken_once(empty):
    number = await empty.made(step("a"), name="Twice")
    other = await empty.made(step("a"), name="Other")
    body = {"name": "Twice", "workflow_config": {"steps": []}}
    for answer in (
        await empty("POST", WORKFLOWS, body),
        await empty("PUT", f"{WORKFLOWS}/{other}", {"name": "Twice"}),
    ):
        assert (answer.status_code, answer.json()["error_code"]) == (409, "WORKFLOW_NAME_EXISTS")
    assert (await empty("PUT", f"{WORKFLOWS}/{number}", {"name": "Twice"})).status_code == 200
    await empty("DELETE", f"{WORKFLOWS}/{number}")
    assert (await empty("POST", WORKFLOWS, body)).status_code == 200


async def test_a_refusal_has_the_shape_of_the_contract(empty):
    answer = await empty("GET", f"{WORKFLOWS}/999")
    wanted = SEED["error"]
    assert answer.status_code == 404
    assert answer.json() == wanted | {"timestamp": "2026-11-20T14:07:03Z"}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"cron_schedule": "nope"}, "INVALID_CRON_SCHEDULE"),
        ({"is_scheduled": True}, "INVALID_CRON_SCHEDULE"),
        ({"workflow_config": {"steps": {}}}, "INVALID_WORKFLOW_CONFIG"),
        ({"workflow_config": {"steps": [7]}}, "INVALID_WORKFLOW_CONFIG"),
        ({"workflow_config": {"steps": [{"name": "a"}]}}, "INVALID_WORKFLOW_CONFIG"),
        ({"workflow_config": {"steps": [step("a"), step("a")]}}, "INVALID_WORKFLOW_CONFIG"),
        (
            {"workflow_config": {"steps": [step("a") | {"config": "x"}]}},
            "INVALID_WORKFLOW_CONFIG",
        ),
        (
            {"workflow_config": {"steps": [step(f"s{n}") for n in range(101)]}},
            "INVALID_WORKFLOW_CONFIG",
        ),
        ({"timeout_seconds": 0}, "INVALID_WORKFLOW_CONFIG"),
        ({"max_retries": -1}, "INVALID_WORKFLOW_CONFIG"),
        ({"name": " "}, "INVALID_NAME"),
        ({"name": "two\nlines"}, "INVALID_NAME"),
    ],
)
async def test_what_nothing_can_be_made_of_is_refused(empty, changes, code):
    body = {"name": "New", "workflow_config": {"steps": []}}
    answer = await empty("POST", WORKFLOWS, body | changes)
    assert (answer.status_code, answer.json()["error_code"]) == (400, code)
    number = await empty.made(step("a"))
    answer = await empty("PUT", f"{WORKFLOWS}/{number}", changes)
    assert (answer.status_code, answer.json()["error_code"]) == (400, code)


async def test_an_unknown_status_is_refused(empty):
    number = await empty.made(step("a"))
    for status in ("deleted", "zzz"):
        answer = await empty("PUT", f"{WORKFLOWS}/{number}", {"status": status})
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_STATUS")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{WORKFLOWS}/99"),
        ("PUT", f"{WORKFLOWS}/99"),
        ("DELETE", f"{WORKFLOWS}/99"),
        ("POST", f"{WORKFLOWS}/99/execute"),
        ("GET", f"{WORKFLOWS}/99/executions"),
        ("GET", f"{WORKFLOWS}/executions/99/steps"),
    ],
)
async def test_what_is_not_there_is_said_so(empty, method, path):
    body: dict[str, str] | None = {} if method in {"PUT", "POST"} else None
    answer = await empty(method, path, body)
    assert answer.status_code == 404
    assert answer.json()["error_code"] in {"WORKFLOW_NOT_FOUND", "EXECUTION_NOT_FOUND"}


async def test_a_route_that_is_not_there_is_told_otherwise_than_a_workflow(empty):
    answer = await empty("POST", f"{WORKFLOWS}/1/trigger", {})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
    assert (await empty("PATCH", f"{WORKFLOWS}/1", {})).status_code == 405


async def test_an_empty_world_is_healthy_without_a_rate(empty):
    assert (await empty.told("/health"))["metrics"]["success_rate_24h"] is None

"""v1, held against what was recorded of it: the same questions, and answers of the same shape."""

import pytest

from tests.playground.asking import WORKFLOWS, Asked, ask, step
from tests.playground.recorded import samples, unlike

RECORDED = samples("v1")
CREATE = RECORDED["create_workflow"]["request"]["body"]
FAILS = {"steps": [step("ok"), step("boom", "conditional")]}
KEY = {"X-API-Key": "testkey"}


@pytest.fixture
async def v1():
    """As it was when it was recorded: three alike and one that fails, each executed once."""
    asked = Asked(generation="v1", api_key="testkey", stocked=False)
    for name, config in [("A", None), ("B", None), ("C", None), ("Fails", FAILS)]:
        body = CREATE | {"name": name} | ({} if config is None else {"workflow_config": config})
        await asked("POST", WORKFLOWS, body, headers=KEY)
    for number in range(1, 5):
        await asked("POST", f"{WORKFLOWS}/{number}/trigger", {}, headers=KEY)
    asked.clock.move(60)
    return asked


async def replayed(asked, name):
    wanted = RECORDED[name]["request"]
    return await asked(wanted["method"], wanted["path"], wanted["body"], headers=wanted["headers"])


@pytest.mark.parametrize("name", sorted(RECORDED.keys() - {"trigger_disabled", "list_paused"}))
async def test_it_answers_as_it_was_recorded(v1, name):
    assert unlike(RECORDED[name], await replayed(v1, name)) == []


async def test_what_is_disabled_cannot_be_triggered(v1):
    await replayed(v1, "update_disable")
    assert unlike(RECORDED["trigger_disabled"], await replayed(v1, "trigger_disabled")) == []


async def test_nothing_is_ever_paused_there(v1):
    """A status in an update is passed over in silence."""
    told = (await replayed(v1, "update_status")).json()
    assert (told["status"], told["is_enabled"]) == ("active", True)
    assert (await replayed(v1, "list_paused")).json() == []


async def test_is_enabled_is_what_pauses(v1):
    assert (await replayed(v1, "update_disable")).json()["is_enabled"] is False


async def test_a_status_that_there_is_not_means_the_whole_list(v1):
    assert len((await replayed(v1, "list_badstatus")).json()) == 4


async def test_a_name_can_be_taken_twice(v1):
    twice = await v1("POST", WORKFLOWS, CREATE | {"name": "A"}, headers=KEY)
    assert twice.status_code == 200


async def test_of_what_failed_nothing_is_kept_but_the_sentence(v1):
    (told,) = (await v1("GET", f"{WORKFLOWS}/4/executions", headers=KEY)).json()
    assert (told["status"], told["result_data"], told["execution_time_ms"]) == (
        "failed",
        None,
        None,
    )
    assert told["error_message"] == "Unknown step type: conditional"


async def test_results_come_by_the_names_of_the_steps(v1):
    (told,) = (await v1("GET", f"{WORKFLOWS}/3/executions", headers=KEY)).json()
    assert list(told["result_data"]) == ["note", "wait", "proc", "ping"]


async def test_an_update_that_is_wrong_is_not_told_as_broken(v1):
    wrong = {"is_scheduled": True, "cron_schedule": "nope"}
    answer = await v1("PUT", f"{WORKFLOWS}/3", wrong, headers=KEY)
    assert (answer.status_code, answer.json()) == (400, {"detail": "Invalid cron schedule format"})


async def test_it_sets_no_limits(v1):
    for _ in range(60):
        answer = await v1("POST", WORKFLOWS, CREATE, headers=KEY)
    assert answer.status_code == 200


async def test_its_health_asks_for_no_key(v1):
    assert (await ask(v1.world.automation, "GET", "/health", headers={})).status_code == 200


async def test_of_what_is_under_way_no_result_is_told(v1):
    await v1("POST", f"{WORKFLOWS}/3/trigger", {}, headers=KEY)
    v1.clock.move(1.5)
    told = (await v1("GET", f"{WORKFLOWS}/3/executions?limit=1", headers=KEY)).json()[0]
    assert (told["status"], told["result_data"]) == ("running", None)

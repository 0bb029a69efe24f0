"""The oldest service, held against what was recorded of it."""

import pytest

from tests.playground.asking import Asked
from tests.playground.recorded import samples, unlike

RECORDED = samples("legacy")
CREATE = RECORDED["create_workflow"]["request"]["body"]
FAILS = {
    "name": "Fail wf",
    "config": {"steps": [{"name": "a", "type": "log"}, {"name": "boom", "type": "nope"}]},
}
AFTER_A_PAUSE = ("trigger_paused",)
EMPTY = ("list_workflows_paused",)


@pytest.fixture
async def legacy():
    """As it was when it was recorded: one that works and one that fails, each executed once."""
    asked = Asked(generation="legacy", stocked=False)
    for number, body in enumerate((CREATE, FAILS), start=1):
        await asked("POST", "/workflows", body, headers={})
        await asked("POST", f"/workflows/{number}/trigger", {"trigger_data": {"a": 1}}, headers={})
    asked.clock.move(60)
    return asked


async def replayed(asked, name):
    wanted = RECORDED[name]["request"]
    return await asked(wanted["method"], wanted["path"], wanted["body"], headers={})


@pytest.mark.parametrize("name", sorted(RECORDED.keys() - {*AFTER_A_PAUSE}))
async def test_it_answers_as_it_was_recorded(legacy, name):
    assert unlike(RECORDED[name], await replayed(legacy, name)) == []


async def test_a_status_pauses_it(legacy):
    told = (await replayed(legacy, "update_workflow_pause")).json()
    assert told["workflow"]["status"] == "paused"
    assert unlike(RECORDED["trigger_paused"], await replayed(legacy, "trigger_paused")) == []
    assert (await replayed(legacy, "list_workflows_paused")).json()["total"] == 1


async def test_its_logs_say_what_it_did(legacy):
    told = (await replayed(legacy, "get_execution")).json()["execution"]
    wanted = RECORDED["get_execution"]["response"]["body"]["execution"]
    assert told["logs"] == wanted["logs"]
    assert told["result"].keys() == wanted["result"].keys()
    assert told["result"]["results"][1] == {
        "step": 2,
        "name": "b",
        "result": {"delayed": 1.0},
        "status": "success",
    }


async def test_a_step_that_nobody_knows_ends_it_at_once(legacy):
    told = (await replayed(legacy, "executions_failed")).json()["executions"][0]
    wanted = RECORDED["executions_failed"]["response"]["body"]["executions"][0]
    assert told["error_message"] == wanted["error_message"]
    assert told["logs"].splitlines() == wanted["logs"].splitlines()[:5]
    assert told["result"] == {}


async def test_a_cron_alone_schedules_it(legacy):
    legacy.clock.move(24 * 3600)
    told = (await replayed(legacy, "executions")).json()["executions"][0]
    assert (told["trigger_type"], told["status"]) == ("scheduled", "completed")
    workflow = (await replayed(legacy, "get_workflow")).json()["workflow"]
    assert (workflow["execution_count"], workflow["next_run"]) == (2, "2026-11-22T09:00:00")


async def test_while_it_waits_and_while_it_works_it_says_no_more_than_it_knows(legacy):
    begun = (await replayed(legacy, "trigger")).json()["execution"]
    assert (begun["status"], begun["logs"], begun["started_at"]) == ("pending", None, None)
    legacy.clock.move(1.5)
    path = f"/workflows/executions/{begun['id']}"
    told = (await legacy("GET", path)).json()["execution"]
    assert (told["status"], told["duration"], told["result"]) == ("running", None, {})
    assert told["logs"].splitlines()[-1] == "Executing step 2: b"

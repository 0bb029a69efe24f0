"""What a stocked world holds: every state that a screen has to show, and something going on."""

from collections import Counter

from dli_tui.domain.template import Template
from tests.playground.asking import SAGAS, TEMPLATES, WORKFLOWS, Asked


async def test_workflows_are_in_every_state(stocked):
    found = await stocked.told(WORKFLOWS)
    stands = Counter((one["status"], one["is_enabled"]) for one in found)
    assert stands == {
        ("active", True): 13,
        ("active", False): 1,
        ("paused", True): 1,
        ("inactive", True): 1,
    }
    assert sum(one["trigger_on_file_upload"] for one in found) == 1
    assert sum(one["is_scheduled"] for one in found) == 10


async def test_one_always_fails_one_now_and_then_and_one_until_it_is_tried_again(stocked):
    rows = {one["id"]: one for one in await stocked.told(WORKFLOWS)}
    assert rows[5]["failed_executions"] == rows[5]["total_executions"] > 30
    assert rows[4]["successful_executions"] > rows[4]["failed_executions"] > 30
    assert rows[14]["failed_executions"] == 2
    assert rows[16]["total_executions"] == 0


async def test_history_is_of_three_days(stocked):
    told = await stocked.told(f"{WORKFLOWS}/2/executions", limit=500)
    assert (len(told), told[-1]["created_at"]) == (72, "2026-11-17T15:00:00Z")


async def test_executions_are_in_every_state_at_once(stocked):
    seen: Counter[str] = Counter()
    for number in range(1, 17):
        for one in await stocked.told(f"{WORKFLOWS}/{number}/executions", limit=500):
            seen[one["status"]] += 1
    assert seen["completed"] > 400
    assert seen["failed"] > 70
    assert (seen["pending"], seen["running"], seen["cancelled"]) == (1, 1, 1)


async def test_a_file_is_uploaded_every_few_hours(stocked):
    newest = await stocked.latest(3)
    assert newest["trigger_type"] == "file_upload"
    assert newest["trigger_data"]["file_name"] == "upload-20261120-1225.pdf"
    stocked.clock.move(3 * 3600)
    assert (await stocked.latest(3))["id"] > newest["id"]


async def test_a_branch_has_both_its_actions(stocked):
    steps = (await stocked.told(f"{WORKFLOWS}/11"))["workflow_config"]["steps"]
    assert {"condition", "true_action", "false_action"} <= steps[1]["config"].keys()


async def test_a_slow_source_is_seen_being_tried_again(stocked):
    execution = await stocked.executed(12)
    seen = set()
    for _ in range(30):
        stocked.clock.move(0.5)
        seen.add((await stocked.steps(execution))[0]["status"])
    assert seen == {"pending", "running", "retrying", "completed"}


async def test_templates_have_variables_to_fill_in(stocked):
    told = (await stocked.told(TEMPLATES, public_only="false"))["templates"]
    wanted = [
        Template(id=str(one["id"]), name="", template_config=one["template_config"]).placeholders
        for one in told
    ]
    assert len(wanted) == 6
    assert all(wanted)
    assert len({one["category"] for one in told}) == 4
    assert [one["is_public"] for one in told].count(False) == 1
    assert all(one["tags"] for one in told)


async def test_sagas_are_in_every_state(stocked):
    found = (await stocked.sagas("GET", f"{SAGAS}/")).json()["sagas"]
    by_kind: dict[bool, Counter[str]] = {}
    for one in found:
        by_kind.setdefault(one["type"] == "workflow_execution", Counter())[one["status"]] += 1
    assert by_kind[False] == {
        "pending": 1,
        "running": 1,
        "compensating": 1,
        "completed": 1,
        "compensated": 2,
        "failed": 1,
    }
    assert {"pending", "running", "completed", "compensated"} <= by_kind[True].keys()


async def test_it_holds_the_same_in_every_generation():
    v1, legacy = Asked(generation="v1"), Asked(generation="legacy")
    assert len((await v1("GET", WORKFLOWS)).json()) == 16
    told = (await legacy("GET", "/workflows")).json()
    assert (told["total"], told["workflows"][0]["id"]) == (16, 16)
    assert told["workflows"][-1]["next_run"] == "2026-11-21T06:00:00"


async def test_names_and_addresses_are_nobodys(stocked):
    text = str(await stocked.told(WORKFLOWS)) + str(await stocked.told(TEMPLATES))
    hosts = [part.split("/")[0].split("'")[0] for part in text.split("://")[1:]]
    assert hosts
    assert all(host.endswith(".example.com") for host in hosts)

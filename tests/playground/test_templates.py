"""003: every endpoint of templates, as the contract has it."""

import pytest

from tests.playground.asking import TEMPLATES, WORKFLOWS, step
from tests.playground.recorded import SEED

NEW = SEED["new_template"]
MADE = SEED["new_from_template"]
CREATE = f"{TEMPLATES}/create-workflow"


async def names(asked, **query):
    return [one["id"] for one in (await asked.told(TEMPLATES, **query))["templates"]]


async def test_the_list_is_a_page_of_what_is_public(stocked):
    told = await stocked.told(TEMPLATES)
    wanted = SEED["templates"]
    assert wanted.keys() == told.keys()
    assert wanted["templates"][0].keys() <= told["templates"][0].keys()
    assert [one["id"] for one in told["templates"]] == [1, 2, 3, 5, 6]
    assert (told["total"], told["page"], told["page_size"]) == (5, 1, 20)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ({"public_only": "false"}, [1, 2, 3, 4, 5, 6]),
        ({"category": "integration"}, [1, 2]),
        ({"category": "file-processing", "public_only": "false"}, [3, 4]),
        ({"search": "HTTP"}, [1]),
        ({"search": "table"}, [5]),
        ({"tags": "starter"}, [1, 6]),
        ({"tags": "ocr, api"}, [2, 3]),
        ({"tags": "none"}, []),
        ({"page": 2, "page_size": 2}, [3, 5]),
        ({"page": 9}, []),
    ],
)
async def test_it_can_be_narrowed_and_paged(stocked, query, ids):
    assert await names(stocked, **query) == ids


async def test_categories_are_counted(stocked):
    told = await stocked.told(f"{TEMPLATES}/categories")
    assert told["total"] == 4
    assert told["categories"][1] == {
        "name": "integration",
        "count": 2,
        "display_name": "Integration",
    }
    assert told["categories"][0]["display_name"] == "File Processing"


async def test_a_template_is_created_changed_and_deleted(stocked):
    made = (await stocked("POST", TEMPLATES, NEW)).json()
    assert {key: made[key] for key in NEW} == NEW
    assert (made["id"], made["usage_count"], made["version"]) == (7, 0, "1.0.0")
    path = f"{TEMPLATES}/7"
    assert await stocked.told(path) == made
    stocked.clock.move(60)
    changed = (await stocked("PUT", path, {"is_public": False, "name": "Ours"})).json()
    assert (changed["name"], changed["is_public"], changed["category"]) == (
        "Ours",
        False,
        made["category"],
    )
    assert changed["updated_at"] > changed["created_at"]
    gone = await stocked("DELETE", path)
    assert gone.json() == {"message": "Template deleted successfully", "template_id": 7}
    for method, body in (("GET", None), ("PUT", {}), ("DELETE", None)):
        answer = await stocked(method, path, body)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "TEMPLATE_NOT_FOUND")


async def test_the_id_of_what_was_deleted_is_not_given_again(stocked):
    await stocked("POST", TEMPLATES, NEW)
    await stocked("DELETE", f"{TEMPLATES}/7")
    assert (await stocked("POST", TEMPLATES, NEW)).json()["id"] == 8


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"name": "Table Sync"}, 409, "TEMPLATE_NAME_EXISTS"),
        ({"name": ""}, 400, "INVALID_NAME"),
        ({"default_cron_schedule": "x"}, 400, "INVALID_CRON_SCHEDULE"),
        ({"template_config": {"steps": [{}]}}, 400, "INVALID_WORKFLOW_CONFIG"),
    ],
)
async def test_what_is_no_template_is_refused(stocked, changes, status, code):
    answer = await stocked("POST", TEMPLATES, NEW | changes)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    answer = await stocked("PUT", f"{TEMPLATES}/1", changes)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)


async def test_what_is_missing_is_listed(stocked):
    answer = await stocked("POST", TEMPLATES, {})
    assert answer.status_code == 422
    assert [one["loc"][1] for one in answer.json()["detail"]] == [
        "name",
        "category",
        "template_config",
    ]


# Workflows made of templates


async def test_the_example_of_the_contract_makes_a_workflow(stocked):
    """Its change is of a step that the template hasn't, which is passed over."""
    answer = await stocked("POST", CREATE, MADE)
    assert (answer.status_code, answer.json()["workflow_id"]) == (200, 17)
    made = await stocked.told(f"{WORKFLOWS}/17")
    assert (made["name"], made["cron_schedule"], made["is_scheduled"]) == (
        MADE["workflow_name"],
        MADE["cron_schedule"],
        True,
    )
    assert made["description"] == MADE["workflow_description"]
    assert [one["name"] for one in made["workflow_config"]["steps"]] == ["http_request"]


async def made_of(asked, template, custom, **more):
    body = {"template_id": template, "workflow_name": "Made", "custom_config": custom, **more}
    answer = await asked("POST", CREATE, body)
    assert answer.status_code == 200, answer.text
    return await asked.told(f"{WORKFLOWS}/{answer.json()['workflow_id']}")


async def test_placeholders_are_filled_and_those_of_a_run_are_left(stocked):
    given = {"language": "en", "store_url": "https://store.example.com"}
    made = await made_of(stocked, 3, given)
    configs = [one["config"] for one in made["workflow_config"]["steps"]]
    assert (configs[1]["language"], configs[1]["file_id"]) == ("en", "{{trigger.file_id}}")
    assert (configs[2]["url"], configs[3]["webhook_url"]) == (
        "https://store.example.com",
        "{{webhook_url}}",
    )


async def test_settings_of_a_step_are_changed_by_its_name(stocked):
    custom = {"steps": [{"name": "fetch", "config": {"url": "https://x.example.com"}}, step("new")]}
    made = await made_of(stocked, 5, custom)
    steps = {one["name"]: one["config"] for one in made["workflow_config"]["steps"]}
    assert steps["fetch"] == {"url": "https://x.example.com", "method": "GET"}
    assert list(steps) == ["fetch", "write", "note", "new"]
    # The template itself stays as it was.
    kept = (await stocked.told(f"{TEMPLATES}/5"))["template_config"]["steps"][0]["config"]
    assert kept["url"] == "{{source_url}}"


async def test_what_is_not_said_is_taken_from_the_template(stocked):
    made = await made_of(stocked, 5, {}, is_scheduled=True)
    assert (made["cron_schedule"], made["trigger_config"]["type"]) == ("0 2 * * *", "schedule")
    assert made["description"] == "Copy a table every night and note the number of its rows"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"template_id": 99}, 404, "TEMPLATE_NOT_FOUND"),
        ({"workflow_name": "Invoice Intake"}, 409, "WORKFLOW_NAME_EXISTS"),
        ({"is_scheduled": True, "cron_schedule": None}, 400, "INVALID_CRON_SCHEDULE"),
        ({"custom_config": {"steps": {}}}, 400, "INVALID_WORKFLOW_CONFIG"),
        ({"custom_config": {"steps": ["x"]}}, 400, "INVALID_WORKFLOW_CONFIG"),
    ],
)
async def test_what_cannot_be_made_is_refused(stocked, changes, status, code):
    answer = await stocked("POST", CREATE, MADE | changes)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    assert (await stocked.told(f"{TEMPLATES}/1"))["usage_count"] == 0


async def test_usage_is_counted_and_told_by_the_day(stocked):
    before = await stocked.told(f"{TEMPLATES}/2/usage-stats")
    assert (before["usage_count"], before["active_workflows"]) == (1, 1)
    assert before["total_executions"] == sum(one["executions"] for one in before["daily_usage"])
    assert (len(before["daily_usage"]), before["daily_usage"][-1]["date"]) == (7, "2026-11-20")
    assert before["success_rate"] == 100.0
    await made_of(stocked, 2, {})
    assert (await stocked.told(f"{TEMPLATES}/2"))["usage_count"] == 2
    after = await stocked.told(f"{TEMPLATES}/2/usage-stats")
    assert (after["usage_count"], after["active_workflows"]) == (2, 2)


async def test_what_nobody_used_has_no_rate(stocked):
    assert (await stocked.told(f"{TEMPLATES}/1/usage-stats"))["success_rate"] is None

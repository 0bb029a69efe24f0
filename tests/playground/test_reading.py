"""What can't be read is listed in FastAPI's words."""

import httpx
import pytest

from tests.playground.asking import SIGNED, TEMPLATES, WORKFLOWS, step


async def sent(asked, content, content_type="application/json"):
    """The complaints about a body that is sent as it is."""
    transport = httpx.ASGITransport(asked.world.automation)
    headers = SIGNED | {"content-type": content_type}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://playground.example.com", headers=headers
    ) as client:
        answer = await client.post(WORKFLOWS, content=content)
    assert answer.status_code == 422, answer.text
    return [(one["type"], one["loc"]) for one in answer.json()["detail"]]


@pytest.mark.parametrize(
    ("content", "kind", "where"),
    [
        (b"", "missing", ["body"]),
        (b"{", "json_invalid", ["body", 1]),
        (b'{"name": NaN}', "json_invalid", ["body", 0]),
        (b'{"name": 1e999}', "json_invalid", ["body", 0]),
        (b'{"name": "\\ud800"}', "json_invalid", ["body", 0]),
        (b"\xff", "json_invalid", ["body", 0]),
        (b"[]", "model_attributes_type", ["body"]),
        (b'"x"', "model_attributes_type", ["body"]),
    ],
)
async def test_a_body_that_is_no_object(empty, content, kind, where):
    assert await sent(empty, content) == [(kind, where)]


async def test_what_is_not_called_json_is_text(empty):
    """So no web page can have a browser send it unasked."""
    body = b'{"name": "x", "workflow_config": {}}'
    assert await sent(empty, body, "text/plain") == [("model_attributes_type", ["body"])]


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"name": 7}, "string_type"),
        ({"name": None}, "string_type"),
        ({"workflow_config": []}, "dict_type"),
        ({"is_scheduled": "yes"}, "bool_type"),
        ({"timeout_seconds": True}, "int_type"),
        ({"timeout_seconds": "600"}, "int_type"),
    ],
)
async def test_a_field_of_another_kind(empty, changes, kind):
    body = {"name": "New", "workflow_config": {"steps": []}} | changes
    answer = await empty("POST", WORKFLOWS, body)
    (wrong,) = answer.json()["detail"]
    (field,) = changes
    assert (answer.status_code, wrong["type"], wrong["loc"]) == (422, kind, ["body", field])


async def test_what_is_not_needed_may_be_null_and_then_changes_nothing(empty):
    number = await empty.made(step("a"), description="old")
    answer = await empty("PUT", f"{WORKFLOWS}/{number}", {"description": None, "unknown": 1})
    assert (answer.status_code, answer.json()["description"]) == (200, "old")


async def test_an_execution_needs_no_body(empty):
    number = await empty.made(step("a"))
    assert (await empty("POST", f"{WORKFLOWS}/{number}/execute")).status_code == 200


@pytest.mark.parametrize(
    ("path", "query", "kind"),
    [
        (f"{WORKFLOWS}/abc", {}, "int_parsing"),
        (f"{WORKFLOWS}/1_0", {}, "int_parsing"),
        (WORKFLOWS, {"limit": "x"}, "int_parsing"),
        (WORKFLOWS, {"limit": "0"}, "greater_than_equal"),
        (WORKFLOWS, {"offset": "-1"}, "greater_than_equal"),
        (TEMPLATES, {"page_size": "101"}, "less_than_equal"),
        (TEMPLATES, {"page": "0"}, "greater_than_equal"),
        (TEMPLATES, {"public_only": "maybe"}, "bool_parsing"),
    ],
)
async def test_a_path_or_query_of_another_kind(empty, path, query, kind):
    answer = await empty("GET", path, params=query)
    (wrong,) = answer.json()["detail"]
    assert (answer.status_code, wrong["type"]) == (422, kind)


@pytest.mark.parametrize("word", ["false", "False", "0", "no"])
async def test_a_truth_has_several_words(stocked, word):
    assert (await stocked.told(TEMPLATES, public_only=word))["total"] == 6

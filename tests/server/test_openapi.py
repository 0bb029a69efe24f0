"""What the document says is what is answered; whatever is asked, nothing breaks."""

import json
from contextlib import asynccontextmanager
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dli_tui.server.beside import EXTRAS
from dli_tui.server.contract import CONTRACT
from dli_tui.server.openapi import document
from tests.backends.contract.places import DEMO
from tests.support import ManualClock
from tests.support_server import URL, application

ENDPOINTS = (*CONTRACT, *EXTRAS)
DOCUMENT = document(ENDPOINTS)
RUN = DEMO.completed.run_id
SOME = {
    "name": DEMO.manual,
    "run_id": RUN,
    "template_id": "1",
    "saga_id": "1",
    "key": "never-seen",
}
OPERATIONS = [
    pytest.param(method, path, id=f"{method} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method in methods
]


@asynccontextmanager
async def asking():
    clock = ManualClock(DEMO.start)
    app = application(lambda: DEMO.open(clock), clock)
    transport = httpx.ASGITransport(app)
    async with app.serving(), httpx.AsyncClient(transport=transport, base_url=URL) as client:
        yield client


def is_valid(value, schema):
    whole = {**schema, "components": DOCUMENT["components"]}
    problems = [error.message for error in Draft202012Validator(whole).iter_errors(value)]
    assert problems == []


def check(method, path, answer):
    """The answer is what the document says, a refusal in the envelope or what was promised."""
    responses = DOCUMENT["paths"][path][method]["responses"]
    assert answer.status_code != 500, answer.text
    assert answer.headers["content-type"] == "application/json"
    told = responses["default"]
    if answer.status_code < 400:
        told = next(value for key, value in responses.items() if key != "default")
    is_valid(answer.json(), told["content"]["application/json"]["schema"])


def filled(path, values):
    for name, value in values.items():
        # A client makes another path of one with "." or ".." in it, unless they are hidden.
        hidden = quote(value, safe="").replace(".", "%2E")
        path = path.replace(f"{{{name}}}", hidden)
    return path


async def test_the_document_is_served_and_names_every_endpoint():
    async with asking() as client:
        told = (await client.get("/openapi.json")).json()
    assert told == json.loads(json.dumps(DOCUMENT))
    assert sum(len(methods) for methods in told["paths"].values()) == len(ENDPOINTS)
    assert all(
        operation["summary"].endswith(".")
        for methods in told["paths"].values()
        for operation in methods.values()
    )


GOOD = {
    "/api/v1/workflows": "?limit=50",
    "/api/v1/workflows/history": "?limit=100",
    "/api/v1/x/runs": f'?names=["{DEMO.manual}","{DEMO.failing}"]',
    "/api/v1/x/runs/{run_id}/log": "?step=load",
}


FORECAST = "/api/v1/x/forecasts/{name}"
GOOD[FORECAST] = "?start_date=2026-03-02&end_date=2026-03-04"
GOOD["/api/v1/x/dates/{name}"] = GOOD[FORECAST]
REFUSED = {FORECAST: 501}
"""The demo foretells nothing."""


@pytest.mark.parametrize(
    "path", [path for path, methods in DOCUMENT["paths"].items() if "get" in methods]
)
async def test_what_is_read_is_what_the_document_says(path):
    async with asking() as client:
        ids = {
            "template_id": (await client.get("/api/v1/x/templates")).json()[0]["id"],
            "saga_id": (await client.get("/api/v1/x/sagas")).json()[0]["saga_id"],
        }
        if "backfills/" in path:
            begun = await client.post(
                f"/api/v1/workflows/{DEMO.manual}/backfill",
                json={"start_date": "2026-03-02", "end_date": "2026-03-04"},
            )
            ids["run_id"] = begun.json()["backfill_id"]
        answer = await client.get(filled(path, {**SOME, **ids}) + GOOD.get(path, ""))
    assert answer.status_code == REFUSED.get(path, 200), answer.text
    check("get", path, answer)


WRITES = {
    "/api/v1/workflows/register": {"dataset_name": "brand.new", "schedule": {"cron": "0 4 * * *"}},
    "/api/v1/workflows/{name}/backfill": {"start_date": "2026-03-02", "end_date": "2026-03-04"},
    "/api/v1/workflows/{name}/run": {"params": {"a": 1}},
    "/api/v1/workflows/{name}/pause": {"reason": "stock-taking"},
    "/api/v1/workflows/{name}/unpause": {},
}


@pytest.mark.parametrize("path", WRITES)
async def test_what_is_written_is_answered_as_the_document_says(path):
    async with asking() as client:
        answer = await client.post(filled(path, SOME), json=WRITES[path])
    assert answer.status_code in (200, 201, 202), answer.text
    check("post", path, answer)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
NASTY = st.sampled_from(
    (
        *(DEMO.manual, DEMO.pair, DEMO.paused, RUN, "..", "a/b", "a\nb", "\x00", "%2F"),
        *("-1", "1e9", "9" * 400, "true", "[]", '["a"]', "[" * 5_000),
        *("2026-03-02", "9999-12-31", "0 0 31 2 *"),
    )
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | NASTY,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def body_for(told):
    """Any JSON, or an object with the fields that the document names and any values."""
    if "requestBody" not in told:
        return st.none()
    name = told["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    fields = list(DOCUMENT["components"]["schemas"][name]["properties"])
    return st.dictionaries(st.sampled_from(fields), JSON, max_size=6) | JSON


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(data=st.data())
async def test_whatever_is_asked_is_answered_or_refused_in_the_envelope(method, path, data):
    told = DOCUMENT["paths"][path][method]
    values = {
        one["name"]: data.draw(NASTY | TEXT) for one in told["parameters"] if one["in"] == "path"
    }
    query = {
        one["name"]: data.draw(NASTY | TEXT)
        for one in told["parameters"]
        if one["in"] == "query" and data.draw(st.booleans())
    }
    body = data.draw(body_for(told))
    content = json.dumps(body).encode()
    async with asking() as client:
        answer = await client.request(
            method.upper(),
            filled(path, values),
            params=query,
            content=content if method == "post" else None,
            headers={"content-type": "application/json"},
        )
    check(method, path, answer)

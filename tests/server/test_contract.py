"""Seed 000 as it is written: its paths, codes, keys and words, whatever stands beside them."""

import asyncio
import copy
import json
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from dli_tui.server.identity import Role
from tests.backends.contract.places import DEMO
from tests.support import ManualClock
from tests.support_gate import a_token, refusal_of
from tests.support_server import URL, application

SEEDS = Path(__file__).parent.parent / "seeds"
LIST = "/api/v1/workflows"
ONE = f"{LIST}/{DEMO.manual}"
DATES = {"start_date": "2026-03-02", "end_date": "2026-03-04"}
NEW = {
    "dataset_name": "iceberg.analytics.new_workflow",
    "source_type": "MANUAL",
    "schedule": {"cron": "0 8 * * *", "timezone": "America/New_York"},
    "owner": "data@example.com",
    "team": "@data-eng",
    "description": "New analytics workflow",
    "yaml_content": "version: v1\nname: new_workflow\n",
}


WRITTEN = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in SEEDS.glob("000_*.json")
}


def seed(name):
    return copy.deepcopy(WRITTEN[f"000_{name}"])


def shape(value):
    """The kinds of value at each key, which is what a client relies on."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "number" if isinstance(value, (int, float)) else type(value).__name__


def holds(answer, written):
    """Whether `answer` has every key that is written, with the same kind of value."""
    wanted, came = shape(written), shape(answer)
    if isinstance(wanted, dict):
        return all(key in came and holds(answer[key], written[key]) for key in wanted)
    return wanted == came


class Client(httpx.AsyncClient):
    """Somebody who asks, and the clock of the world behind."""

    clock: ManualClock


@asynccontextmanager
async def asking(token=None, **settings):
    clock = ManualClock(DEMO.start)
    app = application(lambda: DEMO.open(clock), clock, **settings)
    headers = {"content-type": "application/json"}
    if token is not None:
        headers["authorization"] = f"Bearer {token}"
    transport = httpx.ASGITransport(app)
    async with (
        app.serving(),
        Client(transport=transport, base_url=URL, headers=headers) as client,
    ):
        client.clock = clock
        yield client


@pytest.fixture
async def client():
    async with asking() as found:
        yield found


async def test_a_run_is_accepted_as_written(client):
    answer = await client.post(f"{ONE}/run", json={"params": {"date": "2026-01-01"}})
    assert answer.status_code == 202
    told = answer.json()
    assert (told["status"], told["params"]) == ("PENDING", {"date": "2026-01-01"})
    written = seed("run")
    # It has not begun yet, and nobody says when something began that hasn't.
    del written["started_at"]
    assert holds(told, written)


async def test_a_backfill_is_accepted_as_written(client):
    answer = await client.post(f"{ONE}/backfill", json={**DATES, "params": {"region": "US"}})
    assert answer.status_code == 202
    told = answer.json()
    assert (told["status"], told["total_runs"], len(told["run_ids"])) == ("PENDING", 3, 3)
    assert told["run_id"] == told["backfill_id"]
    assert holds(told, seed("backfill"))


async def test_a_stop_says_stopping_and_the_run_then_stopped(client):
    run_id = (await client.post(f"{ONE}/run", json={})).json()["run_id"]
    client.clock.move(10)
    answer = await client.post(f"{LIST}/runs/{run_id}/stop", json={"reason": "wrong day"})
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["reason"]) == ("STOPPING", "wrong day")
    assert holds(answer.json(), seed("stop"))
    client.clock.move(60)
    assert (await client.get(f"{LIST}/runs/{run_id}")).json()["status"] == "STOPPED"


async def test_a_run_under_way_says_how_far_it_is_and_for_how_long(client):
    run_id = (await client.post(f"{ONE}/run", json={"params": {"a": "b"}})).json()["run_id"]
    client.clock.move(15)
    told = (await client.get(f"{LIST}/runs/{run_id}")).json()
    assert told["status"] == "RUNNING"
    assert 0 < told["duration_seconds"] < 15
    written = seed("status")
    assert holds(told, {**written, "params": {"a": "b"}})


async def test_a_run_that_went_well_is_a_success(client):
    told = (await client.get(f"{LIST}/runs/{DEMO.completed.run_id}")).json()
    assert told["status"] == "SUCCESS"
    assert told["ended_at"] == told["finished_at"]


async def test_the_list_is_bare_and_its_rows_are_as_written(client):
    answer = await client.get(LIST, params={"status": "active", "source_type": "MANUAL"})
    rows = answer.json()
    assert {row["source_type"] for row in rows} == {"MANUAL"}
    row = next(row for row in rows if row["dataset_name"] == DEMO.manual)
    assert row["last_run"]["status"] == "SUCCESS"
    assert holds(row, seed("list")[0])


async def test_a_page_is_a_part_and_the_head_tells_the_whole(client):
    answer = await client.get(LIST, params={"limit": 500})
    every = [row["dataset_name"] for row in answer.json()]
    assert answer.headers["x-total-count"] == str(len(every))
    part = await client.get(LIST, params={"limit": 3, "offset": 2})
    assert [row["dataset_name"] for row in part.json()] == every[2:5]
    assert part.headers["x-total-count"] == str(len(every))
    assert len((await client.get(LIST)).json()) == min(50, len(every))


async def test_a_long_answer_is_packed_for_who_can_unpack_it(client):
    plain = await client.get(LIST, headers={"accept-encoding": "identity"})
    packed = [await client.get(LIST, headers={"accept-encoding": "br, gzip"}) for _ in range(2)]
    assert "content-encoding" not in plain.headers
    for answer in packed:
        assert answer.headers["content-encoding"] == "gzip"
        assert int(answer.headers["content-length"]) < len(plain.content) / 4
        assert answer.content == plain.content
        assert answer.headers["etag"] == plain.headers["etag"]
    short = await client.get(f"{LIST}/runs/{DEMO.completed.run_id}")
    assert "content-encoding" not in short.headers


@pytest.mark.parametrize("path", [LIST, f"{LIST}/history"])
@pytest.mark.parametrize("limit", ["0", "501", "-1", "ten", "1.5", "9" * 30])
async def test_a_limit_that_is_none_is_refused_by_name(client, path, limit):
    answer = await client.get(path, params={"limit": limit})
    assert answer.status_code == 422
    assert "'limit' must be a number from 1 to 500" in answer.json()["error"]["message"]


async def test_who_has_the_page_already_is_told_just_that(client):
    first = await client.get(LIST)
    again = await client.get(LIST, headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-total-count"] == first.headers["x-total-count"]
    await client.post(f"{ONE}/pause", json={})
    news = await client.get(LIST, headers={"if-none-match": first.headers["etag"]})
    assert news.status_code == 200


async def test_the_history_is_bare_and_its_rows_are_as_written(client):
    query = {"dataset_name": DEMO.manual, "start_date": "2026-03-02", "end_date": "2026-03-04"}
    runs = (await client.get(f"{LIST}/history", params=query)).json()
    assert len(runs) == 3
    assert holds(runs[0], seed("history")[0])
    assert {run["status"] for run in runs} == {"SUCCESS"}
    assert (await client.get(f"{LIST}/history")).json() != runs


async def test_a_history_with_what_is_known_of_the_dataset_comes_as_004_has_it(client):
    query = {"dataset_name": DEMO.manual, "limit": 2, "include_dataset_info": "true"}
    told = (await client.get(f"{LIST}/history", params=query)).json()
    assert len(told["runs"]) == 2
    assert told["total_count"] > 2
    assert told["dataset_info"]["owner"]


async def test_pages_of_a_history_join_without_a_gap(client):
    query = {"dataset_name": DEMO.code, "limit": 7}
    parts = [
        (await client.get(f"{LIST}/history", params={**query, "offset": offset})).json()
        for offset in (0, 7, 14)
    ]
    whole = (await client.get(f"{LIST}/history", params={**query, "limit": 21})).json()
    assert [run["run_id"] for part in parts for run in part] == [run["run_id"] for run in whole]


async def test_a_pause_and_its_end_are_as_written(client):
    answer = await client.post(f"{ONE}/pause", json={"reason": "Maintenance window"})
    assert answer.status_code == 200
    assert answer.json()["status"] == "paused"
    assert holds(answer.json(), seed("pause"))
    assert (await client.post(f"{ONE}/unpause", json={})).json()["status"] == "active"


async def test_a_registration_is_created_as_written(client):
    answer = await client.post(f"{LIST}/register", json=NEW)
    assert answer.status_code == 201
    assert holds(answer.json(), seed("register"))
    again = await client.post(f"{LIST}/register", json=NEW)
    assert refusal_of(again, 409)["code"] == "DLI-804"


async def test_what_is_unregistered_is_told_as_written(client):
    answer = await client.delete(ONE)
    assert answer.status_code == 200
    assert answer.json()["status"] == "unregistered"
    assert holds(answer.json(), seed("unregister"))


async def test_a_dry_run_has_no_id_and_starts_nothing(client):
    before = (await client.get(f"{LIST}/history")).json()
    answer = await client.post(f"{ONE}/run", json={"dry_run": True, "params": {"a": 1}})
    assert answer.status_code == 200
    assert answer.json()["run_id"] is None
    plan = await client.post(f"{ONE}/backfill", json={**DATES, "dry_run": True})
    assert plan.status_code == 200
    assert (plan.json()["run_id"], plan.json()["total_runs"]) == (None, 3)
    assert (await client.get(f"{LIST}/history")).json() == before


@pytest.mark.parametrize("name", ["a..b", ".hidden", "a b", "ü$", "x" * 251, "a\nb"])
async def test_a_name_that_is_none_is_refused(client, name):
    path = f"{LIST}/{quote(name, safe='')}/run"
    refused = refusal_of(await client.post(path, json={}), 422)
    assert "is not a dataset name" in refused["message"]
    registered = await client.post(f"{LIST}/register", json={**NEW, "dataset_name": name})
    assert registered.status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        b'{"params": {}, "colour": "blue"}',
        b'{"dryrun": true}',
        b'{"dry_run": true, "dry_run": false}',
        b'{"dry_run": true, "dryRun": false}',
    ],
)
async def test_a_write_that_is_not_understood_starts_nothing(client, body):
    before = (await client.get(f"{LIST}/history")).json()
    headers = {"content-type": "application/json"}
    answer = await client.post(f"{ONE}/run", content=body, headers=headers)
    assert refusal_of(answer, 422)["code"] == "DLI-001"
    assert (await client.get(f"{LIST}/history")).json() == before


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", f"{ONE}/run?dry_run=true", {}),
        ("DELETE", f"{LIST}/{DEMO.manual}?Force=true", None),
        ("DELETE", f"{LIST}/{DEMO.manual}?force=false&force=true", None),
        ("DELETE", f"{LIST}/{DEMO.manual}", {"force": True}),
    ],
)
async def test_a_query_of_a_write_that_is_not_understood_does_nothing(client, method, path, body):
    before = (await client.get(f"{LIST}/history")).json()
    answer = await client.request(method, path, json=body)
    assert refusal_of(answer, 422)["code"] == "DLI-001"
    assert (await client.get(f"{LIST}/history")).json() == before
    assert DEMO.manual in (await client.get(f"{LIST}?limit=500")).text


@pytest.mark.parametrize(
    ("asked", "body", "status", "code"),
    [
        (("POST", f"{LIST}/{DEMO.paused}/run"), {}, 409, "DLI-807"),
        (("POST", f"{LIST}/{DEMO.disabled}/unpause"), {}, 409, "DLI-807"),
        (("POST", f"{LIST}/no.such/run"), {}, 404, "DLI-800"),
        (("GET", f"{LIST}/runs/no_such_run"), None, 404, "DLI-800"),
        (("POST", f"{LIST}/runs/no_such_run/stop"), {}, 404, "DLI-802"),
        (("DELETE", f"{LIST}/{DEMO.code}"), None, 403, "DLI-803"),
        (("POST", f"{LIST}/register"), {**NEW, "dataset_name": DEMO.code}, 403, "DLI-803"),
        (("POST", f"{LIST}/register"), {**NEW, "schedule": {"cron": "60 8 * * *"}}, 422, "DLI-805"),
        (("POST", f"{LIST}/register"), {"schedule": {"cron": "0 8 * * *"}}, 422, "DLI-001"),
        (("POST", f"{ONE}/backfill"), {"start_date": "2026-03-02"}, 422, "DLI-001"),
        (("POST", f"{ONE}/backfill"), {**DATES, "end_date": "2026-01-01"}, 422, "DLI-001"),
        (("POST", f"{ONE}/run"), {"params": [1]}, 422, "DLI-001"),
        (("POST", f"{ONE}/run"), [], 422, "DLI-001"),
        (("GET", f"{LIST}?status=asleep"), None, 422, "DLI-001"),
        (("GET", f"{LIST}/history?start_date=yesterday"), None, 422, "DLI-001"),
        (("GET", "/api/v1/nothing"), None, 404, "DLI-001"),
        (("PATCH", ONE), {}, 405, "DLI-001"),
    ],
)
async def test_what_cannot_be_is_refused_with_its_code(client, asked, body, status, code):
    method, path = asked
    answer = await client.request(method, path, json=body)
    refused = refusal_of(answer, status)
    assert refused["code"] == code
    assert refused["message"]


async def test_what_somebody_does_is_theirs(tmp_path):
    tokens = tmp_path / "tokens.json"
    token = await asyncio.to_thread(a_token, tokens, "night-shift", Role.ADMIN)
    async with asking(token, tokens=tokens) as client:
        run = (await client.post(f"{ONE}/run", json={})).json()
        client.clock.move(10)
        stop = (await client.post(f"{LIST}/runs/{run['run_id']}/stop", json={})).json()
        pause = (await client.post(f"{ONE}/pause", json={})).json()
        made = (await client.post(f"{LIST}/register", json=NEW)).json()
    assert {
        run["triggered_by"],
        stop["stopped_by"],
        pause["paused_by"],
        made["registered_by"],
    } == {"night-shift"}


READS = (LIST, f"{LIST}/history", f"{LIST}/runs/{DEMO.completed.run_id}", "/openapi.json")
OPERATIONS = (f"{ONE}/run", f"{ONE}/backfill", f"{ONE}/pause", f"{ONE}/unpause")


@pytest.mark.parametrize("role", Role)
async def test_a_role_does_what_it_may_and_no_more(tmp_path, role):
    tokens = tmp_path / "tokens.json"
    token = await asyncio.to_thread(a_token, tokens, "somebody", role)
    async with asking(token, tokens=tokens) as client:
        reads = {(await client.get(path)).status_code for path in READS}
        operated = {
            (await client.post(path, json=DATES if path.endswith("/backfill") else {})).status_code
            for path in OPERATIONS
        }
        stopped = await client.post(f"{LIST}/runs/{DEMO.completed.run_id}/stop", json={})
        registered = (await client.post(f"{LIST}/register", json=NEW)).status_code
        removed = (await client.delete(f"{LIST}/{NEW['dataset_name']}")).status_code
    assert reads == {200}
    assert operated == ({403} if role is Role.VIEWER else {200, 202, 409} & operated)
    assert stopped.status_code == (403 if role is Role.VIEWER else 409)
    assert (registered, removed) == ((201, 200) if role is Role.ADMIN else (403, 403))

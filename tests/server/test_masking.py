"""Keys to other systems are for whoever registers; the rest of a row is for everybody."""

import asyncio
import json

import httpx
import pytest
import yaml

from dli_tui.client import WorkflowClient
from dli_tui.domain.query import WorkflowQuery
from dli_tui.domain.schedule import NotificationConfig, NotificationTarget
from dli_tui.server.identity import Role
from dli_tui.server.masking import masked_dataset, masked_spec, masked_workflow
from dli_tui.server.shelf import PATIENT, Shelf
from dli_tui.wire.asked import list_window
from dli_tui.wire.telling import workflow_told
from tests.backends.contract.places import DEMO
from tests.support import ManualClock
from tests.support_backends import ScriptedBackend, row
from tests.support_gate import a_token
from tests.support_server import URL, application

HOOK = "https://hooks.example.com/services/T0/K3Y"
HOOKED = row(
    "a", notifications=NotificationConfig(on_failure=(NotificationTarget(type="slack", url=HOOK),))
)
PLAIN = row("b")
SPEC = f"""# what it is
name: team.hooked
owner: author@example.com
notifications:
  on_failure: [{{type: slack, url: "{HOOK}"}}, {{type: email, channel: a@example.com}}]
parameters:
  day: {{type: string, default: "2026-01-01"}}
steps:
  - name: é
    type: http
    config:
      url: https://user:K3Y@api.example.com  # the place
      headers:
        Authorization: |
          Bearer K3Y
        X-Plain: 'K3Y'
      api_key: K3Y
      body: {{token: [K3Y, 7], rows: 3}}
"""


def test_a_spec_without_keys_reads_as_before():
    masked = masked_spec(SPEC)
    assert masked is not None
    assert "K3Y" not in masked
    assert masked.startswith("# what it is\nname: team.hooked\n")
    assert "# the place" in masked
    expected = json.loads(
        json.dumps(yaml.safe_load(SPEC))
        .replace(HOOK, "https://hooks.example.com/***")
        .replace("https://user:K3Y@api.example.com", "https://api.example.com/***")
        .replace("Bearer K3Y\\n", "***")
        .replace('["K3Y", 7]', '["***", "***"]')
        .replace("K3Y", "***")
    )
    assert yaml.safe_load(masked) == expected


@pytest.mark.parametrize("text", ["a: [", "a: !!python/object:os.system x", "a: b: c"])
def test_what_cannot_be_read_is_not_shown(text):
    assert masked_spec(text) is None


def test_a_spec_that_is_empty_stays_so():
    assert masked_spec("# nothing\n") == "# nothing\n"


def test_a_row_shows_the_host_of_a_webhook_and_the_headers_by_name():
    told = workflow_told(HOOKED) | {
        "workflow_config": {"steps": [{"headers": {"X": "K3Y"}, "url": HOOK, "n": 3, "ok": True}]}
    }
    masked = masked_workflow(told)
    assert "K3Y" not in json.dumps(masked)
    assert masked["notifications"]["on_failure"][0]["url"] == "https://hooks.example.com/***"
    assert masked["workflow_config"] == {
        "steps": [
            {"headers": {"X": "***"}, "url": "https://hooks.example.com/***", "n": 3, "ok": True}
        ]
    }
    assert {key for key in told if told[key] != masked[key]} == {"notifications", "workflow_config"}


def test_a_row_without_keys_is_the_very_row():
    told = workflow_told(PLAIN)
    assert masked_workflow(told) is told


@pytest.mark.parametrize(
    ("role", "shown"),
    [(Role.VIEWER, None), (Role.OPERATOR, masked_spec(SPEC)), (Role.ADMIN, SPEC)],
)
def test_a_dataset_is_told_by_role(role, shown):
    told = masked_dataset({"name": "team.hooked", "owner": "o", "spec": SPEC}, role)
    assert (told["name"], told["owner"], told.get("spec")) == ("team.hooked", "o", shown)


async def test_a_page_for_one_role_is_never_given_to_another():
    backend = ScriptedBackend([HOOKED, PLAIN])
    async with Shelf(WorkflowClient(backend), lambda: 1.0, PATIENT) as shelf:
        window = list_window({})
        whole = await shelf.page(WorkflowQuery(), window)
        masked = await shelf.page(WorkflowQuery(), window, masked=True)
        assert await shelf.page(WorkflowQuery(), window) is whole
    assert b"K3Y" in whole.body
    assert b"K3Y" not in masked.body
    assert whole.etag != masked.etag


@pytest.mark.parametrize("role", Role)
async def test_no_answer_to_a_role_below_admin_holds_a_key(tmp_path, role):
    clock, path = ManualClock(DEMO.start), tmp_path / "tokens.json"
    app = application(lambda: DEMO.open(clock), clock, tokens=path)
    given = {"dataset_name": "team.hooked", "schedule": {"cron": "0 8 * * *"}}
    given["notifications"] = {"on_failure": [{"type": "slack", "url": HOOK}]}
    given["yaml_content"] = SPEC
    paths = (
        "/api/v1/workflows?name=team.hooked",
        "/api/v1/x/workflows/team.hooked",
        "/api/v1/x/datasets/team.hooked",
        "/api/v1/workflows/history?dataset_name=team.hooked&include_dataset_info=true",
        "/api/v1/x/changes",
    )
    admin = await asyncio.to_thread(a_token, path, "ad", Role.ADMIN)
    asking = await asyncio.to_thread(a_token, path, "me", role)
    transport = httpx.ASGITransport(app)
    async with app.serving(), httpx.AsyncClient(transport=transport, base_url=URL) as client:
        cursor = (await client.get(paths[-1], headers=_signed(admin))).json()["cursor"]
        registered = await client.post(
            "/api/v1/workflows/register", json=given, headers=_signed(admin)
        )
        assert registered.status_code == 201
        answers = [
            (await client.get(one, headers=_signed(asking))).text
            for one in (*paths[:-1], f"{paths[-1]}?cursor={cursor}")
        ]
    assert all("team.hooked" in answer for answer in answers)
    assert any("K3Y" in answer for answer in answers) == (role is Role.ADMIN)


def _signed(token):
    return {"authorization": f"Bearer {token}"}

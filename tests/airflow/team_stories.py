"""What a team has of it: a dashboard that registers, a server of ours in front, S3 as the store."""

import json
import re
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from dli_tui.specs.syncindex import INDEX
from tests.airflow import s3
from tests.airflow.dashboard_stories import Dashboard
from tests.airflow.real import THREE
from tests.server.test_contract import LIST, NEW, holds, seed
from tests.terminal import Terminal, environment

PROGRAM = (sys.executable, "-m", "dli_tui")
SPEC = """\
name: {name}
owner: data@example.com
schedule: {{cron: "30 2 * * *", timezone: Asia/Seoul}}
steps:
  - {{name: extract, type: log, config: {{message: begun}}}}
  - {{name: load, type: wait, needs: [extract], config: {{seconds: {seconds}}}}}
"""
DESK, AWAY, CLICKS = "shop.desk", "shop.away", "iceberg.analytics.daily_clicks"
# Seed 000's own, to the letter.
MADE: dict[str, Any] = {**NEW, "yaml_content": "version: v1\nname: new_workflow\n..."}
RUN = {"params": {"date": "2026-01-01"}, "dry_run": False}
BACKFILL = {
    "start_date": "2026-01-01",
    "end_date": "2026-01-07",
    "params": {"region": "US"},
    "dry_run": False,
    "parallel": True,
}
STOP = {"reason": "Manual stop requested by user"}
PAUSE = {"reason": "Maintenance window"}
ACTIVE = {
    "status": "active",
    "source_type": "MANUAL",
    "owner": "data@example.com",
    "limit": 50,
    "offset": 0,
}
DATES = {"start_date": "2026-01-01", "end_date": "2026-01-07", "limit": 20}
_A_LOOK = 12.0
_MOST_LOOKS = 60
"""So often a command is asked, which takes about a second each time."""
_LONG = 150.0
"""Files that hold no DAG yet are read in Airflow's own time."""


@pytest.fixture
def project(tmp_path):
    """A folder with the specs of two datasets."""
    models = tmp_path / "models"
    models.mkdir()
    for name in (DESK, AWAY):
        text = SPEC.format(name=name, seconds=2)
        (models / f"dataset.{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def config(server, place, tmp_path, monkeypatch):
    """A config file with a profile of that Airflow, for each store."""
    store = server.specs.parent / "store"
    store.mkdir(exist_ok=True)
    where = f"""\
kind = "airflow"
url = "{server.address}"
username = "admin"
password_env = "AIRFLOW_PASSWORD"
"""
    path = tmp_path / "config.toml"
    path.write_text(
        f'[profiles.near]\n{where}specs = "{store.as_uri()}"\nspecs_folder = "{server.specs}"\n'
        f'[profiles.far]\n{where}specs = "s3://{s3.BUCKET}"\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("AIRFLOW_PASSWORD", "admin")
    return path


def told(*words):
    """What a command says; it goes well."""
    done = subprocess.run(
        [*PROGRAM, *words], env=environment(), check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def until(ask, holds):
    """What is told when it is as it should be."""
    end = time.monotonic() + _LONG
    while time.monotonic() < end:
        found = ask()
        if holds(found):
            return found
        # Other programs do the work: a real Airflow takes real time.
        time.sleep(1)
    raise AssertionError(f"it never came to be: {found}")


def test_a_dataset_is_registered_run_and_removed_at_the_desk(config, project, monkeypatch):
    monkeypatch.chdir(project)
    argv = [*PROGRAM, "--profile", "near", "--config", str(config)]
    with Terminal(argv, size=(120, 36), env=environment()) as terminal:
        desk = Dashboard(terminal)
        desk.sees(" live")
        desk.press("+", then="Register a dataset")
        desk.press(*DESK[:6], then=rf"{DESK} +tab")
        desk.press("tab", then=rf"Register {DESK}\?")
        desk.agree(then=rf"^› {DESK} ")
        desk.sees(rf"^› {DESK} +\S+ active", _LONG)
        desk.press("R", then=rf"Run {DESK}\?")
        desk.agree(then=rf"^› {DESK} .*(pending|running)")
        # Airflow may begin a run of its own, of the past tick: ours is the one by hand.
        desk.press("enter", then=rf"Workflows › {DESK} ")
        desk.sees(r"✓ completed .* adhoc", _LONG)
        desk.find(DESK)
        # The list is a look behind the page of the run.
        desk.press("r", then=" live")
        terminal.watch(_A_LOOK)
        desk.press("D", then=rf"Unregister {DESK}\?")
        desk.agree(then=rf"(?s)\A(?!.*(^[› ] {DESK} |Unregister)).* live")
        terminal.press("q")
        assert terminal.wait() == 0
        assert terminal.left_over() == []
    # A parse that had begun before brings the DAG of Airflow 2 back once, until the next one.
    listed = (
        told("workflow", "list", "--profile", "near", "--config", str(config))
        for _ in range(_MOST_LOOKS)
    )
    assert any(DESK not in rows for rows in listed)


@contextmanager
def serving(config, tmp_path):
    """That Airflow, served to whoever has the token; somebody who has it."""
    tokens = str(tmp_path / "tokens.json")
    token = told("serve", "token", "add", "desk", "--role", "admin", "--tokens", tokens).strip()
    where = ["--profile", "near", "--config", str(config)]
    with subprocess.Popen(
        [*PROGRAM, "serve", *where, "--port", "0", "--tokens", tokens],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            found = re.search(r" on (http://[^\s;]+)", server.stdout.readline())
            assert found, "it says where it listens"
            headers = {"Authorization": f"Bearer {token}"}
            with httpx.Client(base_url=found[1], headers=headers, timeout=60) as client:
                yield client
        finally:
            server.terminate()
            assert server.wait(30) == 0


def answered(answer, status):
    assert answer.status_code == status, answer.text
    return answer.json()


def test_seed_000_is_walked_with_its_own_bodies(config, tmp_path, version):
    with serving(config, tmp_path) as client:
        registers(client)
        runs_and_stops(client)
        backfills(client, version)
        pauses(client)
        unregisters(client)


def names(client, asked):
    """The names on the list; a moment old they may be, as everybody is told the same."""
    return {row["dataset_name"] for row in answered(client.get(LIST, params=asked), 200)}


def registers(client):
    made = answered(client.post(f"{LIST}/register", json=MADE), 201)
    assert holds(made, seed("register"))
    assert (made["registered_by"], made["source_type"]) == ("desk", "MANUAL")
    assert made["airflow_dag_id"] == "iceberg_analytics_new_workflow"
    # The one that is run and stopped needs something to do.
    text = SPEC.format(name=CLICKS, seconds=120)
    answered(
        client.post(
            f"{LIST}/register", json={**MADE, "dataset_name": CLICKS, "yaml_content": text}
        ),
        201,
    )
    both = {MADE["dataset_name"], CLICKS}
    rows = until(
        lambda: answered(client.get(LIST, params=ACTIVE), 200),
        lambda rows: both <= {row["dataset_name"] for row in rows},
    )
    mine = [row for row in rows if row["dataset_name"] in both]
    assert [row["schedule"] for row in mine] == [MADE["schedule"]] * 2
    assert {row["team"] for row in mine} == {MADE["team"]}
    # Seed 000 reads a row from the list alone.
    assert {row["status"] for row in rows} == {"active"}


def runs_and_stops(client):
    run = answered(client.post(f"{LIST}/{CLICKS}/run", json=RUN), 202)
    assert (run["status"], run["params"], run["triggered_by"]) == (
        "PENDING",
        RUN["params"],
        "desk",
    )
    one = f"{LIST}/runs/{quote(run['run_id'], safe='')}"
    status = until(
        lambda: answered(client.get(one), 200),
        # Between two tasks there is none to name.
        lambda told: told.get("progress", {}).get("current_task") == "load",
    )
    assert holds(status, seed("status"))
    assert (status["status"], status["progress"]["completed_tasks"]) == ("RUNNING", 1)
    stop = answered(client.post(f"{one}/stop", json=STOP), 200)
    assert holds(stop, seed("stop"))
    assert (stop["status"], stop["reason"]) == ("STOPPING", STOP["reason"])
    until(
        lambda: answered(client.get(one), 200),
        lambda told: told["status"] == "STOPPED" and told["stopped_by"] == "desk",
    )


def backfills(client, version):
    name = MADE["dataset_name"]
    asked = BACKFILL
    if version is not THREE:
        refused = answered(client.post(f"{LIST}/{name}/backfill", json=BACKFILL), 501)
        assert "all dates at once" in refused["error"]["message"]
        asked = {**BACKFILL, "parallel": False}
    # Airflow's SQLite is locked while its scheduler writes, and nothing is begun then.
    answer = until(
        lambda: client.post(f"{LIST}/{name}/backfill", json=asked),
        lambda answer: "Database is locked" not in answer.text,
    )
    whole = answered(answer, 202)
    written = seed("backfill")
    if version is THREE:
        # Airflow queues them itself, and only then are there ids to tell.
        del written["run_ids"], written["total_runs"]
    assert holds(whole, written)
    assert (whole["status"], whole["triggered_by"]) == (
        "PENDING" if version is THREE else "RUNNING",
        "desk",
    )
    query = {"dataset_name": name, **DATES}
    runs = until(
        lambda: answered(client.get(f"{LIST}/history", params=query), 200),
        lambda runs: [run["status"] for run in runs] == ["SUCCESS"] * 7,
    )
    assert holds(runs[0], seed("history")[0])


def pauses(client):
    one = f"{LIST}/{CLICKS}"
    paused = answered(client.post(f"{one}/pause", json=PAUSE), 200)
    assert holds(paused, seed("pause"))
    assert names(client, {**ACTIVE, "status": "paused"}) == {CLICKS}
    assert answered(client.post(f"{one}/unpause", json={}), 200)["status"] == "active"
    assert CLICKS in names(client, ACTIVE)


def is_through(answer):
    """Whether no run stood in the way."""
    return "under way" not in answer.text


def unregisters(client):
    for name in (CLICKS, MADE["dataset_name"]):
        # Airflow may have started a run by itself, of a tick that has passed.
        answer = until(partial(client.delete, f"{LIST}/{name}"), is_through)
        gone = answered(answer, 200)
        assert holds(gone, seed("unregister"))
        assert (gone["status"], gone["unregistered_by"]) == ("unregistered", "desk")
        assert name not in names(client, {})


def test_from_s3_a_sync_brings_what_was_registered(config, project, server, tmp_path, monkeypatch):
    where = ("--profile", "far", "--config", str(config))
    # The folder followed the store of the other profile.
    (server.specs / INDEX).unlink(missing_ok=True)
    with s3.serving(tmp_path) as address:
        for key, value in {**s3.SETTINGS, "AWS_ENDPOINT_URL": address}.items():
            monkeypatch.setenv(key, value)

        def row():
            return json.loads(told("workflow", "get", AWAY, *where, "--format", "json"))

        words = ("--cron", "0 3 * * *", "--timezone", "Asia/Seoul", "--path", str(project))
        told("workflow", "register", AWAY, *words, *where)
        assert row()["warning"] == "stored, waiting for Airflow"
        assert "Written: 1 spec" in told("airflow", "sync", "--to", str(server.specs), *where)
        found = until(row, lambda row: row["status"] == "active" and row["warning"] is None)
        assert (found["cron"], found["s3_path"]) == (
            "0 3 * * *",
            f"s3://{s3.BUCKET}/workflows/manual/{AWAY}.yaml",
        )
        told("workflow", "unregister", AWAY, "--force", *where)
        assert "Removed: 1 spec" in told("airflow", "sync", "--to", str(server.specs), *where)
        until(row, lambda row: row["status"] == "disabled")
    (server.specs / INDEX).unlink()

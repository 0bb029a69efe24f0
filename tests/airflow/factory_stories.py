"""Specs in a folder become DAGs of a real Airflow, and do what they say and nothing else."""

import asyncio
import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dli_tui.domain.query import HistoryQuery
from dli_tui.domain.status import RunStatus, RunType, SourceType, StepStatus, WorkflowStatus
from tests.airflow.place import log_of, over
from tests.airflow.real import OUTSIDE, TWO

SPEC = """\
version: v1
name: {name}
owner: data@example.com
team: shop
schedule: {{cron: "{cron}", timezone: Asia/Seoul, enabled: {enabled}}}
parameters:
  region: {{type: string, default: EU}}
  day: {{type: date, default: 2026-01-31}}
steps:
  - {{name: extract, type: log, config: {{message: "{{{{params.region}}}} on {{{{params.day}}}}"}}}}
  - name: load
    type: log
    needs: [extract]
    config: {{message: "{{{{ var.value.key }}}} {{{{ds}}}}"}}
"""
_TRIES = 150
MIDNIGHT, NOON = "0 0 * * *", "0 12 * * *"


@pytest.fixture
def put(server):
    """Writes a document as a sync does; what was put is gone again after the test."""
    written = []

    async def put(key, text=None, *, cron=MIDNIGHT, enabled="true"):
        return await asyncio.to_thread(write, key, text, cron, enabled)

    def write(key, text, cron, enabled):
        path = server.specs / f"{key}.yaml"
        path.parent.mkdir(exist_ok=True)
        whole = text or SPEC.format(name=path.stem, cron=cron, enabled=enabled)
        new = path.with_name(f".{path.name}.new")
        new.write_text(whole, "utf-8")
        new.replace(path)
        written.append(path)
        return path

    yield put
    for path in written:
        path.unlink(missing_ok=True)


@pytest.fixture
def outside(server):
    """Who is told by webhooks."""
    told = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            told.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(204)
            self.end_headers()

        def do_GET(self):
            self.send_response(500)
            self.end_headers()

        def log_message(self, *words):
            """Say nothing."""

    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    (server.specs.parent / "outside.port").write_text(str(found.server_port), "ascii")
    thread = threading.Thread(target=found.serve_forever)
    thread.start()
    yield told
    found.shutdown()
    thread.join()
    found.server_close()


async def until(ask, holds):
    """What is told when it is as it should be."""
    for _ in range(_TRIES):
        told = await ask()
        if holds(told):
            return told
        await asyncio.sleep(1)
    raise AssertionError(f"it never came to be: {told}")


async def take_away(path):
    await asyncio.to_thread(path.unlink)


async def there(client, name, holds=lambda row: True):
    return await until(
        lambda: client.get(name),
        lambda row: row is not None and row.status is not WorkflowStatus.DISABLED and holds(row),
    )


async def gone(client, name):
    """Whether it isn't listed any more, or only as one that can't run."""
    row = await client.get(name)
    return row is None or row.status is WorkflowStatus.DISABLED


async def runs_of(client, name):
    return [run async for page in client.runs(HistoryQuery(name)) for run in page.items]


async def due_runs_of(client, name):
    """The runs that were due, when one by hand is over: the scheduler makes those first.

    Where Airflow begins one all the same, its steps are skipped.
    """
    by_hand = await over(client, (await client.run(name)).run_id)
    assert by_hand.run_status is RunStatus.COMPLETED
    due = [run for run in await runs_of(client, name) if run.run_type is RunType.SCHEDULED]
    for run in due:
        await over(client, f"{name}/{run.run_id}")
        steps = await client.steps(f"{name}/{run.run_id}")
        assert {step.status for step in steps} == {StepStatus.SKIPPED}
    return due


async def test_a_new_spec_is_listed_as_it_says_and_no_past_tick_of_it_is_run(client, put, version):
    await put("manual/shop.orders")
    row = await there(client, "shop.orders")
    assert (row.source_type, row.status) == (SourceType.MANUAL, WorkflowStatus.ACTIVE)
    assert (row.cron, row.timezone) == (MIDNIGHT, "Asia/Seoul")
    assert (row.team, row.owner) == ("shop", "data@example.com")
    assert row.airflow_dag_id == "shop_orders"
    assert await due_runs_of(client, "shop.orders") == [] or version is TWO
    await put("manual/shop.orders", cron=NOON)
    row = await there(client, "shop.orders", lambda row: row.cron == NOON)
    await due_runs_of(client, "shop.orders")


async def test_a_run_goes_through_its_steps_with_its_parameters(client, put):
    await put("manual/shop.run")
    await there(client, "shop.run")
    started = await client.run("shop.run", parameters={"region": "{{ 7 * 7 }}"})
    ended = await over(client, started.run_id)
    assert ended.run_status is RunStatus.COMPLETED
    steps = await client.steps(started.run_id)
    assert [(step.name, step.type, step.needs) for step in steps] == [
        ("extract", "LogStep", ()),
        ("load", "LogStep", ("extract",)),
    ]
    first, second = [await log_of(client, started.run_id, step) for step in steps]
    assert any("{{ 7 * 7 }} on 2026-01-31" in line for line in first)
    assert any("{{ var.value.key }} 20" in line for line in second)


async def test_a_run_of_a_day_before_the_spec_came_has_its_steps(client, put):
    await put("manual/shop.past")
    await there(client, "shop.past")
    result = await client.backfill("shop.past", start_date="2026-01-05", end_date="2026-01-05")
    assert result.run_status is RunStatus.COMPLETED
    day = datetime(2026, 2, 1, tzinfo=UTC)
    (run,) = [run for run in await runs_of(client, "shop.past") if run.slot < day]
    steps = await client.steps(f"shop.past/{run.run_id}")
    assert [step.status for step in steps] == [StepStatus.COMPLETED] * 2
    lines = await log_of(client, f"shop.past/{run.run_id}", steps[1])
    assert any("2026-01-05" in line for line in lines)


async def test_one_that_is_not_enabled_is_paused_at_birth(client, put):
    await put("manual/shop.held", enabled="false")
    assert (await there(client, "shop.held")).status is WorkflowStatus.PAUSED


def is_of(source, cron):
    """Whether a row is of that source, with that schedule."""
    return lambda row: (row.source_type, row.cron) == (source, cron)


async def test_code_goes_before_manual_and_manual_comes_back(client, put):
    await put("manual/shop.both")
    await there(client, "shop.both", lambda row: row.source_type is SourceType.MANUAL)
    code = await put("code/shop.both", cron=NOON)
    # Airflow 2 reads tags after the row: an answer may have the new tags with the old schedule.
    await there(client, "shop.both", is_of(SourceType.CODE, NOON))
    await take_away(code)
    await there(client, "shop.both", is_of(SourceType.MANUAL, MIDNIGHT))


async def test_a_spec_that_is_wrong_is_told_of_and_harms_no_other(client, put):
    await put("manual/shop.good")
    await there(client, "shop.good")
    bad = await put(
        "manual/shop.bad", "name: shop.bad\nsteps: [{name: a, type: shell, config: {command: ls}}]"
    )
    health = await until(
        client.health, lambda found: any("shop.bad" in one.message for one in found.import_errors)
    )
    (error,) = [one for one in health.import_errors if "shop.bad" in one.message]
    assert "manual/shop.bad.yaml: steps[0]: shell runs for CODE only" in error.message
    await put("manual/shop.next")
    await there(client, "shop.next")
    assert (await there(client, "shop.good")).status is WorkflowStatus.ACTIVE
    assert await client.get("shop.bad") is None
    started = await client.run("shop.good")
    assert (await over(client, started.run_id)).run_status is RunStatus.COMPLETED
    await take_away(bad)
    await until(
        client.health,
        lambda found: not any("shop.bad" in one.message for one in found.import_errors),
    )


async def test_webhooks_are_told_of_steps_and_of_the_end(client, put, outside):
    hook = f'[{{type: webhook, url: "http://{OUTSIDE}/hook"}}]'
    text = SPEC.format(name="shop.told", cron=MIDNIGHT, enabled="true")
    await put(
        "manual/shop.told", f"{text}notifications: {{on_success: {hook}, on_failure: {hook}}}\n"
    )
    step = f'{{name: a, type: http, config: {{url: "http://{OUTSIDE}/x", timeout: 5}}}}'
    await put(
        "manual/shop.fails",
        f"name: shop.fails\nsteps: [{step}]\nnotifications: {{on_failure: {hook}}}\n",
    )
    for name, status in (("shop.told", RunStatus.COMPLETED), ("shop.fails", RunStatus.FAILED)):
        await there(client, name)
        started = await client.run(name)
        assert (await over(client, started.run_id)).run_status is status

    async def ask():
        return {(one["event_type"], one["workflow_id"]) for one in outside}

    await until(
        ask,
        lambda told: (
            told
            == {
                ("step_completed", "shop.told"),
                ("workflow_completed", "shop.told"),
                ("step_failed", "shop.fails"),
                ("workflow_failed", "shop.fails"),
            }
        ),
    )
    ends = [one for one in outside if one["event_type"] == "workflow_completed"]
    assert len(ends) == 1
    end = ends[0]
    assert end["status"] == "completed"
    assert end["execution_time_ms"] > 0
    assert end["timestamp"].endswith("Z")
    assert end["execution_id"]


async def test_a_spec_that_is_deleted_is_not_listed_any_more(client, put):
    path = await put("manual/shop.gone")
    await there(client, "shop.gone")
    await take_away(path)
    await until(lambda: gone(client, "shop.gone"), bool)

"""Backfills that the server keeps going, for a place that starts single runs only."""

import asyncio
import json
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest

from dli_tui.backends.basecamp.adapter import BasecampBackend
from dli_tui.client import WorkflowClient
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import Unsupported, WorkflowExecutionError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.sequence import SequenceMark
from dli_tui.domain.status import RunStatus, RunType
from dli_tui.server import supervising
from dli_tui.server.identity import Role
from tests.support_backends import NOW, run
from tests.support_dates import ByDates, PacedClock
from tests.support_gate import a_token, refusal_of
from tests.support_server import URL, application, profile

FAILED, KILLED, RUNNING = RunStatus.FAILED, RunStatus.KILLED, RunStatus.RUNNING
LIST = "/api/v1/workflows"
OFFER = "/api/v1/x/capabilities"
THREE = {"start_date": "2026-03-01", "end_date": "2026-03-03", "params": {"a": 1}}


class Here:
    """A server, the place behind it, and whoever asks it."""

    def __init__(self, backend, clock, *, client, adapter, transport, log):
        self.backend, self.clock, self.client = backend, clock, client
        self.adapter, self.transport = adapter, transport
        self.log = log

    @property
    def told(self):
        """The lines about backfills."""
        lines = map(json.loads, self.log)
        return [line for line in lines if "backfill" in line.get("event", "")]

    async def begin(self, *, status=202, key=None, **body):
        """Ask for three dates."""
        headers = {} if key is None else {"idempotency-key": key}
        answer = await self.client.post(f"{LIST}/d/backfill", json=THREE | body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def end(self, status=RunStatus.COMPLETED):
        """The run under way ends, and the server sees it."""
        self.backend.end(status)
        await self.clock.pass_by()

    async def get(self, path):
        """What is answered there."""
        return (await self.client.get(path)).json()


@asynccontextmanager
async def served(*, backend=None, clock=None, token=None, read_only=False, **settings):
    clock = clock or PacedClock()
    backend = backend or ByDates(clock)
    log: list[str] = []
    app = application(lambda: backend, clock, tell=log.append, read_only=read_only, **settings)
    transport = httpx.ASGITransport(app)
    signed = {} if token is None else {"authorization": f"Bearer {token}"}
    own = profile()
    async with (
        app.serving(),
        httpx.AsyncClient(transport=transport, base_url=URL, headers=signed) as client,
        BasecampBackend(own, {}, transport=transport) as adapter,
    ):
        yield Here(backend, clock, client=client, adapter=adapter, transport=transport, log=log)


@pytest.fixture
async def here():
    async with served() as made:
        yield made


async def test_dates_go_on_after_the_answer_up_to_the_end(here):
    answer = await here.begin()
    assert (answer["status"], answer["total_runs"], len(answer["run_ids"])) == ("RUNNING", 3, 1)
    assert SequenceMark.workflow_in(answer["backfill_id"]) == "d"
    for _ in range(3):
        await here.clock.pass_by()
        assert here.backend.runs[0].status is RUNNING
        await here.end()
    asked = here.backend.arrived("run")
    assert [f"{one.slot:%m-%d}" for one in asked] == ["03-01", "03-02", "03-03"]
    assert all(one.parameters["a"] == 1 for one in asked)
    assert here.backend.sent == ["run"] * 3
    (line,) = here.told
    assert (line["event"], line["status"], line["never_begun"]) == (
        "backfill ended",
        "COMPLETED",
        0,
    )


async def test_the_first_date_that_fails_ends_it(here):
    answer = await here.begin()
    await here.end()
    await here.end(FAILED)
    await here.clock.pass_by(600)
    assert here.backend.sent == ["run"] * 2
    (line,) = here.told
    assert (line["status"], line["begun"], line["never_begun"]) == ("FAILED", 2, 1)
    left = await here.get(f"/api/v1/x/backfills/{answer['backfill_id']}")
    assert (left["by_hand"], left["whole"]["status"]) == (True, "FAILED")


async def test_a_first_date_that_is_refused_is_the_answer_and_nothing_goes_on(here):
    here.backend.cues["run"] = [WorkflowExecutionError("no room")]
    error = await here.begin(status=422)
    assert error["error"]["message"] == "no room"
    assert (here.told[0]["begun"], here.told[0]["problem"]) == (0, "no room")
    await here.clock.pass_by(600)
    assert here.backend.sent == ["run"]


async def test_a_refusal_later_on_is_said_in_the_log_and_to_whoever_looks(here):
    answer = await here.begin()
    here.backend.cues["run"] = [WorkflowExecutionError("no room")]
    await here.end()
    assert here.told[0]["problem"] == "no room"
    whole = answer["backfill_id"]
    run = await here.get(f"{LIST}/runs/{whole}")
    assert (run["status"], run["error_message"]) == ("FAILED", "no room")
    shown = await here.get(f"/api/v1/x/backfills/{whole}")
    assert shown["whole"]["error_message"] == "no room"
    assert shown["by_hand"]


async def test_why_dates_could_not_be_started_is_not_remembered_without_end(here, monkeypatch):
    monkeypatch.setattr(supervising, "_MOST_PROBLEMS", 1)
    asked = []
    for first in ("2026-03-01", "2026-03-02"):
        asked.append(await here.begin(start_date=first))
        here.backend.cues["run"] = [WorkflowExecutionError("no room")]
        await here.end()
    runs = [await here.get(f"{LIST}/runs/{answer['backfill_id']}") for answer in asked]
    assert [run["status"] for run in runs] == ["PENDING", "FAILED"]


async def test_a_stop_of_the_whole_stops_its_run_and_begins_no_other(here):
    answer = await here.begin()
    stop = f"{LIST}/runs/{answer['backfill_id']}/stop"
    stopped = (await here.client.post(stop, json={"reason": "wrong week"})).json()
    assert (stopped["run_id"], stopped["status"]) == (answer["backfill_id"], "STOPPING")
    assert stopped["reason"] == "wrong week"
    ((ref, reason),) = here.backend.arrived("stop")
    assert (ref.run_id, reason) == (answer["run_ids"][0], "wrong week")
    await here.clock.pass_by()
    assert here.backend.sent == ["run", "stop"]
    assert here.told[0]["status"] == "KILLED"
    refusal_of(await here.client.post(stop, json={}), 404)


async def test_a_stop_between_two_dates_lets_no_other_begin(here):
    answer = await here.begin()
    here.backend.end()
    stop = f"{LIST}/runs/{answer['backfill_id']}/stop"
    assert (await here.client.post(stop, json={})).status_code == 200
    await here.clock.pass_by()
    assert here.backend.sent == ["run", "stop"]


async def test_between_two_dates_it_is_under_way_for_whoever_looks(here):
    answer = await here.begin()
    here.backend.end()
    here.clock.move(600)
    whole = answer["backfill_id"]
    (listed,) = (await here.get("/api/v1/x/backfills"))["backfills"]
    shown = await here.get(f"/api/v1/x/backfills/{whole}")
    for one in (listed, shown):
        assert (one["by_hand"], one["whole"]["status"]) == (False, "RUNNING")
    assert (await here.get(f"{LIST}/runs/{whole}"))["status"] == "RUNNING"
    (seen,) = await here.adapter.backfills()
    assert not seen.is_unfinished(here.clock.now())


async def test_whoever_was_answered_can_follow_it_to_its_end_by_its_id(here):
    answer = await here.begin(end_date="2026-03-01")
    await here.end()
    assert (await here.get(f"{LIST}/runs/{answer['backfill_id']}"))["status"] == "SUCCESS"


async def test_when_the_server_ends_nothing_more_begins_and_it_says_what_was_left():
    clock = PacedClock()
    place = ByDates(clock)
    async with served(clock=clock, backend=place) as here:
        answer = await here.begin()
        await here.end()
    await clock.pass_by(600)
    assert place.sent == ["run"] * 2
    (line,) = here.told
    assert (line["event"], line["begun"], line["never_begun"]) == ("backfill left", 2, 1)
    place.end()
    async with served(clock=clock, backend=place) as here:
        clock.move(600)
        found = await here.adapter.backfill_status(RunRef(answer["backfill_id"]))
        assert found.by_hand
        assert found.is_unfinished(clock.now())
        await clock.pass_by(600)
    assert place.sent == ["run"] * 2, "never resumed unasked"


async def test_a_dashboard_is_told_that_the_server_keeps_it_going(here):
    client = WorkflowClient(here.adapter, clock=here.clock)
    plan = await client.plan_backfill("d", "2026-03-01", "2026-03-03")
    assert any("dli-tui serve keeps it going" in one for one in plan.warnings)
    assert not any("This program" in one or "whole range" in one for one in plan.warnings)
    assert not client.keeps_going(plan)
    result = await client.start_backfill(plan)
    assert (result.run_status, result.total_runs) == (RUNNING, 3)
    assert here.backend.sent == ["run"]


async def test_a_dry_run_says_so_too_and_begins_nothing(here):
    answer = await here.begin(status=200, dry_run=True)
    assert "dli-tui serve keeps it going" in answer["warning"]
    assert "This program keeps" not in answer["warning"]
    assert here.backend.sent == []


async def test_single_dates_can_be_left_out_where_they_go_one_by_one(here):
    client = WorkflowClient(here.adapter, clock=here.clock)
    await client.rows("d")
    assert client.leaves_out(parallel=False)
    assert not client.leaves_out(parallel=True)
    slots = ["2026-03-03T09:00:00Z", "2026-03-01T09:00:00Z"]
    answer = await here.begin(slots=slots)
    assert answer["total_runs"] == 2
    await here.end()
    assert [f"{one.slot:%m-%d}" for one in here.backend.arrived("run")] == ["03-01", "03-03"]


@pytest.mark.parametrize("slot", ["2026-03-02T10:00:00Z", "2026-03-04T09:00:00Z"])
async def test_a_date_that_cannot_run_is_refused_before_any_other_begins(here, slot):
    error = await here.begin(status=409, slots=["2026-03-01T09:00:00Z", slot])
    assert "Of the dates asked for 1 can't run now: 2026-03-0" in error["error"]["message"]
    assert here.backend.sent == []


async def test_a_date_under_way_is_refused_where_it_was_asked_for_by_itself(here):
    slot = "2026-03-02T09:00:00Z"
    moment = NOW.replace(day=2, hour=9, minute=0)
    here.backend.runs = [run("other", RUNNING, slot=moment, run_type=RunType.ADHOC)]
    await here.begin(status=409, slots=[slot])
    assert here.backend.sent == []


async def test_what_has_no_date_to_run_begins_nothing(here):
    answer = await here.begin(start_date="2026-04-01", end_date="2026-04-02")
    assert "No request was sent" in answer["message"]
    assert here.backend.sent == []


async def test_the_same_key_is_the_same_backfill(here):
    first = await here.begin(key="k1")
    assert await here.begin(key="k1") == first
    await here.clock.pass_by()
    assert here.backend.sent == ["run"]


async def test_dates_are_begun_in_the_name_of_whoever_asked(tmp_path):
    path = tmp_path / "tokens.json"
    token = await asyncio.to_thread(a_token, path, "ann@example.com", Role.OPERATOR)
    async with served(tokens=path, token=token) as here:
        answer = await here.begin()
        assert answer["triggered_by"] == "ann@example.com"
        await here.end()
        assert [one.triggered_by for one in here.backend.runs] == ["ann@example.com"] * 2
        marks = [SequenceMark.of(one.parameters) for one in here.backend.runs]
        assert {mark.by for mark in marks} == {"ann@example.com"}


async def test_who_may_only_look_starts_none(tmp_path):
    path = tmp_path / "tokens.json"
    token = await asyncio.to_thread(a_token, path, "vi@example.com", Role.VIEWER)
    async with served(tokens=path, token=token) as here:
        await here.begin(status=403)
        assert here.backend.sent == []


async def test_a_server_that_changes_nothing_keeps_none_going_and_takes_no_lease(tmp_path):
    lease = tmp_path / "lease"
    async with served(read_only=True, lease=lease) as here:
        error = await here.begin(status=403)
        assert "read-only is set" in error["error"]["message"]
        offer = await here.get(OFFER)
        assert not offer["supervises"]
        assert not lease.exists()


async def test_a_place_that_cannot_start_a_date_is_no_better_off():
    clock = PacedClock()
    backend = ByDates(clock, without=[Capability.DATED_RUNS])
    async with served(clock=clock, backend=backend) as here:
        assert "SEQUENCES" not in (await here.get(OFFER))["capabilities"]
        error = await here.begin(status=501)
        assert "keeps no backfill going" in error["error"]["message"]


async def test_of_two_servers_one_keeps_going_and_the_other_says_who(tmp_path):
    clock = PacedClock()
    same = {"clock": clock, "backend": ByDates(clock), "lease": tmp_path / "lease"}
    async with served(**same) as first, served(**same) as second:
        assert second.told[0]["reason"].startswith("another server does that already")
        offer = await second.get(OFFER)
        assert not offer["supervises"]
        assert "SEQUENCES" not in offer["capabilities"]
        assert "another server does that" in offer["reasons"]["SEQUENCES"]
        error = await second.begin(status=501)
        assert "another server does that already" in error["error"]["message"]
        assert second.backend.sent == []
        await second.adapter.workflow("d")
        assert "another server" in second.adapter.why_not(Capability.SEQUENCES)
        assert (await first.get(OFFER))["supervises"]


async def test_the_other_takes_it_over_when_the_first_ends(tmp_path):
    clock = PacedClock()
    same = {"clock": clock, "backend": ByDates(clock), "lease": tmp_path / "lease"}
    async with AsyncExitStack() as first:
        await first.enter_async_context(served(**same))
        async with served(**same) as second:
            assert not (await second.get(OFFER))["supervises"]
            await first.aclose()
            assert (await second.get(OFFER))["supervises"]
            await second.begin()
            assert second.backend.sent == ["run"]


async def test_a_dashboard_that_is_refused_asks_anew_what_is_offered(tmp_path):
    clock = PacedClock()
    same = {"clock": clock, "backend": ByDates(clock), "lease": tmp_path / "lease"}
    async with served(**same) as first, served(**same) as second:
        client = WorkflowClient(first.adapter, clock=clock)
        plan = await client.plan_backfill("d", "2026-03-01", "2026-03-03")
        first.transport.app = second.transport.app
        with pytest.raises(Unsupported, match="another server does that already"):
            await client.start_backfill(plan)
        again = await client.plan_backfill("d", "2026-03-01", "2026-03-03")
        assert client.keeps_going(again)
        assert any("This program keeps it going" in one for one in again.warnings)
        assert first.backend.sent == []

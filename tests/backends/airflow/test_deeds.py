"""What is done there: one request each, told truly, and found again where its answer was lost."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import (
    AnswerLostError,
    ErrorCode,
    WorkflowExecutionError,
    WorkflowNotFoundError,
    WorkflowPermissionError,
)
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import RunRequest
from dli_tui.domain.request_id import request_id
from dli_tui.domain.sequence import KEY, SequenceMark
from dli_tui.domain.status import RunStatus, WorkflowStatus
from tests.backends.airflow.doing import BOTH, REF, on_call, with_a_dag  # noqa: F401 - a fixture
from tests.backends.airflow.fake import FakeAirflow, opened

SLOT = datetime(2026, 11, 3, 6, tzinfo=UTC)


# Run


@BOTH
async def test_a_run_has_our_id_its_parameters_and_a_note_that_says_who(version):
    airflow = with_a_dag(version)
    async with opened(airflow) as backend:
        result = await backend.run(RunRequest("a", {"sleep": 1}, run_id="mine"))
        run = await backend.run_status(REF)
    (body,) = airflow.bodies("/dags/a/dagRuns")
    assert (body["dag_run_id"], body["conf"], body["note"]) == (
        "mine",
        {"sleep": 1},
        "started by oncall",
    )
    # 3.x wants the key and 2.x doesn't want it empty.
    assert ("logical_date" in body) == (version == 2)
    assert (result.run_id, result.run_status, result.triggered_by) == (
        "mine",
        RunStatus.PENDING,
        "oncall",
    )
    assert (run.slot, run.parameters, run.triggered_by) == (None, {"sleep": 1}, "oncall")


@BOTH
async def test_a_run_for_a_date_carries_it_and_the_interval_that_the_scheduler_would_give(version):
    airflow = with_a_dag(version)
    airflow.schedules("a", "0 6 * * *", length="next")
    async with opened(airflow) as backend:
        await backend.run(RunRequest("a", slot=SLOT, run_id="mine"))
        run = await backend.run_status(REF)
    (body,) = airflow.bodies("/dags/a/dagRuns")
    end = SLOT + timedelta(days=1)
    assert body["logical_date"] == body["data_interval_start"] == SLOT.isoformat()
    assert body["data_interval_end"] == end.isoformat()
    assert (run.slot, run.data_interval_start, run.data_interval_end) == (SLOT, SLOT, end)


@BOTH
async def test_a_date_that_the_schedule_doesnt_have_is_refused(version):
    airflow = with_a_dag(version)
    airflow.schedules("a", "0 6 * * *", "Asia/Seoul")
    async with opened(airflow) as backend:
        with pytest.raises(WorkflowExecutionError) as caught:
            await backend.run(RunRequest("a", slot=SLOT, run_id="mine"))
    assert caught.value.code is ErrorCode.WORKFLOW_INVALID_STATE
    assert not airflow.runs


@BOTH
async def test_the_mark_of_a_backfill_is_in_the_note_and_not_among_the_parameters(version):
    airflow = with_a_dag(version)
    mark = SequenceMark("a_backfill_1", (SLOT, SLOT + timedelta(days=1)), SLOT, "oncall")
    given = {"x": 1, KEY: mark.as_parameter(0)}
    request = RunRequest("a", given, slot=SLOT, run_id="mine", interval=(SLOT, SLOT))
    async with opened(airflow) as backend:
        await backend.run(request)
        run = await backend.run_status(REF)
    (body,) = airflow.bodies("/dags/a/dagRuns")
    assert body["conf"] == {"x": 1}
    assert SequenceMark.of(run.parameters) == mark
    assert run.backfill_id == mark.backfill_id
    assert run.model_dump()["parameters"] == {"x": 1}


async def test_two_runs_have_two_ids():
    airflow = with_a_dag()
    async with opened(airflow) as backend:
        ids = {(await backend.run(RunRequest("a"))).run_id for _ in range(2)}
    assert len(ids) == 2


@BOTH
async def test_a_date_that_has_a_run_of_another_id_is_an_error_and_starts_nothing(version):
    airflow = with_a_dag(version)

    def taken(request):
        if request.method == "POST":
            return airflow.problem("err_409_trigger_dup")
        return airflow(request)

    async with opened(airflow, answer=taken) as backend:
        with pytest.raises(WorkflowExecutionError) as caught:
            await backend.run(RunRequest("a", slot=SLOT, run_id="mine", interval=(SLOT, SLOT)))
    assert caught.value.run_id == "mine"


@BOTH
async def test_what_is_sent_twice_under_one_id_is_one_run(version):
    airflow = with_a_dag(version)
    async with opened(airflow) as backend:
        with request_id("wish"):
            first = await backend.run(RunRequest("a"))
            second = await backend.run(RunRequest("a"))
    assert first.run_id == second.run_id
    assert len(airflow.runs) == 1


@BOTH
async def test_a_run_whose_answer_was_lost_is_sent_again_under_its_id(version):
    airflow = with_a_dag(version)
    airflow.is_lost = True
    async with opened(airflow) as backend:
        result = await backend.run(RunRequest("a", {"n": 1}))
    assert (("a", result.run_id) in airflow.runs, len(airflow.runs)) == (True, 1)
    assert {body["dag_run_id"] for body in airflow.bodies("/dagRuns")} == {result.run_id}


async def test_a_request_that_arrives_after_our_time_limit_makes_one_run():
    airflow = with_a_dag()
    late = []

    def slow(request):
        if request.method != "POST":
            return airflow(request)
        late.append(request)
        if len(late) == 3:
            # The first request comes through only now, and then the third.
            airflow(late[0])
            return airflow(request)
        raise httpx.ReadTimeout("nothing came")

    async with opened(airflow, answer=slow) as backend:
        result = await backend.run(RunRequest("a"))
    assert [run_id for _, run_id in airflow.runs] == [result.run_id]


async def test_a_run_that_is_never_answered_is_unconfirmed():
    airflow = with_a_dag()

    def broken(request):
        if request.method == "POST":
            raise httpx.ReadError("the cable was pulled")
        return airflow(request)

    async with opened(airflow, answer=broken) as backend:
        with pytest.raises(AnswerLostError):
            await backend.run(RunRequest("a"))


async def test_a_run_stays_unconfirmed_where_the_server_is_gone_after_a_lost_answer():
    airflow, posts = with_a_dag(), []

    def gone(request):
        if request.method != "POST":
            return airflow(request)
        posts.append(request)
        raise httpx.ReadError("cut off") if len(posts) == 1 else httpx.ConnectError("refused")

    async with opened(airflow, answer=gone) as backend:
        with pytest.raises(AnswerLostError):
            await backend.run(RunRequest("a"))
    assert len(posts) > 1


async def test_a_dag_that_isnt_there_cant_be_run():
    async with opened(FakeAirflow()) as backend:
        with pytest.raises(WorkflowNotFoundError, match="'a' not found"):
            await backend.run(RunRequest("a"))


# Stop


@BOTH
@pytest.mark.parametrize(
    ("reason", "note"),
    [
        ("too slow: oncall", "stopped by oncall: too slow: oncall\nat 2026-11-21 12:00:00 UTC"),
        (None, "stopped by oncall: no reason given\nat 2026-11-21 12:00:00 UTC"),
    ],
)
async def test_a_stop_leaves_a_note_and_shows_as_killed_with_who_and_why(version, reason, note):
    airflow = with_a_dag(version)
    airflow.run("a", "mine", state="running")
    async with opened(airflow) as backend:
        result = await backend.stop(REF, reason=reason)
        run = await backend.run_status(REF)
    if version == 1:
        assert airflow.bodies("/dagRuns/mine") == [{"state": "failed"}]
        assert airflow.bodies("/dagRuns/mine/setNote") == [{"note": note}]
    else:
        assert airflow.bodies("/dagRuns/mine") == [{"state": "failed", "note": note}]
    assert (result.run_status, result.reason, result.stopped_by, result.stopped_at) == (
        RunStatus.STOPPING,
        reason,
        "oncall",
        airflow.now,
    )
    assert (run.status, run.raw_status, run.reason, run.stopped_by, run.stopped_at) == (
        RunStatus.KILLED,
        "failed",
        reason,
        "oncall",
        airflow.now,
    )


async def test_a_stop_keeps_what_stood_there_below_its_own_note():
    airflow = with_a_dag()
    airflow.run("a", "mine", state="running", note="started by ana\nlook at #42")
    async with opened(airflow) as backend:
        await backend.stop(REF, reason="wrong\nday")
        run = await backend.run_status(REF)
    (sent,) = airflow.bodies("/dagRuns/mine")
    first, when, *rest = sent["note"].splitlines()
    assert (first, when) == ("stopped by oncall: wrong day", "at 2026-11-21 12:00:00 UTC")
    assert rest == ["started by ana", "look at #42"]
    assert (run.reason, run.stopped_by, run.triggered_by) == ("wrong day", "oncall", "ana")


async def test_a_note_that_cant_be_left_is_told_as_the_run_is_stopped_all_the_same():
    airflow = with_a_dag(1)
    airflow.run("a", "mine", state="running")
    airflow.takes_notes = False
    async with opened(airflow) as backend:
        result = await backend.stop(REF, reason="wrong day")
    assert airflow.runs["a", "mine"]["state"] == "failed"
    assert result.run_status is RunStatus.STOPPING
    assert result.warning.startswith("It is stopped, but the note why couldn't be left there")


@BOTH
@pytest.mark.parametrize("failures", [1, 2, 3])
async def test_a_stop_that_fails_there_is_sent_again_before_it_is_given_up(version, failures):
    airflow = with_a_dag(version)
    airflow.run("a", "mine", state="running")
    left = [failures]

    def in_its_schedulers_way(request):
        if request.method == "PATCH" and left[0]:
            left[0] -= 1
            return httpx.Response(500, json={"detail": "Database error"})
        return airflow(request)

    async with opened(airflow, answer=in_its_schedulers_way) as backend:
        if failures > 2:
            with pytest.raises(WorkflowExecutionError, match="Database error"):
                await backend.stop(REF, reason="wrong day")
            return
        await backend.stop(REF, reason="wrong day")
        run = await backend.run_status(REF)
    assert (run.status, run.reason) == (RunStatus.KILLED, "wrong day")


async def test_a_stop_that_2x_loses_to_its_scheduler_is_sent_again():
    airflow = with_a_dag(1)
    airflow.run("a", "mine", state="running")
    lost = [True]

    def losing(request):
        reply = airflow(request)
        if request.method == "PATCH" and lost[0]:
            lost[0] = False
            airflow.runs["a", "mine"]["state"] = "running"
        return reply

    async with opened(airflow, answer=losing) as backend:
        await backend.stop(REF, reason="wrong day")
        run = await backend.run_status(REF)
    assert airflow.runs["a", "mine"]["state"] == "failed"
    assert (run.status, run.reason) == (RunStatus.KILLED, "wrong day")


async def test_what_is_over_cant_be_stopped_and_nothing_is_sent():
    airflow = with_a_dag()
    airflow.run("a", "mine")
    async with opened(airflow) as backend:
        with pytest.raises(WorkflowExecutionError, match="over already") as caught:
            await backend.stop(REF)
    assert caught.value.code is ErrorCode.WORKFLOW_INVALID_STATE
    assert {one.method for one in airflow.requests} == {"GET"}


# Pause


@BOTH
async def test_a_schedule_is_paused_and_resumed(version):
    airflow = with_a_dag(version)
    async with opened(airflow) as backend:
        held = await backend.pause("a")
        assert (held.workflow_status, held.paused_by) == (WorkflowStatus.PAUSED, "oncall")
        assert (held.paused_at, held.warning) == (airflow.now, None)
        again = await backend.pause("a", reason="stock-taking")
        assert (again.reason, again.warning) == (
            "stock-taking",
            "Airflow keeps no reason for that",
        )
        assert airflow.dags["a"]["is_paused"]
        freed = await backend.unpause("a")
        assert (freed.workflow_status, freed.paused_by, freed.paused_at) == (
            WorkflowStatus.ACTIVE,
            None,
            None,
        )
    assert not airflow.dags["a"]["is_paused"]


# What a role may not do


def _deeds(backend):
    return {
        Capability.RUN: lambda: backend.run(RunRequest("a")),
        Capability.STOP: lambda: backend.stop(RunRef("busy", "a")),
        Capability.PAUSE: lambda: backend.unpause("a"),
        Capability.RETRY: lambda: backend.retry(REF),
    }


@BOTH
@pytest.mark.parametrize(
    "capability", [Capability.RUN, Capability.STOP, Capability.PAUSE, Capability.RETRY]
)
async def test_a_refusal_of_one_dag_says_nothing_of_others(version, capability):
    airflow = with_a_dag(version)
    airflow.run("a", "mine", state="failed")
    airflow.run("a", "busy", state="running")
    airflow.may_write = False
    async with opened(airflow) as backend:
        await backend.cursor()
        offered = backend.capabilities
        with pytest.raises(WorkflowPermissionError) as caught:
            await _deeds(backend)[capability]()
        assert backend.capabilities == offered
    assert caught.value.code is ErrorCode.WORKFLOW_PERMISSION_DENIED


async def test_a_run_by_hand_on_2x_isnt_for_a_date():
    airflow = with_a_dag(1)
    when = airflow.now + timedelta(microseconds=12)
    airflow.run("a", f"manual__{airflow.now.isoformat()}")
    airflow.run("a", "dli__x", when=when, state="queued")
    airflow.run("a", "dated", when=SLOT)
    async with opened(airflow) as backend:
        found = (await backend.recent_runs(["a"], 10))["a"]
    assert {run.run_id: (run.slot, run.created_at) for run in found} == {
        "dli__x": (None, when),
        f"manual__{airflow.now.isoformat()}": (None, airflow.now),
        "dated": (SLOT, None),
    }

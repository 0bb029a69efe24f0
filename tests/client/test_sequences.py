"""A backfill that is kept going from here: date after date, up to the first that goes wrong."""

import pytest

from dli_tui.client import WorkflowClient
from dli_tui.domain.acting import acting_for
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import (
    AnswerLostError,
    DLIError,
    ErrorCode,
    ServerError,
    WorkflowExecutionError,
    WorkflowNotFoundError,
)
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillScope
from dli_tui.domain.sequence import KEY, SequenceMark
from dli_tui.domain.status import ResultStatus, RunStatus, RunType, WorkflowStatus
from tests.support_backends import ScriptedBackend, row, run

DONE, FAILED, RUNNING = RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.RUNNING


async def at_once(_seconds):
    return None


class Slow:
    """Sleeps nothing, and remembers for how long it was asked to."""

    def __init__(self):
        self.seconds = []

    async def __call__(self, seconds):
        self.seconds.append(seconds)


def place(statuses, **cues):
    """A place that starts single runs only, and tells of them what `statuses` say."""
    told = [run(f"r{at}", status) for at, status in enumerate(statuses)]
    return ScriptedBackend(
        [row("d")], without=[Capability.SEQUENCES], cues={"run_status": told, **cues}
    )


async def sequence_of(backend, clock, *, end="2026-03-03", **choice):
    client = WorkflowClient(backend, clock=clock)
    plan = await client.plan_backfill("d", "2026-03-01", end, **choice)
    return client, plan, await client.sequence(plan, {"a": 1})


async def test_dates_go_one_after_the_other(clock):
    backend = place([RUNNING, DONE, DONE, DONE])
    _, plan, sequence = await sequence_of(backend, clock)
    assert len(sequence.remaining) == 3
    await sequence.keep_going(at_once)
    asked = backend.arrived("run")
    assert [one.slot for one in asked] == list(plan.wanted)
    assert all(one.parameters["a"] == 1 for one in asked)
    marks = [SequenceMark.of(one.parameters) for one in asked]
    assert marks == [sequence.mark] * 3
    assert [one.run_id for one in asked] == [sequence.mark.run_id(slot) for slot in plan.wanted]
    assert sequence.status is DONE
    assert sequence.remaining == ()
    assert sequence.result.status is ResultStatus.SUCCESS


@pytest.mark.parametrize("bad", [FAILED, RunStatus.TIMEOUT, RunStatus.KILLED])
async def test_it_ends_with_the_first_that_does_not_go_well(clock, bad):
    backend = place([DONE, bad])
    _, plan, sequence = await sequence_of(backend, clock)
    await sequence.keep_going(at_once)
    assert len(backend.arrived("run")) == 2
    assert sequence.status is bad
    assert sequence.remaining == plan.wanted[2:]
    assert sequence.result.status is ResultStatus.FAILED


async def test_a_date_that_cannot_be_started_ends_it_and_is_not_asked_for_again(clock):
    refusal = WorkflowExecutionError("no room", dataset_name="d")
    backend = place([DONE], run=[None, refusal])
    _, _, sequence = await sequence_of(backend, clock)
    await sequence.keep_going(at_once)
    assert len(backend.arrived("run")) == 2
    assert sequence.problem is refusal
    assert "no room" in sequence.result.message
    assert len(sequence.remaining) == 2


async def test_a_date_whose_answer_was_lost_goes_on_if_it_is_there_all_the_same(clock):
    backend = place([RUNNING, DONE], run=[AnswerLostError("cut off")])
    _, _, sequence = await sequence_of(backend, clock, end="2026-03-01")
    await sequence.keep_going(at_once)
    assert sequence.status is DONE
    assert backend.sent == ["run"]
    looked, followed = (ref.run_id for ref in backend.arrived("run_status"))
    assert looked == sequence.mark.run_id(sequence.mark.slots[0])
    assert followed == "r0", "as the server calls it"


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (WorkflowNotFoundError(run_id="r"), "unconfirmed"),
        (ServerError("away"), "whether it happened can't be told yet (away)"),
    ],
)
async def test_a_date_whose_answer_was_lost_and_that_is_not_seen_ends_it(clock, answer, says):
    backend = place([], run=[AnswerLostError("cut off")], run_status=[answer] * 3)
    _, _, sequence = await sequence_of(backend, clock)
    await sequence.keep_going(at_once)
    assert "request to run 'd' for 2026-03-01 09:00" in sequence.problem.message
    assert says in sequence.problem.message
    assert backend.sent == ["run"]
    assert len(sequence.remaining) == 3


async def test_a_stop_of_it_whose_answer_was_lost_is_looked_for(clock):
    backend = place([RunStatus.STOPPING, RunStatus.KILLED], stop=[AnswerLostError("cut off")])
    _, _, sequence = await sequence_of(backend, clock)
    sequence.current = RunRef("r0", "d")
    await sequence.stop("wrong week")
    assert backend.sent == ["stop"]
    assert len(backend.arrived("run_status")) == 1


async def test_a_date_that_was_skipped_ends_nothing(clock):
    backend = place([RunStatus.SKIPPED, DONE, DONE])
    _, _, sequence = await sequence_of(backend, clock)
    await sequence.keep_going(at_once)
    assert sequence.status is DONE


async def test_a_run_that_nobody_knows_any_more_ends_it_in_words(clock):
    gone = [WorkflowNotFoundError(run_id="r")] * 5
    backend = place([], run_status=gone)
    _, _, sequence = await sequence_of(backend, clock)
    await sequence.keep_going(at_once)
    assert sequence.problem.code is ErrorCode.WORKFLOW_NOT_FOUND
    assert backend.sent == ["run"]


async def test_a_run_that_is_not_known_yet_is_asked_for_again(clock):
    gone = WorkflowNotFoundError(run_id="r")
    backend = place([], run_status=[gone, gone, run("r", DONE)])
    _, _, sequence = await sequence_of(backend, clock, end="2026-03-01")
    await sequence.keep_going(at_once)
    assert sequence.status is DONE


async def test_a_run_of_unknown_state_is_not_waited_for_for_ever(clock):
    backend = place([RunStatus.UNKNOWN] * 400)
    _, _, sequence = await sequence_of(backend, clock)
    await sequence.keep_going(at_once)
    assert sequence.status is RunStatus.UNKNOWN
    assert backend.sent == ["run"]


async def test_a_stop_that_comes_while_a_date_is_being_started_stops_that_one(clock):
    backend = place([RunStatus.KILLED])
    _, _, sequence = await sequence_of(backend, clock)
    started = backend.run

    async def slow(request):
        await sequence.stop("wrong week")
        return await started(request)

    backend.run = slow
    await sequence.keep_going(at_once)
    assert backend.sent == ["run", "stop"]
    assert sequence.status is RunStatus.KILLED


async def test_two_that_begin_in_one_second_are_two(clock):
    backend = place([])
    _, _, one = await sequence_of(backend, clock)
    _, _, other = await sequence_of(backend, clock)
    assert one.ref != other.ref


async def test_more_dates_than_a_run_can_carry_are_refused(clock):
    backend = ScriptedBackend([row("d", cron="*/30 * * * *")], without=[Capability.SEQUENCES])
    client = WorkflowClient(backend, clock=clock)
    plan = await client.plan_backfill("d", "2026-01-01", "2026-02-28")
    with pytest.raises(WorkflowExecutionError, match="more than this program keeps going"):
        await client.sequence(plan, {})


async def test_single_dates_can_be_left_out_where_each_is_a_run_of_its_own(clock):
    lacking = [Capability.SEQUENCES, Capability.BACKFILL_SLOTS]
    backend = ScriptedBackend([row("d")], without=lacking)
    client = WorkflowClient(backend, clock=clock)
    plan = await client.plan_backfill("d", "2026-03-01", "2026-03-02", scope=BackfillScope.MISSING)
    assert not any("decides itself" in one for one in plan.warnings)
    assert (await client.sequence(plan, {})).mark.slots == plan.wanted


async def test_a_server_that_is_away_is_asked_again_ever_more_slowly(clock):
    away = ServerError("away")
    backend = place([], run_status=[away, away, away, run("r", DONE)])
    _, _, sequence = await sequence_of(backend, clock, end="2026-03-01")
    slow = Slow()
    await sequence.keep_going(slow)
    assert slow.seconds == [2.0, 4.0, 8.0, 16.0]
    assert sequence.status is DONE
    assert backend.sent == ["run"]


async def test_who_stops_it_lets_no_other_date_begin(clock):
    backend = place([DONE])
    _, _, sequence = await sequence_of(backend, clock)
    await sequence.stop("wrong week")
    await sequence.keep_going(at_once)
    assert backend.sent == []
    assert sequence.status is RunStatus.KILLED


async def test_the_plan_says_who_keeps_it_going(clock):
    client, plan, _ = await sequence_of(place([]), clock)
    assert any("This program keeps it going" in one for one in plan.warnings)
    assert client.keeps_going(plan)
    _, parallel, _ = await sequence_of(place([]), clock, parallel=True)
    assert not client.keeps_going(parallel)
    assert not any("This program" in one for one in parallel.warnings)


async def test_a_command_waits_until_its_dates_are_done(clock):
    backend = place([DONE, FAILED])
    client, plan, _ = await sequence_of(backend, clock)
    client.clock.sleep = at_once
    result = await client.start_backfill(plan)
    assert (result.run_status, result.total_runs) == (FAILED, 3)
    assert len(result.run_ids) == 2


async def test_a_date_that_somebody_else_began_for_it_ends_it_and_says_so(clock):
    refusal = WorkflowExecutionError("There is a run already", dataset_name="d")
    backend = place([DONE], run=[None, refusal])
    _, plan, sequence = await sequence_of(backend, clock)
    theirs = {KEY: sequence.mark.as_parameter(1)}
    second = sequence.mark.run_id(plan.wanted[1])
    backend.runs = [run(second, RUNNING, parameters=theirs)]
    await sequence.keep_going(at_once)
    assert "Somebody else keeps this backfill going: its run for 2026-03-02" in (
        sequence.problem.message
    )
    assert sequence.problem.__cause__ is refusal
    assert len(backend.arrived("run")) == 2
    assert sequence.begun == 1


@pytest.mark.parametrize("parameters", [{}, {KEY: {"backfill_id": "another"}}])
async def test_a_run_of_another_kind_in_its_place_is_told_as_the_place_tells_it(clock, parameters):
    refusal = WorkflowExecutionError("There is a run already", dataset_name="d")
    backend = place([], run=[refusal])
    _, plan, sequence = await sequence_of(backend, clock)
    backend.runs = [run(sequence.mark.run_id(plan.wanted[0]), parameters=parameters)]
    await sequence.keep_going(at_once)
    assert sequence.problem is refusal


async def test_a_stop_that_finds_its_run_over_still_lets_no_other_begin(clock):
    over = WorkflowExecutionError("over", code=ErrorCode.WORKFLOW_INVALID_STATE)
    backend = place([DONE], stop=[over])
    _, _, sequence = await sequence_of(backend, clock)
    sequence.current = RunRef("r0", "d")
    await sequence.stop("wrong week")
    await sequence.keep_going(at_once)
    assert backend.sent == ["stop"]
    assert sequence.status is RunStatus.KILLED


async def test_a_stop_that_is_refused_is_told(clock):
    backend = place([], stop=[WorkflowExecutionError("not yours")])
    _, _, sequence = await sequence_of(backend, clock)
    sequence.current = RunRef("r0", "d")
    with pytest.raises(WorkflowExecutionError, match="not yours"):
        await sequence.stop("wrong week")


async def test_its_runs_say_for_whom_it_is(clock):
    with acting_for("ann@example.com"):
        _, _, sequence = await sequence_of(place([]), clock)
    assert sequence.mark.by == "ann@example.com"


async def test_its_id_tells_its_workflow_and_is_followed_as_a_whole(clock):
    client, plan, sequence = await sequence_of(place([]), clock)
    whole, first = sequence.ref.run_id, plan.wanted[0]
    assert client.ref(whole) == sequence.ref
    marked = {KEY: sequence.mark.as_parameter(0)}
    client.backend.runs = [
        run(
            "r0",
            RUNNING,
            slot=first,
            parameters=marked,
            backfill_id=whole,
            run_type=RunType.BACKFILL,
        )
    ]
    found = await client.run_now(whole)
    assert (found.run_id, found.status, found.progress.total_tasks) == (whole, RUNNING, 3)


async def test_what_is_held_is_not_begun(clock):
    backend = ScriptedBackend(
        [row("d", status=WorkflowStatus.PAUSED)], without=[Capability.SEQUENCES]
    )
    client = WorkflowClient(backend, clock=clock)
    plan = await client.plan_backfill("d", "2026-03-01", "2026-03-02")
    with pytest.raises(DLIError) as caught:
        await client.sequence(plan, {})
    assert caught.value.code is ErrorCode.WORKFLOW_INVALID_STATE
    assert backend.sent == []

"""A write whose answer was lost is never sent again: reads alone say what became of it."""

from datetime import timedelta
from typing import Any

import pytest

from dli_tui.client import WorkflowClient
from dli_tui.client.lost import SLACK, WAITS
from dli_tui.domain.backfill import Backfill
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import (
    AnswerLostError,
    ConnectionFailedError,
    DLIError,
    ErrorCode,
)
from dli_tui.domain.query import NewSaga, Registration
from dli_tui.domain.saga import Saga
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.status import ResultStatus, RunStatus, RunType, SagaStatus, WorkflowStatus
from dli_tui.domain.template import NewFromTemplate
from tests.support_backends import CODE, NOW, WRITES, ScriptedBackend, row, run

LATER = NOW + timedelta(seconds=3)
BEFORE = NOW - SLACK - timedelta(seconds=1)
DAILY = ScheduleConfig(cron="0 8 * * *")
NEW = Registration("new", DAILY)
OVER = Registration("d", DAILY, force=True)
MADE = NewFromTemplate(template_id="1", workflow_name="new")
SAGA = NewSaga("kind", {"id": 7}, "run-1")
WEEK: dict[str, Any] = {"start_date": "2026-03-01", "end_date": "2026-03-07"}
ASLEEP = row("asleep", status=WorkflowStatus.PAUSED)

DEEDS = {
    "register": lambda c: c.register(NEW),
    "unregister": lambda c: c.unregister("d"),
    "run": lambda c: c.run("d", parameters={"a": 1}),
    "backfill": lambda c: c.backfill("d", **WEEK),
    "stop": lambda c: c.stop("r1"),
    "retry": lambda c: c.retry("r1"),
    "pause": lambda c: c.pause("d"),
    "unpause": lambda c: c.unpause("asleep"),
    "create_from_template": lambda c: c.create_from_template(MADE),
    "start_saga": lambda c: c.start_saga(SAGA),
    "cancel_saga": lambda c: c.cancel_saga("s1"),
}
LOOKED_BY = {
    "register": "workflow",
    "unregister": "workflow",
    "run": "history",
    "backfill": "backfills",
    "stop": "run_status",
    "retry": "run_status",
    "pause": "workflow",
    "unpause": "workflow",
    "create_from_template": "workflow",
    "start_saga": "sagas",
    "cancel_saga": "saga",
}
"""What is asked to see whether it happened."""


class Cut(ScriptedBackend):
    """Loses the answer to every write; `then` is what the write did all the same."""

    def __init__(self, rows=(), runs=(), *, then=None, **options):
        super().__init__(rows, runs, **options)
        self.then = then
        self.kept: list[Saga] = []
        self.started: tuple[Backfill, ...] = ()
        self.fails: dict[str, DLIError] = {}

    def _asked(self, name, what):
        found = super()._asked(name, what)
        if name in WRITES:
            if self.then is not None:
                self.then(self)
            raise AnswerLostError("cut")
        if self.sent and name in self.fails:
            raise self.fails[name]
        return found

    async def backfills(self):
        self._asked("backfills", None)
        return self.started

    async def sagas(self):
        self._asked("sagas", None)
        return tuple(self.kept)

    async def saga(self, saga_id):
        self._asked("saga", saga_id)
        return next(one for one in self.kept if one.saga_id == saga_id)


def rows():
    return [row("d"), ASLEEP]


def runs(status=RunStatus.RUNNING):
    return [run("r1", status, created_at=BEFORE, run_type=RunType.SCHEDULED)]


def saga(saga_id="s1", status=SagaStatus.RUNNING, **more):
    known = {"saga_type": "kind", "input_data": {"id": 7}, "correlation_id": "run-1"}
    return Saga(**{"saga_id": saga_id, "status": status, **known, **more})


async def lost(backend, clock, deed):
    """The error of a deed whose answer was lost, and that nothing was sent twice."""
    with pytest.raises(DLIError) as caught:
        await DEEDS[deed](WorkflowClient(backend, clock=clock))
    assert backend.sent == [deed]
    assert caught.value.code is ErrorCode.SERVER_UNREACHABLE
    return caught.value


async def happened(backend, clock, deed):
    """The answer to a deed whose own answer was lost, and that nothing was sent twice."""
    answer = await DEEDS[deed](WorkflowClient(backend, clock=clock))
    assert backend.sent == [deed]
    return answer


# Every deed


@pytest.mark.parametrize("deed", DEEDS)
async def test_what_can_not_be_looked_at_can_not_be_told(clock, deed):
    backend = Cut(rows(), runs(RunStatus.FAILED))
    backend.fails = {LOOKED_BY[deed]: ConnectionFailedError("no route")}
    error = await lost(backend, clock, deed)
    assert isinstance(error, AnswerLostError)
    assert error.message.endswith("was lost, and whether it happened can't be told yet (no route)")
    assert error.hint.startswith("Look again before you send it again.")
    since = [name for name, _ in backend.calls].index(deed)
    looked = [name for name, _ in backend.calls[since + 1 :] if name == LOOKED_BY[deed]]
    assert len(looked) == len(WAITS)
    assert (clock.now() - NOW).total_seconds() == sum(WAITS)


@pytest.mark.parametrize("deed", DEEDS)
async def test_what_left_no_trace_is_unconfirmed_and_never_said_not_to_have_happened(clock, deed):
    backend = Cut(rows(), runs(RunStatus.FAILED))
    backend.kept = [saga(correlation_id="another")]
    error = await lost(backend, clock, deed)
    assert isinstance(error, AnswerLostError)
    assert "unconfirmed" in error.message


async def test_a_look_that_fails_once_is_not_the_last_word(clock):
    backend = Cut(rows(), then=lambda it: it.rows.pop(0))
    backend.cues["workflow"] = [None, ConnectionFailedError("no route")]
    result = await happened(backend, clock, "unregister")
    assert result.status is ResultStatus.SUCCESS


async def test_a_look_that_fails_before_one_that_sees_nothing_leaves_no_doubt(clock):
    backend = Cut(rows())
    backend.cues["workflow"] = [None, ConnectionFailedError("no route")]
    assert isinstance(await lost(backend, clock, "unregister"), AnswerLostError)


# What is certain


def held(it):
    it.rows = [one.twin(status=WorkflowStatus.PAUSED) for one in it.rows]


def let_go(it):
    it.rows = [one.twin(status=WorkflowStatus.ACTIVE) for one in it.rows]


def ends_as(status, **more):
    def then(it):
        it.runs = [one.twin(status=status, **more) for one in it.runs]

    return then


@pytest.mark.parametrize(
    ("deed", "then", "which"),
    [
        ("unregister", lambda it: it.rows.pop(0), "d"),
        ("pause", held, "d"),
        ("unpause", let_go, "asleep"),
        ("stop", ends_as(RunStatus.STOPPING), "r1"),
        ("stop", ends_as(RunStatus.KILLED), "r1"),
        ("retry", ends_as(RunStatus.PENDING), "r1"),
        ("retry", ends_as(RunStatus.COMPLETED, finished_at=LATER), "r1"),
    ],
)
async def test_what_is_so_now_happened(clock, deed, then, which):
    backend = Cut(rows(), runs(RunStatus.FAILED), then=then)
    result = await happened(backend, clock, deed)
    assert result.status is ResultStatus.SUCCESS
    assert result.message == f"It happened: {which}. Its answer was lost on the way"
    assert result.warning == result.message


async def test_a_stop_that_takes_a_moment_is_looked_for_again(clock):
    backend = Cut(rows(), runs())
    backend.cues["run_status"] = [run("r1", RunStatus.RUNNING), run("r1", RunStatus.STOPPING)]
    result = await happened(backend, clock, "stop")
    assert (result.run_status, result.raw_status) == (RunStatus.KILLED, "STOPPING")
    assert clock.now() > NOW


async def test_a_stop_is_seen_by_its_reason_where_the_run_is_told_as_failed(clock):
    backend = Cut(rows(), runs(), then=ends_as(RunStatus.FAILED, error_message="wrong day"))
    client = WorkflowClient(backend, clock=clock)
    result = await client.stop("r1", reason="wrong day")
    assert (result.run_status, result.raw_status) == (RunStatus.KILLED, "FAILED")
    backend.runs = runs()
    with pytest.raises(AnswerLostError):
        await client.stop("r1", reason="another day")
    assert backend.sent == ["stop", "stop"]


async def test_of_what_some_servers_keep_as_disabled_nothing_is_claimed(clock):
    def disabled(it):
        it.rows = [one.twin(status=WorkflowStatus.DISABLED) for one in it.rows]

    error = await lost(Cut(rows(), then=disabled), clock, "unregister")
    assert isinstance(error, AnswerLostError)
    assert "'d' is disabled now" in error.message


@pytest.mark.parametrize("deed", ["stop", "retry"])
async def test_of_a_run_whose_state_nobody_knows_nothing_is_claimed(clock, deed):
    backend = Cut(rows(), runs(RunStatus.UNKNOWN))
    error = await lost(backend, clock, deed)
    assert isinstance(error, AnswerLostError)
    assert error.message == "The answer was lost; what becomes of run 'r1' isn't known"


async def test_a_retry_of_what_went_well_long_ago_did_not_happen(clock):
    backend = Cut(rows(), [run("r1", RunStatus.COMPLETED, finished_at=BEFORE)])
    assert isinstance(await lost(backend, clock, "retry"), AnswerLostError)


async def test_a_retry_that_failed_again_at_once_may_have_happened(clock):
    def then(it):
        it.runs = [it.runs[0].twin(finished_at=LATER)]

    error = await lost(Cut(rows(), runs(RunStatus.FAILED), then=then), clock, "retry")
    assert isinstance(error, AnswerLostError)
    assert "has ended once more since: it is FAILED" in error.message


async def test_a_registration_that_stands_there_happened(clock):
    result = await happened(
        Cut(rows(), then=lambda it: it.rows.append(row("new", cron=DAILY.cron))), clock, "register"
    )
    assert result.message == "Workflow 'new' registered successfully"
    assert result.warning == "It happened: new. Its answer was lost on the way"


async def test_another_registration_of_that_name_is_somebody_elses(clock):
    backend = Cut(rows(), then=lambda it: it.rows.append(row("new", cron="1 1 * * *")))
    error = await lost(backend, clock, "register")
    assert isinstance(error, AnswerLostError)
    assert "registered now, but with cron 1 1 * * *" in error.message


async def test_a_registration_whose_schedule_isnt_told_is_perhaps_ours(clock):
    untold = row("new", cron=None, timezone=None).twin(schedule_known=False)
    error = await lost(Cut(rows(), then=lambda it: it.rows.append(untold)), clock, "register")
    assert isinstance(error, AnswerLostError)
    assert "registered now, with a schedule that the server doesn't tell" in error.message


async def test_a_saga_that_goes_back_was_cancelled(clock):
    backend = Cut(rows())
    backend.kept = [saga(status=SagaStatus.COMPENSATING)]
    assert (await happened(backend, clock, "cancel_saga")).saga_id == "s1"


# What a history tells is never certain


def begins(*found):
    def then(it):
        it.runs = [*found, *it.runs]

    return then


async def test_a_run_since_is_perhaps_ones_own(clock):
    ours = run("r7", parameters={"a": 1}, created_at=LATER, triggered_by="ann@example.com")
    error = await lost(Cut(rows(), runs(), then=begins(ours)), clock, "run")
    assert isinstance(error, AnswerLostError)
    assert error.message == (
        "The answer was lost; a run by ann@example.com started at 2026-03-10 09:41:03 UTC, "
        "perhaps yours: r7"
    )
    assert error.hint == (
        "Look at it before you do it again. See it with: dli-tui workflow history -d d"
    )


@pytest.mark.parametrize(
    "seen",
    [
        {"parameters": {"a": 1, "added": "by the server"}, "created_at": LATER},
        {"parameters": {}, "created_at": LATER},
        {"parameters": {"a": 1}, "created_at": LATER - SLACK},
        {"parameters": {"a": 1}, "started_at": LATER},
        {"parameters": {"a": 1}},
    ],
    ids=["more", "not told", "another clock", "no queue", "no time"],
)
async def test_what_may_be_it_is_never_called_missing(clock, seen):
    error = await lost(Cut(rows(), runs(), then=begins(run("r7", **seen))), clock, "run")
    assert "perhaps yours: r7" in error.message


@pytest.mark.parametrize(
    "seen",
    [
        {"parameters": {"a": 2}, "created_at": LATER},
        {"created_at": LATER, "run_type": RunType.SCHEDULED},
        {"created_at": BEFORE},
        {"created_at": LATER, "dataset_name": "e"},
    ],
    ids=["other parameters", "scheduled", "long ago", "of another workflow"],
)
async def test_what_can_not_be_it_is_not_taken_for_it(clock, seen):
    error = await lost(Cut(rows(), runs(), then=begins(run("r7", **seen))), clock, "run")
    assert isinstance(error, AnswerLostError)


async def test_the_run_that_was_there_before_is_not_taken_for_it(clock):
    just_now = run("r6", created_at=NOW - timedelta(seconds=30))
    error = await lost(Cut([row("d", last_run=just_now)], [just_now]), clock, "run")
    assert isinstance(error, AnswerLostError)


async def test_a_backfill_since_is_perhaps_ones_own(clock):
    def then(it):
        it.started = (Backfill(whole=run("b7", RunStatus.RUNNING, created_at=LATER)),)

    error = await lost(Cut(rows(), then=then), clock, "backfill")
    assert isinstance(error, AnswerLostError)
    assert "a backfill by somebody started at 2026-03-10 09:41:03 UTC, perhaps yours: b7" in (
        error.message
    )


async def test_a_backfill_is_found_by_its_runs_where_the_whole_is_not_told(clock):
    first = run("r7", run_type=RunType.BACKFILL, backfill_id="b7", created_at=LATER)
    error = await lost(Cut(rows(), then=begins(first)), clock, "backfill")
    assert error.message.endswith("perhaps yours: b7")


async def test_a_saga_since_is_perhaps_ones_own(clock):
    backend = Cut(then=lambda it: it.kept.append(saga("s7", created_at=LATER)))
    error = await lost(backend, clock, "start_saga")
    assert isinstance(error, AnswerLostError)
    assert error.message == (
        "The answer was lost; a saga began at 2026-03-10 09:41:03 UTC, perhaps yours: s7"
    )
    assert error.hint == "Look at it before you do it again."


@pytest.mark.parametrize(
    ("made", "is_sure"),
    [({"created_at": LATER}, True), ({}, False), ({"created_at": BEFORE}, False)],
)
async def test_a_workflow_from_a_template_is_ones_own_if_it_was_made_since(clock, made, is_sure):
    backend = Cut(then=lambda it: it.rows.append(row("new", **made)))
    if is_sure:
        found = await happened(backend, clock, "create_from_template")
        assert found.warning == "It happened: new. Its answer was lost on the way"
    else:
        error = await lost(backend, clock, "create_from_template")
        assert "there is a workflow 'new' now, perhaps yours" in error.message


async def test_a_dry_run_that_is_not_sent_has_no_answer_to_lose(clock):
    backend = Cut(rows(), without=[Capability.DRY_RUN])
    assert (await WorkflowClient(backend, clock=clock).run("d", dry_run=True)).dry_run
    assert backend.sent == []


# Over what is registered


def replaces(**changes):
    def then(it):
        it.rows = [row("d", **changes)]

    return then


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ({"cron": "0 9 * * *"}, replaces(cron="0 8 * * *")),
        (
            {"cron": "0 8 * * *", "registered_at": BEFORE},
            replaces(cron="0 8 * * *", registered_at=LATER),
        ),
    ],
    ids=["another schedule", "registered since"],
)
async def test_a_replaced_registration_is_told_by_what_differs(clock, before, then):
    backend = Cut([row("d", **before)], then=then)
    result = await WorkflowClient(backend, clock=clock).register(OVER)
    assert backend.sent == ["register"]
    assert result.message == "Workflow 'd' updated successfully"
    assert result.warning == "It happened: d. Its answer was lost on the way"


@pytest.mark.parametrize(
    ("before", "kind", "says"),
    [
        ("0 9 * * *", AnswerLostError, "unconfirmed"),
        ("0 8 * * *", AnswerLostError, "had this schedule before"),
    ],
)
async def test_a_registration_as_it_was_was_not_replaced(clock, before, kind, says):
    backend = Cut([row("d", cron=before)])
    with pytest.raises(kind, match=says):
        await WorkflowClient(backend, clock=clock).register(OVER)
    assert backend.sent == ["register"]


async def test_a_code_row_that_takes_the_name_is_not_taken_for_the_registration(clock):
    backend = Cut(then=lambda it: it.rows.append(row("new", source_type=CODE, cron="5 5 * * *")))
    error = await lost(backend, clock, "register")
    assert isinstance(error, AnswerLostError)


@pytest.mark.parametrize(
    ("deed", "code"),
    [
        ("stop", ErrorCode.WORKFLOW_EXECUTION_FAILED),
        ("retry", ErrorCode.WORKFLOW_NOT_FOUND),
    ],
)
async def test_a_run_that_nobody_knows_is_refused_as_ever(clock, deed, code):
    backend = Cut(rows())
    with pytest.raises(DLIError, match="Run 'r1' not found") as caught:
        await DEEDS[deed](WorkflowClient(backend, clock=clock))
    assert caught.value.code is code
    assert len(backend.arrived("run_status")) == len(WAITS)
    assert backend.sent == [deed]

"""The same hour is the same picture; what was seen stays true as time passes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dli_tui.backends.demo.actions import Action, Deed
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.backends.demo.scenario import DemoWorkflow, Scenario, Temper
from dli_tui.domain.clock import FixedClock
from dli_tui.domain.errors import DLIError, ErrorCode, WorkflowNotFoundError
from dli_tui.domain.ids import LogRef, RunRef
from dli_tui.domain.query import (
    BackfillRequest,
    HistoryQuery,
    Registration,
    RunRequest,
    WorkflowQuery,
)
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from tests.support import everything, row_of

CODE, MANUAL = SourceType.CODE, SourceType.MANUAL
ORDER = {RunStatus.PENDING: 0, RunStatus.RUNNING: 1, RunStatus.STOPPING: 2}
SOME = (
    "catalog.products_sync",
    "growth.funnel.signup_events",
    "logistics.carriers.rates",
    "ml.embeddings.refresh",
    "finance.ledger.hourly_balance",
    "platform.logs.compact",
)
MANUAL_ONE = "orders_hourly"


async def answers(backend):
    """All that can be asked, as plain values."""
    rows = await everything(backend.workflows(WorkflowQuery()))
    recent = await backend.recent_runs(SOME, 12)
    runs = [run for name in SOME for run in recent[name]]
    steps = [step for run in runs for step in await backend.steps(run.ref)]
    logs = [await backend.logs(LogRef(run.ref, "fetch")) for run in recent[SOME[0]]]
    sagas, health = await backend.sagas(), await backend.health()
    return [one.model_dump() for one in (*rows, *runs, *steps, *logs, *sagas, health)]


async def history(backend, name, limit=50):
    return await everything(backend.history(HistoryQuery(workflow=name, limit=limit)))


async def test_the_same_seed_and_hour_give_the_same_answers(demo, clock):
    assert await answers(demo()) == await answers(demo(at=FixedClock(clock.now())))


async def test_another_seed_gives_other_answers(demo):
    one, other = [await demo(seed=seed).recent_runs(SOME, 20) for seed in (0, 1)]
    durations = [
        [run.duration_seconds for name in SOME for run in found[name]] for found in (one, other)
    ]
    assert durations[0] != durations[1]


async def test_a_seen_run_never_goes_back(backend, clock):
    seen: dict[RunRef, WorkflowRun] = {}
    statuses: set[RunStatus] = set()
    for step in (118, 2) * 45:
        for runs in (await backend.recent_runs(SOME, 8)).values():
            for run in runs:
                before = seen.get(run.ref, run)
                if before.status.is_terminal:
                    assert run.model_dump() == before.model_dump()
                assert ORDER.get(run.status, 9) >= ORDER.get(before.status, 9)
                assert run.started_at == before.started_at or before.started_at is None
                assert run.progress.completed_tasks >= before.progress.completed_tasks
                seen[run.ref] = run
                statuses.add(run.status)
        clock.move(step)
    assert statuses == {
        RunStatus.PENDING,
        RunStatus.RUNNING,
        RunStatus.COMPLETED,
        RunStatus.FAILED,
    }


async def test_a_run_is_found_by_its_id_as_long_as_the_history_has_it(backend):
    runs = await history(backend, SOME[0], limit=None)
    for run in (runs[0], runs[len(runs) // 2], runs[-1]):
        assert await backend.run_status(run.ref) == run
    oldest = runs[-1].slot - timedelta(minutes=30)
    with pytest.raises(WorkflowNotFoundError):
        await backend.run_status(RunRef(f"{SOME[0]}_{oldest:%Y%m%d_%H%M%S}"))


async def test_nothing_fires_off_its_schedule(backend):
    with pytest.raises(WorkflowNotFoundError):
        await backend.run_status(RunRef(f"{SOME[0]}_20260310_091500"))


async def test_code_delivered_over_manual_overrides_it_and_withdrawn_gives_it_back(backend):
    before = await backend.workflow(MANUAL_ONE)
    await backend.deliver(MANUAL_ONE, "15 3 * * *", "Europe/Berlin")
    rows = {row.source_type: row for row in await backend.workflow(MANUAL_ONE)}
    assert rows[CODE].status is WorkflowStatus.ACTIVE
    assert (rows[CODE].cron, rows[CODE].timezone) == ("15 3 * * *", "Europe/Berlin")
    assert (rows[MANUAL].status, rows[MANUAL].overridden_by) == (WorkflowStatus.OVERRIDDEN, "code")
    assert rows[MANUAL].next_run is None
    await backend.withdraw(MANUAL_ONE)
    assert await backend.workflow(MANUAL_ONE) == before


async def test_what_is_not_in_git_is_not_withdrawn(backend):
    with pytest.raises(WorkflowNotFoundError):
        await backend.withdraw(MANUAL_ONE)


async def test_a_delivery_leaves_the_past_as_it_was(backend, clock):
    await backend.run(RunRequest(MANUAL_ONE))
    clock.move(1_500)
    before = await history(backend, MANUAL_ONE)
    await backend.deliver(MANUAL_ONE, "*/10 * * * *")
    assert await history(backend, MANUAL_ONE) == before
    for run in before[:3]:
        assert await backend.run_status(run.ref) == run


async def test_each_slot_is_run_by_whoever_was_in_force_then(backend, clock):
    clock.moment = datetime(2026, 3, 10, 10, tzinfo=UTC)
    await backend.deliver(MANUAL_ONE, "*/10 * * * *")
    clock.move(1_800)
    await backend.withdraw(MANUAL_ONE)
    clock.move(3_600 * 2)
    runs = await history(backend, MANUAL_ONE)
    slots = [run.slot for run in runs]
    assert slots == sorted(set(slots), reverse=True)
    assert [(run.slot.hour, run.source_type) for run in runs[:3]] == [
        (12, MANUAL),
        (11, MANUAL),
        (10, MANUAL),
    ]
    # 10:40 came after the withdrawal.
    with pytest.raises(WorkflowNotFoundError):
        await backend.run_status(RunRef(f"{MANUAL_ONE}_20260310_104000"))


async def test_a_replaced_registration_ran_until_then_and_no_longer(backend, clock):
    clock.moment = datetime(2026, 3, 10, 10, tzinfo=UTC)
    request = Registration(MANUAL_ONE, ScheduleConfig(cron="30 * * * *"), force=True)
    before = await history(backend, MANUAL_ONE)
    await backend.register(request)
    clock.move(3_600)
    runs = await history(backend, MANUAL_ONE)
    assert runs[0].slot == datetime(2026, 3, 10, 10, 30, tzinfo=UTC)
    assert [run.run_id for run in runs[1:]] == [run.run_id for run in before[:-1]]


@pytest.mark.parametrize("deed", ["pause", "deliver", "register"])
async def test_what_is_done_at_the_very_moment_of_a_slot_leaves_its_run(backend, clock, deed):
    clock.moment = datetime(2026, 3, 10, 10, tzinfo=UTC)
    before = await history(backend, MANUAL_ONE)
    if deed == "pause":
        await backend.pause(MANUAL_ONE)
    elif deed == "deliver":
        await backend.deliver(MANUAL_ONE, "0 * * * *")
    else:
        schedule = ScheduleConfig(cron="0 * * * *")
        await backend.register(Registration(MANUAL_ONE, schedule, force=True))
    assert before[0].slot == clock.now()
    assert await history(backend, MANUAL_ONE) == before
    assert await backend.run_status(before[0].ref) == before[0]


async def test_pauses_of_the_past_keep_their_gaps(backend, clock):
    await backend.pause(MANUAL_ONE)
    clock.move(3 * 3_600)
    await backend.unpause(MANUAL_ONE)
    clock.move(3 * 3_600)
    hours = [run.slot.hour for run in (await history(backend, MANUAL_ONE))[:4]]
    assert hours == [15, 14, 13, 9]


async def test_a_run_by_hand_does_not_take_the_id_of_a_slot_still_to_come(backend, clock):
    name = "finance.ledger.hourly_balance"
    clock.moment = datetime(2026, 3, 10, 10, tzinfo=UTC)
    await backend.run(RunRequest(name))
    clock.move(2 * 3_600)
    ids = [run.run_id for run in await history(backend, name)]
    assert len(set(ids)) == len(ids)
    assert (await row_of(backend, name)).next_run.hour == 11


async def test_a_refusal_leaves_no_trace(backend, demo):
    journal = MemoryJournal()
    backend = demo(journal=journal)
    for call in (
        backend.run(RunRequest("orders_snapshot")),
        backend.stop(RunRef("no_such_run")),
        backend.pause("finance.tax.legacy_export"),
        backend.unregister("orders_daily"),
        backend.cancel_saga("saga-0001"),
        backend.deliver("x", "bad"),
    ):
        with pytest.raises(DLIError) as caught:
            await call
        assert caught.value.message
    assert journal.actions() == ()


async def test_what_is_done_is_seen_by_whoever_shares_the_journal(demo):
    journal = MemoryJournal()
    one, other = demo(journal=journal), demo(journal=journal)
    await one.pause(MANUAL_ONE)
    assert (await row_of(other, MANUAL_ONE)).status is WorkflowStatus.PAUSED


async def test_what_a_faster_clock_did_is_seen_at_once_and_decided_against(demo, clock):
    journal = MemoryJournal()
    ahead = FixedClock(clock.now() + timedelta(minutes=5))
    await demo(journal=journal, at=ahead).pause(MANUAL_ONE)
    backend = demo(journal=journal)
    assert (await row_of(backend, MANUAL_ONE)).status is WorkflowStatus.PAUSED
    await backend.unpause(MANUAL_ONE)
    paused, unpaused = journal.actions()
    assert unpaused.at >= paused.at
    assert (await row_of(backend, MANUAL_ONE)).status is WorkflowStatus.ACTIVE


async def test_a_clock_that_was_set_back_changes_nothing_that_was_done(backend, clock):
    await backend.pause(MANUAL_ONE)
    clock.move(-2 * 3_600)
    assert (await row_of(backend, MANUAL_ONE)).status is WorkflowStatus.PAUSED


async def test_what_lies_days_ahead_was_done_by_a_wrong_clock_and_waits(demo, clock):
    journal = MemoryJournal()
    ahead = FixedClock(clock.now() + timedelta(days=3))
    await demo(journal=journal, at=ahead).pause(MANUAL_ONE)
    backend = demo(journal=journal)
    assert (await row_of(backend, MANUAL_ONE)).status is WorkflowStatus.ACTIVE
    clock.move(3 * 86_400)
    assert (await row_of(backend, MANUAL_ONE)).status is WorkflowStatus.PAUSED


async def test_who_looked_earlier_and_writes_later_is_refused_what_was_done_between(demo, clock):
    """Two processes: the moment of a decision is taken while the journal is locked."""

    class Waiting(MemoryJournal):
        """Another process writes between the wish and the lock."""

        before = None

        def commit(self, decide):
            before, self.before = self.before, None
            if before is not None:
                before()
            return super().commit(decide)

    journal = Waiting()
    registered = Action(
        clock.now() + timedelta(milliseconds=5), "other", Deed.REGISTER, "team.new", details={}
    )

    def meanwhile():
        clock.move(0.01)
        MemoryJournal.commit(journal, lambda _: (registered,))

    journal.before = meanwhile
    with pytest.raises(DLIError) as refused:
        await demo(journal=journal).register(Registration("team.new", ScheduleConfig()))
    assert refused.value.code is ErrorCode.WORKFLOW_ALREADY_EXISTS
    assert journal.actions() == (registered,)


async def test_a_row_counts_as_running_as_long_as_any_run_of_it_is(backend, clock):
    name = "ml.recommender.train"
    clock.moment = datetime(2026, 3, 10, 9, 5, tzinfo=UTC)
    for _ in range(8):
        started = await backend.run(RunRequest(name))
        clock.move(10)
        await backend.stop(RunRef(started.run_id))
        clock.move(10)
    row = await row_of(backend, name)
    assert row.last_run.status is RunStatus.KILLED
    assert row.active_runs == 1


async def test_the_spec_of_a_registration_is_kept(backend):
    await backend.register(Registration("a.new", ScheduleConfig(), yaml_content="name: a.new\n"))
    assert (await backend.dataset_info("a.new")).spec == "name: a.new\n"
    assert (await backend.dataset_info("orders_daily")).spec is None


async def test_dates_that_were_given_up_stay_so_when_the_one_that_failed_is_retried(demo, clock):
    moody = DemoWorkflow("moody", MANUAL, "0 0 * * *", "@t", 20.0, temper=Temper(failure_rate=0.5))
    backend = demo(Scenario((moody,)))
    first, last = date(2026, 2, 1), date(2026, 3, 1)
    result = await backend.backfill(BackfillRequest("moody", first, last))
    whole = RunRef(result.run_id)

    async def settled(ref):
        while not (run := await backend.run_status(ref)).status.is_terminal:
            clock.move(5)
        return run

    halted = await settled(whole)
    assert halted.status is RunStatus.FAILED
    begun = await history(backend, "moody", limit=None)
    failed = next(run.ref for run in begun if run.backfill_id and run.status is RunStatus.FAILED)
    while (await settled(failed)).status is not RunStatus.COMPLETED:
        await backend.retry(failed)
        assert (await backend.run_status(whole)).status is RunStatus.RUNNING
    clock.move(3_600)
    after = await backend.run_status(whole)
    assert after.status is RunStatus.FAILED
    assert failed.run_id in after.error_message
    assert after.progress.completed_tasks == halted.progress.completed_tasks + 1 < 29
    assert len(await history(backend, "moody", limit=None)) == len(begun)


@pytest.mark.parametrize("parallel", [False, True])
async def test_a_backfill_seen_between_its_dates_is_not_over(backend, clock, parallel):
    first, last = date(2026, 3, 2), date(2026, 3, 4)
    request = BackfillRequest("finance.cost_centers", first, last, parallel=parallel)
    ref = RunRef((await backend.backfill(request)).run_id)
    seen: list[WorkflowRun] = []
    while not seen or not seen[-1].status.is_terminal:
        seen.append(await backend.run_status(ref))
        clock.move(1)
    counts = [run.progress.completed_tasks for run in seen]
    assert counts == sorted(counts)
    assert (counts[0], counts[-1]) == (0, 3)
    assert {run.status for run in seen[:-1]} == {RunStatus.RUNNING}
    assert await backend.steps(ref) == ()

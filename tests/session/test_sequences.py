"""What is kept going from here goes on beside everything else, until it ends or is stopped."""

from __future__ import annotations

from datetime import date

from dli_tui.domain.capability import Capability
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillChoice
from dli_tui.domain.status import RunStatus
from tests.support_backends import ScriptedBackend, row, run
from tests.support_session import Told, looking_at

DONE, FAILED, RUNNING = RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.RUNNING


def place(*statuses, without=(Capability.SEQUENCES,)):
    told = [run(f"r{at}", status) for at, status in enumerate(statuses)]
    return ScriptedBackend([row("d")], without=without, cues={"run_status": told})


async def plan_of(here, days=3):
    choice = BackfillChoice(date(2026, 3, 1), date(2026, 3, days))
    client = here.session.client
    found = await client.row(row("d").key)
    dates = await client.run_dates(found, choice.start, choice.end)
    return client.planned(found, [], choice, dates)


async def test_dates_begin_as_the_ones_before_them_end():
    backend = place(RUNNING, DONE, FAILED)
    async with looking_at(backend) as here:
        sequences, told = here.session.sequences, Told(here.session.sequences)
        result = await here.session.start_backfill(await plan_of(here), {})
        await here.settle()
        (kept,) = sequences.under_way
        assert result.run_id == kept.ref.run_id
        assert sequences.keeps(kept.ref)
        assert here.asked("run") == 1
        await here.pass_by(2)
        assert here.asked("run") == 1
        await here.pass_by(2)
        assert here.asked("run") == 2
        assert len(kept.remaining) == 1
        await here.pass_by(2)
        assert sequences.under_way == ()
        assert sequences.take_ended() == [kept]
        assert sequences.take_ended() == []
        assert kept.status is FAILED
        assert told.count >= 4


async def test_a_place_that_keeps_it_going_itself_is_told_once():
    backend = place(without=())
    async with looking_at(backend) as here:
        await here.session.start_backfill(await plan_of(here), {})
        assert backend.sent == ["backfill"]
        assert here.session.sequences.under_way == ()


async def test_a_dry_run_begins_nothing():
    backend = place()
    async with looking_at(backend) as here:
        result = await here.session.start_backfill(await plan_of(here), {}, dry_run=True)
        assert result.dry_run
        assert backend.sent == []
        assert here.session.sequences.under_way == ()


async def test_to_stop_it_is_to_stop_its_run_and_begin_no_other():
    backend = place(RUNNING, RunStatus.KILLED)
    async with looking_at(backend) as here:
        await here.session.start_backfill(await plan_of(here), {})
        await here.settle()
        await here.pass_by(2)
        (kept,) = here.session.sequences.under_way
        await here.session.stop(kept.ref, "wrong week")
        assert [str(what[0]) for what in backend.arrived("stop")] == [str(kept.current)]
        await here.pass_by(2)
        assert kept.status is RunStatus.KILLED
        assert here.asked("run") == 1


async def test_any_other_run_is_stopped_as_always():
    backend = place()
    async with looking_at(backend) as here:
        await here.session.stop(RunRef("r1", "d"), None)
        assert backend.sent == ["stop"]


async def test_nothing_of_it_outlives_the_session():
    backend = place(RUNNING)
    async with looking_at(backend) as here:
        await here.session.start_backfill(await plan_of(here), {})
        await here.settle()
    assert here.asked("run") == 1
    assert here.session.sequences.under_way == ()

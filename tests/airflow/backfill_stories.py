"""Backfills that a real Airflow 3 keeps going itself, and what 2 says of them."""

from datetime import date

import pytest

from dli_tui.client.foretelling import hold_backfill
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import AuthenticationError, DLIError, ServerError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillScope
from dli_tui.domain.status import RunStatus
from tests.airflow.place import DATED, SALES, SLOW, over
from tests.airflow.real import TWO

BAD = date(2026, 11, 3)
MONDAY, FRIDAY, SUNDAY = date(2026, 11, 2), date(2026, 11, 6), date(2026, 11, 8)
_TRIES = 480


@pytest.fixture
def keeps_backfills(version):
    return version is not TWO


async def refused(awaitable):
    with pytest.raises(DLIError) as caught:
        await awaitable
    return caught.value


async def begun(client, start, end, name=DATED):
    """A backfill that Airflow keeps going; with SQLite it can't always write at once."""
    for _ in range(_TRIES):
        plan = await client.plan_backfill(name, start, end, parallel=True)
        try:
            return RunRef((await client.start_backfill(plan)).run_id, name)
        except ServerError as problem:
            if isinstance(problem, AuthenticationError) or "locked" not in problem.message:
                raise
        await client.clock.sleep(1)
    raise AssertionError("its database stayed locked")


async def seen(client, ref, holds):
    """The backfill once something holds for it."""
    for _ in range(_TRIES):
        found = await client.backfill_status(ref)
        if holds(found):
            return found
        await client.clock.sleep(1)
    raise AssertionError(f"it never came to be: {found}")


async def test_a_backfill_goes_all_at_once_where_airflow_keeps_it_going(client, keeps_backfills):
    plan = await client.plan_backfill(DATED, MONDAY, FRIDAY)
    assert "This program keeps it going" in plan.warnings[-1]
    assert (Capability.BACKFILL_PARALLEL in client.capabilities) is keeps_backfills
    if not keeps_backfills:
        error = await refused(
            client.backfill(DATED, start_date=MONDAY, end_date=FRIDAY, parallel=True)
        )
        assert "--parallel" in error.hint
        return
    await _goes_and_is_mended(client)
    await _is_held_and_stopped(client)


async def _goes_and_is_mended(client):
    ref = await begun(client, MONDAY, FRIDAY)
    assert ref in [one.ref for one in await client.backfills()]
    # Nothing is left to run of its dates, but of others.
    assert (await client.plan_backfill(DATED, MONDAY, FRIDAY, parallel=True)).to_run == 0
    error = await refused(client.backfill(DATED, start_date=MONDAY, end_date=SUNDAY, parallel=True))
    assert "under way already" in error.message
    assert (await over(client, str(ref))).run_status is RunStatus.FAILED
    found = await client.backfill_status(ref)
    assert [one.day for one in found.dates] == [date(2026, 11, day) for day in (2, 3, 4, 5, 6)]
    assert [one.day for one in found.failed] == [BAD]
    assert (await client.run_now(found.failed[0].run.ref)).backfill_id == ref.run_id
    # What failed alone can be had as long as no date of the range is missing.
    only = await client.plan_backfill(
        DATED, MONDAY, FRIDAY, parallel=True, scope=BackfillScope.FAILED
    )
    assert [slot.date() for slot in only.wanted] == [BAD]
    more = await client.plan_backfill(
        DATED, MONDAY, SUNDAY, parallel=True, scope=BackfillScope.FAILED
    )
    assert len(more.unasked) == 2
    assert "left out" in (await refused(client.start_backfill(more))).message


async def _is_held_and_stopped(client):
    # More dates than it runs at once: some of them still wait when it is stopped.
    ref = await begun(client, "2026-03-02", "2026-03-21", name=SALES)
    await hold_backfill(client, ref, is_held=True)
    assert (await client.backfill_status(ref)).is_held
    await hold_backfill(client, ref, is_held=False)
    await seen(client, ref, lambda one: any(date.run.started_at for date in one.dates))
    result = await client.stop(ref, reason="wrong week")
    assert "go on to their end" in result.warning
    found = await seen(client, ref, lambda one: one.whole.status.is_terminal)
    assert {one.status for one in found.dates} <= {
        *(RunStatus.COMPLETED, RunStatus.FAILED, RunStatus.KILLED),
    }
    assert RunStatus.KILLED in {one.status for one in found.dates}
    assert "over already" in (await refused(hold_backfill(client, ref, is_held=True))).message


async def test_what_has_no_schedule_is_pointed_to_another_way(client, keeps_backfills):
    error = await refused(
        client.plan_backfill(SLOW, MONDAY, FRIDAY, parallel=True)
        if keeps_backfills
        else client.backfill(SLOW, start_date=MONDAY, end_date=FRIDAY, parallel=True)
    )
    assert error.hint

"""Backfills that we keep going on an Airflow: found among the runs begun last, and whole."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillRequest
from dli_tui.domain.sequence import KEY, SequenceMark
from dli_tui.domain.status import RunStatus
from tests.backends.airflow.fake import NOW, FakeAirflow, opened

BOTH = pytest.mark.parametrize("version", [1, 2])
LONG_AGO = datetime(2024, 2, 1, tzinfo=UTC)


def days_of(count):
    return tuple(LONG_AGO + timedelta(days=at) for at in range(count))


def kept(airflow, slots, *, name="a", of=None):
    """A backfill of ours whose dates all went well, and its address."""
    days = slots[0].date(), slots[-1].date()
    mark = SequenceMark(SequenceMark.new_id(name, days, NOW, "0a1b2c"), slots, NOW, "ann")
    for place, slot in enumerate(slots):
        more = {"conf": {KEY: mark.as_parameter(place)}, "logical_date": slot.isoformat()}
        airflow.run(of or name, mark.run_id(slot), when=slot, run_type="manual", **more)
    return RunRef(mark.backfill_id, name)


def crowded(version):
    """A DAG whose newest dates belong to others."""
    airflow = FakeAirflow(version)
    airflow.dag("a", runs=1_000)
    for at in range(120):
        slot = NOW - timedelta(days=at)
        airflow.run("a", f"backfill__{slot.isoformat()}", when=slot)
    return airflow


@BOTH
async def test_one_of_dates_of_long_ago_is_found_as_it_was_begun_last(version):
    airflow = crowded(version)
    ref = kept(airflow, days_of(3))
    async with opened(airflow) as backend:
        found = [one for one in await backend.backfills() if one.ref == ref]
    assert [one.whole.status for one in found] == [RunStatus.COMPLETED]


async def test_one_that_is_longer_than_a_look_shows_is_whole_all_the_same():
    airflow = crowded(2)
    ref = kept(airflow, days_of(250))
    async with opened(airflow) as backend:
        (found,) = (one for one in await backend.backfills() if one.ref == ref)
    assert found.whole.status is RunStatus.COMPLETED
    assert found.whole.progress.completed_tasks == 250


@BOTH
async def test_a_page_of_one_asks_for_the_runs_of_its_days_alone(version):
    airflow = crowded(version)
    ref = kept(airflow, days_of(3))
    async with opened(airflow) as backend:
        found = await backend.backfill_status(ref)
        asked = [one for one in airflow.requests if one.url.path.endswith("/dags/a/dagRuns")]
    assert [one.status for one in found.dates] == [RunStatus.COMPLETED] * 3
    assert len(asked) == 1


@BOTH
async def test_one_goes_by_the_name_and_zone_of_its_workflow_though_no_list_was_asked_for(version):
    airflow = FakeAirflow(version)
    airflow.dag("factory__7", tags=["dataset:shop.orders", "timezone:Asia/Seoul"])
    slots = (datetime(2024, 2, 1, 20, tzinfo=UTC),)
    ref = kept(airflow, slots, name="shop.orders", of="factory__7")
    async with opened(airflow) as backend:
        (found,) = await backend.backfills()
    assert (found.ref, found.timezone) == (ref, "Asia/Seoul")
    assert [one.day for one in found.dates] == [date(2024, 2, 2)]


async def test_a_server_that_gives_few_runs_at_once_is_asked_for_all_of_its_own_backfills():
    airflow = FakeAirflow(2)
    airflow.dag("a", is_paused=False)
    airflow.schedules("a", "0 0 * * *")
    airflow.dags["a"]["max_active_runs"] = 3
    airflow.most_of_a_page = 40

    async with opened(airflow) as backend:
        wanted = BackfillRequest("a", date(2026, 8, 1), date(2026, 10, 31), parallel=True)
        await backend.backfill(wanted)
        found = await backend.backfill_status(RunRef("backfill__1", "a"))
    assert len(found.dates) == 92

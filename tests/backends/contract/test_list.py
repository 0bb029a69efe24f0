"""What every list says."""

import pytest

from dli_tui.domain.rules import in_force, is_held
from dli_tui.domain.status import SourceType, WorkflowStatus
from tests.support import row_of, rows_of

ROLES = {
    "manual": (SourceType.MANUAL, WorkflowStatus.ACTIVE),
    "code": (SourceType.CODE, WorkflowStatus.ACTIVE),
    "paused": (None, WorkflowStatus.PAUSED),
    "disabled": (None, WorkflowStatus.DISABLED),
    "failing": (None, WorkflowStatus.ACTIVE),
}


async def test_rows_come_once_each_and_in_the_order_of_their_names(backend):
    rows = await rows_of(backend)
    names = [row.dataset_name for row in rows]
    assert names == sorted(names)
    assert len({row.key for row in rows}) == len(rows) > 5


@pytest.mark.parametrize("role", ROLES)
async def test_each_part_is_played(backend, place, role):
    row = await row_of(backend, getattr(place, role))
    assert row is not None
    source, status = ROLES[role]
    assert row.status is status
    assert source in (None, row.source_type)


async def test_a_name_of_a_pair_has_two_rows_and_code_is_in_force(backend, place):
    rows = await backend.workflow(place.pair)
    assert {row.source_type: row.status for row in rows} == {
        SourceType.CODE: WorkflowStatus.ACTIVE,
        SourceType.MANUAL: WorkflowStatus.OVERRIDDEN,
    }
    assert in_force(rows).source_type is SourceType.CODE


async def test_a_name_has_the_rows_that_the_list_has(backend, place):
    listed = await rows_of(backend)
    for name in (place.manual, place.pair, place.paused):
        assert {row.key for row in await backend.workflow(name)} == {
            row.key for row in listed if row.dataset_name == name
        }
        assert all(row in listed for row in await backend.workflow(name))


async def test_a_name_that_nobody_has_has_no_rows(backend):
    assert await backend.workflow("no.such.workflow") == ()
    assert await backend.registered("no.such.workflow") == ()


async def test_a_part_of_a_name_finds_it_in_any_case(backend, place):
    part = place.manual[1:-1].upper()
    found = await rows_of(backend, name=part)
    assert place.manual in [row.dataset_name for row in found]
    expected = [row for row in await rows_of(backend) if part.lower() in row.dataset_name.lower()]
    assert found == expected


@pytest.mark.parametrize("source", SourceType)
async def test_the_filter_by_source_keeps_exactly_those(backend, source):
    expected = [row for row in await rows_of(backend) if row.source_type is source]
    assert await rows_of(backend, source=source) == expected != []


@pytest.mark.parametrize("status", WorkflowStatus)
async def test_the_filter_by_status_keeps_exactly_those(backend, status):
    # What a service pauses by disabling it is among the paused too.
    expected = [
        row
        for row in await rows_of(backend)
        if row.status is status or (status is WorkflowStatus.PAUSED and is_held(row))
    ]
    assert await rows_of(backend, status=status) == expected != []


async def test_the_filter_by_owner_keeps_exactly_those(backend, place):
    rows = await rows_of(backend)
    expected = [row for row in rows if row.owner == place.owner]
    assert 0 < len(expected) < len(rows)
    assert await rows_of(backend, owner=place.owner) == expected


async def test_running_only_keeps_those_with_a_run_under_way(backend, place, clock):
    clock.moment = clock.moment.replace(minute=30, second=20)
    rows = await rows_of(backend)
    expected = [row for row in rows if row.is_running]
    assert 0 < len(expected) < len(rows)
    assert await rows_of(backend, running_only=True) == expected


async def test_enabled_only_keeps_those_whose_schedule_fires(backend):
    rows = await rows_of(backend)
    expected = [row for row in rows if row.status is WorkflowStatus.ACTIVE]
    assert 0 < len(expected) < len(rows)
    assert await rows_of(backend, enabled_only=True) == expected


async def test_filters_hold_together(backend, place):
    found = await rows_of(backend, name=place.pair, source=SourceType.MANUAL, enabled_only=True)
    assert found == []
    found = await rows_of(backend, name=place.pair, source=SourceType.CODE, enabled_only=True)
    assert [row.dataset_name for row in found] == [place.pair]


async def test_a_limit_keeps_the_first_rows(backend):
    assert await rows_of(backend, limit=3) == (await rows_of(backend))[:3]


async def test_the_last_run_of_a_row_heads_its_history(backend, place):
    for name in (place.manual, place.code, place.failing):
        row = await row_of(backend, name)
        newest = (await backend.recent_runs([name], 1))[name]
        assert (row.last_run,) == newest


async def test_an_active_schedule_has_a_next_run_and_a_held_one_has_none(backend, place, clock):
    code = await row_of(backend, place.code)
    assert code.next_run > clock.now()
    for name in (place.paused, place.disabled):
        assert (await row_of(backend, name)).next_run is None


async def test_a_dataset_is_described_by_what_its_row_says_at_least(backend, place):
    row = await row_of(backend, place.manual)
    info = await backend.dataset_info(place.manual)
    assert (info.name, info.owner, info.source_type) == (place.manual, row.owner, row.source_type)
    assert await backend.dataset_info("no.such.workflow") is None

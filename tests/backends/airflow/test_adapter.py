"""The list and what moves in it: few requests, each DAG with its own runs, nothing left behind."""

from datetime import timedelta

import pytest

from dli_tui.client import WorkflowClient
from dli_tui.domain.errors import (
    WorkflowNotFoundError,
)
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import HistoryQuery, WorkflowQuery
from dli_tui.domain.status import SourceType, WorkflowStatus
from tests.backends.airflow.fake import NOW, FakeAirflow, Passing, opened
from tests.backends.airflow.looking import begun, listed

BOTH = pytest.mark.parametrize("version", [1, 2])
_LONGEST_LINE = 4_096


# The list


@BOTH
async def test_the_first_rows_are_there_after_one_reply_and_come_again_with_their_runs(version):
    airflow = FakeAirflow(version)
    for number in range(150):
        airflow.dag(f"d{number:03}", runs=2)
    async with opened(airflow) as backend:
        pages = backend.workflows(WorkflowQuery())
        first = await anext(pages)
        assert [one for one in airflow.asked if "version" not in one] == ["GET /dags"]
        assert (len(first.items), first.total) == (100, 150)
        assert {(row.last_run, row.active_runs) for row in first.items} == {(None, None)}
        rest = [page async for page in pages]
    assert [len(page.items) for page in rest] == [100, 50]
    assert all(row.last_run is not None for page in rest for row in page.items)
    assert rest[0].items[0].key == first.items[0].key


async def test_a_list_counts_each_row_once_however_often_it_came():
    airflow = FakeAirflow()
    for number in range(150):
        airflow.dag(f"d{number:03}", runs=1)
    async with opened(airflow) as backend:
        result = await WorkflowClient(backend).list_workflows(WorkflowQuery())
    assert (len(result.workflows), result.total_count, result.more) == (150, 150, False)
    assert all(row.last_run is not None for row in result.workflows)


async def test_a_list_with_a_filter_or_a_limit_gives_each_row_once():
    airflow = FakeAirflow()
    for number in range(5):
        airflow.dag(f"d{number}", runs=1, is_paused=number > 2)
    async with opened(airflow) as backend:
        query = WorkflowQuery(status=WorkflowStatus.PAUSED)
        pages = [page async for page in backend.workflows(query)]
        assert [[row.dataset_name for row in page.items] for page in pages] == [["d3", "d4"]]
        pages = [page async for page in backend.workflows(WorkflowQuery(limit=2))]
    assert [[row.dataset_name for row in page.items] for page in pages] == [["d0", "d1"]]


@BOTH
async def test_each_dag_has_its_own_last_ten_runs_though_one_has_a_thousand(version):
    airflow = FakeAirflow(version)
    for number in range(40):
        airflow.dag(f"quiet{number:02}", runs=12, every=timedelta(days=30))
    airflow.dag("busy", runs=1_000, every=timedelta(minutes=1))
    async with opened(airflow) as backend:
        await listed(backend)
        found = await backend.recent_runs([*airflow.dags], 10)
    assert {len(runs) for runs in found.values()} == {10}
    for name, runs in found.items():
        assert {run.dataset_name for run in runs} == {name}
        slots = [run.slot for run in runs]
        assert slots == sorted(slots, reverse=True)
    assert found["quiet00"][0].slot == NOW - timedelta(days=30)
    assert len([one for one in airflow.asked if one.endswith("/list")]) == 2


@BOTH
async def test_three_thousand_dags_with_ten_runs_cost_few_short_requests(version):
    airflow = FakeAirflow(version)
    for number in range(3_000):
        airflow.dag(f"{'team.area.' * 15}d{number:04}", runs=10)
    passed = Passing()
    async with opened(airflow, passed=passed) as backend:
        cursor, rows = await begun(backend)
        assert len(rows) == 3_000
        assert all(row.last_run is not None for row in rows.values())
        assert len(airflow.requests) <= 75
        del airflow.requests[:]
        airflow.passes(seconds=2)
        passed.seconds += 2
        changes = await backend.changes(cursor)
        assert (changes.workflows, changes.gone, changes.whole) == ((), (), False)
        assert len(airflow.requests) == 1
        lines = [len(one.url.raw_path) for one in airflow.requests]
    assert max(lines) < _LONGEST_LINE


async def test_no_line_of_a_request_is_long_whatever_the_names_are():
    airflow = FakeAirflow()
    for number in range(100):
        airflow.dag(f"{'é' * 80}{number:03}", runs=1)
    async with opened(airflow) as backend:
        await begun(backend)
    assert max(len(one.url.raw_path) for one in airflow.requests) < _LONGEST_LINE


async def test_an_empty_airflow_is_a_list_without_rows():
    async with opened(FakeAirflow()) as backend:
        assert await listed(backend) == {}


# Names


async def test_a_dag_goes_by_its_tag_and_the_second_that_claims_a_name_by_its_id():
    airflow = FakeAirflow()
    airflow.dag("first", tags=["dataset:shop.orders", "source:manual"], runs=1)
    airflow.dag("second", tags=["dataset:shop.orders"], runs=1)
    async with opened(airflow) as backend:
        rows = await listed(backend)
    assert {name: row.airflow_dag_id for name, row in rows.items()} == {
        "shop.orders": "first",
        "second": "second",
    }
    assert rows["shop.orders"].source_type is SourceType.MANUAL
    assert rows["shop.orders"].last_run.dataset_name == "shop.orders"


@pytest.mark.parametrize("name", ["shop.orders", "plain", "second"])
async def test_one_row_or_run_is_found_by_name_without_the_whole_list(name):
    airflow = FakeAirflow()
    airflow.dag("first", tags=["dataset:shop.orders"], runs=1)
    airflow.dag("second", tags=["dataset:shop.orders"], runs=1)
    for number in range(300):
        airflow.dag(f"other{number}")
    airflow.dag("plain", runs=1)
    async with opened(airflow) as backend:
        (row,) = await backend.workflow(name)
        assert row.dataset_name == name
    async with opened(airflow) as backend:
        pages = [page async for page in backend.history(HistoryQuery(workflow=name))]
        assert [run.dataset_name for page in pages for run in page.items] == [name]
        run = await backend.run_status(RunRef(pages[0].items[0].run_id, name))
        assert run.dataset_name == name
    assert len(airflow.requests) < 20


async def test_a_name_that_nobody_has_is_none():
    async with opened(FakeAirflow()) as backend:
        assert await backend.workflow("nope") == ()
        with pytest.raises(WorkflowNotFoundError):
            await backend.run_status(RunRef("r", "nope"))


@BOTH
async def test_a_dag_whose_file_is_gone_is_still_there_and_disabled(version):
    airflow = FakeAirflow(version)
    airflow.dag("gone", **({"is_active": False} if version == 1 else {"is_stale": True}))
    async with opened(airflow) as backend:
        assert (await listed(backend))["gone"].status is WorkflowStatus.DISABLED


async def test_a_dag_that_cant_be_imported_says_why():
    airflow = FakeAirflow(2)
    airflow.dag("a", has_import_errors=True, relative_fileloc="broken.py")
    airflow.dag("b", has_import_errors=True, relative_fileloc="another_teams/broken.py")
    airflow.dag("c")
    async with opened(airflow) as backend:
        rows = {row.dataset_name: row for row in (await backend.changes(None)).workflows}
    assert rows["a"].status is rows["b"].status is WorkflowStatus.DISABLED
    missing = "ModuleNotFoundError: No module named 'nope_missing'"
    assert rows["a"].warning == f"It can't be imported: {missing}"
    assert rows["b"].warning == "It can't be imported; see the health page"
    assert rows["c"].warning is None
    assert [rows[name].import_error for name in "abc"] == [rows[name].warning for name in "abc"]

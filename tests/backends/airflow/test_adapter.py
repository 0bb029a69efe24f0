"""The list and what moves in it: few requests, each DAG with its own runs, nothing left behind."""

from datetime import timedelta

import pytest

from dli_tui.backends.airflow.adapter import SWEEP_SECONDS
from dli_tui.client import WorkflowClient
from dli_tui.domain.errors import (
    WorkflowNotFoundError,
)
from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.query import HistoryQuery, WorkflowQuery
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from dli_tui.domain.workflow import WorkflowInfo
from tests.backends.airflow.fake import NOW, FakeAirflow, Passing, opened

BOTH = pytest.mark.parametrize("version", [1, 2])
_LONGEST_LINE = 4_096


async def listed(backend, query=None):
    """Every row of the list, each as it came last."""
    rows: dict[str, WorkflowInfo] = {}
    async for page in backend.workflows(query or WorkflowQuery()):
        rows |= {row.dataset_name: row for row in page.items}
    return rows


async def begun(backend):
    """A cursor, and the list that was asked for after it, as the dashboard does."""
    cursor = await backend.cursor()
    return cursor, await listed(backend)


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
    airflow.dag("busy", runs=1_000, every=timedelta(minutes=1))
    for number in range(40):
        airflow.dag(f"quiet{number:02}", runs=12, every=timedelta(days=30))
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


# What moves


@BOTH
async def test_a_run_that_moves_shows_after_one_tick(version):
    airflow = FakeAirflow(version)
    airflow.dag("a", runs=3)
    airflow.dag("b", runs=3)
    async with opened(airflow) as backend:
        cursor, before = await begun(backend)
        airflow.passes(seconds=2)
        airflow.run("a", "manual__now", state="running")
        airflow.moves("a", "manual__now")
        changes = await backend.changes(cursor)
        (row,) = changes.workflows
        assert row.key == before["a"].key
        assert (row.last_run.run_id, row.active_runs) == ("manual__now", 1)
        airflow.passes(seconds=90)
        airflow.moves("a", "manual__now", state="success")
        (row,) = (await backend.changes(changes.cursor)).workflows
    assert (row.last_run.status, row.active_runs) == (RunStatus.COMPLETED, 0)


async def test_a_run_of_long_ago_that_moves_again_stays_in_its_place():
    airflow = FakeAirflow()
    airflow.dag("a", runs=3)
    old = f"scheduled__{(NOW - timedelta(days=3)).isoformat()}"
    async with opened(airflow) as backend:
        cursor, before = await begun(backend)
        airflow.moves("a", old, state="running", queued_at=airflow.now.isoformat())
        (row,) = (await backend.changes(cursor)).workflows
        assert (row.last_run, row.active_runs) == (before["a"].last_run, 1)
        runs = (await backend.recent_runs(["a"], 10))["a"]
    assert [run.run_id for run in runs][-1] == old


async def test_a_run_that_only_waits_on_2x_is_the_newest():
    airflow = FakeAirflow(1)
    airflow.dag("a", runs=2)
    async with opened(airflow) as backend:
        cursor, _ = await begun(backend)
        slot = NOW - timedelta(days=5)
        airflow.run("a", "scheduled__late", state="queued", when=slot)
        airflow.moves("a", "scheduled__late")
        (row,) = (await backend.changes(cursor)).workflows
    assert row.last_run.run_id == "scheduled__late"


async def test_more_moves_than_a_page_holds_all_show():
    airflow = FakeAirflow()
    for number in range(130):
        airflow.dag(f"d{number:03}", runs=1)
    async with opened(airflow) as backend:
        cursor, _ = await begun(backend)
        for dag_id, run_id in list(airflow.runs):
            airflow.moves(dag_id, run_id, state="failed")
        changes = await backend.changes(cursor)
    assert len(changes.workflows) == 130


async def test_the_sweep_makes_good_what_was_too_much_for_a_tick():
    airflow, passed = FakeAirflow(), Passing()
    for number in range(1_050):
        airflow.dag(f"d{number:04}", runs=1)
    async with opened(airflow, passed=passed) as backend:
        cursor, _ = await begun(backend)
        for dag_id, run_id in list(airflow.runs):
            airflow.moves(dag_id, run_id, state="failed")
        changes = await backend.changes(cursor)
        assert len(changes.workflows) == 1_000
        passed.seconds += SWEEP_SECONDS
        airflow.passes(seconds=SWEEP_SECONDS)
        rest = await backend.changes(changes.cursor)
        assert {row.last_run.status for row in rest.workflows} == {RunStatus.FAILED}
        assert len(rest.workflows) == 50
        passed.seconds += SWEEP_SECONDS
        del airflow.requests[:]
        await backend.changes(rest.cursor)
    assert len([one for one in airflow.asked if one.endswith("/list")]) == 1


@BOTH
async def test_runs_that_were_deleted_there_are_gone_when_their_dag_has_its_turn(version):
    airflow, passed = FakeAirflow(version), Passing()
    for number in range(250):
        airflow.dag(f"d{number:03}", runs=2)
    async with opened(airflow, passed=passed) as backend:
        cursor, _ = await begun(backend)
        airflow.runs = {key: run for key, run in airflow.runs.items() if key[0] != "d240"}
        gone = []
        for _ in range(3):
            passed.seconds += SWEEP_SECONDS
            del airflow.requests[:]
            changes = await backend.changes(cursor)
            cursor = changes.cursor
            assert len([one for one in airflow.asked if one.endswith("/list")]) == 1
            gone += [(row.dataset_name, row.last_run) for row in changes.workflows]
        del airflow.requests[:]
        await backend.changes(cursor)
        assert len(airflow.requests) == 1
    assert gone == [("d240", None)]


@BOTH
async def test_what_airflow_warns_of_stands_on_the_row_after_a_sweep(version):
    airflow, passed = FakeAirflow(version), Passing()
    airflow.dag("a")
    airflow.dag("b")
    async with opened(airflow, passed=passed) as backend:
        cursor, _ = await begun(backend)
        airflow.warnings = [{"dag_id": "a", "message": "no such pool: x\x1b[2J\nmore of it"}]
        passed.seconds += SWEEP_SECONDS
        changes = await backend.changes(cursor)
        assert [(row.dataset_name, row.warning) for row in changes.workflows] == [
            ("a", "no such pool: x")
        ]
        airflow.warnings = []
        passed.seconds += SWEEP_SECONDS
        (row,) = (await backend.changes(changes.cursor)).workflows
    assert row.warning is None


@BOTH
@pytest.mark.parametrize("most", [7, 100])
async def test_a_server_that_gives_fewer_runs_at_once_is_asked_on(version, most):
    airflow = FakeAirflow(version)
    airflow.most_of_a_batch = most
    airflow.dag("busy", runs=60, every=timedelta(minutes=1))
    for number in range(12):
        airflow.dag(f"quiet{number:02}", runs=12 - number, every=timedelta(days=1))
    async with opened(airflow) as backend:
        await listed(backend)
        found = await backend.recent_runs([*airflow.dags], 10)
    often = {name: len(runs) for name, runs in found.items()}
    assert often == {"busy": 10} | {f"quiet{at:02}": min(10, 12 - at) for at in range(12)}


async def test_a_dag_that_went_before_a_list_anew_never_comes_back():
    airflow, passed = FakeAirflow(), Passing()
    airflow.dag("kept", runs=1)
    airflow.dag("dropped", runs=1)
    async with opened(airflow, passed=passed) as backend:
        await begun(backend)
        del airflow.dags["dropped"]
        changes = await backend.changes("another")
        assert [row.dataset_name for row in changes.workflows] == ["kept"]
        airflow.moves("dropped", next(run for dag, run in airflow.runs if dag == "dropped"))
        assert (await backend.changes(changes.cursor)).workflows == ()


async def test_a_move_that_was_written_down_late_shows_all_the_same():
    airflow = FakeAirflow()
    airflow.dag("a", runs=1)
    async with opened(airflow) as backend:
        cursor, _ = await begun(backend)
        airflow.run("a", "late", state="running")
        airflow.moves("a", "late")
        airflow.runs["a", "late"]["_moved"] -= timedelta(seconds=20)
        (row,) = (await backend.changes(cursor)).workflows
    assert row.last_run.run_id == "late"


async def test_a_server_without_a_clock_is_asked_from_the_same_moment_on():
    airflow = FakeAirflow()
    airflow.dag("a", runs=1)

    def timeless(request):
        reply = airflow(request)
        del reply.headers["Date"]
        return reply

    async with opened(airflow, answer=timeless) as backend:
        cursor, _ = await begun(backend)
        for _ in range(3):
            cursor = (await backend.changes(cursor)).cursor
    since = [one.url.params.get("updated_at_gte") for one in airflow.requests[-3:]]
    assert len(set(since)) == 1


async def test_a_cursor_of_another_life_gets_the_whole_list():
    airflow = FakeAirflow()
    airflow.dag("a", runs=1)
    async with opened(airflow) as backend:
        changes = await backend.changes("another")
        assert changes.whole
        assert [row.last_run is not None for row in changes.workflows] == [True]
        assert (await backend.changes(changes.cursor)).workflows == ()


@BOTH
async def test_the_sweep_finds_what_no_run_tells(version):
    airflow, passed = FakeAirflow(version), Passing()
    for name in ("kept", "held", "dropped", "moved"):
        airflow.dag(name, runs=1)
    async with opened(airflow, passed=passed) as backend:
        cursor, _ = await begun(backend)
        airflow.dag("new", runs=2)
        airflow.dags["held"]["is_paused"] = True
        airflow.dags["moved"]["tags"] = [{"name": "dataset:shop.orders"}]
        del airflow.dags["dropped"]
        passed.seconds += SWEEP_SECONDS - 1
        early = await backend.changes(cursor)
        assert (early.workflows, early.gone) == ((), ())
        passed.seconds += 1
        changes = await backend.changes(early.cursor)
        rows = {row.dataset_name: row for row in changes.workflows}
        assert set(rows) == {"new", "held", "shop.orders"}
        assert rows["new"].last_run is not None
        assert rows["held"].status is WorkflowStatus.PAUSED
        code = SourceType.CODE
        assert set(changes.gone) == {WorkflowKey("dropped", code), WorkflowKey("moved", code)}
        again = await backend.changes(changes.cursor)
        assert (again.workflows, again.gone) == ((), ())


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
    airflow.dag("a", has_import_errors=True, relative_fileloc="team/broken.py")
    airflow.dag("b", has_import_errors=True, relative_fileloc="elsewhere.py")
    airflow.dag("c")
    async with opened(airflow) as backend:
        rows = {row.dataset_name: row for row in (await backend.changes(None)).workflows}
    assert rows["a"].status is rows["b"].status is WorkflowStatus.DISABLED
    missing = "ModuleNotFoundError: No module named 'nope_missing'"
    assert rows["a"].warning == f"It can't be imported: {missing}"
    assert rows["b"].warning == "It can't be imported; see the health page"
    assert rows["c"].warning is None

"""What moves in the list: one request a look, and nothing that moved is left untold."""

from datetime import timedelta

import httpx
import pytest

from dli_tui.backends.airflow.adapter import SWEEP_SECONDS
from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from tests.backends.airflow.fake import NOW, FakeAirflow, Passing, opened
from tests.backends.airflow.looking import begun, listed, swept

BOTH = pytest.mark.parametrize("version", [1, 2])


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


async def last_runs(airflow, passed):
    """The last run of DAG `a` after a poll, after a sweep, and to somebody who comes anew."""
    async with opened(airflow, passed=passed) as backend:
        cursor, _ = await begun(backend)
        airflow.passes(seconds=2)
        yield
        moved = await backend.changes(cursor)
        told = [row.last_run.run_id for row in moved.workflows]
        passed.seconds += SWEEP_SECONDS
        await swept(backend, moved.cursor)
        told += [run.run_id for run in (await backend.recent_runs(["a"], 1))["a"]]
    async with opened(airflow) as backend:
        told.append((await listed(backend))["a"].last_run.run_id)
    yield told


async def test_on_2x_a_run_by_hand_of_yesterday_hides_no_scheduled_run_of_today():
    airflow, passed = FakeAirflow(1), Passing()
    airflow.dag("a")
    airflow.run("a", "manual__noon", when=NOW - timedelta(hours=18))
    telling = last_runs(airflow, passed)
    await anext(telling)
    # The date of a run is the start of its data interval, here a day before it was made.
    made = airflow.run("a", "scheduled__day", state="failed", when=NOW - timedelta(days=1))
    made["start_date"] = airflow.now.isoformat()
    airflow.moves("a", "scheduled__day")
    assert await anext(telling) == ["scheduled__day"] * 3


async def test_on_2x_a_run_for_a_date_that_waits_is_not_the_last_once_another_was_started():
    airflow, passed = FakeAirflow(1), Passing()
    airflow.dag("a")
    airflow.run("a", "manual__dated", state="queued", when=NOW - timedelta(days=90))
    telling = last_runs(airflow, passed)
    await anext(telling)
    by_hand = f"manual__{airflow.now.isoformat()}"
    airflow.run("a", by_hand, state="running", when=airflow.now)
    airflow.moves("a", by_hand)
    assert await anext(telling) == [by_hand] * 3


async def test_on_2x_runs_for_dates_that_wait_are_told_as_they_were_made():
    airflow, passed = FakeAirflow(1), Passing()
    airflow.dag("a")
    telling = last_runs(airflow, passed)
    await anext(telling)
    for run_id, days in (("manual__sooner", 60), ("manual__later", 30)):
        airflow.run("a", run_id, state="queued", when=airflow.now - timedelta(days=days))
        airflow.moves("a", run_id)
    assert await anext(telling) == ["manual__later"] * 3


async def test_on_3x_a_run_that_was_due_long_ago_is_not_the_last_because_it_was_made_last():
    airflow, passed = FakeAirflow(2), Passing()
    airflow.dag("a")
    airflow.run("a", "manual__now", when=NOW - timedelta(hours=1))
    telling = last_runs(airflow, passed)
    await anext(telling)
    made = airflow.run("a", "scheduled__first", state="running", when=NOW - timedelta(days=300))
    made["queued_at"] = made["start_date"] = airflow.now.isoformat()
    airflow.moves("a", "scheduled__first")
    assert await anext(telling) == ["manual__now"] * 3


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
        rest = await swept(backend, changes.cursor)
        assert {row.last_run.status for row in rest.workflows} == {RunStatus.FAILED}
        assert len(rest.workflows) == 50
        passed.seconds += SWEEP_SECONDS
        del airflow.requests[:]
        await swept(backend, rest.cursor)
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
            changes = await swept(backend, cursor)
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
        changes = await swept(backend, cursor)
        assert [(row.dataset_name, row.warning) for row in changes.workflows] == [
            ("a", "no such pool: x")
        ]
        airflow.warnings = []
        passed.seconds += SWEEP_SECONDS
        (row,) = (await swept(backend, changes.cursor)).workflows
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
        changes = await swept(backend, early.cursor)
        rows = {row.dataset_name: row for row in changes.workflows}
        assert set(rows) == {"new", "held", "shop.orders"}
        assert rows["new"].last_run is not None
        assert rows["held"].status is WorkflowStatus.PAUSED
        code = SourceType.CODE
        assert set(changes.gone) == {WorkflowKey("dropped", code), WorkflowKey("moved", code)}
        again = await backend.changes(changes.cursor)
        assert (again.workflows, again.gone) == ((), ())


@BOTH
async def test_what_moved_is_told_though_the_sweep_in_between_broke_off(version):
    airflow, passed = FakeAirflow(version), Passing()
    airflow.dag("a", runs=1)
    airflow.dag("b", runs=1)
    is_down = False

    def answer(request):
        if is_down and request.url.path.endswith("/dagRuns/list"):
            raise httpx.ConnectError("no route")
        return airflow(request)

    async with opened(airflow, passed=passed, answer=answer) as backend:
        cursor, _ = await begun(backend)
        airflow.run("a", "manual__now", state="running")
        airflow.moves("a", "manual__now")
        airflow.dags["b"]["is_paused"] = True
        airflow.dag("new")
        passed.seconds += SWEEP_SECONDS
        is_down = True
        with pytest.raises(ConnectionFailedError):
            await swept(backend, cursor)
        is_down = False
        passed.seconds += SWEEP_SECONDS
        changes = await swept(backend, cursor)
        assert {row.dataset_name for row in changes.workflows} == {"a", "b", "new"}
        assert (await backend.changes(changes.cursor)).workflows == ()


async def test_what_somebody_saw_on_one_row_is_told_to_the_list_too():
    airflow = FakeAirflow()
    airflow.dag("a", runs=1, is_paused=False)
    async with opened(airflow) as backend:
        cursor, _ = await begun(backend)
        airflow.dags["a"]["is_paused"] = True
        (seen,) = await backend.workflow("a")
        changes = await backend.changes(cursor)
        assert changes.workflows == (seen,)
        assert seen.status is WorkflowStatus.PAUSED
        assert (await backend.changes(changes.cursor)).workflows == ()


@BOTH
async def test_a_sweep_goes_on_without_the_warnings_where_those_cant_be_had(version):
    airflow, passed = FakeAirflow(version), Passing()
    airflow.dag("a", is_paused=False)

    def answer(request):
        is_broken = request.url.path.endswith("/dagWarnings")
        return httpx.Response(500) if is_broken else airflow(request)

    async with opened(airflow, passed=passed, answer=answer) as backend:
        cursor, _ = await begun(backend)
        airflow.dags["a"]["is_paused"] = True
        passed.seconds += SWEEP_SECONDS
        (row,) = (await swept(backend, cursor)).workflows
    assert row.status is WorkflowStatus.PAUSED


@BOTH
async def test_a_list_is_told_without_the_runs_where_those_cant_be_had(version):
    airflow = FakeAirflow(version)
    for number in range(130):
        airflow.dag(f"d{number:03}", runs=1)

    def answer(request):
        is_broken = request.url.path.endswith("/dagRuns/list")
        return httpx.Response(500) if is_broken else airflow(request)

    async with opened(airflow, answer=answer) as backend:
        rows = await listed(backend)
    assert len(rows) == 130
    assert all(row.warning for row in rows.values())

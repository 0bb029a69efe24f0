"""What is unregistered goes from the store, the folder and Airflow, and what stays is named."""

import asyncio

import pytest

from dli_tui.domain.errors import ErrorCode
from dli_tui.domain.query import RunRequest
from dli_tui.domain.status import SourceType
from tests.backends.airflow.fakefactory import NAME, FakeFactory, copied, registration
from tests.backends.contract.places import refused


@pytest.fixture(params=[2])
def airflow(request, tmp_path):
    return FakeFactory(tmp_path, request.param)


either = pytest.mark.parametrize("airflow", [1, 2], indirect=True)


@either
async def test_what_is_unregistered_is_gone_everywhere(airflow):
    airflow.neighbour(of=NAME)
    async with airflow.opened() as backend:
        before = await backend.changes(None)
        await backend.register(registration())
        before = await backend.changes(before.cursor)
        airflow.busy = 2
        result = await backend.unregister(NAME)
        assert (result.airflow_dag_disabled, result.warning) == (True, None)
        assert result.s3_path_deleted == f"{airflow.url}/workflows/manual/{NAME}.yaml"
        assert await backend.workflow(NAME) == ()
        moved = await backend.changes(before.cursor)
        await refused(backend.unregister(NAME), ErrorCode.WORKFLOW_NOT_FOUND)
    assert [key.name for key in moved.gone] == [NAME]
    assert "web_clicks" not in airflow.dags
    assert not (airflow.folder / "manual" / f"{NAME}.yaml").exists()
    assert (await airflow.store.document(NAME, SourceType.MANUAL)).is_removed


@either
async def test_with_active_runs_only_force_unregisters(airflow):
    airflow.neighbour(of=NAME)
    async with airflow.opened() as backend:
        await backend.register(registration())
        await backend.run(RunRequest(NAME))
        await refused(backend.unregister(NAME), ErrorCode.WORKFLOW_UNREGISTER_FAILED)
        assert len(await backend.workflow(NAME)) == 1
        await backend.unregister(NAME, force=True)
        assert await backend.workflow(NAME) == ()
        made = await backend.register(registration())
    assert (made.last_run, made.is_running) == (None, False)


async def test_where_the_folder_is_elsewhere_the_dag_is_paused_until_it_is_gone_there(airflow):
    async with airflow.opened(local=False) as backend:
        await backend.register(registration())
        await asyncio.to_thread(copied, airflow)
        await asyncio.to_thread(airflow.read)
        result = await backend.unregister(NAME)
        assert (result.airflow_dag_disabled, "and paused" in result.warning) == (False, True)
        (row,) = await backend.workflow(NAME)
        assert row.warning == "its spec is gone from the store, waiting for Airflow"
        await asyncio.to_thread((airflow.folder / "manual" / f"{NAME}.yaml").unlink)
        await asyncio.to_thread(airflow.read)
        result = await backend.unregister(NAME)
        assert (result.airflow_dag_disabled, result.warning) == (True, None)
        assert await backend.workflow(NAME) == ()


async def test_an_airflow_that_keeps_a_dag_is_named(airflow):
    airflow.neighbour(of=NAME)
    async with airflow.opened() as backend:
        await backend.register(registration())
        airflow.busy = 999
        result = await backend.unregister(NAME)
        assert "still has DAG 'web_clicks' (it says that tasks" in result.warning
        airflow.busy = 0
        assert (await backend.unregister(NAME)).warning is None


async def test_a_dag_whose_deletion_was_not_answered_is_looked_for(airflow):
    airflow.neighbour(of=NAME)
    async with airflow.opened() as backend:
        await backend.register(registration())
        airflow.is_lost = True
        result = await backend.unregister(NAME)
    assert (result.airflow_dag_disabled, result.warning) == (True, None)

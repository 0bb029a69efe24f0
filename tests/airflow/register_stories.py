"""What is registered with us is stored, made a DAG by a real Airflow, run, edited and removed."""

import asyncio
from contextlib import asynccontextmanager
from zlib import crc32

import pytest

from dli_tui.backends.airflow.withspecs import AirflowWithSpecs
from dli_tui.client import WorkflowClient
from dli_tui.config.model import Kind, Profile
from dli_tui.domain.clock import SystemClock
from dli_tui.domain.errors import ErrorCode, WorkflowRegistrationError
from dli_tui.domain.query import Registration
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.status import RunStatus, SourceType, WorkflowStatus
from dli_tui.specs.catalogue import read_catalogue
from dli_tui.specs.publishing import Publisher, plan_push
from dli_tui.specs.store.local import Folder
from dli_tui.specs.store.store import SpecStore
from dli_tui.specs.syncing import Sync
from tests.airflow.factory_stories import MIDNIGHT, NOON, there, until
from tests.airflow.place import over
from tests.airflow.real import SHARDS

TEXT = """\
name: {name}
owner: data@example.com
parameters: {{region: {{type: string, default: EU}}}}
steps:
  - {{name: extract, type: log, config: {{message: "{{{{params.region}}}}"}}}}
"""


@pytest.fixture
def store(server):
    root = server.specs.parent / "store"
    root.mkdir(exist_ok=True)
    return Folder(root, SystemClock())


@pytest.fixture
async def client(place, server, store):
    async with opened(server, store) as found:
        yield found


@asynccontextmanager
async def opened(server, store, *, local=True):
    profile = Profile(
        name="air",
        kind=Kind.AIRFLOW,
        url=server.address,
        username="admin",
        password_env="PASSWORD",
        specs=store.where,
        specs_folder=server.specs if local else None,
    )
    async with AirflowWithSpecs(profile, {"PASSWORD": "admin"}) as backend:
        yield WorkflowClient(backend)


@pytest.fixture
async def neighbours(client):
    """Every file of the factory holds a DAG, so that each can be read again at once."""
    # One for each file, by the factory's own rule.
    shards = {crc32(f"near.of_{at}".encode()) % SHARDS: f"near.of_{at}" for at in range(99)}
    names = list(shards.values())
    store, folder = client.backend._specs, client.backend._registering._folder
    for name in names:
        found = await store.ask(name)
        if found.manual is None:
            await (await store.store()).register(name, f"name: {name}\n")
    await Sync(await store.objects(), folder, SystemClock()).all()
    for name in names:
        await there(client, name)


def registration(name, cron=MIDNIGHT, *, enabled=True, force=False):
    schedule = ScheduleConfig(cron=cron, timezone="Asia/Seoul", enabled=enabled)
    return Registration(name, schedule, yaml_content=TEXT.format(name=name), force=force)


async def code(store, *names):
    """CI pushes CODE of these names and no other."""
    texts = {name: f"{TEXT.format(name=name)}schedule: {{cron: '{NOON}'}}\n" for name in names}
    catalogue = await read_catalogue(SpecStore(store, SystemClock()))
    for step in plan_push(texts | {"near.code": "name: near.code\n"}, catalogue, prune=True):
        await Publisher(store, SystemClock()).carry_out(step)


@pytest.mark.usefixtures("neighbours")
async def test_registered_listed_run_edited_and_removed(client):
    made = await client.register(registration("shop.mine"))
    # It was there before the registration was over: a file that holds a DAG is read again at once.
    assert made.warning is None
    row = made.workflow_info
    assert (row.source_type, row.status, row.cron) == (
        SourceType.MANUAL,
        WorkflowStatus.ACTIVE,
        MIDNIGHT,
    )
    listed = {row.dataset_name: row for row in (await client.changes(None)).workflows}
    assert listed["shop.mine"].owner == "data@example.com"
    started = await client.run("shop.mine", parameters={"region": "US"})
    assert (await over(client, started.run_id)).run_status is RunStatus.COMPLETED
    with pytest.raises(WorkflowRegistrationError) as caught:
        await client.register(registration("shop.mine", NOON))
    assert caught.value.code is ErrorCode.WORKFLOW_ALREADY_EXISTS
    edited = await client.register(registration("shop.mine", NOON, force=True))
    assert (edited.workflow_info.cron, edited.warning) == (NOON, None)
    assert (await client.backend._asking.dag("shop_mine")).row.cron == NOON
    removed = await client.unregister("shop.mine", force=True)
    assert (removed.airflow_dag_disabled, removed.warning) == (True, None)
    assert await client.rows("shop.mine") == ()
    # As long as a reading that had begun before would take to bring it back.
    await asyncio.sleep(8)
    assert await client.rows("shop.mine") == ()


@pytest.mark.usefixtures("neighbours")
async def test_paused_at_birth_and_active_when_it_is_said(client):
    made = await client.register(registration("shop.still", enabled=False))
    assert made.workflow_info.status is WorkflowStatus.PAUSED
    assert (await client.get("shop.still")).status is WorkflowStatus.PAUSED
    made = await client.register(registration("shop.still", force=True))
    assert (await client.get("shop.still")).status is WorkflowStatus.ACTIVE
    # Airflow 2 may begin a run of a past tick, whose steps are skipped.
    await client.unregister("shop.still", force=True)


@pytest.mark.usefixtures("neighbours")
async def test_with_a_run_under_way_only_force_removes_it(client):
    request = registration("shop.busy")
    slow = request.yaml_content.replace(
        "type: log, config: {", "type: wait, config: {seconds: 60}} #"
    )
    await client.register(request._replace(yaml_content=slow))
    # Where the machine has much to do, Airflow reads it a moment later.
    await until(lambda: client.get("shop.busy"), lambda row: row.enabled)
    started = await client.run("shop.busy")
    await until(
        lambda: client.status(started.run_id), lambda run: run.run_status is RunStatus.RUNNING
    )
    with pytest.raises(WorkflowRegistrationError):
        await client.unregister("shop.busy")
    # A task that is slow to end keeps its DAG there: then it says to unregister it once more.
    await until(
        lambda: client.unregister("shop.busy", force=True), lambda removed: removed.warning is None
    )
    assert await client.rows("shop.busy") == ()


async def test_code_goes_before_manual_which_comes_back(client, store, server):
    await client.register(registration("shop.two"))
    await there(client, "shop.two", lambda row: row.warning is None)
    sync = Sync(store, server.specs, SystemClock())
    await code(store, "shop.two")
    await sync.all()

    async def rows():
        return {row.source_type: row for row in await client.rows("shop.two")}

    found = await until(rows, lambda told: len(told) == 2 and told[SourceType.CODE].cron == NOON)
    assert found[SourceType.MANUAL].status is WorkflowStatus.OVERRIDDEN
    assert found[SourceType.MANUAL].cron == MIDNIGHT
    await code(store)
    await sync.all()
    found = await until(rows, lambda told: told.keys() == {SourceType.MANUAL})
    found = await until(rows, lambda told: told[SourceType.MANUAL].warning is None)
    assert found[SourceType.MANUAL].status is WorkflowStatus.ACTIVE
    await client.unregister("shop.two", force=True)


async def test_where_the_folder_is_elsewhere_it_waits_until_a_sync_was_there(server, store, place):
    async with opened(server, store, local=False) as client:
        made = await client.register(registration("shop.far"))
        assert made.warning == "stored, waiting for Airflow"
        assert made.workflow_info.status is WorkflowStatus.DISABLED
        await Sync(store, server.specs, SystemClock()).all()
        row = await there(client, "shop.far")
        assert (row.status, row.warning) == (WorkflowStatus.ACTIVE, None)
        left = await client.unregister("shop.far", force=True)
        assert "and paused" in left.warning
        await Sync(store, server.specs, SystemClock()).all()
        await until(
            lambda: client.get("shop.far"), lambda row: row.status is WorkflowStatus.DISABLED
        )
        assert (await client.unregister("shop.far", force=True)).warning is None
        assert await client.rows("shop.far") == ()

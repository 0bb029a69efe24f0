"""What is registered is stored, brought to Airflow, and told truly whatever fails on the way."""

import asyncio
import math

import pytest

from dli_tui.client import WorkflowClient
from dli_tui.domain.acting import acting_for
from dli_tui.domain.errors import (
    AnswerLostError,
    ConfigurationError,
    ErrorCode,
    WorkflowPermissionError,
)
from dli_tui.domain.ids import dag_id_of
from dli_tui.domain.status import SourceType, WorkflowStatus
from dli_tui.specs.catalogue import read_catalogue
from dli_tui.specs.publishing import Publisher, plan_push
from tests.backends.airflow.fakefactory import NAME, FakeFactory, copied, registration
from tests.backends.contract.places import refused

BROKEN = b"name: web.bad\nschedule: {cron: never}\n"


@pytest.fixture(autouse=True)
def _jo():
    with acting_for("jo"):
        yield


@pytest.fixture(params=[2])
def airflow(request, tmp_path):
    return FakeFactory(tmp_path, request.param)


either = pytest.mark.parametrize("airflow", [1, 2], indirect=True)


async def code_of(airflow, name=NAME, cron="0 9 * * *"):
    """CI pushes CODE."""
    catalogue = await read_catalogue(airflow.store)
    text = f"name: {name}\nschedule: {{cron: '{cron}'}}\n"
    with acting_for("ci"):
        for step in plan_push({name: text}, catalogue):
            await Publisher(airflow.objects, airflow.clock).carry_out(step)


async def rows_of(backend):
    return {row.key: row for row in (await backend.changes(None)).workflows}


@either
async def test_what_is_registered_is_stored_read_and_listed_with_all_that_was_given(airflow):
    airflow.neighbour(of=NAME)
    async with airflow.opened() as backend:
        made = await backend.register(
            registration(owner="o@example.com", team="@t", description="d")
        )
        assert await backend.workflow(NAME) == (made,)
    assert (made.source_type, made.status) == (SourceType.MANUAL, WorkflowStatus.ACTIVE)
    assert (made.cron, made.timezone, made.warning) == ("0 4 * * *", "Asia/Seoul", None)
    assert (made.owner, made.team, made.description) == ("o@example.com", "@t", "d")
    assert (made.retry.max_attempts, made.notifications.on_failure[0].channel) == (3, "#data")
    assert (made.registered_by, made.airflow_dag_id) == ("jo", "web_clicks")
    assert made.s3_path == f"{airflow.url}/workflows/manual/{NAME}.yaml"
    assert [one.partition("-")[0] for one in airflow.written] == ["PUT /parseDagFile/token"]
    assert (await airflow.store.read(NAME, SourceType.MANUAL)).header.by == "jo"


@either
async def test_one_that_is_not_enabled_is_paused_at_birth(airflow):
    airflow.neighbour(of=NAME)
    async with airflow.opened() as backend:
        made = await backend.register(registration(enabled=False))
    assert (made.status, made.warning) == (WorkflowStatus.PAUSED, None)
    assert airflow.dags["web_clicks"]["is_paused"] is True


@either
async def test_force_replaces_it_and_says_whether_it_fires(airflow):
    airflow.neighbour(of=NAME)
    async with airflow.opened() as backend:
        await backend.register(registration())
        problem = await refused(backend.register(registration()), ErrorCode.WORKFLOW_ALREADY_EXISTS)
        assert "registered by jo" in problem.message
        held = await backend.register(registration(cron="5 5 * * *", enabled=False, force=True))
        assert (held.cron, held.status) == ("5 5 * * *", WorkflowStatus.PAUSED)
        made = await backend.register(registration(cron="6 6 * * *", force=True))
        assert (made.cron, made.status) == ("6 6 * * *", WorkflowStatus.ACTIVE)
    assert (await airflow.store.read(NAME, SourceType.MANUAL)).revision == 3


async def test_a_second_name_with_the_same_dag_is_refused_and_the_first_is_named(airflow):
    async with airflow.opened() as backend:
        await backend.register(registration())
        problem = await refused(
            backend.register(registration("web_clicks")), ErrorCode.WORKFLOW_ALREADY_EXISTS
        )
    assert f"'{NAME}'" in problem.message
    assert await airflow.store.read("web_clicks", SourceType.MANUAL) is None


async def test_of_two_names_with_one_dag_that_come_at_once_no_two_stay(airflow, monkeypatch):
    """The factory would make no DAG of either: each is refused, or one of them stays."""
    # Ten seconds of the test's clock pass before a thread of the other has written its file.
    monkeypatch.setattr("dli_tui.specs.store.local.PATIENCE", math.inf)
    names = (NAME, "web_clicks")
    assert dag_id_of(names[0]) == dag_id_of(names[1])
    async with airflow.opened() as one, airflow.opened() as other:
        found = await asyncio.gather(
            one.register(registration(name=names[0])),
            other.register(registration(name=names[1])),
            return_exceptions=True,
        )
    kept = [name for name in names if await airflow.store.read(name, SourceType.MANUAL) is not None]
    assert len(kept) <= 1
    refusals = [answer for answer in found if isinstance(answer, BaseException)]
    assert len(refusals) == 2 - len(kept)
    assert {getattr(one, "code", None) for one in refusals} == {ErrorCode.WORKFLOW_ALREADY_EXISTS}


@pytest.mark.parametrize("is_stale", [False, True])
async def test_a_dag_of_somebody_else_keeps_its_id(airflow, is_stale):
    airflow.dag("web_clicks", is_stale=is_stale)
    async with airflow.opened() as backend:
        for name in (NAME, "web_clicks"):
            problem = await refused(
                backend.register(registration(name)), ErrorCode.WORKFLOW_ALREADY_EXISTS
            )
            assert "a DAG 'web_clicks' already, of somebody else" in problem.message
    assert await airflow.store.etags(SourceType.MANUAL) == {}


async def test_nothing_is_registered_or_removed_where_code_is(airflow):
    airflow.neighbour(of=NAME)
    async with airflow.opened() as backend:
        await backend.register(registration())
        await code_of(airflow)
        # Airflow has yet to hear of it.
        for deed in (
            backend.register(registration(force=True)),
            backend.unregister(NAME, force=True),
        ):
            with pytest.raises(WorkflowPermissionError) as caught:
                await deed
            assert caught.value.code is ErrorCode.WORKFLOW_PERMISSION_DENIED
    assert (await airflow.store.read(NAME, SourceType.MANUAL)).revision == 1


async def test_a_bad_cron_or_spec_is_refused_before_anything_is_written(airflow):
    async with airflow.opened() as backend:
        await refused(backend.register(registration(cron="bad")), ErrorCode.WORKFLOW_INVALID_CRON)
        await refused(
            backend.register(registration(yaml_content="name: other\n")),
            ErrorCode.WORKFLOW_REGISTRATION_FAILED,
        )
    assert await airflow.store.etags(SourceType.MANUAL) == {}


@pytest.mark.parametrize("local", [True, False])
async def test_where_airflow_cannot_be_hurried_it_waits_and_the_list_follows_it_up(airflow, local):
    async with airflow.opened(local=local) as backend:
        before = await backend.changes(None)
        made = await backend.register(registration())
        assert (made.status, made.warning) == (
            WorkflowStatus.DISABLED,
            "stored, waiting for Airflow",
        )
        assert airflow.written == []
        moved = await backend.changes(before.cursor)
        (row,) = moved.workflows
        assert row == made
        if not local:
            await asyncio.to_thread(copied, airflow)
        await asyncio.to_thread(airflow.read)
        moved = await backend.changes(moved.cursor)
        (row,) = moved.workflows
        assert (row.key, row.status, row.warning) == (made.key, WorkflowStatus.ACTIVE, None)
        assert moved.gone == ()
        assert (await backend.changes(moved.cursor)).workflows == ()


async def test_an_airflow_that_is_slow_to_read_is_not_waited_for_long(airflow):
    airflow.neighbour(of=NAME)
    airflow.is_deaf = True
    began = airflow.clock.now()
    async with airflow.opened() as backend:
        made = await backend.register(registration())
    assert made.warning == "stored, waiting for Airflow"
    assert 5 < (airflow.clock.now() - began).total_seconds() < 15


async def test_an_edit_that_waits_shows_what_is_stored(airflow):
    async with airflow.opened() as backend:
        await backend.register(registration())
        await asyncio.to_thread(airflow.read)
        airflow.is_deaf = True
        made = await backend.register(registration(cron="5 5 * * *", force=True))
    assert (made.cron, made.warning) == ("5 5 * * *", "stored, waiting for Airflow")


async def test_a_folder_that_cannot_be_written_is_named_and_what_is_stored_stays(airflow):
    airflow.folder.rmdir()
    async with airflow.opened() as backend:
        made = await backend.register(registration())
    assert made.warning.startswith("It couldn't be copied to Airflow's folder (There is no such")
    assert await airflow.store.read(NAME, SourceType.MANUAL) is not None


async def test_a_pause_that_is_refused_is_named(airflow):
    airflow.neighbour(of=NAME)
    async with airflow.opened() as backend:
        await backend.register(registration())
        airflow.may_write = False
        made = await backend.register(registration(enabled=False, force=True))
    assert "Airflow couldn't be asked to read it" in made.warning
    assert (await airflow.store.read(NAME, SourceType.MANUAL)).revision == 2


# Both sources, and what is broken


async def test_code_overrides_manual_which_comes_back(airflow):
    async with airflow.opened() as backend:
        await backend.register(registration())
        await code_of(airflow)
        await asyncio.to_thread(copy_code, airflow)
        await asyncio.to_thread(airflow.read)
        code, manual = sorted(await backend.workflow(NAME), key=lambda row: row.source_type)
        assert (code.cron, code.status, code.overridden_by) == (
            "0 9 * * *",
            WorkflowStatus.ACTIVE,
            None,
        )
        assert (manual.cron, manual.status) == ("0 4 * * *", WorkflowStatus.OVERRIDDEN)
        assert "pushed by ci" in manual.overridden_by
        rows = await rows_of(backend)
        assert rows[manual.key].status is WorkflowStatus.OVERRIDDEN
        assert rows[code.key].status is WorkflowStatus.ACTIVE


def copy_code(airflow):
    (airflow.folder / "code").mkdir()
    store = airflow.folder.parent / "store" / "workflows" / "code"
    for path in store.glob("*.yaml"):
        (airflow.folder / "code" / path.name).write_bytes(path.read_bytes())


async def test_a_broken_document_is_a_row_that_says_what_is_wrong(airflow):
    await airflow.objects.put("workflows/code/web.bad.yaml", BROKEN, over=None)
    async with airflow.opened() as backend:
        (row,) = (await rows_of(backend)).values()
    assert (row.dataset_name, row.status) == ("web.bad", WorkflowStatus.DISABLED)
    assert "schedule.cron: expected a cron expression" in row.warning


async def test_what_the_factory_refuses_says_why(airflow):
    airflow.errors = [
        {
            "filename": "dli_errors_00_of_02.py",
            "stack_trace": "Traceback\nSpecsError: 1 spec makes no DAG:\n"
            f"manual/{NAME}.yaml: steps[0]: shell runs for CODE only\n",
        }
    ]
    async with airflow.opened() as backend:
        await backend.register(registration())
        (row,) = (await rows_of(backend)).values()
    assert row.warning.endswith("which refuses it: steps[0]: shell runs for CODE only")


async def test_a_list_does_not_read_what_its_dags_say(airflow, monkeypatch):
    async with airflow.opened() as backend:
        await backend.register(registration())
        await asyncio.to_thread(airflow.read)
    read = []

    async def get(self, key):
        read.append(key)

    async with airflow.opened() as backend:
        monkeypatch.setattr("dli_tui.specs.store.local.Folder.get", get)
        assert len(await rows_of(backend)) == 1
    assert read == []


async def test_a_store_that_cannot_be_reached_leaves_the_list_and_is_told_with_the_health(airflow):
    airflow.dag("a")
    (airflow.folder.parent / "store").rmdir()
    async with airflow.opened() as backend:
        assert [row.dataset_name for row in (await rows_of(backend)).values()] == ["a"]
        parts = {one.name: one.message for one in (await backend.health()).components}
        assert "The folder of the store isn't there" in parts["specs"]
        with pytest.raises(ConfigurationError, match="isn't there"):
            await backend.register(registration())


async def test_a_write_to_the_store_that_was_lost_is_looked_for_and_not_sent_again(
    airflow, monkeypatch
):
    sent = []

    async def put(self, key, data, *, over):
        sent.append(key)
        raise AnswerLostError

    monkeypatch.setattr("dli_tui.specs.store.local.Folder.put", put)
    async with airflow.opened() as backend:
        client = WorkflowClient(backend, clock=airflow.clock)
        with pytest.raises(AnswerLostError):
            await client.register(registration())
    assert len(sent) == 1


async def test_the_text_of_a_spec_comes_from_the_store(airflow):
    async with airflow.opened() as backend:
        await backend.register(registration(yaml_content=f"# mine\nname: {NAME}\n"))
        info = await backend.dataset_info(NAME)
    assert info.spec.startswith(f"# mine\nname: {NAME}\n")
    assert info.source_type is SourceType.MANUAL

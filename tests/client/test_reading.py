from datetime import UTC, datetime, timedelta

import pytest

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.client import WorkflowClient
from dli_tui.client.reading import UNKNOWN_CAP
from dli_tui.domain.errors import (
    AuthenticationError,
    ConfigurationError,
    ServerError,
    WorkflowNotFoundError,
)
from dli_tui.domain.ids import LogRef, RunRef, WorkflowKey
from dli_tui.domain.query import HistoryQuery, WorkflowQuery
from dli_tui.domain.status import RunStatus, RunType, SourceType, WorkflowStatus
from tests.support_backends import CODE, MANUAL, NOW, PAIR, ScriptedBackend, SharedIds, row, run

RUNNING, COMPLETED, UNKNOWN = RunStatus.RUNNING, RunStatus.COMPLETED, RunStatus.UNKNOWN


@pytest.fixture
def open_(clock):
    def opened(*rows, runs=(), kind=ScriptedBackend, **script):
        return WorkflowClient(kind(rows, runs, **script), clock=clock)

    return opened


# Lists

ROWS = (
    row("a.clicks", source_type=CODE, owner="me@example.com"),
    row("b", status=WorkflowStatus.PAUSED),
    row("clicks.c", active_runs=1),
    row("d"),
    row("e"),
)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (WorkflowQuery(), ["a.clicks", "b", "clicks.c", "d", "e"]),
        (WorkflowQuery(name="CLICKS"), ["a.clicks", "clicks.c"]),
        (WorkflowQuery(source=SourceType.CODE), ["a.clicks"]),
        (WorkflowQuery(status=WorkflowStatus.PAUSED), ["b"]),
        (WorkflowQuery(owner="me@example.com"), ["a.clicks"]),
        (WorkflowQuery(running_only=True), ["clicks.c"]),
        (WorkflowQuery(enabled_only=True, name="b"), []),
    ],
)
@pytest.mark.parametrize("total", [None, 5])
async def test_filters_are_done_again_here_where_a_server_ignores_them(open_, query, names, total):
    result = await open_(*ROWS, total=total).list_workflows(query)
    assert [one.dataset_name for one in result.workflows] == names
    assert (result.total_count, result.more) == (len(names), False)


@pytest.mark.parametrize(
    ("limit", "total", "answer"),
    [
        (2, None, (2, 2, True)),
        (2, 5, (2, 5, False)),
        (5, None, (5, 5, False)),
        (9, None, (5, 5, False)),
        (None, 5, (5, 5, False)),
    ],
)
async def test_a_total_is_the_servers_or_else_what_was_seen(open_, limit, total, answer):
    result = await open_(*ROWS, total=total).list_workflows(WorkflowQuery(limit=limit))
    assert (len(result.workflows), result.total_count, result.more) == answer


async def test_a_server_that_ignores_filters_counts_too_many_and_is_not_believed(open_):
    query = WorkflowQuery(status=WorkflowStatus.ACTIVE, limit=3)
    result = await open_(*ROWS, total=5).list_workflows(query)
    assert (len(result.workflows), result.total_count, result.more) == (3, 3, True)


async def test_a_list_stops_asking_once_it_has_enough(open_):
    client = open_(*ROWS, page=1)
    seen = [page async for page in client.workflows(WorkflowQuery())]
    assert len(seen) == 5
    (await client.list_workflows(WorkflowQuery(limit=1)))
    assert client.backend.arrived("workflows")[-1].limit == 2


@pytest.mark.parametrize("total", [None, 2])
async def test_a_row_that_comes_again_is_one_row_as_it_came_last(open_, total):
    told = run("r9")
    client = open_(row("a"), row("b"), row("a", last_run=told), row("b"), page=2, total=total)
    result = await client.list_workflows(WorkflowQuery())
    assert [(one.dataset_name, one.last_run) for one in result.workflows] == [
        ("a", told),
        ("b", None),
    ]
    assert (result.total_count, result.more) == (2, False)
    # One name in two sources is two rows.
    assert len((await open_(*PAIR).list_workflows(WorkflowQuery())).workflows) == 2


async def test_runs_that_look_the_same_are_all_told(open_):
    twins = [run("(unreadable)"), run("(unreadable)")]
    assert len((await open_(runs=twins).history(HistoryQuery())).runs) == 2


@pytest.mark.parametrize("limit", [0, -3])
async def test_a_limit_below_one_asks_nobody(open_, limit):
    client = open_(*ROWS)
    with pytest.raises(ConfigurationError):
        await client.list_workflows(WorkflowQuery(limit=limit))
    with pytest.raises(ConfigurationError):
        await client.history(HistoryQuery(limit=limit))
    assert client.backend.calls == []


async def test_a_next_run_that_nobody_told_is_worked_out_and_marked(open_):
    told = datetime(2026, 3, 12, tzinfo=UTC)
    client = open_(
        row("quiet", timezone="Asia/Seoul"),
        row("told", next_run=told),
        row("paused", status=WorkflowStatus.PAUSED),
        row("by hand", cron=None),
        row("preset", cron="@daily"),
        row("nonsense", cron="now and then"),
    )
    rows = (await client.list_workflows(WorkflowQuery())).workflows
    assert {one.dataset_name: (one.next_run, one.next_run_computed) for one in rows} == {
        "quiet": (datetime(2026, 3, 11, tzinfo=UTC), True),
        "told": (told, False),
        "paused": (None, False),
        "by hand": (None, False),
        "preset": (datetime(2026, 3, 11, tzinfo=UTC), True),
        "nonsense": (None, False),
    }


async def test_what_changed_is_completed_too(open_):
    changes = await open_(row("d")).changes(None)
    assert [one.next_run_computed for one in changes.workflows] == [True]


# One row


async def test_a_name_alone_means_the_row_in_force(open_):
    client = open_(*PAIR)
    found = await client.get("pair")
    assert found is not None
    assert found.source_type is CODE
    assert (await client.row(WorkflowKey("pair", MANUAL))).status is WorkflowStatus.OVERRIDDEN


async def test_a_name_that_is_not_there_is_none_or_an_error(open_):
    client = open_(row("d"))
    assert await client.get("x") is None
    with pytest.raises(WorkflowNotFoundError):
        await client.row(WorkflowKey("x"))
    with pytest.raises(WorkflowNotFoundError):
        await client.row(WorkflowKey("d", CODE))


# Runs

RUNS = (
    run("r1", RUNNING, run_type=RunType.SCHEDULED, slot=NOW),
    run("r2", source_type=CODE, slot=NOW - timedelta(days=1)),
    run("r3", RunStatus.FAILED, source_type=MANUAL, slot=NOW - timedelta(days=2)),
    run("r4", dataset_name="other"),
)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        (HistoryQuery(), ["r1", "r2", "r3", "r4"]),
        (HistoryQuery(workflow="other"), ["r4"]),
        (HistoryQuery(workflow="oth"), []),
        (HistoryQuery(status=RunStatus.FAILED), ["r3"]),
        (HistoryQuery(run_type=RunType.SCHEDULED), ["r1"]),
        # A run whose source nobody tells may be of either.
        (HistoryQuery(source=CODE), ["r1", "r2", "r4"]),
        (HistoryQuery(start_date=NOW.date()), ["r1"]),
        (HistoryQuery(end_date=(NOW - timedelta(days=2)).date()), ["r3"]),
    ],
)
async def test_a_history_is_filtered_again_here(open_, query, ids):
    result = await open_(runs=RUNS, total=4).history(query)
    assert [one.run_id for one in result.runs] == ids
    assert (result.total_count, result.more) == (len(ids), False)


async def test_a_history_that_was_cut_says_that_there_is_more(open_):
    result = await open_(runs=RUNS).history(HistoryQuery(limit=2))
    assert ([one.run_id for one in result.runs], result.more) == (["r1", "r2"], True)
    whole = await open_(runs=RUNS).history(HistoryQuery(limit=4))
    assert (whole.total_count, whole.more) == (4, False)


async def test_what_is_known_of_the_dataset_comes_with_its_history(open_):
    client = open_(row("d", owner="me@example.com"))
    info = (await client.history(HistoryQuery(workflow="d"))).dataset_info
    assert info is not None
    assert (info.name, info.owner, info.team) == ("d", "me@example.com", None)
    without = await client.history(HistoryQuery(workflow="d"), include_dataset_info=False)
    assert without.dataset_info is None
    assert (await client.history(HistoryQuery())).dataset_info is None


async def test_a_status_is_the_run_in_detail(open_):
    found = await open_(runs=[run("r1", RUNNING)]).status("r1")
    assert (found.run_status, found.is_running, found.is_terminal) == (RUNNING, True, False)


@pytest.mark.parametrize(
    ("kind", "text", "ref"),
    [
        (ScriptedBackend, "r1", RunRef("r1")),
        (ScriptedBackend, "a/b", RunRef("a/b")),
        (SharedIds, "d/r1", RunRef("r1", "d")),
        (SharedIds, "r1", RunRef("r1")),
        (SharedIds, RunRef("r1", "d"), RunRef("r1", "d")),
    ],
)
async def test_a_run_is_addressed_by_workflow_and_id_where_ids_are_shared(open_, kind, text, ref):
    client = open_(runs=[run("r1"), run("a/b")], kind=kind)
    await client.status(text)
    assert client.backend.arrived("run_status") == [ref]


# Following a run


def as_(*words):
    return [one if isinstance(one, Exception) else run("r1", one) for one in words]


async def followed(client):
    return [one.run_status async for one in client.follow("r1")]


async def test_a_run_is_followed_until_it_is_over(open_, clock):
    client = open_(run_status=as_(RunStatus.PENDING, RUNNING, RunStatus.STOPPING, COMPLETED))
    assert await followed(client) == [RunStatus.PENDING, RUNNING, RunStatus.STOPPING, COMPLETED]
    assert clock.now() == NOW + timedelta(seconds=6)


async def test_what_is_over_already_is_looked_at_once(open_, clock):
    assert await followed(open_(run_status=as_(COMPLETED))) == [COMPLETED]
    assert clock.now() == NOW


async def test_a_few_failed_looks_are_waited_out_with_growing_patience(open_, clock):
    trouble = [ServerError()] * 4
    client = open_(run_status=as_(RUNNING, *trouble, RUNNING, *trouble, COMPLETED))
    assert await followed(client) == [RUNNING, RUNNING, COMPLETED]
    assert clock.now() == NOW + timedelta(seconds=2 * (2 + (4 + 6 + 8 + 10)))


async def test_a_server_that_stays_away_ends_the_following(open_):
    client = open_(run_status=as_(RUNNING, *[ServerError("gone")] * 9))
    with pytest.raises(ServerError, match="gone"):
        await followed(client)
    assert len(client.backend.arrived("run_status")) == 6


async def test_a_sign_in_that_is_not_accepted_is_not_waited_for(open_):
    client = open_(run_status=as_(RUNNING, AuthenticationError()))
    with pytest.raises(AuthenticationError):
        await followed(client)
    assert len(client.backend.arrived("run_status")) == 2


async def test_a_run_that_is_not_there_is_not_waited_for(open_):
    client = open_()
    with pytest.raises(WorkflowNotFoundError):
        await followed(client)
    assert len(client.backend.calls) == 1


async def test_an_unknown_word_is_polled_for_ten_minutes_and_no_longer(open_, clock):
    client = open_(runs=[run("r1", UNKNOWN, raw_status="limbo")])
    seen = await followed(client)
    assert set(seen) == {UNKNOWN}
    assert UNKNOWN_CAP < clock.now() - NOW <= UNKNOWN_CAP + timedelta(seconds=2)


async def test_a_known_word_in_between_begins_the_ten_minutes_anew(open_, clock):
    words = [UNKNOWN] * 250 + [RUNNING] + [UNKNOWN] * 250 + [COMPLETED]
    assert (await followed(open_(run_status=as_(*words))))[-1] is COMPLETED


# What is passed on as it is


@pytest.fixture
def demo(clock):
    backend = DemoBackend(STANDARD, clock=clock, journal=MemoryJournal(), user="me")
    return WorkflowClient(backend, clock=clock)


async def test_steps_and_logs_are_those_of_the_backend(demo):
    run_id = "catalog.products_sync_20260310_093000"
    steps = await demo.steps(run_id)
    assert [one.name for one in steps] == ["fetch", "load", "notify"]
    chunk = await demo.logs(LogRef(demo.ref(run_id), "fetch"))
    assert chunk.complete
    assert chunk.lines
    assert (await demo.logs(LogRef(demo.ref(run_id), "fetch"), chunk.cursor)).lines == ()


async def test_templates_sagas_and_health_are_those_of_the_backend(demo):
    templates = await demo.templates()
    assert len(templates) == 4
    assert await demo.template(templates[0].id) == templates[0]
    assert sum(shelf.count for shelf in await demo.template_categories()) == 4
    sagas = await demo.sagas()
    assert await demo.saga(sagas[0].saga_id) == sagas[0]
    assert (await demo.health()).components


async def test_recent_runs_of_many_come_at_once(demo):
    found = await demo.recent_runs(["finance.fx_rates", "catalog.products_sync"], 3)
    assert {name: len(runs) for name, runs in found.items()} == {
        "finance.fx_rates": 3,
        "catalog.products_sync": 3,
    }

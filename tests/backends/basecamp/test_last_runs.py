"""A list that tells no last runs is completed from the history, for all rows, in few requests."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.query import RunRequest, WorkflowQuery
from dli_tui.domain.status import RunStatus, SourceType
from tests.backends.basecamp.stub import HISTORY, LIST, Stub, backend_of, json_of, row, run
from tests.backends.basecamp.test_real_server import Kotlin
from tests.support import everything

START = datetime(2026, 1, 9, 23, tzinfo=UTC)
RUNS = f"{LIST}/runs"


def names(count):
    return [f"w{number:04}" for number in range(count)]


def began(name, minutes_ago, status="SUCCESS", run_id=None):
    at = START - timedelta(minutes=minutes_ago)
    return run(
        run_id or f"{name}-{minutes_ago}",
        dataset_name=name,
        status=status,
        started_at=f"{at:%FT%TZ}",
    )


class Server(Kotlin):
    """Its runs can be changed as by somebody else, and each asked for by its id."""

    def __init__(self, rows, runs=()):
        super().__init__([row(name) for name in rows], runs)

    def __call__(self, request):
        path = request.url.path
        found = [one for one in self.runs if path == f"{RUNS}/{one['run_id']}"]
        if found:
            self.answers("GET", path, json_of(found[0]))
        return super().__call__(request)

    def starts(self, name, minutes_ago, status="RUNNING"):
        self.runs.insert(0, began(name, minutes_ago, status))

    def ends(self, run_id, status):
        next(one for one in self.runs if one["run_id"] == run_id)["status"] = status


async def poll(backend, cursor=None):
    """The changes, and how many requests they took."""
    changes = await backend.changes(cursor)
    found = {
        row.dataset_name: None if row.last_run is None else row.last_run.status
        for row in changes.workflows
    }
    return changes.cursor, found


async def test_every_row_has_its_last_run_though_no_screen_showed_it():
    wanted = names(154)
    runs = [began(name, number, "FAILED") for number, name in enumerate(wanted)]
    async with backend_of(Server(wanted, runs)) as backend:
        _, found = await poll(backend)
    assert found == dict.fromkeys(wanted, RunStatus.FAILED)


async def test_no_row_is_said_to_have_never_run_before_the_history_was_read():
    async with backend_of(Server(["a", "b"], [began("a", 1)])) as backend:
        pages = [page.items async for page in backend.workflows(WorkflowQuery())]
    assert [[row.last_run_known for row in rows] for rows in pages] == [[False] * 2, [True] * 2]


async def test_where_the_history_is_refused_no_row_is_said_to_have_never_run():
    stub = Server(["a"])
    stub.answers("GET", HISTORY, httpx.Response(403))
    async with backend_of(stub) as backend:
        rows = {row.key: row for row in await everything(backend.workflows(WorkflowQuery()))}
    assert [row.last_run_known for row in rows.values()] == [False]


async def test_a_list_of_ours_without_a_run_is_believed():
    stub = Server(["a"])
    stub.answers("GET", "/api/v1/x/capabilities", json_of({"capabilities": []}))
    async with backend_of(stub) as backend:
        rows = {row.key: row for row in await everything(backend.workflows(WorkflowQuery()))}
    assert [row.last_run_known for row in rows.values()] == [True]


@pytest.mark.parametrize("end", ["SUCCESS", "FAILED"])
async def test_a_run_that_somebody_else_starts_and_that_ends_is_seen_by_the_next_poll(end):
    server = Server(names(3), [began("w0000", 600), began("w0001", 500)])
    async with backend_of(server) as backend:
        cursor, _ = await poll(backend)
        server.starts("w0001", 5)
        cursor, found = await poll(backend, cursor)
        assert found == {"w0001": RunStatus.RUNNING}
        server.ends("w0001-5", end)
        cursor, found = await poll(backend, cursor)
    assert found == {"w0001": RunStatus.of(end)}


async def test_a_quiet_poll_takes_one_request_beside_the_list():
    server = Server(names(120), [began(name, n) for n, name in enumerate(names(120))])
    async with backend_of(server) as backend:
        cursor, _ = await poll(backend)
        server.requests.clear()
        await poll(backend, cursor)
    assert (len(server.asked("GET", LIST)), len(server.asked("GET", HISTORY))) == (1, 1)


async def test_a_run_older_than_the_page_is_followed_to_its_end():
    runs = [began("w0000", n) for n in range(100)] + [began("w0001", 900, "RUNNING")]
    server = Server(names(2), runs)
    async with backend_of(server) as backend:
        cursor, found = await poll(backend)
        assert found["w0001"] is RunStatus.RUNNING
        server.ends("w0001-900", "FAILED")
        _, found = await poll(backend, cursor)
    assert found == {"w0001": RunStatus.FAILED}


async def test_more_runs_between_two_polls_than_are_read_leave_no_row_behind():
    server = Server(names(5), [began(name, 5_000 + n) for n in range(25) for name in names(5)])
    async with backend_of(server) as backend:
        cursor, _ = await poll(backend)
        server.runs.insert(0, began("w0004", 4_000, "FAILED"))
        for minutes in range(900, 0, -1):
            server.starts("w0000", minutes, "SUCCESS")
        _, found = await poll(backend, cursor)
    assert found["w0004"] is RunStatus.FAILED


async def test_running_only_keeps_those_that_run():
    server = Server(names(4), [began("w0000", 9), began("w0002", 5, "RUNNING")])
    async with backend_of(server) as backend:
        found = await everything(backend.workflows(WorkflowQuery(running_only=True)))
    assert [row.dataset_name for row in found] == ["w0002"]


async def test_a_workflow_runs_as_long_as_one_of_its_runs_does():
    server = Server(names(1), [began("w0000", 5), began("w0000", 9, "RUNNING")])
    async with backend_of(server) as backend:
        (found,) = await backend.workflow("w0000")
    assert (found.last_run.status, found.is_running) == (RunStatus.COMPLETED, True)


async def test_a_run_started_from_here_is_the_last_one_before_the_history_knows_it():
    server = Server(names(1), [began("w0000", 50)])
    started = {"run_id": "mine", "dataset_name": "w0000", "status": "PENDING"}
    server.answers("POST", f"{LIST}/w0000/run", json_of(started, 202))
    async with backend_of(server) as backend:
        cursor, _ = await poll(backend)
        await backend.run(RunRequest("w0000"))
        changes = await backend.changes(cursor)
    assert changes.workflows[0].last_run.run_id == "mine"


async def test_a_list_that_tells_last_runs_is_not_completed():
    last = {"run_id": "r", "status": "FAILED", "started_at": "2026-01-01T06:00:00Z"}
    stub = Stub([row("a", last_run=last), row("b")])
    async with backend_of(stub) as backend:
        found = await everything(backend.workflows(WorkflowQuery()))
    assert [one.last_run is None for one in found] == [False, True]
    assert stub.asked("GET", HISTORY) == []


async def test_a_server_that_refuses_its_history_still_has_its_list():
    stub = Stub([row("a")])
    stub.answers("GET", HISTORY, httpx.Response(404))
    async with backend_of(stub) as backend:
        changes = await backend.changes(None)
    assert [one.key for one in changes.workflows] == [WorkflowKey("a", SourceType.MANUAL)]


async def test_a_day_with_more_runs_than_a_page_holds_hides_no_later_run_behind_an_older_one():
    busy = [began("w0000", n) for n in range(400)]
    quiet = [began("w0001", 500, "FAILED"), began("w0001", 2_000), began("w0002", 2_100)]
    async with backend_of(Server(names(3), busy + quiet)) as backend:
        _, found = await poll(backend)
    assert found["w0001"] is RunStatus.FAILED

"""What the real server does otherwise than the seed has it, as its source shows."""

from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from dli_tui.domain.query import HistoryQuery, WorkflowQuery
from dli_tui.domain.status import RunStatus, RunType, SourceType, WorkflowStatus
from tests.backends.basecamp.stub import (
    CLICKS,
    HISTORY,
    LIST,
    ROW,
    Stub,
    backend_of,
    client_of,
    json_of,
    query_of,
    row,
    run,
    sent,
)
from tests.support import everything

TOO_MANY = {
    "success": False,
    "message": "Constraint violation",
    "error": {"code": "CONSTRAINT_VIOLATION", "field": "getHistory.limit"},
}
SUMMARY = {
    "dataset_name": CLICKS,
    "source_type": "CODE",
    "status": "ACTIVE",
    "owner": "a@b.c",
    "airflow_dag_id": "iceberg_analytics_daily_clicks",
    "created_at": "2026-01-01T00:00:00Z",
}
START = datetime(2026, 1, 9, 23, tzinfo=UTC)


def rows_of(count):
    return [row(f"w{number:04}", status="ACTIVE") for number in range(count)]


def runs_of(count, apart=timedelta(hours=1)):
    """So many runs, the newest first."""
    moments = (START - number * apart for number in range(count))
    return [run(f"r{number:04}", started_at=f"{at:%FT%TZ}") for number, at in enumerate(moments)]


class Kotlin(Stub):
    """Reads camelCase alone and floors offsets; of the history it gives the newest 100 at most."""

    def __init__(self, rows=(ROW,), runs=()):
        super().__init__()
        self.rows, self.runs = list(rows), list(runs)
        self.answers("GET", LIST, self._list)
        self.answers("GET", HISTORY, self._history)

    def _list(self, request):
        query = request.url.params
        fitting = [
            one for one in self.rows if query.get("sourceType") in (None, one["source_type"])
        ]
        size = int(query.get("limit", 50))
        page = int(query.get("offset", 0)) // size
        return json_of(fitting[page * size : (page + 1) * size])

    def _history(self, request):
        query = request.url.params
        if int(query["limit"]) > 100:
            return json_of(TOO_MANY, 400)
        first, last = query.get("startDate", "0"), query.get("endDate", "9") + "T~"
        fitting = [
            one
            for one in self.runs
            if query.get("datasetName") in (None, one["dataset_name"])
            and first <= one["started_at"] <= last
        ]
        return json_of(fitting[: int(query["limit"])])


def names(found):
    return [one.dataset_name for one in found]


def ids(found):
    return [one.run_id for one in found]


# Lists


async def test_filters_are_sent_in_its_spelling_too():
    stub = Kotlin([row("a", source_type="CODE"), row("b")])
    async with client_of(stub) as client:
        found = await client.list_workflows(WorkflowQuery(source=SourceType.MANUAL))
    assert names(found.workflows) == ["b"]
    query = query_of(stub.requests[0])
    assert query["sourceType"] == query["source_type"] == "MANUAL"


@pytest.mark.parametrize("wanted", [1, 7, 500, 501, 1_200, None])
async def test_pages_have_one_size_as_it_floors_the_offset(wanted):
    stub = Kotlin(rows_of(1_300))
    async with backend_of(stub) as backend:
        found = await everything(backend.workflows(WorkflowQuery(limit=wanted)))
    assert list(dict.fromkeys(names(found))) == names_of(stub.rows)[:wanted]
    assert len({query_of(one)["limit"] for one in stub.asked("GET", LIST)}) == 1


def names_of(rows):
    return [one["dataset_name"] for one in rows]


async def test_the_first_page_is_there_before_the_second_is_asked_for():
    stub = Kotlin(rows_of(600))
    async with client_of(stub) as client:
        pages = client.workflows(WorkflowQuery())
        first = await anext(pages)
        assert (len(first.items), len(stub.requests)) == (500, 1)
        second = await anext(pages)
        assert (len(second.items), len(stub.requests)) == (100, 2)
        again = await everything(pages)
        assert names(again) == [*names(first.items), *names(second.items)]
    assert len(stub.asked("GET", LIST)) == 2


async def test_a_workflow_is_found_by_paging_and_then_remembered():
    stub = Kotlin(rows_of(1_300))
    async with client_of(stub) as client:
        found = await client.get("w0700")
        assert (found.dataset_name, len(stub.asked("GET", LIST))) == ("w0700", 3)
        for name in ("w0700", "w0701", "w0003"):
            assert (await client.get(name)).dataset_name == name
    asked = stub.asked("GET", LIST)
    assert [query_of(one)["offset"] for one in asked[3:]] == ["500", "500", "0"]
    assert {query_of(one)["limit"] for one in asked} == {"500"}


@pytest.mark.parametrize("name", ["w0499", "w0500"])
async def test_a_pair_at_the_edge_of_a_page_is_found_whole(name):
    rows = rows_of(1_000)
    rows[499] = {**row(name), "source_type": "CODE"}
    rows[500] = {**row(name), "status": "OVERRIDDEN"}
    async with client_of(Kotlin(rows)) as client:
        for _ in range(2):
            found = await client.rows(name)
            assert sorted(one.source_type for one in found) == ["code", "manual"]


async def test_a_workflow_that_moved_to_another_page_is_looked_for_anew():
    stub = Kotlin(rows_of(1_300))
    async with client_of(stub) as client:
        await client.get("w0600")
        stub.rows = stub.rows[:100] + stub.rows[400:]
        assert (await client.get("w0600")).dataset_name == "w0600"
        stub.rows = []
        assert await client.get("w0600") is None


async def test_a_server_that_reads_neither_limit_nor_offset_is_listed_once():
    rows = rows_of(700)
    stub = Stub(rows)
    async with client_of(stub) as client:
        assert names((await client.list_workflows(WorkflowQuery())).workflows) == names_of(rows)
        assert len(stub.asked("GET", LIST)) == 2
        short = await client.list_workflows(WorkflowQuery(limit=3))
    assert names(short.workflows) == names_of(rows)[:3]


@pytest.mark.parametrize(
    ("body", "headers", "total"),
    [
        ({"workflows": [ROW], "total_count": 70}, {}, 70),
        ({"workflows": [ROW], "total": 70, "skip": 0, "limit": 50}, {}, 70),
        ([ROW], {"X-Total-Count": "70"}, 70),
        ({"workflows": [ROW], "total_count": 70}, {"X-Total-Count": "7"}, 70),
        ([ROW], {"X-Total-Count": "many"}, 1),
        ([ROW], {}, 1),
    ],
)
async def test_the_total_stands_where_it_stands(body, headers, total):
    stub = Stub()
    stub.answers("GET", LIST, json_of(body, **headers))
    async with client_of(stub) as client:
        assert (await client.list_workflows(WorkflowQuery())).total_count == total


async def test_a_row_that_cannot_be_read_leaves_the_others():
    rows = [*rows_of(3), {"status": "ACTIVE"}, 7, row("odd", source_type="SOMEWHERE")]
    async with client_of(Stub(rows)) as client:
        found = (await client.list_workflows(WorkflowQuery())).workflows
    assert [one.unreadable is None for one in found] == [True] * 3 + [False] * 3
    assert len(set(names(found))) == 6


async def test_a_row_without_a_schedule():
    async with client_of(Stub([SUMMARY])) as client:
        found = await client.get(CLICKS)
    assert (found.status, found.source_type) == (WorkflowStatus.ACTIVE, SourceType.CODE)
    assert (found.cron, found.next_run, found.owner) == (None, None, "a@b.c")


# Histories


@pytest.mark.parametrize("wanted", [1, 99, 100, 101, 350, None])
async def test_a_history_without_an_offset_goes_on_by_dates(wanted):
    stub = Kotlin(runs=runs_of(420))
    async with backend_of(stub) as backend:
        found = await everything(backend.history(HistoryQuery(CLICKS, limit=wanted)))
    assert ids(found) == [one["run_id"] for one in stub.runs][:wanted]
    assert len(stub.asked("GET", HISTORY)) < 20


async def test_it_keeps_to_the_dates_that_were_wanted():
    stub = Kotlin(runs=runs_of(420))
    query = HistoryQuery(CLICKS, start_date=date(2025, 12, 28), end_date=date(2026, 1, 3))
    async with backend_of(stub) as backend:
        found = await everything(backend.history(query))
    days = {one.started_at.date() for one in found}
    assert (min(days), max(days), len(found)) == (query.start_date, query.end_date, 7 * 24)


async def test_a_day_with_more_runs_than_a_page_is_got_past():
    stub = Kotlin(runs=runs_of(600, timedelta(minutes=5)))
    async with backend_of(stub) as backend:
        found = await everything(backend.history(HistoryQuery(CLICKS)))
    days = [one.started_at.date() for one in found]
    assert len(found) == len(set(ids(found)))
    # 277, 288 and 35 there are; of each the newest hundred are all that can be had.
    assert [days.count(date(2026, 1, day)) for day in (9, 8, 7)] == [100, 100, 35]


@pytest.mark.parametrize("count", [5, 100, 150])
async def test_a_history_that_reads_nothing_of_the_question_comes_to_an_end(count):
    stub = Stub(runs=runs_of(count))
    async with backend_of(stub) as backend:
        found = await everything(backend.history(HistoryQuery(CLICKS)))
    assert ids(found) == [f"r{number:04}" for number in range(count)]
    assert len(stub.requests) <= 5


async def test_runs_without_any_time_come_to_an_end_too():
    stub = Stub(runs=[run(f"r{number}") for number in range(100)])
    async with backend_of(stub) as backend:
        assert len(await everything(backend.history(HistoryQuery(CLICKS)))) == 100
    assert len(stub.requests) == 2


async def test_histories_are_asked_for_in_both_spellings_and_filtered_here():
    stub = Kotlin(runs=[*runs_of(3), {**runs_of(1)[0], "run_id": "bad", "status": "FAILED"}])
    query = HistoryQuery(
        CLICKS,
        source=SourceType.CODE,
        status=RunStatus.FAILED,
        start_date=date(2026, 1, 1),
        end_date=date(2026, 1, 9),
        limit=20,
    )
    async with client_of(stub) as client:
        found = await client.history(query, include_dataset_info=False)
    assert ids(found.runs) == ["bad"]
    asked = query_of(stub.requests[0])
    for one, other in (
        ("dataset_name", "datasetName"),
        ("start_date", "startDate"),
        ("end_date", "endDate"),
        ("source_type", "sourceType"),
    ):
        assert asked[one] == asked[other]


async def test_a_run_in_all_of_its_spellings():
    body = {
        "run_id": "r1",
        "dataset_name": CLICKS,
        "status": "FAILED",
        "trigger_mode": "SCHEDULED",
        "params": "{}",
        "parameters": '{"a": [1]}',
        "started_at": "2026-01-01T10:00:00Z",
        "error": "no disk",
        "airflow_log_url": "https://airflow.example.com/log",
    }
    for key in ("ended_at", "finished_at", "completed_at"):
        stub = Stub()
        stub.answers("GET", f"{LIST}/runs/r1", json_of({**body, key: "2026-01-01T10:00:30"}))
        async with client_of(stub) as client:
            found = await client.status("r1")
        assert (found.run_type, found.parameters) == (RunType.SCHEDULED, {"a": [1]})
        assert (found.duration_seconds, found.error_message) == (30, "no disk")
        assert found.logs_url == "https://airflow.example.com/log"


# Writes


async def test_a_stopped_run_that_is_told_as_failed_ends_the_watching_with_its_reason():
    stub, told = Stub(), {"run_id": "r1", "dataset_name": CLICKS}
    stub.answers("POST", f"{LIST}/runs/r1/stop", json_of({**told, "status": "STOPPING"}))
    words = [{"status": "STOPPING"}, {"status": "FAILED", "error": "wrong day"}]
    stub.answers("GET", f"{LIST}/runs/r1", *(json_of({**told, **word}) for word in words))
    async with client_of(stub) as client:
        await client.stop("r1", reason="wrong day")
        seen = [one async for one in client.follow("r1")]
    assert [one.run_status for one in seen] == [RunStatus.STOPPING, RunStatus.FAILED]
    assert seen[-1].error_message == "wrong day"
    assert len(stub.writes) == 1


@pytest.mark.parametrize("status", ["STOPPING", "FAILED"])
async def test_the_run_says_that_its_stop_was_asked_for_and_why(status):
    stub, told = Stub(), {"run_id": "r1", "dataset_name": CLICKS}
    stub.answers("POST", f"{LIST}/runs/r1/stop", json_of({**told, "status": "STOPPING"}))
    stub.answers("GET", f"{LIST}/runs/r1", json_of({**told, "status": status}))
    async with client_of(stub) as client:
        await client.stop("r1", reason="wrong day")
        found = await client.status("r1")
    assert (found.run_status, found.reason) == (RunStatus(status), "wrong day")
    assert found.stopped_by is not None


async def test_a_run_that_ended_before_its_stop_was_not_stopped():
    stub, told = Stub(), {"run_id": "r1", "dataset_name": CLICKS}
    stub.answers("POST", f"{LIST}/runs/r1/stop", json_of({**told, "status": "STOPPING"}))
    stub.answers("GET", f"{LIST}/runs/r1", json_of({**told, "status": "SUCCESS"}))
    async with client_of(stub) as client:
        await client.stop("r1", reason="wrong day")
        found = await client.status("r1")
    assert (found.stopped_by, found.reason) == (None, None)


async def test_what_was_unregistered_stays_in_its_list_as_disabled():
    stub = Kotlin([row(CLICKS, status="ACTIVE")])

    def unregister(_):
        stub.rows = [row(CLICKS, status="DISABLED")]
        return httpx.Response(204)

    stub.answers("DELETE", f"{LIST}/{CLICKS}", unregister)
    async with client_of(stub) as client:
        result = await client.unregister(CLICKS)
        left = await client.get(CLICKS)
    assert (result.status, result.message) == ("success", f"Workflow '{CLICKS}' unregistered")
    assert left.status is WorkflowStatus.DISABLED


async def test_every_write_carries_json_and_a_key_of_its_own():
    stub = Stub()
    deeds = {
        "run": json_of(run("r1", status="PENDING"), 202),
        "pause": json_of({"dataset_name": CLICKS, "status": "paused"}),
    }
    for deed, answer in deeds.items():
        stub.answers("POST", f"{LIST}/{CLICKS}/{deed}", answer)
    async with client_of(stub) as client:
        await client.run(CLICKS, parameters={"a": 1})
        await client.run(CLICKS)
        await client.pause(CLICKS)
    assert {one.headers["Content-Type"] for one in stub.writes} == {"application/json"}
    assert len({one.headers["Idempotency-Key"] for one in stub.writes}) == 3
    first = sent(stub.writes[0])
    assert first["params"] == first["parameters"] == {"a": 1}


# What a dataset is


async def test_a_dataset_is_what_the_history_says_else_the_row_and_what_the_dataset_adds():
    told = {"name": CLICKS, "owner": "told@example.com"}
    stub = Stub([{**ROW, "owner": "row@example.com"}])
    stub.answers(
        "GET",
        f"/api/v1/datasets/{CLICKS}",
        json_of({"name": CLICKS, "owner": "else@example.com", "description": "Clicks a day"}),
    )
    async with client_of(stub) as client:
        before = await client.dataset_info(CLICKS)
        stub.answers("GET", HISTORY, json_of({"runs": [], "dataset_info": told}))
        after = (await client.history(HistoryQuery(CLICKS))).dataset_info
    assert (before.owner, before.description) == ("row@example.com", "Clicks a day")
    assert after.owner == "told@example.com"


@pytest.mark.parametrize("rows", [[], [ROW]], ids=["in no list", "listed"])
async def test_a_dataset_that_nobody_knows_more_of(rows):
    async with client_of(Stub(rows)) as client:
        found = await client.dataset_info(CLICKS)
    assert [found.name, found.owner] == [CLICKS, None] if rows else found is None

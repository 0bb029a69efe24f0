"""The cases of the wire, each under its id: what is sent, and what comes of what is answered."""

import json
import re
from contextlib import asynccontextmanager
from datetime import date
from itertools import islice

import httpx
import pytest
from typer.testing import CliRunner

import dli_tui
from dli_tui.cli import running
from dli_tui.cli.main import app
from dli_tui.domain.errors import DLIError
from dli_tui.domain.query import HistoryQuery, Registration, WorkflowQuery
from dli_tui.domain.schedule import ScheduleConfig
from dli_tui.domain.status import ResultStatus, RunStatus, SourceType, WorkflowStatus
from dli_tui.present import tables
from tests.backends.basecamp.stub import (
    CLICKS,
    LIST,
    ROW,
    Stub,
    client_of,
    json_of,
    query_of,
    row,
    sent,
)
from tests.cases import cases_of
from tests.support import everything

CASES = cases_of("basecamp-wire")
COUNT = 37
RUN = "iceberg.analytics.daily_clicks_20260101_100000"
PAUSED = {**ROW, "status": "paused"}
ROWS = {"BW-24": [PAUSED], "BW-25": [PAUSED], "BW-29": [], "BW-31": []} | {
    case_id: [] for case_id in CASES if case_id.startswith("BW-32")
}
"""Who is in the list beside what the case itself answers; else the workflow, active and MANUAL."""


def some(*prefixes):
    """The ids of cases, in their order."""
    return [case_id for case_id in CASES if case_id.startswith(prefixes)]


def stub_of(case_id):
    """The server of a case: it answers exactly as is written there."""
    case = CASES[case_id]
    stub = Stub(ROWS.get(case_id, [ROW]))
    reply = case["response"]
    if reply is not None:
        text = json.dumps(reply["body"]) if "body" in reply else reply.get("text", "")
        headers = {"Content-Type": "application/json", **reply.get("headers", {})}
        answer = httpx.Response(
            reply["status"], headers=headers if text else {}, content=text.encode()
        )
        stub.answers(case["request"]["method"], case["request"]["path"], answer)
    return stub


def the_request(stub, case_id):
    """The request that the case is about; it carries all that the case writes."""
    wanted = CASES[case_id]["request"]
    found, *_ = stub.asked(wanted["method"], wanted["path"])
    expected = {key: str(value) for key, value in wanted.get("query", {}).items()}
    assert expected.items() <= query_of(found).items()
    assert (
        wanted.get("headers", {}).items()
        <= {"Authorization": found.headers["Authorization"]}.items()
    )
    return found


async def refused(case_id, call, stub=None):
    """The error that a case expects, its class and code looked at."""
    expected, stub = CASES[case_id]["expect"], stub or stub_of(case_id)
    async with client_of(stub) as client:
        with pytest.raises(DLIError) as caught:
            await call(client)
    error = caught.value
    assert isinstance(error, getattr(dli_tui, expected["raises"]))
    assert error.code in expected.get("code_in", [expected.get("code")])
    assert expected.get("message_contains", "").casefold() in error.message.casefold()
    assert error.hint
    return stub


@pytest.fixture
def command(monkeypatch):
    """Runs a command line on a stub."""

    def call(stub, *words):
        @asynccontextmanager
        async def opened(target):
            async with client_of(stub) as client:
                yield client

        monkeypatch.setattr(running, "opened", opened)
        done = CliRunner().invoke(app, ["workflow", *words, "--demo"])
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done

    return call


def test_every_case_of_the_wire_is_run():
    tests = [test for name, test in globals().items() if name.startswith("test_")]
    marks = [mark for test in tests for mark in getattr(test, "pytestmark", ())]
    run = {case_id for mark in marks if mark.args[0] == "case_id" for case_id in mark.args[1]}
    assert run == set(CASES)
    assert len(CASES) == COUNT


@pytest.mark.parametrize("case_id", ["BW-01"])
async def test_a_run(case_id):
    stub, case = stub_of(case_id), CASES[case_id]
    async with client_of(stub) as client:
        result = await client.run(CLICKS, parameters={"date": "2026-01-01"})
    body, expected = sent(the_request(stub, case_id)), case["expect"]["client_sends"]
    assert expected["must_contain"].items() <= body.items()
    assert body == expected["must_contain"] | expected["may_also_contain"]
    wanted = case["expect"]["result"]
    assert {key: getattr(result, key) for key in wanted} == wanted


@pytest.mark.parametrize("case_id", ["BW-03"])
async def test_a_backfill(case_id):
    stub, case = stub_of(case_id), CASES[case_id]
    async with client_of(stub) as client:
        result = await client.backfill(
            CLICKS,
            start_date="2026-01-01",
            end_date="2026-01-07",
            parameters={"region": "US"},
            parallel=True,
        )
    body = sent(the_request(stub, case_id))
    assert body == case["request"]["body"] | {"parameters": {"region": "US"}}
    wanted = dict(case["expect"]["result"])
    assert len(result.run_ids) == wanted.pop("run_ids_len")
    assert {key: getattr(result, key) for key in wanted} == wanted


@pytest.mark.parametrize("case_id", ["BW-04"])
def test_a_backfill_that_ends_before_it_starts(case_id, command):
    case, stub = CASES[case_id], stub_of(case_id)
    dates = (case["request"]["start_date"], case["request"]["end_date"])
    done = command(stub, "backfill", CLICKS, "-s", dates[0], "-e", dates[1])
    assert (done.exit_code, stub.requests) == (case["expect"]["exit"], [])
    first, last = case["expect"]["error"].split(" after ")
    assert re.search(rf"\b{first}\b.* after the {last}\b", done.stderr)


@pytest.mark.parametrize("case_id", ["BW-06"])
async def test_a_stop_is_watched_until_it_is_one(case_id):
    stub, case = stub_of(case_id), CASES[case_id]
    path, reason = f"{LIST}/runs/{RUN}", case["request"]["body"]["reason"]
    told = {"run_id": RUN, "dataset_name": CLICKS}
    words = ("STOPPING", "STOPPING", "STOPPED")
    stub.answers("GET", path, *(json_of({**told, "status": word}) for word in words))
    async with client_of(stub) as client:
        result = await client.stop(RUN, reason=reason)
        seen = [status async for status in client.follow(RUN)]
    assert sent(the_request(stub, case_id)) == case["request"]["body"]
    answered = RunStatus.of(result.raw_status or "")
    assert answered.is_terminal is case["expect"]["terminal"]
    assert tables.run_status(answered, None) == case["expect"]["shown_status"]
    shown = [tables.run_status(one.run_status, one.raw_status) for one in seen]
    assert shown == ["stopping", "stopping", "killed"]
    assert len(stub.asked("GET", path)) == len(words)


@pytest.mark.parametrize("case_id", ["BW-07"])
async def test_a_stop_without_a_reason_has_a_body_all_the_same(case_id):
    stub = stub_of(case_id)
    async with client_of(stub) as client:
        await client.stop(RUN)
    request = the_request(stub, case_id)
    assert "a JSON object body" in CASES[case_id]["expect"]["client_sends"]
    assert request.headers["Content-Type"] == "application/json"
    assert (request.content, sent(request)) == (b"{}", {})


@pytest.mark.parametrize("case_id", some("BW-09"))
async def test_a_status(case_id):
    stub, expected = stub_of(case_id), CASES[case_id]["expect"]
    async with client_of(stub) as client:
        status = await client.status(RUN)
    assert the_request(stub, case_id)
    assert status.run_status == expected["canonical_status"]
    assert status.is_terminal is expected["is_terminal"]


@pytest.mark.parametrize("case_id", ["BW-12", "BW-14", "BW-16"])
async def test_a_list(case_id):
    stub, case = stub_of(case_id), CASES[case_id]
    filtered = "query" in case["request"]
    query = WorkflowQuery(
        source=SourceType.MANUAL if filtered else None,
        status=WorkflowStatus.ACTIVE if filtered else None,
        owner="data@example.com" if filtered else None,
        limit=50 if filtered else None,
    )
    async with client_of(stub) as client:
        # Where a list tells no last runs, its rows come again with what the history tells.
        rows = {row.key: row for row in await everything(client.workflows(query))}
        assert the_request(stub, case_id)
        result = await client.list_workflows(query)
    assert list(rows.values()) == list(result.workflows)
    assert result.total_count == case["expect"].get("total_count", len(result.workflows))
    for found, wanted in zip(result.workflows, case["expect"]["rows"], strict=True):
        assert {key: CELLS[key](found) for key in wanted} == wanted


CELLS = {
    "dataset": lambda found: found.dataset_name,
    "source": lambda found: found.source_type,
    "status": lambda found: found.status,
    "cron": lambda found: found.cron,
    "timezone": lambda found: found.timezone,
    "next_run": lambda found: found.model_dump(mode="json")["next_run"],
    "last_status": lambda found: found.last_run.status,
    "last_duration": lambda found: found.last_run.duration_seconds,
}


@pytest.mark.parametrize("case_id", ["BW-16"])
async def test_what_is_disabled_is_left_alone(case_id):
    stub, actions = stub_of(case_id), CASES[case_id]["expect"]["actions_disabled"]
    async with client_of(stub) as client:
        for action in actions:
            with pytest.raises(DLIError) as caught:
                await getattr(client, action)(CLICKS)
            assert caught.value.code == "DLI-807"
    assert (len(actions), stub.writes) == (3, [])


@pytest.mark.parametrize("case_id", ["BW-17"])
def test_a_pair(case_id, command):
    expected = CASES[case_id]["expect"]
    lines = command(stub_of(case_id), "list").stdout.splitlines()
    manual = next(re.split(r"  +", line) for line in lines if "  manual  " in line)
    assert manual[2] == expected["manual_row"]["status"]
    assert manual[-1] == expected["manual_row"]["next_run_cell"]
    assert lines[-1] == expected["footer"]


@pytest.mark.parametrize("case_id", ["BW-18"])
async def test_more_rows_than_a_page_holds(case_id):
    """As its note has it: the second page is as long as the first."""
    case = CASES[case_id]
    rows = [row(f"w{number:03}") for number in range(700)]
    stub = Stub()

    def page(request):
        start, most = (int(request.url.params[key]) for key in ("offset", "limit"))
        return json_of(list(islice(rows, start, start + most)))

    stub.answers("GET", LIST, page)
    async with client_of(stub) as client:
        found = await client.list_workflows(WorkflowQuery(limit=case["request"]["limit"]))
    asked = [
        "&".join(f"{key}={value}" for key, value in query_of(one).items()) for one in stub.requests
    ]
    assert asked == ["limit=500&offset=0", "limit=500&offset=500"]
    assert asked[1] in case["expect"]["note"]
    assert [one.dataset_name for one in found.workflows] == [
        one["dataset_name"] for one in rows[:600]
    ]


@pytest.mark.parametrize("case_id", ["BW-19"])
async def test_a_history_of_dates(case_id):
    stub, case = stub_of(case_id), CASES[case_id]
    wire = case["request"]["query"]
    async with client_of(stub) as client:
        first, last = (date.fromisoformat(wire[key]) for key in ("start_date", "end_date"))
        query = HistoryQuery(CLICKS, start_date=first, end_date=last, limit=wire["limit"])
        assert [page async for page in client.runs(query)]
        assert the_request(stub, case_id)
        result = await client.history(query, include_dataset_info=False)
    assert result.total_count == case["expect"]["total_count"]
    (found,) = result.runs
    (wanted,) = case["expect"]["runs"]
    told = found.model_dump(mode="json")
    assert told["duration_seconds"] == wanted.pop("duration")
    assert {key: told[key] for key in wanted} == wanted


@pytest.mark.parametrize("case_id", ["BW-21"])
async def test_a_history_that_tells_of_the_dataset(case_id):
    stub, expected = stub_of(case_id), CASES[case_id]["expect"]
    async with client_of(stub) as client:
        result = await client.history(HistoryQuery(CLICKS, limit=20))
    assert the_request(stub, case_id)
    assert result.total_count == expected["total_count"]
    assert result.runs[0].duration_seconds == expected["duration"]
    assert result.dataset_info is not None
    assert result.dataset_info.owner == expected["dataset_info.owner"]
    assert tables.runs_footer(result) == expected["footer"]


@pytest.mark.parametrize("case_id", ["BW-21"])
def test_a_command_tells_it_too(case_id, command):
    words = ("history", "-d", CLICKS, "--show-dataset-info")
    lines = command(stub_of(case_id), *words).stdout.splitlines()
    expected = CASES[case_id]["expect"]
    assert f"  Owner: {expected['dataset_info.owner']}" in lines
    assert lines[-1] == expected["footer"]
    assert any(line.endswith(f"  {expected['duration']}s") for line in lines)


@pytest.mark.parametrize("case_id", ["BW-24"])
async def test_an_unpause(case_id):
    stub = stub_of(case_id)
    async with client_of(stub) as client:
        result = await client.unpause(CLICKS)
    assert sent(the_request(stub, case_id)) == CASES[case_id]["request"]["body"]
    assert result.workflow_status == CASES[case_id]["expect"]["shown_status"]


DEEDS = {
    "BW-25": lambda client: client.unpause(CLICKS),
    "BW-26": lambda client: client.pause(CLICKS),
    "BW-29": lambda client: client.register(registration("a.b.c", "0 9 * * *")),
    "BW-36": lambda client: client.unregister(CLICKS),
    "BW-41": lambda client: client.run(CLICKS),
    "BW-44": lambda client: client.run(CLICKS),
}


@pytest.mark.parametrize("case_id", DEEDS)
async def test_a_refusal_of_the_server_is_told_and_nothing_is_sent_again(case_id):
    stub = await refused(case_id, DEEDS[case_id])
    assert stub.writes == [the_request(stub, case_id)]


@pytest.mark.parametrize(("case_id", "status"), [("BW-25", "overridden"), ("BW-44", "PAUSED")])
async def test_what_the_list_tells_already_is_not_sent(case_id, status):
    stub = stub_of(case_id)
    stub.answers("GET", LIST, json_of([{**ROW, "status": status}]))
    await refused(case_id, DEEDS[case_id], stub)
    assert stub.writes == []


@pytest.mark.parametrize("case_id", ["BW-31", *some("BW-32")])
async def test_a_cron_is_looked_at_before_anything_is_sent(case_id):
    case = CASES[case_id]
    wanted = case["expect"]
    register = registration("a.b.c", case["request"]["cron"])
    if wanted.get("accepted"):
        stub = stub_of(case_id)
        stub.answers("POST", f"{LIST}/register", json_of(row("a.b.c"), 201))
        async with client_of(stub) as client:
            result = await client.register(register)
        assert result.status is ResultStatus.SUCCESS
        assert sent(*stub.writes)["schedule"]["cron"] == case["request"]["cron"]
    else:
        stub = stub_of(case_id)
        async with client_of(stub) as client:
            with pytest.raises(dli_tui.WorkflowRegistrationError) as caught:
                await client.register(register)
        assert caught.value.code == wanted.get("code", wanted.get("code_if_rejected"))
        assert stub.requests == []


def registration(name, cron):
    return Registration(name, ScheduleConfig(cron=cron))


@pytest.mark.parametrize("case_id", ["BW-33", "BW-34", "BW-35"])
async def test_an_unregistration(case_id):
    case, stub = CASES[case_id], stub_of(case_id)
    stub.answers("GET", LIST, json_of([ROW]), json_of([]))
    async with client_of(stub) as client:
        result = await client.unregister(CLICKS, force="query_force" in case["expect"])
        assert await client.get(CLICKS) is None
    wanted = case["expect"]["result"]
    assert {key: getattr(result, key) for key in wanted} == wanted
    query = {"force": case["expect"]["query_force"]} if "query_force" in case["expect"] else {}
    assert query_of(the_request(stub, case_id)) == query


@pytest.mark.parametrize("case_id", ["BW-40"])
async def test_a_page_of_a_proxy(case_id):
    stub, expected = stub_of(case_id), CASES[case_id]["expect"]
    async with client_of(stub) as client:
        with pytest.raises(dli_tui.ServerError) as caught:
            await client.list_workflows(WorkflowQuery())
    assert caught.value.code == expected["error_code"]
    assert "<html>" not in caught.value.message
    assert len(stub.requests) > 1, "a read is tried again"


@pytest.mark.parametrize("case_id", ["BW-42"])
async def test_an_id_with_any_character(case_id):
    stub, case = stub_of(case_id), CASES[case_id]
    async with client_of(stub) as client:
        with pytest.raises(dli_tui.WorkflowNotFoundError):
            await client.status(case["request"]["run_id"])
    assert stub.requests[-1].url.raw_path.decode() == case["expect"]["path"]


@pytest.mark.parametrize("case_id", ["BW-43"])
async def test_a_limit_that_is_none(case_id):
    stub, word = stub_of(case_id), CASES[case_id]["expect"]["message_contains"]
    async with client_of(stub) as client:
        with pytest.raises(dli_tui.ConfigurationError, match=word):
            await client.list_workflows(WorkflowQuery(limit=0))
        assert stub.requests == []
        # Where one gets through all the same, the server's own words are told.
        with pytest.raises(dli_tui.WorkflowExecutionError, match=word):
            await anext(client.backend.workflows(WorkflowQuery(limit=0)))
    assert the_request(stub, case_id)

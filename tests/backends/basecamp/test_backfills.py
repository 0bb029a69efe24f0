"""A backfill on a server that can't be asked for one as a whole is followed by its runs."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillRequest
from dli_tui.domain.status import RunStatus
from tests.backends.basecamp.stub import CLICKS, HISTORY, LIST, Stub, backend_of, json_of, row, run

SEOUL = "Asia/Seoul"
FIRST, LAST = date(2026, 1, 1), date(2026, 1, 3)
WHOLE = f"{CLICKS}_backfill_20260101_20260103"
IDS = [f"{CLICKS}_2026010{day}_100000" for day in (1, 2, 3)]
REQUEST = BackfillRequest(CLICKS, FIRST, LAST)


def started(ids=IDS, **changes):
    reply = {
        "backfill_id": WHOLE,
        "dataset_name": CLICKS,
        "run_ids": ids,
        "status": "PENDING",
        "total_runs": len(ids),
        **changes,
    }
    stub = Stub()
    stub.answers("POST", f"{LIST}/{CLICKS}/backfill", json_of(reply, 202))
    return stub


def tells(stub, *statuses, ids=IDS):
    runs = [run(one, status=word) for one, word in zip(ids, statuses, strict=False)]
    stub.answers("GET", HISTORY, json_of(runs))


@pytest.mark.parametrize(
    ("statuses", "whole"),
    [
        (("PENDING", "PENDING", "PENDING"), RunStatus.PENDING),
        (("SUCCESS", "RUNNING", "PENDING"), RunStatus.RUNNING),
        (("SUCCESS", "FAILED", "SUCCESS"), RunStatus.FAILED),
        (("SUCCESS", "SUCCESS", "SUCCESS"), RunStatus.COMPLETED),
    ],
)
async def test_it_stands_as_its_runs_do_and_each_date_is_told(statuses, whole):
    stub = started()
    async with backend_of(stub) as backend:
        result = await backend.backfill(REQUEST)
        tells(stub, *statuses)
        found = await backend.backfill_status(RunRef(result.run_id, CLICKS))
        status = (await backend.run_status(RunRef(result.run_id))).status
    assert [one.day.day for one in found.dates] == [1, 2, 3]
    assert [one.run.run_id for one in found.dates] == IDS
    assert (status, found.whole.status) == (whole, whole)


async def test_it_is_among_the_backfills_of_this_place():
    stub = started()
    async with backend_of(stub) as backend:
        await backend.backfill(REQUEST)
        tells(stub, "RUNNING")
        assert [one.whole.run_id for one in await backend.backfills()] == [WHOLE]


async def test_a_run_that_the_history_leaves_out_is_asked_for_by_its_id():
    stub = started()
    stub.answers("GET", f"{LIST}/runs/{IDS[2]}", json_of(run(IDS[2], status="FAILED")))
    async with backend_of(stub) as backend:
        await backend.backfill(REQUEST)
        tells(stub, "SUCCESS", "SUCCESS")
        found = await backend.backfill_status(RunRef(WHOLE, CLICKS))
    assert found.whole.status is RunStatus.FAILED


async def test_a_run_that_is_not_there_yet_is_not_begun():
    stub = started()
    async with backend_of(stub) as backend:
        await backend.backfill(REQUEST)
        tells(stub, "SUCCESS")
        found = await backend.backfill_status(RunRef(WHOLE, CLICKS))
    assert [one.status for one in found.dates] == [RunStatus.COMPLETED, None, None]
    assert found.whole.status is RunStatus.PENDING


async def test_its_dates_are_those_of_the_schedule():
    stub = started()
    stub.answers(
        "GET", LIST, json_of([row(CLICKS, schedule={"cron": "0 6 * * *", "timezone": SEOUL})])
    )
    async with backend_of(stub) as backend:
        await backend.backfill(REQUEST)
        tells(stub, "SUCCESS", "RUNNING", "PENDING")
        found = await backend.backfill_status(RunRef(WHOLE, CLICKS))
    days = [REQUEST.start_date + timedelta(days=number) for number in range(3)]
    assert [one.day for one in found.dates] == days
    at_six = [datetime.combine(day, time(6), ZoneInfo(SEOUL)) for day in days]
    assert [one.slot for one in found.dates] == at_six


async def test_a_date_that_is_told_stands_on_its_day_in_the_zone_of_the_schedule():
    stub = started(["a", "b", "c"])
    stub.answers(
        "GET", LIST, json_of([row(CLICKS, schedule={"cron": "0 6 * * *", "timezone": SEOUL})])
    )
    async with backend_of(stub) as backend:
        await backend.backfill(REQUEST)
        at = datetime.combine(REQUEST.start_date, time(6), ZoneInfo(SEOUL))
        told = run("a", logical_date=f"{at.astimezone(UTC):%FT%TZ}")
        stub.answers("GET", HISTORY, json_of([told]))
        found = await backend.backfill_status(RunRef(WHOLE, CLICKS))
    assert [(one.day, one.slot) for one in found.dates] == [(REQUEST.start_date, at)]


@pytest.mark.parametrize("told", [{}, {"params": {"a": 1}}])
async def test_where_histories_tell_no_parameters_marks_are_looked_for_once(told):
    stub = Stub(runs=[run("r", **told)])
    stub.answers("GET", "/api/v1/x/capabilities", json_of({}, 404))
    async with backend_of(stub) as backend:
        for _ in range(3):
            assert await backend.backfills() == ()
    assert len(stub.asked("GET", HISTORY)) == (3 if told else 1)


async def test_no_date_is_made_up_for_runs_that_tell_none():
    stub = started(["a", "b"])
    async with backend_of(stub) as backend:
        await backend.backfill(REQUEST)
        tells(stub, "SUCCESS", "FAILED", ids=["a", "b"])
        found = await backend.backfill_status(RunRef(WHOLE, CLICKS))
    assert found.dates == ()
    assert (found.whole.progress.total_tasks, found.whole.progress.failed_tasks) == (2, 1)


async def test_stopping_it_stops_those_of_its_runs_that_go_on():
    stub = started()
    for one in IDS:
        stub.answers("POST", f"{LIST}/runs/{one}/stop", json_of({"run_id": one}))
    async with backend_of(stub) as backend:
        await backend.backfill(REQUEST)
        tells(stub, "SUCCESS", "RUNNING", "PENDING")
        await backend.backfill_status(RunRef(WHOLE, CLICKS))
        result = await backend.stop(RunRef(WHOLE, CLICKS))
    assert [one.url.path.split("/")[-2] for one in stub.writes[1:]] == [IDS[2], IDS[1]]
    assert result.run_status is RunStatus.STOPPING


async def test_where_the_server_knows_the_whole_it_is_asked():
    stub = started()
    stub.answers("GET", f"{LIST}/runs/{WHOLE}", json_of(run(WHOLE, status="STOPPED")))
    async with backend_of(stub) as backend:
        await backend.backfill(REQUEST)
        found = await backend.run_status(RunRef(WHOLE))
    assert found.status is RunStatus.KILLED


async def test_one_of_another_program_is_not_found():
    async with backend_of(started()) as backend:
        with pytest.raises(WorkflowNotFoundError):
            await backend.run_status(RunRef(WHOLE))

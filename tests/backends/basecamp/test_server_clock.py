"""A server that writes local time with a Z is found out by the head of its answers."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import HistoryQuery, RunRequest, WorkflowQuery
from tests.backends.basecamp.stub import CLICKS, HISTORY, LIST, Stub, backend_of, json_of, run
from tests.support import everything

NOW = datetime(2026, 1, 10, 12, tzinfo=UTC)
AGO = timedelta(minutes=10)
SEOUL = timedelta(hours=9)
OFFER = "/api/v1/x/capabilities"
SENT = {"Date": format_datetime(NOW, usegmt=True)}


def told(moment):
    return f"{moment:%FT%TZ}"


def history(*runs, headers=SENT):
    stub = Stub()
    stub.answers("GET", HISTORY, json_of(list(runs), **headers))
    return stub


async def runs_of(stub):
    async with backend_of(stub) as backend:
        return await everything(backend.history(HistoryQuery()))


@pytest.mark.parametrize("ahead", [SEOUL, timedelta(hours=5, minutes=45), timedelta(0)])
async def test_a_run_under_way_tells_how_far_the_clock_is_ahead(ahead):
    going = run("r2", status="RUNNING", started_at=told(NOW + ahead - AGO), duration_seconds=600)
    before = run("r1", started_at=told(NOW + ahead - 6 * AGO))
    found = await runs_of(history(going, before))
    assert [one.started_at for one in found] == [NOW - AGO, NOW - 6 * AGO]
    assert [one.clock_note is None for one in found] == [not ahead] * 2


async def test_a_moment_in_the_future_without_more_is_flagged_and_not_corrected():
    at = NOW + SEOUL - timedelta(minutes=7)
    (found,) = await runs_of(history(run("r", started_at=told(at))))
    assert found.started_at == at
    assert found.clock_note is not None


@pytest.mark.parametrize("minutes_ago", [0, 15, 180])
async def test_a_run_that_ended_full_quarters_ago_tells_no_offset(minutes_ago):
    at = NOW + SEOUL - timedelta(minutes=minutes_ago)
    (found,) = await runs_of(history(run("r", started_at=told(at))))
    assert found.started_at == at
    assert found.clock_note is not None


async def test_the_time_of_an_error_tells_the_offset_where_a_moment_lies_in_the_future():
    stub = history(run("r", started_at=told(NOW + SEOUL - 18 * AGO)))
    error = {"success": False, "message": "none", "timestamp": "2026-01-10 21:00:02"}
    stub.answers("GET", OFFER, json_of(error, 404, **SENT))
    async with backend_of(stub) as backend:
        await everything(backend.workflows(WorkflowQuery()))
        (found,) = await everything(backend.history(HistoryQuery()))
    assert found.started_at == NOW - 18 * AGO
    assert found.clock_note is not None


@pytest.mark.parametrize(
    "said",
    [
        *("2026-01-10 14:00:02", "2026-01-10 21:07:00", "2026-01-10T21:00:02Z", "x", 7, None),
        "2026-01-10 15:59:00",
    ],
)
async def test_an_error_whose_time_explains_nothing_corrects_nothing(said):
    at = NOW + SEOUL - 18 * AGO
    stub = history(run("r", started_at=told(at)))
    stub.answers("GET", OFFER, json_of({"timestamp": said}, 404, **SENT))
    async with backend_of(stub) as backend:
        await everything(backend.workflows(WorkflowQuery()))
        (found,) = await everything(backend.history(HistoryQuery()))
    assert found.started_at == at


@pytest.mark.parametrize("ahead", [SEOUL, timedelta(0)])
async def test_a_history_alone_asks_for_the_error_where_a_moment_lies_in_the_future(ahead):
    stub = history(run("r", started_at=told(NOW + ahead - 18 * AGO)))
    stub.answers("GET", OFFER, json_of({"timestamp": "2026-01-10 21:00:02"}, 404, **SENT))
    (found,) = await runs_of(stub)
    assert found.started_at == NOW - 18 * AGO
    assert len(stub.asked("GET", OFFER)) == (1 if ahead else 0)


async def test_an_error_is_no_reason_to_correct_a_clock_that_seems_right():
    stub = history(run("r", started_at=told(NOW - AGO)))
    stub.answers("GET", OFFER, json_of({"timestamp": "2026-01-10 21:00:02"}, 404, **SENT))
    async with backend_of(stub) as backend:
        await everything(backend.workflows(WorkflowQuery()))
        (found,) = await everything(backend.history(HistoryQuery()))
    assert (found.started_at, found.clock_note) == (NOW - AGO, None)


async def test_an_offset_that_a_later_moment_disproves_is_taken_back():
    def page(ahead):
        going = {"status": "RUNNING", "duration_seconds": 600}
        return json_of([run("r", started_at=told(NOW + ahead - AGO), **going)], **SENT)

    stub = Stub()
    late = run("late", started_at=told(NOW + SEOUL))
    stub.answers("GET", HISTORY, page(SEOUL - timedelta(hours=1)), json_of([late], **SENT))
    async with backend_of(stub) as backend:
        (before,) = await everything(backend.history(HistoryQuery()))
        (after,) = await everything(backend.history(HistoryQuery()))
    assert before.started_at == NOW - AGO
    assert after.started_at == NOW + SEOUL


@pytest.mark.parametrize("headers", [{}, {"Date": "yesterday"}])
async def test_without_a_readable_date_nothing_is_concluded(headers):
    at = NOW + SEOUL
    (found,) = await runs_of(history(run("r", started_at=told(at)), headers=headers))
    assert (found.started_at, found.clock_note) == (at, None)


@pytest.mark.parametrize("ahead", [SEOUL, -timedelta(hours=5), timedelta(minutes=3, seconds=20)])
async def test_a_run_that_was_started_from_here_has_started_now(ahead):
    stub = history(run("old", started_at=told(NOW + ahead - AGO)))
    started = {"run_id": "mine", "status": "PENDING", "started_at": told(NOW + ahead)}
    stub.answers("POST", f"{LIST}/{CLICKS}/run", json_of(started, 202, **SENT))
    stub.answers("GET", f"{LIST}/runs/mine", json_of(started | {"dataset_name": CLICKS}, **SENT))
    async with backend_of(stub) as backend:
        result = await backend.run(RunRequest(CLICKS))
        status = await backend.run_status(RunRef("mine"))
        (old,) = await everything(backend.history(HistoryQuery()))
    assert (result.started_at, status.started_at, old.started_at) == (NOW, NOW, NOW - AGO)


async def test_a_date_that_is_asked_for_is_the_true_one():
    late = datetime(2026, 1, 9, 20, tzinfo=UTC)
    going = run("r2", status="RUNNING", started_at=told(NOW + SEOUL - AGO), duration_seconds=600)
    stub = history(going, run("r1", started_at=told(late + SEOUL)))
    async with backend_of(stub) as backend:
        await everything(backend.history(HistoryQuery()))
        query = HistoryQuery(start_date=late.date(), end_date=late.date())
        found = await everything(backend.history(query))
    assert [one.run_id for one in found] == ["r1"]
    assert stub.requests[-1].url.params["end_date"] == "2026-01-10"

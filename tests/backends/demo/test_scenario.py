"""Who is in the demo: every kind of morning, and the seeds' own examples."""

import unicodedata
from datetime import UTC, date, datetime

import pytest

from dli_tui.backends.demo.cast import SEED_ARCHIVE, SEEDS, STANDARD
from dli_tui.backends.demo.dice import stable_hash
from dli_tui.domain.clock import FixedClock
from dli_tui.domain.ids import LogRef, RunRef
from dli_tui.domain.query import HistoryQuery, WorkflowQuery
from dli_tui.domain.status import RunStatus, SourceType, StepStatus, WorkflowStatus
from dli_tui.insight.lateness import late_since
from tests.support import everything, row_of

CLICKS = "iceberg.analytics.daily_clicks"


@pytest.fixture
async def rows(backend):
    return await everything(backend.workflows(WorkflowQuery()))


async def test_some_forty_rows_of_six_teams(rows):
    assert 35 <= len(rows) <= 45
    assert len({row.team for row in rows}) >= 6


async def test_both_sources_and_every_status_are_there(rows):
    assert {row.source_type for row in rows} == set(SourceType)
    assert {row.status for row in rows} == set(WorkflowStatus)


async def test_one_name_is_overridden(rows):
    pair = {row.source_type: row.status for row in rows if row.dataset_name == CLICKS}
    assert pair[SourceType.CODE] is WorkflowStatus.ACTIVE
    assert pair[SourceType.MANUAL] is WorkflowStatus.OVERRIDDEN


async def test_what_is_paused_says_since_when_why_and_by_whom(rows, clock):
    paused = [row for row in rows if row.status is WorkflowStatus.PAUSED]
    assert paused
    for row in paused:
        assert row.reason
        assert row.paused_by
        assert row.paused_at < clock.now()
        assert row.last_run.created_at < row.paused_at


async def test_one_is_late(rows, clock):
    late = {row.dataset_name: late_since(row, clock.now()) for row in rows}
    assert {name for name, since in late.items() if since} == {"finance.ledger.hourly_balance"}
    assert late["finance.ledger.hourly_balance"] == datetime(2026, 3, 10, 9, tzinfo=UTC)


async def test_one_is_slow_and_under_way(rows):
    slow = next(row for row in rows if row.dataset_name == "ml.recommender.train")
    assert slow.is_running
    assert slow.last_run.status is RunStatus.RUNNING


async def test_one_fails_always(backend):
    runs = await everything(backend.history(HistoryQuery("logistics.carriers.rates", limit=200)))
    assert {run.status for run in runs} == {RunStatus.FAILED}
    assert {run.error_line for run in runs} == {
        "HTTP 503 from https://carriers.example.com/rates after 3 tries"
    }


async def test_one_is_flaky_it_fails_now_and_then_and_stumbles_more_often(backend):
    query = HistoryQuery("growth.funnel.signup_events", limit=200)
    runs = await everything(backend.history(query))
    failed = [run for run in runs if run.status is RunStatus.FAILED]
    assert 20 < len(failed) < 80
    good = [run for run in runs[:60] if run.status is RunStatus.COMPLETED]
    steps = [step for run in good for step in await backend.steps(run.ref)]
    assert {step.attempt for step in steps} == {1, 2}
    assert {step.status for step in steps} == {StepStatus.COMPLETED}


async def test_one_fails_on_the_sundays_of_its_own_zone(backend):
    runs = await everything(backend.history(HistoryQuery("orders_returns", limit=40)))
    failed = {run.slot.date() for run in runs if run.status is RunStatus.FAILED}
    # 06:00 on a Sunday in Seoul is 21:00 on Saturday in UTC.
    assert {day.weekday() for day in failed} == {5}
    assert len(failed) == len([run for run in runs if run.slot.weekday() == 5])


async def test_names_in_hangul_with_brackets_and_with_escapes_are_there(rows):
    names = [row.dataset_name for row in rows]
    assert any("HANGUL" in unicodedata.name(char, "") for name in names for char in name)
    assert any("[bold]" in name for name in names)
    assert any("\x1b]52;" in name for name in names)


async def test_one_runs_by_hand_only(rows):
    by_hand = [row for row in rows if row.cron is None]
    assert [row.next_run for row in by_hand] == [None]


def test_the_chances_of_no_two_names_are_the_same():
    names = {workflow.name for workflow in STANDARD.workflows}
    assert len({stable_hash(name) for name in names}) == len(names)
    assert len({workflow.luck for workflow in STANDARD.workflows}) == len(names)


def test_owners_are_roles_of_an_example_company():
    assert all(one.owner.endswith("@example.com") for one in STANDARD.workflows)


@pytest.mark.parametrize("archived", SEED_ARCHIVE, ids=lambda archived: archived.run_id)
async def test_the_runs_that_the_seeds_print_are_found_as_they_print_them(backend, archived):
    run = await backend.run_status(RunRef(archived.run_id))
    assert (run.dataset_name, run.status) == (CLICKS, archived.status)
    assert (run.run_type, run.started_at) == (archived.run_type, archived.started)
    assert run.duration_seconds == archived.seconds
    listed = await everything(
        backend.history(
            HistoryQuery(CLICKS, start_date=archived.started.date(), end_date=date(2026, 1, 2))
        )
    )
    assert run in listed


@pytest.mark.parametrize(
    ("minute", "status"), [("09:32", RunStatus.RUNNING), ("09:33", RunStatus.COMPLETED)]
)
async def test_at_the_hour_of_the_seeds_their_run_is_under_way(demo, minute, status):
    backend = demo(SEEDS, at=FixedClock(datetime.fromisoformat(f"2024-01-15T{minute}Z")))
    run = await backend.run_status(RunRef(f"{CLICKS}_20240115_093045"))
    assert run.status is status
    assert (run.finished_at is None) is (status is RunStatus.RUNNING)
    row = await row_of(backend, CLICKS)
    assert row.last_run.status is status
    assert row.is_running is (status is RunStatus.RUNNING)


async def test_the_archive_has_no_steps_and_no_log_lines(backend):
    ref = RunRef(f"{CLICKS}_20260102_100000")
    assert await backend.steps(ref) == ()
    chunk = await backend.logs(LogRef(ref, "stage"))
    assert (chunk.lines, chunk.complete) == ((), True)

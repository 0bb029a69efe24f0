"""What a server says that it would run is the plan; holding what it keeps going is sent once."""

from datetime import UTC, date, datetime

import pytest

from dli_tui.client import WorkflowClient
from dli_tui.client.foretelling import hold_backfill, scope_of
from dli_tui.domain.backfill import Backfill, BackfillForecast
from dli_tui.domain.errors import (
    AnswerLostError,
    ConnectionFailedError,
    WorkflowExecutionError,
    WorkflowPermissionError,
)
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import BackfillChoice, BackfillScope
from dli_tui.domain.status import RunStatus
from dli_tui.insight.backfill import dates_of_schedule
from tests.support_backends import ScriptedBackend, row, run

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 3)
REF = RunRef("b1", "d")


def slot(day):
    return datetime(2026, 3, day, 9, tzinfo=UTC)


RUNS = (run("r2", RunStatus.FAILED, slot=slot(2)), run("r1", slot=slot(1)))


def forecast(*days):
    return BackfillForecast(slots=tuple(map(slot, days)), at_once=4)


def client_of(clock, **cues):
    backend = ScriptedBackend([row("d")], RUNS, cues=cues)
    return backend, WorkflowClient(backend, clock=clock)


def dates():
    return dates_of_schedule(row("d"), FIRST, LAST)


@pytest.mark.parametrize("scope", BackfillScope)
async def test_what_was_chosen_is_what_the_server_is_asked_about_and_told(clock, scope):
    days = {BackfillScope.ALL: (1, 2, 3), BackfillScope.FAILED: (2,), BackfillScope.MISSING: (3,)}
    backend, client = client_of(clock, backfill_slots=[forecast(*days[scope])])
    plan = await client.plan_backfill("d", FIRST, LAST, scope=scope, parallel=True)
    await client.start_backfill(plan)
    (about,), (sent,) = backend.arrived("backfill_slots"), backend.arrived("backfill")
    assert (about.scope, sent.scope) == (scope, scope)
    assert (about.start_date, about.end_date) == (sent.start_date, sent.end_date) == (FIRST, LAST)
    assert plan.wanted == tuple(map(slot, days[scope]))


@pytest.mark.parametrize(
    ("picked", "scope"),
    [
        ((2, 3), BackfillScope.FAILED),
        ((1, 2, 3), BackfillScope.ALL),
        ((3,), BackfillScope.MISSING),
    ],
)
def test_of_dates_that_were_picked_as_few_runs_as_will_do_run_again(clock, picked, scope):
    _, client = client_of(clock)
    choice = BackfillChoice(FIRST, LAST, parallel=True, only=frozenset(map(slot, picked)))
    assert scope_of(client.planned(row("d"), RUNS, choice, dates())) is scope


def test_where_nothing_that_failed_is_left_out_a_server_need_not_only_fill_in(clock):
    # One whose dates depend on those before it would refuse that.
    _, client = client_of(clock)
    choice = BackfillChoice(FIRST, LAST, parallel=True, only=frozenset({slot(2), slot(3)}))
    plan = client.planned(row("d"), [run("r1", slot=slot(1))], choice, dates())
    assert scope_of(plan) is BackfillScope.FAILED


async def test_who_keeps_it_going_and_how_many_at_a_time_is_said(clock):
    _, client = client_of(clock, backfill_slots=[forecast(1, 2, 3)])
    plan = await client.plan_backfill("d", FIRST, LAST, parallel=True)
    assert "keeps it going itself, at most 4 runs at a time" in plan.warnings[-1]


async def test_a_dry_run_shows_what_would_run_besides_and_a_start_is_refused(clock):
    backend, client = client_of(clock, backfill_slots=[forecast(2, 3)])
    scope = BackfillScope.FAILED
    plan = await client.plan_backfill("d", FIRST, LAST, scope=scope, parallel=True)
    result = await client.start_backfill(plan, dry_run=True)
    assert "would also run 1 that you left out" in (result.warning or "")
    with pytest.raises(WorkflowExecutionError, match="would also run 1 dates"):
        await client.start_backfill(plan)
    assert backend.sent == []


@pytest.mark.parametrize("is_held", [True, False])
async def test_a_backfill_is_held_and_let_go_on_once(clock, is_held):
    backend, client = client_of(clock)
    result = await hold_backfill(client, REF, is_held=is_held)
    assert backend.sent == ["pause_backfill" if is_held else "unpause_backfill"]
    assert result.message.startswith("Backfill held" if is_held else "Backfill going on")


async def test_where_nothing_may_be_changed_nothing_is_held(clock):
    backend = ScriptedBackend([row("d")])
    client = WorkflowClient(backend, clock=clock, read_only=True)
    with pytest.raises(WorkflowPermissionError):
        await hold_backfill(client, REF, is_held=True)
    assert backend.sent == []


@pytest.mark.parametrize(("is_seen", "error"), [(True, None), (False, ConnectionFailedError)])
async def test_a_hold_whose_answer_was_lost_is_looked_for(clock, is_seen, error):
    backend, client = client_of(clock, pause_backfill=[AnswerLostError("lost")])
    found = Backfill(whole=run("b1", RunStatus.RUNNING), is_held=is_seen)
    backend.cues["backfill_status"] = [found] * 3
    if error is None:
        result = await hold_backfill(client, REF, is_held=True)
        assert "It happened" in (result.message or "")
    else:
        with pytest.raises(error):
            await hold_backfill(client, REF, is_held=True)
    assert backend.sent == ["pause_backfill"]

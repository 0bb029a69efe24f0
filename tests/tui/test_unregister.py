"""What is lost is said before, CODE is never touched, and runs under way need force."""

from __future__ import annotations

import pytest

from dli_tui.domain.errors import ErrorCode, WorkflowRegistrationError
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.status import RunStatus, SourceType
from dli_tui.tui.looks import Tone
from dli_tui.tui.modals.unregister import UnregisterQuestion
from dli_tui.tui.opening import Where
from dli_tui.tui.widgets.page import Page
from dli_tui.tui.widgets.toggle import Toggle
from tests.support_backends import NOW, PAIR, ScriptedBackend, row, run
from tests.support_deeds import answer, go_to, notices
from tests.support_tui import dashboard

HOSTILE = "legacy.esc"
RUNNING = {"active_runs": 2, "last_run": run("r1", RunStatus.RUNNING, started_at=NOW)}


def plan(here):
    return here.screen.query_one("#plan", Page).words


async def test_what_is_lost_is_told_and_then_it_is_gone():
    async with dashboard(size=(80, 24)) as here:
        await go_to(here, "orders_returns")
        await here.press("D")
        assert "every day at 06:00 (0 6 * * *) Asia/Seoul; its run in 14h50m falls out" in plan(
            here
        )
        assert "loses   its spec s3://" in plan(here)
        assert "Whether past runs are kept, the server decides" in plan(here)
        await answer(here)
        assert here.sent == ["unregister"]
        assert WorkflowKey("orders_returns", SourceType.MANUAL) not in here.app.listing.rows
        assert "'orders_returns' unregistered; its spec s3://" in notices(here)[-1]


async def test_who_registered_it_is_told():
    made = row("d", registered_by="ann", registered_at=NOW, cron=None, s3_path=None)
    async with dashboard(backend=ScriptedBackend([made])) as here:
        await here.press("D")
        assert "by ann 2026-03-10 09:41" in plan(here)
        assert "by hand only" in plan(here)
        assert "falls out" not in plan(here)


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([row("d", source_type=SourceType.CODE)], "it is in Git [DLI-803]. Remove it there."),
        ([PAIR[1]], "CODE owns its name, it is in Git [DLI-803]. Remove it there."),
    ],
)
async def test_what_code_owns_is_refused_with_the_reason(rows, why):
    backend = ScriptedBackend(rows)
    async with dashboard(backend=backend) as here:
        await here.press("D")
        assert why in notices(here)[-1]
        assert backend.sent == []


async def test_over_runs_under_way_it_takes_force():
    backend = ScriptedBackend([row("d", **RUNNING)])
    async with dashboard(backend=backend) as here:
        await here.press("D")
        assert "2 runs under way, refused without force" in plan(here)
        await answer(here)
        assert backend.sent == []
        assert "2 runs under way: stop first, or turn on force" in here.picture
        await here.press("space")
        await answer(here)
        assert backend.arrived("unregister") == [True]


async def test_without_runs_there_is_nothing_to_force():
    async with dashboard(backend=ScriptedBackend([row("d")])) as here:
        await here.press("D")
        assert not here.screen.query_one(Toggle).display


async def test_a_run_that_began_meanwhile_has_to_be_read_first():
    backend = ScriptedBackend([row("d")])
    async with dashboard(backend=backend) as here:
        await here.press("D")
        backend.rows = [row("d", **RUNNING)]
        await here.pass_by(11)
        await here.press("enter")
        assert backend.sent == []
        assert here.screen.query_one(Toggle).display
        assert "2 runs under way" in plan(here)


async def test_many_have_one_plan_and_a_result_each_and_only_what_failed_is_tried_again():
    refusal = WorkflowRegistrationError("busy", code=ErrorCode.WORKFLOW_UNREGISTER_FAILED)
    rows = [row("a"), row("b"), row("c", source_type=SourceType.CODE)]
    backend = ScriptedBackend(rows, unregister=[None, refusal])
    async with dashboard(backend=backend) as here:
        await here.press("asterisk", "D")
        assert "Unregister 2 workflows?" in here.picture
        assert "left out: 1" in plan(here)
        await answer(here)
        assert "1 of 2 failed" in here.picture
        assert "done    a" in plan(here)
        assert "[DLI-808] busy" in plan(here)
        await answer(here)
        assert backend.sent == ["unregister"] * 3
        assert list(here.app.listing.rows) == [WorkflowKey("c", SourceType.CODE)]


async def test_in_production_the_name_is_typed_out():
    where = Where("shop", production=True, typed=True)
    backend = ScriptedBackend([row("d")])
    async with dashboard(backend=backend, where=where) as here:
        await here.press("D")
        await answer(here)
        assert backend.sent == []
        await here.type("d")
        await answer(here)
        assert backend.sent == ["unregister"]


async def test_where_nothing_may_be_changed_the_key_says_so():
    async with dashboard(read_only=True) as here:
        await here.press("D")
        assert "READ-ONLY" in notices(here)[-1]
        assert not isinstance(here.screen, UnregisterQuestion)


async def test_a_hostile_name_is_spelled_out_and_sent_as_it_is():
    async with dashboard() as here:
        await go_to(here, HOSTILE)
        await here.press("D")
        assert r"legacy.esc\x1b]52" in here.picture
        assert here.picture.replace("\n", "").isprintable()
        await answer(here)
        assert here.sent == ["unregister"]


async def test_a_page_of_what_is_gone_stays_open():
    async with dashboard() as here:
        await go_to(here, "orders_returns")
        await here.press("v")
        await here.press("D")
        await answer(here)
        assert here.sent == ["unregister"]
        await here.pass_by(30)
        assert "orders_returns" in here.lines[0]
        await here.press("D")
        assert here.sent == ["unregister"]
        assert not isinstance(here.screen, UnregisterQuestion)


async def test_force_is_never_kept_and_never_sent_unseen():
    backend = ScriptedBackend([row("d", **RUNNING)])
    async with dashboard(backend=backend) as here:
        await here.press("D")
        here.screen.query_one(Toggle).on = True
        await here.press("escape")
        backend.rows = [row("d", last_run=run("r1", RunStatus.COMPLETED))]
        await here.pass_by(11)
        await here.press("D")
        assert not here.screen.query_one(Toggle).on
        backend.rows = [row("d", **RUNNING)]
        await here.pass_by(11)
        await here.press("enter")
        assert backend.sent == [], "the runs that began meanwhile were not read of"


async def test_force_for_runs_that_have_ended_meanwhile_has_to_be_said_again():
    backend = ScriptedBackend([row("d", **RUNNING)])
    async with dashboard(backend=backend) as here:
        await here.press("D")
        force = here.screen.query_one(Toggle)
        force.on = True
        here.screen._standing = ()
        here.screen._tell_force()
        assert not force.display
        assert not force.on


async def test_what_is_destroyed_is_asked_in_red():
    async with dashboard() as here:
        await go_to(here, "orders_snapshot")
        await here.press("D")
        assert here.screen.has_class("-destructive")
        title, _ = here.screen.query_one("#question-title")._left[:2]
        assert title.tone is Tone.FAILED
        await here.press("escape", "p")
        assert not here.screen.has_class("-destructive")


async def test_the_page_of_what_was_unregistered_says_that_it_is_gone():
    async with dashboard() as here:
        await go_to(here, "orders_snapshot")
        await here.press("enter")
        page = here.screen
        await here.press("D")
        await answer(here)
        await here.pass_by(10)
        assert here.screen is page
        assert "unregister" in here.sent
        assert "has never run" not in here.picture
        assert page.table.said.startswith("orders_snapshot is not registered any more")
        assert "0 runs" in here.lines[0]
        await here.press("R")
        assert here.screen is page

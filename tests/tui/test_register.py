"""A dataset is registered with what stands in the form, and the form says all of it before."""

from __future__ import annotations

import asyncio

import pytest

from dli_tui.domain.errors import ErrorCode, WorkflowRegistrationError
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.status import RunStatus, SourceType
from dli_tui.tui.looks import Looks
from dli_tui.tui.modals.register import RegisterQuestion
from dli_tui.tui.opening import Where
from dli_tui.tui.widgets.page import Page
from dli_tui.tui.widgets.saying import Saying
from dli_tui.tui.widgets.toggle import Toggle
from tests.support_backends import PAIR, ScriptedBackend, row, run
from tests.support_deeds import answer, notices
from tests.support_project import TOTALS, project
from tests.support_tui import dashboard

TOTALS_NAME = "sales.daily_totals"
MANUAL = SourceType.MANUAL


@pytest.fixture
def folder(tmp_path):
    return project(tmp_path)


async def asked(here, name=""):
    """Open the form, with a name in it whose spec has been read."""
    await here.press("plus")
    if name:
        field(here, "dataset").value = name
        await rest(here)


async def rest(here):
    """Let what was typed stand for a moment."""
    await here.settle()
    await here.pass_by(0.3)


def field(here, name):
    return here.screen.query_one(f"#field-{name}")


async def put(here, **values):
    """Type something into some fields."""
    for name, value in values.items():
        field(here, name).value = value
    await here.settle()


def told(here, name):
    """What stands below a field."""
    return field(here, name).query(Saying).first().words


def plan(here):
    return here.screen.query_one("#plan", Page).words


async def test_a_dataset_of_the_project_is_registered_as_its_spec_says(folder):
    async with dashboard(project=folder) as here:
        await asked(here, TOTALS_NAME)
        assert "every day at 02:30 (30 2 * * *) America/New_York" in plan(here)
        assert "3 tries, 5m apart" in plan(here)
        assert "The totals of each day by region" in plan(here)
        assert "2: extract, load" in plan(here)
        await answer(here)
        (action,) = here.backend._journal.actions()
        assert (action.deed, action.name) == ("register", TOTALS_NAME)
        assert action.details["cron"] == "30 2 * * *"
        assert action.details["yaml"] == TOTALS
        assert (action.details["attempts"], action.details["owner"]) == (3, "sales@example.com")
        assert not isinstance(here.screen, RegisterQuestion)
        assert f"'{TOTALS_NAME}' registered successfully" in notices(here)[-1]
        assert here.screen.table.current.key == WorkflowKey(TOTALS_NAME, MANUAL)


async def test_what_was_typed_wins_over_the_spec(folder):
    backend = ScriptedBackend()
    async with dashboard(project=folder, backend=backend) as here:
        await asked(here)
        await put(here, cron="0 6 * * *")
        await put(here, dataset=TOTALS_NAME)
        await rest(here)
        await put(here, zone="Asia/Seoul", attempts="2", delay="60")
        here.screen.query_one("#enabled", Toggle).on = False
        await here.settle()
        assert "paused: nothing fires until it is unpaused" in plan(here)
        await answer(here)
        (request,) = backend.arrived("register")
        assert (request.schedule.cron, request.schedule.timezone) == ("0 6 * * *", "Asia/Seoul")
        assert not request.schedule.enabled
        assert request.schedule.retry_max_attempts == 2
        assert request.schedule.retry_delay_seconds == 60
        assert backend.sent == ["register", "pause"]


async def test_without_a_cron_it_runs_by_hand_only(folder):
    backend = ScriptedBackend()
    async with dashboard(project=folder, backend=backend) as here:
        await asked(here, TOTALS_NAME)
        await put(here, cron=" ")
        assert "by hand only" in plan(here)
        await answer(here)
        assert backend.arrived("register")[0].schedule.cron is None


async def test_a_name_is_completed_from_its_parts(folder):
    async with dashboard(
        size=(80, 24), project=folder, backend=ScriptedBackend([row("totals_old")])
    ) as here:
        await here.press("plus")
        assert "orders_daily" in here.picture, "what there is to choose from"
        await here.type("tot")
        assert "sales.daily_totals" in here.picture
        await here.press("down", "down", "right")
        assert field(here, "dataset").value == "sales.daily_totals"
        await rest(here)
        await here.press("tab")
        assert here.app.focused.parent.parent.id == "field-cron"


async def test_enter_takes_a_name_that_is_marked_and_sends_nothing(folder):
    async with dashboard(project=folder) as here:
        await here.press("plus")
        await here.type("web")
        await here.press("down", "down", "up")
        await here.pass_by(1)
        await here.press("enter")
        assert field(here, "dataset").value == "web.clicks"
        assert here.sent == []


async def test_the_wrong_field_of_a_cron_is_underlined_and_not_sent(folder):
    async with dashboard(size=(80, 24), project=folder) as here:
        await asked(here, TOTALS_NAME)
        await put(here, cron="0 25 * * 1")
        lines = here.lines
        at = next(place for place, line in enumerate(lines) if "0 25 * * 1" in line)
        assert lines[at + 1].index("^^") == lines[at].index("25")
        assert "[DLI-805] hour: '25' is not between 0 and 23" in lines[at + 2]
        await answer(here)
        assert here.sent == []
        assert here.app.focused.parent.parent.id == "field-cron"
        await put(here, cron="0 5 * * 1")
        assert "^^" not in here.picture
        assert "DLI-805" not in here.picture


async def test_fires_are_told_there_and_here_with_what_clocks_do(folder):
    async with dashboard(project=folder, zone="Asia/Seoul") as here:
        await asked(here, TOTALS_NAME)
        fires = [line for line in plan(here).splitlines() if line.endswith("here")]
        assert len(fires) == 5
        assert "02:30 -05:00" in fires[0]
        assert "16:30 +09:00 here" in fires[0]


async def test_a_zone_is_completed_by_a_part_and_a_wrong_one_named(folder):
    async with dashboard(size=(80, 24), project=folder) as here:
        await asked(here, TOTALS_NAME)
        field(here, "zone").focus_input()
        await put(here, zone="seo")
        assert "Asia/Seoul" in here.picture
        await here.press("tab")
        assert field(here, "zone").value == "Asia/Seoul"
        await put(here, zone="Asia/Soul")
        await answer(here)
        assert here.sent == []
        assert "No time zone is called so; did you mean Asia/Seoul" in told(here, "zone")
        await put(here, zone="Asia/Se")
        assert told(here, "zone") == "", "it may still be completed"
        await answer(here)
        assert "No time zone is called so" in told(here, "zone")


@pytest.mark.parametrize(("name", "value"), [("attempts", "0"), ("delay", "-1"), ("delay", "5m")])
async def test_a_number_that_is_none_is_not_sent(folder, name, value):
    async with dashboard(project=folder) as here:
        await asked(here, TOTALS_NAME)
        await put(here, **{name: value})
        await answer(here)
        assert "A whole number, at least" in told(here, name)
        assert here.sent == []


async def test_what_no_project_has_is_named_with_where_it_was_looked_for(folder):
    async with dashboard(size=(120, 36), project=folder) as here:
        await asked(here, "sales.daily_total")
        field(here, "cron").focus_input()
        await here.settle()
        assert f"[DLI-101] No spec of that name in {folder}" in told(here, "dataset")
        assert "did you mean sales.daily_totals?" in told(here, "dataset")
        await answer(here)
        assert here.sent == []


async def test_where_there_is_no_project_the_form_says_so():
    async with dashboard(size=(80, 24)) as here:
        await asked(here)
        assert "No dataset was found in /no/project" in plan(here)
        assert "Start dli-tui in your project" in plan(here)
        await answer(here)
        assert "Type the name of a dataset" in here.picture


async def test_a_spec_that_makes_no_sense_says_all_that_is_wrong(folder):
    async with dashboard(project=folder) as here:
        await asked(here, "web.clicks")
        assert "schedule.cron" in plan(here)
        assert "Correct the spec and try again" in plan(here)
        await answer(here)
        assert here.sent == []
        path = folder / "models" / "dataset.web.clicks.yaml"
        await asyncio.to_thread(path.write_text, "name: web.clicks\n")
        await answer(here)
        await rest(here)
        assert "by hand only" in plan(here)
        await answer(here)
        assert here.sent == ["register"]


@pytest.mark.parametrize("backend", [None, ScriptedBackend([*PAIR])], ids=["demo", "pair"])
async def test_a_name_that_code_owns_is_refused_at_once(folder, backend):
    async with dashboard(project=folder, backend=backend) as here:
        await asked(here, "orders_daily" if backend is None else "pair")
        assert "[DLI-803]" in here.picture
        assert "Change it in Git" in " ".join(plan(here).split())
        await answer(here)
        assert (here.sent if backend is None else backend.sent) == []


async def test_what_is_registered_already_is_overwritten_only_with_force(folder):
    registered = row(
        "orders_hourly",
        registered_by="ann",
        active_runs=2,
        last_run=run("r1", RunStatus.RUNNING),
    )
    backend = ScriptedBackend([registered])
    async with dashboard(project=folder, backend=backend) as here:
        await asked(here, "orders_hourly")
        assert "what was registered by ann" in plan(here)
        assert "before      every day at 09:00 (0 9 * * *) UTC" in plan(here)
        assert "after       every hour at :15 (15 * * * *) UTC" in plan(here)
        assert "2 runs under way" in plan(here)
        await answer(here)
        assert backend.sent == []
        assert "[DLI-804] It is registered already; turn on force" in told(here, "dataset")
        here.screen.query_one("#force", Toggle).on = True
        await answer(here)
        assert [request.force for request in backend.arrived("register")] == [True]
        assert "'orders_hourly' updated successfully" in notices(here)[-1]


async def test_what_is_new_cannot_be_forced(folder):
    async with dashboard(project=folder) as here:
        await asked(here, TOTALS_NAME)
        assert not here.screen.query_one("#force", Toggle).display


async def test_what_somebody_registered_meanwhile_has_to_be_read_first(folder):
    backend = ScriptedBackend([])
    async with dashboard(project=folder, backend=backend) as here:
        await asked(here, "orders_hourly")
        backend.rows = [row("orders_hourly")]
        await here.pass_by(11)
        await here.press("enter")
        assert backend.sent == []
        assert here.screen.query_one("#force", Toggle).display


async def test_a_refusal_keeps_the_form_and_another_try_can_be_made(folder):
    refusal = WorkflowRegistrationError("no room", code=ErrorCode.WORKFLOW_REGISTRATION_FAILED)
    backend = ScriptedBackend([], register=[refusal])
    async with dashboard(project=folder, backend=backend) as here:
        await asked(here, TOTALS_NAME)
        await answer(here)
        assert "[DLI-801] no room" in here.picture
        assert field(here, "cron").value == "30 2 * * *"
        await answer(here)
        assert backend.sent == ["register", "register"]
        assert not isinstance(here.screen, RegisterQuestion)


async def test_what_was_typed_comes_back_as_a_draft_and_the_spec_with_it(folder):
    async with dashboard(project=folder) as here:
        await asked(here, TOTALS_NAME)
        await put(here, cron="5 5 * * *")
        here.screen.query_one("#enabled", Toggle).on = False
        await here.press("escape")
        await asked(here)
        await rest(here)
        assert field(here, "dataset").value == TOTALS_NAME
        assert field(here, "cron").value == "5 5 * * *"
        assert field(here, "zone").value == "America/New_York"
        assert not here.screen.query_one("#enabled", Toggle).on


async def test_an_untouched_form_leaves_no_draft(folder):
    async with dashboard(project=folder) as here:
        await asked(here)
        await here.press("escape")
        assert here.app.deeds.drafts == {}


async def test_where_nothing_may_be_changed_the_key_says_so(folder):
    async with dashboard(project=folder, read_only=True) as here:
        await here.press("plus")
        assert "READ-ONLY" in notices(here)[-1]
        assert not isinstance(here.screen, RegisterQuestion)


async def test_in_production_the_name_is_typed_out(folder):
    where = Where("shop", production=True, typed=True)
    async with dashboard(size=(80, 24), project=folder, where=where) as here:
        await asked(here, TOTALS_NAME)
        assert f"shop is production: type {TOTALS_NAME}" in here.picture
        await answer(here)
        assert here.sent == []
        field(here, "confirm").value = TOTALS_NAME
        await here.settle()
        await answer(here)
        assert here.sent == ["register"]


async def test_what_a_spec_says_is_obeyed_by_nobody(folder):
    async with dashboard(project=folder) as here:
        await asked(here, "web.views")
        assert "a[bold]b" in plan(here)
        assert "[/x]" in plan(here)
        assert here.picture.replace("\n", "").isprintable()


async def test_in_ascii_nothing_else_is_drawn(folder):
    async with dashboard(
        size=(80, 24), project=folder, looks=Looks(ascii=True), backend=ScriptedBackend()
    ) as here:
        await asked(here, TOTALS_NAME)
        await put(here, cron="0 25 * * 1")
        assert "^^" in here.picture
        assert here.picture.isascii()


async def test_enter_right_after_the_last_letter_was_not_read(folder):
    async with dashboard(project=folder) as here:
        await asked(here, TOTALS_NAME)
        await here.pass_by(1)
        await put(here, cron="1 2 * * *")
        await here.press("enter")
        assert "too soon" in here.picture
        assert here.sent == []
        await answer(here)
        assert here.sent == ["register"]


async def test_a_name_without_a_spec_here_is_not_offered():
    backend = ScriptedBackend([row("totals_old")])
    async with dashboard(size=(80, 24), backend=backend) as here:
        await asked(here)
        await here.type("tot")
        assert not field(here, "dataset").is_open
        await rest(here)
        assert "Start dli-tui in your project" in plan(here)


async def test_what_is_wrong_with_a_name_is_said_once(folder):
    async with dashboard(size=(120, 36), project=folder) as here:
        await asked(here, "sales.daily_total")
        field(here, "cron").focus_input()
        await here.settle()
        assert here.picture.count("DLI-101") == 1
        field(here, "dataset").value = "orders_daily"
        await rest(here)
        assert here.picture.count("DLI-803") == 1


async def test_force_was_said_of_the_name_that_stood_there(folder):
    backend = ScriptedBackend([row("orders_hourly")])
    async with dashboard(project=folder, backend=backend) as here:
        await asked(here, "orders_hourly")
        force = here.screen.query_one("#force", Toggle)
        force.on = True
        await here.settle()
        field(here, "dataset").value = TOTALS_NAME
        await rest(here)
        assert not force.on
        force.on = True
        await here.press("escape")
        assert "force" not in str(here.app.deeds.drafts)

"""A workflow is made from a template by filling in what the template leaves open."""

from __future__ import annotations

import pytest

from dli_tui.domain.errors import WorkflowRegistrationError
from dli_tui.domain.template import Template
from dli_tui.tui.modals.fromtemplate import TemplateQuestion
from dli_tui.tui.opening import Where
from tests.support_deeds import answer, notices
from tests.support_tui import dashboard
from tests.tui.test_templates_screen import Shelves

MONDAYS = "0 9 * * 1"


async def ask(here, row=1):
    """Open the form of a template, by its line."""
    await here.press("3")
    await here.press(*["down"] * row, "plus")
    assert isinstance(here.screen, TemplateQuestion)


async def fill(here, **values):
    """Put values into fields, as a paste does."""
    for name, value in values.items():
        here.screen._field(name.replace("_", "-")).value = value
    await here.settle()


def wrong(here, name):
    """What is complained about at a field."""
    return here.screen._field(name).query_one("Saying").words


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_what_is_filled_in_makes_a_workflow_that_is_on_the_list(size):
    async with dashboard(size=size) as here:
        await ask(here)
        await fill(here, name="crm.leads", value_0="https://crm.example.com", value_1="s3cret")
        assert "makes       crm.leads" in here.picture
        assert "runs        by hand only" in here.picture
        await here.press("tab", "tab", "tab", "tab", "tab", "space")
        assert "runs        Mon at 09:00 (UTC)" in here.screen.query_one("#plan").words
        assert "next        Nov 23 09:00" in here.screen.query_one("#plan").words
        await answer(here)
        assert "Made crm.leads from Custom Integration Template" in notices(here)
        assert here.screen.crumbs == ("Workflows", "crm.leads")
        (action,) = here.backend._journal.actions()
        assert (action.details["cron"], action.details["template"]) == (MONDAYS, "2")
        assert "https://crm.example.com" in action.details["yaml"]
        assert "Bearer s3cret" in action.details["yaml"]
        await here.press("escape")
        assert here.screen.table.current.uses == 13
        await here.press("1")
        assert "crm.leads" in {row.name for row in here.app.listing.rows.values()}


async def test_what_is_missing_is_said_where_it_is_missing():
    async with dashboard(size=(80, 24)) as here:
        await ask(here)
        await answer(here)
        assert "Give the new workflow a name" in here.picture
        assert here.picture.count("Fill it in: the template's steps use it") == 2
        assert here.app.focused.parent.parent.name == "name"
        await fill(here, name="orders_daily", value_0="x", value_1="y", cron="0 25 * * *")
        await answer(here)
        assert "There is a workflow of that name already" in here.picture
        assert "25" in here.screen._field("cron").query_one("Saying").words
        assert here.sent == []


async def test_a_schedule_that_is_wanted_has_to_be_typed():
    async with dashboard() as here:
        await ask(here, row=3)
        await fill(here, name="t", value_0="x", value_1="1", cron="")
        assert "by a schedule that can't be read yet" in here.picture
        await answer(here)
        assert "Type a schedule, or turn it off below" in here.picture
        assert here.sent == []


async def test_a_template_that_begins_by_an_upload_offers_to_leave_that_out():
    backend = Shelves(
        Template(id="1", name="t", default_trigger_config={"type": "file_upload", "enabled": True})
    )
    async with dashboard(backend=backend) as here:
        await ask(here, row=0)
        await fill(here, name="t")
        assert "runs        when a file is uploaded" in here.picture
        await here.press("tab", "tab", "tab", "tab", "space")
        assert "runs        by hand only" in here.picture
        await answer(here)
        (request,) = backend.arrived("create_from_template")
        assert not request.trigger_on_file_upload
        assert (request.workflow_description, request.cron_schedule) == (None, None)


async def test_a_refusal_keeps_the_form_and_can_be_tried_again():
    refusal = WorkflowRegistrationError("the name is taken")
    backend = Shelves(Template(id="1", name="t"))
    backend.cues["create_from_template"] = [refusal]
    async with dashboard(backend=backend) as here:
        await ask(here, row=0)
        await fill(here, name="new", description="for the others", cron=MONDAYS)
        await answer(here)
        assert "the name is taken" in here.picture
        assert here.screen._field("description").value == "for the others"
        await answer(here)
        assert not isinstance(here.screen, TemplateQuestion)
        requests = backend.arrived("create_from_template")
        assert len(requests) == 2
        assert (requests[1].cron_schedule, requests[1].is_scheduled) == (MONDAYS, False)


async def test_a_cron_that_is_not_to_be_run_by_is_said_to_be_off():
    async with dashboard() as here:
        await ask(here)
        await fill(here, name="crm.leads", cron=MONDAYS)
        assert "runs        by hand only: its cron is off" in here.picture


async def test_a_form_that_is_left_is_there_again_as_it_was():
    async with dashboard() as here:
        await ask(here)
        await fill(here, name="half.done", value_1="tok")
        await here.press("escape")
        await here.press("plus")
        assert here.screen._field("name").value == "half.done"
        assert here.screen._field("value-1").value == "tok"
        assert "makes       half.done" in here.picture


async def test_many_open_things_scroll_and_the_field_in_focus_is_seen():
    text = " ".join(f"{{{{part_{number}}}}}" for number in range(40))
    template = Template(id="1", name="t", template_config={"steps": [{"config": {"all": text}}]})
    async with dashboard(backend=Shelves(template), size=(80, 24)) as here:
        await ask(here, row=0)
        assert "make it" in here.picture
        assert "part_39" not in here.picture
        await here.press(*["tab"] * 41)
        assert here.app.focused.parent.parent.name == "value-39"
        await here.until(lambda: "part_39" in here.picture)


async def test_production_is_seen_and_its_name_typed_out():
    where = Where("shop", production=True, typed=True)
    async with dashboard(where=where) as here:
        await ask(here, row=0)
        await fill(here, name="docs", value_0="x", value_1="y")
        await answer(here)
        name = here.screen.plan.title.removeprefix("New workflow from ").rstrip("?")
        assert "shop is production" in here.picture
        assert f"Type {name} to go on" in here.picture
        assert here.sent == []
        await fill(here, confirm=name)
        await answer(here)
        assert here.sent == ["register"]


async def test_what_can_be_no_name_is_said_as_it_is_typed():
    async with dashboard(size=(80, 24)) as here:
        await ask(here)
        await here.type("my work")
        assert "This can be no name: ' ' is not allowed" in here.picture
        await fill(here, name="my_work")
        assert "This can be no name" not in here.picture


async def test_a_plan_that_was_just_made_another_has_to_be_read():
    async with dashboard() as here:
        await ask(here, row=0)
        await fill(here, name="docs", value_0="x")
        await here.pass_by(1)
        await fill(here, name="documents")
        await here.press("enter")
        assert here.sent == []
        assert "too soon to be read" in here.picture


OPEN = Template(
    id="7",
    name="t",
    template_config={
        "variables": {"pause": {"default": 5, "description": "How long it waits"}},
        "steps": [
            {"name": "ask", "type": "http_request", "config": {"url": "{{url}}/{{trigger.id}}"}},
            {
                "name": "sign",
                "type": "http_request",
                "config": {"url": "", "body": "{{api_token}}"},
            },
            {"name": "wait", "type": "delay", "config": {"seconds": "{{pause}}"}},
            {"name": "say", "type": "log", "config": {"message": "{{steps.ask.status_code}}"}},
        ],
    },
)


async def test_each_thing_that_is_open_is_a_field_and_goes_into_its_step():
    backend = Shelves(OPEN)
    async with dashboard(backend=backend) as here:
        await ask(here, row=0)
        assert here.screen._field("value-2").value == "5"
        assert "trigger.id" not in here.screen.query_one("#form").query_one("#field-value-0").name
        await fill(here, name="new", value_0="https://x", value_1="12345", value_2="7")
        await fill(here, value_3="https://y")
        await answer(here)
        (request,) = backend.arrived("create_from_template")
        steps = {one["name"]: one["config"] for one in request.custom_config["steps"]}
        assert steps == {
            "ask": {"url": "https://x/{{trigger.id}}"},
            "sign": {"url": "https://y", "body": "12345"},
            "wait": {"seconds": 7},
        }


async def test_the_plan_shows_what_is_sent_and_no_secret_is_seen():
    async with dashboard(backend=Shelves(OPEN)) as here:
        await ask(here, row=0)
        plan = here.screen.query_one("#plan")
        assert "unfilled    url, api_token" in plan.words
        assert "seconds: 5" in plan.words
        await fill(here, name="new", value_0="https://x", value_1="s3cret")
        assert "unfilled" not in plan.words
        assert "url: https://x/{{trigger.id}}" in plan.words
        assert "body: '***'" in plan.words
        assert "- name: say" not in plan.words, "what isn't changed isn't sent"
        assert "s3cret" not in here.picture


async def test_the_plan_says_what_the_check_says_of_what_was_filled_in():
    async with dashboard(backend=Shelves(OPEN)) as here:
        await ask(here, row=0)
        plan = here.screen.query_one("#plan")
        await fill(here, value_0="x", value_1="y", value_2="soon", value_3="z")
        assert "step wait, seconds: a number of at least 0 was expected" in plan.words
        await fill(here, value_2="3")
        assert "was expected" not in plan.words


async def test_what_a_field_is_for_is_said_where_its_value_hides_it():
    async with dashboard(backend=Shelves(OPEN)) as here:
        await ask(here, row=0)
        assert "How long it waits" not in here.picture
        await here.press("tab", "tab", "tab", "tab")
        assert "How long it waits" in here.picture
        await here.press("tab")
        assert "How long it waits" not in here.picture


async def test_an_upload_starts_it_for_some_kinds_of_file():
    backend = Shelves(Template(id="1", name="t"))
    async with dashboard(backend=backend) as here:
        await ask(here, row=0)
        assert not here.screen._field("extensions").display
        await fill(here, name="new")
        await here.press("tab", "tab", "tab", "tab", "space")
        await fill(here, extensions="pdf; docx")
        assert "of a kind that can't be read yet" in here.screen.query_one("#plan").words
        await answer(here)
        assert "pdf,docx,csv was expected" in wrong(here, "extensions")
        await fill(here, extensions=".PDF, docx")
        assert "when a file (pdf, docx) is uploaded" in here.screen.query_one("#plan").words
        await answer(here)
        (request,) = backend.arrived("create_from_template")
        assert (request.trigger_on_file_upload, request.trigger_file_extensions) == (
            True,
            "pdf,docx",
        )


async def test_a_name_may_be_any_line_where_the_place_has_such_names():
    backend = Shelves(Template(id="1", name="t"))
    backend.any_names = True
    async with dashboard(backend=backend) as here:
        await ask(here, row=0)
        await fill(here, name="#7")
        assert "what begins with # is an id" in wrong(here, "name")
        await fill(here, name="My daily sync (north)")
        await answer(here)
        (request,) = backend.arrived("create_from_template")
        assert request.workflow_name == "My daily sync (north)"

"""An event is published as the plan shows it."""

from __future__ import annotations

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import WorkflowExecutionError
from dli_tui.domain.query import NewEvent
from dli_tui.tui.modals.publish import PublishQuestion
from tests.support_deeds import answer, notices
from tests.support_tui import dashboard
from tests.tui.test_sagas_screen import Sagas, saga


async def ask(here):
    """Open the form."""
    await here.press("4")
    await here.press("M")
    assert isinstance(here.screen, PublishQuestion)


async def fill(here, **values):
    """Put values into fields, as a paste does."""
    for name, value in values.items():
        here.screen._field(name).value = value
    await here.settle()


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_what_is_filled_in_is_what_the_plan_shows_and_what_is_sent(size):
    backend = Sagas()
    async with dashboard(backend=backend, size=size) as here:
        await ask(here)
        assert "an event without a type" in here.picture
        await fill(here, type="order.paid", data="id=7 api_key=k", kind="order", which="7")
        await fill(here, correlation="c1")
        plan = here.screen.query_one("#plan").words
        assert "tells       order.paid, to every service that listens" in plan
        assert "about       order 7" in plan
        assert "belongs to  c1" in plan
        assert "data        id = 7" in plan
        assert "api_key = ***" in plan
        await answer(here)
        assert backend.arrived("publish") == [
            NewEvent("order.paid", {"id": 7, "api_key": "k"}, "order", "7", "c1")
        ]
        assert "Told order.paid as e1: published" in notices(here)


async def test_what_is_missing_or_can_not_be_read_is_said_where_it_stands():
    backend = Sagas()
    async with dashboard(backend=backend) as here:
        await ask(here)
        await fill(here, data="{1}")
        assert "this is not JSON" in here.picture
        await answer(here)
        assert "Say what happened" in here.picture
        await fill(here, type="x")
        await answer(here)
        assert here.app.focused.parent.parent.name == "data"
        assert backend.sent == []


async def test_a_refusal_keeps_what_was_typed():
    backend = Sagas()
    backend.cues["publish"] = [WorkflowExecutionError("no such event")]
    async with dashboard(backend=backend) as here:
        await ask(here)
        await fill(here, type="x.y")
        await answer(here)
        assert "no such event" in here.picture
        assert here.screen._field("type").value == "x.y"
        await here.press("escape")
        await here.press("M")
        assert here.screen._field("type").value == "x.y"


async def test_it_is_reached_from_the_page_of_a_saga_too():
    async with dashboard(backend=Sagas(saga())) as here:
        await here.press("4", "enter")
        await here.press("M")
        assert isinstance(here.screen, PublishQuestion)


async def test_a_place_without_events_says_so():
    async with dashboard(backend=Sagas(without=[Capability.EVENTS])) as here:
        await here.press("4")
        await here.press("M")
        assert "doesn't offer publishing an event" in notices(here)[-1]

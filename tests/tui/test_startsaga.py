"""A saga is started with a kind that the server knows and with what that has to be given."""

from __future__ import annotations

import pytest

from dli_tui.domain.errors import ServerError, WorkflowExecutionError
from dli_tui.domain.query import NewSaga
from dli_tui.domain.saga import SagaType
from dli_tui.tui.modals.startsaga import StartSagaQuestion
from dli_tui.tui.screens.saga import SagaScreen
from tests.support_deeds import answer, notices
from tests.support_tui import dashboard
from tests.tui.test_sagas_screen import Sagas

KINDS = (
    SagaType(name="order", description="Buy", required_fields=("id",), optional_fields=("note",)),
    SagaType(name="refund"),
)


async def ask(here):
    """Open the form."""
    await here.press("4")
    await here.press("R")
    assert isinstance(here.screen, StartSagaQuestion)


async def fill(here, **values):
    """Put values into fields, as a paste does."""
    for name, value in values.items():
        here.screen.query_one(f"#field-{name}").value = value
    await here.settle()


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_a_kind_is_taken_from_those_that_there_are_and_started(size):
    async with dashboard(size=size) as here:
        await ask(here)
        assert "order_fulfilment" in here.picture
        assert "The server knows 2 kinds" in here.screen.query_one("#plan").words
        await here.type("ord")
        assert "starts" not in here.screen.query_one("#plan").words
        await here.press("tab")
        assert "starts      order_fulfilment" in here.screen.query_one("#plan").words
        assert here.screen.query_one("#field-kind").value == "order_fulfilment"
        assert "has to be given order_id" in here.screen.query_one("#plan").words
        assert "still lacks order_id" in here.picture
        await fill(here, input="order_id=7 currency=EUR", correlation="run-1")
        assert "still lacks" not in here.picture
        await answer(here)
        (action,) = here.backend._journal.actions()
        assert action.deed == "start_saga"
        assert action.details["input_data"] == {"order_id": 7, "currency": "EUR"}
        assert action.details["correlation_id"] == "run-1"
        assert notices(here)[-1] == f"Started order_fulfilment: {action.name}"
        opened = here.screen
        assert isinstance(opened, SagaScreen)
        assert opened.crumbs[-1] == action.name
        await here.press("escape")
        assert here.screen.table.rows[0].raw == action.name


async def test_json_is_taken_too():
    backend = Sagas(saga_types=[KINDS])
    async with dashboard(backend=backend) as here:
        await ask(here)
        await fill(here, kind="order", input='{"id": [1, 2]}')
        await answer(here)
        assert backend.arrived("start_saga") == [NewSaga("order", {"id": [1, 2]})]


async def test_what_is_wrong_is_said_where_it_is_wrong():
    async with dashboard(backend=Sagas(saga_types=[KINDS]), size=(80, 24)) as here:
        await ask(here)
        await fill(here, kind="ordre")
        await answer(here)
        assert "It can be: order, refund" in here.picture
        await fill(here, kind="order")
        await answer(here)
        assert "It has to be given id" in here.picture
        await fill(here, input='{"id": [')
        await answer(here)
        assert "this is not JSON" in here.picture
        assert here.backend.sent == []


async def test_where_the_kinds_are_not_told_any_word_is_sent():
    backend = Sagas()
    async with dashboard(backend=backend) as here:
        await ask(here)
        assert "what you type is sent as it is" in here.picture
        await answer(here)
        assert "Say which kind to start" in here.picture
        await fill(here, kind="any word")
        await answer(here)
        assert backend.arrived("start_saga") == [NewSaga("any word")]


async def test_where_the_kinds_cannot_be_had_that_is_said_and_it_goes_on():
    backend = Sagas(saga_types=[ServerError("out of order")])
    async with dashboard(backend=backend) as here:
        await ask(here)
        assert "DLI-503 out of order" in here.picture
        await fill(here, kind="order")
        await answer(here)
        assert backend.sent == ["start_saga"]


async def test_a_refusal_keeps_the_form():
    backend = Sagas(start_saga=[WorkflowExecutionError("no worker is free")])
    async with dashboard(backend=backend) as here:
        await ask(here)
        await fill(here, kind="order", input="id=1")
        await answer(here)
        assert "no worker is free" in here.picture
        assert here.screen._field("input").value == "id=1"
        await answer(here)
        assert not isinstance(here.screen, StartSagaQuestion)


async def test_nothing_of_a_hostile_kind_is_obeyed():
    nasty = "[@click=app.quit]x[/] \x1b[2J"
    kinds = (SagaType(name=nasty, description=nasty, required_fields=(nasty,)),)
    async with dashboard(backend=Sagas(saga_types=[kinds]), size=(120, 36)) as here:
        await ask(here)
        await here.type("x")
        assert "[@click=app.quit]x[/]" in here.picture
        assert all(line.isprintable() for line in here.lines)


async def test_the_plan_shows_what_is_sent_and_on_whose_behalf():
    backend = Sagas()
    backend.cues["saga_types"] = [KINDS]
    async with dashboard(backend=backend) as here:
        await ask(here)
        await fill(here, kind="order", input="id=7 token=s", correlation="c1", tenant="north")
        plan = here.screen.query_one("#plan").words
        assert "starts      order" in plan
        assert "input       id = 7" in plan
        assert "token = ***" in plan
        assert "belongs to  c1" in plan
        assert "tenant      north" in plan
        await answer(here)
        (request,) = backend.arrived("start_saga")
        assert request == NewSaga("order", {"id": 7, "token": "s"}, "c1", "north")

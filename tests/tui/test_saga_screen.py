"""One saga, live: its two lanes, and what is asked of it."""

from __future__ import annotations

import pytest

from dli_tui.domain.errors import WorkflowNotFoundError
from dli_tui.domain.saga import SagaStep
from dli_tui.domain.status import SagaStatus, StepStatus
from dli_tui.session.sagas import SAGA_SECONDS
from dli_tui.tui import pages
from dli_tui.tui.screens.saga import SagaScreen
from tests.support_deeds import answer, notices
from tests.support_tui import SIZES, dashboard
from tests.tui.test_sagas_screen import Sagas, go_to, saga


async def open_saga(here, name):
    """Open the page of a saga."""
    await go_to(here, name)
    await here.press("enter")
    assert isinstance(here.screen, SagaScreen)


async def start(here, text="order_id=1"):
    """Start a saga on the demo, and open its page."""
    await here.press("4")
    await here.press("R")
    here.screen.query_one("#field-kind").value = "order_fulfilment"
    here.screen._field("input").value = text
    await here.settle()
    await answer(here)
    await here.press("enter")
    assert isinstance(here.screen, SagaScreen)


def line_of(here, step):
    return next(line for line in here.lines if line.startswith((f"  {step} ", f"› {step} ")))


@pytest.mark.parametrize("size", SIZES)
async def test_what_it_does_and_what_it_undoes_stand_beside_each_other(size):
    async with dashboard(size=size) as here:
        await open_saga(here, "saga-0005")
        assert "« compensating" in here.lines[0]
        doing, undoing = line_of(here, "charge_customer").split("|")
        assert "✓ completed" in doing
        assert "► running" in undoing
        assert "✗ failed" in line_of(here, "book_carrier").split("|")[0]
        assert "carrier answered 503" in here.picture
        assert "undone 1/2" in here.picture
        await here.press("down", "down")
        assert "book_carrier  by shipping" in here.picture
        assert "CancelCarrier  not called for" in here.picture


async def test_a_saga_goes_on_before_your_eyes_and_is_final_at_its_end():
    async with dashboard() as here:
        await start(here)
        assert "pending" in here.lines[0]
        await here.pass_by(10)
        assert "► running" in line_of(here, "reserve_stock")
        await here.pass_by(15)
        assert "✓ completed" in line_of(here, "reserve_stock")
        assert "done 1/4" in here.picture
        for _ in range(5):
            await here.pass_by(15)
        assert "✓ completed" in here.lines[0]
        assert "final" in here.lines[0]


async def test_one_that_fails_goes_back_the_last_step_first():
    async with dashboard() as here:
        await start(here, "order_id=1 fail_at=book_carrier")
        await here.pass_by(50)
        assert "« compensating" in here.lines[0]
        assert "► running" in line_of(here, "charge_customer").split("|")[1]
        assert "◌ pending" in line_of(here, "reserve_stock").split("|")[1]
        await here.pass_by(60)
        assert "compensated" in here.lines[0]
        assert "shipping answered 503 to BookCarrier" in here.picture


async def test_cancelling_says_what_will_be_undone_and_shows_it_being_undone():
    async with dashboard(size=(80, 24)) as here:
        await open_saga(here, "saga-0006")
        await here.press("s")
        # "esc cancel" means this question: nothing else here is called so.
        assert "Stop saga saga-0006?" in here.picture
        lines = here.picture.splitlines()
        order = [
            next(at for at, line in enumerate(lines) if text in line)
            for text in (
                "stops   book_carrier",
                "undoes  charge_customer  by RefundCustomer",
                "undoes  reserve_stock  by ReleaseStock",
            )
        ]
        assert order == sorted(order)
        assert here.sent == []
        await answer(here)
        assert here.sent == ["cancel_saga"]
        assert notices(here)[-1] == "Asked saga-0006 to stop"
        assert "« compensating" in here.lines[0]
        await here.pass_by(60)
        assert "compensated" in here.lines[0]


async def test_a_server_that_says_cancelled_at_once_is_not_believed_until_a_look_says_so():
    done = SagaStep(name="a", status=StepStatus.COMPLETED, compensation="UndoA")
    backend = Sagas(saga("s1", SagaStatus.RUNNING, done))
    async with dashboard(backend=backend) as here:
        await open_saga(here, "s1")
        await here.press("s")
        await answer(here)
        assert "cancel requested" in here.lines[0]
        assert "cancel requested" in here.screen.head.words
        await here.press("s")
        assert "it was asked to already" in notices(here)[-1]
        assert backend.sent == ["cancel_saga"]
        backend.known = [saga("s1", SagaStatus.COMPENSATED, done)]
        await here.pass_by(SAGA_SECONDS)
        assert "compensated" in here.lines[0]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("saga-0001", "Can't cancel saga-0001: it is completed"),
        ("saga-0005", "it is undoing what it did already"),
        ("saga-0003", "it is failed"),
        ("saga-0004", "it is cancelled"),
    ],
)
async def test_what_cannot_be_cancelled_says_why(name, says):
    async with dashboard() as here:
        await open_saga(here, name)
        await here.press("s")
        assert says in notices(here)[-1]
        assert here.sent == []


async def test_a_saga_without_steps_says_so_and_can_be_cancelled():
    backend = Sagas(saga("s1"))
    async with dashboard(backend=backend) as here:
        await open_saga(here, "s1")
        assert "The server tells no steps of this saga" in here.picture
        await here.press("s")
        assert "The server tells no steps: whatever it did is undone" in here.picture
        await answer(here)
        assert backend.sent == ["cancel_saga"]


async def test_a_saga_that_is_gone_says_so():
    async with dashboard() as here:
        here.app.push_screen(SagaScreen("saga-9999", "saga-9999"))
        await here.settle()
        assert "Saga 'saga-9999' not found" in here.picture
        await here.press("s")
        assert notices(here)[-1] == "There is no saga here to cancel"


async def test_the_lanes_can_have_the_page_for_themselves():
    async with dashboard(size=(80, 24)) as here:
        await open_saga(here, "saga-0006")
        assert "belongs to" in here.picture
        await here.press("z")
        assert "belongs to" not in here.picture
        assert "charge_customer" in here.picture
        await here.press("escape")
        assert "belongs to" in here.picture
        assert isinstance(here.screen, SagaScreen)


async def test_a_covered_page_asks_nothing_and_one_that_is_left_no_more():
    backend = Sagas(saga("s1"))
    async with dashboard(backend=backend) as here:
        await open_saga(here, "s1")
        here.app.push_screen(pages.BESIDE["health"]())
        await here.settle()
        before = len(backend.arrived("saga"))
        await here.pass_by(100)
        assert len(backend.arrived("saga")) == before
        await here.press("escape")
        await here.press("escape")
        after = len(backend.arrived("saga"))
        await here.pass_by(100)
        assert len(backend.arrived("saga")) == after


async def test_one_that_expired_says_so_and_its_last_picture_stays():
    class Forgetful(Sagas):
        """Forgets what it is told to."""

        async def saga(self, saga_id):
            cue = self._asked("saga", saga_id)
            return cue or await super().saga(saga_id)

    step = SagaStep(name="charge", command="Charge", status=StepStatus.RUNNING)
    backend = Forgetful(saga("s1", SagaStatus.RUNNING, step))
    async with dashboard(backend=backend) as here:
        await open_saga(here, "s1")
        backend.cues["saga"] = [WorkflowNotFoundError("Saga 's1' not found")]
        await here.pass_by(SAGA_SECONDS)
        assert "It has expired there; this is the last that was seen of it" in here.picture
        assert "► running" in line_of(here, "charge")
        assert "final" in here.lines[0]
        assert "DLI-800" not in here.picture

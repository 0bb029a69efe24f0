"""Sagas: which are under way, which went back, and what can be done about them."""

from __future__ import annotations

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.domain.saga import Saga, SagaStep
from dli_tui.domain.status import SagaStatus, StepStatus
from dli_tui.tui.looks import SAGAS
from dli_tui.tui.screens.saga import SagaScreen
from dli_tui.tui.screens.sagas import SagasScreen
from tests.support_backends import ScriptedBackend
from tests.support_deeds import notices
from tests.support_tui import HOUR, SIZES, dashboard


class Sagas(ScriptedBackend):
    """The sagas that a test puts there; what is asked of them changes nothing."""

    def __init__(self, *sagas, **options):
        super().__init__(**options)
        self.known = list(sagas)

    async def sagas(self):
        self._asked("sagas", None)
        return tuple(self.known)

    async def saga(self, saga_id):
        self._asked("saga", saga_id)
        known = next((one for one in self.known if one.saga_id == saga_id), None)
        return known or saga(saga_id)


def saga(saga_id="s1", status=SagaStatus.RUNNING, *steps, **more):
    made = {"saga_type": "order", "created_at": HOUR, **more}
    return Saga(saga_id=saga_id, status=status, steps=steps, **made)


def names(here):
    return [row.name for row in here.screen.table.rows]


async def go_to(here, name):
    """Go to the sagas, and there to one."""
    await here.press("4")
    table = here.screen.table
    table.go_to(next(at for at, row in enumerate(table.rows) if row.name == name))
    await here.settle()


@pytest.mark.parametrize("size", SIZES)
async def test_every_state_has_its_word_and_how_far_it_is(size):
    async with dashboard(size=size) as here:
        await here.press("4")
        assert names(here) == [f"saga-{number:04}" for number in range(7, 0, -1)]
        for status in set(SagaStatus) - {SagaStatus.UNKNOWN}:
            assert SAGAS[status].word in here.picture
        assert "order_fulfilment" in here.picture
        assert ("payment provider answered 402" in here.picture) is (size[0] >= 120)
        assert "R start" in here.lines[-1]
        assert "s cancel" in here.lines[-1]


async def test_a_status_and_a_search_leave_what_fits_and_say_how_to_take_them_off():
    async with dashboard(size=(80, 24)) as here:
        await here.press("4")
        await here.press("a", "a")
        assert names(here) == ["saga-0006"]
        assert "status running" in here.picture
        await here.press("slash")
        await here.type("order-07")
        assert "No saga fits the filter" in here.picture
        assert "status running, search order-07" in here.picture
        await here.press("enter", "x")
        assert len(names(here)) == 7
        await here.press("slash")
        await here.type("ORDER-03")
        assert names(here) == ["saga-0003"]


async def test_one_that_is_new_comes_first_and_the_cursor_stays_where_somebody_put_it():
    backend = Sagas(saga("s1"))
    async with dashboard(backend=backend) as here:
        await here.press("4")
        backend.known.insert(0, saga("s2"))
        await here.press("r")
        assert here.screen.table.current.name == "s2"
        await here.press("down")
        backend.known.insert(0, saga("s3"))
        await here.press("r")
        assert names(here) == ["s3", "s2", "s1"]
        assert here.screen.table.current.name == "s1"


async def test_a_saga_is_opened_and_left():
    async with dashboard() as here:
        await here.press("4")
        await here.press("enter")
        assert isinstance(here.screen, SagaScreen)
        await here.press("escape")
        assert isinstance(here.screen, SagasScreen)


async def test_ages_go_on_while_somebody_looks():
    async with dashboard(backend=Sagas(saga())) as here:
        await here.press("4")
        assert " now" in here.picture
        for _ in range(5):
            await here.pass_by(60)
        assert " 5m" in here.picture


async def test_a_place_without_sagas_says_so():
    async with dashboard(backend=Sagas()) as here:
        await here.press("4")
        assert "There are no sagas in demo yet" in here.picture
        await here.press("s")
        assert notices(here)[-1] == "There is no saga here to cancel"


async def test_a_place_that_offers_none_says_so_to_whoever_comes_there_anyway():
    async with dashboard(backend=Sagas(without=[Capability.SAGAS])) as here:
        here.app.visit("sagas")
        await here.settle()
        assert "The script doesn't offer sagas" in here.picture
        await here.press("R")
        assert isinstance(here.screen, SagasScreen)


async def test_a_place_that_cannot_stop_runs_can_cancel_sagas_all_the_same():
    backend = Sagas(saga(), without=[Capability.STOP, Capability.RUN])
    async with dashboard(backend=backend) as here:
        await here.press("4")
        assert "s cancel" in here.lines[-1]
        await here.press("s")
        assert "Stop saga s1?" in here.picture


async def test_an_error_is_told():
    backend = Sagas(sagas=[ConnectionFailedError()])
    async with dashboard(backend=backend) as here:
        await here.press("4")
        assert "DLI-501" in here.screen.table.said


async def test_nothing_of_a_hostile_saga_is_obeyed():
    nasty = "[@click=app.quit]x[/] \x1b[2J\x1b]0;t\x07 [/nope]"
    step = SagaStep(
        name=nasty,
        service=nasty,
        command=nasty,
        compensation=nasty,
        status=StepStatus.COMPLETED,
        error_message=nasty,
    )
    one = saga(
        nasty,
        SagaStatus.UNKNOWN,
        step,
        saga_type=nasty,
        raw_status=nasty,
        error_message=nasty,
        correlation_id=nasty,
        tenant_id=nasty,
        input_data={nasty: nasty},
    )
    async with dashboard(backend=Sagas(one), size=(200, 60)) as here:
        await here.press("4")
        for key in ("enter", "s"):
            assert "[@click=app.quit]x[/]" in here.picture
            assert all(line.isprintable() for line in here.lines)
            await here.press(key)
        assert "Stop saga [@click=app.quit]x[/]" in here.picture
        assert all(line.isprintable() for line in here.lines)


async def test_where_nothing_can_be_changed_no_saga_is_started_or_cancelled():
    async with dashboard(read_only=True) as here:
        await go_to(here, "saga-0006")
        for key in ("s", "R"):
            await here.press(key)
            assert "READ-ONLY" in notices(here)[-1]
            assert isinstance(here.screen, SagasScreen)


async def test_the_id_can_be_copied():
    async with dashboard() as here:
        await here.press("4")
        await here.press("y")
        assert here.app.clipboard == "saga-0007"


async def test_on_a_narrow_terminal_too_it_is_read_how_much_is_undone():
    async with dashboard(size=(60, 16)) as here:
        await here.press("4")
        assert "undo 1/2" in here.picture

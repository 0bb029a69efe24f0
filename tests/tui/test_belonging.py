"""From a saga to its run, and from a run to its saga."""

from __future__ import annotations

from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.tui.screens.run import RunScreen
from dli_tui.tui.screens.saga import SagaScreen
from tests.support_backends import row, run
from tests.support_deeds import notices
from tests.support_tui import dashboard
from tests.tui.test_sagas_screen import Sagas, saga


def place(*sagas):
    """A workflow with a run, and sagas."""
    last = run("789")
    rows = [row("d", workflow_id="123", last_run=last), row("e", workflow_id="5")]
    return Sagas(*sagas, rows=rows, runs=[last])


MINE = saga("mine", correlation_id="workflow-123-execution-789")
OTHER = saga("other", correlation_id="workflow-5-execution-789")


async def test_a_saga_leads_to_its_run_and_that_back_to_the_saga():
    async with dashboard(backend=place(OTHER, MINE)) as here:
        await here.press("4")
        await here.press("down", "enter")
        assert here.screen.crumbs[-1] == "mine"
        await here.press("J")
        assert isinstance(here.screen, RunScreen)
        assert here.screen.crumbs == ("Workflows", "d", "789")
        await here.press("J")
        assert isinstance(here.screen, SagaScreen)
        assert here.screen.crumbs[-1] == "mine"


async def test_both_ways_are_there_from_the_lists_too():
    async with dashboard(backend=place(MINE)) as here:
        await here.press("J")
        assert isinstance(here.screen, SagaScreen)
        await here.press("4")
        await here.press("J")
        assert isinstance(here.screen, RunScreen)


async def test_what_belongs_to_nothing_says_so():
    async with dashboard(backend=place(saga("s", correlation_id="order-5"))) as here:
        await here.press("J")
        assert "No saga belongs to this run" in notices(here)[-1]
        await here.press("4")
        await here.press("J")
        assert "This saga belongs to no run" in notices(here)[-1]


async def test_a_problem_on_the_way_is_said():
    backend = place(MINE)
    async with dashboard(backend=backend) as here:
        backend.cues["sagas"] = [ConnectionFailedError()]
        await here.press("J")
        assert "DLI-501" in notices(here)[-1]
        await here.press("down", "J")
        assert "There is no run here" in notices(here)[-1]

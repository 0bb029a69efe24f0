"""A retry says which steps run again, and asks for nothing else."""

from __future__ import annotations

from dli_tui.domain.errors import ServerError
from dli_tui.domain.status import RunStatus
from tests.support_backends import ScriptedBackend, row, run
from tests.support_deeds import answer, go_to
from tests.support_tui import dashboard


async def test_the_failed_steps_are_named_and_run_again():
    async with dashboard(size=(80, 24)) as here:
        await go_to(here, "carriers.rates")
        await here.press("t")
        assert "again fetch, load, notify, and what comes after" in here.picture
        assert "run logistics.carriers.rates_20261121_060000" in here.picture
        await answer(here)
        (action,) = here.backend._journal.actions()
        assert (action.deed, action.run_id) == (
            "retry",
            "logistics.carriers.rates_20261121_060000",
        )


class Silent(ScriptedBackend):
    """Doesn't tell the steps of a run."""

    async def steps(self, ref):
        raise ServerError("no steps today")


async def test_a_server_that_does_not_tell_steps_can_still_be_asked_to_retry():
    backend = Silent([row("d", last_run=run("r1", RunStatus.FAILED))])
    async with dashboard(backend=backend) as here:
        await here.press("t")
        assert "again its failed steps" in here.picture
        await answer(here)
        assert backend.sent == ["retry"]

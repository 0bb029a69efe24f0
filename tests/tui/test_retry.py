"""A retry says which steps run again, and asks for nothing else."""

from __future__ import annotations

from dli_tui.domain.errors import DLIError, ServerError, WorkflowPermissionError
from dli_tui.domain.retry import RetryPlan, StepAgain
from dli_tui.domain.status import RunStatus
from tests.support_backends import ScriptedBackend, row, run
from tests.support_deeds import WaitingBackend, answer, go_to, tap
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


class Telling(ScriptedBackend):
    """Tells beforehand what a retry runs again, or why it doesn't."""

    plan: RetryPlan | DLIError = RetryPlan(
        steps=(StepAgain(name="load", map_index=2), StepAgain(name="notify")), is_whole=True
    )

    async def retry_plan(self, ref, steps=()):
        if isinstance(self.plan, DLIError):
            raise self.plan
        return self.plan


async def test_what_the_server_says_it_would_run_again_is_what_the_question_shows():
    backend = Telling([row("d", last_run=run("r1", RunStatus.FAILED))])
    async with dashboard(backend=backend) as here:
        await here.press("t")
        assert "again 2 steps: load [2], notify" in here.picture
        assert "what comes after" not in here.picture
        assert backend.sent == []


async def test_a_server_that_refuses_to_tell_says_why():
    backend = Telling([row("d", last_run=run("r1", RunStatus.FAILED))])
    backend.plan = WorkflowPermissionError("your role may not retry")
    async with dashboard(backend=backend) as here:
        await here.press("t")
        assert "its failed steps, and what comes after" in here.picture
        assert "your role may not retry" in here.picture


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


async def test_the_question_opens_at_once_and_waits_for_the_steps():
    backend = WaitingBackend([row("d", last_run=run("r1", RunStatus.FAILED))])
    async with dashboard(backend=backend, size=(80, 24)) as here:
        await tap(here, "t", "t")
        assert len(here.app.screen_stack) == 2
        assert "asking for the steps …" in here.picture
        assert "enter retry" not in here.picture
        here.pace.advance(1)
        await tap(here, "enter", "ctrl+s")
        assert backend.sent == []
        backend.gate.set()
        await here.settle()
        assert "again its failed steps" in here.picture
        await here.press("enter")
        assert backend.sent == [], "too soon to have read the steps"
        await answer(here)
        assert backend.sent == ["retry"]


async def test_a_retry_can_be_left_before_the_steps_come():
    backend = WaitingBackend([row("d", last_run=run("r1", RunStatus.FAILED))])
    async with dashboard(backend=backend) as here:
        await tap(here, "t", "escape")
        backend.gate.set()
        await here.settle()
        assert len(here.app.screen_stack) == 1
        assert backend.sent == []

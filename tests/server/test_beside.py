"""What only a server of ours has, where the demo behind it has less."""

from contextlib import asynccontextmanager

import pytest

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import Unsupported, WorkflowPermissionError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.retry import RetryPlan, StepAgain
from dli_tui.domain.status import RunStatus
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend, row, run
from tests.support_server import application, in_process

REF = RunRef("r1", "d")
WHOLE = RetryPlan(steps=(StepAgain(name="load", map_index=2),), is_whole=True)


class Telling(ScriptedBackend):
    """Tells beforehand what a retry runs again."""

    async def retry_plan(self, ref, steps=()):
        self._asked("retry_plan", (ref.run_id, tuple(steps)))
        return WHOLE


@asynccontextmanager
async def served(backend, **settings):
    app = application(lambda: backend, ManualClock(NOW), **settings)
    async with in_process(app) as client:
        yield client


def telling(**options):
    return Telling([row("d", last_run=run("r1", RunStatus.FAILED))], **options)


@pytest.mark.parametrize("steps", [(), ("load", "a, b")])
async def test_the_plan_of_a_retry_comes_through_as_the_place_tells_it(steps):
    backend = telling()
    async with served(backend) as client:
        assert await client.retry_plan(REF, steps) == WHOLE
    assert backend.arrived("retry_plan") == [("r1", steps)]
    assert backend.sent == []


async def test_a_plan_is_told_where_nothing_may_be_changed():
    async with served(telling(), read_only=True) as client:
        assert await client.retry_plan(REF) == WHOLE


async def test_a_role_behind_that_may_not_is_told_why():
    backend = telling(retry_plan=[WorkflowPermissionError("your role there may not retry")])
    async with served(backend) as client:
        with pytest.raises(WorkflowPermissionError, match="your role there may not retry"):
            await client.retry_plan(REF)


async def test_where_the_place_tells_no_plan_its_steps_are_asked_for():
    backend = telling(without=[Capability.RETRY_PLAN, Capability.STEPS])
    async with served(backend) as client:
        assert Capability.RETRY_PLAN not in client.capabilities
        with pytest.raises(Unsupported, match="doesn't offer showing the steps"):
            await client.retry_plan(REF)
    assert backend.arrived("retry_plan") == []

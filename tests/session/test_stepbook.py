"""Steps of runs side by side: asked for once, and again when a run has moved."""

from contextlib import asynccontextmanager

from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ConnectionFailedError, Unsupported, WorkflowNotFoundError
from dli_tui.domain.status import RunStatus, StepStatus
from dli_tui.domain.step import Step
from dli_tui.session.stepbook import AT_ONCE, KEPT
from tests.support_backends import NOW, ScriptedBackend, run
from tests.support_session import looking_at

DOWN = ConnectionFailedError()


class Steps(ScriptedBackend):
    """Each run has one step."""

    async def steps(self, ref):
        self._asked("steps", ref)
        return (Step(name="load", status=StepStatus.COMPLETED),)


@asynccontextmanager
async def book_of(backend):
    async with looking_at(backend) as here:
        book = here.session.stepbook()
        await book.start()
        yield here, book
        await book.close()


def some(count):
    return [run(f"r{at}") for at in range(count)]


async def test_nothing_is_asked_before_something_is_wanted():
    backend = Steps()
    async with book_of(backend) as (here, _):
        await here.settle()
        assert not backend.arrived("steps")


async def test_the_steps_of_what_is_wanted_come_and_are_asked_for_once():
    backend, runs = Steps(), some(2 * AT_ONCE + 1)
    async with book_of(backend) as (here, book):
        book.want(runs)
        await here.settle()
        assert set(book.steps) == {one.ref for one in runs}
        assert not book.is_behind
        book.want(runs)
        await here.pass_by(60)
        assert len(backend.arrived("steps")) == len(runs)


async def test_a_run_that_moved_is_asked_for_again_but_not_for_its_heartbeat():
    backend = Steps()
    async with book_of(backend) as (here, book):
        for one in (run(), run(updated_at=NOW), run(status=RunStatus.FAILED)):
            book.want([one])
            await here.settle()
        assert len(backend.arrived("steps")) == 2


async def test_a_run_that_is_gone_has_no_steps():
    backend = Steps(cues={"steps": [WorkflowNotFoundError(run_id="r0")]})
    async with book_of(backend) as (here, book):
        book.want(some(2))
        await here.settle()
        assert [len(steps) for steps in book.steps.values()] == [0, 1]
        assert book.freshness.problem is None


async def test_a_place_without_steps_says_so_and_is_left_in_peace():
    backend = Steps(cues={"steps": [Unsupported("Steps are not offered here")]})
    async with book_of(backend) as (here, book):
        book.want([run()])
        await here.pass_by(60)
        assert book.note == "Steps are not offered here"
        assert len(backend.arrived("steps")) == 1


async def test_steps_that_are_offered_late_are_asked_for_when_they_are_wanted_again():
    backend = Steps(cues={"steps": [Unsupported("Steps are not offered here")]})
    backend.capabilities -= {Capability.STEPS}
    async with book_of(backend) as (here, book):
        book.want([run()])
        await here.settle()
        backend.capabilities |= {Capability.STEPS}
        book.want([run()])
        await here.settle()
        assert (len(book.steps), book.note) == (1, "")


async def test_what_came_beside_a_problem_is_kept_and_the_rest_asked_for_again():
    backend = Steps(cues={"steps": [DOWN]})
    async with book_of(backend) as (here, book):
        book.want(some(2))
        await here.settle()
        assert (len(book.steps), book.freshness.problem) == (1, DOWN)
        await here.pass_by(5)
        assert (len(book.steps), book.freshness.problem) == (2, None)


async def test_steps_that_nobody_sees_any_more_are_let_go():
    async with book_of(Steps()) as (here, book):
        book.want(some(KEPT))
        await here.settle()
        book.want([run("new")])
        await here.settle()
        assert len(book.steps) == KEPT
        assert run("new").ref in book.steps

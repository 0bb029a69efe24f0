"""One run is followed while it moves, looked at once more when it is over, and then left."""

from contextlib import asynccontextmanager
from datetime import timedelta

from dli_tui.backends.demo.backend import DemoBackend
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.journal import MemoryJournal
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ConnectionFailedError, Unsupported, WorkflowNotFoundError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.query import RunRequest
from dli_tui.domain.status import RunStatus, StepStatus
from dli_tui.domain.step import Step
from dli_tui.session.front import BEHIND_SECONDS
from tests.support import ManualClock
from tests.support_backends import NOW, ScriptedBackend, row, run
from tests.support_session import looking_at

DOWN = ConnectionFailedError()
REF = RunRef("r1", "d")
RUNNING, UNKNOWN, DONE = RunStatus.RUNNING, RunStatus.UNKNOWN, RunStatus.COMPLETED


class OneRun(ScriptedBackend):
    """A place with one run, whose status and steps the test sets."""

    def __init__(self, status=RUNNING, **cues):
        super().__init__([row("d", timezone="Asia/Seoul")], cues=cues)
        self.status, self.first_step = status, StepStatus.RUNNING

    async def run_status(self, ref):
        self._asked("run_status", ref)
        beat = timedelta(seconds=len(self.calls))
        return run("r1", self.status, updated_at=NOW + beat)

    async def steps(self, ref):
        self._asked("steps", ref)
        return (Step(name="load", status=self.first_step),)


@asynccontextmanager
async def following(backend, ref=REF, clock=None):
    async with looking_at(backend, clock=clock) as here:
        feed = here.session.run(ref)
        await feed.start()
        await here.settle()
        yield here, feed
        await feed.close()


async def waits(here, count):
    """The seconds between the next `count` looks."""
    found = []
    for _ in range(count):
        before, passed = here.asked("run_status"), 0
        while here.asked("run_status") == before:
            await here.pass_by(1)
            passed += 1
        found.append(passed)
    return found


async def test_a_run_is_there_with_its_steps_and_the_zone_of_its_row():
    async with following(OneRun()) as (_, feed):
        assert feed.run.status is RUNNING
        assert [step.name for step in feed.steps] == ["load"]
        assert (feed.timezone, feed.steps_note, feed.ended) == ("Asia/Seoul", "", False)


async def test_a_feed_asks_nothing_before_it_is_started():
    async with looking_at(OneRun()) as here:
        feed = here.session.run(RunRef("r1"))
        await here.pass_by(100)
        assert (here.asked("run_status"), feed.run, feed.timezone) == (0, None, "UTC")


async def test_where_nothing_moves_it_is_looked_at_less_often_until_something_does():
    async with following(OneRun()) as (here, _):
        assert await waits(here, 18) == [2] * 5 + [4] * 5 + [8] * 5 + [10] * 3
        here.backend.first_step = StepStatus.COMPLETED
        assert await waits(here, 3) == [10, 2, 2]


async def test_after_the_end_it_is_looked_at_once_more_and_then_left():
    async with following(OneRun()) as (here, feed):
        here.backend.status = DONE
        await here.pass_by(2)
        assert (feed.run.status, feed.ended) == (DONE, False)
        here.backend.first_step = StepStatus.COMPLETED
        await here.pass_by(2)
        assert (feed.steps[0].status, feed.ended) == (StepStatus.COMPLETED, True)
        before = here.asked("run_status")
        await here.pass_by(10_000)
        assert here.asked("run_status") == before


async def test_a_run_that_was_begun_again_is_followed_again():
    async with following(OneRun(DONE)) as (here, feed):
        await here.pass_by(2)
        assert feed.ended
        here.backend.status = RUNNING
        await here.refresh(feed)
        assert not feed.ended
        assert await waits(here, 2) == [2, 2]


async def test_a_retry_that_takes_a_moment_to_show_is_seen_too():
    async with following(OneRun(DONE)) as (here, feed):
        await here.pass_by(2)
        await here.refresh(feed)
        assert feed.ended
        here.backend.status = RUNNING
        await here.pass_by(2)
        assert not feed.ended


async def test_a_run_of_which_nobody_knows_is_given_ten_minutes_of_attention():
    async with following(OneRun(UNKNOWN)) as (here, feed):
        await here.pass_by(300)
        assert max(await waits(here, 5)) <= 10
        await here.pass_by(600)
        assert await waits(here, 2) == [60, 60]
        here.backend.status = RUNNING
        await here.refresh(feed)
        assert await waits(here, 1) == [2]


async def test_a_place_without_steps_says_so_and_is_not_asked_again():
    backend = OneRun(steps=[Unsupported("Steps are not offered by the script")])
    async with following(backend) as (here, feed):
        await here.pass_by(2)
        assert feed.steps == ()
        assert feed.steps_note == "Steps are not offered by the script"
        assert (here.asked("steps"), feed.freshness.problem) == (1, None)


async def test_steps_that_are_offered_late_are_asked_for_from_then_on():
    backend = OneRun(steps=[Unsupported("Steps are not offered by the script")])
    backend.capabilities -= {Capability.STEPS}
    async with following(backend) as (here, feed):
        backend.capabilities |= {Capability.STEPS}
        await here.pass_by(2)
        assert (len(feed.steps), feed.steps_note) == (1, "")


async def test_a_run_that_does_not_exist_is_a_problem_and_not_asked_for_again():
    backend = ScriptedBackend(run_status=[WorkflowNotFoundError(run_id="r1")])
    async with following(backend) as (here, feed):
        await here.pass_by(1_000)
        assert isinstance(feed.freshness.problem, WorkflowNotFoundError)
        assert here.asked("run_status") == 1


async def test_a_broken_line_leaves_the_run_as_it_was_seen():
    async with following(OneRun(run_status=[None, DOWN])) as (here, feed):
        await here.pass_by(2)
        assert (feed.run.status, feed.freshness.problem) == (RUNNING, DOWN)
        await here.pass_by(2)
        assert feed.freshness.problem is None


async def test_steps_that_fail_do_not_hide_the_status():
    async with following(OneRun(steps=[None, DOWN])) as (here, feed):
        here.backend.status = RunStatus.STOPPING
        await here.pass_by(2)
        assert (feed.run.status, len(feed.steps)) == (RunStatus.STOPPING, 1)
        assert feed.freshness.problem is DOWN


async def test_while_nobody_sees_it_nothing_is_asked():
    async with following(OneRun()) as (here, feed):
        feed.pause()
        await here.pass_by(60)
        assert here.asked("run_status") == 1
        feed.resume()
        await here.settle()
        assert here.asked("run_status") == 2


async def test_behind_other_windows_it_is_asked_for_less_often_and_at_once_in_front_again():
    async with following(OneRun()) as (here, feed):
        here.session.front(is_front=False)
        before = here.asked("run_status")
        await here.pass_by(BEHIND_SECONDS - 1)
        assert here.asked("run_status") == before
        await here.pass_by(1)
        assert here.asked("run_status") == before + 1
        await here.pass_by(3)
        here.session.front(is_front=True)
        await here.settle()
        assert here.asked("run_status") == before + 2
        await here.pass_by(2)
        assert here.asked("run_status") == before + 3
        await feed.close()
        # The list, the watched runs, the unconfirmed writes, the backfills.
        assert len(here.session._around.front._subscribers) == 4


async def test_a_past_that_can_not_be_had_is_asked_for_again_only_when_somebody_wants_it():
    async with following(OneRun(recent_runs=[DOWN])) as (here, feed):
        await here.pass_by(2)
        assert (feed.past, here.asked("recent_runs")) == (None, 1)
        assert feed.freshness.problem is None
        await here.refresh(feed)
        assert here.asked("recent_runs") == 2


async def test_a_run_of_the_demo_is_followed_to_its_end_with_what_an_estimate_needs():
    name = "finance.cost_centers"
    clock = ManualClock(NOW)
    backend = DemoBackend(STANDARD, clock=clock, journal=MemoryJournal(), user="me")
    started = await backend.run(RunRequest(name))
    ref = RunRef(started.run_id or "", name)
    async with following(backend, ref, clock) as (here, feed):
        seen = {feed.run.status}
        for _ in range(400):
            if feed.ended:
                break
            await here.pass_by(2)
            seen.add(feed.run.status)
        assert seen == {RunStatus.PENDING, RUNNING, DONE}
        assert feed.past.runs >= 5
        assert all(step.status is StepStatus.COMPLETED for step in feed.steps)

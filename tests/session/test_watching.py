"""Who started a run and went on to something else is told when it ends."""

from dli_tui.domain.errors import ConnectionFailedError, WorkflowNotFoundError
from dli_tui.domain.ids import RunRef
from dli_tui.domain.status import RunStatus
from dli_tui.session.watching import MISSES, WATCH_SECONDS
from tests.support_backends import ScriptedBackend, run
from tests.support_session import Told, looking_at

ONE, TWO = RunRef("r1", "d"), RunRef("r2", "d")
RUNNING, FAILED = RunStatus.RUNNING, RunStatus.FAILED
DOWN = ConnectionFailedError()


async def test_nothing_is_asked_while_nothing_is_watched():
    async with looking_at(ScriptedBackend()) as here:
        await here.pass_by(100)
        assert here.asked("run_status") == 0


async def test_a_run_is_watched_until_it_ends_and_its_end_is_told_once():
    backend = ScriptedBackend(runs=[run("r1", RUNNING), run("r2", RUNNING)])
    async with looking_at(backend) as here:
        watching, told = here.session.watching, Told(here.session.watching)
        watching.watch(ONE, "one")
        watching.watch(TWO, "two")
        await here.pass_by(WATCH_SECONDS)
        assert watching.labels == {ONE: "one", TWO: "two"}
        backend.runs[0] = run("r1", FAILED)
        before = told.count
        await here.pass_by(WATCH_SECONDS)
        assert told.count > before
        assert (watching.is_watched(ONE), watching.is_watched(TWO)) == (False, True)
        assert [ended.status for ended in watching.take_ended()] == [FAILED]
        assert watching.take_ended() == []


async def test_what_is_no_longer_watched_is_no_longer_asked_for():
    async with looking_at(ScriptedBackend(runs=[run("r1", RUNNING)])) as here:
        here.session.watching.watch(ONE, "one")
        await here.settle()
        here.session.watching.unwatch(ONE)
        here.session.watching.unwatch(TWO)
        before = here.asked("run_status")
        await here.pass_by(100)
        assert here.asked("run_status") == before


async def test_what_was_given_up_while_it_was_asked_for_is_not_told():
    class GivenUp(ScriptedBackend):
        async def run_status(self, ref):
            watching.unwatch(ref)
            return run("r1", FAILED)

    async with looking_at(GivenUp()) as here:
        watching = here.session.watching
        watching.watch(ONE, "one")
        await here.settle()
        assert not watching.is_watched(ONE)
        assert watching.take_ended() == []


async def test_the_end_of_one_is_told_though_another_can_not_be_asked():
    async with looking_at(ScriptedBackend(run_status=[DOWN, run("r2")])) as here:
        watching = here.session.watching
        watching.watch(ONE, "one")
        watching.watch(TWO, "two")
        await here.settle()
        assert [ended.run_id for ended in watching.take_ended()] == ["r2"]
        assert (watching.freshness.problem, watching.is_watched(ONE)) == (DOWN, True)


async def test_a_run_that_the_server_does_not_know_yet_is_waited_for_but_not_for_ever():
    missing = [WorkflowNotFoundError(run_id="r1")] * MISSES
    async with looking_at(ScriptedBackend(run_status=missing)) as here:
        watching = here.session.watching
        watching.watch(ONE, "one")
        await here.settle()
        assert watching.is_watched(ONE)
        for _ in range(MISSES):
            await here.pass_by(WATCH_SECONDS)
        assert not watching.is_watched(ONE)
        assert here.asked("run_status") == MISSES
        assert (watching.take_lost(), watching.take_lost()) == (["one"], [])
        assert watching.take_ended() == []


async def test_who_watches_looks_elsewhere_and_is_told_as_soon():
    async with looking_at(ScriptedBackend(runs=[run("r1", RUNNING)])) as here:
        here.session.watching.watch(ONE, "one")
        await here.settle()
        here.session.front(is_front=False)
        before = here.asked("run_status")
        for _ in range(3):
            await here.pass_by(WATCH_SECONDS)
        assert here.asked("run_status") == before + 3

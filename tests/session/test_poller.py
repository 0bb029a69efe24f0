"""One question at a time, slower while nothing answers, and at once when somebody wants it."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from dli_tui.domain.errors import (
    AuthenticationError,
    ConnectionFailedError,
    InternalError,
    ServerError,
    Unsupported,
    WorkflowNotFoundError,
)
from dli_tui.session.poller import SLOWEST_RETRY, Poller
from tests.support_session import ManualPace, surroundings

DOWN = ConnectionFailedError()


class Place:
    """Answers a poller, as often as it is asked, the way it is told to."""

    def __init__(self, *problems, jitter=0.5):
        self.asked, self.told = 0, []
        self.every = 10.0
        self.problems = list(problems)
        self.gate = None
        self.pace = ManualPace()
        self.crashes: list[BaseException] = []
        around = surroundings(self.pace, self.crashes.append)._replace(jitter=lambda: jitter)
        self.around = around
        self.poller = Poller(self.ask, lambda: self.every, self.tell, around)

    async def ask(self):
        self.asked += 1
        if self.gate is not None:
            await self.gate.wait()
        if self.problems:
            problem = self.problems.pop(0)
            if problem is not None:
                raise problem

    def tell(self):
        self.told.append(self.poller.freshness)

    async def settle(self):
        await self.around.activity.idle()

    async def after(self, seconds):
        """How often it was asked in that time."""
        before = self.asked
        self.pace.advance(seconds)
        await self.settle()
        return self.asked - before


@asynccontextmanager
async def begun(*problems, **options):
    place = Place(*problems, **options)
    place.poller.start()
    await place.settle()
    yield place
    await place.around.tasks.close()


async def held(place):
    """A question is under way, and stays so."""
    place.gate = asyncio.Event()
    place.poller.look_again()
    place.pace.advance(10)
    for _ in range(20):
        await asyncio.sleep(0)
    assert place.poller.freshness.busy


async def test_it_asks_at_once_and_then_at_its_pace():
    async with begun() as place:
        assert place.asked == 1
        assert [await place.after(seconds) for seconds in (9, 1, 10, 10)] == [0, 1, 1, 1]


async def test_being_busy_and_being_fresh_are_told():
    async with begun() as place:
        assert [(fresh.busy, fresh.as_of) for fresh in place.told] == [
            (True, None),
            (False, place.pace.passed()),
        ]


async def test_a_problem_is_told_and_the_last_answer_keeps_its_age():
    async with begun(None, DOWN) as place:
        answered = place.pace.passed()
        await place.after(10)
        assert place.poller.freshness == (answered, DOWN, place.pace.passed() + 2, False)


async def test_it_asks_less_and_less_often_until_it_is_answered():
    async with begun(*[DOWN] * 8) as place:
        for seconds in (2, 4, 8, 16, 32, 60, 60):
            assert await place.after(seconds - 0.5) == 0
            assert await place.after(0.5) == 1
        assert place.poller.freshness.problem is DOWN
        await place.after(60)
        assert place.poller.freshness == (place.pace.passed(), None, None, False)


@pytest.mark.parametrize(("asked_for", "seconds"), [(1, 2), (600, 720), (1_000_000, 4_320)])
async def test_a_server_that_wants_to_be_left_alone_is_for_no_less_than_that(asked_for, seconds):
    busy = ServerError()
    busy.wait_seconds = asked_for
    async with begun(busy) as place:
        assert await place.after(seconds - 0.5) == 0
        assert await place.after(0.5) == 1


async def test_a_new_problem_begins_with_a_short_wait_again():
    async with begun(DOWN, DOWN, None, DOWN) as place:
        assert [await place.after(seconds) for seconds in (2, 4, 10, 2)] == [1, 1, 1, 1]


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 1.6), (0.75, 2.2)])
async def test_not_everybody_comes_back_at_the_same_moment(jitter, seconds):
    async with begun(DOWN, jitter=jitter) as place:
        left = place.poller.freshness.retry_at - place.pace.passed()
        assert left == pytest.approx(seconds)


async def test_a_sign_in_that_is_not_accepted_is_not_tried_every_moment():
    async with begun(AuthenticationError()) as place:
        assert [await place.after(seconds) for seconds in (59, 1)] == [0, 1]


@pytest.mark.parametrize("problem", [WorkflowNotFoundError(run_id="r"), Unsupported()])
async def test_what_would_be_answered_the_same_is_not_asked_again(problem):
    async with begun(problem) as place:
        assert await place.after(10_000) == 0
        assert place.poller.freshness.retry_at is None
        await place.poller.refresh()
        assert place.poller.freshness.problem is None


async def test_a_refresh_asks_at_once_and_ends_a_wait():
    async with begun(DOWN, DOWN, None) as place:
        await place.poller.refresh()
        assert (place.asked, place.poller.freshness.problem) == (2, DOWN)
        await place.poller.refresh()
        assert (place.asked, place.poller.freshness.problem) == (3, None)


async def test_what_is_under_way_may_be_older_than_the_wish_so_one_more_question_follows():
    async with begun() as place:
        await held(place)
        one, other = place.poller.refresh(), place.poller.refresh()
        place.gate.set()
        await asyncio.gather(one, other)
        # The first one, the one that was held, and one for the two who wanted it since.
        assert place.asked == 3
        assert await place.after(9) == 0


async def test_one_who_waits_no_longer_takes_nobody_elses_answer_away():
    async with begun() as place:
        await held(place)
        one, other = place.poller.refresh(), place.poller.refresh()
        one.cancel()
        place.gate.set()
        await other
        assert await place.after(10) == 1


async def test_a_paused_one_asks_nothing_unless_somebody_wants_it():
    async with begun() as place:
        place.poller.pause()
        assert await place.after(100) == 0
        await place.poller.refresh()
        assert place.asked == 2
        assert await place.after(100) == 0


@pytest.mark.parametrize(("away", "asked"), [(3, 0), (10, 1), (500, 1)])
async def test_one_that_goes_on_asks_at_once_if_its_answer_is_old(away, asked):
    async with begun() as place:
        place.poller.pause()
        await place.after(away)
        place.poller.resume()
        assert await place.after(0) == asked


async def test_while_there_is_nothing_to_ask_nothing_is_asked():
    async with begun() as place:
        place.every = None
        assert await place.after(10) == 0
        place.every = 10.0
        place.poller.look_again()
        assert await place.after(0) == 1


async def test_a_bug_is_reported_and_shown_as_a_problem_and_the_next_question_may_be_answered():
    async with begun(None, ZeroDivisionError("a secret")) as place:
        await place.poller.refresh()
        await place.settle()
        assert [type(crash) for crash in place.crashes] == [ZeroDivisionError]
        assert isinstance(place.poller.freshness.problem, InternalError)
        assert "secret" not in str(place.poller.freshness.problem)
        assert place.told[-1] == place.poller.freshness
        await place.poller.refresh()
        assert place.poller.freshness.problem is None


async def test_after_a_bug_it_asks_by_itself_as_seldom_as_ever():
    async with begun(ZeroDivisionError()) as place:
        assert await place.after(SLOWEST_RETRY - 1) == 0
        assert await place.after(2) == 1
        assert place.poller.freshness.problem is None


async def test_one_who_is_told_and_breaks_ends_no_questions():
    async with begun() as place:
        place.poller._tell = lambda: 1 / 0
        await place.poller.refresh()
        await place.settle()
        assert [type(crash) for crash in place.crashes] == [ZeroDivisionError]
        place.poller._tell = place.tell
        await place.poller.refresh()
        assert place.poller.freshness.problem is None


async def test_closing_gives_up_what_is_under_way_and_leaves_no_task():
    before = asyncio.all_tasks()
    place = Place(ServerError())
    place.poller.start()
    await place.settle()
    await held(place)
    waiting = place.poller.refresh()
    await place.poller.close()
    await waiting
    assert asyncio.all_tasks() == before
    assert place.crashes == []

"""However much one caller asks for, only so much of it takes threads that others need."""

import asyncio
import threading

import pytest

from dli_tui.domain.threads import Threads

MOST = 2


class Work:
    """Pieces of work that go on until they are let go."""

    def __init__(self):
        self.started, self._over = [], threading.Event()
        self._at_work = threading.Semaphore(0)

    def piece(self, number):
        def work():
            self.started.append(number)
            self._at_work.release()
            self._over.wait(10)
            return number

        return work

    async def begun(self, count):
        for _ in range(count):
            assert await asyncio.to_thread(self._at_work.acquire, timeout=10)

    def let_go(self):
        self._over.set()


@pytest.fixture
def work():
    one = Work()
    yield one
    one.let_go()


async def test_only_a_few_are_at_work_and_the_others_follow_in_order(work):
    threads = Threads(MOST)
    asked = [asyncio.create_task(threads.run(work.piece(number))) for number in range(6)]
    await work.begun(MOST)
    assert sorted(work.started) == [0, 1]
    assert len(asyncio.all_tasks()) == 1 + len(asked) + MOST
    work.let_go()
    assert await asyncio.gather(*asked) == list(range(6))
    assert sorted(work.started[:4]) == [0, 1, 2, 3]


async def test_who_stops_waiting_makes_no_room_for_more(work):
    threads = Threads(MOST)
    gone = [asyncio.create_task(threads.run(work.piece(number))) for number in range(MOST)]
    await work.begun(MOST)
    for one in gone:
        one.cancel()
    await asyncio.wait(gone)
    after = asyncio.create_task(threads.run(work.piece(9)))
    for _ in range(5):
        await asyncio.sleep(0)
    assert 9 not in work.started
    work.let_go()
    assert await after == 9


async def test_what_waits_is_never_begun_once_nobody_wants_it(work):
    threads = Threads(1)
    first = asyncio.create_task(threads.run(work.piece(0)))
    await work.begun(1)
    second = asyncio.create_task(threads.run(work.piece(1)))
    await asyncio.sleep(0)
    second.cancel()
    work.let_go()
    assert await first == 0
    assert await threads.run(lambda: "next") == "next"
    assert work.started == [0]


async def test_a_failure_is_its_callers(work):
    threads = Threads(1)

    def fail():
        raise ValueError("no")

    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            await threads.run(fail)

"""No task outlives its keeper, and none dies unheard."""

import asyncio

import pytest

from dli_tui.session.tasks import Tasks


async def fail():
    raise KeyError("unexpected")


async def test_what_a_task_dies_of_is_handed_over():
    heard: list[BaseException] = []
    tasks = Tasks(heard.append)
    await asyncio.wait({tasks.start(fail())})
    await asyncio.sleep(0)
    assert [type(error) for error in heard] == [KeyError]


async def test_without_a_handler_the_loop_hears_of_it():
    heard = []
    asyncio.get_running_loop().set_exception_handler(lambda _, told: heard.append(told))
    tasks = Tasks()
    await asyncio.wait({tasks.start(fail())})
    await asyncio.sleep(0)
    assert [type(told["exception"]) for told in heard] == [KeyError]


@pytest.mark.parametrize("count", [0, 3])
async def test_closing_waits_until_every_task_has_cleaned_up(count):
    heard: list[BaseException] = []
    cleaned = []
    tasks = Tasks(heard.append)

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)

    for _ in range(count):
        tasks.start(work())
    await asyncio.sleep(0)
    await tasks.close()
    assert len(cleaned) == count
    assert heard == []

"""Waiting until nothing is under way, nor about to be."""

import asyncio

from dli_tui.session.activity import Activity


async def test_it_is_idle_when_nothing_ever_began():
    await Activity().idle()


async def test_one_waits_until_everything_under_way_is_over():
    activity, first, second = Activity(), asyncio.Event(), asyncio.Event()

    async def until(event):
        with activity.under_way():
            await event.wait()

    works = [asyncio.create_task(until(event)) for event in (first, second)]
    waiting = asyncio.create_task(activity.idle())
    for event in (first, second):
        await asyncio.sleep(0)
        assert not waiting.done()
        event.set()
    await waiting
    assert all(work.done() for work in works)


async def test_what_follows_a_wake_up_is_waited_for_too():
    activity, woken, done = Activity(), asyncio.Event(), []

    async def work():
        await woken.wait()
        await asyncio.sleep(0)
        with activity.under_way():
            await asyncio.sleep(0)
            done.append(True)

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    woken.set()
    await activity.idle()
    assert done
    await task

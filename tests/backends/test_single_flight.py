"""One request for all who wait, and one failure."""

from __future__ import annotations

import asyncio

import pytest

from dli_tui.backends.single_flight import SingleFlight


class Request:
    """Counts its calls, which end when they are told to."""

    def __init__(self, *, fails: bool = False) -> None:
        self.calls, self.cancelled, self.fails = 0, 0, fails
        self.may_end = asyncio.Event()

    async def __call__(self) -> int:
        self.calls += 1
        number = self.calls
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.fails:
            raise ConnectionError
        return number


async def _settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_all_who_wait_share_one_answer() -> None:
    request = Request()
    flight = SingleFlight(request)
    callers = [asyncio.create_task(flight()) for _ in range(8)]
    await _settled()
    request.may_end.set()
    assert await asyncio.gather(*callers) == [1] * 8
    assert await flight() == 2


async def test_all_who_wait_share_one_failure_and_nobody_pays_for_another_timeout() -> None:
    request = Request(fails=True)
    flight = SingleFlight(request)
    callers = [asyncio.create_task(flight()) for _ in range(8)]
    await _settled()
    request.may_end.set()
    outcomes = await asyncio.gather(*callers, return_exceptions=True)
    assert [type(one) for one in outcomes] == [ConnectionError] * 8
    assert request.calls == 1
    request.fails = False
    assert await flight() == 2


async def test_a_caller_who_leaves_takes_the_answer_from_nobody() -> None:
    request = Request()
    flight = SingleFlight(request)
    leaving, staying = asyncio.create_task(flight()), asyncio.create_task(flight())
    await _settled()
    leaving.cancel()
    await _settled()
    request.may_end.set()
    assert await staying == 1
    assert leaving.cancelled()


async def test_the_request_ends_with_the_last_caller_and_the_next_one_begins_anew() -> None:
    request = Request()
    flight = SingleFlight(request)
    callers = [asyncio.create_task(flight()) for _ in range(2)]
    await _settled()
    for caller in callers:
        caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await callers[1]
    request.may_end.set()
    assert await flight() == 2
    assert request.cancelled == 1

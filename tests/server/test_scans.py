"""A long history is read once, however many pages it is asked for in."""

import asyncio

import pytest

from dli_tui.client import WorkflowClient
from dli_tui.domain.errors import ConfigurationError, ConnectionFailedError
from dli_tui.domain.query import HistoryQuery
from dli_tui.server import scans as module
from dli_tui.server.scans import Scans
from dli_tui.wire.asked import history_window
from tests.support_backends import ScriptedBackend
from tests.support_backends import run as run_of

ALL = HistoryQuery()
ME = "token:me"


class Counting(ScriptedBackend):
    """Counts the pages that are read of it, and the listings that are open."""

    pages = 0
    open = 0

    async def history(self, query):
        self.open += 1
        try:
            async for page in super().history(query):
                self.pages += 1
                yield page
        finally:
            self.open -= 1


class Served:
    def __init__(self, count=1_000, page=100):
        self.backend = Counting(runs=[run_of(str(number)) for number in range(count)], page=page)
        self.now = 0.0
        self.scans = Scans(WorkflowClient(self.backend), lambda: self.now)

    async def ids(self, offset, limit=50, *, sender=ME, query=ALL):
        window = history_window({"offset": str(offset), "limit": str(limit)})
        part = await self.scans.part(sender, query, window)
        return [int(run.run_id) for run in part.runs]


def span(start, end):
    return list(range(start, end))


@pytest.fixture
async def served():
    found = Served()
    async with found.scans:
        yield found
    await settled()
    assert found.backend.open == 0


async def settled():
    """Listings that were let go are closed."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_page_after_page_reads_what_lies_behind_once(served):
    for offset in range(0, 1_000, 50):
        assert await served.ids(offset) == span(offset, offset + 50)
    assert served.backend.pages == 10
    assert await served.ids(1_000) == []
    assert served.backend.pages == 10


async def test_the_first_page_is_always_asked_for_anew(served):
    await served.ids(0)
    served.backend.runs.insert(0, run_of("-1"))
    assert await served.ids(0, 3) == [-1, 0, 1]
    assert await served.ids(3, 3) == [2, 3, 4]


async def test_a_page_whose_answer_was_lost_is_given_again(served):
    await served.ids(0)
    assert await served.ids(50) == await served.ids(50) == span(50, 100)
    assert await served.ids(100) == span(100, 150)
    assert served.backend.pages == 2


async def test_two_who_read_with_one_token_harm_each_other_not(served):
    for offset in range(0, 500, 50):
        await served.ids(offset)
    assert await served.ids(0) == span(0, 50)
    assert await served.ids(500) == span(500, 550)
    assert await served.ids(50) == span(50, 100)
    assert served.backend.pages == 6 + 2


async def test_what_is_asked_for_differently_is_another_listing(served):
    await served.ids(0)
    assert await served.ids(50, sender="token:other") == span(50, 100)
    assert await served.ids(50, query=HistoryQuery(end_date=None, limit=900)) == span(50, 100)


async def test_a_page_that_lies_far_from_all_is_refused(served, monkeypatch):
    monkeypatch.setattr(module, "MOST_SKIPPED", 100)
    assert await served.ids(100) == span(100, 150)
    assert await served.ids(150) == span(150, 200)
    read = served.backend.pages
    with pytest.raises(ConfigurationError, match="'offset' may be at most 100"):
        await served.ids(400)
    with pytest.raises(ConfigurationError, match="unless the page before"):
        await served.ids(101, sender="token:other")
    assert served.backend.pages == read


async def test_listings_that_are_held_are_limited_for_each_and_in_all(served):
    for number in range(20):
        await served.ids(0, 10 + number)
    await settled()
    assert len(served.scans) == served.backend.open == module.MOST_OF_ONE
    for number in range(20):
        await served.ids(0, sender=f"token:{number}")
    await settled()
    assert len(served.scans) == served.backend.open == module.MOST_HELD


async def test_a_listing_that_nobody_goes_on_with_is_closed(served):
    await served.ids(0, sender="token:other")
    served.now = module.HELD_SECONDS + 1
    await served.ids(0)
    await settled()
    assert len(served.scans) == served.backend.open == 1


async def test_a_listing_that_fails_is_let_go(served):
    served.backend.cues["history"] = [ConnectionFailedError("nobody is there")]
    with pytest.raises(ConnectionFailedError):
        await served.ids(0)
    await settled()
    assert len(served.scans) == served.backend.open == 0
    assert await served.ids(0) == span(0, 50)


async def test_of_one_person_one_search_goes_on_at_a_time(served, monkeypatch):
    let, searching, read = asyncio.Event(), set(), module._Scan._read

    async def slow(self):
        searching.add(self)
        await let.wait()
        await read(self)

    monkeypatch.setattr(module._Scan, "_read", slow)
    both = [asyncio.create_task(served.ids(offset)) for offset in (200, 500)]
    await settled()
    assert len(searching) == 1
    let.set()
    assert await asyncio.gather(*both) == [span(200, 250), span(500, 550)]
    assert served.scans._searching == {}

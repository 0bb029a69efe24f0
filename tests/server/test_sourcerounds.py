"""A server looks every minute whose source in force changed, and nothing stops it from serving."""

import asyncio
import json
from contextlib import asynccontextmanager

import httpx

from dli_tui.client import WorkflowClient
from dli_tui.domain.errors import ServerError
from dli_tui.server.app import Application
from dli_tui.server.gate import Surroundings
from dli_tui.server.sourcerounds import EVERY, SourceRounds
from tests.backends.contract.places import DEMO
from tests.specs.store.places import NOW
from tests.support import ManualClock
from tests.support_gate import OPEN
from tests.support_server import URL


class Minutes:
    """A sleep that lasts until the test lets a minute pass."""

    def __init__(self):
        self.asked = []
        self._passed = asyncio.Event()
        self.resting = asyncio.Event()

    async def __call__(self, seconds):
        self.asked.append(seconds)
        self.resting.set()
        await self._passed.wait()
        self._passed.clear()

    async def one(self):
        """Let one pass, and what happens then happen."""
        self.resting.clear()
        self._passed.set()
        await self.resting.wait()


class News:
    """Looks that do as they are told; `problems` are those of opening, of looking, or None."""

    def __init__(self, *problems):
        self.problems, self.opened, self.looks = list(problems), 0, 0

    @asynccontextmanager
    async def __call__(self, say):
        self.opened += 1
        if self.problems and self.problems[0] == "opening":
            self.problems.pop(0)
            raise ServerError("the store isn't there")
        self._say = say
        yield self
        self.opened -= 1

    async def look(self):
        self.looks += 1
        problem = self.problems.pop(0) if self.problems else None
        if problem is not None:
            raise problem
        self._say("web.clicks: CODE is in force now; hooks.example.com was told")


def rounds(news, minutes, told):
    return SourceRounds(news, minutes, now=lambda: NOW, tell=told.append)


def said(told):
    return [json.loads(line)["said"] for line in told]


async def test_it_looks_at_once_and_every_minute_and_closes_what_it_opened():
    news, minutes = News(), Minutes()
    told: list[str] = []
    async with rounds(news, minutes, told):
        await minutes.resting.wait()
        assert (news.looks, news.opened) == (1, 0)
        await minutes.one()
        assert news.looks == 2
    assert minutes.asked == [EVERY, EVERY]
    assert json.loads(told[0]) == {
        "time": NOW.isoformat(),
        "event": "sources",
        "said": "web.clicks: CODE is in force now; hooks.example.com was told",
    }


async def test_what_goes_wrong_is_a_line_and_the_next_minute_comes():
    news, minutes = News("opening", ServerError("no answer")), Minutes()
    told: list[str] = []
    async with rounds(news, minutes, told):
        await minutes.resting.wait()
        await minutes.one()
        await minutes.one()
    assert said(told)[:2] == ["the store isn't there", "no answer"]
    assert said(told)[2].startswith("web.clicks")


async def test_our_own_failure_is_told_as_one():
    told, ended = [], asyncio.Event()

    def tell(line):
        told.append(json.loads(line))
        ended.set()

    news = News(ZeroDivisionError("ours"))
    async with SourceRounds(news, Minutes(), now=lambda: NOW, tell=tell):
        await ended.wait()
    assert told[0]["event"] == "failure"
    assert "ZeroDivisionError" in told[0]["traceback"]


async def test_where_there_is_nothing_to_look_at_nobody_looks():
    minutes = Minutes()
    told: list[str] = []
    async with rounds(None, minutes, told):
        await asyncio.sleep(0)
    assert (minutes.asked, told) == ([], [])


async def test_a_server_looks_while_it_serves_and_its_end_ends_it():
    looked, ended = asyncio.Event(), asyncio.Event()

    class Slow:
        async def look(self):
            looked.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

    @asynccontextmanager
    async def news(say):
        yield Slow()

    @asynccontextmanager
    async def opens():
        clock = ManualClock(DEMO.start)
        async with DEMO.open(clock) as backend:
            yield WorkflowClient(backend, clock=clock)

    app = Application(opens, OPEN, surroundings=Surroundings(tell=print), news=news)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL)
    async with client, app.serving():
        await looked.wait()
        assert (await client.get("/api/v1/workflows")).status_code == 200
        assert not ended.is_set()
    assert ended.is_set()

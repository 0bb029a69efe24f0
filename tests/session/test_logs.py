"""A log is followed while it is written: at once while there is more, and never lost again."""

from contextlib import asynccontextmanager

import pytest

from dli_tui.domain.errors import ConnectionFailedError, Unsupported
from dli_tui.domain.log import LogChunk, LogLine
from dli_tui.session import logs
from dli_tui.session.front import BEHIND_SECONDS
from dli_tui.session.logs import LOG_SECONDS, MANY, SLOWEST_SECONDS
from tests.support_backends import ScriptedBackend, log_of
from tests.support_session import looking_at

DOWN = ConnectionFailedError()


class Log(ScriptedBackend):
    """A log in chunks of so many lines; what isn't a number is raised."""

    def __init__(self, *chunks, complete=False):
        super().__init__()
        self.chunks, self.complete, self.written = list(chunks), complete, 0

    async def logs(self, ref, cursor=None):
        self._asked("logs", cursor)
        count = self.chunks.pop(0) if self.chunks else 0
        if isinstance(count, Exception):
            raise count
        lines = tuple(LogLine(text=str(self.written + number)) for number in range(count))
        self.written += count
        whole = self.complete and not self.chunks
        return LogChunk(lines=lines, cursor=str(self.written), complete=whole)


@asynccontextmanager
async def reading(*chunks, complete=False):
    async with looking_at(Log(*chunks, complete=complete)) as here:
        feed = here.session.log(log_of())
        await feed.start()
        await here.settle()
        yield here, feed
        await feed.close()


def whole(feed):
    """No line is missing, none is there twice."""
    taken = feed.take()
    return [line.text for line in taken] == [str(number) for number in range(feed.count)]


async def test_what_lies_there_is_read_without_waiting():
    async with reading(MANY, MANY, 3, complete=True) as (here, feed):
        assert (feed.count, feed.complete, feed.truncated) == (2 * MANY + 3, True, False)
        assert here.backend.arrived("logs") == [None, str(MANY), str(2 * MANY)]
        assert whole(feed)


async def test_what_is_being_written_is_looked_for_every_two_seconds():
    async with reading(3, 0, 4) as (here, feed):
        counts = [feed.count]
        for _ in range(2):
            await here.pass_by(LOG_SECONDS)
            counts.append(feed.count)
        assert counts == [3, 3, 7]
        assert whole(feed)


async def test_a_log_that_is_complete_is_never_asked_for_again():
    async with reading(1, complete=True) as (here, feed):
        await here.pass_by(1_000)
        await feed.refresh()
        assert here.asked("logs") == 1


@pytest.mark.parametrize(
    ("chunks", "complete", "truncated"),
    [((6, 6), True, True), ((6, 4), False, True), ((6, 4), True, False)],
    ids=["more came", "more may come", "just enough"],
)
async def test_nobody_reads_more_than_so_many_lines(monkeypatch, chunks, complete, truncated):
    monkeypatch.setattr(logs, "MOST_LINES", 10)
    async with reading(*chunks, complete=complete) as (here, feed):
        await here.pass_by(LOG_SECONDS)
        assert (feed.count, feed.truncated, feed.complete) == (10, truncated, not truncated)
        await here.pass_by(1_000)
        assert here.asked("logs") == 2


async def test_a_broken_line_loses_nothing():
    async with reading(3, DOWN, 4) as (here, feed):
        await here.pass_by(LOG_SECONDS)
        assert (feed.count, feed.freshness.problem) == (3, DOWN)
        await here.pass_by(2)
        assert (feed.count, feed.freshness.problem) == (7, None)
        assert whole(feed)


async def test_a_place_without_logs_is_asked_once():
    async with reading(Unsupported("Logs are not offered")) as (here, feed):
        await here.pass_by(1_000)
        assert here.asked("logs") == 1
        assert feed.freshness.problem.message == "Logs are not offered"


async def test_while_nobody_sees_it_nothing_is_asked():
    async with reading(1, 1) as (here, feed):
        feed.pause()
        await here.pass_by(60)
        assert here.asked("logs") == 1
        feed.resume()
        await here.settle()
        assert feed.count == 2


async def test_behind_other_windows_it_is_asked_for_less_often_but_what_lies_there_comes_whole():
    async with reading(1, MANY, MANY, 1, 1) as (here, feed):
        here.session.front(is_front=False)
        await here.pass_by(LOG_SECONDS)
        assert feed.count == 1
        await here.pass_by(BEHIND_SECONDS - LOG_SECONDS)
        assert feed.count == 2 * MANY + 2
        await here.pass_by(LOG_SECONDS)
        here.session.front(is_front=True)
        await here.settle()
        assert feed.count == 2 * MANY + 3


async def test_a_line_is_handed_over_once_and_then_forgotten():
    async with reading(2, 3) as (here, feed):
        first = feed.take()
        await here.pass_by(LOG_SECONDS)
        assert [line.text for line in (*first, *feed.take())] == list("01234")
        assert (feed.take(), feed.count) == ([], 5)


async def test_a_log_that_stands_still_is_asked_for_less_and_less_often_until_a_line_comes():
    async with reading(1, *[0] * 40) as (here, feed):
        for _ in range(60):
            await here.pass_by(1)
        asked = here.asked("logs")
        assert asked < 15
        await here.pass_by(SLOWEST_SECONDS)
        assert here.asked("logs") == asked + 1
        here.backend.chunks = [1]
        await here.pass_by(SLOWEST_SECONDS)
        await here.pass_by(LOG_SECONDS)
        assert (feed.count, here.asked("logs")) == (2, asked + 3)

"""Only what is seen and isn't known is asked for: many names at once, one question at a time."""

import asyncio
from collections.abc import Iterable
from contextlib import asynccontextmanager

from dli_tui.client import WorkflowClient
from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.session import recents
from dli_tui.session.recents import MOST_NAMES, Recents
from tests.support_backends import ScriptedBackend, run
from tests.support_session import surroundings


class Seen:
    """Rows, whose last runs are what the test says, and their recent runs."""

    def __init__(self, backend):
        self.backend, self.around = backend, surroundings()
        self.marks = {}
        self.fetched: list[Iterable[str]] = []
        client = WorkflowClient(backend)
        self.recents = Recents(client, self.mark, self.fetched.append, self.around)

    def mark(self, name):
        return self.marks.get(name, (None,))

    async def want(self, *names):
        self.recents.want(names)
        await self.around.activity.idle()

    async def look_again(self):
        self.recents.look_again()
        await self.around.activity.idle()

    @property
    def asked(self):
        return self.backend.arrived("recent_runs")


@asynccontextmanager
async def seen(runs=(), **cues):
    one = Seen(ScriptedBackend(runs=runs, cues=cues))
    one.recents.start()
    yield one
    await one.around.tasks.close()


async def test_what_is_known_is_not_asked_for_again():
    async with seen([run("r1")]) as one:
        await one.want("d", "e")
        await one.want("e", "f", "e")
        await one.want("d")
        assert one.asked == [("d", "e"), ("f",)]
        assert {name: len(runs) for name, runs in one.recents.runs.items()} == {
            "d": 1,
            "e": 0,
            "f": 0,
        }


async def test_many_names_are_asked_for_in_portions():
    async with seen() as one:
        await one.want(*(f"w{number}" for number in range(2 * MOST_NAMES + 1)))
        assert [len(names) for names in one.asked] == [MOST_NAMES, MOST_NAMES, 1]


async def test_what_moved_is_asked_for_again_and_only_told_if_it_differs():
    async with seen([run("r1")]) as one:
        await one.want("d")
        one.marks["d"] = (run("r2"),)
        await one.look_again()
        assert (one.asked, one.fetched) == ([("d",), ("d",)], [["d"]])
        one.backend.runs.insert(0, run("r2"))
        one.marks["d"] = (run("r2"), None)
        await one.look_again()
        assert one.fetched == [["d"], ["d"]]


async def test_a_failure_is_quiet_and_tried_again_when_the_list_was_answered():
    async with seen(recent_runs=[ConnectionFailedError()]) as one:
        await one.want("d")
        await one.want("d", "e")
        assert len(one.asked) == 1
        await one.look_again()
        assert one.asked == [("d",), ("d", "e")]


async def test_names_without_a_row_are_left_out():
    async with seen() as one:
        one.marks["gone"] = ()
        await one.want("gone")
        assert one.asked == []


async def test_only_one_question_is_under_way_and_the_next_is_for_what_is_seen_then():
    async with seen() as one:
        gate, asking = asyncio.Event(), one.backend.recent_runs

        async def slow(names, count):
            await gate.wait()
            return await asking(names, count)

        one.backend.recent_runs = slow
        for name in ("a", "b", "c"):
            one.recents.want([name])
            for _ in range(5):
                await asyncio.sleep(0)
        gate.set()
        await one.around.activity.idle()
        assert one.asked == [("a",), ("c",)]


async def test_a_run_that_moves_while_it_is_asked_for_is_asked_for_again():
    async with seen([run("r1")]) as one:
        asking = one.backend.recent_runs

        async def moving(names, count):
            one.marks["d"] = (run("r2"),)
            return await asking(names, count)

        one.backend.recent_runs = moving
        await one.want("d")
        assert one.asked == [("d",), ("d",)]


async def test_what_was_seen_long_ago_is_forgotten(monkeypatch):
    monkeypatch.setattr(recents, "KEPT", 2)
    async with seen() as one:
        for name in ("a", "b", "c", "a"):
            await one.want(name)
        assert one.asked == [("a",), ("b",), ("c",), ("a",)]
        assert set(one.recents.runs) == {"c", "a"}


async def test_what_is_forgotten_is_told_so_that_no_row_holds_on_to_it(monkeypatch):
    monkeypatch.setattr(recents, "KEPT", 2)
    async with seen() as one:
        for name in ("a", "b", "c"):
            await one.want(name)
        assert one.fetched[-1] == ["c", "a"]


async def test_what_is_seen_now_is_not_forgotten_however_long_ago_it_was_fetched(monkeypatch):
    monkeypatch.setattr(recents, "KEPT", 2)
    async with seen() as one:
        for names in (("a",), ("b",), ("a", "c")):
            await one.want(*names)
        assert set(one.recents.runs) == {"a", "c"}
        await one.want("a")
        assert one.asked == [("a",), ("b",), ("c",)]

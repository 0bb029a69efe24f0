"""One question to the place behind, however many ask here; and what they get is true."""

import asyncio

import pytest

from dli_tui.client import WorkflowClient
from dli_tui.domain.errors import ConnectionFailedError
from dli_tui.domain.ids import WorkflowKey
from dli_tui.domain.query import WorkflowQuery
from dli_tui.domain.status import SourceType, WorkflowStatus
from dli_tui.server.shelf import Patience, Shelf
from dli_tui.wire.asked import list_window
from tests.support_backends import CODE, MANUAL, PAIR, ScriptedBackend, row

FIVE = [row(name) for name in "abcde"]
EVERYTHING = WorkflowQuery()
PATIENCE = Patience(fresh=1.0, known=5.0)
DOWN = ConnectionFailedError("nobody is there")


class Slow(ScriptedBackend):
    """Answers a listing when the test lets it."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.asked = asyncio.Event()
        self.let = asyncio.Event()
        self.let.set()

    async def workflows(self, query):
        self.asked.set()
        await self.let.wait()
        async for page in super().workflows(query):
            yield page


class Served:
    """A shelf over a scripted place, at a second that the test chooses."""

    def __init__(self, backend, shelf, clock):
        self.backend, self.shelf, self.clock = backend, shelf, clock

    @property
    def questions(self):
        return len(self.backend.arrived("workflows"))

    async def page(self, query=EVERYTHING, **window):
        given = {key: str(value) for key, value in window.items()}
        return await self.shelf.page(query, list_window(given))

    async def names(self, **window):
        return (await self.page(**window)).body


@pytest.fixture
async def served():
    backend = Slow(FIVE)
    clock = [100.0]
    async with Shelf(WorkflowClient(backend), lambda: clock[0], PATIENCE) as shelf:
        yield Served(backend, shelf, clock)


async def settled():
    """Whatever goes on beside has come to its end."""
    for _ in range(50):
        await asyncio.sleep(0)


async def test_a_hundred_who_ask_at_once_cost_one_question(served):
    pages = await asyncio.gather(*(served.page() for _ in range(100)))
    assert served.questions == 1
    assert {id(page) for page in pages} == {id(pages[0])}


async def test_a_window_has_its_rows_and_the_total_of_all(served):
    page = await served.page(limit=2, offset=1)
    assert page.total == 5
    assert page.body.count(b'"dataset_name"') == 2
    assert b'"b"' in page.body
    assert b'"c"' in page.body
    assert (await served.page(limit=2, offset=9)).body == b"[]"


async def test_a_filter_counts_what_fits(served):
    served.backend.rows = [*FIVE, row("f", source_type=CODE, owner="o@example.com")]
    for query in (WorkflowQuery(owner="o@example.com"), WorkflowQuery(source=SourceType.CODE)):
        page = await served.page(query)
        assert (page.total, page.body.count(b'"dataset_name":"f"')) == (1, 1)


async def test_of_a_pair_code_comes_first(served):
    served.backend.rows = list(reversed(PAIR))
    body = (await served.page()).body
    assert body.index(b"CODE") < body.index(b"MANUAL")


async def test_what_is_fresh_is_taken_as_it_is(served):
    await served.page()
    served.clock[0] += 0.9
    served.backend.rows = []
    assert (await served.page()).total == 5
    assert served.questions == 1


async def test_what_is_a_little_older_is_handed_out_while_one_asks_for_a_newer_one(served):
    await served.page()
    served.clock[0] += 2
    served.backend.rows = FIVE[:2]
    served.backend.let.clear()
    for _ in range(3):
        assert (await served.page()).total == 5
    served.backend.let.set()
    await settled()
    assert served.questions == 2
    assert (await served.page()).total == 2


async def test_what_is_old_is_waited_for(served):
    await served.page()
    served.clock[0] += 6
    served.backend.rows = FIVE[:2]
    assert (await served.page()).total == 2


async def test_after_a_deed_the_next_who_asks_sees_it(served):
    await served.page()
    served.backend.rows = [*FIVE, row("f")]
    served.shelf.stale()
    assert (await served.page()).total == 6


async def test_a_deed_in_the_midst_of_a_look_is_seen_by_the_next_one(served):
    await served.page()
    served.shelf.stale()
    served.backend.asked.clear()
    served.backend.let.clear()
    looking = asyncio.create_task(served.page())
    await served.backend.asked.wait()
    served.shelf.stale()
    served.backend.let.set()
    await looking
    questions = served.questions
    await served.page()
    assert served.questions == questions + 1


async def test_a_clock_that_was_set_back_makes_nothing_fresh(served):
    await served.page()
    served.clock[0] -= 50
    await served.page()
    assert served.questions == 2


async def test_a_page_is_told_apart_by_what_stands_in_it(served):
    first = await served.page(limit=2)
    other = await served.page(limit=2, offset=2)
    assert first.etag != other.etag
    served.shelf.stale()
    assert (await served.page(limit=2)).etag == first.etag
    served.backend.rows[3] = row("d", status=WorkflowStatus.PAUSED)
    served.shelf.stale()
    assert (await served.page(limit=2)).etag == first.etag
    assert (await served.page(limit=2, offset=2)).etag != other.etag


async def test_a_row_is_encoded_again_only_when_it_moved(served, monkeypatch):
    encoded = []

    def told(one, **_):
        encoded.append(one.dataset_name)
        return {}

    monkeypatch.setattr("dli_tui.server.shelf.workflow_told", told)
    await served.page()
    served.backend.rows[3] = row("d", status=WorkflowStatus.PAUSED)
    served.shelf.stale()
    await served.page()
    assert encoded == [*"abcde", "d"]


async def test_pages_are_kept_as_far_as_their_bytes_fit(served, monkeypatch):
    monkeypatch.setattr("dli_tui.server.shelf._MOST_BYTES", 3 * 1_024 + 10)
    nobody = WorkflowQuery(owner="nobody")
    first, second, _ = [await served.page(nobody, limit=limit) for limit in (1, 2, 3)]
    assert await served.page(nobody, limit=1) is first
    await served.page(nobody, limit=4)
    assert await served.page(nobody, limit=1) is first
    assert await served.page(nobody, limit=2) is not second


async def test_who_comes_with_a_cursor_gets_what_moved_since(served):
    begun = await served.shelf.changes(None)
    assert (begun.whole, begun.workflows) == (True, ())
    served.backend.rows = [FIVE[0], row("b", owner="new"), *FIVE[2:4], row("f")]
    served.shelf.stale()
    moved = await served.shelf.changes(begun.cursor)
    assert not moved.whole
    assert {one.dataset_name for one in moved.workflows} == {"b", "f"}
    assert moved.gone == (WorkflowKey("e", MANUAL),)
    quiet = await served.shelf.changes(moved.cursor)
    assert (quiet.whole, quiet.workflows, quiet.gone) == (False, (), ())


@pytest.mark.parametrize("cursor", ["", "x", "0", "-1", "0-0", "abcdef01-1", "2026-03-10T09:41"])
async def test_who_comes_from_another_life_is_sent_to_the_list(served, cursor):
    assert (await served.shelf.changes(cursor)).whole


async def test_a_cursor_of_the_future_is_sent_to_the_list(served):
    life = (await served.shelf.changes(None)).cursor.partition("-")[0]
    assert (await served.shelf.changes(f"{life}-999")).whole
    assert (await served.shelf.changes(f"{life}-{'9' * 5_000}")).whole


async def test_while_nothing_answers_behind_the_last_picture_is_handed_out_for_a_while(served):
    await served.page()
    served.backend.cues["workflows"] = [DOWN, DOWN, DOWN]
    served.clock[0] += 2
    assert (await served.page()).total == 5
    await settled()
    assert (await served.page()).total == 5
    await settled()
    served.clock[0] += 6
    with pytest.raises(ConnectionFailedError):
        await served.page()
    assert (await served.page()).total == 5, "it is there again"


async def test_while_nothing_answers_all_who_wait_hear_it_at_once(served):
    served.backend.let.clear()
    served.backend.cues["workflows"] = [DOWN]
    waiting = [asyncio.create_task(served.page()) for _ in range(10)]
    await served.backend.asked.wait()
    served.backend.let.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(one) for one in found} == {ConnectionFailedError}
    assert served.questions == 1


async def test_who_acted_while_a_look_was_under_way_waits_for_another(served):
    served.backend.let.clear()
    before = asyncio.create_task(served.page())
    await served.backend.asked.wait()
    served.shelf.stale()
    after = asyncio.create_task(served.page())
    await settled()
    served.backend.let.set()
    await asyncio.gather(before, after)
    assert served.questions == 2


async def test_a_look_beside_does_not_outlive_the_shelf():
    backend = Slow(FIVE)
    clock = [0.0]
    async with Shelf(WorkflowClient(backend), lambda: clock[0], PATIENCE) as shelf:
        await shelf.page(WorkflowQuery(), list_window({}))
        clock[0] = 2.0
        backend.let.clear()
        await shelf.page(WorkflowQuery(), list_window({}))
        await settled()
        assert len(asyncio.all_tasks()) > 1
    assert len(asyncio.all_tasks()) == 1

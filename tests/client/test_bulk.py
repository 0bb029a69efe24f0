import asyncio

import pytest

from dli_tui.client import WorkflowClient
from dli_tui.client.bulk import AT_ONCE, each
from dli_tui.domain.errors import ConnectionFailedError, WorkflowNotFoundError
from tests.support_backends import ScriptedBackend, row


async def test_each_item_has_a_result_of_its_own_and_one_failure_stops_no_other():
    backend = ScriptedBackend([row("a"), row("c")])
    outcomes = await each(["a", "b", "c"], WorkflowClient(backend).pause)
    assert [(one.item, one.ok) for one in outcomes] == [("a", True), ("b", False), ("c", True)]
    assert isinstance(outcomes[1].error, WorkflowNotFoundError)
    assert outcomes[1].result is None
    assert outcomes[2].result is not None
    assert outcomes[2].result.dataset_name == "c"


async def test_no_item_is_done_twice():
    backend = ScriptedBackend([row("a"), row("b")])
    outcomes = await each(["a", "b", "a"], WorkflowClient(backend).pause)
    assert [one.item for one in outcomes] == ["a", "b"]
    assert backend.sent == ["pause", "pause"]


async def test_a_line_that_broke_is_told_and_not_tried_again():
    backend = ScriptedBackend([row("a")], pause=[ConnectionFailedError()])
    (outcome,) = await each(["a"], WorkflowClient(backend).pause)
    assert isinstance(outcome.error, ConnectionFailedError)
    assert backend.sent == ["pause"]


async def test_only_a_few_are_under_way_at_once():
    under_way = most = 0

    async def work(item):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        for _ in range(3):
            await asyncio.sleep(0)
        under_way -= 1
        return item

    outcomes = await each(range(20), work)
    assert [one.result for one in outcomes] == list(range(20))
    assert most == AT_ONCE


async def test_a_mistake_of_ours_is_not_taken_for_a_result():
    async def broken(item):
        raise KeyError(item)

    with pytest.raises(KeyError):
        await each(["a"], broken)

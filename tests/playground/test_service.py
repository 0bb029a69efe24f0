"""The whole: two sides of one world, and the same one at the same hour."""

import pytest

from dli_tui.playground.service import Playground
from tests.playground.asking import AT, SAGAS, WORKFLOWS, Asked, step
from tests.support import ManualClock


async def test_the_same_hour_makes_the_same_world():
    one, other = Asked(), Asked()
    assert await one.told(WORKFLOWS) == await other.told(WORKFLOWS)
    sagas = [(await asked.sagas("GET", f"{SAGAS}/")).json() for asked in (one, other)]
    assert sagas[0] == sagas[1]


async def test_a_world_need_not_be_stocked(empty):
    assert await empty.told(WORKFLOWS) == []
    assert (await empty.sagas("GET", f"{SAGAS}/")).json()["total"] == 0


async def test_the_saga_of_an_execution_goes_with_it(empty):
    fetch = step("fetch", "http_request", url="https://api.example.com")
    number = await empty.made(fetch, step("boom", fail=True), step("after"))
    execution = await empty.executed(number)
    saga = await empty.saga_of(execution)
    assert (saga["type"], saga["status"]) == ("workflow_execution", "pending")
    assert saga["correlation_id"] == f"workflow-{number}-execution-{execution}"
    assert saga["input_data"]["workflow_config"]["steps"][0] == fetch
    assert saga["tenant_id"] == "automation-services"
    empty.clock.move(60)
    saga = await empty.saga_of(execution)
    assert saga["status"] == "compensated"
    assert [one["status"] for one in saga["steps"]] == ["compensated", "failed", "pending"]
    assert saga["error_message"] == "Step boom failed"


async def test_a_saga_that_is_tried_again_runs_again(empty):
    execution = await empty.executed(await empty.made(step("once", fail_once=True)))
    empty.clock.move(60)
    assert (await empty.saga_of(execution))["status"] == "failed"
    (failed,) = await empty.steps(execution)
    await empty("POST", f"{WORKFLOWS}/steps/{failed['id']}/retry", {})
    assert (await empty.saga_of(execution))["status"] == "running"
    empty.clock.move(60)
    assert (await empty.saga_of(execution))["status"] == "completed"


def test_a_generation_that_there_never_was_is_refused():
    with pytest.raises(ValueError, match="v9"):
        Playground(ManualClock(AT), generation="v9")  # type: ignore[arg-type] # meant to be wrong

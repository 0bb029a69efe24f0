"""Webhooks: what becomes due, once, in the order in which it happens."""

from tests.playground.asking import WORKFLOWS, Asked, step

HOOK = "http://127.0.0.1:9/hook"
TELL = step("tell", "notification", type="webhook", webhook_url=HOOK)


def events(asked):
    """What became due by now, as event and status."""
    due = asked.world.due(asked.clock.now())
    return [(one.payload["event_type"], one.payload["status"]) for one in due]


async def test_nothing_of_the_past_is_told(stocked):
    assert stocked.world.due(stocked.clock.now()) == []


async def test_each_step_and_the_end_are_told_once(empty):
    number = await empty.made(step("wait", "delay", seconds=10), TELL)
    execution = await empty.executed(number)
    empty.clock.move(5)
    assert events(empty) == []
    empty.clock.move(7)
    assert events(empty) == [
        ("step_completed", "completed"),
        ("step_completed", "completed"),
        ("workflow_completed", "completed"),
    ]
    empty.clock.move(60)
    assert events(empty) == []
    assert (await empty.latest(number))["id"] == execution


async def test_a_payload_is_that_of_the_contract(empty):
    number = await empty.made(step("note", message="hi"), TELL)
    execution = await empty.executed(number)
    empty.clock.move(10)
    last = empty.world.due(empty.clock.now())[-1]
    run = await empty.latest(number)
    assert last.url == HOOK
    assert last.payload == {
        "event_type": "workflow_completed",
        "workflow_id": number,
        "execution_id": execution,
        "status": "completed",
        "timestamp": run["completed_at"],
        "execution_time_ms": run["execution_time_ms"],
        "result_data": run["result_data"],
    }


async def test_a_failure_is_told_when_no_try_is_left(empty):
    await empty.executed(await empty.made(step("boom", fail=True), TELL))
    empty.clock.move(3)
    assert events(empty) == []
    empty.clock.move(60)
    assert events(empty) == [("step_failed", "failed"), ("workflow_failed", "failed")]


async def test_running_out_of_time_is_a_failure_too(empty):
    wait = step("wait", "delay", seconds=60)
    await empty.executed(await empty.made(wait, TELL, timeout_seconds=5))
    empty.clock.move(60)
    assert events(empty) == [("step_failed", "failed"), ("workflow_failed", "timeout")]


async def test_what_is_tried_again_tells_what_comes_of_it(empty):
    execution = await empty.executed(await empty.made(step("once", fail_once=True), TELL))
    empty.clock.move(60)
    assert events(empty)[-1] == ("workflow_failed", "failed")
    (failed, _) = await empty.steps(execution)
    await empty("POST", f"{WORKFLOWS}/steps/{failed['id']}/retry", {})
    empty.clock.move(60)
    assert [event for event, _ in events(empty)] == [
        "step_completed",
        "step_completed",
        "workflow_completed",
    ]


async def test_every_address_is_told_each_once(empty):
    other = "https://hooks.example.com/{{trigger.channel}}"
    body = {
        "name": "Two",
        "workflow_config": {
            "steps": [TELL, step("too", "notification", webhook_url=other), TELL | {"name": "x"}],
            "webhook_url": "https://all.example.com",
        },
    }
    await empty("POST", WORKFLOWS, body)
    await empty.executed(1, channel="chat")
    empty.clock.move(30)
    due = empty.world.due(empty.clock.now())
    ends = [one.url for one in due if one.payload["event_type"] == "workflow_completed"]
    assert ends == ["https://all.example.com", HOOK, "https://hooks.example.com/chat"]


async def test_what_is_no_address_is_told_nothing(empty):
    for number, url in enumerate(("{{env.HOOK}}", "ftp://x.example.com", "http://x/{{env.X}}", 7)):
        tell = step("tell", "notification", webhook_url=url)
        await empty.executed(await empty.made(tell, name=f"To {number}"))
    empty.clock.move(30)
    assert empty.world.due(empty.clock.now()) == []


async def test_a_scheduled_execution_tells_its_addresses_too():
    asked = Asked()
    asked.clock.move(24 * 3600)
    told = {one.payload["workflow_id"] for one in asked.world.due(asked.clock.now())}
    assert {1, 3, 5} <= told

"""The steps of a run with mapped tasks in a group: their copies, their tries, each with its log."""

from collections import Counter

from dli_tui.domain.capability import Capability
from dli_tui.domain.ids import LogRef
from dli_tui.domain.status import RunStatus, StepStatus, WorkflowStatus
from tests.airflow.place import over

MAPPED, COPY = "shares_mapped", "by_share.convert"
BAD = "shares_broken"
CROWD, MANY = "shares_many", 200


async def ended(client, name):
    """A run of a workflow, when it is over."""
    while (row := await client.get(name)) is None:
        await client.clock.sleep(2)
    if row.status is WorkflowStatus.PAUSED:
        await client.unpause(name)
    started = await client.run(name)
    return await over(client, started.run_id)


async def lines_of(client, run_id, step, index, attempt):
    """The whole log of a try of a copy, followed until nothing more comes."""
    ref = LogRef(client.ref(run_id), step, attempt, index)
    lines, cursor, complete = [], None, False
    while not complete:
        chunk = await client.logs(ref, cursor)
        lines += [line.text for line in chunk.lines]
        cursor, complete = chunk.cursor, chunk.complete
    return lines


async def test_each_copy_of_a_mapped_task_is_a_step_with_its_tries_and_their_logs(client):
    run = await ended(client, MAPPED)
    assert run.run_status is RunStatus.COMPLETED
    steps = await client.steps(run.run_id)
    assert [(step.name, step.map_index, step.group) for step in steps] == [
        ("shares", None, None),
        *((COPY, index, "by_share") for index in range(3)),
        ("load", None, None),
    ]
    assert steps[1].needs == ("shares",)
    assert steps[-1].needs == (COPY,)
    assert [(step.attempt, step.max_attempts) for step in steps[1:4]] == [(1, 2), (2, 2), (1, 2)]
    for step in steps:
        assert step.queued_at <= step.started_at <= step.finished_at
        assert "Decorated" in step.type or step.type == "@task"
    first, second = [await lines_of(client, run.run_id, COPY, 1, attempt) for attempt in (1, 2)]
    assert any("share 2, try 1" in line for line in first)
    assert any("ValueError: no rate for share 2" in line for line in first)
    assert any("share 2, try 2" in line for line in second)
    assert not any("ValueError" in line for line in second)
    other = await lines_of(client, run.run_id, COPY, 2, 1)
    assert any("share 3, try 1" in line for line in other)


async def test_the_plan_of_a_retry_names_the_copies_that_airflow_would_run_again(client):
    run = await ended(client, BAD)
    assert (run.run_status, run.error_message) == (RunStatus.FAILED, f"Failed: {COPY}")
    assert Capability.RETRY_PLAN in client.capabilities
    plan = await client.retry_plan(run.run_id)
    assert [(step.name, step.map_index) for step in plan.steps] == [(COPY, 1), ("load", None)]
    assert plan.is_whole
    # A dry run is only that.
    assert (await client.status(run.run_id)).run_status is RunStatus.FAILED
    every = await client.retry_plan(run.run_id, [COPY])
    assert {step.map_index for step in every.steps if step.name == COPY} == {0, 1, 2}
    result = await client.retry(run.run_id)
    assert result.message == "2 steps will run again"
    assert (await over(client, run.run_id)).run_status is RunStatus.FAILED
    steps = await client.steps(run.run_id)
    assert [step.attempt for step in steps[1:4]] == [1, 2, 1]
    last = steps[-1]
    assert (last.status, last.started_at) == (StepStatus.FAILED, None)


async def test_two_hundred_copies_are_all_listed_and_counted_as_the_api_counts(client, rest):
    run = await ended(client, CROWD)
    assert run.run_status is RunStatus.COMPLETED
    run_id = client.ref(run.run_id).run_id
    # Copies on the first page, on the last, and on both sides of where 2.x cuts a page.
    for index in (0, 99, 100, 199):
        await rest.mark_task(CROWD, run_id, f"share/{index}", "failed")
    path = f"/dags/{CROWD}/dagRuns/{run_id}/taskInstances"
    # 2.x tells copies of several pages in an order only where they are those of one task.
    copies = await rest.every(f"{path}/share/listMapped", "task_instances")
    there = {("share", row["map_index"]): row["state"] for row in copies}
    for name in ("begin", "end"):
        there[name, None] = (await rest.ask("GET", f"{path}/{name}"))["state"]
    progress = (await client.status(run.run_id)).progress
    steps = await client.steps(run.run_id)
    assert len(steps) == len(there) == MANY + 2
    assert [(step.name, step.map_index) for step in steps] == [
        ("begin", None),
        *(("share", index) for index in range(MANY)),
        ("end", None),
    ]
    assert {(step.name, step.map_index): step.status for step in steps} == {
        copy: StepStatus.of(state) for copy, state in there.items()
    }
    counts = Counter(there.values())
    assert counts["failed"] == 4
    assert (progress.total_tasks, progress.completed_tasks, progress.failed_tasks) == (
        *(MANY + 2, counts["success"], counts["failed"]),
    )

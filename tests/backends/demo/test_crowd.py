"""Any number of workflows, of few schedules and few fates."""

import pytest

from dli_tui.backends.demo import changes, crowd, portraits
from dli_tui.backends.demo.cast import STANDARD
from dli_tui.backends.demo.crowd import SCHEDULES, with_crowd
from dli_tui.backends.demo.ledger import ledger
from dli_tui.backends.demo.scenario import DemoWorkflow
from dli_tui.backends.demo.world import World
from dli_tui.domain.query import HistoryQuery, RunRequest, WorkflowQuery
from tests.support import everything


def world_of(scenario, now):
    return World(ledger(scenario, ()), 0, now, {})


@pytest.mark.parametrize("size", [1, len(STANDARD.workflows), 500])
def test_the_crowd_fills_up_to_the_size_that_was_asked_for(size):
    scenario = with_crowd(size, 0)
    assert len(scenario.rows) == size
    assert scenario.workflows[: len(STANDARD.workflows)] == STANDARD.workflows[:size]


def test_a_hundred_thousand_rows_are_distinct_and_share_two_hundred_schedules():
    scenario = with_crowd(100_000, 0)
    assert len(scenario.rows) == 100_000
    extra = scenario.workflows[len(STANDARD.workflows) :]
    assert len({(one.cron, one.timezone) for one in extra}) <= SCHEDULES == 200
    assert len({one.name for one in extra}) == len(extra)


def test_the_same_seed_is_the_same_crowd_and_another_is_another():
    assert with_crowd(300, 1) == with_crowd(300, 1)
    assert with_crowd(300, 1) != with_crowd(300, 2)


def test_rows_that_are_copied_equal_rows_that_are_drawn(clock):
    scenario = with_crowd(2_500, 0)
    copied = list(crowd.rows(world_of(scenario, clock.now())))
    world = world_of(scenario, clock.now())
    some = list(zip(copied, world.playing(), strict=True))[::17]
    assert len({workflow.fate for _, workflow in some}) < len(some)
    for row, workflow in some:
        drawn = portraits.row(world, workflow)
        assert row == drawn
        assert row.model_dump() == drawn.model_dump()


async def test_one_of_the_crowd_that_was_run_differs_from_its_like(demo, clock):
    scenario = with_crowd(3_000, 0)
    backend = demo(scenario)
    of_fate: dict[int, list[DemoWorkflow]] = {}
    for workflow in scenario.workflows[len(STANDARD.workflows) :]:
        of_fate.setdefault(workflow.fate, []).append(workflow)
    one, other = next(
        pair[:2] for pair in of_fate.values() if len(pair) > 1 and pair[0].status == "active"
    )
    started = await backend.run(RunRequest(one.name))
    rows = {row.dataset_name: row for row in await everything(backend.workflows(WorkflowQuery()))}
    assert rows[one.name].last_run.run_id == started.run_id
    assert rows[other.name].last_run.run_id != started.run_id
    assert rows[other.name].last_run.dataset_name == other.name


async def test_only_rows_that_may_have_moved_are_drawn(demo, clock, monkeypatch):
    drawn = []

    def counted(world, workflow):
        drawn.append(workflow.name)
        return row(world, workflow)

    row = portraits.row
    backend = demo(with_crowd(2_500, 0))
    first = await backend.changes(None)
    clock.move(1)
    monkeypatch.setattr(portraits, "row", counted)
    later = await backend.changes(first.cursor)
    assert not later.whole
    # A thousand fates stand for the rows; those far from any slot aren't drawn.
    assert 0 < len(drawn) < 900
    assert len(later.workflows) < 2_250
    listed = await everything(backend.workflows(WorkflowQuery()))
    before = {row.key: row for row in first.workflows}
    differ = {row.key for row in listed if before[row.key] != row}
    assert 0 < len(differ) < len(later.workflows)
    assert differ <= {row.key for row in later.workflows}


async def test_the_numbers_of_the_health_page_count_the_last_day(demo, clock):
    numbers = changes.metrics(world_of(STANDARD, clock.now()))
    assert numbers["total_workflows"] == len(STANDARD.workflows)
    assert numbers["active_executions"] > 0
    ended = numbers["completed_executions_24h"] + numbers["failed_executions_24h"]
    assert numbers["success_rate_24h"] == pytest.approx(
        100 * numbers["completed_executions_24h"] / ended, abs=0.06
    )


async def test_the_history_of_a_crowd_is_that_of_each_put_together(demo):
    scenario = with_crowd(2_300, 0)
    backend = demo(scenario)
    one = scenario.workflows[-1]
    assert sum(other.fate == one.fate for other in scenario.workflows) > 1
    await backend.run(RunRequest(one.name))
    together = [run async for run in first(backend.history(HistoryQuery()), 3_000)]
    moments = [portraits.started(run) for run in together]
    assert moments == sorted(moments, reverse=True)
    assert len({run.ref for run in together}) == len(together)
    assert together[0].dataset_name == one.name
    for name in {run.dataset_name for run in together[:40]}:
        mine = [run for run in together if run.dataset_name == name]
        alone = await everything(backend.history(HistoryQuery(workflow=name, limit=len(mine))))
        assert mine == alone


async def first(pages, count):
    """So many items of the first pages."""
    seen = 0
    async for page in pages:
        for item in page.items:
            yield item
        seen += len(page.items)
        if seen >= count:
            return

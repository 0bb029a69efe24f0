"""A backend of a list, a history and a status: the rest is answered the longer way, or refused."""

import inspect
from datetime import UTC, datetime, timedelta

import pytest

from dli_tui.backends.port import Backend
from dli_tui.domain.capability import Capability
from dli_tui.domain.errors import ErrorCode, Unsupported, WorkflowNotFoundError
from dli_tui.domain.ids import RunRef, WorkflowKey
from dli_tui.domain.page import Page
from dli_tui.domain.query import WorkflowQuery
from dli_tui.domain.run import WorkflowRun
from dli_tui.domain.sequence import KEY, SequenceMark
from dli_tui.domain.status import RunStatus, RunType, SourceType, WorkflowStatus
from dli_tui.domain.workflow import WorkflowInfo
from tests.backends.contract.places import A_LONGER_WAY, CALLS
from tests.support import everything

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
CODE, MANUAL = SourceType.CODE, SourceType.MANUAL


def row(name, source=MANUAL, **more):
    return WorkflowInfo(dataset_name=name, source_type=source, status=WorkflowStatus.ACTIVE, **more)


def run(name, number):
    return WorkflowRun(
        run_id=f"{name}-{number}",
        dataset_name=name,
        status=RunStatus.COMPLETED,
        created_at=NOON - timedelta(hours=number),
    )


class Bare(Backend):
    """The least that a backend can be; it knows no filters, and pages of three."""

    label = "a bare place"

    def __init__(self):
        super().__init__()
        self.rows = [row("a"), row("ab", owner="o"), row("b", CODE, owner="c"), row("b"), row("c")]
        self.runs = [run(name, number) for number in range(9) for name in "abc"]
        self.pages = 0

    async def workflows(self, query):
        for number in range(0, len(self.rows), 3):
            yield Page(tuple(self.rows[number : number + 3]))

    async def history(self, query):
        for number in range(0, len(self.runs), 3):
            self.pages += 1
            yield Page(tuple(self.runs[number : number + 3]))

    async def run_status(self, ref):
        raise WorkflowNotFoundError(run_id=ref.run_id)


@pytest.fixture
def bare():
    return Bare()


THE_LONGER_WAY = {
    "backfill_status",
    "backfills",
    "changes",
    "cursor",
    "dataset_info",
    "met",
    "recent_runs",
    "registered",
    "retry_plan",
    "run_dates",
    "workflow",
}
OPTIONAL = sorted(
    name
    for name, method in vars(Backend).items()
    if inspect.iscoroutinefunction(method)
    and not name.startswith("_")
    and not getattr(method, "__isabstractmethod__", False)
    and name not in THE_LONGER_WAY
)
EVERY_CALL = [(capability, call) for capability, calls in CALLS.items() for call in calls]


@pytest.mark.parametrize("name", OPTIONAL)
async def test_a_method_that_is_not_offered_says_so(bare, name):
    method = getattr(bare, name)
    needed = [
        parameter
        for parameter in inspect.signature(method).parameters.values()
        if parameter.default is parameter.empty
    ]
    with pytest.raises(Unsupported) as caught:
        await method(*(None for _ in needed))
    assert caught.value.code is ErrorCode.WORKFLOW_EXECUTION_FAILED
    assert caught.value.message.startswith("A bare place doesn't offer ")


def test_only_three_methods_must_be_written():
    assert Backend.__abstractmethods__ == {"workflows", "history", "run_status"}
    assert Bare.capabilities == frozenset()


def test_every_capability_is_refused_somewhere_or_has_a_longer_way():
    assert set(CALLS) | A_LONGER_WAY == set(Capability)
    assert not set(CALLS) & A_LONGER_WAY


@pytest.mark.parametrize(("capability", "call"), EVERY_CALL)
async def test_what_is_not_offered_is_refused(bare, capability, call):
    with pytest.raises(Unsupported):
        await call(bare)


async def test_the_calls_of_the_contract_leave_out_no_method(bare):
    asked = set()

    class Told(Bare):
        def __getattribute__(self, name):
            if name in OPTIONAL:
                asked.add(name)
            return super().__getattribute__(name)

    told = Told()
    for _, call in EVERY_CALL:
        with pytest.raises(Unsupported):
            await call(told)
    assert asked == set(OPTIONAL)


async def test_the_rows_of_a_name_are_found_in_the_list(bare):
    assert [found.key for found in await bare.workflow("b")] == [("b", CODE), ("b", MANUAL)]
    assert [found.key for found in await bare.workflow("a")] == [("a", MANUAL)]
    assert await bare.registered("b") == await bare.workflow("b")
    assert await bare.workflow("B") == ()


async def test_recent_runs_are_taken_from_histories_that_know_no_filter(bare):
    found = await bare.recent_runs(["b", "a", "z"], 2)
    assert {name: [one.run_id for one in runs] for name, runs in found.items()} == {
        "b": ["b-0", "b-1"],
        "a": ["a-0", "a-1"],
        "z": [],
    }


async def test_no_page_is_asked_for_once_there_are_runs_enough(bare):
    await bare.recent_runs(["a"], 2)
    assert bare.pages == 2


async def test_a_dataset_is_what_the_row_in_force_says(bare):
    info = await bare.dataset_info("b")
    assert (info.name, info.source_type, info.owner) == ("b", CODE, "c")
    assert info.team is None
    assert await bare.dataset_info("z") is None


async def test_changes_are_found_by_comparing_lists(bare):
    first = await bare.changes(None)
    assert first.whole
    assert list(first.workflows) == await everything(bare.workflows(WorkflowQuery()))
    quiet = await bare.changes(first.cursor)
    assert (quiet.whole, quiet.workflows, quiet.gone) == (False, (), ())
    bare.rows = [bare.rows[0].twin(owner="new"), *bare.rows[2:], row("d")]
    moved = await bare.changes(quiet.cursor)
    assert not moved.whole
    assert moved.workflows == (bare.rows[0], bare.rows[-1])
    assert moved.gone == (WorkflowKey("ab", MANUAL),)


@pytest.mark.parametrize("cursor", ["", "0", "1", "2", "x"])
async def test_a_cursor_that_was_not_given_out_brings_the_whole_list(cursor):
    assert (await Bare().changes(cursor)).whole


async def test_a_cursor_is_good_once(bare):
    first = await bare.changes(None)
    await bare.changes(first.cursor)
    assert (await bare.changes(first.cursor)).whole


async def test_a_list_that_breaks_leaves_the_last_one_to_go_on_with(bare):
    first = await bare.changes(None)
    rows, bare.rows = bare.rows, None
    with pytest.raises(TypeError):
        await bare.changes(first.cursor)
    bare.rows = rows
    again = await bare.changes(first.cursor)
    assert (again.whole, again.workflows, again.gone) == (False, (), ())


async def test_a_backfill_without_marks_is_what_its_history_tells(bare):
    def of(backfill, number):
        changes = {"run_type": RunType.BACKFILL, "backfill_id": backfill, "slot": NOON}
        return run("b", number).model_copy(update=changes)

    class Told(Bare):
        async def run_status(self, ref):
            return run("b", 90).model_copy(update={"run_id": ref.run_id})

    told = Told()
    told.runs = [of("mine", 30), of("another", 31), of("mine", 32)]
    found = await told.backfill_status(RunRef("mine", "b"))
    assert found.whole.run_id == "mine"
    assert [date.run.run_id for date in found.dates] == ["b-30", "b-32"]


async def test_a_bare_place_knows_of_no_backfills(bare):
    assert await bare.backfills() == ()


def kept(number, backfill="mine", status=RunStatus.COMPLETED):
    slots = (NOON - timedelta(hours=40), NOON - timedelta(hours=39))
    mark = SequenceMark(backfill, slots, NOON - timedelta(hours=33))
    changes = {
        "run_type": RunType.BACKFILL,
        "backfill_id": backfill,
        "slot": slots[number % 2],
        "parameters": {KEY: mark.as_parameter(number % 2)},
        "status": status,
    }
    return run("b", number).model_copy(update=changes)


async def test_runs_of_a_backfill_that_others_stand_between_are_all_found(bare):
    between = [run("b", number) for number in range(13, 31)]
    bare.runs = [kept(12), *between, kept(31)]
    found = await bare.backfill_status(RunRef("mine", "b"))
    assert [date.status for date in found.dates] == [RunStatus.COMPLETED] * 2
    assert found.by_hand


async def test_nobody_reads_on_past_the_beginning_of_a_backfill(bare):
    older = [run("b", number) for number in range(40, 400)]
    bare.runs = [kept(12), kept(31), run("b", 32), *older]
    await bare.backfill_status(RunRef("mine", "b"))
    assert bare.pages == 2


async def test_what_somebody_left_unfinished_is_found_by_what_its_runs_carry(bare):
    bare.runs = [run("b", 1), kept(12, status=RunStatus.FAILED), run("b", 13)]
    (found,) = await bare.backfills()
    assert found.ref == RunRef("mine", "b")
    assert found.is_unfinished(NOON)

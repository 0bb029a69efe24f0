"""A push is planned, shown and carried out as planned; whoever was faster isn't overwritten."""

import pytest

from dli_tui.domain.errors import ConfigurationError, ErrorCode, WorkflowRegistrationError
from dli_tui.domain.status import SourceType
from dli_tui.specs.catalogue import read_catalogue
from dli_tui.specs.publishing import Change, Publisher, plan_push
from dli_tui.specs.store.shelf import key_of
from tests.specs.store import places
from tests.specs.store.places import NAME, NOW, spec, store_of
from tests.support import ManualClock

CODE = SourceType.CODE


@pytest.fixture
def objects(tmp_path):
    return places.memory(tmp_path)()


@pytest.fixture
def store(objects):
    return store_of(objects)


@pytest.fixture
def plan(store):
    async def planned(texts, **options):
        return plan_push(texts, await read_catalogue(store), **options)

    return planned


@pytest.fixture
def push(objects, plan):
    async def pushed(texts, **options):
        steps = await plan(texts, **options)
        for step in steps:
            await Publisher(objects, ManualClock(NOW)).carry_out(step)
        return {step.name: step.change for step in steps}

    return pushed


async def test_a_push_creates_replaces_and_leaves_alone(push, store):
    assert await push({"a": spec("a"), "b": spec("b")}) == dict.fromkeys("ab", Change.CREATE)
    changed = {"a": spec("a", words="new"), "b": "\ufeff" + spec("b")}
    assert await push(changed) == {"a": Change.REPLACE, "b": Change.UNCHANGED}
    found = {name: await store.read(name, CODE) for name in "ab"}
    assert {name: one.revision for name, one in found.items()} == {"a": 2, "b": 1}
    assert found["a"].text == spec("a", words="new")


async def test_what_is_no_longer_there_is_removed_only_when_asked(push, store):
    await push({"a": spec("a"), "b": spec("b")})
    assert await push({"a": spec("a")}) == {"a": Change.UNCHANGED}
    assert await push({"a": spec("a")}, prune=True) == {"a": Change.UNCHANGED, "b": Change.REMOVE}
    assert await store.read("b", CODE) is None
    assert await push({"b": spec("b")}) == {"b": Change.CREATE}
    assert (await store.read("b", CODE)).revision == 3


async def test_pruning_by_nothing_would_remove_all_so_it_is_refused(push, plan):
    await push({"a": spec("a")})
    with pytest.raises(ConfigurationError, match="would remove all"):
        await plan({}, prune=True)


async def test_the_plan_says_whose_manual_is_overridden_and_leaves_it(push, plan, store):
    manual = await store.register(NAME, spec(words="mine"))
    (step,) = await plan({NAME: spec()})
    assert step.overrides == manual
    await push({NAME: spec(), "other": spec("other")}, prune=True)
    assert await store.read(NAME, SourceType.MANUAL) == manual


@pytest.mark.parametrize("was", [None, "old"])
async def test_who_was_faster_than_a_push_is_named_and_not_overwritten(objects, push, plan, was):
    if was is not None:
        await push({NAME: spec(words=was)})
    (step,) = await plan({NAME: spec(words="ours")})
    await push({NAME: spec(words="theirs")})
    with pytest.raises(WorkflowRegistrationError, match="it was pushed by ") as caught:
        await Publisher(objects, ManualClock(NOW)).carry_out(step)
    assert caught.value.code is ErrorCode.WORKFLOW_ALREADY_EXISTS
    assert (await store_of(objects).read(NAME, CODE)).text == spec(words="theirs")


async def test_who_was_faster_than_a_prune_keeps_theirs(objects, push, plan):
    await push({NAME: spec()})
    *_, step = await plan({"other": spec("other")}, prune=True)
    await push({NAME: spec(words="theirs")})
    with pytest.raises(WorkflowRegistrationError, match="was not removed"):
        await Publisher(objects, ManualClock(NOW)).carry_out(step)
    assert (await store_of(objects).read(NAME, CODE)).text == spec(words="theirs")


async def test_two_names_of_one_dag_are_refused_naming_the_first(plan, push, store):
    await store.register("web_clicks", spec("web_clicks"))
    with pytest.raises(WorkflowRegistrationError, match="same DAG as 'web_clicks'") as caught:
        await plan({NAME: spec()})
    assert caught.value.code is ErrorCode.WORKFLOW_ALREADY_EXISTS
    await push({"a.b": spec("a.b")})
    with pytest.raises(WorkflowRegistrationError, match=r"same DAG as 'a\.b'"):
        await plan({"a_b": spec("a_b")})
    assert [step.name for step in await plan({"a_b": spec("a_b")}, prune=True)] == ["a_b", "a.b"]


async def test_what_cant_be_read_is_not_replaced(objects, plan):
    await objects.put(key_of(NAME, CODE), b"\xff", over=None)
    with pytest.raises(WorkflowRegistrationError, match="can't be read, so it can't be replaced"):
        await plan({NAME: spec()})


async def test_what_makes_no_sense_there_is_replaced(objects, push, store):
    await objects.put(key_of(NAME, CODE), b"name: [", over=None)
    assert await push({NAME: spec()}) == {NAME: Change.REPLACE}
    assert (await store.read(NAME, CODE)).text == spec()

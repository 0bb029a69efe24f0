"""Two people at once: one is first, the other hears by whom and when; nothing is lost unseen."""

import asyncio

import pytest

from dli_tui.domain.acting import acting_for
from dli_tui.domain.errors import ErrorCode, WorkflowRegistrationError
from dli_tui.domain.status import SourceType
from tests.specs.store.places import NAME, NOW, at_once, spec, store_of

MANUAL = SourceType.MANUAL
WHEN = f"{NOW:%Y-%m-%d %H:%M:%S} UTC"


def registering(words):
    return lambda store: store.register(NAME, spec(words=words))


def replacing(document, words):
    return lambda store: store.replace(document, spec(words=words))


def unregistering(document):
    return lambda store: store.unregister(document)


async def ended(outcomes, store):
    """The number of the one who was first, and why the other wasn't; checked against the store."""
    won = [n for n, one in enumerate(outcomes) if not isinstance(one, BaseException)]
    assert len(won) == 1, outcomes
    (refused,) = (one for one in outcomes if isinstance(one, BaseException))
    assert isinstance(refused, WorkflowRegistrationError), refused
    document = await store.document(NAME, MANUAL)
    assert document == outcomes[won[0]]
    assert document.header.by == f"writer-{won[0]}"
    assert f"by writer-{won[0]} on {WHEN}" in refused.message
    return won[0], refused


async def test_of_two_who_register_one_is_first_and_the_other_hears_who(open_objects, store):
    outcomes = await at_once(open_objects, registering("one"), registering("two"))
    first, refused = await ended(outcomes, store)
    assert refused.code is ErrorCode.WORKFLOW_ALREADY_EXISTS
    assert (await store.read(NAME, MANUAL)).text == spec(words=("one", "two")[first])


async def test_of_eight_who_register_one_is_first(open_objects, store):
    outcomes = await at_once(open_objects, *(registering(str(number)) for number in range(8)))
    (won,) = (n for n, one in enumerate(outcomes) if not isinstance(one, BaseException))
    assert (await store.read(NAME, MANUAL)).text == spec(words=str(won))


async def test_of_two_who_replace_one_is_first_and_the_other_hears_who(open_objects, store):
    seen = await store.register(NAME, spec())
    outcomes = await at_once(open_objects, replacing(seen, "one"), replacing(seen, "two"))
    _, refused = await ended(outcomes, store)
    assert refused.code is ErrorCode.WORKFLOW_ALREADY_EXISTS
    assert (await store.read(NAME, MANUAL)).revision == 2


async def test_nobody_replaces_what_was_removed_or_removes_what_was_replaced(open_objects, store):
    seen = await store.register(NAME, spec())
    outcomes = await at_once(open_objects, replacing(seen, "newer"), unregistering(seen))
    first, refused = await ended(outcomes, store)
    codes = (ErrorCode.WORKFLOW_UNREGISTER_FAILED, ErrorCode.WORKFLOW_ALREADY_EXISTS)
    assert refused.code is codes[first]
    assert ((await store.read(NAME, MANUAL)) is None) == (first == 1)


async def test_of_two_who_register_what_was_removed_one_is_first(open_objects, store):
    await store.unregister(await store.register(NAME, spec()))
    outcomes = await at_once(open_objects, registering("one"), registering("two"))
    await ended(outcomes, store)
    assert (await store.read(NAME, MANUAL)).revision == 3


async def test_who_registers_while_it_is_removed_comes_after_it_or_is_refused(open_objects, store):
    seen = await store.register(NAME, spec())
    removing = asyncio.create_task(store_of(open_objects()).unregister(seen))
    again = spec(words="again")
    try:
        registered = await store_of(open_objects()).register(NAME, again)
    except WorkflowRegistrationError:
        registered = None
    removed = await removing
    there = await store.document(NAME, MANUAL)
    if registered is None:
        assert there == removed
    else:
        assert (there, there.revision, there.text) == (registered, 3, again)


async def test_an_old_version_is_never_taken_for_the_present_one(store):
    first = await store.register(NAME, spec(words="the same"))
    second = await store.replace(first, spec(words="another"))
    third = await store.replace(second, spec(words="the same"))
    assert third.etag != first.etag
    with pytest.raises(WorkflowRegistrationError) as caught:
        await store.unregister(first)
    assert caught.value.code is ErrorCode.WORKFLOW_UNREGISTER_FAILED
    assert await store.read(NAME, MANUAL) == third


async def test_who_reads_meanwhile_sees_whole_versions_one_after_the_other(open_objects, store):
    document, done, seen = await store.register(NAME, spec(words="1")), asyncio.Event(), []

    async def read():
        reader = store_of(open_objects())
        while not done.is_set():
            seen.append(await reader.read(NAME, MANUAL))
            assert len(await reader.etags(MANUAL)) == 1
            await asyncio.sleep(0)

    reading = asyncio.create_task(read())
    for revision in range(2, 12):
        document = await store.replace(document, spec(words=str(revision) * 2_000))
    done.set()
    await reading
    revisions = [one.revision for one in seen]
    assert revisions == sorted(revisions)
    for one in seen:
        assert one.text == spec(words=str(one.revision) * (2_000 if one.revision > 1 else 1))


async def test_who_writes_is_whoever_it_is_done_for(store):
    with acting_for("ana@example.com"):
        document = await store.register(NAME, spec())
    assert (document.header.by, document.header.at) == ("ana@example.com", NOW)

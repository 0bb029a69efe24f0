"""The documents of a source: names that are names, specs that are specs, answers that were lost."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dli_tui.domain.errors import (
    AnswerLostError,
    ConfigurationError,
    ConnectionFailedError,
    ErrorCode,
    WorkflowRegistrationError,
)
from dli_tui.domain.ids import why_not_a_name
from dli_tui.domain.status import SourceType
from dli_tui.specs.errors import SpecError
from dli_tui.specs.store.document import Act
from dli_tui.specs.store.shelf import Shelf, key_of
from tests.specs.store import places
from tests.specs.store.places import NAME, NOW, spec, store_of
from tests.support import ManualClock

MANUAL, CODE = SourceType.MANUAL, SourceType.CODE


@given(st.text(max_size=300) | st.from_regex(r"[a-z0-9./_\\-]{1,20}"), st.sampled_from(SourceType))
def test_a_key_is_of_a_name_and_lies_in_its_folder_or_there_is_none(name, source):
    if why_not_a_name(name) is not None:
        with pytest.raises(ConfigurationError, match="is not a dataset name"):
            key_of(name, source)
        return
    folder, file = key_of(name, source).rsplit("/", 1)
    assert (folder, file) == (f"workflows/{source.value}", f"{name}.yaml")
    assert ".." not in file


@pytest.mark.parametrize("name", ["../code/x", "..", "", "a/b", "a\\b", "a\0b", ".hidden", "a\nb"])
async def test_what_is_no_name_reaches_nothing(store, name):
    for asked in (store.read(name, MANUAL), store.register(name, spec())):
        with pytest.raises(ConfigurationError, match="is not a dataset name"):
            await asked
    assert await store.etags(MANUAL) == {}


async def test_a_document_is_read_as_it_was_written_and_listed_by_its_etag(store):
    document = await store.register(NAME, spec())
    assert await store.read(NAME, MANUAL) == document
    assert await store.etags(MANUAL) == {"workflows/manual/web.clicks.yaml": document.etag}
    assert (document.text, document.revision) == (spec(), 1)
    assert (await store.read(NAME, CODE), await store.etags(CODE)) == (None, {})


async def test_a_mark_of_the_encoding_is_no_part_of_the_spec(store):
    document = await store.register(NAME, "\ufeff" + spec())
    assert document.text == spec()
    assert await store.read(NAME, MANUAL) == document


async def test_what_is_there_is_not_registered_over_and_says_whose_it_is(store):
    await store.register(NAME, spec())
    with pytest.raises(WorkflowRegistrationError) as caught:
        await store.register(NAME, spec(words="other"))
    assert caught.value.code is ErrorCode.WORKFLOW_ALREADY_EXISTS
    assert "there already: it was registered by " in caught.value.message
    assert f"on {NOW:%Y-%m-%d %H:%M:%S} UTC (revision 1)" in caught.value.message


async def test_what_was_removed_is_gone_and_says_who_removed_it(store):
    removed = await store.unregister(await store.register(NAME, spec()))
    assert await store.read(NAME, MANUAL) is None
    assert (removed.header.act, removed.text, removed.revision) == (Act.REMOVED, "", 2)
    assert await store.document(NAME, MANUAL) == removed
    assert (await store.register(NAME, spec())).revision == 3


async def test_what_somebody_put_there_by_other_means_can_be_read_and_replaced(open_objects):
    objects = open_objects()
    await objects.put(key_of(NAME, MANUAL), spec().encode(), over=None)
    store = store_of(objects)
    found = await store.read(NAME, MANUAL)
    assert (found.text, found.header, found.revision) == (spec(), None, 0)
    with pytest.raises(WorkflowRegistrationError, match="it was put there by other means"):
        await store.register(NAME, spec())
    assert (await store.replace(found, spec(words="ours"))).revision == 1


@pytest.mark.parametrize("text", ["", "name: [", "version: v1\nname: other\nowner: me\n", "- x"])
async def test_what_is_no_spec_of_that_name_is_not_written(store, text):
    with pytest.raises(SpecError):
        await store.register(NAME, text)
    assert await store.etags(MANUAL) == {}


async def test_what_writes_manual_can_not_write_code(open_objects):
    code = Shelf(open_objects(), CODE, ManualClock(NOW))
    pushed = await code.create(NAME, spec())
    store = store_of(open_objects())
    for deed in (store.replace(pushed, spec(words="mine")), store.unregister(pushed)):
        with pytest.raises(WorkflowRegistrationError):
            await deed
    assert await store.read(NAME, CODE) == pushed
    assert pushed.header.act is Act.PUSHED


class Losing(places.Meeting):
    """Loses the answer of a write: before it arrives, or after."""

    def __init__(self, inner, *, arrives, reads=True):
        super().__init__(inner, asyncio.Barrier(1))
        self._arrives, self._reads, self._wrote = arrives, reads, False

    async def get(self, key):
        if self._wrote and not self._reads:
            raise ConnectionFailedError
        return await super().get(key)

    async def put(self, key, data, *, over):
        self._wrote = True
        if self._arrives:
            await super().put(key, data, over=over)
        raise AnswerLostError


async def test_a_write_whose_answer_was_lost_is_looked_for_and_found(open_objects):
    document = await store_of(Losing(open_objects(), arrives=True)).register(NAME, spec())
    assert document == await store_of(open_objects()).read(NAME, MANUAL)


@pytest.mark.parametrize(("arrives", "reads"), [(False, True), (True, False)])
async def test_one_that_is_not_found_may_have_happened_and_is_not_sent_again(
    open_objects, arrives, reads
):
    store = store_of(Losing(open_objects(), arrives=arrives, reads=reads))
    with pytest.raises(AnswerLostError):
        await store.register(NAME, spec())
    there = await store_of(open_objects()).read(NAME, MANUAL)
    assert (there is not None) == arrives


async def test_an_older_version_is_not_taken_for_what_was_lost(open_objects, store):
    before = await store.register(NAME, spec())
    losing = store_of(Losing(open_objects(), arrives=False))
    with pytest.raises(AnswerLostError):
        await losing.replace(before, spec(words="new"))
    assert await store.read(NAME, MANUAL) == before

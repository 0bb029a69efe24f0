"""Everything that a store holds: CODE over MANUAL, and nothing hidden by what is broken."""

import pytest

from dli_tui.domain.errors import ConnectionFailedError, ServerError
from dli_tui.domain.status import SourceType
from dli_tui.specs.catalogue import read_catalogue
from dli_tui.specs.publishing import Publisher, plan_push
from dli_tui.specs.store.objects import UnreadableError
from dli_tui.specs.store.shelf import key_of
from tests.specs.store import places
from tests.specs.store.places import NAME, NOW, spec, store_of
from tests.support import ManualClock

MANUAL, CODE = SourceType.MANUAL, SourceType.CODE


@pytest.fixture
def objects(tmp_path):
    return Counting(places.memory(tmp_path)())


@pytest.fixture
def store(objects):
    return store_of(objects)


class Counting(places.Meeting):
    """Remembers what was read, and refuses what it is told to."""

    def __init__(self, inner):
        super().__init__(inner, None)
        self.read, self.refused, self.listing = [], {}, None

    async def etags(self, folder):
        if self.listing is not None and folder.endswith("manual"):
            raise self.listing
        return await super().etags(folder)

    async def get(self, key):
        self.read.append(key)
        if key in self.refused:
            raise self.refused[key]
        return await super().get(key)

    async def put(self, key, data, *, over):
        return await self._inner.put(key, data, over=over)


async def push(objects, **texts):
    """Make those texts all the CODE that there is."""
    clock = ManualClock(NOW)
    texts = {name.replace("__", "."): text for name, text in texts.items()}
    steps = plan_push(texts, await read_catalogue(store_of(objects)), prune=bool(texts))
    for step in steps:
        await Publisher(objects, clock).carry_out(step)


async def test_code_counts_manual_is_kept_and_comes_back(objects, store):
    manual = await store.register(NAME, spec(words="mine"))
    (row,) = (await read_catalogue(store)).rows
    assert (row.in_force.document, row.overridden) == (manual, None)
    await push(objects, web__clicks=spec(words="ours"))
    (row,) = (await read_catalogue(store)).rows
    assert row.in_force.source is CODE
    assert row.overridden.document == manual
    assert row.in_force.document.said().startswith("pushed by ")
    await push(objects, other=spec("other"))
    row = next(one for one in (await read_catalogue(store)).rows if one.name == NAME)
    assert (row.in_force.document, row.overridden) == (manual, None)


async def test_what_was_removed_is_no_row_and_not_forgotten(store):
    removed = await store.unregister(await store.register(NAME, spec()))
    catalogue = await read_catalogue(store)
    assert catalogue.rows == ()
    assert catalogue.entries[key_of(NAME, MANUAL)].document == removed


async def test_what_is_broken_is_a_row_with_its_error_beside_the_others(objects, store):
    await store.register(NAME, spec())
    broken = {
        "workflows/manual/bad.yaml": b"name: [",
        "workflows/manual/other.yaml": b"version: v1\nname: mine\nowner: me\n",
        "workflows/manual/binary.yaml": b"\xff\xfe",
        "workflows/manual/sub/deep.yaml": b"x",
        "workflows/manual/README.md": b"not a spec",
    }
    for key, data in broken.items():
        await objects.put(key, data, over=None)
    await store.register("refused", spec("refused"))
    objects.refused[key_of("refused", MANUAL)] = UnreadableError("refused", hint="")
    rows = {row.name: row.in_force.problem for row in (await read_catalogue(store)).rows}
    assert sorted(rows) == ["bad", "binary", "other", "refused", "sub/deep", NAME]
    assert rows[NAME] is None
    assert "expected 'other'" in rows["other"].message
    assert rows["refused"].message == "refused"
    assert "not UTF-8" in rows["binary"].message
    assert "not a dataset name" in rows["sub/deep"].message


async def test_code_that_is_broken_counts_all_the_same(objects, store):
    await store.register(NAME, spec())
    await objects.put(key_of(NAME, CODE), b"name: [", over=None)
    (row,) = (await read_catalogue(store)).rows
    assert row.in_force.source is CODE
    assert row.in_force.problem is not None
    assert row.overridden.problem is None


async def test_a_listing_or_a_reading_that_fails_is_no_catalogue(objects, store):
    await store.register(NAME, spec())
    objects.refused[key_of(NAME, MANUAL)] = ConnectionFailedError()
    with pytest.raises(ConnectionFailedError):
        await read_catalogue(store)
    objects.refused.clear()
    objects.listing = ServerError("cut off")
    with pytest.raises(ServerError, match="cut off"):
        await read_catalogue(store)


async def test_what_is_known_by_its_etag_is_not_read_again(objects, store):
    for name in ("a", "b", "c"):
        document = await store.register(name, spec(name))
    before = await read_catalogue(store)
    objects.read.clear()
    assert await read_catalogue(store, before) == before
    assert objects.read == []
    await store.replace(document, spec("c", words="new"))
    objects.read.clear()
    after = await read_catalogue(store, before)
    assert objects.read == [key_of("c", MANUAL)]
    assert after.rows[2].in_force.spec.description == "new"


async def test_what_goes_while_it_is_read_is_left_out(objects, store):
    await store.register(NAME, spec())

    async def gone(key):
        return None

    objects.get = gone
    assert (await read_catalogue(store)).rows == ()

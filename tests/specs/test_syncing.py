"""A folder follows its store, and nothing of anybody else is touched, whatever goes wrong."""

import asyncio
import json
import shutil

import pytest

from dli_tui.domain.clock import SystemClock
from dli_tui.domain.errors import ConfigurationError, ServerError
from dli_tui.domain.status import SourceType
from dli_tui.specs.catalogue import read_catalogue
from dli_tui.specs.publishing import Publisher, plan_push
from dli_tui.specs.store.local import PATIENCE, Folder
from dli_tui.specs.syncindex import INDEX, alone, read_index
from dli_tui.specs.syncing import Sync, Synced
from tests.specs.store.places import NAME, NOW, spec, store_of
from tests.support import ManualClock

MANUAL, CODE = f"manual/{NAME}.yaml", f"code/{NAME}.yaml"


@pytest.fixture
def root(tmp_path):
    for name in ("store", "to"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def folder(root):
    return root / "to"


@pytest.fixture
def objects(root):
    return Folder(root / "store", SystemClock())


@pytest.fixture
def store(objects):
    return store_of(objects)


@pytest.fixture
def sync(objects, folder):
    return Sync(objects, folder, SystemClock())


async def pushed(objects, names, *, prune=False):
    """CI pushes CODE of these names, and may remove all others."""
    steps = plan_push(
        {name: spec(name, "by ci") for name in names},
        await read_catalogue(store_of(objects)),
        prune=prune,
    )
    for step in steps:
        await Publisher(objects, ManualClock(NOW)).carry_out(step)


def text(path):
    return path.read_text("utf-8")


async def in_thread(call, *words):
    return await asyncio.to_thread(call, *words)


async def test_what_is_in_the_store_is_in_the_folder_byte_for_byte(objects, store, folder, sync):
    await store.register(NAME, spec())
    await pushed(objects, [NAME])
    done = await sync.all()
    assert (done.written, done.removed, done.problems) == ((CODE, MANUAL), (), ())
    for path in (CODE, MANUAL):
        blob = await objects.get(f"workflows/{path}")
        assert await in_thread((folder / path).read_bytes) == blob.data


async def test_what_has_not_changed_is_not_fetched_again(objects, store, sync, monkeypatch):
    await store.register(NAME, spec())
    await store.unregister(await store.register("other.one", spec("other.one")))
    await sync.all()

    async def get(self, key):
        raise AssertionError(key)

    monkeypatch.setattr(Folder, "get", get)
    assert await sync.all() == Synced(unchanged=2)


async def test_a_new_version_replaces_the_file_as_a_whole(store, folder, sync):
    document = await store.register(NAME, spec())
    await sync.all()
    before = await in_thread((folder / MANUAL).stat)
    await store.replace(document, spec(words="anew"))
    assert (await sync.all()).written == (MANUAL,)
    assert "anew" in await in_thread(text, folder / MANUAL)
    assert (await in_thread((folder / MANUAL).stat)).st_ino != before.st_ino


async def test_what_is_removed_or_gone_leaves_the_folder(objects, store, folder, root, sync):
    document = await store.register(NAME, spec())
    await pushed(objects, ["ci.one", "ci.two"])
    await sync.all()
    await store.unregister(document)
    await in_thread((root / "store/workflows/code/ci.one.yaml").unlink)
    assert (await sync.all()).removed == ("code/ci.one.yaml", MANUAL)
    assert not (folder / MANUAL).exists()
    assert (await sync.all()) == Synced(unchanged=2)


async def test_a_manual_that_comes_back_is_new_in_the_folder(objects, store, folder, sync):
    await store.register(NAME, spec())
    await pushed(objects, [NAME, "ci.one"])
    await sync.all()
    before = await in_thread((folder / MANUAL).stat)
    await pushed(objects, ["ci.one"], prune=True)
    assert (await sync.all()).removed == (CODE,)
    after = await in_thread((folder / MANUAL).stat)
    # The factory begins a schedule when its file came.
    assert after.st_ino != before.st_ino
    assert (await sync.all()).written == ()


async def test_a_file_that_was_deleted_by_hand_comes_again(store, folder, sync):
    await store.register(NAME, spec())
    await sync.all()
    await in_thread((folder / MANUAL).unlink)
    assert (await sync.all()).written == (MANUAL,)


async def test_files_of_others_stay(store, folder, sync):
    await store.register(NAME, spec())
    for path in (MANUAL, "manual/mine.yaml", "manual/notes.txt", "top.yaml"):
        (folder / path).parent.mkdir(exist_ok=True)
        await in_thread((folder / path).write_bytes, b"name: mine\n")
    done = await sync.all()
    assert (done.written, done.foreign) == ((), 1)
    assert done.problems[0].startswith(f"{MANUAL} is a file of somebody else")
    assert await in_thread(text, folder / MANUAL) == "name: mine\n"
    assert (folder / "manual/mine.yaml").exists()


async def test_a_file_that_somebody_changed_is_not_deleted(store, folder, sync):
    document = await store.register(NAME, spec())
    await sync.all()
    await in_thread((folder / MANUAL).write_bytes, b"name: mine\n")
    await store.unregister(document)
    done = await sync.all()
    assert "not sync's to delete" in done.problems[0]
    assert (folder / MANUAL).exists()


@pytest.mark.parametrize(
    "index",
    [
        b"",
        b'{"version": 1, "files": {"man',
        b"[" * 100_000,
        b"\xff",
        json.dumps({"version": 2}).encode(),
        json.dumps({"version": 1, "store": "STORE", "files": 5}).encode(),
        json.dumps(
            {
                "version": 1,
                "store": "STORE",
                "files": {
                    "../outside.yaml": ["x", "0" * 64],
                    "manual/../../outside.yaml": ["x", "0" * 64],
                    "manual/mine.yaml": ["x", "unreadable"],
                    "code/mine.yaml": {"etag": "x"},
                    MANUAL: ["x", None],
                },
            }
        ).encode(),
    ],
)
async def test_a_bad_index_is_none(store, root, sync, index):
    folder = root / "to"
    document = await store.register(NAME, spec())
    await sync.all()
    outside = root / "outside.yaml"
    await in_thread(outside.write_bytes, b"x")
    await in_thread((folder / "manual/mine.yaml").write_bytes, b"x")
    told = index.replace(b"STORE", store.where.encode())
    await in_thread((folder / INDEX).write_bytes, told)
    await store.replace(document, spec(words="anew"))
    done = await sync.all()
    assert (done.written, done.removed, done.problems) == ((MANUAL,), (), ())
    assert outside.exists()
    assert (folder / "manual/mine.yaml").exists()


async def test_an_index_that_names_what_sync_never_writes_has_no_such_entry(folder):
    good, hashed = ["x", None], ["x", "0" * 64]
    files = {
        MANUAL: good,
        CODE: hashed,
        "manual/../code/x.yaml": good,
        "manual/.lock": good,
        "other/x.yaml": good,
        "manual/x.yaml": ["x", "short"],
        "manual/y.yaml": "x",
    }
    told = json.dumps({"version": 1, "store": "s", "files": files}).encode()
    await in_thread((folder / INDEX).write_bytes, told)
    assert (await in_thread(read_index, folder, "s")).keys() == {MANUAL, CODE}


async def test_no_link_is_followed(store, folder, root, sync):
    await store.register(NAME, spec())
    (root / "elsewhere").mkdir()
    (folder / "manual").symlink_to(root / "elsewhere")
    with pytest.raises(ServerError):
        await sync.all()
    assert list((root / "elsewhere").iterdir()) == []


async def test_a_list_that_fails_changes_nothing(objects, store, folder, sync, monkeypatch):
    await store.register(NAME, spec())
    await sync.all()
    etags = Folder.etags

    async def failing(self, name):
        if name == "workflows/code":
            raise ServerError("no")
        return {} if name.startswith("workflows") else await etags(self, name)

    monkeypatch.setattr(Folder, "etags", failing)
    with pytest.raises(ServerError):
        await sync.all()
    assert (folder / MANUAL).exists()


async def test_a_list_that_is_empty_all_at_once_deletes_nothing_unless_that_is_meant(
    objects, store, folder, root, sync
):
    await store.register(NAME, spec())
    await pushed(objects, ["ci.one"])
    await sync.all()
    await in_thread(shutil.rmtree, root / "store" / "workflows" / "manual")
    done = await sync.all()
    assert (done.removed, len(done.problems)) == ((), 1)
    assert "MANUAL" in done.problems[0]
    assert (folder / MANUAL).exists()
    assert (await sync.all(allow_empty=True)).removed == (MANUAL,)


async def test_a_document_that_cannot_be_read_stays_as_it_was(store, folder, root, sync):
    await store.register(NAME, spec())
    await sync.all()
    path = root / "store" / "workflows" / MANUAL
    await in_thread(path.unlink)
    path.mkdir()
    done = await sync.all()
    assert "stays as it is" in done.problems[0]
    assert (folder / MANUAL).exists()


async def test_what_is_not_a_name_is_not_copied(objects, folder, sync):
    await objects.put("workflows/code/a b.yaml", b"x", over=None)
    done = await sync.all()
    assert done.problems[0].startswith("code/a b.yaml is not copied")
    assert not (folder / "code").exists()


async def test_one_name_is_brought_up_to_date_alone(store, folder, sync):
    document = await store.register(NAME, spec())
    await store.register("other.one", spec("other.one"))
    assert (await sync.one(NAME)).written == (MANUAL,)
    assert not (folder / "manual/other.one.yaml").exists()
    await store.unregister(document)
    assert (await sync.one(NAME)).removed == (MANUAL,)
    assert (await sync.all()).written == ("manual/other.one.yaml",)


async def test_what_is_no_file_is_in_the_way_of_one_name_too(store, folder, sync):
    await store.register(NAME, spec())
    (folder / MANUAL).mkdir(parents=True)
    for done in (await sync.one(NAME), await sync.all()):
        assert done.problems[0].startswith(f"{MANUAL} is a file of somebody else")


async def test_a_folder_follows_one_store(store, folder, root, sync):
    await store.register(NAME, spec())
    await sync.all()
    (root / "another").mkdir()
    with pytest.raises(ConfigurationError, match="as another store is"):
        await Sync(Folder(root / "another", SystemClock()), folder, SystemClock()).all()
    assert (folder / MANUAL).exists()


async def test_a_folder_that_is_the_store_needs_no_copy(objects, store, root):
    await store.register(NAME, spec())
    own = Sync(objects, root / "store" / "workflows", SystemClock())
    assert await own.all() == await own.one(NAME) == Synced()
    assert not (root / "store" / "workflows" / INDEX).exists()


async def test_a_folder_that_is_not_there_says_so(objects, root):
    with pytest.raises(ConfigurationError, match="no such folder"):
        await Sync(objects, root / "nowhere", SystemClock()).all()


async def test_two_syncs_take_turns_and_one_that_waits_too_long_says_so(objects, folder):
    clock = ManualClock(NOW)
    async with alone(folder, clock):
        with pytest.raises(ServerError, match="Another sync"):
            await Sync(objects, folder, clock).all()
    assert (clock.now() - NOW).total_seconds() == pytest.approx(PATIENCE, abs=0.1)
    assert await Sync(objects, folder, clock).all() == Synced()


async def test_many_are_brought_at_once(objects, folder, sync):
    await pushed(objects, [f"many.set_{number}" for number in range(50)])
    assert len((await sync.all()).written) == 50
    assert (await sync.all()).unchanged == 50
    assert {SourceType.CODE} == {
        SourceType(path.name) for path in folder.iterdir() if path.is_dir()
    }

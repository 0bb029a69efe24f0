"""A folder as a store: whole files, one writer at a time, and nothing outside of it."""

import asyncio
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dli_tui.domain.errors import ConfigurationError, ServerError
from dli_tui.specs.store.local import PATIENCE, Folder
from dli_tui.specs.store.objects import MAX_OBJECT, ClashError, UnreadableError
from tests.specs.store.places import NOW
from tests.support import ManualClock

FOLDER = "workflows/manual"
KEY = f"{FOLDER}/web.clicks.yaml"


@pytest.fixture
def clock():
    return ManualClock(NOW)


@pytest.fixture
def place(tmp_path, clock):
    return Folder(tmp_path, clock)


async def test_what_is_written_is_there_with_its_etag(place):
    etag = await place.put(KEY, b"one", over=None)
    assert await place.get(KEY) == (b"one", etag)
    assert await place.etags(FOLDER) == {KEY: etag}
    newer = await place.put(KEY, b"two", over=etag)
    assert await place.get(KEY) == (b"two", newer)
    assert newer != etag


async def test_a_write_that_saw_something_else_writes_nothing(place):
    etag = await place.put(KEY, b"one", over=None)
    for over in (None, "another", ""):
        with pytest.raises(ClashError):
            await place.put(KEY, b"two", over=over)
    with pytest.raises(ClashError):
        await place.put(f"{FOLDER}/other.yaml", b"two", over=etag)
    assert await place.get(KEY) == (b"one", etag)
    assert list(await place.etags(FOLDER)) == [KEY]


async def test_what_is_not_there_is_nothing_and_a_folder_that_is_not_there_is_empty(place):
    assert await place.get(KEY) is None
    assert await place.etags(FOLDER) == {}


async def test_a_store_whose_folder_is_gone_is_not_an_empty_one(tmp_path, clock):
    place = Folder(tmp_path / "unmounted", clock)
    for asked in (place.get(KEY), place.etags(FOLDER), place.put(KEY, b"x", over=None)):
        with pytest.raises(ConfigurationError, match="isn't there"):
            await asked
    assert not (tmp_path / "unmounted").exists()


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
async def test_a_crash_before_the_end_leaves_the_old_one(place, monkeypatch, step):
    etag = await place.put(KEY, b"one", over=None)

    def crashed(*_, **__):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken:
        if step == "write":
            broken.setattr(os, "fdopen", _full_disk(os.fdopen))
        else:
            broken.setattr(os, step, crashed)
        with pytest.raises(ServerError, match="No space left on device"):
            await place.put(KEY, b"two", over=etag)
    assert await place.get(KEY) == (b"one", etag)
    assert await place.etags(FOLDER) == {KEY: etag}
    await place.put(KEY, b"two", over=etag)
    assert (await place.get(KEY)).data == b"two"


def _full_disk(fdopen):
    def opened(handle, mode, **more):
        if "w" in mode:
            os.close(handle)
            raise OSError(28, "No space left on device")
        return fdopen(handle, mode, **more)

    return opened


async def test_the_file_and_then_its_folder_are_on_the_disk_before_it_counts(place, monkeypatch):
    done = []

    def noted(name, call):
        def called(*given, **more):
            done.append(name)
            return call(*given, **more)

        return called

    for name in ("fsync", "replace"):
        monkeypatch.setattr(os, name, noted(name, getattr(os, name)))
    await place.put(KEY, b"one", over=None)
    assert done == ["fsync", "replace", "fsync"]


_HOLDER = """
import fcntl, os, signal, sys
handle = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)
fcntl.flock(handle, fcntl.LOCK_EX)
print("held", flush=True)
signal.pause()
"""


async def test_who_writes_waits_for_another_program_but_not_for_a_dead_one(place, tmp_path, clock):
    await place.put(KEY, b"one", over=None)
    holder = await asyncio.to_thread(
        subprocess.Popen,
        [sys.executable, "-c", _HOLDER, str(tmp_path / FOLDER / ".lock")],
        stdout=subprocess.PIPE,
    )
    assert await asyncio.to_thread(holder.stdout.readline) == b"held\n"
    with pytest.raises(ServerError, match="locked for 10 s"):
        await place.put(f"{FOLDER}/other.yaml", b"x", over=None)
    assert (clock.now() - NOW).total_seconds() == pytest.approx(PATIENCE)
    assert (await place.get(KEY)).data == b"one"
    holder.send_signal(signal.SIGKILL)
    await asyncio.to_thread(holder.communicate)
    await place.put(f"{FOLDER}/other.yaml", b"x", over=None)
    assert len(await place.etags(FOLDER)) == 2


async def test_who_waits_goes_on_when_the_lock_is_free(tmp_path):
    lock = tmp_path / FOLDER / ".lock"
    lock.parent.mkdir(parents=True)
    handle = await asyncio.to_thread(os.open, lock, os.O_WRONLY | os.O_CREAT)
    await asyncio.to_thread(fcntl.flock, handle, fcntl.LOCK_EX)

    class Freeing(ManualClock):
        async def sleep(self, seconds):
            os.close(handle)

    await Folder(tmp_path, Freeing(NOW)).put(KEY, b"x", over=None)
    assert await asyncio.to_thread((tmp_path / KEY).read_bytes) == b"x"


def test_a_link_is_not_followed_wherever_it_stands(place, tmp_path, clock):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.yaml").write_text("secret")
    inside = tmp_path / "inside"
    (inside / FOLDER).mkdir(parents=True)
    (inside / KEY).symlink_to(outside / "secret.yaml")
    (inside / "workflows" / "code").symlink_to(outside)
    place = Folder(inside, clock)
    with pytest.raises(UnreadableError):
        asyncio.run(place.get(KEY))
    with pytest.raises(UnreadableError):
        asyncio.run(place.put(KEY, b"x", over=None))
    for asked in (
        place.etags("workflows/code"),
        place.get("workflows/code/secret.yaml"),
        place.put("workflows/code/new.yaml", b"x", over=None),
    ):
        with pytest.raises(ServerError, match=r"can't be (listed|read|written)"):
            asyncio.run(asked)
    assert list(asyncio.run(place.etags(FOLDER))) == [KEY]
    assert [one.name for one in outside.iterdir()] == ["secret.yaml"]
    assert (outside / "secret.yaml").read_text() == "secret"


def test_a_link_in_the_way_of_a_write_is_taken_away(place, tmp_path):
    (tmp_path / FOLDER).mkdir(parents=True)
    (tmp_path / "victim").write_text("kept")
    (tmp_path / FOLDER / ".new").symlink_to(tmp_path / "victim")
    asyncio.run(place.put(KEY, b"x", over=None))
    assert (tmp_path / "victim").read_text() == "kept"


def test_what_is_no_file_or_too_long_is_said_of_that_one_alone(place, tmp_path):
    etag = asyncio.run(place.put(KEY, b"one", over=None))
    (tmp_path / FOLDER / "a.yaml").mkdir()
    os.mkfifo(tmp_path / FOLDER / "b.yaml")
    (tmp_path / FOLDER / "c.yaml").write_bytes(b"#" * (MAX_OBJECT + 1))
    found = asyncio.run(place.etags(FOLDER))
    assert (len(found), found[KEY]) == (4, etag)
    for name in "abc":
        with pytest.raises(UnreadableError, match=rf" {name}\.yaml can't be read: it is "):
            asyncio.run(place.get(f"{FOLDER}/{name}.yaml"))


def test_what_is_no_document_is_not_listed(place, tmp_path):
    (tmp_path / FOLDER).mkdir(parents=True)
    for name in ("README.md", ".new", ".lock", ".hidden.yaml", "x.yaml.bak"):
        (tmp_path / FOLDER / name).write_text("x")
    assert asyncio.run(place.etags(FOLDER)) == {}


async def test_a_folder_that_refuses_is_an_error_and_not_an_empty_list(place, monkeypatch):
    await place.put(KEY, b"one", over=None)

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(ServerError, match="can't be listed: Permission denied") as caught:
        await place.etags(FOLDER)
    assert "permissions" in caught.value.hint


async def test_others_may_do_with_files_what_the_umask_says(place, tmp_path):
    before = os.umask(0o027)
    try:
        await place.put(KEY, b"one", over=None)
    finally:
        os.umask(before)
    assert (tmp_path / KEY).stat().st_mode & 0o777 == 0o640
    assert (tmp_path / FOLDER).stat().st_mode & 0o777 == 0o750


async def test_a_name_that_no_file_can_have_says_so(place):
    key = f"{FOLDER}/{'한' * 250}.yaml"
    for ask in (lambda: place.put(key, b"x", over=None), lambda: place.get(key)):
        with pytest.raises(ConfigurationError, match="too long for a file"):
            await ask()


@given(st.binary(max_size=200))
def test_any_content_comes_back(tmp_path_factory, data):
    place = Folder(Path(tmp_path_factory.mktemp("any")), ManualClock(NOW))
    etag = asyncio.run(place.put(KEY, data, over=None))
    assert asyncio.run(place.get(KEY)) == (data, etag)
